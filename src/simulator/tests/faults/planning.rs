//! `/control/faults` and `/control/scenarios`.

use super::{Bench, pay, plan};
use crate::simulator::scenarios::{self, Scenario};
use crate::simulator::state::State;
use crate::simulator::tests::request;
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn planned(bench: &Bench) -> Vec<Value> {
    bench.get("/control/faults").await.json()["faults"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_mistake_in_a_plan_is_explained_and_plans_nothing() {
    let bench = Bench::new().await;
    let lost = json!({ "what": { "kind": "lost" } });
    for wrong in [
        json!({ "what": { "kind": "explode" } }),
        json!({ "what": { "kind": "late" } }),
        json!({ "what": { "kind": "late", "seconds": 1, "minutes": 1 } }),
        json!({ "what": { "kind": "at_once", "copies": 1 } }),
        json!({ "when": { "per_cent": 0 }, "what": { "kind": "lost" } }),
        json!({ "when": { "provider": "nobody" }, "what": { "kind": "lost" } }),
        json!({ "when": { "after": 3 }, "what": { "kind": "lost" } }),
        json!({ "when": {} }),
    ] {
        let told = bench.post("/control/faults", &[], &json!({ "seed": 9, "faults": [lost, wrong] }).to_string()).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(told.json()["error"].is_string());
        let now = bench.get("/control/faults").await.json();
        assert_eq!(now, json!({ "seed": 0, "faults": [] }), "{wrong}");
    }
    for (method, path) in [("DELETE", "/control/faults/7"), ("POST", "/control/scenarios/nothing")] {
        assert_eq!(bench.tell(request(method, path, &[], "")).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn some_webhooks_of_a_hundred_are_lost_and_the_same_ones_for_the_same_seed() {
    let lost = async |seed: u32| {
        let bench = Bench::new().await;
        bench.control("faults", json!({ "seed": seed })).await;
        plan(&bench, json!({ "per_cent": 40 }), json!({ "kind": "lost" })).await;
        for _ in 0..30 {
            bench.control("ping", json!({})).await;
        }
        let state = bench.get("/control/state").await.json();
        assert_eq!(state["faults"]["seed"], seed);
        state["deliveries"].as_array().unwrap().iter().map(|one| one["state"] == "dropped").collect::<Vec<_>>()
    };
    let first = lost(5).await;
    assert_eq!(lost(5).await, first);
    assert_ne!(lost(6).await, first);
    assert!((4..22).contains(&first.iter().filter(|lost| **lost).count()), "{first:?}");
}

#[tokio::test]
async fn a_fault_of_one_provider_or_session_meets_no_other() {
    let bench = Bench::new().await;
    plan(&bench, json!({ "provider": "bpc" }), json!({ "kind": "lost" })).await;
    pay(&bench).await;
    assert_eq!(bench.deliver().await.len(), 2);
    let (one, other) = (bench.open(json!({})).await, bench.open(json!({})).await);
    plan(&bench, json!({ "session": one }), json!({ "kind": "lost" })).await;
    bench.pay_by_card(&one, super::CARD).await;
    assert_eq!(bench.deliver().await.len(), 0);
    bench.pay_by_card(&other, super::CARD).await;
    assert_eq!(bench.deliver().await.len(), 2);
}

#[tokio::test]
async fn a_plan_survives_a_restart_and_not_a_reset_and_an_older_file_has_none() {
    let bench = Bench::new().await;
    bench.control("scenarios/bad-day", json!({ "provider": "dojo" })).await;
    bench.control("faults", json!({ "seed": 12 })).await;
    let kept = bench.app.read(|state: &State| serde_json::to_value(state)).unwrap();
    let again: State = serde_json::from_value(kept.clone()).unwrap();
    assert_eq!(again.plan.faults, bench.app.read(|state| state.plan.faults.clone()));
    assert_eq!(again.plan.chance.seed(), 12);
    bench.control("reset", json!({})).await;
    assert_eq!(bench.get("/control/faults").await.json(), json!({ "seed": 0, "faults": [] }));
    let mut older = kept;
    older.as_object_mut().unwrap().remove("plan");
    older["faults"] = json!([]);
    assert!(serde_json::from_value::<State>(older).unwrap().plan.faults.is_empty());
}

#[tokio::test]
async fn a_scenario_takes_the_place_of_what_was_planned_for_the_same_and_of_nothing_else() {
    let bench = Bench::new().await;
    bench.control("scenarios/webhook-lost", json!({ "provider": "dojo" })).await;
    bench.control("scenarios/webhook-late", json!({})).await;
    bench.control("scenarios/webhook-twice", json!({})).await;
    bench.control("scenarios/answer-500", json!({ "session": "abc" })).await;
    let kinds: Vec<Value> = planned(&bench).await.iter().map(|fault| fault["what"]["kind"].clone()).collect();
    assert_eq!(kinds, ["lost", "repeated", "status"]);
}

#[tokio::test]
async fn every_scenario_can_be_started_by_its_name_and_says_what_it_shows() {
    let bench = Bench::new().await;
    let listed = bench.get("/control/scenarios").await.json();
    assert_eq!(listed.as_array().unwrap().len(), scenarios::ALL.len());
    let mut names = std::collections::BTreeSet::new();
    for Scenario { name, shows, faults } in scenarios::ALL {
        assert!(names.insert(name), "{name} is there twice");
        assert!(name.bytes().all(|letter| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'-')), "{name}");
        assert!(shows.ends_with('.') && shows.contains(':'), "{name} does not say what comes of it");
        bench.control("reset", json!({})).await;
        let told = bench.control(&format!("scenarios/{name}"), json!({})).await;
        assert_eq!(told["shows"], *shows);
        assert_eq!(planned(&bench).await.len(), faults.len(), "{name}");
    }
}
