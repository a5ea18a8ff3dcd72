//! Why an order that was paid is not fulfilled, with the command that gives the money back.

use crate::domain::Order;

pub fn sold_out(order: &str) -> String {
    format!(
        "Paid after its stock had been released, and there is none left. Get more, or give it back: {}.",
        back(order)
    )
}

pub fn not_payable(order: &Order) -> String {
    let state = order.state.code();
    format!("Money arrived for an order that was {state}. Unless you know better, give it back: {}.", back(&order.id))
}

fn back(order: &str) -> String {
    format!("`noren refund {order}`")
}
