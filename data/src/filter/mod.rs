//! What somebody asks of features, as a typed tree: CQL2 (OGC 21-065r2, Common Query Language 1.0) as text and as JSON.
//!
//! A filter is parsed once into a [`Filter`], bounded in length and depth, and evaluated on features in memory, whichever store
//! they come from. It never becomes a piece of another language: there is nothing to inject into. Logic has three values, as
//! the standard says: what asks about something that a feature does not have is neither true nor false, and does not match.

mod eval;
mod json;
mod lexer;
mod literal;
mod text;
mod time;
mod wkt;

pub(crate) use eval::{geometry, property};
pub use time::Interval;

use crate::crs::Crs;
use cordon_spatial::units::UnixMs;
use geo::Geometry;

/// Longest filter, bytes.
pub const MAX_BYTES: usize = 16 * 1024;
/// Deepest nesting of a filter.
pub const MAX_DEPTH: usize = 32;
/// Most predicates, operands and list entries of a filter.
pub const MAX_NODES: usize = 1_000;

/// Which of its two spellings a filter is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// `kind = 'hazard' AND level IN ('red', 'orange')`
    Text,
    /// `{"op": "=", "args": [{"property": "kind"}, "hazard"]}`
    Json,
}

/// Why a filter cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct FilterError {
    /// What is wrong, and what was expected.
    pub what: String,
    /// The piece of the filter that is meant.
    pub value: String,
}

impl FilterError {
    fn new(value: impl Into<String>, what: impl Into<String>) -> FilterError {
        FilterError { what: what.into(), value: value.into() }
    }
}

/// A condition on a feature.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// All of them.
    And(Vec<Filter>),
    /// At least one of them.
    Or(Vec<Filter>),
    /// Not this one.
    Not(Box<Filter>),
    /// Two values compared.
    Compare(Comparison, Scalar, Scalar),
    /// A text that looks like a pattern: `%` any run of characters, `_` any one, `\` takes the next as it is.
    Like(Scalar, Scalar),
    /// A value from a least to a greatest one, both included.
    Between(Scalar, Scalar, Scalar),
    /// A value that is one of these.
    In(Scalar, Vec<Scalar>),
    /// A property that is absent or null.
    IsNull(String),
    /// Two places.
    Spatial(SpatialRelation, Place, Place),
    /// Two times.
    Temporal(TemporalRelation, Span, Span),
    /// Always so, or never.
    Truth(bool),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// A value with one dimension.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// Whatever the feature has under this name.
    Property(String),
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// True or false.
    Bool(bool),
    /// A date or an instant.
    Time(Interval),
    /// A text whatever its letters' case.
    AnyCase(Box<Scalar>),
}

/// A geometry, in degrees with longitude first.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// The feature's own.
    Own,
    /// One that is given.
    Given(Box<Geometry<f64>>),
}

/// A span of time.
#[derive(Clone, Debug, PartialEq)]
pub enum Span {
    /// What the feature has under this name.
    Property(String),
    /// One that is given.
    Given(Interval),
    /// From one end to another.
    Between(SpanEnd, SpanEnd),
}

/// An end of a span.
#[derive(Clone, Debug, PartialEq)]
pub enum SpanEnd {
    /// Without end.
    Open,
    /// What the feature has under this name.
    Property(String),
    /// Given.
    At(UnixMs),
}

/// How two geometries lie to each other (OGC 06-103r4 §6.1.2.3, DE-9IM).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpatialRelation {
    /// `S_CONTAINS`
    Contains,
    /// `S_CROSSES`
    Crosses,
    /// `S_DISJOINT`
    Disjoint,
    /// `S_EQUALS`
    Equals,
    /// `S_INTERSECTS`
    Intersects,
    /// `S_OVERLAPS`
    Overlaps,
    /// `S_TOUCHES`
    Touches,
    /// `S_WITHIN`
    Within,
}

/// How two spans of time lie to each other (Allen 1983; OGC 21-065r2 §7.9.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemporalRelation {
    /// `T_AFTER`
    After,
    /// `T_BEFORE`
    Before,
    /// `T_CONTAINS`
    Contains,
    /// `T_DISJOINT`
    Disjoint,
    /// `T_DURING`
    During,
    /// `T_EQUALS`
    Equals,
    /// `T_FINISHEDBY`
    FinishedBy,
    /// `T_FINISHES`
    Finishes,
    /// `T_INTERSECTS`
    Intersects,
    /// `T_MEETS`
    Meets,
    /// `T_METBY`
    MetBy,
    /// `T_OVERLAPPEDBY`
    OverlappedBy,
    /// `T_OVERLAPS`
    Overlaps,
    /// `T_STARTEDBY`
    StartedBy,
    /// `T_STARTS`
    Starts,
}

