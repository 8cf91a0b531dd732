//! Roads over HTTP: routes, who is nearest, tables, what is reached, and what is closed.
//!
//! A question is read and bounded here, worked on away from the threads that take fixes in, and never waits without an end:
//! a few at a time, long ones one by one, each until a deadline.

mod asked;
mod closures;
mod nearest;
mod network;

pub use closures::{__path_closures, ClosuresJson, closures};
pub use nearest::{__path_nearest, NearestJson, nearest};
pub use network::{__path_network, NetworkJson, network, told as network_told};

use super::body::Json;
use super::problem::{Problem, ProblemJson};
use super::{App, AppState};
use crate::roads::desk::{NoRoads, Site};
use crate::roads::many::{self, ReachedJson, Shown, TableJson};
use crate::roads::moment::AskError;
use crate::roads::route::{self, RouteAsked, RouteJson};
use asked::{ApproachJson, Head, PointJson, areas, depart, goal, points, profile};
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cordon_spatial::road::Metric;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use utoipa::ToSchema;

/// Most places on the way of one route.
const MOST_VIA: usize = 50;
/// Most areas that one route avoids.
const MOST_AVOIDED: usize = 100;
/// Most other ways of one route.
const MOST_ALTERNATIVES: u32 = 3;
/// Most starts and most ends of a table, and most cells: a million are 4 MiB while they are worked on and some 8 MB of text.
const MOST_PLACES: usize = 10_000;
const MOST_CELLS: usize = 1_000_000;
/// Most starts of an isochrone, most limits, and the longest.
const MOST_STARTS: usize = 100;
const MOST_LIMITS: usize = 4;
const LONGEST_LIMIT_S: u32 = 7_200;
/// How many short questions are worked on at a time: as many as there are usually cores beside the engine's.
const SHORT: usize = 2;
/// How long a question waits for its turn.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a long one may take.
const LONGEST: Duration = Duration::from_secs(20);

/// Whose turn it is.
pub struct Turns {
    short: Arc<Semaphore>,
    long: Arc<Semaphore>,
}

impl Default for Turns {
    fn default() -> Turns {
        Turns { short: Arc::new(Semaphore::new(SHORT)), long: Arc::new(Semaphore::new(1)) }
    }
}

/// How long a question may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Size {
    Short,
    Long,
}

/// How long an answer usually is, bytes: a route through a city with its line.
const USUAL: usize = 64 * 1024;

/// Says of an answer how long it was worked on, without the waiting and the writing (W3C Server Timing, ms).
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// Works on a question when it is its turn. The answer is written there too: a large one takes a while.
async fn work<T: Serialize>(
    app: &App,
    size: Size,
    question: impl FnOnce(&Site) -> Result<T, AskError> + Send + 'static,
) -> Result<Response, Problem> {
    let turns = if size == Size::Short { &app.road_turns.short } else { &app.road_turns.long };
    let turn = tokio::time::timeout(PATIENCE, Arc::clone(turns).acquire_owned()).await;
    let Ok(Ok(turn)) = turn else {
        let detail = "other questions about roads are being answered; nothing was worked on";
        let mut problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "roads_busy", detail);
        problem.retry_after_s = Some(1);
        return Err(problem);
    };
    // Read after the wait, so that the answer obeys what is closed when it is worked on.
    let site = site(app)?;
    let work = move || {
        let _turn = turn;
        let began = Instant::now();
        let answer = question(&site)?;
        let worked_ms = began.elapsed().as_secs_f64() * 1e3;
        let mut text = Vec::with_capacity(USUAL);
        serde_json::to_writer(&mut text, &answer).expect("answers are plain data");
        Ok::<_, AskError>((worked_ms, text))
    };
    let worked = tokio::task::spawn_blocking(work).await.expect("a question about roads does not panic");
    let (worked_ms, answer) = worked?;
    let timing = format!("roads;dur={worked_ms:.3}");
    let headers = [(header::CONTENT_TYPE, "application/json".to_owned()), (SERVER_TIMING, timing)];
    Ok((headers, answer).into_response())
}

/// The roads now; a problem that says what to do where there are none.
fn site(app: &App) -> Result<Arc<Site>, Problem> {
    app.roads.site().map_err(|why| match why {
        NoRoads::Loading => {
            let detail = "the road network is being loaded";
            let mut problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "roads_loading", detail);
            problem.retry_after_s = Some(2);
            problem
        }
        NoRoads::NoNetwork => {
            let detail = "this server has no road network; `cordon roads build FILE.osm.pbf --data DIR` with its data \
                          folder makes one from an extract of OpenStreetMap, without a restart";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "no_road_network", detail)
        }
        NoRoads::Failed(error) => {
            let detail = format!(
                "the road network cannot be loaded ({error}); `cordon roads build FILE.osm.pbf --data DIR` makes it anew"
            );
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "road_network_damaged", detail)
        }
    })
}

