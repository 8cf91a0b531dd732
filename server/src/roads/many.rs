//! Questions about many places at once: who is nearest, tables, what is reached in a time.

use super::approach::{self, Goal, RingPlaceJson};
use super::moment::{AskError, Asker, ClosedBy, Moment, Place, REACH};
use super::route::SnapJson;
use super::shapes::{AreaJson, LinesJson};
use cordon_spatial::position::Position;
use cordon_spatial::road::hierarchy::Buckets;
use cordon_spatial::road::{
    self, Approach, Metric, NEVER, Prepared, ReachedRoads, Ring, Scratch, Stop, StopError, View, area,
};
use cordon_spatial::units::UnixMs;
use serde::Serialize;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use utoipa::ToSchema;

/// So many starts of a table are worked on between two looks at the clock.
const ROWS: usize = 16;

/// What it costs to put a place into buckets: 13 us in a city of 75,000 junctions (`bench roads`), rounded up.
const PUTTING: Duration = Duration::from_micros(20);

/// Places with what they are on the roads, for as long as nothing changes.
pub struct Gathered {
    prepared: Prepared,
    /// How long the nearest of them were searched for without buckets, ns; once that is what these cost, they are made. So nobody who
    /// asks seldom pays for them, and who asks often pays twice at most.
    searched_ns: AtomicU64,
    buckets: OnceLock<Option<Buckets>>,
    /// Which of the places each stop is.
    index_of: Vec<usize>,
    /// The places that are no stops.
    pub left_out: Vec<LeftOut>,
}

/// A place that was left out.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// Which.
    pub index: usize,
    /// `closed` or `no_road`.
    pub why: &'static str,
    /// What closes it.
    pub by: Vec<ClosedBy>,
}

/// One of the nearest.
#[derive(Clone, Debug, PartialEq)]
pub struct Near {
    /// Of a ring: the place at which it arrives.
    pub arrives: Option<RingPlaceJson>,
    /// Which of the places.
    pub index: usize,
    /// What it costs from it, in s or m.
    pub cost: f64,
}

/// Who is there first, and who was left out.
pub struct Found {
    /// Soonest first.
    pub near: Vec<Near>,
    /// The places that are no stops, and of a ring those in its circle.
    pub left_out: Vec<LeftOut>,
}

