//! What an organisation discloses, and what others disclosed to it: documents on streams of an account of their own.
//! Nothing of the ledger can be reached from there; what goes there is decided by whoever holds its key.

use async_nats::jetstream;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{Config, DiscardPolicy, RawMessageErrorKind, StorageType};
use bytes::Bytes;

use super::{ConnectError, Connection, enter};
use crate::error::BusError;
use crate::names::Names;

/// A document on a stream of disclosures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosed {
    /// Its place.
    pub place: u64,
    /// Who disclosed it.
    pub org: String,
    /// About which ledger.
    pub ledger: String,
    /// To whom alone; all members where absent.
    pub member: Option<String>,
    /// What it is.
    pub document: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// See the module.
pub struct Sharing {
    context: jetstream::Context,
    connection: Connection,
}

impl Sharing {
    /// Connects as whoever may disclose.
    ///
    /// # Errors
    /// When no server answers, or it is not fit.
    pub async fn connect(connection: Connection) -> Result<Self, ConnectError> {
        let (_, context) = enter(&connection).await?;
        Ok(Self { context, connection })
    }

    /// Puts a document where others can get it: to all, or to one member of a reserve. The same document again changes
    /// nothing within two minutes. Gives its place.
    ///
    /// # Errors
    /// When the stream is not there and may not be made, or the server does not take it.
    pub async fn disclose(
        &self,
        document: &str,
        member: Option<&str>,
        id: &str,
        bytes: Bytes,
    ) -> Result<u64, BusError> {
        let names = &self.connection.names;
        let fault = |error: &dyn std::fmt::Display| BusError::unavailable("take a document", error);
        if self.connection.makes_streams {
            let config = Config {
                name: names.disclosures(),
                subjects: vec![format!("shr.{}.>", names.org)],
                storage: StorageType::File,
                num_replicas: self.connection.replicas,
                discard: DiscardPolicy::New,
                deny_delete: true,
                deny_purge: true,
                ..Config::default()
            };
            self.context.get_or_create_stream(config).await.map_err(|error| fault(&error))?;
        }
        let subject = names.disclosure(member, document);
        let message = PublishMessage::build().payload(bytes).message_id(format!("{subject} {id}"));
        let sent = self.context.send_publish(subject, message).await.map_err(|error| fault(&error))?;
        Ok(sent.await.map_err(|error| fault(&error))?.sequence)
    }

    /// Calls `each` with every document of a stream from a place on, until it says no.
    ///
    /// # Errors
    /// When the stream is not there or cannot be read.
    pub async fn disclosed<E>(
        &self,
        stream: &str,
        from: u64,
        mut each: impl FnMut(Disclosed) -> Result<bool, E>,
    ) -> Result<Result<(), E>, BusError> {
        let fault = |error: &dyn std::fmt::Display| BusError::unavailable("read what was disclosed", error);
        let found = self.context.get_stream(stream).await.map_err(|error| fault(&error))?;
        let state = &found.cached_info().state;
        for place in from.max(state.first_sequence).max(1)..=state.last_sequence {
            let message = match found.get_raw_message(place).await {
                Ok(message) => message,
                Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => continue,
                Err(error) => return Err(fault(&error)),
            };
            let Some((org, ledger, member, document)) = Names::of_disclosure(message.subject.as_str()) else {
                tracing::warn!(place, subject = ?message.subject.as_str(), "a document under no name of ours is left out");
                continue;
            };
            match each(Disclosed { place, org, ledger, member, document, bytes: message.payload }) {
                Ok(true) => {}
                Ok(false) => return Ok(Ok(())),
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Ok(()))
    }
}
