//! What stands around every page: the header with the basket and the choice of market, the footer.

use super::Here;
use crate::api::ChooseMarket;
use crate::domain::Market;
use crate::server::page_cache::{COUNT_GOES_HERE, count};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

pub struct Frame {
    market: Market,
    /// The number beside "Basket", as HTML: one's own, or the place where the page cache puts it.
    count: String,
    path: String,
}

impl Frame {
    pub fn of(here: &Here) -> Frame {
        let count = if here.shared { COUNT_GOES_HERE.to_owned() } else { count(here.visitor.things) };
        Frame { market: here.visitor.market, count, path: here.path.clone() }
    }

    pub fn around(self, content: impl IntoView) -> impl IntoView {
        view! {
            <a class="skip-link" href="#content">
                "Skip to the content"
            </a>
            <header class="site-header">
                <div class="site-header-row">
                    <a class="brand" href="/">
                        <img src="/logo.svg" alt="" width="40" height="40" />
                        "Noren"
                    </a>
                    <nav aria-label="Shop" class="site-nav">
                        <a class="nav-link" href="/about">
                            "About"
                        </a>
                        <a class="nav-link" href="/basket">
                            "Basket "
                            <span inner_html=self.count></span>
                        </a>
                    </nav>
                    {market_form(self.market, self.path)}
                </div>
            </header>
            <main id="content" class="site-main">
                {content}
            </main>
            <footer class="site-footer">
                <p>
                    "Noren is a demonstration: a real shop in everything but the parcels. "
                    <a href="/about">"What this is"</a>
                </p>
            </footer>
        }
    }
}

fn market_form(current: Market, back: String) -> impl IntoView {
    let options = Market::ALL.map(|market| {
        view! {
            <option value=market.code() selected=market == current>
                {format!("{} · {}", market.name(), market.currency())}
            </option>
        }
    });
    view! {
        <form method="post" action=ChooseMarket::PATH class="market-form">
            <input type="hidden" name="back" value=back />
            <label class="sr-only" for="market">
                "Prices for"
            </label>
            <select id="market" name="market" class="field" autocomplete="off">
                {options}
            </select>
            <button class="button quiet">"Change"</button>
        </form>
    }
}
