//! Weekly windows as JSON: `{"days": [1, 5], "from": "08:00", "to": "18:00"}`, 1 = Monday.
//!
//! A window is law as a rule is: a member that is not known is refused.

use super::field_error::FieldError;
use super::members::{Members, object};
use cordon_spatial::calendar::{Schedule, TimeOfDay, Weekdays, Window, WindowError};
use cordon_spatial::units::UnixMs;
use serde_json::Value;

/// Most windows of one schedule.
const MAX_WINDOWS: usize = 50;

/// The windows in the list `name`; none when it is absent or empty, which is always.
fn schedule(members: &Members<'_>, name: &str) -> Result<Schedule, FieldError> {
    let values = members.list(name, MAX_WINDOWS)?.iter().enumerate();
    let windows = values.map(|(i, value)| window(value, &format!("{}[{i}]", members.field(name))));
    Ok(Schedule::from(windows.collect::<Result<Vec<Window>, FieldError>>()?))
}

/// When something is in force: within its dates, while its schedule is open.
pub(super) struct Validity {
    pub(super) valid_from: Option<UnixMs>,
    pub(super) valid_to: Option<UnixMs>,
    pub(super) schedule: Schedule,
}

/// What `valid_from`, `valid_to` and `schedule` say.
pub(super) fn validity(members: &Members<'_>) -> Result<Validity, FieldError> {
    let (valid_from, valid_to) = (members.time("valid_from")?, members.time("valid_to")?);
    if let (Some(from), Some(to)) = (valid_from, valid_to)
        && from >= to
    {
        let value = members.text("valid_to", 64)?.unwrap_or_default();
        return Err(FieldError::new("order", members.field("valid_to"), value, "a time after properties.valid_from"));
    }
    Ok(Validity { valid_from, valid_to, schedule: schedule(members, "schedule")? })
}

/// One window that stands at `path`.
pub(super) fn window(value: &Value, path: &str) -> Result<Window, FieldError> {
    let members = Members::new(object(value, path)?, path);
    members.refuse_unknown(&["days", "from", "to"])?;
    let (days, from, to) = (days(&members)?, time_of_day(&members, "from")?, time_of_day(&members, "to")?);
    Window::new(days, from, to).map_err(|error| match error {
        WindowError::Empty => {
            let limit = "another time than from; a whole day is 00:00 to 24:00, a night is such as 22:00 to 06:00";
            FieldError::new("order", members.field("to"), to, limit)
        }
        WindowError::StartsAtEnd => FieldError::new("time", members.field("from"), from, "HH:MM from 00:00 to 23:59"),
    })
}

fn days(members: &Members<'_>) -> Result<Weekdays, FieldError> {
    const LIMIT: &str = "a list of days, 1 (Monday) to 7 (Sunday), at least one, each once";
    let field = members.field("days");
    let Some(value) = members.get("days") else { return Err(FieldError::missing(field, LIMIT)) };
    let mut days: Vec<u8> = Vec::new();
    for (i, value) in members.list("days", 7)?.iter().enumerate() {
        let field = format!("{field}[{i}]");
        let Some(number) = value.as_f64().filter(|number| number.fract() == 0.0) else {
            return Err(FieldError::new("type", field, value, "a whole number from 1 to 7"));
        };
        if !(1.0..=7.0).contains(&number) {
            return Err(FieldError::new("range", field, value, "a whole number from 1 to 7"));
        }
        let day = number as u8;
        if days.contains(&day) {
            return Err(FieldError::new("duplicate", field, value, "each day once"));
        }
        days.push(day);
    }
    Weekdays::of(&days).ok_or_else(|| FieldError::new("value", field, value, LIMIT))
}

fn time_of_day(members: &Members<'_>, name: &str) -> Result<TimeOfDay, FieldError> {
    const LIMIT: &str = "HH:MM from 00:00 to 24:00";
    let field = members.field(name);
    let Some(text) = members.text(name, 64)? else { return Err(FieldError::missing(field, LIMIT)) };
    text.parse().map_err(|_| FieldError::new("time", field, text, LIMIT))
}
