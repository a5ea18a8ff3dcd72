//! What somebody reads who did too much in too short a time. Written without the database, which may be what is too busy.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use leptos::prelude::*;
use leptos_meta::HashedStylesheet;

/// 429, and after how many seconds to come again.
pub fn please_wait(options: &LeptosOptions, seconds: i64) -> Response {
    let owner = Owner::new();
    let html = owner.with(|| document(options.clone(), seconds).to_html());
    let headers = [
        (header::RETRY_AFTER, HeaderValue::from(seconds)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (StatusCode::TOO_MANY_REQUESTS, headers, Html(html)).into_response()
}

fn document(options: LeptosOptions, seconds: i64) -> impl IntoView {
    let when = if seconds == 1 { "a second".to_owned() } else { format!("{seconds} seconds") };
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <HashedStylesheet options />
                <title>"One moment, please · Noren"</title>
            </head>
            <body>
                <main id="content" class="site-main">
                    <div class="message" data-testid="please-wait">
                        <h1>"One moment, please"</h1>
                        <p class="lead">
                            "Your connection has asked for this very often in a short time, so the shop waits a little. "
                            "Nothing was charged, and your basket is as it was."
                        </p>
                        <p>
                            {format!("Please go back and try again in {when}.")}
                            " Others who share your connection, in an office or a school, count as well."
                        </p>
                        <p>
                            <a class="button main" href="/basket">
                                "To the basket"
                            </a>
                        </p>
                    </div>
                </main>
            </body>
        </html>
    }
}
