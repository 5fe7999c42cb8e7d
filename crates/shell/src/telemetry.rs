//! Logs, traces and metrics of a service. Tools for people log warnings to stderr and nothing else.

use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::settings::Settings;

/// Bounds of the histograms of durations, in seconds: from the sync of a fast disk to a deadline.
const SECONDS: &[f64] = &[0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Logs, traces and metrics of this process, from now until it is dropped.
pub struct Telemetry {
    metrics: PrometheusHandle,
    traces: Option<SdkTracerProvider>,
}

/// Logs, traces or metrics cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// What is to be logged cannot be read.
    #[error("setting `log.level`: {0}")]
    Level(#[from] tracing_subscriber::filter::ParseError),
    /// See the cause.
    #[error("begin to export traces")]
    Traces(#[from] opentelemetry_otlp::ExporterBuildError),
    /// See the cause.
    #[error("begin to count")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
}

impl Telemetry {
    /// Begins to log, count and, where an endpoint is set, trace under the name of a service.
    ///
    /// # Errors
    /// When a setting cannot stand, or another recorder counts already in this process.
    pub fn begin(service: &'static str, settings: &Settings) -> Result<Self, TelemetryError> {
        let filter = EnvFilter::builder().parse(format!("{},sled=off", settings.text("log.level")))?;
        let stderr = std::io::stderr;
        let logs = match settings.text("log.format") {
            "json" => tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(stderr).boxed(),
            _ => {
                let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
                tracing_subscriber::fmt::layer().with_target(false).with_ansi(is_terminal).with_writer(stderr).boxed()
            }
        };
        let traces = settings.optional("otlp.endpoint").map(|endpoint| exporter(service, endpoint)).transpose()?;
        // Spans of ours, not those of every library below.
        let spans = traces.as_ref().map(|provider| {
            let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("granary"));
            layer.with_filter(EnvFilter::new("info,sled=off,hyper=off,h2=off"))
        });
        let subscriber = tracing_subscriber::registry().with(spans).with(logs.with_filter(filter));
        // A second call in one process (tests) logs where the first one does.
        let _ = subscriber.try_init();
        let builder = PrometheusBuilder::new();
        let recorder = builder.set_buckets_for_metric(Matcher::Suffix("_seconds".into()), SECONDS)?.build_recorder();
        let handle = recorder.handle();
        // Likewise: what a second recorder would count is counted by the first.
        let _ = metrics::set_global_recorder(recorder);
        describe();
        Ok(Self { metrics: handle, traces })
    }

    /// What Prometheus scrapes.
    #[must_use]
    pub fn metrics(&self) -> PrometheusHandle {
        self.metrics.clone()
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(traces) = &self.traces
            && let Err(error) = traces.shutdown_with_timeout(Duration::from_secs(2))
        {
            tracing::warn!(%error, "the last traces were not exported");
        }
    }
}

/// What each figure says, for whoever reads the metrics.
fn describe() {
    for (name, about) in [
        ("granary_commands_received_total", "Commands that came in, whatever became of them."),
        ("granary_http_busy_total", "Requests answered 429: the queue was full."),
        ("granary_http_not_signed_in_total", "Requests of which nobody knew who sent them, by code."),
        ("granary_witness_failures_total", "Witnesses that did not cosign, by witness."),
    ] {
        metrics::describe_counter!(name, about);
    }
    for (name, about) in [
        ("granary_command_seconds", "From a frame of commands to its verdicts, as its sender waits."),
        ("granary_lag_seconds", "From an event being recorded to answers knowing of it."),
        ("granary_question_seconds", "To answer a question, by question."),
    ] {
        metrics::describe_histogram!(name, metrics::Unit::Seconds, about);
    }
    for (name, about) in [
        ("granary_dead_letters", "Frames put aside because nobody could read them or decide them in time."),
        ("granary_ledger_epoch", "Epoch in which this ledger leads, or led last."),
        ("granary_ledger_events", "Events recorded here."),
        ("granary_ledger_leads", "1 where this ledger leads."),
        ("granary_position", "The last event that answers know of."),
        ("granary_queue_frames", "Frames that wait for the ledger."),
        ("granary_recorded_ahead_seconds", "How far the last event is ahead of this machine's clock."),
        ("granary_unwitnessed_events", "Events that no quorum of witnesses has cosigned yet."),
        ("granary_witnessed_events", "Events under the newest checkpoint that a quorum of witnesses cosigned."),
    ] {
        metrics::describe_gauge!(name, about);
    }
}

fn exporter(service: &'static str, endpoint: &str) -> Result<SdkTracerProvider, TelemetryError> {
    let endpoint = format!("{}/v1/traces", endpoint.trim_end_matches('/').trim_end_matches("/v1/traces"));
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_http_client(Client(ureq::Agent::config_builder().http_status_as_error(false).build().into()))
        .with_endpoint(endpoint)
        .with_timeout(Duration::from_secs(5))
        .build()?;
    let resource = Resource::builder().with_service_name(service).build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
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
