//! What a road is and whom the law admits to it: the properties that many edges share.

use serde::{Deserialize, Serialize};

/// The class of a road, as OpenStreetMap's wiki defines the values of `highway`; a link has its road's class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum RoadClass {
    /// Motorway, expressway.
    Motorway,
    /// National road.
    Trunk,
    /// Provincial road, main avenue.
    Primary,
    /// County road.
    Secondary,
    /// Road between villages, collector.
    Tertiary,
    /// Other public road.
    Unclassified,
    /// Street of houses.
    Residential,
    /// Street where walkers go first.
    LivingStreet,
    /// Road on somebody's ground, yard, car park.
    Service,
    /// Field or forest track.
    Track,
    /// Square or street for walkers that vehicles can enter physically.
    Pedestrian,
    /// Way for cycles.
    Cycleway,
    /// Footway, path.
    Footway,
    /// Stairs.
    Steps,
    /// The passage through a gate, bollard or other barrier: no length, only a law of its own.
    Barrier,
}

impl RoadClass {
    /// How many classes there are.
    pub const COUNT: usize = 15;

    /// All classes, the greatest first.
    pub const ALL: [RoadClass; RoadClass::COUNT] = [
        RoadClass::Motorway,
        RoadClass::Trunk,
        RoadClass::Primary,
        RoadClass::Secondary,
        RoadClass::Tertiary,
        RoadClass::Unclassified,
        RoadClass::Residential,
        RoadClass::LivingStreet,
        RoadClass::Service,
        RoadClass::Track,
        RoadClass::Pedestrian,
        RoadClass::Cycleway,
        RoadClass::Footway,
        RoadClass::Steps,
        RoadClass::Barrier,
    ];
}

/// What is said about a right of way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Permission {
    /// Nothing: the class decides.
    #[default]
    Unsaid,
    /// Admitted, or tolerated.
    Yes,
    /// Admitted to places on the road only.
    Destination,
    /// Admitted with the owner's leave only.
    Private,
    /// Not admitted.
    No,
}

/// The rights of way by who goes; the importer has followed the hierarchy of general and special tags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Access {
    /// Any motor vehicle.
    pub motor: Permission,
    /// Goods vehicles over 3.5 t; what holds for motor vehicles where nothing special is said.
    pub goods: Permission,
    /// Vehicles with dangerous goods; said specially or not at all.
    pub hazmat: Permission,
    /// Emergency vehicles; said specially or not at all.
    pub emergency: Permission,
    /// Walkers.
    pub foot: Permission,
}

/// In which directions vehicles may go; `Forward` is from an edge's first junction to its last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Direction {
    /// Both.
    #[default]
    Both,
    /// Along the edge only.
    Forward,
    /// Against the edge only.
    Backward,
}

impl Direction {
    /// Whether it admits going so.
    pub fn admits(self, heading: Heading) -> bool {
        match self {
            Direction::Both => true,
            Direction::Forward => heading == Heading::Along,
            Direction::Backward => heading == Heading::Against,
        }
    }
}

/// Along an edge or against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Heading {
    /// From its first junction to its last.
    Along,
    /// From its last junction to its first.
    Against,
}

/// The category of a tunnel (ADR 1.9.5.2): A admits all dangerous goods, E next to none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TunnelCategory {
    /// No restriction.
    A,
    /// Not what may lead to a very large explosion.
    B,
    /// Nor to a very large or large explosion or a large toxic release.
    C,
    /// Nor to a large fire.
    D,
    /// Next to nothing.
    E,
}

/// What a vehicle may measure at most; 0 where nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RoadLimits {
    /// Height, cm.
    pub height_cm: u16,
    /// Width, cm.
    pub width_cm: u16,
    /// Length, cm.
    pub length_cm: u16,
    /// Weight as it drives, kg.
    pub weight_kg: u32,
    /// Load of an axle, kg.
    pub axle_kg: u32,
}

/// The properties that the law and the speed of an edge follow from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RoadKind {
    /// Its class.
    pub class: RoadClass,
    /// Whether it joins two roads: a slip road, a ramp.
    pub is_link: bool,
    /// Whether it is part of a roundabout.
    pub is_roundabout: bool,
    /// Directions for vehicles.
    pub direction: Direction,
    /// Directions for emergency vehicles where something special is said of them.
    pub emergency_direction: Option<Direction>,
    /// Rights of way.
    pub access: Access,
    /// Whether it runs through a tunnel.
    pub is_tunnel: bool,
    /// The tunnel's category, if it is said.
    pub tunnel_category: Option<TunnelCategory>,
    /// Whether a bridge carries it.
    pub is_bridge: bool,
    /// Greatest measures.
    pub limits: RoadLimits,
    /// Posted speed limit, km/h; 0 where nothing is said.
    pub limit_kph: u8,
    /// Posted speed limit of goods vehicles, km/h; 0 where nothing is said.
    pub goods_limit_kph: u8,
    /// Whether a rule about goods or dangerous goods stands there that the importer could not read (a condition, a measure
    /// without a number).
    pub has_unread_rule: bool,
}

impl RoadKind {
    /// A two-way road of a class of which nothing else is known.
    pub fn of_class(class: RoadClass) -> RoadKind {
        RoadKind {
            class,
            is_link: false,
            is_roundabout: false,
            direction: Direction::Both,
            emergency_direction: None,
            access: Access::default(),
            is_tunnel: false,
            tunnel_category: None,
            is_bridge: false,
            limits: RoadLimits::default(),
            limit_kph: 0,
            goods_limit_kph: 0,
            has_unread_rule: false,
        }
    }
}
