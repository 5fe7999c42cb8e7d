//! Encumbrances, limits and authorities.

use books::acts as numbered;
use books::{Books, Rejection};

use super::Form;
use super::words::{Direction, EncumbranceKind};
use crate::date::show_day;
use crate::resolve::{Resolver, day, day_if};
use crate::value::write_quantity;

super::object! {
    /// Stock is set aside for one purpose.
    Encumber {
        /// Names it for draws and releases.
        encumbrance: String,
        /// What for.
        kind: EncumbranceKind,
        /// Which lot.
        lot: String,
        /// At which site.
        site: String,
        /// Whose it is; the party's where absent.
        owner: Option<String>,
        /// How much, with its unit.
        quantity: String,
        /// First day of the window; the effective date where absent.
        first: Option<String>,
        /// Last day of the window; open-ended where absent.
        last: Option<String>,
        /// For whom.
        beneficiary: Option<String>,
        /// Under which agreement.
        agreement: Option<String>,
    }

    /// What was set aside is free again.
    Release {
        /// Which encumbrance.
        encumbrance: String,
        /// How much, with its unit; all that is left where absent.
        quantity: Option<String>,
        /// Why.
        reason: Option<String>,
    }

    /// An account gets a floor or a ceiling; both are replaced.
    SetLimit {
        /// Which lot.
        lot: String,
        /// At which site.
        site: String,
        /// Whose it is; the party's where absent.
        owner: Option<String>,
        /// Available must stay at or above this.
        floor: Option<String>,
        /// On hand plus in transit must stay at or below this.
        ceiling: Option<String>,
    }

    /// A plan ceiling or an authorisation is set.
    Authorize {
        /// Its code.
        authority: String,
        /// Who may cite it; the party where absent.
        holder: Option<String>,
        /// For which material.
        material: String,
        /// Which way.
        direction: Direction,
        /// At most this much in all, with its unit.
        ceiling: String,
        /// First day of a movement that may cite it.
        first: String,
        /// Last day of a movement that may cite it.
        last: Option<String>,
        /// Law, plan or order it rests on.
        basis: Option<String>,
    }
}

fn lot_material(books: &Books, lot: books::LotNo) -> &books::material::Material {
    let material = books.lot(lot).facts.material;
    books.material(material)
}

impl Form for Encumber {
    type Numbered = numbered::encumber::Encumber;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let lot = resolver.lot(&self.lot)?;
        Ok(Self::Numbered {
            encumbrance: self.encumbrance.clone(),
            kind: self.kind.into(),
            lot,
            site: resolver.site(&self.site)?,
            owner: resolver.owner(self.owner.as_ref())?,
            quantity: resolver.lot_quantity("quantity", &self.quantity, lot)?,
            first: day_if("first", self.first.as_ref())?,
            last: day_if("last", self.last.as_ref())?,
            beneficiary: self.beneficiary.as_ref().map(|party| resolver.party(party)).transpose()?,
            agreement: self.agreement.clone(),
        })
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        Self {
            encumbrance: act.encumbrance.clone(),
            kind: act.kind.into(),
            lot: books.lot(act.lot).facts.code.clone(),
            site: books.place_code(act.site).to_owned(),
            owner: Some(books.party_code(act.owner).to_owned()),
            quantity: write_quantity(lot_material(books, act.lot), act.quantity),
            first: act.first.map(show_day),
            last: act.last.map(show_day),
            beneficiary: act.beneficiary.map(|party| books.party_code(party).to_owned()),
            agreement: act.agreement.clone(),
        }
    }
}

impl Form for Release {
    type Numbered = numbered::encumber::Release;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let number = resolver.encumbrance(&self.encumbrance)?;
        let account = resolver.books.encumbrance(number).account;
        let lot = resolver.books.account(account).key.lot;
        let quantity = self.quantity.as_ref().map(|text| resolver.lot_quantity("quantity", text, lot)).transpose()?;
        Ok(Self::Numbered { encumbrance: number, quantity, reason: self.reason.clone() })
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        let encumbrance = books.encumbrance(act.encumbrance);
        let lot = books.account(encumbrance.account).key.lot;
        Self {
            encumbrance: encumbrance.code.clone(),
            quantity: act.quantity.map(|quantity| write_quantity(lot_material(books, lot), quantity)),
            reason: act.reason.clone(),
        }
    }
}

impl Form for SetLimit {
    type Numbered = numbered::limit::SetLimit;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let lot = resolver.lot(&self.lot)?;
        let quantity = |field, text: &Option<String>| {
            text.as_ref().map(|text| resolver.lot_quantity(field, text, lot)).transpose()
        };
        Ok(Self::Numbered {
            lot,
            site: resolver.site(&self.site)?,
            owner: resolver.owner(self.owner.as_ref())?,
            floor: quantity("floor", &self.floor)?,
            ceiling: quantity("ceiling", &self.ceiling)?,
        })
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        let quantity = |quantity| write_quantity(lot_material(books, act.lot), quantity);
        Self {
            lot: books.lot(act.lot).facts.code.clone(),
            site: books.place_code(act.site).to_owned(),
            owner: Some(books.party_code(act.owner).to_owned()),
            floor: act.floor.map(quantity),
            ceiling: act.ceiling.map(quantity),
        }
    }
}

impl Form for Authorize {
    type Numbered = numbered::authorize::Authorize;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let material = resolver.material(&self.material)?;
        Ok(Self::Numbered {
            authority: self.authority.clone(),
            holder: resolver.owner(self.holder.as_ref())?,
            material,
            direction: self.direction.into(),
            ceiling: resolver.quantity("ceiling", &self.ceiling, material)?,
            first: day("first", &self.first)?,
            last: day_if("last", self.last.as_ref())?,
            basis: self.basis.clone(),
        })
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        let material = books.material(act.material);
        Self {
            authority: act.authority.clone(),
            holder: Some(books.party_code(act.holder).to_owned()),
            material: material.code.clone(),
            direction: act.direction.into(),
            ceiling: write_quantity(material, act.ceiling),
            first: show_day(act.first),
            last: act.last.map(show_day),
            basis: act.basis.clone(),
        }
    }
}
