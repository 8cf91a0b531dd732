//! JT/T 808, the protocol of Chinese vehicle terminals over TCP: editions 2011, 2013 and 2019.
//!
//! Everything here but `listener`, `connection`, `line` and `doors` is pure: bytes in, messages and answers out, no socket and
//! no clock. Decoding must never panic, whatever the
//! bytes; one bad frame costs one frame. The standards' own texts were not at hand: layouts follow what open
//! implementations agree on.
//!
//! Words: a *frame* stands between two delimiters 0x7E on the wire; a *message* is its header and body; a *phone* is the
//! number in the header that names the terminal; a *part* is one frame of a message that was split into sub-packages.

pub mod answer;
pub mod authenticate;
pub mod bad;
pub mod batch;
pub mod command;
mod connection;
pub mod doors;
pub mod driver;
pub mod encode;
pub mod frame;
pub mod header;
pub mod items;
pub mod line;
pub mod listener;
pub mod location;
mod pace;
pub mod parameter;
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
    /// Terminal (2019): asks for the time.
    pub const ASK_TIME: u16 = 0x0004;
    /// Terminal: registration.
    pub const REGISTER: u16 = 0x0100;
    /// Terminal: authentication.
    pub const AUTHENTICATE: u16 = 0x0102;
    /// Terminal: its parameters, as asked for.
    pub const PARAMETERS: u16 = 0x0104;
    /// Terminal: one position report.
    pub const LOCATION: u16 = 0x0200;
    /// Terminal: one position report, as asked for.
    pub const LOCATION_ANSWER: u16 = 0x0201;
    /// Terminal: a driver's card went in or out.
    pub const DRIVER: u16 = 0x0702;
    /// Terminal: a batch of position reports.
    pub const LOCATION_BATCH: u16 = 0x0704;
    /// Terminal: a picture, a sound or a film.
    pub const MEDIA: u16 = 0x0801;
    /// Platform: general answer to a message of the terminal.
    pub const PLATFORM_ANSWER: u16 = 0x8001;
    /// Platform: send these parts of a split message again.
    pub const RESEND_PARTS: u16 = 0x8003;
    /// Platform (2019): the time.
    pub const TIME: u16 = 0x8004;
    /// Platform: answer to a registration.
    pub const REGISTER_ANSWER: u16 = 0x8100;
    /// Platform: set these parameters.
    pub const SET_PARAMETERS: u16 = 0x8103;
    /// Platform: tell all parameters.
    pub const QUERY_PARAMETERS: u16 = 0x8104;
    /// Platform (2013): tell these parameters.
    pub const QUERY_SOME_PARAMETERS: u16 = 0x8106;
    /// Platform: tell the position now.
    pub const ASK_LOCATION: u16 = 0x8201;
    /// Platform: report more often for a while.
    pub const TRACK: u16 = 0x8202;
    /// Platform: a person has confirmed an alarm.
    pub const CONFIRM_ALARM: u16 = 0x8203;
    /// Platform: a text for the driver.
    pub const TEXT: u16 = 0x8300;
}
