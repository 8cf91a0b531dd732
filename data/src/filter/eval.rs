//! Whether a feature matches: three-valued, by the tree alone.

use super::time::Interval;
use super::{Comparison, Filter, Place, Scalar, Span, SpanEnd, SpatialRelation};
use cordon_spatial::units::UnixMs;
use geo::{Geometry, Relate};
use serde_json::Value;
use std::cmp::Ordering;

/// A value that was looked up.
#[derive(Clone, Debug, PartialEq)]
enum Found {
    Text(String),
    Number(f64),
    Bool(bool),
    Time(Interval),
}

impl Filter {
    /// Whether a GeoJSON feature matches. Cost: linear in the filter and, for each place, in the feature's corners
    /// (n log n).
    pub fn matches(&self, feature: &Value) -> bool {
        self.judge(feature, &Own::new(feature)) == Some(true)
    }

    /// `None` where it cannot be said.
    fn judge(&self, feature: &Value, own: &Own<'_>) -> Option<bool> {
        match self {
            Filter::Truth(truth) => Some(*truth),
            Filter::Not(inner) => inner.judge(feature, own).map(|truth| !truth),
            Filter::And(all) => joined(all.iter().map(|one| one.judge(feature, own)), false),
            Filter::Or(all) => joined(all.iter().map(|one| one.judge(feature, own)), true),
            Filter::Compare(comparison, a, b) => compare(*comparison, &value(a, feature)?, &value(b, feature)?),
            Filter::Like(what, pattern) => match (value(what, feature)?, value(pattern, feature)?) {
                (Found::Text(text), Found::Text(pattern)) => Some(is_like(&text, &pattern)),
                _ => None,
            },
            Filter::Between(what, least, greatest) => {
                let what = value(what, feature)?;
                let above = compare(Comparison::GreaterOrEqual, &what, &value(least, feature)?);
                let below = compare(Comparison::LessOrEqual, &what, &value(greatest, feature)?);
                joined([above, below].into_iter(), false)
            }
            Filter::In(what, list) => {
                let what = value(what, feature)?;
                let one = |one| value(one, feature).and_then(|one| compare(Comparison::Equal, &what, &one));
                joined(list.iter().map(one), true)
            }
            Filter::IsNull(name) => Some(property(feature, name).is_none()),
            Filter::Spatial(relation, a, b) => relates(*relation, own.place(a)?, own.place(b)?),
            Filter::Temporal(relation, a, b) => Some(span(a, feature)?.relates(*relation, &span(b, feature)?)),
        }
    }
}

/// Or (`decides` true) and and (`decides` false): what decides decides, what cannot be said stays open.
fn joined(mut all: impl Iterator<Item = Option<bool>>, decides: bool) -> Option<bool> {
    let open = all.by_ref().try_fold(false, |open, one| match one {
        Some(truth) if truth == decides => Err(()),
        one => Ok(open || one.is_none()),
    });
    match open {
        Err(()) => Some(decides),
        Ok(true) => None,
        Ok(false) => Some(!decides),
    }
}

/// The feature's own geometry, read when it is first asked for.
struct Own<'a> {
    feature: &'a Value,
    geometry: std::cell::OnceCell<Option<Geometry<f64>>>,
}

impl<'a> Own<'a> {
    fn new(feature: &'a Value) -> Own<'a> {
        Own { feature, geometry: std::cell::OnceCell::new() }
    }

    fn place<'p>(&'p self, place: &'p Place) -> Option<&'p Geometry<f64>> {
        match place {
            Place::Given(geometry) => Some(geometry),
            Place::Own => self.geometry.get_or_init(|| geometry(self.feature)).as_ref(),
        }
    }
}

/// The geometry of a GeoJSON feature; `None` when it has none.
pub(crate) fn geometry(feature: &Value) -> Option<Geometry<f64>> {
    let value = feature.get("geometry").filter(|value| !value.is_null())?;
    Geometry::try_from(serde_json::from_value::<geojson::Geometry>(value.clone()).ok()?).ok()
}

fn relates(relation: SpatialRelation, a: &Geometry<f64>, b: &Geometry<f64>) -> Option<bool> {
    let matrix = a.relate(b);
    Some(match relation {
        SpatialRelation::Contains => matrix.is_contains(),
        SpatialRelation::Crosses => matrix.is_crosses(),
        SpatialRelation::Disjoint => matrix.is_disjoint(),
        SpatialRelation::Equals => matrix.is_equal_topo(),
        SpatialRelation::Intersects => matrix.is_intersects(),
        SpatialRelation::Overlaps => matrix.is_overlaps(),
        SpatialRelation::Touches => matrix.is_touches(),
        SpatialRelation::Within => matrix.is_within(),
    })
}

/// A property that is there and not null; `id` is the feature's own where no property is called so.
pub(crate) fn property<'a>(feature: &'a Value, name: &str) -> Option<&'a Value> {
    let found = feature.get("properties").and_then(|properties| properties.get(name));
    let own = || feature.get("id").filter(|_| name == "id");
    found.or_else(own).filter(|value| !value.is_null())
}

