//! Events in parts: what is long is read a few hundred events at a time, so that the ledger is never held up. A part is made
//! when its reader has taken what was made before: whoever does not read holds a place and a part, and no thread.

use std::collections::VecDeque;
use std::sync::Arc;

use answers::{Problem, Sight, View, Viewer, in_parts};
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use books::{Event, Seq};
use futures_util::{StreamExt as _, stream};
use tokio::sync::watch;
use wire::view::EventView;

use crate::gate::Place;
use crate::live::{Live, Seen, asked_aside};

/// Bytes after which a part ends: with the event that reaches them.
pub(crate) const PART_BYTES: usize = 256 << 10;
/// Events of the first part.
const EVENTS_MIN: u64 = 16;
/// Events after which a part ends, however few their bytes.
const EVENTS_MAX: u64 = 512;

/// Where in the log a reader is, and how many events its parts have: as many as fit, so that few are read twice.
pub(crate) struct Reading {
    /// The event that comes next.
    pub(crate) next: u64,
    events: u64,
}

impl Reading {
    pub(crate) fn from(next: u64) -> Self {
        Self { next: next.max(1), events: EVENTS_MIN }
    }

    /// Reads on, up to `last` at most, until `each` says that the part is full. Of `beside` see [`in_parts`].
    ///
    /// # Errors
    /// When the log cannot be read.
    pub(crate) fn part(
        &mut self,
        seen: &Seen<'_>,
        last: u64,
        beside: Option<fn(&Event) -> Option<Seq>>,
        mut each: impl FnMut(&dyn View, Seq, &Event) -> bool,
    ) -> Result<(), Problem> {
        let first = self.next;
        let end = last.min(first.saturating_add(self.events - 1));
        let mut full = None;
        let each = |view: &dyn View, seq: Seq, event: &Event| {
            let has_room = each(view, seq, event);
            full = Some(seq.0).filter(|_| !has_room);
            has_room
        };
        in_parts(seen, (Seq(first), Seq(end)), beside, each, || true)?;
        self.next = full.unwrap_or(end) + 1;
        let wanted = full.map_or(self.events * 2, |full| full - first + 1);
        self.events = wanted.clamp(EVENTS_MIN, EVENTS_MAX);
        Ok(())
    }
}

/// Events as they are recorded, as Server-Sent Events: `id` is the event's number.
pub(crate) fn sse(
    live: Arc<dyn Live>,
    viewer: Viewer,
    place: Place,
    from: u64,
    stop: watch::Receiver<bool>,
) -> Response {
    let position = live.position();
    let following =
        Following { live, viewer, place, stop, position, reading: Reading::from(from), ready: VecDeque::new() };
    let events = stream::unfold(following, Following::next).map(Ok::<_, std::convert::Infallible>);
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}

/// Somebody who listens.
struct Following {
    live: Arc<dyn Live>,
    viewer: Viewer,
    place: Place,
    stop: watch::Receiver<bool>,
    position: watch::Receiver<u64>,
    reading: Reading,
    /// Read, and not taken yet.
    ready: VecDeque<sse::Event>,
}

impl Following {
    /// The next event, as soon as there is one and it is taken.
    async fn next(mut self) -> Option<(sse::Event, Self)> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some((event, self));
            }
            let known = *self.position.borrow_and_update();
            if self.reading.next <= known {
                self = self.read(known).await?;
                continue;
            }
            tokio::select! {
                changed = self.position.changed() => changed.ok()?,
                stopped = self.stop.wait_for(|stop| *stop) => { drop(stopped); return None },
            }
        }
    }

    async fn read(self, known: u64) -> Option<Self> {
        let turn = self.place.turn().await;
        let (live, viewer) = (Arc::clone(&self.live), self.viewer.clone());
        let part = asked_aside(live, viewer, move |seen| {
            let _turn = turn;
            self.part(&seen, known)
        });
        part.await.inspect_err(|error| tracing::error!(error = shell::chain(error), "a stream of events ended")).ok()
    }

    fn part(mut self, seen: &Seen<'_>, known: u64) -> Result<Self, Problem> {
        let (mut bytes, mut told) = (0, 0);
        let ready = &mut self.ready;
        self.reading.part(seen, known, None, |view, seq, event| {
            if let Some(shown) = Sight::of(view).show(seq, event) {
                told = shown.seq;
                ready.push_back(written(&shown, &mut bytes));
            }
            bytes < PART_BYTES
        })?;
        // Whoever sees little learns all the same how far it has come, and need not start again from there.
        let end = self.reading.next - 1;
        if told < end {
            ready.push_back(sse::Event::default().id(end.to_string()).event("position").data(end.to_string()));
        }
        Ok(self)
    }
}

fn written(shown: &EventView, bytes: &mut usize) -> sse::Event {
    let data = serde_json::to_string(shown).unwrap_or_default();
    *bytes += data.len();
    sse::Event::default().id(shown.seq.to_string()).event("event").data(data)
}
