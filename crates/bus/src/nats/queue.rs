//! The queue of command frames on a work-queue stream. Frames are settled, not commands: an acknowledgement that is waited
//! for costs as much as a frame.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::jetstream::consumer::{PullConsumer, pull};
use async_nats::jetstream::message::PublishMessage;
use async_nats::{Client, HeaderMap};
use bytes::Bytes;
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use futures_util::StreamExt;
use futures_util::future::{BoxFuture, FutureExt};
use tokio::sync::oneshot;

use super::questions::is_inbox;
use super::{ConnectError, Nats};
use crate::error::BusError;
use crate::frame::{Frame, Hand, Sender, Signed};
use crate::queue::{Backlog, Delivery, PutError, Queue, Slip};

pub(super) const CONSUMER: &str = "ledger";
/// Frames that may be handed out and not settled yet.
pub(super) const UNSETTLED_MAX: i64 = 256;
/// Frames fetched ahead.
const AHEAD: usize = 32;

const FORMAT: (&str, &str) = ("Granary-Format", "commands/1");
const REPLY: &str = "Granary-Reply";
const SENDER: &str = "Granary-Sender";
const HAND: &str = "Granary-Hand";
const KEY: &str = "Granary-Key";
const SIGNATURE: &str = "Granary-Signature";
const EXPIRES: &str = "Granary-Expires";
const DEADLINE: &str = "Granary-Deadline";
const TRACE: &str = "traceparent";

/// Frames fetched and not taken yet. Dropped when the ledger steps down; the server hands them out again.
pub(super) struct Taking(pull::Stream);

/// Who waits for which answer. One subscription for all.
pub(super) struct Answers {
    inbox: String,
    next: AtomicU64,
    waiting: Mutex<HashMap<u64, oneshot::Sender<Bytes>>>,
}

impl Answers {
    pub(super) async fn listen(client: &Client) -> Result<Arc<Self>, ConnectError> {
        let inbox = client.new_inbox();
        let fault = |error: async_nats::SubscribeError| ConnectError::Unfit {
            servers: client.server_info().host,
            problem: format!("it does not let us listen for answers: {error}"),
        };
        let mut answers = client.subscribe(format!("{inbox}.*")).await.map_err(fault)?;
        let this = Arc::new(Self { inbox, next: AtomicU64::new(0), waiting: Mutex::default() });
        let listening = Arc::downgrade(&this);
        tokio::spawn(async move {
            while let Some(message) = answers.next().await {
                let Some(this) = listening.upgrade() else { return };
                let number = message.subject.rsplit('.').next().and_then(|number| number.parse().ok());
                let waiting = number.and_then(|number: u64| this.waiting().remove(&number));
                if let Some(waiting) = waiting {
                    let _ = waiting.send(message.payload);
                }
            }
        });
        Ok(this)
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, HashMap<u64, oneshot::Sender<Bytes>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes itself out of the list when nobody waits any more.
struct Waiting<'a>(&'a Answers, u64);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting().remove(&self.1);
    }
}

fn headers(frame: &Frame, reply_to: Option<&str>, ahead_us: i64) -> HeaderMap {
    let mut map = HeaderMap::new();
    map.insert(FORMAT.0, FORMAT.1);
    match &frame.sender {
        Sender::Operator => map.insert(SENDER, "operator"),
        Sender::Party(code, hand) => {
            map.insert(SENDER, format!("party {code}").as_str());
            match hand {
                Hand::Claimed => {}
                Hand::Token(name) => map.insert(HAND, format!("token {name}").as_str()),
                Hand::Person(code) => map.insert(HAND, format!("person {code}").as_str()),
            }
        }
        Sender::Key(signed) => {
            map.insert(SENDER, "key");
            map.insert(KEY, signed.key.as_str());
            map.insert(EXPIRES, signed.expires.as_str());
            map.insert(SIGNATURE, HEXLOWER.encode(&signed.signature).as_str());
        }
    }
    if let Some(deadline) = frame.deadline_us {
        map.insert(DEADLINE, deadline.saturating_add_signed(ahead_us.saturating_neg()).to_string().as_str());
    }
    if let Some(trace) = &frame.traceparent {
        map.insert(TRACE, trace.as_str());
    }
    if let Some(reply_to) = reply_to {
        map.insert(REPLY, reply_to);
    }
    map
}

