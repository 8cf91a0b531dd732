//! A second judge, written another way: no index, no window, no integers. It cuts every step at every edge of every zone in
//! floating point and asks of each piece's middle whether it is inside, by winding number. The engine must tell the same
//! visits. Stories where the two could rightly differ (a fix or a piece within a metre of a boundary) are left out.

use cordon_spatial::event::{Event, EventKind, EventStatus, Subject};
use cordon_spatial::fix::{Fix, Marks, Source};
use cordon_spatial::ids::{EventId, FeatureId, FeatureKey, VehicleKey, ZoneKey};
use cordon_spatial::position::Position;
use cordon_spatial::record::{Edit, Edited, RecordBody};
use cordon_spatial::shape;
use cordon_spatial::units::{Millimetres, UnixMs};
use cordon_spatial::watch::{Settings, Watch};
use cordon_spatial::zone::{Rule, RuleWhen, Zone, ZoneKind};
use std::collections::BTreeMap;
use std::sync::Arc;

const T0: i64 = 1_700_000_000_000;
/// Degrees of a metre at the place of the stories, about.
const METRE: f64 = 9e-6;

/// Numbers that look random and are the same every time (Marsaglia's xorshift).
struct Numbers(u64);

impl Numbers {
    /// From 0 to 1.
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.next()
    }
}

type Ring = Vec<(f64, f64)>;

/// To the units of positions.
fn round(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7
}

/// Rings under the even-odd rule: a star, sometimes with a hole, sometimes with an island in it.
fn drawn(numbers: &mut Numbers, span: f64) -> Vec<Ring> {
    let centre = (numbers.between(0.0, span), numbers.between(0.0, span));
    let radius = numbers.between(30.0, 400.0) * METRE;
    let corners = 5 + (numbers.next() * 40.0) as usize;
    let star = |numbers: &mut Numbers, from: f64, to: f64| -> Ring {
        let corner = |i: usize, numbers: &mut Numbers| {
            let (angle, r) = (i as f64 / corners as f64 * std::f64::consts::TAU, radius * numbers.between(from, to));
            (round(121.0 + centre.0 + r * angle.cos()), round(30.0 + centre.1 + r * angle.sin()))
        };
        (0..corners).map(|i| corner(i, numbers)).collect()
    };
    let mut rings = vec![star(numbers, 0.7, 1.0)];
    if numbers.next() < 0.4 {
        rings.push(star(numbers, 0.45, 0.6));
    }
    rings
}

/// How often a ring winds around a place.
fn winds(ring: &Ring, p: (f64, f64)) -> i32 {
    let mut winding = 0;
    for (a, b) in edges(ring) {
        let left = (b.0 - a.0) * (p.1 - a.1) - (p.0 - a.0) * (b.1 - a.1);
        if a.1 <= p.1 && b.1 > p.1 && left > 0.0 {
            winding += 1;
        } else if a.1 > p.1 && b.1 <= p.1 && left < 0.0 {
            winding -= 1;
        }
    }
    winding
}

fn is_inside(rings: &[Ring], p: (f64, f64)) -> bool {
    rings.iter().filter(|ring| winds(ring, p) != 0).count() % 2 == 1
}

/// Degrees from a place to a straight line, longitude taken as latitude: enough to know what is near.
fn to_line(p: (f64, f64), a: (f64, f64), b: (f64, f64)) -> f64 {
    let d = (b.0 - a.0, b.1 - a.1);
    let part = ((p.0 - a.0) * d.0 + (p.1 - a.1) * d.1) / (d.0 * d.0 + d.1 * d.1);
    let part = part.clamp(0.0, 1.0);
    (p.0 - a.0 - part * d.0).hypot(p.1 - a.1 - part * d.1)
}

/// The edges of a ring.
fn edges(ring: &Ring) -> impl Iterator<Item = ((f64, f64), (f64, f64))> + '_ {
    ring.iter().enumerate().map(|(i, a)| (*a, ring[(i + 1) % ring.len()]))
}

/// Degrees from a place to the nearest edge.
fn to_boundary(rings: &[Ring], p: (f64, f64)) -> f64 {
    rings.iter().flat_map(edges).map(|(a, b)| to_line(p, a, b)).fold(f64::MAX, f64::min)
}

