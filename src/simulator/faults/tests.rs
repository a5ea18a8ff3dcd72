use super::*;

fn status(status: u16) -> What {
    What::Status { status, work: false }
}

fn on(on: &str) -> When {
    When { on: on.to_owned(), times: Some(1), ..When::default() }
}

#[test]
fn a_fault_of_calls_is_used_by_the_first_call_that_fits() {
    let mut plan = Plan::default();
    plan.add(When { provider: Some(Provider::Komoju), ..on("payments") }, status(500)).unwrap();
    plan.add(on("POST sessions"), status(503)).unwrap();
    let mut take = |provider, method, path| plan.take_call(provider, &method, path);
    assert_eq!(take(Provider::Komoju, Method::GET, "sessions/abc"), None);
    assert_eq!(take(Provider::Bpc, Method::GET, "payments/abc"), None);
    assert_eq!(take(Provider::Bpc, Method::POST, "sessions/abc/expire"), Some(status(503)));
    assert_eq!(take(Provider::Komoju, Method::POST, "sessions"), None, "it was planned once");
    assert_eq!(take(Provider::Komoju, Method::GET, "payments"), Some(status(500)));
    assert!(plan.faults.is_empty());
}

#[test]
fn a_fault_of_one_session_leaves_the_others_alone() {
    let mut plan = Plan::default();
    plan.add(When { session: Some("abc".to_owned()), ..When::default() }, status(500)).unwrap();
    plan.add(When { session: Some("abc".to_owned()), ..When::default() }, What::Lost).unwrap();
    for (path, met) in [("sessions", false), ("sessions/abcd", false), ("sessions/abc/cancel", true)] {
        assert_eq!(plan.take_call(Provider::Komoju, &Method::POST, path).is_some(), met, "{path}");
    }
    for (session, body, met) in [("abc", "{}", true), ("x", r#"{"id":"abc"}"#, true), ("x", r#"{"id":"abcd"}"#, false)]
    {
        let (provider, subscription, event, kind) = (Provider::Komoju, None, "evt", "payment.captured");
        let parcel = Parcel { provider, session, subscription, event, kind, body };
        assert_eq!(plan.take_event(&parcel).is_some(), met, "{session} {body}");
    }
}

#[test]
fn some_of_a_hundred_are_met_and_the_seed_says_which() {
    let met = |seed| {
        let mut plan = Plan { chance: Chance::from_seed(seed), ..Plan::default() };
        plan.add(When { per_cent: Some(20), ..When::default() }, What::Half).unwrap();
        (0..500).map(|_| plan.take_call(Provider::Dojo, &Method::GET, "").is_some()).collect::<Vec<_>>()
    };
    assert_eq!(met(3), met(3));
    assert_ne!(met(3), met(4));
    let count = met(3).into_iter().filter(|met| *met).count();
    assert!((70..130).contains(&count), "{count}");
}

#[test]
fn what_could_never_happen_or_never_end_is_not_planned() {
    let mut plan = Plan::default();
    let always = When::default();
    for what in [
        What::Late { seconds: 0 },
        What::Late { seconds: i64::MAX },
        What::Repeated { copies: 1 },
        What::AtOnce { copies: 51 },
        What::Reordered { events: 1, order: Order::Reversed },
        status(101),
        What::Slow { ms: 60_001 },
    ] {
        assert!(plan.add(always.clone(), what).is_err(), "{what:?}");
    }
    assert!(plan.add(When { times: Some(0), ..always.clone() }, What::Lost).is_err());
    assert!(plan.add(When { per_cent: Some(101), ..always }, What::Lost).is_err());
    assert!(plan.faults.is_empty());
}

#[test]
fn every_choice_of_the_page_can_be_planned_and_reads_differently() {
    let mut plan = Plan::default();
    let words: std::collections::BTreeSet<String> = words::CHOICES.iter().map(|what| what.in_words()).collect();
    assert_eq!(words.len(), words::CHOICES.len());
    for what in words::CHOICES {
        plan.add(When::default(), what).unwrap();
        let written = serde_json::to_string(&what).unwrap();
        assert_eq!(serde_json::from_str::<What>(&written).unwrap(), what, "{written}");
    }
}
