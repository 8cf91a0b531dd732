//! The road network of a site: made from an extract, loaded from the data folder, asked, and answered as JSON.

use cordon_data::feature::{FieldError, ground_of};
use cordon_data::road_file::{BuildError, RoadFile, RoadFileError};
use cordon_spatial::position::Position;
use cordon_spatial::road::hierarchy::{Shortcuts, Skeleton, SkeletonError};
use cordon_spatial::road::{
    Audience, Closure, ClosureId, Closures, EdgeGrid, Fast, Graph, Instruction, Manoeuvre, Metric, NEVER, Network,
    NetworkError, Prepared, ProfileId, Profiles, Refusal, Refused, Route, Scratch, Snap, Stop, StopError, View,
};
use cordon_spatial::units::{Millimetres, UnixMs};
use cordon_spatial::zone::Ground;
use serde::Serialize;
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The file of the network in a data folder.
pub const FILE: &str = "roads.cordon";
/// How far a place may be from a road.
const REACH: Millimetres = Millimetres::metres(1_000);

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
    /// A place lies in what is closed.
    #[error("the {end} {lon:.7},{lat:.7} lies in what is closed")]
    Closed {
        /// `start` or `end`.
        end: &'static str,
        /// Longitude.
        lon: f64,
        /// Latitude.
        lat: f64,
    },
    /// A place is too far from any road that is open to the profile.
    #[error("the {end} {lon:.7},{lat:.7} has no road within 1 km that is open to this profile")]
    NoRoad {
        /// `start` or `end`.
        end: &'static str,
        /// Longitude.
        lon: f64,
        /// Latitude.
        lat: f64,
    },
    /// No way leads there.
    #[error("no way leads there")]
    NoWay,
    /// The answer could not be written.
    #[error(transparent)]
    Output(#[from] std::io::Error),
}

/// What is asked, of whom.
#[derive(Clone, Debug)]
pub struct Question {
    /// Who drives.
    pub profile: ProfileId,
    /// What to make little of.
    pub metric: Metric,
    /// The table of profiles.
    pub profiles: Profiles,
}

