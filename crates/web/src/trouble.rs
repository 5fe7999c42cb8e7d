//! What HTTP says when a request has no answer: RFC 9457, with our stable codes.

use answers::{Problem, ProblemKind};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use wire::verdict::Retry;
use words::{Say, Saying, Told};

use crate::language;
use crate::why::Why;

/// A request without an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Status of HTTP.
    pub status: StatusCode,
    /// What is wrong.
    pub problem: Box<Problem>,
    /// Seconds after which to ask again, where that can help.
    pub retry_after: Option<u32>,
}

impl Trouble {
    /// A problem with a status of its own.
    pub fn new(status: StatusCode, kind: ProblemKind, why: impl Say) -> Self {
        Self { status, problem: Box::new(Problem::new(kind, why)), retry_after: None }
    }

    /// Nobody knows who asks.
    pub fn unauthorized(why: impl Say) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, ProblemKind::Forbidden, why)
    }

    /// What is asked for is not there.
    pub fn absent(why: impl Say) -> Self {
        Self::new(StatusCode::NOT_FOUND, ProblemKind::Unknown, why)
    }

    /// The service cannot answer now: to be asked again after a second.
    pub fn later(status: StatusCode, why: impl Say) -> Self {
        Self { retry_after: Some(1), ..Self::new(status, ProblemKind::CannotAnswer, why) }
    }

    /// Full: to be tried again.
    #[must_use]
    pub fn busy() -> Self {
        Self::later(StatusCode::TOO_MANY_REQUESTS, Why::QueueFull)
    }

    /// The same of a status as a tool has it.
    #[must_use]
    pub fn of_reply(status: u16, body: &Value) -> Self {
        Self::of_body(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY), body)
    }

    /// What another service said: a status, and the body of [`Trouble::body`].
    #[must_use]
    pub fn of_body(status: StatusCode, body: &Value) -> Self {
        let text = |name: &str| body[name].as_str().map(str::to_owned);
        let kind = match status {
            StatusCode::NOT_FOUND => ProblemKind::Unknown,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ProblemKind::Forbidden,
            _ if status.is_client_error() => ProblemKind::WrongUse,
            _ => ProblemKind::CannotAnswer,
        };
        let code = text("code").unwrap_or_else(|| "unavailable".to_owned());
        let message = text("detail").unwrap_or_else(|| status.to_string());
        let saying = Box::new(Saying::said(Told { message, hint: text("hint").unwrap_or_default() }));
        let problem = Problem { kind, code, field: text("field"), saying, named: None, meant: None };
        // Told anew where its facts are there: whoever reads it here may read another language.
        let retold = body["facts"].as_object().and_then(|facts| problem.clone().retold(facts));
        let problem = retold.unwrap_or(problem);
        Self { status, problem: Box::new(problem), retry_after: None }
    }

    /// Can asking again help?
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self.problem.kind {
            // What the program does not have at all is there no sooner for waiting.
            ProblemKind::Unknown if ["unknown_question", "unknown_export"].contains(&&*self.problem.code) => {
                Retry::Changed
            }
            ProblemKind::CannotAnswer | ProblemKind::Unknown => Retry::Later,
            // Nobody is known to ask: with a token it may be another thing.
            ProblemKind::Forbidden if self.status == StatusCode::UNAUTHORIZED => Retry::Changed,
            ProblemKind::Forbidden => Retry::Never,
            ProblemKind::WrongUse => Retry::Changed,
        }
    }

    /// The body, as RFC 9457 has it; code, field, hint, retry and facts are members of our own.
    #[must_use]
    pub fn body(&self) -> Value {
        let Problem { code, kind: _, field, .. } = &*self.problem;
        let Told { message, hint } = self.problem.told(language::now());
        let mut body = Map::new();
        body.insert("type".into(), format!("urn:granary:problem:{code}").into());
        body.insert("title".into(), self.status.canonical_reason().unwrap_or("problem").into());
        body.insert("status".into(), self.status.as_u16().into());
        body.insert("detail".into(), message.into());
        body.insert("code".into(), code.clone().into());
        body.extend(field.clone().map(|field| ("field".to_owned(), field.into())));
        body.extend(Some(hint).filter(|hint| !hint.is_empty()).map(|hint| ("hint".to_owned(), hint.into())));
        body.insert("retry".into(), json!(self.retry()));
        let facts = self.problem.facts();
        body.extend((!facts.is_empty()).then(|| ("facts".to_owned(), facts.into())));
        Value::Object(body)
    }
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        let status = match problem.kind {
            ProblemKind::WrongUse => StatusCode::BAD_REQUEST,
            ProblemKind::Unknown => StatusCode::NOT_FOUND,
            ProblemKind::Forbidden => StatusCode::FORBIDDEN,
            ProblemKind::CannotAnswer => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self { status, problem: Box::new(problem), retry_after: None }
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let content = HeaderValue::from_static("application/problem+json");
        let mut response = (self.status, [(header::CONTENT_TYPE, content)], self.body().to_string()).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
