//! What was deleted from a collection, its way back, and the deletion of many features at once.

use super::AppState;
use super::body::Json;
use super::features::{Condition, named, one, parse_id};
use super::find::Called;
use super::problem::{Problem, ProblemJson};
use super::query::Query;
use super::wire::{Page, Time};
use crate::auth::Identity;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::{Extension, Json as JsonAnswer};
use cordon_data::store::Deleted;
use cordon_spatial::ids::{FeatureId, FeatureKey, Revision};
use cordon_spatial::units::UnixMs;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use utoipa::ToSchema;

/// Most features of one deletion: as many as one POST makes.
const MAX_FEATURES: usize = 100_000;

/// A feature that was deleted.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeletedJson {
    /// Its id.
    pub id: String,
    /// The revision that deleted it: its ETag for `restore`.
    pub revision: u32,
    /// When.
    pub deleted_at: Time,
    /// Who did it: the name of a user or token.
    pub by: String,
    /// What it was called.
    #[serde(flatten)]
    pub called: Called,
}

/// Features to delete.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeletionJson {
    /// Which: 1 to 100,000.
    pub items: Vec<SeenJson>,
}

/// A feature as it was seen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenJson {
    /// Its id.
    pub id: String,
    /// Its revision.
    pub revision: u32,
}

/// The deleted features of a collection that did not come back, the last deleted first. What one was is told by its history.
#[utoipa::path(get, path = "/ogc/collections/{collection}/deletions", tag = "features",
    params(
        ("collection" = String, Path),
        ("after" = Option<String>, Query, description = "from the `next` path"),
        ("limit" = Option<u64>, Query, description = "1 to 10000, default 100")),
    responses((status = 200, body = Page<DeletedJson>), (status = 404, body = ProblemJson)))]
pub async fn list(
    State(app): AppState,
    Path(name): Path<String>,
    query: Query,
) -> Result<JsonAnswer<Page<DeletedJson>>, Problem> {
    let collection = named(&name)?;
    let limit = query.limit(100)?;
    let after = query.parsed("after", "a place from the next path", place)?;
    let page = app.readers.read(move |reader| reader.deleted(collection, after, limit)).await?;
    let path = format!("/ogc/collections/{name}/deletions");
    let last = page.last().filter(|_| page.len() == limit);
    let next = last.map(|last| query.next(&path, &[("after", format!("{}.{}", last.at.0, last.last.key.0))]));
    Ok(JsonAnswer(Page { items: page.iter().map(shown).collect(), next }))
}

/// Delete many features in one transaction, all or none: each must still have the revision that was seen, else 412 names the first
/// that has not.
#[utoipa::path(post, path = "/ogc/collections/{collection}/deletions", tag = "features", params(("collection" = String, Path)),
    request_body = DeletionJson,
    responses((status = 204), (status = 400, body = ProblemJson), (status = 404, body = ProblemJson),
        (status = 412, body = ProblemJson)))]
pub async fn delete_many(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Path(name): Path<String>,
    Json(body): Json<DeletionJson>,
) -> Result<StatusCode, Problem> {
    let collection = named(&name)?;
    let count = body.items.len();
    if count == 0 || count > MAX_FEATURES {
        return Err(Problem::bad_value("items", count, format!("1 to {MAX_FEATURES} features")));
    }
    let mut known = HashSet::new();
    let seen = body.items.into_iter().enumerate().map(|(index, SeenJson { id, revision })| {
        let field = || format!("items[{index}].id");
        let parsed =
            FeatureId::new(id.clone()).map_err(|error| Problem::bad_value(field(), id.clone(), error.to_string()))?;
        if !known.insert(parsed.clone()) {
            return Err(Problem::bad_value(field(), id, "each feature once"));
        }
        Ok((parsed, Revision(revision)))
    });
    let seen = seen.collect::<Result<Vec<_>, _>>()?;
    app.features.delete_many(&identity.name, collection, &seen).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Bring a deleted feature back as it was last, under its id, as a new revision.
#[utoipa::path(post, path = "/ogc/collections/{collection}/items/{id}/restore", tag = "features",
    params(("collection" = String, Path), ("id" = String, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, content_type = "application/geo+json", body = Object), (status = 404, body = ProblemJson),
        (status = 409, body = ProblemJson), (status = 412, body = ProblemJson), (status = 422, body = ProblemJson)))]
pub async fn restore(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Path((name, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (collection, id) = (named(&name)?, parse_id(id)?);
    let seen = Condition::of(&headers)?.revision();
    let feature = app.features.restore(&identity.name, collection, &id, seen).await?;
    one(&app, &identity, &feature, StatusCode::OK)
}

fn shown(deleted: &Deleted) -> DeletedJson {
    DeletedJson {
        id: deleted.last.id.to_string(),
        revision: deleted.revision.0,
        deleted_at: Time(deleted.at),
        by: deleted.who.clone(),
        called: deleted.last.body.as_deref().map(Called::of).unwrap_or_default(),
    }
}

/// Where a page begins: when the last one of the page before was deleted, and its key.
fn place(text: &str) -> Option<(UnixMs, FeatureKey)> {
    let (at, key) = text.split_once('.')?;
    Some((UnixMs(at.parse().ok()?), FeatureKey(key.parse().ok()?)))
}
