//! Who may sign in, and the tokens of programs: made, changed and removed by an administrator.
//!
//! A site keeps at least one user who may administer. What is removed ends at once: its sessions, and its sockets on
//! `/live`. Secrets are shown once or never.

use super::body::Json;
use super::problem::{Problem, ProblemJson};
use super::setup::{check_account, check_name};
use super::wire::{Page, Time};
use super::{App, AppState};
use crate::auth::{Credential, Identity, roles, secret};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json as JsonAnswer};
use cordon_data::store::{AccountChange, Role, Token, User, UserChange};
use cordon_spatial::units::UnixMs;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// A person who can sign in.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserJson {
    /// Unique.
    pub name: String,
    /// `commander`, `monitor`, `guard`, `supervisor` or `admin`.
    pub role: &'static str,
    /// When the account was made.
    pub created_at: Time,
    /// When the person was last here; absent = never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<Time>,
}

/// A token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenJson {
    /// Unique.
    pub name: String,
    /// `commander`, `monitor`, `guard`, `supervisor`, `admin` or `device`.
    pub role: &'static str,
    /// When it was made.
    pub created_at: Time,
    /// When it was last shown; absent = never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Time>,
}

/// A new token with its secret, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewTokenJson {
    /// Unique.
    pub name: String,
    /// What its bearer may do.
    pub role: &'static str,
    /// When it was made.
    pub created_at: Time,
    /// The secret: `Authorization: Bearer …`.
    pub token: String,
}

/// A user to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// 1 to 64 characters.
    pub name: String,
    /// Not `device`: a device gets a token.
    pub role: String,
    /// Not shorter than the setting `password_min_length`.
    pub password: String,
}

/// What is to be changed of a user.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeUser {
    /// Another role; open sessions go on under it.
    pub role: Option<String>,
    /// Another password; every open session ends, but for that of the administrator who asks.
    pub password: Option<String>,
}

/// A token to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// 1 to 64 characters.
    pub name: String,
    /// What its bearer may do.
    pub role: String,
}

/// The users, by name.
#[utoipa::path(get, path = "/api/users", tag = "accounts",
    responses((status = 200, body = Page<UserJson>), (status = 403, body = ProblemJson)))]
pub async fn users(State(app): AppState) -> Result<JsonAnswer<Page<UserJson>>, Problem> {
    let users = app.readers.read(|reader| reader.users()).await?;
    let items = users.into_iter().map(|user| shown(&app, user)).collect();
    Ok(JsonAnswer(Page { items, next: None }))
}

/// Make a user.
#[utoipa::path(post, path = "/api/users", tag = "accounts", request_body = NewUser,
    responses((status = 201, body = UserJson), (status = 400, body = ProblemJson),
        (status = 409, description = "`exists`: the name is taken", body = ProblemJson)))]
pub async fn add_user(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Json(NewUser { name, role, password }): Json<NewUser>,
) -> Result<(StatusCode, JsonAnswer<UserJson>), Problem> {
    let role = person(&role)?;
    check_account(&name, &password, app.config.password_min_length)?;
    let password_hash = app.verifier.hash(password).await;
    let user = User { name, role, password_hash, created_at: app.pipeline.now(), last_seen_at: None };
    let detail = json!({"name": user.name, "role": roles::name(role)});
    let audit = app.audit_line(&identity.name, "user.add", detail);
    let added = user.clone();
    app.pipeline.write(move |writer| writer.add_user(&added, &audit)).await?;
    app.setup.close();
    Ok((StatusCode::CREATED, JsonAnswer(shown(&app, user))))
}

/// Change a user's role or password.
#[utoipa::path(patch, path = "/api/users/{name}", tag = "accounts", params(("name" = String, Path)),
    request_body = ChangeUser,
    responses((status = 200, body = UserJson), (status = 400, body = ProblemJson), (status = 404, body = ProblemJson),
        (status = 409, description = "`last_admin`: nobody else may administer", body = ProblemJson)))]
pub async fn change_user(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Path(name): Path<String>,
    Json(ChangeUser { role, password }): Json<ChangeUser>,
) -> Result<JsonAnswer<UserJson>, Problem> {
    if role.is_none() && password.is_none() {
        return Err(Problem::bad_value("body", json!({}), "role, password or both"));
    }
    let role = role.as_deref().map(person).transpose()?;
    let detail = json!({"name": name, "role": role.map(roles::name), "password": password.is_some()});
    let audit = app.audit_line(&identity.name, "user.change", detail);
    let change = UserChange {
        role,
        password_hash: match password {
            Some(password) => Some(new_password(&app, &name, password).await?),
            None => None,
        },
        keep_session: own_session(&identity).filter(|_| identity.name == name),
    };
    let changed = name.clone();
    done(app.pipeline.write(move |writer| writer.change_user(&changed, &change, &audit)).await?)?;
    app.sessions.forget_user(&name);
    let user = app.readers.read(move |reader| reader.user(&name)).await?;
    Ok(JsonAnswer(shown(&app, user.ok_or_else(unknown)?)))
}

/// Remove a user. Their sessions end at once.
#[utoipa::path(delete, path = "/api/users/{name}", tag = "accounts", params(("name" = String, Path)),
    responses((status = 204), (status = 404, body = ProblemJson),
        (status = 409, description = "`last_admin`: nobody else may administer", body = ProblemJson)))]
