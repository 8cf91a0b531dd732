//! What is closed: by which feature, for whom, since when and until when, and which roads that takes.

use super::super::AppState;
use super::super::problem::{Problem, ProblemJson};
use super::super::wire::Time;
use super::{Size, work};
use crate::roads::closing::{Closing, Span};
use crate::roads::desk::Site;
use crate::roads::moment::ClosureFace;
use crate::roads::shapes::LinesJson;
use axum::extract::State;
use axum::response::Response;
use cordon_data::feature::audience_names;
use cordon_spatial::units::UnixMs;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Most places of all lines together; the roads of later closures are counted and not drawn.
const MOST_DRAWN: usize = 200_000;

/// What is closed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClosuresJson {
    /// Those that are in force and those to come, by the feature's key.
    pub items: Vec<ClosureJson>,
    /// Which change of the closures it is: an answer with the same epoch obeys exactly these.
    pub closure_epoch: u64,
    /// Whether some roads are not drawn, because there are too many.
    pub cut: bool,
    /// Whose data the roads are.
    pub attribution: String,
}

/// What a feature closes.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClosureJson {
    /// The feature.
    pub feature: ClosureFace,
    /// Its revision.
    pub revision: u32,
    /// For whom.
    pub audience: Vec<&'static str>,
    /// Whether it is in force now.
    pub in_force: bool,
    /// Since when it is in force: the beginning of its time, or when this revision was kept. Absent while it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
    /// When it will be in force next; absent while it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Time>,
    /// Until when, then; absent where it has no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// How many pieces of road it takes.
    pub edges: usize,
    /// How long they are together.
    pub length_m: f64,
    /// Where they are.
    #[schema(value_type = Object)]
    pub geometry: LinesJson,
}

/// What is closed now and later, with the roads that it takes.
#[utoipa::path(get, path = "/api/roads/closures", tag = "roads",
    responses((status = 200, body = ClosuresJson), (status = 503, body = ProblemJson)))]
pub async fn closures(State(app): AppState) -> Result<Response, Problem> {
    let now = app.roads.now();
    work(&app, Size::Short, move |site| Ok(told(site, now))).await
}

fn told(site: &Site, now: UnixMs) -> ClosuresJson {
    let (mut items, mut drawn, mut cut) = (Vec::new(), 0, false);
    for (closing, spans) in &site.closings {
        let current = spans.iter().find(|span| span.holds(now));
        let next = || spans.iter().filter(|span| span.from.is_some_and(|from| from > now)).min_by_key(|span| span.from);
        let Some(span) = current.or_else(next) else { continue };
        let mut item = closure(site, closing, span, now);
        drawn += item.geometry.0.iter().map(Vec::len).sum::<usize>();
        if drawn > MOST_DRAWN {
            item.geometry = LinesJson::default();
            cut = true;
        }
        items.push(item);
    }
    let (closure_epoch, attribution) = (site.moment.epoch.0, site.moment.town.attribution.clone());
    ClosuresJson { items, closure_epoch, cut, attribution }
}

fn closure(site: &Site, closing: &Arc<Closing>, span: &Span, now: UnixMs) -> ClosureJson {
    let network = &site.moment.town.network;
    let edges = site.moment.closures.edges(span.id).unwrap_or_default();
    let in_force = span.holds(now);
    ClosureJson {
        feature: ClosureFace::clone(&closing.face),
        revision: closing.revision.0,
        audience: audience_names(closing.closure.audience),
        in_force,
        since: in_force.then(|| Time(span.from.unwrap_or(closing.at))),
        next: span.from.filter(|_| !in_force).map(Time),
        until: span.to.map(Time),
        edges: edges.len(),
        length_m: edges.iter().map(|edge| u64::from(network.edge(*edge).length_mm)).sum::<u64>() as f64 / 1e3,
        geometry: LinesJson(edges.iter().map(|edge| network.shape(*edge).to_vec()).collect()),
    }
}