/// Where a step is cut by the edges, as parts of it, in order, its ends included.
fn cuts(rings: &[Ring], a: (f64, f64), b: (f64, f64)) -> Vec<f64> {
    let mut parts = vec![0.0, 1.0];
    let step = (b.0 - a.0, b.1 - a.1);
    for ring in rings {
        for (c, d) in edges(ring) {
            let edge = (d.0 - c.0, d.1 - c.1);
            let cross = step.0 * edge.1 - step.1 * edge.0;
            if cross == 0.0 {
                continue;
            }
            let to = (c.0 - a.0, c.1 - a.1);
            let (on_step, on_edge) = ((to.0 * edge.1 - to.1 * edge.0) / cross, (to.0 * step.1 - to.1 * step.0) / cross);
            if (0.0..=1.0).contains(&on_step) && (0.0..=1.0).contains(&on_edge) {
                parts.push(on_step);
            }
        }
    }
    parts.sort_by(f64::total_cmp);
    parts
}

/// A vehicle's way: a fix every ten seconds.
type Way = Vec<(f64, f64)>;

/// (zone, what, when in ms): the second judge's verdict on one zone; `None` when it is too close to call.
fn judged(rings: &[Ring], way: &Way) -> Option<Vec<(&'static str, f64)>> {
    let near = |p: (f64, f64)| to_boundary(rings, p) < METRE;
    let mut told = Vec::new();
    if way.iter().any(|p| near(*p)) {
        return None;
    }
    // Since when it is inside, and whether a fix was.
    let mut inside: Option<(f64, bool)> = None;
    if is_inside(rings, way[0]) {
        told.push(("inside_at_start", 0.0));
        inside = Some((0.0, true));
    }
    for (i, step) in way.windows(2).enumerate() {
        let (a, b) = (step[0], step[1]);
        let at = |part: f64| (a.0 + (b.0 - a.0) * part, a.1 + (b.1 - a.1) * part);
        let length = (b.0 - a.0).hypot(b.1 - a.1);
        // Past a corner or through it: the engine's tie rule, or a millimetre, decides.
        if rings.iter().flatten().any(|corner| to_line(*corner, a, b) < 0.05 * METRE) {
            return None;
        }
        let parts = cuts(rings, a, b);
        for piece in parts.windows(2) {
            if (piece[1] - piece[0]) * length < METRE {
                return None;
            }
            let middle = at((piece[0] + piece[1]) / 2.0);
            let ms = (i as f64 + piece[0]) * 10_000.0;
            match (inside, is_inside(rings, middle)) {
                (None, true) => inside = Some((ms, false)),
                (Some((since, seen)), false) => {
                    told.push(if seen { ("exit", ms) } else { ("cross", since) });
                    inside = None;
                }
                _ => {}
            }
        }
        if let Some((since, seen @ false)) = &mut inside {
            told.push(("enter", *since));
            *seen = true;
        }
    }
    Some(told)
}

/// A step of up to 300 m in a direction that changes now and then.
fn driven(numbers: &mut Numbers, span: f64) -> Way {
    let mut place = (121.0 + numbers.between(0.0, span), 30.0 + numbers.between(0.0, span));
    let mut heading = numbers.between(0.0, std::f64::consts::TAU);
    let fixes = 10 + (numbers.next() * 30.0) as usize;
    (0..fixes)
        .map(|_| {
            heading += numbers.between(-0.8, 0.8);
            let length = numbers.between(5.0, 300.0) * METRE;
            place = (place.0 + length * heading.cos(), place.1 + length * heading.sin());
            (round(place.0), round(place.1))
        })
        .collect()
}

fn zone_of(key: u32, rings: &[Ring]) -> Option<Zone> {
    let closed = |ring: &Ring| ring.iter().chain(ring.first()).copied().collect::<Vec<_>>();
    let ground = shape::polygons(&[rings.iter().map(closed).collect()]).ok()?;
    let rule = |id: &str, when| Rule::new(FeatureId::new(id).expect("a good id"), when, 3);
    let rules = vec![rule("in", RuleWhen::Enter), rule("out", RuleWhen::Exit)];
    Some(Zone { rules, ..Zone::new(ZoneKey(key), ZoneKind::Restricted, ground) })
}

fn fix_at(vehicle: u32, nth: usize, place: (f64, f64)) -> Fix {
    Fix {
        vehicle: VehicleKey(vehicle),
        fixed_at: UnixMs(T0 + nth as i64 * 10_000),
        received_at: UnixMs(0),
        position: Position::from_degrees(place.0, place.1).expect("a place"),
        speed: None,
        heading_deg: None,
        accuracy_dm: None,
        altitude_m: None,
        status_bits: 0,
        alarm_bits: 0,
        acc_on: None,
        source: Source::Http,
        marks: Marks::empty(),
    }
}

