//! What changes its place, its custodian or its owner.

use books::acts::{self as numbered, deposit::LotRef};
use books::{Books, Kind, Rejection};

use super::Form;
use super::codec;
use super::lot::LotFacts;
use super::names::{Line, Names, lines};
use super::stock::{bare, lot_ref};
use crate::date::show_day;
use crate::resolve::{Resolver, day_if};

super::object! {
    /// Stock goes from site to site within a day.
    Transfer {
        /// Which lot.
        lot: String,
        /// Site it leaves.
        source: String,
        /// Site it comes to.
        target: String,
        /// Whose it is; the party's where absent.
        owner: Option<String>,
        /// How much, with its unit.
        quantity: String,
        /// The encumbrance it is moved under.
        under: Option<String>,
        /// The sender's own reference.
        reference: Option<String>,
    }

    /// Stock leaves for another site.
    Dispatch {
        /// Names it for its arrivals.
        dispatch: String,
        /// Site it leaves.
        source: String,
        /// Site it goes to.
        target: String,
        /// Whose it is; the party's where absent.
        owner: Option<String>,
        /// What is sent, by the shipper's figures.
        lines: Vec<Line>,
        /// Who carries it.
        carrier: Option<String>,
        /// Day it should arrive.
        due: Option<String>,
        /// The sender's own reference.
        reference: Option<String>,
        /// What it is for, where a restriction goes by use.
        end_use: Option<String>,
        /// The licence it goes under, where a restriction wants one.
        licence: Option<String>,
    }

    /// What arrived of one lot.
    ArrivedLine {
        /// The lot.
        lot: String,
        /// The receiver's figure, with its unit.
        received: String,
        /// The shipper's figure for the same part, where it is another.
        shipped: Option<String>,
    }

    /// Dispatched stock arrives, whole or in part.
    Arrive {
        /// The dispatch.
        dispatch: String,
        /// Where it came to lie; the dispatch's target where absent.
        site: Option<String>,
        /// What arrived.
        lines: Vec<ArrivedLine>,
        /// Is this the last part? Then what is left is booked as the difference between shipper and receiver.
        last: Option<bool>,
        /// The sender's own reference.
        reference: Option<String>,
    }

    /// Stock changes its owner and stays where it is.
    TransferTitle {
        /// Which lot.
        lot: String,
        /// Where it lies.
        site: String,
        /// Who gives it; the party where absent.
        owner: Option<String>,
        /// Who gets it.
        new_owner: String,
        /// How much, with its unit.
        quantity: String,
        /// The encumbrance it is given under.
        under: Option<String>,
        /// The sender's own reference.
        reference: Option<String>,
    }

    /// Stock is lent out.
    Lend {
        /// Names the loan for its returns.
        loan: String,
        /// Which lot.
        lot: String,
        /// Where it lay.
        site: String,
        /// Whose it is; the party's where absent.
        owner: Option<String>,
        /// Who gets it.
        borrower: String,
        /// How much, with its unit.
        quantity: String,
        /// Day it should be back.
        due: Option<String>,
        /// The encumbrance it is lent under.
        under: Option<String>,
        /// The sender's own reference.
        reference: Option<String>,
    }

    /// Lent stock comes back.
    ReturnLoan {
        /// The loan.
        loan: String,
        /// The lot that was lent.
        lot: String,
        /// Where it comes to lie.
        site: String,
        /// How much, with its unit.
        quantity: String,
        /// The lot that comes back in its place, where it is another.
        replacement: Option<LotFacts>,
        /// The sender's own reference.
        reference: Option<String>,
    }
}

impl Form for Transfer {
    type Numbered = numbered::transfer::Transfer;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let lot = resolver.lot(&self.lot)?;
        Ok(Self::Numbered {
            lot,
            source: resolver.site(&self.source)?,
            target: resolver.site(&self.target)?,
            owner: resolver.owner(self.owner.as_ref())?,
            quantity: resolver.lot_quantity("quantity", &self.quantity, lot)?,
            under: resolver.under(self.under.as_ref())?,
            reference: self.reference.clone(),
        })
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        let names = Names(books);
        Self {
            lot: names.lot(act.lot),
            source: names.place(act.source),
            target: names.place(act.target),
            owner: Some(names.party(act.owner)),
            quantity: names.quantity(act.lot, act.quantity),
            under: names.under(act.under),
            reference: act.reference.clone(),
        }
    }
}

impl Form for Dispatch {
    type Numbered = numbered::dispatch::Dispatch;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        Ok(Self::Numbered {
            dispatch: self.dispatch.clone(),
            source: resolver.site(&self.source)?,
            target: resolver.site(&self.target)?,
            owner: resolver.owner(self.owner.as_ref())?,
            lines: lines(&self.lines, resolver)?,
            carrier: self.carrier.clone(),
            due: day_if("due", self.due.as_ref())?,
            reference: self.reference.clone(),
            end_use: self.end_use.clone(),
            licence: codec::licence_if::get(resolver, "licence", &self.licence)?,
        })
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        let names = Names(books);
        Self {
            dispatch: act.dispatch.clone(),
            source: names.place(act.source),
            target: names.place(act.target),
            owner: Some(names.party(act.owner)),
            lines: act.lines.iter().map(|line| names.line(line)).collect(),
            carrier: act.carrier.clone(),
            due: act.due.map(show_day),
            reference: act.reference.clone(),
            end_use: act.end_use.clone(),
            licence: codec::licence_if::put(books, &act.licence),
        }
    }
}

