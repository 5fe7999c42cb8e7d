//! Stock is counted: what lies there is what was counted, and the difference goes to a place of its own.
//!
//! The book is taken at the end of the count's day (the cut-off). In a heap that several own, the difference is borne
//! in proportion to what each has in it (largest remainder, ties by party number).

use measure::{Quantity, largest_remainder};

use super::{Ask, Line};
use crate::account::AccountKey;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::Draft;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
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
    pub lines: Vec<Line>,
    /// The sender's own reference.
    #[n(3)]
    pub reference: Option<String>,
}

impl Stocktake {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let Self { site, owner, lines, reference: _ } = self;
        // Who has something of each lot; whoever counts has what nobody had.
        let counted: Vec<Vec<PartyNo>> = lines.iter().map(|line| self.owners(who.books, ask.party, line.lot)).collect();
        for owner in owner.iter().chain(counted.iter().flatten()) {
            who.may_write(*owner, Some(*site));
        }
        let mut shape = who.shape()?;
        shape.lines(lines.len());
        if (0..lines.len()).any(|index| lines[..index].iter().any(|other| other.lot == lines[index].lot)) {
            shape.invalid("lines", Fault::LotTwice);
        }
        let mut state = shape.state()?;
        for (line, owners) in lines.iter().zip(counted) {
            let accounts: Vec<(PartyNo, AccountNo)> =
                owners.iter().map(|owner| (*owner, state.account(*site, *owner, line.lot))).collect();
            let books: Vec<i64> = accounts.iter().map(|(_, account)| held_at(&state, *account, ask)).collect();
            let book: i128 = books.iter().map(|book| i128::from(*book)).sum();
            let difference = i128::from(line.quantity.units()) - book;
            let Ok(size) = i64::try_from(difference.unsigned_abs()) else {
                let account = AccountKey { place: *site, owner: owners[0], lot: line.lot };
                state.refuse(Rejection::Overflow { account });
                continue;
            };
            let size = Quantity::new(size).expect("an absolute value");
            for ((owner, account), part) in accounts.iter().zip(shares(size, &books)) {
                share(&mut state, line.lot, *owner, *account, part, difference < 0);
            }
        }
        state.done()
    }

    fn owners(&self, books: &Books, asks: PartyNo, lot: LotNo) -> Vec<PartyNo> {
        let holders = || books.holders(self.site, lot);
        let owners = self.owner.map_or_else(holders, |owner| vec![owner]);
        if owners.is_empty() { vec![asks] } else { owners }
    }

    pub(crate) fn apply(&self, _: &mut Books, _: Seq, _: &Event) {}
}

act_rules!(Stocktake {
    right: Write, asks: Keeper, seen: Concerned, nature: Observation, by_hand: Stock, periods: Owners,
    undone: Corrected,
    line: Both(&["{site}", "counted {lines}"]),
    whose(act, _): act.owner.into_iter().collect(),
    reference(act, _): act.reference.as_deref(),
    says(_): None,
    example: r#"{"site": "Ibaraki", "owner": "JOGMEC", "lines": [{"lot": "LOT-2", "counted": "56.9999 t"}],
        "reference": "X-9"}"#,
});

fn held_at(draft: &Draft<'_>, account: AccountNo, ask: &Ask<'_>) -> i64 {
    draft.days(account, ask.effective).at(ask.effective).unwrap_or_default().on_hand
}

/// Divides a difference by what each owner has; evenly where nobody has anything.
fn shares(size: Quantity, books: &[i64]) -> Vec<Quantity> {
    let weights: Vec<u64> = books.iter().map(|book| u64::try_from(*book).unwrap_or(0)).collect();
    largest_remainder(size, &weights).unwrap_or_else(|_| {
        largest_remainder(size, &vec![1; books.len()]).expect("as many weights as owners, none of them zero")
    })
}

fn share(draft: &mut Draft<'_>, lot: LotNo, owner: PartyNo, account: AccountNo, part: Quantity, is_missing: bool) {
    if part.is_zero() {
        return;
    }
    let difference = draft.account(PlaceNo::COUNT_DIFFERENCE, owner, lot);
    match is_missing {
        true => draft.entry(account, difference, part),
        false => draft.entry(difference, account, part),
    }
}
