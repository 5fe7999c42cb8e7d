//! Is the process up, is it ready for what it is asked for, and what does it count?

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::doors::{Doors, ReadyFor};

/// Up: it answers.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// What `/readyz` may be asked.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// `read` or `write`; what the service is there for where it is not said.
    r#for: Option<String>,
    /// Of `read`: seconds since the answers were last at the end of the log.
    within: Option<u32>,
}

impl Asked {
    fn ready_for(&self) -> Result<ReadyFor, &'static str> {
        match (self.r#for.as_deref(), self.within) {
            (None, None) => Ok(ReadyFor::Work),
            (Some("write"), None) => Ok(ReadyFor::Writing),
            (Some("read"), within) => {
                Ok(ReadyFor::Reading(within.map(|seconds| Duration::from_secs(u64::from(seconds)))))
            }
            _ => Err("ask /readyz, /readyz?for=read, /readyz?for=read&within=SECONDS or /readyz?for=write\n"),
        }
    }
}

/// Ready: not about to stop, and able to do what it is asked for.
pub(crate) async fn readyz(
    State(doors): State<Arc<Doors>>,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let asked = asked.map(|Query(asked)| asked.ready_for());
    let ready_for = match asked {
        Ok(Ok(ready_for)) => ready_for,
        Ok(Err(hint)) => return (StatusCode::BAD_REQUEST, hint).into_response(),
        Err(error) => return (StatusCode::BAD_REQUEST, format!("{error}\n")).into_response(),
    };
    if *doors.stop.borrow() || *doors.draining.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    if let Some(trouble) = (doors.trouble)(ready_for) {
        return (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {trouble}\n")).into_response();
    }
    let position = doors.live.as_ref().map(|live| *live.position().borrow());
    match position {
        Some(position) => format!("ready at event {position}\n").into_response(),
        None => "ready\n".into_response(),
    }
}

/// For Prometheus.
pub(crate) async fn metrics(State(doors): State<Arc<Doors>>) -> Response {
    if let Some(live) = &doors.live {
        metrics::gauge!("granary_position").set(*live.position().borrow() as f64);
    }
    process();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], (doors.metrics)()).into_response()
}

/// What the system says of this process; nothing where it does not say.
fn process() {
    if let Ok(statm) = std::fs::read_to_string("/proc/self/statm")
        && let Some(pages) = statm.split_whitespace().nth(1).and_then(|pages| pages.parse::<f64>().ok())
    {
        // Pages are of 4 KiB wherever `/proc` is read here; where they are larger, this says less than there is.
        metrics::gauge!("process_resident_memory_bytes").set(pages * 4_096.0);
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        metrics::gauge!("process_open_fds").set(open.count() as f64);
    }
}

/// What is served below `/v1/` beside the questions.
const DOORS: [&str; 8] = ["commands", "events", "export", "facts", "import", "rebuild", "receipts", "witnesses"];

/// What a path asks for, of a list that strangers cannot make longer.
fn route(path: &str) -> &'static str {
    let mut words = path.split('/').skip(1);
    match (words.next().unwrap_or_default(), words.next().unwrap_or_default()) {
        ("v1", name) => match answers::find(name) {
            Some(entry) => entry.name,
            None => DOORS.into_iter().find(|door| *door == name).unwrap_or("other"),
        },
        ("console", _) => "console",
        ("tile", _) => "tile",
        ("checkpoint", _) => "checkpoint",
        _ => "other",
    }
}

/// Counts answers by route and status, so that what is not answered is seen as well.
pub(crate) async fn count(request: axum::extract::Request, next: axum::middleware::Next) -> Response {
    let route = route(request.uri().path());
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::counter!("granary_http_answers_total", "route" => route, "status" => status).increment(1);
    response
}
