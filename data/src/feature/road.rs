//! Roads and gates as the road network takes them: what their properties say of who may drive where. Roads of the one-map and rows of
//! road layers are read alike.
//!
//! What cannot be read refuses tankers, as everywhere: an unread rule on a road, and a gate of an unknown kind or state opens
//! for emergency vehicles alone or for nobody. What that was is told, and nothing of it refuses an edit.

use super::{Collection, StoredFeature};
use crate::road_class::class_of;
use cordon_spatial::position::Position;
use cordon_spatial::road::{
    Access, Direction, OwnGate, OwnRoad, Permission, RoadClass, RoadName, RoadSaid, TunnelCategory,
};
use cordon_spatial::units::UnixMs;
use serde_json::{Map, Value};

/// What a feature is to the road network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnFeature {
    /// Its lines, if it is a road.
    pub roads: Vec<OwnRoad>,
    /// The gate that it is.
    pub gate: Option<OwnGate>,
    /// From when a gate is there; `None`: since ever.
    pub valid_from: Option<UnixMs>,
    /// Until when, exclusive; `None`: until it is edited.
    pub valid_to: Option<UnixMs>,
    /// Properties that could not be read.
    pub unread: Vec<&'static str>,
}

/// What a road or a gate is to the network; `None` of one that is deleted, has no line or place, is a gate for people alone, or is
/// of another collection.
pub fn own_feature_of(feature: &StoredFeature) -> Option<OwnFeature> {
    let body: Value = serde_json::from_str(feature.body.as_deref()?).ok()?;
    let none = Map::new();
    let properties = body["properties"].as_object().unwrap_or(&none);
    let key = feature.key.0;
    match feature.collection {
        Collection::Roads => {
            let RoadRead { shapes, said, name, unread, .. } = read_road(&body["geometry"], properties);
            let road = |shape| OwnRoad { key, shape, said, name: name.clone() };
            let roads: Vec<OwnRoad> = shapes.into_iter().map(road).collect();
            (!roads.is_empty()).then_some(OwnFeature { roads, unread, ..OwnFeature::default() })
        }
        Collection::Gates => {
            let mut read = Read { properties, unread: Vec::new() };
            // A turnstile stands beside a road and bars none.
            if read.text("kind") == "people" {
                return None;
            }
            let [west, south, east, north] = super::bbox(feature)?;
            let at = Position::from_degrees(f64::midpoint(west, east), f64::midpoint(south, north)).ok()?;
            let gate = OwnGate { key, at, access: read.passage(), direction: read.gate_direction() };
            let (valid_from, valid_to) = (read.instant("valid_from"), read.instant("valid_to"));
            Some(OwnFeature { roads: Vec::new(), gate: Some(gate), valid_from, valid_to, unread: read.unread })
        }
        _ => None,
    }
}

/// A road as its geometry and properties say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoadRead {
    /// Its lines, of at least two places each.
    pub shapes: Vec<Vec<Position>>,
    /// What it says.
    pub said: RoadSaid,
    /// What it is called.
    pub name: RoadName,
    /// Over (positive) or under (negative) the ground: its `level`, else 1 for a bridge and -1 for a tunnel.
    pub level: i8,
    /// Properties that could not be read.
    pub unread: Vec<&'static str>,
}

/// Reads a road. Beside the properties of the collection `roads`: `number`, `bridge`, `tunnel`, `level`, `hazmat` (whether it admits
/// dangerous goods), `max_width_m` and `max_axle_t`.
pub fn read_road(geometry: &Value, properties: &Map<String, Value>) -> RoadRead {
    let mut read = Read { properties, unread: Vec::new() };
    let said = read.said();
    let level = read.level(&said);
    RoadRead { shapes: lines(geometry), said, name: read.name(), level, unread: read.unread }
}

