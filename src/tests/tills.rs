//! How a shopper pays with each provider. What a test says in one word here is another form on every provider's page.

use crate::shop::{TestOrder, TestShop};
use crate::till::Form;
use noren::domain::OrderState;
use noren::payments::checkout::Next;
use serde_json::{Value, json};
use sqlx::Row;

pub use crate::till::{GOODS, Till};
use Till::{Bpc, Dojo, Komoju, Stablemint};

impl Till {
    /// Where sessions are made, below the API's root.
    pub fn sessions(self) -> &'static str {
        match self {
            Komoju | Bpc => "sessions",
            Dojo => "payment-intents",
            Stablemint => "session",
        }
    }

    /// The event that says "paid".
    pub fn paid_event(self) -> &'static str {
        match self {
            Komoju => "payment.captured",
            Dojo => "payment_intent.status_updated",
            Bpc => "session.completed",
            Stablemint => "InwardPaymentReconciled",
        }
    }

    /// Whether the provider can be asked how a session stands.
    pub fn answers(self) -> bool {
        self != Stablemint
    }

    pub async fn basket(self, shop: &TestShop) -> String {
        shop.basket_in(self.market(), &[(GOODS, 1)]).await
    }

    /// From a basket to the hosted page.
    pub async fn order(self, shop: &TestShop) -> TestOrder {
        let basket = self.basket(shop).await;
        let next = shop.start_with(&basket, self.method()).await.unwrap();
        self.follow(shop, basket, next).await
    }

    pub async fn follow(self, shop: &TestShop, basket: String, next: Next) -> TestOrder {
        shop.test_order(basket, next).await
    }

    pub async fn pay(self, shop: &TestShop, order: &TestOrder) {
        self.submit(shop, order, self.good_card()).await;
    }

    /// Presses "Pay" on a page that may be over by now.
    pub async fn try_to_pay(self, shop: &TestShop, order: &TestOrder) {
        self.send(shop, order, self.pay_button(), self.good_card()).await;
    }

    pub async fn decline(self, shop: &TestShop, order: &TestOrder) {
        match self.declined_card() {
            Some(form) => self.submit(shop, order, form).await,
            None => self.press(shop, order, "fail", &[]).await,
        }
    }

    /// A purchase from the basket to the fulfilled order.
    pub async fn fulfilled(self, shop: &TestShop) -> TestOrder {
        let order = self.order(shop).await;
        self.pay(shop, &order).await;
        shop.settle().await;
        assert_eq!(shop.order_state(&order).await, OrderState::Fulfilled);
        order
    }

    /// A card whose bank asks; `passes` is the answer.
    pub async fn challenge(self, shop: &TestShop, order: &TestOrder, passes: bool) {
        let form: Form = match self {
            Komoju => {
                &[("card_number", "4100000000005000"), ("card_name", "Mika"), ("expiry", "12/30"), ("cvc", "123")]
            }
            Dojo => &[("card_number", "5200000000001096"), ("name", "Mika"), ("expiry", "12/29"), ("cvv", "020")],
            Bpc => &[("pan", "5555555555555599"), ("expiry", "12/34"), ("cvc", "123")],
            Stablemint => panic!("a bank payment has no card"),
        };
        self.submit(shop, order, form).await;
        let answer: Form = match (self, passes) {
            (Komoju, true) => &[("password", "123456")],
            (Komoju, false) => &[("password", "000000")],
            (_, true) => &[("outcome", "pass")],
            (_, false) => &[("outcome", "fail")],
        };
        self.press(shop, order, "challenge", answer).await;
    }

    async fn submit(self, shop: &TestShop, order: &TestOrder, form: Form) {
        self.press(shop, order, self.pay_button(), form).await;
    }

    /// Presses a button of the hosted page.
    pub async fn press(self, shop: &TestShop, order: &TestOrder, action: &str, form: &[(&str, &str)]) {
        let status = self.send(shop, order, action, form).await;
        // A decline shows the form again, which some of them say with 402 or 422.
        assert!(matches!(status, 200..=399 | 402 | 422), "{self:?} {action}: {status}");
    }

    async fn send(self, shop: &TestShop, order: &TestOrder, action: &str, form: &[(&str, &str)]) -> u16 {
        let page = match self {
            Komoju | Dojo | Stablemint => order.page.clone(),
            Bpc => format!("{}/bpc/payment/{}", shop.simulator, order.session),
        };
        let answer = shop.http.post(format!("{page}/{action}")).form(form).send().await.unwrap();
        answer.status().as_u16()
    }

    /// What happens at the provider without the shop: `refund`, `expire`.
    pub async fn act(self, shop: &TestShop, order: &TestOrder, action: &str, body: Value) {
        let path = match self {
            Komoju => format!("payments/{}/{action}", shop.payment_of(order).await),
            Dojo | Bpc | Stablemint => format!("{}/{}/{action}", self.code(), order.session),
        };
        shop.control(&path, body).await;
    }

    /// Sends the event that says "paid", about this order's session, changed and signed as a test wants it.
    pub async fn tell(self, shop: &TestShop, order: &TestOrder, amend: Value, signature: &str) -> Value {
        let mut wish = json!({
            "provider": self.code(), "type": self.paid_event(), "amend": amend, "signature": signature,
        });
        match self {
            Komoju => wish["payment"] = json!(shop.payment_of(order).await),
            Dojo | Bpc | Stablemint => wish["session"] = json!(order.session),
        }
        shop.control("send", wish).await
    }

    /// Plans the provider's next answers.
    pub async fn trouble(self, shop: &TestShop, mut faults: Value) {
        for fault in faults.as_array_mut().unwrap() {
            fault["provider"] = json!(self.code());
            fault["path"] = json!(self.sessions());
        }
        shop.control("answers", json!({ "next": faults })).await;
    }

    /// How many sessions of this provider can still be paid.
    pub async fn open_sessions(self, shop: &TestShop) -> usize {
        let state = shop.simulated().await;
        let (list, open) = match self {
            Komoju => (&state["sessions"], "pending"),
            Dojo => (&state["dojo"]["intents"], "Created"),
            Bpc => (&state["bpc"]["sessions"], "open"),
            Stablemint => (&state["stablemint"]["sessions"], "open"),
        };
        let is_open = |session: &&Value| session["status"] == open && session["expired"] != true;
        list.as_array().unwrap().iter().filter(is_open).count()
    }
}

/// How many of the notices that say "paid" are in this state.
pub async fn notices(till: Till, shop: &TestShop, state: &str) -> i64 {
    let query = sqlx::query("select count(*) from inbox where state = $1 and event = $2");
    let row = query.bind(state).bind(till.paid_event()).fetch_one(&shop.state.pool).await;
    row.unwrap().try_get(0).unwrap()
}
