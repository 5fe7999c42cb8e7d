//! The books in memory: what is registered, what every account holds, and the one function that changes it.

use measure::Quantity;

use crate::access::Request;
use crate::account::{Account, AccountKey, Encumbrance, Secret};
use crate::act_rules::{ActFacts, Asks, ByHand, Nature, Periods};
use crate::acts::{Act, Ask};
use crate::authority::Authority;
use crate::base::Base;
use crate::call::{Activation, Call};
use crate::commitment::Commitment;
use crate::comparing::{Publication, Rule};
use crate::count::Count;
use crate::days::Sums;
use crate::debt::Debt;
use crate::difference::{Break, HandMatch};
use crate::draft::Draft;
use crate::draft::steps::Who;
use crate::dual::Lately;
use crate::event::{Claim, Command, Effects, Entry, Event, Outcome, Past, TimeOfDay};
use crate::fact::{Fact, LogKey, TrustedLog};
use crate::factor::Factor;
use crate::items::{Items, ItemsKey};
use crate::lot::Lot;
use crate::mandate::Mandate;
use crate::material::Material;
use crate::number::{
    AccountNo, BreakNo, Day, LotNo, MaterialNo, Moment, Nonce, PartyNo, PlaceNo, ReserveNo, Seq, TallyNo,
};
use crate::party::{Party, Role};
use crate::person::{Credential, Person};
use crate::place::{Place, Site};
use crate::procurement::{Floor, Order};
use crate::rejection::Rejection;
use crate::report::{Piece, Report};
use crate::reserve::Reserve;
use crate::restriction::{Licence, Restriction};
use crate::right::Right;
use crate::rows::Rows;
use crate::share_limit::ShareLimit;
use crate::table::Table;
use crate::tally::{Tally, TallyKey, TallyKind};
use crate::trial::Keyed;
use crate::versions::Versions;
use counts::Timed;

mod codes;
mod compared;
mod counts;
mod decided;
mod documents;
pub mod facts;
mod growth;
mod items;
pub mod known;
mod laws;
mod looked_up;
mod named;
mod reversals;
mod rows;
mod snapshot;
mod tallies;
pub use decided::Decided;
mod trials;
pub use documents::Document;
use named::Named;
pub use reversals::Reversal;
use reversals::ReversalIndex;
pub use snapshot::{PageKey, RestoreError};

/// A command that waits for its checker.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Held {
    /// The event that holds it.
    #[n(0)]
    pub seq: Seq,
    /// Who asked.
    #[n(1)]
    pub party: PartyNo,
    /// The person who asked.
    #[n(2)]
    pub maker: String,
    /// Its own effective date.
    #[n(3)]
    pub effective: Day,
    /// What was asked.
    #[n(4)]
    pub act: Act,
    /// Approved or declined since.
    #[n(5)]
    pub is_settled: bool,
    /// By what its maker was known; none where a name was only claimed.
    #[n(6)]
    pub by: Option<Credential>,
    /// The time of its own day.
    #[n(7)]
    pub time: Option<TimeOfDay>,
}

