//! Every scenario of the simulator, through the shop, for every provider: what it promises is what comes of it. A scenario
//! that is not told here fails the first test.

mod calls;
mod webhooks;

use crate::matrix::paying::is_fulfilled;
use crate::shop::{TestOrder, TestShop};
use crate::tills::{GOODS, Till};
use noren::domain::Problem;
use noren::simulator::scenarios::{ALL, Scenario};
use serde_json::{Value, json};
use sqlx::Row;

/// One test for each scenario and provider. A scenario is named as in its address, with `_` for `-`; then what becomes of
/// an order under it.
macro_rules! scenarios {
    ($($name:ident => $file:ident::$story:ident $(($($argument:expr),+))?;)*) => {
        const TOLD: &[&str] = &[$(stringify!($name)),*];
        $(mod $name {
            use super::{*, Till::{Bpc, Dojo, Komoju, Stablemint}};
            async fn tell(till: Till) {
                let story = Story::begin(till, stringify!($name)).await;
                $file::$story(story $(, $($argument),+)?).await;
            }
            #[tokio::test]
            async fn komoju() { tell(Komoju).await; }
            #[tokio::test]
            async fn dojo() { tell(Dojo).await; }
            #[tokio::test]
            async fn bpc() { tell(Bpc).await; }
            #[tokio::test]
            async fn stablemint() { tell(Stablemint).await; }
        })*
    };
}

scenarios! {
    webhook_late => webhooks::comes_after(600);
    webhook_after_expiry => webhooks::comes_after_the_page;
    webhook_lost => webhooks::is_missed;
    webhook_twice => webhooks::comes_so_often(2);
    webhook_ten_at_once => webhooks::comes_so_often(10);
    webhooks_reversed => webhooks::come_in_another_order;
    webhooks_shuffled => webhooks::come_in_another_order;
    webhook_forged_first => webhooks::is_refused_and_then_true;
    webhook_forged => webhooks::is_never_taken;
    webhook_unsigned => webhooks::is_never_taken;
    webhook_signed_twice => webhooks::is_refused_and_then_true;
    webhook_stale => webhooks::is_too_old_where_it_has_a_time;
    webhook_old_secret => webhooks::comes_so_often(1);
    webhook_changed => webhooks::is_refused_and_then_true;
    wrong_amount => webhooks::goes_to_a_person;
    wrong_currency => webhooks::goes_to_a_person;
    answer_401 => calls::is_told(Problem::ProviderRefused);
    answer_422 => calls::is_told(Problem::ProviderRefused);
    answer_429 => calls::is_not_noticed(1);
    answer_500 => calls::is_not_noticed(1);
    answer_503_again => calls::is_told(Problem::ProviderBusy);
    answer_502_after_work => calls::is_not_noticed(2);
    answer_slow => calls::is_not_noticed(1);
    answer_too_slow => calls::is_given_up_and_carried_out;
    answer_half => calls::is_not_noticed(2);
    answer_lost => calls::is_not_noticed(2);
    answer_lost_again => calls::keeps_the_stock;
    call_lost => calls::is_not_noticed(1);
    look_ups_fail => webhooks::waits_for_its_look_up;
    api_down => calls::is_down;
    bad_day => calls::ends_well;
}

#[test]
fn every_scenario_is_told() {
    let names: Vec<String> = ALL.iter().map(|scenario: &Scenario| scenario.name.replace('-', "_")).collect();
    assert_eq!(names, TOLD);
}

/// A shop whose provider plays a scenario.
pub struct Story {
    pub till: Till,
    pub shop: TestShop,
    /// How many of the goods there are before anything happens.
    pub stock: i64,
}

impl Story {
    async fn begin(till: Till, name: &str) -> Story {
        let shop = TestShop::open().await;
        let (stock, _) = shop.stock(GOODS).await;
        let path = format!("scenarios/{}", name.replace('_', "-"));
        shop.control(&path, json!({ "provider": till.code() })).await;
        Story { till, shop, stock }
    }

    /// From a basket to the hosted page, and paid there.
    async fn paid(&self) -> TestOrder {
        let order = self.till.order(&self.shop).await;
        self.till.pay(&self.shop, &order).await;
        order
    }

    /// What the order's journal tells, in its sentences.
    async fn told(&self, order: &TestOrder) -> Vec<String> {
        self.shop.view(order).await.journal.into_iter().map(|entry| entry.detail).collect()
    }

    /// The faults that are still planned: none when they were planned for some times and have all been met.
    async fn planned(&self) -> Vec<Value> {
        let url = format!("{}/control/faults", self.shop.simulator);
        let plan: Value = self.shop.http.get(url).send().await.unwrap().json().await.unwrap();
        plan["faults"].as_array().unwrap().clone()
    }

    /// Nothing is planned any more; what it has spoiled stays so.
    async fn remove_faults(&self) {
        let url = format!("{}/control/faults", self.shop.simulator);
        assert!(self.shop.http.delete(url).send().await.unwrap().status().is_success());
    }

    /// The webhooks of the event that says "paid", as the simulator remembers them.
    async fn deliveries(&self) -> Vec<Value> {
        let state = self.shop.simulated().await;
        let says_paid = |delivery: &&Value| delivery["type"] == self.till.paid_event();
        state["deliveries"].as_array().unwrap().iter().filter(says_paid).cloned().collect()
    }

    /// What the shop answered to each try of each of them.
    async fn answers(&self) -> Vec<Vec<u64>> {
        let status = |one: &Value| one["status"].as_u64().unwrap_or_default();
        let tries = |one: &Value| one["tries"].as_array().unwrap().iter().map(status).collect();
        self.deliveries().await.iter().map(tries).collect()
    }

    /// Notices that a person must look at.
    async fn dead_letters(&self) -> i64 {
        let row = sqlx::query("select count(*) from inbox where state = 'dead'").fetch_one(&self.shop.state.pool).await;
        row.unwrap().try_get(0).unwrap()
    }

    /// Fulfilled, once, and everything that follows from it; then the books balance.
    async fn ends_fulfilled(self, order: &TestOrder) {
        is_fulfilled(&self.shop, order, self.stock).await;
        self.shop.close().await;
    }
}
