//! What a late entry, or a correction, would take from under events that came after it: which they are.

use super::Draft;
use crate::account::AccountKey;
use crate::count::Position;
use crate::days::Sums;
use crate::event::Event;
use crate::number::{AccountNo, Day, EncumbranceNo, Seq};
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
    /// A refusal of a sum with the events that would not hold either: those of its day and of the days after it. Of the day of
    /// the act, only what came after the act is one of them.
    pub(crate) fn with_later(&self, mut rejection: Rejection) -> Rejection {
        if let Some(broken) = broken(&rejection) {
            let is_own_day = broken.day <= self.day.min(self.base);
            let after = if is_own_day { self.own_place(&broken) } else { None };
            let mut found = if is_own_day && after.is_none() { Vec::new() } else { self.later(&broken, after) };
            // What cannot be on its own day takes nothing from under later ones.
            if is_own_day && found.first().is_none_or(|first| first.day > broken.day) {
                found.clear();
            }
            if let Some(later) = rejection.later_mut() {
                *later = found;
            }
        }
        // What was drawn under an encumbrance that a correction takes away.
        if let Rejection::ExceedsEncumbrance { encumbrance, day, later, .. } = &mut rejection
            && self.act == "correct"
        {
            *later = self.drawn_under(*encumbrance, *day);
        }
        rejection
    }

    fn drawn_under(&self, number: EncumbranceNo, first: Day) -> Vec<Later> {
        let mut drawn = Vec::new();
        for (seq, day) in self.past.changes(self.books.encumbrance(number).account, first) {
            let takes = |event: &Event| {
                let own = event.claims.iter().filter(|claim| claim.encumbrance == number);
                let own = own.filter(|claim| claim.day.unwrap_or(event.effective) == day);
                own.map(|claim| i128::from(claim.delta)).sum::<i128>() < 0
            };
            if let Some(event) = self.past.event(seq).filter(takes) {
                drawn.push(self.told(seq, day, &event));
            }
        }
        drawn.sort_by_key(|later| (later.day, later.seq));
        drawn.truncate(LATER_MAX);
        drawn
    }

    /// Where the act changes an account first, on the day of a refusal.
    fn own_place(&self, broken: &Broken) -> Option<Position> {
        let account = self.books.account_no(broken.account)?;
        let entries = self.effects.entries.iter().enumerate().filter(|(_, entry)| entry.keeps.is_none());
        let own = entries.filter(|(_, entry)| [entry.source, entry.target].contains(&account));
        let placed = own.map(|(index, entry)| self.stands_at(index, entry).1.at);
        placed.reduce(|first, other| if other.precedes(first) { other } else { first })
    }

    /// Does an event stand after a place in the order of what happened?
    fn is_after(&self, (seq, day, event): (Seq, Day, &Event), account: AccountNo, place: Position) -> bool {
        let mut stood = self.stood(seq, event).entries.into_iter();
        let own = stood.rfind(|own| [own.entry.source, own.entry.target].contains(&account));
        let time = event.time.filter(|_| day == event.effective);
        place.precedes(own.map_or_else(|| Position::entry(day, seq).timed(time), |own| own.at))
    }

    fn later(&self, broken: &Broken, after: Option<Position>) -> Vec<Later> {
        let Some(account) = self.books.account_no(broken.account) else { return Vec::new() };
        let days = self.days(account, broken.day);
        let was = (broken.level)(&days.at(broken.day).unwrap_or_default());
        let is_broken = |day: Day| {
            let level = (broken.level)(&days.at(day).unwrap_or_default());
            day >= broken.day && if broken.rises { level >= was } else { level <= was }
        };
        let mut later = Vec::new();
        let head = self.books.head();
        let stands = |(seq, day): &(Seq, Day)| self.books.stands_at(*seq, *day, head);
        for (seq, day) in self.past.changes(account, broken.day).into_iter().filter(stands) {
            let is_behind = |event: &Event| {
                day > broken.day || after.is_none_or(|place| self.is_after((seq, day, event), account, place))
            };
            let event = self.past.event(seq).filter(|event| is_broken(day) && is_behind(event));
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
