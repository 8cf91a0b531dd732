//! The park's own roads and gates on a network: what joins, what does not, who passes, and the ways beside a plain Dijkstra.

use super::super::hierarchy::{Shortcuts, Skeleton, order};
use super::super::*;
use super::oracle::Random;
use super::sketch::{NOW, Sketch, Town};
use crate::position::Position;
use crate::units::Millimetres;
use OwnFindingKind::{EndWithoutGate, GateAtJunction, GateLeadsNowhere, GateWithoutRoad, RoadAlone};
use std::collections::BTreeSet;

const SNAP: Millimetres = Millimetres(5_000);

fn open() -> Access {
    Access::default()
}

/// Whom an emergency gate admits.
fn emergency() -> Access {
    let no = Permission::No;
    Access { motor: no, goods: no, hazmat: no, emergency: Permission::Yes, foot: no }
}

fn plain(_: &mut RoadSaid) {}

/// An own road over letters.
fn road(town: &Town, key: u32, letters: &str, say: impl Fn(&mut RoadSaid)) -> OwnRoad {
    let mut said = RoadSaid::of_class(RoadClass::Service);
    say(&mut said);
    let shape = letters.chars().map(|letter| town.at(letter)).collect();
    OwnRoad { key, shape, said, name: RoadName { name: letters.to_owned(), ..RoadName::default() } }
}

fn gate(town: &Town, key: u32, letter: char, access: Access) -> OwnGate {
    OwnGate { key, at: town.at(letter), access, direction: Direction::Both }
}

/// The town with own roads and gates, and what became of them.
fn joined(town: Town, roads: Vec<OwnRoad>, gates: Vec<OwnGate>) -> (Town, OwnReport) {
    let own = Own { roads, gates, snap: SNAP };
    let joined = join((&town.network, &town.grid), &order(&town.network), &own).expect("they join");
    Skeleton::new(&joined.network, &joined.order).expect("an order of all its nodes");
    (town.with(joined.network), joined.report)
}

fn kinds(report: &OwnReport) -> Vec<(OwnFindingKind, u32)> {
    report.findings.iter().map(|finding| (finding.kind, finding.key)).collect()
}

fn sketch(drawing: &str, roads: &str) -> Town {
    Sketch::new(drawing).roads(roads).town()
}

#[test]
fn an_own_road_is_reached_at_its_gate_and_only_by_whom_the_gate_admits() {
    let town = sketch(
        "a  b  c\n\
         .  d  .\n\
         .  e  f",
        "abc",
    );
    let roads = vec![road(&town, 1, "bdef", plain)];
    let gates = vec![gate(&town, 9, 'b', emergency())];
    let (town, report) = joined(town, roads, gates);
    assert_eq!((kinds(&report), report.gates_on_roads, report.added_m), (vec![], 1, 500));
    assert_eq!(town.way(ProfileId::FireEngine, 'a', 'f'), Ok("abdef".to_owned()));
    assert_eq!(town.way(ProfileId::FireEngine, 'f', 'c'), Ok("fedbc".to_owned()));
    assert_eq!(town.way(ProfileId::Car, 'a', 'f'), Err("no way".to_owned()));
    assert_eq!(town.way(ProfileId::Car, 'a', 'c'), Ok("abc".to_owned()), "the public road is not the gate's");
}

#[test]
fn without_a_gate_an_end_at_a_public_road_joins_nothing_and_is_told() {
    let town = sketch("a b c\n. d .", "abc");
    let roads = vec![road(&town, 1, "bd", plain), road(&town, 2, "ca", plain)];
    let (town, report) = joined(town, roads[..1].to_vec(), vec![]);
    assert_eq!(kinds(&report), [(RoadAlone, 1), (EndWithoutGate, 1)]);
    assert_eq!(town.way(ProfileId::Car, 'a', 'd'), Err("no way".to_owned()));
    // A road of the network that a feature runs along is the park's own, and own roads join.
    let (town, report) = joined(sketch("a b c\n. d .", "abc"), roads, vec![]);
    assert_eq!((kinds(&report), report.roads_along), (vec![], 1));
    assert_eq!(town.way(ProfileId::Car, 'a', 'd'), Ok("abd".to_owned()));
}