/// The lines of a geometry of at least two places each.
fn lines(geometry: &Value) -> Vec<Vec<Position>> {
    let line = |places: &Value| -> Option<Vec<Position>> {
        let place = |at: &Value| Position::from_degrees(at[0].as_f64()?, at[1].as_f64()?).ok();
        let mut line = places.as_array()?.iter().map(place).collect::<Option<Vec<Position>>>()?;
        line.dedup();
        (line.len() >= 2).then_some(line)
    };
    match geometry["type"].as_str() {
        Some("LineString") => line(&geometry["coordinates"]).into_iter().collect(),
        Some("MultiLineString") => geometry["coordinates"].as_array().into_iter().flatten().filter_map(line).collect(),
        _ => Vec::new(),
    }
}

struct Read<'a> {
    properties: &'a Map<String, Value>,
    unread: Vec<&'static str>,
}

impl Read<'_> {
    fn get(&self, name: &str) -> Option<&Value> {
        self.properties.get(name).filter(|value| !value.is_null())
    }

    fn text(&self, name: &str) -> String {
        self.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    fn name(&self) -> RoadName {
        RoadName { name: self.text("name"), name_en: self.text("name_en"), number: self.text("number") }
    }

    /// A number as a number or a text, in units of a factor, rounded down; 0 where nothing is said, which 0 says too.
    fn number(&mut self, name: &'static str, factor: f64, most: u32) -> u32 {
        let Some(value) = self.get(name) else { return 0 };
        let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
        match number.map(|number| (number * factor + 1e-6).floor()) {
            Some(number) if (0.0..=f64::from(most)).contains(&number) => number as u32,
            _ => {
                self.unread.push(name);
                0
            }
        }
    }

    fn said(&mut self) -> RoadSaid {
        let class = match self.get("class").map(|class| class.as_str().and_then(class_of)) {
            Some(Some(class)) => class,
            None => (RoadClass::Unclassified, false),
            Some(None) => {
                self.unread.push("class");
                (RoadClass::Unclassified, false)
            }
        };
        let mut said = RoadSaid { is_link: class.1, ..RoadSaid::of_class(class.0) };
        said.limits.height_cm = self.number("max_height_m", 100.0, u32::from(u16::MAX)) as u16;
        said.limits.weight_kg = self.number("max_weight_t", 1_000.0, 1_000_000);
        said.limits.width_cm = self.number("max_width_m", 100.0, u32::from(u16::MAX)) as u16;
        said.limits.axle_kg = self.number("max_axle_t", 1_000.0, 1_000_000);
        said.limit_kph = self.number("limit_kph", 1.0, 200) as u8;
        said.direction = self.oneway();
        match self.text("structure").as_str() {
            "bridge" => said.is_bridge = true,
            "tunnel" => said.is_tunnel = true,
            _ => {
                said.is_bridge = self.flag("bridge");
                said.is_tunnel = self.flag("tunnel");
            }
        }
        said.tunnel_category = self.tunnel_category();
        said.access = self.admits();
        self.hazmat(&mut said);
        said.has_unread_rule = self.unread.iter().any(|name| !["class", "limit_kph"].contains(name));
        said
    }

    /// An instant in RFC 3339. One that cannot be read is none: the gate is there.
    fn instant(&mut self, name: &'static str) -> Option<UnixMs> {
        let at = self.get(name)?.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
        self.unread.extend(at.is_none().then_some(name));
        at.map(|at| UnixMs(at.as_millisecond()))
    }

    /// A value as a word in small letters.
    fn word(&self, name: &str) -> Option<String> {
        let value = self.get(name)?;
        Some(value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_lowercase()))
    }

    /// Whether something is there, whatever kind of it is named.
    fn flag(&self, name: &str) -> bool {
        self.word(name).is_some_and(|word| !["", "f", "n", "no", "false", "0", "否", "无"].contains(&word.as_str()))
    }

    /// In which directions it may be driven: as a flag, as OpenStreetMap says it, or as layers do from its beginning (F, FT) or from
    /// its end (T, TF).
    fn oneway(&mut self) -> Option<Direction> {
        match self.word("oneway")?.as_str() {
            "true" | "yes" | "1" | "1.0" | "f" | "ft" | "forward" | "是" => Some(Direction::Forward),
            "-1" | "-1.0" | "t" | "tf" | "backward" | "reverse" => Some(Direction::Backward),
            "false" | "no" | "0" | "0.0" | "b" | "n" | "both" | "否" | "" => Some(Direction::Both),
            _ => {
                self.unread.push("oneway");
                None
            }
        }
    }

    /// Whether it admits dangerous goods.
    fn hazmat(&mut self, said: &mut RoadSaid) {
        let Some(word) = self.word("hazmat") else { return };
        let hazmat = match word.as_str() {
            "no" | "false" | "0" | "n" | "否" | "禁止" | "禁行" => Permission::No,
            "yes" | "true" | "1" | "y" | "designated" | "是" | "允许" => Permission::Yes,
            _ => {
                self.unread.push("hazmat");
                return;
            }
        };
        said.access = Some(Access { hazmat, ..said.access.unwrap_or_default() });
    }

    fn level(&mut self, said: &RoadSaid) -> i8 {
        let unsaid = i8::from(said.is_bridge) - i8::from(said.is_tunnel);
        let Some(word) = self.word("level") else { return unsaid };
        match word.parse::<f64>().ok().filter(|level| level.abs() <= 20.0) {
            Some(level) => level as i8,
            None => {
                self.unread.push("level");
                unsaid
            }
        }
    }

    fn tunnel_category(&mut self) -> Option<TunnelCategory> {
        let category = match self.get("tunnel_category")?.as_str() {
            Some("A") => Some(TunnelCategory::A),
            Some("B") => Some(TunnelCategory::B),
            Some("C") => Some(TunnelCategory::C),
            Some("D") => Some(TunnelCategory::D),
            Some("E") => Some(TunnelCategory::E),
            _ => None,
        };
        self.unread.extend(category.is_none().then_some("tunnel_category"));
        category
    }

    /// Whom a road admits, by one word or a list of one.
    fn admits(&mut self) -> Option<Access> {
        let value = self.get("admits")?;
        let word = match value {
            Value::Array(words) if words.len() == 1 => words[0].as_str(),
            value => value.as_str(),
        };
        let access = match word {
            Some("all") => Some(Access::default()),
            Some("no_hazmat") => Some(Access { hazmat: Permission::No, ..Access::default() }),
            Some("hazmat_only") => Some(HAZMAT_ONLY),
            Some("emergency_only") => Some(Access { hazmat: Permission::Unsaid, ..EMERGENCY_ONLY }),
            Some("works") => {
                let private = Permission::Private;
                Some(Access { motor: private, goods: private, foot: private, ..Access::default() })
            }
            _ => None,
        };
        self.unread.extend(access.is_none().then_some("admits"));
        access
    }

    /// Whom a gate lets pass, by its kind and state. An emergency gate is closed as a rule and is opened for who comes to help; any
    /// other that is closed lets nobody pass, for it may be locked.
    fn passage(&mut self) -> Access {
        let state = self.text("state");
        let is_closed = match state.as_str() {
            "" | "open" => false,
            "closed" => true,
            _ => {
                self.unread.push("state");
                return NOBODY;
            }
        };
        let access = match self.text("kind").as_str() {
            "emergency" => return EMERGENCY_ONLY,
            "ordinary" => {
                let yes = Permission::Yes;
                Access { motor: yes, goods: yes, hazmat: Permission::No, emergency: yes, foot: yes }
            }
            "hazmat" => HAZMAT_ONLY,
            _ => {
                self.unread.push("kind");
                EMERGENCY_ONLY
            }
        };
        if is_closed { NOBODY } else { access }
    }

    /// Which way a gate is passed: inwards is from the network onto the park's road.
    fn gate_direction(&mut self) -> Direction {
        match self.get("direction").map(Value::as_str) {
            Some(Some("in")) => Direction::Forward,
            Some(Some("out")) => Direction::Backward,
            None | Some(Some("both")) => Direction::Both,
            Some(_) => {
                self.unread.push("direction");
                Direction::Both
            }
        }
    }
}

