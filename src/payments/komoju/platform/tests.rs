//! The Platform Model's quirks, and all twenty-four events of "Webhooks (for Platform Model)".

use super::*;
use crate::domain::{Currency, Market, Money, ProviderName, SellerStanding, Timestamp};
use crate::payments::komoju::{self, Komoju, wire};
use crate::payments::sellers::{Decision, SellerNews};
use crate::payments::testing::{self, StandIn, line};
use crate::payments::{News, ProviderError, Stage, Subject};
use crate::server::sellers::Settlement;
use crate::server::settings::KomojuSettings;
use url::Url;

const KILN: &str = "kiln-kumo";
/// 2026-11-24T14:59:00Z
const TOLD_AT: Timestamp = 1_795_532_340_000;

fn attempt(amount: Money) -> Attempt {
    testing::attempt(ProviderName::Komoju, amount)
}

#[test]
fn amounts_and_fees_of_a_session_are_its_total_to_the_yen() {
    let yen = |minor| Money::new(minor, Currency::Jpy);
    let lines = [
        line(Some((KILN, 10)), yen(1_999), 1),
        line(None, yen(1_200), 1),
        line(Some(("studio-ame", 12)), yen(2_400), 2),
    ];
    let entry = |seller: &str, amount: i64, fee: i64| json!({ "submerchant_id": seller, "amount": amount, "platform_fee": fee });
    let ways = [
        (Sum::Amounts, [entry(KILN, 3_199, 1_399), entry("studio-ame", 4_800, 576)]),
        (Sum::AmountsAndFees, [entry(KILN, 1_800, 1_399), entry("studio-ame", 4_224, 576)]),
    ];
    for (sum, entries) in ways {
        let details = details(&attempt(yen(7_999)), &lines, sum).unwrap();
        assert_eq!(details, json!({ "submerchants": entries }), "{sum:?}");
        let total = |field: &str| entries.iter().map(|entry| entry[field].as_i64().unwrap()).sum::<i64>();
        let fees = if sum == Sum::Amounts { 0 } else { total("platform_fee") };
        assert_eq!(total("amount") + fees, 7_999, "{sum:?}");
        let [kiln, ame] = shares(&details, 7_999).try_into().unwrap();
        assert_eq!(
            (kiln.amount_minor, ame.amount_minor),
            (1_800, 4_224),
            "what they get is the same both ways: {sum:?}"
        );
    }
}

#[test]
fn only_yen_are_divided_and_only_when_a_seller_has_a_part_in_it() {
    for market in Market::ALL {
        let price = Money::new(1_000, market.currency());
        let of_seller = details(&attempt(price), &[line(Some((KILN, 10)), price, 1)], Sum::Amounts);
        assert_eq!(of_seller.is_some(), market == Market::Japan, "{market:?}");
        assert_eq!(details(&attempt(price), &[line(None, price, 1)], Sum::Amounts), None);
    }
}

#[test]
fn platform_details_are_read_as_an_array_and_as_an_object_with_numbers_and_with_text() {
    let entry = json!({ "submerchant_id": KILN, "amount": 3000, "platform_fee": 2000, "intermediary": false });
    let as_text = json!({ "submerchant_id": KILN, "amount": "3000", "platform_fee": "2000" });
    let expected = [Share { seller: KILN.into(), amount_minor: 3000, fee_minor: 2000 }];
    for details in [
        json!([entry]),
        json!({ "submerchants": [entry] }),
        json!({ "processing_merchant_id": "p", "submerchants": [as_text] }),
        json!([as_text]),
        entry,
    ] {
        assert_eq!(shares(&details, 5000), expected, "{details}");
    }
}

#[test]
fn platform_details_that_are_none_are_no_shares_and_no_error() {
    for details in
        [json!(null), json!([]), json!({}), json!("x"), json!([{ "amount": 1 }]), json!({ "submerchants": 1 })]
    {
        assert_eq!(shares(&details, 0), [], "{details}");
    }
}

fn at(url: &Url) -> Komoju {
    Komoju::new(KomojuSettings { secret_key: "sk".into(), webhook_secrets: Vec::new(), api_url: url.clone() })
}

