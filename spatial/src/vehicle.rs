//! What rules ask of a vehicle: its class, goods, company and tags, by revision.

use serde::{Deserialize, Serialize};

/// The class of a vehicle (closed-management classes of chemical parks; DOMAIN: vehicle class x gate class).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VehicleClass {
    /// Carries dangerous goods.
    Hazmat,
    /// Carries other goods.
    Goods,
    /// None of the others.
    Ordinary,
    /// Belongs to a resident enterprise or person.
    Resident,
    /// Emergency vehicle on duty.
    Emergency,
}

/// The attributes of a vehicle that a rule's subjects can name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vehicle {
    /// Its class.
    pub class: VehicleClass,
    /// The company that operates it, if known.
    pub company: Option<String>,
    /// The class of dangerous goods (GB 6944: "1" to "9", with division such as "2.3"), if any.
    pub goods_class: Option<String>,
    /// Free tags.
    pub tags: Vec<String>,
}
