//! What a late entry, or a correction, would take from under events of later days: which they are.

use super::Draft;
use crate::account::AccountKey;
use crate::days::Sums;
use crate::event::Event;
use crate::number::{AccountNo, Day, Seq};
use crate::rejection::{Later, Rejection};

/// Later events that a refusal names at most.
const LATER_MAX: usize = 8;

/// What a refusal is about: up to where a sum would not hold, of which kind.
struct Broken {
    account: AccountKey,
    day: Day,
    /// The sum that a later day may not have either; what rises breaks what is above it, all else what is below.
    level: fn(&Sums) -> i64,
    rises: bool,
}

impl Draft<'_> {
    /// A refusal of a sum on a later day than that of the act, with the events of that day and of those after it that would
    /// not hold either.
    pub(crate) fn with_later(&self, mut rejection: Rejection) -> Rejection {
        if let Some(broken) = broken(&rejection).filter(|broken| broken.day > self.day.min(self.base)) {
            let found = self.later(&broken);
            if let Some(later) = rejection.later_mut() {
                *later = found;
            }
        }
        rejection
    }

    fn later(&self, broken: &Broken) -> Vec<Later> {
        let Some(account) = self.books.account_no(broken.account) else { return Vec::new() };
        let days = self.days(account, broken.day);
        let was = (broken.level)(&days.at(broken.day).unwrap_or_default());
        let is_broken = |day: Day| {
            let level = (broken.level)(&days.at(day).unwrap_or_default());
            day >= broken.day && if broken.rises { level >= was } else { level <= was }
        };
        let mut later = Vec::new();
        for (seq, day) in self.past.changes(account, broken.day) {
            let event = self.past.event(seq).filter(|_| is_broken(day));
            if let Some(event) = event.filter(|event| self.lowers(event, account, day) != broken.rises) {
                later.push(self.told(seq, day, &event));
            }
        }
        later.sort_by_key(|later| (later.day, later.seq));
        later.truncate(LATER_MAX);
        later
    }

    /// Does an event take from an account on a day, or set something aside there?
    fn lowers(&self, event: &Event, account: AccountNo, day: Day) -> bool {
        let on = |own: Option<Day>| own.unwrap_or(event.effective) == day;
        let moved = event.entries.iter().filter(|entry| on(entry.day)).map(|entry| {
            let sign = i128::from(entry.target == account) - i128::from(entry.source == account);
            sign * i128::from(entry.quantity.units())
        });
        let own = event.claims.iter().filter(|claim| on(claim.day) && claim.account == account);
        moved.chain(own.map(|claim| -i128::from(claim.delta))).sum::<i128>() < 0
    }

    fn told(&self, seq: Seq, day: Day, event: &Event) -> Later {
        let act = event.effect(self.books);
        let reference = act.as_deref().and_then(|act| act.reference(self.books)).map(str::to_owned);
        Later { seq, day, act: act.as_deref().map_or("", |act| act.word()), reference }
    }
}

fn broken(rejection: &Rejection) -> Option<Broken> {
    let (account, day, level, rises): (_, _, fn(&Sums) -> i64, _) =
        if let Rejection::ExceedsBalance { account, day, .. } = rejection {
            (account, day, |sums| sums.on_hand, false)
        } else if let Rejection::ExceedsAvailable { account, day, .. } | Rejection::BelowFloor { account, day, .. } =
            rejection
        {
            (account, day, Sums::available, false)
        } else if let Rejection::AboveCeiling { account, day, .. } = rejection {
            (account, day, |sums| sums.on_hand, true)
        } else {
            return None;
        };
    Some(Broken { account: *account, day: *day, level, rises })
}
