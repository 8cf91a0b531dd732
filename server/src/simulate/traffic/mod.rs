//! The park's traffic: each vehicle goes from errand to errand by road, waits at gates, loads, rests, and breaks no rule.

mod errand;

use super::driver::{Ignition, Motion, Receiver};
use super::lines::Place;
use super::random::Random;
use super::road::{Course, Graph, Manner};
use cordon_data::park::fleet::{self, Part};
use std::collections::VecDeque;
use std::sync::Arc;

/// With the ignition off a terminal reports so rarely, seconds: JT/T 808 has a parameter of its own for it (0x0027).
const ASLEEP_INTERVAL_S: f64 = 30.0;
/// How long a vehicle drove before its first report, at most, seconds: so that they are spread over their errands.
const HEAD_START_S: f64 = 1_500.0;

/// A vehicle in traffic.
#[derive(Debug)]
pub(super) struct Trip {
    graph: Arc<Graph>,
    part: Part,
    random: Random,
    lot: usize,
    node: usize,
    /// Where it stood last.
    stand: Place,
    doing: Doing,
    /// What comes after that, to the end of this errand.
    then: VecDeque<Doing>,
    /// Metres before the present drive.
    driven_m: f64,
    /// Seconds since its last report.
    unreported_s: f64,
}

/// What it does, and how long it has done so or still will.
#[derive(Debug)]
enum Doing {
    Drive { course: Box<Course>, for_s: f64 },
    Stand { left_s: f64, ignition: Ignition },
}

impl Trip {
    /// The vehicle of that number in the fleet, somewhere on one of its errands.
    pub(super) fn begin(graph: Arc<Graph>, number: u32, mut random: Random) -> Trip {
        let part = fleet::part(number);
        let home = errand::home(part, number);
        let lot = graph.roads.lots.iter().position(|lot| lot.id == home).expect("every home is a lot");
        let slots = &graph.roads.lots[lot].slots;
        let node = slots[number as usize % slots.len()];
        let stand = Place { position: graph.roads.nodes[node].position(), bearing_deg: 90.0 };
        let left_s = if errand::stays_at_home(part) { f64::INFINITY } else { 0.0 };
        let doing = Doing::Stand { left_s, ignition: Ignition::Off };
        let (then, driven_m, unreported_s) = (VecDeque::new(), 0.0, ASLEEP_INTERVAL_S);
        let head_start_s = random.between(0.0, HEAD_START_S);
        let mut trip = Trip { graph, part, random, lot, node, stand, doing, then, driven_m, unreported_s };
        trip.advance(head_start_s);
        trip
    }

    /// Goes on for so many seconds.
    pub(super) fn advance(&mut self, seconds: f64) {
        self.unreported_s = if self.reports() { seconds } else { self.unreported_s + seconds };
        let mut left_s = seconds;
        while let Some(over_s) = self.doing.go_on(left_s) {
            left_s = over_s;
            if let Doing::Drive { course, .. } = &self.doing {
                let end = course.at(course.duration_s());
                self.stand = end.place;
                self.driven_m += end.along_m;
            }
            if self.then.is_empty() {
                self.set_out();
            }
            self.doing = self.then.pop_front().expect("an errand ends with a stay");
        }
    }

    /// Plans the next errand: by road to another lot, with a check at each gate, and a stay there.
    fn set_out(&mut self) {
        let lot = errand::next(self.part, &self.graph.roads.lots, self.lot, &mut self.random);
        let slots = &self.graph.roads.lots[lot].slots;
        let goal = slots[self.random.below(slots.len())];
        let profile = errand::profile(self.part);
        let manner = Manner { profile, share: self.random.between(0.82, 0.95), regardless_kph: None };
        let nodes = self.graph.route(&[self.node, goal], profile).expect("whom a lot is for reaches it");
        for part in between_gates(&self.graph, &nodes) {
            let Some(course) = Course::along(&self.graph, part, manner) else { continue };
            self.then.push_back(Doing::Drive { course: Box::new(course), for_s: 0.0 });
            let check_s = self.random.between(8.0, 25.0);
            self.then.push_back(Doing::Stand { left_s: check_s, ignition: Ignition::On });
        }
        self.then.pop_back();
        (self.lot, self.node) = (lot, goal);
        let (left_s, ignition) = errand::stay(self.graph.roads.lots[lot].kind, &mut self.random);
        self.then.push_back(Doing::Stand { left_s, ignition });
    }

