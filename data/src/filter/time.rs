//! Times in filters: dates, instants and intervals as half-open or closed spans of milliseconds.

use super::TemporalRelation;
use cordon_spatial::units::UnixMs;

/// A span of time, both ends included; an instant has equal ends, a day reaches to its last millisecond, what is open ends at
/// the ends of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Its first millisecond.
    pub from: UnixMs,
    /// Its last.
    pub to: UnixMs,
}

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

impl Interval {
    /// The span of all time.
    pub const ALL: Interval = Interval { from: UnixMs::MIN, to: UnixMs::MAX };

    /// A date (`2026-11-27`, a day in UTC) or an instant by RFC 3339.
    pub fn parse(text: &str) -> Option<Interval> {
        if text.len() == "2026-11-27".len() {
            let begin = format!("{text}T00:00:00Z").parse::<jiff::Timestamp>().ok()?.as_millisecond();
            return Some(Interval { from: UnixMs(begin), to: UnixMs(begin + DAY_MS - 1) });
        }
        let at = UnixMs(text.parse::<jiff::Timestamp>().ok()?.as_millisecond());
        Some(Interval { from: at, to: at })
    }

    /// An interval of OGC API: an instant, `from/to`, or one with an open end (`..` or nothing).
    pub fn parse_span(text: &str) -> Option<Interval> {
        let Some((from, to)) = text.split_once('/') else { return Interval::parse(text) };
        let is_open = |end: &str| end.is_empty() || end == "..";
        let from = if is_open(from) { UnixMs::MIN } else { Interval::parse(from)?.from };
        let to = if is_open(to) { UnixMs::MAX } else { Interval::parse(to)?.to };
        (from <= to).then_some(Interval { from, to })
    }

    /// Whether both have a moment in common.
    pub fn meets(&self, other: &Interval) -> bool {
        self.from <= other.to && other.from <= self.to
    }

    /// Whether the relation holds from this span to the other.
    pub(super) fn relates(&self, relation: TemporalRelation, other: &Interval) -> bool {
        use TemporalRelation as R;
        let (a, b) = (self, other);
        match relation {
            R::After => a.from > b.to,
            R::Before => a.to < b.from,
            R::Contains => a.from < b.from && a.to > b.to,
            R::Disjoint => !a.meets(b),
            R::During => a.from > b.from && a.to < b.to,
            R::Equals => a == b,
            R::FinishedBy => a.from < b.from && a.to == b.to,
            R::Finishes => a.from > b.from && a.to == b.to,
            R::Intersects => a.meets(b),
            R::Meets => a.to == b.from,
            R::MetBy => a.from == b.to,
            R::OverlappedBy => b.from < a.from && a.from < b.to && b.to < a.to,
            R::Overlaps => a.from < b.from && b.from < a.to && a.to < b.to,
            R::StartedBy => a.from == b.from && a.to > b.to,
            R::Starts => a.from == b.from && a.to < b.to,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_days_and_ends_may_be_open() {
        let day = Interval::parse("1970-01-02").expect("a date");
        assert_eq!((day.from, day.to), (UnixMs(DAY_MS), UnixMs(2 * DAY_MS - 1)));
        let open = Interval::parse_span("../1970-01-02").expect("an interval");
        assert_eq!((open.from, open.to), (UnixMs::MIN, day.to));
        assert_eq!(Interval::parse_span("1970-01-02T08:00:00+08:00/").map(|i| i.from), Some(day.from));
        for wrong in ["yesterday", "1970-13-01", "1970-01-03/1970-01-02", "1970-01-02T00:00:00", "a/b"] {
            assert_eq!(Interval::parse_span(wrong), None, "{wrong}");
        }
    }
}
