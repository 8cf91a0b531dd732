//! What the roads are: where they come from, how they hang together, what looks wrong, and what of the park's own does not join.

use super::super::AppState;
use super::super::problem::{Problem, ProblemJson};
use super::{Size, work};
use crate::roads::desk::Site;
use crate::roads::joining::OwnEntry;
use crate::roads::moment::FeatureFace;
use crate::roads::words::{self, Text};
use axum::extract::State;
use axum::response::Response;
use cordon_spatial::ids::FeatureKey;
use cordon_spatial::road::{FindingKind, OwnFindingKind};
use serde::Serialize;
use utoipa::ToSchema;

/// Most own roads and gates that are named, and most places of each kind of finding.
const MOST_NAMED: usize = 1_000;
const MOST_PLACES: usize = 20;

/// What the roads are.
#[derive(Debug, Serialize, ToSchema)]
pub struct NetworkJson {
    /// What the network was made from.
    pub source: String,
    /// Whose data it is.
    pub attribution: String,
    /// Its junctions, without the park's own roads.
    pub junctions: usize,
    /// Pieces of road between them.
    pub edges: usize,
    /// How long they are together.
    pub length_m: u64,
    /// Junctions of each part that hangs together, the largest first; at most 20.
    pub parts: Vec<usize>,
    /// How many parts there are.
    pub part_count: usize,
    /// Junctions with one road.
    pub dead_ends: usize,
    /// What looked wrong when it was made.
    pub findings: Vec<FindingJson>,
    /// The park's own roads and gates.
    pub own: OwnJson,
    /// The closures at present: an answer with the same epoch has the same roads and gates.
    pub closure_epoch: u64,
}

/// What looked wrong, by kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingJson {
    /// Which kind.
    #[schema(value_type = String)]
    pub kind: FindingKind,
    /// How often.
    pub count: usize,
    /// Where; at most 20.
    pub places: Vec<PlaceJson>,
}

/// A place.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceJson {
    /// Longitude.
    pub lon: f64,
    /// Latitude.
    pub lat: f64,
}

/// The park's own roads and gates, as they are joined to the network.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnJson {
    /// Lines of the collection `roads`.
    pub roads: usize,
    /// How many of them run along roads of the network, at least in part.
    pub roads_along: usize,
    /// How long the roads are that they add.
    pub added_m: u64,
    /// Gates.
    pub gates: usize,
    /// How many of them stand on a road.
    pub gates_on_roads: usize,
    /// Whether a later edit is still being joined.
    pub is_joining: bool,
    /// What does not join or cannot be read; at most 1,000.
    pub findings: Vec<OwnFindingJson>,
    /// How many there are.
    pub finding_count: usize,
}

/// An own road or gate that does not join, or that says something that cannot be read.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnFindingJson {
    /// `road_alone`, `end_without_gate`, `gate_without_road`, `gate_leads_nowhere`, `gate_at_junction` or `value_unread`.
    pub kind: String,
    /// Which.
    #[serde(flatten)]
    pub feature: FeatureFace,
    /// Longitude, where it does not join.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
    /// Latitude.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// The property that cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub property: Option<&'static str>,
    /// The same as a sentence.
    pub text: Text,
}

/// What the roads are and what looks wrong with them.
#[utoipa::path(get, path = "/api/roads/network", tag = "roads",
    responses((status = 200, body = NetworkJson), (status = 503, body = ProblemJson)))]
pub async fn network(State(app): AppState) -> Result<Response, Problem> {
    work(&app, Size::Short, |site| Ok(told(site))).await
}

/// What the roads of a moment are.
pub fn told(site: &Site) -> NetworkJson {
    let town = &site.moment.town;
    let report = &town.report;
    let mut findings: Vec<FindingJson> = Vec::new();
    for finding in &report.findings {
        if findings.last().is_none_or(|last| last.kind != finding.kind) {
            findings.push(FindingJson { kind: finding.kind, count: 0, places: Vec::new() });
        }
        let Some(last) = findings.last_mut() else { continue };
        last.count += 1;
        if last.places.len() < MOST_PLACES {
            last.places.push(PlaceJson { lon: finding.at.lon(), lat: finding.at.lat() });
        }
    }
    NetworkJson {
        source: town.source.clone(),
        attribution: town.attribution.clone(),
        junctions: report.junctions,
        edges: report.edges,
        length_m: report.length_m,
        parts: report.components.iter().copied().take(MOST_PLACES).collect(),
        part_count: report.components.len(),
        dead_ends: report.dead_ends,
        findings,
        own: own(site),
        closure_epoch: site.moment.epoch.0,
    }
}

fn own(site: &Site) -> OwnJson {
    let report = &site.moment.town.own;
    let named = |entry: &OwnEntry, kind: &str, text: Text| OwnFindingJson {
        kind: kind.to_owned(),
        feature: entry.face.clone(),
        lon: None,
        lat: None,
        property: None,
        text,
    };
    let unjoined = report.findings.iter().filter_map(|finding| {
        let entry = site.own.get(&FeatureKey(finding.key))?;
        let (lon, lat) = (Some(finding.at.lon()), Some(finding.at.lat()));
        Some(OwnFindingJson { lon, lat, ..named(entry, word(finding.kind), words::unjoined(finding.kind)) })
    });
    let unread = site.own.values().flat_map(|entry| {
        let told = |property: &&'static str| OwnFindingJson {
            property: Some(property),
            ..named(entry, "value_unread", words::unread(property))
        };
        entry.read.unread.iter().map(told)
    });
    let mut findings: Vec<OwnFindingJson> = unjoined.chain(unread).collect();
    let finding_count = findings.len();
    findings.truncate(MOST_NAMED);
    OwnJson {
        roads: report.roads,
        roads_along: report.roads_along,
        added_m: report.added_m,
        gates: report.gates,
        gates_on_roads: report.gates_on_roads,
        is_joining: site.is_joining,
        findings,
        finding_count,
    }
}

fn word(kind: OwnFindingKind) -> &'static str {
    match kind {
        OwnFindingKind::RoadAlone => "road_alone",
        OwnFindingKind::EndWithoutGate => "end_without_gate",
        OwnFindingKind::GateWithoutRoad => "gate_without_road",
        OwnFindingKind::GateLeadsNowhere => "gate_leads_nowhere",
        OwnFindingKind::GateAtJunction => "gate_at_junction",
    }
}
