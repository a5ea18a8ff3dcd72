//! `noren sellers`: how each seller stands, and what the payment provider has paid out to whom.

use super::{Seller, SellerMethod, Settlement};
use crate::domain::{Currency, Money, SellerStanding, Timestamp};
use crate::server::database;
use crate::server::settings::Settings;
use jiff::tz::TimeZone;
use sqlx::AnyConnection;
use std::fmt::Write;

/// Prints it.
///
/// # Errors
/// When the database cannot be read.
pub async fn run(settings: &Settings) -> anyhow::Result<()> {
    let pool = database::open(&settings.database_url).await?;
    print!("{}", report(&mut *pool.acquire().await?).await?);
    Ok(())
}

/// The whole report, as plain text.
///
/// # Errors
/// When the database fails.
pub async fn report(db: &mut AnyConnection) -> Result<String, sqlx::Error> {
    let mut text = String::new();
    for seller in super::all(db).await? {
        text += &heading(&seller);
        for method in super::methods(db, &seller.id).await? {
            text += &method_line(&method);
        }
        text += &account(&super::settlements(db, Some(&seller.id)).await?);
        text.push('\n');
    }
    text += "The shop itself\n";
    text += &account(&super::settlements(db, None).await?);
    Ok(text)
}

fn heading(seller: &Seller) -> String {
    let listed = if seller.listed { "" } else { "  (not in catalogue.toml)" };
    let mut text = format!("{} ({}), fee {} %{listed}\n", seller.name, seller.id, seller.fee_percent);
    // Writing to a String cannot fail.
    let _ = writeln!(text, "  {}", standing_words(seller.standing, &seller.reason));
    text
}

fn standing_words(standing: SellerStanding, reason: &str) -> String {
    let words = match standing {
        SellerStanding::Applied => "can sell; the provider has not said anything yet",
        SellerStanding::Accepted => "can sell; accepted",
        SellerStanding::Declined => "cannot sell; declined",
    };
    if reason.is_empty() { words.to_owned() } else { format!("{words}: {reason}") }
}

fn method_line(method: &SellerMethod) -> String {
    let reason = if method.reason.is_empty() { String::new() } else { format!(": {}", method.reason) };
    format!("  {:<16} {}{reason}\n", method.method, method.standing.code())
}

fn account(settlements: &[Settlement]) -> String {
    if settlements.is_empty() {
        return "  no settlements yet\n".to_owned();
    }
    let mut text = String::new();
    for settlement in settlements {
        let amount = |minor| amount(minor, &settlement.currency);
        let _ = writeln!(
            text,
            "  {}  {}  sold {}, fees {}, paid out {}",
            settlement.settled_at.map(day).unwrap_or_default(),
            if settlement.reference.is_empty() { &settlement.id } else { &settlement.reference },
            amount(settlement.gross_minor),
            amount(settlement.fee_minor),
            amount(settlement.paid_minor),
        );
    }
    text
}

fn amount(minor: Option<i64>, currency: &str) -> String {
    match (minor, Currency::from_code(currency)) {
        (Some(minor), Some(currency)) => Money::new(minor, currency).to_string(),
        (Some(minor), None) => format!("{minor} {currency}"),
        (None, _) => "not told".to_owned(),
    }
}

fn day(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at).map(|at| at.to_zoned(TimeZone::UTC));
    at.map(|at| at.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}
