//! What waits for a person: said where the merchant looks, because nobody else will say it.

use super::Report;
use crate::domain::{ProviderName, Timestamp};
use crate::server::orders::attention;
use crate::server::orders::watch::WEBHOOK_MAY_TAKE_MS;
use crate::server::state::AppState;

/// How far back attempts that ended unheard of are worth a look, in milliseconds.
const UNHEARD_MS: Timestamp = 7 * 24 * 3_600_000;
/// How far back chargebacks are: banks give a merchant some weeks to answer one.
const CHARGEBACKS_MS: Timestamp = 60 * 24 * 3_600_000;

pub async fn print(report: &mut Report, state: &AppState) -> Result<(), sqlx::Error> {
    let mut db = state.pool.acquire().await?;
    let now = state.clock.now();
    list(report, "Under review: decide what is right.", attention::under_review(&mut db).await?);
    list(report, "Held cards: `noren capture <order>` charges them.", attention::held_cards(&mut db).await?);
    list(
        report,
        "Notices that could not be settled: mend the cause, then have the provider send them again.",
        attention::dead_letters(&mut db).await?,
    );
    list(
        report,
        "Paid or promised at the provider, and no webhook says so: have the provider send it again. Nothing else fulfils.",
        attention::missing_webhooks(&mut db).await?,
    );
    list(
        report,
        "Refunds whose answer was lost: `noren refund <order>` finds out, or takes what the provider's dashboard told you.",
        attention::unknown_refunds(&mut db).await?,
    );
    list(
        report,
        "Refunds that were made, and no webhook says so: have the provider send it again, and the order says so too.",
        attention::untold_refunds(&mut db, now - WEBHOOK_MAY_TAKE_MS).await?,
    );
    list(
        report,
        "Taken back by the shopper's bank: the provider's dashboard says whether and until when you can answer.",
        attention::chargebacks(&mut db, now - CHARGEBACKS_MS).await?,
    );
    list(
        report,
        "Divided otherwise than asked among the sellers: the provider's dashboard says who got what.",
        attention::divided_otherwise(&mut db).await?,
    );
    let unheard = attention::unheard(&mut db, ProviderName::Stablemint, now - UNHEARD_MS).await?;
    list(
        report,
        "No word from StableMint, which cannot be asked: its dashboard says whether these were paid.",
        unheard,
    );
    list(report, "The last webhook of each provider:", attention::last_heard(&mut db).await?);
    Ok(())
}

fn list(report: &mut Report, what: &str, lines: Vec<String>) {
    if lines.is_empty() {
        return;
    }
    report.note(what);
    for line in lines {
        report.note(&format!("  {line}"));
    }
}
