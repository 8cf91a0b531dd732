//! Who is there first: rescue resources of the one-map by kind, or places that are given.

use super::super::body::Json;
use super::super::problem::{Problem, ProblemJson};
use super::super::{AppState, problem};
use super::asked::{ApproachJson, Head, PointJson, goal, points};
use super::{Size, work};
use crate::roads::approach::{Goal, RingPlaceJson};
use crate::roads::desk::{Resource, Site};
use crate::roads::many::{self, Gathered};
use crate::roads::moment::{AskError, Asker, ClosedBy};
use crate::roads::route::{RouteAsked, RouteJson, route};
use axum::extract::State;
use axum::response::Response;
use cordon_spatial::position::Position;
use cordon_spatial::road::Metric;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, PoisonError};
use utoipa::ToSchema;

/// Most that are found.
const MOST_FOUND: u32 = 1_000;
/// Most that come with their routes.
const MOST_ROUTES: u32 = 20;
/// Most places that a question brings itself, and most kinds.
const MOST_PLACES: usize = 10_000;
const MOST_KINDS: usize = 50;
/// Most sets of resources that are kept gathered in one moment.
const MOST_GATHERED: usize = 64;

/// Who is sought.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskNearest {
    /// Where they are to come; absent where `approach` is given.
    #[serde(default)]
    pub to: Option<PointJson>,
    /// To the ring of a circle instead, from upwind and never through the circle.
    #[serde(default)]
    pub approach: Option<ApproachJson>,
    /// Who drives.
    pub profile: String,
    /// How many; 3 unless said, at most 1,000.
    #[serde(default)]
    pub count: Option<u32>,
    /// Of which kinds the resources are (`ambulance`, `fire_station`, …); of every kind unless said.
    #[serde(default)]
    pub kinds: Option<Vec<String>>,
    /// Places that are asked instead of resources; at most 10,000.
    #[serde(default)]
    pub of: Option<Vec<PointJson>>,
    /// `fastest` (unless said) or `shortest`.
    #[serde(default)]
    pub metric: Option<String>,
    /// When they depart.
    #[serde(default)]
    pub depart_at: Option<String>,
    /// Whether each comes with its route; then at most 20.
    #[serde(default)]
    pub routes: bool,
}

/// Who is there first.
#[derive(Debug, Serialize, ToSchema)]
pub struct NearestJson {
    /// Soonest first.
    pub items: Vec<NearJson>,
    /// How many were asked for.
    pub asked: u32,
    /// Of how many they were chosen.
    pub of: usize,
    /// How many of these can get there at all; `items` has fewer than `asked` where this is fewer.
    pub reachable: ReachableJson,
    /// Those that are in what is closed or have no road.
    pub left_out: Vec<LeftOutNear>,
    /// The closures that all of it obeys.
    pub closure_epoch: u64,
    /// Whose data it is.
    pub attribution: String,
}

/// Whether there were as many as were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReachableJson {
    /// As many as were asked for; there may be more.
    Enough,
    /// Fewer: `items` are all that can get there.
    Fewer,
}

/// One of those that were asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AskedOf {
    /// Its place in `of`, if places were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
    /// The resource's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The same in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// Its kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Longitude.
    pub lon: f64,
    /// Latitude.
    pub lat: f64,
}

/// One of the nearest.
#[derive(Debug, Serialize, ToSchema)]
pub struct NearJson {
    /// Which.
    #[serde(flatten)]
    pub which: AskedOf,
    /// How long it takes; absent where lengths were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<f64>,
    /// How far it is, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length_m: Option<f64>,
    /// Where it comes to the ring, if one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrives: Option<RingPlaceJson>,
    /// The way, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<RouteJson>,
}

/// One that was left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeftOutNear {
    /// Which.
    #[serde(flatten)]
    pub which: AskedOf,
    /// `closed` or `no_road`.
    pub why: &'static str,
    /// What closes it.
    pub closures: Vec<ClosedBy>,
}

/// Who of the resources, or of given places, is at a place, or at a ring from upwind, first by what is open now. Where nobody gets to
/// the ring from upwind it is refused as a route is, with the `next_best` place.
#[utoipa::path(post, path = "/api/roads/nearest", tag = "roads", request_body = AskNearest,
    responses((status = 200, body = NearestJson), (status = 400, body = ProblemJson), (status = 422, body = ProblemJson),
        (status = 503, body = ProblemJson)))]
