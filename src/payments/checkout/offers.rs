//! The ways to pay that are offered for a basket or an order: the providers', less what its sellers cannot be paid by.

use super::failed;
use crate::domain::{BasketLine, Market, Method, Money, Problem, ProviderName, divides};
use crate::server::sellers;
use crate::server::state::AppState;
use sqlx::AnyConnection;

/// How this can be paid; what cannot be used says why.
///
/// # Errors
/// When the database fails.
pub async fn offers(
    state: &AppState,
    db: &mut AnyConnection,
    market: Market,
    total: Money,
    lines: &[BasketLine],
) -> Result<Vec<Method>, sqlx::Error> {
    let mut methods = state.providers.methods(market, total);
    let mut refuse = |why: String, refused: &dyn Fn(&Method) -> bool| {
        for method in methods.iter_mut().filter(|method| method.unavailable.is_none() && refused(method)) {
            method.unavailable = Some(why.clone());
        }
    };
    let mut asked: Vec<&str> = Vec::new();
    for sold_by in lines.iter().filter_map(|line| line.sold_by.as_ref()) {
        if asked.contains(&sold_by.seller.as_str()) {
            continue;
        }
        asked.push(&sold_by.seller);
        if !sold_by.standing.may_sell() {
            refuse(format!("{} cannot sell at the moment.", sold_by.name), &|_| true);
        }
        let known = sellers::methods(db, &sold_by.seller).await?;
        refuse(format!("{} cannot be paid this way.", sold_by.name), &|method| {
            divides(method.provider, total.currency)
                && known.iter().any(|known| known.method == method.code && !known.standing.may_sell())
        });
    }
    Ok(methods)
}

/// What the shopper chose: one of a provider's methods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub provider: ProviderName,
    pub method: String,
    /// What the hosted page should speak: `ja` or `en`.
    pub language: String,
}

/// The shopper's choice, if it is one of those that are offered.
///
/// # Errors
/// `SellerDeclined` or `Method` when it is not.
pub async fn offered(
    state: &AppState,
    market: Market,
    total: Money,
    lines: &[BasketLine],
    method: &str,
    language: &str,
) -> Result<Choice, Problem> {
    if lines.iter().any(BasketLine::is_withheld) {
        return Err(Problem::SellerDeclined);
    }
    let mut db = state.pool.acquire().await.map_err(failed)?;
    let offers = offers(state, &mut db, market, total, lines).await.map_err(failed)?;
    let offer = offers.into_iter().find(|offer| offer.form_value() == method && offer.unavailable.is_none());
    let offer = offer.ok_or(Problem::Method)?;
    Ok(Choice { provider: offer.provider, method: offer.code.to_owned(), language: language.to_owned() })
}
