//! The program is asked to stop: it finishes what is under way, takes nothing new, and does not wait for ever.

use super::browser::Browser;
use super::process::{Shop, free_address, fresh, log_of};
use super::till::{GOODS, Till};
use super::world::World;
use serde_json::json;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const STEP: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(20);

async fn until_nobody_listens(address: SocketAddr) {
    let begun = Instant::now();
    while TcpStream::connect(address).await.is_ok() {
        assert!(begun.elapsed() < PATIENCE, "the shop still takes connections");
        tokio::time::sleep(STEP).await;
    }
}

async fn ended_well(shop: &Shop) {
    let status = shop.ended(PATIENCE).await.expect("the shop ends");
    assert!(status.success(), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_to_stop_while_a_provider_is_slow_the_shop_still_sends_the_browser_to_the_page() {
    let world = World::open().await;
    world.shop().start().await;
    let address = world.shop().address().unwrap();
    world.slow("POST", 1_500).await;
    let idle = TcpStream::connect(address).await.unwrap();
    let mut browser = world.shopper(Till::Komoju).await;
    let pressed = tokio::spawn(async move { browser.check_out(Till::Komoju.method()).await });
    world.until_one("select count(*) from attempts where asked = 1").await;
    world.shop().ask_to_stop();
    until_nobody_listens(address).await;
    let page = pressed.await.unwrap().place;
    assert_eq!(Till::of_page(&page), Some(Till::Komoju), "{page}");
    ended_well(world.shop()).await;
    assert_eq!(world.count("select count(*) from attempts where state = 'open'").await, 1);
    drop(idle);
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_to_stop_after_the_browser_went_away_the_shop_still_stores_the_page() {
    let world = World::open().await;
    world.shop().start().await;
    world.slow("POST", 1_500).await;
    let browser = world.shopper(Till::Komoju).await;
    browser.leave_checkout(&format!("http://{}", world.shop().address().unwrap()), Till::Komoju.method()).await;
    assert_eq!(world.count("select count(*) from attempts where state = 'opening'").await, 1);
    world.shop().ask_to_stop();
    ended_well(world.shop()).await;
    assert_eq!(world.count("select count(*) from attempts where state = 'open' and session is not null").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_to_stop_while_a_notice_is_being_settled_the_shop_fulfils_its_order_first() {
    let world = World::open().await;
    world.shop().start().await;
    let mut browser = world.shopper(Till::Komoju).await;
    let page = browser.check_out(Till::Komoju.method()).await.place;
    world.slow("GET", 1_500).await;
    let (button, form) = (Till::Komoju.pay_button(), Till::Komoju.good_card());
    browser.submit(&format!("{page}/{button}"), form).await;
    world.until_one("select count(*) from inbox where event = 'payment.updated' and tries = 1").await;
    world.shop().ask_to_stop();
    ended_well(world.shop()).await;
    assert_eq!(world.count("select count(*) from fulfilments").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_simulator_inside_stops_after_the_shop_that_still_needs_it() {
    let folder = tempfile::tempdir().unwrap();
    let simulator = free_address();
    let shop = |address| format!("http://{address}");
    let settings = [
        ("SIMULATOR_LISTEN", simulator.to_string()),
        ("DATABASE_URL", format!("sqlite://{}", folder.path().join("noren.db").display())),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value));
    let alone = Shop::new(folder.path(), settings.to_vec());
    alone.start().await;
    // The first answer is lost, so that the second call is made when the shop has already been asked to stop.
    let slow = json!({ "path": "sessions", "method": "POST", "wait_ms": 1500, "hang_after_work": true });
    let slow = json!({ "next": [slow] });
    let planned = fresh().post(format!("{}/control/answers", shop(simulator))).json(&slow).send().await.unwrap();
    assert!(planned.status().is_success());
    let mut browser = Browser::new(&shop(alone.address().unwrap()));
    browser.fill_basket(Till::Komoju.market().code(), GOODS).await;
    let pressed = tokio::spawn(async move { browser.check_out(Till::Komoju.method()).await });
    tokio::time::sleep(Duration::from_millis(700)).await;
    alone.ask_to_stop();
    let page = pressed.await.unwrap().place;
    assert_eq!(Till::of_page(&page), Some(Till::Komoju), "{page}");
    ended_well(&alone).await;
    let kept = std::fs::read_to_string(folder.path().join("noren.simulator.json")).unwrap();
    assert!(kept.contains(page.rsplit('/').next().unwrap()), "the simulator has forgotten the session");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes half a minute: scripts/test crash"]
async fn a_connection_that_never_ends_keeps_the_program_for_its_longest_time_and_no_longer() {
    let world = World::open().await;
    world.shop().start().await;
    let mut endless = TcpStream::connect(world.shop().address().unwrap()).await.unwrap();
    endless
        .write_all(b"POST /api/add_to_basket HTTP/1.1\r\nhost: shop\r\ncontent-length: 100\r\n\r\nvariant=")
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let begun = Instant::now();
    world.shop().ask_to_stop();
    let status = world.shop().ended(Duration::from_secs(40)).await.expect("the shop ends");
    assert!(status.success(), "{status}");
    assert!(begun.elapsed() > Duration::from_secs(20), "it was not waited for: {:?}", begun.elapsed());
    let log = std::fs::read_to_string(log_of(world.folder())).unwrap();
    assert!(log.contains("not everything was finished in time") && log.contains("left=\"requests\""), "{log}");
}
