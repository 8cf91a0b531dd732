//! What a zone's rules may say that the engine does not judge yet: refused on entry, because to take and ignore it would
//! promise a watch that nobody keeps.
//!
//! Everything here is read, kept and read back whole; [`UNSUPPORTED`] is the only place that refuses it.

use super::field_error::FieldError;
use super::zone::ZoneDraft;
use cordon_spatial::zone::{Rule, RuleWhen};
use serde_json::{Map, Value};

/// A member of a rule, and whether it is said.
type Member = (&'static str, fn(&Rule) -> bool);

/// One line for each thing that is not judged yet.
const UNSUPPORTED: &[Member] = &[("when", |rule| matches!(rule.when, RuleWhen::Count { .. }))];

/// Refuses a zone that says something of [`UNSUPPORTED`].
pub(super) fn refuse(zone: &ZoneDraft, properties: &Map<String, Value>) -> Result<(), FieldError> {
    for (name, is_said) in UNSUPPORTED {
        if let Some(i) = zone.rules.iter().position(is_said) {
            return Err(refusal(&format!("properties.rules[{i}].{name}"), &properties["rules"][i][*name]));
        }
    }
    Ok(())
}

fn refusal(field: &str, value: &Value) -> FieldError {
    let message =
        format!("{field} is {value}, which is not supported by this version of Cordon and would not be watched");
    FieldError::new("unsupported", field, value, "absent, or what this version watches").saying(message)
}
