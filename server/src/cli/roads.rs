//! `cordon roads …`: makes a road network from an extract, and plans on it without a server.

use super::SiteArgs;
use super::files::{self, FileError};
use crate::roads::approach::{Goal, SECTOR_DEG};
use crate::roads::many::{gather, nearest};
use crate::roads::moment::{Asker, Moment};
use crate::roads::route::{RouteAsked, route};
use crate::roads::town::Town;
use crate::roads::{self, NearJson, RoadsError};
use cordon_data::import::files::{Srs, Told};
use cordon_data::import::road_layer::{Layer, MOST_SNAP, classes_text};
use cordon_data::road_file::RoadFile;
use cordon_data::sqlite::FILE;
use cordon_spatial::position::Position;
use cordon_spatial::road::{Approach, Audience, FindingKind, Metric, Network, ProfileId};
use cordon_spatial::units::{Millimetres, UnixMs};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

/// How many places of a layer are compared with what the one-map has.
const COMPARED: usize = 200;

/// `cordon roads …`
#[derive(Debug, clap::Subcommand)]
pub enum RoadsCommand {
    /// Make the road network of a site from an OpenStreetMap extract (.osm.pbf) or a road layer (Shapefile, GeoPackage, GeoJSON,
    /// FlatGeobuf), and say what is odd about it
    Build(BuildArgs),
    /// Plan a route: one JSON object
    Route(RouteArgs),
    /// Find the nearest of some places by travel time: one JSON object a line, nearest first
    Nearest(NearestArgs),
    /// Show which roads a closure would take: one JSON object a road
    Closure(ClosureArgs),
    /// Say what the roads of a site are, and which of the park's own roads and gates do not join them
    Check(SiteArgs),
    /// Print the table of profiles, to be edited (TOML)
    Profiles,
    /// Print the table of road classes, to be edited (TOML)
    Classes,
}

/// `cordon roads build`
#[derive(Debug, clap::Args)]
pub struct BuildArgs {
    /// The extract, or the road layer
    #[arg(value_name = "FILE")]
    extract: PathBuf,
    /// Data folder; made when it does not exist
    #[arg(long, value_name = "DIR", default_value = "cordon-data")]
    data: PathBuf,
    /// Whose data it is; shown wherever it is drawn. Of an extract OpenStreetMap's unless said
    #[arg(long, value_name = "TEXT")]
    attribution: Option<String>,
    /// Of a layer: which datum its coordinates are in, where it does not say so itself: EPSG:4490, gcj02, bd09, …
    #[arg(long, value_name = "SRS")]
    srs: Option<String>,
    /// Of a layer: in which encoding its texts are (UTF-8, GBK, GB18030); found out unless said
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// Of a file of several layers: which
    #[arg(long, value_name = "NAME")]
    layer: Option<String>,
    /// Of a layer: columns and the properties that they become, column=property,…
    #[arg(long, value_name = "PAIRS", default_value = "")]
    map: String,
    /// Of a layer: what values of its class column mean (TOML, see `cordon roads classes`)
    #[arg(long, value_name = "FILE")]
    classes: Option<PathBuf>,
    /// Of a layer: how near an end comes to the road that it joins, metres: drawing by hand leaves decimetres
    #[arg(long, value_name = "METRES", default_value_t = 1.0)]
    snap_m: f64,
}

impl BuildArgs {
    /// What is said about a layer.
    fn layer(&self) -> Result<(Told, Layer), RoadsError> {
        let said =
            |flag, value: &str, must: &str| RoadsError::Said { flag, value: value.to_owned(), must: must.to_owned() };
        let srs = |name: &String| Srs::from_name(name).ok_or_else(|| said("srs", name, Srs::NAMES));
        let srs = self.srs.as_ref().map(srs).transpose()?;
        let told = Told { srs, encoding: self.encoding.clone(), layer: self.layer.clone() };
        let columns = Layer::columns(&self.map)
            .map_err(|error| said("map", &self.map, &format!("column=property,…: {error}")))?;
        let most_m = MOST_SNAP.as_metres();
        if !(0.0..=most_m).contains(&self.snap_m) {
            return Err(said("snap-m", &self.snap_m.to_string(), &format!("a number of metres from 0 to {most_m}")));
        }
        let classes = match &self.classes {
            None => BTreeMap::new(),
            Some(file) => {
                let text = std::fs::read_to_string(file).map_err(|error| RoadsError::File(file.clone(), error))?;
                toml::from_str(&text).map_err(|error| RoadsError::Json(file.clone(), error.to_string()))?
            }
        };
        Ok((told, Layer { columns, classes, snap: Millimetres((self.snap_m * 1e3) as i64) }))
    }
}

