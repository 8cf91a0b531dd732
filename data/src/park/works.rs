//! What stands on the plants' ground: tanks in their bunds, process units, halls, offices, and the pipe racks between them.

use super::plane::{Spot, circle, feature, line, polygon, rectangle, spot};
use super::plants::{PLANTS, Plant, Works};
use super::roads::{COLUMNS, ROWS};
use serde_json::{Value, json};

/// A box on the board: south-west corner and size.
#[derive(Clone, Copy)]
struct Box2 {
    at: Spot,
    east_m: f64,
    north_m: f64,
}

fn placed(at: Spot, east_m: f64, north_m: f64) -> Box2 {
    Box2 { at, east_m, north_m }
}

impl Box2 {
    fn ring(self) -> [Spot; 4] {
        let Box2 { at, east_m, north_m } = self;
        rectangle(at.east_m, at.north_m, at.east_m + east_m, at.north_m + north_m)
    }
}

/// Everything that stands in the park, for the ground of the map.
pub(super) fn features() -> Vec<Value> {
    let mut all: Vec<Value> = PLANTS.iter().flat_map(works).collect();
    all.extend(pipe_racks());
    all.extend(jetty());
    all
}

fn works(plant: &Plant) -> Vec<Value> {
    match plant.works {
        Works::Tanks { columns, rows, radius_m } => tank_farm(plant, columns, rows, f64::from(radius_m)),
        Works::Process => process(plant),
        Works::Halls => halls(plant),
        Works::Offices => offices(plant),
    }
}

fn building(plant: &Plant, number: usize, at: Box2) -> Value {
    let id = format!("{}-building-{number}", plant.id);
    feature(&id, polygon(&at.ring()), json!({"kind": "building", "plant": plant.id}))
}

fn tank(plant: &Plant, number: usize, at: Spot, radius_m: f64) -> Value {
    let (substance, substance_en, cas) = plant.holds;
    let name = format!("T-{}{:02}", (plant.block.1 + 1) * 10 + plant.block.0 + 1, number);
    let id = format!("{}-tank-{number}", plant.id);
    // As high as its radius, which suits spheres and squat tanks alike.
    let volume_m3 = (std::f64::consts::PI * radius_m * radius_m * radius_m / 50.0).round() * 50.0;
    let properties = json!({
        "kind": "tank", "name": name, "plant": plant.id, "substance": substance, "substance_en": substance_en,
        "cas": cas, "volume_m3": volume_m3,
    });
    feature(&id, polygon(&circle(at, radius_m, 20)), properties)
}

fn bund(plant: &Plant, number: usize, at: Box2) -> Value {
    let id = format!("{}-bund-{number}", plant.id);
    feature(&id, polygon(&at.ring()), json!({"kind": "bund", "plant": plant.id}))
}

/// Two groups of tanks, each in its bund, left and right of the road or rack in the middle.
fn tank_farm(plant: &Plant, columns: u32, rows: u32, radius_m: f64) -> Vec<Value> {
    let ((south_west, north_east), middle) = (plant.works_ground(), plant.middle());
    let half = middle.east_m - south_west.east_m - 24.0;
    let height = north_east.north_m - south_west.north_m - 10.0;
    let mut all = Vec::new();
    let mut number = 0;
    for (side, west) in [(1, south_west.east_m), (2, middle.east_m + 24.0)] {
        let group = placed(spot(west, south_west.north_m + 10.0), half, height);
        all.push(bund(plant, side, group));
        for row in 0..rows {
            for column in 0..columns {
                number += 1;
                let share = |i: u32, of: u32| (f64::from(i) + 0.5) / f64::from(of);
                let at =
                    spot(group.at.east_m + half * share(column, columns), group.at.north_m + height * share(row, rows));
                all.push(tank(plant, number, at, radius_m.min(half / f64::from(columns) / 2.3)));
            }
        }
    }
    let pumps = placed(spot(south_west.east_m, south_west.north_m - 34.0), 36.0, 14.0);
    all.push(building(plant, 1, pumps));
    all
}

