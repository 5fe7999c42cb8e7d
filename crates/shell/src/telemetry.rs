//! Logs, traces and metrics of a service. Tools for people log warnings to stderr and nothing else.

use std::sync::atomic::{AtomicBool, Ordering};

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::Failure;
use crate::settings::Settings;
use crate::traces::{Traces, TracesError};

/// Bounds of the histograms of durations, in seconds: from the sync of a fast disk to a deadline.
const SECONDS: &[f64] = &[0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Logs, traces and metrics of this process, from now until it is dropped.
pub struct Telemetry {
    metrics: PrometheusHandle,
    _traces: Option<Traces>,
}

/// Logs, traces or metrics cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// What is to be logged cannot be read.
    #[error("setting `log.level`: {0}")]
    Level(#[from] tracing_subscriber::filter::ParseError),
    /// See the cause.
    #[error("begin to export traces")]
    Traces(#[from] TracesError),
    /// See the cause.
    #[error("begin to count")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
}

/// Are the logs of this process JSON? Then all that it says is.
static IS_JSON: AtomicBool = AtomicBool::new(false);

/// Says where a service can be reached: on stdout, with what lets people in; in the log, without, where that is for programs.
pub fn say_where(said: &str, to_people: &str) {
    if IS_JSON.load(Ordering::Relaxed) {
        tracing::info!("{said}");
    } else {
        // Never a reason to end: whoever reads the first line may read no further, and close the pipe.
        let _ = std::io::Write::write_all(&mut std::io::stdout(), format!("{said}{to_people}\n").as_bytes());
    }
}

/// Says why a process ends, as its log is written.
pub fn say_failure(failure: &Failure) {
    if IS_JSON.load(Ordering::Relaxed) {
        tracing::error!(error = crate::chain(failure.error.as_ref()), hint = failure.hint.as_deref(), "ended");
    } else {
        eprintln!("{failure}");
    }
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
            "json" => {
                IS_JSON.store(true, Ordering::Relaxed);
                tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(stderr).boxed()
            }
            _ => {
                let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
                tracing_subscriber::fmt::layer().with_target(false).with_ansi(is_terminal).with_writer(stderr).boxed()
            }
        };
        let traces = settings.optional("otlp.endpoint").map(|endpoint| Traces::begin(service, endpoint)).transpose()?;
        // Spans of ours, not those of every library below.
        let spans =
            traces.as_ref().map(|traces| traces.layer().with_filter(EnvFilter::new("info,sled=off,hyper=off,h2=off")));
        let subscriber = tracing_subscriber::registry().with(spans).with(logs.with_filter(filter));
        // A second call in one process (tests) logs where the first one does.
        let _ = subscriber.try_init();
        let builder = PrometheusBuilder::new();
        let recorder = builder.set_buckets_for_metric(Matcher::Suffix("_seconds".into()), SECONDS)?.build_recorder();
        let handle = recorder.handle();
        // Likewise: what a second recorder would count is counted by the first.
        let _ = metrics::set_global_recorder(recorder);
        describe();
        Ok(Self { metrics: handle, _traces: traces })
    }

    /// What Prometheus scrapes.
    #[must_use]
    pub fn metrics(&self) -> PrometheusHandle {
        self.metrics.clone()
    }
}

/// What each figure says, for whoever reads the metrics.
fn describe() {
    for (name, about) in [
        ("granary_commands_received_total", "Commands that came in, whatever became of them."),
        ("granary_http_answers_total", "Answers over HTTP, by route and status."),
        ("granary_verdicts_total", "Verdicts that were given, by outcome."),
        ("granary_http_busy_total", "Requests answered 429: the queue was full."),
        ("granary_http_not_signed_in_total", "Requests of which nobody knew who sent them, by code."),
        (
            "granary_records_put_aside_total",
            "Messages in the commit log that are no record: somebody else published there.",
        ),
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
        ("granary_build_info", "1, with the version of this program."),
        ("granary_clock_ahead_seconds", "How far this machine's clock is ahead of that of NATS; below 0, behind."),
        ("granary_dead_letters", "Frames put aside because nobody could read or decide them."),
        ("granary_disk_free_bytes", "Room on the disk of this service's folder."),
        ("granary_last_commit_age_seconds", "Since a leader last recorded something; 0 where this ledger stands by."),
        ("granary_log_copies", "Copies of the commit log that are whole."),
        ("granary_log_copies_wanted", "Copies of the commit log that there should be."),
        ("granary_oldest_frame_seconds", "How long the oldest frame has waited at the leader."),
        ("process_open_fds", "Files and connections that are open."),
        ("process_resident_memory_bytes", "Memory in use."),
        ("granary_ledger_epoch", "Epoch in which this ledger leads, or led last."),
        ("granary_ledger_events", "Events recorded here."),
        ("granary_ledger_leads", "1 where this ledger leads."),
        ("granary_places_taken", "Questions, exports and streams of events that are being answered, by kind."),
        ("granary_position", "The last event that answers know of."),
        ("granary_queue_frames", "Frames that wait for the ledger."),
        ("granary_recorded_ahead_seconds", "How far the last event is ahead of this machine's clock."),
        ("granary_unwitnessed_events", "Events that no quorum of witnesses has cosigned yet."),
        ("granary_witnessed_events", "Events under the newest checkpoint that a quorum of witnesses cosigned."),
    ] {
        metrics::describe_gauge!(name, about);
    }
}
