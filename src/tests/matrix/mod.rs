//! The same scenarios for every provider, as one table: a row for each scenario, a cell for each provider. A cell is a test
//! or says why there is none. README.md shows the same table, and a test here compares the two.

mod money;
mod notices;
pub mod paying;
mod trouble;

use crate::tills::Till;

/// What a row says: the words of README.md, the providers that it has a test for, and why it has none for the others.
pub struct Row {
    pub scenario: &'static str,
    pub tested: &'static [Till],
    pub without: &'static [(Till, &'static str)],
}

/// One test for each provider that a scenario names; what comes after `but` has none, and says why.
macro_rules! matrix {
    ($($file:ident :: $scenario:ident $words:literal for $($test:ident $till:ident),+ $(but $($other:ident $why:literal),+)?;)*) => {
        const ROWS: &[Row] = &[$(Row {
            scenario: $words,
            tested: &[$(Till::$till),+],
            without: &[$($((Till::$other, $why)),+)?],
        }),*];
        $(mod $scenario {
            use super::{$file::$scenario as scenario, Till};
            $(#[tokio::test]
            async fn $test() {
                scenario(Till::$till).await;
            })+
        })*
    };
}

matrix! {
    paying::paid "Paid" for komoju Komoju, dojo Dojo, bpc Bpc, stablemint Stablemint;
    paying::three_d_secure_passed "3-D Secure passed" for komoju Komoju, dojo Dojo, bpc Bpc but Stablemint "a bank payment has no card";
    paying::three_d_secure_failed "3-D Secure failed" for komoju Komoju, dojo Dojo, bpc Bpc but Stablemint "a bank payment has no card";
    paying::declined_then_paid "Declined, then paid" for komoju Komoju, dojo Dojo, bpc Bpc, stablemint Stablemint;
    paying::cancelled "Cancelled by the shopper" for komoju Komoju, dojo Dojo, bpc Bpc, stablemint Stablemint;
    paying::abandoned "Abandoned until it expires" for komoju Komoju, dojo Dojo, bpc Bpc, stablemint Stablemint;
    paying::another_browser "Return in another browser" for komoju Komoju, dojo Dojo, bpc Bpc, stablemint Stablemint;
    paying::back "Back, and pressed again" for komoju Komoju, dojo Dojo, bpc Bpc, stablemint Stablemint;
    notices::late "Webhook late" for komoju Komoju, dojo Dojo, bpc Bpc, stablemint Stablemint;
    notices::twice "Webhook twice" for komoju Komoju, dojo Dojo, bpc Bpc, stablemint Stablemint;
    notices::at_once "Webhook ten times at once" for komoju Komoju, dojo Dojo, bpc Bpc, stablemint Stablemint;
    notices::out_of_order "Webhooks out of order" for komoju Komoju, dojo Dojo, bpc Bpc, stablemint Stablemint;
    notices::before_the_return "Webhook before the return" for komoju Komoju, dojo Dojo, bpc Bpc, stablemint Stablemint;
    notices::never "Webhook never" for komoju Komoju, dojo Dojo, bpc Bpc, stablemint Stablemint;
    notices::forged "Webhook forged" for komoju Komoju, dojo Dojo, bpc Bpc, stablemint Stablemint;
    notices::replayed "Webhook replayed" for komoju Komoju, dojo Dojo, bpc Bpc, stablemint Stablemint;
    notices::old_secret "Webhook signed with the old secret" for komoju Komoju, dojo Dojo, bpc Bpc, stablemint Stablemint;
    notices::unknown_session "Webhook for an unknown session" for komoju Komoju, dojo Dojo, bpc Bpc, stablemint Stablemint;
    money::wrong_amount "Wrong amount" for komoju Komoju, dojo Dojo, bpc Bpc, stablemint Stablemint;
    money::wrong_currency "Wrong currency" for komoju Komoju, dojo Dojo, bpc Bpc, stablemint Stablemint;
    money::refund_in_full "Refund in full" for komoju Komoju, dojo Dojo, bpc Bpc but Stablemint "its API has none: a transfer by hand";
    money::refund_in_part "Refund in part" for komoju Komoju, dojo Dojo, bpc Bpc but Stablemint "its API has none: a transfer by hand";
    trouble::unauthorised "Provider answers 401" for komoju Komoju, dojo Dojo, bpc Bpc, stablemint Stablemint;
    trouble::refused "Provider answers 4xx" for komoju Komoju, dojo Dojo, bpc Bpc, stablemint Stablemint;
    trouble::failing "Provider answers 5xx" for komoju Komoju, dojo Dojo, bpc Bpc, stablemint Stablemint;
    trouble::answer_lost "Provider's answer is lost after its work" for komoju Komoju, dojo Dojo, bpc Bpc, stablemint Stablemint;
}

/// The table as README.md has it.
fn table() -> String {
    let mut text = "| | KOMOJU | Dojo | BPC | StableMint |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for row in ROWS {
        let cell = |till: Till| match row.without.iter().find(|(without, _)| *without == till) {
            Some((_, why)) => *why,
            None if row.tested.contains(&till) => "✓",
            None => panic!("{} has neither a test nor a reason for {till:?}", row.scenario),
        };
        let cells = [Till::Komoju, Till::Dojo, Till::Bpc, Till::Stablemint].map(cell).join(" | ");
        text.push_str(&format!("| {} | {cells} |\n", row.scenario));
    }
    text
}

#[test]
fn the_readme_shows_this_table() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    assert!(readme.contains(&table()), "README.md lacks, or differs from:\n{}", table());
}
