//! `POST /v1/commands`: one JSON command, or a frame of them, one a line; `GET /v1/commands/{id}`: what became of one.
//!
//! A frame goes to the ledger byte for byte as it came, because that is what its sender signed. Here it is checked who sends
//! it and whether they may; what cannot be read as a command is answered in its place, the rest of the frame goes on.

use std::sync::Arc;
use std::time::Duration;

use answers::{Problem, ProblemKind, Viewer};
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use bus::{BusError, Frame, PutError, Sender};
use serde_json::{Value, json};
use tracing::Instrument;
use wire::frame::{Form, Wanted, last_seq};
use wire::verdict::{Outcome, Verdict};

use crate::access::{Caller, FRAME};
use crate::asking::{Asking, Request};
use crate::doors::{DEADLINE, Doors, POSITION, now};
use crate::live::read;
use crate::questions::Query;
use crate::rights::may_post;
use crate::trouble::Trouble;

/// How long a sender waits for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    /// A service has it: it asks later what became of it.
    Received,
    /// It is recorded.
    Recorded,
    /// Answers know of it.
    Projected,
}

impl Wait {
    fn parse(text: Option<&str>) -> Result<Self, Problem> {
        match text {
            None | Some("recorded") => Ok(Self::Recorded),
            Some("received") => Ok(Self::Received),
            Some("projected") => Ok(Self::Projected),
            Some(other) => {
                Err(Problem::bad_field("wait", format!("`{other}` is neither `received`, `recorded` nor `projected`")))
            }
        }
    }
}

pub(crate) async fn post(
    State(doors): State<Arc<Doors>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Trouble> {
    let queue = doors.queue.as_ref().ok_or_else(|| {
        Trouble::new(StatusCode::NOT_FOUND, ProblemKind::Unknown, "no_commands", "this service takes no commands in")
            .hint("post to a `granary ingest` or a `granary serve`: name it with --server")
    })?;
    let query = Query::read(query.as_deref());
    let mut wait = None;
    for (name, value) in &query.own {
        match name.as_str() {
            "wait" => wait = Some(value.as_str()),
            other => {
                return Err(Problem::wrong_use("unknown_field", format!("`commands` has no field `{other}`")).into());
            }
        }
    }
    let wait = Wait::parse(wait)?;
    if wait == Wait::Projected && doors.live.is_none() && doors.relay.is_none() {
        return Err(Problem::bad_field("wait", "this service does not know what answers know")
            .hint("wait until it is recorded, and ask with `after` and the number in Granary-Position")
            .into());
    }
    let deadline = query.deadline_ms.as_deref().or(headers.get(DEADLINE).and_then(|value| value.to_str().ok()));
    let patience = doors.patience(deadline)?;
    let caller = doors.caller(&headers, FRAME, &body)?;
    let is_single = !is_frame(&headers, &body);
    let bytes = if is_single { one_line(body, &caller)? } else { body };
    let ids = check(&doors, &caller, &bytes)?;
    // No verdict will come back to say it.
    if wait == Wait::Received && is_single {
        wire::frame::items(&bytes).try_for_each(|item| item.command().map(drop)).map_err(|malformed| {
            let problem = Problem::wrong_use(malformed.code(), malformed.message()).hint(malformed.hint());
            Problem { field: malformed.field, ..problem }
        })?;
    }
    let span = tracing::info_span!("frame", commands = ids.len(), bytes = bytes.len());
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    shell::follow(&span, text("traceparent"));
    let frame = Frame {
        bytes,
        sender: sender(caller),
        // Who does not wait has all the time there is, unless they say otherwise.
        deadline_us: (wait != Wait::Received || deadline.is_some())
            .then(|| now().0 + u64::try_from(patience.as_micros()).unwrap_or(u64::MAX / 2)),
        traceparent: shell::traceparent(&span).or_else(|| text("traceparent").map(str::to_owned)),
    };
    metrics::counter!("granary_commands_received_total").increment(ids.len() as u64);
    if wait == Wait::Received {
        queue.put(frame).instrument(span).await.map_err(|error| unanswered(error, patience, &ids))?;
        return Ok(received(&ids));
    }
    let started = std::time::Instant::now();
    let answered = queue.submit(frame, patience).instrument(span).await;
    let verdicts = answered.map_err(|error| unanswered(error, patience, &ids))?;
    metrics::histogram!("granary_command_seconds").record(started.elapsed().as_secs_f64());
    let last = last_seq(&verdicts);
    if wait == Wait::Projected
        && let Some(last) = last
        && !doors.wait_for(last, patience.saturating_sub(started.elapsed())).await
    {
        let message = format!("recorded as event {last}, which answers do not know of yet");
        return Err(Problem::cannot_answer("behind", message)
            .hint("ask with `after`, or with a later deadline")
            .into());
    }
    let mut response = if is_single {
        single(&verdicts)?
    } else {
        ([(header::CONTENT_TYPE, Form::of(&verdicts).media_type())], verdicts).into_response()
    };
    if let Some(last) = last {
        response.headers_mut().insert(POSITION, last.into());
    }
    Ok(response)
}

/// A frame says in its first bytes how it is written; the media type only tells a frame of one line from a command.
fn is_frame(headers: &HeaderMap, body: &[u8]) -> bool {
    let content = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_lines = content.starts_with(Form::Lines.media_type()) || content.starts_with("application/jsonl");
    is_lines || Form::of(body) == Form::Cbor
}

/// A single command may be written over several lines; in a frame it is one. What is signed stays as it is.
fn one_line(body: Bytes, caller: &Caller) -> Result<Bytes, Trouble> {
    let trimmed = body.trim_ascii();
    if !trimmed.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        return Ok(body);
    }
    if matches!(caller, Caller::Key(_)) {
        return Err(Problem::wrong_use("not_one_line", "a signed command stands on one line").into());
    }
    // Within JSON, a line break that is not escaped is white space and nothing else.
    let space = |byte: &u8| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte };
    Ok(trimmed.iter().map(space).collect::<Vec<u8>>().into())
}

