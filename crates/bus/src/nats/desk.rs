//! The operator's desk: what waits in the queue, what was put aside, and what becomes of that. As the user `admin`: no service may
//! take anything away.

use async_nats::HeaderMap;
use async_nats::jetstream;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{RawMessageErrorKind, Stream};
use bytes::Bytes;

use super::{ConnectError, Connection, enter};
use crate::error::BusError;

/// Why a frame was put aside.
const REASON: &str = "Granary-Reason";
/// Meant for the first time it was sent, and for nobody who still waits.
const NOT_AGAIN: [&str; 3] = [REASON, "Granary-Reply", "Granary-Deadline"];

/// A frame that was put aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its place in the stream of dead letters.
    pub place: u64,
    /// When it was put aside, in microseconds since 1970.
    pub at_us: u64,
    /// Why.
    pub reason: String,
    /// Who sent it, where it says so: `operator`, `party CODE`, `key KEY`.
    pub sender: String,
    /// What it says.
    pub bytes: Bytes,
}

/// A stream of the ledger, as the servers tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamState {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub about: &'static str,
    /// Messages in it.
    pub messages: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Bytes that it takes at most; none where it has no limit of its own.
    pub bytes_max: Option<u64>,
    /// Copies that are whole.
    pub copies: usize,
    /// Copies that there should be.
    pub copies_wanted: usize,
}

/// See the module.
pub struct Desk {
    context: jetstream::Context,
    connection: Connection,
}

fn fault(doing: &'static str) -> impl Fn(&dyn std::fmt::Display) -> BusError {
    move |error| BusError::unavailable(doing, error)
}

impl Desk {
    /// Connects as whoever looks after the streams.
    ///
    /// # Errors
    /// When no server answers, or it is not fit.
    pub async fn connect(connection: Connection) -> Result<Self, ConnectError> {
        let (_, context) = enter(&connection).await?;
        Ok(Self { context, connection })
    }

    /// The ledger's streams.
    ///
    /// # Errors
    /// When one is not there, or may not be looked at.
    pub async fn streams(&self) -> Result<Vec<StreamState>, BusError> {
        let names = &self.connection.names;
        let mut states = Vec::new();
        for (name, about) in [
            (names.command_stream(), "commands that wait for the ledger"),
            (names.event_stream(), "the commit log"),
            (names.dead_stream(), "frames that were put aside"),
        ] {
            let found = self.context.get_stream(&name).await.map_err(|error| fault("tell of a stream")(&error))?;
            let info = found.cached_info();
            let whole = info
                .cluster
                .as_ref()
                .map_or(0, |cluster| cluster.replicas.iter().filter(|other| other.current && !other.offline).count());
            states.push(StreamState {
                name,
                about,
                messages: info.state.messages,
                bytes: info.state.bytes,
                bytes_max: u64::try_from(info.config.max_bytes).ok().filter(|bytes| *bytes > 0),
                copies: 1 + whole,
                copies_wanted: info.config.num_replicas,
            });
        }
        Ok(states)
    }

    async fn dead(&self) -> Result<Stream, BusError> {
        let name = self.connection.names.dead_stream();
        self.context.get_stream(name).await.map_err(|error| fault("show what was put aside")(&error))
    }

    /// What was put aside, oldest first.
    ///
    /// # Errors
    /// When the stream is not there or cannot be read.
    pub async fn dead_letters(&self) -> Result<Vec<DeadLetter>, BusError> {
        let stream = self.dead().await?;
        let state = &stream.cached_info().state;
        let mut letters = Vec::new();
        for place in state.first_sequence.max(1)..=state.last_sequence {
            letters.extend(read(&stream, place).await?.map(|(letter, _)| letter));
        }
        Ok(letters)
    }

    /// One of them; none where nothing lies there.
    ///
    /// # Errors
    /// When the stream is not there or cannot be read.
    pub async fn dead_letter(&self, place: u64) -> Result<Option<DeadLetter>, BusError> {
        Ok(read(&self.dead().await?, place).await?.map(|(letter, _)| letter))
    }

    /// Puts one into the queue again, as it came, and takes it from among those put aside. Ids keep what was recorded of it from
    /// being recorded twice. False where nothing lies there.
    ///
    /// # Errors
    /// When the queue does not take it; then it stays.
    pub async fn post_again(&self, place: u64) -> Result<bool, BusError> {
        let stream = self.dead().await?;
        let Some((letter, came)) = read(&stream, place).await? else { return Ok(false) };
        let mut headers = HeaderMap::new();
        for (name, values) in came.iter().filter(|(name, _)| !NOT_AGAIN.contains(&name.to_string().as_str())) {
            values.iter().for_each(|value| headers.append(name.clone(), value.clone()));
        }
        let message = PublishMessage::build().payload(letter.bytes).headers(headers);
        let taken = self.context.send_publish(self.connection.names.commands(), message).await;
        let refused = fault("take a frame again");
        taken.map_err(|error| refused(&error))?.await.map_err(|error| refused(&error))?;
        take_away(&stream, place).await
    }

    /// Takes one away for good. False where nothing lies there.
    ///
    /// # Errors
    /// When the server does not.
    pub async fn drop(&self, place: u64) -> Result<bool, BusError> {
        let stream = self.dead().await?;
        if read(&stream, place).await?.is_none() {
            return Ok(false);
        }
        take_away(&stream, place).await
    }
}

async fn take_away(stream: &Stream, place: u64) -> Result<bool, BusError> {
    stream.delete_message(place).await.map_err(|error| fault("take a dead letter away")(&error))
}

async fn read(stream: &Stream, place: u64) -> Result<Option<(DeadLetter, HeaderMap)>, BusError> {
    let message = match stream.get_raw_message(place).await {
        Ok(message) => message,
        Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => return Ok(None),
        Err(error) => return Err(fault("show what was put aside")(&error)),
    };
    let get = |name: &str| message.headers.get(name).map(|value| value.as_str().to_owned()).unwrap_or_default();
    let sender = match (get("Granary-Sender"), get("Granary-Key")) {
        (sender, key) if sender == "key" => format!("key {key}"),
        (sender, _) => sender,
    };
    let at_us = u64::try_from(message.time.unix_timestamp_nanos() / 1_000).unwrap_or(0);
    let letter = DeadLetter { place, at_us, reason: get(REASON), sender, bytes: message.payload };
    Ok(Some((letter, message.headers)))
}
