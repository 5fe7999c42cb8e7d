//! `POST /v1/import`: a table, a list or labelled text with its mapping; what must be known to read it comes from the live
//! books. One verdict a line back, as they come, and a summary as the last line.

use std::sync::Arc;
use std::time::Duration;

use answers::{Problem, ProblemKind, Viewer};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bus::{BusError, PutError, Queue, Sender};
use ingest::report::Cover;
use ingest::{Declared, DeclaredError, Load, Recorded, Taking, Tally};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{Mutex, MutexGuard, mpsc};
use tokio_stream::wrappers::UnboundedReceiverStream;
use wire::strict::{self, Texts};
use wire::typed;
use wire::verdict::Verdict;
use words::Saying;

use crate::access::{Caller, FRAME};
use crate::carry::carry;
use crate::doors::Doors;
use crate::language::{self, Language};
use crate::live::{Live, asked_aside, read_aside, wait_for};
use crate::rights::may_post;
use crate::trouble::Trouble;
use crate::why::Why;

/// Longest import in one request; what is longer comes in several, which go on from each other.
pub(crate) const IMPORT_BYTES_MAX: usize = 64 << 20;
/// How long the ledger may take for one frame of it.
const PATIENCE: Duration = Duration::from_secs(120);
/// Imports come one after the other: what one of them posts, the next one has to know.
static ALONE: Mutex<()> = Mutex::const_new(());

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// The name of a mapping that comes with the program, or the text of one; absent for labelled text.
    mapping: Option<String>,
    /// The source, where it is text in UTF-8.
    source: Option<String>,
    /// The source, whatever it is: in base64.
    source_base64: Option<String>,
    /// What it is called: kept in the record of the load.
    file: Option<String>,
    /// A load to take back, by the event that records it: instead of a source.
    undo: Option<u64>,
    /// Of a report in a table: its number and days.
    cover: Option<Cover>,
    /// What is posted where a line fails; all or nothing where nothing is said.
    #[serde(default)]
    take: Taking,
}