pub async fn remove_user(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    let audit = app.audit_line(&identity.name, "user.delete", json!({"name": name}));
    let removed = name.clone();
    done(app.pipeline.write(move |writer| writer.remove_user(&removed, &audit)).await?)?;
    app.sessions.forget_user(&name);
    Ok(StatusCode::NO_CONTENT)
}

/// The tokens, by name, without their secrets.
#[utoipa::path(get, path = "/api/tokens", tag = "accounts",
    responses((status = 200, body = Page<TokenJson>), (status = 403, body = ProblemJson)))]
pub async fn tokens(State(app): AppState) -> Result<JsonAnswer<Page<TokenJson>>, Problem> {
    let tokens = app.readers.read(|reader| reader.tokens()).await?;
    let items = tokens.into_iter().map(|token| TokenJson {
        role: roles::name(token.role),
        created_at: Time(token.created_at),
        last_used_at: later(token.last_used_at, app.sessions.token_used_at(&token.name)),
        name: token.name,
    });
    Ok(JsonAnswer(Page { items: items.collect(), next: None }))
}

/// Make a token. Its secret is in the answer and shown nowhere else.
#[utoipa::path(post, path = "/api/tokens", tag = "accounts", request_body = NewToken,
    responses((status = 201, body = NewTokenJson), (status = 400, body = ProblemJson),
        (status = 409, description = "`exists`: the name is taken", body = ProblemJson)))]
pub async fn add_token(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Json(NewToken { name, role }): Json<NewToken>,
) -> Result<(StatusCode, JsonAnswer<NewTokenJson>), Problem> {
    let role = roles::parse(&role).ok_or_else(|| Problem::bad_value("role", role, names(&roles::ROLES)))?;
    check_name(&name)?;
    let secret = secret::new_secret();
    let created_at = app.pipeline.now();
    let token = Token { hash: secret::hash(&secret), name: name.clone(), role, created_at, last_used_at: None };
    let audit = app.audit_line(&identity.name, "token.add", json!({"name": name, "role": roles::name(role)}));
    app.pipeline.write(move |writer| writer.add_token(&token, &audit)).await?;
    let made = NewTokenJson { name, role: roles::name(role), created_at: Time(created_at), token: secret };
    Ok((StatusCode::CREATED, JsonAnswer(made)))
}

/// Remove a token. It is refused at once.
#[utoipa::path(delete, path = "/api/tokens/{name}", tag = "accounts", params(("name" = String, Path)),
    responses((status = 204), (status = 404, body = ProblemJson)))]
pub async fn remove_token(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    let audit = app.audit_line(&identity.name, "token.delete", json!({"name": name}));
    let removed = name.clone();
    done(app.pipeline.write(move |writer| writer.remove_token(&removed, &audit)).await?)?;
    app.sessions.forget_token(&name);
    Ok(StatusCode::NO_CONTENT)
}

/// The hash of a user's new password, if that may be one.
pub async fn new_password(app: &App, name: &str, password: String) -> Result<String, Problem> {
    check_account(name, &password, app.config.password_min_length)?;
    Ok(app.verifier.hash(password).await)
}

/// What became of a change, as an answer.
pub fn done(change: AccountChange) -> Result<(), Problem> {
    match change {
        AccountChange::Done => Ok(()),
        AccountChange::Unknown => Err(unknown()),
        AccountChange::LastAdmin => {
            let detail = "this is the last user who may administer: make another one first";
            Err(Problem::new(StatusCode::CONFLICT, "last_admin", detail))
        }
    }
}

fn unknown() -> Problem {
    Problem::not_found("account")
}

/// A role that a person may have.
fn person(role: &str) -> Result<Role, Problem> {
    let parsed = roles::parse(role).filter(|role| *role != Role::Device);
    parsed.ok_or_else(|| Problem::bad_value("role", role, names(&roles::ROLES[..5])))
}

fn names(roles: &[Role]) -> String {
    roles.iter().map(|role| roles::name(*role)).collect::<Vec<_>>().join(", ")
}

fn own_session(identity: &Identity) -> Option<[u8; 32]> {
    match identity.credential {
        Credential::Session(hash) => Some(hash),
        Credential::Token(_) => None,
    }
}

fn shown(app: &App, user: User) -> UserJson {
    UserJson {
        role: roles::name(user.role),
        created_at: Time(user.created_at),
        last_seen_at: later(user.last_seen_at, app.sessions.user_seen_at(&user.name)),
        name: user.name,
    }
}

/// The later of what is stored and what is remembered.
fn later(stored: Option<UnixMs>, remembered: Option<UnixMs>) -> Option<Time> {
    stored.max(remembered).map(Time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_any_role_but_that_of_a_device() {
        assert_eq!(person("guard").ok(), Some(Role::Guard));
        for wrong in ["device", "root", ""] {
            let problem = person(wrong).expect_err("no role of a person");
            assert_eq!((problem.code, problem.field.as_deref()), ("bad_value", Some("role")));
            assert_eq!(problem.limit.as_deref(), Some("commander, monitor, guard, supervisor, admin"));
        }
    }
}
