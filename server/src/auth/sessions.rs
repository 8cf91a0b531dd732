//! From a cookie or a bearer token to an [`Identity`], checked against the store at most every few seconds.
//!
//! A session ends when it is signed out, at its absolute limit, or after too long without use. Use is remembered in
//! memory; about once a minute it is written down when an account was last used. A restart counts as use.

use super::{Credential, Denied, Identity, secret};
use crate::desk::readers::Readers;
use axum::http::{HeaderMap, header};
use cordon_data::store::{LastUse, Session, StoreError};
use cordon_spatial::units::{SpanMs, UnixMs};
use std::collections::HashMap;
use std::sync::Mutex;
use tokio::sync::watch;

/// The cookie's name on plain HTTP; `__Host-` needs `Secure`, which needs TLS.
pub const COOKIE: &str = "cordon_session";

/// How long an answer of the store is believed.
const BELIEVED: SpanMs = SpanMs::seconds(3);
/// Most credentials remembered.
const MOST: usize = 10_000;

/// Checks credentials.
pub struct Sessions {
    readers: Readers,
    idle: SpanMs,
    max: SpanMs,
    known: Mutex<HashMap<[u8; 32], Known>>,
    /// Told when what is known of somebody is forgotten: whoever holds an identity asks again.
    changed: watch::Sender<()>,
}

#[derive(Clone)]
struct Known {
    identity: Identity,
    expires_at: UnixMs,
    used_at: UnixMs,
    checked_at: UnixMs,
}

impl Known {
    fn is_user(&self, name: &str) -> bool {
        matches!(self.identity.credential, Credential::Session(_)) && self.identity.name == name
    }

    fn is_token(&self, name: &str) -> bool {
        matches!(self.identity.credential, Credential::Token(_)) && self.identity.name == name
    }
}

impl Sessions {
    /// Sessions end after `idle` without use and after `max` in any case.
    pub fn new(readers: Readers, idle: SpanMs, max: SpanMs) -> Sessions {
        Sessions { readers, idle, max, known: Mutex::default(), changed: watch::Sender::new(()) }
    }

    /// A new session: the cookie's secret, and what to store.
    pub fn begin(&self, user: &str, now: UnixMs) -> (String, Session) {
        let secret = secret::new_secret();
        let session =
            Session { hash: secret::hash(&secret), user: user.to_owned(), created_at: now, expires_at: now + self.max };
        (secret, session)
    }

