//! What is left of encumbrances, as of a day, as known at an event.
//!
//! What is known now is in the books. An older state of knowledge is added up from the events that changed the accounts on
//! which they lie.

use std::collections::HashMap;

use books::{AccountNo, EncumbranceNo};

use crate::problem::Problem;
use crate::view::View;
use crate::wants::{Scan, Wants, Whereabouts};
use crate::when::At;

/// What was left of each encumbrance that was known.
#[derive(Default)]
struct Then(HashMap<EncumbranceNo, i64>);

/// Encumbrances as of a day, as known at an event.
#[derive(Clone, Copy)]
pub(crate) struct Claims<'v> {
    view: &'v dyn View,
    at: At,
    then: Option<&'v Then>,
}

impl<'v> Claims<'v> {
    /// What [`Self::read`] wants of the log.
    pub(crate) fn wants(view: &dyn View, at: At) -> Result<Wants, Problem> {
        let books = view.books();
        if at.is_now(books) || books.encumbrances().is_empty() {
            return Ok(Wants::nothing());
        }
        let scan = Scan::fold(move |then: &mut Then, _, _, event| {
            for claim in &event.claims {
                let left = then.0.entry(claim.encumbrance).or_default();
                if claim.day.unwrap_or(event.effective) <= at.day {
                    *left += claim.delta;
                }
            }
        });
        let accounts = books.encumbrances().iter().map(|claim| claim.account).collect();
        Ok(scan.lies(Whereabouts { marks: Vec::new(), accounts }).through(at.known_at).into())
    }

    /// Reads them.
    pub(crate) fn read(view: &'v dyn View, at: At) -> Result<Self, Problem> {
        let books = view.books();
        let is_now = at.is_now(books) || books.encumbrances().is_empty();
        Ok(Self { view, at, then: if is_now { None } else { Some(view.folded()?) } })
    }

    /// Was it there?
    pub(crate) fn is_known(&self, number: EncumbranceNo) -> bool {
        self.then.is_none_or(|then| then.0.contains_key(&number))
    }

    /// Had its beneficiary agreed to it?
    pub(crate) fn is_accepted(&self, number: EncumbranceNo) -> bool {
        let accepted = self.view.books().encumbrance(number).accepted;
        accepted.is_some_and(|accepted| accepted <= self.at.known_at)
    }

    /// What was left of it.
    pub(crate) fn left(&self, number: EncumbranceNo) -> i64 {
        match self.then {
            None => self.view.books().encumbrance(number).remaining.at(self.at.day).unwrap_or_default().on_hand,
            Some(then) => then.0.get(&number).copied().unwrap_or(0),
        }
    }

    /// By how much an account held less than was set aside.
    pub(crate) fn shortfall(&self, account: AccountNo) -> Result<i64, Problem> {
        let books = self.view.books();
        if self.then.is_none() {
            return Ok(books.shortfall(account, self.at.day));
        }
        let is_real = books.place(books.account(account).key.place).is_real();
        let available = self.at.sums(self.view, account)?.available();
        Ok(if is_real { available.saturating_neg().max(0) } else { 0 })
    }
}
