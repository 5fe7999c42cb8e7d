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
use crate::event::Event;
use crate::number::{AccountNo, LotNo, PartyNo, PlaceNo, Seq};
use crate::rejection::Rejection;

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
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, ask: &Ask<'_>) -> Result<(), Rejection> {
        let Self { site, owner, lines, reference: _ } = self;
        draft.note(super::lines_fit(lines.len()));
        for (index, line) in lines.iter().enumerate() {
            if lines[..index].iter().any(|other| other.lot == line.lot) {
                return Err(Rejection::Invalid { field: "lines", problem: "a lot is counted twice".into() });
            }
            let holders = match owner {
                Some(owner) => vec![(*owner, draft.account(*site, *owner, line.lot))],
                None => draft.books.holders(*site, line.lot),
            };
            let holders =
                if holders.is_empty() { vec![(ask.party, draft.account(*site, ask.party, line.lot))] } else { holders };
            for (owner, _) in &holders {
                draft.may_write(*owner, Some(*site))?;
            }
            let books: Vec<i64> = holders.iter().map(|(_, account)| held_at(draft, *account, ask)).collect();
            let book: i128 = books.iter().map(|book| i128::from(*book)).sum();
            let difference = i128::from(line.quantity.units()) - book;
            let Ok(size) = i64::try_from(difference.unsigned_abs()) else {
                let account = AccountKey { place: *site, owner: holders[0].0, lot: line.lot };
                return Err(Rejection::Overflow { account });
            };
            let size = Quantity::new(size).expect("an absolute value");
            for ((owner, account), part) in holders.iter().zip(shares(size, &books)) {
                share(draft, line.lot, *owner, *account, part, difference < 0);
            }
        }
        Ok(())
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
