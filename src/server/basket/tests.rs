use super::*;
use crate::domain::{Contact, Problem};
use crate::server::test_database::with_catalogue;

const TIN: &str = "sencha-tin-100g";

async fn basket(pool: &AnyPool) -> String {
    token::fingerprint(&create(pool, Market::Japan, 1).await.unwrap())
}

fn problem(result: Result<(), BasketError>) -> Problem {
    match result {
        Err(BasketError::Problem(problem)) => problem,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn two_tabs_that_add_at_the_same_time_lose_nothing() {
    let (pool, _folder) = with_catalogue().await;
    let id = basket(&pool).await;
    let tabs: Vec<_> = (0..10)
        .map(|tab| {
            let (pool, id) = (pool.clone(), id.clone());
            let variant = if tab % 2 == 0 { TIN } else { "noren-pattern" };
            tokio::spawn(async move { add(&pool, &id, variant, 1, 2).await })
        })
        .collect();
    for tab in tabs {
        tab.await.unwrap().unwrap();
    }
    let basket = find(&pool, &id).await.unwrap().unwrap();
    assert_eq!(basket.lines.iter().map(|line| line.quantity).collect::<Vec<_>>(), [5, 5]);
    assert_eq!(basket.version, 10, "every change counts");
    assert_eq!(glance(&pool, &id).await.unwrap(), Some((Market::Japan, 10)));
}

#[tokio::test]
async fn no_more_than_there_are_and_never_more_than_ninety_nine() {
    let (pool, _folder) = with_catalogue().await;
    let id = basket(&pool).await;
    for quantity in [-1, 0, 100, i64::MAX] {
        assert_eq!(problem(add(&pool, &id, TIN, quantity, 2).await), Problem::Quantity);
    }
    add(&pool, &id, TIN, 30, 2).await.unwrap();
    assert_eq!(problem(add(&pool, &id, TIN, 1, 2).await), Problem::NotEnough, "30 tins are all there are");
    add(&pool, &id, "noren-pattern", 98, 2).await.unwrap();
    assert_eq!(problem(add(&pool, &id, "noren-pattern", 2, 2).await), Problem::Quantity);
    assert_eq!(problem(set_quantity(&pool, &id, "noren-pattern", 100, 2).await), Problem::Quantity);
    assert_eq!(problem(add(&pool, &id, "no-such-thing", 1, 2).await), Problem::VariantGone);
    let basket = find(&pool, &id).await.unwrap().unwrap();
    assert_eq!((basket.count(), basket.version), (128, 2), "what was refused changed nothing");
}

#[tokio::test]
async fn what_is_held_for_somebody_elses_payment_cannot_be_added() {
    let (pool, _folder) = with_catalogue().await;
    let id = basket(&pool).await;
    sqlx::query("update variants set held = 1 where id = 'last-teapot'").execute(&pool).await.unwrap();
    assert_eq!(problem(add(&pool, &id, "last-teapot", 1, 2).await), Problem::SoldOut);
}

#[tokio::test]
async fn another_market_has_other_prices_and_is_a_change() {
    let (pool, _folder) = with_catalogue().await;
    let id = basket(&pool).await;
    add(&pool, &id, TIN, 2, 2).await.unwrap();
    assert_eq!(find(&pool, &id).await.unwrap().unwrap().total().unwrap().to_string(), "¥2,400");
    choose_market(&pool, &id, Market::Britain, 3).await.unwrap();
    let basket = find(&pool, &id).await.unwrap().unwrap();
    assert_eq!((basket.total().unwrap().to_string().as_str(), basket.version), ("£13.60", 2));
    choose_market(&pool, &id, Market::Britain, 4).await.unwrap();
    assert_eq!(find(&pool, &id).await.unwrap().unwrap().version, 2, "the same market is no change");
}

#[tokio::test]
async fn zero_takes_a_line_out_and_the_contact_is_kept_without_a_new_version() {
    let (pool, _folder) = with_catalogue().await;
    let id = basket(&pool).await;
    add(&pool, &id, TIN, 2, 2).await.unwrap();
    set_quantity(&pool, &id, TIN, 0, 3).await.unwrap();
    let contact = Contact { email: "mika@example.com".into(), ..Contact::default() };
    keep_contact(&pool, &id, &contact).await.unwrap();
    let basket = find(&pool, &id).await.unwrap().unwrap();
    assert!(basket.lines.is_empty());
    assert_eq!((basket.version, basket.contact), (2, contact));
}
