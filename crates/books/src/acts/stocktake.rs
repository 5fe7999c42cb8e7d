//! Stock is counted: what lies there is what was counted, and the difference goes to a place of its own.
//!
//! The book is taken at the cut-off: at the end of the count's day as it is known, or before an event of that day, or
//! where the books held what the count was held against; where times of the day are stated, before what happened later. What is recorded later of the time before does not move what was
//! found ([`crate::count`]). In a heap that several own, the difference is borne in proportion to what each has in it
//! (largest remainder, ties by party number).

use measure::{Quantity, largest_remainder};

use super::Ask;
use super::deposit::{LotRef, stated_fits_lot};
use crate::account::AccountKey;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::count::Position;
use crate::draft::Draft;
use crate::draft::counts::Placed;
use crate::draft::steps::{Judged, State, Who};
use crate::event::Event;
use crate::factor::Stated;
use crate::number::{AccountNo, LotNo, PartyNo, PlaceNo, Seq};
use crate::rejection::{Fault, Rejection};

/// Records a stocktake.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Stocktake {
    /// Where.
    #[n(0)]
    pub site: PlaceNo,
    /// Whose part was counted; all owners' together where absent.
    #[n(1)]
    pub owner: Option<PartyNo>,
    /// What was found, lot by lot. Lots not named were not counted.
    #[n(2)]
    pub lines: Vec<Counted>,
    /// The sender's own reference.
    #[n(3)]
    pub reference: Option<String>,
    /// It was counted before what this event moved on that day, and whatever was recorded of the day after it.
    #[n(4)]
    pub before_event: Option<Seq>,
}

/// What was found of one lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Counted {
    /// The lot.
    #[n(0)]
    pub lot: LotNo,
    /// How much was found, in accounting units.
    #[n(1)]
    pub quantity: Quantity,
    /// What the books said on the list it was counted with.
    #[n(2)]
    pub against: Option<Quantity>,
    /// What was found as it was measured, where that is in a unit of another dimension.
    #[n(3)]
    pub stated: Option<Stated>,
}

impl Stocktake {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let Self { site, owner, lines, reference: _, before_event } = self;
        // Who has something of each lot; whoever counts has what nobody had.
        let counted: Vec<Vec<PartyNo>> = lines.iter().map(|line| self.owners(who.books, ask.party, line.lot)).collect();
        for owner in owner.iter().chain(counted.iter().flatten()) {
            who.may_write(*owner, Some(*site));
        }
        for (line, owner) in lines.iter().flat_map(|line| owner.iter().map(move |owner| (line, owner))) {
            who.may_join(&LotRef::Known(line.lot), *owner);
        }
        let mut shape = who.shape()?;
        shape.lines(lines.len());
        for line in lines {
            stated_fits_lot(&mut shape, line.stated, line.quantity, line.lot);
        }
        if (0..lines.len()).any(|index| lines[..index].iter().any(|other| other.lot == lines[index].lot)) {
            shape.invalid("lines", Fault::LotTwice);
        }
        if before_event.is_some_and(|seq| !self.is_moved_by(shape.books, seq, ask)) {
            shape.invalid("before_event", Fault::MovedElsewhere);
        }
        let mut state = shape.state()?;
        let mut cuts = Vec::with_capacity(lines.len());
        for (line, owners) in lines.iter().zip(counted) {
            let accounts: Vec<(PartyNo, AccountNo)> =
                owners.iter().map(|owner| (*owner, state.account(*site, *owner, line.lot))).collect();
            let cut = self.cut(&mut state, line, &accounts, ask);
            cuts.push(cut);
            let at = Position::count(ask.effective, cut, state.next_seq()).timed(state.time);
            let books: Vec<i64> =
                accounts.iter().map(|(_, account)| held_at(&state, *account, cut, at).unwrap_or(i64::MAX)).collect();
            let book: i128 = books.iter().map(|book| i128::from(*book)).sum();
            let difference = i128::from(line.quantity.units()) - book;
            let Ok(size) = i64::try_from(difference.unsigned_abs()) else {
                let account = AccountKey { place: *site, owner: owners[0], lot: line.lot };
                state.refuse(Rejection::Overflow { account });
                continue;
            };
            let size = Quantity::new(size).expect("an absolute value");
            for ((owner, account), part) in accounts.iter().zip(shares(size, &books)) {
                share(&mut state, line.lot, *owner, *account, part, difference < 0, at);
            }
            let numbers: Vec<AccountNo> = accounts.iter().map(|(_, account)| *account).collect();
            state.stop_what_is_put_off(*owner, &numbers, at);
        }
        let own = state.next_seq();
        state.cut_days(cuts.iter().any(|cut| *cut != own).then_some(cuts));
        state.done()
    }

    /// Did an event move any of the lots here on the day of the count?
    fn is_moved_by(&self, books: &Books, seq: Seq, ask: &Ask<'_>) -> bool {
        let eyes = books.eyes(ask.party);
        let Some(event) = ask.past.event(seq).filter(|event| eyes.sees_event(event)) else { return false };
        let is_here = |account: AccountNo| {
            let key = books.account(account).key;
            key.place == self.site && self.lines.iter().any(|line| line.lot == key.lot)
        };
        let of_day = event.entries.iter().filter(|entry| entry.day.unwrap_or(event.effective) == ask.effective);
        of_day.into_iter().any(|entry| is_here(entry.source) || is_here(entry.target))
    }

    /// The first event whose entries of the day came after the count.
    fn cut(&self, state: &mut State<'_, '_>, line: &Counted, accounts: &[(PartyNo, AccountNo)], ask: &Ask<'_>) -> Seq {
        let named = self.before_event.unwrap_or(state.next_seq());
        let Some(against) = line.against else { return named };
        let numbers: Vec<AccountNo> = accounts.iter().map(|(_, account)| *account).collect();
        let at = Position::count(ask.effective, named, state.next_seq()).timed(state.time);
        let book: i128 = numbers.iter().map(|account| state.held_before(*account, at)).sum();
        if book == i128::from(against.units()) {
            return named;
        }
        let found = state.cut_where_held(&numbers, ask.effective, i128::from(against.units()));
        if let Some(cut) = found.filter(|_| self.before_event.is_none() && state.time.is_none()) {
            return cut;
        }
        let account = AccountKey { place: self.site, owner: accounts[0].0, lot: line.lot };
        let held = i64::try_from(book).unwrap_or(i64::MAX);
        state.refuse(Rejection::BookDiffers { account, held, day: ask.effective });
        named
    }

    fn owners(&self, books: &Books, asks: PartyNo, lot: LotNo) -> Vec<PartyNo> {
        let holders = || books.holders(self.site, lot);
        let owners = self.owner.map_or_else(holders, |owner| vec![owner]);
        if owners.is_empty() { vec![asks] } else { owners }
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        books.push_counts(self, seq, event);
    }
}

