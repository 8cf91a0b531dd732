//! The members of a JSON object, read one by one with the path to them, so that an error can name the field.
//!
//! A member that is `null` counts as absent, as a merge patch would leave it.

use super::field_error::FieldError;
use crate::suggest::nearest;
use cordon_spatial::units::UnixMs;
use serde_json::{Map, Value};
use std::ops::RangeInclusive;

/// An object and where it stands in the feature.
#[derive(Clone, Copy)]
pub(super) struct Members<'a> {
    map: &'a Map<String, Value>,
    path: &'a str,
}

impl<'a> Members<'a> {
    /// The members of an object that stands at `path`.
    pub(super) fn new(map: &'a Map<String, Value>, path: &'a str) -> Members<'a> {
        Members { map, path }
    }

    /// The path of a member.
    pub(super) fn field(&self, name: &str) -> String {
        format!("{}.{name}", self.path)
    }

    /// A member that is there and not `null`.
    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// A text of at most `max_chars` characters.
    pub(super) fn text(&self, name: &str, max_chars: usize) -> Result<Option<&'a str>, FieldError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        text(value, &self.field(name), max_chars).map(Some)
    }

    /// A list of at most `max` texts, empty when absent; a text that stands twice is kept once.
    pub(super) fn texts(&self, name: &str, max: usize, max_chars: usize) -> Result<Vec<String>, FieldError> {
        let mut texts: Vec<String> = Vec::new();
        for (i, value) in self.list(name, max)?.iter().enumerate() {
            let text = text(value, &format!("{}[{i}]", self.field(name)), max_chars)?;
            if !texts.iter().any(|known| known == text) {
                texts.push(text.to_owned());
            }
        }
        Ok(texts)
    }

    /// A list of at most `max` values, empty when absent.
    pub(super) fn list(&self, name: &str, max: usize) -> Result<&'a [Value], FieldError> {
        let Some(value) = self.get(name) else { return Ok(&[]) };
        let Value::Array(values) = value else {
            return Err(FieldError::new("type", self.field(name), value, "a list"));
        };
        if values.len() > max {
            let limit = format!("at most {max} entries");
            return Err(FieldError::new("too_many", self.field(name), format!("{} entries", values.len()), limit));
        }
        Ok(values)
    }

    /// A number within a range.
    pub(super) fn number(&self, name: &str, range: RangeInclusive<f64>) -> Result<Option<f64>, FieldError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let limit = || format!("a number from {} to {}", range.start(), range.end());
        let Some(number) = value.as_f64() else {
            return Err(FieldError::new("type", self.field(name), value, limit()));
        };
        if !range.contains(&number) {
            return Err(FieldError::new("range", self.field(name), value, limit()));
        }
        Ok(Some(number))
    }

    /// A whole number within a range.
    pub(super) fn integer(&self, name: &str, range: RangeInclusive<u32>) -> Result<Option<u32>, FieldError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let limit = || format!("a whole number from {} to {}", range.start(), range.end());
        let Some(number) = value.as_f64().filter(|number| number.fract() == 0.0) else {
            return Err(FieldError::new("type", self.field(name), value, limit()));
        };
        if !(f64::from(*range.start())..=f64::from(*range.end())).contains(&number) {
            return Err(FieldError::new("range", self.field(name), value, limit()));
        }
        Ok(Some(number as u32))
    }

    /// An instant by RFC 3339, with any offset.
    pub(super) fn time(&self, name: &str) -> Result<Option<UnixMs>, FieldError> {
        let Some(text) = self.text(name, 64)? else { return Ok(None) };
        match text.parse::<jiff::Timestamp>() {
            Ok(time) => Ok(Some(UnixMs(time.as_millisecond()))),
            Err(_) => {
                let limit = "a time with its offset by RFC 3339, such as 2026-11-23T08:00:00+08:00";
                Err(FieldError::new("time", self.field(name), text, limit))
            }
        }
    }

    /// One of some names.
    pub(super) fn one_of<T: Copy>(&self, name: &str, names: &[(&str, T)]) -> Result<Option<T>, FieldError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        one_of(value, &self.field(name), names).map(Some)
    }

    /// Refuses a member whose name is nearly one of `known`: it was meant to be judged and would be kept as a remark. Any
    /// other free member is kept.
    pub(super) fn refuse_misspelt(&self, known: &[&str]) -> Result<(), FieldError> {
        for (name, value) in self.map.iter().filter(|(name, value)| !known.contains(&name.as_str()) && !value.is_null())
        {
            let Some(meant) = meant(name, known) else { continue };
            let (field, meant) = (self.field(name), self.field(meant));
            let message = format!("{field} is not known here; did you mean {meant}?");
            return Err(FieldError::new("unknown_member", field, value, meant).saying(message));
        }
        Ok(())
    }

    /// Refuses members that are not in `known`: in a rule a misspelt word would change who is watched.
    pub(super) fn refuse_unknown(&self, known: &[&str]) -> Result<(), FieldError> {
        match self.map.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, value)) => Err(FieldError::new("unknown_member", self.field(name), value, known.join(", "))
                .saying(format!("{} is not known here; known: {}", self.field(name), known.join(", ")))),
        }
    }
}

/// The known name that was meant: in another case or spelling of the words' borders, without its unit, or mistyped.
fn meant<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let plain =
        |name: &str| name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let is_meant = |known: &str| plain(known) == plain(name) || known.strip_suffix("_m") == Some(name);
    known.iter().copied().find(|known| is_meant(known)).or_else(|| nearest(name, known))
}

/// A text of at most `max_chars` characters.
pub(super) fn text<'a>(value: &'a Value, field: &str, max_chars: usize) -> Result<&'a str, FieldError> {
    let Value::String(text) = value else {
        return Err(FieldError::new("type", field, value, "a text"));
    };
    if text.chars().count() > max_chars {
        return Err(FieldError::new("too_long", field, text, format!("at most {max_chars} characters")));
    }
    Ok(text)
}

/// One of some names.
pub(super) fn one_of<T: Copy>(value: &Value, field: &str, names: &[(&str, T)]) -> Result<T, FieldError> {
    let found = value.as_str().and_then(|text| names.iter().find(|(name, _)| *name == text));
    match found {
        Some((_, meaning)) => Ok(*meaning),
        None => {
            let names: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
            Err(FieldError::new("value", field, value, names.join(", ")))
        }
    }
}

/// An object.
pub(super) fn object<'a>(value: &'a Value, field: &str) -> Result<&'a Map<String, Value>, FieldError> {
    value.as_object().ok_or_else(|| FieldError::new("type", field, value, "an object"))
}