/// Names of both spellings; capitals do not matter.
const SPATIAL: [(&str, SpatialRelation); 8] = [
    ("s_contains", SpatialRelation::Contains),
    ("s_crosses", SpatialRelation::Crosses),
    ("s_disjoint", SpatialRelation::Disjoint),
    ("s_equals", SpatialRelation::Equals),
    ("s_intersects", SpatialRelation::Intersects),
    ("s_overlaps", SpatialRelation::Overlaps),
    ("s_touches", SpatialRelation::Touches),
    ("s_within", SpatialRelation::Within),
];

const TEMPORAL: [(&str, TemporalRelation); 15] = [
    ("t_after", TemporalRelation::After),
    ("t_before", TemporalRelation::Before),
    ("t_contains", TemporalRelation::Contains),
    ("t_disjoint", TemporalRelation::Disjoint),
    ("t_during", TemporalRelation::During),
    ("t_equals", TemporalRelation::Equals),
    ("t_finishedby", TemporalRelation::FinishedBy),
    ("t_finishes", TemporalRelation::Finishes),
    ("t_intersects", TemporalRelation::Intersects),
    ("t_meets", TemporalRelation::Meets),
    ("t_metby", TemporalRelation::MetBy),
    ("t_overlappedby", TemporalRelation::OverlappedBy),
    ("t_overlaps", TemporalRelation::Overlaps),
    ("t_startedby", TemporalRelation::StartedBy),
    ("t_starts", TemporalRelation::Starts),
];

const COMPARISONS: [(&str, Comparison); 6] = [
    ("=", Comparison::Equal),
    ("<>", Comparison::NotEqual),
    ("<", Comparison::Less),
    ("<=", Comparison::LessOrEqual),
    (">", Comparison::Greater),
    (">=", Comparison::GreaterOrEqual),
];

fn named<T: Copy>(names: &[(&str, T)], name: &str) -> Option<T> {
    names.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, meaning)| *meaning)
}

impl Filter {
    /// Reads a filter; places in it are in `crs`. Errors name the piece that is wrong and what was expected there.
    pub fn parse(text: &str, language: Language, crs: Crs) -> Result<Filter, FilterError> {
        if text.len() > MAX_BYTES {
            let what = format!("a filter has at most {MAX_BYTES} bytes, this one has {}", text.len());
            return Err(FilterError::new(text.chars().take(40).collect::<String>(), what));
        }
        match language {
            Language::Text => text::parse(text, crs),
            Language::Json => json::parse(text, crs),
        }
    }

    /// The names of the properties that it asks about.
    pub fn properties(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.gather(&mut names);
        names
    }

    fn gather<'a>(&'a self, names: &mut Vec<&'a str>) {
        let end = |end: &'a SpanEnd| match end {
            SpanEnd::Property(name) => Some(name.as_str()),
            _ => None,
        };
        match self {
            Filter::And(all) | Filter::Or(all) => all.iter().for_each(|one| one.gather(names)),
            Filter::Not(one) => one.gather(names),
            Filter::Compare(_, a, b) | Filter::Like(a, b) => {
                names.extend([a, b].into_iter().filter_map(Scalar::property))
            }
            Filter::Between(a, b, c) => names.extend([a, b, c].into_iter().filter_map(Scalar::property)),
            Filter::In(a, list) => names.extend(std::iter::once(a).chain(list).filter_map(Scalar::property)),
            Filter::IsNull(name) => names.push(name),
            Filter::Temporal(_, a, b) => {
                for span in [a, b] {
                    match span {
                        Span::Property(name) => names.push(name),
                        Span::Between(from, to) => names.extend([from, to].into_iter().filter_map(end)),
                        Span::Given(_) => {}
                    }
                }
            }
            Filter::Spatial(..) | Filter::Truth(_) => {}
        }
    }
}

impl Scalar {
    fn property(&self) -> Option<&str> {
        match self {
            Scalar::Property(name) => Some(name),
            Scalar::AnyCase(inner) => inner.property(),
            _ => None,
        }
    }
}

/// How much of a filter may still come.
#[derive(Clone, Copy, Debug)]
struct Room {
    nodes: usize,
}

impl Room {
    fn new() -> Room {
        Room { nodes: MAX_NODES }
    }

    fn take(&mut self, value: &str) -> Result<(), FilterError> {
        self.nodes = self.nodes.checked_sub(1).ok_or_else(|| {
            FilterError::new(value, format!("a filter has at most {MAX_NODES} predicates, operands and list entries"))
        })?;
        Ok(())
    }
}

fn deeper(depth: usize, value: &str) -> Result<usize, FilterError> {
    if depth >= MAX_DEPTH {
        return Err(FilterError::new(value, format!("a filter is nested at most {MAX_DEPTH} deep")));
    }
    Ok(depth + 1)
}

#[cfg(test)]
mod tests;
