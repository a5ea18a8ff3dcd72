//! The payment page, as a browser without JavaScript goes through it.

use super::{ASKS, BAD, GOOD, SUCCESS};
use crate::simulator::tests::Bench;
use axum::http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn a_good_card_completes_the_session_and_the_result_page_links_back_with_the_session() {
    let bench = Bench::new().await;
    let id = bench.open_bpc(json!({"merchantReferenceId": "order 7"})).await;
    assert!(bench.bpc_page(&id).await.text.contains(">Pay €100.00</button>"));
    assert!(bench.bpc_pay(&id, GOOD).await.location().contains("payment.html?mdOrder="));
    let page = bench.bpc_page(&id).await;
    let link = format!("href=\"{}&amp;sessionId={id}\">Return to Merchant</a>", SUCCESS);
    assert!(page.text.contains(&link), "{}", page.text);
    let session = bench.bpc_session(&id).await;
    assert_eq!((&session["status"], &session["paymentStatus"]), (&json!("completed"), &json!("paid")));
    assert_eq!(session["merchantReferenceId"], "order 7");
    let events = ["session.created", "payment.created", "payment.succeeded", "session.completed"];
    assert_eq!(bench.bpc_events().await, events);
}

#[tokio::test]
async fn a_second_click_on_pay_makes_no_second_payment() {
    let bench = Bench::new().await;
    let id = bench.open_bpc(json!({})).await;
    let (first, second) = tokio::join!(bench.bpc_pay(&id, GOOD), bench.bpc_pay(&id, GOOD));
    assert_eq!(first.location(), second.location());
    let completed = bench.bpc_events().await.into_iter().filter(|kind| kind == "session.completed").count();
    assert_eq!((completed, bench.app.read(|state| state.bpc.payments.len())), (1, 1));
}

#[tokio::test]
async fn a_declined_card_leads_to_a_result_page_and_another_card_may_still_pay() {
    let bench = Bench::new().await;
    let id = bench.open_bpc(json!({})).await;
    for card in [BAD, "pan=4444555511113333&expiry=12%2F26&cvc=000", "pan=4444555511113333&expiry=10%2F35&cvc=123"] {
        bench.bpc_pay(&id, card).await;
        let page = bench.bpc_page(&id).await;
        assert!(page.text.contains("Payment failed") && page.text.contains("failed=1&amp;sessionId="), "{card}");
        bench.submit(&format!("/bpc/payment/{id}/again"), "").await;
    }
    let session = bench.bpc_session(&id).await;
    assert_eq!((&session["status"], &session["paymentStatus"]), (&json!("open"), &json!("unpaid")));
    let failed = bench.bpc_events().await.into_iter().filter(|kind| kind == "payment.failed").count();
    assert_eq!(failed, 3);
    bench.bpc_pay(&id, GOOD).await;
    assert_eq!(bench.bpc_session(&id).await["paymentStatus"], "paid");
}

#[tokio::test]
async fn a_slip_of_the_finger_is_not_a_try() {
    let bench = Bench::new().await;
    let id = bench.open_bpc(json!({})).await;
    bench.bpc_events().await;
    for form in [
        "pan=4111111111111112&expiry=12/26&cvc=123",
        "pan=4444555511113333&expiry=1226&cvc=123",
        "pan=4444555511113333&expiry=12/26&cvc=12x",
    ] {
        assert_eq!(bench.bpc_pay(&id, form).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
    assert_eq!(bench.bpc_events().await, [""; 0]);
}

#[tokio::test]
async fn the_cards_bank_asks_and_only_success_pays() {
    let bench = Bench::new().await;
    for (outcome, status) in [("pass", "paid"), ("fail", "unpaid")] {
        let id = bench.open_bpc(json!({})).await;
        let challenge = format!("/bpc/payment/{id}/challenge");
        assert_eq!(bench.bpc_pay(&id, ASKS).await.location(), challenge);
        assert_eq!(bench.bpc_payment(&id).await["status"], "requiresAction");
        assert!(bench.get(&challenge).await.text.contains(">Success</button>"));
        bench.submit(&challenge, &format!("outcome={outcome}")).await;
        assert_eq!(bench.bpc_session(&id).await["paymentStatus"], status, "{outcome}");
        // The question is answered once.
        bench.submit(&challenge, "outcome=pass").await;
        assert_eq!(bench.bpc_session(&id).await["paymentStatus"], status, "{outcome}");
    }
}
