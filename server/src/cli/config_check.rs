//! `cordon config check`: whether the settings are fine, and what they are.

use super::ServeArgs;
use crate::config::{Config, ConfigError, LogFormat, Registration};

/// Checks the settings and prints them as TOML.
pub fn run(args: &ServeArgs) -> Result<(), ConfigError> {
    let config = super::settings(&args.data, &args.listen)?;
    print!("{}", as_toml(&config));
    Ok(())
}

fn as_toml(config: &Config) -> String {
    let mut table = toml::Table::new();
    let mut set = |name: &str, value: toml::Value| {
        table.insert(name.to_owned(), value);
    };
    let registration = match config.jt808_registration {
        Registration::Approved => "approved",
        Registration::Open => "open",
    };
    let log = match config.log {
        LogFormat::Text => "text",
        LogFormat::Json => "json",
    };
    set("data", config.data.display().to_string().into());
    if let Some(url) = &config.database {
        set("database", without_password(url).into());
    }
    set("database_schema", config.database_schema.clone().into());
    set("http", config.http.to_string().into());
    set("jt808", config.jt808.to_string().into());
    set("jt808_registration", registration.into());
    for (name, value) in config.jt808_rules.values() {
        set(name, value);
    }
    set("insecure_http", config.insecure_http.into());
    set("log", log.into());
    set("log_filter", config.log_filter.clone().into());
    set("password_min_length", (config.password_min_length as i64).into());
    set("session_idle_min", i64::from(config.session_idle_min).into());
    set("session_max_h", i64::from(config.session_max_h).into());
    set("body_limit_mib", (config.body_limit_mib as i64).into());
    set("keep_journal_days", i64::from(config.keep.journal_days).into());
    set("keep_tracks_days", i64::from(config.keep.tracks_days).into());
    set("keep_alarms_days", i64::from(config.keep.alarms_days).into());
    set("engine_threads", (config.engine_threads as i64).into());
    for (name, value) in config.judging.values() {
        set(name, value);
    }
    set("roads_closed_by", config.roads_closed_by.to_string().into());
    if let Some(file) = &config.roads_profiles {
        set("roads_profiles", file.display().to_string().into());
    }
    table.to_string()
}

/// The URL with `***` for a password: what is printed is read by many.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find('/').unwrap_or(rest.len());
    match (rest[..end].rfind('@'), rest[..end].find(':')) {
        (Some(at), Some(colon)) if colon < at => format!("{scheme}://{}:***{}", &rest[..colon], &rest[at..]),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_printed() {
        assert_eq!(without_password("postgres://anna:secret@db:5432/x"), "postgres://anna:***@db:5432/x");
        for plain in ["postgres://anna@db/x", "postgres://db:5432/x", "postgresql:///x?host=/run"] {
            assert_eq!(without_password(plain), plain);
        }
    }

    #[test]
    fn what_is_printed_reads_back_as_the_same_settings() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file can be made");
        std::fs::write(file.path(), as_toml(&Config::default())).expect("it can be written");
        assert_eq!(crate::config::load(Some(file.path()), []), Ok(Config::default()));
        let keep = crate::ingest::Retention { journal_days: 7, tracks_days: 8, alarms_days: 9 };
        let judging = crate::config::Judging {
            silence_s: 60,
            silence_asleep_s: 3_600,
            frozen_kph: 8,
            frozen_fixes: 3,
            frozen_s: 45,
        };
        let roads_closed_by = "closed, hazard/red=non_emergency".parse().expect("a list");
        let roads_profiles = Some("profiles.toml".into());
        let config = Config { keep, judging, roads_closed_by, roads_profiles, ..Config::default() };
        std::fs::write(file.path(), as_toml(&config)).expect("it can be written");
        assert_eq!(crate::config::load(Some(file.path()), []), Ok(config));
    }
}