/// Makes the network of a data folder and keeps it there; the one before stays until the new one is whole.
pub fn build(extract: &Path, folder: &Path, attribution: &str) -> Result<RoadFile, RoadsError> {
    let file = |path: &Path, error| RoadsError::File(path.to_owned(), error);
    let bytes = std::fs::read(extract).map_err(|error| file(extract, error))?;
    let name = extract.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let built = RoadFile::build(&name, attribution, &bytes).map_err(|e| RoadsError::Extract(extract.to_owned(), e))?;
    std::fs::create_dir_all(folder).map_err(|error| file(folder, error))?;
    let (part, whole) = (folder.join(format!("{FILE}.part")), folder.join(FILE));
    let write = || {
        let mut out = std::fs::File::create(&part)?;
        out.write_all(&built.to_bytes())?;
        out.sync_all()?;
        std::fs::rename(&part, &whole)
    };
    write().map_err(|error| file(&whole, error))?;
    Ok(built)
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

/// A network with what is closed on it.
pub struct Town {
    network: Network,
    grid: EdgeGrid,
    skeleton: Skeleton,
    closures: Closures,
    attribution: String,
}

impl Town {
    /// The network of a data folder, nothing closed.
    pub fn load(folder: &Path) -> Result<Town, RoadsError> {
        let path = folder.join(FILE);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(RoadsError::NoNetwork(folder.to_owned()));
            }
            Err(error) => return Err(RoadsError::File(path, error)),
        };
        let file = RoadFile::from_bytes(&bytes).map_err(|error| RoadsError::Saved(path, error))?;
        let network = Network::new(file.network)?;
        let skeleton = Skeleton::new(&network, &file.order)?;
        let grid = EdgeGrid::of(&network);
        let closures = Closures::none(&network, UnixMs(0));
        Ok(Town { network, grid, skeleton, closures, attribution: file.attribution })
    }

    /// Closes areas, and says which roads that takes, each name once for each area.
    pub fn close(&mut self, grounds: &[Ground], audience: Audience) -> Vec<ClosedJson> {
        let mut taken = Vec::new();
        for (ground, id) in grounds.iter().zip(1..) {
            let closure = Closure { id: ClosureId(id), ground: ground.clone(), audience, from: None, to: None };
            self.closures.close(&self.network, &self.grid, closure);
            let mut names: Vec<ClosedJson> = Vec::new();
            for edge in self.closures.edges(ClosureId(id)).into_iter().flatten() {
                let (name, length) = (&self.network.name(*edge).name, self.network.edge(*edge).length_mm);
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
        taken
    }

    /// The route between two places.
    pub fn route(&self, question: &Question, from: Position, to: Position) -> Result<RouteJson, RoadsError> {
        let graph = Graph::of(&self.network, &question.profiles, question.profile, question.metric);
        let shortcuts = Shortcuts::new(&self.network, &self.skeleton, &graph, &self.closures);
        let view = self.view(&graph, &shortcuts);
        let (start, end) = (self.stop(&view, "start", from)?, self.stop(&view, "end", to)?);
        let mut scratch = Scratch::default();
        let depart = view.departure(None);
        let way = view.way(&mut scratch, &start, &end, depart).ok_or(RoadsError::NoWay)?;
        let unbound = Graph::unbound(&self.network, &question.profiles, question.profile, question.metric);
        let refused = view.refused(&mut scratch, &unbound, &start, &end, depart);
        Ok(self.route_json(&view.route(&way, &start, &end), (&start, &end), &refused, question))
    }

    /// The nearest of some places by the cost from them; those in what is closed, and without a road, are said to be so at the end.
    pub fn nearest(
        &self,
        question: &Question,
        to: Position,
        of: &[(String, Position)],
        count: usize,
    ) -> Result<Vec<NearJson>, RoadsError> {
        let graph = Graph::of(&self.network, &question.profiles, question.profile, question.metric);
        let shortcuts = Shortcuts::new(&self.network, &self.skeleton, &graph, &self.closures);
        let view = self.view(&graph, &shortcuts);
        let end = self.stop(&view, "end", to)?;
        let (mut stops, mut names, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
        for (name, at) in of {
            match view.stop(*at, view.departure(None), REACH) {
                Ok(stop) => {
                    stops.push(stop);
                    names.push(name.clone());
                }
                Err(error) => {
                    let why = if matches!(error, StopError::Closed(_)) { "closed" } else { "no_road" };
                    left_out.push(NearJson { place: name.clone(), left_out: Some(why), ..NearJson::default() });
                }
            }
        }
        let prepared = Prepared::new(stops, self.network.node_count());
        let near = view.nearest(&mut Scratch::default(), &prepared, &end, count, view.departure(None));
        let answer = near.into_iter().filter(|near| near.cost < NEVER).map(|near| {
            let place = names[near.index as usize].clone();
            match question.metric {
                Metric::Fastest => {
                    NearJson { place, duration_s: Some(f64::from(near.cost) / 1e3), ..NearJson::default() }
                }
                Metric::Shortest => {
                    NearJson { place, length_m: Some(f64::from(near.cost) / 1e2), ..NearJson::default() }
                }
            }
        });
        Ok(answer.chain(left_out).collect())
    }

    fn view<'a>(&'a self, graph: &'a Graph, shortcuts: &'a Shortcuts) -> View<'a> {
        let fast = Some(Fast { skeleton: &self.skeleton, shortcuts });
        View { network: &self.network, grid: &self.grid, graph, closures: &self.closures, fast }
    }

    fn stop(&self, view: &View<'_>, end: &'static str, at: Position) -> Result<Stop, RoadsError> {
        let (lon, lat) = (at.lon(), at.lat());
        view.stop(at, view.departure(None), REACH).map_err(|error| match error {
            StopError::Closed(_) => RoadsError::Closed { end, lon, lat },
            StopError::NoRoad => RoadsError::NoRoad { end, lon, lat },
        })
    }

    fn route_json(
        &self,
        route: &Route,
        (start, end): (&Stop, &Stop),
        refused: &[Refused],
        question: &Question,
    ) -> RouteJson {
        RouteJson {
            length_m: route.length_mm as f64 / 1e3,
            duration_s: route.duration_ms as f64 / 1e3,
            geometry: json!({"type": "LineString", "coordinates": route.line.iter().map(pair).collect::<Vec<_>>()}),
            closure_epoch: route.epoch.0,
            profile: question.profile,
            metric: question.metric,
            from: start.snap.map(SnapJson::of),
            to: end.snap.map(SnapJson::of),
            instructions: route.instructions.iter().map(InstructionJson::of).collect(),
            refused: refused.iter().map(|refused| self.refused_json(refused)).collect(),
            attribution: self.attribution.clone(),
        }
    }

    fn refused_json(&self, refused: &Refused) -> RefusedJson {
        let edges = || refused.arcs.iter().map(|arc| arc.edge());
        let name = edges().map(|edge| self.network.name(edge)).find(|name| !name.name.is_empty());
        RefusedJson {
            road: name.map(|name| name.name.clone()).unwrap_or_default(),
            length_m: edges().map(|edge| f64::from(self.network.edge(edge).length_mm)).sum::<f64>() / 1e3,
            refusal: refused.refusal,
            closures: refused.closures.iter().map(|closure| closure.0).collect(),
        }
    }
}

