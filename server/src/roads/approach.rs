//! Arriving from upwind, as it is answered: at which place of the ring, why not at the others, and what is next best.

use super::moment::{AskError, ClosedBy, Moment, Place, Question};
use super::route::{RouteAsked, RouteJson, Whole, refused_json};
use super::words::{self, Text};
use cordon_spatial::position::Position;
use cordon_spatial::road::{Approach, Arrival, Metric, NearRing, Refusal, Ring, RingPlace, Scratch, Side, Stop};
use serde::Serialize;
use std::fmt;
use utoipa::ToSchema;

/// How wide the sector is unless it is said, degrees: 60 on each side of straight upwind, the design's own figure, beyond which the
/// wind comes from the side.
pub const SECTOR_DEG: f64 = 120.0;
/// Most other places that are named.
const MOST_OTHERS: usize = 50;

/// Where a question goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// To a place.
    Place(Position),
    /// To the ring of a circle, on the side that the wind comes from.
    Ring(Approach),
}

/// A place where a road comes to the ring.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RingPlaceJson {
    /// Longitude.
    pub lon: f64,
    /// Latitude.
    pub lat: f64,
    /// The road; empty where it has no name.
    pub road: String,
    /// Its name in English.
    pub road_en: String,
    /// Its bearing from the centre, degrees clockwise from north.
    pub bearing_deg: f64,
    /// How far that is from where the wind comes from, degrees, 0 to 180.
    pub off_wind_deg: f64,
    /// `upwind`: in the sector; `crosswind`: beside it, at most 90 degrees off the wind; else `downwind`.
    pub side: &'static str,
    /// How long it takes to get there; absent where nobody gets there, and where lengths were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<f64>,
    /// How far it is, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length_m: Option<f64>,
}

/// A place that was not taken.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OtherPlaceJson {
    /// Which.
    #[serde(flatten)]
    pub place: RingPlaceJson,
    /// `crosswind`, `downwind`, `refused` (to this profile), `closed`, `no_way` (that keeps out of the circle) or `later`.
    pub why: &'static str,
    /// Why the profile may not drive there: `reason`, and where it is a measure `limit`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub refusal: Option<Refusal>,
    /// The closures that hold it.
    pub closures: Vec<ClosedBy>,
    /// The same as a sentence.
    pub text: Text,
}

/// Where one arrives from upwind.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ArrivedJson {
    /// The place.
    pub place: RingPlaceJson,
    /// The other places where roads come to the ring, by how far off the wind they are; at most 50. Empty where `explain` is
    /// `false`.
    pub others: Vec<OtherPlaceJson>,
    /// How many there are.
    pub other_count: usize,
}

/// Why nobody arrives from upwind.
#[derive(Clone, Debug)]
pub struct NoUpwind {
    /// The place at most 90 degrees off the wind that is reached soonest, if any is.
    pub next_best: Option<RingPlaceJson>,
    /// All places where roads come to the ring, with why not.
    pub others: Vec<OtherPlaceJson>,
    /// How many there are.
    pub other_count: usize,
}

impl fmt::Display for NoUpwind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(place) = &self.next_best else {
            return f.write_str("nor is a place at most 90 degrees off the wind reached");
        };
        write!(f, "next best is {} at {:.7},{:.7}", place.side, place.lon, place.lat)?;
        if !place.road.is_empty() {
            write!(f, " on {}", place.road)?;
        }
        write!(f, ", {} degrees off the wind", place.off_wind_deg)
    }
}

/// Finds a route to a ring.
pub(super) fn route(moment: &Moment, asked: &RouteAsked, approach: &Approach) -> Result<RouteJson, AskError> {
    moment.ask(asked.asker, |question, scratch| {
        let depart = question.asker.depart;
        let ring = Ring::of(question.view.network, question.view.grid, approach);
        let from = outside(question, &ring, approach, Place::From, asked.from)?;
        let is_upwind = |place: &RingPlace| place.side == Side::Upwind;
        let arrivals =
            question.view.arrivals(scratch, &from, &ring, depart, |place| !asked.explain && is_upwind(place));
        let Some((chosen, arrival)) = soonest(&ring, &arrivals, Side::Upwind) else {
            return Err(AskError::NoUpwind(Box::new(no_upwind(question, &ring, &arrivals))));
        };
        let place = &ring.places()[chosen];
        let way = question.view.way_of(scratch, arrival, place);
        let to = question.view.ring_stop(place);
        let mut whole = Whole::default();
        whole.add(&question.view.route(&way, &from, &to), None);
        let mut others = (Vec::new(), 0);
        if asked.explain {
            let refused = question.view.refused(scratch, &question.free(), &from, &to, depart);
            whole.refused.extend(refused.iter().map(|refused| refused_json(question, refused)));
            others = told(question, &ring, &arrivals, Some(chosen));
        }
        let (others, other_count) = others;
        let arrived = ArrivedJson { place: place_json(question, place, Some(arrival.cost)), others, other_count };
        Ok(whole.answer(moment, asked, (from.snap, to.snap), Some(arrived)))
    })
}

