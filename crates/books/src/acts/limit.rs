//! An account gets a floor or a ceiling. What is set aside counts as gone, what is on its way as there.

use measure::Quantity;

use super::Ask;
use crate::account::{AccountKey, Limit};
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{LotNo, PartyNo, PlaceNo, Seq};
use crate::rejection::Rejection;

/// Asks to set the limits of an account; both are replaced.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SetLimit {
    /// Which lot.
    #[n(0)]
    pub lot: LotNo,
    /// At which site.
    #[n(1)]
    pub site: PlaceNo,
    /// Whose it is.
    #[n(2)]
    pub owner: PartyNo,
    /// Available must stay at or above this.
    #[n(3)]
    pub floor: Option<Quantity>,
    /// On hand plus in transit must stay at or below this.
    #[n(4)]
    pub ceiling: Option<Quantity>,
}

impl SetLimit {
    fn key(&self) -> AccountKey {
        AccountKey { place: self.site, owner: self.owner, lot: self.lot }
    }

    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let Self { lot, site, owner, floor, ceiling } = self;
        who.may_write(*owner, None);
        let mut amounts = who.shape()?.state()?.amounts()?;
        let account = amounts.account(*site, *owner, *lot);
        let days = amounts.days(account, ask.effective);
        let arriving = amounts.books.arriving(self.key());
        let on_the_day = (ask.effective, days.at(ask.effective).unwrap_or_default());
        let later = days.rows().iter().filter(|row| row.day > ask.effective).map(|row| (row.day, row.sums));
        // The limits hold from the effective date on, so they must fit every day that is known already.
        for (day, sums) in std::iter::once(on_the_day).chain(later) {
            if let Some(floor) = floor.filter(|floor| sums.available() < floor.units()) {
                amounts.refuse(Rejection::BelowFloor { account: self.key(), floor, day, later: Vec::new() });
            }
            let there = i128::from(sums.on_hand) + arriving;
            if let Some(ceiling) = ceiling.filter(|ceiling| there > i128::from(ceiling.units())) {
                amounts.refuse(Rejection::AboveCeiling { account: self.key(), ceiling, day, later: Vec::new() });
            }
        }
        amounts.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, _: &Event) {
        let account = books.account_no(self.key()).expect("decided: the account is open");
        let limit = Limit { floor: self.floor, ceiling: self.ceiling };
        books.accounts.row_mut(account.0).limit = (limit != Limit::default()).then_some(limit);
    }
}

act_rules!(SetLimit {
    right: Govern, asks: Holder, seen: Concerned, nature: Decision, by_hand: Rule, periods: Nobody,
    undone: By(&["set_limit"]),
    line: Words(&["{lot}", "at {site}", "of {owner}", "at least {floor}", "at most {ceiling}"]),
    whose(act, _): vec![act.owner],
    uses(act, _): vec![Used { lot: act.lot, site: Some(act.site), units: None }],
    reference(_, _): None,
    says(_): None,
    example: r#"{"lot": "LOT-1", "site": "Ibaraki", "owner": "JOGMEC", "floor": "1 lb", "ceiling": "200 t"}"#,
});
