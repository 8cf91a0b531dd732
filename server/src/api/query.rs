//! Query parameters, parsed once into values that cannot be wrong.
//!
//! Which names a route knows stands in the route table; an unknown one never gets here.

use super::problem::Problem;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use cordon_spatial::units::UnixMs;

/// Largest page of a list.
pub const MAX_LIMIT: usize = 10_000;

/// The parameters of a request, percent-decoded, in order.
#[derive(Clone, Debug, Default)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// Splits and decodes the part of a path after `?`.
    pub fn parse(text: &str) -> Query {
        let pairs = text
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (decoded(name), decoded(value))
            })
            .collect();
        Query { pairs }
    }

    /// Parameters that were given elsewhere than in a path.
    pub fn of(pairs: Vec<(String, String)>) -> Query {
        Query { pairs }
    }

    /// Whether nothing was given.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The same without some parameters.
    pub fn without(&self, names: &[&str]) -> Query {
        let kept = self.pairs.iter().filter(|(name, _)| !names.contains(&name.as_str()));
        Query { pairs: kept.cloned().collect() }
    }

    /// Every name that was given.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().map(|(name, _)| name.as_str())
    }

    /// The value of a parameter; an empty one counts as not given.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// An instant in RFC 3339.
    pub fn time(&self, name: &str) -> Result<Option<UnixMs>, Problem> {
        self.parsed(name, "a time in RFC 3339 such as 2026-11-24T08:00:00Z", parse_time)
    }

    /// A number of type `T`.
    pub fn number<T: std::str::FromStr>(&self, name: &str, limit: &str) -> Result<Option<T>, Problem> {
        self.parsed(name, limit, |text| text.parse().ok())
    }

    /// The page size: `default` when not given, at most [`MAX_LIMIT`].
    pub fn limit(&self, default: usize) -> Result<usize, Problem> {
        let limit =
            self.parsed("limit", "1 to 10000", |text| text.parse().ok().filter(|n| (1..=MAX_LIMIT).contains(n)))?;
        Ok(limit.unwrap_or(default))
    }

    /// What `parse` makes of a parameter; its failure is a 400 that names `limit`.
    pub fn parsed<T>(
        &self,
        name: &str,
        limit: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match parse(text) {
            Some(value) => Ok(Some(value)),
            None => Err(Problem::bad_value(name, text, limit)),
        }
    }

    /// The path of the next page: this query with some parameters replaced.
    pub fn next(&self, path: &str, replaced: &[(&str, String)]) -> String {
        let kept = self.pairs.iter().filter(|(name, _)| !replaced.iter().any(|(r, _)| r == name));
        let pairs = kept
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain(replaced.iter().map(|(name, value)| (*name, value.as_str())))
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
    }
}

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Query, Self::Rejection> {
        Ok(Query::parse(parts.uri.query().unwrap_or_default()))
    }
}

/// An instant in RFC 3339, to the millisecond.
pub fn parse_time(text: &str) -> Option<UnixMs> {
    let timestamp: jiff::Timestamp = text.parse().ok()?;
    Some(UnixMs(timestamp.as_millisecond()))
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(nibble(*high) << 4 | nibble(*low));
                rest = after;
            }
            _ => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn nibble(digit: u8) -> u8 {
    char::from(digit).to_digit(16).map_or(0, |n| n as u8)
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~,:".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded_and_encoded_back() {
        let query = Query::parse("zone=a%20b&subject=%E6%B5%99B&limit=5&after=1");
        assert_eq!(query.text("zone"), Some("a b"));
        assert_eq!(query.text("subject"), Some("浙B"));
        assert_eq!(
            query.next("/api/events", &[("after", "9".to_owned())]),
            "/api/events?zone=a%20b&subject=%E6%B5%99B&limit=5&after=9"
        );
    }

    #[test]
    fn a_bad_value_is_named_with_its_limit() {
        let problem = Query::parse("limit=0").limit(100).expect_err("0 is no page");
        assert_eq!((problem.field.as_deref(), problem.limit.as_deref()), (Some("limit"), Some("1 to 10000")));
        assert!(Query::parse("from=yesterday").time("from").is_err());
    }

    #[test]
    fn times_have_offsets_and_milliseconds() {
        assert_eq!(parse_time("1970-01-01T08:00:00.001+08:00"), Some(UnixMs(1)));
        assert_eq!(parse_time("1970-01-01T00:00:00"), None);
    }
}
