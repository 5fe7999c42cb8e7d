//! `POST /v1/commands`: one JSON command, or a frame of them, one a line; `GET /v1/commands/{id}`: what became of one.
//!
//! A frame goes to the ledger byte for byte as it came, because that is what its sender signed. Here it is checked who sends
//! it and whether they may; what cannot be read as a command is answered in its place, the rest of the frame goes on.

use std::sync::Arc;
use std::time::Duration;

use answers::{Problem, ProblemKind, Viewer, shown};
use axum::body::Bytes;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use bus::{BusError, Frame, PutError, Sender};
use serde_json::{Value, json};
use tracing::Instrument;
use wire::Malformed;
use wire::frame::{Form, Wanted, last_seq};
use wire::verdict::{Outcome, Verdict};
use words::{Saying, Told};

use crate::access::{Caller, FRAME};
use crate::asking::{Asking, Request};
use crate::doors::{DEADLINE, Doors, POSITION, now};
use crate::guard::LetIn;
use crate::language;
use crate::live::read;
use crate::questions::Query;
use crate::rights::may_post;
use crate::trouble::Trouble;
use crate::why::Why;

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
                let meant = wire::nearest(other, ["recorded", "received", "projected"]);
                Err(Problem::bad_field("wait", Why::NoWait { text: shown(other) }).meaning(meant))
            }
        }
    }
}

pub(crate) async fn post(
    State(doors): State<Arc<Doors>>,
    RawQuery(query): RawQuery,
    let_in: Option<Extension<LetIn>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Trouble> {
    let queue = doors.queue.as_ref().ok_or_else(|| Trouble::absent(Why::NoCommands))?;
    let query = Query::read(query.as_deref());
    let said = |field: &str| query.own.iter().find(|(name, _)| name == field).map(|(_, value)| value.as_str());
    let wait = Wait::parse(said("wait"))?;
    let is_dry_run = said("dry_run").map_or(Ok(false), |value| is_yes("dry_run", value))?;
    if wait == Wait::Projected && doors.live.is_none() && doors.relay.is_none() {
        return Err(Problem::bad_field("wait", Why::NoProjected).into());
    }
    let deadline = query.deadline_ms.as_deref().or(headers.get(DEADLINE).and_then(|value| value.to_str().ok()));
    let patience = doors.patience(deadline)?;
    let let_in = let_in.map(|Extension(LetIn(caller))| Ok(caller));
    let caller = let_in.unwrap_or_else(|| doors.caller(&headers, FRAME, &body))?;
    let is_single = !is_frame(&headers, &body) && !wire::frame::is_together(&body);
    let bytes =
        if Form::of(&body) == Form::Lines && !is_frame(&headers, &body) { one_line(body, &caller)? } else { body };
    let bytes = if is_dry_run { tried(&bytes, &caller)? } else { bytes };
    let ids = check(&doors, &caller, &bytes)?;
    // No verdict will come back to say it.
    if wait == Wait::Received && is_single {
        wire::frame::items(&bytes).try_for_each(|item| item.said().map(drop)).map_err(|malformed| {
            let Malformed { id: _, field, code, saying } = malformed;
            let (code, kind) = (code.to_owned(), ProblemKind::WrongUse);
            Problem { code, kind, field, saying, named: None, meant: None }
        })?;
    }
    let span = tracing::info_span!("frame", commands = ids.len(), bytes = bytes.len());
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    shell::follow(&span, text("traceparent"));
    let frame = Frame {
        bytes,
        sender: sender(caller),
        // Who does not wait has all the time there is, unless they say otherwise.
        deadline_us: (wait != Wait::Received || deadline.is_some()).then(|| until(patience)),
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
        return Err(Problem::cannot_answer(Why::RecordedNotKnown { event: last }).into());
    }
    let mut response = if is_single {
        single(&verdicts)?
    } else {
        let form = Form::of(&verdicts);
        ([(header::CONTENT_TYPE, form.media_type())], in_words(form, verdicts)?).into_response()
    };
    if let Some(last) = last {
        response.headers_mut().insert(POSITION, last.into());
    }
    Ok(response)
}

/// Posts one command, or only tries it, for whoever filled in a form; its verdict, in their words.
pub(crate) async fn deliver(doors: &Doors, caller: Caller, line: Bytes, is_dry_run: bool) -> Result<Verdict, Trouble> {
    let queue = doors.queue.as_ref().ok_or_else(|| Trouble::absent(Why::NoCommands))?;
    let bytes = if is_dry_run { tried(&line, &caller)? } else { line };
    let ids = check(doors, &caller, &bytes)?;
    let patience = doors.deadline;
    let frame = Frame { bytes, sender: sender(caller), deadline_us: Some(until(patience)), traceparent: None };
    metrics::counter!("granary_commands_received_total").increment(ids.len() as u64);
    let verdicts = queue.submit(frame, patience).await.map_err(|error| unanswered(error, patience, &ids))?;
    let unreadable = |said: String| Trouble::from(Problem::cannot_answer(Why::VerdictUnreadable { said }));
    let verdict = wire::frame::verdicts(&verdicts).map_err(unreadable)?.into_iter().next();
    verdict.map(|verdict| verdict.told(language::now())).ok_or_else(|| unreadable(String::new()))
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
        return Err(Problem::wrong_use(Why::NotOneLine).into());
    }
    // Within JSON, a line break that is not escaped is white space and nothing else.
    let space = |byte: &u8| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte };
    Ok(trimmed.iter().map(space).collect::<Vec<u8>>().into())
}