/// Makes the network of an extract or a layer and says what is odd about it.
fn build(args: &BuildArgs, out: &mut impl Write) -> Result<(), RoadsError> {
    let is_extract = args.extract.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("pbf"));
    if is_extract {
        let attribution = args.attribution.as_deref().unwrap_or("© OpenStreetMap contributors, ODbL 1.0");
        return write_report(&roads::build(&args.extract, &args.data, attribution)?, out);
    }
    let (told, layer) = args.layer()?;
    let attribution = args.attribution.as_deref().unwrap_or_default();
    let (built, drawn, read_as) = roads::build_layer(&args.extract, &args.data, attribution, (&told, &layer))?;
    write_report(&built, out)?;
    writeln!(out, "{} ends moved onto a road within {} m", drawn.moved, args.snap_m)?;
    if drawn.without_line > 0 {
        writeln!(out, "{} rows have no line and were left out", drawn.without_line)?;
    }
    for (class, count) in &drawn.unknown_classes {
        writeln!(
            out,
            "class `{class}` is not known: {count} roads are taken as unclassified; --classes says what it means"
        )?;
    }
    match files::datum_of(&args.data, read_as, &some_places(&built.network)) {
        Ok(None) => {}
        Ok(Some(sentence)) => writeln!(out, "{sentence}")?,
        Err(error) => writeln!(out, "the roads were not compared with what the one-map has: {error}")?,
    }
    Ok(())
}

/// At most [`COMPARED`] vertices of the roads of a network, spread over it.
fn some_places(network: &Network) -> Vec<Position> {
    let vertices = || network.edges().flat_map(|edge| network.shape(edge)).copied();
    vertices().step_by(vertices().count().div_ceil(COMPARED).max(1)).collect()
}

/// What every question is asked of.
#[derive(Debug, clap::Args)]
pub struct AskedOf {
    /// Data folder
    #[arg(long, value_name = "DIR", default_value = "cordon-data")]
    data: PathBuf,
    /// Who drives: car, hazmat_truck, fire_engine, ambulance or foot
    #[arg(long, value_name = "WHO", default_value = "car", value_parser = profile)]
    profile: ProfileId,
    /// What to make little of: fastest or shortest
    #[arg(long, value_name = "METRIC", default_value = "fastest", value_parser = metric)]
    metric: Metric,
    /// Another table of profiles than the built-in one (TOML, see `cordon roads profiles`)
    #[arg(long, value_name = "FILE")]
    profiles: Option<PathBuf>,
    /// Areas that are closed for everybody: GeoJSON polygons
    #[arg(long, value_name = "FILE")]
    closed: Option<PathBuf>,
}

/// Where a question goes.
#[derive(Debug, clap::Args)]
pub struct GoalArgs {
    /// To where
    #[arg(long, value_name = "LON,LAT", value_parser = place, allow_hyphen_values = true,
        required_unless_present = "approach", conflicts_with = "approach")]
    to: Option<Position>,
    /// To the ring of a circle around a source instead, from upwind and never through the circle
    #[arg(long, value_name = "LON,LAT", value_parser = place, allow_hyphen_values = true,
        requires_all = ["radius_m", "wind_from_deg"])]
    approach: Option<Position>,
    /// Of an approach: the radius of the circle, 10 to 10000 metres
    #[arg(long, value_name = "METRES", value_parser = |text: &str| between(text, 10.0, 10_000.0), requires = "approach")]
    radius_m: Option<f64>,
    /// Of an approach: where the wind comes from, 0 to 360 degrees clockwise from north
    #[arg(long, value_name = "DEGREES", value_parser = |text: &str| between(text, 0.0, 360.0), requires = "approach")]
    wind_from_deg: Option<f64>,
    /// Of an approach: how wide the sector around that is, 10 to 180 degrees
    #[arg(long, value_name = "DEGREES", value_parser = |text: &str| between(text, 10.0, 180.0),
        default_value_t = SECTOR_DEG)]
    sector_deg: f64,
}

