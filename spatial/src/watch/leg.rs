//! The way from one judged fix to the next, and how one zone sees it.
//!
//! Raw crossings flip a visit's phase; depth and distance at the new fix decide what is certain. Everything here is a
//! function of the visit before, the leg and the zone.

use super::emit::{Emitter, Found};
use super::settings::Settings;
use super::state::{Open, Phase};
use super::visits::{Edge, EdgeKind, Visit};
use crate::event::{Certainty, EventKind, FixRef};
use crate::fix::Fix;
use crate::geodesy::{LocalScale, distance};
use crate::index::{CellIndex, Hit, Slot};
use crate::onemap::ZoneInForce;
use crate::position::Position;
use crate::units::{DeciKph, Millimetres, SpanMs, UnixMs};
use crate::zone::RuleWhen;

/// A way between two judged fixes; positions are the judged ones.
#[derive(Clone, Copy, Debug)]
pub struct Leg {
    /// Where it starts.
    pub before: Fix,
    /// Where it ends.
    pub after: Fix,
    /// As reported, for evidence.
    pub before_ref: FixRef,
    /// As reported, for evidence.
    pub after_ref: FixRef,
    /// False after a gap or a jump.
    pub path_known: bool,
}

impl Leg {
    /// The accuracy taken for its last fix.
    pub fn accuracy(&self, settings: &Settings) -> Millimetres {
        accuracy(&self.after, settings)
    }

    /// An edge where the path meets a boundary.
    pub fn edge_at(&self, hit: &Hit) -> Edge {
        let part = |from: i64, to: i64| match (to - from).checked_mul(hit.numerator) {
            Some(whole) => from + whole.div_euclid(hit.denominator),
            None => {
                let whole = i128::from(to - from) * i128::from(hit.numerator);
                from + whole.div_euclid(i128::from(hit.denominator)) as i64
            }
        };
        let at = UnixMs(part(self.before.fixed_at.0, self.after.fixed_at.0));
        let (a, b) = (self.before.position, self.after.position);
        let position = Position {
            lon_e7: part(a.lon_e7.into(), b.lon_e7.into()) as i32,
            lat_e7: part(a.lat_e7.into(), b.lat_e7.into()) as i32,
        };
        self.edge(at, position, EdgeKind::Crossed)
    }

    /// An edge at its last fix, whose way is not known.
    pub fn edge_after_gap(&self) -> Edge {
        self.edge(self.after.fixed_at, self.after.position, EdgeKind::AfterGap)
    }

    /// An edge at one of its ends, for a boundary that holds that end.
    pub fn edge_at_end(&self, coming_in: bool) -> Edge {
        let end = if coming_in { &self.after } else { &self.before };
        self.edge(end.fixed_at, end.position, EdgeKind::Crossed)
    }

    fn edge(&self, at: UnixMs, position: Position, kind: EdgeKind) -> Edge {
        let certainty = if kind == EdgeKind::AfterGap { Certainty::Unknown } else { Certainty::Uncertain };
        Edge {
            at,
            position,
            before: Some(self.before_ref),
            after: self.after_ref,
            segment: (self.before.position, self.after.position),
            kind,
            certainty,
            margin: Millimetres(0),
        }
    }

    /// The speed at its last fix: as reported, else from the distance.
    fn speed(&self) -> Option<DeciKph> {
        self.after.speed.or_else(|| {
            let span = self.after.fixed_at - self.before.fixed_at;
            (self.path_known && span.0 > 0).then(|| implied_speed(self.before.position, self.after.position, span))?
        })
    }
}

/// The accuracy taken for a fix.
pub fn accuracy(fix: &Fix, settings: &Settings) -> Millimetres {
    let stated = fix.accuracy_dm.filter(|&dm| dm > 0).map(|dm| Millimetres(i64::from(dm) * 100));
    stated.unwrap_or(settings.default_accuracy).min(settings.max_accuracy)
}

/// The speed of a straight way, rounded down; `None` over 6,553.5 km/h.
pub fn implied_speed(a: Position, b: Position, span: SpanMs) -> Option<DeciKph> {
    let tenths = distance(a, b).0 * 36 / span.0.max(1);
    u16::try_from(tenths).ok().map(DeciKph)
}

/// One zone's view of a leg.
pub struct Passage<'a, 'b> {
    /// The grounds of all zones.
    pub index: &'a CellIndex,
    /// The law's figures.
    pub settings: &'a Settings,
    /// The revision that judges.
    pub entry: &'a ZoneInForce,
    /// Its number in the index.
    pub slot: Slot,
    /// The way.
    pub leg: &'a Leg,
    /// Where events go.
    pub emitter: &'a mut Emitter<'b>,
}

