//! Fields of a file as properties of a collection: renamed as asked, brought to the kind that the property has, empty ones left out.

use crate::feature::Collection;
use crate::feature::schema::Kind;
use crate::filter::Interval;
use serde_json::{Map, Value};

/// What becomes of fields. Those that are not named keep their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Fields and the properties that they become; an empty property leaves the field out.
    pub fields: Vec<(String, String)>,
    /// The field that holds the features' ids; `None` = `id`, if the file has one.
    pub id: Option<String>,
    /// Properties that every feature gets.
    pub added: Vec<(String, Value)>,
}

impl Mapping {
    /// Reads `field=property,other=` as it is given on the command line and over HTTP; the piece that is wrong is the error.
    pub fn parse(text: &str) -> Result<Vec<(String, String)>, String> {
        let pair = |piece: &str| match piece.split_once('=') {
            Some((field, property)) if !field.trim().is_empty() => {
                Ok((field.trim().to_owned(), property.trim().to_owned()))
            }
            _ => Err(piece.to_owned()),
        };
        text.split(',').filter(|piece| !piece.trim().is_empty()).map(pair).collect()
    }

    /// A row's feature with its properties.
    pub(super) fn mapped(&self, collection: Collection, feature: Value) -> Value {
        let (mut properties, mut id) = (Map::new(), Value::Null);
        let Value::Object(mut members) = feature else { return feature };
        let fields = match members.remove("properties") {
            Some(Value::Object(fields)) => fields,
            _ => Map::new(),
        };
        let id_field = self.id.as_deref().unwrap_or("id");
        for (field, value) in fields {
            if is_empty(&value) {
                continue;
            }
            if field == id_field {
                id = as_id(&value);
                continue;
            }
            let named = self.fields.iter().find(|(known, _)| *known == field);
            let property = named.map_or(field, |(_, property)| property.clone());
            if !property.is_empty() {
                let value = match collection.property(&property) {
                    Some(known) => as_kind(known.kind, &value),
                    None => value,
                };
                properties.insert(property, value);
            }
        }
        properties.extend(self.added.iter().cloned());
        members.retain(|name, _| name == "geometry");
        members.entry("geometry").or_insert(Value::Null);
        members.insert("type".to_owned(), "Feature".into());
        members.insert("properties".to_owned(), properties.into());
        if !id.is_null() {
            members.insert("id".to_owned(), id);
        }
        members.into()
    }
}

pub(super) fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// A whole number that a table made a fraction is that number.
fn as_id(value: &Value) -> Value {
    match value.as_f64() {
        Some(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}").into(),
        _ => value.clone(),
    }
}

/// A UN number as tables have it: `UN 1005`, or a number that lost its leading zeros.
fn as_un(value: &Value) -> Value {
    let text = value.as_str().map_or_else(|| as_id(value).as_str().unwrap_or_default().to_owned(), str::to_owned);
    let digits = text.trim().trim_start_matches(['U', 'u', 'N', 'n', ' ', '-', '.']);
    match digits.parse::<u16>() {
        Ok(number) if number < 10_000 && digits.len() <= 4 => format!("{number:04}").into(),
        _ => value.clone(),
    }
}

