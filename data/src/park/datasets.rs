//! What the demo's data catalogue says of each collection.

use super::plane::feature;
use crate::feature::Collection;
use serde_json::{Value, json};

/// One for each collection. All of it is made up, and says so.
pub(super) fn features() -> Vec<Value> {
    let one = |collection: &Collection| {
        let (owner, cycle_days) = match collection {
            Collection::Vehicles | Collection::Drivers | Collection::Routes | Collection::Exemptions => {
                ("园区交通运输科", 90)
            }
            Collection::Zones | Collection::Closures | Collection::Gates | Collection::ClosedAreas => {
                ("园区封闭化管理办公室", 180)
            }
            Collection::Resources | Collection::ProtectionTargets | Collection::Population => ("应急指挥中心", 180),
            _ => ("园区安全环保局", 365),
        };
        let properties = json!({
            "source": "演示园区（虚构数据）", "owner": owner, "contact": "0570-5550000", "datum": "EPSG:4490",
            "as_of": "2026-11-01", "update_cycle_days": cycle_days, "reviewed_at": "2026-11-10", "reviewed_by": "数据管理员",
        });
        feature(collection.name(), Value::Null, properties)
    };
    Collection::ALL.iter().map(one).collect()
}
