//! What a file is, by its name and by how it begins: both must agree.

use super::ImportError;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// A kind of file that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// GeoJSON.
    GeoJson,
    /// One GeoJSON feature a line.
    GeoJsonLines,
    /// OGC GeoPackage.
    GeoPackage,
    /// An ESRI Shapefile in a zip.
    Shapefile,
    /// KML.
    Kml,
    /// KML in a zip.
    Kmz,
    /// GPX.
    Gpx,
    /// FlatGeobuf.
    FlatGeobuf,
    /// AutoCAD DXF as text.
    Dxf,
    /// A table of comma-separated values.
    Csv,
    /// An Excel workbook.
    Xlsx,
}

/// How the places of a table are found: the columns' names, in Chinese and English.
pub(super) const TABLE_OPTIONS: [&str; 5] = [
    "X_POSSIBLE_NAMES=longitude,lon,lng,long,x,经度,东坐标,横坐标,Y坐标",
    "Y_POSSIBLE_NAMES=latitude,lat,y,纬度,北坐标,纵坐标,X坐标",
    "GEOM_POSSIBLE_NAMES=wkt,WKT,geometry,geom,the_geom",
    "KEEP_GEOM_COLUMNS=NO",
    "AUTODETECT_TYPE=YES",
];

impl FileKind {
    /// All of them.
    pub const ALL: [FileKind; 11] = [
        FileKind::GeoJson,
        FileKind::GeoJsonLines,
        FileKind::GeoPackage,
        FileKind::Shapefile,
        FileKind::Kml,
        FileKind::Kmz,
        FileKind::Gpx,
        FileKind::FlatGeobuf,
        FileKind::Dxf,
        FileKind::Csv,
        FileKind::Xlsx,
    ];

    /// How its names end.
    pub fn extension(self) -> &'static str {
        match self {
            FileKind::GeoJson => "geojson",
            FileKind::GeoJsonLines => "geojsonl",
            FileKind::GeoPackage => "gpkg",
            FileKind::Shapefile => "zip",
            FileKind::Kml => "kml",
            FileKind::Kmz => "kmz",
            FileKind::Gpx => "gpx",
            FileKind::FlatGeobuf => "fgb",
            FileKind::Dxf => "dxf",
            FileKind::Csv => "csv",
            FileKind::Xlsx => "xlsx",
        }
    }

    /// The one driver of GDAL that may read it.
    pub(super) fn driver(self) -> &'static str {
        match self {
            FileKind::GeoJson => "GeoJSON",
            FileKind::GeoJsonLines => "GeoJSONSeq",
            FileKind::GeoPackage => "GPKG",
            FileKind::Shapefile => "ESRI Shapefile",
            FileKind::Kml | FileKind::Kmz => "KML",
            FileKind::Gpx => "GPX",
            FileKind::FlatGeobuf => "FlatGeobuf",
            FileKind::Dxf => "DXF",
            FileKind::Csv => "CSV",
            FileKind::Xlsx => "XLSX",
        }
    }

    fn named(name: &str) -> Option<FileKind> {
        let (_, extension) = name.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "json" => Some(FileKind::GeoJson),
            "geojsons" | "ndjson" => Some(FileKind::GeoJsonLines),
            extension => FileKind::ALL.into_iter().find(|kind| kind.extension() == extension),
        }
    }

    /// The kind that a file's name says, if its beginning says nothing else.
    pub(super) fn of(file: &Path, name: &str) -> Result<FileKind, ImportError> {
        let wrong = |why: String| ImportError::Kind { name: shown(name), why };
        let Some(kind) = FileKind::named(name) else {
            let known = FileKind::ALL.map(FileKind::extension).join(", ");
            return Err(wrong(format!(
                "files are told apart by how their names end; allowed: {known} (a Shapefile as zip)"
            )));
        };
        let mut begin = Vec::new();
        File::open(file)?.take(BEGIN).read_to_end(&mut begin)?;
        if begin.is_empty() {
            return Err(wrong("the file is empty".to_owned()));
        }
        if !kind.begins_so(&begin) {
            return Err(wrong(format!("its content is no {}", kind.extension())));
        }
        if matches!(kind, FileKind::Kml | FileKind::Gpx) {
            no_definitions(file).map_err(wrong)?;
        }
        Ok(kind)
    }

    fn begins_so(self, begin: &[u8]) -> bool {
        let text = String::from_utf8_lossy(begin);
        let first = text.trim_start_matches('\u{feff}').trim_start();
        match self {
            FileKind::GeoPackage => begin.starts_with(b"SQLite format 3\0"),
            FileKind::Shapefile | FileKind::Kmz | FileKind::Xlsx => begin.starts_with(b"PK\x03\x04"),
            FileKind::FlatGeobuf => begin.starts_with(b"fgb\x03"),
            FileKind::GeoJson | FileKind::GeoJsonLines => first.starts_with(['{', '\u{1e}']),
            FileKind::Kml | FileKind::Gpx => first.starts_with('<'),
            FileKind::Dxf => !begin.contains(&0) && (text.contains("SECTION") || first.starts_with("999")),
            FileKind::Csv => !begin.contains(&0) && !first.starts_with(['{', '<']),
        }
    }
}

/// How much of a file is looked at.
const BEGIN: u64 = 4_096;

/// A name that is fit to be repeated.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// Refuses XML that defines anything of its own: what it may define are other files.
pub(super) fn no_definitions(file: &Path) -> Result<(), String> {
    let read = std::fs::read(file).map_err(|error| error.to_string())?;
    let defines = [b"<!DOCTYPE".as_slice(), b"<!ENTITY"]
        .iter()
        .any(|word| read.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word)));
    if defines { Err("XML with a DOCTYPE or entities of its own is refused".to_owned()) } else { Ok(()) }
}
