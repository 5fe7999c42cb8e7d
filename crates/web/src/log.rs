//! The log as static files (C2SP tlog-tiles), and receipts (C2SP tlog-proof).
//!
//! `GET /checkpoint` and `GET /tile/<level>/...` are for everybody: that is how others watch a log, and each entry carries
//! random bytes, so that hashes tell its size and pace and nothing else. Bundles of entries are for those who may read
//! everything. A receipt is for whoever posted the event, and for those who may read everything.

use std::sync::Arc;
use std::time::Duration;

use answers::{Problem, View, Viewer};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use books::{Event, Seq};
use chain::{FileError, FromFilesError, LogFiles, ProveError, Tile, TileKind, read_tile, receipt_from};

use crate::access::Caller;
use crate::doors::{DEADLINE, Doors};
use crate::gate::Kind;
use crate::live::{Live, read};
use crate::questions::no_answers;
use crate::rights::{Group, Reach, may_ask, reach, standing};
use crate::trouble::Trouble;
use crate::why::Why;

type Log = Arc<dyn LogFiles + Send + Sync>;

/// How often a receipt looks whether a checkpoint covers it yet.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

pub(crate) fn log_of(doors: &Doors) -> Result<Log, Trouble> {
    doors.log.clone().ok_or_else(|| Trouble::absent(Why::NoLogHere))
}

pub(crate) async fn checkpoint(State(doors): State<Arc<Doors>>) -> Result<Response, Trouble> {
    let log = log_of(&doors)?;
    let note = aside(move || log.checkpoint()).await.map_err(|error| missing(&error))?;
    let content = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    Ok((content, note).into_response())
}

/// What is witnessed, by whom, and what is not yet.
pub(crate) async fn witnesses(
    State(doors): State<Arc<Doors>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let caller = doors.asker(&headers, "GET", &uri.to_string(), b"")?;
    let live = doors.live.as_ref().ok_or_else(no_answers)?;
    read(live.as_ref(), Viewer::Operator, |view| {
        let viewer = caller.viewer(view)?;
        may_ask(&viewer, view.books(), "head")?;
        Ok::<_, Trouble>(())
    })?;
    let told = doors.witnesses.clone().ok_or_else(|| Trouble::absent(Why::NoWitnesses))?;
    let status = aside(move || told()).await;
    Ok(axum::Json(status).into_response())
}

pub(crate) async fn tile(
    State(doors): State<Arc<Doors>>,
    Path(path): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let tile = Tile::parse(&format!("tile/{path}"));
    let tile = tile.map_err(|error| Trouble::absent(Why::NotATile { said: error.to_string() }))?;
    let mut viewer = None;
    if tile.kind() == TileKind::Entries {
        let caller = doors.asker(&headers, "GET", &uri.to_string(), b"")?;
        viewer = Some(match (&doors.live, &caller) {
            (Some(live), _) => read(live.as_ref(), Viewer::Operator, |view| {
                let viewer = caller.viewer(view)?;
                if reads_everything(&viewer, view) { Ok(viewer) } else { Err(not_everything()) }
            })?,
            (None, Caller::Operator) => Viewer::Operator,
            (None, _) => return Err(no_answers()),
        });
    }
    let log = log_of(&doors)?;
    // A partial tile that a full one has replaced is cut from that.
    let content = match viewer {
        Some(viewer) => aside_for(&doors, &viewer, doors.deadline, move || read_tile(&*log, tile)).await?,
        // For everybody, small, and the same for all: whoever gives it out need not know to whom.
        None => aside(move || read_tile(&*log, tile)).await,
    };
    let content = content.map_err(|error| untold(&error))?;
    // Entries are for those who may read everything: no cache on the way may give them to others.
    let caching = match tile.kind() {
        TileKind::Entries => "private, no-store",
        TileKind::Hashes(_) if tile.is_full() => FOR_EVER,
        TileKind::Hashes(_) => "no-cache",
    };
    let content_type = [(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, caching)];
    Ok((content_type, content).into_response())
}