act_rules!(Stocktake {
    right: Write, asks: Keeper, seen: Concerned, nature: Observation, by_hand: Stock, periods: Owners,
    undone: Corrected,
    line: Both(&["{site}", "counted {lines}", "before event {before_event}"]),
    whose(act, _): act.owner.into_iter().collect(),
    // How much it finds is no use of anything: what it changes is.
    uses(act, _): act.lines.iter().map(|line| Used { lot: line.lot, site: Some(act.site), units: Some(0) }).collect(),
    reference(act, _): act.reference.as_deref(),
    says(_): None,
    example: r#"{"site": "Ibaraki", "owner": "JOGMEC", "lines": [{"lot": "LOT-2", "counted": "56.9999 t", "against": "57 t"}], "before_event": 30,
        "reference": "X-9"}"#,
});

fn held_at(draft: &Draft<'_>, account: AccountNo, cut: Seq, at: Position) -> Option<i64> {
    match cut == draft.next_seq() && draft.time.is_none() {
        true => Some(draft.days(account, at.day).at(at.day).unwrap_or_default().on_hand),
        false => i64::try_from(draft.held_before(account, at)).ok(),
    }
}

/// Divides a difference by what each owner has; evenly where nobody has anything.
fn shares(size: Quantity, books: &[i64]) -> Vec<Quantity> {
    let weights: Vec<u64> = books.iter().map(|book| u64::try_from(*book).unwrap_or(0)).collect();
    largest_remainder(size, &weights).unwrap_or_else(|_| {
        largest_remainder(size, &vec![1; books.len()]).expect("as many weights as owners, none of them zero")
    })
}

fn share(
    draft: &mut Draft<'_>,
    lot: LotNo,
    owner: PartyNo,
    account: AccountNo,
    part: Quantity,
    is_missing: bool,
    at: Position,
) {
    if part.is_zero() {
        return;
    }
    let difference = draft.account(PlaceNo::COUNT_DIFFERENCE, owner, lot);
    let (source, target) = if is_missing { (account, difference) } else { (difference, account) };
    draft.entry_placed(source, target, part, at.day, Placed { at, through: None });
}
