//! Why the same day looks different now from how it looked then: each event between, with its part of the difference.

use std::cell::RefCell;
use std::collections::BTreeSet;

use books::provenance::Mixtures;
use books::{AccountNo, Act, Books, Day, Event, LotNo, MaterialNo, PlaceNo, Seq};
use measure::{Basis, Quantity};

use crate::contained::restate;
use crate::history::HistoryError;
use crate::position::Filter;
use crate::sight::Sight;
use crate::view::View;
use crate::wants::{Scan, Wants};

/// A position as of a day, as known at two events, and what lies between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference<'v> {
    /// On hand as known at the earlier event, in accounting units of the basis that was asked for.
    pub(crate) then: i128,
    /// On hand as known at the later event.
    pub(crate) now: i128,
    /// The events between that changed it, in order.
    pub(crate) events: Vec<DifferingEvent<'v>>,
}

/// One event's part of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DifferingEvent<'v> {
    /// The event.
    pub(crate) seq: Seq,
    /// What it changed on or before the day, in accounting units.
    pub(crate) change: i128,
    /// The event itself.
    pub(crate) event: &'v Event,
}

/// What counts: which stock, as of which day, in which basis.
#[derive(Clone)]
pub(crate) struct Counted {
    /// Which stock.
    pub(crate) filter: Filter,
    /// Of which material, and no other.
    pub(crate) material: MaterialNo,
    /// At the end of this day.
    pub(crate) as_of: Day,
    /// Restated in this basis; what no assay restates counts nothing.
    pub(crate) basis: Option<Basis>,
    /// Which accounts count, as far as they were looked at.
    seen: RefCell<Vec<bool>>,
}

impl Counted {
    /// Which stock, of one material, as of the end of a day, in a basis where one is asked for.
    pub(crate) fn new(filter: Filter, material: MaterialNo, as_of: Day, basis: Option<Basis>) -> Self {
        Self { filter, material, as_of, basis, seen: RefCell::default() }
    }

    /// Does the asker see how much lies on an account, and is it meant, by what was known?
    fn counts(&self, view: &dyn View, number: AccountNo, known_at: Seq) -> bool {
        let books = view.books();
        let is_meant = |number: AccountNo| {
            let account = books.account(number);
            let at = books.facts_at(self.as_of, known_at);
            self.filter.takes_account(&at, account, false) && Sight::of(view).sees_stock(account)
        };
        // Only what is said of a site and the form of a lot depend on what was known.
        if self.filter.goes_by_site() || self.filter.form.is_some() {
            return is_meant(number);
        }
        let mut seen = self.seen.borrow_mut();
        let looked_at = u32::try_from(seen.len()).expect("as many as accounts");
        seen.extend((looked_at..=number.0).map(|number| is_meant(AccountNo(number))));
        seen[number.0 as usize]
    }

    /// What an account counts, as known at an event.
    fn value(&self, view: &dyn View, number: AccountNo, known_at: Seq) -> Result<i128, HistoryError> {
        let books = view.books();
        let lot = books.account(number).key.lot;
        if books.lot(lot).seq > known_at || !self.counts(view, number, known_at) {
            return Ok(0);
        }
        let units = view.at(number, self.as_of, known_at)?.on_hand;
        let units = match self.basis {
            None => i128::from(units),
            Some(basis) => {
                let at = books.facts_at(self.as_of, known_at);
                restate(view, &at, lot, units, basis)?.map_or(0, |restated| restated.units)
            }
        };
        Ok(if self.filter.goes_by_portion() { self.meant_of(books, lot, known_at, units) } else { units })
    }

    /// The part of some of a lot that comes from where it is asked for.
    fn meant_of(&self, books: &Books, lot: LotNo, known_at: Seq, units: i128) -> i128 {
        let Ok(units) = i64::try_from(units) else { return units };
        let mut mixtures = Mixtures::known_at(books, known_at);
        let mixture = mixtures.of(lot, self.as_of);
        let meant = mixture.portions().zip(mixture.divide(units));
        meant.filter(|(portion, _)| self.filter.takes_portion(portion)).map(|(_, units)| i128::from(units)).sum()
    }

    /// What is wanted on the day, as known at an event: need a day and goal.
    pub(crate) fn wanted(&self, view: &dyn View, known_at: Seq) -> [Option<Quantity>; 2] {
        let facts = view.books().facts_at(self.as_of, known_at).material(self.material);
        [facts.requirement_per_day, facts.goal]
    }

    /// Does an event change what is wanted on the day?
    fn changes_what_is_wanted(&self, view: &dyn View, seq: Seq, event: &Event) -> bool {
        let act = event.effect(view.books());
        let is_amended = matches!(act.as_deref(), Some(Act::AmendMaterial(act)) if act.material == self.material);
        is_amended && self.wanted(view, seq) != self.wanted(view, Seq(seq.0 - 1))
    }

