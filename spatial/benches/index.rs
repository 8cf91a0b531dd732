//! `cargo bench -p cordon-spatial --bench index [-- ZONES]`: the cell index alone, on zones and ways that it makes itself.
//!
//! Prints how fast it is built, asked for members and crossings, one by one and prefetched, and edited. The zones are
//! stars of 20 to 400 vertices over 5 by 5 degrees; the ways are steps of 10,000 vehicles of up to 280 m (100 km/h, 10 s).

use cordon_spatial::calendar::UtcOffset;
use cordon_spatial::ids::{Revision, ZoneKey};
use cordon_spatial::index::{BATCH, CellIndex, Slot, Way};
use cordon_spatial::onemap::{MapEntry, OneMap, Term};
use cordon_spatial::position::Position;
use cordon_spatial::units::UnixMs;
use cordon_spatial::zone::{Ground, Zone, ZoneKind};
use std::sync::Arc;
use std::time::Instant;

/// Width of the whole area, 1e-7 degree.
const EXTENT: u64 = 50_000_000;
const CORNER: (i32, i32) = (1_180_000_000, 270_000_000);
const VEHICLES: usize = 10_000;
const STEPS: usize = 50;

fn main() {
    let count = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(10_000);
    let mut random = Random(33);
    let grounds: Vec<Ground> = (0..count).map(|_| star(&mut random)).collect();
    let ways = ways(&mut random);
    let added: Vec<(Slot, &Ground)> = (0..).zip(&grounds).collect();
    let began = Instant::now();
    let index = CellIndex::default().with(&added, &[]);
    println!("{count} zones: built in {:.2} s", began.elapsed().as_secs_f64());

    let places: Vec<Position> = ways.iter().map(|way| way.1).collect();
    let mut out = Vec::new();
    rate("membership, one by one", places.len(), || {
        places.iter().map(|p| members(&index, *p, &mut out)).sum::<usize>()
    });
    rate("membership, prefetched", places.len(), || {
        let mut members = 0;
        index.covering_batch(&places, |_, slots| members += slots.len());
        members
    });
    let mut way = Way::default();
    rate("crossings, one by one", ways.len(), || ways.iter().map(|w| hits(&index, *w, &mut way)).sum::<usize>());
    rate("crossings, prefetched", ways.len(), || {
        let mut found = 0;
        for batch in ways.chunks(BATCH) {
            index.prefetch_ways(batch.iter().copied());
            found += batch.iter().map(|w| hits(&index, *w, &mut way)).sum::<usize>();
        }
        found
    });
    drop(index);
    edits(&grounds);
}

fn members(index: &CellIndex, p: Position, out: &mut Vec<Slot>) -> usize {
    out.clear();
    index.covering(p, out);
    out.len()
}

fn hits(index: &CellIndex, (a, b): (Position, Position), way: &mut Way) -> usize {
    index.cross(a, b, way);
    way.hits.len()
}

/// Prints the best of three rounds.
fn rate(what: &str, count: usize, mut round: impl FnMut() -> usize) {
    let mut best = f64::INFINITY;
    let mut found = 0;
    for _ in 0..3 {
        let began = Instant::now();
        found = round();
        best = best.min(began.elapsed().as_secs_f64());
    }
    println!("{what}: {:.2} M/s, {found} found", count as f64 / best / 1e6);
}

/// Moves 400 zones one by one, then one zone 1,000 times.
fn edits(grounds: &[Ground]) {
    let zones: Vec<Arc<Zone>> = (0..).zip(grounds).map(|(key, ground)| zone(key, 1, ground.clone())).collect();
    let term = Term { from: UnixMs::MIN, to: UnixMs::MAX, recorded_at: UnixMs(0), first: true };
    let table: Vec<MapEntry> =
        zones.iter().map(|zone| MapEntry { zone: zone.key, revision: zone.revision, term }).collect();
    let mut map = Arc::new(OneMap::restored(&table, UtcOffset::default(), |key, _| zones.get(key.0 as usize).cloned()));
    let mut now = 1_000_000;
    let mut edit = |key: usize, revision: u32| {
        let next = zone(key as u32, revision, moved(&grounds[key], (revision % 100) as i32));
        now += 10;
        let began = Instant::now();
        let after = map.edited(&[(next.key, Some(next))], UnixMs(now), UnixMs(now + 1), Default::default);
        map = Arc::new(after);
        began.elapsed().as_secs_f64() * 1e3
    };
    let many: Vec<f64> = (0..grounds.len()).step_by((grounds.len() / 400).max(1)).map(|key| edit(key, 2)).collect();
    spread("edit of one zone after another", many);
    spread("1,000 edits of one zone", (3..1_003).map(|revision| edit(0, revision)).collect());
}

fn spread(what: &str, mut times_ms: Vec<f64>) {
    times_ms.sort_by(f64::total_cmp);
    println!("{what}: median {:.3} ms, longest {:.3} ms", times_ms[times_ms.len() / 2], times_ms[times_ms.len() - 1]);
}

fn zone(key: u32, revision: u32, ground: Ground) -> Arc<Zone> {
    Arc::new(Zone { revision: Revision(revision), ..Zone::new(ZoneKey(key), ZoneKind::Restricted, ground) })
}

fn moved(ground: &Ground, by: i32) -> Ground {
    let mut ground = ground.clone();
    ground.parts.iter_mut().flatten().flatten().for_each(|vertex| vertex.lon_e7 += by);
    ground
}

/// A star-shaped zone; one in ten is ten times as large.
fn star(random: &mut Random) -> Ground {
    let centre = place(random);
    let vertices = 20 + random.below(380);
    let size = if random.below(10) == 0 { 200_000.0 } else { 20_000.0 };
    let vertex = |i: u64, random: &mut Random| {
        let angle = std::f64::consts::TAU * i as f64 / vertices as f64;
        let radius = size * (1.0 + random.below(1_000) as f64 / 5_000.0);
        Position {
            lon_e7: centre.lon_e7 + (radius * angle.cos()) as i32,
            lat_e7: centre.lat_e7 + (radius * angle.sin()) as i32,
        }
    };
    Ground { parts: vec![vec![(0..vertices).map(|i| vertex(i, random)).collect()]] }
}

/// The steps of all vehicles, in the order in which their fixes would come.
fn ways(random: &mut Random) -> Vec<(Position, Position)> {
    let mut at: Vec<Position> = (0..VEHICLES).map(|_| place(random)).collect();
    let mut ways = Vec::with_capacity(VEHICLES * STEPS);
    for _ in 0..STEPS {
        for place in &mut at {
            let mut by = || random.below(40_000) as i32 - 20_000;
            let next = Position { lon_e7: place.lon_e7 + by(), lat_e7: place.lat_e7 + by() };
            ways.push((*place, next));
            *place = next;
        }
    }
    ways
}

fn place(random: &mut Random) -> Position {
    let mut by = || random.below(EXTENT) as i32;
    Position { lon_e7: CORNER.0 + by(), lat_e7: CORNER.1 + by() }
}

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}
