//! `GET /v1/export/{events|commands|postings|journal|parquet}`: the history in forms that other programs read, as long as it is.

use std::mem;
use std::sync::Arc;

use answers::{Problem, Sight, Viewer, named_event};
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use export::{Export, Exported};
use futures_util::{Stream, stream};

use crate::asking::admit;
use crate::doors::{DEADLINE, Doors, POSITION};
use crate::feed::{PART_BYTES, Reading};
use crate::gate::{Kind, Place};
use crate::live::{Live, Seen, asked_aside};
use crate::questions::no_answers;
use crate::trouble::Trouble;
use crate::why::Why;

pub(crate) async fn export(
    State(doors): State<Arc<Doors>>,
    Path(what): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let caller = doors.asker(&headers, "GET", &uri.to_string(), b"")?;
    let live = Arc::clone(doors.live.as_ref().ok_or_else(no_answers)?);
    let viewer = admit(&live, &caller, "history")?;
    let form = Exported::WORDS.iter().find(|(word, _)| *word == what).map(|(_, form)| *form).ok_or_else(|| {
        let words: Vec<&str> = Exported::WORDS.iter().map(|(word, _)| *word).collect();
        Problem::absent(Why::NoExport { text: what.chars().take(64).collect(), names: words.join(", ") })
    })?;
    let patience = doors.patience(headers.get(DEADLINE).and_then(|value| value.to_str().ok()))?;
    let place = doors.questions.enter(Kind::Export, &viewer, patience).await?;
    // What is recorded meanwhile is left for the next one: a body that ends says what it is an image of.
    let until = *live.position().borrow();
    let mut begun = Vec::new();
    let export = form.begin(&mut begun).map_err(Problem::from)?;
    let making = Making { live, viewer, place, reading: Reading::from(1), until, begun, export };
    let content = [(header::CONTENT_TYPE, form.media_type().to_owned()), (header::VARY, "Accept-Encoding".into())];
    let body = Body::from_stream(parts(making));
    Ok(([(POSITION, until.to_string())], content, body).into_response())
}

/// An export on its way.
struct Making {
    live: Arc<dyn Live>,
    viewer: Viewer,
    place: Place,
    reading: Reading,
    until: u64,
    /// What stands before the first event, until it is written.
    begun: Vec<u8>,
    export: Export,
}

/// What is left of an export.
enum Rest {
    More(Box<Making>),
    /// Nothing: its place is left once the last part is on its way.
    Ended {
        _place: Place,
    },
}

/// The parts of an export, each made when its reader has room for it.
fn parts(making: Making) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send {
    stream::try_unfold(Rest::More(Box::new(making)), async |rest| {
        let Rest::More(making) = rest else { return Ok(None) };
        let turn = making.place.turn().await;
        let (live, viewer) = (Arc::clone(&making.live), making.viewer.clone());
        let part = asked_aside(live, viewer, move |seen| {
            let _turn = turn;
            making.part(&seen)
        });
        match part.await {
            Ok((part, rest)) => Ok(Some((Bytes::from(part), rest))),
            // The body ends without its end: whoever reads it knows that it is not whole.
            Err(error) => {
                tracing::error!(error = shell::chain(&error), "an export ended before its end");
                Err(std::io::Error::other(error))
            }
        }
    })
}

impl Making {
    fn part(mut self: Box<Self>, seen: &Seen<'_>) -> Result<(Vec<u8>, Rest), Problem> {
        let mut part = mem::take(&mut self.begun);
        let (export, mut failed) = (&mut self.export, None);
        self.reading.part(seen, self.until, Some(named_event), |view, seq, event| {
            failed = export.event(view, &Sight::of(view), seq, event, &mut part).err();
            failed.is_none() && part.len() < PART_BYTES
        })?;
        if let Some(error) = failed {
            return Err(error.into());
        }
        if self.reading.next <= self.until {
            return Ok((part, Rest::More(self)));
        }
        let Self { export, place, .. } = *self;
        export.end(&mut part)?;
        Ok((part, Rest::Ended { _place: place }))
    }
}
