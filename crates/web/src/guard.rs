//! What holds for every request, whatever it asks, before any route sees it.
//!
//! A browser sends requests that its user never meant: a page of anybody's may have it post a form here, and a name of
//! anybody's may lead here. So a request must come under a name of ours and from no other site, and one that writes must be
//! of a kind that no form can send. Whoever sends a body says first who they are: nothing is kept for strangers. Every answer
//! says that it is what it says it is, and for whom it may be kept.

use std::future::Future;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use answers::ProblemKind;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::access::{Caller, Entry, KEY, Named};
use crate::doors::{Doors, now};
use crate::front::{Peer, Room};
use crate::import::IMPORT_BYTES_MAX;
use crate::trouble::Trouble;
use crate::unread::Unread;
use crate::why::Why;

/// What a route takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    /// It writes, and takes bodies of these kinds.
    Written(&'static [&'static str]),
    /// It writes for somebody who sits at a browser: a form of ours, with a session or for one.
    Form,
    /// It asks, whatever the method.
    Asked,
}

const FRAMES: &[&str] =
    &["application/json", "application/x-ndjson", "application/jsonl", "application/cbor-seq", "application/cbor"];
const JSON: &[&str] = &["application/json"];
const FORM: &str = "application/x-www-form-urlencoded";

/// The routes that write. Whatever is not here and is not asked with GET is a question.
const WRITES: [(&str, Takes); 5] = [
    ("/v1/commands", Takes::Written(FRAMES)),
    ("/v1/import", Takes::Written(JSON)),
    ("/v1/rebuild", Takes::Written(JSON)),
    (crate::console::SIGN_IN, Takes::Form),
    (crate::console::SIGN_OUT, Takes::Form),
];

fn takes(method: &Method, path: &str) -> Takes {
    if [Method::GET, Method::HEAD, Method::OPTIONS].contains(method) {
        return Takes::Asked;
    }
    if path.starts_with(crate::console::DO) {
        return Takes::Form;
    }
    WRITES.iter().find(|(known, _)| *known == path.trim_end_matches('/')).map_or(Takes::Asked, |(_, takes)| *takes)
}

/// Lines of log that strangers may cause in a second.
const LINES_A_SECOND: u64 = 20;

pub(crate) async fn guard<F: Future<Output = Response>>(
    doors: &Doors,
    mut request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0);
    let client = doors.front.client(peer, request.headers());
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let host = doors.front.host(peer, request.headers());
    let is_secure = doors.is_tls || doors.front.is_secure(peer, request.headers());
    request.extensions_mut().insert(Came { host: host.clone(), is_secure });
    let let_in = check(doors, &mut request, host.as_deref(), client);
    let unread = Unread::of(&mut request);
    let mut response = match let_in {
        Ok(room) => {
            let response = next(request).await;
            drop(room);
            response
        }
        Err(trouble) => {
            unread.pass_over(request.into_body()).await;
            trouble.into_response()
        }
    };
    unread.close_after(response.headers_mut());
    let status = response.status();
    if [401, 403, 413, 415, 421, 429].contains(&status.as_u16()) && may_log() {
        let client = client.map_or_else(|| "-".to_owned(), |client| client.to_string());
        tracing::warn!(client, %method, path = ?uri.path(), status = status.as_u16(), "refused at the door");
    }
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    // What nobody says may be kept was made for whoever asked.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Whom the head of a request names, beyond doubt.
#[derive(Clone)]
pub(crate) struct LetIn(pub(crate) Caller);

/// Where a request came in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Came {
    /// Name and port.
    pub(crate) host: Option<String>,
    /// By TLS.
    pub(crate) is_secure: bool,
}

fn check(
    doors: &Doors,
    request: &mut Request,
    host: Option<&str>,
    client: Option<IpAddr>,
) -> Result<Option<Room>, Trouble> {
    let takes = takes(request.method(), request.uri().path());
    crate::fields::of_program(request.uri().path(), request.uri().query())?;
    check_name(doors, request, host)?;
    check_site(request.method(), request.headers(), host)?;
    let has_body = !matches!(*request.method(), Method::GET | Method::HEAD);
    let content = media_type(request.headers());
    match takes {
        Takes::Written(kinds) if !kinds.contains(&content.as_str()) => {
            let names = format!("`Content-Type: {}`", kinds[..kinds.len().min(2)].join("` or `"));
            let why = Why::BadContentType { path: request.uri().path().to_owned(), text: content, names };
            return Err(Trouble::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, ProblemKind::WrongUse, why));
        }
        Takes::Form if content != FORM => {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Trouble::new(status, ProblemKind::WrongUse, Why::FormsOnly));
        }
        Takes::Written(_) | Takes::Form | Takes::Asked => {}
    }
    if !has_body {
        return Ok(None);
    }
    let is_signed = request.headers().contains_key(KEY);
    let caller = match takes {
        Takes::Form => client.map(|client| client.to_string()).unwrap_or_default(),
        Takes::Written(_) | Takes::Asked => {
            let entry = if matches!(takes, Takes::Asked) { Entry::Read } else { Entry::Write };
            match doors.glance(request.headers(), entry)? {
                Named::Caller(caller) => {
                    let name = caller.name().to_owned();
                    request.extensions_mut().insert(LetIn(caller));
                    name
                }
                Named::Key(key) => key,
            }
        }
    };
    let limit = match takes {
        Takes::Form => 64 << 10,
        Takes::Written(_) if request.uri().path() == "/v1/import" && !is_signed => IMPORT_BYTES_MAX,
        Takes::Written(_) | Takes::Asked => bus::Frame::BYTES_MAX,
    };
    DefaultBodyLimit::max(limit).apply(request);
    let said =
        request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let bytes = said.unwrap_or(limit as u64).min(limit as u64);
    let room = doors.front.room(caller, bytes).map(Some);
    room.ok_or_else(|| Trouble::later(StatusCode::TOO_MANY_REQUESTS, Why::BytesOnTheWay))
}

