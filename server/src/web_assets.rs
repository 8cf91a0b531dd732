//! The console's files, built into the binary; without them a page that says how to build them.

use crate::api::problem::Problem;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// What the web build left, or nothing.
#[derive(rust_embed::RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../web/dist"]
struct Files;

/// Shown when the binary was built without the console.
const UNBUILT: &str = include_str!("unbuilt.html");

/// Answers a path outside the API: a file, or the console's page for a path of its own.
pub fn serve(method: &Method, path: &str, headers: &HeaderMap) -> Response {
    if !matches!(*method, Method::GET | Method::HEAD) {
        let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "files can only be read");
        let mut answer = problem.into_response();
        answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return answer;
    }
    let name = path.trim_start_matches('/');
    if let Some(file) = Files::get(name).filter(|_| !name.is_empty()) {
        return answer(name, &file, headers);
    }
    // A path with a dot names a file that is not there; any other is a page inside the console.
    if name.rsplit('/').next().is_some_and(|last| last.contains('.')) {
        return Problem::not_found("file").into_response();
    }
    match Files::get("index.html") {
        Some(file) => answer("index.html", &file, headers),
        None => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], UNBUILT).into_response(),
    }
}

fn answer(name: &str, file: &rust_embed::EmbeddedFile, headers: &HeaderMap) -> Response {
    let hash: String = file.metadata.sha256_hash().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let etag = format!("\"{hash}\"");
    // Vite puts a hash of the content into the names of what it builds.
    let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == etag.as_bytes());
    let mut answer = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, content_type(name, file))], file.data.to_vec()).into_response()
    };
    let headers = answer.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Ok(value) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, value);
    }
    answer
}

fn content_type(name: &str, file: &rust_embed::EmbeddedFile) -> String {
    let kind = file.metadata.mimetype();
    let is_text = kind.starts_with("text/") || kind == "application/javascript" || name.ends_with(".json");
    if is_text { format!("{kind}; charset=utf-8") } else { kind.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_always_a_page_and_never_a_file_that_is_not_there() {
        let page = serve(&Method::GET, "/", &HeaderMap::new());
        assert_eq!(page.status(), StatusCode::OK);
        assert!(page.headers()[header::CONTENT_TYPE].as_bytes().starts_with(b"text/html"));
        assert_eq!(serve(&Method::GET, "/alarms/7", &HeaderMap::new()).status(), StatusCode::OK);
        assert_eq!(serve(&Method::GET, "/../../etc/passwd.txt", &HeaderMap::new()).status(), StatusCode::NOT_FOUND);
        assert_eq!(serve(&Method::POST, "/", &HeaderMap::new()).status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}