/// What came, as something that is only tried. A signature stands for the bytes that came, and those would be recorded.
fn tried(bytes: &Bytes, caller: &Caller) -> Result<Bytes, Trouble> {
    match (caller, Form::of(bytes)) {
        (Caller::Key(_), _) => Err(Problem::bad_field("dry_run", Why::SignedTrial).into()),
        (_, Form::Cbor) => Err(Problem::bad_field("dry_run", Why::CborTrial).into()),
        (Caller::Operator | Caller::Party(..), Form::Lines) => {
            let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
            Ok(wire::frame::together("dry_run", lines).into())
        }
    }
}

/// When a frame comes too late, for whoever waits so long from now on.
fn until(patience: Duration) -> u64 {
    now().0 + u64::try_from(patience.as_micros()).unwrap_or(u64::MAX / 2)
}

fn is_yes(name: &str, value: &str) -> Result<bool, Problem> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        other => Err(Problem::bad_field(name, Why::NoYes { text: other.to_owned() })),
    }
}

fn sender(caller: Caller) -> Sender {
    match caller {
        Caller::Operator => Sender::Operator,
        Caller::Party(code, hand) => Sender::Party(code, hand),
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
        wire::frame::items(bytes).inspect(|_| is_empty = false).flat_map(|item| item.wanted()).collect();
    if is_empty {
        return Err(Problem::wrong_use(Why::Empty).into());
    }
    let may = |viewer: &Viewer, books: &books::Books| {
        let mut alone = asked.iter().filter(|wanted| !wanted.is_grouped);
        alone.try_for_each(|wanted| may_post(viewer, books, &wanted.act, &wanted.party))
    };
    match (caller, &doors.live) {
        (Caller::Operator, _) => {}
        (caller, Some(live)) => read(live.as_ref(), Viewer::Operator, |view| {
            let viewer = caller.viewer(view)?;
            may(&viewer, view.books()).map_err(Trouble::from)
        })?,
        // Without books at hand, the ledger alone says whose key it is and what its role may do.
        (Caller::Party(code, _), None) => {
            if let Some(other) = asked.iter().find(|wanted| !wanted.is_grouped && wanted.party != *code) {
                let (party, other) = (code.clone(), other.party.chars().take(64).collect());
                return Err(Problem::forbidden(Why::NotYourParty { party, other }).into());
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
    let id = ids.first().cloned().unwrap_or_else(|| "none".to_owned());
    match error {
        PutError::Full => {
            metrics::counter!("granary_http_busy_total").increment(1);
            Trouble::busy()
        }
        PutError::Bus(BusError::Late(_)) => {
            let milliseconds = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX);
            Trouble::new(StatusCode::GATEWAY_TIMEOUT, ProblemKind::CannotAnswer, Why::Late { milliseconds, id })
        }
        PutError::Bus(error) => {
            Trouble::later(StatusCode::SERVICE_UNAVAILABLE, Why::LedgerSilent { said: shell::chain(&error), id })
        }
    }
}

/// The verdicts on a frame, in the words of the caller. The ledger says them in English: in that they go on as they came.
fn in_words(form: Form, verdicts: Bytes) -> Result<Bytes, Trouble> {
    let words = language::now();
    if std::ptr::eq(words, words::english()) {
        return Ok(verdicts);
    }
    let read = wire::frame::verdicts(&verdicts);
    let read = read.map_err(|said| Problem::cannot_answer(Why::VerdictUnreadable { said }))?;
    let mut out = Vec::with_capacity(verdicts.len());
    form.begin(&mut out);
    read.into_iter().for_each(|verdict| form.push_verdict(&mut out, &verdict.told(words)));
    Ok(out.into())
}

/// A single command's verdict: a status of its own for what scripts want to know.
fn single(verdicts: &[u8]) -> Result<Response, Trouble> {
    let verdict: Verdict = serde_json::from_slice(verdicts.trim_ascii())
        .map_err(|error| Problem::cannot_answer(Why::VerdictUnreadable { said: error.to_string() }))?;
    let verdict = verdict.told(language::now());
    let status = match verdict.outcome {
        Outcome::Accepted | Outcome::Duplicate | Outcome::Tried => {
            return Ok(axum::Json(Verdict { line: None, place: None, ..verdict }).into_response());
        }
        Outcome::Refused => StatusCode::UNPROCESSABLE_ENTITY,
        Outcome::Invalid | Outcome::Skipped => StatusCode::BAD_REQUEST,
    };
    // Nothing was decided, because it came too late: the same may be posted again.
    let is_late = verdict.code.as_deref() == Some("late");
    let status = if is_late { StatusCode::SERVICE_UNAVAILABLE } else { status };
    let Verdict { code, message, hint, .. } = verdict;
    let problem = Problem {
        code: code.unwrap_or_default(),
        kind: ProblemKind::WrongUse,
        field: verdict.facts.get("field").and_then(Value::as_str).map(str::to_owned),
        saying: Box::new(Saying::said(Told { message: message.unwrap_or_default(), hint: hint.unwrap_or_default() })),
        named: None,
        meant: None,
    };
    let mut body = Trouble { status, problem: Box::new(problem), retry_after: None }.body();
    body["outcome"] = json!(verdict.outcome);
    body["id"] = verdict.id.into();
    if let Some(retry) = verdict.retry {
        body["retry"] = json!(retry);
    }
    if !verdict.facts.is_empty() {
        body["facts"] = verdict.facts.into();
    }
    if let Some(seq) = verdict.seq {
        body["seq"] = seq.into();
    }
    let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response();
    if is_late {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
    }
    Ok(response)
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
