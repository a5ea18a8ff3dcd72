//! The payment page, as a browser without JavaScript goes through it.

use super::{ERROR, EXIT, SUCCESS, SUPPORT, gone};
use crate::simulator::stablemint::model::Dialect::{V1, V2};
use crate::simulator::tests::Bench;
use axum::http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn every_button_leads_to_the_shops_address_as_it_is_and_only_some_are_told() {
    let bench = Bench::new().await;
    for (button, address, status, events) in [
        ("pay", SUCCESS, "paid", vec!["InwardPaymentReconciled"]),
        ("later", SUCCESS, "submitted", vec![]),
        ("fail", ERROR, "failed", vec!["InwardPaymentFailed"]),
        ("exit", EXIT, "open", vec![]),
        ("error", ERROR, "open", vec![]),
    ] {
        let reference = bench.open_stablemint(V1, json!({})).await;
        let page = bench.get(&format!("/stablemint/checkout/{reference}")).await.text;
        assert!(page.contains(">Pay €9.99</button>") && page.contains(&format!("href=\"{SUPPORT}\"")));
        assert_eq!(bench.press(&reference, button).await.location(), address, "{button}");
        assert_eq!(bench.stablemint_status(&reference).await, status, "{button}");
        assert_eq!(bench.stablemint_events().await, events, "{button}");
    }
}

#[tokio::test]
async fn a_second_click_makes_no_second_deposit_and_leads_to_the_same_place() {
    let bench = Bench::new().await;
    let reference = bench.open_stablemint(V1, json!({})).await;
    let (first, second) = tokio::join!(bench.press(&reference, "pay"), bench.press(&reference, "pay"));
    assert_eq!((first.location(), second.location()), (SUCCESS, SUCCESS));
    assert_eq!(bench.stablemint_events().await, ["InwardPaymentReconciled"]);
    let page = bench.get(&format!("/stablemint/checkout/{reference}")).await;
    assert!(page.text.contains("Payment received") && page.text.contains("Back to"));
}

#[tokio::test]
async fn the_money_may_come_later_or_not_at_all() {
    let bench = Bench::new().await;
    for (action, status, event) in
        [("confirm", "paid", "InwardPaymentReconciled"), ("fail", "failed", "InwardPaymentFailed")]
    {
        let reference = bench.open_stablemint(V1, json!({})).await;
        bench.press(&reference, "later").await;
        bench.control("clock", json!({"forward_seconds": 3_600})).await;
        assert_eq!(bench.stablemint_status(&reference).await, "submitted");
        bench.control(&format!("stablemint/{reference}/{action}"), json!({})).await;
        assert_eq!(bench.stablemint_events().await, [event]);
        assert_eq!(bench.stablemint_status(&reference).await, status);
        let again = bench.post(&format!("/control/stablemint/{reference}/{action}"), &[], "{}").await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn a_session_expires_untold_after_half_an_hour_and_money_may_still_come() {
    let bench = Bench::new().await;
    let reference = bench.open_stablemint(V2, json!({})).await;
    bench.control("clock", json!({"forward_seconds": 30 * 60})).await;
    assert_eq!(bench.stablemint_status(&reference).await, "expired");
    assert_eq!(bench.stablemint_events().await, [""; 0]);
    assert_eq!(bench.press(&reference, "pay").await.location(), ERROR);
    assert_eq!(bench.stablemint_status(&reference).await, "expired");
    bench.control(&format!("stablemint/{reference}/confirm"), json!({})).await;
    assert_eq!(bench.stablemint_events().await.last().unwrap(), "completed");
    assert_eq!(bench.stablemint_status(&reference).await, "paid");
}

#[tokio::test]
async fn the_button_that_lets_it_expire_ends_the_session() {
    let bench = Bench::new().await;
    let reference = bench.open_stablemint(V1, json!({})).await;
    let page = bench.press(&reference, "expire").await.location().to_owned();
    assert_eq!(bench.get(&page).await.location(), ERROR);
    assert_eq!(bench.stablemint_status(&reference).await, "expired");
}

#[tokio::test]
async fn an_unknown_page_or_button_does_nothing() {
    let bench = Bench::new().await;
    let reference = bench.open_stablemint(V1, json!({})).await;
    assert_eq!(bench.get("/stablemint/checkout/DEP0").await.status, StatusCode::NOT_FOUND);
    assert_eq!(bench.press("DEP0", "pay").await.status, StatusCode::NOT_FOUND);
    bench.press(&reference, "steal").await;
    assert_eq!(bench.stablemint_status(&reference).await, "open");
    assert!(!gone(&bench.get(&format!("/stablemint/checkout/{reference}")).await));
}
