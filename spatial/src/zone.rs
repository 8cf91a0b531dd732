//! Zones and their rules: what a person draws, checked once, ready to judge.
//!
//! A zone's geometry arrives as polygon, multipolygon, circle or corridor and is made into rings of exact integer
//! vertices here; those rings are what is judged and shown. Everything that could be wrong with it is refused here.

use crate::calendar::{Schedule, UtcOffset, Window};
use crate::event::RuleRef;
use crate::exemption::ExemptionKind;
use crate::ids::{Revision, RuleId, ZoneKey};
use crate::position::Position;
use crate::units::{DeciKph, UnixMs};
use crate::vehicle::{Vehicle, VehicleClass};
use serde::{Deserialize, Serialize};

/// What a zone is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneKind {
    /// Danger from a hazard source.
    Hazard,
    /// Entry only for some.
    Restricted,
    /// Entry for nobody without a pass.
    Closed,
    /// Passing allowed, stopping not.
    NoStop,
    /// A speed limit.
    Speed,
    /// A parking place.
    Parking,
    /// To be left.
    Evacuation,
    /// Where forces gather.
    Staging,
}

/// Risk level, red highest (红橙黄蓝: I, II, III, IV).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskLevel {
    /// I, 重大.
    Red,
    /// II, 较大.
    Orange,
    /// III, 一般.
    Yellow,
    /// IV, 低.
    Blue,
}

/// What a rule watches for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleWhen {
    /// Coming in.
    Enter,
    /// Going out.
    Exit,
    /// A whole visit: in and out again.
    Cross,
    /// Staying longer than a limit.
    Dwell {
        /// Seconds, at least 1.
        limit_s: u32,
    },
    /// Driving faster than a limit. A day and a night limit are two rules with a window each, limits by vehicle class are
    /// rules with subjects; where several are broken, each says so.
    Speed {
        /// Fastest allowed.
        limit: DeciKph,
    },
    /// Being elsewhere, while the rule is watched and the zone is in force.
    MustBeInside,
    /// More vehicles inside at once than a limit, counting those that the rule is about. Its subject is the zone.
    Count {
        /// Most vehicles allowed, at least 1.
        limit_n: u32,
    },
}

/// Which vehicles a rule is about: each given list must match (an empty list is not given).
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Subjects {
    /// Any of these classes.
    pub classes: Vec<VehicleClass>,
    /// Any of these goods classes.
    pub goods: Vec<String>,
    /// Any of these companies.
    pub companies: Vec<String>,
    /// Any of these tags.
    pub tags: Vec<String>,
}

impl Subjects {
    /// Whether no list is given.
    pub fn is_empty(&self) -> bool {
        self.classes.is_empty() && self.goods.is_empty() && self.companies.is_empty() && self.tags.is_empty()
    }

    /// Whether every given list names the vehicle; true when none is given.
    pub fn matches(&self, vehicle: &Vehicle) -> bool {
        (self.classes.is_empty() || self.classes.contains(&vehicle.class))
            && (self.goods.is_empty() || vehicle.goods_class.as_ref().is_some_and(|g| self.goods.contains(g)))
            && (self.companies.is_empty() || vehicle.company.as_ref().is_some_and(|c| self.companies.contains(c)))
            && (self.tags.is_empty() || vehicle.tags.iter().any(|t| self.tags.contains(t)))
    }
}

/// One rule of a zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Unique in its zone.
    pub id: RuleId,
    /// Moves only when the rule or the zone's geometry, validity or schedule changes, never when it is renamed.
    pub revision: Revision,
    /// What it watches for.
    pub when: RuleWhen,
    /// Whom it is about; empty = everybody.
    pub subjects: Subjects,
    /// Whom it leaves out; empty = nobody.
    pub except: Subjects,
    /// Alarm priority, 1 (highest) to 4.
    pub priority: u8,
    /// Watched only in it; `None` = at any time.
    pub window: Option<Window>,
    /// Whoever holds an exemption of one of these kinds that is in force is left alone; empty = nobody.
    pub exempt: Vec<ExemptionKind>,
    /// How long its condition must hold before it is told, seconds, at most a day; 0 = at once.
    pub on_delay_s: u32,
    /// How long its condition must have ended before that is told, seconds, at most a day; 0 = at once.
    pub off_delay_s: u32,
}

