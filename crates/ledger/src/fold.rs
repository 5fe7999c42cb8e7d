//! Entries of the log in order, decoded as far as is needed and ahead of whoever folds them.

use books::{Claim, Day, Entry, Event, Seq};
use store::ReadLog;
use wire::event::Postings;

use crate::opened::LedgerError;

/// Blocks that are decoded ahead.
const BLOCKS_AHEAD: usize = 4;

/// An entry, decoded as far as is needed.
pub(crate) struct Decoded {
    pub(crate) index: u64,
    what: What,
}

#[expect(
    clippy::large_enum_variant,
    reason = "nearly all are events, and a box for each would cost more than it saves"
)]
enum What {
    /// All of it, for the books.
    Event(Event),
    /// What a history and ids need.
    Postings(Postings),
}

/// What an entry posts.
pub(crate) struct Posted<'d> {
    pub(crate) day: Day,
    pub(crate) entries: &'d [Entry],
    pub(crate) claims: &'d [Claim],
}

impl Decoded {
    fn decode(index: u64, entry: &[u8], is_for_books: bool) -> Result<Self, LedgerError> {
        let what = if is_for_books {
            wire::event::decode(entry).map(What::Event)
        } else {
            let mut postings = Postings::default();
            postings.read(entry).map(|()| What::Postings(postings))
        };
        let seq = Seq::from_leaf(index);
        what.map(|what| Self { index, what }).map_err(|error| LedgerError::Event { seq, problem: error.to_string() })
    }

    /// The id of its command.
    pub(crate) fn id(&self) -> [u8; 16] {
        match &self.what {
            What::Event(event) => event.id.0,
            What::Postings(postings) => postings.id,
        }
    }

    pub(crate) fn posted(&self) -> Posted<'_> {
        match &self.what {
            What::Event(event) => Posted { day: event.effective, entries: &event.entries, claims: &event.claims },
            What::Postings(read) => Posted { day: read.effective, entries: &read.entries, claims: &read.claims },
        }
    }

    /// All of it, where all of it was asked for.
    pub(crate) fn event(&self) -> Option<&Event> {
        match &self.what {
            What::Event(event) => Some(event),
            What::Postings(_) => None,
        }
    }
}

/// Calls `each` with every entry from one on; from `whole_from` on, all of an event is decoded. A thread reads and decodes
/// ahead, so that a fold of the whole log takes as long as the longer half.
pub(crate) fn fold(
    log: &dyn ReadLog,
    from: u64,
    whole_from: u64,
    mut each: impl FnMut(&Decoded),
) -> Result<(), LedgerError> {
    std::thread::scope(|scope| {
        let (ahead, coming) = std::sync::mpsc::sync_channel(BLOCKS_AHEAD);
        scope.spawn(move || {
            let scanned = log.scan(from, &mut |block| {
                let entries = (block.first..).zip(block.entries());
                let decoded: Result<Vec<Decoded>, LedgerError> =
                    entries.map(|(index, entry)| Decoded::decode(index, entry, index >= whole_from)).collect();
                // Whoever folds may have given up.
                decoded.is_ok() & ahead.send(decoded).is_ok()
            });
            if let Err(error) = scanned {
                let _ = ahead.send(Err(error.into()));
            }
        });
        for block in coming {
            block?.iter().for_each(&mut each);
        }
        Ok(())
    })
}
