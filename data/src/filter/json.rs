//! CQL2 as JSON (OGC 21-065r2 §6.4 and annex A): the same tree from objects of `op` and `args`.

use super::literal::{MAX_CORNERS, bbox, coord};
use super::text::{given_end, own_place};
use super::time::Interval;
use super::{COMPARISONS, Filter, FilterError, Place, Room, SPATIAL, Scalar, Span, SpanEnd, TEMPORAL, deeper, named};
use crate::crs::Crs;
use geo::{CoordsIter, Geometry, MapCoords};
use serde_json::Value;

/// Reads a whole filter.
pub(super) fn parse(text: &str, crs: Crs) -> Result<Filter, FilterError> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| FilterError::new("", format!("the filter is no JSON that can be read: {error}")))?;
    let mut reader = Reader { room: Room::new(), corners: 0, crs };
    reader.filter(&value, 0)
}

struct Reader {
    room: Room,
    corners: usize,
    crs: Crs,
}

impl Reader {
    fn filter(&mut self, value: &Value, depth: usize) -> Result<Filter, FilterError> {
        self.room.take(&shown(value))?;
        let depth = deeper(depth, &shown(value))?;
        if let Value::Bool(truth) = value {
            return Ok(Filter::Truth(*truth));
        }
        let (op, args) = call(value)?;
        let name = op.to_ascii_lowercase();
        match name.as_str() {
            "and" | "or" => {
                if args.is_empty() {
                    return Err(counted(op, args, "one or more"));
                }
                let all = args.iter().map(|arg| self.filter(arg, depth)).collect::<Result<Vec<_>, _>>()?;
                Ok(if name == "and" { Filter::And(all) } else { Filter::Or(all) })
            }
            "not" => Ok(Filter::Not(Box::new(self.filter(only(op, args)?, depth)?))),
            "isnull" => match self.scalar(only(op, args)?, depth)? {
                Scalar::Property(name) => Ok(Filter::IsNull(name)),
                _ => Err(FilterError::new("isNull", "isNull is asked of a property")),
            },
            "like" => {
                let [what, pattern] = two(op, args)?;
                Ok(Filter::Like(self.scalar(what, depth)?, self.scalar(pattern, depth)?))
            }
            "between" => {
                let [what, least, greatest] = args else { return Err(counted(op, args, "three")) };
                let (what, least) = (self.scalar(what, depth)?, self.scalar(least, depth)?);
                Ok(Filter::Between(what, least, self.scalar(greatest, depth)?))
            }
            "in" => {
                let [what, list] = two(op, args)?;
                let Value::Array(list) = list else {
                    return Err(FilterError::new(shown(list), "in has a value and a list of values"));
                };
                let list = list.iter().map(|value| self.scalar(value, depth)).collect::<Result<Vec<_>, _>>()?;
                Ok(Filter::In(self.scalar(what, depth)?, list))
            }
            _ => self.relation(op, args, depth),
        }
    }

    fn relation(&mut self, op: &str, args: &[Value], depth: usize) -> Result<Filter, FilterError> {
        if let Some(comparison) = named(&COMPARISONS, op) {
            let [a, b] = two(op, args)?;
            return Ok(Filter::Compare(comparison, self.scalar(a, depth)?, self.scalar(b, depth)?));
        }
        if let Some(relation) = named(&SPATIAL, op) {
            let [a, b] = two(op, args)?;
            return Ok(Filter::Spatial(relation, self.place(a)?, self.place(b)?));
        }
        if let Some(relation) = named(&TEMPORAL, op) {
            let [a, b] = two(op, args)?;
            return Ok(Filter::Temporal(relation, self.span(a)?, self.span(b)?));
        }
        Err(FilterError::new(op, format!("{op} is no operator that is known here")))
    }

    fn scalar(&mut self, value: &Value, depth: usize) -> Result<Scalar, FilterError> {
        self.room.take(&shown(value))?;
        match value {
            Value::String(text) => Ok(Scalar::Text(text.clone())),
            Value::Bool(truth) => Ok(Scalar::Bool(*truth)),
            Value::Number(number) => Ok(Scalar::Number(number.as_f64().unwrap_or(f64::NAN))),
            Value::Object(_) => {
                if let Some(name) = property(value) {
                    return Ok(Scalar::Property(name));
                }
                if let Some(at) = instant(value)? {
                    return Ok(Scalar::Time(at));
                }
                let (op, args) = call(value)?;
                if !op.eq_ignore_ascii_case("casei") {
                    return Err(FilterError::new(op, format!("{op} is no function that is known here")));
                }
                let depth = deeper(depth, op)?;
                Ok(Scalar::AnyCase(Box::new(self.scalar(only(op, args)?, depth)?)))
            }
            _ => Err(FilterError::new(shown(value), "a value, {\"property\": …}, {\"date\": …} or {\"timestamp\": …}")),
        }
    }

