//! What the shop says, compared with what the providers and the shoppers know. `invariants` asks the shop's database
//! alone; here it has to agree with the money.

use super::browser::Browser;
use super::invariants;
use super::shopper::Bought;
use super::till::{GOODS, SCARCE};
use super::world::{FEW, LIVE, PLENTY, World, list};
use serde_json::Value;
use sqlx::{AnyPool, Row};
use std::collections::{BTreeMap, BTreeSet};

/// A provider's session, as the provider sees it.
struct Session {
    provider: &'static str,
    id: String,
    /// The attempt that it was made for.
    reference: String,
    captured: bool,
    given_back: bool,
    /// Somebody on its page could pay.
    payable: bool,
}

/// What the shop knows of an attempt.
struct Known {
    order: String,
    state: String,
    order_state: String,
    session: Option<String>,
    page: Option<String>,
    fulfilled: bool,
}

/// How many orders ended how, for the report.
#[derive(Default)]
pub struct Tally {
    pub captured: usize,
    pub fulfilled: usize,
    pub under_review: usize,
    pub sold_of_few: i64,
}

/// Everything that is not as it should be, when the shop is at rest.
pub async fn check(world: &World, bought: &[Bought]) -> (Vec<String>, Tally) {
    let db = world.database().await;
    let mut broken = invariants::check_at_rest(&db).await;
    let sessions = sessions(&world.simulated().await);
    let known = attempts(&db).await;
    broken.extend(money(&sessions, &known));
    broken.extend(pages(world, bought, &sessions, &known));
    let held: i64 = number(&db, "select cast(sum(held) as bigint) from variants").await;
    broken.extend((held != 0).then(|| format!("{held} units are held for nobody")));
    let live = number(&db, LIVE).await;
    broken.extend((live != 0).then(|| format!("{live} attempts do not come to their end")));
    let dead = number(&db, "select count(*) from inbox where state = 'dead'").await;
    broken.extend((dead != 0).then(|| format!("{dead} notices are dead letters")));
    let twice = "select count(*) from (select basket from orders where state in ('fulfilled', 'refunded',
                 'partly_refunded') group by basket having count(*) > 1) twice";
    let twice = number(&db, twice).await;
    broken.extend((twice != 0).then(|| format!("{twice} shoppers bought what they wanted once two times")));
    let units = invariants::units(&db).await;
    for (variant, wanted) in [(GOODS, PLENTY), (SCARCE, FEW)] {
        broken
            .extend((units[variant] != wanted).then(|| format!("of {wanted} {variant} there are {}", units[variant])));
    }
    let orders = sqlx::query("select id, token, state from orders").fetch_all(&db).await.unwrap();
    let orders: Vec<[String; 3]> = orders.iter().map(|row| [0, 1, 2].map(|at| row.try_get(at).unwrap())).collect();
    let left: i64 = number(&db, "select stock from variants where id = 'ink-bottle-sea'").await;
    db.close().await;
    broken.extend(faces(world, &orders, &sessions, &known).await);
    let of_state = |states: &[&str]| orders.iter().filter(|order| states.contains(&order[2].as_str())).count();
    let tally = Tally {
        captured: sessions.iter().filter(|session| session.captured).count(),
        fulfilled: of_state(&["fulfilled", "partly_refunded", "refunded"]),
        under_review: of_state(&["needs_review"]),
        sold_of_few: FEW - left,
    };
    (broken, tally)
}

/// Money at a provider is fulfilled exactly once, or under review; and nothing else is fulfilled.
fn money(sessions: &[Session], known: &BTreeMap<String, Known>) -> Vec<String> {
    let mut broken = Vec::new();
    for session in sessions.iter().filter(|session| session.captured) {
        let name = format!("{} {} of attempt {}", session.provider, session.id, session.reference);
        let Some(attempt) = known.get(&session.reference) else {
            broken.push(format!("{name} was paid, and the shop does not know its attempt"));
            continue;
        };
        if attempt.state != "paid" || attempt.session.as_deref() != Some(session.id.as_str()) {
            broken.push(format!("{name} was paid, and the attempt is {} with {:?}", attempt.state, attempt.session));
        }
        if !attempt.fulfilled && !matches!(attempt.order_state.as_str(), "needs_review" | "refunded") {
            broken.push(format!("{name} was paid, and order {} is {}", attempt.order, attempt.order_state));
        }
        let refunded = matches!(attempt.order_state.as_str(), "refunded" | "needs_review");
        if session.given_back && !refunded {
            broken.push(format!("{name} was given back, and order {} is {}", attempt.order, attempt.order_state));
        }
    }
    let paid: BTreeSet<&str> = sessions.iter().filter(|one| one.captured).map(|one| one.reference.as_str()).collect();
    for (id, attempt) in known {
        if (attempt.fulfilled || attempt.state == "paid") && !paid.contains(id.as_str()) {
            broken.push(format!("attempt {id} is {}, and nobody paid it", attempt.state));
        }
    }
    broken
}