impl Passage<'_, '_> {
    /// Makes a visit what it is after the leg. `edges` are the raw crossings in order, starting from `inside_before`.
    pub fn go_on(&mut self, visit: &mut Option<Visit>, inside_before: bool, edges: impl IntoIterator<Item = Edge>) {
        let mut inside = inside_before;
        // The way out that the leg found, as long as nothing came of it: the visit says that it is inside.
        let mut out: Option<Edge> = None;
        for edge in edges {
            inside = !inside;
            match inside {
                true => self.come_in(visit, &mut out, edge),
                false if visit.is_none() => return,
                false => self.go_out(visit, &mut out, edge),
            }
        }
        self.settle(visit, out);
    }

    fn come_in(&mut self, visit: &mut Option<Visit>, out: &mut Option<Edge>, edge: Edge) {
        let Some(known) = visit else {
            *visit = Some(self.entering(edge));
            return;
        };
        let went = match (out.take(), &known.phase) {
            (Some(out), _) => out,
            (None, Phase::Leaving { edge }) => Edge::clone(edge),
            (None, _) => return,
        };
        // Between two crossings of one leg the path may have gone far outside a hollow of the zone.
        let same_leg = went.segment == edge.segment && went.kind == EdgeKind::Crossed;
        let need = self.exit_distance();
        let margin = if same_leg { self.margin(middle(went.position, edge.position), need) } else { Millimetres(0) };
        if margin < need {
            known.phase = Phase::Inside;
            return;
        }
        self.close(known, Edge { margin, ..went }, Certainty::Certain, None);
        *visit = Some(self.entering(edge));
    }

    fn entering(&self, edge: Edge) -> Visit {
        Visit {
            zone: self.entry.key.0,
            slot: self.slot,
            calm: false,
            steady_from: UnixMs::MAX,
            phase: Phase::Entering { since: self.leg.after.fixed_at },
            entered: edge,
            open: Open::new(),
        }
    }

    fn go_out(&mut self, visit: &mut Option<Visit>, out: &mut Option<Edge>, edge: Edge) {
        let Some(known) = visit else { return };
        let since = match known.phase {
            Phase::Leaving { .. } => return,
            Phase::Inside => {
                out.get_or_insert(edge);
                return;
            }
            Phase::Entering { since } => since,
        };
        let seen_inside = known.entered.segment != edge.segment;
        if seen_inside && edge.at - since >= self.settings.settle {
            self.confirm(known, Certainty::Uncertain, None);
            *out = Some(edge);
            return;
        }
        let certainty = if self.cuts_when_shifted(&known.entered, &edge) {
            Some(Certainty::Certain)
        } else {
            (edge.at - known.entered.at >= self.settings.settle).then_some(Certainty::Uncertain)
        };
        if let Some(certainty) = certainty {
            self.pass(known, edge, certainty);
        }
        *visit = None;
    }

    /// What the end of the leg says about an edge that is not certain yet.
    fn settle(&mut self, visit: &mut Option<Visit>, out: Option<Edge>) {
        let Some(known) = visit else { return };
        let place = self.leg.after.position;
        if let Phase::Entering { since } = known.phase {
            let need = self.enter_depth();
            let margin = self.margin(place, need);
            let second_fix = since < self.leg.after.fixed_at;
            known.entered.margin = margin;
            if margin >= need {
                self.confirm(known, Certainty::Certain, Some(need));
            } else if second_fix {
                self.confirm(known, Certainty::Uncertain, Some(need));
            }
        }
        let left = out.as_ref().or(match &known.phase {
            Phase::Leaving { edge } => Some(&**edge),
            _ => None,
        });
        if let Some(left) = left {
            let need = self.exit_distance();
            let margin = self.margin(place, need);
            if margin >= need {
                let left = Edge { margin, ..left.clone() };
                self.close(known, left, Certainty::Certain, Some(need));
                *visit = None;
                return;
            }
        }
        if let Some(edge) = out {
            known.phase = Phase::Leaving { edge: Box::new(edge) };
        }
        self.watch_time_and_speed(known);
    }

    /// Depth at which an enter is certain: the accuracy, or half of what a path can reach in a narrow zone.
    fn enter_depth(&self) -> Millimetres {
        self.leg.accuracy(self.settings).min(Millimetres(self.entry.reach.0 / 2))
    }

    fn exit_distance(&self) -> Millimetres {
        self.leg.accuracy(self.settings).max(self.settings.exit_hysteresis)
    }

    /// The distance of a place from the zone's boundary, at most `need`.
    fn margin(&self, place: Position, need: Millimetres) -> Millimetres {
        self.index.boundary_within(self.slot, place, Millimetres(need.0 - 1)).unwrap_or(need)
    }

    /// Whether the way from before the zone to after it, shifted sideways by the accuracy, to either side, still has a
    /// place in the zone. A dip from one side and back to it does not.
    fn cuts_when_shifted(&self, entered: &Edge, left: &Edge) -> bool {
        let by = self.leg.accuracy(self.settings);
        [by, Millimetres(-by.0)].into_iter().all(|by| {
            let (a, b) = shifted(entered.segment.0, left.segment.1, by);
            self.index.way_meets(self.slot, a, b)
        })
    }