#[test]
fn own_roads_join_each_other_where_they_meet_or_nearly_do() {
    let town = sketch(
        "a b c\n\
         . d .\n\
         e f g",
        "abc",
    );
    let mut roads = vec![road(&town, 1, "bd", plain), road(&town, 2, "eg", plain), road(&town, 3, "df", plain)];
    // The end of a road falls short of another by three metres.
    roads[2].shape[1].lat_e7 += 270;
    let (town, report) = joined(town, roads, vec![]);
    assert_eq!(kinds(&report), [(RoadAlone, 1), (RoadAlone, 2), (RoadAlone, 3), (EndWithoutGate, 1)]);
    let way = town.way(ProfileId::Car, 'd', 'g').expect("they join");
    assert!(way.starts_with('d') && way.ends_with('g'), "{way}");
}

#[test]
fn a_road_that_is_there_already_adds_what_it_says_and_no_second_road() {
    let said = |said: &mut RoadSaid| {
        said.limits.height_cm = 380;
        said.direction = Some(Direction::Forward);
    };
    let town = sketch("a b c d\ne . . f", "abcd ae ef fd");
    let before = town.network.edge_count();
    let mut own = road(&town, 7, "dcb", said);
    // Drawn two metres beside it.
    own.shape.iter_mut().for_each(|at| at.lat_e7 += 180);
    let (town, report) = joined(town, vec![own], vec![]);
    assert_eq!((report.roads_along, report.added_m, kinds(&report)), (1, 0, vec![]));
    assert_eq!(town.network.edge_count(), before + 1, "cut where the feature ends, at b");
    assert_eq!(town.way(ProfileId::Car, 'a', 'b'), Ok("ab".to_owned()), "what is not covered stays");
    assert_eq!(town.way(ProfileId::Car, 'd', 'a'), Ok("dcba".to_owned()));
    assert_eq!(town.way(ProfileId::Car, 'a', 'd'), Ok("aefd".to_owned()), "against the feature's direction");
    assert_eq!(town.way(ProfileId::HazmatTruck, 'd', 'a'), Ok("dfea".to_owned()), "too high for the feature's limit");
}

#[test]
fn what_goes_on_from_a_road_of_the_network_is_joined_to_it() {
    let town = sketch("a b c . d", "abc");
    let roads = vec![road(&town, 1, "bcd", plain)];
    let (town, report) = joined(town, roads, vec![]);
    assert_eq!((report.added_m, kinds(&report)), (400, vec![]));
    assert_eq!(town.way(ProfileId::Car, 'a', 'd'), Ok("abcd".to_owned()));
}

#[test]
fn a_bridge_joins_nothing_on_its_way() {
    let town = sketch(
        ". e .\n\
         a b c\n\
         . f .",
        "abc",
    );
    let bridge = |said: &mut RoadSaid| said.is_bridge = true;
    let along = road(&town, 1, "ac", plain);
    let (over, report) = joined(town, vec![along, road(&sketch("e\nb\nf", "eb"), 2, "ebf", bridge)], vec![]);
    assert!(kinds(&report).contains(&(RoadAlone, 2)), "{report:?}");
    assert_eq!(over.way(ProfileId::Car, 'a', 'c'), Ok("abc".to_owned()));
}

#[test]
fn a_gate_takes_the_place_of_the_barrier_that_stands_there() {
    let mut sketch = Sketch::new("a b c");
    sketch.roads("ab bc");
    let place = sketch.place('b');
    let no = Access { motor: Permission::No, ..Access::default() };
    sketch.draft.barriers.push(Barrier { place, access: no, limits: RoadLimits::default() });
    let town = sketch.town();
    assert_eq!(town.way(ProfileId::Car, 'a', 'c'), Err("no way".to_owned()));
    let gates = vec![gate(&town, 1, 'b', open())];
    let (town, report) = joined(town, vec![], gates);
    assert_eq!((report.gates_on_roads, kinds(&report)), (1, vec![]));
    assert_eq!(town.way(ProfileId::Car, 'a', 'c'), Ok("abbc".replace("bb", "b")));
}

#[test]
fn a_gate_stands_in_an_own_road_and_in_no_public_one() {
    let town = sketch("a b c\nd e f", "abc def");
    let roads = vec![road(&town, 1, "abc", plain)];
    let gates = vec![gate(&town, 8, 'b', emergency()), gate(&town, 9, 'e', emergency())];
    let (town, report) = joined(town, roads, gates);
    assert_eq!(kinds(&report), [(GateWithoutRoad, 9)]);
    assert_eq!(town.way(ProfileId::Car, 'a', 'c'), Err("no way".to_owned()));
    assert_eq!(town.way(ProfileId::Ambulance, 'a', 'c'), Ok("abc".to_owned()));
    assert_eq!(town.way(ProfileId::Car, 'd', 'f'), Ok("def".to_owned()));
}

