//! CQL2 as text: a recursive descent over tokens, one function for each rule of the grammar (OGC 21-065r2, annex B).

use super::lexer::{Token, tokens};
use super::time::Interval;
use super::{
    COMPARISONS, Filter, FilterError, Place, Room, SPATIAL, Scalar, Span, SpanEnd, TEMPORAL, deeper, named, wkt,
};
use crate::crs::Crs;
use cordon_spatial::units::UnixMs;

/// Tokens that are read one after the other.
pub(super) struct Tokens<'a> {
    all: &'a [Token],
    at: usize,
    room: Room,
    corners: usize,
}

/// Reads a whole filter.
pub(super) fn parse(text: &str, crs: Crs) -> Result<Filter, FilterError> {
    let all = tokens(text)?;
    let mut tokens = Tokens { all: &all, at: 0, room: Room::new(), corners: 0 };
    let filter = any_of(&mut tokens, crs, 0)?;
    match tokens.peek() {
        None => Ok(filter),
        Some(more) => Err(FilterError::new(more.shown(), format!("nothing is expected before {}", more.shown()))),
    }
}

impl Tokens<'_> {
    pub(super) fn peek(&self) -> Option<&Token> {
        self.all.get(self.at)
    }

    fn next(&mut self, expected: &str) -> Result<Token, FilterError> {
        let Some(token) = self.all.get(self.at) else {
            return Err(FilterError::new("", format!("the filter ends where {expected} is expected")));
        };
        self.at += 1;
        Ok(token.clone())
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(found)) if found.eq_ignore_ascii_case(word))
    }

    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    pub(super) fn take_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(found)) if *found == sign);
        self.at += usize::from(found);
        found
    }

    pub(super) fn sign(&mut self, sign: &str) -> Result<(), FilterError> {
        match self.next(sign)? {
            Token::Sign(found) if found == sign => Ok(()),
            other => Err(unexpected(&other, sign)),
        }
    }

    pub(super) fn word(&mut self, expected: &str) -> Result<String, FilterError> {
        match self.next(expected)? {
            Token::Word(word) => Ok(word),
            other => Err(unexpected(&other, expected)),
        }
    }

    pub(super) fn number(&mut self) -> Result<f64, FilterError> {
        match self.next("a number")? {
            Token::Number(number) => Ok(number),
            other => Err(unexpected(&other, "a number")),
        }
    }

    fn text(&mut self, expected: &str) -> Result<String, FilterError> {
        match self.next(expected)? {
            Token::Text(text) => Ok(text),
            other => Err(unexpected(&other, expected)),
        }
    }

    pub(super) fn count_corner(&mut self, most: usize) -> Result<(), FilterError> {
        self.corners += 1;
        if self.corners > most {
            return Err(FilterError::new("", format!("the geometries of a filter have at most {most} corners")));
        }
        Ok(())
    }

    fn take_room(&mut self) -> Result<(), FilterError> {
        let shown = self.peek().map(Token::shown).unwrap_or_default();
        self.room.take(&shown)
    }

    /// Whether a word follows that is called like a function.
    fn is_call(&self) -> bool {
        matches!(self.all.get(self.at + 1), Some(Token::Sign("(")))
    }
}

fn unexpected(found: &Token, expected: &str) -> FilterError {
    FilterError::new(found.shown(), format!("{expected} is expected in place of {}", found.shown()))
}

fn any_of(tokens: &mut Tokens<'_>, crs: Crs, depth: usize) -> Result<Filter, FilterError> {
    let mut all = vec![all_of(tokens, crs, depth)?];
    while tokens.take_word("OR") {
        all.push(all_of(tokens, crs, depth)?);
    }
    Ok(if all.len() == 1 { all.remove(0) } else { Filter::Or(all) })
}

fn all_of(tokens: &mut Tokens<'_>, crs: Crs, depth: usize) -> Result<Filter, FilterError> {
    let mut all = vec![factor(tokens, crs, depth)?];
    while tokens.take_word("AND") {
        all.push(factor(tokens, crs, depth)?);
    }
    Ok(if all.len() == 1 { all.remove(0) } else { Filter::And(all) })
}

fn factor(tokens: &mut Tokens<'_>, crs: Crs, depth: usize) -> Result<Filter, FilterError> {
    if tokens.take_word("NOT") {
        let depth = deeper(depth, "NOT")?;
        return factor(tokens, crs, depth).map(|inner| Filter::Not(Box::new(inner)));
    }
    if tokens.take_sign("(") {
        let depth = deeper(depth, "(")?;
        let inner = any_of(tokens, crs, depth)?;
        tokens.sign(")")?;
        return Ok(inner);
    }
    predicate(tokens, crs, depth)
}