    /// What an event changed of the day.
    fn change(&self, view: &dyn View, seq: Seq, event: &Event) -> Result<i128, HistoryError> {
        let entries = event.entries.iter().filter(|entry| entry.day.unwrap_or(event.effective) <= self.as_of);
        let facts = self.restated_by(view, event);
        if self.basis.is_none() && !self.filter.goes_by_portion() && facts.is_empty() {
            let change = |entry: &books::Entry| {
                let sides = [entry.target, entry.source].map(|account| i128::from(self.counts(view, account, seq)));
                i128::from(entry.quantity.units()) * (sides[0] - sides[1])
            };
            return Ok(entries.map(change).sum());
        }
        let mut touched: BTreeSet<AccountNo> = facts;
        touched.extend(entries.flat_map(|entry| [entry.source, entry.target]));
        let before = Seq(seq.0 - 1);
        touched
            .into_iter()
            .try_fold(0, |sum, account| Ok(sum + self.value(view, account, seq)? - self.value(view, account, before)?))
    }

    /// The accounts of which an event changes what is counted without moving anything.
    fn restated_by(&self, view: &dyn View, event: &Event) -> BTreeSet<AccountNo> {
        let books = view.books();
        let at = |place: PlaceNo| {
            let accounts = (0u32..).map(AccountNo).zip(books.accounts());
            accounts.filter(move |(_, account)| account.key.place == place).map(|(number, _)| number).collect()
        };
        let act = event.effect(books);
        if let Some(Act::AmendSite(act)) = act.as_deref()
            && self.filter.goes_by_site()
        {
            return at(act.site);
        }
        if let Some(Act::AmendLot(act)) = act.as_deref()
            && (self.filter.form.is_some() || self.filter.goes_by_portion())
        {
            let lots = books.with_descendants(act.lot);
            return lots.into_iter().flat_map(|lot| books.accounts_of(lot)).copied().collect();
        }
        match self.basis {
            Some(_) => measured_by(books, event).into_iter().flat_map(|lot| books.accounts_of(lot)).copied().collect(),
            None => BTreeSet::new(),
        }
    }
}

/// The lots of which an event changes what they are known to be made of.
pub(crate) fn measured_by(books: &Books, event: &Event) -> Vec<LotNo> {
    // Every movement of a lot of which the weight alone has changed may change what was weighed then.
    let entries = event.entries.iter().flat_map(|entry| [entry.source, entry.target]);
    let moved = entries.map(|account| books.account(account).key.lot).filter(|lot| books.is_weighed_alone(*lot));
    let act = event.effect(books);
    let corrected = match act.as_deref() {
        Some(Act::Correct(act)) => Some(act),
        _ => None,
    };
    let taken_back = corrected.and_then(|act| {
        let mut root = act.reverses;
        while let Some(before) = books.reversed_event(root) {
            root = before;
        }
        books.measured_in(root)
    });
    let replaced = corrected.and_then(|act| act.with.as_ref()).and_then(|with| measures(&with.act));
    let measured = act.as_deref().and_then(measures).into_iter().chain(replaced).chain(taken_back);
    let lots: BTreeSet<LotNo> = moved.chain(measured).flat_map(|lot| books.heirs(lot)).collect();
    lots.into_iter().collect()
}

/// The lot of which an act says what it is made of, or how its weight changed.
fn measures(act: &Act) -> Option<LotNo> {
    if let Act::RecordAssay(act) = act {
        return Some(act.lot);
    }
    if let Act::RecordLoss(act) = act {
        return Some(act.lot);
    }
    if let Act::RecordGain(act) = act {
        return Some(act.lot);
    }
    None
}

/// What was on hand on the day as known at the earlier event, in accounting units.
#[derive(Default)]
struct Then(i128);

/// What [`difference`] wants of the log; up to the head where `now` is none.
pub(crate) fn wanted(counted: &Counted, then: Seq, now: Option<Seq>) -> Wants {
    let own = counted.clone();
    // What cannot be read is kept, so that the answer says so.
    let changes = move |view: &dyn View, seq, event: &Event| {
        own.change(view, seq, event).map_or(true, |units| units != 0) || own.changes_what_is_wanted(view, seq, event)
    };
    let scan = Scan::keep(changes).from(Seq(then.0 + 1)).shown();
    let own = counted.clone();
    let walk = Wants::every_account(move |sum: &mut Then, view, number| {
        sum.0 += own.value(view, number, then)?;
        Ok(())
    });
    let scan = match now {
        Some(now) => scan.through(now),
        None => scan,
    };
    walk.and(scan.into())
}

/// Explains the difference of one material's position, of what the asker sees. What is known now is what was known then and
/// each event since: a test holds that against the history.
///
/// # Errors
/// When the history cannot be read.
pub(crate) fn difference<'v>(
    view: &'v dyn View,
    counted: &Counted,
    (then, now): (Seq, Seq),
) -> Result<Difference<'v>, HistoryError> {
    let mut events = Vec::new();
    for (seq, event) in view.gathered().taken().filter(|(seq, _)| (then.0 + 1..=now.0).contains(&seq.0)) {
        events.push(DifferingEvent { seq, change: counted.change(view, seq, event)?, event });
    }
    let then = view.gathered().folded::<Then>().map_or(0, |then| then.0);
    let now = then + events.iter().map(|event| event.change).sum::<i128>();
    Ok(Difference { then, now, events })
}
