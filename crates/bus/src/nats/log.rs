//! The commit log on a stream. Fenced by the length of the stream, with one record on its way at a time: with more, records
//! of a writer that was replaced would be stored behind those of its successor.

use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::RawMessageErrorKind;
use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt};

use super::{ACK_WAIT, Nats};
use crate::error::BusError;
use crate::log::{Follow, Log, Published};

impl Log for Nats {
    fn last(&self) -> BoxFuture<'_, Result<u64, BusError>> {
        async {
            let info = self.events.get_info();
            let info = tokio::time::timeout(ACK_WAIT, info).await.map_err(|_| BusError::Late(ACK_WAIT))?;
            Ok(info.map_err(|error| BusError::unavailable("tell the length of its log", error))?.state.last_sequence)
        }
        .boxed()
    }

    fn publish(&self, behind: u64, record: Bytes) -> BoxFuture<'_, Published> {
        async move {
            // Never the id of the last message as well: on a replicated stream one mismatch stops the stream for good.
            let message = PublishMessage::build().payload(record).expected_last_sequence(behind);
            let sent = match self.context.send_publish(self.connection.names.events(), message).await {
                Ok(sent) => sent,
                Err(error) => {
                    tracing::debug!(%error, "publish");
                    return Published::Unknown;
                }
            };
            match sent.await {
                Ok(ack) if ack.duplicate => Published::Unknown,
                Ok(ack) => Published::At(ack.sequence),
                Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => Published::Refused,
                Err(error) => {
                    tracing::debug!(%error, "publish");
                    Published::Unknown
                }
            }
        }
        .boxed()
    }

    fn read(&self, place: u64) -> BoxFuture<'_, Result<Option<Bytes>, BusError>> {
        async move {
            // Asked of the leader: a copy that may lag would say "nothing there" of what is there.
            let asked = self.events.get_raw_message(place);
            match tokio::time::timeout(ACK_WAIT, asked).await {
                Err(_) => Err(BusError::Late(ACK_WAIT)),
                Ok(Ok(message)) => Ok(Some(message.payload)),
                Ok(Err(error)) if error.kind() == RawMessageErrorKind::NoMessageFound => Ok(None),
                Ok(Err(error)) => Err(BusError::unavailable("read its log", error)),
            }
        }
        .boxed()
    }

    fn follow(&self, from: u64) -> BoxFuture<'_, Result<Follow, BusError>> {
        super::follow::follow(self.events.clone(), from).boxed()
    }

    fn recorded(&self, _place: u64) {}
}
