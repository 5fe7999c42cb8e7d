//! Consequences in the making, and the checks that every act alike must pass.
//!
//! An act says which entries and claims it wants; [`Draft::check`] looks at each touched account on every day from the
//! first change on: never less than nothing, never promised twice, within its limits, and not in a closed period.

use std::borrow::Cow;

use measure::Quantity;

use crate::account::{AccountKey, Encumbrance, EncumbranceKind};
use crate::acts::Line;
use crate::authority::Direction;
use crate::books::Books;
use crate::books::facts::Facts;
use crate::days::{Days, Sums};
use crate::draft::counts::Placed;
use crate::event::{Claim, Effects, Entry, Past, Split, TimeOfDay, Use};
use crate::number::{AccountNo, AuthorityNo, Day, EncumbranceNo, LotNo, MaterialNo, PartyNo, PlaceNo, ReserveNo, Seq};
use crate::place::Place;
use crate::rejection::{Rejection, Step};
use crate::standing::is_in_place;

mod concerned;
pub(crate) mod counts;
pub(crate) mod exports;
pub(crate) mod grants;
mod later;
mod mandates;
mod passing;
mod pools;
pub(crate) mod steps;
mod tallies;

pub(crate) struct Draft<'b> {
    pub(crate) books: &'b Books,
    pub(crate) party: PartyNo,
    pub(crate) day: Day,
    /// The word of the act that is decided.
    pub(crate) act: &'static str,
    /// Whose stock it touches under a mandate, and by which act.
    mandated: Vec<(PartyNo, &'static str)>,
    /// Lots of which it says something, beside those that it moves.
    spoken_of: Vec<LotNo>,
    /// The day of the event, from which those of its effects are told.
    pub(crate) base: Day,
    /// The time of the act's own day, where it is stated.
    pub(crate) time: Option<TimeOfDay>,
    past: &'b dyn Past,
    /// The day of the command itself: of an approval, not that of what it lets through.
    asked: Day,
    /// The last day that can be recorded now.
    latest: Day,
    effects: Effects,
    /// Entries that stand elsewhere in the order of what happened than their day says, by their index.
    placed: Vec<(usize, Placed)>,
    /// The count that this very act takes back, and from which day on.
    ended: Option<(Seq, Day)>,
    /// Where what the act replaces stood, and its day.
    replaced: Option<(Placed, Day)>,
    /// Materials of lots that this very act creates, numbered from the end of the table of lots.
    new_lots: Vec<MaterialNo>,
    /// Places that this very act creates, numbered from the end of the table of places: each in the country of a site.
    new_places: Vec<PlaceNo>,
    /// Where what the act moves goes, and under what, as it says itself.
    terms: exports::Terms,
    /// How many of the entries put back what was: nothing crosses a border by them.
    put_back: usize,
    /// The reserve to which the act makes somebody owe something new.
    pub(crate) new_debt: Option<ReserveNo>,
    /// The reserve of which the act fulfils what was promised to it.
    pub(crate) fulfils: Option<ReserveNo>,
    /// The act changes something of a party beside accounts, claims and tallies.
    effects_elsewhere: bool,
    /// Whatever it moves, the act waits for a checker.
    pub(crate) needs_checker: bool,
    /// The act says what was found: no promise and no limit makes that untrue.
    pub(crate) is_found: bool,
    /// Of the refusals found so far, the one that is declared first.
    refused: Option<Rejection>,
}

impl<'b> Draft<'b> {
    pub(crate) fn new(books: &'b Books, party: PartyNo, day: Day, latest: Day, past: &'b dyn Past) -> Self {
        Self {
            books,
            party,
            day,
            act: "",
            mandated: Vec::new(),
            spoken_of: Vec::new(),
            base: day,
            time: None,
            asked: day,
            past,
            latest,
            effects: Effects::default(),
            placed: Vec::new(),
            ended: None,
            replaced: None,
            new_lots: Vec::new(),
            new_places: Vec::new(),
            terms: exports::Terms::default(),
            put_back: 0,
            new_debt: None,
            fulfils: None,
            effects_elsewhere: false,
            needs_checker: false,
            is_found: false,
            refused: None,
        }
    }

    /// Keeps a refusal, where none is kept that is declared before it.
    fn keep(&mut self, rejection: Rejection) {
        if self.refused.as_ref().is_none_or(|kept| rejection.rank() < kept.rank()) {
            self.refused = Some(rejection);
        }
    }

