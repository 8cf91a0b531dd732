//! Who is asking, and what may they do.
//!
//! Passwords, sessions and tokens end here: the rest of the server knows an [`Identity`] and an [`roles::Action`]. It must
//! fail closed: what cannot be checked is refused. Secrets are kept as hashes and never logged.

pub mod limits;
pub mod origin;
pub mod password;
pub mod roles;
pub mod secret;
pub mod sessions;
pub mod setup;

use cordon_data::store::Role;

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// User name, or token name.
    pub name: String,
    /// What may be done.
    pub role: Role,
    /// How it was shown.
    pub credential: Credential,
}

/// How an identity was shown. Holds hashes, never secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A session cookie; its hash.
    Session([u8; 32]),
    /// A bearer token; its hash.
    Token([u8; 32]),
}

/// Why a request is not let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// No valid credential.
    #[error("sign in first")]
    NotSignedIn,
    /// The role does not allow it.
    #[error("your role does not allow this")]
    NotAllowed,
    /// A browser sent it from another site.
    #[error("this request came from another origin")]
    ForeignOrigin,
    /// The credential could not be checked.
    #[error("credentials cannot be checked at the moment")]
    Unavailable,
}
