//! The steps of a decision, each a type, so that a wrong order of refusals cannot be written.
//!
//! `decide` is handed [`Who`] and gets to the effects of its act only through [`Shape`] and [`State`]: each step is given
//! up for the next, and what it asks can be asked nowhere else. A step does not end at the first refusal: it keeps the one
//! that is declared first and goes on, and at its end the decision stops if anything of this step or an earlier one was
//! kept. What is found early waits for its step; what is found late is a mistake and asserted against.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use measure::Quantity;

use super::Draft;
use crate::act_rules::Asks;
use crate::acts::Ask;
use crate::acts::deposit::LotRef;
use crate::books::Held;
use crate::event::Event;
use crate::eyes::{Eyes, Meant, UNDER};
use crate::lot::Price;
use crate::number::{LotNo, MaterialNo, PartyNo, PlaceNo, ReserveNo, Seq};
use crate::party::Role;
use crate::rejection::{Fault, Kind, Rejection, Step};
use crate::reserve::Reserve;

/// A step at which a decision stands.
pub(crate) struct At<'a, 'b, S> {
    draft: &'a mut Draft<'b>,
    step: PhantomData<S>,
}

/// Its sender may do this.
pub(crate) type Who<'a, 'b> = At<'a, 'b, OfWho>;
/// Each field can stand by itself.
pub(crate) type Shape<'a, 'b> = At<'a, 'b, OfShape>;
/// What is named is there, fits, and is in force. From here on an act says what it changes.
pub(crate) type State<'a, 'b> = At<'a, 'b, OfState>;
/// There is enough of it, as far as this act alone knows; what all acts must respect is looked at afterwards.
pub(crate) type Amounts<'a, 'b> = At<'a, 'b, OfAmounts>;

/// What an act's `decide` comes to. Only the last step gives a [`Done`], and only a step that refused a [`Stopped`].
pub(crate) type Judged = Result<Done, Stopped>;

/// All steps were gone through. Amounts may still be refused.
pub(crate) struct Done(());

/// The decision is over: the draft keeps why.
pub(crate) struct Stopped(());

pub(crate) struct OfWho;
pub(crate) struct OfShape;
pub(crate) struct OfState;
pub(crate) struct OfAmounts;

/// Marks a step.
pub(crate) trait IsStep {
    const STEP: Step;
}

impl IsStep for OfWho {
    const STEP: Step = Step::Who;
}
impl IsStep for OfShape {
    const STEP: Step = Step::Shape;
}
impl IsStep for OfState {
    const STEP: Step = Step::State;
}
impl IsStep for OfAmounts {
    const STEP: Step = Step::Quantity;
}

impl<'b, S> Deref for At<'_, 'b, S> {
    type Target = Draft<'b>;

    fn deref(&self) -> &Draft<'b> {
        self.draft
    }
}

/// Effects are said once it is known that the act may stand, its amounts apart.
impl DerefMut for At<'_, '_, OfState> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.draft
    }
}

impl DerefMut for At<'_, '_, OfAmounts> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.draft
    }
}

impl<'a, 'b, S: IsStep> At<'a, 'b, S> {
    /// Keeps a refusal and goes on: one that is declared before it may still be found.
    pub(crate) fn refuse(&mut self, rejection: Rejection) {
        let step = rejection.about().step;
        debug_assert!(step >= S::STEP || S::STEP == Step::Who, "{rejection:?} is found too late: at {:?}", S::STEP);
        self.draft.keep(rejection);
    }

    /// Keeps the refusal of a check, if it refused, and gives what it found.
    pub(crate) fn note<T>(&mut self, checked: Result<T, Rejection>) -> Option<T> {
        checked.map_err(|rejection| self.refuse(rejection)).ok()
    }

    /// The decision ends within the step, for what comes next cannot be looked at.
    pub(crate) fn stop(self) -> Stopped {
        debug_assert!(self.draft.is_refused_by(S::STEP), "only a step that refused stops");
        Stopped(())
    }

    fn next<T>(self) -> Result<At<'a, 'b, T>, Stopped> {
        match self.draft.is_refused_by(S::STEP) {
            true => Err(Stopped(())),
            false => Ok(At { draft: self.draft, step: PhantomData }),
        }
    }
}

impl<'a, 'b> Who<'a, 'b> {
    /// Begins a decision.
    pub(crate) fn begin(draft: &'a mut Draft<'b>) -> Self {
        Self { draft, step: PhantomData }
    }

