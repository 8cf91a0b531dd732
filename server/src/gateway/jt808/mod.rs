//! JT/T 808, the protocol of Chinese vehicle terminals over TCP: editions 2011, 2013 and 2019.
//!
//! Everything here but the listener is pure: bytes in, messages and answers out, no socket and no clock. Decoding must never panic, whatever the
//! bytes; one bad frame costs one frame. The standards' own texts were not at hand: layouts follow what open
//! implementations agree on.
//!
//! Words: a *frame* stands between two delimiters 0x7E on the wire; a *message* is its header and body; a *phone* is the
//! number in the header that names the terminal; a *part* is one frame of a message that was split into sub-packages.

pub mod answer;
pub mod authenticate;
pub mod bad;
pub mod batch;
pub mod encode;
pub mod frame;
pub mod header;
pub mod items;
pub mod line;
pub mod listener;
pub mod location;
pub mod parts;
pub mod phone;
pub mod register;
pub mod session;
mod text;
pub mod time;
mod wire;

#[cfg(test)]
mod proofs;

/// Message ids.
pub mod id {
    /// Terminal: general answer to a message of the platform.
    pub const TERMINAL_ANSWER: u16 = 0x0001;
    /// Terminal: heartbeat.
    pub const HEARTBEAT: u16 = 0x0002;
    /// Terminal: logout (deregistration).
    pub const LOGOUT: u16 = 0x0003;
    /// Terminal: registration.
    pub const REGISTER: u16 = 0x0100;
    /// Terminal: authentication.
    pub const AUTHENTICATE: u16 = 0x0102;
    /// Terminal: one position report.
    pub const LOCATION: u16 = 0x0200;
    /// Terminal: a batch of position reports.
    pub const LOCATION_BATCH: u16 = 0x0704;
    /// Platform: general answer to a message of the terminal.
    pub const PLATFORM_ANSWER: u16 = 0x8001;
    /// Platform: answer to a registration.
    pub const REGISTER_ANSWER: u16 = 0x8100;
}
