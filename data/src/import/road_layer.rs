//! Road layers of geographic information systems as a network's draft: one row a road, columns for what the law says of it.
//!
//! Files are opened as every file of a person is (GDAL in a child process, datums named or refused). Roads join where they share a
//! vertex or an end comes near; never where they merely cross. What a column says that cannot be read is found and refuses tankers
//! the road; a class that nobody knows makes it a road of the lowest public class, and is told.

use super::files::{ImportError, Mapping, Opened};
use crate::feature::{RoadRead, read_road};
use crate::road_class;
use cordon_spatial::position::Position;
use cordon_spatial::road::{Draft, Finding, FindingKind, RoadLine, join_lines};
use cordon_spatial::units::Millimetres;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How near an end comes to what it was meant to join, unless it is said: drawing programs that snap leave nothing, digitising by
/// hand leaves decimetres, and two roads a metre apart are one junction to whoever drives. Our own choice; less than half a lane.
pub const SNAP: Millimetres = Millimetres(1_000);
/// Most that may be said: more would join roads that run beside each other.
pub const MOST_SNAP: Millimetres = Millimetres(20_000);

/// What columns are usually called that mean a property: of OpenStreetMap's extracts as Shapefiles, and in Chinese.
const USUAL: [(&str, &str); 23] = [
    ("fclass", "class"),
    ("highway", "class"),
    ("ref", "number"),
    ("maxspeed", "limit_kph"),
    ("layer", "level"),
    ("maxheight", "max_height_m"),
    ("maxwidth", "max_width_m"),
    ("maxweight", "max_weight_t"),
    ("maxaxleload", "max_axle_t"),
    ("名称", "name"),
    ("道路名称", "name"),
    ("编号", "number"),
    ("等级", "class"),
    ("道路等级", "class"),
    ("单行", "oneway"),
    ("限速", "limit_kph"),
    ("限高", "max_height_m"),
    ("限宽", "max_width_m"),
    ("限重", "max_weight_t"),
    ("轴重", "max_axle_t"),
    ("桥梁", "bridge"),
    ("隧道", "tunnel"),
    ("层级", "level"),
];

/// What is said about a layer.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Columns and the properties that they become; the others keep their names, or get the usual ones.
    pub columns: Vec<(String, String)>,
    /// What values of the class column mean, before the names that are known.
    pub classes: BTreeMap<String, String>,
    /// The tolerance.
    pub snap: Millimetres,
}

impl Default for Layer {
    fn default() -> Layer {
        Layer { columns: Vec::new(), classes: BTreeMap::new(), snap: SNAP }
    }
}

/// What a layer became.
#[derive(Debug, Default)]
pub struct Drawn {
    /// The draft.
    pub draft: Draft,
    /// What was noticed.
    pub findings: Vec<Finding>,
    /// Classes that nobody knows, and how many roads have each.
    pub unknown_classes: BTreeMap<String, usize>,
    /// Rows without a line.
    pub without_line: usize,
    /// How many ends were moved onto another road.
    pub moved: usize,
}

impl Layer {
    /// The properties that a column may become.
    pub const PROPERTIES: [&str; 17] = [
        "name",
        "name_en",
        "number",
        "class",
        "oneway",
        "limit_kph",
        "structure",
        "bridge",
        "tunnel",
        "level",
        "tunnel_category",
        "hazmat",
        "admits",
        "max_height_m",
        "max_width_m",
        "max_weight_t",
        "max_axle_t",
    ];

    /// Reads `column=property,…`; the error is the sentence for the person.
    pub fn columns(text: &str) -> Result<Vec<(String, String)>, String> {
        let pairs = Mapping::parse(text).map_err(|piece| format!("`{piece}` is no column=property"))?;
        let is_known = |property: &str| property.is_empty() || Layer::PROPERTIES.contains(&property);
        match pairs.iter().find(|(_, property)| !is_known(property)) {
            Some((_, property)) => {
                Err(format!("`{property}` is no property of a road; known: {}", Layer::PROPERTIES.join(", ")))
            }
            None => Ok(pairs),
        }
    }

    /// Draws the roads of a file that was opened.
    pub fn draw(&self, opened: &Opened) -> Result<Drawn, ImportError> {
        let mut drawn = Drawn::default();
        let mut lines = Vec::new();
        for row in opened.plain_rows()? {
            let row = row?;
            self.line(row.number, &row.feature, &mut drawn, &mut lines);
        }
        let joined = join_lines(&lines, &[], self.snap)
            .map_err(|error| ImportError::Kind { name: opened.layers.join(", "), why: error.to_string() })?;
        (drawn.draft, drawn.moved) = (joined.draft, joined.moved);
        drawn.findings.sort();
        Ok(drawn)
    }