impl From<AskError> for Problem {
    fn from(error: AskError) -> Problem {
        let detail = error.to_string();
        let refused = |code| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail.clone());
        let at_place = |code, place: crate::roads::moment::Place, at: cordon_spatial::position::Position| {
            let mut problem = refused(code).at(place.field());
            problem.value = Some(json!({"lon": at.lon(), "lat": at.lat()}));
            problem
        };
        match error {
            AskError::Closed { place, at, by } => {
                let mut problem = at_place("place_closed", place, at);
                problem.limit = Some("a place outside what is closed for this profile".to_owned());
                problem.more.insert("closures".to_owned(), json!(by));
                problem
            }
            AskError::NoRoad { place, at } => {
                let mut problem = at_place("no_road", place, at);
                problem.limit = Some("a place within 1000 m of a road that is open to this profile".to_owned());
                problem
            }
            AskError::NoWay { place, refused: kept_from } => {
                let mut problem = refused("no_way").at(place.field());
                problem.more.insert("refused".to_owned(), json!(kept_from));
                problem
            }
            AskError::NoUpwind(no_upwind) => {
                let mut problem = refused("no_upwind_road").at("approach");
                let limit = "a ring that a road open to this profile reaches within the sector around the wind";
                problem.limit = Some(limit.to_owned());
                problem.more.insert("next_best".to_owned(), json!(no_upwind.next_best));
                problem.more.insert("others".to_owned(), json!(no_upwind.others));
                problem.more.insert("other_count".to_owned(), json!(no_upwind.other_count));
                problem
            }
            AskError::TooLong => {
                let mut problem = refused("too_long");
                problem.limit = Some(format!("{} s; ask for fewer places at a time", LONGEST.as_secs()));
                problem
            }
        }
    }
}

/// A route to plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskRoute {
    /// From where.
    pub from: PointJson,
    /// To where; absent where `approach` is given.
    #[serde(default)]
    pub to: Option<PointJson>,
    /// To the ring of a circle instead, from upwind and never through the circle; then without `via` and `alternatives`.
    #[serde(default)]
    pub approach: Option<ApproachJson>,
    /// Over which places, in order; at most 50.
    #[serde(default)]
    pub via: Vec<PointJson>,
    /// Who drives: `car`, `hazmat_truck`, `fire_engine`, `ambulance` or `foot`.
    pub profile: String,
    /// What to make little of: `fastest` (unless said) or `shortest`.
    #[serde(default)]
    pub metric: Option<String>,
    /// When they depart, RFC 3339: now unless said, and at most 7 days ahead.
    #[serde(default)]
    pub depart_at: Option<String>,
    /// Areas to keep out of, GeoJSON polygons or multipolygons; at most 100.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub avoid: Vec<Value>,
    /// Whether it is to be said what the profile was kept from; so unless `false`.
    #[serde(default)]
    pub explain: Option<bool>,
    /// How many other ways are wanted where there is no `via`; none unless said, at most 3.
    #[serde(default)]
    pub alternatives: Option<u32>,
}

/// Plans a route. It never crosses what is closed to the profile at `closure_epoch`; a start or an end in what is closed,
/// and one without a road, is refused and said to be so. With `approach` it ends where a road comes to the ring in the sector that
/// the wind blows from; where none does, `no_upwind_road` names the `next_best` place at most 90 degrees off the wind (null where
/// there is none) and why not the `others`. As with every answer to a question about roads, `Server-Timing` says how long it was
/// worked on, ms.
#[utoipa::path(post, path = "/api/roads/route", tag = "roads", request_body = AskRoute,
    responses((status = 200, body = RouteJson), (status = 400, body = ProblemJson), (status = 422, body = ProblemJson),
        (status = 503, body = ProblemJson)))]
pub async fn route(State(app): AppState, Json(asked): Json<AskRoute>) -> Result<Response, Problem> {
    let asker =
        Head { profile: &asked.profile, metric: asked.metric.as_deref(), depart_at: asked.depart_at.as_deref() }
            .asker(app.roads.now())?;
    let (from, to) = (asked.from.position("from")?, goal(asked.to, asked.approach)?);
    let via = points("via", &asked.via, MOST_VIA)?;
    let avoid = areas("avoid", &asked.avoid, MOST_AVOIDED)?;
    let alternatives = asked.alternatives.unwrap_or(0);
    if alternatives > MOST_ALTERNATIVES {
        return Err(Problem::bad_value(
            "alternatives",
            alternatives,
            format!("a whole number from 0 to {MOST_ALTERNATIVES}"),
        ));
    }
    if asked.approach.is_some() && !via.is_empty() {
        return Err(Problem::bad_value("via", "given beside approach", "absent where approach is given"));
    }
    if asked.approach.is_some() && alternatives > 0 {
        return Err(Problem::bad_value("alternatives", alternatives, "0 or absent where approach is given"));
    }
    let (explain, alternatives) = (asked.explain.unwrap_or(true), alternatives as usize);
    let asked = RouteAsked { asker, from, via, to, explain, alternatives };
    let answer = work(&app, Size::Short, move |site| match avoid.is_empty() {
        true => route::route(&site.moment, &asked),
        false => route::route(&site.moment.avoiding(avoid), &asked),
    });
    answer.await
}

