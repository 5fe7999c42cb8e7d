//! What HTTP says when a request has no answer: RFC 9457, with our stable codes.

use answers::{Problem, ProblemKind};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use wire::verdict::Retry;

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
    pub fn new(status: StatusCode, kind: ProblemKind, code: &str, message: impl Into<String>) -> Self {
        let problem = Problem { kind, ..Problem::wrong_use(code, message) };
        Self { status, problem: Box::new(problem), retry_after: None }
    }

    /// Nobody knows who asks.
    pub fn unauthorized(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, ProblemKind::Forbidden, code, message)
    }

    /// Full: to be tried again.
    #[must_use]
    pub fn busy() -> Self {
        let message = "the queue of commands is full";
        let trouble = Self::new(StatusCode::TOO_MANY_REQUESTS, ProblemKind::CannotAnswer, "busy", message);
        Self { retry_after: Some(1), ..trouble }.hint("nothing was taken; try again after the time in Retry-After")
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
        let message = text("detail").unwrap_or_else(|| format!("another service answered {status}"));
        let problem = Problem { kind, code, field: text("field"), message, hint: text("hint"), named: None };
        Self { status, problem: Box::new(problem), retry_after: None }
    }

    /// Says what to do next.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { problem: Box::new(self.problem.hint(hint)), ..self }
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

    /// The body, as RFC 9457 has it; code, field, hint and retry are members of our own.
    #[must_use]
    pub fn body(&self) -> Value {
        let Problem { code, kind: _, field, message, hint, named: _ } = &*self.problem;
        let mut body = Map::new();
        body.insert("type".into(), format!("urn:granary:problem:{code}").into());
        body.insert("title".into(), self.status.canonical_reason().unwrap_or("problem").into());
        body.insert("status".into(), self.status.as_u16().into());
        body.insert("detail".into(), message.clone().into());
        body.insert("code".into(), code.clone().into());
        body.extend(field.clone().map(|field| ("field".to_owned(), field.into())));
        body.extend(hint.clone().map(|hint| ("hint".to_owned(), hint.into())));
        body.insert("retry".into(), json!(self.retry()));
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
