//! What every request passes, whatever it asks, in this order: its language is chosen, the [guard](crate::guard) lets it in, it
//! has an end in time, and its answer is counted and said in our words. One layer, because each costs every command.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use answers::{Problem, ProblemKind};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;

use crate::doors::{DEADLINE_MAX, Doors};
use crate::guard::guard;
use crate::health;
use crate::language::Language;
use crate::trouble::Trouble;
use crate::why::Why;

/// Longest time for a request from its first byte to the head of its answer: whoever sends a byte a minute holds nothing for
/// ever. It is longer than any deadline, so that a wait that was asked for ends by itself.
const REQUEST_MAX: Duration = Duration::from_secs(DEADLINE_MAX.as_secs() + 30);

/// See the module.
pub(crate) async fn way_in(State(doors): State<Arc<Doors>>, request: Request, next: Next) -> Response {
    let language = Language::of(&request);
    let answered = language.within(guard(&doors, request, |request| answered(request, next)));
    let response = AssertUnwindSafe(answered).catch_unwind().await;
    language.said(response.unwrap_or_else(|_| {
        tracing::error!("a request panicked");
        let problem = Box::new(Problem::cannot_answer(Why::Failed));
        Trouble { status: StatusCode::INTERNAL_SERVER_ERROR, problem, retry_after: None }.into_response()
    }))
}

async fn answered(request: Request, next: Next) -> Response {
    let route = health::route(request.uri().path());
    let response = tokio::time::timeout(REQUEST_MAX, next.run(request)).await;
    let response = response.unwrap_or_else(|_| StatusCode::REQUEST_TIMEOUT.into_response());
    health::count(route, response.status());
    in_our_words(response)
}

/// What is refused below us, without our code, said as everything else is.
fn in_our_words(response: Response) -> Response {
    let is_ours = |response: &Response| {
        response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json")
    };
    match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE if !is_ours(&response) => {
            let why = Why::TooLarge { most: bus::Frame::BYTES_MAX };
            Trouble::new(StatusCode::PAYLOAD_TOO_LARGE, ProblemKind::WrongUse, why).into_response()
        }
        StatusCode::REQUEST_TIMEOUT if !is_ours(&response) => {
            let why = Why::TooSlow { seconds: REQUEST_MAX.as_secs() };
            Trouble::new(StatusCode::REQUEST_TIMEOUT, ProblemKind::CannotAnswer, why).into_response()
        }
        _ => response,
    }
}
