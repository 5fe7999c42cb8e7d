//! The events that touched some accounts, found by the history and not by reading the log from its beginning.

use books::{AccountKey, AccountNo, Day, Event, Seq};

use crate::history::HistoryError;
use crate::view::View;

/// Events between two wanted ones that are read along: a step through the log costs less than a new beginning.
const GAP_MAX: u64 = 256;

/// The events that changed accounts of a kind with an effect between two days, in order, each once.
pub(crate) fn changing(
    view: &dyn View,
    is_meant: impl Fn(&AccountKey) -> bool,
    first: Day,
    last: Day,
) -> Result<Vec<Seq>, HistoryError> {
    let head = view.books().head();
    let mut wanted = Vec::new();
    for (number, account) in (0u32..).zip(view.books().accounts()) {
        if is_meant(&account.key) {
            let changes = view.changes(AccountNo(number), head)?;
            wanted.extend(changes.into_iter().filter(|(_, day)| (first..=last).contains(day)).map(|(seq, _)| seq));
        }
    }
    wanted.sort_unstable();
    wanted.dedup();
    Ok(wanted)
}

/// Calls `each` with the events of a list, which is in order.
pub(crate) fn events_at(view: &dyn View, wanted: &[Seq], each: &mut dyn FnMut(Seq, Event)) -> Result<(), HistoryError> {
    let mut left = wanted;
    while let Some(first) = left.first() {
        let before = left.len();
        view.events(*first, &mut |seq, event| {
            if left.first() == Some(&seq) {
                left = &left[1..];
                each(seq, event);
            }
            left.first().is_some_and(|next| next.0 - seq.0 <= GAP_MAX)
        })?;
        assert!(left.len() < before, "the history names events of the log");
    }
    Ok(())
}
