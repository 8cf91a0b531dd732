//! The settings of a server: defaults, then a TOML file, then `CORDON_*` variables, then flags; the last one wins.
//!
//! Every setting has one name, which is its key in the file, its variable (`CORDON_` and the name in capitals) and, where
//! one exists, its flag. A name that is not a setting is an error with a suggestion, never silence.

mod judging;
mod jt808;

pub use jt808::{DeviceCheck, Jt808, TimeAnswer};
pub use judging::Judging;

use crate::database::DatabaseConfig;
use crate::ingest::{Retention, threads_of_machine};
use crate::roads::law::ClosingZones;
use cordon_data::suggest::nearest;
use cordon_spatial::figures::SiteFigures;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Who may register a JT/T 808 terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Registration {
    /// Only terminals that an administrator approved.
    Approved,
    /// Everybody: a registration makes a vehicle, marked unchecked. For demos and tests.
    Open,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// All settings, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Data folder.
    pub data: PathBuf,
    /// A PostGIS database that everything kept is handed on to (`postgres://…`), if any.
    pub database: Option<String>,
    /// The schema of Cordon's tables in it.
    pub database_schema: String,
    /// Where HTTP is served.
    pub http: SocketAddr,
    /// Where JT/T 808 terminals connect.
    pub jt808: SocketAddr,
    /// Who may register a terminal.
    pub jt808_registration: Registration,
    /// How the JT/T 808 gateway treats terminals.
    pub jt808_rules: Jt808,
    /// Allows plain HTTP beyond loopback.
    pub insecure_http: bool,
    /// How log lines look.
    pub log: LogFormat,
    /// Which log lines are written, in `tracing` filter syntax.
    pub log_filter: String,
    /// Shortest password that is accepted, characters; 8 to 64.
    pub password_min_length: usize,
    /// A session without a request or an open console ends after so many minutes.
    pub session_idle_min: u32,
    /// A session ends after so many hours whatever happens.
    pub session_max_h: u32,
    /// Largest request body, MiB.
    pub body_limit_mib: usize,
    /// How long things are kept.
    pub keep: Retention,
    /// How many threads vehicles are judged on.
    pub engine_threads: usize,
    /// By what they are judged.
    pub judging: Judging,
    /// Which zones close roads where they do not say it themselves.
    pub roads_closed_by: ClosingZones,
    /// A table of road profiles in place of the built-in one (TOML), if any.
    pub roads_profiles: Option<PathBuf>,
}

impl Config {
    /// Where everything kept is handed on to, if anywhere.
    pub fn database_config(&self) -> Option<DatabaseConfig> {
        let url = self.database.clone()?;
        Some(DatabaseConfig { url, schema: self.database_schema.clone() })
    }

    /// What the engine judges by.
    pub fn figures(&self) -> SiteFigures {
        self.judging.figures(self.jt808_rules.idle_s)
    }
}

/// Every setting's name.
const NAMES: [&str; 33] = [
    "data",
    "database",
    "database_schema",
    "http",
    "jt808",
    "jt808_registration",
    "jt808_idle_s",
    "jt808_frames_per_s",
    "jt808_kib_per_s",
    "jt808_connections_per_address",
    "jt808_unauthenticated",
    "jt808_part_timeout_s",
    "jt808_command_timeout_s",
    "jt808_device_check",
    "jt808_time_answer",
    "insecure_http",
    "log",
    "log_filter",
    "password_min_length",
    "session_idle_min",
    "session_max_h",
    "body_limit_mib",
    "keep_journal_days",
    "keep_tracks_days",
    "keep_alarms_days",
    "engine_threads",
    "silence_s",
    "silence_asleep_s",
    "frozen_kph",
    "frozen_fixes",
    "frozen_s",
    "roads_closed_by",
    "roads_profiles",
];