impl Rule {
    /// A rule about everybody at any time, without exemptions and delays, in its first revision.
    pub fn new(id: RuleId, when: RuleWhen, priority: u8) -> Rule {
        Rule {
            id,
            revision: Revision(1),
            when,
            subjects: Subjects::default(),
            except: Subjects::default(),
            priority,
            window: None,
            exempt: Vec::new(),
            on_delay_s: 0,
            off_delay_s: 0,
        }
    }

    /// Whether both judge alike: they agree in everything but their revision.
    pub fn judges_like(&self, other: &Rule) -> bool {
        Rule { revision: other.revision, ..self.clone() } == *other
    }

    /// How its events name it.
    pub fn reference(&self) -> RuleRef {
        RuleRef {
            id: self.id.clone(),
            revision: self.revision,
            priority: self.priority,
            on_delay_s: self.on_delay_s,
            off_delay_s: self.off_delay_s,
        }
    }

    /// Whether it is watched at some times only, or leaves out whoever is exempt.
    pub fn is_timed(&self) -> bool {
        self.window.is_some() || !self.exempt.is_empty()
    }

    /// Whether it is watched at an instant.
    pub fn is_watched(&self, at: UnixMs, offset: UtcOffset) -> bool {
        self.window.is_none_or(|window| window.is_open(at, offset))
    }

    /// The first instant after `at` at which its watch begins or ends; `None` when it is watched at any time.
    pub fn next_change(&self, at: UnixMs, offset: UtcOffset) -> Option<UnixMs> {
        self.window?.next_change(at, offset)
    }

    /// Whether the rule is about this vehicle.
    pub fn concerns(&self, vehicle: &Vehicle) -> bool {
        self.subjects.matches(vehicle) && (self.except.is_empty() || !self.except.matches(vehicle))
    }
}

/// One closed line of exact vertices; the last vertex is not repeated.
pub type Ring = Vec<Position>;

/// The ground that a zone covers: rings under the even-odd rule; the boundary belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ground {
    /// Parts; each a shell and its holes.
    pub parts: Vec<Vec<Ring>>,
}

/// One revision of a zone, checked and ready to judge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// Its key.
    pub key: ZoneKey,
    /// The feature's revision.
    pub revision: Revision,
    /// What it is for.
    pub kind: ZoneKind,
    /// Its risk level, if it has one.
    pub level: Option<RiskLevel>,
    /// What it covers.
    pub ground: Ground,
    /// Its validity by its own dates, from inclusive.
    pub valid_from: Option<UnixMs>,
    /// Its validity by its own dates, to exclusive.
    pub valid_to: Option<UnixMs>,
    /// When it is open within its validity.
    pub schedule: Schedule,
    /// Its rules.
    pub rules: Vec<Rule>,
}

impl Zone {
    /// A zone that is always in force, without a level and rules, in its first revision.
    pub fn new(key: ZoneKey, kind: ZoneKind, ground: Ground) -> Zone {
        Zone {
            key,
            revision: Revision(1),
            kind,
            level: None,
            ground,
            valid_from: None,
            valid_to: None,
            schedule: Schedule::always(),
            rules: Vec::new(),
        }
    }

    /// Whether its dates and its schedule have it in force at an instant.
    pub fn is_in_force(&self, at: UnixMs, offset: UtcOffset) -> bool {
        self.is_valid(at) && self.schedule.is_open(at, offset)
    }

