//! How a paid order is divided among its sellers: a line in its journal.
//!
//! A division that is not the one that was asked for is loud, but holds nothing back: the shopper has paid the whole
//! price, and what is wrong is between the shop, its sellers and the provider.

use crate::domain::{Attempt, BasketLine, Division, Money, Share, Timestamp, divides};
use crate::payments::Standing;
use crate::server::orders::journal;
use sqlx::AnyConnection;

/// # Errors
/// When the database fails.
pub async fn note(
    db: &mut AnyConnection,
    attempt: &Attempt,
    lines: &[BasketLine],
    told: &Standing,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let asked = Division::of(lines).filter(|_| divides(attempt.provider, attempt.amount.currency));
    let Some((what, detail)) = words(attempt, asked.as_ref(), &told.shares) else { return Ok(()) };
    if what == OTHERWISE {
        tracing::error!(
            order.id = attempt.order,
            attempt.id = attempt.id,
            "a payment was not divided as it was asked for"
        );
    }
    journal::write(db, &attempt.order, now, what, &detail).await
}

const AS_ASKED: &str = "order.divided";
const OTHERWISE: &str = "order.divided_otherwise";

/// `None` when there is nothing to divide.
fn words(attempt: &Attempt, asked: Option<&Division>, told: &[Share]) -> Option<(&'static str, String)> {
    let money = |minor| Money::new(minor, attempt.amount.currency);
    let list = |shares: &[Share]| -> String {
        let parts = shares
            .iter()
            .map(|share| format!("{} {}, fee {}", share.seller, money(share.amount_minor), money(share.fee_minor)));
        parts.collect::<Vec<_>>().join("; ")
    };
    let provider = attempt.provider.title();
    match asked {
        None if told.is_empty() => None,
        None => Some((OTHERWISE, format!("{provider} divided it, and no seller has a part in it: {}.", list(told)))),
        Some(asked) if told.is_empty() || told == asked.with_own_goods() => {
            let repeats = if told.is_empty() { format!(" {provider} does not repeat it.") } else { String::new() };
            let own = money(asked.own_minor);
            Some((AS_ASKED, format!("{}. The shop’s own goods: {own}.{repeats}", list(&asked.shares))))
        }
        Some(asked) => {
            let asked = list(&asked.with_own_goods());
            Some((OTHERWISE, format!("{provider} divided it otherwise than asked: {}. Asked: {asked}.", list(told))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Currency, ProviderName};
    use crate::payments::testing;

    fn attempt() -> Attempt {
        testing::attempt(ProviderName::Komoju, Money::new(5_700, Currency::Jpy))
    }

    fn share(amount_minor: i64, fee_minor: i64) -> Share {
        Share { seller: "kiln".into(), amount_minor, fee_minor }
    }

    #[test]
    fn the_journal_says_who_gets_what_and_what_is_the_shops_own() {
        let asked = Division { shares: vec![share(4_050, 450)], own_minor: 1_200 };
        let (what, detail) = words(&attempt(), Some(&asked), &[share(4_050, 1_650)]).unwrap();
        assert_eq!((what, detail.as_str()), (AS_ASKED, "kiln ¥4,050, fee ¥450. The shop’s own goods: ¥1,200."));
        let (what, detail) = words(&attempt(), Some(&asked), &[]).unwrap();
        assert!(what == AS_ASKED && detail.ends_with("KOMOJU does not repeat it."), "{detail}");
        assert_eq!(words(&attempt(), None, &[]), None);
    }

    #[test]
    fn another_division_than_was_asked_for_is_told_apart() {
        let asked = Division { shares: vec![share(4_050, 450)], own_minor: 1_200 };
        let (what, detail) = words(&attempt(), Some(&asked), &[share(4_050, 450)]).unwrap();
        assert_eq!(what, OTHERWISE);
        assert!(detail.contains("kiln ¥4,050, fee ¥450. Asked: kiln ¥4,050, fee ¥1,650."), "{detail}");
        assert_eq!(words(&attempt(), None, &[share(1, 0)]).unwrap().0, OTHERWISE);
    }
}
