//! Well-known text of geometries inside a filter (OGC 06-103r4 §7), from tokens; heights are read and left out.

use super::lexer::Token;
use super::literal::{MAX_CORNERS, bbox, coord};
use super::text::Tokens;
use super::{FilterError, deeper};
use crate::crs::Crs;
use geo::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

/// The names of geometries, capitals do not matter.
const KINDS: [&str; 8] =
    ["POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION", "BBOX"];

/// Whether a word begins a geometry.
pub(super) fn begins(word: &str) -> bool {
    KINDS.iter().any(|kind| kind.eq_ignore_ascii_case(word))
}

/// Reads the geometry that the next word begins.
pub(super) fn read(tokens: &mut Tokens<'_>, crs: Crs, depth: usize) -> Result<Geometry<f64>, FilterError> {
    let kind = tokens.word("a geometry such as POINT(121 30)")?.to_ascii_uppercase();
    for dimension in ["Z", "M", "ZM"] {
        if tokens.take_word(dimension) {
            break;
        }
    }
    let mut reader = Corners { tokens, crs };
    Ok(match kind.as_str() {
        "POINT" => Geometry::Point(Point(reader.bracketed(Corners::corner)?)),
        "LINESTRING" => LineString::new(reader.least(2)?).into(),
        "POLYGON" => reader.polygon()?.into(),
        "MULTIPOINT" => MultiPoint::new(reader.list(|reader| Ok(Point(reader.perhaps_bracketed()?)))?).into(),
        "MULTILINESTRING" => MultiLineString::new(reader.list(|reader| reader.least(2).map(LineString::new))?).into(),
        "MULTIPOLYGON" => MultiPolygon::new(reader.list(Corners::polygon)?).into(),
        "BBOX" => {
            let numbers = reader.list(|reader| reader.tokens.number())?;
            bbox(&numbers, crs)?
        }
        "GEOMETRYCOLLECTION" => {
            let depth = deeper(depth, "GEOMETRYCOLLECTION")?;
            let inner = reader.list(|reader| read(reader.tokens, crs, depth))?;
            Geometry::GeometryCollection(GeometryCollection::new_from(inner))
        }
        other => return Err(FilterError::new(other, format!("{other} is no geometry; known: {}", KINDS.join(", ")))),
    })
}

struct Corners<'t, 'a> {
    tokens: &'t mut Tokens<'a>,
    crs: Crs,
}

impl Corners<'_, '_> {
    /// One place: two numbers, and perhaps a height and a measure.
    fn corner(&mut self) -> Result<Coord<f64>, FilterError> {
        let (x, y) = (self.tokens.number()?, self.tokens.number()?);
        for _ in 0..2 {
            if matches!(self.tokens.peek(), Some(Token::Number(_))) {
                self.tokens.number()?;
            }
        }
        self.tokens.count_corner(MAX_CORNERS)?;
        coord(x, y, self.crs)
    }

    fn bracketed<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, FilterError>) -> Result<T, FilterError> {
        self.tokens.sign("(")?;
        let read = inner(self)?;
        self.tokens.sign(")")?;
        Ok(read)
    }

    fn perhaps_bracketed(&mut self) -> Result<Coord<f64>, FilterError> {
        if self.tokens.peek() == Some(&Token::Sign("(")) { self.bracketed(Self::corner) } else { self.corner() }
    }

    fn list<T>(&mut self, mut inner: impl FnMut(&mut Self) -> Result<T, FilterError>) -> Result<Vec<T>, FilterError> {
        self.bracketed(|reader| {
            let mut all = vec![inner(reader)?];
            while reader.tokens.take_sign(",") {
                all.push(inner(reader)?);
            }
            Ok(all)
        })
    }

    fn least(&mut self, least: usize) -> Result<Vec<Coord<f64>>, FilterError> {
        let corners = self.list(Self::corner)?;
        if corners.len() < least {
            let what = format!("{least} places at least are needed here, there are {}", corners.len());
            return Err(FilterError::new(format!("{corners:?}"), what));
        }
        Ok(corners)
    }

    fn polygon(&mut self) -> Result<Polygon<f64>, FilterError> {
        let mut rings = self.list(|reader| reader.least(4).map(LineString::new))?.into_iter();
        let shell = rings.next().unwrap_or_else(|| LineString::new(Vec::new()));
        Ok(Polygon::new(shell, rings.collect()))
    }
}