    /// The sender is known to may do this, as far as the books know: each field by itself comes next.
    pub(crate) fn shape(self) -> Result<Shape<'a, 'b>, Stopped> {
        let latest = self.draft.latest;
        if self.draft.day.max(self.draft.asked) > latest {
            self.draft.keep(Rejection::EffectiveInFuture { latest });
        }
        self.next()
    }

    /// What is wanted of a later day may be said now.
    pub(crate) fn may_be_dated_ahead(&mut self) {
        self.draft.latest = crate::number::Day(i32::MAX);
    }

    /// Goes on with what a held command asked, in the name of who asked it.
    pub(crate) fn on_behalf_of(self, held: &Held) -> Self {
        self.draft.party = held.party;
        self.draft.day = held.effective;
        self.draft.base = held.effective;
        self.draft.time = held.time;
        self
    }

    /// Does the party's role let it ask for an act of this kind at all?
    pub(crate) fn role_fits(&mut self, asks: Asks) {
        let checked = self.books.role_fits(self.party, asks);
        self.note(checked);
    }

    /// Some things are for a secretariat alone, whatever else the act may do.
    pub(crate) fn is_secretariat(&mut self, party: PartyNo) {
        if self.books.party(party).role != Role::Secretariat {
            self.refuse(Rejection::SecretariatOnly { party });
        }
    }

    /// What is decided.
    pub(crate) fn is_of(&mut self, act: &'static str) {
        self.draft.act = act;
    }

    /// May the asking party write an owner's stock, as the owner, as custodian of the place, for the reserve that it runs, or
    /// under a mandate?
    pub(crate) fn may_write(&mut self, owner: PartyNo, place: Option<PlaceNo>) {
        if !self.draft.permits(owner, place) {
            self.refuse(Rejection::NotPermitted { party: self.party, owner });
        }
    }

    /// May the asking party act for another, of whose stock it touches nothing?
    pub(crate) fn is_permitted(&mut self, party: PartyNo) -> bool {
        self.draft.permits(party, None)
    }

    /// The act says something of a lot: a mandate has to be for it.
    pub(crate) fn speaks_of(&mut self, lot: LotNo) {
        self.draft.speaks_of(lot);
    }

    /// May the asking party record what is known of another: its reports, figures, duties and authorities?
    pub(crate) fn may_record(&mut self, owner: PartyNo) {
        if !self.eyes().oversees(owner) {
            self.refuse(Rejection::NotPermitted { party: self.party, owner });
        }
    }

    /// May the asking party say how another's reports and the books compare?
    pub(crate) fn may_compare(&mut self, owner: PartyNo) {
        if !self.eyes().oversaw(owner) {
            self.refuse(Rejection::NotPermitted { party: self.party, owner });
        }
    }

    /// May the asking party set what binds all who have to do with it? See [`crate::stewards`].
    pub(crate) fn may_set(&mut self, what: crate::stewards::Binding<'_>) {
        if let Some(owner) = self.books.steward_other_than(self.party, what) {
            self.refuse(Rejection::NotPermitted { party: self.party, owner });
        }
    }

    /// Some things a party says itself, whoever else acts for it.
    pub(crate) fn is_itself(&mut self, whose: &[PartyNo]) {
        if let Some(owner) = whose.first().filter(|_| !whose.contains(&self.party)) {
            self.refuse(Rejection::NotPermitted { party: self.party, owner: *owner });
        }
    }

    /// May the asking party say what a lot is? It speaks of the stock of all who have some: it may write some of each owner's,
    /// or it is the one that began the lot, and has some itself.
    pub(crate) fn may_write_lot(&mut self, lot: LotNo) {
        self.speaks_of(lot);
        let mut accounts: Vec<_> = self.books.in_hand(lot).map(|account| account.key).collect();
        if accounts.is_empty() {
            accounts = self.books.accounts_of(lot).iter().map(|number| self.books.account(*number).key).collect();
        }
        let has_some = accounts.iter().any(|key| self.draft.permits(key.owner, None));
        if has_some && self.books.under(Kind::Lot, lot.0) == Some(self.party) {
            return;
        }
        let mut is_written = |owner: PartyNo| {
            accounts.iter().any(|key| key.owner == owner && self.draft.permits(owner, Some(key.place)))
        };
        let other = accounts.iter().find(|key| !is_written(key.owner)).map(|key| key.owner);
        if let Some(owner) = other {
            self.refuse(Rejection::NotPermitted { party: self.party, owner });
        }
    }

