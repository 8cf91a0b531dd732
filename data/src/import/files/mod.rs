//! Files from people: told apart, looked through, converted by GDAL in a child process, and given out row by row as GeoJSON in
//! WGS 84 with the fields mapped to properties.
//!
//! Nothing is kept here. A file may be wrong in every way: its kind is told by what is in it as well as by its name; an archive is
//! looked through by our own code before anything of it is written; a datum that nobody names is refused rather than guessed, for a
//! wrong one puts a zone hundreds of metres beside itself.

mod archive;
mod encoding;
mod fields;
mod kind;
mod srs;

pub use archive::zip_shapefile;
pub use fields::Mapping;
pub use kind::FileKind;
pub use srs::Srs;

use crate::feature::Collection;
use crate::formula::unguarded;
use crate::gdal::{Gdal, GdalError};
use cordon_spatial::datum::Datum;
use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Most rows of one file.
pub const MAX_ROWS: u64 = 5_000_000;
/// Rows whose fields are looked at: a field that is empty in all of them is not offered.
const LOOKED_ROWS: usize = 1_000;
/// Most fields that are told of a file; a Shapefile has at most 255, a GeoPackage 2,000.
const MAX_FIELDS: usize = 500;
/// Most of a value that is shown as an example, characters.
pub const EXAMPLE_CHARS: usize = 60;
/// Longest row as text, bytes.
const MAX_ROW_BYTES: usize = 32 << 20;

/// Why a file is not read at all. A row that is wrong is no reason.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is no file that can be read here, or not what its name says.
    #[error("{name}: {why}")]
    Kind {
        /// The file's name.
        name: String,
        /// What it is instead.
        why: String,
    },
    /// The archive is not let in.
    #[error("the archive is refused: {0}")]
    Archive(String),
    /// Nobody says which datum the coordinates are in.
    #[error("{0}")]
    Srs(String),
    /// The letters are in no encoding that is known.
    #[error("the encoding {0} is not known; allowed: UTF-8, GBK, GB18030")]
    Encoding(String),
    /// There is no such layer.
    #[error("there is no layer {name}; the file has {has}")]
    Layer {
        /// Which was asked for.
        name: String,
        /// Which there are.
        has: String,
    },
    /// It has more rows than are taken.
    #[error("the file has more than {MAX_ROWS} rows")]
    TooMany,
    /// A row is too long.
    #[error("row {0} has more than 32 MiB")]
    RowTooLong(u64),
    /// GDAL could not read it.
    #[error(transparent)]
    Gdal(#[from] GdalError),
    /// A file of ours failed.
    #[error("the file cannot be read: {0}")]
    File(#[from] std::io::Error),
}

/// What is said about a file.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Which datum its coordinates are in; `None` = as the file says itself.
    pub srs: Option<Srs>,
    /// In which encoding its texts are; `None` = as it says itself, else found out.
    pub encoding: Option<String>,
    /// Which of its layers; `None` = all of them.
    pub layer: Option<String>,
}

/// A file that was converted. Its folder goes with it.
#[derive(Debug)]
pub struct Opened {
    /// What it is.
    pub kind: FileKind,
    /// Its layers that were read.
    pub layers: Vec<String>,
    /// The encoding that was taken, where that was a question.
    pub encoding: Option<String>,
    /// How many rows there are.
    pub rows: u64,
    input: PathBuf,
    srs: Option<Srs>,
    folder: TempDir,
}

/// A field as the file has it, before it becomes a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileField {
    /// Its name.
    pub name: String,
    /// The first value in it that is not empty, at most [`EXAMPLE_CHARS`] characters of it.
    pub example: String,
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its number in the file, from 1 on.
    pub number: u64,
    /// It as a GeoJSON feature, in WGS 84.
    pub feature: Value,
}

/// Whether geometries are repaired on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// As they are.
    No,
    /// Made valid (GEOS, `ST_MakeValid`).
    Yes,
}

