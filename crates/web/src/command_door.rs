//! Commands over the bus: the same as `POST /v1/commands`, with the same headers; `granary-wait` says what is
//! waited for, and `granary-dry-run: true` that nothing is recorded.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use bus::{Asked, BoxFuture, Handler, Reply};

use crate::bus_door::STATUS;
use crate::commands;
use crate::doors::Doors;
use crate::language::{self, Language};
use crate::trouble::Trouble;
use crate::why::Why;

/// Name of the service that takes commands in, as subjects have it.
pub const INGEST: &str = "ingest";
/// The one thing it is asked.
const VERB: &str = "commands";
/// Header with what is waited for: `received`, `recorded` or `projected`.
const WAIT: &str = "granary-wait";
/// Header with `true` where nothing is to be recorded.
const DRY_RUN: &str = "granary-dry-run";
/// Verdicts of a frame are short; a frame is bounded.
const ANSWER_BYTES_MAX: usize = 16 << 20;

/// Takes commands in that come over the bus.
pub struct CommandDoor(pub Arc<Doors>);

impl Handler for CommandDoor {
    fn handle(&self, asked: Asked) -> BoxFuture<'_, Reply> {
        let doors = Arc::clone(&self.0);
        let language = Language::of_header(asked.header(ACCEPT_LANGUAGE.as_str()));
        Box::pin(language.within(async move { reply(take(doors, asked).await).await }))
    }
}

async fn take(doors: Arc<Doors>, asked: Asked) -> Response {
    if asked.verb != VERB {
        let text = asked.verb.chars().take(64).collect();
        return Trouble::absent(Why::NothingOfIngest { text }).into_response();
    }
    let query = [(WAIT, "wait"), (DRY_RUN, "dry_run")].into_iter();
    let query: Vec<String> =
        query.filter_map(|(name, field)| asked.header(name).map(|value| format!("{field}={value}"))).collect();
    let query = (!query.is_empty()).then(|| query.join("&"));
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    for (name, value) in &asked.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), HeaderValue::try_from(value.as_str())) {
            headers.insert(name, value);
        }
    }
    commands::post(State(doors), RawQuery(query), None, headers, asked.body).await.into_response()
}

async fn reply(response: Response) -> Reply {
    let mut headers = vec![
        (STATUS.to_owned(), response.status().as_str().to_owned()),
        (CONTENT_LANGUAGE.as_str().to_owned(), language::now().tag().to_owned()),
    ];
    let text = |(name, value): (&HeaderName, &HeaderValue)| Some((name.to_string(), value.to_str().ok()?.to_owned()));
    headers.extend(response.headers().iter().filter_map(text));
    let body = axum::body::to_bytes(response.into_body(), ANSWER_BYTES_MAX).await.unwrap_or_default();
    Reply { headers, body }
}