fn predicate(tokens: &mut Tokens<'_>, crs: Crs, depth: usize) -> Result<Filter, FilterError> {
    tokens.take_room()?;
    if let (Some(Token::Word(word)), true) = (tokens.peek().cloned(), tokens.is_call()) {
        if let Some(relation) = named(&SPATIAL, &word) {
            tokens.at += 1;
            let (a, b) = pair(tokens, |tokens| place(tokens, crs, depth))?;
            return Ok(Filter::Spatial(relation, a, b));
        }
        if let Some(relation) = named(&TEMPORAL, &word) {
            tokens.at += 1;
            let (a, b) = pair(tokens, span)?;
            return Ok(Filter::Temporal(relation, a, b));
        }
    }
    let is_truth = tokens.is_word("TRUE") || tokens.is_word("FALSE");
    let ends = !matches!(tokens.all.get(tokens.at + 1), Some(Token::Sign(sign)) if named(&COMPARISONS, sign).is_some());
    if is_truth && ends {
        return Ok(Filter::Truth(tokens.word("TRUE or FALSE")?.eq_ignore_ascii_case("TRUE")));
    }
    let left = scalar(tokens, depth)?;
    after_operand(tokens, left, depth)
}

/// What is said of the value that was read.
fn after_operand(tokens: &mut Tokens<'_>, left: Scalar, depth: usize) -> Result<Filter, FilterError> {
    const EXPECTED: &str = "a comparison, LIKE, BETWEEN, IN or IS NULL";
    if let Some(Token::Sign(sign)) = tokens.peek()
        && let Some(comparison) = named(&COMPARISONS, sign)
    {
        tokens.at += 1;
        return Ok(Filter::Compare(comparison, left, scalar(tokens, depth)?));
    }
    if tokens.take_word("IS") {
        let is_not = tokens.take_word("NOT");
        if !tokens.take_word("NULL") {
            let found = tokens.next("NULL")?;
            return Err(unexpected(&found, "NULL"));
        }
        let Scalar::Property(name) = left else {
            return Err(FilterError::new("IS NULL", "IS NULL is asked of a property"));
        };
        return Ok(negated(is_not, Filter::IsNull(name)));
    }
    let is_not = tokens.take_word("NOT");
    if tokens.take_word("LIKE") {
        return Ok(negated(is_not, Filter::Like(left, scalar(tokens, depth)?)));
    }
    if tokens.take_word("BETWEEN") {
        let least = scalar(tokens, depth)?;
        if !tokens.take_word("AND") {
            let found = tokens.next("AND")?;
            return Err(unexpected(&found, "AND"));
        }
        return Ok(negated(is_not, Filter::Between(left, least, scalar(tokens, depth)?)));
    }
    if tokens.take_word("IN") {
        tokens.sign("(")?;
        let mut list = vec![scalar(tokens, depth)?];
        while tokens.take_sign(",") {
            list.push(scalar(tokens, depth)?);
        }
        tokens.sign(")")?;
        return Ok(negated(is_not, Filter::In(left, list)));
    }
    let found = tokens.next(EXPECTED)?;
    Err(unexpected(&found, EXPECTED))
}

fn negated(is_not: bool, filter: Filter) -> Filter {
    if is_not { Filter::Not(Box::new(filter)) } else { filter }
}

