//! Questions as NATS requests, answered in a queue group: of several processes of a service one answers.
//!
//! NATS goes on giving a process its share for as long as it does not know that it hangs. So whoever takes a question says so at
//! once, in a note of a header alone, and whoever hears nothing asks again: the next to get it may be another one. Questions change
//! nothing, so that a second answer to one does no harm.

use std::sync::Arc;
use std::time::Duration;

use async_nats::{HeaderMap, StatusCode};
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::{BoxFuture, FutureExt};
use tokio::time::Instant;

use super::Nats;
use crate::error::BusError;
use crate::questions::{Asked, Handler, Questions, Reply};

/// Asks for the note, and is the note.
const TAKEN: &str = "granary-taken";
/// How long to wait for the note before each question more.
const ASK_AGAIN: [Duration; 4] =
    [Duration::from_millis(300), Duration::from_millis(300), Duration::from_millis(600), Duration::from_millis(1_200)];
/// Questions answered at the same time.
const AT_ONCE: usize = 64;

fn headers_of(map: Option<&HeaderMap>) -> Vec<(String, String)> {
    let pairs = map.into_iter().flat_map(|map| map.iter());
    pairs
        .flat_map(|(name, values)| values.iter().map(|value| (name.to_string().to_lowercase(), value.to_string())))
        .collect()
}

fn header_map(headers: &[(String, String)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(name.as_str(), value.as_str());
    }
    map
}

/// Whoever asks says where the answer goes, and we publish it with our own rights: to an inbox, or not at all.
pub(super) fn is_inbox(subject: &str) -> bool {
    subject.strip_prefix("_INBOX.").is_some_and(|rest| {
        rest.split('.').all(|word| !word.is_empty() && word != "*" && word != ">")
            && !rest.contains(char::is_whitespace)
    })
}

impl Questions for Nats {
    fn ask<'a>(&'a self, service: &'a str, asked: Asked, wait: Duration) -> BoxFuture<'a, Result<Reply, BusError>> {
        async move {
            let cannot = |error: &dyn std::fmt::Display| BusError::unavailable("ask a service", error);
            let subject = self.connection.names.questions(service, &asked.verb);
            let inbox = self.client.new_inbox();
            let mut answers = self.client.subscribe(inbox.clone()).await.map_err(|error| cannot(&error))?;
            let mut headers = header_map(&asked.headers);
            headers.insert(TAKEN, "?");
            let end = Instant::now() + wait;
            let mut waits = ASK_AGAIN.into_iter();
            loop {
                let (subject, inbox) = (subject.clone(), inbox.clone());
                let asking =
                    self.client.publish_with_reply_and_headers(subject, inbox, headers.clone(), asked.body.clone());
                asking.await.map_err(|error| cannot(&error))?;
                let mut until = waits.next().map_or(end, |wait| end.min(Instant::now() + wait));
                while let Ok(message) = tokio::time::timeout_at(until, answers.next()).await {
                    let message = message.ok_or(BusError::Closed)?;
                    if message.status == Some(StatusCode::NO_RESPONDERS) {
                        return Err(cannot(&"nobody answers"));
                    }
                    if message.headers.as_ref().is_some_and(|headers| headers.get(TAKEN).is_some()) {
                        until = end;
                        continue;
                    }
                    return Ok(Reply { headers: headers_of(message.headers.as_ref()), body: message.payload });
                }
                if Instant::now() >= end {
                    return Err(BusError::Late(wait));
                }
            }
        }
        .boxed()
    }

    fn serve<'a>(&'a self, service: &'a str, handler: Arc<dyn Handler>) -> BoxFuture<'a, Result<(), BusError>> {
        async move {
            let subject = self.connection.names.questions(service, "*");
            let questions = self
                .client
                .queue_subscribe(subject, service.to_owned())
                .await
                .map_err(|error| BusError::unavailable("listen for questions", error))?;
            let client = self.client.clone();
            tokio::spawn(questions.for_each_concurrent(AT_ONCE, move |message| {
                let (client, handler) = (client.clone(), Arc::clone(&handler));
                async move {
                    let Some(reply_to) = message.reply else { return };
                    if !is_inbox(&reply_to) {
                        tracing::error!(subject = ?reply_to.as_str(), "ALARM: a question asks for its answer where no answers go; it is not answered");
                        return;
                    }
                    let verb = message.subject.rsplit('.').next().unwrap_or_default().to_owned();
                    let mut headers = headers_of(message.headers.as_ref());
                    let asked = headers.len();
                    headers.retain(|(name, _)| name != TAKEN);
                    if headers.len() < asked {
                        let mut note = HeaderMap::new();
                        note.insert(TAKEN, "yes");
                        if let Err(error) = client.publish_with_headers(reply_to.clone(), note, Bytes::new()).await {
                            tracing::warn!(%error, "say that a question is taken");
                        }
                    }
                    let reply = handler.handle(Asked { verb, headers, body: message.payload }).await;
                    let headers = header_map(&reply.headers);
                    if let Err(error) = client.publish_with_headers(reply_to, headers, reply.body).await {
                        tracing::warn!(%error, "answer a question");
                    }
                }
            }));
            Ok(())
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::is_inbox;

    /// Asked for its answer at the subject of the commit log, a service wrote it there, and the ledger never started again.
    #[test]
    fn answers_go_to_inboxes_alone() {
        for inbox in ["_INBOX.client.abc.1", "_INBOX.x"] {
            assert!(is_inbox(inbox), "{inbox}");
        }
        for other in [
            "evt.acme.main",
            "$KV.LEASES_acme.main",
            "cmd.acme.main",
            "_INBOX",
            "_INBOX.",
            "_INBOXES.a",
            "_INBOX.a..b",
            "_INBOX.>",
            "dlq.acme.main",
            "$JS.API.STREAM.PURGE.EVT_acme_main",
            "",
            "q.acme.ingest.commands",
        ] {
            assert!(!is_inbox(other), "{other}");
        }
    }
}
