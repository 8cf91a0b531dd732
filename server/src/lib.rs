//! The Cordon server: the only room with sockets, HTTP, JSON, terminal protocols, the time of day and users.
//!
//! Modules in reading order.

pub mod cli;
pub mod config;
pub mod app;
pub mod decode;
pub mod roads;
pub mod gateway;
pub mod ingest;
pub mod simulate;
pub mod desk;
pub mod auth;
pub mod api;
pub mod live;
pub mod web_assets;
pub mod control;
pub mod database;
pub mod demo;
