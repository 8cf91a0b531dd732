//! `bench roads`: the road engine alone on an OpenStreetMap extract, in one process, snapping and JSON left out.
//!
//! Places are junctions drawn by a fixed seed from the well-connected part. Times are of single calls, one thread unless
//! said; every layer obeys the same closures.

use super::percentile::Times;
use super::process::{Memory, memory_kib};
use super::{road_copies, road_peer};
use clap::Args;
use cordon_data::import::osm;
use cordon_data::road_file::RoadFile;
use cordon_spatial::position::Position;
use cordon_spatial::road::hierarchy::{Shortcuts, Skeleton, order};
use cordon_spatial::road::{
    Audience, Closure, ClosureId, Closures, EdgeGrid, Fast, Graph, JunctionId, Metric, Network, Prepared, ProfileId,
    Profiles, Report, Scratch, Stop, View, area,
};
use cordon_spatial::shape;
use cordon_spatial::units::UnixMs;
use serde_json::{Map, Value, json};
use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// An OpenStreetMap extract.
    #[arg(long)]
    pbf: PathBuf,
    /// Measures of each kind; the slow kinds get a tenth.
    #[arg(long, default_value_t = 1_000)]
    rounds: usize,
    /// Copies of the extract in a row and in a column, joined at the borders: a larger network, synthetic.
    #[arg(long, value_names = ["COLUMNS", "ROWS"], num_args = 2)]
    copies: Option<Vec<i32>>,
    /// Measures a published hierarchy too, in the same run.
    #[arg(long)]
    peer: bool,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

const NOW: UnixMs = UnixMs(1_750_000_000_000);

/// Measures and prints.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let mut table = Table::default();
    let bytes = std::fs::read(&options.pbf)?;
    let began = Instant::now();
    let (mut draft, mut findings) = osm::read(&bytes)?;
    let read = began.elapsed();
    if let Some([columns, rows]) = options.copies.as_deref() {
        road_copies::tiled(&mut draft, *columns, *rows);
    }
    let began_building = Instant::now();
    let (network, more) = Network::build(&mut draft)?;
    table.once("load the PBF: read and make the network", read + began_building.elapsed(), Some((250.0, 120.0)));
    table.once("of that, reading the file", read, None);
    drop(draft);
    findings.extend(more);
    let began = Instant::now();
    let grid = EdgeGrid::of(&network);
    table.once("grid of edges", began.elapsed(), None);
    let began = Instant::now();
    drop(Graph::of(&network, &Profiles::default(), ProfileId::Car, Metric::Fastest));
    table.once("graph of one profile", began.elapsed(), None);
    let report = Report::of(&network, &grid, findings);
    table.figure("junctions", report.junctions as f64);
    table.figure("edges", report.edges as f64);
    table.figure("nodes with turn copies", network.node_count() as f64);
    table.figure("forbidden turns", report.forbidden_turns as f64);
    table.figure("length, km", report.length_m as f64 / 1_000.0);
    table.figure("largest component, junctions", report.components[0] as f64);
    let began = Instant::now();
    let order = order(&network);
    table.once("order the nodes", began.elapsed(), Some((3_000.0, 1_500.0)));
    let began = Instant::now();
    let skeleton = Skeleton::new(&network, &order)?;
    table.once("skeleton of shortcuts", began.elapsed(), None);
    let (source, attribution) = (options.pbf.display().to_string(), String::new());
    let file = RoadFile { source, attribution, network, grid, skeleton, report };
    let saved = tempfile::NamedTempFile::new()?;
    std::fs::write(saved.path(), file.to_bytes())?;
    let saved_file = std::fs::File::open(saved.path())?;
    table.figure("saved form, MiB", saved_file.metadata()?.len() as f64 / f64::from(1 << 20));
    let before = memory_kib(std::process::id(), Memory::Resident)?;
    let began = Instant::now();
    let loaded = RoadFile::read(&saved_file)?;
    table.once("load the saved form: network, grid and skeleton", began.elapsed(), Some((1_000.0, 1_000.0)));
    let taken = memory_kib(std::process::id(), Memory::Resident)?.saturating_sub(before);
    table.figure("memory more after loading, MiB", taken as f64 / 1_024.0);
    anyhow::ensure!(loaded == file, "what was saved is not what was loaded");
    let RoadFile { network, grid, skeleton, .. } = loaded;
    drop(file);
    // Made of what was saved, as a server does.
    let graph = Graph::of(&network, &Profiles::default(), ProfileId::Car, Metric::Fastest);

    let closures = Closures::none(&network, NOW);
    let mut bench = Bench { network: &network, grid: &grid, graph: &graph, random: Random(7), rounds: options.rounds };
    bench.closing(&closures, &mut table);
    bench.exact(&closures, &mut table);
    let (mean, most) = skeleton.depth();
    table.figure("shortcuts", skeleton.shortcut_count() as f64);
    table.figure("ancestors of a node, mean", mean);
    table.figure("ancestors of a node, most", f64::from(most));
    bench.following(&skeleton, &closures, &mut table);
    let shortcuts = Shortcuts::new(&network, &skeleton, &graph, &closures);
    let fast = Fast { skeleton: &skeleton, shortcuts: &shortcuts };
    bench.fast(fast, &closures, &mut table);
    bench.tables(fast, &closures, &mut table);
    if options.peer {
        let peer = road_peer::beside(&network, &graph, options.rounds, &mut || bench.junction());
        peer.once.into_iter().for_each(|(name, time)| table.once(name, time, None));
        peer.times.into_iter().for_each(|(name, times)| table.times(name, times, None));
    }
    table.figure("memory of the process at most, MiB", memory_kib(std::process::id(), Memory::Peak)? as f64 / 1_024.0);
    table.print(options.json);
    Ok(())
}

