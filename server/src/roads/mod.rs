//! The road network of a site: made from an extract, loaded from the data folder, asked, and answered as JSON.
//!
//! `town` is a network in memory, `moment` it with what is closed; `route`, `approach` and `many` are the questions; `desk` holds the
//! moment of the running server, `closing` the features that close roads, `joining` the park's own roads and gates. The command line asks moments of its own.

pub mod approach;
pub mod closing;
pub mod desk;
pub mod joining;
pub mod law;
pub mod many;
pub mod moment;
pub mod route;
pub mod shapes;
pub mod town;
pub mod words;

use crate::app::limited_gdal;
use cordon_data::feature::{FieldError, ground_of};
use cordon_data::import::files::{self, Told};
use cordon_data::import::road_layer::{Drawn, Layer};
use cordon_data::road_file::{BuildError, RoadFile, RoadFileError};
use cordon_spatial::datum::Datum;
use cordon_spatial::position::Position;
use cordon_spatial::road::hierarchy::SkeletonError;
use cordon_spatial::road::{Audience, Closure, ClosureId, NetworkError, Profiles};
use cordon_spatial::zone::Ground;
use moment::{AskError, Moment};
use serde::Serialize;
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The file of the network in a data folder.
pub const FILE: &str = "roads.cordon";
/// Why a question about roads has no answer.
#[derive(Debug, thiserror::Error)]
pub enum RoadsError {
    /// A file cannot be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    /// There is no network yet.
    #[error("{0}: there is no road network in it; `cordon roads build FILE.osm.pbf --data {0}` makes one")]
    NoNetwork(PathBuf),
    /// An extract makes no network.
    #[error("{0}: {1}")]
    Extract(PathBuf, BuildError),
    /// What is said about a road layer is wrong.
    #[error("`--{flag}` is `{value}`, but must be {must}")]
    Said {
        /// Which flag.
        flag: &'static str,
        /// What it is.
        value: String,
        /// What it may be.
        must: String,
    },
    /// The saved network cannot be loaded.
    #[error("{0}: {1}")]
    Saved(PathBuf, RoadFileError),
    /// The saved network does not hold together.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// Its order is that of another network.
    #[error(transparent)]
    Order(#[from] SkeletonError),
    /// A file of places or areas is not what it should be.
    #[error("{0}: {1}")]
    Json(PathBuf, String),
    /// The question has no answer.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The answer could not be written.
    #[error(transparent)]
    Output(#[from] std::io::Error),
}

/// Makes the network of a data folder and keeps it there; the one before stays until the new one is whole.
pub fn build(extract: &Path, folder: &Path, attribution: &str) -> Result<RoadFile, RoadsError> {
    let file = |path: &Path, error| RoadsError::File(path.to_owned(), error);
    let bytes = std::fs::read(extract).map_err(|error| file(extract, error))?;
    let name = name_of(extract);
    let built = RoadFile::build(&name, attribution, &bytes).map_err(|e| RoadsError::Extract(extract.to_owned(), e))?;
    keep(&built, folder)?;
    Ok(built)
}

/// The same from a road layer, with what else was noticed of it and the datum that it was read in.
pub fn build_layer(
    file: &Path,
    folder: &Path,
    attribution: &str,
    (told, layer): (&Told, &Layer),
) -> Result<(RoadFile, Drawn, Datum), RoadsError> {
    let failed = |error| RoadsError::File(file.to_owned(), error);
    let refused = |error: BuildError| RoadsError::Extract(file.to_owned(), error);
    let place = tempfile::tempdir().map_err(failed)?;
    let name = name_of(file);
    let is_bare = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("shp"));
    let opened = match is_bare {
        true => {
            let zip = place.path().join("layer.zip");
            files::zip_shapefile(file, &zip).map_err(BuildError::from).map_err(refused)?;
            files::open(&limited_gdal(), place.path(), &zip, "layer.zip", told)
        }
        false => files::open(&limited_gdal(), place.path(), file, &name, told),
    };
    let opened = opened.map_err(BuildError::from).map_err(refused)?;
    let (built, drawn) = RoadFile::of_layer(&name, attribution, &opened, layer).map_err(refused)?;
    keep(&built, folder)?;
    Ok((built, drawn, opened.read_as()))
}

fn name_of(file: &Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn keep(built: &RoadFile, folder: &Path) -> Result<(), RoadsError> {
    let file = |path: &Path, error| RoadsError::File(path.to_owned(), error);
    std::fs::create_dir_all(folder).map_err(|error| file(folder, error))?;
    let (part, whole) = (folder.join(format!("{FILE}.part")), folder.join(FILE));
    let write = || {
        let mut out = std::fs::File::create(&part)?;
        out.write_all(&built.to_bytes())?;
        out.sync_all()?;
        std::fs::rename(&part, &whole)
    };
    write().map_err(|error| file(&whole, error))
}

/// The table of profiles of a file, or the built-in one.
pub fn profiles(file: Option<&Path>) -> Result<Profiles, RoadsError> {
    let Some(file) = file else { return Ok(Profiles::default()) };
    let text = std::fs::read_to_string(file).map_err(|error| RoadsError::File(file.to_owned(), error))?;
    toml::from_str(&text).map_err(|error| RoadsError::Json(file.to_owned(), error.to_string()))
}

/// The built-in table of profiles as text.
pub fn profiles_text() -> String {
    toml::to_string_pretty(&Profiles::default()).expect("a table of plain values can be written")
}

/// The features of a GeoJSON file: of a collection, or one alone, or a bare geometry.
fn features(file: &Path) -> Result<Vec<Value>, RoadsError> {
    let text = std::fs::read(file).map_err(|error| RoadsError::File(file.to_owned(), error))?;
    let mut whole: Value =
        serde_json::from_slice(&text).map_err(|error| RoadsError::Json(file.to_owned(), error.to_string()))?;
    Ok(match whole.get_mut("features").map(Value::take) {
        Some(Value::Array(features)) => features,
        _ if whole.get("geometry").is_some() => vec![whole],
        _ => vec![json!({ "geometry": whole })],
    })
}

/// The areas of a GeoJSON file.
pub fn grounds(file: &Path) -> Result<Vec<Ground>, RoadsError> {
    let refused = |error: FieldError| RoadsError::Json(file.to_owned(), error.to_string());
    features(file)?.iter().map(|feature| ground_of(&feature["geometry"]).map_err(refused)).collect()
}

/// The points of a GeoJSON file, each with its id or name.
pub fn points(file: &Path) -> Result<Vec<(String, Position)>, RoadsError> {
    let refused = |what: &str| RoadsError::Json(file.to_owned(), what.to_owned());
    let point = |feature: &Value| {
        let name = [&feature["id"], &feature["properties"]["id"], &feature["properties"]["name"]];
        let name = name.into_iter().find(|name| !name.is_null()).map_or(String::new(), |name| match name {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        let pair = feature["geometry"]["coordinates"].as_array().filter(|_| feature["geometry"]["type"] == "Point");
        let number = |at: usize| pair.and_then(|pair| pair.get(at)?.as_f64());
        let (lon, lat) = number(0).zip(number(1)).ok_or_else(|| refused("a feature that is no point"))?;
        Ok((name, Position::from_degrees(lon, lat).map_err(|error| refused(&error.to_string()))?))
    };
    features(file)?.iter().map(point).collect()
}

/// Closes areas for an audience, and says which roads that takes, each name once for each area.
pub fn close(moment: &mut Moment, grounds: &[Ground], audience: Audience) -> Vec<ClosedJson> {
    let town = moment.town.clone();
    let mut taken = Vec::new();
    for (ground, id) in grounds.iter().zip(1..) {
        let closure = Closure { id: ClosureId(id), ground: ground.clone(), audience, from: None, to: None };
        moment.closures.close(&town.network, &town.grid, closure);
        let mut names: Vec<ClosedJson> = Vec::new();
        for edge in moment.closures.edges(ClosureId(id)).into_iter().flatten() {
            let (name, length) = (&town.network.name(*edge).name, town.network.edge(*edge).length_mm);
            let length_m = f64::from(length) / 1e3;
            match names.iter_mut().find(|known| known.road == *name) {
                Some(known) => {
                    known.edges += 1;
                    known.length_m += length_m;
                }
                None => names.push(ClosedJson { closure: id, road: name.clone(), edges: 1, length_m }),
            }
        }
        taken.extend(names);
    }
    moment.epoch = moment.closures.epoch();
    taken
}

/// One of the nearest, or one that was left out.
#[derive(Debug, Default, Serialize)]
pub struct NearJson {
    /// Its id or name.
    pub place: String,
    /// How long it takes from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<f64>,
    /// How far it is from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length_m: Option<f64>,
    /// Of a ring: the place at which it arrives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrives: Option<approach::RingPlaceJson>,
    /// Why it was left out: it lies in what is `closed`, or has `no_road`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<&'static str>,
}

/// A road that a closure takes.
#[derive(Debug, Serialize)]
pub struct ClosedJson {
    /// Number of the area in the file, from 1.
    pub closure: u64,
    /// Its name; empty for all that have none.
    pub road: String,
    /// How many edges of it.
    pub edges: usize,
    /// How much of it.
    pub length_m: f64,
}