pub(crate) async fn post(
    State(doors): State<Arc<Doors>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Trouble> {
    let queue = doors.queue.clone();
    let (Some(live), Some(queue)) = (doors.live.clone(), queue) else {
        return Err(Trouble::absent(Why::NoImport));
    };
    let caller = doors.caller(&headers, FRAME, &body)?;
    let asked: Asked = strict::read(&body, Texts::OF_FILES)
        .and_then(typed::read)
        .map_err(|misread| Problem::misread(misread, "said-import_schema"))?;
    let sender = sender(caller.clone())?;
    let alone;
    let load = match asked.undo {
        Some(load) => {
            alone = ALONE.lock().await;
            undone(&live, caller, load, asked.take).await?
        }
        None => {
            let source = source(&asked)?;
            let told = DeclaredError::saying;
            let given = Given { declared: declared(&asked, &source)?, file: asked.file, source, told };
            alone = ALONE.lock().await;
            prepare(&live, caller, given, asked.take).await?
        }
    };
    let (say, said) = mpsc::unbounded_channel::<Result<Bytes, std::io::Error>>();
    tokio::spawn(Language::current().within(answer(alone, live, queue, sender, load, say)));
    let content = [(header::CONTENT_TYPE, "application/x-ndjson")];
    Ok((content, Body::from_stream(UnboundedReceiverStream::new(said))).into_response())
}

/// The bytes of a source: workbooks, archives and other encodings come in base64.
fn source(asked: &Asked) -> Result<Vec<u8>, Trouble> {
    match (&asked.source, &asked.source_base64) {
        (Some(text), None) => Ok(text.clone().into_bytes()),
        (None, Some(packed)) => data_encoding::BASE64
            .decode(packed.as_bytes())
            .map_err(|_| Problem::bad_field("source_base64", Why::NotBase64).into()),
        (None, None) | (Some(_), Some(_)) => Err(Problem::bad_field("source", Why::OneSource).into()),
    }
}

fn declared(asked: &Asked, source: &[u8]) -> Result<Declared, Trouble> {
    let declared = match &asked.mapping {
        None if Declared::is_labelled(source) => Declared::Labelled,
        None => return Err(Problem::bad_field("mapping", Why::MappingNeeded).into()),
        Some(mapping) => Declared::parse(mapping).map_err(|error| unreadable(error, DeclaredError::saying))?,
    };
    Ok(match (declared, &asked.cover) {
        (Declared::Report(mapping, _), Some(cover)) => Declared::Report(mapping, Some(cover.clone())),
        (declared, _) => declared,
    })
}

/// Commands that are made here cannot be signed by who sent the source.
fn sender(caller: Caller) -> Result<Sender, Trouble> {
    match caller {
        Caller::Operator => Ok(Sender::Operator),
        Caller::Party(code, hand) => Ok(Sender::Party(code, hand)),
        Caller::Key(_) => Err(Problem::forbidden(Why::NotBySignature).into()),
    }
}

fn unreadable(error: DeclaredError, told: fn(&DeclaredError) -> Saying) -> Trouble {
    if let DeclaredError::Books(problem) = error {
        return problem.into();
    }
    let (code, field, saying) = ("bad_field".to_owned(), Some("mapping".to_owned()), Box::new(told(&error)));
    Problem { code, kind: ProblemKind::WrongUse, field, saying, named: None, meant: None }.into()
}

/// A source, and how it is read.
struct Given {
    declared: Declared,
    file: Option<String>,
    source: Vec<u8>,
    /// How it is told what is wrong with it.
    told: fn(&DeclaredError) -> Saying,
}

/// What takes a load back, for whoever may post what it says.
async fn undone(live: &Arc<dyn Live>, caller: Caller, load: u64, taking: Taking) -> Result<Load, Trouble> {
    let load = asked_aside(Arc::clone(live), Viewer::Operator, move |seen| {
        let (items, origin) = ingest::undo(&seen, load)?;
        Load::plan(items, &seen, taking, Some(origin))
    })
    .await?;
    let viewer = read_aside(Arc::clone(live), Viewer::Operator, move |view| caller.viewer(view)).await?;
    allowed(live, viewer, load).await
}

/// A load, where whoever asks may post all that it says.
async fn allowed(live: &Arc<dyn Live>, viewer: Viewer, load: Load) -> Result<Load, Trouble> {
    read_aside(Arc::clone(live), Viewer::Operator, move |view| {
        for command in load.commands() {
            may_post(&viewer, view.books(), command.act.word(), &command.party)?;
        }
        Ok(load)
    })
    .await
}

/// Reads a source with what the books know: whoever may not post for the party of the mapping learns nothing of it.
async fn prepare(live: &Arc<dyn Live>, caller: Caller, given: Given, taking: Taking) -> Result<Load, Trouble> {
    let Given { declared, file, source, told } = given;
    let origin = declared.origin(file.as_deref(), &source);
    let poster = declared.poster().map(str::to_owned);
    let party = poster.clone().unwrap_or_default();
    let viewer = read_aside(Arc::clone(live), Viewer::Operator, move |view| -> Result<_, Trouble> {
        let viewer = caller.viewer(view)?;
        if let Some(party) = poster {
            may_post(&viewer, view.books(), "deposit", &party)?;
        }
        Ok(viewer)
    })
    .await?;
    let load = asked_aside(Arc::clone(live), Viewer::Operator, move |seen| {
        let items = declared.read(&source, &Recorded::new(&seen, &party)).map_err(|error| unreadable(error, told))?;
        Ok::<_, Trouble>(Load::plan(items, &seen, taking, origin)?)
    })
    .await?;
    allowed(live, viewer, load).await
}

/// Takes a source in for a party, or for whoever runs the ledger: from a folder of files. What is wrong with the source is told
/// without its own words.
///
/// # Errors
/// When it cannot be read at all, or the ledger does not answer.
pub async fn take_in(
    live: &Arc<dyn Live>,
    queue: &dyn Queue,
    (caller, declared): (&Caller, Declared),
    (file, source): (&str, Vec<u8>),
    say: impl FnMut(Verdict) -> bool,
) -> Result<Tally, Trouble> {
    let sender = sender(caller.clone())?;
    let _alone = ALONE.lock().await;
    let given = Given { declared, file: Some(file.to_owned()), source, told: DeclaredError::unquoted };
    let load = prepare(live, caller.clone(), given, Taking::All).await?;
    carried(live, queue, &sender, load, say).await.map_err(unavailable)
}

/// Carries what was read, and waits until answers know of it: the next import has to.
async fn carried(
    live: &Arc<dyn Live>,
    queue: &dyn Queue,
    sender: &Sender,
    load: Load,
    mut say: impl FnMut(Verdict) -> bool,
) -> Result<Tally, PutError> {
    let mut last = 0;
    let tally = carry(queue, sender, load, PATIENCE, |verdict| {
        last = last.max(verdict.seq.unwrap_or(0));
        say(verdict)
    })
    .await?;
    match wait_for(live.as_ref(), last, PATIENCE).await {
        true => Ok(tally),
        false => Err(PutError::Bus(BusError::Late(PATIENCE))),
    }
}

fn unavailable(error: PutError) -> Trouble {
    match error {
        PutError::Full => Trouble::busy(),
        PutError::Bus(error) => {
            let why = Why::ImportSilent { said: shell::chain(&error) };
            Trouble::new(StatusCode::SERVICE_UNAVAILABLE, ProblemKind::CannotAnswer, why)
        }
    }
}

/// One verdict a line, and how it went as the last.
async fn answer(
    _alone: MutexGuard<'static, ()>,
    live: Arc<dyn Live>,
    queue: Arc<dyn Queue>,
    sender: Sender,
    load: Load,
    say: mpsc::UnboundedSender<Result<Bytes, std::io::Error>>,
) {
    let told = |verdict: Verdict| say.send(Ok(line(&verdict.told(language::now())))).is_ok();
    let last = match carried(&live, queue.as_ref(), &sender, load, told).await {
        Ok(tally) => json!({ "import": tally }),
        Err(error) => json!({ "problem": unavailable(error).body() }),
    };
    // Whoever went away asks again: nothing is recorded twice.
    let _ = say.send(Ok(line(&last)));
}

fn line(value: &impl serde::Serialize) -> Bytes {
    let mut line = serde_json::to_vec(value).expect("memory takes it");
    line.push(b'\n');
    line.into()
}
