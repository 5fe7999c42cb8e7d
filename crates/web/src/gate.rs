//! How much is answered at once: in all, of each asker, and each kind of asking apart. Whoever finds no place waits its turn,
//! as long as it said that it would wait; then it is told to come back.
//!
//! Every door that reads the log for a caller takes a place here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use answers::{Budget, Viewer};
use axum::http::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use crate::trouble::Trouble;
use crate::why::Why;

/// Askings of one kind and asker that wait for a place; more are turned away at once.
const WAITING_MAX: usize = 64;

/// Places of questions that the books answer: there are few threads to answer them, and each is short.
const LOOKS: Places = Places { at_once: 32, of_asker: 8 };

/// Parts of exports and streams of events that are read at once. The others wait, and hold no thread meanwhile.
const PARTS_AT_ONCE: usize = 8;

/// What a place is for. Each kind has places of its own: whoever exports keeps nobody from asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A question that reads the log.
    Question,
    /// A question that the books answer: it does not wait behind those that read the log.
    Look,
    /// The whole history: its place is held until its reader has it.
    Export,
    /// Events as they are recorded: its place is held as long as somebody listens.
    Events,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Question | Self::Look => "question",
            Self::Export => "export",
            Self::Events => "events",
        }
    }
}

/// The places of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// In all.
    pub at_once: usize,
    /// Of one asker.
    pub of_asker: usize,
}

/// See the module.
#[derive(Clone)]
pub struct Gate {
    questions: Arc<Room>,
    looks: Arc<Room>,
    exports: Arc<Room>,
    events: Arc<Room>,
    parts: Arc<Semaphore>,
    /// What one question may take.
    pub budget: Budget,
}

/// Where one kind has its places.
struct Room {
    kind: Kind,
    places: Arc<Semaphore>,
    of_asker: usize,
    askers: Mutex<HashMap<String, Asker>>,
}

/// The places of one asker, and how many of its askings are here.
struct Asker {
    places: Arc<Semaphore>,
    here: usize,
}

/// A place, until it is dropped.
pub(crate) struct Place {
    room: Arc<Room>,
    parts: Arc<Semaphore>,
    name: String,
    held: Option<(OwnedSemaphorePermit, OwnedSemaphorePermit)>,
}

impl Gate {
    /// So many questions, exports and streams of events at once, and so much for a question.
    #[must_use]
    pub fn new(questions: Places, exports: Places, events: Places, budget: Budget) -> Self {
        Self {
            questions: Room::new(Kind::Question, questions),
            looks: Room::new(Kind::Look, LOOKS),
            exports: Room::new(Kind::Export, exports),
            events: Room::new(Kind::Events, events),
            parts: Arc::new(Semaphore::new(PARTS_AT_ONCE)),
            budget,
        }
    }

    /// Waits for a place.
    ///
    /// # Errors
    /// `too_many_questions` where there is none in time.
    pub(crate) async fn enter(&self, kind: Kind, viewer: &Viewer, patience: Duration) -> Result<Place, Trouble> {
        let until = Instant::now() + patience;
        let room = match kind {
            Kind::Question => &self.questions,
            Kind::Look => &self.looks,
            Kind::Export => &self.exports,
            Kind::Events => &self.events,
        };
        let (name, own) = room.begin(viewer)?;
        let mut place = Place { room: Arc::clone(room), parts: Arc::clone(&self.parts), name, held: None };
        let held = timeout_at(until, async {
            // Its own first: an asker with a thousand questions takes no place from anybody else while they wait.
            let own = own.acquire_owned().await.ok()?;
            Some((own, Arc::clone(&room.places).acquire_owned().await.ok()?))
        });
        match held.await {
            Ok(Some(held)) => place.held = Some(held),
            Ok(None) | Err(_) => {
                return Err(too_many(Why::NoneInTime { kind: kind.word() }));
            }
        }
        metrics::gauge!("granary_places_taken", "kind" => kind.word()).increment(1.0);
        Ok(place)
    }
}

