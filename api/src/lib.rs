//! kefu over HTTP: routes, sign-in, problems, OpenAPI, timers.
//!
//! **Invariant.** `app` knows no HTTP type, `routes` knows no SQL.
//! **Invariant.** Only [`clock`] reads the clock, only [`ids`] makes ids.

pub mod app;
pub mod auth;
pub mod cli;
pub mod clock;
pub mod config;
pub mod extract;
pub mod faults;
pub mod hex;
pub mod ids;
pub mod limit;
pub mod metrics;
pub mod middleware;
pub mod openapi;
pub mod outbound;
pub mod params;
pub mod problem;
pub mod proxies;
pub mod routes;
pub mod server;
pub mod sheet;
pub mod telemetry;
pub mod tls;
pub mod views;
pub mod worker;

#[cfg(test)]
mod architecture;