fn sender(caller: Caller) -> Sender {
    match caller {
        Caller::Operator => Sender::Operator,
        Caller::Party(code) => Sender::Party(code),
        Caller::Key(signed) => {
            Sender::Key(bus::Signed { key: signed.key, signature: signed.signature.into(), expires: signed.expires })
        }
    }
}

/// May this caller post these commands? Gives their ids, where they can be read. Of a command no more is read here than who
/// asks for what: the ledger reads the same bytes, once, and answers in its place what is no command. What it wants is judged
/// all the same: nobody learns by trial what a command of others has to look like.
fn check(doors: &Doors, caller: &Caller, bytes: &[u8]) -> Result<Vec<String>, Trouble> {
    let mut is_empty = true;
    let asked: Vec<Wanted> =
        wire::frame::items(bytes).inspect(|_| is_empty = false).filter_map(|item| item.wanted()).collect();
    if is_empty {
        return Err(Problem::wrong_use("empty", "there is no command in it")
            .hint("send one JSON object, or one a line as application/x-ndjson")
            .into());
    }
    let may = |viewer: &Viewer, books: &books::Books| {
        asked.iter().try_for_each(|wanted| may_post(viewer, books, &wanted.act, &wanted.party))
    };
    match (caller, &doors.live) {
        (Caller::Operator, _) => {}
        (caller, Some(live)) => read(live.as_ref(), Viewer::Operator, |view| {
            let viewer = caller.viewer(view)?;
            may(&viewer, view.books()).map_err(Trouble::from)
        })?,
        // Without books at hand, the ledger alone says whose key it is and what its role may do.
        (Caller::Party(code), None) => {
            if let Some(other) = asked.iter().find(|wanted| wanted.party != *code) {
                let message = format!("`{code}` cannot post for `{}`", other.party);
                return Err(Problem::forbidden("not_your_party", message).into());
            }
        }
        (Caller::Key(_), None) => {}
    }
    Ok(asked.into_iter().filter_map(|wanted| wanted.id).collect())
}

fn received(ids: &[String]) -> Response {
    let commands: Vec<Value> = ids.iter().map(|id| json!({ "id": id, "ask": format!("/v1/commands/{id}") })).collect();
    (StatusCode::ACCEPTED, axum::Json(json!({ "status": "received", "commands": commands }))).into_response()
}

fn unanswered(error: PutError, patience: Duration, ids: &[String]) -> Trouble {
    let ask = ids.first().map_or_else(String::new, |id| format!("ask /v1/commands/{id} what became of it, or "));
    match error {
        PutError::Full => {
            metrics::counter!("granary_http_busy_total").increment(1);
            Trouble::busy()
        }
        PutError::Bus(BusError::Late(_)) => {
            let message = format!("no verdict within {} ms; it may be recorded all the same", patience.as_millis());
            Trouble::new(StatusCode::GATEWAY_TIMEOUT, ProblemKind::CannotAnswer, "late", message)
                .hint(format!("{ask}post the same again: an id is never applied twice"))
        }
        PutError::Bus(error) => {
            let message = format!("the ledger does not answer: {}", shell::chain(&error));
            Trouble { retry_after: Some(1), ..Problem::cannot_answer("unavailable", message).into() }
                .hint(format!("{ask}post the same again: an id is never applied twice"))
        }
    }
}

/// A single command's verdict: a status of its own for what scripts want to know.
fn single(verdicts: &[u8]) -> Result<Response, Trouble> {
    let verdict: Verdict = serde_json::from_slice(verdicts.trim_ascii())
        .map_err(|error| Problem::cannot_answer("internal", format!("the ledger's verdict cannot be read: {error}")))?;
    let status = match verdict.outcome {
        Outcome::Accepted | Outcome::Duplicate => {
            return Ok(axum::Json(Verdict { line: None, ..verdict }).into_response());
        }
        Outcome::Refused => StatusCode::UNPROCESSABLE_ENTITY,
        Outcome::Invalid | Outcome::Skipped => StatusCode::BAD_REQUEST,
    };
    let Verdict { code, message, hint, .. } = verdict;
    let mut trouble =
        Trouble::new(status, ProblemKind::WrongUse, &code.unwrap_or_default(), message.unwrap_or_default());
    trouble.problem.hint = hint;
    trouble.problem.field = verdict.facts.get("field").and_then(Value::as_str).map(str::to_owned);
    let mut body = trouble.body();
    body["outcome"] = json!(verdict.outcome);
    body["id"] = verdict.id.into();
    if let Some(retry) = verdict.retry {
        body["retry"] = json!(retry);
    }
    if verdict.outcome == Outcome::Refused && !verdict.facts.is_empty() {
        body["facts"] = verdict.facts.into();
    }
    if let Some(seq) = verdict.seq {
        body["seq"] = seq.into();
    }
    Ok((status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response())
}

pub(crate) async fn get(
    State(doors): State<Arc<Doors>>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let caller = doors.asker(&headers, "GET", &uri.to_string(), b"")?;
    let entry = crate::asking::find("command")?;
    let asking = Asking { entry, request: Request::Json(json!({ "id": id })), after: None, patience: Duration::ZERO };
    let answered = doors.answer(caller, asking).await?;
    Ok(([(POSITION, answered.position.to_string())], crate::questions::as_json(answered.answer.as_ref())?)
        .into_response())
}