    fn confirm(&mut self, visit: &mut Visit, certainty: Certainty, need: Option<Millimetres>) {
        if visit.entered.kind == EdgeKind::Crossed {
            visit.entered.certainty = certainty;
        }
        visit.phase = Phase::Inside;
        let kind = if visit.entered.kind == EdgeKind::AtStart { EventKind::InsideAtStart } else { EventKind::Enter };
        let found = Found::edge(kind, &visit.entered, self.thresholds(need));
        self.emitter.open_for(self.entry, |when| matches!(when, RuleWhen::Enter), visit, &found);
        self.emitter.count(self.entry, visit, &found);
    }

    fn close(&mut self, visit: &mut Visit, mut edge: Edge, certainty: Certainty, need: Option<Millimetres>) {
        if matches!(visit.phase, Phase::Entering { .. }) {
            self.confirm(visit, Certainty::Uncertain, None);
        }
        self.emitter.dwell(self.entry, visit, edge.at, &self.leg.before, Certainty::Certain);
        self.emitter.end_all(visit, edge.at);
        self.emitter.left.push((visit.zone, edge.at));
        if edge.kind == EdgeKind::Crossed {
            edge.certainty = certainty;
        }
        let thresholds = self.thresholds(need);
        let found = Found { ended_at: Some(edge.at), ..Found::edge(EventKind::Exit, &edge, thresholds) };
        self.emitter.open_for(self.entry, |when| matches!(when, RuleWhen::Exit), visit, &found);
        if self.entry.rules.iter().any(|rule| matches!(rule.when, RuleWhen::Cross)) {
            let found = Found { ended_at: Some(edge.at), ..Found::edge(EventKind::Cross, &visit.entered, thresholds) };
            self.emitter.open_for(self.entry, |when| matches!(when, RuleWhen::Cross), visit, &found);
        }
    }

    /// A visit that began and ended without a fix deep inside: one event, in place of enter and exit.
    fn pass(&mut self, visit: &mut Visit, edge: Edge, certainty: Certainty) {
        if visit.entered.kind == EdgeKind::Crossed {
            visit.entered.certainty = certainty;
        }
        let thresholds = self.thresholds(None);
        let found = Found { ended_at: Some(edge.at), ..Found::edge(EventKind::Cross, &visit.entered, thresholds) };
        let edge_rule = |when: &RuleWhen| matches!(when, RuleWhen::Enter | RuleWhen::Exit | RuleWhen::Cross);
        self.emitter.open_for_first(self.entry, edge_rule, visit, &found);
        self.emitter.dwell(self.entry, visit, edge.at, &self.leg.before, certainty);
        self.emitter.end_all(visit, edge.at);
    }

    fn watch_time_and_speed(&mut self, visit: &mut Visit) {
        let until = match &visit.phase {
            Phase::Entering { .. } => return,
            Phase::Inside => self.leg.after.fixed_at,
            Phase::Leaving { edge } => edge.at,
        };
        self.emitter.dwell(self.entry, visit, until, &self.leg.before, Certainty::Certain);
        if !self.entry.watches_inside || !matches!(visit.phase, Phase::Inside) {
            return;
        }
        if let Some(speed) = self.leg.speed() {
            self.emitter.speed(&self.entry.zone, visit, speed, self.leg);
        }
    }

    fn thresholds(&self, need: Option<Millimetres>) -> crate::event::Thresholds {
        crate::event::Thresholds {
            accuracy: Some(self.leg.accuracy(self.settings)),
            needed: need,
            ..crate::event::Thresholds::default()
        }
    }
}

fn middle(a: Position, b: Position) -> Position {
    Position {
        lon_e7: ((i64::from(a.lon_e7) + i64::from(b.lon_e7)) / 2) as i32,
        lat_e7: ((i64::from(a.lat_e7) + i64::from(b.lat_e7)) / 2) as i32,
    }
}

/// The segment moved to its left by a length (to its right when negative).
fn shifted(a: Position, b: Position, by: Millimetres) -> (Position, Position) {
    let scale = LocalScale::at(a.lat_e7);
    let x = (f64::from(b.lon_e7) - f64::from(a.lon_e7)) * scale.lon_mm;
    let y = (f64::from(b.lat_e7) - f64::from(a.lat_e7)) * scale.lat_mm;
    let length = libm::sqrt(x * x + y * y);
    if length == 0.0 {
        return (a, b);
    }
    let d_lon = (-y / length * by.0 as f64 / scale.lon_mm) as i32;
    let d_lat = (x / length * by.0 as f64 / scale.lat_mm) as i32;
    let moved =
        |p: Position| Position { lon_e7: p.lon_e7.saturating_add(d_lon), lat_e7: p.lat_e7.saturating_add(d_lat) };
    (moved(a), moved(b))
}
