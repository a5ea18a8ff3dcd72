//! What a shopper can run into, as a value: the page explains it, and nothing is an exception.
//!
//! Every problem has a code, which travels in the address (`/checkout?problem=email`) from the form that was refused
//! to the page that shows it again.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    Quantity,
    VariantGone,
    SoldOut,
    SellerDeclined,
    NotEnough,
    BasketEmpty,
    Email,
    Name,
    Address,
    Method,
    ProviderBusy,
    ProviderRefused,
    OrderClosed,
    TryAgain,
}

impl Problem {
    pub const ALL: [Problem; 14] = [
        Problem::Quantity,
        Problem::VariantGone,
        Problem::SoldOut,
        Problem::SellerDeclined,
        Problem::NotEnough,
        Problem::BasketEmpty,
        Problem::Email,
        Problem::Name,
        Problem::Address,
        Problem::Method,
        Problem::ProviderBusy,
        Problem::ProviderRefused,
        Problem::OrderClosed,
        Problem::TryAgain,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Problem::Quantity => "quantity",
            Problem::VariantGone => "variant_gone",
            Problem::SoldOut => "sold_out",
            Problem::SellerDeclined => "seller_declined",
            Problem::NotEnough => "not_enough",
            Problem::BasketEmpty => "basket_empty",
            Problem::Email => "email",
            Problem::Name => "name",
            Problem::Address => "address",
            Problem::Method => "method",
            Problem::ProviderBusy => "provider_busy",
            Problem::ProviderRefused => "provider_refused",
            Problem::OrderClosed => "order_closed",
            Problem::TryAgain => "try_again",
        }
    }

    pub fn from_code(code: &str) -> Option<Problem> {
        Problem::ALL.into_iter().find(|problem| problem.code() == code)
    }

    /// What happened and what to do, in the shopper's words.
    pub fn sentence(self) -> &'static str {
        match self {
            Problem::Quantity => "Please choose a whole number from 1 to 99.",
            Problem::VariantGone => "This one is no longer sold. Please choose another.",
            Problem::SoldOut => "Somebody was faster: this one has just sold out. Please choose another.",
            Problem::SellerDeclined => {
                "Something here is sold by somebody who cannot sell at the moment. Nothing was charged; please go on without it."
            }
            Problem::NotEnough => "There are not that many left. We have put the number we have beside it.",
            Problem::BasketEmpty => "Your basket is empty, so there is nothing to pay for.",
            Problem::Email => {
                "Please give an e-mail address, such as name@example.com: the payment service writes to it."
            }
            Problem::Name => "Please give your name.",
            Problem::Address => "Something in your basket goes by post. Please fill in the whole address.",
            Problem::Method => "Please choose one of the ways to pay that are offered for this basket.",
            Problem::ProviderBusy => {
                "The payment service does not answer just now. Nothing was charged; please press the button again in a moment."
            }
            Problem::ProviderRefused => {
                "The payment service did not accept this order. Nothing was charged; please choose another way to pay."
            }
            Problem::OrderClosed => "This order can no longer be paid for. Its page says why.",
            Problem::TryAgain => "That did not work. Nothing was charged; please try again.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_finds_its_way_through_an_address() {
        for problem in Problem::ALL {
            assert_eq!(Problem::from_code(problem.code()), Some(problem));
            assert!(problem.code().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
        }
        assert_eq!(Problem::from_code("<script>"), None);
    }
}