#[test]
fn a_gate_that_joins_nothing_is_told() {
    let town = sketch("a b c\n\nd . e . f\n. . g\n. . h", "abc");
    let roads = vec![road(&town, 1, "def", plain), road(&town, 2, "eg", plain)];
    let gates = vec![gate(&town, 7, 'd', open()), gate(&town, 8, 'e', open()), gate(&town, 9, 'h', open())];
    let (_, report) = joined(town, roads, gates);
    assert_eq!(
        kinds(&report),
        [(RoadAlone, 1), (RoadAlone, 2), (GateWithoutRoad, 9), (GateLeadsNowhere, 7), (GateAtJunction, 8)]
    );
    assert_eq!(report.gates_on_roads, 1, "the one in the road that is itself joined to nothing");
}

#[test]
fn a_gate_of_one_direction_is_left_the_other_way_by_emergency_vehicles_alone() {
    let town = sketch("a b c\n. . .\n. . .\n. d .", "abc");
    let roads = vec![road(&town, 1, "bd", plain)];
    let gates = vec![OwnGate { direction: Direction::Forward, ..gate(&town, 9, 'b', open()) }];
    let (town, _) = joined(town, roads, gates);
    assert_eq!(town.way(ProfileId::Car, 'a', 'd'), Ok("abd".to_owned()));
    assert_eq!(town.way(ProfileId::Car, 'd', 'a'), Err("no way".to_owned()));
    assert_eq!(town.way(ProfileId::FireEngine, 'd', 'a'), Ok("dba".to_owned()));
}

#[test]
fn a_forbidden_turn_holds_when_its_roads_are_cut() {
    let drawing = "a . b . c\n. . d . e\n. . . . f";
    let mut map = Sketch::new(drawing);
    map.roads("abc bd de ce").restrict(RestrictionKind::No, "abc", "b", "bd");
    let town = map.town();
    assert_eq!(town.way(ProfileId::Car, 'a', 'd'), Ok("abced".to_owned()));
    // Both roads of the restriction are cut in their middles by what runs along them.
    let mut along = road(&town, 1, "bd", plain);
    along.shape[1].lat_e7 = along.shape[0].lat_e7.midpoint(along.shape[1].lat_e7);
    let mut other = road(&town, 2, "ab", plain);
    other.shape[0].lon_e7 = other.shape[0].lon_e7.midpoint(other.shape[1].lon_e7);
    let before = town.network.edge_count();
    let (town, _) = joined(town, vec![along, other], vec![]);
    assert_eq!(town.network.edge_count(), before + 2);
    assert_eq!(town.way(ProfileId::Car, 'a', 'd'), Ok("abced".to_owned()));
}

/// Costs over places by Dijkstra as it stands in the books, without any heap.
fn plain_dijkstra(places: usize, links: &[(usize, usize, f64)], from: usize) -> Vec<f64> {
    let mut costs = vec![f64::INFINITY; places];
    let mut done = vec![false; places];
    costs[from] = 0.0;
    for _ in 0..places {
        let next = (0..places).filter(|p| !done[*p]).min_by(|a, b| costs[*a].total_cmp(&costs[*b]));
        let Some(next) = next.filter(|next| costs[*next].is_finite()) else { break };
        done[next] = true;
        for (tail, head, cost) in links.iter().filter(|link| link.0 == next) {
            costs[*head] = costs[*head].min(costs[*tail] + cost);
        }
    }
    costs
}

