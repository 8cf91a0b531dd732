//! The collections in the file: a table each, with a column for every property of the data model, and all properties as JSON.
//!
//! What is about people, opens a door or says how to reach somebody is not in it: the file has no reader but everybody.

use crate::feature::schema::{Kind, Property, SeenBy};
use crate::feature::{Collection, StoredFeature};
use crate::filter::Interval;
use crate::shapes;
use geo::{BoundingRect, Geometry};
use rusqlite::types::Value;
use serde_json::Map;

/// The collections that are published.
pub fn published() -> impl Iterator<Item = Collection> {
    Collection::ALL.iter().copied().filter(|collection| !collection.is_personal())
}

/// The properties that are columns.
fn columns(collection: Collection) -> impl Iterator<Item = &'static Property> {
    collection.schema().iter().filter(|property| property.seen_by == SeenBy::Everybody)
}

/// How many columns the table of a collection has.
pub(super) fn width(collection: Collection) -> usize {
    5 + usize::from(collection.is_drawn()) + columns(collection).count()
}

/// Declares the tables.
pub(super) fn tables() -> String {
    let table = |collection: Collection| {
        let geometry = if collection.is_drawn() { format!(" geom {},", shape(collection)) } else { String::new() };
        let columns: String =
            columns(collection).map(|property| format!(" \"{}\" {},", property.name, type_of(property.kind))).collect();
        format!(
            "CREATE TABLE {} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,{geometry} id TEXT NOT NULL,{columns}
                revision INTEGER, edited_at DATETIME, properties TEXT);\n",
            collection.table()
        )
    };
    published().map(table).collect()
}

/// Says in the tables of GeoPackage what the tables are, and empties them.
pub(super) fn contents() -> String {
    let one = |collection: Collection| {
        let (table, (_, title)) = (collection.table(), collection.titles());
        if collection.is_drawn() {
            let shape = shape(collection);
            format!(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
                     VALUES ('{table}', 'features', '{table}', '{title}', 4326);
                 INSERT INTO gpkg_geometry_columns VALUES ('{table}', 'geom', '{shape}', 4326, 0, 0);
                 DELETE FROM {table};\n"
            )
        } else {
            format!(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
                     VALUES ('{table}', 'attributes', '{table}', '{title}', 0);
                 DELETE FROM {table};\n"
            )
        }
    };
    published().map(one).collect()
}

/// What the geometries are: zones as they are judged, everything else as it is drawn.
fn shape(collection: Collection) -> &'static str {
    if collection == Collection::Zones { "MULTIPOLYGON" } else { "GEOMETRY" }
}

/// A column's type (OGC 12-128r17, table 1).
fn type_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Number | Kind::Amount | Kind::Percent => "DOUBLE",
        Kind::Whole => "INTEGER",
        Kind::Flag => "BOOLEAN",
        Kind::Time => "DATETIME",
        _ => "TEXT",
    }
}

/// A feature as a row, in the order of the columns, with its box (west, south, east, north); `None` of one that was deleted.
pub(super) fn row(feature: &StoredFeature) -> Option<(Vec<Value>, Option<[f64; 4]>)> {
    let collection = feature.collection;
    let body: serde_json::Value = serde_json::from_str(feature.body.as_deref()?).unwrap_or_default();
    let none = Map::new();
    let properties = body["properties"].as_object().unwrap_or(&none);
    let mut values = vec![Value::Integer(feature.key.0.into())];
    let mut bounds = None;
    if collection.is_drawn() {
        let geometry = shapes::of_feature(feature);
        bounds = geometry.as_ref().and_then(box_of);
        let is_point = matches!(geometry, Some(Geometry::Point(_)));
        values.push(geometry.map_or(Value::Null, |drawn| super::rows::geometry(drawn, bounds.filter(|_| !is_point))));
    }
    values.push(Value::Text(feature.id.to_string()));
    values.extend(columns(collection).map(|property| column(property.kind, properties.get(property.name))));
    let shown: Map<String, serde_json::Value> = properties
        .iter()
        .filter(|(name, _)| collection.property(name).is_none_or(|known| known.seen_by == SeenBy::Everybody))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    values.push(Value::Integer(feature.revision.0.into()));
    values.push(Value::Text(super::rows::time(feature.at)));
    values.push(Value::Text(serde_json::Value::Object(shown).to_string()));
    Some((values, bounds))
}

/// A property as its column holds it: nothing where an old feature has something else there, which `properties` still shows.
fn column(kind: Kind, value: Option<&serde_json::Value>) -> Value {
    let Some(value) = value.filter(|value| !value.is_null()) else { return Value::Null };
    match type_of(kind) {
        "DOUBLE" => value.as_f64().map_or(Value::Null, Value::Real),
        "INTEGER" => value.as_i64().map_or(Value::Null, Value::Integer),
        "BOOLEAN" => value.as_bool().map_or(Value::Null, |flag| Value::Integer(flag.into())),
        "DATETIME" => {
            let time = value.as_str().and_then(Interval::parse);
            time.map_or(Value::Null, |time| Value::Text(super::rows::time(time.from)))
        }
        _ => Value::Text(value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
    }
}

fn box_of(geometry: &Geometry<f64>) -> Option<[f64; 4]> {
    let bounds = geometry.bounding_rect()?;
    Some([bounds.min().x, bounds.min().y, bounds.max().x, bounds.max().y])
}
