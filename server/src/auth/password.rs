//! Passwords: argon2id with 19 MiB, two passes and one lane (OWASP ASVS 5.0, appendix C), never more at once than cores.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Longest password, characters; longer ones only cost time.
pub const MAX_LENGTH: usize = 256;

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Too short or too long.
    #[error("a password has {least} to {MAX_LENGTH} characters")]
    Length {
        /// Shortest allowed.
        least: usize,
    },
    /// Holds the user's own name, or is one character repeated.
    #[error("a password must not hold the user's name or repeat one character")]
    Guessable,
}

/// Whether a password may be used for this user.
pub fn check(password: &str, user: &str, least: usize) -> Result<(), Weak> {
    let length = password.chars().count();
    if !(least..=MAX_LENGTH).contains(&length) {
        return Err(Weak::Length { least });
    }
    let lower = password.to_lowercase();
    let first = lower.chars().next();
    let repeated = lower.chars().all(|c| Some(c) == first);
    let named = user.chars().count() >= 4 && lower.contains(&user.to_lowercase());
    if repeated || named { Err(Weak::Guessable) } else { Ok(()) }
}

/// The hash of a password as a PHC string. Takes some 20 ms of a core.
pub fn hash(password: &str) -> String {
    hasher()
        .hash_password(password.as_bytes())
        .expect("argon2 hashes any password of at most MAX_LENGTH characters")
        .to_string()
}

/// Whether the password belongs to the hash; a damaged hash belongs to none. Takes some 20 ms of a core.
pub fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| hasher().verify_password(password.as_bytes(), &hash).is_ok())
}

fn hasher() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, None).expect("the figures are within argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Verifies passwords off the async threads, at most one per core at a time, so that floods cannot take the memory.
#[derive(Clone)]
pub struct Verifier {
    permits: Arc<Semaphore>,
    /// The hash that stands in for unknown users, so that they cost the same time.
    nobody: Arc<str>,
}

impl Default for Verifier {
    fn default() -> Verifier {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Verifier { permits: Arc::new(Semaphore::new(cores)), nobody: hash(&super::secret::new_secret()).into() }
    }
}

impl Verifier {
    /// Whether the password belongs to the hash; `None` (an unknown user) takes as long and says no.
    pub async fn verify(&self, password: String, hash: Option<String>) -> bool {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.to_string());
        let matches = self.run(move || verify(&password, &hash)).await;
        known && matches
    }

    /// The hash of a password as a PHC string.
    pub async fn hash(&self, password: String) -> String {
        self.run(move || hash(&password)).await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let _permit = self.permits.acquire().await.expect("the semaphore is never closed");
        tokio::task::spawn_blocking(work).await.expect("hashing does not panic")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_argon2id_and_belongs_to_its_password_only() {
        let hash = hash("correct horse battery");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify("correct horse battery", &hash));
        assert!(!verify("correct horse batterz", &hash));
        assert!(!verify("anything", "not a hash"));
    }

    #[test]
    fn weak_passwords_are_refused_with_the_limit() {
        assert_eq!(check("short", "li", 12), Err(Weak::Length { least: 12 }));
        assert_eq!(check("aaaaaaaaaaaaaa", "li", 12), Err(Weak::Guessable));
        assert_eq!(check("Wangwei-2026-x", "wangwei", 12), Err(Weak::Guessable));
        assert_eq!(check("corect horse battery", "wangwei", 12), Ok(()));
        assert_eq!(check(&"长密码好".repeat(3), "wangwei", 12), Ok(()));
    }

    #[tokio::test]
    async fn an_unknown_user_is_refused_after_the_same_work() {
        let verifier = Verifier::default();
        let known = verifier.hash("a password of length".to_owned()).await;
        assert!(verifier.verify("a password of length".to_owned(), Some(known.clone())).await);
        assert!(!verifier.verify("another password here".to_owned(), Some(known.clone())).await);
        let mut times: Vec<Vec<u128>> = vec![Vec::new(), Vec::new()];
        for _ in 0..9 {
            for (times, hash) in times.iter_mut().zip([Some(known.clone()), None]) {
                let begin = std::time::Instant::now();
                assert!(!verifier.verify("another password here".to_owned(), hash).await);
                times.push(begin.elapsed().as_micros());
            }
        }
        let best: Vec<u128> = times.iter().map(|t| *t.iter().min().unwrap_or(&0)).collect();
        let (known, unknown) = (best[0].max(1), best[1].max(1));
        assert!(known * 2 > unknown && unknown * 2 > known, "known {known} us, unknown {unknown} us");
    }
}
