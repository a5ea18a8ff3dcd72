//! What becomes of an order whose provider does not answer as it should.

use super::Story;
use crate::shop::TestOrder;
use crate::tills::{GOODS, Till};
use noren::domain::{OrderState, Problem};
use std::time::Duration;

impl Story {
    async fn press(&self, basket: &str) -> Result<TestOrder, Problem> {
        let next = self.shop.start_with(basket, self.till.method()).await?;
        Ok(self.till.follow(&self.shop, basket.to_owned(), next).await)
    }

    /// Every fault was met, and now the shopper pays.
    async fn pays(self, order: TestOrder) {
        assert!(self.planned().await.is_empty(), "a fault was not met");
        self.till.pay(&self.shop, &order).await;
        self.shop.settle().await;
        // Pages that nobody has the address of are over by then, and that is nobody's business.
        self.shop.forward(3600).await;
        self.shop.settle().await;
        assert_eq!(self.dead_letters().await, 0);
        self.ends_fulfilled(&order).await;
    }
}

/// The shopper reads that it did not work, nothing is held, and the next press works.
pub async fn is_told(story: Story, problem: Problem) {
    let basket = story.till.basket(&story.shop).await;
    assert_eq!(story.press(&basket).await.err(), Some(problem));
    assert_eq!(story.shop.stock(GOODS).await, (story.stock, 0));
    let order = story.press(&basket).await.unwrap();
    assert_eq!(story.till.open_sessions(&story.shop).await, 1);
    story.pays(order).await;
}

/// `made` is how many sessions BPC has then, which knows no idempotency and cannot be asked for the first; nobody has that
/// one's address.
pub async fn is_not_noticed(story: Story, made: usize) {
    let basket = story.till.basket(&story.shop).await;
    let order = story.press(&basket).await.unwrap();
    let made = if story.till == Till::Bpc { made } else { 1 };
    assert_eq!(story.till.open_sessions(&story.shop).await, made);
    story.pays(order).await;
}

pub async fn keeps_the_stock(story: Story) {
    let basket = story.till.basket(&story.shop).await;
    assert_eq!(story.press(&basket).await.err(), Some(Problem::ProviderBusy));
    assert_eq!(story.shop.stock(GOODS).await, (story.stock, 1), "its page may exist");
    let order = story.press(&basket).await.unwrap();
    let made = if story.till == Till::Bpc { 3 } else { 1 };
    assert_eq!(story.till.open_sessions(&story.shop).await, made);
    assert!(story.shop.journal(&order).await.contains(&"attempt.no_answer".to_owned()));
    story.pays(order).await;
}

/// The shop gives the first call up after eight seconds, and the provider works on it after nine.
pub async fn is_given_up_and_carried_out(story: Story) {
    let basket = story.till.basket(&story.shop).await;
    let first = story.press(&basket).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let order = match first {
        Ok(order) => order,
        Err(problem) => {
            assert_eq!(problem, Problem::ProviderBusy);
            story.press(&basket).await.unwrap()
        }
    };
    assert_eq!(story.shop.stock(GOODS).await, (story.stock, 1), "held once");
    // Dojo and BPC had nothing to tell of the first call when the second one came. Nobody has its page's address.
    let made = if matches!(story.till, Till::Dojo | Till::Bpc) { 2 } else { 1 };
    assert_eq!(story.till.open_sessions(&story.shop).await, made);
    story.pays(order).await;
}

pub async fn is_down(story: Story) {
    let basket = story.till.basket(&story.shop).await;
    for _ in 0..2 {
        assert_eq!(story.press(&basket).await.err(), Some(Problem::ProviderBusy));
        assert_eq!(story.shop.stock(GOODS).await, (story.stock, 0));
    }
    assert_eq!(story.till.open_sessions(&story.shop).await, 0);
    story.remove_faults().await;
    let order = story.press(&basket).await.unwrap();
    story.pays(order).await;
}

/// Three shoppers who press again until they get a page, and pay; whatever happens to calls and webhooks meanwhile.
pub async fn ends_well(story: Story) {
    let mut orders = Vec::new();
    for _ in 0..3 {
        let basket = story.till.basket(&story.shop).await;
        let mut pressed = story.press(&basket).await;
        for _ in 0..20 {
            if pressed.is_ok() {
                break;
            }
            pressed = story.press(&basket).await;
        }
        let order = pressed.unwrap();
        story.till.pay(&story.shop, &order).await;
        orders.push(order);
    }
    // Late webhooks, retries of refused ones, look-ups that failed.
    for _ in 0..6 {
        story.shop.settle().await;
        story.shop.forward(400).await;
    }
    for order in &orders {
        let view = story.shop.view(order).await;
        assert_eq!((view.state, view.fulfilments), (OrderState::Fulfilled, 1), "{:?}", story.told(order).await);
    }
    assert_eq!(story.shop.stock(GOODS).await, (story.stock - 3, 0));
    assert_eq!(story.dead_letters().await, 0);
    story.shop.close().await;
}
