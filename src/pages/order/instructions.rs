//! What the shopper still has to do away from the browser: the number for the clerk, the account for the transfer.

use crate::domain::{Instructions, Market};
use crate::pages::format;
use leptos::prelude::*;

pub fn card(todo: &Instructions, market: Market) -> impl IntoView + use<> {
    let lines = todo
        .lines
        .iter()
        .map(|(label, value)| {
            view! {
                <div class="fact">
                    <dt>{label.clone()}</dt>
                    <dd>{value.clone()}</dd>
                </div>
            }
        })
        .collect_view();
    let fee = (todo.fee.minor > 0).then(|| format!(" includes a fee of {}", todo.fee));
    view! {
        <section class="panel instructions" aria-labelledby="instructions-heading" data-testid="instructions">
            <h2 id="instructions-heading">{todo.heading.clone()}</h2>
            <dl class="facts">
                {lines} <div class="fact">
                    <dt>"To pay"</dt>
                    <dd>{todo.total.to_string()} <span class="hint">{fee}</span></dd>
                </div>
                {todo
                    .deadline
                    .map(|deadline| {
                        view! {
                            <div class="fact">
                                <dt>"Pay by"</dt>
                                <dd>{format::moment(deadline, market)}</dd>
                            </div>
                        }
                    })}
            </dl>
            {todo
                .url
                .clone()
                .map(|url| {
                    view! {
                        <p>
                            <a class="button" href=url rel="noreferrer">
                                "Instructions with barcode"
                            </a>
                        </p>
                    }
                })}
        </section>
    }
}
