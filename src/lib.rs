//! Workwarden: AI project workflows behind Odoo 18's own protocols.
//!
//! The floors, lowest first; each imports only from those above it in this list. ARCHITECTURE.md tells the whole.

pub mod config;
pub mod crypt;
pub mod error;
pub mod html;
pub mod metrics;
pub mod picture;
pub mod value;

pub mod db;
pub mod schema;

pub mod assets;
pub mod orm;

pub mod models;
pub mod workflow;

pub mod service;

pub mod http;

pub mod app;

pub mod cli;