impl GoalArgs {
    fn goal(&self) -> Goal {
        match (self.to, self.approach, self.radius_m, self.wind_from_deg) {
            (None, Some(centre), Some(radius_m), Some(wind_from_deg)) => {
                let radius = Millimetres((radius_m * 1e3).round() as i64);
                Goal::Ring(Approach { centre, radius, wind_from_deg, sector_deg: self.sector_deg })
            }
            (to, ..) => Goal::Place(to.expect("the command line asks for one of the two")),
        }
    }
}

/// `cordon roads route`
#[derive(Debug, clap::Args)]
pub struct RouteArgs {
    /// From where
    #[arg(long, value_name = "LON,LAT", value_parser = place, allow_hyphen_values = true)]
    from: Position,
    /// To where
    #[command(flatten)]
    goal: GoalArgs,
    /// Of what it is asked.
    #[command(flatten)]
    asked: AskedOf,
}

/// `cordon roads nearest`
#[derive(Debug, clap::Args)]
pub struct NearestArgs {
    /// Where they are to come
    #[command(flatten)]
    goal: GoalArgs,
    /// The places: GeoJSON points with an id or a name
    #[arg(long, value_name = "FILE")]
    of: PathBuf,
    /// How many
    #[arg(long, value_name = "K", default_value_t = 3)]
    count: usize,
    /// Of what it is asked.
    #[command(flatten)]
    asked: AskedOf,
}

/// `cordon roads closure`
#[derive(Debug, clap::Args)]
pub struct ClosureArgs {
    /// What it covers: GeoJSON polygons
    #[arg(value_name = "FILE")]
    area: PathBuf,
    /// Data folder
    #[arg(long, value_name = "DIR", default_value = "cordon-data")]
    data: PathBuf,
}

