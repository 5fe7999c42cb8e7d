//! Questions that a service without answers of its own passes on: ingest to projections, over the bus.
//!
//! Whoever asks was let in where they knocked; the answering side believes what the asking side says of them. Only
//! services may therefore ask here (`q.<organisation>.<ledger>.relay.*`, see `deploy/nats/users.conf`); everybody else asks
//! [`BusDoor`](crate::BusDoor), which looks for itself.

use std::sync::Arc;
use std::time::Duration;

use answers::Problem;
use axum::http::StatusCode;
use axum::http::header::ACCEPT_LANGUAGE;
use bus::{Asked, BoxFuture, BusError, Handler, Questions, Reply};
use serde_json::Value;
use tracing::Instrument as _;

use crate::access::{Caller, Signed};
use crate::asking::{Answered, Asking, answer};
use crate::bus_door::{STATUS, asking, replied};
use crate::doors::{Doors, POSITION};
use crate::language::{self, Language};
use crate::questions::no_answers;
use crate::trouble::Trouble;
use crate::why::Why;

/// Name of the service that answers what others pass on, as subjects have it.
pub const RELAY: &str = "relay";
/// Header: who asks, as the service that passes it on knows them.
const CALLER: &str = "granary-caller";
/// W3C trace context.
const TRACE: &str = "traceparent";
/// How much longer than the asker's patience the way there and back may take.
const ON_THE_WAY: Duration = Duration::from_secs(2);

/// Answers what other services pass on.
pub struct RelayDoor(pub Arc<Doors>);

impl Handler for RelayDoor {
    fn handle(&self, asked: Asked) -> BoxFuture<'_, Reply> {
        let doors = Arc::clone(&self.0);
        let language = Language::of_header(asked.header(ACCEPT_LANGUAGE.as_str()));
        let span = tracing::info_span!("answer", question = asked.verb);
        shell::follow(&span, asked.header(TRACE));
        Box::pin(language.within(async move { replied(answered(&doors, &asked).await) }.instrument(span)))
    }
}

async fn answered(doors: &Doors, asked: &Asked) -> Result<Answered, Trouble> {
    let caller = asked.header(CALLER).and_then(read_caller);
    let caller = caller.ok_or_else(|| Trouble::unauthorized(Why::NobodysQuestion))?;
    let live = doors.live.as_ref().ok_or_else(no_answers)?;
    answer(live, &doors.questions, caller, asking(doors, asked)?).await
}

/// Passes a question on and waits for its answer.
pub(crate) async fn pass_on(relay: &dyn Questions, caller: &Caller, asking: Asking) -> Result<Answered, Trouble> {
    let Asking { entry, request, after, patience } = asking;
    let request = request.into_json(entry)?;
    let mut headers = vec![
        (CALLER.to_owned(), write_caller(caller)),
        ("granary-deadline-ms".to_owned(), patience.as_millis().to_string()),
    ];
    headers.push((ACCEPT_LANGUAGE.as_str().to_owned(), language::now().tag().to_owned()));
    headers.extend(after.map(|seq| ("granary-after".to_owned(), seq.to_string())));
    headers.extend(shell::traceparent(&tracing::Span::current()).map(|trace| (TRACE.to_owned(), trace)));
    let asked = Asked { verb: entry.name.to_owned(), headers, body: request.to_string().into() };
    let reply = relay.ask(RELAY, asked, patience + ON_THE_WAY).await.map_err(unanswered)?;
    let status = reply.header(STATUS).and_then(|status| status.parse().ok()).unwrap_or(StatusCode::BAD_GATEWAY);
    let unreadable = || Problem::cannot_answer(Why::AnswerUnreadable);
    if status != StatusCode::OK {
        let problem: Value = serde_json::from_slice(&reply.body).map_err(|_| unreadable())?;
        return Err(Trouble::of_body(status, &problem));
    }
    let answer = entry.read(&reply.body).map_err(|_| unreadable())?;
    let position = reply.header(POSITION).and_then(|text| text.parse().ok()).ok_or_else(unreadable)?;
    Ok(Answered { position, answer })
}

fn unanswered(error: BusError) -> Trouble {
    Trouble::later(StatusCode::SERVICE_UNAVAILABLE, Why::ProjectionsSilent { said: shell::chain(&error) })
}

fn write_caller(caller: &Caller) -> String {
    match caller {
        Caller::Operator => "operator".into(),
        Caller::Party(code, _) => format!("party {code}"),
        Caller::Key(signed) => format!("key {}", signed.key),
    }
}

fn read_caller(text: &str) -> Option<Caller> {
    match text.split_once(' ') {
        None if text == "operator" => Some(Caller::Operator),
        Some(("party", code)) => Some(Caller::Party(code.to_owned(), bus::Hand::Claimed)),
        // Its signature was checked where it came in; here only whose key it is matters.
        Some(("key", key)) => {
            Some(Caller::Key(Signed { key: key.to_owned(), signature: Vec::new(), expires: String::new() }))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_is_read_as_it_was_written_and_nobody_else() {
        let key = Signed { key: "UABC".into(), signature: Vec::new(), expires: String::new() };
        for caller in [Caller::Operator, Caller::Party("A B".into(), bus::Hand::Claimed), Caller::Key(key)] {
            assert_eq!(read_caller(&write_caller(&caller)), Some(caller));
        }
        for wrong in ["", "Operator", "operator of it", "someone X"] {
            assert_eq!(read_caller(wrong), None, "{wrong}");
        }
    }
}
