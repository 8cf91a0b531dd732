//! The roads of the park and the district around it, as a network: nodes, ways between them, and what the law says of each.
//!
//! Drawn as lines in `inner`, `district` and `lots`; `draft` makes the nodes where they meet. What is here is true to the
//! rules of the road: whoever drives along the ways that admit it breaks none.

mod district;
mod draft;
mod inner;
mod lots;
mod turns;

pub(super) use district::NATIONAL;
pub(super) use inner::{COLUMNS, ROWS};
pub use lots::{Lot, LotKind};
pub use turns::{Sign, Turn};

use super::plane::Spot;

/// What kind of road it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoadClass {
    /// On company ground: a yard, a loading bay, a gate's forecourt.
    Service,
    /// A street of a town or village.
    Street,
    /// A road inside the park.
    ParkRoad,
    /// A main road inside the park.
    ParkMain,
    /// A road between villages.
    Rural,
    /// A county road.
    County,
    /// The avenue from the expressway to the park.
    Avenue,
    /// The national road.
    National,
    /// On and off the expressway.
    Ramp,
    /// The expressway.
    Expressway,
}

/// Whom a way admits beside emergency vehicles, which pass everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admits {
    /// Everybody.
    All,
    /// Everybody but vehicles with dangerous goods.
    NoHazmat,
    /// Vehicles with dangerous goods only: the way through their gate.
    HazmatOnly,
    /// Emergency vehicles only: the way through a gate that is normally closed.
    EmergencyOnly,
    /// Who works there, on a permit: the ways inside hazard zones.
    Works,
}

/// What carries the way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Structure {
    /// The ground.
    Ground,
    /// A bridge, with the heaviest vehicle that it bears where that is less than the law allows.
    Bridge {
        /// Tonnes.
        max_weight_t: Option<u32>,
    },
    /// A tunnel, with its category for dangerous goods (ADR 1.9.5: A admits all, E next to none).
    Tunnel {
        /// A to E.
        category: char,
        /// Metres.
        max_height_m: f64,
    },
}

/// One road between two of its ends, with one set of properties.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// Its id among the features.
    pub id: String,
    /// Its name in Chinese; empty where it has none.
    pub name: &'static str,
    /// Its name in English.
    pub name_en: &'static str,
    /// What kind of road it is.
    pub class: RoadClass,
    /// Whether it is driven in its direction only.
    pub oneway: bool,
    /// What carries it.
    pub structure: Structure,
    /// Whom it admits.
    pub admits: Admits,
    /// The limit, km/h.
    pub max_kph: u32,
    /// Where it leads: indices of nodes, two at least.
    pub nodes: Vec<usize>,
}

/// The network.
#[derive(Clone, Debug)]
pub struct Roads {
    /// Where ways begin, bend, meet and end.
    pub nodes: Vec<Spot>,
    /// The ways.
    pub ways: Vec<Way>,
    /// Yards, loading bays and car parks on it.
    pub lots: Vec<Lot>,
    /// Nodes with a gate's barrier, by the id of the gate.
    pub gates: Vec<(&'static str, usize)>,
    /// Signs that forbid turning.
    pub turns: Vec<Turn>,
}

impl Roads {
    /// The roads of the park and its district; the same every time. Costs some ten milliseconds.
    pub fn of_the_park() -> Roads {
        let mut draft = draft::Draft::default();
        inner::draw(&mut draft);
        district::draw(&mut draft);
        lots::draw(&mut draft);
        turns::draw(&mut draft);
        draft.finish()
    }

    /// The lot of that id.
    ///
    /// # Panics
    /// When there is none.
    pub fn lot(&self, id: &str) -> &Lot {
        self.lots.iter().find(|lot| lot.id == id).unwrap_or_else(|| panic!("the park has no lot {id}"))
    }

    /// The way of that id; `None` when there is none.
    pub fn way(&self, id: &str) -> Option<&Way> {
        self.ways.iter().find(|way| way.id == id)
    }

    /// Where a way leads, on the board.
    pub(super) fn spots(&self, way: &Way) -> Vec<Spot> {
        way.nodes.iter().map(|node| self.nodes[*node]).collect()
    }
}

impl RoadClass {
    /// The limit where no sign says another, km/h. Expressway, national and county roads as is usual for them in China;
    /// inside parks 15 to 40 by local rule (DOMAIN, fact 5).
    pub fn max_kph(self) -> u32 {
        match self {
            RoadClass::Service => 15,
            RoadClass::Street => 40,
            RoadClass::ParkRoad => 30,
            RoadClass::ParkMain | RoadClass::Ramp => 40,
            RoadClass::Rural => 50,
            RoadClass::County | RoadClass::Avenue => 60,
            RoadClass::National => 80,
            RoadClass::Expressway => 100,
        }
    }

    /// The word for it in a feature.
    pub fn word(self) -> &'static str {
        match self {
            RoadClass::Service => "service",
            RoadClass::Street => "street",
            RoadClass::ParkRoad => "park_road",
            RoadClass::ParkMain => "park_main",
            RoadClass::Rural => "rural",
            RoadClass::County => "county",
            RoadClass::Avenue => "avenue",
            RoadClass::National => "national",
            RoadClass::Ramp => "ramp",
            RoadClass::Expressway => "expressway",
        }
    }
}