/// Why a command about roads did not do what it was to do.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// A network, or a question to it.
    #[error(transparent)]
    Roads(#[from] RoadsError),
    /// The site.
    #[error(transparent)]
    Site(#[from] FileError),
}

/// Does what is asked for and writes the answer.
pub fn run(command: &RoadsCommand, out: &mut impl Write) -> Result<(), CommandError> {
    let done = match command {
        RoadsCommand::Check(site) => return Ok(files::roads(site)?),
        RoadsCommand::Build(args) => build(args, out),
        RoadsCommand::Route(args) => {
            let (moment, asker) = asked(&args.asked)?;
            let asked = RouteAsked {
                asker,
                from: args.from,
                via: Vec::new(),
                to: args.goal.goal(),
                explain: true,
                alternatives: 0,
            };
            lines(out, [route(&moment, &asked).map_err(RoadsError::from)?])
        }
        RoadsCommand::Nearest(args) => lines(out, near(args)?),
        RoadsCommand::Closure(args) => {
            let mut moment = Moment::open(Town::load(&args.data, roads::profiles(None)?)?);
            lines(out, roads::close(&mut moment, &roads::grounds(&args.area)?, Audience::all()))
        }
        RoadsCommand::Classes => out.write_all(classes_text().as_bytes()).map_err(RoadsError::from),
        RoadsCommand::Profiles => out.write_all(roads::profiles_text().as_bytes()).map_err(RoadsError::from),
    };
    Ok(done?)
}

/// What the answers of this command leave out where there is a one-map beside the network.
const NETWORK_ALONE: &str = "note: this is the saved network alone. What the one-map closes, and the park's own roads and gates, \
                             count on a running server only: POST /api/roads/route, or the console";

fn asked(args: &AskedOf) -> Result<(Moment, Asker), RoadsError> {
    if args.data.join(FILE).exists() {
        eprintln!("{NETWORK_ALONE}");
    }
    let mut moment = Moment::open(Town::load(&args.data, roads::profiles(args.profiles.as_deref())?)?);
    if let Some(file) = &args.closed {
        roads::close(&mut moment, &roads::grounds(file)?, Audience::all());
    }
    Ok((moment, Asker { profile: args.profile, metric: args.metric, depart: UnixMs(0) }))
}

/// The nearest of a file's places; those in what is closed, and without a road, are said to be so at the end.
fn near(args: &NearestArgs) -> Result<Vec<NearJson>, RoadsError> {
    let (moment, asker) = asked(&args.asked)?;
    let (names, places): (Vec<String>, Vec<Position>) = roads::points(&args.of)?.into_iter().unzip();
    let gathered = gather(&moment, asker, &places);
    let found = nearest(&moment, asker, &gathered, &args.goal.goal(), args.count)?;
    let told = found.near.into_iter().map(|near| {
        let (duration_s, length_m) = match asker.metric {
            Metric::Fastest => (Some(near.cost), None),
            Metric::Shortest => (None, Some(near.cost)),
        };
        NearJson { place: names[near.index].clone(), duration_s, length_m, arrives: near.arrives, left_out: None }
    });
    let left_out = found.left_out.iter().map(|out| NearJson {
        place: names[out.index].clone(),
        left_out: Some(out.why),
        ..NearJson::default()
    });
    Ok(told.chain(left_out).collect())
}

fn lines<T: serde::Serialize>(out: &mut impl Write, answers: impl IntoIterator<Item = T>) -> Result<(), RoadsError> {
    for answer in answers {
        writeln!(out, "{}", serde_json::to_string(&answer).expect("answers are plain data"))?;
    }
    Ok(())
}

/// How many findings of a kind are shown with their places.
const SHOWN: usize = 3;

fn write_report(built: &RoadFile, out: &mut impl Write) -> Result<(), RoadsError> {
    let report = &built.report;
    writeln!(
        out,
        "{} junctions, {} roads between them, {} km, {} forbidden turns, {} dead ends",
        report.junctions,
        report.edges,
        report.length_m / 1_000,
        report.forbidden_turns,
        report.dead_ends
    )?;
    let largest = report.components.first().copied().unwrap_or(0);
    writeln!(
        out,
        "{} part(s); the largest holds {largest} junctions, {} outside it",
        report.components.len(),
        report.junctions - largest
    )?;
    let mut kinds: Vec<FindingKind> = report.findings.iter().map(|finding| finding.kind).collect();
    kinds.dedup();
    for kind in kinds {
        let of_kind: Vec<_> = report.findings.iter().filter(|finding| finding.kind == kind).collect();
        let name =
            serde_json::to_value(kind).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default();
        writeln!(out, "{name}: {}", of_kind.len())?;
        for finding in of_kind.iter().take(SHOWN) {
            let source = finding.source.map_or(String::new(), |id| format!(" ({id})"));
            writeln!(out, "  {:.7},{:.7}{source}", finding.at.lon(), finding.at.lat())?;
        }
    }
    Ok(())
}

fn place(text: &str) -> Result<Position, String> {
    let said = || "longitude and latitude in degrees, such as 121.5,30.1".to_owned();
    let (lon, lat) = text.split_once(',').ok_or_else(said)?;
    let number = |text: &str| text.trim().parse::<f64>().map_err(|_| said());
    Position::from_degrees(number(lon)?, number(lat)?).map_err(|error| error.to_string())
}

fn between(text: &str, least: f64, most: f64) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| format!("a number from {least} to {most}"))
}

fn profile(text: &str) -> Result<ProfileId, String> {
    let known = |_| "car, hazmat_truck, fire_engine, ambulance or foot".to_owned();
    serde_json::from_value(text.into()).map_err(known)
}

fn metric(text: &str) -> Result<Metric, String> {
    serde_json::from_value(text.into()).map_err(|_| "fastest or shortest".to_owned())
}
