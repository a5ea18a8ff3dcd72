//! The hosted page and what it sets in motion.

use super::{BAD, CHALLENGED, GOOD, deliver, make, pay, show};
use crate::simulator::tests::Bench;
use axum::http::StatusCode;
use serde_json::{Value, json};

const BACK: &str = "http://localhost:3000/orders/abc?lang=en&id=";

#[tokio::test]
async fn a_good_card_is_captured_and_the_browser_goes_back_with_the_intents_name() {
    let bench = Bench::new().await;
    let id = make(&bench, json!({})).await;
    let page = bench.get(&format!("/dojo/checkout/{id}")).await;
    assert_eq!(page.status, StatusCode::OK);
    for text in ["£10.00", "Card number", "5200 0000 0000 1005", "This is a simulator", ">Pay £10.00</button>"] {
        assert!(page.text.contains(text), "{text}");
    }
    assert_eq!(pay(&bench, &id, GOOD).await.location(), format!("{BACK}{id}"));
    let intent = show(&bench, &id).await;
    assert_eq!((&intent["status"], &intent["paymentDetails"]["message"]), (&json!("Captured"), &json!("DEPOSITED")));
    assert_eq!(
        intent["paymentDetails"]["card"],
        json!({
            "cardNumber": "52000000****1005", "cardName": "Test", "expiryDate": "2099-12-31", "cardType": "MASTERCARD",
            "cardFundingType": "Unknown",
        })
    );
    assert_eq!((&intent["paymentEvents"][0]["eventType"], &intent["captures"]), (&json!("Captured"), &json!([])));
    assert_eq!(deliver(&bench).await, ["payment_intent.status_updated Captured"]);
}

#[tokio::test]
async fn a_decline_leaves_the_intent_created_and_the_page_open() {
    let bench = Bench::new().await;
    let id = make(&bench, json!({})).await;
    for number in [BAD, "4000000000000002"] {
        let told = pay(&bench, &id, number).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(told.text.contains("declined") && told.text.contains("role=\"alert\""));
        assert!(!told.text.contains(number));
    }
    let intent = show(&bench, &id).await;
    assert_eq!((&intent["status"], &intent["paymentEvents"][1]["eventType"]), (&json!("Created"), &json!("Declined")));
    assert_eq!(intent["paymentDetails"], Value::Null);
    assert_eq!(deliver(&bench).await, [""; 0]);
    assert_eq!(pay(&bench, &id, GOOD).await.location(), format!("{BACK}{id}"));
}

#[tokio::test]
async fn the_cards_bank_asks_and_its_answer_decides() {
    let bench = Bench::new().await;
    for (outcome, status) in [("pass", "Captured"), ("fail", "Created")] {
        let id = make(&bench, json!({})).await;
        let challenge = format!("/dojo/checkout/{id}/challenge");
        assert_eq!(pay(&bench, &id, CHALLENGED).await.location(), challenge);
        assert!(bench.get(&challenge).await.text.contains("Approve the payment"));
        assert_eq!(show(&bench, &id).await["status"], "Created", "the bank has not answered yet");
        let told = bench.submit(&challenge, &format!("outcome={outcome}")).await;
        let intent = show(&bench, &id).await;
        let events: Vec<&Value> =
            intent["paymentEvents"].as_array().unwrap().iter().map(|event| &event["eventType"]).collect();
        if outcome == "pass" {
            assert_eq!(told.location(), format!("{BACK}{id}"));
            assert_eq!(events, ["AuthChallenged", "Captured"]);
            assert_eq!(intent["paymentEvents"][0]["transactionId"], intent["paymentEvents"][1]["transactionId"]);
        } else {
            assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(events, ["AuthChallenged", "Declined"]);
        }
        assert_eq!(intent["status"], status);
    }
}