fn pair<T>(
    tokens: &mut Tokens<'_>,
    mut one: impl FnMut(&mut Tokens<'_>) -> Result<T, FilterError>,
) -> Result<(T, T), FilterError> {
    tokens.sign("(")?;
    let a = one(tokens)?;
    tokens.sign(",")?;
    let b = one(tokens)?;
    tokens.sign(")")?;
    Ok((a, b))
}

fn scalar(tokens: &mut Tokens<'_>, depth: usize) -> Result<Scalar, FilterError> {
    const EXPECTED: &str = "a property, a text in single quotes, a number, a date or TRUE or FALSE";
    tokens.take_room()?;
    let is_call = tokens.is_call();
    match tokens.next(EXPECTED)? {
        Token::Text(text) => Ok(Scalar::Text(text)),
        Token::Number(number) => Ok(Scalar::Number(number)),
        Token::Name(name) => Ok(Scalar::Property(name)),
        Token::Sign(sign) => Err(unexpected(&Token::Sign(sign), EXPECTED)),
        Token::Word(word) if is_call => match word.to_ascii_uppercase().as_str() {
            "DATE" | "TIMESTAMP" => {
                tokens.at -= 1;
                instant(tokens).map(Scalar::Time)
            }
            "CASEI" => {
                let depth = deeper(depth, "CASEI")?;
                tokens.sign("(")?;
                let inner = scalar(tokens, depth)?;
                tokens.sign(")")?;
                Ok(Scalar::AnyCase(Box::new(inner)))
            }
            _ => Err(FilterError::new(word.clone(), format!("{word} is no function that is known here"))),
        },
        Token::Word(word) if word.eq_ignore_ascii_case("TRUE") => Ok(Scalar::Bool(true)),
        Token::Word(word) if word.eq_ignore_ascii_case("FALSE") => Ok(Scalar::Bool(false)),
        Token::Word(word) => Ok(Scalar::Property(word)),
    }
}

/// `DATE('…')` or `TIMESTAMP('…')`.
fn instant(tokens: &mut Tokens<'_>) -> Result<Interval, FilterError> {
    const EXPECTED: &str = "a date such as DATE('2026-11-27') or an instant such as TIMESTAMP('2026-11-27T08:00:00Z')";
    let word = tokens.word(EXPECTED)?;
    tokens.sign("(")?;
    let text = tokens.text(EXPECTED)?;
    tokens.sign(")")?;
    let is_day = word.eq_ignore_ascii_case("DATE");
    Interval::parse(&text)
        .filter(|_| is_day == (text.len() == 10))
        .ok_or_else(|| FilterError::new(text.clone(), format!("{EXPECTED} is expected in place of {word}('{text}')")))
}

fn place(tokens: &mut Tokens<'_>, crs: Crs, depth: usize) -> Result<Place, FilterError> {
    tokens.take_room()?;
    let is_geometry = matches!(tokens.peek(), Some(Token::Word(word)) if wkt::begins(word));
    if is_geometry {
        return wkt::read(tokens, crs, depth).map(|geometry| Place::Given(Box::new(geometry)));
    }
    match tokens.next("geometry, or a geometry such as POINT(121 30)")? {
        Token::Word(name) | Token::Name(name) => own_place(&name),
        other => Err(unexpected(&other, "geometry, or a geometry such as POINT(121 30)")),
    }
}

/// The one geometry that features have.
pub(super) fn own_place(name: &str) -> Result<Place, FilterError> {
    if ["geometry", "geom"].contains(&name) {
        return Ok(Place::Own);
    }
    Err(FilterError::new(name, format!("{name} is no geometry; features have one, `geometry`")))
}

fn span(tokens: &mut Tokens<'_>) -> Result<Span, FilterError> {
    tokens.take_room()?;
    if tokens.is_call() {
        if tokens.take_word("INTERVAL") {
            let (from, to) = pair(tokens, span_end)?;
            return Ok(Span::Between(from.0, to.1));
        }
        return instant(tokens).map(Span::Given);
    }
    match tokens.next("a property, a date, an instant or an interval")? {
        Token::Word(name) | Token::Name(name) => Ok(Span::Property(name)),
        other => Err(unexpected(&other, "a property, a date, an instant or an interval")),
    }
}

/// An end of an interval, as its beginning and as its end: of a day these differ.
fn span_end(tokens: &mut Tokens<'_>) -> Result<(SpanEnd, SpanEnd), FilterError> {
    match tokens.next("a date, an instant, '..' or a property")? {
        Token::Text(text) => given_end(&text),
        Token::Word(word) if matches!(word.to_ascii_uppercase().as_str(), "DATE" | "TIMESTAMP") => {
            tokens.at -= 1;
            instant(tokens).map(|at| ends(at.from, at.to))
        }
        Token::Word(name) | Token::Name(name) => Ok((SpanEnd::Property(name.clone()), SpanEnd::Property(name))),
        other => Err(unexpected(&other, "a date, an instant, '..' or a property")),
    }
}

fn ends(from: UnixMs, to: UnixMs) -> (SpanEnd, SpanEnd) {
    (SpanEnd::At(from), SpanEnd::At(to))
}

/// The same from its text alone.
pub(super) fn given_end(text: &str) -> Result<(SpanEnd, SpanEnd), FilterError> {
    if text == ".." {
        return Ok((SpanEnd::Open, SpanEnd::Open));
    }
    match Interval::parse(text) {
        Some(at) => Ok(ends(at.from, at.to)),
        None => Err(FilterError::new(text, format!("{text} is no date, instant by RFC 3339 or .."))),
    }
}
