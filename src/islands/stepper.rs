//! Minus and plus beside a quantity; each sends the form that the quantity is in.

use leptos::prelude::*;
use leptos::{html, island};

#[island]
pub fn Stepper(
    /// The input's id, which its label names.
    id: String,
    quantity: i64,
    /// The most that can be chosen.
    most: i64,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    // Before the browser's side is awake the buttons would do nothing, so they are not there.
    let (awake, set_awake) = signal(false);
    Effect::new(move |_| set_awake.set(true));
    let step = move |by: i64| {
        let Some(input) = input.get() else { return };
        let chosen = input.value().parse().unwrap_or(quantity) + by;
        input.set_value(&chosen.clamp(1, most.max(1)).to_string());
        if let Some(form) = input.form() {
            // As if its button had been pressed; a browser that cannot still has the button.
            form.request_submit().ok();
        }
    };
    let (is_least, is_most) = (quantity <= 1, quantity >= most);
    view! {
        <span class="stepper">
            <button
                type="button"
                aria-label="One less"
                class="step"
                hidden=move || !awake.get()
                disabled=is_least
                on:click=move |_| step(-1)
            >
                "−"
            </button>
            <input
                node_ref=input
                id=id
                type="number"
                name="quantity"
                value=quantity
                min="1"
                max="99"
                inputmode="numeric"
                autocomplete="off"
                class="field quantity"
            />
            <button
                type="button"
                aria-label="One more"
                class="step"
                hidden=move || !awake.get()
                disabled=is_most
                on:click=move |_| step(1)
            >
                "+"
            </button>
        </span>
    }
}
