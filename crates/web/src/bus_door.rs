//! The same questions over the bus: the verb is the question, the body its JSON, the headers say who asks and what for.

use std::sync::Arc;

use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use bus::{Asked, BoxFuture, Handler, Reply};
use serde_json::Value;

use crate::asking::{Answered, Asking, Request, answer, find};
use crate::doors::{Doors, POSITION};
use crate::language::{self, Language};
use crate::questions::{no_answers, unwritten};
use crate::trouble::Trouble;
use crate::why::Why;

/// Name of the service that answers questions, as subjects have it.
pub const SERVICE: &str = "projections";
/// Header of a reply: the status that HTTP would have.
pub const STATUS: &str = "granary-status";

/// Answers questions that come over the bus.
pub struct BusDoor(pub Arc<Doors>);

impl Handler for BusDoor {
    fn handle(&self, asked: Asked) -> BoxFuture<'_, Reply> {
        let doors = Arc::clone(&self.0);
        let language = Language::of_header(asked.header(ACCEPT_LANGUAGE.as_str()));
        Box::pin(language.within(async move { replied(reply(&doors, &asked).await) }))
    }
}

/// An answer, or why there is none, as the bus carries it.
pub(crate) fn replied(answered: Result<Answered, Trouble>) -> Reply {
    let language = || (CONTENT_LANGUAGE.as_str().to_owned(), language::now().tag().to_owned());
    let body = answered.and_then(|Answered { position, answer }| Ok((position, answer.to_json().map_err(unwritten)?)));
    match body {
        Ok((position, body)) => Reply {
            headers: vec![
                (STATUS.into(), StatusCode::OK.as_str().into()),
                (POSITION.into(), position.to_string()),
                language(),
            ],
            body: body.into(),
        },
        Err(trouble) => Reply {
            headers: vec![(STATUS.into(), trouble.status.as_str().into()), language()],
            body: trouble.body().to_string().into(),
        },
    }
}

async fn reply(doors: &Doors, asked: &Asked) -> Result<Answered, Trouble> {
    let mut headers = HeaderMap::new();
    for (name, value) in &asked.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), HeaderValue::try_from(value.as_str())) {
            headers.insert(name, value);
        }
    }
    let caller = doors.asker(&headers, "ASK", &asked.verb, &asked.body)?;
    let live = doors.live.as_ref().ok_or_else(no_answers)?;
    answer(live, &doors.questions, caller, asking(doors, asked)?).await
}

/// What is asked over the bus, by verb, headers and body.
pub(crate) fn asking(doors: &Doors, asked: &Asked) -> Result<Asking, Trouble> {
    let entry = find(&asked.verb)?;
    let request = match asked.body.is_empty() {
        true => Value::Object(serde_json::Map::new()),
        false => answers::request_from_json(&asked.body)?,
    };
    let after = asked.header("granary-after").map(|text| {
        let wrong =
            || answers::Problem::bad_field("after", Why::NoEventNumber { text: text.chars().take(64).collect() });
        text.parse::<u64>().map_err(|_| wrong())
    });
    let patience = doors.patience(asked.header("granary-deadline-ms"))?;
    Ok(Asking { entry, request: Request::Json(request), after: after.transpose()?, patience })
}
