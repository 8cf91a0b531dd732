//! Arriving from upwind: a circle around a source that nobody is to drive into, and the places where roads come to its ring.
//!
//! Who approaches a release stops on a ring around it, comes to it from the side that the wind blows from, and never passes
//! through the circle on the way. A place is where an arc first comes to the ring from outside; the road within is closed to
//! the question, whatever else is closed. The circle is judged on the local plane at its centre, which over 20 km is off by
//! less than 1 in 1,000.

use super::closure::EdgeSet;
use super::graph::NEVER;
use super::grid::{EdgeGrid, Extent};
use super::kind::Heading;
use super::many::Near;
use super::network::{Arc, EdgeId, Network};
use super::search::Go;
use super::snap::Snap;
use super::stop::{Step, Stop};
use super::view::{Scratch, View, Way};
use crate::geodesy::LocalScale;
use crate::position::Position;
use crate::units::{Millimetres, UnixMs};

/// How far from straight upwind one may still stop where nothing better is reached, degrees: beyond is the half-plane that
/// the wind blows into.
const CROSSWIND_DEG: f64 = 90.0;

/// Where to arrive: on a circle, from the side that the wind comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Approach {
    /// The middle of the circle: the source.
    pub centre: Position,
    /// Its radius.
    pub radius: Millimetres,
    /// Where the wind comes from, degrees clockwise from north.
    pub wind_from_deg: f64,
    /// How wide the sector around that is, degrees, both halves together.
    pub sector_deg: f64,
}

/// Where a place on the ring lies to the wind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// In the sector that was asked for.
    Upwind,
    /// Beside it, and not in the half-plane that the wind blows into.
    Crosswind,
    /// In that half-plane.
    Downwind,
}

/// A place where an arc comes to the ring from outside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RingPlace {
    /// The arc.
    pub arc: Arc,
    /// Where on its edge.
    pub snap: Snap,
    /// Its bearing from the centre, degrees clockwise from north, from 0 to below 360.
    pub bearing_deg: f64,
    /// How far that is from where the wind comes from, degrees, 0 to 180.
    pub off_wind_deg: f64,
    /// On which side it lies.
    pub side: Side,
}

/// The ring on a network.
#[derive(Clone, Debug)]
pub struct Ring {
    circle: Circle,
    places: Vec<RingPlace>,
    inside: EdgeSet,
}

/// How somebody comes to a place of a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// What it costs.
    pub cost: u32,
    /// The node that they come from last; `None` where they drive straight along the road that they start on.
    node: Option<u32>,
}

/// Who is at a ring first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NearRing {
    /// What it costs, and from which of the places.
    pub near: Near,
    /// To which place of the ring, by its index.
    pub place: usize,
}

/// A circle on the local plane at its centre.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Circle {
    centre: Position,
    scale: LocalScale,
    radius_mm: f64,
}

impl Circle {
    /// Millimetres east and north of the centre.
    fn plane(&self, at: Position) -> (f64, f64) {
        let (lon, lat) = (i64::from(at.lon_e7), i64::from(at.lat_e7));
        let (dx, dy) = (lon - i64::from(self.centre.lon_e7), lat - i64::from(self.centre.lat_e7));
        (dx as f64 * self.scale.lon_mm, dy as f64 * self.scale.lat_mm)
    }

    fn covers(&self, at: Position) -> bool {
        let (x, y) = self.plane(at);
        x * x + y * y <= self.radius_mm * self.radius_mm
    }

    /// Which share of a segment is driven until it first touches the circle; `None` where it does not.
    fn entry(&self, from: Position, to: Position) -> Option<f64> {
        let ((ax, ay), (bx, by)) = (self.plane(from), self.plane(to));
        let (dx, dy) = (bx - ax, by - ay);
        let outside = ax * ax + ay * ay - self.radius_mm * self.radius_mm;
        if outside <= 0.0 {
            return Some(0.0);
        }
        // |a + t d|² = r², and the lesser of both t.
        let (squared, half) = (dx * dx + dy * dy, ax * dx + ay * dy);
        let root = half * half - squared * outside;
        if half >= 0.0 || root < 0.0 {
            return None;
        }
        let share = outside / (libm::sqrt(root) - half);
        (share <= 1.0).then_some(share)
    }