/// What of some places is a stop for an asker.
pub fn gather(moment: &Moment, asker: Asker, places: &[Position]) -> Gathered {
    moment.ask(asker, |question, _| {
        let (mut stops, mut index_of, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
        for (index, at) in places.iter().enumerate() {
            match question.view.stop(*at, question.asker.depart, REACH) {
                Ok(stop) => {
                    stops.push(stop);
                    index_of.push(index);
                }
                Err(StopError::Closed(closures)) => {
                    left_out.push(LeftOut { index, why: "closed", by: moment.closed_by(&closures) });
                }
                Err(StopError::NoRoad) => left_out.push(LeftOut { index, why: "no_road", by: Vec::new() }),
            }
        }
        let prepared = Prepared::new(stops, question.view.network.node_count());
        Gathered { prepared, searched_ns: AtomicU64::new(0), buckets: OnceLock::new(), index_of, left_out }
    })
}

impl Gathered {
    /// The nearest of them, by index of their stops.
    fn nearest(
        &self,
        view: &View<'_>,
        scratch: &mut Scratch,
        to: &Stop,
        count: usize,
        depart: UnixMs,
    ) -> Vec<road::Near> {
        let worth = PUTTING.as_nanos() as u64 * self.prepared.len() as u64;
        let searched_ns = self.searched_ns.load(Ordering::Relaxed);
        if searched_ns >= worth && view.fast().is_some() {
            let buckets = self.buckets.get_or_init(|| view.buckets(scratch, &self.prepared));
            let known = buckets.as_ref().map(|buckets| (&self.prepared, buckets));
            if let Some(near) = known.and_then(|known| view.nearest_in(scratch, known, to, count, depart)) {
                return near;
            }
        }
        let began = Instant::now();
        let near = view.nearest(scratch, &self.prepared, to, count, depart);
        self.searched_ns.fetch_add(began.elapsed().as_nanos() as u64, Ordering::Relaxed);
        near
    }
}

/// The `count` of some places from which a goal is reached soonest, soonest first.
pub fn nearest(moment: &Moment, asker: Asker, of: &Gathered, to: &Goal, count: usize) -> Result<Found, AskError> {
    match to {
        Goal::Place(to) => nearest_to_place(moment, asker, of, *to, count),
        Goal::Ring(approach) => nearest_to_ring(moment, asker, of, approach, count),
    }
}

fn nearest_to_place(
    moment: &Moment,
    asker: Asker,
    of: &Gathered,
    to: Position,
    count: usize,
) -> Result<Found, AskError> {
    moment.ask(asker, |question, scratch| {
        let depart = question.asker.depart;
        let end = question.stop(Place::To, to, depart)?;
        let near = of.nearest(&question.view, scratch, &end, count, depart);
        let per_unit = unit(asker.metric);
        let told = near.into_iter().map(|near| Near {
            index: of.index_of[near.index as usize],
            cost: f64::from(near.cost) / per_unit,
            arrives: None,
        });
        Ok(Found { near: told.collect(), left_out: of.left_out.clone() })
    })
}

fn nearest_to_ring(
    moment: &Moment,
    asker: Asker,
    of: &Gathered,
    approach: &Approach,
    count: usize,
) -> Result<Found, AskError> {
    moment.ask(asker, |question, scratch| {
        let (network, grid) = (question.view.network, question.view.grid);
        let ring = Ring::of(network, grid, approach);
        let mut left_out = of.left_out.clone();
        let (mut stops, mut index_of) = (Vec::new(), Vec::new());
        for (stop, index) in of.prepared.stops().iter().zip(&of.index_of) {
            if stop.snap.is_some_and(|snap| ring.covers(snap.at)) {
                left_out.push(LeftOut { index: *index, why: "closed", by: vec![approach::circle(approach)] });
            } else {
                stops.push(ring.outside(network, stop.clone()));
                index_of.push(*index);
            }
        }
        left_out.sort_by_key(|out| out.index);
        let found = approach::nearest(question, scratch, &stops, (&ring, count))?;
        let per_unit = unit(asker.metric);
        let told = found.into_iter().map(|(found, place)| Near {
            index: index_of[found.near.index as usize],
            cost: f64::from(found.near.cost) / per_unit,
            arrives: Some(place),
        });
        Ok(Found { near: told.collect(), left_out })
    })
}

/// How many of the graph's units make a second or a metre.
fn unit(metric: Metric) -> f64 {
    match metric {
        Metric::Fastest => 1e3,
        Metric::Shortest => 1e2,
    }
}

/// Costs from each of some places to each of others.
#[derive(Debug, Serialize, ToSchema)]
pub struct TableJson {
    /// Row by row for the starts: how long it takes; null where there is no way or a place is no stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Vec<Option<f64>>>>)]
    pub durations_s: Option<Rows>,
    /// The same by length, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Vec<Option<f64>>>>)]
    pub lengths_m: Option<Rows>,
    /// Where each start is on a road; null where it is none.
    pub from: Vec<Option<SnapJson>>,
    /// The same of each end.
    pub to: Vec<Option<SnapJson>>,
    /// The places that are no stops.
    pub left_out: Vec<LeftOutJson>,
    /// The closures that all of it obeys.
    pub closure_epoch: u64,
    /// Whose data it is.
    pub attribution: String,
}

/// A place that is no stop.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeftOutJson {
    /// Which: `from[3]`, `to[0]`.
    pub place: String,
    /// `closed` or `no_road`.
    pub why: &'static str,
    /// What closes it.
    pub closures: Vec<ClosedBy>,
}

/// A table of costs in the graph's unit.
#[derive(Debug)]
pub struct Rows {
    costs: Vec<u32>,
    /// For each start its row in the costs, and for each end its column.
    row_of: Vec<Option<usize>>,
    column_of: Vec<Option<usize>>,
    width: usize,
    per_unit: f64,
}

impl Serialize for Rows {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.row_of.iter().map(|row| Row { rows: self, row: *row }))
    }
}

struct Row<'a> {
    rows: &'a Rows,
    row: Option<usize>,
}

impl Serialize for Row<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let rows = self.rows;
        to.collect_seq(rows.column_of.iter().map(|column| {
            let cost = rows.costs[self.row? * rows.width + (*column)?];
            (cost < NEVER).then(|| f64::from(cost) / rows.per_unit)
        }))
    }
}

