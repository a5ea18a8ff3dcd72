//! Three shops on one database, behind one address: each request comes to the next of them.

use super::process::fresh;
use super::shopper::{self, Ledger};
use super::truth;
use super::world::World;
use fastrand::Rng;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const SHOPPERS: usize = 8;
/// How many visits there are at least.
const VISITS: usize = 60;
const PATIENCE: Duration = Duration::from_secs(120);
/// A killed shop's leases have run out by then, and what it had claimed is done.
const TAKEN_OVER: Duration = Duration::from_secs(40);

#[tokio::test(flavor = "multi_thread")]
async fn three_shops_that_start_together_sell_as_one_and_everything_once() {
    let world = Arc::new(World::of(3).await);
    start_together(&world).await;
    world.stock_up().await;
    let ledger = Arc::new(Ledger::default());
    let mut shoppers = JoinSet::new();
    for number in 0..SHOPPERS {
        let rng = Rng::with_seed(number.try_into().unwrap());
        shoppers.spawn(shopper::shop(Arc::clone(&world), Arc::clone(&ledger), rng));
    }
    let begun = Instant::now();
    while ledger.all().len() < VISITS {
        assert!(begun.elapsed() < PATIENCE, "{} visits", ledger.all().len());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    ledger.stop.store(true, Ordering::Relaxed);
    while let Some(ended) = shoppers.join_next().await {
        ended.unwrap();
    }
    world.come_to_rest().await;
    let (broken, tally) = truth::check(&world, &ledger.all()).await;
    assert_eq!(broken, Vec::<String>::new());
    assert!(tally.fulfilled > VISITS / 4, "{} orders fulfilled", tally.fulfilled);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_shop_had_claimed_is_settled_by_the_others_and_shown_by_each() {
    let world = World::of(3).await;
    world.shop().start().await;
    let page = world.pay_and_kill_at_the_look_up().await;
    let claimed = world.count("select count(*) from inbox where state = 'received' and lease_until > 0").await;
    assert_eq!(claimed, 1, "the killed shop had nothing claimed");
    let others = &world.wire.shops()[1..];
    tokio::join!(others[0].start(), others[1].start());
    let begun = Instant::now();
    world.until_one("select count(*) from fulfilments").await;
    assert!(begun.elapsed() < TAKEN_OVER, "{:?}", begun.elapsed());
    let token = world.wire.opened(&page).token;
    for shop in others {
        let page = format!("http://{}/orders/{token}", shop.address().unwrap());
        let shown = fresh().get(page).send().await.unwrap().text().await.unwrap();
        assert!(shown.contains("data-face=\"complete\""), "one of them shows something else");
    }
}

async fn start_together(world: &World) {
    let [one, two, three] = world.wire.shops() else { panic!("there are three") };
    tokio::join!(one.start(), two.start(), three.start());
    let twice = "select count(*) - count(distinct version) from _sqlx_migrations";
    assert_eq!(world.count(twice).await, 0, "a migration ran twice");
}
