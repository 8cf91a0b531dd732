//! Numbers with units as people write them on roads: speeds, lengths, weights.

/// What a value says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value {
    /// That there is no limit, or none of its own.
    None,
    /// A number in the unit that was asked for.
    Number(f64),
    /// Something that could not be read.
    Unread,
}

/// A speed in km/h (OSM wiki, Key:maxspeed).
pub(super) fn speed_kph(value: &str) -> Value {
    match value {
        "none" | "signals" | "variable" | "no" | "default" | "unposted" => return Value::None,
        "walk" => return Value::Number(7.0),
        // A country's default such as CN:urban.
        _ if value.contains(':') && !value.contains(' ') => return Value::None,
        _ => {}
    }
    number(value, |unit| match unit {
        "" | "km/h" | "kmh" | "kph" => Some(1.0),
        "mph" => Some(1.609_344),
        "knots" => Some(1.852),
        _ => None,
    })
}

/// A length in metres (OSM wiki, Key:maxheight, Map features/Units).
pub(super) fn metres(value: &str) -> Value {
    if is_no_limit(value) {
        return Value::None;
    }
    if let Some(length) = feet_and_inches(value) {
        return Value::Number(length);
    }
    number(value, |unit| match unit {
        "" | "m" | "metres" | "meters" => Some(1.0),
        "cm" => Some(0.01),
        "ft" | "feet" => Some(0.304_8),
        _ => None,
    })
}

/// A weight in tonnes (OSM wiki, Key:maxweight).
pub(super) fn tonnes(value: &str) -> Value {
    if is_no_limit(value) {
        return Value::None;
    }
    number(value, |unit| match unit {
        "" | "t" | "tonnes" | "mt" => Some(1.0),
        "kg" => Some(0.001),
        "lbs" | "lb" => Some(0.000_453_592_37),
        "st" => Some(0.907_184_74),
        "lt" => Some(1.016_046_91),
        _ => None,
    })
}

fn is_no_limit(value: &str) -> bool {
    matches!(value, "none" | "no" | "default" | "unsigned" | "below_default" | "no_sign" | "no_indications")
}

fn feet_and_inches(value: &str) -> Option<f64> {
    let (feet, rest) = value.split_once('\'')?;
    let inches = rest.trim().trim_end_matches('"').trim();
    let inches: f64 = if inches.is_empty() { 0.0 } else { inches.parse().ok()? };
    Some((feet.trim().parse::<f64>().ok()? * 12.0 + inches) * 0.025_4)
}

fn number(value: &str, factor: impl Fn(&str) -> Option<f64>) -> Value {
    let value = value.trim();
    let end = value.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(value.len());
    let (digits, unit) = value.split_at(end);
    match (digits.parse::<f64>(), factor(unit.trim().to_ascii_lowercase().as_str())) {
        (Ok(number), Some(factor)) if number > 0.0 => Value::Number(number * factor),
        _ => Value::Unread,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_read() {
        assert_eq!(speed_kph("60"), Value::Number(60.0));
        assert_eq!(speed_kph("30 mph"), Value::Number(48.280_32));
        assert_eq!(speed_kph("CN:urban"), Value::None);
        assert_eq!(metres("4.2 m"), Value::Number(4.2));
        assert_eq!(metres("13'6\""), Value::Number(4.114_8));
        assert_eq!(metres("default"), Value::None);
        assert_eq!(tonnes("7.5"), Value::Number(7.5));
        assert_eq!(tonnes("3500 kg"), Value::Number(3.5));
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for value in ["high", "", "4,2", "3.5;4", "-3"] {
            assert_eq!(metres(value), Value::Unread, "{value}");
        }
        assert_eq!(speed_kph("fast"), Value::Unread);
    }
}
