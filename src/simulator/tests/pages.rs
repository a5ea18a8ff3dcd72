//! The hosted pages, as a browser without JavaScript goes through them.

use super::Bench;
use axum::http::StatusCode;
use serde_json::{Value, json};

const BACK: &str = "http://localhost:3000/orders/abc?lang=en&session_id=";

#[tokio::test]
async fn a_good_card_is_captured_and_the_browser_goes_back_with_the_session() {
    let bench = Bench::new().await;
    let id = bench.open(json!({"metadata": {"order": "7"}, "payment_data": {"external_order_num": "n7"}})).await;
    assert_eq!(bench.pay_by_card(&id, "4111111111111111").await.location(), format!("{BACK}{id}"));
    let session = bench.session(&id).await;
    assert_eq!((&session["status"], &session["payment"]["status"]), (&json!("completed"), &json!("captured")));
    assert_eq!(session["payment"]["metadata"], json!({"order": "7"}));
    assert_eq!(session["payment"]["external_order_num"], "n7");
    assert_eq!(session["payment"]["session"], json!(id));
    assert_eq!(bench.deliver().await, ["payment.updated", "payment.captured"]);
}

#[tokio::test]
async fn a_second_click_on_pay_makes_no_second_payment_and_leads_to_the_same_place() {
    let bench = Bench::new().await;
    let id = bench.open(json!({})).await;
    let (first, second) =
        tokio::join!(bench.pay_by_card(&id, "4111111111111111"), bench.pay_by_card(&id, "4111111111111111"));
    assert_eq!(first.location(), second.location());
    assert_eq!(bench.api_get("payments").await.json()["total"], 1);
    assert_eq!(bench.deliver().await, ["payment.updated", "payment.captured"]);
}

#[tokio::test]
async fn a_declined_card_leaves_the_page_open_and_the_same_payment_may_still_be_captured() {
    let bench = Bench::new().await;
    let id = bench.open(json!({})).await;
    for number in ["4123111111111000", "4123111111111059", "4100000000500000"] {
        let told = bench.pay_by_card(&id, number).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(told.text.contains("role=\"alert\""), "{number}");
    }
    let declined = bench.session(&id).await;
    assert_eq!((&declined["status"], &declined["payment"]["status"]), (&json!("pending"), &json!("failed")));
    assert_eq!(bench.deliver().await, ["payment.failed"; 3]);
    bench.pay_by_card(&id, "4242424242424242").await;
    let paid = bench.session(&id).await;
    assert_eq!(paid["payment"]["status"], "captured");
    assert_eq!(paid["payment"]["id"], declined["payment"]["id"]);
}

