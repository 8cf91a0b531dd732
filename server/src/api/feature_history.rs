//! What became of a feature: every revision with who made it, those of a deleted feature too.

use super::AppState;
use super::features::{named, without_secrets};
use super::problem::{Problem, ProblemJson};
use super::query::Query;
use super::wire::{Page, Time};
use crate::auth::Identity;
use axum::extract::{Path, State};
use axum::{Extension, Json};
use cordon_data::feature::StoredFeature;
use cordon_data::store::StoreError;
use cordon_spatial::ids::{FeatureId, Revision};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// One revision of a feature.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevisionJson {
    /// Its number: the feature's ETag while it stood.
    pub revision: u32,
    /// When it was recorded.
    pub recorded_at: Time,
    /// Who made it: the name of a user or token, or `open registration`.
    pub by: String,
    /// `created`, `changed`, `deleted` or `restored`.
    pub action: &'static str,
    /// The feature as it was entered, without the last position of a vehicle; null for a deletion.
    #[schema(value_type = Option<Object>)]
    pub feature: Option<Value>,
}

/// The revisions of a feature, newest first.
#[utoipa::path(get, path = "/ogc/collections/{collection}/items/{id}/history", tag = "features",
    params(
        ("collection" = String, Path),
        ("id" = String, Path),
        ("after" = Option<u32>, Query, description = "`revision` less than; from the `next` path"),
        ("limit" = Option<u64>, Query, description = "1 to 10000, default 100")),
    responses((status = 200, body = Page<RevisionJson>), (status = 404, body = ProblemJson)))]
pub async fn history(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Path((name, id)): Path<(String, String)>,
    query: Query,
) -> Result<Json<Page<RevisionJson>>, Problem> {
    let limit = query.limit(100)?;
    let before = query.number("after", "a revision from the next path")?.map(Revision);
    let collection = named(&name)?;
    let known = FeatureId::new(id.clone()).ok().and_then(|id| app.catalog.find(collection, &id));
    let (key, _) = known.ok_or_else(|| Problem::not_found("feature"))?;
    // One more than is shown: what the last of them followed.
    let revisions = app.readers.read(move |reader| reader.revisions_before(key, before, limit + 1)).await?;
    let page = &revisions[..revisions.len().min(limit)];
    let last = page.last().filter(|last| last.revision > Revision(1));
    let path = format!("/ogc/collections/{name}/items/{id}/history");
    let next = last.map(|last| query.next(&path, &[("after", last.revision.0.to_string())]));
    let items = page.iter().enumerate().map(|(i, revision)| shown(&identity, revision, revisions.get(i + 1)));
    let items = items.collect::<Result<_, _>>()?;
    Ok(Json(Page { items, next }))
}

fn shown(
    identity: &Identity,
    revision: &StoredFeature,
    before: Option<&StoredFeature>,
) -> Result<RevisionJson, Problem> {
    let parse = |body: &str| {
        let feature = serde_json::from_str(body).map_err(|error| StoreError::Damaged {
            place: format!("revision {} of feature {}", revision.revision.0, revision.key),
            what: error.to_string(),
        })?;
        Ok::<_, Problem>(without_secrets(identity, revision.collection, feature))
    };
    let feature = revision.body.as_deref().map(parse).transpose()?;
    Ok(RevisionJson {
        revision: revision.revision.0,
        recorded_at: Time(revision.at),
        by: revision.who.clone(),
        action: match (&feature, revision.revision) {
            (None, _) => "deleted",
            (Some(_), Revision(1)) => "created",
            (Some(_), _) if before.is_some_and(|before| before.body.is_none()) => "restored",
            (Some(_), _) => "changed",
        },
        feature,
    })
}
