//! A zone's rules as JSON: what is watched, for whom, how urgent.
//!
//! A rule is law: a member that is not known is refused, because a misspelt `except` would change who is watched.

use super::exemption::exemption_kind;
use super::field_error::FieldError;
use super::members::{Members, object, one_of};
use super::window::window;
use cordon_spatial::exemption::ExemptionKind;
use cordon_spatial::ids::{Revision, RuleId};
use cordon_spatial::units::DeciKph;
use cordon_spatial::vehicle::VehicleClass;
use cordon_spatial::zone::{Rule, RuleWhen, Subjects};
use serde_json::Value;

/// Most rules of one zone.
const MAX_RULES: usize = 50;
/// Most entries of one list of subjects.
const MAX_SUBJECTS: usize = 200;
/// Longest dwell limit: a year.
const MAX_DWELL_S: u32 = 31_536_000;
/// Highest speed limit, km/h.
const MAX_LIMIT_KPH: f64 = 500.0;
/// Priority of a rule that names none.
const DEFAULT_PRIORITY: u32 = 3;
/// Largest limit of a count.
const MAX_LIMIT_N: u32 = 100_000;
/// Longest delay: a day.
const MAX_DELAY_S: u32 = 86_400;
/// Most kinds of exemption that one rule respects.
const MAX_EXEMPT: usize = 20;
/// Everything that a rule may hold.
const KNOWN: [&str; 14] = [
    "id",
    "name",
    "note",
    "when",
    "subjects",
    "except",
    "limit_s",
    "limit_kph",
    "priority",
    "window",
    "exempt",
    "on_delay_s",
    "off_delay_s",
    "limit_n",
];
/// The classes of vehicles by name.
pub(super) const CLASSES: [(&str, VehicleClass); 5] = [
    ("hazmat", VehicleClass::Hazmat),
    ("goods", VehicleClass::Goods),
    ("ordinary", VehicleClass::Ordinary),
    ("resident", VehicleClass::Resident),
    ("emergency", VehicleClass::Emergency),
];

/// The kinds of rule, without their limits.
#[derive(Clone, Copy)]
enum When {
    Enter,
    Exit,
    Cross,
    Dwell,
    Speed,
    MustBeInside,
    Count,
}

const WHENS: [(&str, When); 7] = [
    ("enter", When::Enter),
    ("exit", When::Exit),
    ("cross", When::Cross),
    ("dwell", When::Dwell),
    ("speed", When::Speed),
    ("must_be_inside", When::MustBeInside),
    ("count", When::Count),
];

/// The rules among a zone's properties, each with `revision` as its own and an id.
pub(super) fn rules(properties: &Members<'_>, revision: Revision) -> Result<Vec<Rule>, FieldError> {
    let mut rules: Vec<Rule> = Vec::new();
    for (i, value) in properties.list("rules", MAX_RULES)?.iter().enumerate() {
        let path = format!("{}[{i}]", properties.field("rules"));
        let rule = rule(value, &path, i, revision)?;
        if rules.iter().any(|known| known.id == rule.id) {
            return Err(FieldError::new(
                "duplicate",
                format!("{path}.id"),
                &rule.id,
                "each rule's id once in its zone",
            ));
        }
        rules.push(rule);
    }
    Ok(rules)
}

fn rule(value: &Value, path: &str, index: usize, revision: Revision) -> Result<Rule, FieldError> {
    let members = Members::new(object(value, path)?, path);
    members.refuse_unknown(&KNOWN)?;
    let id = match members.text("id", 64)? {
        None => default_id(index),
        Some(text) => {
            RuleId::new(text).map_err(|error| FieldError::new("id", members.field("id"), text, error.to_string()))?
        }
    };
    let when = when(&members)?;
    let on_delay_s = members.integer("on_delay_s", 0..=MAX_DELAY_S)?.unwrap_or(0);
    if matches!(when, RuleWhen::Exit) && on_delay_s > 0 {
        let limit = "0 for a rule of kind exit: leaving takes no time, so that it would never raise an alarm";
        return Err(FieldError::new("range", members.field("on_delay_s"), on_delay_s, limit));
    }
    Ok(Rule {
        id,
        revision,
        when,
        subjects: subjects(&members, "subjects")?,
        except: subjects(&members, "except")?,
        priority: members.integer("priority", 1..=4)?.unwrap_or(DEFAULT_PRIORITY) as u8,
        window: members.get("window").map(|value| window(value, &members.field("window"))).transpose()?,
        exempt: exempt(&members)?,
        on_delay_s,
        off_delay_s: members.integer("off_delay_s", 0..=MAX_DELAY_S)?.unwrap_or(0),
    })
}