pub(crate) async fn receipt(
    State(doors): State<Arc<Doors>>,
    Path(event): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let caller = doors.asker(&headers, "GET", &uri.to_string(), b"")?;
    let patience = doors.patience(headers.get(DEADLINE).and_then(|value| value.to_str().ok()))?;
    let log = log_of(&doors)?;
    let until = tokio::time::Instant::now() + patience;
    let (viewer, seq) = match (&doors.live, &caller, event.parse()) {
        (Some(live), ..) => {
            let viewer = read(live.as_ref(), Viewer::Operator, |view| caller.viewer(view))?;
            let (seq, found) = named(&doors, live, &viewer, &event, patience).await?;
            read(live.as_ref(), Viewer::Operator, |view| check_has(&event, &found, &viewer, view))?;
            (viewer, seq)
        }
        // Without books, whoever may have any event may have it by its number.
        (None, Caller::Operator, Ok(seq)) => (Viewer::Operator, Seq(seq)),
        (None, ..) => return Err(no_answers()),
    };
    let index = seq.leaf().ok_or_else(|| unknown_event(&event))?;
    loop {
        let log = Arc::clone(&log);
        match aside_for(&doors, &viewer, patience, move || receipt_from(&*log, index)).await? {
            Ok(receipt) => {
                let content = [
                    (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
                    (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}.tlog-proof\"", index + 1)),
                ];
                return Ok((content, receipt.to_string()).into_response());
            }
            // The files follow the log within seconds.
            Err(error) if is_early(&error) && tokio::time::Instant::now() < until => {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            Err(error) => return Err(untold(&error)),
        }
    }
}

fn unknown_event(event: &str) -> Problem {
    Problem::absent(Why::NotYourEvent { event: event.chars().take(64).collect() })
}

/// An event by its number or by the id of its command, looked up for a caller.
pub(crate) async fn named(
    doors: &Doors,
    live: &Arc<dyn Live>,
    viewer: &Viewer,
    event: &str,
    patience: Duration,
) -> Result<(Seq, Event), Trouble> {
    let unknown = || unknown_event(event);
    let (seq, id) = match event.parse::<u64>() {
        Ok(seq) => (Some(Seq(seq)), None),
        Err(_) => (None, Some(event.parse::<uuid::Uuid>().map_err(|_| unknown())?)),
    };
    let live = Arc::clone(live);
    let own = read(live.as_ref(), viewer.clone(), |view| answers::Sight::of(view).party());
    let found = aside_for(doors, viewer, patience, move || -> Result<_, Problem> {
        let seq = match id {
            Some(id) => {
                let id = books::CommandId(id.into_bytes());
                let own = own.map_or(Ok(None), |own| live.find(id, Some(own)))?;
                own.map_or_else(|| live.find(id, None), |own| Ok(Some(own)))?
            }
            None => seq,
        };
        // The log may be ahead of what is shown: what is not shown yet has not happened for whoever asks.
        let Some(seq) = seq.filter(|seq| seq.0 <= *live.position().borrow()) else { return Ok(None) };
        Ok(live.event(seq)?.map(|event| (seq, event)))
    });
    Ok(found.await??.ok_or_else(unknown)?)
}

/// Checks that a viewer may have the bytes of an event.
pub(crate) fn check_has(event: &str, found: &Event, viewer: &Viewer, view: &dyn View) -> Result<(), Trouble> {
    let is_own = matches!(viewer, Viewer::Party(code) if view.books().party_no(code) == Some(found.party));
    if is_own || reads_everything(viewer, view) { Ok(()) } else { Err(unknown_event(event).into()) }
}

fn reads_everything(viewer: &Viewer, view: &dyn View) -> bool {
    reach(Group::Levels, standing(viewer, view.books())) == Reach::All
}

fn not_everything() -> Trouble {
    Problem::forbidden(Why::NotEverything).into()
}

/// May it be there in a moment?
pub(crate) fn is_early(error: &FromFilesError) -> bool {
    matches!(error, FromFilesError::Prove(ProveError::IndexOutsideTree { .. }) | FromFilesError::File(_))
}

fn missing(error: &FileError) -> Trouble {
    let is_tile = matches!(error, FileError::Missing { path } if path.starts_with("tile/"));
    let said = error.to_string();
    Trouble::absent(if is_tile { Why::TileMissing { said } } else { Why::FileMissing { said } })
}

pub(crate) fn untold(error: &FromFilesError) -> Trouble {
    match error {
        FromFilesError::File(error @ FileError::Missing { .. }) => missing(error),
        FromFilesError::Prove(ProveError::IndexOutsideTree { size, .. }) => {
            Trouble::later(StatusCode::SERVICE_UNAVAILABLE, Why::NotCoveredYet { count: *size })
        }
        _ => Problem::cannot_answer(Why::LogDamaged { said: shell::chain(error) }).into(),
    }
}

/// Reads for a caller, in a place of its own, away from the threads that answer requests.
pub(crate) async fn aside_for<T: Send + 'static>(
    doors: &Doors,
    viewer: &Viewer,
    patience: Duration,
    read: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Trouble> {
    let place = doors.questions.enter(Kind::Question, viewer, patience).await?;
    let read = aside(move || {
        let _place = place;
        read()
    });
    Ok(read.await)
}

/// Reads files away from the threads that answer requests.
pub(crate) async fn aside<T: Send + 'static>(read: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(read).await {
        Ok(found) => found,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
