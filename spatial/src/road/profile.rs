//! Who drives: a table of speeds, measures and rules for each profile, and what it makes of a road.
//!
//! The table is data: a site may edit it. Each profile says where its figures come from.

use super::kind::{Heading, Permission, RoadClass, RoadKind, TunnelCategory};
use bitflags::bitflags;
use serde::{Deserialize, Serialize};

/// A profile by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum ProfileId {
    /// A passenger car.
    Car,
    /// A truck with dangerous goods.
    HazmatTruck,
    /// A fire engine on call.
    FireEngine,
    /// An ambulance on call.
    Ambulance,
    /// Somebody on foot.
    Foot,
}

impl ProfileId {
    /// All profiles.
    pub const ALL: [ProfileId; 5] =
        [ProfileId::Car, ProfileId::HazmatTruck, ProfileId::FireEngine, ProfileId::Ambulance, ProfileId::Foot];

    /// The audience that it alone is.
    pub fn audience(self) -> Audience {
        Audience::from_bits_retain(1 << self as u8)
    }
}

bitflags! {
    /// The profiles that a closure holds for.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    pub struct Audience: u8 {
        /// Passenger cars.
        const CAR = 1;
        /// Trucks with dangerous goods.
        const HAZMAT_TRUCK = 1 << 1;
        /// Fire engines.
        const FIRE_ENGINE = 1 << 2;
        /// Ambulances.
        const AMBULANCE = 1 << 3;
        /// People on foot.
        const FOOT = 1 << 4;
        /// All but who comes to help.
        const NON_EMERGENCY = Self::CAR.bits() | Self::HAZMAT_TRUCK.bits() | Self::FOOT.bits();
    }

    /// The modes of travel that a turn restriction holds for.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    pub struct Modes: u8 {
        /// Motor vehicles.
        const MOTOR = 1;
        /// Vehicles with dangerous goods, which are goods vehicles.
        const HAZMAT = 1 << 1;
        /// Emergency vehicles.
        const EMERGENCY = 1 << 2;
        /// Walkers.
        const FOOT = 1 << 3;
    }
}

/// How a profile travels in the eyes of the law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// A motor vehicle.
    Motor,
    /// A goods vehicle with dangerous goods.
    Hazmat,
    /// An emergency vehicle on call.
    Emergency,
    /// A walker.
    Foot,
}

impl Mode {
    /// The set that it alone is.
    pub fn as_set(self) -> Modes {
        match self {
            Mode::Motor => Modes::MOTOR,
            Mode::Hazmat => Modes::HAZMAT,
            Mode::Emergency => Modes::EMERGENCY,
            Mode::Foot => Modes::FOOT,
        }
    }
}

/// What the vehicle measures; 0 where it does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Vehicle {
    /// Height, cm.
    pub height_cm: u16,
    /// Width, cm.
    pub width_cm: u16,
    /// Length, cm.
    pub length_cm: u16,
    /// Weight with its load, kg.
    pub weight_kg: u32,
    /// Greatest load of an axle, kg.
    pub axle_kg: u32,
}

/// One profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// How it travels.
    pub mode: Mode,
    /// What it measures.
    pub vehicle: Vehicle,
    /// Its speed on a free road of each class in the order of [`RoadClass::ALL`], km/h; 0 where it does not go.
    pub speeds_kph: [u8; RoadClass::COUNT],
    /// The law's limit for it on motorways whatever is posted, km/h.
    pub motorway_cap_kph: u8,
    /// The law's limit for it elsewhere whatever is posted, km/h.
    pub other_cap_kph: u8,
    /// Whether it may pass over private ground and through gates that it holds keys for.
    pub passes_private: bool,
    /// Whether it must keep to posted limits.
    pub keeps_limits: bool,
    /// The most restrictive category of tunnel that its load may pass (ADR 8.6.4).
    pub tunnel_category: TunnelCategory,
    /// Whether a rule that could not be read refuses the road.
    pub fails_closed: bool,
    /// How long the passage of a gate or barrier takes, ms.
    pub barrier_ms: u32,
    /// Where the figures come from.
    pub source: String,
}

/// The table of all profiles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profiles {
    /// See [`ProfileId::Car`].
    pub car: Profile,
    /// See [`ProfileId::HazmatTruck`].
    pub hazmat_truck: Profile,
    /// See [`ProfileId::FireEngine`].
    pub fire_engine: Profile,
    /// See [`ProfileId::Ambulance`].
    pub ambulance: Profile,
    /// See [`ProfileId::Foot`].
    pub foot: Profile,
}

