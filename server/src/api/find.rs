//! Finds features by what people call them.

use super::AppState;
use super::features::named;
use super::problem::{Problem, ProblemJson};
use super::query::Query;
use crate::desk::finder::Wanted;
use axum::Json;
use axum::extract::State;
use cordon_data::feature::{Collection, StoredFeature};
use cordon_data::store::{Reader, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use utoipa::ToSchema;

/// Longest question, characters.
const MAX_CHARS: usize = 100;
/// Most features of one collection.
const MAX_EACH: usize = 100;
/// How long a search may take; some milliseconds are enough for 100,000 features.
const MAX_TIME: Duration = Duration::from_millis(100);

/// What fits a question.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundPage {
    /// Of each collection the best: whole names before their beginnings, these before parts of them, these before what else is
    /// said of a feature.
    pub items: Vec<FoundJson>,
    /// How many of each collection fit, listed or not.
    #[schema(value_type = Object)]
    pub totals: BTreeMap<&'static str, u64>,
    /// Everything was looked at; else the time was over, and there may be more.
    pub complete: bool,
}

/// A feature that fits, as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundJson {
    /// Its collection.
    pub collection: &'static str,
    /// Its id.
    pub id: String,
    /// What it is called.
    #[serde(flatten)]
    pub called: Called,
}

/// What a feature is called.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct Called {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text")]
    pub name: Option<String>,
    /// Its name in English.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text")]
    pub name_en: Option<String>,
    /// Its kind.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text")]
    pub kind: Option<String>,
    /// A zone's level.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text")]
    pub level: Option<String>,
    /// A vehicle's plate.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text")]
    pub plate: Option<String>,
    /// Its company.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text")]
    pub company: Option<String>,
}

/// Features by name in Chinese or English, plate, company, id, kind, level, code or address: a part of any of them, or all words
/// somewhere; without case, spaces, dashes and dots. What only lies under the map (`ground`) is looked for when it is asked for.
#[utoipa::path(get, path = "/api/find", tag = "features",
    params(
        ("q" = String, Query, description = "1 to 100 characters"),
        ("collection" = Option<String>, Query, description = "names with commas between them; all but `ground` when not given"),
        ("limit" = Option<u64>, Query, description = "most of each collection: 1 to 100, default 20")),
    responses((status = 200, body = FoundPage), (status = 400, body = ProblemJson), (status = 404, body = ProblemJson)))]
pub async fn find(State(app): AppState, query: Query) -> Result<Json<FoundPage>, Problem> {
    let wanted =
        query.parsed("q", "1 to 100 characters, a letter or digit among them, no control characters", wanted)?;
    let wanted = wanted.ok_or_else(|| Problem::bad_value("q", "", "1 to 100 characters"))?;
    let limit = query.parsed("limit", "1 to 100", |text| text.parse().ok().filter(|n| (1..=MAX_EACH).contains(n)))?;
    let collections = match query.text("collection") {
        Some(names) => names.split(',').map(named).collect::<Result<_, _>>()?,
        None => Collection::ALL.iter().copied().filter(|name| *name != Collection::Ground).collect::<Vec<_>>(),
    };
    let finder = app.catalog.finder().clone();
    let read = move |reader: &dyn Reader| {
        let found = finder.find(&wanted, &collections, limit.unwrap_or(20), Instant::now() + MAX_TIME);
        let keys = found.keys.values().flatten();
        let features = keys.map(|key| reader.feature_by_key(*key)).collect::<Result<Vec<_>, StoreError>>()?;
        let items = features.iter().flatten().filter_map(shown).collect();
        let totals = found.totals.iter().map(|(collection, total)| (collection.name(), *total)).collect();
        Ok(FoundPage { items, totals, complete: found.complete })
    };
    Ok(Json(app.readers.read(read).await?))
}

fn wanted(text: &str) -> Option<Wanted> {
    let fine = text.chars().count() <= MAX_CHARS && !text.chars().any(char::is_control);
    fine.then(|| Wanted::new(text)).flatten()
}

/// `None` for one that was deleted meanwhile.
fn shown(feature: &StoredFeature) -> Option<FoundJson> {
    let called = Called::of(feature.body.as_deref()?);
    Some(FoundJson { collection: feature.collection.name(), id: feature.id.to_string(), called })
}

impl Called {
    /// What a feature's body says; nothing if it cannot be read.
    pub fn of(body: &str) -> Called {
        #[derive(Deserialize)]
        struct Body {
            #[serde(default)]
            properties: Option<Called>,
        }
        serde_json::from_str::<Body>(body).ok().and_then(|body| body.properties).unwrap_or_default()
    }
}

/// A text; anything else that somebody wrote there is none.
fn text<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    let value = serde_json::Value::deserialize(value)?;
    Ok(value.as_str().map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_has_letters_and_an_end() {
        for fine in ["门", " a ", "浙A·D1234", &"x".repeat(100)] {
            assert!(wanted(fine).is_some(), "{fine}");
        }
        for bad in [" ", "·-·", "a\u{0}b", "a\nb", "\u{7f}", &"罐".repeat(101)] {
            assert!(wanted(bad).is_none(), "{bad:?}");
        }
    }
}
