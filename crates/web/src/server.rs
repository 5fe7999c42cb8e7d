//! Routes, and a server that stops when it is asked to and lets what is under way finish.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, Uri};
use axum::routing::{get, post};
use projections::ProblemKind;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::doors::Doors;
use crate::trouble::Trouble;
use crate::{commands, events, exports, health, openapi, questions};

/// How long requests under way may take once the process is asked to stop.
const FINISH: Duration = Duration::from_secs(10);

/// The routes of HTTP.
pub fn routes(doors: Arc<Doors>) -> Router {
    Router::new()
        .route("/v1/commands", post(commands::post))
        .route("/v1/commands/{id}", get(commands::get))
        .route("/v1/events", get(events::events))
        .route("/v1/export/{what}", get(exports::export))
        .route("/v1/{question}", get(questions::ask).post(questions::ask))
        .route("/openapi.json", get(openapi::document))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .merge(crate::console::routes())
        .fallback(nowhere)
        .method_not_allowed_fallback(no_method)
        .layer(axum::middleware::map_response(too_large))
        .layer(DefaultBodyLimit::max(bus::Frame::BYTES_MAX))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            tracing::error!("a request panicked");
            let problem = projections::Problem::cannot_answer("internal", "the service failed at this request");
            axum::response::IntoResponse::into_response(Trouble {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                problem,
                retry_after: None,
            })
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

/// A body over the limit is refused below us, without our code.
async fn too_large(response: axum::response::Response) -> axum::response::Response {
    let is_ours =
        response.headers().get(axum::http::header::CONTENT_TYPE).is_some_and(|it| it == "application/problem+json");
    if response.status() != StatusCode::PAYLOAD_TOO_LARGE || is_ours {
        return response;
    }
    let message = format!("more than {} bytes", bus::Frame::BYTES_MAX);
    let trouble = Trouble::new(StatusCode::PAYLOAD_TOO_LARGE, ProblemKind::WrongUse, "too_large", message);
    axum::response::IntoResponse::into_response(trouble.hint("send several frames"))
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
