//! Watches an order while its page is open, and shows the page anew as soon as something happened.

use crate::api::read_order_version;
use leptos::island;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(2);

#[island]
pub fn OrderLive(
    token: String,
    /// What the page shows.
    version: String,
) -> impl IntoView {
    let (asking, set_asking) = signal(false);
    let token = StoredValue::new(token);
    let version = StoredValue::new(version);
    let ask = move || {
        // One question at a time, however slow the network; and none for a page that nobody looks at.
        if asking.get_untracked() || document().hidden() {
            return;
        }
        set_asking.set(true);
        spawn_local(async move {
            // No answer is no news: the next round asks again.
            if let Ok(Some(now)) = read_order_version(token.get_value()).await
                && now != version.get_value()
            {
                window().location().reload().ok();
            }
            set_asking.set(false);
        });
    };
    Effect::new(move |_| {
        if let Ok(handle) = set_interval_with_handle(ask, EVERY) {
            on_cleanup(move || handle.clear());
        }
    });
    view! { <p class="live">"This page watches the order and changes by itself."</p> }
}
