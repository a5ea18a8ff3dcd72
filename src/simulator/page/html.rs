//! The little HTML that the simulator's pages need: escaping, the frame, and the answer's headers.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

/// Text as it may stand between tags or inside a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// How many rows of a list the page shows.
const SHOWN: usize = 30;

/// The newest of a list as rows of the page.
pub struct Rows {
    html: String,
    more: usize,
}

impl Rows {
    /// `list` has the newest last; `row` makes a `<li>`.
    pub fn of<T>(list: &[T], row: impl Fn(&T) -> String) -> Rows {
        Rows { html: list.iter().rev().take(SHOWN).map(row).collect(), more: list.len().saturating_sub(SHOWN) }
    }

    /// The list as HTML, newest first; `nothing` when it is empty.
    pub fn list(&self, nothing: &str) -> String {
        if self.html.is_empty() {
            return format!("<p class=\"soft\">{nothing}</p>");
        }
        let more = match self.more {
            0 => String::new(),
            more => format!("<p class=\"soft small\">and {more} older ones</p>"),
        };
        format!("<ul class=\"rows\">{}</ul>{more}", self.html)
    }
}

/// A whole page. `head` and `body` are HTML already; the title is text.
pub fn document(language: &str, title: &str, head: &str, style: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n{head}\
         <style>{BASE}{style}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n",
        escape(title)
    )
}

/// The page as an answer. Nothing but its own style may load. There is no `form-action`: Chromium applies it to the
/// redirect after a form too, and the way back to the shop is one. The referrer policy is not `no-referrer`, under
/// which a browser names no origin when it posts our own forms.
pub fn respond(status: StatusCode, html: String) -> Response {
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let fixed = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// 303: look there now.
pub fn see_other(address: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    // Addresses come out of a URL parser or from ourselves; what is no header all the same leads to the first page.
    let location = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(header::LOCATION, location);
    response
}

/// What all pages look like.
const BASE: &str = "\
:root{color-scheme:light;--ink:#22262b;--soft:#5b636d;--line:#d9dde2;--paper:#fff;--ground:#f3f4f6;--accent:#23507a;\
--accent-ink:#fff;--good:#1d6b45;--bad:#a3282b;--note:#fdf4d8;--note-line:#e5d49a}\
*{box-sizing:border-box}\
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,'Segoe UI',\
'Hiragino Sans','Noto Sans CJK JP','Noto Sans JP',sans-serif}\
h1{font-size:1.4rem;line-height:1.25;margin:0 0 .75rem}h2{font-size:1.05rem;margin:0 0 .6rem}\
p{margin:0 0 .8rem}a{color:var(--accent)}\
button,.button{font:inherit;font-weight:600;min-height:44px;padding:.5rem 1rem;border-radius:8px;cursor:pointer;\
border:1px solid var(--accent);background:var(--accent);color:var(--accent-ink)}\
button:hover{filter:brightness(1.12)}\
button.quiet{background:var(--paper);color:var(--accent);border-color:#b9c4cf}\
button:focus-visible,a:focus-visible,input:focus-visible,select:focus-visible,summary:focus-visible{\
outline:3px solid #7fb0e0;outline-offset:2px}\
input,select{font:inherit;min-height:44px;width:100%;padding:.45rem .7rem;border:1px solid #9aa4af;border-radius:8px;\
background:var(--paper);color:var(--ink)}\
label{display:block;font-weight:600;font-size:.92rem;margin:0 0 .25rem}\
.banner{background:var(--note);border-bottom:1px solid var(--note-line);padding:.4rem 1rem;font-size:.88rem;\
text-align:center}\
.panel{background:var(--paper);border:1px solid var(--line);border-radius:12px;padding:1.15rem}\
.soft{color:var(--soft)}.small{font-size:.88rem}.number{font-variant-numeric:tabular-nums;white-space:nowrap}\
.alert{border:1px solid #e3b3b4;border-left:5px solid var(--bad);background:#fdf1f1;border-radius:8px;\
padding:.65rem .9rem;margin:0 0 1rem}";

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_that_a_merchant_or_customer_wrote_becomes_markup() {
        let written = "<script>alert('x')</script> & \"quoted\"";
        let safe = super::escape(written);
        assert_eq!(safe, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;quoted&quot;");
    }
}
