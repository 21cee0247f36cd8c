//! Figures for Prometheus.

use std::fmt::Write as _;
use std::time::Duration;

use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder};

/// What is counted while the server runs.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    latency: HistogramVec,
}

/// A figure read at the moment it is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Gauge {
    /// `kefu_…`
    pub name: &'static str,
    /// What it counts.
    pub help: &'static str,
    /// Its value.
    pub value: u64,
}

impl Metrics {
    /// Figures that all stand at nought. An `Err` is a defect of the names below.
    pub fn new() -> Result<Self, prometheus::Error> {
        let requests = IntCounterVec::new(
            Opts::new("kefu_http_requests_total", "Requests answered."),
            &["method", "route", "status"],
        )?;
        let latency = HistogramVec::new(
            HistogramOpts::new("kefu_http_request_seconds", "Time from request to answer.")
                .buckets(vec![
                    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
                ]),
            &["method", "route"],
        )?;
        let registry = Registry::new();
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(latency.clone()))?;
        Ok(Self { registry, requests, latency })
    }

    /// Counts one answer.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        self.requests.with_label_values(&[method, route, &status.to_string()]).inc();
        self.latency.with_label_values(&[method, route]).observe(took.as_secs_f64());
    }

    /// Everything, in Prometheus' text format.
    pub fn text(&self, gauges: &[Gauge]) -> String {
        let mut text =
            TextEncoder::new().encode_to_string(&self.registry.gather()).unwrap_or_default();
        for Gauge { name, help, value } in gauges {
            let kind = if name.ends_with("_total") { "counter" } else { "gauge" };
            // Writing to a string does not fail.
            let _written =
                write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n");
        }
        text
    }
}
