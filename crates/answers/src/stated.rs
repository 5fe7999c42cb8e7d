//! What the books hold on an account of a statement.

use books::place::Place;
use books::{AccountNo, Day, Kind, LotNo, MaterialNo, PartyNo, PlaceNo};

use crate::figure::Told;
use crate::problem::Problem;
use crate::sight::Sight;
use crate::view::View;

/// An account as statements speak of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct StatedAccount {
    pub(crate) material: MaterialNo,
    pub(crate) site: Option<PlaceNo>,
    pub(crate) lot: Option<String>,
}

/// What the books hold on an account of a statement, in accounting units.
pub(crate) fn held(view: &dyn View, party: PartyNo, account: &StatedAccount, day: Day) -> Result<i128, Problem> {
    let books = view.books();
    let mut sum = 0i128;
    let of_lots = account.lot.as_ref().map(|code| {
        let mut lots: Vec<LotNo> = books.rows_of(Kind::Lot, code).iter().copied().map(LotNo).collect();
        lots.extend(books.lot_no(code).filter(|_| lots.is_empty()));
        lots.into_iter().flat_map(|lot| books.accounts_of(lot)).copied().collect::<Vec<_>>()
    });
    let all = || (0u32..).map(AccountNo).take(books.accounts().len()).collect();
    for number in of_lots.unwrap_or_else(all) {
        let known = books.account(number);
        let lot = &books.lot(known.key.lot).facts;
        let is_meant = known.key.owner == party
            && lot.material == account.material
            && account.site.is_none_or(|site| site == known.key.place)
            && account.lot.as_ref().is_none_or(|code| *code == lot.code)
            && matches!(books.place(known.key.place), Place::Site(_));
        if is_meant {
            sum += i128::from(view.at(number, day, books.head())?.on_hand);
        }
    }
    Ok(sum)
}

/// The same, as far as the asker sees what lies there.
pub(crate) fn held_seen(
    view: &dyn View,
    party: PartyNo,
    account: &StatedAccount,
    day: Day,
) -> Result<Told<i128>, Problem> {
    match Sight::of(view).sees_stock_at(party, account.site) {
        true => Ok(Told::Whole(held(view, party, account, day)?)),
        false => Ok(Told::Withheld),
    }
}
