//! Dojo's refusals: problem details, with one map of mistakes by field; and the other shape that refunds are refused in.

use super::switches::PROBLEM_TYPE;
use crate::simulator::call::Answer;
use crate::simulator::ids;
use crate::simulator::switches::Switches;
use axum::http::header;
use serde::Serialize;
use std::collections::BTreeMap;

/// Why the API refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    form: Form,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    /// Fields that are wrong, each with what is wrong with it.
    Fields(BTreeMap<String, Vec<String>>),
    /// A sentence; an empty one for none.
    Detail(String),
    /// As an outsider saw refunds refused: the keys begin with capitals.
    Capitals(String),
}

impl Refusal {
    pub fn new(status: u16, detail: &str) -> Refusal {
        Refusal { status, form: Form::Detail(detail.to_owned()) }
    }

    pub fn not_found() -> Refusal {
        Refusal::new(404, "")
    }

    /// One field and what is wrong with it.
    pub fn field(name: &str, why: &str) -> Refusal {
        Refusal::fields(BTreeMap::from([(name.to_owned(), vec![why.to_owned()])]))
    }

    pub fn fields(errors: BTreeMap<String, Vec<String>>) -> Refusal {
        Refusal { status: 400, form: Form::Fields(errors) }
    }

    pub fn with_capitals(detail: &str) -> Refusal {
        Refusal { status: 400, form: Form::Capitals(detail.to_owned()) }
    }

    pub fn answer(&self, switches: &Switches) -> Answer {
        self.answer_as(switches.value(&PROBLEM_TYPE))
    }

    /// A planned answer of a test.
    pub fn planned(status: u16) -> Answer {
        Refusal::new(status, "The simulator was told to answer so").answer_as("application/json")
    }

    fn answer_as(&self, content_type: &str) -> Answer {
        let headers = vec![(header::CONTENT_TYPE, format!("{content_type}; charset=utf-8"))];
        Answer { status: self.status, headers, body: self.body() }
    }

    fn body(&self) -> String {
        #[derive(Serialize)]
        struct Problem<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            errors: Option<&'a BTreeMap<String, Vec<String>>>,
            #[serde(rename = "type")]
            kind: String,
            title: &'static str,
            status: u16,
            #[serde(skip_serializing_if = "Option::is_none")]
            detail: Option<&'a str>,
            #[serde(rename = "traceId")]
            trace_id: String,
        }
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Capitals<'a> {
            status: u16,
            detail: &'a str,
            extensions: BTreeMap<String, String>,
        }
        let (errors, detail) = match &self.form {
            Form::Fields(errors) => (Some(errors), None),
            Form::Detail(detail) => (None, Some(detail.as_str()).filter(|detail| !detail.is_empty())),
            Form::Capitals(detail) => {
                let body = Capitals { status: self.status, detail, extensions: BTreeMap::new() };
                // Here and below: texts and numbers, which cannot fail to become JSON.
                return serde_json::to_string(&body).unwrap_or_default();
            }
        };
        let (title, section) = meaning(self.status);
        let title = if errors.is_some() { "One or more validation errors occurred." } else { title };
        let kind = format!("https://tools.ietf.org/html/{section}");
        let trace_id = format!("00-{}-{}-01", ids::hexadecimal(16), ids::hexadecimal(8));
        let problem = Problem { errors, kind, title, status: self.status, detail, trace_id };
        serde_json::to_string(&problem).unwrap_or_default()
    }
}

/// A status's name, and where the standard that Dojo points to defines it.
fn meaning(status: u16) -> (&'static str, &'static str) {
    match status {
        400 => ("Bad Request", "rfc7231#section-6.5.1"),
        401 => ("Unauthorized", "rfc7235#section-3.1"),
        403 => ("Forbidden", "rfc7231#section-6.5.3"),
        404 => ("Not Found", "rfc7231#section-6.5.4"),
        405 => ("Method Not Allowed", "rfc7231#section-6.5.5"),
        409 => ("Conflict", "rfc7231#section-6.5.8"),
        413 => ("Payload Too Large", "rfc7231#section-6.5.11"),
        415 => ("Unsupported Media Type", "rfc7231#section-6.5.13"),
        503 => ("Service Unavailable", "rfc7231#section-6.6.4"),
        _ => ("An error occurred while processing your request.", "rfc7231#section-6.6.1"),
    }
}
