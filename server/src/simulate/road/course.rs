//! A way driven from standstill to standstill: where the vehicle is at each second, how fast, which way it looks.
//!
//! Worked out once, piece by piece: it accelerates, keeps the limit, and brakes before bends, junctions and its end. Asking
//! for a second costs a binary search, whatever the time between two reports.

use super::super::lines::{Line, Place};
use super::graph::{Edge, Graph, Profile};
use cordon_data::park::Spot;
use cordon_data::park::roads::RoadClass;

/// Metres per second in one km/h.
const KPH: f64 = 1.0 / 3.6;
/// What a loaded lorry does without hurry, metres per second squared.
const ACCELERATION: f64 = 0.8;
const BRAKING: f64 = 1.2;

/// How somebody drives.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulate) struct Manner {
    pub(in crate::simulate) profile: Profile,
    /// The share of the limit that it drives.
    pub(in crate::simulate) share: f64,
    /// Drives this instead of any lower limit, km/h; bends still slow it down.
    pub(in crate::simulate) regardless_kph: Option<f64>,
}

/// A drive.
#[derive(Clone, Debug)]
pub(in crate::simulate) struct Course {
    line: Line,
    knots: Vec<Knot>,
    duration_s: f64,
}

/// From here on with this acceleration.
#[derive(Clone, Copy, Debug)]
struct Knot {
    at_s: f64,
    along_m: f64,
    speed_mps: f64,
    acceleration: f64,
}

/// A moment of a drive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::simulate) struct Moment {
    pub(in crate::simulate) place: Place,
    pub(in crate::simulate) speed_kph: f64,
    pub(in crate::simulate) along_m: f64,
}

impl Course {
    /// The drive along these nodes; `None` when they are no way longer than a metre.
    pub(in crate::simulate) fn along(graph: &Graph, nodes: &[usize], manner: Manner) -> Option<Course> {
        let spots: Vec<Spot> = nodes.iter().map(|node| graph.roads.nodes[*node]).collect();
        let line = Line::new(spots.iter().map(|spot| spot.position()).collect())?;
        let edges: Vec<Edge> = nodes
            .windows(2)
            .map(|ends| graph.edges(ends[0]).iter().find(|edge| edge.to == ends[1]).copied())
            .collect::<Option<_>>()?;
        let limits: Vec<f64> = edges.iter().map(|edge| manner.limit_mps(edge)).collect();
        let lengths: Vec<f64> = line.along_m().windows(2).map(|ends| ends[1] - ends[0]).collect();
        let mut speeds = vec![0.0; nodes.len()];
        for i in 1..nodes.len() - 1 {
            let bend = turn_limit_mps(&spots[i - 1..=i + 1]);
            let gives_way = gives_way(graph, nodes[i], &edges[i - 1]);
            speeds[i] = limits[i - 1].min(limits[i]).min(bend).min(if gives_way { 18.0 * KPH } else { f64::MAX });
        }
        for i in (0..lengths.len()).rev() {
            speeds[i] = f64::min(speeds[i], reached(speeds[i + 1], BRAKING, lengths[i]));
        }
        for i in 0..lengths.len() {
            speeds[i + 1] = f64::min(speeds[i + 1], reached(speeds[i], ACCELERATION, lengths[i]));
        }
        let mut knots = Knots::default();
        for i in 0..lengths.len() {
            knots.piece(lengths[i], (speeds[i], speeds[i + 1]), limits[i]);
        }
        Some(Course { line, duration_s: knots.at_s, knots: knots.knots })
    }

    /// How far it is, metres.
    pub(in crate::simulate) fn length_m(&self) -> f64 {
        self.line.length_m()
    }

    /// How long it takes, seconds.
    pub(in crate::simulate) fn duration_s(&self) -> f64 {
        self.duration_s
    }