    /// How far a line is driven until it first touches the circle, mm, and where that is.
    fn first_touch<'a>(&self, line: impl Iterator<Item = &'a Position>) -> Option<(i64, Position)> {
        let mut driven = 0;
        let mut before: Option<Position> = None;
        for &at in line {
            let Some(from) = before.replace(at) else { continue };
            let length = crate::geodesy::distance(from, at).0;
            if let Some(share) = self.entry(from, at) {
                let part = |a: i32, b: i32| (f64::from(a) + share * (f64::from(b) - f64::from(a))).round() as i32;
                let place = Position { lon_e7: part(from.lon_e7, at.lon_e7), lat_e7: part(from.lat_e7, at.lat_e7) };
                return Some((driven + (share * length as f64).round() as i64, place));
            }
            driven += length;
        }
        None
    }
}

impl Ring {
    /// The ring of an approach on a network; places by their arcs. Costs what the roads near the circle cost to look at.
    pub fn of(network: &Network, grid: &EdgeGrid, approach: &Approach) -> Ring {
        let centre = approach.centre;
        let circle = Circle { centre, scale: LocalScale::at(centre.lat_e7), radius_mm: approach.radius.0 as f64 };
        let mut edges = Vec::new();
        // A box a little larger, because it is measured on other planes.
        let reach = Millimetres(approach.radius.0 + approach.radius.0 / 100 + 1_000);
        grid.candidates(Extent::around(centre, reach), &mut edges);
        edges.retain(|edge| circle.first_touch(network.shape(*edge).iter()).is_some());
        let mut places = Vec::new();
        for edge in &edges {
            for heading in [Heading::Along, Heading::Against] {
                places.extend(place(network, &circle, approach, Arc::new(*edge, heading)));
            }
        }
        Ring { circle, places, inside: EdgeSet::of(network.edge_count(), &edges) }
    }

    /// The places at which roads come to it, by their arcs.
    pub fn places(&self) -> &[RingPlace] {
        &self.places
    }

    /// Whether a place lies in the circle, its ring included.
    pub fn covers(&self, at: Position) -> bool {
        self.circle.covers(at)
    }

    /// A stop as it is for who keeps out of the circle: what is left of its road towards the circle is no way on.
    pub fn outside(&self, network: &Network, stop: Stop) -> Stop {
        let Some(snap) = stop.snap.filter(|snap| self.inside.has(snap.edge)) else { return stop };
        let is_free = |step: &Step| step.arc.is_none_or(|arc| !self.is_ahead(network, arc, snap));
        Stop { out: stop.out.into_iter().filter(is_free).collect(), ..stop }
    }

    /// Whether who goes on along an arc from a place on it comes to the ring.
    fn is_ahead(&self, network: &Network, arc: Arc, from: Snap) -> bool {
        let length = i64::from(network.edge(arc.edge()).length_mm);
        let mut shape = network.shape(arc.edge()).to_vec();
        let mut begin = i64::from(from.along_mm);
        if arc.heading() == Heading::Against {
            shape.reverse();
            begin = length - begin;
        }
        let mut at = 0;
        let beyond = shape.windows(2).filter_map(|pair| {
            at += crate::geodesy::distance(pair[0], pair[1]).0;
            (at > begin).then_some(pair[1])
        });
        let line: Vec<Position> = std::iter::once(from.at).chain(beyond).collect();
        self.circle.first_touch(line.iter()).is_some()
    }
}

