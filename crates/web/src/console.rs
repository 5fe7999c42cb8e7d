//! The console: pages made here, on the server, from the same questions as everything else. No script is needed; every page
//! works by keyboard and prints.

mod acted;
mod asked;
mod balances;
mod breaks;
mod chart;
mod cover;
mod entry;
mod history;
mod layout;
mod lot;
mod material;
mod overview;
mod positions;
mod reports;
mod sign_in;
mod words;

use std::sync::{Arc, OnceLock};

use answers::{Given, Question, find as find_question, parse};
use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::Markup;

use crate::access::Caller;
use crate::asking::{Answered, Asking, admit};
use crate::doors::Doors;
use crate::gate::Kind;
use crate::guard::Came;
use crate::language::LANG;
use crate::live::{Live, asked_aside};
use crate::questions::no_answers;
use crate::sessions::InSession;
use crate::trouble::Trouble;

/// Scripts, frames and anything from elsewhere are refused by the browser: a code in the books can never become one.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Where a session begins.
pub(crate) const SIGN_IN: &str = "/console/sign-in";
/// Where it ends.
pub(crate) const SIGN_OUT: &str = "/console/sign-out";

/// Before the forms of acts.
pub(crate) const DO: &str = "/console/do/";

pub(crate) fn routes() -> Router<Arc<Doors>> {
    Router::new()
        .route("/", get(overview::page))
        .route("/console/positions", get(positions::page))
        .route("/console/cover", get(cover::page))
        .route("/console/history", get(history::page))
        .route("/console/breaks", get(breaks::page))
        .route("/console/break/{code}", get(breaks::one))
        .route("/console/balances", get(balances::page))
        .route("/console/reports", get(reports::page))
        .route("/console/lot/{code}", get(lot::page))
        .route("/console/material/{code}", get(material::page))
        .route("/console/ask", get(asked::all))
        .route("/console/ask/{question}", get(asked::one))
        .route("/console/do", get(acted::all))
        .route("/console/do/{act}", get(acted::one).post(acted::send))
        .route("/console/style.css", get(style))
        .route(SIGN_IN, get(sign_in::page).post(sign_in::sign_in))
        .route(SIGN_OUT, axum::routing::post(sign_in::sign_out))
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("console/style.css")).into_response()
}

/// Somebody who looks at a page.
pub(super) struct Visitor {
    doors: Arc<Doors>,
    caller: Caller,
    /// What the forms of this session bring back; none where nobody signed in here.
    form: Option<String>,
    /// With whose eyes the answers of the page were seen; nothing where everything was seen.
    seen_by: OnceLock<String>,
}

impl axum::extract::FromRequestParts<Arc<Doors>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, doors: &Arc<Doors>) -> Result<Self, Response> {
        // What is printed where the server starts leads here: the token becomes a session, and leaves the address.
        let token = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        if parts.uri.path() == "/"
            && let Some((_, token)) = token.into_owned().find(|(name, _)| name == "token")
        {
            let came = parts.extensions.get::<Came>().cloned().unwrap_or_default();
            return Err(sign_in::begin(doors, &came, &token, &layout::to("/")));
        }
        if let Err(problem) = crate::fields::of_page(parts.uri.path(), parts.uri.query()) {
            return Err(answered(Err(problem.into())));
        }
        match doors.asker(&parts.headers, "GET", &parts.uri.to_string(), b"") {
            Ok(caller) => {
                let session = doors.sessions.of(&parts.headers, &doors.access, crate::doors::now());
                let form = session.map(|session| session.form);
                Ok(Self { doors: Arc::clone(doors), caller, form, seen_by: OnceLock::new() })
            }
            Err(trouble) => {
                let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
                let shown = (trouble.problem.code != "not_signed_in").then_some(&trouble);
                let mut response = page(sign_in::form(target, shown));
                *response.status_mut() = trouble.status;
                Err(response)
            }
        }
    }
}

impl Visitor {
    fn live(&self) -> Result<&Arc<dyn Live>, Trouble> {
        self.doors.live.as_ref().ok_or_else(no_answers)
    }

    /// Asks what a page needs; the fields are those of a form, and empty ones say nothing.
    async fn ask<Q: Question>(&self, fields: &Fields) -> Result<Q::Answer, Trouble> {
        let entry = find_question(Q::NAME).expect("pages ask questions of the table");
        let said = fields.0.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let question: Q = parse(entry.request_from_pairs(said)?)?;
        let live = self.live()?;
        let viewer = admit(live, &self.caller, Q::NAME)?;
        let gate = &self.doors.questions;
        let (place, budget) = (gate.enter(Kind::Question, &viewer, self.doors.deadline).await?, gate.budget);
        let answered = asked_aside(Arc::clone(live), viewer, move |seen| {
            let _place = place;
            answers::give(&question, &seen, budget)
        });
        let (_, Given { answer, seen_by }) = answered.await?;
        // One visitor has one pair of eyes: whichever answer says it first.
        seen_by.into_iter().for_each(|party| drop(self.seen_by.set(party)));
        Ok(answer)
    }

    /// Asks any question.
    async fn ask_any(&self, asking: Asking) -> Result<Answered, Trouble> {
        self.doors.answer(self.caller.clone(), asking).await
    }

    /// Whoever signed in here.
    fn of_session(doors: &Arc<Doors>, InSession { caller, form }: InSession) -> Self {
        Self { doors: Arc::clone(doors), caller, form: Some(form), seen_by: OnceLock::new() }
    }

    /// A page with what was asked for it.
    fn page(&self, title: &str, path: &str, content: &Markup) -> Markup {
        let seen_by = self.seen_by.get().map(String::as_str);
        layout::page(title, path, layout::Seen { by: seen_by, form: self.form.as_deref() }, content)
    }
}

/// What a form said.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(pub(super) Vec<(String, String)>);

impl Fields {
    fn read(query: Option<&str>) -> Self {
        let said = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned();
        Self(said.filter(|(name, value)| name != LANG && !value.trim().is_empty()).collect())
    }

    fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// As a query string.
    fn query(self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.0).finish()
    }

    fn without(&self, name: &str) -> Self {
        Self(self.0.iter().filter(|(known, _)| known != name).cloned().collect())
    }

    fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), value.into()));
        self
    }
}

impl<S: Sync> axum::extract::FromRequestParts<S> for Fields {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        _: &S,
    ) -> Result<Self, std::convert::Infallible> {
        Ok(Self::read(parts.uri.query()))
    }
}

/// A page, or what is wrong, with the headers that every page has.
pub(super) fn answered(made: Result<Markup, Trouble>) -> Response {
    match made {
        Ok(markup) => page(markup),
        Err(trouble) => {
            let status = trouble.status;
            let mut response = page(layout::problem(&trouble));
            *response.status_mut() = status;
            response
        }
    }
}

fn page(markup: Markup) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (StatusCode::OK, headers, markup.into_string()).into_response()
}