#[test]
fn ways_over_public_and_own_roads_are_those_of_a_plain_dijkstra() {
    for seed in 0..40 {
        let mut random = Random(seed);
        let side = 5;
        let count = side * side;
        let at = |place: usize| Position {
            lon_e7: 1_210_000_000 + (place % side) as i32 * 12_000,
            lat_e7: 300_000_000 + (place / side) as i32 * 11_000,
        };
        // A place is there twice for the oracle: for public roads, and for own ones.
        let mut links = Vec::new();
        let mut draft = Draft::default();
        draft.places.extend((0..count).map(at));
        let (mut roads, mut on_public, mut on_own) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        let kind = draft.kind(RoadKind::of_class(RoadClass::Service));
        let name = draft.name(RoadName::default());
        for place in 0..count {
            for to in [place + 1, place + side] {
                let is_road = to < count && (to == place + side || to % side > 0) && random.below(6) > 0;
                if !is_road {
                    continue;
                }
                let is_own = random.below(2) == 0;
                let length_m = crate::geodesy::distance(at(place), at(to)).as_metres();
                let ms = length_m * 3_600.0 / 15.0;
                let shift = if is_own { count } else { 0 };
                links.extend([(place + shift, to + shift, ms), (to + shift, place + shift, ms)]);
                if is_own {
                    on_own.extend([place, to]);
                    let said = RoadSaid::of_class(RoadClass::Service);
                    let (key, shape) = (roads.len() as u32, vec![at(place), at(to)]);
                    roads.push(OwnRoad { key, shape, said, name: RoadName::default() });
                } else {
                    on_public.extend([place, to]);
                    let (id, places) = (draft.ways.len() as i64, vec![place as u32, to as u32]);
                    draft.ways.push(DraftWay { id, places, kind, name });
                }
            }
        }
        let mut gates = Vec::new();
        for &place in on_public.intersection(&on_own) {
            if random.below(3) == 0 {
                continue;
            }
            let one_way = random.below(3) == 0;
            let direction = if one_way { Direction::Forward } else { Direction::Both };
            let off = Position { lon_e7: at(place).lon_e7 + random.below(300) as i32, ..at(place) };
            gates.push(OwnGate { key: 100 + place as u32, at: off, access: open(), direction });
            links.push((place, place + count, 10_000.0));
            links.extend((!one_way).then_some((place + count, place, 10_000.0)));
        }
        let (network, _) = Network::build(&mut draft).expect("a network");
        let grid = EdgeGrid::of(&network);
        let own = Own { roads, gates, snap: SNAP };
        let Joined { network, order, report } = join((&network, &grid), &order(&network), &own).expect("they join");
        assert_eq!(report.gates_on_roads, own.gates.len(), "{report:?}");
        let graph = Graph::of(&network, &Profiles::default(), ProfileId::Car, Metric::Fastest);
        let closures = Closures::none(&network, NOW);
        let grid = EdgeGrid::of(&network);
        let skeleton = Skeleton::new(&network, &order).expect("an order of all nodes");
        let shortcuts = Shortcuts::new(&network, &skeleton, &graph, &closures);
        let exact = View { network: &network, grid: &grid, graph: &graph, closures: &closures, fast: None };
        let fast = View { fast: Some(Fast { skeleton: &skeleton, shortcuts: &shortcuts }), ..exact };
        // The junction of a place on public roads comes first, that of own ones is among what was added.
        let junction_of = |place: usize| {
            let is_own = place >= count;
            let here: Vec<u32> = (0..network.junction_count() as u32)
                .filter(|junction| network.junction(JunctionId(*junction)) == at(place % count))
                .filter(|junction| {
                    let is_of = |edge: &EdgeId| (network.edge(*edge).way < 0) == is_own;
                    let touches = |edge: &EdgeId| {
                        let edge = network.edge(*edge);
                        edge.length_mm > 0 && (edge.from.0 == *junction || edge.to.0 == *junction)
                    };
                    network.edges().any(|edge| is_of(&edge) && touches(&edge))
                })
                .collect();
            here.first().copied()
        };
        let ends: Vec<(usize, u32)> =
            (0..count * 2).filter_map(|place| Some((place, junction_of(place)?))).step_by(3).collect();
        assert!(ends.len() > 8, "seed {seed}");
        for &(from, from_junction) in &ends {
            let costs = plain_dijkstra(count * 2, &links, from);
            for &(to, to_junction) in &ends {
                let stops = [from_junction, to_junction].map(|j| Stop::at_junction(&network, JunctionId(j)));
                for view in [&exact, &fast] {
                    let way = view.way(&mut Scratch::default(), &stops[0], &stops[1], NOW);
                    let (cost, expected) = (way.map(|way| f64::from(way.cost)), costs[to]);
                    // Lengths are whole millimetres and times whole milliseconds, edge by edge.
                    let is_right = match cost {
                        Some(cost) => (cost - expected).abs() < 30.0,
                        None => expected.is_infinite(),
                    };
                    assert!(is_right, "seed {seed} from {from} to {to}: {cost:?} and not {expected}");
                }
            }
        }
    }
}
