//! The API's own description, OpenAPI 3.1, made from the handlers.

use super::{
    accounts, alarm_load, alarms, catalogue, commands, deletions, events, explain, export, feature_history, features,
    find, fixes, health, health_figures, imports, live, ogc, roads, rules_preview, session, setup, terminals,
    try_rules, vehicles,
};
use crate::gateway::osmand;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{PathItem, RefOr};

/// Everything that answers.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Cordon",
        description = "A spatial command platform for chemical parks. Times are RFC 3339, coordinates WGS 84 with \
            longitude first, errors RFC 9457 with a stable `code`. Bearer token or session cookie. While the server \
            starts and reads back what it stored, everything but `/healthz` and `/readyz` is answered with 503, the \
            code `recovering` and `Retry-After`.",
    ),
    paths(
        health::healthz,
        health::readyz,
        health::metrics,
        health_figures::health,
        document,
        setup::needed,
        setup::set_up,
        session::sign_in,
        session::who,
        session::change_password,
        session::sign_out,
        accounts::users,
        accounts::add_user,
        accounts::change_user,
        accounts::remove_user,
        accounts::tokens,
        accounts::add_token,
        accounts::remove_token,
        fixes::post,
        vehicles::list,
        vehicles::one,
        vehicles::track,
        events::list,
        events::one,
        explain::explain,
        alarms::list,
        alarms::one,
        alarm_load::load,
        alarms::acknowledge,
        alarms::shelve,
        alarms::close,
        try_rules::try_rules,
        rules_preview::preview,
        roads::closures,
        roads::network,
        roads::route,
        roads::nearest,
        roads::matrix,
        roads::isochrone,
        terminals::list,
        terminals::approve,
        commands::terminal,
        commands::command,
        ogc::landing::landing,
        ogc::landing::landing_by_folder,
        ogc::landing::conformance,
        ogc::landing::api,
        ogc::landing::style,
        ogc::collections::collections,
        ogc::collections::collection,
        ogc::collections::queryables,
        ogc::collections::schema,
        ogc::items::items,
        ogc::items::item,
        features::post,
        features::put,
        features::patch,
        features::delete,
        feature_history::history,
        deletions::list,
        deletions::delete_many,
        deletions::restore,
        find::find,
        catalogue::catalogue,
        export::export,
        imports::begin,
        imports::list,
        imports::one,
        imports::undo,
        live::upgrade,
        osmand::report,
        osmand::report_form,
    )
)]
struct Description;

/// The description as a document.
pub fn description() -> utoipa::openapi::OpenApi {
    let mut document = Description::openapi();
    let components = document.components.get_or_insert_default();
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(crate::auth::sessions::COOKIE)));
    components.add_security_scheme("token", bearer);
    components.add_security_scheme("session", cookie);
    let none: [&str; 0] = [];
    document.security = Some(vec![SecurityRequirement::new("token", none), SecurityRequirement::new("session", none)]);
    document.paths.paths.values_mut().flat_map(operations).for_each(describe_responses);
    document
}

/// The operations of a path.
fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut path.get, &mut path.put, &mut path.post, &mut path.delete, &mut path.patch].into_iter().flatten()
}

/// OpenAPI demands a description of every response: where the handler gives none, the status's own words stand.
fn describe_responses(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            let words = StatusCode::from_bytes(status.as_bytes()).ok().and_then(|status| status.canonical_reason());
            response.description = words.unwrap_or("Answer").to_owned();
        }
    }
}

/// The API's description, OpenAPI 3.1.
#[utoipa::path(get, path = "/api/openapi.json", tag = "health", security(()), responses((status = 200, body = Object)))]
pub async fn document() -> Response {
    let text = description().to_json().expect("the description is JSON");
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_response_is_described() {
        let document = serde_json::to_value(description()).expect("the description is JSON");
        let operations = document["paths"].as_object().into_iter().flatten().flat_map(|(path, methods)| {
            methods.as_object().into_iter().flatten().map(move |(method, operation)| (path, method, operation))
        });
        let mut seen = 0;
        for (path, method, operation) in operations {
            for (status, response) in operation["responses"].as_object().into_iter().flatten() {
                seen += 1;
                let described = response["description"].as_str().is_some_and(|words| !words.is_empty());
                assert!(described, "{method} {path} {status}");
            }
        }
        assert!(seen > 0, "the description names responses");
    }
}