#[tokio::test]
async fn a_mistake_in_the_form_is_not_a_try() {
    let bench = Bench::new().await;
    let id = bench.open(json!({})).await;
    let path = format!("/komoju/sessions/{id}/credit_card?locale=en");
    for form in [
        "card_number=4000000000000000&card_name=T&expiry=12/99&cvc=123",
        "card_number=4111111111111111&card_name=&expiry=12/99&cvc=123",
        "card_number=4111111111111111&card_name=T&expiry=01/20&cvc=123",
        "card_number=4111111111111111&card_name=T&expiry=12/99&cvc=12x",
    ] {
        assert_eq!(bench.submit(&path, form).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
    assert_eq!(bench.session(&id).await["payment"], Value::Null);
    assert_eq!(bench.deliver().await, [""; 0]);
}

#[tokio::test]
async fn the_cards_bank_asks_for_a_password_and_only_the_right_one_pays() {
    let bench = Bench::new().await;
    for (number, password, paid) in [
        ("4100000000005000", "123456", true),
        ("5100000000005007", "654321", false),
        ("4100000000300005", "111111", false),
        ("4100000000300005", "123456", false),
    ] {
        let id = bench.open(json!({"payment_types": ["credit_card"]})).await;
        let challenge = format!("/komoju/sessions/{id}/challenge?locale=en");
        assert_eq!(bench.pay_by_card(&id, number).await.location(), challenge);
        assert!(bench.get(&challenge).await.text.contains(">Submit password</button>"));
        let told = bench.submit(&challenge, &format!("password={password}")).await;
        if paid {
            assert_eq!(told.location(), format!("{BACK}{id}"));
        } else {
            assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{number} {password}");
        }
        assert_eq!(bench.session(&id).await["payment"]["status"], if paid { "captured" } else { "failed" });
    }
}

#[tokio::test]
async fn without_a_question_a_3d_secure_card_pays_at_once() {
    let bench = Bench::new().await;
    let id = bench.open(json!({})).await;
    assert_eq!(bench.pay_by_card(&id, "4100000000000100").await.location(), format!("{BACK}{id}"));
}

#[tokio::test]
async fn a_slip_is_authorized_until_the_end_of_the_third_day_and_expires_by_itself() {
    let bench = Bench::new().await;
    let id = bench.open(json!({})).await;
    let page = bench.take_slip(&id).await.location().to_owned();
    let slip = bench.get(&page).await;
    assert!(slip.text.contains("How to pay at Lawson") && slip.text.contains("¥1,390"));
    assert!(slip.text.contains("Return to merchant"));
    let session = bench.session(&id).await;
    let payment = &session["payment"];
    assert_eq!((&session["status"], &payment["status"]), (&json!("completed"), &json!("authorized")));
    assert_eq!(
        (&payment["amount"], &payment["payment_method_fee"], &payment["total"]),
        (&json!(1200), &json!(190), &json!(1390))
    );
    assert!(payment["payment_deadline"].as_str().unwrap().ends_with("T14:59:59Z"));
    assert_eq!(bench.deliver().await, ["payment.authorized"]);
    bench.control("clock", json!({"forward_seconds": 4 * 86_400})).await;
    assert_eq!(bench.deliver().await, ["payment.expired"]);
    assert_eq!(bench.get(&page).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn a_konbini_payment_of_another_currency_is_made_in_yen() {
    let bench = Bench::new().await;
    let id = bench.open(json!({"amount": 6000, "currency": "USD"})).await;
    let form = bench.get(&format!("/komoju/sessions/{id}/konbini?locale=en")).await;
    assert!(form.text.contains("USD 60.00 → ¥8,139"));
    bench.take_slip(&id).await;
    let payment = bench.session(&id).await["payment"].clone();
    assert_eq!(
        (&payment["currency"], &payment["amount"], &payment["total"]),
        (&json!("JPY"), &json!(8139), &json!(8329))
    );
}

#[tokio::test]
async fn a_wallet_may_refuse_and_pay_later() {
    let bench = Bench::new().await;
    let id = bench.open(json!({"payment_types": ["paypay"]})).await;
    let wallet = format!("/komoju/sessions/{id}/wallet?locale=en");
    assert_eq!(bench.submit(&format!("/komoju/sessions/{id}/paypay?locale=en"), "").await.location(), wallet);
    assert_eq!(bench.submit(&wallet, "outcome=fail").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(bench.submit(&wallet, "outcome=capture").await.location(), format!("{BACK}{id}"));
    assert_eq!(bench.deliver().await, ["payment.failed", "payment.updated", "payment.captured"]);
}

#[tokio::test]
async fn going_back_without_paying_cancels_the_session_unless_the_switch_leaves_it_pending() {
    let bench = Bench::new().await;
    for (choice, status) in [("cancelled", "cancelled"), ("pending", "pending")] {
        bench.switch("return_without_paying", choice).await;
        let id = bench.open(json!({})).await;
        assert_eq!(bench.submit(&format!("/komoju/sessions/{id}/return"), "").await.location(), format!("{BACK}{id}"));
        assert_eq!(bench.session(&id).await["status"], status);
    }
}

#[tokio::test]
async fn a_scenario_declines_every_try() {
    let bench = Bench::new().await;
    let body = json!({"amount": 1, "currency": "JPY"});
    let request = super::api_request("POST", "sessions", &[("komoju-scenario", "insufficient_funds")], &body);
    let id = bench.tell(request).await.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(bench.pay_by_card(&id, "4111111111111111").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(bench.deliver().await, ["payment.failed"]);
}

#[tokio::test]
async fn the_page_speaks_the_sessions_language_or_the_readers_and_escapes_what_merchants_write() {
    let bench = Bench::new().await;
    let items = json!([{"description": "<b>Bowl</b>", "amount": 1200}]);
    let id = bench.open(json!({"default_locale": "ja", "line_items": items, "payment_types": ["credit_card"]})).await;
    let japanese = bench.get(&format!("/komoju/sessions/{id}")).await.text;
    assert!(japanese.contains("lang=\"ja\"") && japanese.contains("カード番号"));
    assert!(japanese.contains("&lt;b&gt;Bowl&lt;/b&gt;") && !japanese.contains("<b>Bowl"));
    let english = bench.get(&format!("/komoju/sessions/{id}?locale=en")).await.text;
    assert!(english.contains(">Card number</label>") && english.contains(">Pay ¥1,200</button>"));
    assert_eq!(bench.get("/komoju/sessions/nobody").await.status, StatusCode::NOT_FOUND);
}
