//! The table of everything that answers over HTTP: method, path, the action that it needs, the parameters that it knows.
//!
//! A route that is not in this table does not exist, and one cannot be in it without an action.

use super::{
    App, accounts, alarm_load, alarms, catalogue, commands, deletions, events, explain, export, feature_history,
    features, find, fixes, health, health_figures, imports, live, ogc, openapi, roads, rules_preview, session, setup,
    terminals, try_rules, vehicles,
};
use crate::auth::roles::Action;
use crate::gateway::osmand;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};
use std::sync::Arc;

/// Which query parameters a route knows.
#[derive(Clone, Copy, Debug)]
pub enum Params {
    /// These; any other is a 400.
    Known(&'static [&'static str]),
    /// Whatever a device sends, or what the handler itself knows.
    Any,
}

/// One row of the table.
pub struct Route {
    /// Method; GET stands for HEAD as well.
    pub method: Method,
    /// Path pattern.
    pub path: &'static str,
    /// What it does, as far as permission cares.
    pub action: Action,
    /// Which query parameters it knows.
    pub params: Params,
    /// Who answers.
    pub handler: MethodRouter<Arc<App>>,
}

/// The table.
#[rustfmt::skip]
pub fn routes() -> Vec<Route> {
    use Action::{
        Administer, CommandTerminals, EditMap, HandleAlarms, Metrics, OwnCredential, OwnSession, PlanRoutes, PostFixes, Public, SeeMap,
        TryRules,
    };
    const ITEMS: &str = "/ogc/collections/{collection}/items";
    const ITEM: &str = "/ogc/collections/{collection}/items/{id}";
    const RESTORE: &str = "/ogc/collections/{collection}/items/{id}/restore";
    const DELETIONS: &str = "/ogc/collections/{collection}/deletions";
    const HISTORY: &str = "/ogc/collections/{collection}/items/{id}/history";
    vec![
        route(Method::GET, "/healthz", Public, &[], health::healthz),
        route(Method::GET, "/readyz", Public, &[], health::readyz),
        route(Method::GET, "/metrics", Metrics, &[], health::metrics),
        route(Method::GET, "/api/health", SeeMap, &[], health_figures::health),
        route(Method::GET, "/api/openapi.json", Public, &[], openapi::document),
        route(Method::GET, "/api/setup", Public, &[], setup::needed),
        route(Method::POST, "/api/setup", Public, &[], setup::set_up),
        route(Method::POST, "/api/session", Public, &[], session::sign_in),
        route(Method::GET, "/api/session", OwnSession, &[], session::who),
        route(Method::PATCH, "/api/session", OwnSession, &[], session::change_password),
        route(Method::DELETE, "/api/session", OwnSession, &[], session::sign_out),
        route(Method::GET, "/api/users", Administer, &[], accounts::users),
        route(Method::POST, "/api/users", Administer, &[], accounts::add_user),
        route(Method::PATCH, "/api/users/{name}", Administer, &[], accounts::change_user),
        route(Method::DELETE, "/api/users/{name}", Administer, &[], accounts::remove_user),
        route(Method::GET, "/api/tokens", Administer, &[], accounts::tokens),
        route(Method::POST, "/api/tokens", Administer, &[], accounts::add_token),
        route(Method::DELETE, "/api/tokens/{name}", Administer, &[], accounts::remove_token),
        route(Method::POST, "/api/fixes", PostFixes, &[], fixes::post),
        route(Method::GET, "/api/vehicles", SeeMap, &["after", "limit"], vehicles::list),
        route(Method::GET, "/api/vehicles/{id}", SeeMap, &[], vehicles::one),
        route(Method::GET, "/api/vehicles/{id}/track", SeeMap, &["from", "to", "limit"], vehicles::track),
        route(Method::GET, "/api/events", SeeMap,
            &["from", "to", "kind", "subject", "zone", "status", "after", "limit"], events::list),
        route(Method::GET, "/api/events/{id}", SeeMap, &[], events::one),
        route(Method::GET, "/api/events/{id}/explain", SeeMap, &[], explain::explain),
        route(Method::GET, "/api/alarms", SeeMap,
            &["state", "priority", "from", "to", "after", "limit"], alarms::list),
        route(Method::GET, "/api/alarms/load", SeeMap, &[], alarm_load::load),
        route(Method::GET, "/api/alarms/{id}", SeeMap, &[], alarms::one),
        route(Method::POST, "/api/alarms/{id}/acknowledge", HandleAlarms, &[], alarms::acknowledge),
        route(Method::POST, "/api/alarms/{id}/shelve", HandleAlarms, &[], alarms::shelve),
        route(Method::POST, "/api/alarms/{id}/close", HandleAlarms, &[], alarms::close),
        route(Method::GET, "/api/catalogue", SeeMap, &[], catalogue::catalogue),
        route(Method::GET, "/api/find", SeeMap, &["q", "collection", "limit"], find::find),
        route(Method::POST, "/api/rules/try", TryRules, &[], try_rules::try_rules),
        route(Method::POST, "/api/rules/preview", TryRules, &[], rules_preview::preview),
        route(Method::GET, "/api/roads/closures", SeeMap, &[], roads::closures),
        route(Method::GET, "/api/roads/network", SeeMap, &[], roads::network),
        route(Method::POST, "/api/roads/route", PlanRoutes, &[], roads::route),
        route(Method::POST, "/api/roads/nearest", PlanRoutes, &[], roads::nearest),
        route(Method::POST, "/api/roads/matrix", PlanRoutes, &[], roads::matrix),
        route(Method::POST, "/api/roads/isochrone", PlanRoutes, &[], roads::isochrone),
        route(Method::GET, "/api/terminals", Administer, &[], terminals::list),
        route(Method::GET, "/api/terminals/{phone}", CommandTerminals, &[], commands::terminal),
        route(Method::POST, "/api/terminals/{phone}/commands", CommandTerminals, &[], commands::command),
        route(Method::POST, "/api/terminals/{phone}/approve", Administer, &[], terminals::approve),
        // What each collection can be asked is its own: the handler refuses what is not known.
        any_params(route(Method::GET, "/api/export/{what}", SeeMap, &[], export::export)),
        route(Method::POST, "/api/imports", EditMap,
            &["collection", "name", "srs", "encoding", "layer", "map", "id_field", "trial"], imports::begin),
        route(Method::GET, "/api/imports", EditMap, &[], imports::list),
        route(Method::GET, "/api/imports/{id}", EditMap, &[], imports::one),
        route(Method::DELETE, "/api/imports/{id}", EditMap, &[], imports::undo),
        route(Method::GET, "/ogc", SeeMap, &["f"], ogc::landing::landing),
        route(Method::GET, "/ogc/", SeeMap, &["f"], ogc::landing::landing_by_folder),
        route(Method::GET, "/ogc/conformance", SeeMap, &["f"], ogc::landing::conformance),
        route(Method::GET, "/ogc/api", SeeMap, &["f"], ogc::landing::api),
        route(Method::GET, "/ogc/style.css", SeeMap, &[], ogc::landing::style),
        route(Method::GET, "/ogc/collections", SeeMap, &["f"], ogc::collections::collections),
        route(Method::GET, "/ogc/collections/{collection}", SeeMap, &["f"], ogc::collections::collection),
        route(Method::GET, "/ogc/collections/{collection}/queryables", SeeMap, &["f"], ogc::collections::queryables),
        route(Method::GET, "/ogc/collections/{collection}/schema", SeeMap, &["f"], ogc::collections::schema),
        // What each collection can be asked is its own: the handler refuses what is not known.
        any_params(route(Method::GET, ITEMS, SeeMap, &[], ogc::items::items)),
        route(Method::POST, ITEMS, EditMap, &[], features::post),
        route(Method::GET, ITEM, SeeMap, &["crs", "f"], ogc::items::item),
        route(Method::PUT, ITEM, EditMap, &[], features::put),
        route(Method::PATCH, ITEM, EditMap, &[], features::patch),
        route(Method::DELETE, ITEM, EditMap, &[], features::delete),
        route(Method::POST, RESTORE, EditMap, &[], deletions::restore),
        route(Method::GET, DELETIONS, SeeMap, &["after", "limit"], deletions::list),
        route(Method::POST, DELETIONS, EditMap, &[], deletions::delete_many),
        route(Method::GET, HISTORY, SeeMap, &["after", "limit"], feature_history::history),
        route(Method::GET, "/live", SeeMap, &[], live::upgrade),
        any_params(route(Method::GET, "/gateway/osmand", OwnCredential, &[], osmand::report)),
        any_params(route(Method::POST, "/gateway/osmand", OwnCredential, &[], osmand::report_form)),
    ]
}

