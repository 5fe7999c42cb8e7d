//! What was gathered of the log for one question. It knows no log, and nothing adds to it while a question is answered.

use std::any::{Any, TypeId};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{LazyLock, Mutex, PoisonError};

use books::{Books, Event, Seq};
use wire::view::EventView;

use crate::sight::Sight;

/// See the module.
#[derive(Default)]
pub struct Gathered {
    events: BTreeMap<Seq, Event>,
    taken: BTreeSet<Seq>,
    /// Events that were taken, as the asker sees them, until the answer has them.
    shown: Mutex<HashMap<Seq, EventView>>,
    folded: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
    /// The event of the command that was looked up.
    pub(crate) found: Option<Seq>,
}

static NOTHING: LazyLock<Gathered> = LazyLock::new(Gathered::default);

impl Gathered {
    /// Of nothing.
    #[must_use]
    pub fn nothing() -> &'static Self {
        &NOTHING
    }

    /// An event, where it was gathered.
    #[must_use]
    pub fn event(&self, seq: Seq) -> Option<&Event> {
        self.events.get(&seq)
    }

    /// The events that a scan took, in the order of the log.
    pub fn taken(&self) -> impl DoubleEndedIterator<Item = (Seq, &Event)> {
        self.taken.iter().map(|seq| (*seq, &self.events[seq]))
    }

    /// The same, a correction that replaces as the two events that it is.
    pub(crate) fn taken_parts<'g>(&'g self, books: &'g Books) -> impl Iterator<Item = (Seq, Cow<'g, Event>)> {
        self.taken().flat_map(|(seq, event)| event.parts(books).into_iter().map(move |part| (seq, part)))
    }

    /// An event that was taken, as the asker sees it: as it was made ready, or else made now.
    pub(crate) fn show(&self, sight: &Sight<'_>, seq: Seq, event: &Event) -> Option<EventView> {
        let ready = self.shown.lock().unwrap_or_else(PoisonError::into_inner).remove(&seq);
        ready.or_else(|| sight.show(seq, event))
    }

    pub(crate) fn put_shown(&mut self, shown: impl IntoIterator<Item = (Seq, EventView)>) {
        self.shown.get_mut().unwrap_or_else(PoisonError::into_inner).extend(shown);
    }

    /// The event of the command that was looked up; `None` where no such command is recorded.
    #[must_use]
    pub fn found(&self) -> Option<Seq> {
        self.found
    }

    /// What a scan added up.
    pub(crate) fn folded<S: 'static>(&self) -> Option<&S> {
        self.folded.get(&TypeId::of::<S>()).and_then(|state| state.downcast_ref())
    }

    pub(crate) fn len(&self) -> usize {
        self.events.len()
    }

    pub(crate) fn keep(&mut self, seq: Seq, event: Event) {
        self.events.insert(seq, event);
    }

    pub(crate) fn take(&mut self, seq: Seq) {
        self.taken.insert(seq);
    }

    pub(crate) fn put_folded(&mut self, kind: TypeId, state: Box<dyn Any + Send + Sync>) {
        self.folded.insert(kind, state);
    }

    pub(crate) fn take_folded(&mut self, kind: TypeId) -> Option<Box<dyn Any + Send + Sync>> {
        self.folded.remove(&kind)
    }
}