/// Opens a file that lies at `file` and was called `name`, working in a folder of its own below `place`. Cost: the file is
/// written once as GeoJSON text.
pub fn open(gdal: &Gdal, place: &Path, file: &Path, name: &str, told: &Told) -> Result<Opened, ImportError> {
    std::fs::create_dir_all(place)?;
    let folder = tempfile::Builder::new().prefix("import-").tempdir_in(place)?;
    let kind = FileKind::of(file, name)?;
    let encoding = told.encoding.as_deref().map(encoding::known).transpose()?;
    let (input, found) = match kind {
        FileKind::Shapefile => {
            let shapefile = archive::shapefile(file, &folder.path().join("in"))?;
            let found = encoding.map_or_else(|| encoding::of_shapefile(&shapefile), |known| Ok(Some(known)))?;
            (shapefile, found)
        }
        FileKind::Kmz => (archive::kml(file, &folder.path().join("in.kml"))?, None),
        FileKind::Xlsx => {
            archive::look_through(file)?;
            let input = folder.path().join("in.xlsx");
            std::fs::copy(file, &input)?;
            (input, None)
        }
        FileKind::Csv => encoding::as_utf8(file, &folder.path().join("in.csv"), encoding)?,
        _ => {
            let input = folder.path().join(format!("in.{}", kind.extension()));
            std::fs::copy(file, &input)?;
            (input, None)
        }
    };
    let mut opened =
        Opened { kind, layers: Vec::new(), encoding: found.map(str::to_owned), rows: 0, input, srs: told.srs, folder };
    if kind == FileKind::Xlsx {
        opened.make_table(gdal)?;
    }
    opened.layers = opened.find_layers(gdal, told.layer.as_deref())?;
    opened.rows = opened.convert(gdal, Repair::No)?;
    Ok(opened)
}

impl Opened {
    /// The file's own fields that the first rows of each layer have something in, by name.
    pub fn fields(&self) -> Result<Vec<FileField>, ImportError> {
        let mut found = BTreeMap::new();
        for layer in 0..self.layers.len() {
            let lines = BufReader::new(File::open(self.lines(layer, Repair::No))?).split(b'\n');
            for line in lines.take(LOOKED_ROWS) {
                let row = self.parsed(&line?);
                for (name, value) in row["properties"].as_object().into_iter().flatten() {
                    if !fields::is_empty(value) && found.len() < MAX_FIELDS && !found.contains_key(name) {
                        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                        found.insert(name.clone(), text.chars().take(EXAMPLE_CHARS).collect());
                    }
                }
            }
        }
        Ok(found.into_iter().map(|(name, example)| FileField { name, example }).collect())
    }

    /// The geometries of at most `most` rows, spread over the file, in WGS 84. Cost: the file is read, and these rows of it are parsed.
    pub fn some_geometries(&self, most: u64) -> Result<Vec<Value>, ImportError> {
        let step = self.rows.div_ceil(most.max(1)).max(1);
        let datum = self.read_as();
        let (mut geometries, mut number) = (Vec::new(), 0);
        for layer in 0..self.layers.len() {
            for line in BufReader::new(File::open(self.lines(layer, Repair::No))?).split(b'\n') {
                let line = line?;
                if number % step == 0 && line.len() <= MAX_ROW_BYTES {
                    let mut geometry = self.parsed(&line)["geometry"].take();
                    srs::shift(datum, &mut geometry);
                    geometries.push(geometry);
                }
                number += 1;
            }
        }
        Ok(geometries)
    }

    /// The datum that its degrees are taken to be in.
    pub fn read_as(&self) -> Datum {
        self.srs.and_then(Srs::datum).unwrap_or(Datum::Wgs84)
    }