fn value(scalar: &Scalar, feature: &Value) -> Option<Found> {
    match scalar {
        Scalar::Text(text) => Some(Found::Text(text.clone())),
        Scalar::Number(number) => Some(Found::Number(*number)),
        Scalar::Bool(truth) => Some(Found::Bool(*truth)),
        Scalar::Time(at) => Some(Found::Time(*at)),
        Scalar::AnyCase(inner) => match value(inner, feature)? {
            Found::Text(text) => Some(Found::Text(text.to_lowercase())),
            other => Some(other),
        },
        Scalar::Property(name) => match property(feature, name)? {
            Value::String(text) => Some(Found::Text(text.clone())),
            Value::Number(number) => number.as_f64().map(Found::Number),
            Value::Bool(truth) => Some(Found::Bool(*truth)),
            _ => None,
        },
    }
}

/// `None` for values of kinds that cannot be compared.
fn compare(comparison: Comparison, a: &Found, b: &Found) -> Option<bool> {
    let order = match (a, b) {
        (Found::Text(a), Found::Text(b)) => a.cmp(b),
        (Found::Number(a), Found::Number(b)) => a.partial_cmp(b)?,
        (Found::Bool(a), Found::Bool(b)) => a.cmp(b),
        (Found::Time(a), Found::Time(b)) => in_time(a, b),
        (Found::Text(text), Found::Time(b)) => in_time(&Interval::parse(text)?, b),
        (Found::Time(a), Found::Text(text)) => in_time(a, &Interval::parse(text)?),
        _ => return None,
    };
    Some(match comparison {
        Comparison::Equal => order == Ordering::Equal,
        Comparison::NotEqual => order != Ordering::Equal,
        Comparison::Less => order == Ordering::Less,
        Comparison::LessOrEqual => order != Ordering::Greater,
        Comparison::Greater => order == Ordering::Greater,
        Comparison::GreaterOrEqual => order != Ordering::Less,
    })
}

/// An instant within a day is that day.
fn in_time(a: &Interval, b: &Interval) -> Ordering {
    if a.meets(b) { Ordering::Equal } else { a.from.cmp(&b.from) }
}

fn span(span: &Span, feature: &Value) -> Option<Interval> {
    match span {
        Span::Given(interval) => Some(*interval),
        Span::Property(name) => Interval::parse(property(feature, name)?.as_str()?),
        Span::Between(from, to) => {
            let from = end(from, feature, UnixMs::MIN, |interval| interval.from)?;
            let to = end(to, feature, UnixMs::MAX, |interval| interval.to)?;
            (from <= to).then_some(Interval { from, to })
        }
    }
}

/// An end that a feature does not have is open.
fn end(end: &SpanEnd, feature: &Value, open: UnixMs, side: fn(Interval) -> UnixMs) -> Option<UnixMs> {
    match end {
        SpanEnd::Open => Some(open),
        SpanEnd::At(at) => Some(*at),
        SpanEnd::Property(name) => match property(feature, name) {
            None => Some(open),
            Some(value) => value.as_str().and_then(Interval::parse).map(side),
        },
    }
}

/// A step of a pattern.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    Run,
    Any,
    One(char),
}

/// Whether a text looks like a pattern: two positions and the last run to come back to, so that no pattern is slow. Cost: the
/// product of both lengths at worst.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut steps = Vec::new();
    let mut letters = pattern.chars();
    while let Some(c) = letters.next() {
        steps.push(match c {
            '%' => Step::Run,
            '_' => Step::Any,
            '\\' => Step::One(letters.next().unwrap_or('\\')),
            c => Step::One(c),
        });
    }
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut step, mut back) = (0, 0, None);
    while at < text.len() {
        match steps.get(step) {
            Some(Step::Run) => {
                back = Some((step, at));
                step += 1;
            }
            Some(Step::Any) => (at, step) = (at + 1, step + 1),
            Some(Step::One(c)) if *c == text[at] => (at, step) = (at + 1, step + 1),
            _ => match back {
                Some((run, begin)) => {
                    back = Some((run, begin + 1));
                    (at, step) = (begin + 1, run + 1);
                }
                None => return false,
            },
        }
    }
    steps[step..].iter().all(|step| *step == Step::Run)
}
