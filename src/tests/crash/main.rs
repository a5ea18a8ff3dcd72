//! Crash safety: the real program, in a process of its own, is killed at every step between a basket and a fulfilled
//! order, and nothing is lost and nothing done twice.
//!
//! Nothing in the shop knows of the test. A wire (`wire`) stands between shoppers, shop and providers; the points of
//! `points` are named by what passes there. `world` has the processes and the database, `shopper` buys, `truth` compares
//! what the shop says with what the providers and the shoppers know, and `run` puts it together.
//!
//! `scripts/test crash` runs it with 200 kills, `scripts/soak` for as long as one likes.

mod browser;
#[path = "../database_address.rs"]
mod database_address;
#[path = "../invariants.rs"]
mod invariants;
mod points;
mod process;
mod run;
mod several;
mod shopper;
mod stop;
mod takeover;
mod till;
mod truth;
mod wire;
mod world;

use run::Plan;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: scripts/test crash, scripts/soak"]
async fn nothing_is_lost_or_done_twice_however_often_the_shop_is_killed() {
    println!("{}", run::run(&Plan::from_environment()).await);
}