    /// The value of `Set-Cookie` for a session's secret.
    pub fn cookie(&self, secret: &str) -> String {
        format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}", self.max.0 / 1_000)
    }

    /// Who shows these headers. `Ok(None)`: nobody shows anything. An invalid credential is an error, not nobody.
    pub async fn identify(&self, headers: &HeaderMap, now: UnixMs) -> Result<Option<Identity>, Denied> {
        let Some(credential) = credential(headers)? else { return Ok(None) };
        self.check(credential, now).await.map(Some)
    }

    /// Whether an identity that was let in before may still be here. Counts as use.
    pub async fn recheck(&self, identity: &Identity, now: UnixMs) -> Result<Identity, Denied> {
        self.check(identity.credential, now).await
    }

    /// Forgets what is known of a session, so that it is looked up afresh.
    pub fn forget(&self, hash: &[u8; 32]) {
        self.known.lock().expect("no holder panics").remove(hash);
        self.changed.send_replace(());
    }

    /// Forgets what is known of a user's sessions.
    pub fn forget_user(&self, name: &str) {
        self.forget_all(|known| known.is_user(name));
    }

    /// Forgets what is known of a token.
    pub fn forget_token(&self, name: &str) {
        self.forget_all(|known| known.is_token(name));
    }

    fn forget_all(&self, theirs: impl Fn(&Known) -> bool) {
        self.known.lock().expect("no holder panics").retain(|_, known| !theirs(known));
        self.changed.send_replace(());
    }

    /// Tells when somebody was signed out or may do something else than before.
    pub fn changed(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// When a user was last here, as far as this run remembers.
    pub fn user_seen_at(&self, name: &str) -> Option<UnixMs> {
        self.last_use(|known| known.is_user(name))
    }

    /// When a token was last shown, as far as this run remembers.
    pub fn token_used_at(&self, name: &str) -> Option<UnixMs> {
        self.last_use(|known| known.is_token(name))
    }

    fn last_use(&self, theirs: impl Fn(&Known) -> bool) -> Option<UnixMs> {
        let all = self.known.lock().expect("no holder panics");
        all.values().filter(|known| theirs(known)).map(|known| known.used_at).max()
    }

    /// The accounts that were used at or after `since`, and when last.
    pub fn used_since(&self, since: UnixMs) -> LastUse {
        let all = self.known.lock().expect("no holder panics");
        let mut used = LastUse::default();
        for known in all.values().filter(|known| known.used_at >= since) {
            let line = (known.identity.name.clone(), known.used_at);
            match known.identity.credential {
                Credential::Session(_) => used.users.push(line),
                Credential::Token(_) => used.tokens.push(line),
            }
        }
        used
    }

    async fn check(&self, credential: Credential, now: UnixMs) -> Result<Identity, Denied> {
        let hash = match credential {
            Credential::Session(hash) | Credential::Token(hash) => hash,
        };
        let remembered = self.known.lock().expect("no holder panics").get(&hash).cloned();
        let mut known = match remembered {
            Some(known) if now - known.checked_at < BELIEVED => known,
            before => {
                let looked_up = self.look_up(credential, now).await.map_err(|error| {
                    tracing::error!(%error, "a credential could not be checked");
                    Denied::Unavailable
                })?;
                let Some(mut fresh) = looked_up else {
                    self.forget(&hash);
                    return Err(Denied::NotSignedIn);
                };
                if let Some(before) = before {
                    fresh.used_at = before.used_at;
                }
                fresh
            }
        };
        let idled = matches!(credential, Credential::Session(_)) && now - known.used_at > self.idle;
        if now >= known.expires_at || idled {
            self.remember(hash, known);
            return Err(Denied::NotSignedIn);
        }
        known.used_at = now;
        let identity = known.identity.clone();
        self.remember(hash, known);
        Ok(identity)
    }

    fn remember(&self, hash: [u8; 32], known: Known) {
        let mut all = self.known.lock().expect("no holder panics");
        if all.len() >= MOST {
            let now = known.checked_at;
            all.retain(|_, known| now < known.expires_at);
        }
        all.insert(hash, known);
    }

    async fn look_up(&self, credential: Credential, now: UnixMs) -> Result<Option<Known>, StoreError> {
        self.readers
            .read(move |reader| match credential {
                Credential::Token(hash) => Ok(reader.token(&hash)?.map(|token| Known {
                    identity: Identity { name: token.name, role: token.role, credential },
                    expires_at: UnixMs::MAX,
                    used_at: now,
                    checked_at: now,
                })),
                Credential::Session(hash) => {
                    let Some(session) = reader.session(&hash)? else { return Ok(None) };
                    let Some(user) = reader.user(&session.user)? else { return Ok(None) };
                    Ok(Some(Known {
                        identity: Identity { name: user.name, role: user.role, credential },
                        expires_at: session.expires_at,
                        used_at: now,
                        checked_at: now,
                    }))
                }
            })
            .await
    }
}

/// The hash of the credential in these headers; a bearer token wins over a cookie.
fn credential(headers: &HeaderMap) -> Result<Option<Credential>, Denied> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let text = value.to_str().map_err(|_| Denied::NotSignedIn)?;
        let Some((scheme, token)) = text.split_once(' ') else { return Err(Denied::NotSignedIn) };
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Denied::NotSignedIn);
        }
        return Ok(Some(Credential::Token(secret::hash(token.trim()))));
    }
    let secret = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, secret)| secret);
    Ok(secret.map(|secret| Credential::Session(secret::hash(secret))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().expect("a header value"));
        headers
    }

    #[test]
    fn a_credential_is_found_in_either_header() {
        let token = credential(&headers(header::AUTHORIZATION, "Bearer abc"));
        assert_eq!(token, Ok(Some(Credential::Token(secret::hash("abc")))));
        let cookie = credential(&headers(header::COOKIE, "a=b; cordon_session=xyz; c=d"));
        assert_eq!(cookie, Ok(Some(Credential::Session(secret::hash("xyz")))));
        assert_eq!(credential(&headers(header::COOKIE, "a=b")), Ok(None));
        assert_eq!(credential(&headers(header::AUTHORIZATION, "Basic eDp5")), Err(Denied::NotSignedIn));
    }
}