/// Everything the ledger knows, as of its last event.
#[derive(Clone, Debug)]
pub struct Books {
    pub(crate) origin: String,
    pub(crate) head: Seq,
    pub(crate) recorded_at: Moment,
    /// All nonces of the log, added up bit by bit.
    pub(crate) nonces: Nonce,
    pub(crate) parties: Table<Party>,
    pub(crate) materials: Table<Material>,
    pub(crate) places: Table<Place>,
    pub(crate) lots: Table<Lot>,
    pub(crate) accounts: Table<Account>,
    pub(crate) secrets: Table<Secret>,
    pub(crate) encumbrances: Table<Encumbrance>,
    pub(crate) authorities: Table<Authority>,
    pub(crate) held: Table<Held>,
    pub(crate) reversals: Table<Reversal>,
    pub(crate) tallies: Table<Tally>,
    pub(crate) reserves: Table<Reserve>,
    pub(crate) bases: Table<Base>,
    pub(crate) commitments: Table<Commitment>,
    pub(crate) debts: Table<Debt>,
    pub(crate) activations: Table<Activation>,
    pub(crate) calls: Table<Call>,
    pub(crate) orders: Table<Order>,
    pub(crate) floors: Table<Floor>,
    pub(crate) rights: Table<Right>,
    pub(crate) restrictions: Table<Restriction>,
    pub(crate) licences: Table<Licence>,
    pub(crate) share_limits: Table<ShareLimit>,
    pub(crate) requests: Table<Request>,
    pub(crate) reports: Table<Report>,
    pub(crate) breaks: Table<Break>,
    pub(crate) hand_matches: Table<HandMatch>,
    pub(crate) rules: Table<Rule>,
    pub(crate) publications: Table<Publication>,
    pub(crate) trusted_logs: Table<TrustedLog>,
    pub(crate) facts: Table<Fact>,
    pub(crate) persons: Table<Person>,
    pub(crate) mandates: Table<Mandate>,
    pub(crate) lately: Table<Lately>,
    /// Times of the day that events state, in the order of their recording.
    pub(crate) times: Table<Timed>,
    pub(crate) log_keys: Table<LogKey>,
    pub(crate) counts: Table<Count>,
    pub(crate) party_versions: Table<Versions<Party>>,
    pub(crate) material_versions: Table<Versions<Material>>,
    pub(crate) site_versions: Table<Versions<Site>>,
    pub(crate) restriction_versions: Table<Versions<Restriction>>,
    pub(crate) factors: Table<Factor>,
    pub(crate) items: Table<Items>,
    index: Index,
    /// What stands in no table, as it was when each trial under way began.
    trials: Vec<trials::Before>,
}

/// Rows by code, of things whose codes live under a party.
type ByCode = Keyed<String, Rows>;

/// Notes a row under its code.
fn note_code(codes: &mut ByCode, code: &str, row: u32) {
    codes.or_insert_with(code.to_owned(), || Rows::One(row)).add(row);
}

/// Takes a row from its code.
fn drop_code(codes: &mut ByCode, code: &str, row: u32) {
    if codes.contains_key(code) {
        let code = code.to_owned();
        if codes.or_insert_with(code.clone(), || Rows::One(row)).take(row) {
            codes.remove(&code);
        }
    }
}

/// What finds a number by what people write; made anew from the tables when the books are opened.
#[derive(Clone, Debug, Default)]
struct Index {
    parties: Keyed<String, PartyNo>,
    materials: Keyed<String, MaterialNo>,
    sites: Keyed<String, PlaceNo>,
    dispatches: ByCode,
    loans: ByCode,
    lots: ByCode,
    encumbrances: ByCode,
    authorities: ByCode,
    accounts: Keyed<AccountKey, AccountNo>,
    /// Accounts of each dispatch and loan.
    away: Keyed<PlaceNo, Vec<AccountNo>>,
    /// Lots that are void, the last of each code, and how many there are.
    void: Keyed<String, LotNo>,
    void_count: u32,
    /// Accounts of each lot.
    by_lot: Vec<Vec<AccountNo>>,
    held: Keyed<Seq, u32>,
    reversals: ReversalIndex,
    counts: CountIndex,
    tallies: Keyed<TallyKey, TallyNo>,
    /// Tallies of each thing.
    tallies_of: Keyed<(TallyKind, u32), Vec<TallyNo>>,
    named: Named,
    /// What was moved lately, by owner and material.
    lately: Keyed<(PartyNo, MaterialNo), u32>,
    amended: facts::Amended,
    /// Factors between units, by what they are of.
    factors: Keyed<(MaterialNo, Option<LotNo>), Vec<u32>>,
    /// Items by what they are of.
    items: Keyed<ItemsKey, u32>,
    /// Figures of each party and material.
    bases: Keyed<(PartyNo, MaterialNo), Vec<u32>>,
    /// Reserves by the party that owns their pool.
    pools: Keyed<PartyNo, ReserveNo>,
    /// The last break of each piece of a record: with the books, and (`true`) between two parties.
    pieces: Keyed<(Piece, bool), BreakNo>,
}