fn route<H, T>(method: Method, path: &'static str, action: Action, params: &'static [&'static str], handler: H) -> Route
where
    H: Handler<T, Arc<App>>,
    T: 'static,
{
    let filter = MethodFilter::try_from(method.clone()).expect("the table holds ordinary methods");
    Route { method, path, action, params: Params::Known(params), handler: on(filter, handler) }
}

fn any_params(route: Route) -> Route {
    Route { params: Params::Any, ..route }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::roles::{ROLES, allows};
    use std::collections::BTreeSet;

    #[test]
    fn only_these_answer_without_signing_in() {
        let public: BTreeSet<String> = routes()
            .iter()
            .filter(|route| matches!(route.action, Action::Public | Action::OwnCredential))
            .map(|route| format!("{} {}", route.method, route.path))
            .collect();
        let expected = [
            "GET /api/openapi.json",
            "GET /api/setup",
            "GET /gateway/osmand",
            "GET /healthz",
            "GET /readyz",
            "POST /api/session",
            "POST /api/setup",
            "POST /gateway/osmand",
        ];
        assert_eq!(public, expected.map(str::to_owned).into());
    }

    #[test]
    fn what_changes_something_is_not_allowed_by_an_action_of_reading() {
        for route in routes() {
            let reads = matches!(route.method, Method::GET);
            let reading = matches!(route.action, Action::SeeMap | Action::Metrics);
            assert!(reads || !reading, "{} {} is guarded as reading", route.method, route.path);
        }
    }

    #[test]
    fn a_device_may_post_fixes_and_nothing_else() {
        let device = ROLES[5];
        for route in routes() {
            let open = matches!(route.action, Action::Public | Action::OwnCredential);
            let may = allows(route.action, device);
            assert_eq!(may, open || route.path == "/api/fixes", "{} {}", route.method, route.path);
        }
    }

    #[test]
    fn the_description_names_every_route_and_no_other() {
        let document = serde_json::to_value(openapi::description()).expect("the description is JSON");
        let described: BTreeSet<String> = document["paths"]
            .as_object()
            .into_iter()
            .flatten()
            .flat_map(|(path, methods)| {
                methods
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(move |(method, _)| format!("{} {path}", method.to_uppercase()))
            })
            .collect();
        let routed: BTreeSet<String> =
            routes().iter().map(|route| format!("{} {}", route.method, route.path)).collect();
        assert_eq!(described, routed);
        assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    }
}
