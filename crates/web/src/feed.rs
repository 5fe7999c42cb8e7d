//! Events in parts: what is long is read a few hundred events at a time, so that the ledger is never held up.

use std::sync::Arc;

use answers::{Problem, Sight, View, Viewer, in_parts};
use axum::body::{Body, Bytes};
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use books::{Event, Seq};
use futures_util::Stream;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use wire::view::EventView;

use crate::doors::Doors;
use crate::live::{Live, Seen, asked_aside};

/// Events that are read in one go.
const EVENTS_AT_ONCE: u64 = 512;
/// Parts on their way to a reader that is slow.
const PARTS_MAX: usize = 4;

/// A body that is written by a thread of its own as fast as its reader takes it.
pub(crate) fn body(
    live: Arc<dyn Live>,
    write: impl FnOnce(Arc<dyn Live>, &mut dyn FnMut(Vec<u8>) -> bool) -> Result<(), Problem> + Send + 'static,
) -> Body {
    let (sender, receiver) = mpsc::channel::<Result<Bytes, std::io::Error>>(PARTS_MAX);
    tokio::task::spawn_blocking(move || {
        let written = write(live, &mut |part| sender.blocking_send(Ok(part.into())).is_ok());
        if let Err(error) = written {
            // The body ends without its end: whoever reads it knows that it is not whole.
            let _ = sender.blocking_send(Err(std::io::Error::other(error)));
        }
    });
    Body::from_stream(ReceiverStream::new(receiver))
}

/// Events as they are recorded, as Server-Sent Events: `id` is the event's number.
pub(crate) fn sse(doors: &Arc<Doors>, live: Arc<dyn Live>, viewer: Viewer, from: u64) -> Response {
    let (sender, receiver) = mpsc::channel(64);
    tokio::spawn(follow(live, viewer, from, doors.stop.clone(), sender));
    let events: ReceiverStream<Result<sse::Event, std::convert::Infallible>> = ReceiverStream::new(receiver);
    let events: Box<dyn Stream<Item = _> + Send + Unpin> = Box::new(events);
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}

type Sent = mpsc::Sender<Result<sse::Event, std::convert::Infallible>>;

async fn follow(
    live: Arc<dyn Live>,
    viewer: Viewer,
    from: u64,
    mut stop: tokio::sync::watch::Receiver<bool>,
    sender: Sent,
) {
    let mut position = live.position();
    let mut next = from.max(1);
    loop {
        let known = *position.borrow_and_update();
        while next <= known {
            let end = known.min(next + EVENTS_AT_ONCE - 1);
            let first = next;
            let part = asked_aside(Arc::clone(&live), viewer.clone(), move |live| seen(live, first, end)).await;
            let part = match part {
                Ok(part) => part,
                Err(error) => {
                    tracing::error!(error = shell::chain(&error), "a stream of events ended");
                    return;
                }
            };
            let told = part.last().map_or(0, |event| event.seq);
            for event in part {
                let data = serde_json::to_string(&event).unwrap_or_default();
                let event = sse::Event::default().id(event.seq.to_string()).event("event").data(data);
                if sender.send(Ok(event)).await.is_err() {
                    return;
                }
            }
            // Whoever sees little learns all the same how far it has come, and need not start again from there.
            if told < end {
                let event = sse::Event::default().id(end.to_string()).event("position").data(end.to_string());
                if sender.send(Ok(event)).await.is_err() {
                    return;
                }
            }
            next = end + 1;
        }
        tokio::select! {
            changed = position.changed() => if changed.is_err() { return },
            stopped = stop.wait_for(|stop| *stop) => { drop(stopped); return },
            () = sender.closed() => return,
        }
    }
}

fn seen(live: Seen<'_>, first: u64, end: u64) -> Result<Vec<EventView>, Problem> {
    let mut found = Vec::new();
    let each = |view: &dyn View, seq, event: &Event| {
        found.extend(Sight::of(view).show(seq, event));
        true
    };
    in_parts(&live, (Seq(first), Seq(end)), None, each, || true)?;
    Ok(found)
}
