//! What is wrong with something that a person or a file gave: the field, its value and the limit.

use std::fmt::Display;

/// Longest piece of a refused value that is repeated to its sender, characters.
const MAX_VALUE_CHARS: usize = 80;

/// Why a feature was refused. Nothing of it was kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FieldError {
    /// Stable code: `missing`, `type`, `value`, `range`, `time`, `order`, `too_long`, `too_many`, `too_deep`, `too_large`,
    /// `duplicate`, `unknown_member`, `unknown_vehicle`, `unknown_zone`, `unknown_reference`, `circular`, `check_digit`, `id`, `crs`, `geometry`, `coordinate`,
    /// `swapped`, or a code of [`cordon_spatial::shape::ShapeError`].
    pub code: &'static str,
    /// Which field, as a path from the feature: `properties.rules[0].limit_s`.
    pub field: String,
    /// What it holds, shortened; empty when it is missing.
    pub value: String,
    /// What is allowed.
    pub limit: String,
    /// The sentence for the person.
    pub message: String,
}

impl FieldError {
    /// "`field` is `value`; allowed: `limit`".
    pub fn new(
        code: &'static str,
        field: impl Into<String>,
        value: impl Display,
        limit: impl Into<String>,
    ) -> FieldError {
        let (field, value, limit) = (field.into(), shortened(&value.to_string()), limit.into());
        let message = format!("{field} is {value}; allowed: {limit}");
        FieldError { code, field, value, limit, message }
    }

    /// "`field` is missing; needed: `limit`".
    pub fn missing(field: impl Into<String>, limit: impl Into<String>) -> FieldError {
        let (field, limit) = (field.into(), limit.into());
        let message = format!("{field} is missing; needed: {limit}");
        FieldError { code: "missing", field, value: String::new(), limit, message }
    }

    /// The same with a sentence of its own.
    pub fn saying(self, message: impl Into<String>) -> FieldError {
        FieldError { message: message.into(), ..self }
    }
}

/// The beginning of a text, cut with an ellipsis between two characters.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_VALUE_CHARS) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_is_repeated_only_in_part() {
        let error = FieldError::new("too_long", "properties.name", "气".repeat(10_000), "at most 200 characters");
        assert!(error.value.chars().count() <= MAX_VALUE_CHARS + 1, "{}", error.value);
        assert!(error.to_string().starts_with("properties.name is 气"));
    }
}
