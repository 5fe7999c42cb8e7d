//! The books as they were after an event: for questions whose answer is what stands in the books, and no sum over history.
//!
//! They are folded from the log without any lock, as every reader folds it, so that nothing can have one time only.

use books::{AccountNo, Books, Day, Moment, Seq, Sums, TallyNo};

use crate::gathered::Gathered;
use crate::history::{History, HistoryError};
use crate::problem::Problem;
use crate::view::{Lack, View, Viewer};
use crate::wants::{Scan, Wants};
use crate::when::KnownAt;

/// What is folded up to the event.
#[derive(Default)]
struct Folded(Books);

/// A view that knows no more than was known after an event.
struct Then<'v> {
    view: &'v dyn View,
    books: &'v Books,
}

/// The event, where less is meant than all that is known.
fn seq(view: &dyn View, known_at: Option<&KnownAt>) -> Result<Option<Seq>, Problem> {
    Ok(KnownAt::optional(known_at, view)?.filter(|seq| *seq < view.books().head()))
}

/// What is wanted of the log to know what was known.
pub(crate) fn wants(view: &dyn View, known_at: Option<&KnownAt>) -> Result<Wants, Problem> {
    Ok(match seq(view, known_at)? {
        None | Some(Seq(0)) => Wants::nothing(),
        // A correction that replaces is one event, as it was recorded.
        Some(seq) => Scan::fold_whole(|then: &mut Folded, _, _, event| then.0.apply(event)).through(seq).into(),
    })
}

/// A scan of the log, no further than what was known.
pub(crate) fn through(view: &dyn View, known_at: Option<&KnownAt>, scan: Scan) -> Result<Scan, Problem> {
    Ok(match seq(view, known_at)? {
        None => scan,
        Some(seq) => scan.through(seq),
    })
}

/// Answers by what was known.
pub(crate) fn answer<A>(
    view: &dyn View,
    known_at: Option<&KnownAt>,
    answer: impl FnOnce(&dyn View) -> Result<A, Problem>,
) -> Result<A, Problem> {
    match seq(view, known_at)? {
        None => answer(view),
        Some(Seq(0)) => answer(&Then { view, books: &Books::new() }),
        Some(_) => answer(&Then { view, books: &view.folded::<Folded>()?.0 }),
    }
}

impl Then<'_> {
    fn known(&self, known_at: Seq) -> Seq {
        known_at.min(self.books.head())
    }
}

impl History for Then<'_> {
    fn at(&self, account: AccountNo, day: Day, known_at: Seq) -> Result<Sums, HistoryError> {
        self.view.at(account, day, self.known(known_at))
    }

    fn changes(&self, account: AccountNo, known_at: Seq) -> Result<Vec<(Seq, Day)>, HistoryError> {
        self.view.changes(account, self.known(known_at))
    }

    fn tally(&self, tally: TallyNo, day: Day, known_at: Seq) -> Result<Option<i64>, HistoryError> {
        self.view.tally(tally, day, self.known(known_at))
    }
}

impl View for Then<'_> {
    fn books(&self) -> &Books {
        self.books
    }

    fn now(&self) -> Moment {
        self.view.now()
    }

    /// Who has another role by now sees nothing of what it saw in the one before: an auditor that was, is none.
    fn viewer(&self) -> Viewer {
        let viewer = self.view.viewer();
        let role = |books: &Books, code: &str| books.party_no(code).map(|party| books.party(party).role);
        let is_same = |code: &str| role(self.books, code) == role(self.view.books(), code);
        if matches!(&viewer, Viewer::Party(code) if !is_same(code)) { Viewer::Party(String::new()) } else { viewer }
    }

    fn gathered(&self) -> &Gathered {
        self.view.gathered()
    }

    fn known_at(&self, moment: Moment) -> Option<Seq> {
        self.view.known_at(moment).map(|seq| self.known(seq))
    }

    fn lacks(&self, lack: Lack) {
        self.view.lacks(lack);
    }

    fn is_short(&self) -> bool {
        self.view.is_short()
    }
}