/// Reads a frame out of a message; says what cannot be read.
fn frame(map: Option<&HeaderMap>, bytes: Bytes, ahead_us: i64) -> Result<(Frame, Option<String>), String> {
    let get = |name: &str| map.and_then(|map| map.get(name)).map(|value| value.as_str().to_owned());
    match get(FORMAT.0) {
        Some(format) if format == FORMAT.1 => {}
        Some(format) => return Err(format!("format `{format}` is not known to this release")),
        None => return Err(format!("no header {}", FORMAT.0)),
    }
    let sender = match get(SENDER).as_deref() {
        Some("operator") => Sender::Operator,
        Some("key") => {
            let part = |name| get(name).ok_or_else(|| format!("no header {name}"));
            let signature = HEXLOWER_PERMISSIVE.decode(part(SIGNATURE)?.as_bytes());
            let signature = signature.map_err(|_| "a signature that is not hexadecimal")?;
            Sender::Key(Signed { key: part(KEY)?, signature: signature.into(), expires: part(EXPIRES)? })
        }
        Some(sender) if sender.starts_with("party ") => {
            let hand = match get(HAND).as_deref().map(|hand| hand.split_once(' ')) {
                None => Hand::Claimed,
                Some(Some(("token", name))) => Hand::Token(name.to_owned()),
                Some(Some(("person", code))) => Hand::Person(code.to_owned()),
                Some(_) => return Err(format!("a header {HAND} of no known kind")),
            };
            Sender::Party(sender["party ".len()..].to_owned(), hand)
        }
        Some(sender) => return Err(format!("sender `{sender}` is of no known kind")),
        None => return Err(format!("no header {SENDER}")),
    };
    let deadline_us = match get(DEADLINE) {
        None => None,
        Some(text) => Some(text.parse::<u64>().map_err(|_| format!("a deadline of `{text}`"))?),
    };
    let deadline_us = deadline_us.map(|deadline| deadline.saturating_add_signed(ahead_us));
    Ok((Frame { bytes, sender, deadline_us, traceparent: get(TRACE) }, get(REPLY)))
}

impl Nats {
    async fn send(
        &self,
        frame: Frame,
        reply_to: Option<&str>,
    ) -> Result<async_nats::jetstream::context::PublishAckFuture, PutError> {
        let headers = headers(&frame, reply_to, self.clock_ahead_us());
        let message = PublishMessage::build().payload(frame.bytes).headers(headers);
        let sent = self.context.send_publish(self.connection.names.commands(), message).await;
        sent.map_err(|error| BusError::unavailable("take a frame", error).into())
    }

    /// Keeps a frame beside the queue with the headers that it came with, and settles it.
    async fn put_aside(&self, mut headers: HeaderMap, bytes: Bytes, reason: &str, slip: Slip) -> Result<(), BusError> {
        let reason: String = reason.chars().filter(|c| !c.is_control()).take(500).collect();
        headers.insert("Granary-Reason", reason.as_str());
        // What the server reads, such as an id against repetition, was meant for the queue.
        let ours = headers.iter().filter(|(name, _)| !name.to_string().to_ascii_lowercase().starts_with("nats-"));
        let mut kept = HeaderMap::new();
        ours.for_each(|(name, values)| values.iter().for_each(|value| kept.append(name.clone(), value.clone())));
        let message = PublishMessage::build().payload(bytes).headers(kept);
        let fault = |error: &dyn std::fmt::Display| BusError::unavailable("keep a frame that nobody can read", error);
        let sent = self.context.send_publish(self.connection.names.dead(), message).await;
        sent.map_err(|error| fault(&error))?.await.map_err(|error| fault(&error))?;
        self.done(slip).await
    }

    async fn start_taking(&self) -> Result<Taking, BusError> {
        let fault = |error: &dyn std::fmt::Display| BusError::unavailable("hand frames out", error);
        let names = &self.connection.names;
        let consumer: PullConsumer = self
            .context
            .get_consumer_from_stream(CONSUMER, names.command_stream())
            .await
            .map_err(|error| fault(&error))?;
        let messages = consumer
            .stream()
            .max_messages_per_batch(AHEAD)
            // Short, because frames go to whoever has asked, even if it sleeps: until then nobody else gets them.
            .heartbeat(Duration::from_millis(700))
            .expires(Duration::from_secs(2))
            .messages()
            .await
            .map_err(|error| fault(&error))?;
        Ok(Taking(messages))
    }
}

/// The server says that the queue is full by one of these.
fn is_full(error: &async_nats::jetstream::context::PublishError) -> bool {
    let text = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    ["10077", "10047", "maximum messages exceeded", "maximum bytes exceeded", "insufficient resources"]
        .iter()
        .any(|known| text.contains(known))
}

fn put_error(error: async_nats::jetstream::context::PublishError) -> PutError {
    if is_full(&error) { PutError::Full } else { BusError::unavailable("take a frame", error).into() }
}

