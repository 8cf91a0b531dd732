//! Vehicles as features: what people register about them. Where they are comes from fixes, never from an edit.

use super::StoredFeature;
use super::field_error::FieldError;
use super::members::Members;
use super::rule::CLASSES;
use cordon_spatial::vehicle::{Vehicle, VehicleClass};
use serde_json::{Map, Value};

/// Most tags of one vehicle.
const MAX_TAGS: usize = 50;
/// Longest phone of a terminal: JT/T 808-2019 has twenty digits.
const MAX_PHONE_DIGITS: usize = 20;

/// Every member that means something in a vehicle's properties. Others are kept as remarks.
pub(super) const KNOWN: [&str; 10] = [
    "name",
    "plate",
    "plate_colour",
    "class",
    "company",
    "goods_class",
    "terminal_phone",
    "device_id",
    "tags",
    "unchecked",
];

/// A vehicle's feature, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VehicleFeature {
    /// What rules ask of it.
    pub vehicle: Vehicle,
    /// Its number plate.
    pub plate: Option<String>,
    /// Its plate's colour, as it was written.
    pub plate_colour: Option<String>,
    /// The phone of its JT/T 808 terminal: digits without leading zeros.
    pub terminal_phone: Option<String>,
    /// The id by which a phone with the OsmAnd protocol reports for it: a secret.
    pub device_id: Option<String>,
}

/// Reads a vehicle and makes its properties what is kept.
pub(super) fn enter(properties: &mut Map<String, Value>) -> Result<VehicleFeature, FieldError> {
    Members::new(properties, "properties").refuse_misspelt(&KNOWN)?;
    let read = read(properties)?;
    if let Some(phone) = &read.terminal_phone {
        properties.insert("terminal_phone".to_owned(), Value::from(phone.as_str()));
    }
    if properties.get("class").is_none_or(Value::is_null) {
        properties.insert("class".to_owned(), Value::from("ordinary"));
    }
    Ok(read)
}

fn read(properties: &Map<String, Value>) -> Result<VehicleFeature, FieldError> {
    let members = Members::new(properties, "properties");
    members.text("name", 200)?;
    let text = |name: &str, max_chars: usize| members.text(name, max_chars).map(|text| text.map(str::to_owned));
    Ok(VehicleFeature {
        vehicle: Vehicle {
            class: members.one_of("class", &CLASSES)?.unwrap_or(VehicleClass::Ordinary),
            company: text("company", 200)?,
            goods_class: text("goods_class", 20)?,
            tags: members.texts("tags", MAX_TAGS, 64)?,
        },
        plate: text("plate", 32)?,
        plate_colour: plate_colour(&members)?,
        terminal_phone: terminal_phone(&members)?,
        device_id: text("device_id", 128)?.filter(|id| !id.is_empty()),
    })
}

/// The colour by name, or by its code in JT/T 697.7 as a number.
fn plate_colour(members: &Members<'_>) -> Result<Option<String>, FieldError> {
    match members.get("plate_colour") {
        Some(Value::Number(_)) => Ok(members.integer("plate_colour", 0..=255)?.map(|code| code.to_string())),
        _ => Ok(members.text("plate_colour", 20)?.map(str::to_owned)),
    }
}

/// Digits without leading zeros. A number is taken as its digits. Hexadecimal digits are kept, in capitals: some terminals
/// pack them into the phone of their header.
fn terminal_phone(members: &Members<'_>) -> Result<Option<String>, FieldError> {
    let Some(value) = members.get("terminal_phone") else { return Ok(None) };
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return Err(FieldError::new("type", members.field("terminal_phone"), value, "a text of digits")),
    };
    if text.is_empty() {
        return Ok(None);
    }
    let digits = text.trim_start_matches('0');
    let fits = !digits.is_empty() && text.len() <= MAX_PHONE_DIGITS && text.bytes().all(|b| b.is_ascii_hexdigit());
    if !fits {
        let limit = format!("1 to {MAX_PHONE_DIGITS} digits, not all 0");
        return Err(FieldError::new("value", members.field("terminal_phone"), text, limit));
    }
    Ok(Some(digits.to_ascii_uppercase()))
}

/// The name of a class in bodies and the API.
pub fn class_name(class: VehicleClass) -> &'static str {
    CLASSES.iter().find(|(_, known)| *known == class).map_or("ordinary", |(name, _)| name)
}

/// The vehicle that a kept revision stands for. Errors when the feature is deleted or cannot be read.
pub fn vehicle_of(feature: &StoredFeature) -> Result<VehicleFeature, FieldError> {
    let Some(body) = &feature.body else {
        return Err(FieldError::missing("properties", "a vehicle that was not deleted"));
    };
    let body: Value = serde_json::from_str(body)
        .map_err(|error| FieldError::new("type", "the kept body", error, "a GeoJSON feature"))?;
    match body.get("properties") {
        Some(Value::Object(properties)) => read(properties),
        _ => Err(FieldError::missing("properties", "an object")),
    }
}
