//! Is the process up, is it ready for what it is asked for, and what does it count?

use std::sync::Arc;
use std::time::Duration;

use answers::{Problem, shown};
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::doors::{Doors, ReadyFor};
use crate::trouble::Trouble;
use crate::why::Why;

/// Up: it answers.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// What `/readyz` is asked: for what, and of reading within how many seconds the answers were last at the end of the log.
///
/// # Errors
/// `unknown_field`, `bad_field`.
fn ready_for(uri: &Uri) -> Result<ReadyFor, Problem> {
    crate::fields::of_program(uri.path(), uri.query())?;
    let query = uri.query().unwrap_or_default();
    let said = |name: &str| form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name);
    let within = said("within").map(|(_, text)| match text.parse::<u32>() {
        Ok(seconds) => Ok(Duration::from_secs(u64::from(seconds))),
        Err(_) => Err(Problem::bad_field("within", Why::NoSeconds { text: shown(&text) })),
    });
    let within = within.transpose()?;
    match said("for").as_ref().map(|(_, text)| text.as_ref()) {
        Some("read") => Ok(ReadyFor::Reading(within)),
        Some(text) if text != "write" => Err(Problem::bad_field("for", Why::NoReadiness { text: shown(text) })),
        _ if within.is_some() => Err(Problem::bad_field("within", Why::WithinOfReading)),
        Some(_) => Ok(ReadyFor::Writing),
        None => Ok(ReadyFor::Work),
    }
}

/// Ready: not about to stop, and able to do what it is asked for.
pub(crate) async fn readyz(State(doors): State<Arc<Doors>>, uri: Uri) -> Response {
    let ready_for = match ready_for(&uri) {
        Ok(ready_for) => ready_for,
        Err(problem) => return Trouble::from(problem).into_response(),
    };
    if *doors.stop.borrow() || *doors.draining.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    if let Some(trouble) = (doors.trouble)(ready_for) {
        return (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {trouble}\n")).into_response();
    }
    let position = doors.live.as_ref().map(|live| *live.position().borrow());
    match position {
        Some(position) => format!("ready at event {position}\n").into_response(),
        None => "ready\n".into_response(),
    }
}

/// For Prometheus.
pub(crate) async fn metrics(State(doors): State<Arc<Doors>>) -> Response {
    if let Some(live) = &doors.live {
        metrics::gauge!("granary_position").set(*live.position().borrow() as f64);
    }
    process();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], (doors.metrics)()).into_response()
}

/// What the system says of this process; nothing where it does not say.
fn process() {
    if let Ok(statm) = std::fs::read_to_string("/proc/self/statm")
        && let Some(pages) = statm.split_whitespace().nth(1).and_then(|pages| pages.parse::<f64>().ok())
    {
        // Pages are of 4 KiB wherever `/proc` is read here; where they are larger, this says less than there is.
        metrics::gauge!("process_resident_memory_bytes").set(pages * 4_096.0);
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        metrics::gauge!("process_open_fds").set(open.count() as f64);
    }
}

/// What is served below `/v1/` beside the questions.
const DOORS: [&str; 8] = ["commands", "events", "export", "facts", "import", "rebuild", "receipts", "witnesses"];

/// What a path asks for, of a list that strangers cannot make longer.
pub(crate) fn route(path: &str) -> &'static str {
    let mut words = path.split('/').skip(1);
    match (words.next().unwrap_or_default(), words.next().unwrap_or_default()) {
        ("v1", name) => match answers::find(name) {
            Some(entry) => entry.name,
            None => DOORS.into_iter().find(|door| *door == name).unwrap_or("other"),
        },
        ("console", _) => "console",
        ("tile", _) => "tile",
        ("checkpoint", _) => "checkpoint",
        _ => "other",
    }
}

/// Counts answers by route and status, so that what is not answered is seen as well.
pub(crate) fn count(route: &'static str, status: StatusCode) {
    let status = match status {
        // Most are this one.
        StatusCode::OK => metrics::SharedString::const_str("200"),
        other => other.as_u16().to_string().into(),
    };
    metrics::counter!("granary_http_answers_total", "route" => route, "status" => status).increment(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readiness_is_asked_in_words_of_ours() {
        let asked = |query: &str| ready_for(&format!("/readyz{query}").parse().expect("an address"));
        let wrong = |query: &str| asked(query).map_err(|problem| (problem.code, problem.field)).err();
        assert!(matches!(asked(""), Ok(ReadyFor::Work)) && matches!(asked("?for=write"), Ok(ReadyFor::Writing)));
        assert!(matches!(asked("?for=read&within=5"), Ok(ReadyFor::Reading(Some(wait))) if wait.as_secs() == 5));
        let told = |code: &str, field: &str| Some((code.to_owned(), Some(field.to_owned())));
        assert_eq!(wrong("?bogus=1"), told("unknown_field", "bogus"));
        assert_eq!(wrong("?for=fun"), told("bad_field", "for"));
        for query in ["?within=5", "?for=write&within=5", "?for=read&within=soon"] {
            assert_eq!(wrong(query), told("bad_field", "within"), "{query}");
        }
    }
}