/// Who of some stops is soonest at a ring from upwind, with the places.
pub(super) fn nearest(
    question: &Question<'_>,
    scratch: &mut Scratch,
    stops: &[Stop],
    (ring, count): (&Ring, usize),
) -> Result<Vec<(NearRing, RingPlaceJson)>, AskError> {
    let depart = question.asker.depart;
    let mut of_side = |side: Side, count: usize| {
        let wanted = move |place: &RingPlace| place.side == side;
        question.view.nearest_to_ring(scratch, stops, ring, (count, wanted), depart)
    };
    let json = |near: &NearRing| place_json(question, &ring.places()[near.place], Some(near.near.cost));
    let found = of_side(Side::Upwind, count);
    if !found.is_empty() || stops.is_empty() {
        return Ok(found.into_iter().map(|near| (near, json(&near))).collect());
    }
    let next_best = of_side(Side::Crosswind, 1).first().map(json);
    let nobody = vec![None; ring.places().len()];
    let (others, other_count) = told(question, ring, &nobody, None);
    Err(AskError::NoUpwind(Box::new(NoUpwind { next_best, others, other_count })))
}

/// The stop for a place that is to keep out of a circle; an error where it lies within.
fn outside(
    question: &Question<'_>,
    ring: &Ring,
    approach: &Approach,
    place: Place,
    at: Position,
) -> Result<Stop, AskError> {
    let within = || AskError::Closed { place, at, by: vec![circle(approach)] };
    if ring.covers(at) {
        return Err(within());
    }
    let stop = question.stop(place, at, question.asker.depart)?;
    match stop.snap {
        Some(snap) if ring.covers(snap.at) => Err(within()),
        _ => Ok(ring.outside(question.view.network, stop)),
    }
}

/// What closes a place that lies in the circle.
pub(super) fn circle(approach: &Approach) -> ClosedBy {
    ClosedBy::Circle { circle_m: approach.radius.as_metres() }
}

/// The place of a side that is reached soonest.
fn soonest(ring: &Ring, arrivals: &[Option<Arrival>], side: Side) -> Option<(usize, Arrival)> {
    let of_side = (0..).zip(ring.places()).zip(arrivals).filter(|((_, place), _)| place.side == side);
    of_side.filter_map(|((index, _), arrival)| Some((index, (*arrival)?))).min_by_key(|(index, a)| (a.cost, *index))
}

fn no_upwind(question: &Question<'_>, ring: &Ring, arrivals: &[Option<Arrival>]) -> NoUpwind {
    let next_best = soonest(ring, arrivals, Side::Crosswind)
        .map(|(index, arrival)| place_json(question, &ring.places()[index], Some(arrival.cost)));
    let (others, other_count) = told(question, ring, arrivals, None);
    NoUpwind { next_best, others, other_count }
}

/// The places that were not taken, the least off the wind first, and how many they are. Roads that are none for the profile
/// (a footpath for a car, a one-way road the other way) are no places for it.
fn told(
    question: &Question<'_>,
    ring: &Ring,
    arrivals: &[Option<Arrival>],
    chosen: Option<usize>,
) -> (Vec<OtherPlaceJson>, usize) {
    let refusal = |place: &RingPlace| question.view.graph.refusal(question.view.network, place.arc);
    let mut others: Vec<(&RingPlace, Option<Refusal>, Option<Arrival>)> = (0..)
        .zip(ring.places().iter().zip(arrivals))
        .filter(|(index, _)| Some(*index) != chosen)
        .map(|(_, (place, arrival))| (place, refusal(place), *arrival))
        .filter(|(_, refusal, _)| !matches!(refusal, Some(Refusal::Class | Refusal::OneWay)))
        .collect();
    others.sort_by(|a, b| a.0.off_wind_deg.total_cmp(&b.0.off_wind_deg));
    let count = others.len();
    let first = others.into_iter().take(MOST_OTHERS);
    (first.map(|(place, refusal, arrival)| other_json(question, place, refusal, arrival)).collect(), count)
}

fn other_json(
    question: &Question<'_>,
    place: &RingPlace,
    refusal: Option<Refusal>,
    arrival: Option<Arrival>,
) -> OtherPlaceJson {
    let asker = question.asker;
    let closures = question.moment.closures.on_edge(place.snap.edge, asker.profile, asker.depart);
    let closures = question.moment.closed_by(&closures);
    let why = match (place.side, arrival) {
        (Side::Crosswind, _) => "crosswind",
        (Side::Downwind, _) => "downwind",
        (Side::Upwind, Some(_)) => "later",
        (Side::Upwind, None) if refusal.is_some() => "refused",
        (Side::Upwind, None) if !closures.is_empty() => "closed",
        (Side::Upwind, None) => "no_way",
    };
    let place = place_json(question, place, arrival.map(|arrival| arrival.cost));
    let text = words::ring_place(&place, why, refusal, &closures);
    OtherPlaceJson { place, why, refusal, closures, text }
}

fn place_json(question: &Question<'_>, place: &RingPlace, cost: Option<u32>) -> RingPlaceJson {
    let name = question.view.network.name(place.snap.edge);
    let tenths = |deg: f64| (deg * 10.0).round() / 10.0;
    let (duration_s, length_m) = match question.asker.metric {
        Metric::Fastest => (cost.map(|ms| f64::from(ms) / 1e3), None),
        Metric::Shortest => (None, cost.map(|cm| f64::from(cm) / 1e2)),
    };
    RingPlaceJson {
        lon: place.snap.at.lon(),
        lat: place.snap.at.lat(),
        road: name.name.clone(),
        road_en: name.name_en.clone(),
        bearing_deg: tenths(place.bearing_deg),
        off_wind_deg: tenths(place.off_wind_deg),
        side: match place.side {
            Side::Upwind => "upwind",
            Side::Crosswind => "crosswind",
            Side::Downwind => "downwind",
        },
        duration_s,
        length_m,
    }
}
