//! The ways in from outside, a folder per protocol.
//!
//! A gateway turns bytes into checked fixes and answers only what the pipeline has committed. It must never judge a fix
//! and never let one bad message harm the next one.

pub mod jt808;
pub mod osmand;
pub mod reported;
