//! Routes, and a server that stops when it is asked to and lets what is under way finish.

use std::sync::Arc;
use std::time::Duration;

use answers::ProblemKind;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::CONTENT_TYPE;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
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

/// Longest time for the head of a request, and for a connection on which nothing comes.
const HEAD_MAX: Duration = Duration::from_secs(60);

/// Connections at one time; more wait until one ends.
const CONNECTIONS_MAX: usize = 4_096;

/// Pause after a connection that could not be accepted.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

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
            let problem = answers::Problem::cannot_answer("internal", "the service failed at this request");
            Trouble { status: StatusCode::INTERNAL_SERVER_ERROR, problem: Box::new(problem), retry_after: None }
                .into_response()
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
/// None at present: what fails at one connection is that connection's end.
pub async fn serve(listener: TcpListener, doors: Arc<Doors>) -> std::io::Result<()> {
    let mut stop = doors.stop.clone();
    let service = TowerToHyperService::new(routes(doors));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_MAX);
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let under_way = GracefulShutdown::new();
    loop {
        let come = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            come = come => come,
        };
        match accepted {
            Ok((stream, _)) => {
                let _ = stream.set_nodelay(true);
                let connection = under_way.watch(http.serve_connection(TokioIo::new(stream), service.clone()));
                tokio::spawn(async move {
                    if let Err(error) = connection.await {
                        tracing::debug!(%error, "a connection ended");
                    }
                    drop(place);
                });
            }
            // Whoever went away, or no file handles for now: others come, and handles come back.
            Err(error) => {
                tracing::warn!(%error, "accept a connection");
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(FINISH, under_way.shutdown()).await.is_err() {
        tracing::warn!("requests under way were cut off");
    }
    Ok(())
}