struct Bench<'a> {
    network: &'a Network,
    grid: &'a EdgeGrid,
    graph: &'a Graph,
    random: Random,
    rounds: usize,
}

impl<'a> Bench<'a> {
    fn view(&self, closures: &'a Closures, fast: Option<Fast<'a>>) -> View<'a> {
        View { network: self.network, grid: self.grid, graph: self.graph, closures, fast }
    }

    fn junction(&mut self) -> JunctionId {
        loop {
            let junction = JunctionId(self.random.below(self.network.junction_count() as u64) as u32);
            if self.graph.is_well_connected(junction) {
                return junction;
            }
        }
    }

    fn stop(&mut self) -> Stop {
        let junction = self.junction();
        Stop::at_junction(self.network, junction)
    }

    fn stops(&mut self, count: usize) -> Vec<Stop> {
        (0..count).map(|_| self.stop()).collect()
    }

    fn circle(&mut self, id: u64, radius_m: f64) -> Closure {
        let junction = self.junction();
        let centre: Position = self.network.junction(junction);
        let ground = shape::circle(centre, radius_m).expect("a circle on the map");
        Closure { id: ClosureId(id), ground, audience: Audience::all(), from: None, to: None }
    }

    fn closing(&mut self, none: &Closures, table: &mut Table) {
        let (mut closing, mut opening, mut edges) = (Times::default(), Times::default(), 0);
        let mut closures = none.clone();
        for round in 0..self.rounds as u64 {
            let closure = self.circle(round, 600.0);
            let began = Instant::now();
            closures.close(self.network, self.grid, closure);
            closing.add(began.elapsed());
            edges += closures.edges(ClosureId(round)).map_or(0, <[_]>::len);
            let began = Instant::now();
            closures.open(ClosureId(round));
            opening.add(began.elapsed());
        }
        table.figure("edges of a circle of 600 m, mean", edges as f64 / self.rounds as f64);
        table.times("A: close a circle of 600 m, all profiles", closing, Some(((0.02, 0.1), (0.01, 0.03))));
        table.times("A: open it again", opening, None);
        let mut crowded = none.clone();
        let began = Instant::now();
        (0..1_000).for_each(|id| {
            let closure = self.circle(id, 300.0);
            crowded.close(self.network, self.grid, closure);
        });
        table.once("A: a thousand circles of 300 m, shapes made too", began.elapsed(), None);
    }

    fn exact(&mut self, closures: &'a Closures, table: &mut Table) {
        let view = self.view(closures, None);
        let mut scratch = Scratch::default();
        let mut times = Times::default();
        for _ in 0..self.rounds {
            let (from, to) = (self.stop(), self.stop());
            let began = Instant::now();
            black_box(view.way(&mut scratch, &from, &to, NOW));
            times.add(began.elapsed());
        }
        table.times("A: route with its arcs", times, None);
        for (count, targets) in [(120, Some(((0.5, 1.0), (0.12, 0.2)))), (1_000, Some(((0.05, 0.1), (0.12, 0.2))))] {
            let resources = Prepared::new(self.stops(count), self.network.node_count());
            let mut times = Times::default();
            for _ in 0..self.rounds {
                let to = self.stop();
                let began = Instant::now();
                black_box(view.nearest(&mut scratch, &resources, &to, 10, NOW));
                times.add(began.elapsed());
            }
            table.times(&format!("A: nearest 10 of {count}"), times, targets);
        }
        let many = Prepared::new(self.stops(500), self.network.node_count());
        let mut times = Times::default();
        for _ in 0..self.rounds.div_ceil(10) {
            let from = self.stop();
            let began = Instant::now();
            black_box(view.one_to_many(&mut scratch, &from, &many, NOW));
            times.add(began.elapsed());
        }
        table.times("A: 1 x 500", times, None);
        let mut times = Times::default();
        for _ in 0..self.rounds.div_ceil(10) {
            let from = self.stops(3);
            let began = Instant::now();
            black_box(view.reach(&mut scratch, &from, 600_000, NOW));
            times.add(began.elapsed());
        }
        table.times("A: what three places reach in 10 minutes", times, None);
        let (mut lines, mut areas) = (Times::default(), Times::default());
        for _ in 0..self.rounds.div_ceil(50) {
            let from = self.stops(1);
            let began = Instant::now();
            let reached = view.isochrones(&mut scratch, &from, &[300_000, 600_000, 900_000], NOW);
            lines.add(began.elapsed());
            let began = Instant::now();
            reached.iter().for_each(|reached| drop(black_box(area(&reached.lines))));
            areas.add(began.elapsed());
        }
        table.times("A: isochrones of 5, 10 and 15 minutes, lines", lines, None);
        table.times("the areas around these lines", areas, None);
    }
}

