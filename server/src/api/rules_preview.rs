//! Whom a zone would concern now, before it is kept.

use super::body::Json;
use super::problem::{Problem, ProblemJson};
use super::try_rules::when_name;
use super::{App, AppState};
use crate::desk::features::Drawn;
use crate::desk::preview::{self, Candidate, Concerned, Preview};
use crate::ingest;
use axum::Json as JsonAnswer;
use axum::extract::State;
use cordon_spatial::units::UnixMs;
use cordon_spatial::watch::Whereabouts;
use cordon_spatial::zone::Zone;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Most vehicles that are listed; the others are counted.
const LISTED: usize = 1_000;

/// What to look at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewRules {
    /// A GeoJSON feature as `PUT /ogc/collections/zones/items/{id}` takes it. With the id of a kept zone, exemptions that
    /// name that zone count.
    #[schema(value_type = Object)]
    pub zone: Value,
}

/// Whom the zone would concern now.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewJson {
    /// Whether its dates and its schedule have the zone in force now.
    pub in_force: bool,
    /// Its rules, in its order.
    pub rules: Vec<PreviewedRule>,
    /// The vehicles that are in it, those that are so near to its boundary that their fix does not tell, and those that a
    /// `must_be_inside` rule asks to be in it: in this order, each by key; at most 1,000.
    pub items: Vec<PreviewedVehicle>,
    /// How many.
    pub counts: PreviewCounts,
    /// Whether `items` does not hold all of them.
    pub cut: bool,
}

/// A rule of the zone.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewedRule {
    /// Its id.
    pub rule: String,
    /// What it watches for.
    pub when: &'static str,
    /// Whether it is watched now: the zone is in force and the rule's window open.
    pub watched: bool,
}

/// A vehicle that the zone is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewedVehicle {
    /// Its id.
    pub vehicle: String,
    /// Its number plate.
    pub plate: Option<String>,
    /// Its class.
    pub class: Option<String>,
    /// Its company.
    pub company: Option<String>,
    /// Where it was last, degrees.
    pub lon: f64,
    /// Where it was last, degrees.
    pub lat: f64,
    /// `inside`, `outside`, or `uncertain`: nearer to the boundary than the fix is accurate.
    pub place: &'static str,
    /// Each rule, in the zone's order.
    pub rules: Vec<PreviewedRuleOn>,
}

/// What a rule means for a vehicle.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewedRuleOn {
    /// Id of the rule.
    pub rule: String,
    /// Whether it is about the vehicle where that is now.
    pub concerned: bool,
    /// The kind of the exemption that leaves the vehicle alone now; absent when none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exempt: Option<String>,
}

/// How many vehicles.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewCounts {
    /// In the whole list, whether it is cut here or not.
    pub vehicles: usize,
    /// Of these, inside.
    pub inside: usize,
    /// Of these, those to which a rule applies and no exemption exempts from it.
    pub concerned: usize,
}

/// Whom a zone would concern now, as it is drawn. Nothing is kept, nobody is alarmed.
#[utoipa::path(post, path = "/api/rules/preview", tag = "rules", request_body = PreviewRules,
    responses((status = 200, body = PreviewJson), (status = 400, body = ProblemJson), (status = 422, body = ProblemJson)))]
pub async fn preview(
    State(app): AppState,
    Json(PreviewRules { zone }): Json<PreviewRules>,
) -> Result<JsonAnswer<PreviewJson>, Problem> {
    if !zone.is_object() {
        return Err(Problem::bad_value("zone", zone, "a GeoJSON feature"));
    }
    let (_, zone) = app.features.zone_as_drawn(Drawn::Feature(zone), None).await?;
    app.hub.settled().await;
    let now = app.pipeline.now();
    let candidates = candidates(&app);
    let looked_at = zone.clone();
    let work = move || preview::run(&looked_at, candidates, now, LISTED, ingest::settings());
    let found = tokio::task::spawn_blocking(work).await.expect("looking at vehicles does not panic");
    Ok(JsonAnswer(told(&app, &zone, now, found)))
}

/// Every vehicle that has reported.
fn candidates(app: &App) -> Vec<Candidate> {
    let all = app.catalog.vehicles(0, usize::MAX);
    let positions = app.hub.positions();
    let candidate = |(key, entry)| {
        let fix = positions.last(key)?;
        Some(Candidate { key, entry, fix, exemptions: app.catalog.exemptions_now(key) })
    };
    all.into_iter().filter_map(candidate).collect()
}

fn told(app: &App, zone: &Zone, now: UnixMs, found: Preview) -> PreviewJson {
    let offset = ingest::settings().offset;
    let in_force = zone.is_in_force(now, offset);
    let rules = zone.rules.iter().map(|rule| PreviewedRule {
        rule: rule.id.to_string(),
        when: when_name(rule.when),
        watched: in_force && rule.is_watched(now, offset),
    });
    PreviewJson {
        in_force,
        rules: rules.collect(),
        cut: found.count > found.vehicles.len(),
        counts: PreviewCounts { vehicles: found.count, inside: found.inside, concerned: found.concerned },
        items: found.vehicles.into_iter().map(|vehicle| shown(app, vehicle)).collect(),
    }
}

fn shown(app: &App, vehicle: Concerned) -> PreviewedVehicle {
    let Candidate { key, entry, fix, .. } = vehicle.candidate;
    let face = entry.vehicle.clone().unwrap_or_default();
    let rules = vehicle.rules.into_iter().map(|on| PreviewedRuleOn {
        rule: on.rule.to_string(),
        concerned: on.concerned,
        exempt: on.exempt.map(|kind| kind.to_string()),
    });
    PreviewedVehicle {
        vehicle: app.catalog.id(key.0),
        plate: face.plate,
        class: face.class,
        company: face.company,
        lon: fix.position.lon(),
        lat: fix.position.lat(),
        place: match vehicle.whereabouts {
            Whereabouts::Inside => "inside",
            Whereabouts::Uncertain => "uncertain",
            Whereabouts::Outside => "outside",
        },
        rules: rules.collect(),
    }
}