/// A table to fill.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskMatrix {
    /// From where; at most 10,000.
    pub from: Vec<PointJson>,
    /// To where; at most 10,000, and at most 1,000,000 cells.
    pub to: Vec<PointJson>,
    /// Who drives.
    pub profile: String,
    /// `fastest` (unless said): `durations_s`, or `shortest`: `lengths_m`.
    #[serde(default)]
    pub metric: Option<String>,
    /// When they depart.
    #[serde(default)]
    pub depart_at: Option<String>,
}

/// What it takes from each of some places to each of others. Places that are no stops are named in `left_out`, their cells
/// are null.
#[utoipa::path(post, path = "/api/roads/matrix", tag = "roads", request_body = AskMatrix,
    responses((status = 200, body = TableJson), (status = 400, body = ProblemJson), (status = 422, body = ProblemJson),
        (status = 503, body = ProblemJson)))]
pub async fn matrix(State(app): AppState, Json(asked): Json<AskMatrix>) -> Result<Response, Problem> {
    let asker =
        Head { profile: &asked.profile, metric: asked.metric.as_deref(), depart_at: asked.depart_at.as_deref() }
            .asker(app.roads.now())?;
    let cells = asked.from.len() * asked.to.len();
    if cells > MOST_CELLS {
        let mut problem = Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "too_many",
            "the table has more cells than one answer may; ask for it in parts",
        );
        problem.field = Some("from x to".to_owned());
        problem.value = Some(format!("{} x {} = {cells}", asked.from.len(), asked.to.len()).into());
        problem.limit = Some(format!("at most {MOST_CELLS} cells"));
        return Err(problem);
    }
    let (from, to) = (points("from", &asked.from, MOST_PLACES)?, points("to", &asked.to, MOST_PLACES)?);
    let answer =
        work(&app, Size::Long, move |site| many::table(&site.moment, asker, (&from, &to), Instant::now() + LONGEST));
    answer.await
}

/// What is reached in a time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskIsochrone {
    /// From where: from any of these; 1 to 100.
    pub from: Vec<PointJson>,
    /// Within which times, s; 1 to 4 of 1 to 7,200.
    pub limits_s: Vec<u32>,
    /// Who drives.
    pub profile: String,
    /// When they depart.
    #[serde(default)]
    pub depart_at: Option<String>,
    /// `area` (unless said), `lines` or `both`.
    #[serde(default)]
    pub show: Option<String>,
}

/// What is reached from any of some places within each limit.
#[derive(Debug, Serialize, ToSchema)]
pub struct IsochroneJson {
    /// One for each limit, in the order in which they were asked for.
    pub items: Vec<ReachedJson>,
    /// The closures that all of it obeys.
    pub closure_epoch: u64,
    /// Whose data it is.
    pub attribution: String,
}

/// What is reached from any of some places in a time, as roads and as areas.
#[utoipa::path(post, path = "/api/roads/isochrone", tag = "roads", request_body = AskIsochrone,
    responses((status = 200, body = IsochroneJson), (status = 400, body = ProblemJson), (status = 422, body = ProblemJson),
        (status = 503, body = ProblemJson)))]
pub async fn isochrone(State(app): AppState, Json(asked): Json<AskIsochrone>) -> Result<Response, Problem> {
    let profile = profile(&asked.profile)?;
    let now = app.roads.now();
    let asker = crate::roads::moment::Asker {
        profile,
        metric: Metric::Fastest,
        depart: depart(asked.depart_at.as_deref(), now)?,
    };
    let from = points("from", &asked.from, MOST_STARTS)?;
    if from.is_empty() {
        return Err(Problem::bad_value("from", Value::Array(Vec::new()), format!("1 to {MOST_STARTS} places")));
    }
    let is_fine = |limit: &u32| (1..=LONGEST_LIMIT_S).contains(limit);
    if asked.limits_s.is_empty() || asked.limits_s.len() > MOST_LIMITS || !asked.limits_s.iter().all(is_fine) {
        let limit = format!("1 to {MOST_LIMITS} whole numbers of seconds from 1 to {LONGEST_LIMIT_S}");
        return Err(Problem::bad_value("limits_s", json!(asked.limits_s).to_string(), limit));
    }
    let shown = match asked.show.as_deref() {
        None | Some("area") => Shown { lines: false, area: true },
        Some("lines") => Shown { lines: true, area: false },
        Some("both") => Shown { lines: true, area: true },
        Some(other) => return Err(Problem::bad_value("show", other, "area, lines or both")),
    };
    let limits = asked.limits_s;
    let answer = work(&app, Size::Long, move |site| {
        let items = many::isochrones(&site.moment, asker, &from, &limits, shown)?;
        let (closure_epoch, attribution) = (site.moment.epoch.0, site.moment.town.attribution.clone());
        Ok(IsochroneJson { items, closure_epoch, attribution })
    });
    answer.await
}
