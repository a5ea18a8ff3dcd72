//! What others learn about a shopper: the reader of an order's page, the provider, and the reader of the log.

use super::{ask, door, form, get};
use crate::shop::{CARD, TEA, TestOrder, TestShop, contact};
use noren::domain::{Contact, OrderState};
use noren::payments::checkout;

/// Nothing of which anybody else says, so that it is found wherever it leaks to.
pub fn person() -> Contact {
    Contact {
        email: "very.private@person.example".into(),
        name: "Zenobia Quillfeather".into(),
        street: "77 Unmistakable Lane".into(),
        city: "Nowhereville".into(),
        postcode: "ZQ7 7QZ".into(),
        ..contact()
    }
}

/// This person's order, on its way to be paid.
pub async fn order(shop: &TestShop, method: &str) -> TestOrder {
    let basket = shop.basket(&[(TEA, 1)]).await;
    let next = checkout::start(&shop.state, &basket, person(), method, "en").await.unwrap();
    shop.test_order(basket, next).await
}

#[tokio::test]
async fn an_orders_page_and_its_receipt_say_nothing_about_the_person() {
    let shop = TestShop::open().await;
    let order = order(&shop, "komoju/credit_card").await;
    let router = door(&shop, false, |_| {});
    let page = format!("/orders/{}", order.token);
    let mut seen = vec![get(&router, &page).await.body];
    assert!(shop.pay(&order, CARD).await);
    shop.settle().await;
    assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled);
    for path in [page.clone(), format!("{page}?back=success"), format!("{page}/support")] {
        seen.push(get(&router, &path).await.body);
    }
    assert!(seen[1].contains("RECEIPT"), "the receipt is on the page");
    for private in ["very.private", "Quillfeather", "Unmistakable", "Nowhereville", "ZQ7"] {
        assert!(seen.iter().all(|html| !html.contains(private)), "{private}");
    }
    shop.close().await;
}

#[tokio::test]
async fn the_provider_is_told_what_it_needs_and_not_where_the_person_lives() {
    let shop = TestShop::open().await;
    order(&shop, "komoju/credit_card").await;
    let told = shop.simulated().await.to_string();
    assert!(told.contains("very.private@person.example"), "it writes to the shopper");
    for private in ["Unmistakable", "Nowhereville", "ZQ7"] {
        assert!(!told.contains(private), "{private}");
    }
    shop.close().await;
}

#[tokio::test]
async fn what_a_form_was_filled_with_is_in_no_address() {
    let shop = TestShop::open().await;
    let router = door(&shop, false, |_| {});
    let add = form("/api/add_to_basket", &[], &format!("variant={TEA}&quantity=1"));
    let answer = ask(&router, "198.51.100.1", add).await;
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    let fields = "name=Zenobia+Quillfeather&street=77+Unmistakable+Lane&city=Nowhereville&postcode=ZQ7&country=Japan";
    for (email, leads_to) in [("very.private", "/checkout?problem=email"), ("very.private@person.example", "http")] {
        let body = format!("email={email}&{fields}&method=komoju/credit_card");
        let answer = ask(&router, "198.51.100.1", form("/api/start_checkout", &[("cookie", &cookie)], &body)).await;
        let place = answer.header("location");
        assert!(place.starts_with(leads_to), "{place}");
        for private in ["private", "Quillfeather", "Unmistakable", "Nowhereville", "ZQ7"] {
            assert!(!place.contains(private), "{place}");
        }
    }
    shop.close().await;
}
