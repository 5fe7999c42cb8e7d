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
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], (doors.metrics)()).into_response()
}