    /// More of a lot is an owner's who has or had some of it, or as whoever began it says: nobody joins what is another's by naming it.
    pub(crate) fn may_join(&mut self, lot: &LotRef, owner: PartyNo) {
        let LotRef::Known(lot) = lot else { return };
        let under = self.books.under(Kind::Lot, lot.0).unwrap_or(owner);
        if under != self.party && !self.books.has_or_had(owner, *lot) {
            self.refuse(Rejection::NotPermitted { party: self.party, owner: under });
        }
    }

    /// An event, where the asking party sees anything of it.
    pub(crate) fn event(&self, seq: Seq, ask: &Ask<'_>) -> Option<Event> {
        ask.past.event(seq).filter(|event| self.eyes().sees_event(event))
    }

    /// The reserve, for its secretariat.
    pub(crate) fn runs(&mut self, reserve: ReserveNo) -> &'b Reserve {
        let facts = self.books.reserve(reserve);
        self.is_itself(&[facts.secretariat]);
        facts
    }

    /// What the asking party sees.
    pub(crate) fn eyes(&self) -> Eyes<'b> {
        self.books.eyes(self.party)
    }
}

impl<'a, 'b> Shape<'a, 'b> {
    /// Each field can stand by itself: what they name comes next.
    pub(crate) fn state(self) -> Result<State<'a, 'b>, Stopped> {
        self.next()
    }

    /// A field has a value that cannot stand.
    pub(crate) fn invalid(&mut self, field: &'static str, fault: Fault) {
        self.refuse(Rejection::invalid(field, fault));
    }

    /// A code that is given now, and stands for ever.
    pub(crate) fn code(&mut self, field: &'static str, code: &str) {
        self.text(field, code);
        if !crate::codes::is_clear(code) || code.contains(UNDER) {
            self.invalid(field, Fault::Misleading);
        }
    }

    /// A text that a person wrote.
    pub(crate) fn text(&mut self, field: &'static str, text: &str) {
        self.note(crate::acts::text_fits(field, text));
    }

    /// A text that may be left out.
    pub(crate) fn text_if_any(&mut self, field: &'static str, text: Option<&String>) {
        if let Some(text) = text {
            self.text(field, text);
        }
    }

    /// A price is for a unit in which the material is measured.
    pub(crate) fn price_fits(&mut self, field: &'static str, price: Option<&Price>, material: MaterialNo) {
        let Some(unit) = price.and_then(|price| price.unit) else { return };
        if unit.dimension() != self.books.material(material).unit.dimension() {
            self.invalid(field, Fault::PricePerOther { unit: unit.code().to_owned() });
        }
    }

    /// A country by its code.
    pub(crate) fn country(&mut self, field: &'static str, country: Option<&String>) {
        self.note(crate::acts::country_fits(field, country));
    }

    /// Lines of lots: at least one, and no more than one act holds.
    pub(crate) fn lines(&mut self, line_count: usize) {
        self.note(crate::acts::lines_fit(line_count));
    }

    /// A quantity of nothing is left out, not asked for.
    pub(crate) fn not_zero(&mut self, quantity: Quantity) {
        if quantity.is_zero() {
            self.refuse(Rejection::QuantityMustNotBeZero);
        }
    }
}

impl<'a, 'b> State<'a, 'b> {
    /// What is named fits: whether there is enough of it comes next.
    pub(crate) fn amounts(self) -> Result<Amounts<'a, 'b>, Stopped> {
        self.next()
    }

    /// All steps are gone through: the act has no amounts of its own to look at.
    pub(crate) fn done(self) -> Judged {
        self.amounts().map(Amounts::end)
    }

    /// A code that nothing of its kind has yet, as far as the asking party sees: what is another's has its own.
    pub(crate) fn is_new(&mut self, kind: Kind, code: &str) {
        let rows = self.books.rows_of(kind, code);
        let is_taken = match rows.first().and_then(|row| self.books.under(kind, *row)) {
            Some(_) => self.books.eyes(self.party).means(kind, code) != Meant::Nothing,
            None => !rows.is_empty(),
        };
        if is_taken {
            self.refuse(Rejection::AlreadyRegistered { kind, code: code.to_owned() });
        }
    }
}

impl Amounts<'_, '_> {
    fn end(self) -> Done {
        Done(())
    }

    /// All steps are gone through.
    pub(crate) fn done(self) -> Judged {
        Ok(self.end())
    }
}