impl Profiles {
    /// A profile's row.
    pub fn get(&self, id: ProfileId) -> &Profile {
        match id {
            ProfileId::Car => &self.car,
            ProfileId::HazmatTruck => &self.hazmat_truck,
            ProfileId::FireEngine => &self.fire_engine,
            ProfileId::Ambulance => &self.ambulance,
            ProfileId::Foot => &self.foot,
        }
    }
}

impl Default for Profiles {
    fn default() -> Profiles {
        let truck = Vehicle { height_cm: 400, width_cm: 255, length_cm: 1_710, weight_kg: 49_000, axle_kg: 11_500 };
        let engine = Vehicle { height_cm: 380, width_cm: 250, length_cm: 1_100, weight_kg: 33_000, axle_kg: 11_500 };
        let van = Vehicle { height_cm: 270, width_cm: 210, length_cm: 600, weight_kg: 3_500, axle_kg: 2_000 };
        Profiles {
            car: Profile {
                mode: Mode::Motor,
                vehicle: Vehicle { height_cm: 170, width_cm: 190, length_cm: 480, weight_kg: 2_000, axle_kg: 1_200 },
                speeds_kph: [110, 80, 60, 50, 45, 40, 30, 15, 15, 15, 0, 0, 0, 0, 20],
                motorway_cap_kph: 120,
                other_cap_kph: 120,
                passes_private: false,
                keeps_limits: true,
                tunnel_category: TunnelCategory::E,
                fails_closed: false,
                barrier_ms: 10_000,
                source: "speeds: our own estimate of free flow by class; caps: Regulation on Road Traffic Safety art. 78, not re-read"
                    .to_owned(),
            },
            hazmat_truck: Profile {
                mode: Mode::Hazmat,
                vehicle: truck,
                speeds_kph: [80, 60, 50, 45, 40, 35, 25, 10, 12, 0, 0, 0, 0, 0, 20],
                motorway_cap_kph: 80,
                other_cap_kph: 60,
                passes_private: false,
                keeps_limits: true,
                tunnel_category: TunnelCategory::B,
                fails_closed: true,
                barrier_ms: 30_000,
                source: "caps: Order 29 of 2019 art. 46; measures: the greatest of GB 1589-2016 for a tractor with semi-trailer, \
                         not re-read; tunnels: a load with code B/D, our own assumption; speeds: our own estimate"
                    .to_owned(),
            },
            fire_engine: Profile {
                mode: Mode::Emergency,
                vehicle: engine,
                speeds_kph: [90, 80, 65, 55, 50, 45, 35, 20, 20, 15, 10, 0, 0, 0, 20],
                motorway_cap_kph: 100,
                other_cap_kph: 100,
                passes_private: true,
                keeps_limits: false,
                tunnel_category: TunnelCategory::E,
                fails_closed: false,
                barrier_ms: 5_000,
                source: "our own estimate for a heavy foam tender; on call it is not held to posted limits (Road Traffic Safety \
                         Law art. 53, not re-read)"
                    .to_owned(),
            },
            ambulance: Profile {
                mode: Mode::Emergency,
                vehicle: van,
                speeds_kph: [110, 90, 70, 60, 55, 50, 40, 20, 20, 15, 10, 0, 0, 0, 20],
                motorway_cap_kph: 120,
                other_cap_kph: 120,
                passes_private: true,
                keeps_limits: false,
                tunnel_category: TunnelCategory::E,
                fails_closed: false,
                barrier_ms: 5_000,
                source: "our own estimate for a van; on call it is not held to posted limits (Road Traffic Safety Law art. 53, not re-read)"
                    .to_owned(),
            },
            foot: Profile {
                mode: Mode::Foot,
                vehicle: Vehicle::default(),
                speeds_kph: [0, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 2, 5],
                motorway_cap_kph: 5,
                other_cap_kph: 5,
                passes_private: false,
                keeps_limits: false,
                tunnel_category: TunnelCategory::E,
                fails_closed: false,
                barrier_ms: 0,
                source: "5 km/h: our own estimate of somebody in a hurry".to_owned(),
            },
        }
    }
}

/// Why a profile may not or cannot take a road.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason", content = "limit")]
pub enum Refusal {
    /// Not a road for it.
    Class,
    /// Against the one-way direction.
    OneWay,
    /// Vehicles, or walkers, are not admitted.
    Access,
    /// Private ground.
    Private,
    /// Goods vehicles are not admitted.
    Goods,
    /// Dangerous goods are not admitted.
    Hazmat,
    /// The tunnel's category does not admit the load.
    Tunnel(TunnelCategory),
    /// A tunnel whose category nobody has said.
    TunnelUnknown,
    /// Too high, limit in cm.
    Height(u16),
    /// Too wide, limit in cm.
    Width(u16),
    /// Too long, limit in cm.
    Length(u16),
    /// Too heavy, limit in kg.
    Weight(u32),
    /// Too much on an axle, limit in kg.
    Axle(u32),
    /// A rule about goods stands there that could not be read.
    UnreadRule,
}