/// Rows of the counts of an event, and of a lot at a place in the order of what happened.
#[derive(Clone, Debug, Default)]
struct CountIndex {
    by_event: Keyed<Seq, Vec<u32>>,
    by_heap: Keyed<(PlaceNo, LotNo), Vec<u32>>,
}

impl Default for Books {
    fn default() -> Self {
        Self::new()
    }
}

impl Books {
    /// Empty books: the virtual places, and the party `ledger`, which registers the first others.
    #[must_use]
    pub fn new() -> Self {
        let mut books = Self::bare();
        for place in Place::virtual_places() {
            books.push_place(place);
        }
        books.push_party(Party {
            code: "ledger".into(),
            name: "The ledger itself".into(),
            country: None,
            role: Role::Secretariat,
            zone: None,
            keys: Vec::new(),
            closed_through: None,
            proofs: None,
            past_keys: None,
            by: None,
            acted: None,
        });
        books
    }

    fn bare() -> Self {
        Self {
            origin: String::new(),
            head: Seq(0),
            recorded_at: Moment(0),
            nonces: Nonce::default(),
            parties: Table::default(),
            materials: Table::default(),
            places: Table::default(),
            lots: Table::default(),
            accounts: Table::default(),
            secrets: Table::default(),
            encumbrances: Table::default(),
            authorities: Table::default(),
            held: Table::default(),
            reversals: Table::default(),
            tallies: Table::default(),
            reserves: Table::default(),
            bases: Table::default(),
            commitments: Table::default(),
            debts: Table::default(),
            activations: Table::default(),
            calls: Table::default(),
            orders: Table::default(),
            floors: Table::default(),
            rights: Table::default(),
            restrictions: Table::default(),
            licences: Table::default(),
            share_limits: Table::default(),
            requests: Table::default(),
            reports: Table::default(),
            breaks: Table::default(),
            hand_matches: Table::default(),
            rules: Table::default(),
            publications: Table::default(),
            trusted_logs: Table::default(),
            facts: Table::default(),
            persons: Table::default(),
            mandates: Table::default(),
            lately: Table::default(),
            times: Table::default(),
            log_keys: Table::default(),
            counts: Table::default(),
            party_versions: Table::default(),
            material_versions: Table::default(),
            site_versions: Table::default(),
            restriction_versions: Table::default(),
            factors: Table::default(),
            items: Table::default(),
            index: Index::default(),
            trials: Vec::new(),
        }
    }