impl Default for Config {
    fn default() -> Config {
        Config {
            data: PathBuf::from("cordon-data"),
            http: SocketAddr::from(([127, 0, 0, 1], 8080)),
            jt808: SocketAddr::from(([127, 0, 0, 1], 7611)),
            database: None,
            database_schema: cordon_data::postgis::SCHEMA.to_owned(),
            jt808_registration: Registration::Approved,
            jt808_rules: Jt808::default(),
            insecure_http: false,
            log: LogFormat::Text,
            log_filter: "info".to_owned(),
            password_min_length: 12,
            session_idle_min: 30,
            session_max_h: 12,
            body_limit_mib: 32,
            keep: Retention::default(),
            engine_threads: threads_of_machine(),
            judging: Judging::default(),
            roads_closed_by: ClosingZones::default(),
            roads_profiles: None,
        }
    }
}

/// What is wrong with the settings.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}: {why}")]
    Unreadable {
        /// Which file.
        path: String,
        /// What the system says.
        why: String,
    },
    /// The file is no TOML.
    #[error("{path} is not valid TOML: {why}")]
    Syntax {
        /// Which file.
        path: String,
        /// Where and what.
        why: String,
    },
    /// A name that is no setting.
    #[error("{place}: unknown setting `{name}`{hint}")]
    Unknown {
        /// File or variable.
        place: String,
        /// What stands there.
        name: String,
        /// The nearest known name, as a clause, or nothing.
        hint: String,
    },
    /// A value that does not fit.
    #[error("{place}: `{name}` is `{value}`, but must be {must}")]
    Value {
        /// File, variable or flag.
        place: String,
        /// Which setting.
        name: String,
        /// What stands there.
        value: String,
        /// What may stand there.
        must: &'static str,
    },
    /// A vehicle that sleeps would be missed before one that drives.
    #[error("settings: `silence_asleep_s` is {asleep_s}, but must be at least `silence_s`, which is {silence_s}")]
    Asleep {
        /// What stands there.
        asleep_s: u32,
        /// The least that it may be.
        silence_s: u32,
    },
    /// Plain HTTP beyond loopback without saying so.
    #[error(
        "http {0} is reachable from outside and plain HTTP is not encrypted: add --insecure-http if a proxy in front encrypts, or use a loopback address"
    )]
    Insecure(SocketAddr),
}

/// The settings from the file at `path` (if any) and the environment, before flags.
///
/// An unknown variable that begins with `CORDON_` is an error when it resembles a setting; else it is left alone, because
/// other programs around Cordon use that prefix.
pub fn load(path: Option<&Path>, env: impl IntoIterator<Item = (String, String)>) -> Result<Config, ConfigError> {
    let mut config = Config::default();
    if let Some(path) = path {
        apply_file(&mut config, path)?;
    }
    let mut env: Vec<(String, String)> = env.into_iter().collect();
    env.sort();
    for (variable, value) in env {
        let Some(name) = variable.strip_prefix("CORDON_").map(str::to_lowercase) else { continue };
        if NAMES.contains(&name.as_str()) {
            apply(&mut config, &variable, &name, &value)?;
        } else if let Some(near) = nearest(&name, &NAMES) {
            let hint = format!(", did you mean `CORDON_{}`?", near.to_uppercase());
            return Err(ConfigError::Unknown { place: "environment".to_owned(), name: variable, hint });
        }
    }
    Ok(config)
}

/// The process's variables, for [`load`]; those that are no text are left out.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// Takes over one setting that a flag gives.
pub fn set(config: &mut Config, flag: &str, name: &str, value: &str) -> Result<(), ConfigError> {
    apply(config, flag, name, value)
}

/// Checks what only the whole can tell.
pub fn check(config: &Config) -> Result<(), ConfigError> {
    if !config.http.ip().is_loopback() && !config.insecure_http {
        return Err(ConfigError::Insecure(config.http));
    }
    config.judging.check()
}

fn apply_file(config: &mut Config, path: &Path) -> Result<(), ConfigError> {
    let place = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|e| ConfigError::Unreadable { path: place.clone(), why: e.to_string() })?;
    let table: toml::Table = toml::from_str(&text)
        .map_err(|e| ConfigError::Syntax { path: place.clone(), why: e.to_string().trim().replace('\n', " ") })?;
    for (name, value) in &table {
        if !NAMES.contains(&name.as_str()) {
            let hint = nearest(name, &NAMES).map_or(String::new(), |near| format!(", did you mean `{near}`?"));
            return Err(ConfigError::Unknown { place, name: name.clone(), hint });
        }
        let text = match value {
            toml::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        apply(config, &place, name, &text)?;
    }
    Ok(())
}

