//! The scenes. Times are seconds since the story began; each scene's test drives it through the engine.

use super::super::road::{Course, Graph, Manner, Profile};
use super::act::{Act, FaultKind};
use cordon_data::park::Spot;

const fn spot(east_m: f64, north_m: f64) -> Spot {
    Spot { east_m, north_m }
}

/// A lawful driver of dangerous goods.
const LAWFUL: Manner = Manner { profile: Profile::Hazmat, share: 0.9, regardless_kph: None };
/// One who takes every road, at walking speed where a sign says so.
const HEEDLESS: Manner = Manner { profile: Profile::Heedless, share: 0.9, regardless_kph: None };
/// The same, not that slow.
const HASTY: Manner = Manner { profile: Profile::Heedless, share: 0.9, regardless_kph: Some(28.0) };

/// Half a cycle: scenes that are played twice begin so much later the second time.
const HALF_S: f64 = 300.0;

fn course(graph: &Graph, over: &[usize], manner: Manner) -> Course {
    let nodes = graph.route(over, manner.profile).expect("the scene's way is open to it");
    Course::along(graph, &nodes, manner).expect("the scene's way leads somewhere")
}

fn slot(graph: &Graph, lot: &str, number: usize) -> usize {
    let slots = &graph.roads.lot(lot).slots;
    slots[number % slots.len()]
}

/// A van drives through the ammonia tank farm and back to its stand, in every half.
pub(super) fn intruder(graph: &Graph) -> Act {
    let stand = slot(graph, "ammonia-visitors", 1);
    let inside = graph.nearest(spot(-600.0, 560.0));
    let beyond = graph.nearest(spot(-300.0, 560.0));
    let manner = Manner { regardless_kph: Some(38.0), ..HASTY };
    let round = course(graph, &[stand, inside, beyond, stand], manner);
    Act::new().drive(5.0, round.clone()).drive(5.0 + HALF_S, round)
}

/// A tanker at 58 km/h on Centre Avenue, there in the first half and back in the second.
pub(super) fn speeder(graph: &Graph) -> Act {
    let manner = Manner { regardless_kph: Some(58.0), ..LAWFUL };
    let (west, east) = (slot(graph, "haina-glycol", 0), slot(graph, "bohai-power", 0));
    let there = course(graph, &[west, east], manner);
    let back = course(graph, &[east, west], manner);
    Act::new().drive(90.0, there).drive(90.0 + HALF_S, back)
}

/// A tanker stops in the ammonia tank farm for two minutes and goes back.
pub(super) fn overstayer(graph: &Graph) -> Act {
    let stand = slot(graph, "haiyue-ammonia", 2);
    let inside = graph.nearest(spot(-600.0, 560.0));
    let beyond = graph.nearest(spot(-900.0, 560.0));
    Act::new()
        .drive(50.0, course(graph, &[stand, inside], HASTY))
        .drive(260.0, course(graph, &[inside, beyond, stand], HASTY))
}

/// A lorry drives through closed road works while its receiver finds no place, in every half.
pub(super) fn cut_through(graph: &Graph) -> Act {
    let stand = slot(graph, "wanli-aromatics", 0);
    let way = [spot(600.0, -50.0), spot(600.0, 300.0), spot(750.0, 350.0)].map(|at| graph.nearest(at));
    let round = course(graph, &[stand, way[0], way[1], way[2], stand], HASTY);
    // The works lie between 130 and 210 m north.
    let (before, after) = (round.passes(spot(600.0, 105.0)), round.passes(spot(600.0, 235.0)));
    [150.0, 150.0 + HALF_S].into_iter().fold(Act::new(), |act, from| {
        act.drive(from, round.clone()).fault(from + before, from + after, FaultKind::NoFix) //
    })
}

/// A tanker drives onto the weighbridge of the acid works and says nothing for more than three minutes.
pub(super) fn silent(graph: &Graph) -> Act {
    let (stand, weighbridge) = (slot(graph, "linhai-acid", 0), slot(graph, "acid-weighbridge", 1));
    Act::new()
        .drive(10.0, course(graph, &[stand, weighbridge], HEEDLESS))
        .drive(300.0, course(graph, &[weighbridge, stand], HEEDLESS))
        .fault(100.0, 290.0, FaultKind::Silent)
}

/// A tanker goes from yard to yard and back; in the second half its receiver is stuck on the way.
pub(super) fn frozen(graph: &Graph) -> Act {
    let (here, there) = (slot(graph, "yard-dongsha", 0), slot(graph, "yard-yongdong", 0));
    let brisk = Manner { regardless_kph: Some(25.0), ..LAWFUL };
    Act::new()
        .drive(20.0, course(graph, &[here, there], brisk))
        .drive(20.0 + HALF_S, course(graph, &[there, here], brisk))
        .fault(375.0, 535.0, FaultKind::Stuck)
}

/// A tanker takes the short way through Shapu while it has no link for two minutes.
pub(super) fn blind_area(graph: &Graph) -> Act {
    let stand = slot(graph, "yard-anjie", 20);
    let (street, corner) = (graph.nearest(spot(4_900.0, -2_600.0)), graph.nearest(spot(4_300.0, -2_600.0)));
    Act::new().drive(325.0, course(graph, &[stand, street, corner, stand], HEEDLESS)).fault(
        378.0,
        500.0,
        FaultKind::NoLink,
    )
}

/// A tanker on the ring road is placed in the sea for a moment, in every half.
pub(super) fn drifter(graph: &Graph) -> Act {
    let (east, west) = (slot(graph, "kangyuan-pharma", 0), slot(graph, "chenxing-electronic", 0));
    let (there, back) = (course(graph, &[east, west], LAWFUL), course(graph, &[west, east], LAWFUL));
    let off = FaultKind::Off { north_m: 3_000.0 };
    let act = Act::new().drive(20.0, there).drive(20.0 + HALF_S, back);
    // Two seconds each: of fixes every second two are off, and three are needed to be believed.
    [140.0, 440.0].into_iter().fold(act, |act, from| act.fault(from, from + 2.0, off))
}

/// The fourth of these makes the coatings yard too full.
pub(super) fn crowd(graph: &Graph, number: u8) -> Act {
    let (stand, goal) =
        (slot(graph, "hazmat-parking", 40 + usize::from(number)), slot(graph, "coatings-forecourt", number.into()));
    let later = f64::from(number) * 8.0;
    Act::new()
        .drive(340.0 + later, course(graph, &[stand, goal], LAWFUL))
        .drive(480.0 + later / 2.0, course(graph, &[goal, stand], LAWFUL))
}
