//! What a shopper does, and what comes of it.

use crate::shop::{TestOrder, TestShop};
use crate::tills::{GOODS, Till};
use noren::domain::{Back, OrderState, Problem};
use noren::payments::checkout;
use noren::server::order_view::{self, Face};

/// Paid, fulfilled once, and everything that follows from it.
pub async fn is_fulfilled(shop: &TestShop, order: &TestOrder, stock_before: i64) {
    let view = shop.view(order).await;
    assert_eq!((view.state, &view.face, view.fulfilments), (OrderState::Fulfilled, &Face::Complete, 1));
    assert_eq!(shop.stock(GOODS).await, (stock_before - 1, 0), "one is sold and none is held");
    let journal = shop.journal(order).await;
    for what in ["order.placed", "attempt.open", "order.paid", "order.fulfilled"] {
        assert_eq!(journal.iter().filter(|entry| *entry == what).count(), 1, "{what}: {journal:?}");
    }
    let basket = noren::server::basket::find(&shop.state.pool, &order.basket).await.unwrap().unwrap();
    assert!(basket.lines.is_empty(), "the basket still has what was bought");
}

/// Nothing came of it (yet).
pub async fn is_not_fulfilled(shop: &TestShop, order: &TestOrder) {
    let view = shop.view(order).await;
    assert_eq!((view.state, view.fulfilments), (OrderState::AwaitingPayment, 0), "{:?}", view.face);
}

pub async fn paid(till: Till) {
    let shop = TestShop::open().await;
    let (stock, _) = shop.stock(GOODS).await;
    let order = till.order(&shop).await;
    assert_eq!(shop.stock(GOODS).await, (stock, 1), "one is held while the shopper is away");
    till.pay(&shop, &order).await;
    shop.settle().await;
    is_fulfilled(&shop, &order, stock).await;
    shop.close().await;
}

pub async fn three_d_secure_passed(till: Till) {
    let shop = TestShop::open().await;
    let (stock, _) = shop.stock(GOODS).await;
    let order = till.order(&shop).await;
    till.challenge(&shop, &order, true).await;
    shop.settle().await;
    is_fulfilled(&shop, &order, stock).await;
    shop.close().await;
}

pub async fn three_d_secure_failed(till: Till) {
    let shop = TestShop::open().await;
    let (stock, _) = shop.stock(GOODS).await;
    let order = till.order(&shop).await;
    till.challenge(&shop, &order, false).await;
    shop.settle().await;
    is_not_fulfilled(&shop, &order).await;
    assert_eq!(shop.stock(GOODS).await, (stock, 1), "the page is still open, so its stock is kept");
    shop.close().await;
}

pub async fn declined_then_paid(till: Till) {
    let shop = TestShop::open().await;
    let (stock, _) = shop.stock(GOODS).await;
    let order = till.order(&shop).await;
    till.decline(&shop, &order).await;
    shop.settle().await;
    is_not_fulfilled(&shop, &order).await;
    let face = shop.view(&order).await.face;
    let Face::Declined { page_url } = face else { panic!("{face:?}") };
    assert_eq!(
        page_url.is_some(),
        till.answers(),
        "where nobody can ask whether the page takes another try, it is left"
    );
    let next = checkout::pay_again(&shop.state, &order.token, till.method(), "en").await.unwrap();
    let order = till.follow(&shop, order.basket, next).await;
    assert_eq!(shop.stock(GOODS).await, (stock, 1), "held once");
    till.pay(&shop, &order).await;
    shop.settle().await;
    let view = shop.view(&order).await;
    assert_eq!((view.state, view.fulfilments), (OrderState::Fulfilled, 1));
    assert_eq!(shop.stock(GOODS).await, (stock - 1, 0));
    shop.close().await;
}

pub async fn cancelled(till: Till) {
    let shop = TestShop::open().await;
    let (stock, _) = shop.stock(GOODS).await;
    let order = till.order(&shop).await;
    assert_eq!(checkout::cancel(&shop.state, &order.token).await, Ok(()));
    shop.settle().await;
    let view = shop.view(&order).await;
    assert_eq!((view.state, view.face), (OrderState::Cancelled, Face::Cancelled));
    assert_eq!(shop.stock(GOODS).await, (stock, 0));
    if till.answers() {
        assert_eq!(till.open_sessions(&shop).await, 0, "the page can still be paid on");
    } else {
        // Nobody can end this page. Should it be paid on all the same, a person decides, and nothing is sent.
        till.pay(&shop, &order).await;
        shop.settle().await;
        let view = shop.view(&order).await;
        assert_eq!((view.state, view.fulfilments), (OrderState::NeedsReview, 0));
    }
    shop.close().await;
}

pub async fn abandoned(till: Till) {
    let shop = TestShop::open().await;
    let (stock, _) = shop.stock(GOODS).await;
    let order = till.order(&shop).await;
    shop.forward(40 * 60).await;
    shop.sweep().await;
    shop.settle().await;
    let view = shop.view(&order).await;
    assert_eq!((view.state, view.face), (OrderState::Expired, Face::Expired));
    assert_eq!(shop.stock(GOODS).await, (stock, 0));
    assert_eq!(till.open_sessions(&shop).await, 0);
    shop.close().await;
}

pub async fn another_browser(till: Till) {
    let shop = TestShop::open().await;
    let order = till.order(&shop).await;
    till.pay(&shop, &order).await;
    shop.settle().await;
    // No cookie: the order's address is all it takes.
    let page = shop.http.get(format!("{}/orders/{}?back=success", shop.url, order.token)).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let text = page.text().await.unwrap();
    assert!(text.contains(&order.id) && text.contains("data-face=\"complete\""), "{text}");
    shop.close().await;
}

pub async fn back(till: Till) {
    let shop = TestShop::open().await;
    let (stock, _) = shop.stock(GOODS).await;
    let order = till.order(&shop).await;
    shop.forward(30).await;
    let next = shop.start_with(&order.basket, till.method()).await.unwrap();
    let again = till.follow(&shop, order.basket.clone(), next).await;
    assert_eq!((&again.id, &again.page), (&order.id, &order.page), "one order, one page");
    assert_eq!(shop.stock(GOODS).await, (stock, 1), "held once");
    till.pay(&shop, &again).await;
    shop.settle().await;
    is_fulfilled(&shop, &order, stock).await;
    assert_eq!(
        shop.start_with(&order.basket, till.method()).await,
        Err(Problem::BasketEmpty),
        "nothing is left to pay"
    );
    shop.close().await;
}

/// What the page says when the browser is back before any news is.
pub async fn face_on_return(shop: &TestShop, order: &TestOrder) -> Face {
    order_view::read(&shop.state, &order.token, Some(Back::Success)).await.unwrap().unwrap().face
}
