//! Driving by road: which way leads where, and how a vehicle moves along it.
//!
//! A plain shortest-time search over a small network; the road engine of Cordon is not this.

pub(super) mod course;
pub(super) mod graph;

pub(super) use course::{Course, Manner};
pub(super) use graph::{Graph, Profile};
