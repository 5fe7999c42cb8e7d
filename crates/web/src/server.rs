//! Routes, and a server that stops when it is asked to and lets what is under way finish.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::CONTENT_TYPE;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use projections::ProblemKind;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::doors::{DEADLINE_MAX, Doors};
use crate::trouble::Trouble;
use crate::{commands, events, exports, facts, health, import, log, openapi, questions, rebuild};

/// How long requests under way may take once the process is asked to stop.
const FINISH: Duration = Duration::from_secs(10);

/// Longest time for a request from its first byte to the head of its answer: whoever sends a byte a minute holds nothing for
/// ever. It is longer than any deadline, so that a wait that was asked for ends by itself.
const REQUEST_MAX: Duration = Duration::from_secs(DEADLINE_MAX.as_secs() + 30);

/// The routes of HTTP.
pub fn routes(doors: Arc<Doors>) -> Router {
    Router::new()
        .route("/v1/commands", post(commands::post))
        .route("/v1/commands/{id}", get(commands::get))
        .route("/v1/events", get(events::events))
        .route("/v1/export/{what}", get(exports::export))
        .route("/v1/receipts/{event}", get(log::receipt))
        .route("/v1/witnesses", get(log::witnesses))
        .route("/v1/facts/{event}", get(facts::fact))
        .route("/checkpoint", get(log::checkpoint))
        .route("/tile/{*path}", get(log::tile))
        .route("/v1/import", post(import::post).layer(DefaultBodyLimit::max(import::IMPORT_BYTES_MAX)))
        .route("/v1/rebuild", post(rebuild::rebuild))
        .route("/v1/{question}", get(questions::ask).post(questions::ask))
        .route("/openapi.json", get(openapi::document))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .merge(crate::console::routes())
        .fallback(nowhere)
        .method_not_allowed_fallback(no_method)
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST_MAX))
        .layer(axum::middleware::map_response(in_our_words))
        .layer(DefaultBodyLimit::max(bus::Frame::BYTES_MAX))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            tracing::error!("a request panicked");
            let problem = projections::Problem::cannot_answer("internal", "the service failed at this request");
            Trouble { status: StatusCode::INTERNAL_SERVER_ERROR, problem, retry_after: None }.into_response()
        }))
        .with_state(doors)
}

async fn nowhere(uri: Uri) -> Trouble {
    let message = format!("there is nothing at `{}`", uri.path());
    Trouble::new(StatusCode::NOT_FOUND, ProblemKind::Unknown, "not_found", message)
        .hint("/openapi.json lists what there is")
}

async fn no_method(uri: Uri) -> Trouble {
    let message = format!("`{}` does not take this method", uri.path());
    Trouble::new(StatusCode::METHOD_NOT_ALLOWED, ProblemKind::WrongUse, "no_such_method", message)
        .hint("/openapi.json lists what there is")
}

/// What is refused below us, without our code, said as everything else is.
async fn in_our_words(response: Response) -> Response {
    let is_ours = response.headers().get(CONTENT_TYPE).is_some_and(|it| it == "application/problem+json");
    let trouble = match response.status() {
        _ if is_ours => return response,
        StatusCode::PAYLOAD_TOO_LARGE => {
            let message = format!("more than {} bytes", bus::Frame::BYTES_MAX);
            Trouble::new(StatusCode::PAYLOAD_TOO_LARGE, ProblemKind::WrongUse, "too_large", message)
                .hint("send several frames")
        }
        StatusCode::REQUEST_TIMEOUT => {
            let message = format!("the request did not come to an end within {} s", REQUEST_MAX.as_secs());
            Trouble::new(StatusCode::REQUEST_TIMEOUT, ProblemKind::CannotAnswer, "too_slow", message)
                .hint("send the body at once; what was posted may be posted again: an id is never applied twice")
        }
        _ => return response,
    };
    trouble.into_response()
}

/// Serves until the process is asked to stop (`doors.stop`), then lets what is under way finish.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, doors: Arc<Doors>) -> std::io::Result<()> {
    let mut stop = doors.stop.clone();
    let mut stop_too = stop.clone();
    let stopped = async move {
        let _ = stop.wait_for(|stop| *stop).await;
    };
    let server = axum::serve(listener, routes(doors)).with_graceful_shutdown(stopped);
    let late = async move {
        let _ = stop_too.wait_for(|stop| *stop).await;
        tokio::time::sleep(FINISH).await;
    };
    tokio::select! {
        served = server.into_future() => served,
        () = late => {
            tracing::warn!("requests under way were cut off");
            Ok(())
        }
    }
}
