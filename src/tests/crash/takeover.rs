//! What a killed process had claimed is taken up within seconds, and nobody takes it from one that lives.

use super::points::{Call, Moment};
use super::till::Till;
use super::world::World;
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_that_a_killed_shop_had_claimed_is_settled_within_seconds_of_the_next_start() {
    let world = World::open().await;
    world.shop().start().await;
    world.pay_and_kill_at_the_look_up().await;
    let begun = Instant::now();
    world.shop().start().await;
    world.until_one("select count(*) from fulfilments").await;
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkout_that_a_killed_shop_had_begun_is_taken_up_by_one_press_after_the_next_start() {
    let world = World::open().await;
    world.shop().start().await;
    let mut browser = world.shopper(Till::Dojo).await;
    let killed = world.kill_at(Call::OpenPage, Moment::Done);
    let press = async {
        let mut window = browser.window();
        tokio::select! {
            _ = window.check_out(Till::Dojo.method()) => panic!("it was answered"),
            killed = killed => killed,
        }
    };
    assert!(press.await, "no page was asked for");
    world.shop().start().await;
    let page = browser.check_out(Till::Dojo.method()).await.place;
    assert_eq!(Till::of_page(&page), Some(Till::Dojo), "{page}");
    assert_eq!(world.count("select count(*) from attempts where state = 'open'").await, 1);
    let intents = world.simulated().await["dojo"]["intents"].as_array().unwrap().len();
    assert_eq!(intents, 1, "what the killed one had opened was found, not opened again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_is_renewed_while_its_work_lasts() {
    let world = World::open().await;
    world.shop().start().await;
    world.slow("POST", 5_000).await;
    let mut browser = world.shopper(Till::Komoju).await;
    let pressed = tokio::spawn(async move { browser.check_out(Till::Komoju.method()).await });
    world.until_one("select count(*) from attempts where asked = 1").await;
    let lease = "select lease_until from attempts";
    let first = world.count(lease).await;
    tokio::time::sleep(Duration::from_millis(4_000)).await;
    assert!(world.count(lease).await >= first + 2_500, "the lease was left to run out");
    assert_eq!(Till::of_page(&pressed.await.unwrap().place), Some(Till::Komoju));
    assert_eq!(world.count(lease).await, 0);
}
