//! Users and tokens over HTTP: made, changed and removed by an administrator, and what ends with them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_tests::http::{Api, Reply};
use cordon_tests::live::Live;
use cordon_tests::server::Server;
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse battery";
const OTHER: &str = "staple, and a long one";

fn add_user(api: &Api, name: &str, role: &str) -> Value {
    api.post("/api/users", &json!({"name": name, "role": role, "password": PASSWORD})).expect(201)
}

fn sign_in(server: &Server, name: &str, password: &str) -> Reply {
    server.anonymous().post("/api/session", &json!({"name": name, "password": password}))
}

/// A request of a signed-in person.
fn by_cookie(server: &Server, cookie: &str, method: &str, path: &str, body: &Value) -> Reply {
    let headers = [("Cookie", cookie), ("Content-Type", "application/json")];
    server.anonymous().send(method, path, &headers, body.to_string().as_bytes()).unwrap()
}

fn delete(api: &Api, path: &str) -> Reply {
    api.send("DELETE", path, &[], &[]).unwrap()
}

fn audited(server: &Server) -> Vec<String> {
    let store = server.folder().join("cordon.db");
    let file = rusqlite::Connection::open_with_flags(store, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut select = file.prepare("SELECT who || ' ' || action || ' ' || detail FROM audit ORDER BY line").unwrap();
    let lines = select.query_map([], |row| row.get(0)).unwrap();
    lines.collect::<Result<Vec<String>, _>>().unwrap()
}

#[test]
fn a_user_is_made_signs_in_and_is_removed_at_once() {
    let server = Server::start();
    let api = server.api();
    let made = add_user(&api, "王伟", "monitor");
    assert_eq!(
        (&made["name"], &made["role"], &made["last_seen_at"]),
        (&json!("王伟"), &json!("monitor"), &Value::Null)
    );
    assert!(made["created_at"].is_string() && made.get("password_hash").is_none());
    add_user(&api, "boss", "admin");

    let cookie = sign_in(&server, "王伟", PASSWORD).cookie;
    let mut live = Live::connect_with(server.http, "Cookie", &cookie);
    live.until("hello", |frame| frame["type"] == "hello" && frame["user"] == "王伟");
    let users = api.get("/api/users").expect(200);
    let seen = |name: &str| {
        users["items"].as_array().unwrap().iter().find(|u| u["name"] == name).unwrap()["last_seen_at"].clone()
    };
    assert!(seen("王伟").is_string() && seen("boss").is_null(), "{users}");

    let path = "/api/users/%E7%8E%8B%E4%BC%9F";
    assert_eq!(delete(&api, path).status, 204);
    assert_eq!(live.closed(), 4401);
    assert_eq!(by_cookie(&server, &cookie, "GET", "/api/session", &Value::Null).status, 401);
    assert_eq!(sign_in(&server, "王伟", PASSWORD).expect(401)["code"], "bad_credentials");
    assert_eq!(delete(&api, path).expect(404)["code"], "not_found");
    let lines = audited(&server);
    assert!(lines.contains(&r#"tests user.add {"name":"王伟","role":"monitor"}"#.to_owned()), "{lines:#?}");
    assert!(lines.contains(&r#"tests user.delete {"name":"王伟"}"#.to_owned()), "{lines:#?}");
    assert!(!lines.iter().any(|line| line.contains(PASSWORD)), "no password stands in the audit trail");
}

#[test]
fn a_site_keeps_its_last_administrator() {
    let server = Server::start();
    let api = server.api();
    add_user(&api, "boss", "admin");
    add_user(&api, "li", "guard");
    let demote = |name: &str| api.json("PATCH", &format!("/api/users/{name}"), &json!({"role": "monitor"}));
    assert_eq!(demote("boss").expect(409)["code"], "last_admin");
    assert_eq!(delete(&api, "/api/users/boss").expect(409)["code"], "last_admin");
    assert_eq!(api.json("PATCH", "/api/users/li", &json!({"role": "admin"})).expect(200)["role"], "admin");
    assert_eq!(demote("boss").expect(200)["role"], "monitor");
    assert_eq!(delete(&api, "/api/users/boss").status, 204);
    assert_eq!(delete(&api, "/api/users/li").expect(409)["code"], "last_admin");
}

#[test]
fn another_role_acts_at_once_and_another_password_ends_the_sessions() {
    let server = Server::start();
    let api = server.api();
    add_user(&api, "boss", "admin");
    add_user(&api, "li", "admin");
    let cookie = sign_in(&server, "li", PASSWORD).cookie;
    assert_eq!(by_cookie(&server, &cookie, "GET", "/api/users", &Value::Null).status, 200);
    api.json("PATCH", "/api/users/li", &json!({"role": "guard"})).expect(200);
    assert_eq!(by_cookie(&server, &cookie, "GET", "/api/users", &Value::Null).expect(403)["code"], "forbidden");
    assert_eq!(by_cookie(&server, &cookie, "GET", "/api/session", &Value::Null).expect(200)["role"], "guard");
    api.json("PATCH", "/api/users/li", &json!({"password": OTHER})).expect(200);
    assert_eq!(by_cookie(&server, &cookie, "GET", "/api/session", &Value::Null).status, 401);
    assert_eq!(sign_in(&server, "li", PASSWORD).status, 401);
    assert_eq!(sign_in(&server, "li", OTHER).status, 200);
}

#[test]
fn a_person_changes_the_own_password_and_the_other_sessions_end() {
    let server = Server::start();
    add_user(&server.api(), "li", "monitor");
    let [here, there] = [0, 1].map(|_| sign_in(&server, "li", PASSWORD).cookie);
    let change = |old: &str, new: &str| {
        by_cookie(&server, &here, "PATCH", "/api/session", &json!({"old_password": old, "password": new}))
    };
    let wrong = change("not the old one", OTHER).expect(403);
    assert_eq!((&wrong["code"], &wrong["field"]), (&json!("bad_credentials"), &json!("old_password")));
    let weak = change(PASSWORD, "short").expect(400);
    assert_eq!((&weak["code"], &weak["field"]), (&json!("weak_password"), &json!("password")));
    assert_eq!(change(PASSWORD, OTHER).status, 204);
    let signed_in = |cookie: &str| by_cookie(&server, cookie, "GET", "/api/session", &Value::Null).status;
    assert_eq!((signed_in(&here), signed_in(&there)), (200, 401));
    assert_eq!(sign_in(&server, "li", OTHER).status, 200);
    let by_token = server.api().json("PATCH", "/api/session", &json!({"old_password": "a", "password": "b"}));
    assert_eq!(by_token.expect(409)["code"], "no_session");
}

#[test]
fn a_token_is_shown_once_works_and_is_refused_when_it_is_removed() {
    let server = Server::start();
    let api = server.api();
    let made = api.post("/api/tokens", &json!({"name": "dashboard", "role": "monitor"})).expect(201);
    let secret = made["token"].as_str().unwrap().to_owned();
    let dashboard = Api::new(server.http, Some(secret.clone()));
    assert_eq!(dashboard.get("/api/vehicles").status, 200);
    let mut live = Live::connect(server.http, &secret);
    live.until("hello", |frame| frame["type"] == "hello");
    let listed = api.get("/api/tokens").expect(200);
    assert!(!listed.to_string().contains(&secret), "a secret is shown once");
    let item =
        |name: &str| listed["items"].as_array().unwrap().iter().find(|item| item["name"] == name).unwrap().clone();
    assert_eq!(item("dashboard")["role"], "monitor");
    assert!(item("dashboard")["last_used_at"].is_string() && item("tests")["created_at"].is_string());
    assert_eq!(api.post("/api/tokens", &json!({"name": "dashboard", "role": "guard"})).expect(409)["code"], "exists");
    assert_eq!(delete(&api, "/api/tokens/dashboard").status, 204);
    assert_eq!(live.closed(), 4401);
    assert_eq!(dashboard.get("/api/vehicles").status, 401);
    assert_eq!(delete(&api, "/api/tokens/dashboard").status, 404);
}

#[test]
fn the_last_use_of_accounts_outlives_a_restart() {
    let mut server = Server::start();
    add_user(&server.api(), "li", "monitor");
    assert_eq!(sign_in(&server, "li", PASSWORD).status, 200);
    let cookie = sign_in(&server, "li", PASSWORD).cookie;
    assert_eq!(by_cookie(&server, &cookie, "GET", "/api/session", &Value::Null).status, 200);
    let seen = |server: &Server| server.api().get("/api/users").expect(200)["items"][0]["last_seen_at"].clone();
    let before = seen(&server);
    assert!(before.is_string());
    assert!(server.stop().success());
    server.restart();
    assert_eq!(seen(&server), before);
}

#[test]
fn what_cannot_be_an_account_is_refused_with_the_reason() {
    let server = Server::start();
    let api = server.api();
    let check = |path: &str, body: Value, status: u16, code: &str, field: &str| {
        let problem = api.post(path, &body).expect(status);
        assert_eq!((&problem["code"], &problem["field"]), (&json!(code), &json!(field)), "{body}");
    };
    let user = |name: &str, role: &str, password: &str| json!({"name": name, "role": role, "password": password});
    check("/api/users", user(" li", "guard", PASSWORD), 400, "bad_name", "name");
    check("/api/users", user("li", "device", PASSWORD), 400, "bad_value", "role");
    check("/api/users", user("li", "root", PASSWORD), 400, "bad_value", "role");
    check("/api/users", user("li", "guard", "short"), 400, "weak_password", "password");
    check("/api/tokens", json!({"name": "", "role": "guard"}), 400, "bad_name", "name");
    check("/api/tokens", json!({"name": "t", "role": "root"}), 400, "bad_value", "role");
    add_user(&api, "li", "guard");
    assert_eq!(api.post("/api/users", &user("li", "guard", PASSWORD)).expect(409)["code"], "exists");
    assert_eq!(api.json("PATCH", "/api/users/li", &json!({})).expect(400)["field"], "body");
    assert_eq!(api.json("PATCH", "/api/users/nobody", &json!({"role": "guard"})).expect(404)["code"], "not_found");
    let guard = sign_in(&server, "li", PASSWORD).cookie;
    for path in ["/api/users", "/api/tokens"] {
        assert_eq!(by_cookie(&server, &guard, "GET", path, &Value::Null).expect(403)["code"], "forbidden");
    }
}