    /// Whether a report is due: always, but rarely with the ignition off.
    pub(super) fn reports(&self) -> bool {
        self.motion().ignition == Ignition::On || self.unreported_s >= ASLEEP_INTERVAL_S
    }

    pub(super) fn motion(&self) -> Motion {
        let (place, speed_kph, along_m, ignition) = match &self.doing {
            Doing::Drive { course, for_s } => {
                let here = course.at(*for_s);
                (here.place, here.speed_kph, here.along_m, Ignition::On)
            }
            Doing::Stand { ignition, .. } => (self.stand, 0.0, 0.0, *ignition),
        };
        Motion { place, speed_kph, driven_m: self.driven_m + along_m, ignition, receiver: Receiver::Usual }
    }
}

impl Doing {
    /// Goes on; when it ends within these seconds, how many are over.
    fn go_on(&mut self, seconds: f64) -> Option<f64> {
        let needs_s = match self {
            Doing::Drive { course, for_s } => course.duration_s() - *for_s,
            Doing::Stand { left_s, .. } => *left_s,
        };
        if needs_s <= seconds {
            return Some(seconds - needs_s);
        }
        match self {
            Doing::Drive { for_s, .. } => *for_s += seconds,
            Doing::Stand { left_s, .. } => *left_s -= seconds,
        }
        None
    }
}

/// A way in parts that end at a gate, the last at the goal.
fn between_gates<'a>(graph: &Graph, nodes: &'a [usize]) -> Vec<&'a [usize]> {
    let is_gate = |node: &usize| graph.roads.gates.iter().any(|(_, at)| at == node);
    let mut parts = Vec::new();
    let mut from = 0;
    for (index, node) in nodes.iter().enumerate() {
        if index > from && (is_gate(node) || index + 1 == nodes.len()) {
            parts.push(&nodes[from..=index]);
            from = index;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_spatial::geodesy::distance;

    fn fleet_of(count: u32) -> Vec<Trip> {
        let graph = Arc::new(Graph::of_the_park());
        let first = fleet::CAST.len() as u32;
        (first..first + count).map(|n| Trip::begin(Arc::clone(&graph), n, Random::new(1, n.into()))).collect()
    }

    #[test]
    fn most_vehicles_are_on_their_way_or_loading_and_some_are_parked_for_the_night() {
        let trips = fleet_of(228);
        let count = |wanted: fn(&Trip) -> bool| trips.iter().filter(|trip| wanted(trip)).count();
        let moving = count(|trip| trip.motion().speed_kph > 1.0);
        let asleep = count(|trip| trip.motion().ignition == Ignition::Off);
        assert!((90..200).contains(&moving), "{moving} of 228 move");
        assert!((20..90).contains(&asleep), "{asleep} of 228 sleep");
    }

    #[test]
    fn nobody_jumps_and_everybody_gets_along() {
        let mut trips = fleet_of(60);
        let mut driven = vec![0.0; trips.len()];
        for _ in 0..1_200 {
            for (trip, driven) in trips.iter_mut().zip(&mut driven) {
                let before = trip.motion();
                trip.advance(1.0);
                let after = trip.motion();
                let metres = distance(before.place.position, after.place.position).as_metres();
                assert!(metres < 30.0, "{:?}: {metres} m in a second", trip.part);
                *driven += after.driven_m - before.driven_m;
            }
        }
        for (trip, driven) in trips.iter().zip(driven) {
            let at_home = errand::stays_at_home(trip.part);
            assert!(at_home || driven > 500.0, "{:?} drove {driven} m in 20 min", trip.part);
        }
    }

    #[test]
    fn a_sleeping_vehicle_reports_twice_a_minute() {
        let mut trips = fleet_of(24);
        let trip = trips.iter_mut().find(|trip| trip.part == Part::Parked).expect("some are parked");
        let reports = (0..300).filter(|_| {
            trip.advance(2.0);
            trip.reports()
        });
        assert_eq!(reports.count(), 20, "in ten minutes");
    }
}
