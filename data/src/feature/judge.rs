//! Whether a feature's properties hold what the schema says of them.
//!
//! An edit is judged by what it changes: a property that stands as in the revision before is left alone, so that what was kept by an
//! older version can be read, patched in another place, and brought back. Properties that the schema does not know are free.

use super::entry::{Find, Wholes};
use super::field_error::FieldError;
use super::members::{Members, object};
use super::reference;
use super::schema::{Kind, Property, SeenBy};
use super::{Collection, closure, code, vehicle, zone};
use crate::filter::Interval;
use crate::import::files::Srs;
use cordon_spatial::ids::FeatureId;
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Longest text, characters: that of any text in a feature.
const MAX_TEXT_CHARS: usize = 10_000;
/// Most entries of a hazard source's list of substances.
const MAX_SUBSTANCES: usize = 1_000;
/// Most features above one that is part of others: a park's chain has four.
const MAX_ABOVE: usize = 100;

/// What an edit would make of a feature's properties.
pub(super) struct Judged<'a> {
    /// Of which collection.
    pub collection: Collection,
    /// Of which feature.
    pub id: &'a FeatureId,
    /// As they are to be.
    pub properties: &'a Map<String, Value>,
    /// As they are in the revision before, if there is one.
    pub before: Option<&'a Map<String, Value>>,
    /// Finds what is named.
    pub find: &'a Find<'a>,
    /// Tells what a feature of its collection is part of.
    pub wholes: &'a Wholes<'a>,
}

impl Judged<'_> {
    /// Refuses the first property that is wrong.
    pub(super) fn check(&self) -> Result<(), FieldError> {
        let members = Members::new(self.properties, "properties");
        let own = own_law(self.collection);
        let judged = self.collection.schema().iter().filter(|property| !own.contains(&property.name));
        for property in judged.filter(|property| !self.is_as_before(property.name)) {
            value(&members, property)?;
        }
        let (from, to) = self.collection.validity();
        if !own.contains(&from) && self.collection.property(from).is_some() {
            self.in_order(&[from, to], |name| Ok(members.time(name)?.map(|time| time.0 as f64)), Least::Below)?;
        }
        match self.collection {
            Collection::Points => {
                let limits = ["limit_ll", "limit_l", "limit_h", "limit_hh"];
                self.in_order(&limits, |name| number(&members, name), Least::Same)?;
            }
            Collection::Substances => {
                self.in_order(&["lel_percent", "uel_percent"], |name| number(&members, name), Least::Below)?;
            }
            Collection::HazardSources if !self.is_as_before("substances") => substances(&members)?,
            _ => {}
        }
        self.references()
    }

    /// Refuses a reference to nothing, to the feature itself, or to what is part of it. One that stands as in the revision before is
    /// left alone: what it names may have been deleted since.
    fn references(&self) -> Result<(), FieldError> {
        let before =
            self.before.map(|properties| reference::references(self.collection, properties)).unwrap_or_default();
        let named = reference::references(self.collection, self.properties);
        for reference in named.iter().filter(|named| !before.iter().any(|known| known.is_same(named))) {
            let refused = |code, limit: String| {
                Err(FieldError::new(code, format!("properties.{}", reference.field), reference.id, limit))
            };
            let is_itself = |id: &FeatureId| reference.to == self.collection && id == self.id;
            let id = FeatureId::new(reference.id).ok();
            let Some(id) = id.filter(|id| is_itself(id) || (self.find)(reference.to, id).is_some()) else {
                return refused("unknown_reference", format!("the id of a feature of {} that exists", reference.to));
            };
            if reference.to == self.collection {
                match self.stands_above(id) {
                    Chain::Ends => {}
                    Chain::Closes => {
                        let limit =
                            format!("the id of a feature of {} that is not this one, nor part of it", reference.to);
                        return refused("circular", limit);
                    }
                    Chain::TooLong => return refused("too_deep", format!("at most {MAX_ABOVE} features above one")),
                }
            }
        }
        Ok(())
    }

    /// Whether the chain upwards from a feature comes back to this one. A circle of others, which an older version may have let in,
    /// is not this edit's.
    fn stands_above(&self, first: FeatureId) -> Chain {
        let (mut seen, mut open) = (HashSet::new(), vec![first]);
        while let Some(id) = open.pop() {
            if id == *self.id {
                return Chain::Closes;
            }
            if seen.len() == MAX_ABOVE {
                return Chain::TooLong;
            }
            if seen.insert(id.clone()) {
                open.extend((self.wholes)(&id));
            }
        }
        Chain::Ends
    }

    fn is_as_before(&self, name: &str) -> bool {
        self.before.is_some_and(|before| before.get(name) == self.properties.get(name))
    }

    /// Refuses values that do not rise in this order, absent ones left out; what stands as before is left alone.
    fn in_order(
        &self,
        names: &[&str],
        read: impl Fn(&str) -> Result<Option<f64>, FieldError>,
        least: Least,
    ) -> Result<(), FieldError> {
        if names.iter().all(|name| self.is_as_before(name)) {
            return Ok(());
        }
        let mut last: Option<(&str, f64)> = None;
        for name in names {
            let Some(value) = read(name)? else { continue };
            if let Some((lower, least_value)) = last
                && (value < least_value || (least == Least::Below && value == least_value))
            {
                let limit = match least {
                    Least::Below => format!("more than properties.{lower}"),
                    Least::Same => format!("at least properties.{lower}"),
                };
                return Err(FieldError::new("order", format!("properties.{name}"), &self.properties[*name], limit));
            }
            last = Some((name, value));
        }
        Ok(())
    }
}

