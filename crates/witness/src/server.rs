//! HTTP of a witness: `POST /add-checkpoint`, and what it saw last of each log.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::witness::Witness;

/// A checkpoint and a proof have some kilobytes.
const BODY_BYTES_MAX: usize = 64 << 10;

/// The routes of a witness.
pub fn routes(witness: Arc<Witness>) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add))
        .route("/", get(seen))
        .route("/{origin}/checkpoint", get(checkpoint))
        .route("/healthz", get(async || "ok\n"))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(witness)
}

/// Serves until `stop` turns true.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    witness: Arc<Witness>,
    mut stop: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let stopped = async move {
        let _ = stop.wait_for(|stop| *stop).await;
    };
    axum::serve(listener, routes(witness)).with_graceful_shutdown(stopped).await
}

async fn add(State(witness): State<Arc<Witness>>, body: Bytes) -> Response {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let answer = tokio::task::spawn_blocking(move || witness.add(&body, now_s)).await;
    match answer {
        Ok(answer) => {
            let status = StatusCode::from_u16(answer.status()).expect("a status of HTTP");
            (status, [(header::CONTENT_TYPE, answer.content_type())], answer.body()).into_response()
        }
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, "the witness failed at this checkpoint\n").into_response(),
    }
}

/// The newest checkpoint of each log, cosigned: whoever watches a log compares with what it is shown.
async fn seen(State(witness): State<Arc<Witness>>) -> Response {
    let read = tokio::task::spawn_blocking(move || {
        let mut text = format!("{}\n", witness.verifier());
        for origin in witness.origins() {
            // Of a log whose file is damaged the others need not go without.
            if let Ok(Some(note)) = witness.newest(origin) {
                text += &format!("\n{note}");
            }
        }
        text
    });
    match read.await {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response(),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "what was seen cannot be read\n").into_response(),
    }
}

/// The newest checkpoint of one log, by the SHA-256 of its origin: C2SP tlog-witness, "monitor".
async fn checkpoint(State(witness): State<Arc<Witness>>, Path(origin): Path<String>) -> Response {
    let read = tokio::task::spawn_blocking(move || {
        let is_it = |known: &&str| HEXLOWER.encode(&Sha256::digest(known)) == origin;
        let known = witness.origins().into_iter().find(is_it).map(str::to_owned)?;
        Some(witness.newest(&known))
    });
    match read.await {
        Ok(Some(Ok(Some(note)))) => {
            ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], note.to_string()).into_response()
        }
        Ok(Some(Err(_))) | Err(_) => {
            (StatusCode::INTERNAL_SERVER_ERROR, "what was seen of this log cannot be read\n").into_response()
        }
        Ok(None | Some(Ok(None))) => (StatusCode::NOT_FOUND, "nothing was seen of such a log\n").into_response(),
    }
}
