//! Figures for Prometheus.
//!
//! **Invariant.** Labels are words of the program or of the regulations, never of a request: what a
//! caller makes up cannot grow the table.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder};

/// What is counted while the server runs.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    latency: HistogramVec,
    started: Instant,
}

/// A figure read at the moment it is asked for.
#[derive(Clone, Debug)]
pub struct Figure {
    /// `kefu_…`; one that ends with `_total` only grows.
    pub name: &'static str,
    /// What it counts.
    pub help: &'static str,
    /// Its values, each with the labels that tell it from the others.
    pub samples: Vec<(Vec<(&'static str, String)>, u64)>,
}

impl Figure {
    /// A figure with one value.
    pub fn of(name: &'static str, help: &'static str, value: u64) -> Self {
        Self { name, help, samples: vec![(Vec::new(), value)] }
    }
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
        Ok(Self { registry, requests, latency, started: Instant::now() })
    }

    /// Counts one answer.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let method = known(method);
        self.requests.with_label_values(&[method, route, &status.to_string()]).inc();
        self.latency.with_label_values(&[method, route]).observe(took.as_secs_f64());
    }

    /// How long the server has been there.
    pub fn uptime(&self) -> Duration {
        self.started.elapsed()
    }

    /// Everything, in Prometheus' text format.
    pub fn text(&self, figures: &[Figure]) -> String {
        let mut text =
            TextEncoder::new().encode_to_string(&self.registry.gather()).unwrap_or_default();
        for Figure { name, help, samples } in figures {
            let kind = if name.ends_with("_total") { "counter" } else { "gauge" };
            // Writing to a string does not fail.
            let _written = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
            for (labels, value) in samples {
                let _written = writeln!(text, "{name}{} {value}", labelled(labels));
            }
        }
        text
    }
}

fn labelled(labels: &[(&'static str, String)]) -> String {
    if labels.is_empty() {
        return String::new();
    }
    let quoted = |it: &str| it.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let labels: Vec<_> =
        labels.iter().map(|(name, value)| format!("{name}=\"{}\"", quoted(value))).collect();
    format!("{{{}}}", labels.join(","))
}

/// A caller may invent methods; the table of figures knows those of HTTP.
fn known(method: &str) -> &str {
    match method {
        "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" => method,
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_prometheus_reads_them() {
        let metrics = Metrics::new().unwrap();
        metrics.answered("GET", "/v1/cases", 200, Duration::from_millis(3));
        metrics.answered("BREW", "-", 405, Duration::from_millis(3));
        let odd = (vec![("state", "a\"b\\c\nd".to_owned())], 3);
        let open = Figure { name: "kefu_open_cases", help: "Open cases.", samples: vec![odd] };
        let text = metrics.text(&[open, Figure::of("kefu_writes_total", "Writes.", 7)]);
        for line in [
            r#"kefu_http_requests_total{method="GET",route="/v1/cases",status="200"} 1"#,
            r#"kefu_http_requests_total{method="other",route="-",status="405"} 1"#,
            r#"kefu_open_cases{state="a\"b\\c\nd"} 3"#,
            "# TYPE kefu_open_cases gauge",
            "# TYPE kefu_writes_total counter",
            "kefu_writes_total 7",
        ] {
            assert!(text.lines().any(|it| it == line), "{line}\n{text}");
        }
    }
}
