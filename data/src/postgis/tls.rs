//! TLS to the database, asked for in its URL with libpq's words: `sslmode`, `sslrootcert`, `sslcert`, `sslkey`.
//!
//! Whoever asks for TLS gets it with the server's certificate and name verified, or no connection: encryption to somebody
//! unknown protects nothing, so `require` asks for the certificate of who signed the server's as `verify-full` does.

use crate::store::StoreError;
use percent_encoding::percent_decode_str;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;

/// The modes that are taken, for whoever wrote another.
const MODES: &str = "disable or verify-full";

/// What of a URL concerns TLS.
#[derive(Default)]
struct Asked {
    mode: Option<String>,
    root: Option<String>,
    certificate: Option<String>,
    key: Option<String>,
}

/// Takes out of a URL what concerns TLS: the rest, and how to protect a connection, if it is to be.
///
/// Errors: another mode than `disable`, `require` and `verify-full`, a missing or unreadable file, each named.
pub(super) fn of(url: &str) -> Result<(String, Option<Arc<ClientConfig>>), StoreError> {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let mut asked = Asked::default();
    let mut others: Vec<&str> = Vec::new();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let place = match name {
            "sslmode" => &mut asked.mode,
            "sslrootcert" => &mut asked.root,
            "sslcert" => &mut asked.certificate,
            "sslkey" => &mut asked.key,
            _ => {
                others.push(part);
                continue;
            }
        };
        *place = Some(percent_decode_str(value).decode_utf8_lossy().into_owned());
    }
    let rest = if others.is_empty() { address.to_owned() } else { format!("{address}?{}", others.join("&")) };
    let mode = asked.mode.as_deref().unwrap_or("disable");
    match mode {
        "require" | "verify-full" => Ok((rest, Some(Arc::new(asked.config(mode)?)))),
        "disable" => match [("sslrootcert", &asked.root), ("sslcert", &asked.certificate), ("sslkey", &asked.key)]
            .into_iter()
            .find(|(_, value)| value.is_some())
        {
            Some((name, _)) => Err(refused(format!("{name} without sslmode=verify-full would not be used"))),
            None => Ok((rest, None)),
        },
        other => Err(refused(format!("sslmode={other} is not taken; allowed: {MODES}"))),
    }
}

impl Asked {
    fn config(&self, mode: &str) -> Result<ClientConfig, StoreError> {
        let Some(root) = &self.root else {
            return Err(refused(format!(
                "sslmode={mode} needs sslrootcert=FILE, the certificate (PEM) of who signed the server's"
            )));
        };
        let mut roots = RootCertStore::empty();
        for certificate in certificates("sslrootcert", root)? {
            roots.add(certificate).map_err(|error| unusable("sslrootcert", root, error))?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let building = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let building = building.map_err(|error| refused(error.to_string()))?.with_root_certificates(roots);
        match (&self.certificate, &self.key) {
            (None, None) => Ok(building.with_no_client_auth()),
            (Some(certificate), Some(key)) => {
                let own = certificates("sslcert", certificate)?;
                let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| unusable("sslkey", key, error))?;
                building.with_client_auth_cert(own, secret).map_err(|error| unusable("sslcert", certificate, error))
            }
            (Some(_), None) => Err(refused("sslcert needs sslkey=FILE beside it")),
            (None, Some(_)) => Err(refused("sslkey needs sslcert=FILE beside it")),
        }
    }
}

/// The certificates of a PEM file, at least one.
fn certificates(name: &str, file: &str) -> Result<Vec<CertificateDer<'static>>, StoreError> {
    let read = CertificateDer::pem_file_iter(Path::new(file)).map_err(|error| unusable(name, file, error))?;
    let read: Vec<_> = read.collect::<Result<_, _>>().map_err(|error| unusable(name, file, error))?;
    match read.is_empty() {
        true => Err(unusable(name, file, "it holds no certificate")),
        false => Ok(read),
    }
}

fn unusable(name: &str, file: &str, why: impl std::fmt::Display) -> StoreError {
    refused(format!("{name}={file} cannot be used: {why}"))
}

fn refused(what: impl std::fmt::Display) -> StoreError {
    StoreError::Failed(format!("the database's URL: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_concerns_tls_is_taken_out_and_the_rest_stays() {
        let (rest, tls) = of("postgres://a@db/x?application_name=y&sslmode=disable").unwrap();
        assert_eq!((rest.as_str(), tls.is_some()), ("postgres://a@db/x?application_name=y", false));
        let (rest, _) = of("postgres://a@db/x?sslmode=disable").unwrap();
        assert_eq!(rest, "postgres://a@db/x");
        assert_eq!(of("postgres://a@db/x").unwrap().0, "postgres://a@db/x");
    }

    #[test]
    fn half_a_protection_is_refused_with_what_is_missing() {
        let said = |query: &str| of(&format!("postgres://a@db/x?{query}")).map(|_| ()).unwrap_err().to_string();
        assert!(said("sslmode=prefer").contains("sslmode=prefer is not taken; allowed: disable or verify-full"));
        assert!(said("sslmode=require").contains("sslmode=require needs sslrootcert=FILE"));
        assert!(said("sslrootcert=/ca.pem").contains("sslrootcert without sslmode=verify-full would not be used"));
        assert!(said("sslmode=verify-full&sslrootcert=/no%20where.pem").contains("sslrootcert=/no where.pem cannot"));
    }
}
