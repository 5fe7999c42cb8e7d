//! What comes in, goes out, is lost, found and counted.

use books::acts::{self as numbered, deposit::LotRef};
use books::{Books, Rejection};

use super::lot::LotFacts;
use super::names::Names;
use super::words::{Form as FormWord, SourceKind};
use super::{Assay, Form, Origin, codec};
use crate::resolve::Resolver;

super::object! {
    /// Stock comes in. The first deposit of a lot describes it.
    Deposit {
        /// The lot, old or new.
        lot: String,
        /// Where it comes to lie.
        site: String,
        /// Whose it is; the party's where absent.
        owner: Option<String>,
        /// How much, with its unit: `100 t`.
        quantity: String,
        /// Material of a new lot.
        material: Option<String>,
        /// Form of a new lot; the material's where absent.
        form: Option<FormWord>,
        /// Where a new lot comes from in the sense of policy; `primary` where absent.
        source: Option<SourceKind>,
        /// Country of each step, of a new lot.
        origin: Option<Origin>,
        /// First measurement of a new lot.
        assay: Option<Assay>,
        /// Who supplied a new lot.
        supplier: Option<String>,
        /// What was paid for one shown unit, such as `85.20 USD`.
        price: Option<String>,
        /// SHA-256 of documents, in hexadecimal.
        documents: Option<Vec<String>>,
        /// What allows it.
        authority: Option<String>,
        /// The sender's own reference.
        reference: Option<String>,
    }

    /// Stock goes out.
    Draw {
        /// From which lot.
        lot: String,
        /// At which site.
        site: String,
        /// Whose it is; the party's where absent.
        owner: Option<String>,
        /// How much, with its unit.
        quantity: String,
        /// The encumbrance it is drawn under.
        under: Option<String>,
        /// What allows it.
        authority: Option<String>,
        /// The sender's own reference.
        reference: Option<String>,
        /// Country it goes to, where that is known.
        destination: Option<String>,
        /// What it is for, where a restriction goes by use.
        end_use: Option<String>,
        /// The licence it goes under, where a restriction wants one.
        licence: Option<String>,
    }

    /// Stock is lost.
    RecordLoss {
        /// Which lot.
        lot: String,
        /// At which site.
        site: String,
        /// Whose it is; the party's where absent.
        owner: Option<String>,
        /// How much, with its unit.
        quantity: String,
        /// Why.
        reason: String,
    }

    /// Stock is found.
    RecordGain {
        /// Which lot.
        lot: String,
        /// At which site.
        site: String,
        /// Whose it is; the party's where absent.
        owner: Option<String>,
        /// How much, with its unit.
        quantity: String,
        /// Why.
        reason: String,
    }

    /// What was found of one lot.
    CountedLine {
        /// The lot.
        lot: String,
        /// What was found, with its unit; zero is a finding.
        counted: String,
    }

    /// Stock is counted. Lots not named were not counted.
    Stocktake {
        /// Where.
        site: String,
        /// Whose part was counted; all owners' together where absent.
        owner: Option<String>,
        /// What was found.
        lines: Vec<CountedLine>,
        /// The sender's own reference.
        reference: Option<String>,
    }
}

impl Deposit {
    fn facts(&self) -> LotFacts {
        let Self { lot, material, form, source, origin, assay, supplier, price, documents, .. } = self.clone();
        LotFacts { lot, material, form, source, origin, assay, supplier, price, documents }
    }
}

impl Form for Deposit {
    type Numbered = numbered::deposit::Deposit;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let site = resolver.site(&self.site)?;
        let owner = resolver.owner(self.owner.as_ref())?;
        let (lot, material) = lot_ref(&self.facts(), resolver)?;
        let quantity = resolver.quantity("quantity", &self.quantity, material)?;
        let authority = resolver.authority(self.authority.as_ref())?;
        Ok(Self::Numbered { lot, site, owner, quantity, authority, reference: self.reference.clone() })
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        let names = Names(books);
        let (facts, material) = match &act.lot {
            LotRef::New(new) => (LotFacts::written(new, books), new.material),
            LotRef::Known(lot) => (bare(names.lot(*lot)), books.lot(*lot).facts.material),
        };
        let LotFacts { lot, material: named, form, source, origin, assay, supplier, price, documents } = facts;
        Self {
            lot,
            site: names.place(act.site),
            owner: Some(names.party(act.owner)),
            quantity: names.quantity_of(material, act.quantity),
            material: named,
            form,
            source,
            origin,
            assay,
            supplier,
            price,
            documents,
            authority: names.authority(act.authority),
            reference: act.reference.clone(),
        }
    }
}

