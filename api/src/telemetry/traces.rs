//! Traces by OTLP (HTTP, protobuf) where `OTEL_EXPORTER_OTLP_ENDPOINT` or
//! `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` names a collector. Everything else is said as the
//! OpenTelemetry specification says it: `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`,
//! `OTEL_TRACES_SAMPLER[_ARG]`, `OTEL_EXPORTER_OTLP_[TRACES_]HEADERS` and `…_TIMEOUT`, `OTEL_BSP_*`,
//! `OTEL_SDK_DISABLED`, `OTEL_TRACES_EXPORTER=none`.
//!
//! Spans wait in a bounded queue and are sent by a thread of the exporter's own: a collector that is
//! slow or gone costs spans, never a request.

use actix_web::http::header::{HeaderMap, HeaderName};
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{TraceContextExt, TracerProvider};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tracing::{Span, Subscriber};
use tracing_opentelemetry::{OpenTelemetryLayer, OpenTelemetrySpanExt};
use tracing_subscriber::registry::LookupSpan;

/// What makes and sends spans; none where no collector is named.
pub(super) fn provider() -> Result<Option<SdkTracerProvider>, String> {
    if !wanted(&|name| std::env::var(name).ok())? {
        return Ok(None);
    }
    // The exporter's HTTP client speaks TLS with whatever the process has chosen; another part of
    // the program may have chosen it already, and it is the same.
    let _chosen_already = rustls::crypto::ring::default_provider().install_default().is_err();
    let exporter = SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary);
    let exporter = exporter.build().map_err(|error| format!("traces cannot be sent: {error}"))?;
    let mut resource = Resource::builder();
    let named = |name| std::env::var(name).is_ok_and(|it: String| it.contains("service.name"));
    if std::env::var_os("OTEL_SERVICE_NAME").is_none() && !named("OTEL_RESOURCE_ATTRIBUTES") {
        resource = resource.with_service_name("kefu");
    }
    let provider =
        SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.build());
    Ok(Some(provider.build()))
}

/// Whether the environment asks for traces. An `Err`: it asks for what is not spoken here.
fn wanted(variable: &dyn Fn(&str) -> Option<String>) -> Result<bool, String> {
    let said = |name| variable(name).filter(|it| !it.trim().is_empty());
    let off = said("OTEL_SDK_DISABLED").is_some_and(|it| it.eq_ignore_ascii_case("true"))
        || said("OTEL_TRACES_EXPORTER").is_some_and(|it| it == "none");
    let endpoint =
        said("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT").or_else(|| said("OTEL_EXPORTER_OTLP_ENDPOINT"));
    if off || endpoint.is_none() {
        return Ok(false);
    }
    let protocol =
        said("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL").or_else(|| said("OTEL_EXPORTER_OTLP_PROTOCOL"));
    match protocol.as_deref() {
        None | Some("http/protobuf") => Ok(true),
        Some(other) => Err(format!("traces are sent as http/protobuf, not as {other}")),
    }
}

/// What turns spans of the program into spans of a trace.
pub(super) fn layer<S>(provider: &SdkTracerProvider) -> OpenTelemetryLayer<S, SdkTracer>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("kefu"))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false)
}

/// Makes a request's span part of the trace its caller began (W3C `traceparent`).
pub fn continues(span: &Span, headers: &HeaderMap) {
    if !span.is_disabled() {
        let caller = TraceContextPropagator::new().extract(&Carrier(headers));
        // It can be refused only to a span that has begun, and this one has not.
        let _refused = span.set_parent(caller).is_err();
    }
}

/// The trace a span belongs to, for log lines; none where nothing is traced.
pub fn trace_id(span: &Span) -> Option<String> {
    if span.is_disabled() {
        return None;
    }
    let context = span.context();
    let id = context.span().span_context().trace_id();
    Some(id.to_string())
}

struct Carrier<'a>(&'a HeaderMap);

impl Extractor for Carrier<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|it| it.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(said: &[(&str, &str)]) -> Result<bool, String> {
        wanted(&|name| said.iter().find(|it| it.0 == name).map(|it| it.1.to_owned()))
    }

    #[test]
    fn traces_are_sent_where_a_collector_is_named_and_nobody_objects() {
        let named = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318");
        assert_eq!(asked(&[]), Ok(false));
        assert_eq!(asked(&[("OTEL_EXPORTER_OTLP_ENDPOINT", " ")]), Ok(false));
        assert_eq!(asked(&[named]), Ok(true));
        assert_eq!(asked(&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://it/t")]), Ok(true));
        assert_eq!(asked(&[named, ("OTEL_SDK_DISABLED", "true")]), Ok(false));
        assert_eq!(asked(&[named, ("OTEL_TRACES_EXPORTER", "none")]), Ok(false));
        assert_eq!(asked(&[named, ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")]), Ok(true));
        assert!(asked(&[named, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]).is_err());
    }
}
