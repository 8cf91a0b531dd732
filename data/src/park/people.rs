//! How many people are where around the park, and the people who drive and escort its goods. Nobody in it is real.

use super::fleet;
use super::plane::{feature, polygon, rectangle};
use serde_json::{Value, json};

/// Side of a cell, metres.
const CELL_M: f64 = 500.0;

/// Cells where people live or work: west and south edge (m), by day, by night. The towns and villages have about as many as the
/// protection targets say.
const CELLS: [(f64, f64, u32, u32); 10] = [
    (-3_750.0, -950.0, 420, 690),
    (-4_600.0, -200.0, 310, 520),
    (3_450.0, -1_100.0, 380, 610),
    (650.0, -3_200.0, 350, 570),
    (4_300.0, -3_550.0, 2_400, 3_100),
    (4_800.0, -3_550.0, 2_600, 3_300),
    (4_300.0, -3_050.0, 1_700, 2_300),
    (4_800.0, -3_050.0, 1_900, 2_500),
    (-600.0, -500.0, 640, 160),
    (100.0, -500.0, 520, 130),
];

/// The cells.
pub(super) fn population() -> Vec<Value> {
    let cell = |(number, &(west, south, day, night)): (usize, &(f64, f64, u32, u32))| {
        let shape = polygon(&rectangle(west, south, west + CELL_M, south + CELL_M));
        let properties =
            json!({"kind": "grid", "cell_m": CELL_M, "people_day": day, "people_night": night, "as_of": "2026-06-30"});
        feature(&format!("cell-{}", number + 1), shape, properties)
    };
    CELLS.iter().enumerate().map(cell).collect()
}

/// Drivers and escorts: name and English name, office, certificate's kind, until when it is valid.
const DRIVERS: [(&str, &str, &str, &str, &str); 8] = [
    ("赵海平", "Zhao Haiping", "driver", "道路危险货物运输驾驶员", "2031-04-30"),
    ("钱立群", "Qian Liqun", "escort", "道路危险货物运输押运员", "2030-09-15"),
    ("孙大勇", "Sun Dayong", "driver", "道路危险货物运输驾驶员", "2029-12-01"),
    ("李春梅", "Li Chunmei", "escort", "道路危险货物运输押运员", "2031-01-20"),
    ("周卫民", "Zhou Weimin", "driver", "道路危险货物运输驾驶员", "2030-07-31"),
    ("吴小军", "Wu Xiaojun", "loader", "道路危险货物运输装卸管理人员", "2030-03-10"),
    ("郑红兵", "Zheng Hongbing", "driver", "道路危险货物运输驾驶员", "2025-10-31"),
    ("王丽娜", "Wang Lina", "escort", "道路危险货物运输押运员", "2031-08-08"),
];

/// The drivers, each of a haulier of the fleet.
pub(super) fn drivers() -> Vec<Value> {
    let one = |(number, &(name, name_en, kind, licence_kind, licence_to)): (usize, &(&str, &str, &str, &str, &str))| {
        let (company, company_en) = fleet::haulier(number as u32);
        let properties = json!({
            "name": name, "name_en": name_en, "kind": kind, "company": company, "company_en": company_en,
            "phone": format!("1390000{:04}", 9_001 + number), "licence": format!("9900{:08}", 20_260_001 + number),
            "licence_kind": licence_kind, "licence_to": licence_to,
        });
        feature(&format!("driver-{}", number + 1), Value::Null, properties)
    };
    DRIVERS.iter().enumerate().map(one).collect()
}
