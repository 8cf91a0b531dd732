//! Texts that a spreadsheet would run: cells that begin with `=`, `+`, `-`, `@`, a tab or a carriage return (OWASP, "CSV injection").
//!
//! On the way out such a text gets an apostrophe before it, as OWASP advises, and on the way in it loses that again. A text that
//! begins with apostrophes and goes on so gets one more, so that whatever goes out comes back as it was. Numbers are no texts; a text
//! that is nothing but a number stays as it is, too.

use std::borrow::Cow;

/// What begins a formula.
const BEGIN: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A text as a cell may hold it.
pub(crate) fn guarded(text: &str) -> Cow<'_, str> {
    if would_run(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// A cell's text without its guard.
pub(crate) fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|inner| would_run(inner)).unwrap_or(text)
}

/// Whether a text would run, or looks like a guarded one that would.
fn would_run(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(BEGIN) && !is_number(text)
}

/// Whether a text is a plain decimal number with its sign.
fn is_number(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = match text.trim_start_matches(['+', '-']).split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text.trim_start_matches(['+', '-']), None),
    };
    let signs = text.len() - text.trim_start_matches(['+', '-']).len();
    signs <= 1 && digits(whole) && fraction.is_none_or(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_run_is_guarded_and_comes_back_as_it_was() {
        let runs =
            ["=1+1", "+SUM(A1)", "-2+3", "@cmd", "\t=1", "\r=1", "=HYPERLINK(\"http://x\")", "-", "--5", "'=1", "''@x"];
        for text in runs {
            assert_eq!(guarded(text), format!("'{text}"));
        }
        for text in ["", "北门", "a=b", "1-2", "-12.5", "+3", "'", "it's", "'tis", "O'=", "\n=1"] {
            assert_eq!(guarded(text), text);
        }
        for text in runs.iter().chain(&["", "'tis", "-12.5", "'", "''"]) {
            assert_eq!(unguarded(&guarded(text)), *text);
        }
        assert_eq!(unguarded("'北门'"), "'北门'", "other apostrophes are people's own");
    }
}
