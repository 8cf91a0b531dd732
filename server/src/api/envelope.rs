//! Around every answer: a trace id, security headers, a time limit, a metric, and an error body where one is missing.

use super::guard::RoutePath;
use super::problem::{Problem, TRACE_ID};
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::time::{Duration, Instant};

/// Longest time that an answer may take to begin, the request's body included.
const TIME_LIMIT: Duration = Duration::from_secs(60);
/// The same where files are sent and made.
const FILE_TIME_LIMIT: Duration = Duration::from_secs(1_800);

/// What every answer says to a browser. Workers and scripts come from this server only; MapLibre draws into blobs.
const SECURITY_HEADERS: [(&str, &str); 7] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; style-src 'self'; \
         img-src 'self' data: blob:; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
];

/// The outermost layer.
pub async fn envelope(request: Request, next: Next) -> Response {
    let trace_id = crate::auth::secret::new_code();
    let method = request.method().clone();
    let begin = Instant::now();
    let path = request.uri().path();
    let is_file = path == "/api/imports" || path.starts_with("/api/export/");
    let limit = if is_file { FILE_TIME_LIMIT } else { TIME_LIMIT };
    let answer = async {
        match tokio::time::timeout(limit, run(request, next)).await {
            Ok(answer) => with_problem(answer),
            Err(_) => Problem::new(StatusCode::REQUEST_TIMEOUT, "timeout", "the request took too long").into_response(),
        }
    };
    let mut answer = TRACE_ID.scope(trace_id.clone(), answer).await;
    let route = answer.extensions().get::<RoutePath>().map_or("other", |route| route.0);
    metrics::histogram!(
        "cordon_http_request_duration_seconds",
        "route" => route,
        "method" => method.to_string(),
        "status" => answer.status().as_u16().to_string()
    )
    .record(begin.elapsed().as_secs_f64());
    let headers = answer.headers_mut();
    for (name, value) in SECURITY_HEADERS {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(&trace_id) {
        headers.insert("x-trace-id", value);
    }
    answer
}

/// A handler that panics costs its own request only.
async fn run(request: Request, next: Next) -> Response {
    use futures_util::FutureExt;
    match std::panic::AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(answer) => answer,
        Err(_) => {
            let problem =
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the server failed on this request");
            tracing::error!(trace_id = problem.trace_id, "a request handler panicked");
            problem.into_response()
        }
    }
}

/// Errors that come from a library without a body of ours get one.
fn with_problem(answer: Response) -> Response {
    let status = answer.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let has_body = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/problem+json"));
    if !is_error || has_body {
        return answer;
    }
    let code = match status {
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
        StatusCode::PAYLOAD_TOO_LARGE => "too_large",
        StatusCode::UPGRADE_REQUIRED => "upgrade_required",
        _ if status.is_server_error() => "internal",
        _ => "bad_request",
    };
    let detail = status.canonical_reason().unwrap_or("the request failed").to_lowercase();
    let mut problem = Problem::new(status, code, detail).into_response();
    for name in [header::ALLOW, header::CONNECTION, header::UPGRADE] {
        if let Some(value) = answer.headers().get(&name) {
            problem.headers_mut().insert(name, value.clone());
        }
    }
    if let Some(route) = answer.extensions().get::<RoutePath>() {
        problem.extensions_mut().insert(*route);
    }
    problem
}
