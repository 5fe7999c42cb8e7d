//! What the doors share: the read side, the way in, who may come, and how long they wait.

use std::sync::Arc;
use std::time::Duration;

use answers::Viewer;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use books::Moment;
use bus::{Questions, Queue};
use chain::LogFiles;
use tokio::sync::watch;

use crate::access::{Access, Caller, Entry, FRAME, Named, QUESTION, is_by_cookie, question_text};
use crate::front::Front;
use crate::gate::Gate;
use crate::live::{Live, read};
use crate::sessions::Sessions;
use crate::trouble::Trouble;
use crate::why::Why;

/// Header and, in lower case, NATS header of how far an answer goes.
pub const POSITION: &str = "granary-position";
/// Header of an answer that is not all: the field of the question, and its value, that asks for the rows that follow.
pub const NEXT: &str = "granary-next";
/// Header of an answer to somebody who does not see everything: the party with whose eyes it was answered.
pub const SEEN_BY: &str = "granary-seen-by";
/// Header with how long a request may wait, in milliseconds.
pub const DEADLINE: &str = "granary-deadline-ms";
/// Longest time that a request may wait.
pub(crate) const DEADLINE_MAX: Duration = Duration::from_secs(120);

/// Tells something that changes, as JSON.
pub type Told = Arc<dyn Fn() -> serde_json::Value + Send + Sync>;

/// What somebody wants a service to be ready for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadyFor {
    /// What it is there for.
    Work,
    /// To answer as of now; where a time is named, as of no longer ago than that.
    Reading(Option<Duration>),
    /// To record.
    Writing,
}

/// Says why a service is not ready for something; `None` where it is.
pub type Health = Arc<dyn Fn(ReadyFor) -> Option<String> + Send + Sync>;

/// Reads the keys of the ledger, which may be others tomorrow.
pub type Signer = Arc<dyn Fn() -> Option<Vec<chain::SignerKey>> + Send + Sync>;

/// What the doors share.
pub struct Doors {
    /// Answers come from here; a service that only takes commands in has none.
    pub live: Option<Arc<dyn Live>>,
    /// Whom to ask where there are no answers here.
    pub relay: Option<Arc<dyn Questions>>,
    /// Commands go in here; a service that only answers has none.
    pub queue: Option<Arc<dyn Queue>>,
    /// The static files of the log, where they are at hand.
    pub log: Option<Arc<dyn LogFiles + Send + Sync>>,
    /// The key of the ledger, where it is at hand: facts for other ledgers are signed with it.
    pub signer: Option<Signer>,
    /// What is known about witnesses, where a policy names them.
    pub witnesses: Option<Told>,
    /// Name under which the ledger signs: part of what senders sign.
    pub origin: String,
    /// Who may come in.
    pub access: Access,
    /// Names, proxies and limits of HTTP.
    pub front: Arc<Front>,
    /// Is HTTP spoken by TLS here?
    pub is_tls: bool,
    /// Who signed in to the console.
    pub sessions: Sessions,
    /// How many questions are answered at once.
    pub questions: Gate,
    /// How long a request waits where it does not say.
    pub deadline: Duration,
    /// Why nothing can be done at present, where nothing can.
    pub trouble: Health,
    /// What Prometheus scrapes.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
    /// True once the process is asked to stop, and still lets in who comes until others know that it goes.
    pub draining: watch::Receiver<bool>,
    /// True once it stops: long answers end.
    pub stop: watch::Receiver<bool>,
}

impl Doors {
    /// Who sends a request; see [`Access::caller`].
    ///
    /// # Errors
    /// When nobody is named, or what names somebody does not hold.
    pub fn caller(&self, headers: &HeaderMap, what: &str, body: &[u8]) -> Result<Caller, Trouble> {
        let by_session =
            (what != FRAME && is_by_cookie(headers)).then(|| self.sessions.of(headers, &self.access, now()));
        if let Some(Some(session)) = by_session {
            return Ok(session.caller);
        }
        let caller = self.access.caller(headers, what, body, &self.origin, now());
        if let Err(trouble) = &caller {
            metrics::counter!("granary_http_not_signed_in_total", "code" => trouble.problem.code.clone()).increment(1);
        }
        caller
    }

    /// Who asks a question: how, where, and with what.
    ///
    /// # Errors
    /// As [`Doors::caller`] has it.
    pub(crate) fn asker(&self, headers: &HeaderMap, how: &str, path: &str, sent: &[u8]) -> Result<Caller, Trouble> {
        let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        self.caller(headers, QUESTION, &question_text(how, path, accept, sent))
    }

    /// Whom the head of a request names, before its body is taken.
    pub(crate) fn glance(&self, headers: &HeaderMap, entry: Entry) -> Result<Named, Trouble> {
        if entry == Entry::Read
            && is_by_cookie(headers)
            && let Some(session) = self.sessions.of(headers, &self.access, now())
        {
            return Ok(Named::Caller(session.caller));
        }
        match self.access.glance(headers, entry, now())? {
            Named::Caller(caller) => Ok(Named::Caller(caller)),
            Named::Key(key) => {
                let is_known = |live: &Arc<dyn Live>| {
                    read(live.as_ref(), Viewer::Operator, |view| {
                        view.books().parties().iter().any(|party| party.keys.contains(&key))
                    })
                };
                // Where there are books, a key of nobody's brings no body in.
                match self.live.as_ref().is_none_or(is_known) {
                    true => Ok(Named::Key(key)),
                    false => Err(crate::access::unknown_key(&key)),
                }
            }
        }
    }

    /// How long a request may wait.
    ///
    /// # Errors
    /// When it says so and it is no number.
    pub fn patience(&self, text: Option<&str>) -> Result<Duration, Trouble> {
        let Some(text) = text else { return Ok(self.deadline) };
        let wrong = || {
            let text = text.chars().take(64).collect();
            answers::Problem::bad_field("deadline_ms", Why::NoMilliseconds { text })
        };
        let patience = Duration::from_millis(text.parse().map_err(|_| wrong())?);
        Ok(patience.min(DEADLINE_MAX))
    }
}

/// The moment, by the machine's clock.
#[must_use]
pub(crate) fn now() -> Moment {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Moment(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
}
