//! Features gathered as text, one a line, flat enough for any table.

use super::Format;
use crate::formula::guarded;
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// What was gathered under one name.
#[derive(Debug)]
pub(super) struct Layer {
    /// What its geometries are called in a file's name.
    pub(super) name: &'static str,
    /// The type that GDAL is told; `None` = whatever they are.
    pub(super) kind: Option<&'static str>,
    /// Where the lines are.
    pub(super) path: PathBuf,
    /// How many.
    pub(super) count: u64,
}

/// Lines that are being written.
pub(super) struct Rows {
    format: Format,
    layers: Vec<(Layer, BufWriter<File>)>,
}

/// The kinds that a Shapefile may hold; what has no geometry goes to the first.
const KINDS: [(&str, &str); 3] = [("points", "POINT"), ("lines", "LINESTRING"), ("areas", "POLYGON")];

impl Rows {
    pub(super) fn create(folder: &Path, format: Format) -> std::io::Result<Rows> {
        let layer = |name: &'static str, kind| {
            let path = folder.join(format!("{name}.geojsonl"));
            let file = BufWriter::new(File::create(&path)?);
            Ok((Layer { name, kind, path, count: 0 }, file))
        };
        let layers = match format {
            Format::Shapefile => KINDS.into_iter().map(|(name, kind)| layer(name, Some(kind))).collect(),
            _ => std::iter::once(layer("rows", None)).collect::<std::io::Result<Vec<_>>>(),
        };
        let mut rows = Rows { format, layers: layers? };
        if format == Format::GeoJson {
            rows.layers[0].1.write_all(b"{\"type\":\"FeatureCollection\",\"features\":[")?;
        }
        Ok(rows)
    }

    pub(super) fn add(&mut self, feature: Value) -> std::io::Result<()> {
        match self.format {
            Format::GeoJson => {
                let (layer, file) = &mut self.layers[0];
                file.write_all(if layer.count == 0 { b"\n" } else { b",\n" })?;
                layer.count += 1;
                serde_json::to_writer(file, &feature)?;
                Ok(())
            }
            Format::Shapefile => {
                let row = flat(&feature);
                let mut parts = Vec::new();
                single_parts(&feature["geometry"], &mut parts);
                if parts.is_empty() {
                    return self.line(0, &row, Value::Null);
                }
                parts.into_iter().try_for_each(|(kind, geometry)| self.line(kind, &row, geometry))
            }
            Format::Csv | Format::Xlsx => {
                let mut row = harmless(flat(&feature));
                place_columns(&feature["geometry"], &mut row);
                self.line(0, &row, Value::Null)
            }
            _ => self.line(0, &flat(&feature), feature["geometry"].clone()),
        }
    }

    fn line(&mut self, layer: usize, properties: &Map<String, Value>, geometry: Value) -> std::io::Result<()> {
        let (layer, file) = &mut self.layers[layer];
        layer.count += 1;
        serde_json::to_writer(&mut *file, &json!({"type": "Feature", "properties": properties, "geometry": geometry}))?;
        file.write_all(b"\n")
    }

    pub(super) fn end(mut self) -> std::io::Result<Vec<Layer>> {
        if self.format == Format::GeoJson {
            self.layers[0].1.write_all(b"\n]}\n")?;
        }
        let end = |(layer, mut file): (Layer, BufWriter<File>)| file.flush().map(|()| layer);
        self.layers.into_iter().map(end).collect()
    }
}

/// The properties as single values, the id first.
fn flat(feature: &Value) -> Map<String, Value> {
    let mut row = Map::new();
    row.insert("id".to_owned(), feature["id"].clone());
    for (name, value) in feature["properties"].as_object().into_iter().flatten() {
        let value = match value {
            Value::Array(_) | Value::Object(_) => Value::String(value.to_string()),
            single => single.clone(),
        };
        row.entry(name.clone()).or_insert(value);
    }
    row
}

/// A row without anything that a spreadsheet would run, its columns' names among it.
fn harmless(row: Map<String, Value>) -> Map<String, Value> {
    let cell = |value: Value| match value {
        Value::String(text) => guarded(&text).into(),
        other => other,
    };
    row.into_iter().map(|(name, value)| (guarded(&name).into_owned(), cell(value))).collect()
}

fn place_columns(geometry: &Value, row: &mut Map<String, Value>) {
    match geometry["type"].as_str() {
        Some("Point") => {
            row.insert("longitude".to_owned(), geometry["coordinates"][0].clone());
            row.insert("latitude".to_owned(), geometry["coordinates"][1].clone());
        }
        Some(_) => {
            row.insert("wkt".to_owned(), wkt(geometry).into());
        }
        None => {}
    }
}

/// Well-known text of a GeoJSON geometry (OGC 06-103r4 §7).
fn wkt(geometry: &Value) -> String {
    let kind = geometry["type"].as_str().unwrap_or_default();
    let inner = match kind {
        "GeometryCollection" => {
            let parts = geometry["geometries"].as_array().into_iter().flatten().map(wkt).collect::<Vec<_>>();
            format!("({})", parts.join(", "))
        }
        "Point" => format!("({})", place(&geometry["coordinates"])),
        _ => places(&geometry["coordinates"]),
    };
    format!("{} {inner}", kind.to_ascii_uppercase())
}

fn place(position: &Value) -> String {
    format!("{} {}", position[0], position[1])
}

fn places(list: &Value) -> String {
    let parts = list.as_array().into_iter().flatten().map(|inner| match inner[0] {
        Value::Number(_) => place(inner),
        _ => places(inner),
    });
    format!("({})", parts.collect::<Vec<_>>().join(", "))
}

/// The geometry as parts that a Shapefile of their kind can hold.
fn single_parts(geometry: &Value, parts: &mut Vec<(usize, Value)>) {
    let kind = match geometry["type"].as_str() {
        Some("Point") => 0,
        Some("LineString" | "MultiLineString") => 1,
        Some("Polygon" | "MultiPolygon") => 2,
        Some("MultiPoint") => {
            let points = geometry["coordinates"].as_array().into_iter().flatten();
            parts.extend(points.map(|at| (0, json!({"type": "Point", "coordinates": at}))));
            return;
        }
        Some("GeometryCollection") => {
            geometry["geometries"].as_array().into_iter().flatten().for_each(|inner| single_parts(inner, parts));
            return;
        }
        _ => return,
    };
    parts.push((kind, geometry.clone()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_become_columns() {
        let polygon = json!({"type": "Polygon", "coordinates": [[[1, 2], [3, 2], [3, 4], [1, 2]], [[0, 0], [1, 0], [1, 1], [0, 0]]]});
        assert_eq!(wkt(&polygon), "POLYGON ((1 2, 3 2, 3 4, 1 2), (0 0, 1 0, 1 1, 0 0))");
        let both = json!({"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [1.5, 2]}, {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}]});
        assert_eq!(wkt(&both), "GEOMETRYCOLLECTION (POINT (1.5 2), LINESTRING (1 2, 3 4))");
        let mut parts = Vec::new();
        single_parts(&both, &mut parts);
        assert_eq!(parts.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [0, 1]);
    }
}
