//! In which language a caller is answered: chosen once, where a request comes in, and known to whatever answers it. The pure
//! crates say what they say by code; here it is put into words.

use std::future::Future;

use axum::extract::Request;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE, CONTENT_TYPE, VARY};
use axum::http::{HeaderValue, Uri};
use axum::response::Response;
use words::Words;

/// The field by which a visitor of the console chooses; links keep it.
pub(crate) const LANG: &str = "lang";

/// The language of an answer.
#[derive(Clone, Copy)]
pub(crate) struct Language {
    words: &'static Words,
    /// Was it chosen by [`LANG`], so that links have to keep it?
    is_chosen: bool,
}

tokio::task_local! {
    static NOW: Language;
}

impl Language {
    /// The first of those that somebody reads, as `Accept-Language` says them; English where none is there.
    pub(crate) fn of_header(accepted: Option<&str>) -> Self {
        Self { words: words::accepted(accepted.unwrap_or_default()), is_chosen: false }
    }

    pub(crate) fn of(request: &Request) -> Self {
        let is_page = request.uri().path() == "/" || request.uri().path().starts_with("/console");
        match chosen(request.uri()).filter(|_| is_page).and_then(|tag| words::of(&tag)) {
            Some(words) => Self { words, is_chosen: true },
            None => Self::of_header(request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok())),
        }
    }

    /// Does something in this language.
    pub(crate) async fn within<F: Future>(self, work: F) -> F::Output {
        NOW.scope(self, work).await
    }

    /// Says in which language an answer is. What holds no words, such as the files of the log, is the same in every language.
    pub(crate) fn said(self, mut response: Response) -> Response {
        let content = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let has_words = ["text/html", "application/json", "application/problem+json", "application/x-ndjson"];
        if has_words.iter().any(|kind| content.starts_with(kind)) {
            let headers = response.headers_mut();
            headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(self.words.tag()));
            // One line: not everybody who keeps answers reads a second.
            let also = headers.get(VARY).and_then(|value| value.to_str().ok());
            let vary = also.and_then(|also| HeaderValue::try_from(format!("Accept-Language, {also}")).ok());
            headers.insert(VARY, vary.unwrap_or(HeaderValue::from_static("Accept-Language")));
        }
        response
    }

    /// Of whoever is answered now; English where nobody is.
    pub(crate) fn current() -> Self {
        NOW.try_with(|language| *language).unwrap_or_else(|_| Self::of_header(None))
    }
}

/// The words of whoever is answered now.
pub(crate) fn now() -> &'static Words {
    Language::current().words
}

/// The tag that links have to keep, where one was chosen.
pub(crate) fn kept() -> Option<&'static str> {
    let Language { words, is_chosen } = Language::current();
    is_chosen.then(|| words.tag())
}

fn chosen(uri: &Uri) -> Option<String> {
    let mut fields = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    fields.find(|(name, _)| name == LANG).map(|(_, tag)| tag.into_owned())
}