    /// The first instant after `at` at which its dates or its schedule bring it into force or out of it; `None` when
    /// there is none.
    pub fn next_change(&self, at: UnixMs, offset: UtcOffset) -> Option<UnixMs> {
        let mut at = at;
        if let Some(from) = self.valid_from.filter(|from| at < *from) {
            if self.valid_to.is_some_and(|to| to <= from) {
                return None;
            }
            if self.schedule.is_open(from, offset) {
                return Some(from);
            }
            at = from;
        }
        let Some(to) = self.valid_to else { return self.schedule.next_change(at, offset) };
        if to <= at {
            return None;
        }
        match self.schedule.next_change(at, offset) {
            Some(change) if change < to => Some(change),
            // The end of its validity is a change only for a zone that is open until then.
            _ => self.schedule.is_open(at, offset).then_some(to),
        }
    }

    fn is_valid(&self, at: UnixMs) -> bool {
        self.valid_from.is_none_or(|from| from <= at) && self.valid_to.is_none_or(|to| at < to)
    }
}

/// A box of positions, both ends included, in 1e-7 degree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Smallest longitude.
    pub west: i32,
    /// Smallest latitude.
    pub south: i32,
    /// Largest longitude.
    pub east: i32,
    /// Largest latitude.
    pub north: i32,
}

impl Bounds {
    /// Whether it holds a position, its border included.
    pub fn holds(&self, p: Position) -> bool {
        (self.west..=self.east).contains(&p.lon_e7) && (self.south..=self.north).contains(&p.lat_e7)
    }

    /// The box with a margin of some units around it; it ends where positions end.
    pub fn wider(&self, lon: i32, lat: i32) -> Bounds {
        Bounds {
            west: self.west.saturating_sub(lon),
            south: self.south.saturating_sub(lat),
            east: self.east.saturating_add(lon),
            north: self.north.saturating_add(lat),
        }
    }
}

impl Ground {
    /// All rings of all parts: under the even-odd rule, parts need no telling apart.
    pub fn rings(&self) -> impl Iterator<Item = &Ring> {
        self.parts.iter().flatten()
    }

    /// The box around it; `None` when it has no vertex.
    pub fn bounds(&self) -> Option<Bounds> {
        let mut vertices = self.rings().flatten();
        let first = vertices.next()?;
        let start = Bounds { west: first.lon_e7, south: first.lat_e7, east: first.lon_e7, north: first.lat_e7 };
        Some(vertices.fold(start, |b, v| Bounds {
            west: b.west.min(v.lon_e7),
            south: b.south.min(v.lat_e7),
            east: b.east.max(v.lon_e7),
            north: b.north.max(v.lat_e7),
        }))
    }