pub async fn nearest(State(app): AppState, Json(asked): Json<AskNearest>) -> Result<Response, Problem> {
    let asker =
        Head { profile: &asked.profile, metric: asked.metric.as_deref(), depart_at: asked.depart_at.as_deref() }
            .asker(app.roads.now())?;
    let to = goal(asked.to, asked.approach)?;
    let count = asked.count.unwrap_or(3);
    let most = if asked.routes { MOST_ROUTES } else { MOST_FOUND };
    if !(1..=most).contains(&count) {
        let limit = format!("a whole number from 1 to {most}{}", if asked.routes { " with routes" } else { "" });
        return Err(Problem::bad_value("count", count, limit));
    }
    let of = match (asked.of, asked.kinds) {
        (Some(_), Some(_)) => {
            return Err(Problem::bad_value("kinds", "given beside of", "absent where of gives places"));
        }
        (Some(of), None) => Of::Places(points("of", &of, MOST_PLACES)?),
        (None, kinds) => {
            let mut kinds = kinds.unwrap_or_default();
            if kinds.len() > MOST_KINDS {
                let value = problem::shortened(kinds.len().into());
                return Err(Problem::bad_value("kinds", value, format!("at most {MOST_KINDS} entries")));
            }
            kinds.sort();
            Of::Resources { kinds, departs_now: asked.depart_at.is_none() }
        }
    };
    let sought = Sought { asker, to, count, of, routes: asked.routes };
    work(&app, Size::Short, move |site| find(site, &sought)).await
}

/// Who is sought, as it was read.
struct Sought {
    asker: Asker,
    to: Goal,
    count: u32,
    of: Of,
    routes: bool,
}

/// Whom to ask.
enum Of {
    Places(Vec<Position>),
    /// Of these kinds, or of all where there are none.
    Resources {
        kinds: Vec<String>,
        departs_now: bool,
    },
}

fn find(site: &Site, sought: &Sought) -> Result<NearestJson, AskError> {
    let resources: Vec<&Arc<Resource>> = match &sought.of {
        Of::Places(_) => Vec::new(),
        Of::Resources { kinds, .. } => {
            let is_of = |kind: &str| kinds.iter().any(|known| known == kind);
            site.resources.iter().filter(|r| kinds.is_empty() || r.kind.as_deref().is_some_and(is_of)).collect()
        }
    };
    let places: Vec<Position> = match &sought.of {
        Of::Places(places) => places.clone(),
        Of::Resources { .. } => resources.iter().map(|resource| resource.at).collect(),
    };
    let which = |index: usize| {
        let at = places[index];
        let of = resources.get(index);
        AskedOf {
            index: of.is_none().then_some(index),
            id: of.map(|resource| resource.id.clone()),
            name: of.and_then(|resource| resource.name.clone()),
            name_en: of.and_then(|resource| resource.name_en.clone()),
            kind: of.and_then(|resource| resource.kind.clone()),
            lon: at.lon(),
            lat: at.lat(),
        }
    };
    let gathered = gathered(site, sought, &places);
    let found = many::nearest(&site.moment, sought.asker, &gathered, &sought.to, sought.count as usize)?;
    let way = |index: usize| {
        let asked = RouteAsked {
            asker: sought.asker,
            from: places[index],
            via: Vec::new(),
            to: sought.to,
            explain: false,
            alternatives: 0,
        };
        route(&site.moment, &asked)
    };
    let mut items = Vec::with_capacity(found.near.len());
    for near in found.near {
        let (duration_s, length_m) = match sought.asker.metric {
            Metric::Fastest => (Some(near.cost), None),
            Metric::Shortest => (None, Some(near.cost)),
        };
        let route = sought.routes.then(|| way(near.index)).transpose()?;
        items.push(NearJson { which: which(near.index), duration_s, length_m, arrives: near.arrives, route });
    }
    let left_out = found.left_out.iter().map(|out| LeftOutNear {
        which: which(out.index),
        why: out.why,
        closures: out.by.clone(),
    });
    Ok(NearestJson {
        reachable: if items.len() < sought.count as usize { ReachableJson::Fewer } else { ReachableJson::Enough },
        asked: sought.count,
        of: places.len(),
        left_out: left_out.collect(),
        items,
        closure_epoch: site.moment.epoch.0,
        attribution: site.moment.town.attribution.clone(),
    })
}

/// What of the places is a stop. Resources are gathered once in a moment, as long as it does not matter when one asks.
fn gathered(site: &Site, sought: &Sought, places: &[Position]) -> Arc<Gathered> {
    let gather = || Arc::new(many::gather(&site.moment, sought.asker, places));
    let Of::Resources { kinds, departs_now: true } = &sought.of else { return gather() };
    if sought.asker.depart >= site.moment.closures.overlay(sought.asker.profile).steady_until() {
        return gather();
    }
    let key = (sought.asker.profile, sought.asker.metric, kinds.clone());
    let kept = || site.gathered.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept().get(&key) {
        return Arc::clone(known);
    }
    let made = gather();
    let mut kept = kept();
    if kept.len() < MOST_GATHERED {
        kept.insert(key, Arc::clone(&made));
    }
    made
}
