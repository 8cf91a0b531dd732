//! Edits of map features over HTTP, by OGC API Features part 4 (20-002r1); reading is in [`super::ogc`].

use super::body::{self, Json, RawJson};
use super::ogc::format::GEOJSON;
use super::ogc::items::CONTENT_CRS;
use super::problem::{Problem, ProblemJson};
use super::{App, AppState};
use crate::auth::Identity;
use crate::auth::roles::{Action, allows};
use crate::desk::features::EditError;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cordon_data::crs::Crs;
use cordon_data::feature::schema::{Property, SeenBy};
use cordon_data::feature::{Collection, StoredFeature};
use cordon_data::store::StoreError;
use cordon_spatial::ids::{FeatureId, Revision, VehicleKey};
use serde_json::{Value, json};

/// Most features of one POST.
const MAX_FEATURES: usize = 100_000;

/// Make one feature, or all of a FeatureCollection in one transaction.
#[utoipa::path(post, path = "/ogc/collections/{collection}/items", tag = "features",
    params(("collection" = String, Path), ("Content-Crs" = Option<String>, Header, description = "the system of what is sent")),
    request_body(content = Object, content_type = "application/geo+json"),
    responses((status = 201, content_type = "application/geo+json", body = Object), (status = 409, body = ProblemJson),
        (status = 422, body = ProblemJson)))]
pub async fn post(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Path(name): Path<String>,
    headers: HeaderMap,
    Json(mut body): Json<Value>,
) -> Result<Response, Problem> {
    let collection = named(&name)?;
    into_degrees(&headers, &mut body)?;
    if body["type"] != "FeatureCollection" {
        let made = app.features.create(&identity.name, collection, vec![body]).await?;
        let feature = made.first().expect("one feature was made from one");
        let mut answer = one(&app, &identity, feature, StatusCode::CREATED)?;
        let place = format!("/ogc/collections/{name}/items/{}", feature.id);
        answer.headers_mut().insert(header::LOCATION, HeaderValue::from_str(&place).expect("ids are plain letters"));
        return Ok(answer);
    }
    let Value::Array(features) = body["features"].clone() else {
        return Err(Problem::bad_value("features", body["features"].clone(), "a list of features"));
    };
    if features.is_empty() || features.len() > MAX_FEATURES {
        return Err(Problem::bad_value("features", features.len(), format!("1 to {MAX_FEATURES} features")));
    }
    let made = app.features.create(&identity.name, collection, features).await?;
    let features = made.iter().map(|feature| shown(&app, &identity, feature)).collect::<Result<Vec<_>, _>>()?;
    Ok(geojson(StatusCode::CREATED, &json!({"type": "FeatureCollection", "features": features})))
}

/// Make or replace a feature.
#[utoipa::path(put, path = "/ogc/collections/{collection}/items/{id}", tag = "features",
    params(("collection" = String, Path), ("id" = String, Path), ("If-Match" = Option<String>, Header),
        ("Content-Crs" = Option<String>, Header, description = "the system of what is sent")),
    request_body(content = Object, content_type = "application/geo+json"),
    responses((status = 200, content_type = "application/geo+json", body = Object), (status = 201, body = Object),
        (status = 409, body = ProblemJson), (status = 412, body = ProblemJson), (status = 422, body = ProblemJson)))]
pub async fn put(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Path((name, id)): Path<(String, String)>,
    headers: HeaderMap,
    Json(mut body): Json<Value>,
) -> Result<Response, Problem> {
    let (collection, id) = (named(&name)?, parse_id(id)?);
    into_degrees(&headers, &mut body)?;
    let wanted = Condition::of(&headers)?;
    if wanted == Condition::Absent && app.catalog.find(collection, &id).is_some() {
        return Err(changed("the feature exists"));
    }
    if wanted == Condition::Present && !exists(&app, collection, &id) {
        return Err(changed("the feature does not exist"));
    }
    let kept = app.features.put(&identity.name, collection, &id, body, wanted.revision()).await;
    let kept = match kept {
        Err(EditError::NotFound) if wanted.revision().is_some() => return Err(changed("the feature does not exist")),
        other => other?,
    };
    let status = if kept.created { StatusCode::CREATED } else { StatusCode::OK };
    one(&app, &identity, &kept.feature, status)
}

