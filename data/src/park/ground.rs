//! The quiet ground under everything: sea and land, the river, fields and woods, houses, the railway.

use super::plane::{Spot, circle, feature, line, polygon, rectangle, spot};
use serde_json::{Value, json};

/// How far the ground reaches beyond the district's roads, metres.
const EDGE_M: f64 = 14_000.0;
const SEA_M: f64 = 14_000.0;
const SOUTH_M: f64 = -14_000.0;
/// Half the width of the river, metres.
const RIVER_M: f64 = 70.0;

/// Everything but what stands in the plants.
pub(super) fn features() -> Vec<Value> {
    let mut all = vec![sea(), land(), river(), hill(), reservoir()];
    all.extend(fields());
    all.extend(houses());
    all.push(feature(
        "rail-shapu",
        line(&super::plane::bent(&[spot(-EDGE_M, -6_300.0), spot(-1_000.0, -6_150.0), spot(EDGE_M, -6_400.0)])),
        json!({"kind": "rail", "name": "甬沙铁路", "name_en": "Yongsha Railway"}),
    ));
    all
}

/// The coast from west to east; straight where the park's quay is.
fn coast() -> Vec<Spot> {
    let north = |east: f64| {
        let wild = 830.0 + 130.0 * libm::sin(east / 1_300.0) + 40.0 * libm::sin(east / 410.0);
        // The quay's front, reached over 600 m on either side.
        let share = ((east.abs() - 1_700.0) / 600.0).clamp(0.0, 1.0);
        900.0 * (1.0 - share) + wild.max(640.0) * share
    };
    let steps = (2.0 * EDGE_M / 100.0) as u32;
    (0..=steps).map(|i| f64::from(i).mul_add(100.0, -EDGE_M)).map(|east| spot(east, north(east))).collect()
}

fn sea() -> Value {
    let mut shape = coast();
    shape.extend([spot(EDGE_M, SEA_M), spot(-EDGE_M, SEA_M)]);
    feature("sea", polygon(&shape), json!({"kind": "sea", "name": "东沙湾", "name_en": "Dongsha Bay"}))
}

fn land() -> Value {
    let mut shape = coast();
    shape.extend([spot(EDGE_M, SOUTH_M), spot(-EDGE_M, SOUTH_M)]);
    feature("land", polygon(&shape), json!({"kind": "land"}))
}

fn river() -> Value {
    let middle = |north: f64| 2_700.0 + 110.0 * libm::sin(north / 900.0);
    // It widens towards its mouth.
    let half = |north: f64| RIVER_M + 60.0 * ((north + 400.0) / 1_300.0).clamp(0.0, 1.0);
    let norths: Vec<f64> = (0..=150).map(|i| SOUTH_M + 100.0 * f64::from(i)).collect();
    let west = norths.iter().map(|north| spot(middle(*north) - half(*north), *north));
    let east = norths.iter().rev().map(|north| spot(middle(*north) + half(*north), *north));
    let shape: Vec<Spot> = west.chain(east).collect();
    feature("river-shapu", polygon(&shape), json!({"kind": "water", "name": "沙浦江", "name_en": "Shapu River"}))
}

/// A shape with an uneven edge around a middle.
fn uneven(centre: Spot, (half_east, half_north): (f64, f64), phase: f64) -> Vec<Spot> {
    let unit = circle(spot(0.0, 0.0), 1.0, 36).into_iter().enumerate();
    unit.map(|(i, unit)| {
        let turn = std::f64::consts::TAU * i as f64 / 36.0 + phase;
        let stretch = 1.0 + 0.10 * libm::sin(2.0 * turn) + 0.07 * libm::sin(3.0 * turn) + 0.04 * libm::sin(7.0 * turn);
        spot(centre.east_m + half_east * stretch * unit.east_m, centre.north_m + half_north * stretch * unit.north_m)
    })
    .collect()
}

fn hill() -> Value {
    let shape = uneven(spot(-3_950.0, -2_250.0), (760.0, 900.0), 0.4);
    feature("hill-qinglong", polygon(&shape), json!({"kind": "wood", "name": "青龙山", "name_en": "Qinglong Hill"}))
}

fn reservoir() -> Value {
    let shape = uneven(spot(-1_500.0, -3_250.0), (330.0, 240.0), 1.9);
    feature("reservoir", polygon(&shape), json!({"kind": "water", "name": "塘湾水库", "name_en": "Tangwan Reservoir"}))
}

/// Green: the belt around the park, fields beyond it, the town's park.
fn fields() -> Vec<Value> {
    let green = |id: &str, kind: &str, west, south, east, north| {
        feature(id, polygon(&rectangle(west, south, east, north)), json!({"kind": kind})) //
    };
    let mut all = vec![
        green("belt-south-west", "green", -1_560.0, -1_270.0, -740.0, -1_030.0),
        green("belt-south-east", "green", 950.0, -1_270.0, 1_950.0, -1_030.0),
        green("belt-west", "green", -2_370.0, -1_250.0, -1_640.0, -100.0),
        green("belt-north-west", "green", -2_250.0, 0.0, -1_640.0, 520.0),
        green("belt-east", "green", 1_640.0, -980.0, 1_960.0, -90.0),
        green("town-park", "green", 4_640.0, -3_460.0, 4_860.0, -3_310.0),
    ];
    let rows = [(-5_900.0, -1_900.0, 900.0), (-4_900.0, -2_650.0, 700.0), (-6_900.0, -6_500.0, 500.0)];
    for (row, (south, _, height)) in rows.into_iter().enumerate() {
        for column in 0..9 {
            let west = -5_700.0 + 1_300.0 * f64::from(column);
            // Roads, river and yards stay free.
            let free = !(2_300.0..3_100.0).contains(&(west + 500.0)) && !(-700.0..100.0).contains(&(west + 500.0));
            if free {
                let id = format!("field-{}-{}", row + 1, column + 1);
                all.push(green(&id, "field", west, south + 140.0, west + 980.0, south + height));
            }
        }
    }
    all
}

/// The houses of the town and the villages, as rows along their streets.
fn houses() -> Vec<Value> {
    let mut all = Vec::new();
    let mut row = |west: f64, north: f64, count: u32| {
        for i in 0..count {
            let id = format!("house-{}", all.len() + 1);
            let at = west + 34.0 * f64::from(i);
            let ring = rectangle(at, north, at + 22.0, north + 12.0 + f64::from(i % 3) * 2.0);
            all.push(feature(&id, polygon(&ring), json!({"kind": "building"})));
        }
    };
    for west in [4_325.0, 4_625.0, 4_925.0, 5_225.0] {
        for north in [-2_640.0, -2_790.0, -2_940.0, -3_090.0, -3_240.0] {
            // The hospital, the fire station and the market have their own ground.
            let taken =
                (west == 5_225.0 && north == -3_090.0) || (west == 4_625.0 && [-2_790.0, -3_090.0].contains(&north));
            if !taken {
                row(west, north, 7);
            }
        }
    }
    for (west, norths) in [
        (-3_680.0, [-540.0, -580.0, -760.0, -820.0]),
        (-4_480.0, [100.0, 60.0, -60.0, -100.0]),
        (3_530.0, [-760.0, -800.0, -960.0, -1_020.0]),
        (730.0, [-2_860.0, -2_900.0, -3_060.0, -3_110.0]),
    ] {
        for north in norths {
            row(west, north, 7);
        }
    }
    all
}
