//! The number by which a terminal calls itself in every header.

use std::fmt;

/// A terminal's phone: up to 20 digits, right-aligned packed decimal, so that the 6 bytes of 2013 and the 10 bytes of
/// 2019 give the same phone. Some terminals pack hexadecimal digits: they stay what they are, and sessions are keyed by
/// these bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone([u8; 10]);

/// Why a text is no [`Phone`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a phone has 1 to 20 digits")]
pub struct PhoneError;

impl Phone {
    /// The phone of a 2013 header.
    pub fn from_bcd6(bytes: &[u8; 6]) -> Phone {
        let mut all = [0; 10];
        all[4..].copy_from_slice(bytes);
        Phone(all)
    }

    /// The phone of a 2019 header.
    pub fn from_bcd10(bytes: &[u8; 10]) -> Phone {
        Phone(*bytes)
    }

    /// Reads digits, hexadecimal ones included.
    pub fn parse(digits: &str) -> Result<Phone, PhoneError> {
        if digits.is_empty() || digits.len() > 20 {
            return Err(PhoneError);
        }
        let mut all = [0; 10];
        for (place, digit) in digits.chars().rev().enumerate() {
            let digit = digit.to_digit(16).ok_or(PhoneError)? as u8;
            all[9 - place / 2] |= digit << (4 * (place % 2));
        }
        Ok(Phone(all))
    }

    /// All ten bytes.
    pub fn bytes(&self) -> &[u8; 10] {
        &self.0
    }

    /// The last six bytes: the phone in a 2013 header.
    pub fn bcd6(&self) -> [u8; 6] {
        let mut last = [0; 6];
        last.copy_from_slice(&self.0[4..]);
        last
    }
}

/// Digits without leading zeros; `0` when there is nothing else.
impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nibbles = self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let mut started = false;
        for (place, nibble) in nibbles.enumerate() {
            started |= nibble != 0 || place == 19;
            if started {
                write!(f, "{nibble:X}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: [u8; 6], text: &str) {
        assert_eq!(Phone::from_bcd6(&bytes).to_string(), text);
    }

    #[test]
    fn shows_digits_without_leading_zeros() {
        check([0x01, 0x38, 0x12, 0x34, 0x56, 0x78], "13812345678");
        check([0x00, 0x00, 0x00, 0x00, 0x01, 0x00], "100");
        check([0; 6], "0");
        check([0x35, 0xAB, 0xCD, 0xEF, 0x01, 0x23], "35ABCDEF0123");
    }

    #[test]
    fn both_headers_give_the_same_phone() {
        let short = Phone::from_bcd6(&[0x01, 0x38, 0x12, 0x34, 0x56, 0x78]);
        let long = Phone::from_bcd10(&[0, 0, 0, 0, 0x01, 0x38, 0x12, 0x34, 0x56, 0x78]);
        assert_eq!(short, long);
        assert_eq!(Phone::parse("13812345678"), Ok(short));
        assert_eq!(Phone::parse("013812345678"), Ok(short));
        assert_eq!(Phone::parse("35abcdef0123"), Ok(Phone::from_bcd6(&[0x35, 0xAB, 0xCD, 0xEF, 0x01, 0x23])));
        assert_eq!(short.bcd6(), [0x01, 0x38, 0x12, 0x34, 0x56, 0x78]);
    }

    #[test]
    fn refuses_what_is_no_number() {
        for text in ["", "12g", "-1", "123456789012345678901", "１２"] {
            assert_eq!(Phone::parse(text), Err(PhoneError), "{text}");
        }
    }
}
