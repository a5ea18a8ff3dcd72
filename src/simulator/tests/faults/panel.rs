//! The panel of the page, and each scenario's own page: plain forms.

use super::{Bench, pay};
use crate::simulator::faults::words::CHOICES;
use crate::simulator::scenarios;
use serde_json::json;

async fn kinds(bench: &Bench) -> Vec<String> {
    let faults = bench.get("/control/faults").await.json()["faults"].clone();
    faults.as_array().unwrap().iter().map(|fault| fault["what"]["kind"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_is_planned_on_the_page_happens_and_can_be_removed_there() {
    let bench = Bench::new().await;
    assert!(bench.get("/").await.text.contains("Nothing is planned"));
    let form = "what=%7B%22kind%22%3A%22lost%22%7D&provider=komoju&session=&on=payment.captured&times=1&per_cent=";
    assert_eq!(bench.submit("/actions/faults", form).await.location(), "/#faults");
    let page = bench.get("/").await.text;
    assert!(page.contains("Webhook lost") && page.contains("KOMOJU · on payment.captured… · once more"), "{page}");
    pay(&bench).await;
    assert_eq!(bench.deliver().await, ["payment.updated"]);
    assert!(kinds(&bench).await.is_empty(), "it was planned once");
    assert!(bench.get("/").await.text.contains("fault: webhook lost"), "the delivery says what became of it");

    for what in CHOICES {
        let what = serde_json::to_string(&what).unwrap();
        let body = url::form_urlencoded::Serializer::new(String::new()).append_pair("what", &what).finish();
        assert_eq!(bench.submit("/actions/faults", &body).await.location(), "/#faults", "{what}");
    }
    assert_eq!(kinds(&bench).await.len(), CHOICES.len());
    let id = bench.get("/control/faults").await.json()["faults"][0]["id"].clone();
    assert_eq!(bench.submit(&format!("/actions/faults/{id}/remove"), "").await.location(), "/#faults");
    assert_eq!(bench.submit(&format!("/actions/faults/{id}/remove"), "").await.location(), "/?problem=1");
    assert_eq!(kinds(&bench).await.len(), CHOICES.len() - 1);
    bench.submit("/actions/faults/remove", "").await;
    assert!(kinds(&bench).await.is_empty());
}

#[tokio::test]
async fn a_form_that_makes_no_sense_plans_nothing() {
    let bench = Bench::new().await;
    let lost = "what=%7B%22kind%22%3A%22lost%22%7D";
    for form in ["what=lost".to_owned(), format!("{lost}&provider=nobody"), format!("{lost}&times=often")] {
        assert_eq!(bench.submit("/actions/faults", &form).await.location(), "/?problem=1", "{form}");
    }
    assert!(kinds(&bench).await.is_empty());
}

#[tokio::test]
async fn nothing_that_was_typed_becomes_markup() {
    let bench = Bench::new().await;
    let when = json!({ "session": "<b>s</b>", "on": "<i>" });
    bench.control("faults", json!({ "faults": [{ "when": when, "what": { "kind": "lost" } }] })).await;
    let page = bench.get("/").await.text;
    assert!(page.contains("&lt;b&gt;s&lt;/b&gt;") && !page.contains("<b>s") && !page.contains("<i>"));
}

#[tokio::test]
async fn a_link_shows_a_scenario_and_only_its_button_starts_it() {
    let bench = Bench::new().await;
    let front = bench.get("/").await.text;
    for scenario in scenarios::ALL {
        let address = format!("/scenarios/{}", scenario.name);
        assert!(front.contains(&format!("href=\"{address}\"")), "{address}");
        let page = bench.get(&address).await;
        assert!(page.text.contains(&super::super::super::page::html::escape(scenario.shows)), "{address}");
        assert!(page.text.contains(&format!("action=\"/actions{address}\"")), "{address}");
    }
    assert!(kinds(&bench).await.is_empty(), "looking starts nothing");
    assert_eq!(bench.submit("/actions/scenarios/webhook-lost", "provider=bpc&session=").await.location(), "/#faults");
    let planned = bench.get("/control/faults").await.json()["faults"][0].clone();
    assert_eq!((&planned["what"]["kind"], &planned["when"]["provider"]), (&json!("lost"), &json!("bpc")));
    assert_eq!(bench.get("/scenarios/nothing").await.location(), "/?problem=1");
}

#[tokio::test]
async fn the_seed_is_shown_and_can_be_set() {
    let bench = Bench::new().await;
    assert_eq!(bench.submit("/actions/seed", "seed=4294967295").await.location(), "/#faults");
    assert!(bench.get("/").await.text.contains("Seed 4294967295"));
}
