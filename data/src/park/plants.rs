//! The companies in the park, one on each block between its roads, and the services of the park itself.

use super::plane::{Spot, feature, polygon, rectangle, spot};
use super::roads::{COLUMNS, ROWS};
use serde_json::{Value, json};

/// What stands on a plant's ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Works {
    /// Vertical tanks: columns and rows on each side of the middle, radius in metres.
    Tanks {
        /// Columns on each side.
        columns: u32,
        /// Rows.
        rows: u32,
        /// Radius of a tank, metres.
        radius_m: u32,
    },
    /// Process units, a rack and some tanks.
    Process,
    /// Halls.
    Halls,
    /// Offices in a green.
    Offices,
}

/// A plant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plant {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) name_en: &'static str,
    pub(super) kind: &'static str,
    /// Column and row of its block, from the south-west.
    pub(super) block: (usize, usize),
    pub(super) works: Works,
    /// People at work by day.
    pub(super) people: u32,
    /// What its tanks hold: name, English name, CAS number.
    pub(super) holds: (&'static str, &'static str, &'static str),
}

const NOTHING: (&str, &str, &str) = ("", "", "");

const fn plant(
    id: &'static str,
    (name, name_en): (&'static str, &'static str),
    kind: &'static str,
    block: (usize, usize),
    works: Works,
    people: u32,
    holds: (&'static str, &'static str, &'static str),
) -> Plant {
    Plant { id, name, name_en, kind, block, works, people, holds }
}

const PROCESS: Works = Works::Process;

const fn tanks(columns: u32, rows: u32, radius_m: u32) -> Works {
    Works::Tanks { columns, rows, radius_m }
}

#[rustfmt::skip]
pub(super) const PLANTS: &[Plant] = &[
    plant("hengtai-warehouse", ("恒泰危化品仓储", "Hengtai Hazmat Warehouse"), "warehouse", (0, 0), Works::Halls, 40, NOTHING),
    plant("chenxing-electronic", ("辰星电子化学品", "Chenxing Electronic Chemicals"), "fine_chemicals", (1, 0), PROCESS, 120, ("氢氟酸", "hydrofluoric acid", "7664-39-3")),
    plant("lanqiao-coatings", ("蓝桥涂料", "Lanqiao Coatings"), "coatings", (3, 0), PROCESS, 90, ("甲苯", "toluene", "108-88-3")),
    plant("kangyuan-pharma", ("康源医药中间体", "Kangyuan Pharma Intermediates"), "pharma", (4, 0), PROCESS, 210, ("甲醇", "methanol", "67-56-1")),
    plant("shapu-fine", ("沙浦精细化工", "Shapu Fine Chemicals"), "fine_chemicals", (0, 1), PROCESS, 160, ("环氧氯丙烷", "epichlorohydrin", "106-89-8")),
    plant("yonghai-resin", ("甬海树脂", "Yonghai Resins"), "polymers", (1, 1), PROCESS, 140, ("苯乙烯", "styrene", "100-42-5")),
    plant("park-centre", ("园区管理与应急指挥中心", "Park Administration and Emergency Command Centre"), "administration", (2, 1), Works::Offices, 180, NOTHING),
    plant("linhai-acid", ("临海酸业", "Linhai Acids"), "inorganics", (3, 1), PROCESS, 85, ("硫酸", "sulphuric acid", "7664-93-9")),
    plant("qingyuan-hydrogen", ("氢源气体", "Qingyuan Gases"), "industrial_gases", (4, 1), PROCESS, 60, ("液氧", "liquid oxygen", "7782-44-7")),
    plant("haina-glycol", ("海纳乙二醇", "Haina Glycols"), "petrochemicals", (0, 2), PROCESS, 190, ("环氧乙烷", "ethylene oxide", "75-21-8")),
    plant("dongsha-chlor-alkali", ("东沙氯碱", "Dongsha Chlor-Alkali"), "chlor_alkali", (1, 2), PROCESS, 230, ("烧碱", "caustic soda", "1310-73-2")),
    plant("wanqu-polycarbonate", ("湾区聚碳", "Wanqu Polycarbonate"), "polymers", (2, 2), PROCESS, 260, ("碳酸二甲酯", "dimethyl carbonate", "616-38-6")),
    plant("wanli-aromatics", ("万里芳烃储运", "Wanli Aromatics Storage"), "storage", (3, 2), tanks(3, 3, 17), 55, ("苯", "benzene", "71-43-2")),
    plant("bohai-power", ("渤海热电", "Bohai Heat and Power"), "utilities", (4, 2), Works::Halls, 95, NOTHING),
    plant("east-asia-storage", ("东亚油品储运", "East Asia Oil Storage"), "storage", (0, 3), tanks(3, 2, 21), 70, ("汽油", "petrol", "86290-81-5")),
    plant("haiyue-ammonia", ("海岳合成氨", "Haiyue Ammonia"), "fertilisers", (1, 3), tanks(2, 2, 16), 110, ("液氨", "liquid ammonia", "7664-41-7")),
    plant("jetty-terminal", ("东沙码头储运", "Dongsha Jetty Terminal"), "storage", (2, 3), tanks(3, 2, 19), 80, ("甲醇", "methanol", "67-56-1")),
    plant("lanhai-lpg", ("蓝海液化气", "Lanhai LPG"), "storage", (3, 3), tanks(3, 2, 10), 45, ("液化石油气", "LPG", "68476-85-7")),
    plant("park-water", ("园区污水处理厂", "Park Waste Water Works"), "utilities", (4, 3), Works::Halls, 35, NOTHING),
];

impl Plant {
    /// The corners of its fence: south-west and north-east. Lots lie between it and the road to the south.
    pub(super) fn fence(&self) -> (Spot, Spot) {
        let (column, row) = self.block;
        (spot(COLUMNS[column] + 26.0, ROWS[row] + 22.0), spot(COLUMNS[column + 1] - 26.0, ROWS[row + 1] - 26.0))
    }

    /// The corners of the ground behind the lots.
    pub(super) fn works_ground(&self) -> (Spot, Spot) {
        let (south_west, north_east) = self.fence();
        (
            spot(south_west.east_m + 18.0, south_west.north_m + 82.0),
            spot(north_east.east_m - 18.0, north_east.north_m - 14.0),
        )
    }

    /// The middle of the works.
    pub(super) fn middle(&self) -> Spot {
        let (south_west, north_east) = self.works_ground();
        south_west.towards(north_east, 0.5)
    }
}

/// The plant of that id.
pub(super) fn by_id(id: &str) -> &'static Plant {
    PLANTS.iter().find(|plant| plant.id == id).unwrap_or_else(|| panic!("the park has no plant {id}"))
}

/// The plants as features: the ground inside their fences.
pub(super) fn features() -> Vec<Value> {
    let one = |plant: &Plant| {
        let (a, b) = plant.fence();
        let fence = rectangle(a.east_m, a.north_m, b.east_m, b.north_m);
        let mut properties = json!({
            "name": plant.name, "name_en": plant.name_en, "kind": plant.kind, "park": "dongsha",
            "people_day": plant.people, "people_night": plant.people / 4,
        });
        if super::enterprises::is_of_a_company(plant) {
            properties["enterprise"] = plant.id.into();
        }
        feature(plant.id, polygon(&fence), properties)
    };
    PLANTS.iter().map(one).collect()
}
