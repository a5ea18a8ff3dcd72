//! The one thing that an order's page says at the top, in words that are exact and not alarming.

use crate::domain::{Back, Delivery};
use crate::server::order_view::{Face, OrderView};
use leptos::prelude::*;

/// One word for tests and styles.
pub fn code(face: &Face) -> &'static str {
    match face {
        Face::NotPaidYet { .. } => "not_paid_yet",
        Face::Declined { .. } => "declined",
        Face::PaidUnconfirmed => "paid_unconfirmed",
        Face::BeingConfirmed => "being_confirmed",
        Face::Held => "held",
        Face::WaitingForYou(_) => "waiting_for_you",
        Face::Complete => "complete",
        Face::Cancelled => "cancelled",
        Face::Expired => "expired",
        Face::PartlyRefunded(_) => "partly_refunded",
        Face::Refunded(_) => "refunded",
        Face::ChargedBack(_) => "charged_back",
        Face::UnderReview => "under_review",
    }
}

/// The colour: waiting is calm, and red is for nothing here, because nothing here is lost.
pub fn tone(face: &Face) -> &'static str {
    match face {
        Face::Complete => "good",
        Face::NotPaidYet { .. }
        | Face::PaidUnconfirmed
        | Face::BeingConfirmed
        | Face::Held
        | Face::WaitingForYou(_)
        | Face::UnderReview => "calm",
        Face::Declined { .. } => "warn",
        Face::Cancelled | Face::Expired | Face::PartlyRefunded(_) | Face::Refunded(_) | Face::ChargedBack(_) => "plain",
    }
}

/// How often a browser without scripts loads the page again; `None` once the order is at an end. Seldom where the page
/// has a choice to make, which a reload would undo.
pub fn seconds_between_refreshes(face: &Face) -> Option<u32> {
    match face {
        Face::PaidUnconfirmed | Face::BeingConfirmed => Some(5),
        Face::NotPaidYet { .. } | Face::Declined { .. } | Face::Held | Face::WaitingForYou(_) | Face::UnderReview => {
            Some(20)
        }
        Face::Complete
        | Face::Cancelled
        | Face::Expired
        | Face::PartlyRefunded(_)
        | Face::Refunded(_)
        | Face::ChargedBack(_) => None,
    }
}

pub fn headline(face: &Face) -> String {
    match face {
        Face::NotPaidYet { .. } => "Not paid yet".to_owned(),
        Face::Declined { .. } => "That payment did not go through".to_owned(),
        Face::PaidUnconfirmed => "Paid".to_owned(),
        Face::BeingConfirmed => "Your payment is being confirmed".to_owned(),
        Face::Held => "Your card was accepted".to_owned(),
        Face::WaitingForYou(_) => "Ordered. Now it is your turn to pay".to_owned(),
        Face::Complete => "Thank you. Your order is complete".to_owned(),
        Face::Cancelled => "This order is cancelled".to_owned(),
        Face::Expired => "The time to pay has passed".to_owned(),
        Face::PartlyRefunded(amount) => format!("{amount} refunded"),
        Face::Refunded(amount) => format!("Refunded: {amount}"),
        Face::ChargedBack(amount) => format!("Your bank has taken {amount} back"),
        Face::UnderReview => "We are looking at this order".to_owned(),
    }
}

pub fn explanation(order: &OrderView) -> impl IntoView + use<> {
    let mut sentences = match &order.face {
        Face::NotPaidYet { page_url: None } => vec![
            "The payment page was left, or its time ran out, and nothing was charged. The order is as you placed it: choose \
             below how to pay for it, or cancel it."
                .to_owned(),
        ],
        Face::NotPaidYet { page_url: Some(_) } => vec![
            "We have not heard of a payment, and nothing is lost: your things are kept for you while you decide.".to_owned(),
            "If you have just paid, this page changes as soon as the payment service tells us. There is no need to pay again."
                .to_owned(),
        ],
        Face::Declined { .. } => vec![
            "The payment service declined this try, and nothing was charged. That happens: a limit, a typing mistake, a bank \
             that wants to be asked first."
                .to_owned(),
            "Your things are still kept for you. Please try again or pay another way.".to_owned(),
        ],
        Face::PaidUnconfirmed => vec![
            format!("We are waiting for {} to confirm it; this usually takes seconds.", order.provider),
            "You can close this page: the order continues by itself, and this address always says how it stands.".to_owned(),
        ],
        Face::BeingConfirmed => vec![
            format!(
                "{} has let you go on, and we are waiting for its word that the money is there. A bank may take from seconds to hours.",
                order.provider
            ),
            "You can close this page: the order continues by itself, and this address always says how it stands. Please do not pay again."
                .to_owned(),
        ],
        Face::Held => vec![
            "The amount is set aside on your card, and will be charged when we send your things.".to_owned(),
            "If we do not send them within a week, or you cancel the order below, it is set free again.".to_owned(),
        ],
        Face::WaitingForYou(_) => vec![
            "Your things are kept for you until the deadline. When the payment reaches us, this page says so.".to_owned(),
            "Changed your mind? Cancel the order below, or do not pay: then it ends by itself at the deadline.".to_owned(),
        ],
        Face::Complete => complete(order),
        Face::Cancelled => vec!["Nothing was charged, and the things are back on the shelf.".to_owned()],
        Face::Expired => vec![
            "The things went back on the shelf. If you did pay in time, you need not do anything: the payment finds its order."
                .to_owned(),
        ],
        Face::PartlyRefunded(_) => {
            vec![format!("A part of your money is on its way back. {} The rest of the order stands.", way_back(order))]
        }
        Face::Refunded(_) => vec![format!("Your money is on its way back. {}", way_back(order))],
        Face::ChargedBack(_) => vec![
            "It asked us to return the payment, and gives you the money. If you did not want that, please tell your bank and us."
                .to_owned(),
        ],
        Face::UnderReview => vec![
            "Something about the payment does not add up, and a person here decides what is right. You need not do anything, \
             and please do not pay again."
                .to_owned(),
        ],
    };
    sentences.extend(hint(order).map(str::to_owned));
    sentences.into_iter().map(|sentence| view! { <p>{sentence}</p> }).collect_view()
}

/// What the way back adds. It proves nothing, and is worded so.
fn hint(order: &OrderView) -> Option<&'static str> {
    match (&order.face, order.back?) {
        (Face::NotPaidYet { .. }, Back::Failure | Back::Error) => Some(
            "The payment page says that it did not work. Should your bank say that it did, this page will change by itself.",
        ),
        (Face::NotPaidYet { page_url: Some(_) }, Back::Exit) => {
            Some("You left the payment page. It is still there if you change your mind.")
        }
        _ => None,
    }
}

/// What was paid in cash or by transfer cannot go back the way it came.
fn way_back(order: &OrderView) -> &'static str {
    if order.goes_back_by_transfer {
        "It goes to a bank account; we ask you for yours if we do not have it. That can take a few days."
    } else {
        "It goes the same way as you paid, which can take a few days."
    }
}

fn complete(order: &OrderView) -> Vec<String> {
    let mut sentences = vec!["Your payment is confirmed.".to_owned()];
    if order.lines.iter().any(|line| line.delivery == Delivery::Download) {
        sentences.push("Your downloads are open below, and stay open: keep this page’s address.".to_owned());
    }
    if order.posted {
        sentences.push("What goes by post is being packed for the address you gave.".to_owned());
    }
    sentences
}
