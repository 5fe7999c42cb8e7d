//! Records of a stream as they come.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::stream::Stream;
use futures_util::StreamExt;

use crate::error::BusError;
use crate::log::{Committed, Follow};

/// Records that may wait for whoever follows: of up to a megabyte each.
const AHEAD: usize = 16;

pub(super) async fn follow(stream: Stream, from: u64) -> Result<Follow, BusError> {
    let policy = match from {
        0 | 1 => DeliverPolicy::All,
        start_sequence => DeliverPolicy::ByStartSequence { start_sequence },
    };
    // Of our own making, not the library's ordered consumer: that one fetches without bound, and starts anew by itself.
    let config = pull::Config {
        deliver_policy: policy,
        ack_policy: AckPolicy::None,
        inactive_threshold: Duration::from_secs(30),
        memory_storage: true,
        num_replicas: 1,
        ..pull::Config::default()
    };
    let fault = |error: &dyn std::fmt::Display| BusError::unavailable("follow its log", error);
    let consumer = stream.create_consumer(config).await.map_err(|error| fault(&error))?;
    let mut messages = consumer
        .stream()
        .max_messages_per_batch(AHEAD)
        .heartbeat(Duration::from_secs(2))
        .expires(Duration::from_secs(10))
        .messages()
        .await
        .map_err(|error| fault(&error))?;
    let (sender, follow) = Follow::channel(AHEAD);
    tokio::spawn(async move {
        let mut wanted = from.max(1);
        loop {
            let next = tokio::select! {
                () = sender.closed() => return,
                next = messages.next() => next,
            };
            let result = match next {
                None => Err(BusError::Closed),
                Some(Err(error)) => Err(BusError::unavailable("follow its log", error)),
                Some(Ok(message)) => match message.info().map(|info| info.stream_sequence) {
                    Err(error) => Err(BusError::unavailable("follow its log", error)),
                    Ok(place) if place != wanted => {
                        Err(BusError::unavailable("follow its log", format!("record {place} came instead of {wanted}")))
                    }
                    Ok(place) => Ok(Committed { place, record: message.payload.clone() }),
                },
            };
            wanted += 1;
            let is_end = result.is_err();
            if sender.send(result).await.is_err() || is_end {
                return;
            }
        }
    });
    Ok(follow)
}