/// How a chain upwards ends.
enum Chain {
    /// At what is part of nothing.
    Ends,
    /// Where it began.
    Closes,
    /// Nobody looked further.
    TooLong,
}

/// How a value stands to the one after it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Least {
    /// Below it.
    Below,
    /// Below it or the same.
    Same,
}

/// The properties that the collection's own entry reads.
fn own_law(collection: Collection) -> &'static [&'static str] {
    match collection {
        Collection::Zones => &zone::KNOWN,
        Collection::Vehicles => &vehicle::KNOWN,
        Collection::Closures => &closure::KNOWN,
        Collection::ClosedAreas => &[closure::CLOSES],
        Collection::Exemptions => &["name", "kind", "subject", "zone", "from", "to"],
        _ => &[],
    }
}

/// One property by its kind.
fn value(members: &Members<'_>, property: &Property) -> Result<(), FieldError> {
    let name = property.name;
    let field = || members.field(name);
    match property.kind {
        Kind::Text | Kind::Reference(_) => members.text(name, MAX_TEXT_CHARS).map(drop),
        Kind::OneOf(names) => {
            let names: Vec<(&str, ())> = names.iter().map(|name| (*name, ())).collect();
            members.one_of(name, &names).map(drop)
        }
        Kind::Number => number(members, name).map(drop),
        Kind::Amount => match number(members, name)? {
            Some(number) if number < 0.0 => {
                Err(FieldError::new("range", field(), number, "a number that is not negative"))
            }
            _ => Ok(()),
        },
        Kind::Percent => members.number(name, 0.0..=100.0).map(drop),
        Kind::Whole => members.integer(name, 0..=u32::MAX).map(drop),
        Kind::Flag => match members.get(name) {
            Some(other) if !other.is_boolean() => Err(FieldError::new("type", field(), other, "true or false")),
            _ => Ok(()),
        },
        Kind::Time => members.time(name).map(drop),
        Kind::Day => {
            said(members, name, "time", "a date such as 2026-11-27, or a time with its offset by RFC 3339", |text| {
                Interval::parse(text).is_some()
            })
        }
        Kind::Uscc => said(members, name, "check_digit", code::USCC_LIMIT, code::is_uscc),
        Kind::Cas => said(members, name, "check_digit", code::CAS_LIMIT, code::is_cas),
        Kind::Un => said(members, name, "value", code::UN_LIMIT, code::is_un),
        Kind::Datum => said(members, name, "value", Srs::NAMES, |text| Srs::from_name(text).is_some()),
        Kind::List => match members.get(name) {
            Some(other) if !other.is_array() => Err(FieldError::new("type", field(), other, "a list")),
            _ => Ok(()),
        },
        Kind::Object => members.get(name).map_or(Ok(()), |value| object(value, &field()).map(drop)),
    }
}

/// A text that `fits`.
fn said(
    members: &Members<'_>,
    name: &str,
    code: &'static str,
    limit: &str,
    fits: impl Fn(&str) -> bool,
) -> Result<(), FieldError> {
    match members.text(name, MAX_TEXT_CHARS)? {
        Some(text) if !fits(text) => Err(FieldError::new(code, members.field(name), text, limit)),
        _ => Ok(()),
    }
}

fn number(members: &Members<'_>, name: &str) -> Result<Option<f64>, FieldError> {
    let Some(value) = members.get(name) else { return Ok(None) };
    match value.as_f64().filter(|number| number.is_finite()) {
        Some(number) => Ok(Some(number)),
        None => Err(FieldError::new("type", members.field(name), value, "a number")),
    }
}

/// What a hazard source holds: names, or objects with the design maximum in `quantity_t` and perhaps the id of a `substance`.
fn substances(members: &Members<'_>) -> Result<(), FieldError> {
    for (index, entry) in members.list("substances", MAX_SUBSTANCES)?.iter().enumerate() {
        let path = format!("properties.substances[{index}]");
        match entry {
            Value::String(_) => {}
            Value::Object(inner) => {
                let inner = Members::new(inner, &path);
                inner.text("substance", MAX_TEXT_CHARS)?;
                for amount in [QUANTITY, THRESHOLD, BETA] {
                    value(&inner, &amount)?;
                }
                said(&inner, "cas", "check_digit", code::CAS_LIMIT, code::is_cas)?;
                said(&inner, "un", "value", code::UN_LIMIT, code::is_un)?;
            }
            other => {
                return Err(FieldError::new("type", path, other, "a name, or an object with substance and quantity_t"));
            }
        }
    }
    Ok(())
}

const QUANTITY: Property = amount("quantity_t");
const THRESHOLD: Property = amount("threshold_t");
const BETA: Property = amount("beta");

const fn amount(name: &'static str) -> Property {
    Property { name, kind: Kind::Amount, zh: "", en: "", seen_by: SeenBy::Everybody }
}
