//! Random secrets and the hashes under which they are kept.
//!
//! A secret here has at least 128 random bits, so one round of SHA-256 is enough to keep it; passwords need
//! [`super::password`].

use sha2::{Digest, Sha256};

/// 256 random bits as 64 hexadecimal digits: sessions and tokens.
pub fn new_secret() -> String {
    hex(&random::<32>())
}

/// 128 random bits as 32 hexadecimal digits: authentication codes of terminals (they must fit a JT/T 808 string).
pub fn new_code() -> String {
    hex(&random::<16>())
}

/// A password for a demo account: 20 characters that are easy to read and type, about 100 bits.
pub fn new_password() -> String {
    random::<20>().iter().map(|byte| char::from(READABLE[usize::from(*byte) % READABLE.len()])).collect()
}

/// The code that allows making the first administrator: four groups of four, 80 bits.
pub fn new_setup_code() -> String {
    let letters: Vec<char> =
        random::<16>().iter().map(|b| char::from(READABLE[usize::from(*b) % READABLE.len()])).collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// SHA-256 of a secret: what is kept.
pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Whether two hashes are equal, in a time that does not depend on where they differ.
pub fn same(a: &[u8; 32], b: &[u8; 32]) -> bool {
    a.iter().zip(b).fold(0u8, |difference, (x, y)| difference | (x ^ y)) == 0
}

/// Thirty-two characters without look-alikes, so that a random byte chooses evenly.
const READABLE: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = |byte: &u8| [byte >> 4, byte & 15].map(|digit| char::from(DIGITS[usize::from(digit)]));
    bytes.iter().flat_map(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_have_their_length() {
        assert_ne!(new_secret(), new_secret());
        assert_eq!(new_secret().len(), 64);
        assert_eq!(new_code().len(), 32);
        assert_eq!(new_setup_code().len(), 19);
        assert_eq!(new_password().len(), 20);
    }

    #[test]
    fn equal_hashes_are_the_same_and_others_are_not() {
        assert!(same(&hash("a"), &hash("a")));
        assert!(!same(&hash("a"), &hash("b")));
    }
}
