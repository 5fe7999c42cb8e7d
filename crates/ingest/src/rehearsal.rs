//! What the books would say to commands, tried on a copy of them that is thrown away. Nothing is recorded.
//!
//! So a load is all or nothing: what the ledger would refuse is known before the first command is on its way. What
//! somebody else posts meanwhile is not.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use answers::{HistoryError, Problem, Source};
use books::acts::close::StateDigest;
use books::place::Place;
use books::{AccountNo, Books, Day, Days, Encumbrance, Event, Moment, PartyNo, Past, Rejection, Row, Seq, Sums};
use wire::Command;
use wire::verdict::Verdict;

/// See the module.
pub(crate) struct Rehearsal<'s> {
    source: &'s dyn Source,
    /// The copy.
    books: Books,
    /// The last event that is recorded in it.
    head: Seq,
    now: Moment,
    /// What was tried so far, by account and day.
    tried: HashMap<AccountNo, BTreeMap<Day, Sums>>,
    effects: BTreeMap<AccountNo, Touched>,
    /// The history could not be read.
    failed: RefCell<Option<HistoryError>>,
}

/// What was tried on an account.
struct Touched {
    before: i64,
    count: u64,
    first: Day,
    last: Day,
}

/// What a load does to one account.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Effect {
    /// Site, by its code.
    pub site: String,
    /// Lot.
    pub lot: String,
    /// Owner.
    pub owner: String,
    /// What it holds after its last day now, with the unit.
    pub before: String,
    /// What it would hold then.
    pub after: String,
    /// How many movements.
    pub movements: u64,
    /// The first day that changes.
    pub first: String,
    /// The last day of a movement.
    pub last: String,
}

impl<'s> Rehearsal<'s> {
    pub(crate) fn begin(source: &'s dyn Source) -> Self {
        let (books, now) = answers::read(source, |view| (view.books().clone(), view.now()));
        let head = books.head();
        Self { source, books, head, now, tried: HashMap::new(), effects: BTreeMap::new(), failed: RefCell::default() }
    }

    /// Tries a command; the verdict where it would be refused.
    pub(crate) fn attempt(&mut self, command: &Command) -> Result<Option<Verdict>, Problem> {
        let refused = |books: &Books, rejection: &Rejection| {
            Some(Verdict::refused(command.id, None, &rejection.refused(books, String::new())))
        };
        // A command that came before gets its first answer again.
        let by = self.books.party_no(&command.party);
        if by.is_some() && self.source.find(command.id, by)?.is_some() {
            return Ok(None);
        }
        let recorded_at = Moment(self.now.0.max(self.books.recorded_at().0 + 1));
        let named = match command.resolve(&self.books) {
            Ok(named) => named,
            Err(rejection) => return Ok(refused(&self.books, &rejection)),
        };
        let decided = self.books.decide(&named, recorded_at, &*self);
        if let Some(error) = self.failed.take() {
            return Err(error.into());
        }
        match decided {
            Ok(decided) => {
                self.apply(&decided.into_event(named, recorded_at, [0; 16]));
                Ok(None)
            }
            Err(rejection) => Ok(refused(&self.books, &rejection)),
        }
    }

    fn apply(&mut self, event: &Event) {
        for entry in &event.entries {
            let day = entry.day.unwrap_or(event.effective);
            let units = entry.quantity.units();
            for (account, change) in [(entry.source, -units), (entry.target, units)] {
                self.touch(account, day);
                self.post(account, day, Sums { on_hand: change, ..Sums::default() });
            }
        }
        for claim in &event.claims {
            let day = claim.day.unwrap_or(event.effective);
            self.post(claim.account, day, Encumbrance::change(claim.kind, claim.delta));
        }
        self.books.apply(event);
    }

    fn touch(&mut self, account: AccountNo, day: Day) {
        let before = held(&self.books, account);
        let touched = self.effects.entry(account).or_insert(Touched { before, count: 0, first: day, last: day });
        touched.count += 1;
        touched.first = touched.first.min(day);
        touched.last = touched.last.max(day);
    }

