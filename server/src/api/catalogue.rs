//! The data catalogue (数据资源目录): each collection with what people say of it as a whole, what it holds, and what is wanting in it.
//!
//! What people say are features of `datasets`, edited as all others; the figures are the catalogue's own.

use super::AppState;
use super::problem::{Problem, ProblemJson};
use super::wire::{Page, Time};
use crate::desk::importing::LastImport;
use crate::desk::inventory::{Check, Sourced};
use axum::Json;
use axum::extract::State;
use cordon_data::feature::{Collection, StoredFeature};
use cordon_data::filter::Interval;
use cordon_data::store::{FeatureQuery, Reader, StoreError};
use cordon_spatial::ids::FeatureKey;
use cordon_spatial::units::{SpanMs, UnixMs};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A collection.
#[derive(Debug, Serialize, ToSchema)]
pub struct CatalogueJson {
    /// Its name.
    pub collection: &'static str,
    /// What it is called.
    pub title: TitleJson,
    /// The kinds of geometry that its features have; of vehicles, which are where their last fix is, none.
    pub geometry: Vec<&'static str>,
    /// How many features it has.
    pub count: u64,
    /// West, south, east, north, degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bbox: Option<[f64; 4]>,
    /// When one of them was last made, changed or deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Time>,
    /// Who did that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<String>,
    /// What people say of it: the feature of `datasets` with its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dataset: Option<DatasetJson>,
    /// Its data are older than their update cycle.
    pub overdue: bool,
    /// The last file that came into it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_import: Option<LastImportJson>,
    /// What is wanting; nothing that no feature wants.
    pub quality: Vec<FindingJson>,
}

/// A name in both languages.
#[derive(Debug, Serialize, ToSchema)]
pub struct TitleJson {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

/// What people say of a collection. Dates are as they were written: `2026-11-27`, or an instant by RFC 3339.
#[derive(Debug, Serialize, ToSchema)]
pub struct DatasetJson {
    /// Its revision: the ETag to edit it by.
    pub revision: u32,
    /// Where the data come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Who answers for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// How to reach them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// The datum of the original data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datum: Option<String>,
    /// Which state of the world they show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// How often they are to be renewed, days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_cycle_days: Option<u64>,
    /// When somebody looked through them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewed_at: Option<String>,
    /// Who.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewed_by: Option<String>,
    /// What is known of their quality.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality_note: Option<String>,
    /// Anything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remarks: Option<String>,
}

/// An import that is over.
#[derive(Debug, Serialize, ToSchema)]
pub struct LastImportJson {
    /// When it ended.
    pub at: Time,
    /// Who imported.
    pub by: String,
    /// What the file was called.
    pub file: String,
    /// How many rows it had.
    pub rows: u64,
    /// How many of them were refused.
    pub refused: u64,
}

/// What is wanting in a collection.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingJson {
    /// What.
    pub check: Check,
    /// In how many features.
    pub count: u64,
    /// The ids of the first of them, at most 5.
    pub examples: Vec<String>,
}

/// Every collection: who answers for its data and how old they are (`datasets`), how many features it has, where, when it was last
/// changed and imported, and what is wanting in it. Edit what is said of a collection at `/ogc/collections/datasets/items/{collection}`.
#[utoipa::path(get, path = "/api/catalogue", tag = "features",
    responses((status = 200, body = Page<CatalogueJson>), (status = 503, body = ProblemJson)))]
pub async fn catalogue(State(app): AppState) -> Result<Json<Page<CatalogueJson>>, Problem> {
    let (catalog, now) = (app.catalog.clone(), app.pipeline.now());
    let imports = app.imports.last();
    let read = move |reader: &dyn Reader| {
        let mut datasets = datasets(reader)?;
        let one = |collection: &Collection| {
            let dataset = datasets.remove(collection.name());
            let has_source = dataset.as_ref().is_some_and(|dataset| dataset.source.is_some());
            let sourced = if has_source { Sourced::Together } else { Sourced::Apart };
            let figures = catalog.figures(*collection, now, sourced);
            let ids = |keys: Vec<u32>| keys.into_iter().map(|key| catalog.id(key)).collect();
            let findings = figures.findings.into_iter();
            let (zh, en) = collection.titles();
            let (changed_at, changed_by) = figures.changed.map(|(at, who)| (Time(at), who)).unzip();
            CatalogueJson {
                collection: collection.name(),
                title: TitleJson { zh, en },
                geometry: figures.kinds,
                count: figures.count,
                bbox: figures.bbox,
                changed_at,
                changed_by,
                overdue: dataset.as_ref().is_some_and(|dataset| is_overdue(dataset, now)),
                dataset,
                last_import: imports.get(collection).cloned().map(LastImportJson::from),
                quality: findings
                    .map(|found| FindingJson { check: found.check, count: found.count, examples: ids(found.examples) })
                    .collect(),
            }
        };
        Ok(Collection::ALL.iter().map(one).collect())
    };
    Ok(Json(Page { items: app.readers.read(read).await?, next: None }))
}

/// What is said of each collection, by its name.
fn datasets(reader: &dyn Reader) -> Result<BTreeMap<String, DatasetJson>, StoreError> {
    let mut query = FeatureQuery { collection: Collection::Datasets, bbox: None, after: None, limit: 1_000 };
    let mut all = BTreeMap::new();
    loop {
        let page = reader.features(&query)?;
        let last: Option<FeatureKey> = page.last().map(|feature| feature.key);
        all.extend(page.iter().map(|feature| (feature.id.to_string(), said(feature))));
        if last.is_none() {
            return Ok(all);
        }
        query.after = last;
    }
}

fn said(feature: &StoredFeature) -> DatasetJson {
    let body: Value = feature.body.as_deref().and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default();
    let text = |name: &str| body["properties"][name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    DatasetJson {
        revision: feature.revision.0,
        source: text("source"),
        owner: text("owner"),
        contact: text("contact"),
        datum: text("datum"),
        as_of: text("as_of"),
        update_cycle_days: body["properties"]["update_cycle_days"].as_u64(),
        reviewed_at: text("reviewed_at"),
        reviewed_by: text("reviewed_by"),
        quality_note: text("quality_note"),
        remarks: text("remarks"),
    }
}

/// Whether the data are older than their cycle; a day is over at its end.
fn is_overdue(dataset: &DatasetJson, now: UnixMs) -> bool {
    let as_of = dataset.as_of.as_deref().and_then(Interval::parse);
    let (Some(as_of), Some(days)) = (as_of, dataset.update_cycle_days) else { return false };
    let days = i64::try_from(days).unwrap_or(i64::MAX);
    as_of.to.0.saturating_add(days.saturating_mul(SpanMs::seconds(86_400).0)) < now.0
}

impl From<LastImport> for LastImportJson {
    fn from(last: LastImport) -> LastImportJson {
        let LastImport { at_ms, by, file, rows, refused } = last;
        LastImportJson { at: Time(UnixMs(at_ms)), by, file, rows, refused }
    }
}
