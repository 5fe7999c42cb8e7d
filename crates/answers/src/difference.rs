//! Why the same day looks different now from how it looked then: each event between, with its part of the difference.

use books::{AccountNo, Day, Event, Seq, Sums};

use crate::history::HistoryError;
use crate::position::Filter;
use crate::sight::Sight;
use crate::view::View;

/// A position as of a day, as known at two events, and what lies between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// On hand as known at the earlier event, in accounting units.
    pub then: i128,
    /// On hand as known at the later event.
    pub now: i128,
    /// The events between that changed it, in order. Their changes add up to the difference, exactly.
    pub events: Vec<DifferingEvent>,
}

/// One event's part of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DifferingEvent {
    /// The event.
    pub seq: Seq,
    /// What it changed on or before the day, in accounting units.
    pub change: i128,
    /// The event itself.
    pub event: Event,
}

/// Explains the difference of one material's position, of what the asker sees.
///
/// # Errors
/// When the history cannot be read.
pub fn difference(
    view: &dyn View,
    filter: &Filter,
    as_of: Day,
    (then, now): (Seq, Seq),
) -> Result<Difference, HistoryError> {
    let books = view.books();
    let sight = Sight::of(view);
    let is_counted = |account: &books::Account| filter.takes(books, account, false) && sight.sees_account(account);
    let counts: Vec<bool> = books.accounts().iter().map(is_counted).collect();
    let total = |known_at: Seq| -> Result<i128, HistoryError> {
        let mut sum = 0;
        for (number, _) in (0u32..).zip(&counts).filter(|(_, counts)| **counts) {
            let sums: Sums = view.at(AccountNo(number), as_of, known_at)?;
            sum += i128::from(sums.on_hand);
        }
        Ok(sum)
    };
    let (then_total, now_total) = (total(then)?, total(now)?);
    let mut found = Vec::new();
    view.events(Seq(then.0 + 1), &mut |seq, event| {
        if seq > now {
            return false;
        }
        let counted = |account: AccountNo| counts.get(account.0 as usize).copied().unwrap_or(false);
        let change: i128 = event
            .entries
            .iter()
            .filter(|entry| entry.day.unwrap_or(event.effective) <= as_of)
            .map(|entry| {
                let units = i128::from(entry.quantity.units());
                units * (i128::from(counted(entry.target)) - i128::from(counted(entry.source)))
            })
            .sum();
        if change != 0 {
            found.push(DifferingEvent { seq, change, event });
        }
        true
    })?;
    let explained: i128 = found.iter().map(|event| event.change).sum();
    assert_eq!(now_total - then_total, explained, "every difference is the sum of the events between");
    Ok(Difference { then: then_total, now: now_total, events: found })
}
