//! A filter's text as tokens (OGC 21-065r2, annex B).

use super::FilterError;

/// A piece of a filter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A name or a word of the language.
    Word(String),
    /// A name in double quotes: never a word of the language.
    Name(String),
    /// A text in single quotes.
    Text(String),
    /// A number.
    Number(f64),
    /// An operator or bracket.
    Sign(&'static str),
}

impl Token {
    /// As it is shown to whoever wrote it.
    pub(super) fn shown(&self) -> String {
        match self {
            Token::Word(text) | Token::Name(text) | Token::Text(text) => text.chars().take(40).collect(),
            Token::Number(number) => number.to_string(),
            Token::Sign(sign) => (*sign).to_owned(),
        }
    }
}

const SIGNS: [&str; 9] = ["<>", "<=", ">=", "=", "<", ">", "(", ")", ","];

/// All tokens of a text.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, FilterError> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '\'' => quoted(rest, '\'').map(|(text, length)| (Token::Text(text), length))?,
            '"' => quoted(rest, '"').map(|(text, length)| (Token::Name(text), length))?,
            _ if first.is_ascii_digit() || matches!(first, '-' | '+' | '.') => number(rest)?,
            _ if begins_name(first) => word(rest),
            _ => match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
                Some(sign) => (Token::Sign(sign), sign.len()),
                None => return Err(FilterError::new(first, format!("{first:?} means nothing here"))),
            },
        };
        found.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(found)
}

fn begins_name(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == ':'
}

fn word(rest: &str) -> (Token, usize) {
    let goes_on = |c: char| begins_name(c) || c.is_numeric() || matches!(c, '.' | '-');
    let length = rest.find(|c| !goes_on(c)).unwrap_or(rest.len());
    (Token::Word(rest[..length].to_owned()), length)
}

fn number(rest: &str) -> Result<(Token, usize), FilterError> {
    let mut length = 0;
    let mut before = ' ';
    for c in rest.chars() {
        let is_sign = matches!(c, '-' | '+') && (length == 0 || matches!(before, 'e' | 'E'));
        if !(c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E') || is_sign) {
            break;
        }
        before = c;
        length += 1;
    }
    let text = &rest[..length];
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok((Token::Number(value), length)),
        _ => Err(FilterError::new(text, format!("{text} is no finite number"))),
    }
}

/// What stands between quotes; a doubled quote, or one after a backslash, is the quote itself.
fn quoted(rest: &str, quote: char) -> Result<(String, usize), FilterError> {
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = letters.next() {
        let doubled = c == quote && letters.peek().is_some_and(|(_, next)| *next == quote);
        let escaped = c == '\\' && letters.peek().is_some_and(|(_, next)| *next == quote);
        if doubled || escaped {
            letters.next();
            text.push(quote);
        } else if c == quote {
            return Ok((text, at + quote.len_utf8()));
        } else {
            text.push(c);
        }
    }
    let begin: String = rest.chars().take(20).collect();
    Err(FilterError::new(begin.clone(), format!("{begin} has no closing {quote}")))
}
