//! Whether a request that a browser sent with its cookie comes from our own pages.
//!
//! Browsers set `Sec-Fetch-Site` and `Origin` themselves; a page cannot. A request with neither does not come from a
//! browser of the last years, so no foreign page can have caused it.

use axum::http::{HeaderMap, header};

/// Whether the request is ours: same origin, or not from a browser at all.
pub fn is_own(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some("same-origin"), _) => true,
        (Some("none"), None) => true,
        (Some(_), Some(origin)) if names_host(origin, headers) => true,
        (Some(_), _) => false,
        (None, Some(origin)) => names_host(origin, headers),
        (None, None) => true,
    }
}

fn names_host(origin: &str, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    matches!((host, authority), (Some(host), Some(authority)) if host.eq_ignore_ascii_case(authority))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fetch_site: Option<&str>, origin: Option<&str>, expected: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "park.example:8080".parse().expect("a header value"));
        if let Some(site) = fetch_site {
            headers.insert("sec-fetch-site", site.parse().expect("a header value"));
        }
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().expect("a header value"));
        }
        assert_eq!(is_own(&headers), expected, "{fetch_site:?} {origin:?}");
    }

    #[test]
    fn only_our_own_pages_and_programs_pass() {
        check(Some("same-origin"), Some("http://park.example:8080"), true);
        check(None, Some("http://park.example:8080"), true);
        check(None, None, true);
        check(Some("none"), None, true);
        check(None, Some("http://evil.example"), false);
        check(None, Some("http://park.example:8081"), false);
        check(None, Some("null"), false);
        check(Some("cross-site"), None, false);
        check(Some("cross-site"), Some("http://evil.example"), false);
        check(Some("same-site"), Some("http://other.park.example:8080"), false);
    }
}
