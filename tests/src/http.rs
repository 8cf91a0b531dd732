//! A client of the HTTP API that takes every answer as it is, errors included.

use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;

/// One answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`, empty when there is none.
    pub content_type: String,
    /// `ETag`, empty when there is none.
    pub etag: String,
    /// `Retry-After`, empty when there is none.
    pub retry_after: String,
    /// The cookie that is set, as it is sent back (`name=value`), empty when there is none.
    pub cookie: String,
    /// Every header, names in small letters; one that stands twice is here twice.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl Reply {
    /// The body as JSON.
    ///
    /// # Panics
    /// When it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e} in answer {} {}", self.status, self.text()))
    }

    /// The values of a header.
    pub fn header(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The JSON of an answer that must have this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        if self.body.is_empty() { Value::Null } else { self.json() }
    }
}

/// The API of one server with one credential.
#[derive(Clone, Debug)]
pub struct Api {
    base: String,
    token: Option<String>,
    agent: ureq::Agent,
}

impl Api {
    /// A client with a bearer token, or without.
    pub fn new(server: SocketAddr, token: Option<String>) -> Api {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .max_idle_connections(0)
            .build();
        Api { base: format!("http://{server}"), token, agent: ureq::Agent::new_with_config(config) }
    }

    /// A request to a path, or to a link that the server gave; an error when no answer came.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Reply, ureq::Error> {
        let path = path.strip_prefix(&self.base).unwrap_or(path);
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).map_err(ureq::Error::Http)?;
        let mut response = self.agent.run(request)?;
        let header =
            |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let (content_type, etag, status) = (header("content-type"), header("etag"), response.status().as_u16());
        let retry_after = header("retry-after");
        let cookie = header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        let text = |value: &ureq::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = response.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        let body = response.body_mut().with_config().limit(1 << 30).read_to_vec()?;
        Ok(Reply { status, content_type, etag, retry_after, cookie, headers, body })
    }

    /// GET; an error when no answer came.
    pub fn try_get(&self, path: &str) -> Result<Reply, ureq::Error> {
        self.send("GET", path, &[], &[])
    }

    /// GET.
    #[track_caller]
    pub fn get(&self, path: &str) -> Reply {
        self.try_get(path).unwrap_or_else(|e| panic!("GET {path}: {e}"))
    }

    /// A request with a JSON body.
    #[track_caller]
    pub fn json(&self, method: &str, path: &str, body: &Value) -> Reply {
        let text = body.to_string();
        self.send(method, path, &[("Content-Type", "application/json")], text.as_bytes())
            .unwrap_or_else(|e| panic!("{method} {path}: {e}"))
    }

    /// POST of JSON.
    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.json("POST", path, body)
    }

    /// PUT of a GeoJSON feature.
    #[track_caller]
    pub fn put(&self, path: &str, body: &Value) -> Reply {
        let text = body.to_string();
        self.send("PUT", path, &[("Content-Type", "application/geo+json")], text.as_bytes())
            .unwrap_or_else(|e| panic!("PUT {path}: {e}"))
    }

    /// Every item of a list, over all its pages.
    #[track_caller]
    pub fn items(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut next = Some(path.to_owned());
        while let Some(path) = next {
            let page = self.get(&path).expect(200);
            items.extend(page["items"].as_array().expect("a list has items").iter().cloned());
            next = page["next"].as_str().map(str::to_owned);
        }
        items
    }

    /// The vehicle with this plate, once it is listed.
    pub fn vehicle(&self, plate: &str) -> Option<Value> {
        self.items("/api/vehicles").into_iter().find(|v| v["plate"] == plate)
    }
}

/// Of a feature what is its own: the links beside it belong to the answer.
///
/// # Panics
/// When it is none.
pub fn without_links(mut feature: Value) -> Value {
    feature.as_object_mut().expect("a feature").remove("links");
    feature
}
