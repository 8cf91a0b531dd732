//! Map features over HTTP, in the style of OGC API Features part 1 and 4.

use super::body::{self, Json, RawJson};
use super::problem::{Problem, ProblemJson};
use super::query::Query;
use super::{App, AppState};
use crate::auth::Identity;
use crate::auth::roles::{Action, allows};
use crate::desk::features::EditError;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json as JsonAnswer};
use cordon_data::feature::{Collection, StoredFeature};
use cordon_data::store::{FeatureQuery, StoreError};
use cordon_spatial::ids::{FeatureId, FeatureKey, Revision, VehicleKey};
use serde_json::{Value, json};

/// The media type of GeoJSON.
const GEOJSON: &str = "application/geo+json";
/// Matches of a view are counted up to here: a person wants to know how many, or that they are too many.
const MATCHED_MOST: usize = 10_001;
/// Most features of one POST.
const MAX_FEATURES: usize = 100_000;

/// What there is to see.
#[utoipa::path(get, path = "/ogc", tag = "features", responses((status = 200, body = Object)))]
pub async fn landing(query: Query) -> Result<JsonAnswer<Value>, Problem> {
    only_json(&query)?;
    Ok(JsonAnswer(json!({
        "title": "Cordon",
        "links": [
            link("/ogc", "self", "application/json"),
            link("/ogc/collections", "data", "application/json"),
            link("/api/openapi.json", "service-desc", "application/vnd.oai.openapi+json;version=3.1"),
        ]
    })))
}

/// The collections.
#[utoipa::path(get, path = "/ogc/collections", tag = "features", responses((status = 200, body = Object)))]
pub async fn collections(State(app): AppState, query: Query) -> Result<JsonAnswer<Value>, Problem> {
    only_json(&query)?;
    let collections: Vec<Value> = Collection::ALL.iter().map(|collection| describe(&app, *collection)).collect();
    Ok(JsonAnswer(json!({
        "links": [link("/ogc/collections", "self", "application/json")],
        "collections": collections
    })))
}

/// One collection; `itemCount` says how many features it has.
#[utoipa::path(get, path = "/ogc/collections/{collection}", tag = "features", params(("collection" = String, Path)),
    responses((status = 200, body = Object), (status = 404, body = ProblemJson)))]
pub async fn collection(
    State(app): AppState,
    Path(name): Path<String>,
    query: Query,
) -> Result<JsonAnswer<Value>, Problem> {
    only_json(&query)?;
    Ok(JsonAnswer(describe(&app, named(&name)?)))
}

/// The features of a collection, by key. `numberMatched` is exact up to 10,000 with a `bbox`; 10,001 says that there are more.
#[utoipa::path(get, path = "/ogc/collections/{collection}/items", tag = "features",
    params(
        ("collection" = String, Path),
        ("bbox" = Option<String>, Query, description = "west,south,east,north in degrees"),
        ("after" = Option<u32>, Query, description = "from the `next` link"),
        ("limit" = Option<u64>, Query, description = "1 to 10000, default 1000")),
    responses((status = 200, content_type = "application/geo+json", body = Object), (status = 404, body = ProblemJson)))]
pub async fn items(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Path(name): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    only_json(&query)?;
    let collection = named(&name)?;
    let limit = query.limit(1_000)?;
    let bbox = query.bbox()?;
    let after = query.number("after", "a key from the next link")?.map(FeatureKey);
    let (page, matched) = if let (Collection::Vehicles, Some(bbox)) = (collection, bbox) {
        vehicles_in(&app, bbox, after, limit).await?
    } else {
        let wanted = FeatureQuery { collection, bbox, after, limit };
        let all = app.catalog.count(collection);
        app.readers
            .read(move |reader| {
                let within = |bbox| reader.count_within(collection, bbox, MATCHED_MOST);
                Ok((reader.features(&wanted)?, bbox.map_or(Ok(all), within)?))
            })
            .await?
    };
    if collection == Collection::Vehicles {
        app.hub.settled().await;
    }
    let path = format!("/ogc/collections/{name}/items");
    let mut links = vec![json!({"href": query.next(&path, &[]), "rel": "self", "type": GEOJSON})];
    if let Some(last) = page.last().filter(|_| page.len() == limit) {
        let next = query.next(&path, &[("after", last.key.0.to_string())]);
        links.push(json!({"href": next, "rel": "next", "type": GEOJSON}));
    }
    let features = page.iter().map(|feature| shown(&app, &identity, feature)).collect::<Result<Vec<_>, _>>()?;
    let answer = json!({
        "type": "FeatureCollection",
        "features": features,
        "links": links,
        "numberMatched": matched,
        "numberReturned": page.len(),
        "timeStamp": super::wire::Time(app.pipeline.now()).to_string(),
    });
    Ok(geojson(StatusCode::OK, &answer))
}

/// Make one feature, or all of a FeatureCollection in one transaction.
#[utoipa::path(post, path = "/ogc/collections/{collection}/items", tag = "features", params(("collection" = String, Path)),
    request_body(content = Object, content_type = "application/geo+json"),
    responses((status = 201, content_type = "application/geo+json", body = Object), (status = 409, body = ProblemJson),
        (status = 422, body = ProblemJson)))]
pub async fn post(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Path(name): Path<String>,
    Json(body): Json<Value>,
) -> Result<Response, Problem> {
    let collection = named(&name)?;
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

/// One feature.
#[utoipa::path(get, path = "/ogc/collections/{collection}/items/{id}", tag = "features",
    params(("collection" = String, Path), ("id" = String, Path)),
    responses((status = 200, content_type = "application/geo+json", body = Object), (status = 404, body = ProblemJson)))]
