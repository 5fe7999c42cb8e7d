//! How many questions are answered at once: in all, and of each asker. Whoever finds no place waits its turn, as long as it
//! said that it would wait; then it is told to come back.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use answers::{Budget, ProblemKind, Viewer};
use axum::http::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use crate::trouble::Trouble;

/// Questions of one asker that wait for a place; more are turned away at once.
const WAITING_MAX: usize = 64;

/// See the module.
#[derive(Clone)]
pub struct Gate {
    places: Arc<Semaphore>,
    of_asker: usize,
    askers: Arc<Mutex<HashMap<String, Asker>>>,
    /// What one question may take.
    pub budget: Budget,
}

/// The places of one asker, and how many of its questions are here.
struct Asker {
    places: Arc<Semaphore>,
    here: usize,
}

/// A place, until it is dropped.
pub(crate) struct Place {
    gate: Gate,
    name: String,
    held: Option<(OwnedSemaphorePermit, OwnedSemaphorePermit)>,
}

impl Gate {
    /// So many questions at once in all, and of each asker.
    #[must_use]
    pub fn new(at_once: usize, of_asker: usize, budget: Budget) -> Self {
        let places = Arc::new(Semaphore::new(at_once));
        Self { places, of_asker, askers: Arc::default(), budget }
    }

    /// Waits for a place.
    ///
    /// # Errors
    /// `too_many_questions` where there is none in time.
    pub(crate) async fn enter(&self, viewer: &Viewer, patience: Duration) -> Result<Place, Trouble> {
        let until = Instant::now() + patience;
        let (mut place, own) = self.begin(viewer)?;
        let held = timeout_at(until, async {
            // Its own first: an asker with a thousand questions takes no place from anybody else while they wait.
            let own = own.acquire_owned().await.ok()?;
            Some((own, Arc::clone(&self.places).acquire_owned().await.ok()?))
        });
        match held.await {
            Ok(Some(held)) => place.held = Some(held),
            Ok(None) | Err(_) => return Err(too_many("no question of yours could be begun in time")),
        }
        Ok(place)
    }

    fn begin(&self, viewer: &Viewer) -> Result<(Place, Arc<Semaphore>), Trouble> {
        let name = match viewer {
            Viewer::Operator => String::new(),
            Viewer::Party(code) => code.clone(),
        };
        let mut askers = self.askers.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Asker { places: Arc::new(Semaphore::new(self.of_asker)), here: 0 };
        let asker = askers.entry(name.clone()).or_insert_with(new);
        if asker.here >= self.of_asker + WAITING_MAX {
            return Err(too_many("too many of your questions wait already"));
        }
        asker.here += 1;
        Ok((Place { gate: self.clone(), name, held: None }, Arc::clone(&asker.places)))
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::new(8, 4, Budget::DEFAULT)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.held = None;
        let mut askers = self.gate.askers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(asker) = askers.get_mut(&self.name) {
            asker.here -= 1;
            if asker.here == 0 {
                askers.remove(&self.name);
            }
        }
    }
}

fn too_many(message: &str) -> Trouble {
    let status = StatusCode::TOO_MANY_REQUESTS;
    let trouble = Trouble::new(status, ProblemKind::CannotAnswer, "too_many_questions", message);
    Trouble { retry_after: Some(1), ..trouble }.hint("ask again after the time in Retry-After, fewer at once")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(20);

    fn party(code: &str) -> Viewer {
        Viewer::Party(code.into())
    }

    #[tokio::test]
    async fn an_asker_has_its_places_and_leaves_the_others_theirs() {
        let gate = Gate::new(3, 2, Budget::DEFAULT);
        let first = gate.enter(&party("A"), SOON).await.expect("a place");
        let _second = gate.enter(&party("A"), SOON).await.expect("a second place");
        let refused = gate.enter(&party("A"), SOON).await.err().expect("A has two places");
        assert_eq!((refused.problem.code.as_str(), refused.retry_after), ("too_many_questions", Some(1)));
        let _third = gate.enter(&party("B"), SOON).await.expect("B has places of its own");
        assert!(gate.enter(&party("C"), SOON).await.is_err(), "three questions are three in all");
        drop(first);
        let _again = gate.enter(&party("A"), SOON).await.expect("a place that was left is free");
    }

    #[tokio::test]
    async fn whoever_waits_gets_the_place_that_comes_free() {
        let gate = Gate::new(1, 1, Budget::DEFAULT);
        let first = gate.enter(&Viewer::Operator, SOON).await.expect("a place");
        let waiting = tokio::spawn({
            let gate = gate.clone();
            async move { gate.enter(&Viewer::Operator, Duration::from_secs(20)).await.is_ok() }
        });
        tokio::task::yield_now().await;
        drop(first);
        assert!(waiting.await.expect("it does not panic"));
        assert!(gate.askers.lock().expect("nobody panicked").is_empty(), "nobody is kept for ever");
    }
}