/// Change a feature by a merge patch (RFC 7396).
#[utoipa::path(patch, path = "/ogc/collections/{collection}/items/{id}", tag = "features",
    params(("collection" = String, Path), ("id" = String, Path), ("If-Match" = Option<String>, Header),
        ("Content-Crs" = Option<String>, Header, description = "the system of what is sent")),
    request_body(content = Object, content_type = "application/merge-patch+json"),
    responses((status = 200, content_type = "application/geo+json", body = Object), (status = 404, body = ProblemJson),
        (status = 412, body = ProblemJson), (status = 422, body = ProblemJson)))]
pub async fn patch(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Path((name, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: RawJson,
) -> Result<Response, Problem> {
    let (collection, id) = (named(&name)?, parse_id(id)?);
    let mut patch: Value = body::parse(&body.bytes)?;
    if !patch.is_object() {
        return Err(Problem::bad_value("body", patch, "an object"));
    }
    into_degrees(&headers, &mut patch)?;
    let seen = Condition::of(&headers)?.revision();
    let feature = app.features.patch(&identity.name, collection, &id, patch, seen).await?;
    one(&app, &identity, &feature, StatusCode::OK)
}

/// Delete a feature. Its id is never given again.
#[utoipa::path(delete, path = "/ogc/collections/{collection}/items/{id}", tag = "features",
    params(("collection" = String, Path), ("id" = String, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), (status = 404, body = ProblemJson), (status = 412, body = ProblemJson)))]
pub async fn delete(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Path((name, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let (collection, id) = (named(&name)?, parse_id(id)?);
    app.features.delete(&identity.name, collection, &id, Condition::of(&headers)?.revision()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Brings what is sent in the system that `Content-Crs` names to degrees with longitude first, in which everything is kept.
fn into_degrees(headers: &HeaderMap, body: &mut Value) -> Result<(), Problem> {
    let Some(value) = headers.get(CONTENT_CRS) else { return Ok(()) };
    let text = value.to_str().unwrap_or_default();
    let limit = || Crs::ALL.map(Crs::uri).join(", ");
    let crs = Crs::from_uri(text).ok_or_else(|| Problem::bad_value("Content-Crs", text, limit()))?;
    let (many, single) = match body.get_mut("features") {
        Some(Value::Array(features)) => (features.as_mut_slice(), false),
        _ => (std::slice::from_mut(body), true),
    };
    for (index, feature) in many.iter_mut().enumerate() {
        let Some(geometry) = feature.get_mut("geometry") else { continue };
        crs.read(geometry).map_err(|[x, y]| {
            let field = if single { "geometry".to_owned() } else { format!("features[{index}].geometry") };
            Problem::bad_value(field, format!("{x} {y}"), format!("within {}", crs.axes()))
        })?;
    }
    Ok(())
}

/// What `If-Match` and `If-None-Match` ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// Nothing.
    None,
    /// `If-None-Match: *`.
    Absent,
    /// `If-Match: *`.
    Present,
    /// `If-Match: "n"`.
    Revision(Revision),
}

impl Condition {
    pub(super) fn of(headers: &HeaderMap) -> Result<Condition, Problem> {
        if headers.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == b"*") {
            return Ok(Condition::Absent);
        }
        let Some(value) = headers.get(header::IF_MATCH) else { return Ok(Condition::None) };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Condition::Present);
        }
        let number = text.strip_prefix("W/").unwrap_or(text).trim_matches('"').parse();
        match number {
            Ok(number) => Ok(Condition::Revision(Revision(number))),
            Err(_) => Err(changed("this ETag was never given for the feature")),
        }
    }

    pub(super) fn revision(self) -> Option<Revision> {
        match self {
            Condition::Revision(revision) => Some(revision),
            _ => None,
        }
    }
}

impl From<EditError> for Problem {
    fn from(error: EditError) -> Problem {
        let detail = error.to_string();
        match error {
            EditError::Invalid { index, error } => {
                let error = *error;
                let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, error.code, detail);
                problem.field = Some(match index {
                    Some(index) => format!("features[{index}].{}", error.field),
                    None => error.field,
                });
                problem.value = Some(error.value.into());
                problem.limit = Some(error.limit);
                problem
            }
            EditError::NotFound => Problem::not_found("feature"),
            EditError::Gone(_) => Problem::new(StatusCode::CONFLICT, "id_used", detail).at("id"),
            EditError::Taken { field, value } => {
                let mut problem = Problem::new(StatusCode::CONFLICT, "taken", detail).at(field);
                problem.value = Some(value.into());
                problem
            }
            EditError::Changed { .. } => changed(detail),
            EditError::OneChanged { index, id } => {
                let mut problem = changed(detail).at(format!("items[{index}]"));
                problem.value = Some(id.to_string().into());
                problem
            }
            EditError::Stands(_) => Problem::new(StatusCode::CONFLICT, "not_deleted", detail),
            EditError::Refused(refused) => refused.into(),
            EditError::Store(error) => error.into(),
        }
    }
}