fn apply(config: &mut Config, place: &str, name: &str, value: &str) -> Result<(), ConfigError> {
    let bad =
        |must| ConfigError::Value { place: place.to_owned(), name: name.to_owned(), value: value.to_owned(), must };
    match name {
        "data" => config.data = PathBuf::from(value),
        "database" => {
            let is_url = value.starts_with("postgres://") || value.starts_with("postgresql://");
            config.database = is_url.then(|| value.to_owned());
            if !is_url {
                return Err(bad("a URL such as postgres://cordon@localhost/cordon"));
            }
        }
        "database_schema" => config.database_schema = value.to_owned(),
        "http" => config.http = value.parse().map_err(|_| bad(ADDRESS))?,
        "jt808" => config.jt808 = value.parse().map_err(|_| bad(ADDRESS))?,
        "jt808_registration" => {
            config.jt808_registration = match value {
                "approved" => Registration::Approved,
                "open" => Registration::Open,
                _ => return Err(bad("approved or open")),
            }
        }
        "insecure_http" => config.insecure_http = value.parse().map_err(|_| bad("true or false"))?,
        "log" => {
            config.log = match value {
                "text" => LogFormat::Text,
                "json" => LogFormat::Json,
                _ => return Err(bad("text or json")),
            }
        }
        "log_filter" => config.log_filter = value.to_owned(),
        "password_min_length" => {
            config.password_min_length =
                within(value, 8, 64).ok_or_else(|| bad("a whole number from 8 to 64"))? as usize;
        }
        "session_idle_min" => {
            config.session_idle_min = within(value, 1, 1_440).ok_or_else(|| bad("a whole number from 1 to 1440"))?;
        }
        "session_max_h" => {
            config.session_max_h = within(value, 1, 720).ok_or_else(|| bad("a whole number from 1 to 720"))?;
        }
        "body_limit_mib" => {
            config.body_limit_mib =
                within(value, 1, 1_024).ok_or_else(|| bad("a whole number from 1 to 1024"))? as usize;
        }
        "keep_journal_days" => {
            config.keep.journal_days = days(value, 1).ok_or_else(|| bad("a number of days from 1 to 36500"))?
        }
        // What is up to 7 days late is judged by the track before it.
        "keep_tracks_days" => {
            config.keep.tracks_days = days(value, 8).ok_or_else(|| bad("a number of days from 8 to 36500"))?
        }
        "keep_alarms_days" => {
            config.keep.alarms_days = days(value, 8).ok_or_else(|| bad("a number of days from 8 to 36500"))?
        }
        "engine_threads" => {
            config.engine_threads = within(value, 1, 64).ok_or_else(|| bad("a whole number from 1 to 64"))? as usize;
        }
        "roads_closed_by" => config.roads_closed_by = value.parse().map_err(|_| bad(crate::roads::law::LIMIT))?,
        "roads_profiles" => config.roads_profiles = Some(PathBuf::from(value)),
        _ if Judging::NAMES.contains(&name) => config.judging.apply(name, value, bad)?,
        _ => config.jt808_rules.apply(name, value, bad)?,
    }
    Ok(())
}

const ADDRESS: &str = "an address and a port such as 127.0.0.1:8080";

fn days(text: &str, least: u32) -> Option<u32> {
    within(text, least, 36_500)
}

