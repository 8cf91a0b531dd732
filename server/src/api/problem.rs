//! Errors as the outside sees them: RFC 9457 problem details with a stable code and a trace id.
//!
//! What a person can use stands in the answer; what only the operator may know is logged under the same trace id.

use crate::auth::Denied;
use crate::ingest::Refused;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cordon_data::store::StoreError;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

tokio::task_local! {
    /// The trace id of the request that this task answers.
    pub static TRACE_ID: String;
}

/// One error answer. Boxed, so that results that may hold one stay small.
#[derive(Clone, Debug)]
pub struct Problem(Box<ProblemJson>);

impl std::ops::Deref for Problem {
    type Target = ProblemJson;

    fn deref(&self) -> &ProblemJson {
        &self.0
    }
}

impl std::ops::DerefMut for Problem {
    fn deref_mut(&mut self) -> &mut ProblemJson {
        &mut self.0
    }
}

/// The members of an error answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemJson {
    /// `urn:cordon:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Stable name of the error.
    pub code: &'static str,
    /// Sentence for the person.
    pub detail: String,
    /// Which part of the request is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What stood there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// What may stand there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// Under which the operator finds more.
    pub trace_id: String,
    /// Members of their own that some errors have.
    #[serde(flatten)]
    #[schema(ignore)]
    pub more: Map<String, Value>,
    /// Seconds after which trying again makes sense.
    #[serde(skip)]
    pub retry_after_s: Option<u64>,
}

impl Problem {
    /// An error with its code and a sentence for the person.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Problem {
        Problem(Box::new(ProblemJson {
            kind: format!("urn:cordon:{code}"),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            code,
            detail: detail.into(),
            field: None,
            value: None,
            limit: None,
            trace_id: TRACE_ID.try_with(Clone::clone).unwrap_or_default(),
            more: Map::new(),
            retry_after_s: None,
        }))
    }

    /// 400 with the field, its value and the limit.
    pub fn bad_value(field: impl Into<String>, value: impl Into<Value>, limit: impl Into<String>) -> Problem {
        let (field, value, limit) = (field.into(), value.into(), limit.into());
        let mut problem = Problem::new(StatusCode::BAD_REQUEST, "bad_value", format!("{field} must be {limit}"));
        problem.field = Some(field);
        problem.value = Some(shortened(value));
        problem.limit = Some(limit);
        problem
    }

    /// 404 for a thing of this kind.
    pub fn not_found(what: &str) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "not_found", format!("there is no such {what}"))
    }

    /// The same with the field that is meant.
    pub fn at(mut self, field: impl Into<String>) -> Problem {
        self.field = Some(field.into());
        self
    }
}

/// A value that is fit to be repeated in an answer: long texts and structures are cut.
pub fn shortened(value: Value) -> Value {
    match value {
        Value::String(text) if text.chars().count() > 100 => {
            Value::String(text.chars().take(100).chain(['…']).collect())
        }
        Value::Array(_) => Value::String("[…]".to_owned()),
        Value::Object(_) => Value::String("{…}".to_owned()),
        other => other,
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after_s = self.retry_after_s;
        let mut response = (status, Json(&*self.0)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"cordon\""));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        let mut problem = match &error {
            StoreError::NoRoom => return Refused::StorageFull.into(),
            StoreError::Exists { what } => {
                return Problem::new(StatusCode::CONFLICT, "exists", format!("{what} exists already"));
            }
            _ => Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "store_unavailable",
                "the store cannot be asked at the moment",
            ),
        };
        tracing::error!(%error, trace_id = problem.trace_id, "the store failed a request");
        problem.retry_after_s = Some(5);
        problem
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Problem {
        let (status, code) = match refused {
            Refused::StorageFull => (StatusCode::INSUFFICIENT_STORAGE, "storage_full"),
            Refused::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            Refused::Stopping => (StatusCode::SERVICE_UNAVAILABLE, "stopping"),
            Refused::UnknownAlarm => (StatusCode::NOT_FOUND, "unknown_alarm"),
        };
        let mut problem = Problem::new(status, code, refused.to_string());
        problem.retry_after_s = Some(1);
        problem
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Problem {
        let (status, code) = match denied {
            Denied::NotSignedIn => (StatusCode::UNAUTHORIZED, "unauthorized"),
            Denied::NotAllowed => (StatusCode::FORBIDDEN, "forbidden"),
            Denied::ForeignOrigin => (StatusCode::FORBIDDEN, "bad_origin"),
            Denied::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "store_unavailable"),
        };
        Problem::new(status, code, denied.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_problem_names_field_value_limit_and_trace() {
        let answer = TRACE_ID
            .scope("abc".to_owned(), async {
                Problem::bad_value("limit", "x".repeat(500), "1 to 10000").into_response()
            })
            .await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json");
        let body = axum::body::to_bytes(answer.into_body(), 10_000).await.expect("a short body");
        let body: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(body["code"], "bad_value");
        assert_eq!(body["type"], "urn:cordon:bad_value");
        assert_eq!(body["field"], "limit");
        assert_eq!(body["limit"], "1 to 10000");
        assert_eq!(body["trace_id"], "abc");
        assert_eq!(body["value"].as_str().map(|v| v.chars().count()), Some(101));
    }
}
