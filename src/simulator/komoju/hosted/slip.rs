//! Convenience stores and bank transfers: the forms, and the page with what to tell the clerk or the bank.

use super::frame::Visit;
use super::words::fill;
use super::{Fields, after, enter, field, input};
use crate::domain::Timestamp;
use crate::simulator::komoju::methods::{Method, STORES, store_name};
use crate::simulator::komoju::model::{Details, Payment, PaymentStatus};
use crate::simulator::komoju::{currency, pay};
use crate::simulator::page::html::{escape, see_other};
use crate::simulator::state::App;
use crate::simulator::{ids, times};
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;

pub fn konbini_form(visit: &Visit, typed: &Fields, problem: Option<&str>) -> Response {
    let words = visit.words();
    let chosen = field(typed, "store");
    let store = |(code, name): &(&str, &str)| {
        let checked = if *code == chosen { " checked" } else { "" };
        format!("<label><input type=\"radio\" name=\"store\" value=\"{code}\" required{checked}> {name}</label>\n")
    };
    let stores: String = STORES.iter().map(store).collect();
    let fields = format!("<fieldset><legend>{}</legend><div class=\"stores\">{stores}</div></fieldset>\n", words.store);
    form(visit, Method::Konbini, words.issue_slip, &fields, typed, problem)
}

pub fn transfer_form(visit: &Visit, typed: &Fields, problem: Option<&str>) -> Response {
    form(visit, Method::BankTransfer, visit.words().get_account, "", typed, problem)
}

fn form(visit: &Visit, method: Method, button: &str, fields: &str, typed: &Fields, problem: Option<&str>) -> Response {
    let (words, session) = (visit.words(), &visit.session);
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let or_known = |name: &str, known: &Option<String>| match typed.get(name) {
        Some(value) => value.clone(),
        None => known.clone().unwrap_or_default(),
    };
    let (name, email) = (or_known("name", &session.name), or_known("email", &session.email));
    let content = format!(
        "{}{}<form method=\"post\" action=\"{}\">\n{fields}{}{}<button>{button}</button></form>\n{}",
        visit.alert(problem),
        visit.remarks(method),
        visit.address(method.code()),
        input("name", words.name, &name, "required autocomplete=\"name\" maxlength=\"100\""),
        input("email", words.email, &email, "type=\"email\" required autocomplete=\"email\" maxlength=\"200\""),
        visit.other_method()
    );
    visit.page(status, visit.language.method(method), Some(method), &content)
}

pub async fn submit_konbini(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<Fields>,
    Form(typed): Form<Fields>,
) -> Response {
    submit(&app, &id, &query, &typed, Method::Konbini)
}

pub async fn submit_transfer(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<Fields>,
    Form(typed): Form<Fields>,
) -> Response {
    submit(&app, &id, &query, &typed, Method::BankTransfer)
}

fn submit(app: &App, id: &str, query: &Fields, typed: &Fields, method: Method) -> Response {
    let again = |visit: &Visit, problem: Option<&str>| match method {
        Method::Konbini => konbini_form(visit, typed, problem),
        Method::BankTransfer | Method::CreditCard | Method::PayPay => transfer_form(visit, typed, problem),
    };
    let visit = match enter(app, id, query) {
        Ok(visit) if visit.session.methods.contains(&method) => visit,
        Ok(visit) => return see_other(&visit.address("")),
        Err(ended) => return *ended,
    };
    let words = visit.words();
    let store = field(typed, "store");
    let problem = if method == Method::Konbini && store_name(store).is_none() {
        Some(words.check_store)
    } else if field(typed, "name").is_empty() {
        Some(words.check_name)
    } else if !field(typed, "email").contains('@') {
        Some(words.check_email)
    } else {
        None
    };
    if problem.is_some() {
        return again(&visit, problem);
    }
    let (email, url) = (Some(field(typed, "email").to_owned()), format!("{}/komoju/instructions", app.base_url));
    let issue = |payment: &str, deadline| match method {
        Method::Konbini => konbini_details(email, store, format!("{url}/{payment}")),
        Method::BankTransfer | Method::CreditCard | Method::PayPay => {
            transfer_details(email, format!("{url}/{payment}"), deadline)
        }
    };
    let outcome = app.change(|world| pay::issue_slip(world, id, issue));
    after(app, id, query, outcome, |visit, problem| again(visit, Some(problem)))
}

/// How long the numbers are differs from store to store; one length for all is an invention, that Seicomart has no
/// confirmation code is not.
fn konbini_details(email: Option<String>, store: &str, instructions_url: String) -> Details {
    let confirmation_code = (store != "seicomart").then(|| ids::digits(4));
    Details::Konbini { email, store: store.to_owned(), confirmation_code, receipt: ids::digits(6), instructions_url }
}

fn transfer_details(email: Option<String>, instructions_url: String, deadline: Timestamp) -> Details {
    Details::BankTransfer {
        email,
        order_id: ids::digits(8),
        bank_name: "テスト銀行".to_owned(),
        account_branch_name: "シミュレーター支店".to_owned(),
        account_number: ids::digits(7),
        account_type: "普通".to_owned(),
        account_name: "テストマーチャント".to_owned(),
        instructions_url,
        payment_deadline: times::utc(deadline),
    }
}

pub fn is_slip(payment: &Payment) -> bool {
    matches!(payment.details, Details::Konbini { .. } | Details::BankTransfer { .. })
}

/// What to do to pay; or that it is too late.
pub fn instructions(visit: &Visit) -> Response {
    let words = visit.words();
    let Some(payment) = visit.payment.as_ref().filter(|payment| is_slip(payment)) else {
        return visit.page(StatusCode::OK, words.paid, None, &format!("<p>{}</p>", words.paid_note));
    };
    let method = Some(payment.details.method());
    if payment.status != PaymentStatus::Authorized {
        return visit.page(StatusCode::GONE, words.slip_over, method, &format!("<p>{}</p>", words.slip_over_note));
    }
    let (title, mut lines) = match &payment.details {
        Details::Konbini { store, confirmation_code, receipt, .. } => {
            let mut lines = vec![(words.receipt, receipt.clone())];
            lines.extend(confirmation_code.clone().map(|code| (words.confirmation, code)));
            (fill(words.slip_heading, store_name(store).unwrap_or(store)), lines)
        }
        Details::BankTransfer {
            bank_name,
            account_branch_name,
            account_type,
            account_number,
            account_name,
            order_id,
            ..
        } => {
            let account = format!("{account_type} {account_number}");
            let branch = account_branch_name.clone();
            let lines = vec![(words.bank, bank_name.clone()), (words.branch, branch), (words.account, account)];
            let holder = [(words.holder, account_name.clone()), (words.receipt, order_id.clone())];
            (words.transfer_heading.to_owned(), [lines, holder.to_vec()].concat())
        }
        Details::CreditCard { .. } | Details::PayPay { .. } => (words.paid.to_owned(), Vec::new()),
    };
    lines.push((words.total, currency::display(payment.total(), &payment.currency)));
    lines.push((words.deadline, times::readable(payment.deadline)));
    let line = |(name, value): &(&str, String)| format!("<dt>{name}</dt><dd>{}</dd>\n", escape(value));
    let list: String = lines.iter().map(line).collect();
    visit.page(StatusCode::OK, &title, method, &format!("<p>{}</p>\n<dl>{list}</dl>", words.slip_note))
}
