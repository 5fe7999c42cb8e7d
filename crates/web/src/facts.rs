//! A single fact for another ledger: `GET /v1/facts/<event>`, for whoever posted the event and who may read everything.

use std::sync::Arc;

use answers::{Problem, ProblemKind, Viewer};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use books::fact::Statement;
use books::{Books, Event, Seq};
use chain::{
    Fact, FromFilesError, LogFiles, Note, NoteError, SignerKey, Since, consistency_from, read_entry, receipt_from,
    root_from,
};

use crate::access::QUESTION;
use crate::doors::{DEADLINE, Doors};
use crate::live::read;
use crate::log::{LOOK_EVERY, aside, is_early, leaf_of, log_of, untold};
use crate::questions::no_answers;
use crate::trouble::Trouble;

/// Why a fact cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum FactTrouble {
    /// The event is of no kind that is told to others, or was not done.
    #[error("event {seq} is of no kind that is told to other ledgers")]
    NotTold {
        /// The event.
        seq: Seq,
    },
    /// The event was reversed.
    #[error("event {seq} was reversed by event {by}")]
    Reversed {
        /// The event.
        seq: Seq,
        /// The correction.
        by: Seq,
    },
    /// The proof cannot be made.
    #[error("prove event {seq}")]
    Proof {
        /// The event.
        seq: Seq,
        /// Why.
        #[source]
        source: FromFilesError,
    },
    /// The receiver has seen more than the newest checkpoint has.
    #[error("the newest checkpoint has {size} entries, fewer than the {since} that were seen")]
    SeenMore {
        /// Entries of the newest checkpoint.
        size: u64,
        /// Entries that were seen.
        since: u64,
    },
    /// The statement cannot be signed.
    #[error("sign the statement")]
    Sign(#[source] NoteError),
    /// The fact has more bytes than an event may carry.
    #[error("the fact has {fact_bytes} bytes; another ledger records at most {}", chain::FACT_BYTES_MAX)]
    TooLong {
        /// Its length.
        fact_bytes: usize,
    },
}

/// Tells an event to another ledger, with its proof; `since` is how much of this log was seen there.
///
/// # Errors
/// When the event is not told to others, or no checkpoint covers it.
pub fn make_fact(
    log: &(impl LogFiles + ?Sized),
    says: &Statement,
    signers: &[SignerKey],
    since: Option<u64>,
) -> Result<Fact, FactTrouble> {
    let seq = says.event;
    let proof = |source| FactTrouble::Proof { seq, source };
    let index = seq.leaf().ok_or(FactTrouble::NotTold { seq })?;
    let receipt = receipt_from(log, index).map_err(proof)?;
    let size = chain::Checkpoint::parse(receipt.checkpoint.text()).map_or(0, |tree| tree.size);
    let entry = read_entry(log, index, size).map_err(proof)?;
    let since = match since.filter(|since| *since > 0) {
        None => None,
        Some(since) if since > size => return Err(FactTrouble::SeenMore { size, since }),
        Some(since) => Some(Since {
            size: since,
            root: root_from(log, since, size).map_err(proof)?,
            proof: consistency_from(log, since, size, size).map_err(proof)?,
        }),
    };
    let mut statement = Note::new(says.to_string()).map_err(FactTrouble::Sign)?;
    signers.iter().try_for_each(|signer| statement.sign(signer)).map_err(FactTrouble::Sign)?;
    let fact = Fact { statement, entry, receipt, since };
    let fact_bytes = fact.to_string().len();
    if fact_bytes > chain::FACT_BYTES_MAX { Err(FactTrouble::TooLong { fact_bytes }) } else { Ok(fact) }
}

/// What an event says to others.
///
/// # Errors
/// When it is of no kind that is told, or was reversed.
pub fn statement_of(books: &Books, seq: Seq, event: &Event) -> Result<Statement, FactTrouble> {
    if let Some(by) = books.reversed_by(seq) {
        return Err(FactTrouble::Reversed { seq, by });
    }
    Statement::of(books, seq, event).ok_or(FactTrouble::NotTold { seq })
}

pub(crate) async fn fact(
    State(doors): State<Arc<Doors>>,
    Path(event): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let caller = doors.caller(&headers, QUESTION, uri.to_string().as_bytes())?;
    let live = doors.live.as_ref().ok_or_else(no_answers)?;
    let log = log_of(&doors)?;
    let since = since_of(&uri)?;
    let signer = doors.signer.as_ref().and_then(|signer| signer()).ok_or_else(|| {
        let message = "this service does not hold the key of the ledger";
        Trouble::new(StatusCode::NOT_FOUND, ProblemKind::Unknown, "no_key_here", message)
            .hint("ask `granary serve`, or run `granary audit share` where the ledger is")
    })?;
    let says = read(live.as_ref(), Viewer::Operator, |view| {
        let viewer = caller.viewer(view)?;
        let seq = Seq::from_leaf(leaf_of(&event, &viewer, view)?);
        let found = view.event(seq).map_err(Problem::from)?;
        let found = found.ok_or(FactTrouble::NotTold { seq }).map_err(|error| refused(&error))?;
        statement_of(view.books(), seq, &found).map_err(|error| refused(&error))
    })?;
    let patience = doors.patience(headers.get(DEADLINE).and_then(|value| value.to_str().ok()))?;
    let until = tokio::time::Instant::now() + patience;
    let (says, signer) = (Arc::new(says), Arc::new(signer));
    let made = loop {
        let (log, says, signer) = (Arc::clone(&log), Arc::clone(&says), Arc::clone(&signer));
        match aside(move || make_fact(&*log, &says, &signer, since)).await {
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
    let mut since = None;
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        let wrong = || Problem::bad_field("since", "`since` is the number of entries that were seen".to_owned());
        match name.as_ref() {
            "since" => since = Some(value.parse().map_err(|_| wrong())?),
            other => {
                let problem = Problem::wrong_use("unknown_field", format!("`{other}` is no field of a fact"));
                return Err(problem.hint("its field is: since").into());
            }
        }
    }
    Ok(since)
}

fn refused(error: &FactTrouble) -> Trouble {
    match error {
        FactTrouble::Proof { source, .. } if is_early(source) => untold(source),
        FactTrouble::NotTold { .. } => Problem::wrong_use("not_told", error.to_string())
            .hint("commitments, encumbrances, dispatches, arrivals, deposits, draws, deliveries and corrections are")
            .into(),
        FactTrouble::Reversed { .. } => Problem::wrong_use("reversed", error.to_string())
            .hint("share the correction, so that others take the fact back too")
            .into(),
        FactTrouble::SeenMore { .. } => Problem::wrong_use("seen_more", error.to_string())
            .hint("was the other ledger told another history? compare with `granary audit consistency`")
            .into(),
        _ => Problem::cannot_answer("fact_not_made", shell::chain(error)).into(),
    }
}