    /// The rows, with their fields mapped.
    pub fn rows<'a>(
        &'a self,
        collection: Collection,
        mapping: &'a Mapping,
    ) -> Result<impl Iterator<Item = Result<Row, ImportError>> + 'a, ImportError> {
        self.read(Repair::No, collection, mapping)
    }

    /// The same rows with their geometries repaired; none when these are not as many, for then nobody knows which is which. Cost:
    /// the file is converted once more.
    pub fn repaired<'a>(
        &'a self,
        gdal: &Gdal,
        collection: Collection,
        mapping: &'a Mapping,
    ) -> Result<impl Iterator<Item = Result<Row, ImportError>> + 'a, ImportError> {
        let are_the_same = self.convert(gdal, Repair::Yes)? == self.rows;
        let rows = if are_the_same { usize::MAX } else { 0 };
        Ok(self.read(Repair::Yes, collection, mapping)?.take(rows))
    }

    /// The rows with their fields as they are.
    pub fn plain_rows(&self) -> Result<impl Iterator<Item = Result<Row, ImportError>> + '_, ImportError> {
        self.features(Repair::No)
    }

    fn read<'a>(
        &'a self,
        repair: Repair,
        collection: Collection,
        mapping: &'a Mapping,
    ) -> Result<impl Iterator<Item = Result<Row, ImportError>> + 'a, ImportError> {
        let mapped = move |row: Row| Row { feature: mapping.mapped(collection, row.feature), ..row };
        Ok(self.features(repair)?.map(move |row| row.map(mapped)))
    }

    fn features(&self, repair: Repair) -> Result<impl Iterator<Item = Result<Row, ImportError>> + '_, ImportError> {
        let files = (0..self.layers.len()).map(|layer| File::open(self.lines(layer, repair)));
        let files = files.collect::<std::io::Result<Vec<_>>>()?;
        let lines = files.into_iter().flat_map(|file| BufReader::new(file).split(b'\n'));
        let datum = self.srs.and_then(Srs::datum);
        Ok(lines.zip(1..).map(move |(line, number)| {
            let line = line?;
            if line.len() > MAX_ROW_BYTES {
                return Err(ImportError::RowTooLong(number));
            }
            let mut feature = self.parsed(&line);
            if let Some(datum) = datum {
                srs::shift(datum, &mut feature["geometry"]);
            }
            Ok(Row { number, feature })
        }))
    }

    /// A line as GDAL wrote it: what is no JSON then has no geometry either, and is refused as a row. Cells of a table lose the guard
    /// that an export gave them.
    fn parsed(&self, line: &[u8]) -> Value {
        let mut feature: Value = serde_json::from_slice(line).unwrap_or_default();
        if matches!(self.kind, FileKind::Csv | FileKind::Xlsx)
            && let Some(fields) = feature["properties"].as_object_mut()
        {
            let cell = |value: Value| match value {
                Value::String(text) => unguarded(&text).into(),
                other => other,
            };
            let fields_without = std::mem::take(fields).into_iter();
            *fields = fields_without.map(|(name, value)| (unguarded(&name).to_owned(), cell(value))).collect();
        }
        feature
    }

    fn lines(&self, layer: usize, repair: Repair) -> PathBuf {
        let made = if repair == Repair::Yes { "repaired" } else { "rows" };
        self.folder.path().join(format!("{made}-{layer}.geojsonl"))
    }

    /// A workbook as a table of text: the driver knows no places, that of tables does.
    fn make_table(&mut self, gdal: &Gdal) -> Result<(), ImportError> {
        let table = self.folder.path().join("table.csv");
        let layers = self.find_layers(gdal, None)?;
        let mut arguments: Vec<OsString> = ["-f", "CSV"].map(OsString::from).into();
        arguments.extend([table.clone().into(), self.input.clone().into()]);
        arguments.extend(layers.into_iter().take(1).map(OsString::from));
        gdal.ogr2ogr(self.folder.path(), &["XLSX", "CSV"], &arguments, &[])?;
        self.input = table;
        Ok(())
    }

    /// What GDAL opens: lines are told to be lines, for one alone looks like a document.
    fn source(&self) -> OsString {
        let mut source = OsString::from(if self.kind == FileKind::GeoJsonLines { "GeoJSONSeq:" } else { "" });
        source.push(&self.input);
        source
    }

    /// The driver that reads what lies at `input` now.
    fn driver(&self) -> &'static str {
        let is_table = self.input.extension().is_some_and(|extension| extension == "csv");
        if is_table { FileKind::Csv.driver() } else { self.kind.driver() }
    }

    fn find_layers(&self, gdal: &Gdal, wanted: Option<&str>) -> Result<Vec<String>, ImportError> {
        let mut arguments: Vec<OsString> = ["-ro", "-q"].map(OsString::from).into();
        arguments.push(self.source());
        let said = gdal.ogrinfo(self.folder.path(), &[self.driver()], &arguments)?;
        // "1: gates (3D Point)"
        let name = |line: &str| {
            let (number, rest) = line.split_once(": ")?;
            number.parse::<u32>().ok()?;
            Some(rest.rsplit_once(" (").map_or(rest, |(name, _)| name).to_owned())
        };
        let mut layers: Vec<String> = said.lines().filter_map(name).collect();
        if self.kind == FileKind::Gpx {
            // The points of a route or track are in it already.
            layers.retain(|layer| ["waypoints", "routes", "tracks"].contains(&layer.as_str()));
        }
        let has = layers.join(", ");
        if let Some(wanted) = wanted {
            if !layers.iter().any(|layer| layer == wanted) {
                return Err(ImportError::Layer { name: wanted.to_owned(), has });
            }
            layers.retain(|layer| layer == wanted);
        }
        // A name is an argument: one that looks like an option is none.
        if let Some(odd) = layers.iter().find(|layer| layer.starts_with('-')) {
            return Err(ImportError::Layer { name: odd.clone(), has });
        }
        Ok(layers)
    }

    /// Writes every layer as lines of GeoJSON in WGS 84; how many rows there are.
    fn convert(&self, gdal: &Gdal, repair: Repair) -> Result<u64, ImportError> {
        let mut rows = 0;
        for (number, layer) in self.layers.iter().enumerate() {
            let lines = self.lines(number, repair);
            let mut arguments: Vec<OsString> = ["-f", "GeoJSONSeq"].map(OsString::from).into();
            arguments.extend([lines.clone().into(), self.source(), layer.into()]);
            arguments.extend(["-dim", "XY", "-nlt", "CONVERT_TO_LINEAR"].map(OsString::from));
            arguments.extend(self.srs_arguments());
            if repair == Repair::Yes {
                arguments.push("-makevalid".into());
            }
            if self.driver() == FileKind::Csv.driver() {
                arguments.extend(kind::TABLE_OPTIONS.iter().flat_map(|option| ["-oo", option]).map(OsString::from));
            }
            let encoding = self.encoding.as_deref().filter(|_| self.kind == FileKind::Shapefile);
            let more: Vec<(&str, &str)> = encoding.map(|encoding| ("SHAPE_ENCODING", encoding)).into_iter().collect();
            gdal.ogr2ogr(self.folder.path(), &[self.driver(), "GeoJSONSeq"], &arguments, &more)
                .map_err(|error| srs::explained(error, self.srs))?;
            // A layer without rows leaves no file.
            if !lines.exists() {
                File::create(&lines)?;
            }
            rows += lines_of(&lines)?;
            if rows > MAX_ROWS {
                return Err(ImportError::TooMany);
            }
        }
        Ok(rows)
    }

    fn srs_arguments(&self) -> Vec<OsString> {
        let given = match self.srs {
            None => return ["-t_srs", "EPSG:4326"].map(OsString::from).into(),
            Some(Srs::Epsg(code)) => format!("EPSG:{code}"),
            // Shifted datums are degrees that are moved afterwards.
            Some(Srs::Shifted(_)) => "EPSG:4326".to_owned(),
        };
        ["-s_srs", &given, "-t_srs", "EPSG:4326"].map(OsString::from).into()
    }
}

/// How many lines a file has; the last one need not end.
fn lines_of(file: &Path) -> std::io::Result<u64> {
    let mut reader = BufReader::with_capacity(1 << 16, File::open(file)?);
    let (mut lines, mut is_begun) = (0, false);
    loop {
        let read = reader.fill_buf()?;
        let Some(last) = read.last() else { return Ok(lines + u64::from(is_begun)) };
        is_begun = *last != b'\n';
        lines += read.iter().filter(|byte| **byte == b'\n').count() as u64;
        let length = read.len();
        reader.consume(length);
    }
}
