//! All rows of the accounts for which late commands come, so that the second of them costs no look into the history.
//!
//! The books keep the last rows of an account only. Whoever sends two thousand past days newest first asks for all the others
//! two thousand times: they are folded from the history once, and then kept as events come.

use std::collections::HashMap;

use books::{AccountNo, Day, Days, Event, Row, Seq, Sums};
use timeline::{Timeline, TimelineError};

use crate::state::changes;

/// Rows kept of all accounts together: about 60 MB.
const ROWS_MAX: usize = 2_000_000;

/// See the module.
#[derive(Default)]
pub(crate) struct Late {
    accounts: HashMap<AccountNo, Days>,
    rows: usize,
    /// The event up to which they are folded.
    head: Seq,
}

impl Late {
    /// What an account held at the end of each day from the one on or before `from`, as known at the head of the books.
    pub(crate) fn days(
        &mut self,
        timeline: &Timeline,
        head: Seq,
        account: AccountNo,
        from: Day,
    ) -> Result<Days, TimelineError> {
        if self.head != head || self.rows > ROWS_MAX {
            *self = Self { head, ..Self::default() };
        }
        if let Some(days) = self.accounts.get(&account) {
            return Ok(days.from(from));
        }
        let row = |(day, [on_hand, encumbered, blocked]): (i32, [i64; 3])| Row {
            day: Day(day),
            sums: Sums { on_hand, encumbered, blocked },
        };
        let days = Days::whole(timeline.days(account.0, head.0)?.into_iter().map(row).collect());
        let told = days.from(from);
        self.rows += days.rows().len();
        self.accounts.insert(account, days);
        Ok(told)
    }

    /// Takes in the next event.
    pub(crate) fn apply(&mut self, seq: Seq, event: &Event) {
        if self.accounts.is_empty() {
            return;
        }
        if self.head.0 + 1 != seq.0 {
            *self = Self::default();
            return;
        }
        self.head = seq;
        let Self { accounts, rows, .. } = self;
        changes(event.effective, &event.entries, &event.claims, |account, day, change| {
            if let Some(days) = accounts.get_mut(&account) {
                *rows -= days.rows().len();
                days.add(day, &change);
                *rows += days.rows().len();
            }
        });
    }
}

/// The events that changed an account, with the days on which they did, from a day on; each once, in order.
pub(crate) fn changes_of(
    timeline: &Timeline,
    head: Seq,
    account: AccountNo,
    from: Day,
) -> Result<Vec<(Seq, Day)>, TimelineError> {
    let mut found = Vec::new();
    timeline.changes(account.0, head.0, |seq, day| {
        if day >= from.0 {
            found.push((Seq(seq), Day(day)));
        }
    })?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

#[cfg(test)]
mod tests;
