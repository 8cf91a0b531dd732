//! The formats that features are given out in.

use std::path::Path;

/// A format of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// GeoJSON (RFC 7946).
    GeoJson,
    /// OGC GeoPackage.
    GeoPackage,
    /// ESRI Shapefile, one for each kind of geometry, in a zip.
    Shapefile,
    /// KML.
    Kml,
    /// FlatGeobuf.
    FlatGeobuf,
    /// A table of comma-separated values with its places in columns.
    Csv,
    /// An Excel workbook with its places in columns.
    Xlsx,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 7] = [
        Format::GeoJson,
        Format::GeoPackage,
        Format::Shapefile,
        Format::Kml,
        Format::FlatGeobuf,
        Format::Csv,
        Format::Xlsx,
    ];

    /// The name by which it is asked for.
    pub fn name(self) -> &'static str {
        match self {
            Format::GeoJson => "geojson",
            Format::GeoPackage => "gpkg",
            Format::Shapefile => "shp",
            Format::Kml => "kml",
            Format::FlatGeobuf => "fgb",
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
        }
    }

    /// How its files' names end.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Shapefile => "zip",
            other => other.name(),
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::GeoJson => "application/geo+json",
            Format::GeoPackage => "application/geopackage+sqlite3",
            Format::Shapefile => "application/zip",
            Format::Kml => "application/vnd.google-earth.kml+xml",
            Format::FlatGeobuf => "application/flatgeobuf",
            Format::Csv => "text/csv; charset=utf-8",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The format of that name.
    pub fn from_name(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The format that a file's name says.
    pub fn of_path(path: &Path) -> Option<Format> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "json" => Some(Format::GeoJson),
            extension => Format::ALL.into_iter().find(|format| format.extension() == extension),
        }
    }

    /// The driver of GDAL that writes it.
    pub(super) fn driver(self) -> &'static str {
        match self {
            Format::GeoJson => "GeoJSON",
            Format::GeoPackage => "GPKG",
            Format::Shapefile => "ESRI Shapefile",
            Format::Kml => "KML",
            Format::FlatGeobuf => "FlatGeobuf",
            Format::Csv => "CSV",
            Format::Xlsx => "XLSX",
        }
    }
}