    /// Where the vehicle is so long after it set off; before that at the beginning, after the end at the end.
    pub(in crate::simulate) fn at(&self, seconds: f64) -> Moment {
        let seconds = seconds.clamp(0.0, self.duration_s);
        let index = self.knots.partition_point(|knot| knot.at_s <= seconds).saturating_sub(1);
        let knot = self.knots[index];
        let since = seconds - knot.at_s;
        let along_m = knot.along_m + (knot.speed_mps + knot.acceleration * since / 2.0) * since;
        let is_over = seconds >= self.duration_s;
        let speed_mps = if is_over { 0.0 } else { (knot.speed_mps + knot.acceleration * since).max(0.0) };
        Moment { place: self.line.at(along_m), speed_kph: speed_mps / KPH, along_m }
    }

    /// When it is nearest to a place, to half a second.
    pub(in crate::simulate) fn passes(&self, at: Spot) -> f64 {
        let at = at.position();
        let steps = (self.duration_s * 2.0) as u32;
        let off = |step: u32| cordon_spatial::geodesy::distance(self.at(f64::from(step) / 2.0).place.position, at);
        f64::from((0..=steps).min_by_key(|step| off(*step)).unwrap_or(0)) / 2.0
    }
}

impl Manner {
    fn limit_mps(&self, edge: &Edge) -> f64 {
        let lawful = f64::from(edge.max_kph).min(self.profile.max_kph(edge.class)) * self.share;
        lawful.max(self.regardless_kph.unwrap_or(0.0)) * KPH
    }
}

/// The speed reached from or braked to `speed` over so many metres.
fn reached(speed_mps: f64, acceleration: f64, metres: f64) -> f64 {
    (speed_mps * speed_mps + 2.0 * acceleration * metres).sqrt()
}

/// What a lorry drives round a bend, metres per second.
fn turn_limit_mps(spots: &[Spot]) -> f64 {
    let heading = |a: Spot, b: Spot| (b.east_m - a.east_m).atan2(b.north_m - a.north_m).to_degrees();
    let turn = (heading(spots[1], spots[2]) - heading(spots[0], spots[1])).rem_euclid(360.0);
    let kph = match turn.min(360.0 - turn) {
        ..12.0 => return f64::MAX,
        ..45.0 => 35.0,
        ..110.0 => 15.0,
        _ => 8.0,
    };
    kph * KPH
}

/// Whether who comes along `edge` meets a road of a higher class here.
fn gives_way(graph: &Graph, node: usize, edge: &Edge) -> bool {
    let is_junction = graph.edges(node).len() > 2;
    let main = |class: RoadClass| class >= RoadClass::ParkMain;
    is_junction && graph.edges(node).iter().any(|other| other.class > edge.class && main(other.class))
}

/// The knots of a drive while it is put together.
#[derive(Default)]
struct Knots {
    knots: Vec<Knot>,
    at_s: f64,
    along_m: f64,
}

impl Knots {
    /// A piece of so many metres between two speeds under a limit.
    fn piece(&mut self, metres: f64, (from, to): (f64, f64), limit: f64) {
        let (a, b) = (ACCELERATION, BRAKING);
        let peak =
            ((2.0 * a * b * metres + b * from * from + a * to * to) / (a + b)).sqrt().min(limit.max(from).max(to));
        let up_m = (peak * peak - from * from) / (2.0 * a);
        let down_m = (peak * peak - to * to) / (2.0 * b);
        self.stretch(from, a, (peak - from) / a, up_m);
        let level_m = (metres - up_m - down_m).max(0.0);
        self.stretch(peak, 0.0, level_m / peak.max(0.1), level_m);
        self.stretch(peak, -b, (peak - to) / b, down_m);
    }

