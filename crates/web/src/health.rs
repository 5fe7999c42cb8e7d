//! Is the process up, may it be asked, and what does it count?

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::doors::Doors;

/// Up: it answers.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// Ready: not about to stop, and in touch with whatever it needs.
pub(crate) async fn readyz(State(doors): State<Arc<Doors>>) -> Response {
    if *doors.stop.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    if let Some(trouble) = (doors.trouble)() {
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