#[tokio::test]
async fn a_division_that_is_refused_is_said_the_other_way_under_another_key_that_is_always_the_same() {
    let refusal = json!({ "error": { "code": "invalid_parameter", "message": "m", "param": "p" } });
    let session = json!({ "id": "s", "session_url": "u", "status": "pending" });
    let price = Money::new(1_000, Currency::Jpy);
    let lines = [line(Some((KILN, 10)), price, 1)];
    for _ in 0..2 {
        let stand_in = StandIn::answering([(422, refusal.clone()), (200, session.clone())]).await;
        testing::open_lines(&at(&stand_in.url), price, &lines, false).await.unwrap();
        let asked = stand_in.asked();
        let told: Vec<_> = asked
            .iter()
            .map(|asked| {
                let body = asked.json();
                let share = &body["payment_data"]["platform_details"]["submerchants"][0];
                (asked.header("x-komoju-idempotency"), share["amount"].clone(), share["platform_fee"].clone())
            })
            .collect();
        assert_eq!(
            told,
            [("attempt00000001", json!(1000), json!(100)), ("attempt00000001-net", json!(900), json!(100))]
        );
    }
}

#[tokio::test]
async fn what_is_not_divided_carries_no_division_and_is_refused_once() {
    let stand_in = StandIn::answering([(422, json!({})), (200, json!({}))]).await;
    let price = Money::new(1_000, Currency::Jpy);
    let refused = testing::open_lines(&at(&stand_in.url), price, &[line(None, price, 1)], false).await;
    assert!(matches!(refused, Err(ProviderError::Refused { status: 422, .. })), "{refused:?}");
    let asked = stand_in.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].json()["payment_data"].get("platform_details"), None);
}

#[test]
fn a_payment_says_how_it_is_divided_whichever_way_it_is_written() {
    let standing = |details: Value| {
        let payment = json!({ "id": "p", "status": "captured", "amount": 1200, "currency": "JPY",
                              "platform_details": details });
        komoju::standing(&serde_json::from_value(payment).unwrap()).unwrap()
    };
    let entry = json!({ "submerchant_id": KILN, "amount": 900, "platform_fee": 300, "intermediary": false });
    for details in [json!([entry]), json!({ "submerchants": [entry] })] {
        assert_eq!(standing(details).shares, [Share { seller: KILN.into(), amount_minor: 900, fee_minor: 300 }]);
    }
    let nonsense = standing(json!("?"));
    assert_eq!((nonsense.stage, nonsense.shares.len()), (Stage::Paid, 0), "it does not stand between money and order");
}

fn event(kind: &str, data: Value) -> wire::Event {
    serde_json::from_value(json!({
        "id": "evt", "type": kind, "resource": "event", "data": data,
        "created_at": "2026-11-24T14:59:00Z", "reason": "because", "submerchant_id": KILN,
    }))
    .unwrap()
}

fn news(kind: &str, data: Value) -> (Option<Subject>, SellerNews) {
    match read(&event(kind, data)).unwrap() {
        Some((subject, News::Seller(news))) => (subject, news),
        other => panic!("{kind}: {other:?}"),
    }
}

#[test]
fn an_application_changes_the_standing_of_its_seller_with_a_reason_and_a_time() {
    for (word, standing) in [("accepted", SellerStanding::Accepted), ("declined", SellerStanding::Declined)] {
        let decision = Decision { standing, reason: "because".into(), told_at: Some(TOLD_AT) };
        let (subject, told) = news(&format!("submerchant.application.{word}"), json!({}));
        assert_eq!(
            (subject, told),
            (None, SellerNews::Application { seller: KILN.into(), decision: decision.clone() })
        );
        for data in [json!({ "payment_method": "konbini" }), json!({ "payment_method": { "type_slug": "konbini" } })] {
            let (_, told) = news(&format!("submerchant.payment_method_application.{word}"), data);
            let (seller, method, decision) = (KILN.into(), "konbini".into(), decision.clone());
            assert_eq!(told, SellerNews::Method { seller, method, decision });
        }
    }
}

