//! What the books hold on an account of a statement.

use std::collections::BTreeMap;

use books::place::Place;
use books::{AccountNo, Books, Day, MaterialNo, PartyNo, PlaceNo};

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

/// Where a party ever had anything at a site: found once, and asked for each account that it states.
pub(crate) struct Holdings {
    party: PartyNo,
    by_material: BTreeMap<MaterialNo, BTreeMap<PlaceNo, Vec<AccountNo>>>,
}

impl Holdings {
    pub(crate) fn of(books: &Books, party: PartyNo) -> Self {
        let mut by_material: BTreeMap<_, BTreeMap<_, Vec<_>>> = BTreeMap::new();
        for (number, account) in (0u32..).map(AccountNo).zip(books.accounts()) {
            let key = account.key;
            if key.owner == party && matches!(books.place(key.place), Place::Site(_)) {
                let sites = by_material.entry(books.lot(key.lot).facts.material).or_default();
                sites.entry(key.place).or_default().push(number);
            }
        }
        Self { party, by_material }
    }

    /// Every site and material of which it ever had anything, in order.
    pub(crate) fn sites(&self) -> impl Iterator<Item = (PlaceNo, MaterialNo)> {
        self.by_material.iter().flat_map(|(material, sites)| sites.keys().map(|site| (*site, *material)))
    }

    /// What the books hold on an account of a statement, in accounting units.
    pub(crate) fn held(&self, view: &dyn View, account: &StatedAccount, day: Day) -> Result<i128, Problem> {
        let books = view.books();
        let sites = self.by_material.get(&account.material).into_iter().flatten();
        let sites = sites.filter(|(site, _)| account.site.is_none_or(|wanted| wanted == **site));
        let mut sum = 0i128;
        for number in sites.flat_map(|(_, accounts)| accounts) {
            let code = &books.lot(books.account(*number).key.lot).facts.code;
            if account.lot.as_ref().is_none_or(|wanted| wanted == code) {
                sum += i128::from(view.at(*number, day, books.head())?.on_hand);
            }
        }
        Ok(sum)
    }

    /// The same, as far as the asker sees what lies there.
    pub(crate) fn held_seen(&self, view: &dyn View, account: &StatedAccount, day: Day) -> Result<Told<i128>, Problem> {
        match Sight::of(view).sees_stock_at(self.party, account.site) {
            true => Ok(Told::Whole(self.held(view, account, day)?)),
            false => Ok(Told::Withheld),
        }
    }
}
