//! The events that touched some accounts, found by the history and not by reading the log from its beginning.

use books::{AccountKey, AccountNo, Day, Event, Seq};

use crate::history::HistoryError;
use crate::view::View;

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

/// Calls `each` with the events of a list, which were gathered.
pub(crate) fn events_at(
    view: &dyn View,
    wanted: &[Seq],
    each: &mut dyn FnMut(Seq, &Event),
) -> Result<(), HistoryError> {
    for seq in wanted {
        each(*seq, view.event(*seq)?.expect("the history names events of the log"));
    }
    Ok(())
}