/// A request comes under a name of ours: a stranger's name that leads here would make us a page of the stranger's.
fn check_name(doors: &Doors, request: &Request, host: Option<&str>) -> Result<(), Trouble> {
    let named = request.uri().authority().map(|authority| authority.as_str().to_ascii_lowercase());
    let hosts = request.headers().get_all(header::HOST).iter().count();
    let is_health = ["/healthz", "/readyz"].contains(&request.uri().path());
    let is_ours =
        host.is_none_or(|host| doors.front.knows(host)) && named.is_none_or(|named| doors.front.knows(&named));
    if hosts <= 1 && (is_ours || is_health) {
        return Ok(());
    }
    let why = Why::UnknownHost { host: host.unwrap_or_default().escape_debug().take(255).collect() };
    Err(Trouble::new(StatusCode::MISDIRECTED_REQUEST, ProblemKind::Forbidden, why))
}

/// A request is not another site's. Whoever follows a link or types an address may look, and sends no more than that.
fn check_site(method: &Method, headers: &HeaderMap, host: Option<&str>) -> Result<(), Trouble> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let is_visit = method == Method::GET
        && text("sec-fetch-mode") == Some("navigate")
        && text("sec-fetch-dest").is_none_or(|target| target == "document");
    let is_foreign = text("sec-fetch-site").is_some_and(|site| !["same-origin", "none"].contains(&site));
    let is_others = text("origin").is_some_and(|origin| {
        let own = origin.split_once("://").filter(|(scheme, _)| ["http", "https"].contains(scheme));
        own.is_none_or(|(_, own)| host != Some(own.to_ascii_lowercase().as_str()))
    });
    if is_others || (is_foreign && !is_visit) {
        return Err(Trouble::new(StatusCode::FORBIDDEN, ProblemKind::Forbidden, Why::CrossSite));
    }
    Ok(())
}

fn media_type(headers: &HeaderMap) -> String {
    let content = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Is there still a line for this second?
fn may_log() -> bool {
    static SECOND: AtomicU64 = AtomicU64::new(0);
    static LINES: AtomicU64 = AtomicU64::new(0);
    let second = now().0 / 1_000_000;
    if SECOND.swap(second, Ordering::Relaxed) != second {
        LINES.store(0, Ordering::Relaxed);
    }
    LINES.fetch_add(1, Ordering::Relaxed) < LINES_A_SECOND
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(said: &[(&'static str, &str)]) -> HeaderMap {
        said.iter()
            .map(|&(name, value)| (header::HeaderName::from_static(name), value.parse().expect("a value")))
            .collect()
    }

    /// A page of anybody's posted commands: by a form, by `fetch`, and from a name that leads here.
    #[test]
    fn what_another_site_has_a_browser_send_is_refused() {
        let host = Some("127.0.0.1:7070");
        let post = |said: &[(&'static str, &str)]| check_site(&Method::POST, &headers(said), host);
        let get = |said: &[(&'static str, &str)]| check_site(&Method::GET, &headers(said), host);
        for foreign in [
            vec![("origin", "http://evil.example")],
            vec![("origin", "null")],
            vec![("origin", "http://127.0.0.1:7071")],
            vec![("origin", "file://")],
            vec![("sec-fetch-site", "cross-site")],
            vec![("sec-fetch-site", "same-site"), ("sec-fetch-mode", "navigate")],
        ] {
            assert!(post(&foreign).is_err(), "{foreign:?}");
        }
        assert!(post(&[("origin", "http://127.0.0.1:7070"), ("sec-fetch-site", "same-origin")]).is_ok());
        assert!(post(&[("origin", "https://127.0.0.1:7070")]).is_ok(), "behind a proxy with TLS");
        assert!(post(&[]).is_ok(), "a program");
        assert!(
            get(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")])
                .is_ok()
        );
        assert!(
            get(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")])
                .is_err()
        );
        assert!(get(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")]).is_err());
    }

    #[test]
    fn every_route_that_is_posted_to_writes_or_asks() {
        assert_eq!(takes(&Method::POST, "/v1/commands"), Takes::Written(FRAMES));
        assert_eq!(takes(&Method::POST, "/v1/import/"), Takes::Written(JSON));
        assert_eq!(takes(&Method::POST, "/v1/positions"), Takes::Asked);
        assert_eq!(takes(&Method::GET, "/v1/commands"), Takes::Asked);
    }
}