    fn line(&self, number: u64, feature: &Value, drawn: &mut Drawn, lines: &mut Vec<RoadLine>) {
        let properties = self.properties(&feature["properties"]);
        let RoadRead { shapes, said, name, level, unread } = read_road(&feature["geometry"], &properties);
        drawn.without_line += usize::from(shapes.is_empty());
        let id = i64::try_from(number).unwrap_or(i64::MAX);
        let at = shapes.first().map_or(Position { lon_e7: 0, lat_e7: 0 }, |shape| shape[0]);
        for property in unread {
            if property == "class" {
                let class = properties.get("class").map(plain).unwrap_or_default();
                *drawn.unknown_classes.entry(class.chars().take(60).collect()).or_default() += 1;
            } else {
                drawn.findings.push(Finding { kind: FindingKind::ValueUnread, at, source: Some(id) });
            }
        }
        let line = |shape| RoadLine { id, shape, kind: said.kind(), name: name.clone(), level };
        lines.extend(shapes.into_iter().map(line));
    }

    /// The columns of a row as properties.
    fn properties(&self, columns: &Value) -> Map<String, Value> {
        let mut properties = Map::new();
        for (column, value) in columns.as_object().into_iter().flatten() {
            let is_empty = value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
            let said = self.columns.iter().find(|(known, _)| known == column).map(|(_, property)| property.as_str());
            let usual = || USUAL.iter().find(|(known, _)| known.eq_ignore_ascii_case(column)).map(|(_, usual)| *usual);
            let property = said.or_else(usual).unwrap_or(column);
            if is_empty || property.is_empty() || (said.is_none() && self.is_given(property)) {
                continue;
            }
            let value = match property {
                "class" => {
                    self.classes.get(plain(value).trim()).map_or_else(|| value.clone(), |class| class.as_str().into())
                }
                _ => value.clone(),
            };
            properties.insert(property.to_owned(), value);
        }
        properties
    }

    /// Whether some column was named for a property: no other stands in for it then.
    fn is_given(&self, property: &str) -> bool {
        self.columns.iter().any(|(_, known)| known == property)
    }
}

/// A value as text.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The built-in table of classes as text, to be edited: TOML, what a column holds and the class that it means.
pub fn classes_text() -> String {
    let line = |(name, ..): &(&str, cordon_spatial::road::RoadClass, bool)| format!("{name:?} = {name:?}\n");
    road_class::NAMES.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_spatial::road::{Direction, Network, Permission, RoadClass};
    use serde_json::json;

    /// What a row says, by columns named as asked.
    fn read(columns: &str, classes: &[(&str, &str)], row: Value) -> (RoadLine, Drawn) {
        let classes = classes.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let layer = Layer { columns: Layer::columns(columns).expect("pairs"), classes, ..Layer::default() };
        let geometry = json!({"type": "LineString", "coordinates": [[121.0, 30.0], [121.001, 30.0]]});
        let (mut drawn, mut lines) = (Drawn::default(), Vec::new());
        layer.line(3, &json!({"geometry": geometry, "properties": row}), &mut drawn, &mut lines);
        (lines.remove(0), drawn)
    }

    #[test]
    fn columns_are_named_or_have_their_usual_names() {
        let row = json!({"fclass": "trunk", "oneway": "T", "maxspeed": 0, "bridge": "T", "layer": 1, "ref": "G15", "限高": "4.2"});
        let (line, drawn) = read("", &[], row);
        assert_eq!((line.kind.class, line.kind.direction), (RoadClass::Trunk, Direction::Backward));
        assert_eq!((line.kind.is_bridge, line.level, line.kind.limit_kph), (true, 1, 0));
        assert_eq!((line.name.number.as_str(), line.kind.limits.height_cm), ("G15", 420));
        assert!(drawn.findings.is_empty() && drawn.unknown_classes.is_empty(), "{drawn:?}");
        let row = json!({"DJ": "01", "fclass": "footway", "WX": "no", "轴重": 8.5});
        let (line, _) = read("DJ=class,WX=hazmat", &[("01", "国道")], row);
        assert_eq!((line.kind.class, line.kind.access.hazmat), (RoadClass::Trunk, Permission::No));
        assert_eq!(line.kind.limits.axle_kg, 8_500);
        assert!(Layer::columns("DJ=klass").is_err_and(|error| error.contains("known: name")));
    }

    #[test]
    fn what_cannot_be_read_is_told_and_refuses_tankers() {
        let (line, drawn) = read("", &[], json!({"class": "7", "max_weight_t": "heavy", "oneway": "?"}));
        assert_eq!(drawn.unknown_classes, BTreeMap::from([("7".to_owned(), 1)]));
        assert_eq!((drawn.findings.len(), drawn.findings[0].source), (2, Some(3)));
        assert!(line.kind.has_unread_rule);
        assert_eq!(line.kind.class, RoadClass::Unclassified);
    }

    #[test]
    fn the_table_of_classes_is_read_as_it_is_written() {
        let known = |line: &str| line.split(" = ").map(|word| word.trim_matches('"').to_owned()).collect::<Vec<_>>();
        for line in classes_text().lines() {
            assert!(road_class::class_of(&known(line)[1]).is_some(), "{line}");
        }
    }

    #[test]
    fn a_layer_without_roads_makes_no_network() {
        let mut joined = join_lines(&[], &[], SNAP).expect("nothing joins nothing");
        assert!(Network::build(&mut joined.draft).is_err());
    }
}
