//! What the log says of people and secrets: nothing.

use super::{ask, door, form, people};
use crate::shop::{CARD, TestShop};
use noren::domain::OrderState;
use secrecy::ExposeSecret;
use serde_json::json;
use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tracing_subscriber::EnvFilter;

/// All that this process logs, of every test that runs beside this one.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Written {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

/// Everything that can be turned on, of this program and of all its libraries.
fn listen() -> Written {
    static WRITTEN: OnceLock<Written> = OnceLock::new();
    let start = || {
        let written = Written::default();
        let writer = written.clone();
        tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(LEVELS))
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .init();
        written
    };
    WRITTEN.get_or_init(start).clone()
}

const LEVELS: &str = "trace";

#[tokio::test]
async fn a_whole_purchase_with_refund_and_forgeries_logs_no_secret_and_nothing_about_a_person() {
    let log = listen();
    let shop = TestShop::open().await;
    let order = people::order(&shop, "komoju/credit_card").await;
    assert!(shop.pay(&order, CARD).await);
    let router = door(&shop, false, |_| {});
    let page = format!("/orders/{}", order.token);
    ask(&router, "198.51.100.1", form(&page, &[("origin", "https://komoju.com")], "")).await;
    super::get(&router, &format!("{page}?back=success")).await;
    super::get(&router, &format!("{page}/downloads/none")).await;
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled);
    let payment = shop.payment_of(&order).await;
    for signature in ["wrong", "none"] {
        let wish = json!({ "payment": payment, "type": "payment.captured", "signature": signature });
        assert_eq!(shop.control("send", wish).await["status"], 401);
    }
    shop.control(&format!("payments/{payment}/refund"), json!({})).await;
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Refunded);
    let foreign = form("/api/cancel_order", &[("origin", "null")], &format!("token={}", order.token));
    ask(&router, "198.51.100.1", foreign).await;

    let text = log.text();
    for there in
        ["an order is paid and fulfilled", "a webhook was refused", "a form that another site sent was refused"]
    {
        assert!(text.contains(there), "the log is not listened to: {there}");
    }
    let komoju = shop.state.settings.providers.komoju.clone().unwrap();
    let secrets = komoju.webhook_secrets.iter().chain([&komoju.secret_key]).map(ExposeSecret::expose_secret);
    let private = ["very.private", "Zenobia", "Quillfeather", "Unmistakable", "Nowhereville", CARD, &order.token];
    for never in private.into_iter().chain(secrets) {
        let lines: Vec<&str> = text.lines().filter(|line| line.contains(never)).collect();
        assert!(lines.is_empty(), "{never} is in the log:\n{}", lines.join("\n"));
    }
    shop.close().await;
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_does_not_tell_its_password() {
    let error = noren::server::database::open("postgres://noren:hunter2hunter2@127.0.0.1:1/noren").await.err().unwrap();
    let said = format!("{error} {error:?}");
    assert!(!said.contains("hunter2hunter2"), "{said}");
}
