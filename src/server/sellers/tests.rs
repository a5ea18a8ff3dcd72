use super::*;
use crate::server::catalogue;
use crate::server::test_database::with_catalogue;

const KILN: &str = "kiln-kumo";

fn decision(standing: SellerStanding, reason: &'static str, told_at: Timestamp) -> Decision<'static> {
    Decision { standing, reason, told_at }
}

#[tokio::test]
async fn an_older_decision_that_arrives_late_takes_nothing_back() {
    let (pool, _folder) = with_catalogue().await;
    let mut db = pool.acquire().await.unwrap();
    assert_eq!(by_id(&mut db, KILN).await.unwrap().unwrap().standing, SellerStanding::Applied);
    assert!(decide(&mut db, KILN, decision(SellerStanding::Declined, "papers missing", 200)).await.unwrap());
    assert!(!decide(&mut db, KILN, decision(SellerStanding::Accepted, "", 100)).await.unwrap());
    let kiln = by_id(&mut db, KILN).await.unwrap().unwrap();
    assert_eq!((kiln.standing, kiln.reason.as_str()), (SellerStanding::Declined, "papers missing"));
    assert!(decide(&mut db, KILN, decision(SellerStanding::Accepted, "", 300)).await.unwrap());
    assert_eq!(by_id(&mut db, KILN).await.unwrap().unwrap().standing, SellerStanding::Accepted);
}

#[tokio::test]
async fn each_way_to_be_paid_has_a_standing_of_its_own() {
    let (pool, _folder) = with_catalogue().await;
    let mut db = pool.acquire().await.unwrap();
    assert!(decide_method(&mut db, KILN, "konbini", decision(SellerStanding::Accepted, "", 100)).await.unwrap());
    assert!(decide_method(&mut db, KILN, "paypay", decision(SellerStanding::Declined, "too new", 100)).await.unwrap());
    assert!(!decide_method(&mut db, KILN, "paypay", decision(SellerStanding::Accepted, "", 99)).await.unwrap());
    let known = methods(&mut db, KILN).await.unwrap();
    let known: Vec<_> = known.iter().map(|known| (known.method.as_str(), known.standing)).collect();
    assert_eq!(known, [("konbini", SellerStanding::Accepted), ("paypay", SellerStanding::Declined)]);
    assert_eq!(by_id(&mut db, KILN).await.unwrap().unwrap().standing, SellerStanding::Applied);
}

#[tokio::test]
async fn what_was_said_of_a_seller_outlasts_the_next_start_and_waits_for_the_file() {
    let (pool, _folder) = with_catalogue().await;
    let mut db = pool.acquire().await.unwrap();
    decide(&mut db, KILN, decision(SellerStanding::Declined, "", 100)).await.unwrap();
    assert!(meet(&mut db, "newcomer").await.unwrap());
    assert!(!meet(&mut db, "newcomer").await.unwrap());
    drop(db);
    catalogue::fill(&pool).await.unwrap();
    let mut db = pool.acquire().await.unwrap();
    assert_eq!(by_id(&mut db, KILN).await.unwrap().unwrap().standing, SellerStanding::Declined);
    let newcomer = by_id(&mut db, "newcomer").await.unwrap().unwrap();
    assert_eq!((newcomer.name.as_str(), newcomer.listed), ("newcomer", false));
    assert_eq!(all(&mut db).await.unwrap().last(), Some(&newcomer));
}

fn settlement(id: &str, currency: &str) -> Settlement {
    Settlement {
        id: id.to_owned(),
        reference: String::new(),
        currency: currency.to_owned(),
        gross_minor: Some(12_000),
        fee_minor: Some(396),
        paid_minor: Some(11_604),
        settled_at: Some(1_795_532_340_000),
    }
}

#[tokio::test]
async fn a_settlement_is_kept_once_in_the_account_that_it_is_for() {
    let (pool, _folder) = with_catalogue().await;
    let mut db = pool.acquire().await.unwrap();
    let (kilns, own) = (settlement("set1", "JPY"), settlement("set2", "XTS"));
    assert!(insert_settlement(&mut db, ProviderName::Komoju, Some(KILN), &kilns, 1).await.unwrap());
    assert!(!insert_settlement(&mut db, ProviderName::Komoju, Some(KILN), &kilns, 1).await.unwrap());
    let silent = Settlement { gross_minor: None, fee_minor: None, ..own.clone() };
    assert!(insert_settlement(&mut db, ProviderName::Komoju, None, &silent, 1).await.unwrap());
    assert_eq!(settlements(&mut db, Some(KILN)).await.unwrap(), [kilns]);
    assert_eq!(settlements(&mut db, None).await.unwrap(), [silent]);
    assert_eq!(settlements(&mut db, Some("studio-ame")).await.unwrap(), []);
}

#[tokio::test]
async fn the_report_has_every_standing_its_reason_and_every_settlement() {
    let (pool, _folder) = with_catalogue().await;
    let mut db = pool.acquire().await.unwrap();
    decide(&mut db, KILN, decision(SellerStanding::Declined, "papers missing", 100)).await.unwrap();
    decide_method(&mut db, KILN, "paypay", decision(SellerStanding::Accepted, "", 100)).await.unwrap();
    insert_settlement(&mut db, ProviderName::Komoju, Some(KILN), &settlement("set1", "JPY"), 1).await.unwrap();
    let own = Settlement { fee_minor: None, ..settlement("set2", "XTS") };
    insert_settlement(&mut db, ProviderName::Komoju, None, &own, 1).await.unwrap();
    let text = report::report(&mut db).await.unwrap();
    for line in [
        "Kiln Kumo (kiln-kumo), fee 10 %",
        "  cannot sell; declined: papers missing",
        "  paypay           accepted",
        "  2026-11-24  set1  sold ¥12,000, fees ¥396, paid out ¥11,604",
        "Paper Oto (paper-oto), fee 15 %",
        "  can sell; the provider has not said anything yet",
        "  no settlements yet",
        "The shop itself",
        "  2026-11-24  set2  sold 12000 XTS, fees not told, paid out 11604 XTS",
    ] {
        assert!(text.lines().any(|found| found == line), "{line:?} is missing in:\n{text}");
    }
}