/// A position as GeoJSON has it.
fn pair(at: &Position) -> Value {
    json!([at.lon(), at.lat()])
}

/// A route.
#[derive(Debug, Serialize)]
pub struct RouteJson {
    /// Its length.
    pub length_m: f64,
    /// How long it takes.
    pub duration_s: f64,
    /// Its line.
    pub geometry: Value,
    /// The closures that it obeys.
    pub closure_epoch: u64,
    /// Who drives.
    pub profile: ProfileId,
    /// What it makes little of.
    pub metric: Metric,
    /// Where it begins.
    pub from: Option<SnapJson>,
    /// Where it ends.
    pub to: Option<SnapJson>,
    /// What to do where.
    pub instructions: Vec<InstructionJson>,
    /// What the profile was kept from on the way that it would have taken.
    pub refused: Vec<RefusedJson>,
    /// Whose data it is.
    pub attribution: String,
}

/// A place on a road.
#[derive(Debug, Serialize)]
pub struct SnapJson {
    /// Longitude.
    pub lon: f64,
    /// Latitude.
    pub lat: f64,
    /// How far the place that was asked for is from it.
    pub off_m: f64,
}

impl SnapJson {
    fn of(snap: Snap) -> SnapJson {
        SnapJson { lon: snap.at.lon(), lat: snap.at.lat(), off_m: snap.distance.as_metres() }
    }
}

/// What to do.
#[derive(Debug, Serialize)]
pub struct InstructionJson {
    /// What.
    pub manoeuvre: Manoeuvre,
    /// Longitude.
    pub lon: f64,
    /// Latitude.
    pub lat: f64,
    /// The road that it leads into.
    pub road: String,
    /// Its name in English.
    pub road_en: String,
    /// Its number.
    pub number: String,
    /// How far it is to the next one.
    pub length_m: f64,
    /// How long it takes to the next one.
    pub duration_s: f64,
}

impl InstructionJson {
    fn of(instruction: &Instruction) -> InstructionJson {
        InstructionJson {
            manoeuvre: instruction.manoeuvre,
            lon: instruction.at.lon(),
            lat: instruction.at.lat(),
            road: instruction.road.name.clone(),
            road_en: instruction.road.name_en.clone(),
            number: instruction.road.number.clone(),
            length_m: instruction.length_mm as f64 / 1e3,
            duration_s: instruction.duration_ms as f64 / 1e3,
        }
    }
}

/// A road that was refused.
#[derive(Debug, Serialize)]
pub struct RefusedJson {
    /// Its name.
    pub road: String,
    /// How much of it.
    pub length_m: f64,
    /// Why the profile may not drive it.
    #[serde(flatten)]
    pub refusal: Option<Refusal>,
    /// The closures that hold it.
    pub closures: Vec<u64>,
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