fn changed(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::PRECONDITION_FAILED, "changed", detail)
}

/// The collection of this name, else a problem.
pub fn named(name: &str) -> Result<Collection, Problem> {
    Collection::from_name(name).ok_or_else(|| Problem::not_found("collection"))
}

pub(super) fn parse_id(id: String) -> Result<FeatureId, Problem> {
    FeatureId::new(id.clone()).map_err(|error| Problem::bad_value("id", id, error.to_string()))
}

fn exists(app: &App, collection: Collection, id: &FeatureId) -> bool {
    app.catalog.find(collection, id).is_some_and(|(_, entry)| !entry.deleted)
}

/// A feature as it is shown: a vehicle with its last position, and its device id only to those who may set it.
pub fn shown(app: &App, identity: &Identity, feature: &StoredFeature) -> Result<Value, StoreError> {
    let damaged = |what: String| StoreError::Damaged { place: format!("feature {}", feature.key), what };
    let text = feature.body.as_deref().ok_or_else(|| damaged("it has no body".to_owned()))?;
    let mut value: Value = serde_json::from_str(text).map_err(|error| damaged(error.to_string()))?;
    if feature.collection == Collection::Vehicles {
        let last = app.hub.positions().vehicle(VehicleKey(feature.key.0)).and_then(|now| now.last);
        if let Some(fix) = last {
            value["geometry"] = json!({"type": "Point", "coordinates": [fix.position.lon(), fix.position.lat()]});
        }
    }
    Ok(without_secrets(identity, feature.collection, value))
}

/// A feature without what is not for everybody, as the schema says it: a vehicle's device id is a credential, which only those see
/// who may set it; how to reach a driver is for those who edit the map or speak with drivers.
pub fn without_secrets(identity: &Identity, collection: Collection, mut feature: Value) -> Value {
    let edits = allows(Action::EditMap, identity.role);
    let knows_people = edits || allows(Action::CommandTerminals, identity.role);
    let is_hidden = |property: &Property| match property.seen_by {
        SeenBy::Everybody => false,
        SeenBy::WhoKnowsPeople => !knows_people,
        SeenBy::WhoEdits => !edits,
    };
    if let Some(properties) = feature["properties"].as_object_mut() {
        collection.schema().iter().filter(|property| is_hidden(property)).for_each(|property| {
            properties.remove(property.name);
        });
    }
    feature
}

pub(super) fn one(
    app: &App,
    identity: &Identity,
    feature: &StoredFeature,
    status: StatusCode,
) -> Result<Response, Problem> {
    Ok(with_etag(geojson(status, &shown(app, identity, feature)?), feature))
}

/// An answer with the feature's ETag.
pub fn with_etag(mut answer: Response, feature: &StoredFeature) -> Response {
    answer.headers_mut().insert(header::ETAG, HeaderValue::from_str(&etag(feature)).expect("a number in quotes"));
    answer
}

/// The revision: for a vehicle it does not move with the position.
pub fn etag(feature: &StoredFeature) -> String {
    format!("\"{}\"", feature.revision.0)
}

fn geojson(status: StatusCode, value: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, GEOJSON)], value.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: header::HeaderName, value: &str, expected: Option<Condition>) {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().expect("a header value"));
        assert_eq!(Condition::of(&headers).ok(), expected, "{value}");
    }

    #[test]
    fn conditions() {
        check(header::IF_MATCH, "\"3\"", Some(Condition::Revision(Revision(3))));
        check(header::IF_MATCH, "W/\"3\"", Some(Condition::Revision(Revision(3))));
        check(header::IF_MATCH, "*", Some(Condition::Present));
        check(header::IF_NONE_MATCH, "*", Some(Condition::Absent));
        check(header::IF_MATCH, "\"what\"", None);
    }
}