/// No page can be paid on that the shop does not know: neither one that a browser was sent to, nor one that a provider
/// keeps open. The one exception has no address outside the provider: BPC has no search and no keys, so a session whose
/// answer was lost stays open until its time is over, and the attempt has another.
fn pages(world: &World, bought: &[Bought], sessions: &[Session], known: &BTreeMap<String, Known>) -> Vec<String> {
    let mut broken = Vec::new();
    let shown: BTreeSet<&str> = known.values().filter_map(|attempt| attempt.page.as_deref()).collect();
    let sent: Vec<&str> = bought.iter().flat_map(|one| &one.pages).map(String::as_str).collect();
    for page in &sent {
        if !shown.contains(page) {
            broken.push(format!("a browser was sent to {page}, and the shop does not know it"));
        }
    }
    for session in sessions.iter().filter(|session| session.payable) {
        let ours = known.get(&session.reference).is_some_and(|attempt| attempt.session.as_ref() == Some(&session.id));
        let told = sent.iter().any(|page| world.wire.opened(page).session == session.id);
        if !ours && (told || session.provider != "bpc") {
            broken.push(format!("{} {} can be paid, and the shop does not know it", session.provider, session.id));
        }
    }
    for one in bought.iter().filter_map(|one| one.paid_on.as_deref()) {
        let session = world.wire.opened(one).session;
        if !sessions.iter().any(|known| known.id == session && known.captured) {
            broken.push(format!("a shopper paid on {one}, and the provider has no money"));
        }
    }
    broken
}

/// Each order's page says what is true of it.
async fn faces(
    world: &World,
    orders: &[[String; 3]],
    sessions: &[Session],
    known: &BTreeMap<String, Known>,
) -> Vec<String> {
    let mut browser = Browser::new(&world.wire.url());
    let mut broken = Vec::new();
    for [id, token, state] in orders {
        let mine = |session: &&Session| known.get(&session.reference).is_some_and(|attempt| attempt.order == *id);
        let paid: Vec<&Session> = sessions.iter().filter(mine).filter(|session| session.captured).collect();
        let wanted: &[&str] = match paid.as_slice() {
            [] => &["cancelled", "expired", "not_paid_yet", "declined"],
            [one] if one.given_back => &["refunded"],
            [_] => &["complete", "under_review"],
            [_, _, ..] => &["under_review", "refunded"],
        };
        let text = browser.get(&format!("/orders/{token}")).await.text;
        let face = text.split_once("data-face=\"").and_then(|(_, rest)| rest.split('"').next()).unwrap_or_default();
        if !wanted.contains(&face) {
            broken.push(format!("order {id} is {state} with {} payments, and its page says {face:?}", paid.len()));
        }
    }
    broken
}

async fn attempts(db: &AnyPool) -> BTreeMap<String, Known> {
    let sql = "select a.id, a.order_id, a.state, o.state as order_state, a.session, a.page_url,
                      (select count(*) from fulfilments f where f.attempt = a.id) as fulfilments
               from attempts a join orders o on o.id = a.order_id";
    let rows = sqlx::query(sql).fetch_all(db).await.unwrap();
    let known = |row: &sqlx::any::AnyRow| Known {
        order: row.try_get("order_id").unwrap(),
        state: row.try_get("state").unwrap(),
        order_state: row.try_get("order_state").unwrap(),
        session: row.try_get("session").unwrap(),
        page: row.try_get("page_url").unwrap(),
        fulfilled: row.try_get::<i64, _>("fulfilments").unwrap() == 1,
    };
    rows.iter().map(|row| (row.try_get("id").unwrap(), known(row))).collect()
}

async fn number(db: &AnyPool, sql: &'static str) -> i64 {
    sqlx::query(sql).fetch_one(db).await.unwrap().try_get(0).unwrap()
}

/// Every session of the four providers, in one form.
fn sessions(state: &Value) -> Vec<Session> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let komoju = list(&state["sessions"]).iter().map(|session| {
        let payment = session["payment"]["status"].as_str().unwrap_or_default();
        Session {
            provider: "komoju",
            id: text(&session["id"]),
            reference: text(&session["payment_data"]["external_order_num"]),
            captured: matches!(payment, "captured" | "refunded"),
            given_back: payment == "refunded",
            payable: session["status"] == "pending" && session["expired"] != true,
        }
    });
    let dojo = list(&state["dojo"]["intents"]).iter().map(|intent| Session {
        provider: "dojo",
        id: text(&intent["id"]),
        reference: text(&intent["reference"]),
        captured: intent["status"] == "Captured" || intent["status"] == "Refunded",
        given_back: intent["status"] == "Refunded",
        payable: intent["status"] == "Created",
    });
    let bpc = list(&state["bpc"]["sessions"]).iter().map(|session| {
        let refunded = |payment: &Value| payment["amountRefunded"].as_i64() > Some(0);
        Session {
            provider: "bpc",
            id: text(&session["id"]),
            reference: text(&session["merchantReferenceId"]),
            captured: session["paymentStatus"] == "paid" || session["paymentStatus"] == "refunded",
            given_back: list(&session["_payments"]).iter().any(refunded),
            payable: session["status"] == "open",
        }
    });
    let stablemint = list(&state["stablemint"]["sessions"]).iter().map(|session| Session {
        provider: "stablemint",
        id: text(&session["reference"]),
        reference: text(&session["websiteReference"]),
        captured: session["status"] == "paid",
        given_back: false,
        payable: session["status"] == "open",
    });
    komoju.chain(dojo).chain(bpc).chain(stablemint).collect()
}