/// The value as the property's kind, where it can be read so; else as it is, and the entry refuses it by name.
fn as_kind(kind: Kind, value: &Value) -> Value {
    let text = value.as_str().map(str::trim);
    match (kind, text) {
        (Kind::Un, _) => as_un(value),
        (Kind::Uscc, Some(text)) => text.to_ascii_uppercase().into(),
        (Kind::Cas | Kind::OneOf(_) | Kind::Reference(_) | Kind::Datum, Some(text)) => text.into(),
        (kind, None) if kind.is_text() => match value {
            Value::Number(number) => as_id(value).as_str().map_or_else(|| number.to_string(), str::to_owned).into(),
            Value::Bool(truth) => truth.to_string().into(),
            other => other.clone(),
        },
        (kind, Some(text)) if kind.is_number() => match text.parse::<f64>() {
            Ok(number) if number.fract() == 0.0 && number.abs() < 1e15 => (number as i64).into(),
            Ok(number) => number.into(),
            Err(_) => value.clone(),
        },
        (Kind::Flag, Some(text)) => match text.to_lowercase().as_str() {
            "1" | "true" | "yes" | "y" | "是" => true.into(),
            "0" | "false" | "no" | "n" | "否" => false.into(),
            _ => value.clone(),
        },
        (Kind::Flag, None) => value.as_f64().map_or_else(|| value.clone(), |number| (number != 0.0).into()),
        (Kind::Time, Some(text)) => as_time(text).map_or_else(|| value.clone(), Value::from),
        (Kind::Day, Some(text)) => match text.replace('/', "-") {
            date if Interval::parse(&date).is_some() => date.into(),
            _ => as_time(text).map_or_else(|| value.clone(), Value::from),
        },
        (Kind::List | Kind::Object, Some(text)) => match serde_json::from_str(text) {
            Ok(inner @ (Value::Array(_) | Value::Object(_))) => inner,
            _ if kind == Kind::List => text.split([',', '，', ';', '；', '、']).map(str::trim).collect(),
            _ => value.clone(),
        },
        _ => value.clone(),
    }
}

/// A time by RFC 3339. One without an offset is Beijing's, in which tables of a Chinese park are kept; a date is its first moment.
fn as_time(text: &str) -> Option<String> {
    let text = text.replace('/', "-").replacen(' ', "T", 1);
    let is_time = |text: &str| text.parse::<jiff::Timestamp>().is_ok();
    let candidates = [text.clone(), format!("{text}+08:00"), format!("{text}T00:00:00+08:00"), format!("{text}:00")];
    candidates.into_iter().find(|text| is_time(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_become_properties_of_their_kind() {
        let mapping = Mapping {
            fields: Mapping::parse("名称=name,等级=level, 备注= ").expect("three pairs"),
            id: Some("编号".to_owned()),
            added: vec![("source".to_owned(), "a.shp".into())],
        };
        let row = json!({"type": "Feature", "geometry": null, "properties": {"名称": 12, "等级": "red", "备注": "x", "编号": 7.0,
            "radius_m": "5", "valid_from": "2026/01/02", "valid_to": "2026-01-02 08:00:00", "empty": " ", "rules": "[{\"when\":\"enter\"}]", "其他": 1}});
        let mapped = mapping.mapped(Collection::Zones, row);
        assert_eq!(mapped["id"], "7");
        assert_eq!(
            mapped["properties"],
            json!({"name": "12", "level": "red", "radius_m": 5, "valid_from": "2026-01-02T00:00:00+08:00",
            "valid_to": "2026-01-02T08:00:00+08:00", "rules": [{"when": "enter"}], "其他": 1, "source": "a.shp"})
        );
        let codes = |un: Value| {
            let row = json!({"type": "Feature", "geometry": null, "properties": {"un": un, "cas": " 7664-41-7 ", "packing_group": "II "}});
            Mapping::default().mapped(Collection::Substances, row)["properties"].clone()
        };
        for un in [json!("UN1005"), json!("un 1005"), json!(1005), json!(1005.0), json!("1005 ")] {
            assert_eq!(codes(un), json!({"un": "1005", "cas": "7664-41-7", "packing_group": "II"}));
        }
        let named = json!({"type": "Feature", "geometry": null, "properties": {"name": -12.5}});
        assert_eq!(Mapping::default().mapped(Collection::Gates, named)["properties"]["name"], "-12.5");
        assert_eq!(codes(json!(4))["un"], "0004", "a spreadsheet took the zeros");
        for wrong in [json!("UN10050"), json!("ammonia"), json!(12.5)] {
            assert_eq!(codes(wrong.clone())["un"], wrong, "left for the entry to refuse");
        }
        assert_eq!(Mapping::parse("=x"), Err("=x".to_owned()));
        assert_eq!(Mapping::parse("name"), Err("name".to_owned()));
    }
}
