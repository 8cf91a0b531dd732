//! Major hazard sources by GB 18218-2018: units with their substances, S = Σ q/Q and R = α Σ β q/Q, and the grade that follows.
//!
//! Quantities are made up.

use super::plane::{Spot, feature, point, spot};
use super::plants;
use super::substances::*;
use serde_json::{Value, json};

/// A unit: id, names, kind, plant, place, people within 500 m of the plant, substances with design maximum (t).
pub(super) type Unit = (
    &'static str,
    (&'static str, &'static str),
    &'static str,
    &'static str,
    Option<Spot>,
    u32,
    &'static [(Substance, f64)],
);

#[rustfmt::skip]
pub(super) const UNITS: &[Unit] = &[
    ("hs-ammonia", ("液氨储罐区", "Ammonia tank farm"), "storage", "haiyue-ammonia", None, 0, &[(AMMONIA, 1_200.0)]),
    ("hs-chlorine", ("液氯储存单元", "Liquid chlorine storage"), "storage", "dongsha-chlor-alkali", Some(spot(-560.0, 200.0)), 0, &[(CHLORINE, 120.0)]),
    ("hs-electrolysis", ("电解与液化装置", "Electrolysis and liquefaction"), "production", "dongsha-chlor-alkali", Some(spot(-420.0, 220.0)), 0, &[(CHLORINE, 18.0), (HYDROGEN, 1.2)]),
    ("hs-lpg", ("液化气罐区", "LPG tank farm"), "storage", "lanhai-lpg", None, 0, &[(LPG, 4_800.0)]),
    ("hs-aromatics", ("芳烃罐区", "Aromatics tank farm"), "storage", "wanli-aromatics", None, 0, &[(BENZENE, 9_000.0), (TOLUENE, 6_500.0)]),
    ("hs-oil", ("油品罐区", "Oil tank farm"), "storage", "east-asia-storage", None, 12, &[(PETROL, 18_000.0)]),
    ("hs-jetty", ("码头甲醇罐区", "Jetty methanol tanks"), "storage", "jetty-terminal", None, 0, &[(METHANOL, 24_000.0), (STYRENE, 3_000.0)]),
    ("hs-glycol", ("环氧乙烷/乙二醇装置", "Ethylene oxide and glycol plant"), "production", "haina-glycol", None, 35, &[(ETHYLENE_OXIDE, 160.0)]),
    ("hs-phosgene", ("光气化装置", "Phosgenation plant"), "production", "wanqu-polycarbonate", None, 0, &[(PHOSGENE, 0.6), (CHLORINE, 3.0)]),
    ("hs-hydrogen", ("氢气充装站", "Hydrogen filling station"), "storage", "qingyuan-hydrogen", None, 0, &[(HYDROGEN, 6.5)]),
    ("hs-hf", ("氢氟酸罐组", "Hydrogen fluoride tanks"), "storage", "chenxing-electronic", None, 20, &[(HYDROGEN_FLUORIDE, 14.0)]),
    ("hs-epichlorohydrin", ("环氧氯丙烷罐组", "Epichlorohydrin tanks"), "storage", "shapu-fine", None, 40, &[(EPICHLOROHYDRIN, 350.0)]),
    ("hs-styrene", ("苯乙烯罐组", "Styrene tanks"), "storage", "yonghai-resin", None, 20, &[(STYRENE, 2_400.0)]),
    ("hs-coatings", ("溶剂罐组", "Solvent tanks"), "storage", "lanqiao-coatings", None, 10, &[(TOLUENE, 420.0), (ACETONE, 260.0)]),
    ("hs-pharma", ("溶剂与甲醇罐组", "Solvent and methanol tanks"), "storage", "kangyuan-pharma", None, 0, &[(METHANOL, 520.0), (ACETONE, 180.0)]),
    ("hs-acid", ("硝酸储罐组", "Nitric acid tanks"), "storage", "linhai-acid", Some(spot(810.0, -330.0)), 0, &[(NITRIC_ACID, 900.0)]),
    ("hs-warehouse", ("危化品仓库", "Hazmat warehouse"), "storage", "hengtai-warehouse", None, 55, &[(METHANOL, 180.0), (EPICHLOROHYDRIN, 25.0), (TOLUENE, 90.0)]),
];

/// α by the people who live within 500 m outward of the plant's boundary (GB 18218-2018, table 5).
fn alpha(people: u32) -> f64 {
    match people {
        0 => 0.5,
        1..=29 => 1.0,
        30..=49 => 1.2,
        50..=99 => 1.5,
        _ => 2.0,
    }
}

/// The grade by R (GB 18218-2018, 4.3.3); `None` when the unit is no major hazard.
fn grade(s: f64, r: f64) -> Option<&'static str> {
    match r {
        _ if s < 1.0 => None,
        100.0.. => Some("I"),
        50.0.. => Some("II"),
        10.0.. => Some("III"),
        _ => Some("IV"),
    }
}

/// The hazard sources.
pub(super) fn features() -> Vec<Value> {
    UNITS.iter().map(unit).collect()
}

/// Where a unit is.
pub(super) fn place(&(_, _, _, plant, at, _, _): &Unit) -> Spot {
    at.unwrap_or_else(|| plants::by_id(plant).middle())
}

fn unit(&(id, (name, name_en), kind, plant, at, people, substances): &Unit) -> Value {
    let s: f64 = substances.iter().map(|(substance, q)| q / substance.threshold_t).sum();
    let r: f64 =
        substances.iter().map(|(substance, q)| substance.beta * q / substance.threshold_t).sum::<f64>() * alpha(people);
    let tenths = |value: f64| (value * 10.0).round() / 10.0;
    let held: Vec<Value> = substances
        .iter()
        .map(|(substance, q)| {
            json!({
                "substance": substance.id, "name": substance.name, "name_en": substance.name_en, "cas": substance.cas, "un": substance.un,
                "goods_class": substance.goods_class, "quantity_t": q, "threshold_t": substance.threshold_t,
                "beta": substance.beta,
            })
        })
        .collect();
    let place = place(&(id, (name, name_en), kind, plant, at, people, substances));
    let properties = json!({
        "name": name, "name_en": name_en, "kind": kind, "plant": plant, "substances": held, "s": tenths(s), "r": tenths(r),
        "grade": grade(s, r), "people_500m": people, "alpha": alpha(people), "standard": "GB 18218-2018",
    });
    feature(id, point(place), properties)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grade_follows_from_quantities_and_neighbours() {
        let all = features();
        let of = |id: &str| all.iter().find(|unit| unit["id"] == id).expect("known")["properties"].clone();
        // 1,200 t of ammonia over 10 t, β 2, nobody near: S 120, R 0.5 × 2 × 120.
        assert_eq!((of("hs-ammonia")["s"].as_f64(), of("hs-ammonia")["r"].as_f64()), (Some(120.0), Some(120.0)));
        assert_eq!(of("hs-ammonia")["grade"], "I");
        // 900 t of nitric acid over 100 t: S 9, R 4.5.
        assert_eq!(of("hs-acid")["grade"], "IV");
        // S under 1: no major hazard, listed all the same.
        assert_eq!(of("hs-coatings")["grade"], "IV");
        for grade in ["I", "II", "III", "IV"] {
            assert!(all.iter().any(|unit| unit["properties"]["grade"] == grade), "no unit of grade {grade}");
        }
    }
}