/// The kinds of exemption that the rule respects, each once.
fn exempt(rule: &Members<'_>) -> Result<Vec<ExemptionKind>, FieldError> {
    let mut kinds: Vec<ExemptionKind> = Vec::new();
    for (i, value) in rule.list("exempt", MAX_EXEMPT)?.iter().enumerate() {
        let field = format!("{}[{i}]", rule.field("exempt"));
        let kind = exemption_kind(value, &field)?;
        if kinds.contains(&kind) {
            return Err(FieldError::new("duplicate", field, value, "each kind once"));
        }
        kinds.push(kind);
    }
    Ok(kinds)
}

/// The id of the rule at this place in the list, when it names none.
pub(super) fn default_id(index: usize) -> RuleId {
    RuleId::new(format!("r{}", index + 1)).expect("a letter and digits are an id")
}

fn when(members: &Members<'_>) -> Result<RuleWhen, FieldError> {
    let field = members.field("when");
    let Some(value) = members.get("when") else {
        return Err(FieldError::missing(field, "enter, exit, cross, dwell, must_be_inside, speed or count"));
    };
    let when = one_of(value, &field, &WHENS)?;
    let limit_s = members.integer("limit_s", 1..=MAX_DWELL_S)?;
    let limit_kph = members.number("limit_kph", 0.1..=MAX_LIMIT_KPH)?;
    let limit_n = members.integer("limit_n", 1..=MAX_LIMIT_N)?;
    let unneeded = |name: &str| {
        FieldError::new("value", members.field(name), "given", format!("absent when the rule watches {value}"))
    };
    if limit_s.is_some() && !matches!(when, When::Dwell) {
        return Err(unneeded("limit_s"));
    }
    if limit_kph.is_some() && !matches!(when, When::Speed) {
        return Err(unneeded("limit_kph"));
    }
    if limit_n.is_some() && !matches!(when, When::Count) {
        return Err(unneeded("limit_n"));
    }
    match when {
        When::Enter => Ok(RuleWhen::Enter),
        When::Exit => Ok(RuleWhen::Exit),
        When::Cross => Ok(RuleWhen::Cross),
        When::Dwell => match limit_s {
            Some(limit_s) => Ok(RuleWhen::Dwell { limit_s }),
            None => {
                Err(FieldError::missing(members.field("limit_s"), format!("whole seconds from 1 to {MAX_DWELL_S}")))
            }
        },
        When::Speed => match limit_kph.and_then(DeciKph::from_kph) {
            Some(limit) => Ok(RuleWhen::Speed { limit }),
            None => Err(FieldError::missing(members.field("limit_kph"), format!("km/h from 0.1 to {MAX_LIMIT_KPH}"))),
        },
        When::MustBeInside => Ok(RuleWhen::MustBeInside),
        When::Count => match limit_n {
            Some(limit_n) => Ok(RuleWhen::Count { limit_n }),
            None => {
                Err(FieldError::missing(members.field("limit_n"), format!("a whole number from 1 to {MAX_LIMIT_N}")))
            }
        },
    }
}

fn subjects(rule: &Members<'_>, name: &str) -> Result<Subjects, FieldError> {
    let Some(value) = rule.get(name) else { return Ok(Subjects::default()) };
    let path = rule.field(name);
    let members = Members::new(object(value, &path)?, &path);
    members.refuse_unknown(&["classes", "goods", "companies", "tags"])?;
    let mut classes = Vec::new();
    for (i, value) in members.list("classes", CLASSES.len())?.iter().enumerate() {
        let class = one_of(value, &format!("{path}.classes[{i}]"), &CLASSES)?;
        if !classes.contains(&class) {
            classes.push(class);
        }
    }
    Ok(Subjects {
        classes,
        goods: members.texts("goods", MAX_SUBJECTS, 20)?,
        companies: members.texts("companies", MAX_SUBJECTS, 200)?,
        tags: members.texts("tags", MAX_SUBJECTS, 64)?,
    })
}

/// Gives each rule its own revision: the one it had, where neither the rule nor anything of its zone that it is judged by
/// changed; else `revision`.
pub(super) fn revise(rules: &mut [Rule], before: &[Rule], same_extent: SameExtent, revision: Revision) {
    for rule in rules {
        let kept = before.iter().find(|old| old.judges_like(rule));
        rule.revision = match (kept, same_extent) {
            (Some(old), SameExtent::Yes) => old.revision,
            _ => revision,
        };
    }
}

/// Whether a zone still covers the same ground at the same times as in its revision before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SameExtent {
    /// Yes.
    Yes,
    /// No: every rule is a new one.
    No,
}
