//! What becomes of an order whose webhooks come as they should not.

use super::Story;
use crate::matrix::paying::is_not_fulfilled;
use crate::tills::{GOODS, Till, notices};
use noren::domain::OrderState;
use noren::server::order_view::Face;
use serde_json::json;

pub async fn comes_after(story: Story, seconds: i64) {
    let order = story.paid().await;
    story.shop.settle().await;
    is_not_fulfilled(&story.shop, &order).await;
    story.shop.forward(seconds - 5).await;
    story.shop.settle().await;
    is_not_fulfilled(&story.shop, &order).await;
    story.shop.forward(10).await;
    story.shop.settle().await;
    story.ends_fulfilled(&order).await;
}

pub async fn comes_after_the_page(story: Story) {
    let order = story.paid().await;
    // The page's time is over and the stock is no longer promised to it; the sweep has seen that.
    story.shop.forward(40 * 60).await;
    story.shop.sweep().await;
    story.shop.settle().await;
    assert_eq!(story.shop.view(&order).await.fulfilments, 0);
    story.shop.forward(60 * 60).await;
    story.shop.settle().await;
    story.ends_fulfilled(&order).await;
}

pub async fn is_missed(story: Story) {
    let order = story.paid().await;
    story.shop.forward(40 * 60).await;
    story.shop.sweep().await;
    story.shop.settle().await;
    assert_eq!(story.shop.view(&order).await.fulfilments, 0);
    let told = story.told(&order).await;
    let says = if story.till.answers() { "no webhook was settled" } else { "cannot be asked" };
    assert!(told.iter().any(|line| line.contains(says)), "nobody was told: {told:?}");
    // A person has it sent again.
    for lost in story.deliveries().await {
        assert_eq!(lost["state"], "dropped");
        story.shop.control(&format!("deliveries/{}/resend", lost["id"].as_str().unwrap()), json!({})).await;
    }
    story.shop.settle().await;
    story.ends_fulfilled(&order).await;
}

pub async fn comes_so_often(story: Story, often: usize) {
    let order = story.paid().await;
    story.shop.settle().await;
    assert_eq!(story.answers().await, vec![vec![200]; often], "each was taken");
    assert_eq!(notices(story.till, &story.shop, "settled").await, 1, "and they are one notice");
    story.ends_fulfilled(&order).await;
}

pub async fn come_in_another_order(story: Story) {
    let order = story.paid().await;
    // Those that wait for others in vain come after a minute.
    story.shop.forward(90).await;
    story.shop.settle().await;
    assert!(story.deliveries().await.iter().all(|one| one["fault"]["kind"] == "reordered"), "they came as they should");
    story.ends_fulfilled(&order).await;
}

pub async fn is_refused_and_then_true(story: Story) {
    let order = story.paid().await;
    story.shop.settle().await;
    assert_eq!(story.answers().await, [[401]]);
    is_not_fulfilled(&story.shop, &order).await;
    // StableMint, the most patient, tries again after five minutes.
    story.shop.forward(6 * 60).await;
    story.shop.settle().await;
    assert_eq!(story.answers().await, [[401, 200]]);
    story.ends_fulfilled(&order).await;
}

pub async fn is_too_old_where_it_has_a_time(story: Story) {
    match story.till {
        Till::Komoju | Till::Dojo => comes_so_often(story, 1).await,
        Till::Bpc | Till::Stablemint => is_refused_and_then_true(story).await,
    }
}

pub async fn is_never_taken(story: Story) {
    let order = story.paid().await;
    for tries in 1..4 {
        story.shop.settle().await;
        let answers = story.answers().await;
        assert!(answers.len() == 1 && answers[0].len() >= tries, "{answers:?}");
        assert!(answers[0].iter().all(|status| *status == 401), "{answers:?}");
        story.shop.forward(3600).await;
    }
    assert_eq!(notices(story.till, &story.shop, "received").await, 0, "something was kept");
    assert_eq!(notices(story.till, &story.shop, "settled").await, 0, "something was settled");
    is_not_fulfilled(&story.shop, &order).await;
    assert_eq!(story.shop.stock(GOODS).await.0, story.stock, "nothing is sold");
    story.shop.close().await;
}

pub async fn goes_to_a_person(story: Story) {
    let order = story.paid().await;
    story.shop.settle().await;
    let view = story.shop.view(&order).await;
    assert_eq!((view.state, view.face, view.fulfilments), (OrderState::NeedsReview, Face::UnderReview, 0));
    let told = story.told(&order).await;
    assert!(told.iter().any(|line| line.ends_with("was asked.")), "{told:?}");
    assert_eq!(story.shop.stock(GOODS).await, (story.stock, 0), "nothing is sold");
    assert!(story.answers().await.iter().flatten().all(|status| *status == 200), "it was signed for real");
    story.shop.close().await;
}

pub async fn waits_for_its_look_up(story: Story) {
    let order = story.paid().await;
    story.shop.settle().await;
    let tried = sqlx::query("select count(*) from inbox where tries > 1").fetch_one(&story.shop.state.pool).await;
    let tried: i64 = sqlx::Row::try_get(&tried.unwrap(), 0).unwrap();
    assert_eq!(story.planned().await.is_empty(), story.till.answers());
    assert_eq!(tried > 0, story.till.answers(), "a notice waited, where there is somebody to ask");
    story.ends_fulfilled(&order).await;
}