    fn post(&mut self, account: AccountNo, day: Day, change: Sums) {
        let sums = self.tried.entry(account).or_default().entry(day).or_default();
        *sums = plus(*sums, change);
    }

    /// What was tried, by account at a site.
    pub(crate) fn effects(&self) -> Vec<Effect> {
        let books = &self.books;
        let effect = |(account, touched): (&AccountNo, &Touched)| {
            let key = books.account(*account).key;
            let Place::Site(site) = books.place(key.place) else { return None };
            let facts = &books.lot(key.lot).facts;
            let shown = |units| books.show(facts.material, units);
            Some(Effect {
                site: site.code.clone(),
                lot: facts.code.clone(),
                owner: books.party(key.owner).code.clone(),
                before: shown(touched.before).to_string(),
                after: shown(held(books, *account)).to_string(),
                movements: touched.count,
                first: wire::date::show_day(touched.first),
                last: wire::date::show_day(touched.last),
            })
        };
        self.effects.iter().filter_map(effect).collect()
    }

    fn days_of(&self, account: AccountNo, from: Day) -> Result<Days, HistoryError> {
        let head = self.head;
        let mut rows = answers::read(self.source, |view| -> Result<Vec<Row>, HistoryError> {
            let mut days: Vec<Day> = view.changes(account, head)?.into_iter().map(|(_, day)| day).collect();
            days.sort_unstable();
            days.dedup();
            let first = days.partition_point(|day| *day < from).saturating_sub(1);
            days[first..].iter().map(|day| Ok(Row { day: *day, sums: view.at(account, *day, head)? })).collect()
        })?;
        // What was tried before the first of these rows is in all of them.
        let Some(tried) = self.tried.get(&account) else { return Ok(Days::whole(rows)) };
        for day in tried.keys() {
            if let Err(place) = rows.binary_search_by_key(day, |row| row.day) {
                let sums = place.checked_sub(1).map_or(Sums::default(), |before| rows[before].sums);
                let is_far = place == 0 && rows.first().is_some_and(|row| row.day < from);
                if !is_far {
                    rows.insert(place, Row { day: *day, sums });
                }
            }
        }
        let mut changes = tried.iter().peekable();
        let mut sum = Sums::default();
        for row in &mut rows {
            while let Some((_, change)) = changes.next_if(|(day, _)| **day <= row.day) {
                sum = plus(sum, *change);
            }
            row.sums = plus(row.sums, sum);
        }
        let first = rows.partition_point(|row| row.day < from).saturating_sub(1);
        Ok(Days::whole(rows.split_off(first)))
    }
}

/// What an account holds after its last day.
fn held(books: &Books, account: AccountNo) -> i64 {
    if account.0 as usize >= books.accounts().len() {
        return 0;
    }
    books.account(account).days.latest().on_hand
}

fn plus(one: Sums, other: Sums) -> Sums {
    Sums {
        on_hand: one.on_hand + other.on_hand,
        encumbered: one.encumbered + other.encumbered,
        blocked: one.blocked + other.blocked,
    }
}

impl Past for Rehearsal<'_> {
    fn event(&self, seq: Seq) -> Option<Event> {
        match self.source.event(seq) {
            Ok(event) if seq <= self.head => event,
            Ok(_) => None,
            Err(error) => {
                self.failed.replace(Some(error));
                None
            }
        }
    }

    fn days(&self, account: AccountNo, from: Day) -> Days {
        self.days_of(account, from).unwrap_or_else(|error| {
            self.failed.replace(Some(error));
            Days::default()
        })
    }

    /// Of what was recorded: what is tried has no number that a later line could name.
    fn changes(&self, account: AccountNo, from: Day) -> Vec<(Seq, Day)> {
        let known = answers::read(self.source, |view| view.changes(account, self.head));
        let mut changes = known.unwrap_or_else(|error| {
            self.failed.replace(Some(error));
            Vec::new()
        });
        changes.retain(|(_, day)| *day >= from);
        changes
    }

    fn root(&self, _: u64) -> Option<[u8; 32]> {
        None
    }

    fn digest(&self, _: PartyNo, _: Day) -> Option<StateDigest> {
        None
    }
}