    /// May this command stand, and what follows from it?
    ///
    /// # Errors
    /// The first [`Rejection`] in order of precedence.
    pub fn decide(&self, command: &Command, recorded_at: Moment, past: &dyn Past) -> Result<Decided, Rejection> {
        let maker = self.maker_of(command);
        let ask = Ask {
            party: command.party,
            maker: maker.as_ref().ok().and_then(|maker| maker.as_deref()),
            by: command.by.as_ref(),
            effective: command.effective,
            past,
        };
        // No zone is more than fourteen hours ahead of UTC, so tomorrow has begun somewhere: for whoever has no zone.
        let zone = self.party(command.party).zone.as_deref();
        let latest = zone.and_then(|zone| past.today(zone, recorded_at)).unwrap_or(recorded_at.utc_day().next());
        let mut draft = Draft::new(self, command.party, command.effective, latest, past);
        draft.is_found = self.is_found(&command.act);
        draft.time = command.time;
        let mut who = Who::begin(&mut draft);
        let writes = self.writes(command.party);
        who.note(writes);
        if let Err(rejection) = &maker {
            who.refuse(rejection.clone());
        }
        // Who may, the shape of the fields, what they name: what the act itself knows.
        if command.act.decide(who, &ask).is_err() {
            return Err(draft.first_refusal().expect_err("stopped: it was refused"));
        }
        let (with, time) = (command.act.replacement(self), draft.time);
        if let Some(with) = with {
            draft.begin_replacement(with.effective, with.time);
            let ask = Ask { party: draft.party, effective: draft.day, ..ask };
            if with.act.decide(Who::begin(&mut draft), &ask).is_err() {
                return Err(draft.first_refusal().expect_err("stopped: it was refused"));
            }
        }
        draft.check_exports();
        // Quantities: what every act must respect.
        draft.keep_counts();
        draft.compare_pools();
        draft.check_rights();
        let asked =
            if let Act::Approve(approve) = &command.act { self.held(approve.held).map(|held| &held.act) } else { None };
        let said = std::iter::once(asked.unwrap_or(&command.act)).chain(with.map(|with| &with.act));
        draft.check_mandates(|| said.flat_map(|act| act.uses(self)).collect());
        draft.check();
        draft.check_tallies();
        draft.check_grants();
        debug_assert!(
            command.act.facts().periods == Periods::Owners || !draft.concerns_somebody(),
            "`{}` says that it concerns nobody's periods",
            command.act.word()
        );
        // Whoever approves is the second person.
        let is_approval = matches!(command.act, Act::Approve(_));
        draft.needs_checker |= self.is_two_handed(command.party, &command.act);
        let is_held = !is_approval && draft.check_maker(&ask, recorded_at);
        let eyes = self.eyes(command.party);
        draft.first_refusal().map_err(|rejection| draft.with_later(rejection).seen_by(&eyes))?;
        let effective = draft.base;
        let effects = if is_held { Effects::default() } else { draft.into_effects() };
        Ok(Decided { effects, effective, time, is_held, maker: maker.unwrap_or_default() })
    }

    /// Does an act say how much stock there is, as it was found? Of an approval, the act that it lets through.
    fn is_found(&self, act: &Act) -> bool {
        let is_found = |facts: &ActFacts| (facts.nature, facts.by_hand) == (Nature::Observation, ByHand::Stock);
        if let Act::Approve(approve) = act {
            return self.held(approve.held).is_some_and(|held| is_found(held.act.facts()));
        }
        is_found(act.facts())
    }

    /// May a party ask for an act with this word at all? It comes before any of its codes is looked up, so that whoever may
    /// not ask learns nothing of what is there.
    ///
    /// # Errors
    /// `role_not_permitted`.
    pub fn may_ask(&self, party: PartyNo, word: &str) -> Result<(), Rejection> {
        self.writes(party)?;
        Act::find(word).map_or(Ok(()), |entry| self.role_fits(party, entry.facts.asks))
    }

    /// Does a party's role let it ask for an act of this kind, whatever the act says?
    pub(crate) fn role_fits(&self, party: PartyNo, asks: Asks) -> Result<(), Rejection> {
        let role = self.party(party).role;
        let fits = match asks {
            Asks::Anyone | Asks::Holder | Asks::Keeper | Asks::Overseer | Asks::Alone => true,
            Asks::Agency => matches!(role, Role::Agency | Role::Secretariat),
            Asks::Secretariat | Asks::Steward => role == Role::Secretariat,
        };
        if fits { Ok(()) } else { Err(Rejection::RoleNotPermitted { party }) }
    }

    /// Does a party's role let it write at all?
    fn writes(&self, party: PartyNo) -> Result<(), Rejection> {
        match self.party(party).role {
            Role::Auditor | Role::Supplier => Err(Rejection::RoleNotPermitted { party }),
            Role::Agency | Role::Operator | Role::Secretariat => Ok(()),
        }
    }

