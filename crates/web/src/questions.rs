//! `GET /v1/<question>?field=value`, or the same as a JSON object by POST; JSON, CSV or Parquet back.

use std::sync::Arc;

use answers::table::{Extent, Table, csv};
use answers::{AnyAnswer, Entry, Problem, shown};
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::response::{IntoResponse, Response};
use export::{PARQUET, TableFile};
use serde_json::Value;
use tracing::Instrument as _;

use crate::asking::{Answered, Asking, Request, find};
use crate::doors::{DEADLINE, Doors, NEXT, POSITION, SEEN_BY};
use crate::trouble::Trouble;
use crate::why::Why;

/// Fields of a query string that are not the question's own.
pub const SHARED_FIELDS: [&str; 3] = ["after", "deadline_ms", "format"];

/// What a query string says.
pub(crate) struct Query {
    pub(crate) own: Vec<(String, String)>,
    pub(crate) after: Option<String>,
    pub(crate) deadline_ms: Option<String>,
    pub(crate) format: Option<String>,
}

impl Query {
    pub(crate) fn read(text: Option<&str>) -> Self {
        let mut query = Self { own: Vec::new(), after: None, deadline_ms: None, format: None };
        for (name, value) in form_urlencoded::parse(text.unwrap_or_default().as_bytes()) {
            let value = value.into_owned();
            match name.as_ref() {
                "after" => query.after = Some(value),
                "deadline_ms" => query.deadline_ms = Some(value),
                "format" => query.format = Some(value),
                _ => query.own.push((name.into_owned(), value)),
            }
        }
        query
    }

    pub(crate) fn after(&self) -> Result<Option<u64>, Trouble> {
        let wrong =
            |text: &String| Problem::bad_field("after", Why::NoEventNumber { text: text.chars().take(64).collect() });
        Ok(self.after.as_ref().map(|text| text.parse().map_err(|_| wrong(text))).transpose()?)
    }
}