#[tokio::test]
async fn a_second_click_on_pay_takes_no_second_payment_and_leads_to_the_same_place() {
    let bench = Bench::new().await;
    let id = make(&bench, json!({})).await;
    let first = pay(&bench, &id, GOOD).await.location().to_owned();
    assert_eq!(pay(&bench, &id, GOOD).await.location(), first);
    assert_eq!(show(&bench, &id).await["paymentEvents"].as_array().unwrap().len(), 1);
    assert_eq!(deliver(&bench).await, ["payment_intent.status_updated Captured"]);
    let page = bench.get(&format!("/dojo/checkout/{id}")).await;
    assert!(page.text.contains("Payment successful") && page.text.contains("Return to merchant"));
}

#[tokio::test]
async fn a_mistake_in_the_form_is_not_a_try() {
    let bench = Bench::new().await;
    let id = make(&bench, json!({"config": {"customerEmail": {"collectionRequired": true}}})).await;
    for form in [
        "name=&card_number=5200000000001005&expiry=12/99&cvv=020&email=a@example.com",
        "name=T&card_number=52000&expiry=12/99&cvv=020&email=a@example.com",
        "name=T&card_number=5200000000001005&expiry=12/24&cvv=020&email=a@example.com",
        "name=T&card_number=5200000000001005&expiry=12/99&cvv=02x&email=a@example.com",
        "name=T&card_number=5200000000001005&expiry=12/99&cvv=020&email=",
    ] {
        let told = bench.submit(&format!("/dojo/checkout/{id}/pay"), form).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
    assert_eq!(show(&bench, &id).await["paymentEvents"], json!([]));
}

#[tokio::test]
async fn without_a_redirect_url_the_page_itself_says_that_it_is_paid() {
    let bench = Bench::new().await;
    let id = make(&bench, json!({"config": {}, "paymentMethods": ["Card", "Wallet"]})).await;
    assert!(bench.get(&format!("/dojo/checkout/{id}")).await.text.contains("Pay with a test wallet"));
    let page = bench.submit(&format!("/dojo/checkout/{id}/wallet"), "").await.location().to_owned();
    assert_eq!(page, format!("/dojo/checkout/{id}"));
    assert!(bench.get(&page).await.text.contains("Payment successful"));
}

#[tokio::test]
async fn a_wallet_that_was_not_asked_for_pays_nothing() {
    let bench = Bench::new().await;
    let id = make(&bench, json!({})).await;
    bench.submit(&format!("/dojo/checkout/{id}/wallet"), "").await;
    assert_eq!(show(&bench, &id).await["status"], "Created");
}

#[tokio::test]
async fn the_page_shows_what_the_merchant_wrote_and_nothing_of_it_becomes_markup() {
    let bench = Bench::new().await;
    let more = json!({
        "itemLines": [{"name": "<b>Bowl</b>", "quantity": 4, "amountTotal": {"value": 400, "currencyCode": "GBP"}}],
        "config": {
            "title": "Kiln & Co", "details": {"showTotal": true, "showReference": true},
            "cancelUrl": "http://localhost:3000/basket?a=b",
        },
        "actionLink": {"url": "https://example.com/invoice.pdf", "label": "Invoice"},
        "tipsAmount": {"value": 50, "currencyCode": "GBP"},
    });
    let id = make(&bench, more).await;
    let page = bench.get(&format!("/dojo/checkout/{id}")).await.text;
    for text in [
        "4 × &lt;b&gt;Bowl&lt;/b&gt;",
        "Kiln &amp; Co",
        "£4.00",
        "Total due",
        "£10.50",
        "Order Order 234",
        "href=\"http://localhost:3000/basket?a=b\"",
        "https://example.com/invoice.pdf",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("<b>Bowl"));
    assert_eq!(bench.get("/dojo/checkout/pi_sandbox_T").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_address_that_is_no_web_address_never_becomes_a_link() {
    let bench = Bench::new().await;
    for more in [
        json!({"actionLink": {"url": "javascript:alert(1)", "label": "Invoice"}}),
        json!({"config": {"cancelUrl": "javascript:alert(1)"}}),
    ] {
        let mut body = json!({"amount": {"value": 1, "currencyCode": "GBP"}, "reference": "r"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(
            super::call(&bench, "POST", "payment-intents", body).await.status,
            StatusCode::BAD_REQUEST,
            "{more}"
        );
    }
}