/// Units to the west of the plant's own rack, tanks to the east, a control room in front.
fn process(plant: &Plant) -> Vec<Value> {
    let (south_west, north_east) = plant.works_ground();
    let (width, height) = (north_east.east_m - south_west.east_m, north_east.north_m - south_west.north_m);
    let inside = |east: f64, north: f64| spot(south_west.east_m + width * east, south_west.north_m + height * north);
    let mut all = Vec::new();
    for (number, (east, north, wide, deep)) in
        [(0.02, 0.55, 0.17, 0.38), (0.24, 0.60, 0.14, 0.30), (0.03, 0.08, 0.12, 0.30), (0.22, 0.10, 0.20, 0.28)]
            .into_iter()
            .enumerate()
    {
        all.push(building(plant, number + 1, placed(inside(east, north), width * wide, height * deep)));
    }
    // Plants are of different age: the newer have a second hall.
    if plant.people > 100 {
        all.push(building(plant, 5, placed(inside(0.86, 0.08), width * 0.12, height * 0.34)));
    }
    let rack = [inside(0.48, 0.0), inside(0.48, 1.0)];
    all.push(rack_feature(&format!("{}-rack", plant.id), &rack));
    let group = placed(inside(0.55, 0.50), width * 0.42, height * 0.46);
    all.push(bund(plant, 1, group));
    let (columns, rows) = (4 + plant.people % 2, 2);
    for number in 0..columns * rows {
        let (column, row) = (number % columns, number / columns);
        let at = spot(
            group.at.east_m + group.east_m * (f64::from(column) + 0.5) / f64::from(columns),
            group.at.north_m + group.north_m * (f64::from(row) + 0.5) / f64::from(rows),
        );
        all.push(tank(plant, number as usize + 1, at, 8.0 + f64::from((number + plant.people) % 3) * 2.0));
    }
    all
}

fn halls(plant: &Plant) -> Vec<Value> {
    let (south_west, north_east) = plant.works_ground();
    let (width, height) = (north_east.east_m - south_west.east_m, north_east.north_m - south_west.north_m);
    let hall = |number: u32| {
        let (column, row) = (number % 3, number / 3);
        let at = spot(
            south_west.east_m + width * (0.03 + 0.33 * f64::from(column)),
            south_west.north_m + height * (0.06 + 0.5 * f64::from(row)),
        );
        building(plant, number as usize + 1, placed(at, width * 0.27, height * 0.36))
    };
    (0..6).map(hall).collect()
}

fn offices(plant: &Plant) -> Vec<Value> {
    let (south_west, north_east) = plant.works_ground();
    let (width, height) = (north_east.east_m - south_west.east_m, north_east.north_m - south_west.north_m);
    let green = placed(south_west, width, height);
    let mut all =
        vec![feature("park-centre-green", polygon(&green.ring()), json!({"kind": "green", "plant": plant.id}))];
    for (number, (east, north, wide, deep)) in
        [(0.08, 0.45, 0.30, 0.16), (0.10, 0.68, 0.10, 0.24), (0.46, 0.40, 0.16, 0.40), (0.70, 0.10, 0.22, 0.20)]
            .into_iter()
            .enumerate()
    {
        let at = spot(south_west.east_m + width * east, south_west.north_m + height * north);
        all.push(building(plant, number + 1, placed(at, width * wide, height * deep)));
    }
    all
}

fn rack_feature(id: &str, spots: &[Spot]) -> Value {
    feature(id, line(&super::plane::bent(spots)), json!({"kind": "pipe_rack"}))
}

/// The park's own racks beside Harbour Road and Haina Road, and to the jetty.
fn pipe_racks() -> Vec<Value> {
    let along = ROWS[3] + 16.0;
    let beside = COLUMNS[2] + 16.0;
    vec![
        rack_feature("rack-harbour", &[spot(COLUMNS[0] + 20.0, along), spot(COLUMNS[5] - 20.0, along)]),
        rack_feature("rack-haina", &[spot(beside, ROWS[1]), spot(beside, ROWS[4] - 12.0)]),
        rack_feature("rack-jetty", &[spot(beside, ROWS[4] - 12.0), spot(-162.0, 690.0), spot(-162.0, 1_180.0)]),
    ]
}

/// The jetty's two platforms with berths on both sides, and the quay.
fn jetty() -> Vec<Value> {
    let quay = |id: &str, name: &str, name_en: &str, at: Box2| {
        feature(id, polygon(&at.ring()), json!({"kind": "quay", "name": name, "name_en": name_en}))
    };
    vec![
        quay("jetty-trestle", "引桥", "Trestle", placed(spot(-168.0, 880.0), 26.0, 310.0)),
        quay("berth-1", "1号泊位（5万吨级）", "Berth 1 (50,000 t)", placed(spot(-420.0, 1_172.0), 250.0, 24.0)),
        quay("berth-2", "2号泊位（2万吨级）", "Berth 2 (20,000 t)", placed(spot(-140.0, 1_172.0), 270.0, 24.0)),
        quay("berth-3", "3号泊位（5千吨级）", "Berth 3 (5,000 t)", placed(spot(-150.0, 1_010.0), 180.0, 18.0)),
    ]
}