    /// Keeps a refusal of amounts that is found while effects are said.
    pub(crate) fn keep_amount(&mut self, rejection: Rejection) {
        self.keep(rejection);
    }

    fn note(&mut self, checked: Result<(), Rejection>) {
        if let Err(rejection) = checked {
            self.keep(rejection);
        }
    }

    /// Was anything refused that belongs to a step or an earlier one?
    fn is_refused_by(&self, step: Step) -> bool {
        self.refused.as_ref().is_some_and(|kept| kept.about().step <= step)
    }

    /// Gives the refusal that is declared first of all that were found.
    pub(crate) fn first_refusal(&mut self) -> Result<(), Rejection> {
        self.refused.take().map_or(Ok(()), Err)
    }

    /// The place in the log that the act will get: what it changes counts as known there.
    pub(crate) fn next_seq(&self) -> Seq {
        Seq(self.books.head.0 + 1)
    }

    /// What is registered, on the act's own day.
    pub(crate) fn facts(&self) -> Facts<'b> {
        self.books.facts_at(self.day, self.books.head)
    }

    /// The country of a site, on the act's own day.
    pub(crate) fn country(&self, site: PlaceNo) -> String {
        self.facts().country(site).expect("resolved: names a site")
    }

    /// Reserves the number of a lot that the act creates.
    pub(crate) fn new_lot(&mut self, material: MaterialNo) -> LotNo {
        let number = self.books.lots.row_count() + u32::try_from(self.new_lots.len()).expect("few lots an act");
        self.new_lots.push(material);
        LotNo(number)
    }

    /// Reserves the number of a place that the act creates: what comes there counts as being in the country of a site.
    pub(crate) fn new_place(&mut self, site: PlaceNo) -> PlaceNo {
        let number = self.books.places.row_count() + u32::try_from(self.new_places.len()).expect("few places an act");
        self.new_places.push(site);
        PlaceNo(number)
    }

    /// Opens an account only where it will be used.
    pub(crate) fn account_if(
        &mut self,
        is_needed: bool,
        place: PlaceNo,
        owner: PartyNo,
        lot: LotNo,
    ) -> Option<AccountNo> {
        is_needed.then(|| self.account(place, owner, lot))
    }

    /// Refuses what would bring an account above its ceiling once it arrives: all lines of the lot together.
    pub(crate) fn check_room(&mut self, target: PlaceNo, owner: PartyNo, lot: LotNo, lines: &[Line]) {
        let key = AccountKey { place: target, owner, lot };
        let account = self.books.account_no(key).and_then(|number| self.books.accounts.get(number.0));
        let Some(account) = account else { return };
        let Some(ceiling) = account.limit.and_then(|limit| limit.ceiling) else { return };
        let there = i128::from(account.days.latest().on_hand) + self.books.arriving(key);
        let sent = lines.iter().filter(|line| line.lot == lot).map(|line| i128::from(line.quantity.units()));
        if there + sent.sum::<i128>() > i128::from(ceiling.units()) {
            self.keep(Rejection::AboveCeiling { account: key, ceiling, day: self.day, later: Vec::new() });
        }
    }

    fn material(&self, lot: LotNo) -> MaterialNo {
        let known = self.books.lots.row_count();
        match lot.0.checked_sub(known) {
            None => self.books.lot(lot).facts.material,
            Some(new) => self.new_lots[new as usize],
        }
    }

    /// The number of an account; opens it when this is its first use.
    pub(crate) fn account(&mut self, place: PlaceNo, owner: PartyNo, lot: LotNo) -> AccountNo {
        let key = AccountKey { place, owner, lot };
        if let Some(number) = self.books.account_no(key) {
            return number;
        }
        let opened = &mut self.effects.opened;
        let index = opened.iter().position(|other| *other == key).unwrap_or_else(|| {
            opened.push(key);
            opened.len() - 1
        });
        AccountNo(self.books.accounts.row_count() + u32::try_from(index).expect("few accounts an act"))
    }

    fn key(&self, account: AccountNo) -> AccountKey {
        let known = self.books.accounts.row_count();
        match account.0.checked_sub(known) {
            None => self.books.account(account).key,
            Some(new) => self.effects.opened[new as usize],
        }
    }

    /// Moves a quantity from one account to another on the act's day.
    pub(crate) fn entry(&mut self, source: AccountNo, target: AccountNo, quantity: Quantity) {
        self.entry_on(source, target, quantity, self.day);
    }

    pub(crate) fn entry_on(&mut self, source: AccountNo, target: AccountNo, quantity: Quantity, day: Day) {
        let day = (day != self.base).then_some(day);
        self.effects.entries.push(Entry { source, target, quantity, day, keeps: None });
    }

    /// What the act itself moves to or from an account up to a day: a correction gives back before what replaces it counts.
    pub(crate) fn moved(&self, account: AccountNo, day: Day) -> i64 {
        let until = self.effects.entries.iter().filter(|entry| entry.day.unwrap_or(self.base) <= day);
        let sign = |entry: &Entry| i64::from(entry.target == account) - i64::from(entry.source == account);
        until.map(|entry| sign(entry) * entry.quantity.units()).sum()
    }

    /// What was said so far puts back what an older event did.
    pub(crate) fn puts_back(&mut self) {
        self.put_back = self.effects.entries.len();
    }

    /// What follows stands in the place of what was put back.
    pub(crate) fn begin_replacement(&mut self, effective: Option<Day>, time: Option<TimeOfDay>) {
        let Effects { entries, claims, uses, tallied, .. } = &self.effects;
        let count = |len: usize| u32::try_from(len).expect("few effects an act");
        self.effects.split = Some(Split {
            entries: count(entries.len()),
            claims: count(claims.len()),
            changes: count(tallied.changes.len()),
            uses: count(uses.len()),
        });
        self.day = effective.unwrap_or(self.base);
        self.puts_back();
        let is_timed = self.time.is_some() || time.is_some();
        // The time of a command is one of its own day.
        self.time = time.or(self.time.filter(|_| self.day == self.base));
        self.replaced = self.replaced.filter(|(_, day)| !is_timed && is_in_place(effective, self.base, *day));
    }

    /// Puts back an entry or a claim of an older event.
    pub(crate) fn raw_claim(&mut self, claim: Claim) {
        self.effects.claims.push(claim);
    }

    pub(crate) fn raw_use(&mut self, used: Use) {
        self.effects.uses.push(used);
    }

    /// Sets aside more or less, from the act's day to the end of the window, after which it lapses by itself.
    pub(crate) fn claim(
        &mut self,
        encumbrance: EncumbranceNo,
        account: AccountNo,
        kind: EncumbranceKind,
        delta: i64,
        first: Day,
        last: Option<Day>,
    ) {
        let day = |day: Day| (day != self.base).then_some(day);
        self.effects.claims.push(Claim { encumbrance, account, kind, delta, day: day(first) });
        if let Some(last) = last {
            self.effects.claims.push(Claim { encumbrance, account, kind, delta: -delta, day: day(last.next()) });
        }
    }

    /// Takes a quantity out from under an encumbrance: what is drawn is no longer set aside.
    pub(crate) fn draw_under(&mut self, number: EncumbranceNo, account: AccountNo, quantity: Quantity) {
        let encumbrance = self.books.encumbrance(number);
        if encumbrance.account != account {
            self.keep(Rejection::EncumbranceElsewhere { encumbrance: number });
        }
        if encumbrance.kind == EncumbranceKind::Hold {
            self.keep(Rejection::Blocked { encumbrance: number });
        }
        self.take_from(number, encumbrance, quantity);
    }

    /// Is the act's day one on which the encumbrance sets anything aside?
    pub(crate) fn check_window(&self, number: EncumbranceNo, encumbrance: &Encumbrance) -> Result<(), Rejection> {
        if self.day < encumbrance.first {
            return Err(Rejection::EncumbranceNotBegun { encumbrance: number, first: encumbrance.first });
        }
        match encumbrance.last.filter(|last| self.day > *last) {
            Some(last) => Err(Rejection::EncumbranceLapsed { encumbrance: number, last }),
            None => Ok(()),
        }
    }

    /// Lowers what an encumbrance sets aside from the act's day on.
    pub(crate) fn take_from(&mut self, number: EncumbranceNo, encumbrance: &Encumbrance, quantity: Quantity) {
        if let Err(rejection) = self.check_window(number, encumbrance) {
            return self.keep(rejection);
        }
        // What the act gave back or took before counts too.
        let own = self.effects.claims.iter().filter(|claim| claim.encumbrance == number);
        let own = own.map(|claim| (claim.day.unwrap_or(self.base), claim.delta));
        let mut changes: Vec<(Day, Sums)> = own
            .chain([(self.day, -quantity.units())])
            .map(|(day, on_hand)| (day, Sums { on_hand, ..Sums::default() }))
            .collect();
        changes.sort_unstable_by_key(|(day, _)| *day);
        let is_enough = encumbrance.remaining.visit_changed(&changes, |day, sums| {
            let in_window = encumbrance.last.is_none_or(|last| day <= last);
            match sums {
                Some(sums) if in_window && sums.on_hand < 0 => Err(Rejection::ExceedsEncumbrance {
                    encumbrance: number,
                    remaining: sums.on_hand + quantity.units(),
                    day,
                    later: Vec::new(),
                }),
                _ => Ok(()),
            }
        });
        self.note(is_enough);
        let delta = -quantity.units();
        self.claim(number, encumbrance.account, encumbrance.kind, delta, self.day, encumbrance.last);
    }

    /// Uses up an authority, or refuses where the material needs one and none is cited.
    pub(crate) fn cite(
        &mut self,
        cited: Option<AuthorityNo>,
        direction: Direction,
        material: MaterialNo,
        quantity: Quantity,
    ) {
        let Some(number) = cited else {
            if self.books.material(material).authority_required {
                self.keep(Rejection::AuthorityMissing { material });
            }
            return;
        };
        let authority = self.books.authority(number);
        if !self.cites_for(authority.party) || authority.material != material || authority.direction != direction {
            self.keep(Rejection::AuthorityDoesNotFit { authority: number });
        }
        if self.day < authority.first || authority.last.is_some_and(|last| self.day > last) {
            self.keep(Rejection::AuthorityNotInForce { authority: number });
        }
        let used = self.effects.uses.iter().filter(|used| used.authority == number).map(|used| used.delta).sum::<i64>();
        let left = authority.ceiling.units() - authority.used.units() - used;
        let left = Quantity::new(left.max(0)).expect("not below nothing");
        if quantity > left {
            self.keep(Rejection::ExceedsAuthority { authority: number, left });
        }
        self.effects.uses.push(Use { authority: number, delta: quantity.units() });
    }

    /// Checks what every act must respect.
    pub(crate) fn check(&mut self) {
        if let ([entry], []) = (&self.effects.entries[..], &self.effects.claims[..]) {
            // The common case, without a list of changes.
            let day = entry.day.unwrap_or(self.base);
            let Entry { source, target, quantity, .. } = *entry;
            for (account, units) in [(source, -quantity.units()), (target, quantity.units())] {
                self.check_account_open(day, self.key(account));
                let days = self.days(account, day);
                self.check_account(account, &days, &[(day, Sums { on_hand: units, ..Sums::default() })]);
            }
            return;
        }
        let mut changes: Vec<(AccountNo, Day, Sums)> = Vec::new();
        for entry in &self.effects.entries {
            let day = entry.day.unwrap_or(self.base);
            let units = entry.quantity.units();
            changes.push((entry.source, day, Sums { on_hand: -units, ..Sums::default() }));
            changes.push((entry.target, day, Sums { on_hand: units, ..Sums::default() }));
        }
        for claim in &self.effects.claims {
            changes.push((claim.account, claim.day.unwrap_or(self.base), Encumbrance::change(claim.kind, claim.delta)));
        }
        changes.sort_by_key(|(account, day, _)| (*account, *day));
        for group in changes.chunk_by(|a, b| a.0 == b.0) {
            let (account, first, _) = group[0];
            let by_day: Vec<(Day, Sums)> = group.iter().map(|(_, day, sums)| (*day, *sums)).collect();
            self.check_account_open(first, self.key(account));
            // Read once: older rows are asked of the past.
            let days = self.days(account, first);
            match self.check_steps(account, &days, &by_day) {
                Ok(()) => self.check_account(account, &days, &by_day),
                Err(overflow) => self.keep(overflow),
            }
        }
    }

    pub(crate) fn effects(&self) -> &Effects {
        &self.effects
    }

    /// What names an account, one that this very act opens among them.
    pub(crate) fn key_of(&self, account: AccountNo) -> AccountKey {
        self.key(account)
    }

    pub(crate) fn material_of(&self, lot: LotNo) -> MaterialNo {
        self.material(lot)
    }

    /// The consequences, once they are checked.
    pub(crate) fn into_effects(self) -> Effects {
        self.effects
    }

    /// Changes are posted one by one, in any order: no sum may overflow on the way, even where the others bring it back.
    fn check_steps(&self, number: AccountNo, days: &Days, changes: &[(Day, Sums)]) -> Result<(), Rejection> {
        if changes.len() == 1 {
            return Ok(());
        }
        let overflow = || Rejection::Overflow { account: self.key(number) };
        let first = changes[0].0;
        for keep in [i64::max as fn(i64, i64) -> i64, i64::min] {
            let one_way = changes.iter().try_fold(Sums::default(), |sum, (_, change)| {
                let Sums { on_hand, encumbered, blocked } = *change;
                sum.checked_add(&Sums {
                    on_hand: keep(on_hand, 0),
                    encumbered: keep(encumbered, 0),
                    blocked: keep(blocked, 0),
                })
            });
            let one_way = one_way.ok_or_else(overflow)?;
            days.visit_changed(&[(first, one_way)], |_, sums| sums.map(drop).ok_or_else(overflow))?;
        }
        Ok(())
    }

    /// The sums of an account on every day from the first change on; of what they refuse, the declared first.
    fn check_account(&mut self, number: AccountNo, days: &Days, changes: &[(Day, Sums)]) {
        let key = self.key(number);
        let is_real = self.books.places.get(key.place.0).is_none_or(Place::is_real);
        let account = self.books.accounts.get(number.0);
        let limit = account.and_then(|account| account.limit);
        let floor = limit.and_then(|limit| limit.floor).unwrap_or_default();
        let arriving = match limit.and_then(|limit| limit.ceiling) {
            Some(_) => self.books.arriving(key) - self.arrived(number),
            None => 0,
        };
        let is_found = self.is_found;
        let refusal = |day: Day, sums: Option<Sums>| {
            // The scale is symmetric: what no account can hold, none can owe.
            let Some(sums) = sums.filter(|sums| sums.on_hand > i64::MIN) else {
                return Some(Rejection::Overflow { account: key });
            };
            if !is_real {
                return None;
            }
            let available = i128::from(sums.on_hand) - i128::from(sums.encumbered) - i128::from(sums.blocked);
            if sums.on_hand >= 0 && available >= i128::from(floor.units()) && limit.is_none() {
                return None;
            }
            let was = days.at(day).unwrap_or_default();
            if sums.on_hand < 0 {
                return Some(Rejection::ExceedsBalance { account: key, held: was.on_hand, day, later: Vec::new() });
            }
            if is_found {
                return None;
            }
            // A shortfall that somebody found may stand; nothing that is decided makes it larger.
            let is_lowered = available < i128::from(was.available());
            if available < 0 && is_lowered {
                let available = was.available();
                return Some(Rejection::ExceedsAvailable { account: key, available, day, later: Vec::new() });
            }
            if is_lowered && available < i128::from(floor.units()) {
                return Some(Rejection::BelowFloor { account: key, floor, day, later: Vec::new() });
            }
            let is_raised = available > i128::from(was.available());
            let ceiling = limit.and_then(|limit| limit.ceiling).filter(|_| is_raised)?;
            let is_above = i128::from(sums.on_hand) + arriving > i128::from(ceiling.units());
            is_above.then_some(Rejection::AboveCeiling { account: key, ceiling, day, later: Vec::new() })
        };
        let mut first = None;
        let visited = days.visit_changed(changes, |day, sums| {
            if let Some(rejection) = refusal(day, sums)
                && first.as_ref().is_none_or(|kept: &Rejection| rejection.rank() < kept.rank())
            {
                first = Some(rejection);
            }
            Ok::<(), std::convert::Infallible>(())
        });
        let Ok(()) = visited;
        if let Some(rejection) = first {
            self.keep(rejection);
        }
    }

    /// The rows of an account from a day on: those at hand, or all of them from the past.
    pub(crate) fn days(&self, number: AccountNo, from: Day) -> Cow<'b, Days> {
        match self.books.accounts.get(number.0) {
            None => Cow::Owned(Days::default()),
            Some(account) if account.days.is_before(from) => Cow::Owned(self.past.days(number, from)),
            Some(account) => Cow::Borrowed(&account.days),
        }
    }

    /// What this act takes out of transit into the account it was sent to: no longer on its way. What was sent elsewhere
    /// and is diverted here was never counted as on its way here.
    fn arrived(&self, target: AccountNo) -> i128 {
        let site = self.key(target).place;
        let was_on_its_way = |entry: &&Entry| {
            let place = self.books.places.get(self.key(entry.source).place.0);
            entry.target == target && matches!(place, Some(Place::Transit(transit)) if transit.target == site)
        };
        self.effects.entries.iter().filter(was_on_its_way).map(|entry| i128::from(entry.quantity.units())).sum()
    }
}
