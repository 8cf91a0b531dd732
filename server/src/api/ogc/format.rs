//! In which form an answer is wanted, and the address that its links begin with.

use crate::api::problem::Problem;
use crate::api::query::Query;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// The media type of GeoJSON.
pub const GEOJSON: &str = "application/geo+json";
/// That of JSON.
pub const JSON: &str = "application/json";
/// That of a page.
pub const HTML: &str = "text/html";
/// That of a JSON schema.
pub const SCHEMA: &str = "application/schema+json";

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON, or GeoJSON where features are meant.
    Json,
    /// A page.
    Html,
}

/// How a request wants its answer.
#[derive(Clone, Debug)]
pub struct Ask {
    /// In this form.
    pub format: Format,
    /// Links begin with this: scheme and host as the client named them.
    pub base: String,
}

impl Ask {
    /// By `f`, else by `Accept`, else JSON.
    pub fn of(headers: &HeaderMap, query: &Query) -> Result<Ask, Problem> {
        let named = query.parsed("f", "json or html", |text| match text {
            "json" => Some(Format::Json),
            "html" => Some(Format::Html),
            _ => None,
        })?;
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
        let host = text(header::HOST);
        // Only a host's letters: it is written into links.
        let is_host = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-_:[]".contains(c));
        let is_tls = headers.get("x-forwarded-proto").is_some_and(|value| value.as_bytes() == b"https");
        let base = match (is_host, is_tls) {
            (true, true) => format!("https://{host}"),
            (true, false) => format!("http://{host}"),
            (false, _) => String::new(),
        };
        Ok(Ask { format: named.unwrap_or_else(|| accepted(text(header::ACCEPT))), base })
    }

    /// A link to a path of this server.
    pub fn link(&self, path: &str, rel: &str, kind: &str, title: &str) -> Value {
        json!({"href": format!("{}{path}", self.base), "rel": rel, "type": kind, "title": title})
    }

    /// The links to this answer and to its other form.
    pub fn own_links(&self, path: &str, query: &Query, json_type: &str) -> Vec<Value> {
        let here = if query.is_empty() { path.to_owned() } else { query.next(path, &[]) };
        let other = |format: &str| query.next(path, &[("f", format.to_owned())]);
        let (own, alternate) = match self.format {
            Format::Json => (json_type, self.link(&other("html"), "alternate", HTML, "HTML")),
            Format::Html => (HTML, self.link(&other("json"), "alternate", json_type, "JSON")),
        };
        vec![self.link(&here, "self", own, "This document"), alternate]
    }
}

/// An answer with its media type and with its `links` as `Link` headers too (RFC 8288).
pub fn answer(kind: &'static str, body: String, links: &Value) -> Response {
    let mut answer = ([(header::CONTENT_TYPE, kind), (header::VARY, "Accept")], body).into_response();
    for link in links.as_array().into_iter().flatten() {
        let text = |name: &str| link[name].as_str().unwrap_or_default();
        let value = format!("<{}>; rel=\"{}\"; type=\"{}\"", text("href"), text("rel"), text("type"));
        if let Ok(value) = HeaderValue::from_str(&value) {
            answer.headers_mut().append(header::LINK, value);
        }
    }
    answer
}

/// JSON of this media type, with its links.
pub fn json_answer(kind: &'static str, body: &Value) -> Response {
    answer(kind, body.to_string(), &body["links"])
}

/// What `Accept` (RFC 9110 §12.5.1) likes best; the first of what it likes as well, JSON where it does not say.
fn accepted(accept: &str) -> Format {
    let mut best = (0.0, Format::Json);
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let format = match parts.next().unwrap_or_default() {
            "text/html" | "application/xhtml+xml" => Format::Html,
            "*/*" | "application/*" | JSON | GEOJSON => Format::Json,
            _ => continue,
        };
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse::<f32>().ok());
        if let Some(weight) = weight.filter(|weight| *weight > best.0) {
            best = (weight, format);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_gets_a_page_and_a_program_json() {
        assert_eq!(accepted("text/html,application/xhtml+xml,*/*;q=0.8"), Format::Html);
        assert_eq!(accepted("*/*"), Format::Json);
        assert_eq!(accepted(""), Format::Json);
        assert_eq!(accepted("application/geo+json, application/json;q=0.9"), Format::Json);
        assert_eq!(accepted("text/html;q=0.1, application/json;q=0.9"), Format::Json);
        assert_eq!(accepted("image/png"), Format::Json);
    }

    #[test]
    fn a_host_that_is_none_is_not_repeated() {
        let base = |host: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            Ask::of(&headers, &Query::default()).map(|ask| ask.base).ok()
        };
        assert_eq!(base("cordon.park:8080").as_deref(), Some("http://cordon.park:8080"));
        assert_eq!(base("a\"><script>").as_deref(), Some(""));
    }
}
