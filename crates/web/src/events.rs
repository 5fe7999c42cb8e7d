//! `GET /v1/events?from=`: events as they are recorded; `Last-Event-ID` goes on where a connection broke off.

use std::sync::Arc;

use answers::Problem;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;

use crate::asking::admit;
use crate::doors::{DEADLINE, Doors};
use crate::gate::Kind;
use crate::questions::{Query, no_answers};
use crate::trouble::Trouble;
use crate::why::Why;

pub(crate) async fn events(
    State(doors): State<Arc<Doors>>,
    uri: Uri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let caller = doors.asker(&headers, "GET", &uri.to_string(), b"")?;
    let live = Arc::clone(doors.live.as_ref().ok_or_else(no_answers)?);
    let viewer = admit(&live, &caller, "history")?;
    let query = Query::read(query.as_deref());
    let number = |text: &str, field: &str| {
        text.parse::<u64>()
            .map_err(|_| Problem::bad_field(field, Why::NoEventNumber { text: text.chars().take(64).collect() }))
    };
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let from = query.own.first().map(|(_, value)| value.as_str());
    let from = match (last, from) {
        (Some(last), _) => number(last, "Last-Event-ID")?.saturating_add(1),
        (None, Some(from)) => number(from, "from")?,
        // Without either, what happens from now on.
        (None, None) => live.position().borrow().saturating_add(1),
    };
    let deadline = headers.get(DEADLINE).and_then(|value| value.to_str().ok());
    let patience = doors.patience(query.deadline_ms.as_deref().or(deadline))?;
    let place = doors.questions.enter(Kind::Events, &viewer, patience).await?;
    Ok(crate::feed::sse(live, viewer, place, from, doors.stop.clone()))
}