impl<'a> Bench<'a> {
    fn following(&mut self, skeleton: &Skeleton, none: &Closures, table: &mut Table) {
        let mut whole = Times::default();
        let mut shortcuts = Shortcuts::new(self.network, skeleton, self.graph, none);
        for _ in 0..10 {
            let began = Instant::now();
            shortcuts = black_box(Shortcuts::new(self.network, skeleton, self.graph, none));
            whole.add(began.elapsed());
        }
        table.times("B: customize from nothing", whole, None);
        let mut closures = none.clone();
        for (radius_m, targets) in [(600.0, Some(((20.0, 30.0), (2.0, 8.0)))), (2_500.0, None)] {
            let (mut closing, mut opening) = (Times::default(), Times::default());
            for round in 0..self.rounds.div_ceil(5) as u64 {
                let closure = self.circle(round, radius_m);
                let began = Instant::now();
                closures.close(self.network, self.grid, closure);
                shortcuts.follow(skeleton, &closures);
                closing.add(began.elapsed());
                let began = Instant::now();
                closures.open(ClosureId(round));
                shortcuts.follow(skeleton, &closures);
                opening.add(began.elapsed());
            }
            table.times(&format!("B: close a circle of {radius_m} m"), closing, targets);
            table.times(&format!("B: open a circle of {radius_m} m again"), opening, None);
        }
    }

    fn fast(&mut self, fast: Fast<'a>, closures: &'a Closures, table: &mut Table) {
        let view = self.view(closures, Some(fast));
        let mut scratch = Scratch::default();
        let mut times = Times::default();
        for _ in 0..self.rounds {
            let (from, to) = (self.stop(), self.stop());
            let began = Instant::now();
            black_box(view.way(&mut scratch, &from, &to, NOW));
            times.add(began.elapsed());
        }
        table.times("B: route with its arcs", times, Some(((0.06, 0.15), (0.03, 0.08))));
        for count in [120, 1_000] {
            let resources = Prepared::new(self.stops(count), self.network.node_count());
            let mut times = Times::default();
            for _ in 0..self.rounds {
                let to = self.stop();
                let began = Instant::now();
                black_box(view.nearest(&mut scratch, &resources, &to, 10, NOW));
                times.add(began.elapsed());
            }
            let targets = if count == 120 { ((0.5, 1.0), (0.12, 0.2)) } else { ((0.05, 0.1), (0.12, 0.2)) };
            table.times(&format!("A, then B: nearest 10 of {count}"), times, Some(targets));
            let began = Instant::now();
            let buckets = view.buckets(&mut scratch, &resources).expect("the fast layer is current");
            table.once(&format!("B: put {count} places into buckets"), began.elapsed(), None);
            let mut times = Times::default();
            for _ in 0..self.rounds {
                let to = self.stop();
                let began = Instant::now();
                black_box(view.nearest_in(&mut scratch, (&resources, &buckets), &to, 10, NOW));
                times.add(began.elapsed());
            }
            let targets = (count == 120).then_some(((0.5, 1.0), (0.12, 0.2)));
            table.times(&format!("B: nearest 10 of {count}, prepared"), times, targets);
        }
        let many = Prepared::new(self.stops(500), self.network.node_count());
        let selection = view.selection(&many).expect("the fast layer is current");
        let (mut prepared, mut whole) = (Times::default(), Times::default());
        for _ in 0..self.rounds {
            let from = [self.stop()];
            let began = Instant::now();
            black_box(view.table_of(&mut scratch, &from, &many, &selection, NOW));
            prepared.add(began.elapsed());
            let began = Instant::now();
            black_box(view.one_to_many(&mut scratch, &from[0], &many, NOW));
            whole.add(began.elapsed());
        }
        table.times("B: 1 x 500, prepared", prepared, Some(((0.3, 0.5), (0.15, 0.25))));
        table.times("B: 1 x 500, nothing prepared", whole, Some(((0.3, 0.5), (0.15, 0.25))));
    }

