//! `/control` and the page for people.

use super::Bench;
use crate::payments::signature;
use crate::simulator::faults::words::CHOICES;
use crate::simulator::{bpc, dojo, komoju, scenarios, switches};
use axum::http::StatusCode;
use data_encoding::HEXLOWER;
use serde_json::json;

fn verifies(secret: &str, body: &str, signature: &str) -> bool {
    signature::verifies(secret.as_bytes(), body.as_bytes(), &HEXLOWER.decode(signature.as_bytes()).unwrap())
}

#[tokio::test]
async fn a_test_can_send_what_is_not_true_with_any_signature() {
    let bench = Bench::new().await;
    let id = bench.open(json!({})).await;
    bench.pay_by_card(&id, "4111111111111111").await;
    bench.deliver().await;
    let payment = bench.session(&id).await["payment"]["id"].clone();
    bench.shop_answers(&[401]);
    let wish = json!({
        "payment": payment, "type": "payment.captured", "amend": {"data.amount": 1, "data.currency": "EUR"},
        "signature": "wrong",
    });
    assert_eq!(bench.control("send", wish).await["status"], 401);
    let (headers, body) = bench.take().remove(0);
    let event: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&event["data"]["amount"], &event["data"]["currency"]), (&json!(1), &json!("EUR")));
    assert!(!verifies(super::SECRET, &body, headers["x-komoju-signature"].to_str().unwrap()));
    for (signature, count) in [("right", 1), ("none", 0), ("old_secret", 1), ("twice_header", 2)] {
        bench.control("send", json!({"event": {"type": "ping"}, "signature": signature})).await;
        let (headers, body) = bench.take().remove(0);
        let signatures: Vec<_> = headers.get_all("x-komoju-signature").iter().collect();
        assert_eq!(signatures.len(), count, "{signature}");
        let secret = if signature == "old_secret" { "whsec_old" } else { super::SECRET };
        assert!(signatures.iter().all(|one| verifies(secret, &body, one.to_str().unwrap())), "{signature}");
    }
}

#[tokio::test]
async fn every_mistake_is_answered_in_json_and_changes_nothing() {
    let bench = Bench::new().await;
    for (path, body) in [
        ("switches", r#"{"return_without_paying":"pending","no_such_switch":"on"}"#),
        ("switches", r#"{"return_without_paying":"perhaps"}"#),
        ("clock", r#"{"forward_days":1}"#),
        ("clock", "no json"),
        ("answers", r#"{"next":[{"path":"sessions","explode":true}]}"#),
        ("send", "{}"),
    ] {
        let told = bench.post(&format!("/control/{path}"), &[], body).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {body}");
        assert!(told.json()["error"].is_string());
    }
    for path in ["nothing", "payments/nobody/capture", "deliveries/nobody/resend"] {
        let told = bench.post(&format!("/control/{path}"), &[], "").await;
        assert_eq!(told.status, StatusCode::NOT_FOUND, "{path}");
        assert!(told.json()["error"].is_string());
    }
    assert_eq!(bench.get("/control/state").await.json()["switches"]["return_without_paying"], "cancelled");
}

#[tokio::test]
async fn another_sites_page_cannot_touch_the_controls_but_the_hosted_pages_are_for_everybody() {
    let bench = Bench::new().await;
    let origin = [("origin", "http://localhost:3000"), ("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(bench.post("/control/reset", &origin, "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(bench.post("/actions/ping", &origin, "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(bench.submit("/actions/ping", "").await.location(), "/#deliveries");
    let id = bench.open(json!({})).await;
    assert_eq!(bench.post(&format!("/komoju/sessions/{id}/return"), &origin, "").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_reset_forgets_all_but_the_keys_and_the_clock() {
    let bench = Bench::new().await;
    bench.open(json!({})).await;
    bench.switch("return_without_paying", "pending").await;
    bench.control("clock", json!({"forward_seconds": 60})).await;
    bench.control("reset", json!({})).await;
    let state = bench.get("/control/state").await.json();
    assert_eq!((&state["sessions"], &state["deliveries"]), (&json!([]), &json!([])));
    assert_eq!(state["switches"]["return_without_paying"], "cancelled");
    assert_eq!(state["clock"]["ahead_ms"], 60_000);
    bench.open(json!({})).await;
}

#[tokio::test]
async fn the_page_for_people_shows_what_there_is_and_its_buttons_work() {
    let bench = Bench::new().await;
    let id = bench.open(json!({"payment_data": {"external_order_num": "<n7>"}})).await;
    bench.take_slip(&id).await;
    let page = bench.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    for text in [super::KEY, super::SECRET, "&lt;n7&gt;", "Mark as paid", "payment.authorized"] {
        assert!(page.text.contains(text), "{text}");
    }
    let payment = bench.session(&id).await["payment"]["id"].as_str().unwrap().to_owned();
    assert_eq!(bench.submit(&format!("/actions/payments/{payment}/capture"), "").await.location(), "/#sessions");
    assert_eq!(bench.submit(&format!("/actions/payments/{payment}/capture"), "").await.location(), "/?problem=1");
    assert_eq!(bench.submit(&format!("/actions/payments/{payment}/chargeback"), "").await.location(), "/#sessions");
}

#[test]
fn the_documentation_lists_every_switch_with_its_choices_and_every_card() {
    let document = include_str!("../../../docs/simulator.md");
    for switch in switches::all() {
        let choices: Vec<String> = switch.choices.iter().map(|choice| format!("`{choice}`")).collect();
        let row = format!("| `{}` | {} | {} |", switch.name, choices.join(", "), switch.decides);
        assert!(document.contains(&row), "docs/simulator.md lacks the line\n{row}");
    }
    let numbers = komoju::cards::ALL.iter().map(|card| card.number);
    let numbers = numbers.chain(dojo::cards::ALL.iter().map(|card| card.number));
    for number in numbers.chain(bpc::cards::ALL.iter().map(|card| card.number)) {
        assert!(document.contains(number), "docs/simulator.md lacks the card {number}");
    }
}

#[test]
fn the_documentation_lists_every_fault_and_every_scenario_with_what_it_shows() {
    let document = include_str!("../../../docs/simulator.md");
    for what in CHOICES {
        let kind = serde_json::to_value(what).unwrap()["kind"].as_str().unwrap().to_owned();
        assert!(document.contains(&format!("| `{{\"kind\": \"{kind}\"")), "docs/simulator.md lacks the fault {kind}");
    }
    let row = |scenario: &scenarios::Scenario| format!("| `{}` | {} |\n", scenario.name, scenario.shows);
    let table: String = scenarios::ALL.iter().map(row).collect();
    assert!(document.contains(&table), "docs/simulator.md lacks, or differs from:\n{table}");
}