impl Queue for Nats {
    fn put(&self, frame: Frame) -> BoxFuture<'_, Result<(), PutError>> {
        async move {
            self.send(frame, None).await?.await.map_err(put_error)?;
            Ok(())
        }
        .boxed()
    }

    fn submit(&self, frame: Frame, wait: Duration) -> BoxFuture<'_, Result<Bytes, PutError>> {
        async move {
            let number = self.answers.next.fetch_add(1, Ordering::Relaxed);
            let (sender, answer) = oneshot::channel();
            self.answers.waiting().insert(number, sender);
            let _waiting = Waiting(&self.answers, number);
            let reply_to = format!("{}.{number}", self.answers.inbox);
            let mut answer = std::pin::pin!(tokio::time::timeout(wait, answer));
            let put = self.send(frame, Some(&reply_to)).await?.into_future();
            // The answer may come before the word that the frame was taken.
            tokio::select! {
                biased;
                answer = &mut answer => return answer.ok().and_then(Result::ok).ok_or(BusError::Late(wait).into()),
                put = put => { put.map_err(put_error)?; }
            }
            answer.await.ok().and_then(Result::ok).ok_or(BusError::Late(wait).into())
        }
        .boxed()
    }

    fn take(&self, wait: Duration) -> BoxFuture<'_, Result<Option<Delivery>, BusError>> {
        async move {
            let mut taking = self.taking.lock().await;
            if taking.is_none() {
                *taking = Some(self.start_taking().await?);
            }
            let Some(Taking(messages)) = taking.as_mut() else { return Ok(None) };
            let message = match tokio::time::timeout(wait, messages.next()).await {
                Err(_) => return Ok(None),
                Ok(Some(Ok(message))) => message,
                Ok(Some(Err(error))) => {
                    *taking = None;
                    return Err(BusError::unavailable("hand frames out", error));
                }
                Ok(None) => {
                    *taking = None;
                    return Err(BusError::Closed);
                }
            };
            let (attempt, number) = message
                .info()
                .map_or((1, 0), |info| (u64::try_from(info.delivered).unwrap_or(1), info.stream_sequence));
            let slip = Slip(message.reply.as_ref().map(ToString::to_string).unwrap_or_default());
            // What settles a frame is published, too: where the server says, and nowhere else.
            if !slip.0.starts_with("$JS.ACK.") {
                return Err(BusError::unavailable("hand frames out", "a frame came with no place for its settlement"));
            }
            match frame(message.headers.as_ref(), message.payload.clone(), self.clock_ahead_us()) {
                Ok((frame, reply_to)) => Ok(Some(Delivery { frame, reply_to, attempt, number, slip })),
                Err(problem) => {
                    tracing::warn!(reason = problem, "a frame is put aside");
                    let headers = message.headers.clone().unwrap_or_default();
                    self.put_aside(headers, message.payload.clone(), &problem, slip).await?;
                    Ok(None)
                }
            }
        }
        .boxed()
    }

    fn stand_back(&self) -> BoxFuture<'_, ()> {
        async {
            *self.taking.lock().await = None;
        }
        .boxed()
    }

    fn answer<'a>(&'a self, reply_to: &'a str, answer: Bytes) -> BoxFuture<'a, Result<(), BusError>> {
        async move {
            if !is_inbox(reply_to) {
                tracing::error!(subject = ?reply_to, "ALARM: a frame asks for its verdicts where no answers go; they are not sent");
                return Ok(());
            }
            let sent = self.client.publish(reply_to.to_owned(), answer).await;
            sent.map_err(|error| BusError::unavailable("answer", error))
        }
        .boxed()
    }

    fn working(&self, slip: Slip) -> BoxFuture<'_, Result<(), BusError>> {
        async move {
            let sent = self.client.publish(slip.0, "+WPI".into()).await;
            sent.map_err(|error| BusError::unavailable("say that a frame is worked on", error))
        }
        .boxed()
    }

    fn clock_ahead_us(&self) -> i64 {
        self.told.ahead_us.load(Ordering::Relaxed)
    }

    fn done(&self, slip: Slip) -> BoxFuture<'_, Result<(), BusError>> {
        async move {
            let sent = self.client.publish(slip.0, "+ACK".into()).await;
            sent.map_err(|error| BusError::unavailable("settle a frame", error))
        }
        .boxed()
    }

    fn backlog(&self) -> BoxFuture<'_, Result<Backlog, BusError>> {
        async move {
            let names = &self.connection.names;
            let count = async |stream: String| {
                let fault = |error: &dyn std::fmt::Display| BusError::unavailable("say how much waits", error);
                let found = self.context.get_stream(stream).await.map_err(|error| fault(&error))?;
                Ok::<_, BusError>(found.cached_info().state.messages)
            };
            Ok(Backlog { frames: count(names.command_stream()).await?, buried: count(names.dead_stream()).await? })
        }
        .boxed()
    }

    fn bury<'a>(&'a self, delivery: &'a Delivery, reason: &'a str) -> BoxFuture<'a, Result<(), BusError>> {
        async move {
            let headers = headers(&delivery.frame, delivery.reply_to.as_deref(), self.clock_ahead_us());
            self.put_aside(headers, delivery.frame.bytes.clone(), reason, delivery.slip.clone()).await
        }
        .boxed()
    }
}