pub(crate) async fn ask(
    State(doors): State<Arc<Doors>>,
    Path(name): Path<String>,
    method: Method,
    uri: Uri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Trouble> {
    let query = Query::read(query.as_deref());
    let is_post = method == Method::POST;
    let (how, sent) = if is_post { ("POST", &body[..]) } else { ("GET", &b""[..]) };
    let caller = doors.asker(&headers, how, &uri.to_string(), sent)?;
    let entry = find(&name)?;
    // What is said where nobody looks for it would be an answer to something else.
    if let (true, Some((name, _))) = (is_post, query.own.first()) {
        let problem = Problem::wrong_use(Why::BesideBody { text: name.chars().take(64).collect() });
        return Err(Problem { field: Some(name.chars().take(64).collect()), ..problem }.into());
    }
    if !is_post && !body.is_empty() {
        return Err(Problem::wrong_use(Why::BodyOfGet).into());
    }
    let request = match is_post {
        true if body.is_empty() => Request::Json(Value::Object(serde_json::Map::new())),
        true => Request::Json(answers::request_from_json(&body)?),
        false => Request::Pairs(query.own.clone()),
    };
    let deadline = headers.get(DEADLINE).and_then(|value| value.to_str().ok());
    let patience = doors.patience(query.deadline_ms.as_deref().or(deadline))?;
    let is_part_asked = request.says("limit");
    let asking = Asking { entry, request, after: query.after()?, patience };
    let span = tracing::info_span!("question", question = entry.name);
    shell::follow(&span, headers.get("traceparent").and_then(|value| value.to_str().ok()));
    let Answered { position, answer } = doors.answer(caller, asking).instrument(span).await?;
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let form = Form::of(query.format.as_deref(), accept)?;
    let mut response = match form {
        Form::Json => as_json(answer.as_ref())?.into_response(),
        Form::Csv | Form::Parquet => as_file(entry, form, answer.table(), is_part_asked)?.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(POSITION, position.into());
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let Table { extent, seen_by, .. } = answer.table();
    if let Some(Ok(party)) = seen_by.map(|party| HeaderValue::try_from(escaped(&party))) {
        headers.insert(SEEN_BY, party);
    }
    if let Extent::Page { next: (field, value), .. } = extent
        && let Ok(next) = HeaderValue::try_from(format!("{field}={}", escaped(&value)))
    {
        headers.insert(NEXT, next);
    }
    Ok(response)
}

/// An answer as JSON.
pub(crate) fn as_json(answer: &dyn AnyAnswer) -> Result<impl IntoResponse + use<>, Trouble> {
    Ok(([(header::CONTENT_TYPE, "application/json")], answer.to_json().map_err(unwritten)?))
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Json,
    Csv,
    Parquet,
}

impl Form {
    fn of(format: Option<&str>, accept: &str) -> Result<Self, Problem> {
        match format {
            Some("json") => Ok(Self::Json),
            Some("csv") => Ok(Self::Csv),
            Some("parquet") => Ok(Self::Parquet),
            Some(other) => {
                let meant = wire::nearest(other, ["json", "csv", "parquet"]);
                Err(Problem::bad_field("format", Why::NoFormat { text: shown(other) }).meaning(meant))
            }
            None => Ok(Self::accepted(accept)),
        }
    }
}

impl Form {
    /// The one that is liked best of those that are named; JSON where none of them is wanted.
    fn accepted(accept: &str) -> Self {
        let mut found = (0.0, Self::Json);
        for range in accept.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let form = match parts.next().unwrap_or_default().to_ascii_lowercase().as_str() {
                "text/csv" => Self::Csv,
                kind if kind == PARQUET => Self::Parquet,
                "application/json" | "application/*" | "*/*" => Self::Json,
                _ => continue,
            };
            let liked = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
            // Of two that are liked alike, whoever names a file wants the file.
            if liked > found.0 || (liked > 0.0 && liked == found.0 && found.1 == Self::Json) {
                found = (liked, form);
            }
        }
        found.1
    }
}

/// The rows of an answer as a file: for spreadsheets, or for analysts' programs. Where it holds not all of them, it does so
/// because a part was asked for, and its name and its closing line say so.
fn as_file(
    entry: &Entry,
    form: Form,
    table: Table<'_>,
    is_part_asked: bool,
) -> Result<impl IntoResponse + use<>, Trouble> {
    let is_part = table.extent != Extent::Whole;
    if is_part && !is_part_asked {
        return Err(Problem::wrong_use(Why::TooLongForAFile { question: entry.name }).into());
    }
    let (extension, media, bytes) = match form {
        Form::Parquet => {
            let mut bytes = Vec::new();
            TableFile::write(table, &mut bytes)
                .map_err(|error| Problem::bad_field("format", Why::FormatUnfit { said: error.to_string() }))?;
            ("parquet", PARQUET, bytes)
        }
        Form::Csv | Form::Json => ("csv", "text/csv; charset=utf-8; header=present", csv::bytes(table)),
    };
    let part = if is_part { ".part" } else { "" };
    let name = format!("attachment; filename=\"{}{part}.{extension}\"", entry.name);
    Ok(([(header::CONTENT_TYPE, media.to_owned()), (header::CONTENT_DISPOSITION, name)], bytes))
}

/// A text as a query string has it.
fn escaped(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// An answer that could not be written down.
pub(crate) fn unwritten(error: std::io::Error) -> Problem {
    Problem::cannot_answer(Why::FailedAs { said: error.to_string() })
}

pub(crate) fn no_answers() -> Trouble {
    Trouble::absent(Why::NoAnswers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_that_is_liked_best_is_given_and_none_that_is_not_wanted() {
        for (accept, form) in [
            ("", Form::Json),
            ("*/*", Form::Json),
            ("text/csv", Form::Csv),
            ("Text/CSV; header=present", Form::Csv),
            ("text/csv;q=0", Form::Json),
            ("text/csv; q=0.0, application/json", Form::Json),
            ("application/json, text/csv;q=0.5", Form::Json),
            ("text/html, text/csv;q=0.9, */*;q=0.8", Form::Csv),
            ("*/*, text/csv", Form::Csv),
            (PARQUET, Form::Parquet),
            ("text/csv;q=0.1, application/vnd.apache.parquet;q=0.2", Form::Parquet),
        ] {
            assert_eq!(Form::accepted(accept), form, "{accept}");
        }
    }
}