impl Form for Arrive {
    type Numbered = numbered::arrive::Arrive;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let dispatch = resolver.place(Kind::Dispatch, &self.dispatch)?;
        let site = match (&self.site, resolver.books.place(dispatch)) {
            (Some(site), _) => resolver.site(site)?,
            (None, books::place::Place::Transit(transit)) => transit.target,
            (None, _) => unreachable!("found as a dispatch"),
        };
        let line = |line: &ArrivedLine| {
            let lot = resolver.lot(&line.lot)?;
            let shipped = line.shipped.as_ref();
            Ok(numbered::arrive::ArrivedLine {
                lot,
                received: resolver.lot_quantity("received", &line.received, lot)?,
                shipped: shipped.map(|text| resolver.lot_quantity("shipped", text, lot)).transpose()?,
            })
        };
        let lines = self.lines.iter().map(line).collect::<Result<_, Rejection>>()?;
        let last = self.last.unwrap_or(false);
        Ok(Self::Numbered { dispatch, site, lines, last, reference: self.reference.clone() })
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        let names = Names(books);
        let line = |line: &numbered::arrive::ArrivedLine| ArrivedLine {
            lot: names.lot(line.lot),
            received: names.quantity(line.lot, line.received),
            shipped: line.shipped.map(|shipped| names.quantity(line.lot, shipped)),
        };
        Self {
            dispatch: names.place(act.dispatch),
            site: Some(names.place(act.site)),
            lines: act.lines.iter().map(line).collect(),
            last: act.last.then_some(true),
            reference: act.reference.clone(),
        }
    }
}

impl Form for TransferTitle {
    type Numbered = numbered::title::TransferTitle;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let lot = resolver.lot(&self.lot)?;
        Ok(Self::Numbered {
            lot,
            site: resolver.site(&self.site)?,
            owner: resolver.owner(self.owner.as_ref())?,
            new_owner: resolver.party(&self.new_owner)?,
            quantity: resolver.lot_quantity("quantity", &self.quantity, lot)?,
            under: resolver.under(self.under.as_ref())?,
            reference: self.reference.clone(),
        })
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        let names = Names(books);
        Self {
            lot: names.lot(act.lot),
            site: names.place(act.site),
            owner: Some(names.party(act.owner)),
            new_owner: names.party(act.new_owner),
            quantity: names.quantity(act.lot, act.quantity),
            under: names.under(act.under),
            reference: act.reference.clone(),
        }
    }
}

impl Form for Lend {
    type Numbered = numbered::loan::Lend;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let lot = resolver.lot(&self.lot)?;
        Ok(Self::Numbered {
            loan: self.loan.clone(),
            lot,
            site: resolver.site(&self.site)?,
            owner: resolver.owner(self.owner.as_ref())?,
            borrower: resolver.party(&self.borrower)?,
            quantity: resolver.lot_quantity("quantity", &self.quantity, lot)?,
            due: day_if("due", self.due.as_ref())?,
            under: resolver.under(self.under.as_ref())?,
            reference: self.reference.clone(),
        })
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        let names = Names(books);
        Self {
            loan: act.loan.clone(),
            lot: names.lot(act.lot),
            site: names.place(act.site),
            owner: Some(names.party(act.owner)),
            borrower: names.party(act.borrower),
            quantity: names.quantity(act.lot, act.quantity),
            due: act.due.map(show_day),
            under: names.under(act.under),
            reference: act.reference.clone(),
        }
    }
}

impl Form for ReturnLoan {
    type Numbered = numbered::loan::ReturnLoan;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let lot = resolver.lot(&self.lot)?;
        let replacement = self.replacement.as_ref().map(|facts| lot_ref(facts, resolver)).transpose()?;
        Ok(Self::Numbered {
            loan: resolver.place(Kind::Loan, &self.loan)?,
            lot,
            site: resolver.site(&self.site)?,
            quantity: resolver.lot_quantity("quantity", &self.quantity, lot)?,
            replacement: replacement.map(|(lot, _)| lot),
            reference: self.reference.clone(),
        })
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        let names = Names(books);
        let replacement = act.replacement.as_ref().map(|lot| match lot {
            LotRef::New(new) => LotFacts::written(new, books),
            LotRef::Known(lot) => bare(names.lot(*lot)),
        });
        Self {
            loan: names.place(act.loan),
            lot: names.lot(act.lot),
            site: names.place(act.site),
            quantity: names.quantity(act.lot, act.quantity),
            replacement,
            reference: act.reference.clone(),
        }
    }
}
