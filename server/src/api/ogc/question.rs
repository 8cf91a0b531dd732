//! A query string as what is wanted of a collection: page, box, time, filter and coordinate system.

use crate::api::guard;
use crate::api::problem::{Problem, shortened};
use crate::api::query::Query;
use axum::http::StatusCode;
use cordon_data::crs::Crs;
use cordon_data::feature::Collection;
use cordon_data::feature::schema::{Kind, Property};
use cordon_data::filter::{Comparison, Filter, FilterError, Interval, Language, MAX_BYTES, Scalar};
use cordon_data::selection::{Place, Selection};
use cordon_spatial::ids::FeatureKey;

/// Parameters that say which features.
pub const SELECTING: [&str; 6] = ["bbox", "bbox-crs", "datetime", "filter", "filter-lang", "filter-crs"];
/// Parameters that say which page of them and how.
const PAGING: [&str; 5] = ["crs", "limit", "after", "before", "f"];

/// What is asked of a collection's items.
#[derive(Clone, Debug)]
pub struct Question {
    /// Which features.
    pub wanted: Selection,
    /// Which page of them.
    pub place: Place,
    /// How many at most.
    pub limit: usize,
    /// Coordinates are given in this.
    pub crs: Crs,
}

impl Question {
    /// Reads a query string; a parameter that is not known is named.
    pub fn of(collection: Collection, query: &Query) -> Result<Question, Problem> {
        known(collection, query, &PAGING)?;
        let after = query.number("after", "a key from the next link")?.map(FeatureKey);
        let before = query.number("before", "a key from the prev link")?.map(FeatureKey);
        let place = match (after, before) {
            (Some(_), Some(key)) => return Err(Problem::bad_value("before", key.0, "absent where `after` is given")),
            (_, Some(key)) => Place::Before(key),
            (after, None) => Place::After(after),
        };
        Ok(Question {
            wanted: selection(collection, query)?,
            place,
            limit: query.limit(1_000)?,
            crs: crs(query, "crs")?,
        })
    }
}

/// Refuses parameters that are neither `more` nor ones that select.
pub fn known(collection: Collection, query: &Query, more: &[&str]) -> Result<(), Problem> {
    let properties = collection.schema().iter().filter(|property| property.is_single()).map(|property| property.name);
    let known: Vec<&str> = SELECTING.iter().chain(more).copied().chain(properties).collect();
    guard::known_parameters(&known, query)
}

/// The part that says which features.
pub fn selection(collection: Collection, query: &Query) -> Result<Selection, Problem> {
    let bbox_crs = crs(query, "bbox-crs")?;
    let limit = format!("four or six numbers, the least corner first, in {}: {}", bbox_crs.uri(), bbox_crs.axes());
    let boxes = query.parsed("bbox", &limit, |text| {
        let numbers: Vec<f64> = text.split(',').map(|n| n.trim().parse().ok()).collect::<Option<_>>()?;
        bbox_crs.boxes(&numbers)
    })?;
    let limit = "an instant by RFC 3339, a date, or two of them as from/to, where .. is open";
    let time = query.parsed("datetime", limit, Interval::parse_span)?;
    let mut all: Vec<Filter> = collection.schema().iter().filter_map(|property| asked(property, query)).collect();
    all.extend(filter(query)?);
    let filter = match all.len() {
        0 | 1 => all.pop(),
        _ => Some(Filter::And(all)),
    };
    Ok(Selection { boxes: boxes.unwrap_or_default(), time, filter, ..Selection::all(collection) })
}

/// The coordinate system that a parameter names.
fn crs(query: &Query, name: &str) -> Result<Crs, Problem> {
    let limit = Crs::ALL.map(Crs::uri).join(", ");
    Ok(query.parsed(name, &limit, Crs::from_uri)?.unwrap_or_default())
}

/// `name=value` as a filter. What is no value of the property's kind matches nothing.
fn asked(property: &Property, query: &Query) -> Option<Filter> {
    let text = query.text(property.name).filter(|_| property.is_single())?;
    let value = match property.kind {
        kind if kind.is_number() => text.parse().ok().map(Scalar::Number),
        Kind::Flag => text.parse().ok().map(Scalar::Bool),
        Kind::Time | Kind::Day => Interval::parse(text).map(Scalar::Time),
        _ => Some(Scalar::Text(text.to_owned())),
    };
    let equal = |value| Filter::Compare(Comparison::Equal, Scalar::Property(property.name.to_owned()), value);
    Some(value.map_or(Filter::Truth(false), equal))
}

fn filter(query: &Query) -> Result<Option<Filter>, Problem> {
    let language = query.parsed("filter-lang", "cql2-text or cql2-json", |text| match text {
        "cql2-text" => Some(Language::Text),
        "cql2-json" => Some(Language::Json),
        _ => None,
    })?;
    let crs = crs(query, "filter-crs")?;
    let Some(text) = query.text("filter") else { return Ok(None) };
    Filter::parse(text, language.unwrap_or(Language::Text), crs).map(Some).map_err(bad_filter)
}

fn bad_filter(error: FilterError) -> Problem {
    let detail = format!("the filter cannot be read: {}", error.what);
    let mut problem = Problem::new(StatusCode::BAD_REQUEST, "bad_filter", detail).at("filter");
    problem.value = Some(shortened(error.value.into()));
    problem.limit = Some(format!("CQL2 (OGC 21-065r2), at most {MAX_BYTES} bytes"));
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, code: &str, field: &str) {
        let problem = Question::of(Collection::Zones, &Query::parse(query)).expect_err(query);
        assert_eq!((problem.code, problem.field.as_deref()), (code, Some(field)), "{query}: {}", problem.detail);
        assert_eq!(problem.status, 400);
    }

    #[test]
    fn what_is_wrong_is_named() {
        check("bbx=1,2,3,4", "unknown_parameter", "bbx");
        check("rules=x", "unknown_parameter", "rules");
        check("bbox=1,2,3", "bad_value", "bbox");
        check("bbox=1,4,3,2", "bad_value", "bbox");
        check("bbox=1,2,3,4&bbox-crs=EPSG:4528", "bad_value", "bbox-crs");
        check("crs=nowhere", "bad_value", "crs");
        check("datetime=yesterday", "bad_value", "datetime");
        check("filter=kind%20%3D", "bad_filter", "filter");
        check("filter=TRUE&filter-lang=ecql", "bad_value", "filter-lang");
        check("limit=10001", "bad_value", "limit");
        check("after=1&before=5", "bad_value", "before");
        check("kind=hazard&kind=speed", "repeated_parameter", "kind");
    }

    #[test]
    fn properties_are_asked_for_by_their_kind() {
        let question =
            Question::of(Collection::Zones, &Query::parse("kind=hazard&radius_m=5")).expect("both are known");
        let feature = |radius| serde_json::json!({"properties": {"kind": "hazard", "radius_m": radius}});
        let filter = question.wanted.filter.expect("two conditions");
        assert!(filter.matches(&feature(5.0)) && !filter.matches(&feature(6.0)));
        let never = Question::of(Collection::Zones, &Query::parse("radius_m=wide")).expect("a value like any other");
        assert!(!never.wanted.filter.expect("a condition").matches(&feature(5.0)));
    }
}