pub(super) fn lot_ref(facts: &LotFacts, resolver: &Resolver<'_>) -> Result<(LotRef, books::MaterialNo), Rejection> {
    match resolver.lot(&facts.lot) {
        Ok(lot) => {
            facts.agrees_with(lot, resolver)?;
            Ok((LotRef::Known(lot), resolver.books.lot(lot).facts.material))
        }
        Err(_) => {
            let new = facts.numbered(resolver)?;
            let material = new.material;
            Ok((LotRef::New(Box::new(new)), material))
        }
    }
}

pub(super) fn bare(lot: String) -> LotFacts {
    LotFacts {
        lot,
        material: None,
        form: None,
        source: None,
        origin: None,
        assay: None,
        supplier: None,
        price: None,
        documents: None,
    }
}

impl Form for Draw {
    type Numbered = numbered::draw::Draw;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let lot = resolver.lot(&self.lot)?;
        Ok(Self::Numbered {
            lot,
            site: resolver.site(&self.site)?,
            owner: resolver.owner(self.owner.as_ref())?,
            quantity: resolver.lot_quantity("quantity", &self.quantity, lot)?,
            under: resolver.under(self.under.as_ref())?,
            authority: resolver.authority(self.authority.as_ref())?,
            reference: self.reference.clone(),
            destination: self.destination.clone(),
            end_use: self.end_use.clone(),
            licence: codec::licence_if::get(resolver, "licence", &self.licence)?,
        })
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        let names = Names(books);
        Self {
            lot: names.lot(act.lot),
            site: names.place(act.site),
            owner: Some(names.party(act.owner)),
            quantity: names.quantity(act.lot, act.quantity),
            under: names.under(act.under),
            authority: names.authority(act.authority),
            reference: act.reference.clone(),
            destination: act.destination.clone(),
            end_use: act.end_use.clone(),
            licence: codec::licence_if::put(books, &act.licence),
        }
    }
}

macro_rules! with_reason {
    ($($name:ident = $numbered:path;)*) => {$(
        impl Form for $name {
            type Numbered = $numbered;

            fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
                let lot = resolver.lot(&self.lot)?;
                Ok(Self::Numbered {
                    lot,
                    site: resolver.site(&self.site)?,
                    owner: resolver.owner(self.owner.as_ref())?,
                    quantity: resolver.lot_quantity("quantity", &self.quantity, lot)?,
                    reason: self.reason.clone(),
                })
            }

            fn render(act: &Self::Numbered, books: &Books) -> Self {
                let names = Names(books);
                Self {
                    lot: names.lot(act.lot),
                    site: names.place(act.site),
                    owner: Some(names.party(act.owner)),
                    quantity: names.quantity(act.lot, act.quantity),
                    reason: act.reason.clone(),
                }
            }
        }
    )*};
}

with_reason! {
    RecordLoss = numbered::loss::RecordLoss;
    RecordGain = numbered::gain::RecordGain;
}

impl Form for Stocktake {
    type Numbered = numbered::stocktake::Stocktake;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let line = |line: &CountedLine| {
            let lot = resolver.lot(&line.lot)?;
            Ok(numbered::Line { lot, quantity: resolver.lot_quantity("counted", &line.counted, lot)? })
        };
        Ok(Self::Numbered {
            site: resolver.site(&self.site)?,
            owner: self.owner.as_ref().map(|owner| resolver.party(owner)).transpose()?,
            lines: self.lines.iter().map(line).collect::<Result<_, Rejection>>()?,
            reference: self.reference.clone(),
        })
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        let names = Names(books);
        let line = |line: &numbered::Line| CountedLine {
            lot: names.lot(line.lot),
            counted: names.quantity(line.lot, line.quantity),
        };
        Self {
            site: names.place(act.site),
            owner: act.owner.map(|owner| names.party(owner)),
            lines: act.lines.iter().map(line).collect(),
            reference: act.reference.clone(),
        }
    }
}