    fn place(&mut self, value: &Value) -> Result<Place, FilterError> {
        self.room.take(&shown(value))?;
        if let Some(name) = property(value) {
            return own_place(&name);
        }
        if let Some(numbers) = value.get("bbox").and_then(Value::as_array).filter(|_| value.get("type").is_none()) {
            let numbers: Option<Vec<f64>> = numbers.iter().map(Value::as_f64).collect();
            return bbox(&numbers.unwrap_or_default(), self.crs).map(|area| Place::Given(Box::new(area)));
        }
        let wrong = |what: &str| FilterError::new(shown(value), format!("a GeoJSON geometry is expected: {what}"));
        let read: geojson::Geometry =
            serde_json::from_value(value.clone()).map_err(|error| wrong(&error.to_string()))?;
        let geometry = Geometry::try_from(read).map_err(|error| wrong(&error.to_string()))?;
        self.corners += geometry.coords_count();
        if self.corners > MAX_CORNERS {
            return Err(FilterError::new("", format!("the geometries of a filter have at most {MAX_CORNERS} corners")));
        }
        let crs = self.crs;
        let placed = geometry.try_map_coords(|at| coord(at.x, at.y, crs))?;
        Ok(Place::Given(Box::new(placed)))
    }

    fn span(&mut self, value: &Value) -> Result<Span, FilterError> {
        self.room.take(&shown(value))?;
        if let Some(name) = property(value) {
            return Ok(Span::Property(name));
        }
        if let Some(at) = instant(value)? {
            return Ok(Span::Given(at));
        }
        match value.get("interval").and_then(Value::as_array).map(Vec::as_slice) {
            Some([from, to]) => Ok(Span::Between(end(from)?.0, end(to)?.1)),
            _ => Err(FilterError::new(shown(value), "a property, a date, a timestamp or an interval of two ends")),
        }
    }
}

/// Both readings of an end: where it begins and where it ends.
fn end(value: &Value) -> Result<(SpanEnd, SpanEnd), FilterError> {
    if let Some(name) = property(value) {
        return Ok((SpanEnd::Property(name.clone()), SpanEnd::Property(name)));
    }
    if let Some(at) = instant(value)? {
        return Ok((SpanEnd::At(at.from), SpanEnd::At(at.to)));
    }
    given_end(value.as_str().unwrap_or_default())
}

fn property(value: &Value) -> Option<String> {
    value.get("property").and_then(Value::as_str).map(str::to_owned)
}

fn instant(value: &Value) -> Result<Option<Interval>, FilterError> {
    let Some((name, text)) = ["date", "timestamp"].iter().find_map(|name| Some((*name, value.get(*name)?))) else {
        return Ok(None);
    };
    let text = text.as_str().unwrap_or_default();
    let is_day = name == "date";
    match Interval::parse(text).filter(|_| is_day == (text.len() == 10)) {
        Some(at) => Ok(Some(at)),
        None => Err(FilterError::new(text, format!("{text:?} is no {name}"))),
    }
}

fn call(value: &Value) -> Result<(&str, &[Value]), FilterError> {
    match (value.get("op").and_then(Value::as_str), value.get("args").and_then(Value::as_array)) {
        (Some(op), Some(args)) => Ok((op, args)),
        _ => Err(FilterError::new(shown(value), "{\"op\": …, \"args\": […]} is expected")),
    }
}

fn only<'a>(op: &str, args: &'a [Value]) -> Result<&'a Value, FilterError> {
    match args {
        [one] => Ok(one),
        _ => Err(counted(op, args, "one")),
    }
}

fn two<'a>(op: &str, args: &'a [Value]) -> Result<[&'a Value; 2], FilterError> {
    match args {
        [a, b] => Ok([a, b]),
        _ => Err(counted(op, args, "two")),
    }
}

fn counted(op: &str, args: &[Value], expected: &str) -> FilterError {
    FilterError::new(op, format!("{op} takes {expected} arguments, not {}", args.len()))
}

fn shown(value: &Value) -> String {
    value.to_string().chars().take(40).collect()
}
