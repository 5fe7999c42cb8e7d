//! `GET /v1/export/{events|commands|postings|journal|parquet}`: the history in forms that other programs read, as long as it is.

use std::sync::Arc;

use answers::{Problem, ProblemKind, Sight, Viewer, in_parts, named_event};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use books::Seq;
use export::Exported;

use crate::access::QUESTION;
use crate::doors::{Doors, POSITION};
use crate::feed::body;
use crate::live::{Seen, read};
use crate::questions::no_answers;
use crate::rights::may_ask;
use crate::trouble::Trouble;

pub(crate) async fn export(
    State(doors): State<Arc<Doors>>,
    Path(what): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let caller = doors.caller(&headers, QUESTION, uri.to_string().as_bytes())?;
    let live = Arc::clone(doors.live.as_ref().ok_or_else(no_answers)?);
    let viewer = read(live.as_ref(), Viewer::Operator, |view| {
        let viewer = caller.viewer(view)?;
        may_ask(&viewer, view.books(), "history")?;
        Ok::<_, Trouble>(viewer)
    })?;
    let form = Exported::WORDS.iter().find(|(word, _)| *word == what).map(|(_, form)| *form).ok_or_else(|| {
        let words: Vec<&str> = Exported::WORDS.iter().map(|(word, _)| *word).collect();
        let message = format!("`{}` cannot be exported", what.chars().take(64).collect::<String>());
        Problem { kind: ProblemKind::Unknown, ..Problem::wrong_use("unknown_export", message) }
            .hint(format!("choose from {}", words.join(", ")))
    })?;
    // What is recorded meanwhile is left for the next one: a body that ends says what it is an image of.
    let until = *live.position().borrow();
    let written = body(live, move |live, send| {
        let mut begun = Vec::new();
        let mut export = form.begin(&mut begun)?;
        let part = std::cell::RefCell::new(begun);
        let mut failed = None;
        let each = |view: &dyn answers::View, seq, event: &books::Event| {
            failed = export.event(view, &Sight::of(view), seq, event, &mut part.borrow_mut()).err();
            failed.is_none()
        };
        in_parts(&Seen(live.as_ref(), viewer), (Seq(1), Seq(until)), Some(named_event), each, || send(part.take()))?;
        if let Some(error) = failed {
            return Err(error.into());
        }
        let mut ended = Vec::new();
        export.end(&mut ended)?;
        send(ended);
        Ok(())
    });
    let content = [(header::CONTENT_TYPE, form.media_type().to_owned()), (header::VARY, "Accept-Encoding".into())];
    Ok(([(POSITION, until.to_string())], content, written).into_response())
}
