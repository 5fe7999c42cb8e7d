//! Traces to an OTLP collector, and the `traceparent` that joins those of several services.

use std::time::Duration;

use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::TracerProvider as _;
pub use opentelemetry_otlp::ExporterBuildError as TracesError;
use opentelemetry_otlp::{WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{Layer, Registry};

/// What exports spans until it is dropped.
pub(crate) struct Traces(SdkTracerProvider);

impl Traces {
    pub(crate) fn begin(service: &'static str, endpoint: &str) -> Result<Self, TracesError> {
        let endpoint = format!("{}/v1/traces", endpoint.trim_end_matches('/').trim_end_matches("/v1/traces"));
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_http_client(Client(ureq::Agent::config_builder().http_status_as_error(false).build().into()))
            .with_endpoint(endpoint)
            .with_timeout(Duration::from_secs(5))
            .build()?;
        let resource = Resource::builder().with_service_name(service).build();
        Ok(Self(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build()))
    }

    pub(crate) fn layer(&self) -> impl Layer<Registry> + Send + Sync + use<> {
        tracing_opentelemetry::layer().with_tracer(self.0.tracer("granary"))
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown_with_timeout(Duration::from_secs(2)) {
            tracing::warn!(%error, "the last traces were not exported");
        }
    }
}

/// Posts spans. It blocks the thread of the exporter, which has nothing else to do.
#[derive(Debug)]
struct Client(ureq::Agent);

#[async_trait::async_trait]
impl opentelemetry_http::HttpClient for Client {
    async fn send_bytes(
        &self,
        request: opentelemetry_http::Request<bytes::Bytes>,
    ) -> Result<opentelemetry_http::Response<bytes::Bytes>, opentelemetry_http::HttpError> {
        let (parts, body) = request.into_parts();
        let answer = self.0.run(opentelemetry_http::Request::from_parts(parts, body.to_vec()))?;
        let (parts, mut body) = answer.into_parts();
        let bytes = body.read_to_vec()?;
        Ok(opentelemetry_http::Response::from_parts(parts, bytes.into()))
    }
}

struct One<'h>(&'h str);

impl Extractor for One<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        (key == "traceparent").then_some(self.0)
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent"]
    }
}

/// Makes a span part of the trace that a `traceparent` header names. A header that is none changes nothing.
pub fn follow(span: &tracing::Span, traceparent: Option<&str>) {
    if let Some(traceparent) = traceparent {
        let parent = TraceContextPropagator::new().extract(&One(traceparent));
        // Fails only where no traces are exported, and then there is nothing to follow.
        let _ = span.set_parent(parent);
    }
}

#[derive(Default)]
struct Header(Option<String>);

impl Injector for Header {
    fn set(&mut self, key: &str, value: String) {
        if key == "traceparent" {
            self.0 = Some(value);
        }
    }
}

/// The W3C `traceparent` of a span; none where it belongs to no trace.
#[must_use]
pub fn traceparent(span: &tracing::Span) -> Option<String> {
    let mut header = Header::default();
    TraceContextPropagator::new().inject_context(&span.context(), &mut header);
    header.0
}
