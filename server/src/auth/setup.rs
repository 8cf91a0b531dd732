//! The code that allows making the first administrator of a fresh server.
//!
//! It is made when no user exists, printed once, kept as a hash in memory only, and gone with the first user.

use super::secret;
use std::sync::Mutex;

/// The set-up code of this run, if one is needed.
#[derive(Default)]
pub struct Setup {
    hash: Mutex<Option<[u8; 32]>>,
}

impl Setup {
    /// Makes the code to print. An earlier one stops working.
    pub fn open(&self) -> String {
        let code = secret::new_setup_code();
        *self.hash.lock().expect("no holder panics") = Some(secret::hash(&code));
        code
    }

    /// Whether a first administrator may still be made.
    pub fn needed(&self) -> bool {
        self.hash.lock().expect("no holder panics").is_some()
    }

    /// Whether this is the code; blanks around it and capitals are forgiven.
    pub fn accepts(&self, code: &str) -> bool {
        let given = secret::hash(&code.trim().to_lowercase());
        self.hash.lock().expect("no holder panics").is_some_and(|hash| secret::same(&hash, &given))
    }

    /// A user exists: no code works any more.
    pub fn close(&self) {
        *self.hash.lock().expect("no holder panics") = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_works_until_the_first_user_exists() {
        let setup = Setup::default();
        assert!(!setup.needed());
        assert!(!setup.accepts(""));
        let code = setup.open();
        assert!(setup.needed() && setup.accepts(&format!(" {} ", code.to_uppercase())));
        assert!(!setup.accepts("aaaa-aaaa-aaaa-aaaa"));
        setup.close();
        assert!(!setup.needed() && !setup.accepts(&code));
    }
}
