//! A single fact for another ledger: `GET /v1/facts/<event>`, for whoever posted the event and who may read everything.

use std::sync::Arc;

use answers::{Problem, Viewer};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use evidence::{FactTrouble, make_fact, statement_of};

use crate::doors::{DEADLINE, Doors};
use crate::live::read;
use crate::log::{LOOK_EVERY, aside_for, check_has, is_early, log_of, named, untold};
use crate::questions::no_answers;
use crate::trouble::Trouble;
use crate::why::Why;

pub(crate) async fn fact(
    State(doors): State<Arc<Doors>>,
    Path(event): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let caller = doors.asker(&headers, "GET", &uri.to_string(), b"")?;
    let live = doors.live.as_ref().ok_or_else(no_answers)?;
    let log = log_of(&doors)?;
    let since = since_of(&uri)?;
    let signer = doors.signer.as_ref().and_then(|signer| signer()).ok_or_else(|| Trouble::absent(Why::NoKeyHere))?;
    let patience = doors.patience(headers.get(DEADLINE).and_then(|value| value.to_str().ok()))?;
    let until = tokio::time::Instant::now() + patience;
    let viewer = read(live.as_ref(), Viewer::Operator, |view| caller.viewer(view))?;
    let (seq, found) = named(&doors, live, &viewer, &event, patience).await?;
    let says = read(live.as_ref(), Viewer::Operator, |view| {
        check_has(&event, &found, &viewer, view)?;
        statement_of(view.books(), seq, &found).map_err(|error| refused(&error))
    })?;
    let (says, signer) = (Arc::new(says), Arc::new(signer));
    let made = loop {
        let (log, says, signer) = (Arc::clone(&log), Arc::clone(&says), Arc::clone(&signer));
        match aside_for(&doors, &viewer, patience, move || make_fact(&*log, &says, &signer, since)).await? {
            Ok(made) => break made,
            // The files follow the log within seconds.
            Err(FactTrouble::Proof { source, .. }) if is_early(&source) && tokio::time::Instant::now() < until => {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            Err(error) => return Err(refused(&error)),
        }
    };
    let name = format!("attachment; filename=\"{}.fact\"", made.receipt.index + 1);
    let content = [(header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((content, made.to_string()).into_response())
}

fn since_of(uri: &Uri) -> Result<Option<u64>, Trouble> {
    let since = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).next();
    let wrong = |_| Problem::bad_field("since", Why::NoEntriesSeen).into();
    since.map(|(_, value)| value.parse().map_err(wrong)).transpose()
}

fn refused(error: &FactTrouble) -> Trouble {
    match error {
        FactTrouble::Proof { source, .. } if is_early(source) => untold(source),
        FactTrouble::NotTold { seq } => Problem::wrong_use(Why::NotTold { event: *seq }).into(),
        FactTrouble::Reversed { seq, by } => Problem::wrong_use(Why::Reversed { event: *seq, other: *by }).into(),
        FactTrouble::SeenMore { size, since } => {
            Problem::wrong_use(Why::SeenMore { count: *size, seen: *since }).into()
        }
        FactTrouble::Proof { .. } | FactTrouble::Sign(_) | FactTrouble::TooLong { .. } => {
            Problem::cannot_answer(Why::FactNotMade { said: shell::chain(error) }).into()
        }
    }
}