/// The table between some places; given up at a deadline.
pub fn table(
    moment: &Moment,
    asker: Asker,
    (from, to): (&[Position], &[Position]),
    deadline: Instant,
) -> Result<TableJson, AskError> {
    let (starts, ends) = (gather(moment, asker, from), gather(moment, asker, to));
    let costs = moment.ask(asker, |question, scratch| {
        let depart = question.asker.depart;
        let selection = question.view.selection(&ends.prepared);
        let mut costs: Vec<u32> = Vec::with_capacity(starts.prepared.len() * ends.prepared.len());
        for chunk in starts.prepared.stops().chunks(ROWS) {
            if Instant::now() >= deadline {
                return Err(AskError::TooLong);
            }
            costs.extend(match &selection {
                Some(selection) => question.view.table_of(scratch, chunk, &ends.prepared, selection, depart),
                None => question.view.table(scratch, chunk, &ends.prepared, depart),
            });
        }
        Ok(costs)
    })?;
    let places = |of: &Gathered, count: usize| {
        let mut place_of = vec![None; count];
        of.index_of.iter().enumerate().for_each(|(place, index)| place_of[*index] = Some(place));
        place_of
    };
    let (row_of, column_of) = (places(&starts, from.len()), places(&ends, to.len()));
    let snaps = |of: &Gathered, place_of: &[Option<usize>]| {
        let snap = |place: &Option<usize>| of.prepared.stops()[(*place)?].snap.map(SnapJson::of);
        place_of.iter().map(snap).collect::<Vec<_>>()
    };
    let left_out = |side: &'static str, of: &Gathered| {
        let told = |out: &LeftOut| LeftOutJson {
            place: format!("{side}[{}]", out.index),
            why: out.why,
            closures: out.by.clone(),
        };
        of.left_out.iter().map(told).collect::<Vec<_>>()
    };
    let mut out = left_out("from", &starts);
    out.extend(left_out("to", &ends));
    let (from, to) = (snaps(&starts, &row_of), snaps(&ends, &column_of));
    let rows = Rows { costs, row_of, column_of, width: ends.prepared.len(), per_unit: unit(asker.metric) };
    let (durations_s, lengths_m) = match asker.metric {
        Metric::Fastest => (Some(rows), None),
        Metric::Shortest => (None, Some(rows)),
    };
    Ok(TableJson {
        durations_s,
        lengths_m,
        from,
        to,
        left_out: out,
        closure_epoch: moment.epoch.0,
        attribution: moment.town.attribution.clone(),
    })
}

/// What is reached within one limit.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReachedJson {
    /// The limit.
    pub limit_s: u32,
    /// The length of the roads that are reached.
    pub length_m: f64,
    /// These roads, if they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub lines: Option<LinesJson>,
    /// The area around them, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub area: Option<AreaJson>,
}

/// How what is reached is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// As roads.
    pub lines: bool,
    /// As areas.
    pub area: bool,
}

/// What is reached from any of some places within each of some limits.
pub fn isochrones(
    moment: &Moment,
    asker: Asker,
    from: &[Position],
    limits_s: &[u32],
    shown: Shown,
) -> Result<Vec<ReachedJson>, AskError> {
    let all: Vec<ReachedRoads> = moment.ask(asker, |question, scratch| {
        let depart = question.asker.depart;
        let stop = |(index, at): (usize, &Position)| question.stop(Place::FromOf(index), *at, depart);
        let stops = from.iter().enumerate().map(stop).collect::<Result<Vec<Stop>, AskError>>()?;
        let limits: Vec<u32> = limits_s.iter().map(|s| s.saturating_mul(1_000)).collect();
        Ok::<_, AskError>(question.view.isochrones(scratch, &stops, &limits, depart))
    })?;
    let told = |(limit_s, reached): (&u32, ReachedRoads)| ReachedJson {
        limit_s: *limit_s,
        length_m: reached.length_mm as f64 / 1e3,
        area: shown.area.then(|| AreaJson(area(&reached.lines))),
        lines: shown.lines.then_some(LinesJson(reached.lines)),
    };
    Ok(limits_s.iter().zip(all).map(told).collect())
}
