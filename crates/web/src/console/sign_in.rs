//! Signing in and out: a token becomes a session, and a session ends.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::{SIGN_IN, layout, words};
use crate::doors::{Doors, now};
use crate::guard::Came;
use crate::sessions::set_cookie;
use crate::trouble::Trouble;
use crate::why::Why;

/// Field of a form that shows that the form is ours.
pub(super) const FORM: &str = "form";

pub(crate) async fn page() -> Response {
    super::page(form("/", None))
}

/// The form that asks for a token, and where it leads to.
pub(super) fn form(target: &str, trouble: Option<&Trouble>) -> Markup {
    let content = html! {
        @if let Some(trouble) = trouble {
            (layout::told(trouble))
        }
        form method="post" action=(layout::to(SIGN_IN)) {
            input type="hidden" name="target" value=(target);
            label { (words::TOKEN) " " input type="password" name="token" autocomplete="current-password" required; }
            " "
            button { (words::SIGN_IN) }
        }
        p { (words::TOKEN_WHENCE) }
    };
    layout::page(&words::SIGN_IN, "", layout::Seen::default(), &content)
}

fn field(body: &[u8], wanted: &str) -> String {
    form_urlencoded::parse(body)
        .find(|(name, _)| name == wanted)
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

pub(crate) async fn sign_in(
    State(doors): State<Arc<Doors>>,
    Extension(came): Extension<Came>,
    body: Bytes,
) -> Response {
    let target = field(&body, "target");
    // A page of ours, and nothing that a browser reads as another's.
    let is_ours = target.starts_with('/') && !target.starts_with("//") && !target.contains(['\\', '\r', '\n']);
    begin(&doors, &came, field(&body, "token").trim(), if is_ours { &target } else { "/" })
}

/// A session for whoever has brought a token.
pub(super) fn begin(doors: &Doors, came: &Came, token: &str, target: &str) -> Response {
    let begun = doors.access.by_token(token, now()).and_then(|(hash, caller)| {
        let secret = doors.sessions.begin(hash, now());
        let failed =
            |error: getrandom::Error| answers::Problem::cannot_answer(Why::FailedAs { said: error.to_string() });
        Ok((caller, secret.map_err(failed)?))
    });
    match begun {
        Ok((caller, secret)) => {
            tracing::info!(caller = ?caller.name(), "signed in to the console");
            led(target, set_cookie(came, Some(&secret)))
        }
        Err(trouble) => {
            let mut response = super::page(form(target, Some(&trouble)));
            *response.status_mut() = trouble.status;
            response
        }
    }
}

pub(crate) async fn sign_out(
    State(doors): State<Arc<Doors>>,
    Extension(came): Extension<Came>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let session = doors.sessions.of(&headers, &doors.access, now());
    if session.is_some_and(|session| session.form != field(&body, FORM)) {
        let kind = answers::ProblemKind::Forbidden;
        return Trouble::new(StatusCode::FORBIDDEN, kind, Why::OtherSession).into_response();
    }
    doors.sessions.end(&headers);
    led(&layout::to(SIGN_IN), set_cookie(&came, None))
}

fn led(target: &str, cookie: Option<axum::http::HeaderValue>) -> Response {
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, target.to_owned())]).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