impl Profile {
    /// Its speed on a road in a direction, km/h (over 0), or why it may not go there.
    pub fn speed_kph(&self, road: &RoadKind, heading: Heading) -> Result<u8, Refusal> {
        let class_kph = self.speeds_kph[road.class as usize];
        self.admitted(road)?;
        if class_kph == 0 && !self.is_expressly_admitted(road) {
            return Err(Refusal::Class);
        }
        if self.mode == Mode::Foot {
            return Ok(class_kph.max(1));
        }
        if !self.direction_admits(road, heading) {
            return Err(Refusal::OneWay);
        }
        self.fits(road)?;
        let cap = if road.class == RoadClass::Motorway { self.motorway_cap_kph } else { self.other_cap_kph };
        let mut kph = class_kph.max(5).min(cap);
        if self.keeps_limits {
            let posted = [road.limit_kph, if self.mode == Mode::Hazmat { road.goods_limit_kph } else { 0 }];
            kph = posted.into_iter().filter(|limit| *limit > 0).fold(kph, u8::min);
        }
        Ok(kph.max(1))
    }

    /// The speed at which it would go if neither law nor measures kept it from the road; against one-way traffic it never goes.
    pub(super) fn unbound_kph(&self, road: &RoadKind, heading: Heading) -> Option<u8> {
        match self.speed_kph(road, heading) {
            Ok(kph) => Some(kph),
            Err(Refusal::Class | Refusal::OneWay) => None,
            Err(_) if self.mode != Mode::Foot && !self.direction_admits(road, heading) => None,
            Err(_) => Some(self.speeds_kph[road.class as usize]).filter(|kph| *kph > 0),
        }
    }

    fn is_expressly_admitted(&self, road: &RoadKind) -> bool {
        let said = match self.mode {
            Mode::Motor => road.access.motor,
            Mode::Hazmat => road.access.hazmat,
            Mode::Emergency => road.access.emergency,
            Mode::Foot => road.access.foot,
        };
        said == Permission::Yes && !matches!(road.class, RoadClass::Steps)
    }

    fn direction_admits(&self, road: &RoadKind, heading: Heading) -> bool {
        let special = if self.mode == Mode::Emergency { road.emergency_direction } else { None };
        special.unwrap_or(road.direction).admits(heading)
    }

    fn admitted(&self, road: &RoadKind) -> Result<(), Refusal> {
        let access = &road.access;
        match self.mode {
            Mode::Motor => self.general(access.motor, Refusal::Access),
            Mode::Foot => self.general(access.foot, Refusal::Access),
            Mode::Emergency => match access.emergency {
                Permission::No => Err(Refusal::Access),
                Permission::Unsaid => self.general(access.motor, Refusal::Access),
                _ => Ok(()),
            },
            Mode::Hazmat => {
                match access.hazmat {
                    Permission::No => return Err(Refusal::Hazmat),
                    Permission::Private => return Err(Refusal::Private),
                    // What is said specially of dangerous goods stands above what is said of all.
                    Permission::Yes | Permission::Destination => {}
                    Permission::Unsaid => {
                        let is_special = access.motor != Permission::No;
                        self.general(access.goods, if is_special { Refusal::Goods } else { Refusal::Access })?;
                    }
                }
                if self.fails_closed && road.has_unread_rule {
                    return Err(Refusal::UnreadRule);
                }
                match road.tunnel_category {
                    Some(category) if category > self.tunnel_category => Err(Refusal::Tunnel(category)),
                    None if road.is_tunnel && self.fails_closed && access.hazmat != Permission::Yes => {
                        Err(Refusal::TunnelUnknown)
                    }
                    _ => Ok(()),
                }
            }
        }
    }

    fn general(&self, permission: Permission, refusal: Refusal) -> Result<(), Refusal> {
        match permission {
            Permission::No => Err(refusal),
            Permission::Private if !self.passes_private => Err(Refusal::Private),
            _ => Ok(()),
        }
    }