    fn stretch(&mut self, speed_mps: f64, acceleration: f64, seconds: f64, metres: f64) {
        if seconds > 1e-9 || self.knots.is_empty() {
            self.knots.push(Knot { at_s: self.at_s, along_m: self.along_m, speed_mps, acceleration });
        }
        self.at_s += seconds.max(0.0);
        self.along_m += metres.max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_spatial::geodesy::distance;

    fn drive(from: &str, to: &str) -> (Graph, Course, Vec<usize>) {
        let graph = Graph::of_the_park();
        let slot = |lot: &str| graph.roads.lot(lot).slots[0];
        let nodes = graph.route(&[slot(from), slot(to)], Profile::Hazmat).expect("it can be reached");
        let manner = Manner { profile: Profile::Hazmat, share: 0.9, regardless_kph: None };
        let course = Course::along(&graph, &nodes, manner).expect("a way");
        (graph, course, nodes)
    }

    #[test]
    fn a_drive_begins_and_ends_at_rest_and_its_speed_is_what_is_driven() {
        let (graph, course, nodes) = drive("end-expressway-west", "haiyue-ammonia");
        assert_eq!((course.at(0.0).speed_kph, course.at(course.duration_s()).speed_kph), (0.0, 0.0));
        let end = graph.roads.nodes[nodes[nodes.len() - 1]].position();
        assert_eq!(course.at(1e9).place.position, end);
        assert!((500.0..1_500.0).contains(&course.duration_s()), "{} s", course.duration_s());
        let seconds = course.duration_s() as u32;
        for second in 0..seconds {
            let (a, b) = (course.at(f64::from(second)), course.at(f64::from(second) + 1.0));
            let driven = b.along_m - a.along_m;
            let fastest = a.speed_kph.max(b.speed_kph).max(course.at(f64::from(second) + 0.5).speed_kph) * KPH;
            assert!((-1e-6..=fastest + 0.5).contains(&driven), "{second} s: {driven} m, {a:?}, {b:?}");
            assert!((b.speed_kph - a.speed_kph).abs() * KPH <= BRAKING + 0.05, "{second} s: {a:?}, {b:?}");
            let off = distance(a.place.position, b.place.position).as_metres();
            assert!(off <= driven + 0.1, "{second} s: {off} m of {driven} m");
        }
    }

    #[test]
    fn limits_of_the_road_and_of_the_class_are_kept() {
        let (graph, course, nodes) = drive("end-expressway-west", "end-expressway-east");
        let fastest = (0..course.duration_s() as u32).map(|s| course.at(f64::from(s)).speed_kph).fold(0.0, f64::max);
        assert!((70.0..72.1).contains(&fastest), "80 is the law, 72 its manner: {fastest}");
        let (_, course, _) = drive("haina-glycol", "bohai-power");
        let fastest = (0..course.duration_s() as u32).map(|s| course.at(f64::from(s)).speed_kph).fold(0.0, f64::max);
        assert!((30.0..36.1).contains(&fastest), "Centre Avenue allows 40: {fastest}");
        assert!(nodes.len() > 20 && graph.roads.nodes.len() > 500);
    }

    #[test]
    fn the_heading_is_the_way_it_goes() {
        let (_, course, _) = drive("haina-glycol", "bohai-power");
        let (mut looked, mut off) = (0, 0);
        for second in 0..course.duration_s() as u32 {
            let (a, b) = (course.at(f64::from(second)), course.at(f64::from(second) + 0.5));
            if b.along_m - a.along_m < 1.0 {
                continue;
            }
            let (from, to) = (a.place.position, b.place.position);
            let scale = cordon_spatial::geodesy::LocalScale::at(from.lat_e7);
            let east = f64::from(to.lon_e7 - from.lon_e7) * scale.lon_mm;
            let north = f64::from(to.lat_e7 - from.lat_e7) * scale.lat_mm;
            let turn = (east.atan2(north).to_degrees() - a.place.bearing_deg).rem_euclid(360.0);
            looked += 1;
            off += u32::from(turn.min(360.0 - turn) > 3.0);
        }
        // Only where it turns between the two moments.
        assert!(looked > 100 && off < 12, "{off} of {looked}");
    }
}