    fn tables(&mut self, fast: Fast<'a>, closures: &'a Closures, table: &mut Table) {
        let view = self.view(closures, Some(fast));
        let mut scratch = Scratch::default();
        let mut times = Times::default();
        for _ in 0..self.rounds.div_ceil(5) {
            let from = self.stops(50);
            let to = Prepared::new(self.stops(50), self.network.node_count());
            let began = Instant::now();
            black_box(view.table(&mut scratch, &from, &to, NOW));
            times.add(began.elapsed());
        }
        table.times("B: 50 x 50 with preparation", times, Some(((3.0, 4.0), (1.0, 1.5))));
        let (mut one, mut two) = (Times::default(), Times::default());
        for _ in 0..self.rounds.div_ceil(50) {
            let from = self.stops(1_000);
            let to = Prepared::new(self.stops(1_000), self.network.node_count());
            let began = Instant::now();
            black_box(view.table(&mut scratch, &from, &to, NOW));
            one.add(began.elapsed());
            let began = Instant::now();
            let selection = view.selection(&to).expect("the fast layer is current");
            let half = |from: &[Stop]| view.table_of(&mut Scratch::default(), from, &to, &selection, NOW);
            let both = std::thread::scope(|scope| {
                let other = scope.spawn(|| half(&from[500..]));
                (half(&from[..500]), other.join().expect("a thread that only computes"))
            });
            black_box(both);
            two.add(began.elapsed());
        }
        table.times("B: 1000 x 1000, one thread", one, None);
        table.times("B: 1000 x 1000, two threads", two, Some(((200.0, 250.0), (70.0, 100.0))));
    }
}

/// Floor and goal of p50 and p99, ms.
type Targets = ((f64, f64), (f64, f64));

/// What was measured, in order.
#[derive(Default)]
struct Table {
    rows: Vec<(String, String)>,
    figures: Map<String, Value>,
}

impl Table {
    fn figure(&mut self, name: &str, value: f64) {
        self.rows.push((name.to_owned(), format!("{:.1}", value)));
        self.figures.insert(key(name), json!(value));
    }

    fn once(&mut self, name: &str, time: Duration, targets: Option<(f64, f64)>) {
        let ms = time.as_secs_f64() * 1e3;
        let beside = targets.map_or(String::new(), |(floor, goal)| format!("   floor {floor} ms, goal {goal} ms"));
        self.rows.push((name.to_owned(), format!("{ms:.1} ms{beside}")));
        self.figures.insert(format!("{}_ms", key(name)), json!(ms));
    }

    fn times(&mut self, name: &str, mut times: Times, targets: Option<Targets>) {
        let (p50, p99) = (times.percentile_ms(0.5), times.percentile_ms(0.99));
        let beside = targets.map_or(String::new(), |(floor, goal)| {
            format!("   floor {} / {}, goal {} / {}", floor.0, floor.1, goal.0, goal.1)
        });
        self.rows.push((name.to_owned(), format!("{p50:.4} / {p99:.4} ms{beside}")));
        self.figures.insert(format!("{}_p50_ms", key(name)), json!(p50));
        self.figures.insert(format!("{}_p99_ms", key(name)), json!(p99));
    }

    fn print(&self, as_json: bool) {
        if as_json {
            println!("{}", Value::Object(self.figures.clone()));
            return;
        }
        println!("p50 / p99 where there are two");
        self.rows.iter().for_each(|(name, value)| println!("{name:<50} {value}"));
    }
}

/// A name as a key: lower case words with one line between them.
fn key(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_").to_lowercase()
}

/// Random numbers that are the same every time (Knuth's MMIX multiplier).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}