    /// Folds one event. Cannot fail: what it asserts was decided.
    pub fn apply(&mut self, event: &Event) {
        let seq = Seq(self.head.0 + 1);
        assert!(event.recorded_at > self.recorded_at, "recorded time is strictly increasing");
        self.nonces.iter_mut().zip(event.nonce).for_each(|(sum, nonce)| *sum ^= nonce);
        for key in &event.opened {
            self.push_account(*key);
        }
        let stands = matches!(event.outcome, Outcome::Done(_) | Outcome::Held(_));
        if stands && self.parties.row(event.party.0).acted.is_none() {
            self.parties.row_mut(event.party.0).acted = Some(seq);
        }
        if let Some(time) = event.time.filter(|_| event.outcome.is_done()) {
            self.times.push(Timed { seq, day: event.effective, time });
        }
        if let Some((with, time)) = event.with(self).and_then(|with| Some((with, with.time?))) {
            self.times.push(Timed { seq, day: with.effective.unwrap_or(event.effective), time });
        }
        match &event.outcome {
            Outcome::Done(act) => act.apply(self, seq, event),
            Outcome::Held(act) => {
                let row = self.held.push(Held {
                    seq,
                    party: event.party,
                    maker: event.maker.clone().expect("decided: a held command has a maker"),
                    by: event.by.clone(),
                    effective: event.effective,
                    act: act.clone(),
                    is_settled: false,
                    time: event.time,
                });
                self.index.held.insert(seq, row);
            }
            Outcome::Refused(_) | Outcome::Moved(..) => {}
        }
        for entry in &event.entries {
            self.post(entry, event.effective);
        }
        self.note_placed(event);
        for claim in &event.claims {
            self.post_claim(claim, event.effective, seq);
        }
        for used in event.uses.iter().flatten() {
            let authority = self.authorities.row_mut(used.authority.0);
            authority.used = Quantity::new(authority.used.units() + used.delta)
                .filter(|used| *used <= authority.ceiling)
                .expect("decided: uses stay between nothing and the ceiling");
            authority.days.add(event.effective, &Sums { on_hand: used.delta, ..Sums::default() });
        }
        if let Some(tallied) = &event.tallied {
            self.post_tallies(tallied, event.effective);
        }
        self.keep_document(seq, event);
        self.assert_laws(event);
        self.note_moved(event);
        if self.index.void_count > 0 || self.is_correction(event) {
            self.settle_codes(event);
        }
        self.head = seq;
        self.recorded_at = event.recorded_at;
    }

    /// The one function that changes what lies where: what one account loses, the other gains.
    fn post(&mut self, entry: &Entry, effective: Day) {
        let day = entry.day.unwrap_or(effective);
        let units = entry.quantity.units();
        let (source, target) = (entry.source.0, entry.target.0);
        assert_ne!(source, target, "an entry has two legs");
        let lot = self.accounts.row(source).key.lot;
        assert_eq!(lot, self.accounts.row(target).key.lot, "an entry moves one lot");
        for (account, units) in [(source, -units), (target, units)] {
            let days = &mut self.accounts.row_mut(account).days;
            days.add(day, &Sums { on_hand: units, ..Sums::default() });
            days.trim();
        }
        if let Some(kept) = entry.keeps {
            self.keep_count(kept, entry, effective);
        }
    }

    /// Keeps how much of another's stock a secretariat moves: it is told sums, and knows of each what it put into it.
    fn note_placed(&mut self, event: &Event) {
        if self.party(event.party).role != Role::Secretariat {
            return;
        }
        for (account, entry) in event.entries.iter().flat_map(|entry| [(entry.source, entry), (entry.target, entry)]) {
            let key = self.accounts.row(account.0).key;
            let sees_it = key.owner == event.party || self.eyes(event.party).sees_books_of(key.owner);
            if !sees_it && self.place(key.place).is_real() {
                self.accounts.row_mut(account.0).note_placed(event.party, entry.quantity.units().saturating_abs());
            }
        }
    }

    fn post_claim(&mut self, claim: &Claim, effective: Day, seq: Seq) {
        let day = claim.day.unwrap_or(effective);
        let change = Encumbrance::change(claim.kind, claim.delta);
        let days = &mut self.accounts.row_mut(claim.account.0).days;
        days.add(day, &change);
        days.trim();
        let remaining = Sums { on_hand: claim.delta, ..Sums::default() };
        let encumbrance = self.encumbrances.row_mut(claim.encumbrance.0);
        encumbrance.remaining.add(day, &remaining);
        encumbrance.changed = Some(seq);
    }
}