fn within(text: &str, least: u32, most: u32) -> Option<u32> {
    text.parse().ok().filter(|n| (least..=most).contains(n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_spatial::units::{DeciKph, SpanMs};

    fn from_file(text: &str) -> Result<Config, ConfigError> {
        let file = tempfile::NamedTempFile::new().expect("a temporary file can be made");
        std::fs::write(file.path(), text).expect("the temporary file can be written");
        load(Some(file.path()), [])
    }

    fn from_env(name: &str, value: &str) -> Result<Config, ConfigError> {
        load(None, [(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn a_variable_wins_over_the_file() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file can be made");
        std::fs::write(file.path(), "http = \"127.0.0.1:9000\"\nsession_max_h = 8\n").expect("written");
        let env = [("CORDON_HTTP".to_owned(), "127.0.0.1:9001".to_owned())];
        let config = load(Some(file.path()), env).expect("the settings are fine");
        assert_eq!(config.http.port(), 9001);
        assert_eq!(config.session_max_h, 8);
    }

    #[test]
    fn an_unknown_key_is_an_error_with_a_suggestion() {
        let error = from_file("htpp = \"127.0.0.1:1\"").expect_err("htpp is no setting").to_string();
        assert!(error.contains("unknown setting `htpp`, did you mean `http`?"), "{error}");
        let error = from_env("CORDON_JT808_REGISTRATON", "open").expect_err("a typing error").to_string();
        assert!(error.contains("did you mean `CORDON_JT808_REGISTRATION`?"), "{error}");
    }

    #[test]
    fn variables_of_others_are_left_alone() {
        assert_eq!(from_env("CORDON_TEST_BINARY_FOLDER", "/x"), Ok(Config::default()));
    }

    #[test]
    fn a_bad_value_says_what_may_stand_there() {
        let error = from_env("CORDON_PASSWORD_MIN_LENGTH", "3").expect_err("too short").to_string();
        assert!(error.contains("must be a whole number from 8 to 64"), "{error}");
        let error = from_file("http = 8080").expect_err("no address").to_string();
        assert!(error.contains("must be an address and a port"), "{error}");
    }

    #[test]
    fn how_long_things_are_kept_can_be_set_within_reason() {
        let config = from_file("keep_journal_days = 7\nkeep_alarms_days = 3650").expect("fine settings");
        assert_eq!(config.keep, Retention { journal_days: 7, tracks_days: 183, alarms_days: 3_650 });
        let error = from_env("CORDON_KEEP_TRACKS_DAYS", "7").expect_err("late fixes need them").to_string();
        assert!(error.contains("must be a number of days from 8"), "{error}");
    }

    #[test]
    fn when_a_vehicle_is_missed_or_frozen_can_be_set() {
        let config = from_file(
            "silence_s = 60\nsilence_asleep_s = 7200\njt808_idle_s = 900\nfrozen_kph = 8\nfrozen_fixes = 3\nfrozen_s = 45",
        )
        .expect("fine settings");
        let figures = SiteFigures {
            silence: SpanMs::seconds(60),
            silence_asleep: SpanMs::seconds(7_200),
            contact_lapse: SpanMs::seconds(900),
            frozen_speed: DeciKph(80),
            frozen_fixes: 3,
            frozen: SpanMs::seconds(45),
        };
        assert_eq!((config.figures(), check(&config)), (figures, Ok(())));
        assert_eq!(Config::default().figures(), SiteFigures::default(), "one place says what is usual");
        let error = from_env("CORDON_SILENCE_S", "0").expect_err("too short").to_string();
        assert!(error.contains("`silence_s` is `0`, but must be a whole number from 1 to 86400"), "{error}");
        let error = from_file("frozen_fixes = 1").expect_err("one fix is at one place").to_string();
        assert!(error.contains("must be a whole number from 2 to 1000"), "{error}");
        let config = from_file("silence_s = 600\nsilence_asleep_s = 60").expect("each is fine by itself");
        let error = check(&config).expect_err("who sleeps may be silent for longer").to_string();
        assert!(error.contains("`silence_asleep_s` is 60, but must be at least `silence_s`, which is 600"), "{error}");
    }

    #[test]
    fn plain_http_beyond_loopback_must_be_asked_for() {
        let mut config = from_env("CORDON_HTTP", "0.0.0.0:8080").expect("a fine address");
        assert!(matches!(check(&config), Err(ConfigError::Insecure(_))));
        config.insecure_http = true;
        assert_eq!(check(&config), Ok(()));
    }
}
