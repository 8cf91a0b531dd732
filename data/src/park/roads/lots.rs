//! Ground beside the roads where vehicles stand: company yards, loading bays, the hazmat car park, stations, stops at the
//! district's ends.

use super::draft::{Draft, Line};
use super::{Admits, RoadClass};
use crate::park::plane::{Spot, spot};

/// What a lot is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LotKind {
    /// A haulier's yard.
    Yard,
    /// Loading bays of a plant.
    Bays,
    /// The park's car park for loaded and waiting hazmat vehicles.
    HazmatParking,
    /// Offices, visitors, shops.
    Cars,
    /// A fire or rescue station.
    Station,
    /// Where the district ends and long journeys begin.
    End,
    /// Kept for a scripted scene; others stay away.
    Scene,
}

/// A lot: aisles between two spines that lead to a road.
#[derive(Clone, Debug, PartialEq)]
pub struct Lot {
    /// Its id.
    pub id: &'static str,
    /// What it is for.
    pub kind: LotKind,
    /// Where single vehicles stand: nodes of the network.
    pub slots: Vec<usize>,
    /// Its corners on the board: south-west and north-east.
    pub corners: (Spot, Spot),
}

/// A lot on the board: `west` and `width` along its road at `road_north`, aisles on the side where `depth` points.
#[derive(Clone, Copy)]
struct Plot {
    id: &'static str,
    kind: LotKind,
    west: f64,
    width: f64,
    road_north: f64,
    /// Metres from the road to the first aisle; negative to the south.
    depth: f64,
    aisles: u32,
    /// Metres between two slots.
    apart: f64,
}

/// Metres between two aisles.
const AISLE_M: f64 = 26.0;

const fn plot(id: &'static str, kind: LotKind, (west, width): (f64, f64), (road_north, depth): (f64, f64)) -> Plot {
    let (aisles, apart) = match kind {
        LotKind::Yard => (3, 14.0),
        LotKind::HazmatParking => (4, 14.0),
        LotKind::Cars | LotKind::Station | LotKind::End => (2, 14.0),
        LotKind::Bays | LotKind::Scene => (1, 30.0),
    };
    Plot { id, kind, west, width, road_north, depth, aisles, apart }
}

/// The lots: those of a plant bear the plant's id.
const PLOTS: &[Plot] = &[
    plot("yard-yongdong", LotKind::Yard, (-1_500.0, 320.0), (-2_200.0, 50.0)),
    plot("yard-haiwan", LotKind::Yard, (500.0, 320.0), (-2_200.0, 50.0)),
    plot("yard-huhe", LotKind::Yard, (3_300.0, 320.0), (-2_200.0, -50.0)),
    plot("yard-dongsha", LotKind::Yard, (-1_900.0, 320.0), (-1_300.0, -50.0)),
    plot("yard-anjie", LotKind::Yard, (5_000.0, 320.0), (-2_200.0, 50.0)),
    plot("hazmat-parking", LotKind::HazmatParking, (-190.0, 380.0), (-850.0, 60.0)),
    plot("east-asia-storage", LotKind::Bays, (-1_290.0, 230.0), (350.0, 50.0)),
    plot("haiyue-ammonia", LotKind::Bays, (-830.0, 180.0), (350.0, 50.0)),
    plot("jetty-terminal", LotKind::Bays, (-110.0, 220.0), (350.0, 50.0)),
    plot("haina-glycol", LotKind::Bays, (-1_290.0, 230.0), (-50.0, 50.0)),
    plot("dongsha-chlor-alkali", LotKind::Bays, (-840.0, 180.0), (-50.0, 50.0)),
    plot("wanqu-polycarbonate", LotKind::Bays, (-110.0, 220.0), (-50.0, 50.0)),
    plot("bohai-power", LotKind::Bays, (1_060.0, 230.0), (-50.0, 50.0)),
    plot("shapu-fine", LotKind::Bays, (-1_290.0, 230.0), (-450.0, 50.0)),
    plot("yonghai-resin", LotKind::Bays, (-710.0, 220.0), (-450.0, 50.0)),
    plot("linhai-acid", LotKind::Bays, (490.0, 220.0), (-450.0, 50.0)),
    plot("qingyuan-hydrogen", LotKind::Bays, (1_060.0, 230.0), (-450.0, 50.0)),
    plot("hengtai-warehouse", LotKind::Bays, (-1_290.0, 230.0), (-850.0, 50.0)),
    plot("chenxing-electronic", LotKind::Bays, (-710.0, 220.0), (-850.0, 50.0)),
    plot("kangyuan-pharma", LotKind::Bays, (1_060.0, 230.0), (-850.0, 50.0)),
    plot("wanli-aromatics", LotKind::Bays, (720.0, 140.0), (-50.0, 50.0)),
    plot("lanhai-lpg", LotKind::Bays, (490.0, 220.0), (350.0, 50.0)),
    plot("coatings-forecourt", LotKind::Scene, (400.0, 240.0), (-850.0, 50.0)),
    plot("ammonia-visitors", LotKind::Scene, (-440.0, 110.0), (350.0, 50.0)),
    plot("acid-weighbridge", LotKind::Scene, (760.0, 100.0), (-450.0, 50.0)),
    plot("centre-offices", LotKind::Cars, (-230.0, 160.0), (-450.0, 50.0)),
    plot("visitor-parking", LotKind::Cars, (-700.0, 280.0), (-1_300.0, 40.0)),
    plot("fire-station-park", LotKind::Station, (60.0, 120.0), (-450.0, 50.0)),
    plot("gas-rescue-station", LotKind::Station, (1_020.0, 110.0), (350.0, 50.0)),
    plot("fire-station-shapu", LotKind::Station, (4_640.0, 120.0), (-2_900.0, 40.0)),
    plot("hospital-shapu", LotKind::Cars, (5_230.0, 200.0), (-3_200.0, 50.0)),
    plot("market-shapu", LotKind::Cars, (4_630.0, 200.0), (-3_200.0, 50.0)),
    plot("village-dongsha", LotKind::Cars, (-3_660.0, 200.0), (-700.0, 40.0)),
    plot("village-xingang", LotKind::Cars, (3_550.0, 200.0), (-900.0, 40.0)),
    plot("village-tangwan", LotKind::Cars, (300.0, 200.0), (-3_000.0, 40.0)),
    plot("end-national-west", LotKind::End, (-5_950.0, 300.0), (-2_200.0, 50.0)),
    plot("end-national-east", LotKind::End, (5_650.0, 300.0), (-2_200.0, -50.0)),
    plot("end-nanpu-west", LotKind::End, (-5_600.0, 300.0), (-5_800.0, 50.0)),
];