/// Where an arc comes to the ring; `None` where it begins within.
fn place(network: &Network, circle: &Circle, approach: &Approach, arc: Arc) -> Option<RingPlace> {
    let (shape, length) = (network.shape(arc.edge()), network.edge(arc.edge()).length_mm);
    let is_along = arc.heading() == Heading::Along;
    let first = if is_along { shape.first() } else { shape.last() };
    if first.is_none_or(|at| circle.covers(*at)) {
        return None;
    }
    let touch = if is_along { circle.first_touch(shape.iter()) } else { circle.first_touch(shape.iter().rev()) };
    let (driven, at) = touch?;
    let driven = u32::try_from(driven).unwrap_or(length).min(length);
    let along_mm = if is_along { driven } else { length - driven };
    let (x, y) = circle.plane(at);
    let bearing_deg = turned(libm::atan2(x, y).to_degrees());
    let turn = turned(bearing_deg - approach.wind_from_deg);
    let off_wind_deg = turn.min(360.0 - turn);
    let side = if off_wind_deg <= approach.sector_deg / 2.0 {
        Side::Upwind
    } else if off_wind_deg <= CROSSWIND_DEG {
        Side::Crosswind
    } else {
        Side::Downwind
    };
    let snap = Snap { edge: arc.edge(), along_mm, at, distance: Millimetres(0) };
    Some(RingPlace { arc, snap, bearing_deg, off_wind_deg, side })
}

/// An angle from 0 to below 360.
fn turned(deg: f64) -> f64 {
    let turned = deg.rem_euclid(360.0);
    if turned < 360.0 { turned } else { 0.0 }
}