#[test]
fn a_sellers_payment_is_known_by_its_session_its_order_number_or_its_own_name() {
    let subject = |data: Value| news("submerchant.payment.updated", data).0;
    let all = json!({ "id": "pay", "session": "ses", "external_order_num": "num" });
    assert_eq!(subject(all), Some(Subject::Session("ses".into())));
    let number = json!({ "id": "pay", "session": null, "external_order_num": "num" });
    assert_eq!(subject(number), Some(Subject::Attempt("num".into())));
    let neither = json!({ "id": "pay", "session": null, "external_order_num": null });
    assert_eq!(subject(neither), Some(Subject::Payment("pay".into())));
}

#[test]
fn every_event_of_a_sellers_payment_is_a_sight_of_it_and_never_how_the_attempt_stands() {
    for word in ["authorized", "captured", "updated", "expired", "cancelled", "refund.created", "refunded", "failed"] {
        let data = json!({ "id": "pay", "currency": "JPY", "status": "captured", "amount": 5000, "amount_refunded": 70,
                           "platform_details": [{ "submerchant_id": KILN, "amount": 3000, "platform_fee": 2000 }] });
        let (_, told) = news(&format!("submerchant.payment.{word}"), data);
        let SellerNews::Payment { seller, payment } = told else { panic!("{word}: {told:?}") };
        assert_eq!((seller.as_str(), payment.what.as_str(), payment.given_back_minor), (KILN, word, 70));
        assert_eq!(payment.shares, [Share { seller: KILN.into(), amount_minor: 3000, fee_minor: 2000 }]);
    }
}

#[test]
fn a_settlement_is_the_sellers_or_the_platforms_and_its_cents_are_yen() {
    let data = json!({ "id": "set1", "reference": "R-1", "currency": "jpy", "transaction_amount_cents": 12000,
                       "fee_amount_cents": 360, "fee_tax_amount_cents": "36", "settlement_amount_cents": 11604 });
    let settlement = Settlement {
        id: "set1".into(),
        reference: "R-1".into(),
        currency: "JPY".into(),
        gross_minor: Some(12_000),
        fee_minor: Some(396),
        paid_minor: Some(11_604),
        settled_at: Some(TOLD_AT),
    };
    let (_, told) = news("submerchant.settlement.created", data.clone());
    assert_eq!(told, SellerNews::Settlement { seller: Some(KILN.into()), settlement: settlement.clone() });
    let (_, told) = news("settlement.created", data);
    assert_eq!(told, SellerNews::Settlement { seller: None, settlement });
    let (_, bare) = news("settlement.created", json!({ "id": "set2" }));
    assert!(matches!(bare, SellerNews::Settlement { settlement, .. } if settlement.paid_minor.is_none()));
}

#[test]
fn a_refund_request_is_about_a_payment_and_the_bank_account_in_it_is_not_read() {
    let request = |payment: Value| {
        json!({ "id": "req", "payment": payment, "status": "pending", "account_number": "7654321",
                "customer_name": "Mika" })
    };
    let in_payment = json!({ "id": "pay", "refund_requests": [request(json!("pay"))] });
    for data in [request(json!("pay")), request(json!({ "id": "pay" })), in_payment] {
        let (subject, told) = news("submerchant.refund_request.updated", data);
        assert_eq!(subject, Some(Subject::Payment("pay".into())));
        let printed = format!("{told:?}");
        assert!(
            printed.contains("req")
                && printed.contains("pending")
                && !printed.contains("7654321")
                && !printed.contains("Mika"),
            "{printed}"
        );
    }
}

#[test]
fn an_event_without_its_seller_is_unreadable_and_the_platforms_own_payments_are_not_for_here() {
    let mut nameless = event("submerchant.application.accepted", json!({}));
    nameless.submerchant_id = Value::Null;
    assert!(read(&nameless).unwrap_err().0.contains("submerchant_id"));
    for kind in ["payment.captured", "payment.refunded", "ping", "submerchant.of_the_future"] {
        assert_eq!(read(&event(kind, json!({ "id": "x" }))).unwrap(), None, "{kind}");
    }
}
