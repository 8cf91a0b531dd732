//! What collections there are, what can be asked of each and what its features hold.

use super::format::{Ask, Format, GEOJSON, HTML, JSON, SCHEMA, answer, json_answer};
use super::html;
use super::landing::HTML_UTF8;
use crate::api::features::named;
use crate::api::problem::{Problem, ProblemJson};
use crate::api::query::Query;
use crate::api::{App, AppState};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use cordon_data::crs::Crs;
use cordon_data::feature::Collection;
use serde_json::{Map, Value, json};

/// The collections.
#[utoipa::path(get, path = "/ogc/collections", tag = "features", params(("f" = Option<String>, Query, description = "json or html")),
    responses((status = 200, content((Object = "application/json"), (String = "text/html")))))]
pub async fn collections(State(app): AppState, query: Query, headers: HeaderMap) -> Result<Response, Problem> {
    let ask = Ask::of(&headers, &query)?;
    let collections: Vec<Value> = Collection::ALL.iter().map(|one| described(&app, &ask, *one, Vec::new())).collect();
    let body = json!({
        "links": ask.own_links("/ogc/collections", &query, JSON),
        "crs": Crs::ALL.map(Crs::uri),
        "collections": collections,
    });
    Ok(match ask.format {
        Format::Json => json_answer(JSON, &body),
        Format::Html => answer(HTML_UTF8, html::collections(&body), &body["links"]),
    })
}

/// One collection; `itemCount` says how many features it has.
#[utoipa::path(get, path = "/ogc/collections/{collection}", tag = "features",
    params(("collection" = String, Path), ("f" = Option<String>, Query, description = "json or html")),
    responses((status = 200, content((Object = "application/json"), (String = "text/html"))), (status = 404, body = ProblemJson)))]
pub async fn collection(
    State(app): AppState,
    Path(name): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let collection = named(&name)?;
    let ask = Ask::of(&headers, &query)?;
    let own = ask.own_links(&format!("/ogc/collections/{name}"), &query, JSON);
    let body = described(&app, &ask, collection, own);
    Ok(match ask.format {
        Format::Json => json_answer(JSON, &body),
        Format::Html => answer(HTML_UTF8, html::collection(&body), &body["links"]),
    })
}

/// What can be asked of a collection, as a JSON schema (OGC API Features part 3). Features may have other properties, and a
/// `filter` may name these too; `name=value` may not.
#[utoipa::path(get, path = "/ogc/collections/{collection}/queryables", tag = "features",
    params(("collection" = String, Path), ("f" = Option<String>, Query, description = "json or html")),
    responses((status = 200, content((Object = "application/schema+json"), (String = "text/html"))), (status = 404, body = ProblemJson)))]
pub async fn queryables(Path(name): Path<String>, query: Query, headers: HeaderMap) -> Result<Response, Problem> {
    let collection = named(&name)?;
    let ask = Ask::of(&headers, &query)?;
    let path = format!("/ogc/collections/{name}/queryables");
    let mut properties = Map::new();
    properties.insert("id".to_owned(), json!({"type": "string", "title": "标识 Id"}));
    properties.insert("geometry".to_owned(), geometry_schema());
    let singles = collection.schema().iter().filter(|property| property.is_single());
    properties.extend(singles.map(|property| (property.name.to_owned(), property.json_schema())));
    schema_answer(&ask, collection, &path, &query, properties)
}

/// What the features of a collection hold, as a JSON schema of their `properties`: the names to show as columns and to map the
/// fields of a file to.
#[utoipa::path(get, path = "/ogc/collections/{collection}/schema", tag = "features",
    params(("collection" = String, Path), ("f" = Option<String>, Query, description = "json or html")),
    responses((status = 200, content((Object = "application/schema+json"), (String = "text/html"))), (status = 404, body = ProblemJson)))]
pub async fn schema(Path(name): Path<String>, query: Query, headers: HeaderMap) -> Result<Response, Problem> {
    let collection = named(&name)?;
    let ask = Ask::of(&headers, &query)?;
    let path = format!("/ogc/collections/{name}/schema");
    let all = collection.schema().iter();
    let properties = all.map(|property| (property.name.to_owned(), property.json_schema())).collect();
    schema_answer(&ask, collection, &path, &query, properties)
}

fn schema_answer(
    ask: &Ask,
    collection: Collection,
    path: &str,
    query: &Query,
    properties: Map<String, Value>,
) -> Result<Response, Problem> {
    let (zh, en) = collection.titles();
    let body = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("{}{path}", ask.base),
        "type": "object",
        "title": format!("{zh} {en}"),
        "properties": properties,
        "additionalProperties": true,
    });
    let links = Value::Array(ask.own_links(path, query, SCHEMA));
    Ok(match ask.format {
        Format::Json => answer(SCHEMA, body.to_string(), &links),
        Format::Html => answer(HTML_UTF8, html::queryables(&body, &links), &links),
    })
}

fn geometry_schema() -> Value {
    json!({"format": "geometry-any", "x-ogc-role": "primary-geometry", "title": "几何 Geometry"})
}

fn described(app: &App, ask: &Ask, collection: Collection, own: Vec<Value>) -> Value {
    let name = collection.name();
    let (zh, en) = collection.titles();
    let path = format!("/ogc/collections/{name}");
    let mut links = own;
    if links.is_empty() {
        links.push(ask.link(&path, "self", JSON, en));
    }
    links.extend([
        ask.link(&format!("{path}/items"), "items", GEOJSON, "GeoJSON"),
        ask.link(&format!("{path}/items?f=html"), "items", HTML, "HTML"),
        ask.link(
            &format!("{path}/queryables"),
            "http://www.opengis.net/def/rel/ogc/1.0/queryables",
            SCHEMA,
            "可查询属性 Queryables",
        ),
        ask.link(&format!("{path}/schema"), "describedby", SCHEMA, "属性 Schema"),
    ]);
    json!({
        "id": name,
        "title": format!("{zh} {en}"),
        "itemType": "feature",
        "itemCount": app.catalog.count(collection),
        "crs": Crs::ALL.map(Crs::uri),
        "storageCrs": Crs::default().uri(),
        "links": links,
    })
}