pub(super) fn draw(draft: &mut Draft) {
    PLOTS.iter().for_each(|plot| lay_out(draft, plot));
    expressway_end(draft, "end-expressway-east", 1.0);
    expressway_end(draft, "end-expressway-west", -1.0);
}

fn lay_out(draft: &mut Draft, plot: &Plot) {
    let (west, east) = (plot.west, plot.west + plot.width);
    let aisle = |number: u32| plot.road_north + plot.depth + f64::from(number) * AISLE_M * plot.depth.signum();
    let far = aisle(plot.aisles - 1);
    let admits = match plot.kind {
        LotKind::Cars | LotKind::Station => Admits::NoHazmat,
        _ => Admits::All,
    };
    let mut service = |name: &str, spots: &[Spot]| {
        let line = Line::new(format!("{}-{name}", plot.id), RoadClass::Service, spots).admits(admits);
        draft.draw(if name.starts_with("aisle") { line.oneway() } else { line });
    };
    service("west", &[spot(west, plot.road_north), spot(west, far)]);
    service("east", &[spot(east, plot.road_north), spot(east, far)]);
    let mut slots = Vec::new();
    for number in 0..plot.aisles {
        let north = aisle(number);
        let count = ((plot.width - 2.0 * 16.0) / plot.apart) as u32 + 1;
        let stands: Vec<Spot> = (0..count).map(|i| spot(west + 16.0 + f64::from(i) * plot.apart, north)).collect();
        let through = [&[spot(west, north)], &stands[..], &[spot(east, north)]].concat();
        service(&format!("aisle-{}", number + 1), &through);
        slots.extend(stands);
    }
    let (south, north) = (plot.road_north.min(far), plot.road_north.max(far));
    let corners = (spot(west - 10.0, south.max(plot.road_north + 15.0)), spot(east + 10.0, north + 14.0));
    let corners = if plot.depth > 0.0 {
        corners
    } else {
        (spot(west - 10.0, south - 14.0), spot(east + 10.0, plot.road_north - 15.0)) //
    };
    draft.lot(Lot { id: plot.id, kind: plot.kind, slots: Vec::new(), corners }, slots);
}

/// The toll plaza where the expressway leaves the district: who goes on beyond it turns here.
fn expressway_end(draft: &mut Draft, id: &'static str, side: f64) {
    let (westbound, eastbound) = super::district::EXPRESSWAY;
    let edge = side * super::district::REACH_M;
    let (out, back) = if side > 0.0 { (eastbound, westbound) } else { (westbound, eastbound) };
    let stands: Vec<Spot> = (0..12).map(|i| spot(edge + side * (30.0 + 20.0 * f64::from(i)), out)).collect();
    let far = edge + side * 290.0;
    let through = [&[spot(edge, out)], &stands[..], &[spot(far, out), spot(far, back), spot(edge, back)]].concat();
    let line = Line::new(id, RoadClass::Ramp, &through).oneway();
    draft.draw(line.named("沙浦收费站", "Shapu Toll Plaza"));
    let (west, east) = if side > 0.0 { (edge, far) } else { (far, edge) };
    let corners = (spot(west, eastbound - 12.0), spot(east, westbound + 12.0));
    draft.lot(Lot { id, kind: LotKind::End, slots: Vec::new(), corners }, stands);
}