pub async fn item(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Path((name, id)): Path<(String, String)>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    only_json(&query)?;
    let collection = named(&name)?;
    let id = FeatureId::new(id).map_err(|_| Problem::not_found("feature"))?;
    let feature = app.readers.read(move |reader| reader.feature(collection, &id)).await?;
    let feature = feature.ok_or_else(|| Problem::not_found("feature"))?;
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == etag(&feature).as_bytes());
    if known && collection != Collection::Vehicles {
        return Ok(with_etag(StatusCode::NOT_MODIFIED.into_response(), &feature));
    }
    if collection == Collection::Vehicles {
        app.hub.settled().await;
    }
    one(&app, &identity, &feature, StatusCode::OK)
}

/// Make or replace a feature.
#[utoipa::path(put, path = "/ogc/collections/{collection}/items/{id}", tag = "features",
    params(("collection" = String, Path), ("id" = String, Path), ("If-Match" = Option<String>, Header)),
    request_body(content = Object, content_type = "application/geo+json"),
    responses((status = 200, content_type = "application/geo+json", body = Object), (status = 201, body = Object),
        (status = 409, body = ProblemJson), (status = 412, body = ProblemJson), (status = 422, body = ProblemJson)))]
pub async fn put(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Path((name, id)): Path<(String, String)>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Result<Response, Problem> {
    let (collection, id) = (named(&name)?, parse_id(id)?);
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
    params(("collection" = String, Path), ("id" = String, Path), ("If-Match" = Option<String>, Header)),
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
    let patch: Value = body::parse(&body.bytes)?;
    if !patch.is_object() {
        return Err(Problem::bad_value("body", patch, "an object"));
    }
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

fn only_json(query: &Query) -> Result<(), Problem> {
    query.parsed("f", "json", |text| (text == "json").then_some(())).map(|_| ())
}

fn link(href: &str, rel: &str, kind: &str) -> Value {
    json!({"href": href, "rel": rel, "type": kind})
}

fn describe(app: &App, collection: Collection) -> Value {
    let name = collection.name();
    json!({
        "id": name,
        "title": name,
        "itemType": "feature",
        "itemCount": app.catalog.count(collection),
        "crs": ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"],
        "links": [
            link(&format!("/ogc/collections/{name}"), "self", "application/json"),
            link(&format!("/ogc/collections/{name}/items"), "items", GEOJSON),
        ]
    })
}

/// The vehicles whose last position is in a box, by key, and how many they are, counted like others.
async fn vehicles_in(
    app: &App,
    bbox: [f64; 4],
    after: Option<FeatureKey>,
    limit: usize,
) -> Result<(Vec<StoredFeature>, u64), Problem> {
    app.hub.settled().await;
    let [west, south, east, north] = bbox;
    let inside: Vec<FeatureKey> = {
        let all = app.catalog.vehicles(0, usize::MAX);
        let positions = app.hub.positions();
        let is_inside = |key| {
            positions.last(key).is_some_and(|fix| {
                let (lon, lat) = (fix.position.lon(), fix.position.lat());
                (west..=east).contains(&lon) && (south..=north).contains(&lat)
            })
        };
        all.into_iter().filter(|(key, _)| is_inside(*key)).map(|(key, _)| FeatureKey(key.0)).collect()
    };
    let matched = inside.len().min(MATCHED_MOST) as u64;
    let page = inside.into_iter().filter(move |key| after.is_none_or(|after| *key > after)).take(limit);
    let read =
        app.readers.read(move |reader| page.map(|key| reader.feature_by_key(key)).collect::<Result<Vec<_>, _>>());
    Ok((read.await?.into_iter().flatten().collect(), matched))
}

/// A feature as it is shown: a vehicle with its last position, and its device id only to those who may set it.
fn shown(app: &App, identity: &Identity, feature: &StoredFeature) -> Result<Value, Problem> {
    let damaged = |what: String| StoreError::Damaged { place: format!("feature {}", feature.key), what };
    let text = feature.body.as_deref().ok_or_else(|| Problem::not_found("feature"))?;
    let mut value: Value = serde_json::from_str(text).map_err(|error| damaged(error.to_string()))?;
    if feature.collection == Collection::Vehicles {
        let last = app.hub.positions().vehicle(VehicleKey(feature.key.0)).and_then(|now| now.last);
        if let Some(fix) = last {
            value["geometry"] = json!({"type": "Point", "coordinates": [fix.position.lon(), fix.position.lat()]});
        }
    }
    Ok(without_secrets(identity, feature.collection, value))
}

/// A feature without what only those may see who may set it: a vehicle's device id is a credential.
pub fn without_secrets(identity: &Identity, collection: Collection, mut feature: Value) -> Value {
    if collection == Collection::Vehicles
        && !allows(Action::EditMap, identity.role)
        && let Some(properties) = feature["properties"].as_object_mut()
    {
        properties.remove("device_id");
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

fn with_etag(mut answer: Response, feature: &StoredFeature) -> Response {
    answer.headers_mut().insert(header::ETAG, HeaderValue::from_str(&etag(feature)).expect("a number in quotes"));
    answer
}

/// The revision: for a vehicle it does not move with the position.
fn etag(feature: &StoredFeature) -> String {
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