    /// Whether it covers a position, its boundary included: every edge is looked at.
    pub fn covers(&self, p: Position) -> bool {
        crate::shape::covers(self.rings(), p)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Weekdays;
    use crate::units::SpanMs;
    use proptest::prelude::*;

    /// Monday 2026-11-23 00:00 at +08:00.
    const MONDAY: UnixMs = UnixMs(1_795_363_200_000);
    const HOUR: i64 = 3_600;

    fn hours(h: i64) -> UnixMs {
        MONDAY + SpanMs::seconds(h * HOUR)
    }

    fn window(days: &[u8], from: &str, to: &str) -> Window {
        let (from, to) = (from.parse().expect("a time"), to.parse().expect("a time"));
        Window::new(Weekdays::of(days).expect("days"), from, to).expect("a window")
    }

    fn zone(valid_from: Option<UnixMs>, valid_to: Option<UnixMs>, windows: Vec<Window>) -> Zone {
        let ground = Ground { parts: Vec::new() };
        Zone { valid_from, valid_to, schedule: windows.into(), ..Zone::new(ZoneKey(1), ZoneKind::Closed, ground) }
    }

    #[test]
    fn a_zone_is_in_force_within_its_dates_and_its_schedule() {
        let by_day = || vec![window(&[1, 2], "08:00", "18:00")];
        let offset = UtcOffset::default();
        let changes = |zone: Zone| {
            let mut at = hours(-1_000);
            let next = std::iter::from_fn(move || {
                at = zone.next_change(at, offset)?;
                Some(((at - MONDAY).0 / 1_000 / HOUR, zone.is_in_force(at, offset)))
            });
            next.take(4).collect::<Vec<_>>()
        };
        assert_eq!(changes(zone(None, None, Vec::new())), []);
        assert_eq!(changes(zone(Some(hours(5)), None, Vec::new())), [(5, true)]);
        assert_eq!(changes(zone(None, Some(hours(5)), Vec::new())), [(5, false)]);
        assert_eq!(changes(zone(Some(hours(5)), Some(hours(9)), Vec::new())), [(5, true), (9, false)]);
        let opened = zone(Some(hours(10)), Some(hours(40)), by_day());
        assert_eq!(changes(opened), [(10, true), (18, false), (32, true), (40, false)]);
        assert_eq!(changes(zone(Some(hours(5)), Some(hours(20)), by_day())), [(8, true), (18, false)]);
        assert_eq!(changes(zone(Some(hours(5)), Some(hours(18)), by_day())), [(8, true), (18, false)]);
        assert_eq!(changes(zone(Some(hours(5)), Some(hours(7)), by_day())), [], "closed for all of its validity");
        assert_eq!(changes(zone(Some(hours(9)), Some(hours(4)), Vec::new())), [], "never in force");
    }

    proptest! {
        #[test]
        fn a_zone_changes_where_it_says(from in proptest::option::of(0..400i64), to in proptest::option::of(0..400i64), days in 1u8..=127, start in 0..24i64, length in 1..24i64, scheduled: bool, at in -50..450i64) {
            let clock = |hour: i64| format!("{:02}:00", hour % 24);
            let days: Vec<u8> = (1..=7).filter(|day| days & 1 << (day - 1) != 0).collect();
            let windows = if scheduled { vec![window(&days, &clock(start), &clock(start + length))] } else { Vec::new() };
            let zone = zone(from.map(hours), to.map(hours), windows);
            let offset = UtcOffset::default();
            let now = zone.is_in_force(hours(at), offset);
            let first = (at + 1..at + 700).find(|h| zone.is_in_force(hours(*h), offset) != now);
            prop_assert_eq!(zone.next_change(hours(at), offset), first.map(hours));
        }
    }

    #[test]
    fn a_rule_is_watched_in_its_window() {
        let offset = UtcOffset::default();
        let id = || RuleId::new("night").expect("an id");
        let limit = DeciKph(400);
        let always = Rule::new(id(), RuleWhen::Speed { limit }, 2);
        let night = Rule { window: Some(window(&[1], "22:00", "06:00")), ..always.clone() };
        assert!(always.is_watched(hours(0), offset));
        assert_eq!(always.next_change(hours(0), offset), None);
        assert!(!night.is_watched(hours(21), offset) && night.is_watched(hours(23), offset));
        assert!(night.is_watched(hours(29), offset) && !night.is_watched(hours(30), offset));
        assert_eq!(night.next_change(hours(0), offset), Some(hours(22)));
    }

    #[test]
    fn rules_judge_alike_whatever_their_revision() {
        let rule = Rule::new(RuleId::new("a").expect("an id"), RuleWhen::Enter, 2);
        let later = Rule { revision: Revision(9), ..rule.clone() };
        assert!(rule.judges_like(&later));
        let pass = ExemptionKind::new("pass").expect("a kind");
        let changed = [
            Rule { window: Some(window(&[1], "08:00", "18:00")), ..rule.clone() },
            Rule { exempt: vec![pass], ..rule.clone() },
            Rule { on_delay_s: 1, ..rule.clone() },
            Rule { off_delay_s: 1, ..rule.clone() },
            Rule { when: RuleWhen::MustBeInside, ..rule.clone() },
            Rule { priority: 1, ..rule.clone() },
        ];
        assert!(changed.iter().all(|other| !rule.judges_like(other)));
    }
}
