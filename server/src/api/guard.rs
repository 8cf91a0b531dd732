//! Lets a request through or refuses it, by what the route table says of its route.

use super::App;
use super::problem::Problem;
use super::query::Query;
use super::routes::Params;
use crate::auth::roles::{Action, allows};
use crate::auth::{Credential, Denied, Identity, origin};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::SocketAddr;
use std::sync::Arc;

/// What the table says of one route.
#[derive(Clone)]
pub struct Guard {
    /// For credentials and time.
    pub app: Arc<App>,
    /// Path pattern.
    pub path: &'static str,
    /// What it does.
    pub action: Action,
    /// Which query parameters it knows.
    pub params: Params,
}

/// The path pattern of the route that answered, for metrics.
#[derive(Clone, Copy, Debug)]
pub struct RoutePath(pub &'static str);

/// Checks parameters, credential, origin and role; the handler finds the [`Identity`] in the request's extensions.
pub async fn guard(State(guard): State<Guard>, mut request: Request, next: Next) -> Response {
    let answer = match admit(&guard, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    let mut answer = answer;
    answer.extensions_mut().insert(RoutePath(guard.path));
    answer
}

async fn admit(guard: &Guard, request: &mut Request) -> Result<(), Problem> {
    // A body is not shared between threads: only the parts that matter go along.
    let (method, headers, local) = (request.method().clone(), request.headers().clone(), is_local(request));
    match identify(guard, &method, &headers, local).await {
        Ok(Some(identity)) => {
            request.extensions_mut().insert(identity);
        }
        Ok(None) => {}
        Err(denied) => {
            metrics::counter!("cordon_auth_failures_total", "reason" => reason(denied)).increment(1);
            return Err(denied.into());
        }
    }
    match guard.params {
        Params::Known(known) => known_parameters(known, &Query::parse(request.uri().query().unwrap_or_default())),
        Params::Any => Ok(()),
    }
}

/// Who is asking, if the action needs to know.
async fn identify(
    guard: &Guard,
    method: &Method,
    headers: &HeaderMap,
    local: bool,
) -> Result<Option<Identity>, Denied> {
    let changes = !matches!(*method, Method::GET | Method::HEAD);
    let is_live = guard.path == "/live";
    match guard.action {
        Action::OwnCredential => return Ok(None),
        Action::Public => {
            // A foreign page must not even sign somebody in.
            return if changes && !origin::is_own(headers) { Err(Denied::ForeignOrigin) } else { Ok(None) };
        }
        Action::Metrics if local => return Ok(None),
        _ => {}
    }
    let identity = guard.app.sessions.identify(headers, guard.app.pipeline.now()).await?;
    let Some(identity) = identity else { return Err(Denied::NotSignedIn) };
    let by_cookie = matches!(identity.credential, Credential::Session(_));
    if (changes && by_cookie || is_live) && !origin::is_own(headers) {
        return Err(Denied::ForeignOrigin);
    }
    if !allows(guard.action, identity.role) {
        return Err(Denied::NotAllowed);
    }
    Ok(Some(identity))
}

/// Whether the request comes from this machine itself and not through a proxy on it.
fn is_local(request: &Request) -> bool {
    let forwarded = ["forwarded", "x-forwarded-for"].iter().any(|name| request.headers().contains_key(*name));
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    !forwarded && peer.is_some_and(|peer| peer.0.ip().is_loopback())
}

/// Refuses parameters that are not among these and such as are given twice, by name.
pub fn known_parameters(known: &[&str], query: &Query) -> Result<(), Problem> {
    let mut seen = Vec::new();
    for name in query.names() {
        if !known.contains(&name) {
            let hint = match cordon_data::suggest::nearest(name, known) {
                Some(near) => format!("this path knows no parameter of that name; did you mean {near}?"),
                None => "this path knows no parameter of that name".to_owned(),
            };
            return Err(Problem::new(StatusCode::BAD_REQUEST, "unknown_parameter", hint).at(name));
        }
        if seen.contains(&name) {
            let detail = "a parameter may be given once";
            return Err(Problem::new(StatusCode::BAD_REQUEST, "repeated_parameter", detail).at(name));
        }
        seen.push(name);
    }
    Ok(())
}

fn reason(denied: Denied) -> &'static str {
    match denied {
        Denied::NotSignedIn => "not_signed_in",
        Denied::NotAllowed => "not_allowed",
        Denied::ForeignOrigin => "bad_origin",
        Denied::Unavailable => "unavailable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_or_repeated_parameter_is_refused_by_name() {
        let check = |query| known_parameters(&["after", "limit"], &Query::parse(query));
        assert!(check("after=1&limit=2").is_ok());
        let problem = check("limt=2").expect_err("limt is not known");
        assert_eq!((problem.code, problem.field.as_deref()), ("unknown_parameter", Some("limt")));
        assert!(problem.detail.contains("did you mean limit?"), "{}", problem.detail);
        let problem = check("limit=2&limit=3").expect_err("twice");
        assert_eq!(problem.code, "repeated_parameter");
    }
}