    /// Measures bind everybody: no call makes a bridge stronger.
    fn fits(&self, road: &RoadKind) -> Result<(), Refusal> {
        let (limits, vehicle) = (&road.limits, &self.vehicle);
        if limits.height_cm > 0 && vehicle.height_cm > limits.height_cm {
            return Err(Refusal::Height(limits.height_cm));
        }
        if limits.width_cm > 0 && vehicle.width_cm > limits.width_cm {
            return Err(Refusal::Width(limits.width_cm));
        }
        if limits.length_cm > 0 && vehicle.length_cm > limits.length_cm {
            return Err(Refusal::Length(limits.length_cm));
        }
        if limits.weight_kg > 0 && vehicle.weight_kg > limits.weight_kg {
            return Err(Refusal::Weight(limits.weight_kg));
        }
        if limits.axle_kg > 0 && vehicle.axle_kg > limits.axle_kg {
            return Err(Refusal::Axle(limits.axle_kg));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::kind::Direction;
    use super::*;

    fn check(profile: ProfileId, change: impl Fn(&mut RoadKind), expected: Result<u8, Refusal>) {
        let mut road = RoadKind::of_class(RoadClass::Tertiary);
        change(&mut road);
        let got = Profiles::default().get(profile).speed_kph(&road, Heading::Along);
        assert_eq!(got, expected, "{profile:?} on {road:?}");
    }

    #[test]
    fn a_tanker_is_refused_with_the_reason() {
        let tanker = ProfileId::HazmatTruck;
        check(tanker, |_| {}, Ok(40));
        check(tanker, |road| road.access.hazmat = Permission::No, Err(Refusal::Hazmat));
        check(tanker, |road| road.access.goods = Permission::No, Err(Refusal::Goods));
        check(tanker, |road| road.limits.height_cm = 380, Err(Refusal::Height(380)));
        check(tanker, |road| road.limits.weight_kg = 30_000, Err(Refusal::Weight(30_000)));
        check(tanker, |road| road.limits.axle_kg = 10_000, Err(Refusal::Axle(10_000)));
        check(tanker, |road| road.limits.width_cm = 230, Err(Refusal::Width(230)));
        check(tanker, |road| road.has_unread_rule = true, Err(Refusal::UnreadRule));
        check(tanker, |road| road.class = RoadClass::Track, Err(Refusal::Class));
    }

    #[test]
    fn a_tunnel_admits_by_its_category_and_an_unknown_one_refuses() {
        let tunnel = |category| {
            move |road: &mut RoadKind| {
                road.is_tunnel = true;
                road.tunnel_category = category;
            }
        };
        check(ProfileId::HazmatTruck, tunnel(None), Err(Refusal::TunnelUnknown));
        check(ProfileId::HazmatTruck, tunnel(Some(TunnelCategory::B)), Ok(40));
        check(ProfileId::HazmatTruck, tunnel(Some(TunnelCategory::C)), Err(Refusal::Tunnel(TunnelCategory::C)));
        check(ProfileId::FireEngine, tunnel(None), Ok(50));
    }

    #[test]
    fn who_comes_to_help_passes_private_ground_but_no_weak_bridge() {
        let engine = ProfileId::FireEngine;
        check(engine, |road| road.access.motor = Permission::Private, Ok(50));
        check(ProfileId::Car, |road| road.access.motor = Permission::Private, Err(Refusal::Private));
        check(engine, |road| road.access.motor = Permission::No, Err(Refusal::Access));
        let gate = |road: &mut RoadKind| {
            road.access.motor = Permission::No;
            road.access.emergency = Permission::Yes;
        };
        check(engine, gate, Ok(50));
        check(engine, |road| road.limits.weight_kg = 20_000, Err(Refusal::Weight(20_000)));
    }

    #[test]
    fn one_way_holds_unless_something_special_is_said() {
        let against = |road: &mut RoadKind| road.direction = Direction::Backward;
        check(ProfileId::Car, against, Err(Refusal::OneWay));
        check(ProfileId::Ambulance, against, Err(Refusal::OneWay));
        check(ProfileId::Foot, against, Ok(5));
        let special = |road: &mut RoadKind| {
            road.direction = Direction::Backward;
            road.emergency_direction = Some(Direction::Both);
        };
        check(ProfileId::Ambulance, special, Ok(55));
        check(ProfileId::Car, special, Err(Refusal::OneWay));
    }

    #[test]
    fn dangerous_goods_keep_the_law_s_limits_and_the_posted_ones() {
        check(ProfileId::HazmatTruck, |road| road.class = RoadClass::Motorway, Ok(80));
        check(ProfileId::HazmatTruck, |road| road.class = RoadClass::Trunk, Ok(60));
        check(ProfileId::HazmatTruck, |road| road.limit_kph = 30, Ok(30));
        check(ProfileId::HazmatTruck, |road| road.goods_limit_kph = 20, Ok(20));
        check(ProfileId::Car, |road| road.goods_limit_kph = 20, Ok(45));
    }

    #[test]
    fn the_way_through_the_gate_for_dangerous_goods_admits_them_alone() {
        let gate = |road: &mut RoadKind| {
            road.access.motor = Permission::No;
            road.access.goods = Permission::No;
            road.access.hazmat = Permission::Yes;
        };
        check(ProfileId::HazmatTruck, gate, Ok(40));
        check(ProfileId::Car, gate, Err(Refusal::Access));
    }
}