impl View<'_> {
    /// A place of a ring as an end: it is come to on its arc alone. No end where the profile may not drive that.
    pub fn ring_stop(&self, place: &RingPlace) -> Stop {
        let mut stop = Stop::on_edge(self.network, self.graph, place.snap);
        stop.back.retain(|step| step.arc == Some(place.arc));
        stop.out.clear();
        stop
    }

    /// How somebody who departs at an instant comes to each place of a ring without passing through its circle; `None` where
    /// they do not. `is_enough` is asked with a place whenever one more is settled, and ends the search. `from` keeps out of
    /// the circle ([`Ring::outside`]). Costs a Dijkstra over what is nearer than the last place.
    pub fn arrivals(
        &self,
        scratch: &mut Scratch,
        from: &Stop,
        ring: &Ring,
        depart: UnixMs,
        is_enough: impl Fn(&RingPlace) -> bool,
    ) -> Vec<Option<Arrival>> {
        let mut arrivals: Vec<Option<Arrival>> =
            ring.places.iter().map(|place| self.straight_arrival(from, place, depart)).collect();
        let (mut steps, mut open) = self.ring_steps(ring);
        // What it costs to the nearest place that is enough: nothing beyond can be nearer.
        let mut least = NEVER;
        for (arrival, place) in arrivals.iter().zip(&ring.places) {
            least = arrival.filter(|_| is_enough(place)).map_or(least, |arrival| least.min(arrival.cost));
        }
        steps.sort_unstable();
        let is_closed = |edge: EdgeId, cost, spent| ring.inside.has(edge) || self.is_closed(edge, depart, cost, spent);
        scratch.ahead.begin(self.network.node_count(), self.first_steps(from, depart));
        scratch.ahead.run_timed(self.graph.forward(), is_closed, |node, cost| {
            if cost >= least || open == 0 {
                return Go::Stop;
            }
            let first = steps.partition_point(|(step, _)| step.node < node);
            for (step, index) in steps[first..].iter().take_while(|(step, _)| step.node == node) {
                open -= 1;
                let reached = cost.saturating_add(step.cost);
                let is_better = arrivals[*index].is_none_or(|known| reached < known.cost);
                if is_better && !self.is_step_closed(*step, cost, depart) {
                    arrivals[*index] = Some(Arrival { cost: reached, node: Some(node) });
                    if is_enough(&ring.places[*index]) {
                        least = least.min(reached);
                    }
                }
            }
            Go::On
        });
        arrivals
    }

    /// The last pieces to all places of a ring with the places' indices, and how many they are.
    fn ring_steps(&self, ring: &Ring) -> (Vec<(Step, usize)>, usize) {
        let steps: Vec<(Step, usize)> = (0..)
            .zip(&ring.places)
            .flat_map(|(index, place)| self.ring_stop(place).back.into_iter().map(move |step| (step, index)))
            .collect();
        let count = steps.len();
        (steps, count)
    }

    /// The way of an arrival that was found last with this memory.
    pub fn way_of(&self, scratch: &Scratch, arrival: Arrival, place: &RingPlace) -> Way {
        let mut arcs = arrival.node.map(|node| scratch.ahead.arcs_to(node)).unwrap_or_default();
        arcs.push(place.arc);
        Way { cost: arrival.cost, arcs }
    }

    /// Straight along the road that somebody starts on.
    fn straight_arrival(&self, from: &Stop, place: &RingPlace, depart: UnixMs) -> Option<Arrival> {
        let snap = from.snap.filter(|snap| snap.edge == place.arc.edge())?;
        let length = self.network.edge(snap.edge).length_mm;
        let on_arc = |along: u32| if place.arc.heading() == Heading::Along { along } else { length - along };
        let (begin, end) = (on_arc(snap.along_mm), on_arc(place.snap.along_mm));
        let whole = self.graph.cost(place.arc);
        if begin > end || whole >= NEVER {
            return None;
        }
        let part = |along: u32| u64::from(whole) * u64::from(along) / u64::from(length.max(1));
        let cost = (part(end) - part(begin)) as u32;
        let is_open = !self.is_closed(snap.edge, depart, 0, cost.max(1));
        is_open.then_some(Arrival { cost, node: None })
    }

    /// The `count` stops from which somebody is soonest at a place of a ring that is `wanted`, none passing through its circle;
    /// soonest first, by index where costs are equal. Stops keep out of the circle ([`Ring::outside`]).
    pub fn nearest_to_ring(
        &self,
        scratch: &mut Scratch,
        of: &[Stop],
        ring: &Ring,
        (count, wanted): (usize, impl Fn(&RingPlace) -> bool),
        depart: UnixMs,
    ) -> Vec<NearRing> {
        // What it would cost without what is closed for a time is the least that it can cost.
        let steps = self.ring_steps(ring).0.into_iter().filter(|(_, index)| wanted(&ring.places[*index]));
        scratch.behind.begin(self.network.node_count(), steps.map(|(step, _)| step));
        let closed = self.overlay().closed();
        let is_closed = |edge: EdgeId, _, _| ring.inside.has(edge) || closed.has(edge);
        scratch.behind.run_timed(self.graph.backward(), is_closed, |_, _| Go::On);
        let least = |stop: &Stop| {
            let is_beside = stop.snap.is_some_and(|snap| ring.inside.has(snap.edge));
            let over = stop.out.iter().map(|step| step.cost.saturating_add(scratch.behind.cost(step.node)));
            if is_beside { 0 } else { over.min().unwrap_or(NEVER) }
        };
        let mut order: Vec<Near> = of.iter().zip(0..).map(|(stop, index)| Near { cost: least(stop), index }).collect();
        order.retain(|near| near.cost < NEVER);
        order.sort_unstable();
        let mut found: Vec<NearRing> = Vec::with_capacity(count + 1);
        for candidate in order {
            if count == 0 || (found.len() == count && candidate.cost > found[count - 1].near.cost) {
                break;
            }
            let arrivals = self.arrivals(scratch, &of[candidate.index as usize], ring, depart, &wanted);
            let wanted_ones = (0..).zip(&arrivals).filter(|(place, _)| wanted(&ring.places[*place]));
            let best = wanted_ones.filter_map(|(place, arrival)| Some((arrival.as_ref()?.cost, place))).min();
            let Some((cost, place)) = best else { continue };
            found.push(NearRing { near: Near { cost, ..candidate }, place });
            found.sort_unstable();
            found.truncate(count);
        }
        found
    }
}
