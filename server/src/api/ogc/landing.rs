//! The landing page, what it conforms to, and the description of the API in OpenAPI 3.0 and as a page.

use super::format::{Ask, Format, HTML, JSON, answer, json_answer};
use super::{CONFORMANCE, html, openapi30};
use crate::api::problem::Problem;
use crate::api::query::Query;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// The media type of the description.
pub const OPENAPI_30: &str = "application/vnd.oai.openapi+json;version=3.0";

/// What there is to see.
#[utoipa::path(get, path = "/ogc", tag = "features", params(("f" = Option<String>, Query, description = "json or html")),
    responses((status = 200, content((Object = "application/json"), (String = "text/html")))))]
pub async fn landing(query: Query, headers: HeaderMap) -> Result<Response, Problem> {
    let ask = Ask::of(&headers, &query)?;
    let mut links = ask.own_links("/ogc", &query, JSON);
    links.extend([
        ask.link("/ogc/api", "service-desc", OPENAPI_30, "The API, OpenAPI 3.0"),
        ask.link("/ogc/api?f=html", "service-doc", HTML, "接口说明 The API"),
        ask.link("/ogc/conformance", "conformance", JSON, "符合性 Conformance"),
        ask.link("/ogc/collections", "data", JSON, "数据集 Collections"),
    ]);
    let body = json!({
        "title": "Cordon 化工园区风险一张图",
        "description": "The one-map of a chemical park: zones, gates, vehicles, hazard sources and resources.",
        "links": links,
    });
    Ok(match ask.format {
        Format::Json => json_answer(JSON, &body),
        Format::Html => answer(HTML_UTF8, html::landing(&body), &body["links"]),
    })
}

/// The same: clients that put a path together end it so.
#[utoipa::path(get, path = "/ogc/", tag = "features", params(("f" = Option<String>, Query, description = "json or html")),
    responses((status = 200, content((Object = "application/json"), (String = "text/html")))))]
pub async fn landing_by_folder(query: Query, headers: HeaderMap) -> Result<Response, Problem> {
    landing(query, headers).await
}

/// HTML is always UTF-8 here.
pub const HTML_UTF8: &str = "text/html; charset=utf-8";

/// The standards' conformance classes that hold.
#[utoipa::path(get, path = "/ogc/conformance", tag = "features", params(("f" = Option<String>, Query, description = "json or html")),
    responses((status = 200, content((Object = "application/json"), (String = "text/html")))))]
pub async fn conformance(query: Query, headers: HeaderMap) -> Result<Response, Problem> {
    let ask = Ask::of(&headers, &query)?;
    let links = ask.own_links("/ogc/conformance", &query, JSON);
    let body = json!({"conformsTo": CONFORMANCE, "links": links});
    Ok(match ask.format {
        Format::Json => json_answer(JSON, &body),
        Format::Html => answer(HTML_UTF8, html::conformance(&body), &body["links"]),
    })
}

/// This part of the API in OpenAPI 3.0, as OGC API Features demands it, or as a page.
#[utoipa::path(get, path = "/ogc/api", tag = "features", params(("f" = Option<String>, Query, description = "json or html")),
    responses((status = 200, content((Object = "application/vnd.oai.openapi+json;version=3.0"), (String = "text/html")))))]
pub async fn api(query: Query, headers: HeaderMap) -> Result<Response, Problem> {
    let ask = Ask::of(&headers, &query)?;
    let links = Value::Array(ask.own_links("/ogc/api", &query, OPENAPI_30));
    let document = openapi30::document(&ask.base);
    Ok(match ask.format {
        Format::Json => answer(OPENAPI_30, document.to_string(), &links),
        Format::Html => answer(HTML_UTF8, html::api(&document), &links),
    })
}

/// How the pages look.
#[utoipa::path(get, path = "/ogc/style.css", tag = "features", responses((status = 200, content_type = "text/css", body = String)))]
pub async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("style.css")).into_response()
}