impl Default for Gate {
    fn default() -> Self {
        let places = |at_once, of_asker| Places { at_once, of_asker };
        Self::new(places(8, 4), places(16, 4), places(256, 32), Budget::DEFAULT)
    }
}

impl Room {
    fn new(kind: Kind, Places { at_once, of_asker }: Places) -> Arc<Self> {
        Arc::new(Self { kind, places: Arc::new(Semaphore::new(at_once)), of_asker, askers: Mutex::default() })
    }

    fn begin(&self, viewer: &Viewer) -> Result<(String, Arc<Semaphore>), Trouble> {
        let name = match viewer {
            Viewer::Operator => String::new(),
            Viewer::Party(code) => code.clone(),
        };
        let mut askers = self.askers.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Asker { places: Arc::new(Semaphore::new(self.of_asker)), here: 0 };
        let asker = askers.entry(name.clone()).or_insert_with(new);
        if asker.here >= self.of_asker + WAITING_MAX {
            return Err(too_many(Why::TooManyWait { kind: self.kind.word() }));
        }
        asker.here += 1;
        Ok((name, Arc::clone(&asker.places)))
    }
}

impl Place {
    /// Waits until a part may be read: what is long takes its turn with everything else that is.
    pub(crate) async fn turn(&self) -> OwnedSemaphorePermit {
        Arc::clone(&self.parts).acquire_owned().await.expect("nobody closes it")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.held.take().is_some() {
            metrics::gauge!("granary_places_taken", "kind" => self.room.kind.word()).decrement(1.0);
        }
        let mut askers = self.room.askers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(asker) = askers.get_mut(&self.name) {
            asker.here -= 1;
            if asker.here == 0 {
                askers.remove(&self.name);
            }
        }
    }
}

fn too_many(why: Why) -> Trouble {
    Trouble::later(StatusCode::TOO_MANY_REQUESTS, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(20);

    fn gate(at_once: usize, of_asker: usize) -> Gate {
        let places = Places { at_once, of_asker };
        Gate::new(places, places, places, Budget::DEFAULT)
    }

    fn party(code: &str) -> Viewer {
        Viewer::Party(code.into())
    }

    #[tokio::test]
    async fn an_asker_has_its_places_and_leaves_the_others_theirs() {
        let gate = gate(3, 2);
        let enter = async |code| gate.enter(Kind::Question, &party(code), SOON).await;
        let first = enter("A").await.expect("a place");
        let _second = enter("A").await.expect("a second place");
        let refused = enter("A").await.err().expect("A has two places");
        assert_eq!((refused.problem.code.as_str(), refused.retry_after), ("too_many_questions", Some(1)));
        let _third = enter("B").await.expect("B has places of its own");
        assert!(enter("C").await.is_err(), "three questions are three in all");
        drop(first);
        let _again = enter("A").await.expect("a place that was left is free");
    }

    #[tokio::test]
    async fn each_kind_has_places_of_its_own() {
        let gate = gate(1, 1);
        let mut held = Vec::new();
        let _look = gate.enter(Kind::Look, &party("A"), Duration::ZERO).await.expect("a look waits for nobody");
        for kind in [Kind::Question, Kind::Export, Kind::Events] {
            held.push(gate.enter(kind, &party("A"), Duration::ZERO).await.expect("the first of its kind"));
            assert!(gate.enter(kind, &party("A"), Duration::ZERO).await.is_err(), "{kind:?}");
        }
    }

    #[tokio::test]
    async fn whoever_waits_gets_the_place_that_comes_free() {
        let gate = gate(1, 1);
        let first = gate.enter(Kind::Question, &Viewer::Operator, SOON).await.expect("a place");
        let waiting = tokio::spawn({
            let gate = gate.clone();
            async move { gate.enter(Kind::Question, &Viewer::Operator, Duration::from_secs(20)).await.is_ok() }
        });
        tokio::task::yield_now().await;
        drop(first);
        assert!(waiting.await.expect("it does not panic"));
        assert!(gate.questions.askers.lock().expect("nobody panicked").is_empty(), "nobody is kept for ever");
    }
}
