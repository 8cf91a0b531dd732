//! Codes with check digits, by which a slip of the pen in the name of a company or a substance is seen at once.

/// What a unified social credit code is.
pub(super) const USCC_LIMIT: &str =
    "18 characters of 0-9 and A-Y without I, O, S, V and Z, of which the last is the check character";
/// What a CAS number is.
pub(super) const CAS_LIMIT: &str = "a CAS number such as 7664-41-7, of which the last digit is the check digit";
/// What a UN number is.
pub(super) const UN_LIMIT: &str = "four digits such as 1005";

/// The characters of a unified social credit code in the order of their values 0 to 30 (GB 32100-2015, 4.2 and table 2).
const USCC_CHARACTERS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The check character of the first 17 characters: (31 - Σ cᵢ·3^(i-1) mod 31) mod 31 (GB 32100-2015, annex A); `None` when one of
/// them is no character of a code or they are not 17.
pub(crate) fn uscc_check(first: &str) -> Option<char> {
    if first.len() != 17 {
        return None;
    }
    let value = |byte| USCC_CHARACTERS.iter().position(|known| *known == byte);
    let mut sum = 0;
    let mut weight = 1;
    for byte in first.bytes() {
        sum += value(byte)? * weight;
        weight = weight * 3 % 31;
    }
    Some(char::from(USCC_CHARACTERS[(31 - sum % 31) % 31]))
}

/// Whether a text is a unified social credit code.
pub(super) fn is_uscc(text: &str) -> bool {
    let Some((at, last)) = text.char_indices().last() else { return false };
    uscc_check(&text[..at]) == Some(last)
}

/// Whether a text is a CAS number: two to seven digits, two, and a check digit that is the sum of the others, each times its place
/// counted from the right, modulo 10 (CAS, "Check digit verification of CAS registry numbers").
pub(super) fn is_cas(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [first, second, check] = parts.as_slice() else { return false };
    let all_digits = parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    if !all_digits || !(2..=7).contains(&first.len()) || second.len() != 2 || check.len() != 1 || first.starts_with('0')
    {
        return false;
    }
    let digits = first.bytes().chain(second.bytes()).rev().map(|byte| u32::from(byte - b'0'));
    let sum: u32 = digits.zip(1..).map(|(digit, place)| digit * place).sum();
    check.parse() == Ok(sum % 10)
}

/// Whether a text is a UN number.
pub(super) fn is_un(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credit_code_carries_its_check_character() {
        // Published codes: Alibaba (China), Sinopec, Tencent (Shenzhen).
        for known in ["91330100799655058B", "91110000710926094P", "9144030071526726XG"] {
            assert!(is_uscc(known), "{known}: {:?}", uscc_check(&known[..17]));
        }
        for slip in [
            "91330100799655085B",
            "91330100799655058A",
            "91330100799655058",
            "9133010079965505IB",
            "",
            "统一社会信用代码",
        ] {
            assert!(!is_uscc(slip), "{slip}");
        }
    }

    #[test]
    fn a_cas_number_carries_its_check_digit() {
        for known in ["7732-18-5", "7664-41-7", "7782-50-5", "86290-81-5", "75-21-8"] {
            assert!(is_cas(known), "{known}");
        }
        for slip in ["7732-18-6", "7723-18-5", "7732185", "7732-18", "07732-18-5", "-18-5", "7732-1-85"] {
            assert!(!is_cas(slip), "{slip}");
        }
        assert!(is_un("1005") && !is_un("UN1005") && !is_un("105") && !is_un("１００５"));
    }
}
