//! The features of a collection, page by page, and one alone.

use super::format::{Ask, Format, GEOJSON, HTML, JSON, answer, json_answer};
use super::html;
use super::landing::HTML_UTF8;
use super::question::Question;
use crate::api::features::{etag, named, shown, with_etag};
use crate::api::problem::{Problem, ProblemJson};
use crate::api::query::Query;
use crate::api::wire::Time;
use crate::api::{App, AppState};
use crate::auth::Identity;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cordon_data::crs::Crs;
use cordon_data::feature::Collection;
use cordon_data::selection::{self, Page, Selection};
use cordon_spatial::ids::{FeatureId, FeatureKey};
use serde_json::{Value, json};
use std::sync::Arc;

/// The header that says in which system coordinates are.
pub const CONTENT_CRS: HeaderName = HeaderName::from_static("content-crs");

/// The features of a collection, by key. `numberMatched` is left out where it would cost too much to know it. Beside these
/// parameters `name=value` asks for every single-valued property of the collection's `queryables`.
#[utoipa::path(get, path = "/ogc/collections/{collection}/items", tag = "features",
    params(
        ("collection" = String, Path),
        ("bbox" = Option<String>, Query, description = "west,south,east,north in degrees, or as `bbox-crs` orders it"),
        ("bbox-crs" = Option<String>, Query, description = "URI of the system of `bbox`"),
        ("crs" = Option<String>, Query, description = "URI of the system of the answer"),
        ("datetime" = Option<String>, Query, description = "an instant, a date or from/to; features that hold then"),
        ("filter" = Option<String>, Query, description = "CQL2"),
        ("filter-lang" = Option<String>, Query, description = "cql2-text (default) or cql2-json"),
        ("filter-crs" = Option<String>, Query, description = "URI of the system of the filter's geometries"),
        ("after" = Option<u32>, Query, description = "from the `next` link"),
        ("before" = Option<u32>, Query, description = "from the `prev` link"),
        ("limit" = Option<u64>, Query, description = "1 to 10000, default 1000"),
        ("f" = Option<String>, Query, description = "json or html")),
    responses((status = 200, content((Object = "application/geo+json"), (String = "text/html"))),
        (status = 400, body = ProblemJson), (status = 404, body = ProblemJson)))]
pub async fn items(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Path(name): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let collection = named(&name)?;
    let question = Question::of(collection, &query)?;
    let ask = Ask::of(&headers, &query)?;
    let crs = question.crs;
    let page = read(&app, &identity, question).await?;
    let path = format!("/ogc/collections/{name}/items");
    let own = match ask.format {
        Format::Json => GEOJSON,
        Format::Html => HTML,
    };
    let mut links = ask.own_links(&path, &query, GEOJSON);
    links.push(ask.link(&format!("/ogc/collections/{name}"), "collection", JSON, collection.titles().1));
    for (rel, cursor, key) in [("next", "after", page.next), ("prev", "before", page.previous)] {
        let Some(key) = key else { continue };
        let href = query.without(&["after", "before"]).next(&path, &[(cursor, key.0.to_string())]);
        links.push(ask.link(&href, rel, own, rel));
    }
    let features: Vec<Value> = page
        .features
        .into_iter()
        .map(|mut selected| {
            crs.write(&mut selected.shown["geometry"]);
            selected.shown
        })
        .collect();
    let mut body = json!({
        "type": "FeatureCollection",
        "links": links,
        "numberReturned": features.len(),
        "timeStamp": Time(app.pipeline.now()).to_string(),
        "features": features,
    });
    if let Some(matched) = page.matched {
        body["numberMatched"] = matched.into();
    }
    let answer = match ask.format {
        Format::Json => json_answer(GEOJSON, &body),
        Format::Html => answer(HTML_UTF8, html::items(collection, &body), &body["links"]),
    };
    Ok(in_crs(answer, crs))
}

/// One feature.
#[utoipa::path(get, path = "/ogc/collections/{collection}/items/{id}", tag = "features",
    params(("collection" = String, Path), ("id" = String, Path),
        ("crs" = Option<String>, Query, description = "URI of the system of the answer"),
        ("f" = Option<String>, Query, description = "json or html")),
    responses((status = 200, content((Object = "application/geo+json"), (String = "text/html"))), (status = 304),
        (status = 400, body = ProblemJson), (status = 404, body = ProblemJson)))]
pub async fn item(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Path((name, id)): Path<(String, String)>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let collection = named(&name)?;
    let ask = Ask::of(&headers, &query)?;
    let limit = Crs::ALL.map(Crs::uri).join(", ");
    let crs = query.parsed("crs", &limit, Crs::from_uri)?.unwrap_or_default();
    let id = FeatureId::new(id).map_err(|_| Problem::not_found("feature"))?;
    let path = format!("/ogc/collections/{name}/items/{id}");
    let feature = app.readers.read(move |reader| reader.feature(collection, &id)).await?;
    let feature = feature.ok_or_else(|| Problem::not_found("feature"))?;
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == etag(&feature).as_bytes());
    if known && collection != Collection::Vehicles {
        return Ok(with_etag(StatusCode::NOT_MODIFIED.into_response(), &feature));
    }
    if collection == Collection::Vehicles {
        app.hub.settled().await;
    }
    let mut body = shown(&app, &identity, &feature)?;
    crs.write(&mut body["geometry"]);
    let mut links = ask.own_links(&path, &query, GEOJSON);
    links.push(ask.link(&format!("/ogc/collections/{name}"), "collection", JSON, collection.titles().1));
    body["links"] = links.into();
    let answer = match ask.format {
        Format::Json => json_answer(GEOJSON, &body),
        Format::Html => answer(HTML_UTF8, html::item(collection, &body), &body["links"]),
    };
    Ok(in_crs(with_etag(answer, &feature), crs))
}

fn in_crs(mut answer: Response, crs: Crs) -> Response {
    let value = HeaderValue::from_str(&format!("<{}>", crs.uri())).expect("URIs are plain letters");
    answer.headers_mut().insert(CONTENT_CRS, value);
    answer
}

/// A page as it is shown to whoever asks. Vehicles are where their last fix is.
async fn read(app: &Arc<App>, identity: &Identity, question: Question) -> Result<Page, Problem> {
    let Question { mut wanted, place, limit, .. } = question;
    find_vehicles(app, &mut wanted).await;
    let (app, identity) = (app.clone(), identity.clone());
    let readers = app.readers.clone();
    let read = readers
        .read(move |reader| selection::page(reader, &wanted, place, limit, &|feature| shown(&app, &identity, feature)));
    Ok(read.await?)
}

/// For vehicles: waits until every acknowledged fix is known, and finds those that are in the boxes.
pub async fn find_vehicles(app: &App, wanted: &mut Selection) {
    if wanted.collection != Collection::Vehicles {
        return;
    }
    app.hub.settled().await;
    if wanted.boxes.is_empty() {
        return;
    }
    let positions = app.hub.positions();
    let is_inside = |key| {
        positions.last(key).is_some_and(|fix| {
            let (lon, lat) = (fix.position.lon(), fix.position.lat());
            wanted.boxes.iter().any(|[w, s, e, n]| (*w..=*e).contains(&lon) && (*s..=*n).contains(&lat))
        })
    };
    let all = app.catalog.vehicles(0, usize::MAX);
    wanted.among = Some(all.into_iter().filter(|(key, _)| is_inside(*key)).map(|(key, _)| FeatureKey(key.0)).collect());
}