const NO: Permission = Permission::No;
const NOBODY: Access = Access { motor: NO, goods: NO, hazmat: NO, emergency: NO, foot: NO };
const EMERGENCY_ONLY: Access = Access { emergency: Permission::Yes, ..NOBODY };
const HAZMAT_ONLY: Access = Access { hazmat: Permission::Yes, ..EMERGENCY_ONLY };

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_spatial::ids::{FeatureId, FeatureKey, Revision};
    use serde_json::json;

    fn read(collection: Collection, geometry: Value, properties: Value) -> Option<OwnFeature> {
        let body = json!({"type": "Feature", "id": "x", "geometry": geometry, "properties": properties});
        own_feature_of(&StoredFeature {
            key: FeatureKey(7),
            collection,
            id: FeatureId::new("x").expect("an id"),
            revision: Revision(1),
            at: UnixMs(0),
            who: String::new(),
            body: Some(body.to_string()),
            derived: None,
        })
    }

    fn road(properties: Value) -> OwnFeature {
        let line = json!({"type": "LineString", "coordinates": [[121.0, 30.0], [121.001, 30.0]]});
        read(Collection::Roads, line, properties).expect("a road")
    }

    fn gate(properties: Value) -> (OwnGate, Vec<&'static str>) {
        let point = json!({"type": "Point", "coordinates": [121.0, 30.0]});
        let read = read(Collection::Gates, point, properties).expect("a gate");
        (read.gate.expect("a gate"), read.unread)
    }

    #[test]
    fn a_road_says_what_its_properties_say_and_what_cannot_be_read_refuses_tankers() {
        let fine = road(json!({"class": "国道", "max_height_m": "4.5", "max_weight_t": 20, "oneway": true}));
        let said = fine.roads[0].said;
        assert_eq!((said.class, said.limits.height_cm, said.limits.weight_kg), (RoadClass::Trunk, 450, 20_000));
        assert_eq!((said.direction, said.access, said.has_unread_rule), (Some(Direction::Forward), None, false));
        assert_eq!(road(json!({"oneway": "TF"})).roads[0].said.direction, Some(Direction::Backward));
        assert!(road(json!({"hazmat": "maybe"})).roads[0].said.has_unread_rule);
        let unread = road(json!({"class": "cow path", "max_height_m": "low", "admits": ["friends"]}));
        assert_eq!(unread.unread, ["class", "max_height_m", "admits"]);
        assert!(unread.roads[0].said.has_unread_rule);
        assert!(!road(json!({"class": "cow path"})).roads[0].said.has_unread_rule, "a class is no rule about goods");
    }

    #[test]
    fn a_gate_opens_by_its_kind_and_state_and_an_unknown_one_does_not() {
        let access = |properties: Value| gate(properties).0.access;
        assert_eq!(access(json!({"kind": "hazmat", "state": "open"})), HAZMAT_ONLY);
        assert_eq!(access(json!({"kind": "hazmat", "state": "closed"})), NOBODY);
        assert_eq!(access(json!({"kind": "emergency", "state": "closed"})), EMERGENCY_ONLY);
        assert_eq!(access(json!({"kind": "ordinary"})).hazmat, Permission::No);
        assert_eq!(gate(json!({"kind": "secret"})), (gate(json!({"kind": "emergency"})).0, vec!["kind"]));
        let (broken, unread) = gate(json!({"kind": "ordinary", "state": "half", "direction": "up"}));
        assert_eq!((broken.access, unread), (NOBODY, vec!["state", "direction"]));
        let time = |from: &str| {
            let point = json!({"type": "Point", "coordinates": [121.0, 30.0]});
            let read = read(Collection::Gates, point, json!({"kind": "ordinary", "valid_from": from})).expect("a gate");
            (read.valid_from, read.unread)
        };
        assert_eq!(time("2026-11-22T08:00:00+08:00"), (Some(UnixMs(1_795_305_600_000)), vec![]));
        assert_eq!(time("soon"), (None, vec!["valid_from"]));
    }
}