/// What the engine says of every vehicle and zone, and in which zones each is in the end.
type Verdict = (BTreeMap<(u32, u32), Vec<(&'static str, f64)>>, BTreeMap<u32, Vec<u32>>);

/// The engine's verdict when nothing is uncertain: fixes are exact, and outside is outside.
fn engine(zones: &[(Vec<Ring>, Zone)], ways: &[Way]) -> Verdict {
    let exact = Settings { default_accuracy: Millimetres(1), exit_hysteresis: Millimetres(0), ..Settings::default() };
    let mut watch = Watch::new(exact);
    let edits = zones.iter().map(|(_, zone)| {
        let now = Edited::Zone(Arc::new(zone.clone()));
        RecordBody::Edit(Edit { key: FeatureKey(zone.key.0), revision: zone.revision, now })
    });
    watch.evaluate(UnixMs(T0 - 1_000), edits);
    let mut last: BTreeMap<EventId, Event> = BTreeMap::new();
    for nth in 0..ways.iter().map(Vec::len).max().unwrap_or(0) {
        let fixes = ways
            .iter()
            .enumerate()
            .filter_map(|(vehicle, way)| Some(RecordBody::Fix(fix_at(vehicle as u32, nth, *way.get(nth)?))));
        let out = watch.evaluate(UnixMs(T0 + nth as i64 * 10_000), fixes.collect::<Vec<_>>());
        last.extend(out.events.into_iter().map(|event| (event.core.id, event)));
    }
    let mut told: BTreeMap<(u32, u32), Vec<(&'static str, f64)>> = BTreeMap::new();
    for event in last.into_values().filter(|event| event.status != EventStatus::Retracted) {
        let (Subject::Vehicle(vehicle), Some((zone, _))) = (event.core.subject, event.core.zone) else { continue };
        assert_ne!(event.core.kind, EventKind::ZoneChanged, "no zone changes in these stories");
        told.entry((vehicle.0, zone.0)).or_default().push((event.core.kind.name(), (event.core.at.0 - T0) as f64));
    }
    let members =
        watch.vehicles().into_iter().map(|now| (now.key.0, now.zones.iter().map(|zone| zone.zone.0).collect()));
    (told, members.collect())
}

/// Compares both judges on so many zones; returns how many verdicts were compared and how many events they had.
fn compare(seed: u64, zone_count: usize, vehicles: usize) -> (usize, usize) {
    let mut numbers = Numbers(seed);
    // As crowded as a park whatever the count.
    let span = (zone_count as f64).sqrt() * 500.0 * METRE;
    let mut zones: Vec<(Vec<Ring>, Zone)> = Vec::new();
    while zones.len() < zone_count {
        let rings = drawn(&mut numbers, span);
        if let Some(zone) = zone_of(zones.len() as u32, &rings) {
            zones.push((rings, zone));
        }
    }
    let ways: Vec<Way> = (0..vehicles).map(|_| driven(&mut numbers, span)).collect();
    let (mut told, members) = engine(&zones, &ways);
    let (mut compared, mut events) = (0, 0);
    for (vehicle, way) in ways.iter().enumerate() {
        for (rings, zone) in &zones {
            let by_engine = told.remove(&(vehicle as u32, zone.key.0)).unwrap_or_default();
            let Some(mut by_referee) = judged(rings, way) else { continue };
            let mut by_engine = by_engine;
            by_engine.sort_by(|x, y| x.1.total_cmp(&y.1));
            by_referee.sort_by(|x, y| x.1.total_cmp(&y.1));
            // A metre of the way, in time.
            let tolerance = |ms: f64| {
                let nth = ((ms / 10_000.0) as usize).min(way.len() - 2);
                let (a, b) = (way[nth], way[nth + 1]);
                10_000.0 * METRE / (b.0 - a.0).hypot(b.1 - a.1) + 2.0
            };
            let agree = by_engine.len() == by_referee.len()
                && by_engine.iter().zip(&by_referee).all(|(x, y)| x.0 == y.0 && (x.1 - y.1).abs() <= tolerance(y.1));
            assert!(
                agree,
                "seed {seed}, vehicle {vehicle}, zone {}:\nengine  {by_engine:?}\nreferee {by_referee:?}",
                zone.key
            );
            let is_member = members[&(vehicle as u32)].contains(&zone.key.0);
            assert_eq!(is_member, is_inside(rings, way[way.len() - 1]), "vehicle {vehicle} in zone {}", zone.key);
            compared += 1;
            events += by_referee.len();
        }
    }
    (compared, events)
}

#[test]
fn two_judges_tell_the_same_visits() {
    let seed = std::env::var("CORDON_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_125);
    for (nth, (zones, vehicles)) in [(5, 200), (100, 60), (1_000, 60)].into_iter().enumerate() {
        let (compared, events) = compare(seed + nth as u64, zones, vehicles);
        assert!(compared * 10 > zones * vehicles * 9, "{compared} verdicts of {} were clear", zones * vehicles);
        assert!(events > 100, "{events} events at {zones} zones are no test");
    }
}
