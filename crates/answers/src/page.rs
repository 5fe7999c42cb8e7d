//! Pages: where a part of an answer ended, and what of it is made already.

use std::sync::{Mutex, PoisonError};

use books::Moment;
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use crate::problem::Problem;
use crate::view::View;
use crate::why::Why;

/// Most lines in one answer: about 30 MB of memory while it is made.
pub(crate) const LINE_COUNT_MAX: u64 = 20_000;

/// Lines that one step makes.
pub(crate) const LINES_A_STEP: u64 = 500;

/// Where a part of an answer ended, as `page` and `next` have it: known after which event, since when it has been the day that
/// it was where its first part was asked for, of which question it is, and what the last line was told apart by. So all parts
/// are of one state, and the same question about the same state has the same parts. Its text can stand in an address and in a
/// line of a shell.
#[derive(Serialize, Deserialize)]
pub(crate) struct Behind(pub(crate) u64, pub(crate) u64, pub(crate) String, pub(crate) Vec<String>);

impl Behind {
    /// Reads the `page` of a question, by the [`digest`] of all else that it says.
    pub(crate) fn read(text: &str, digest: &str, view: &dyn View) -> Result<Self, Problem> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| no_page())?;
        let behind: Self = serde_json::from_slice(&bytes).map_err(|_| no_page())?;
        let is_of_it = behind.2 == digest && behind.0 <= view.books().head().0;
        if is_of_it { Ok(behind) } else { Err(no_page()) }
    }

    pub(crate) fn text(&self) -> String {
        BASE64URL_NOPAD.encode(serde_json::json!(self).to_string().as_bytes())
    }

    /// The moment of the first part.
    pub(crate) fn moment(&self) -> Moment {
        Moment(self.1)
    }

    /// The number behind which it goes on.
    pub(crate) fn row(&self) -> Result<u64, Problem> {
        self.3.first().and_then(|row| row.parse().ok()).ok_or_else(no_page)
    }
}

fn no_page() -> Problem {
    Problem::bad_field("page", Why::NoPage)
}

/// Tells a question from every other, whichever part of its answer is asked for: it is given without `page` and `limit`.
pub(crate) fn digest(asked: &impl Serialize) -> String {
    let digest = chain::sha256(serde_json::json!(asked).to_string().as_bytes());
    digest[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An answer that is made in steps, as far as it is made.
pub(crate) struct Ready<A>(Mutex<Option<A>>);

impl<A> Default for Ready<A> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<A> Ready<A> {
    /// Adds the next part to those before it.
    pub(crate) fn add(&mut self, next: A, join: impl FnOnce(&mut A, A)) {
        match self.0.get_mut().unwrap_or_else(PoisonError::into_inner) {
            Some(ready) => join(ready, next),
            ready @ None => *ready = Some(next),
        }
    }

    /// All of it.
    pub(crate) fn take(&self) -> Option<A> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
