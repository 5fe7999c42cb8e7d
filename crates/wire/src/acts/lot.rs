//! What is said of a lot.

use std::collections::BTreeMap;

use books::acts::deposit::LotRef;
use books::eyes::Meant;
use books::lot::NewLot;
use books::{Books, Kind, LotNo, Rejection};

use super::form::Form;
use super::words::{AssayStatus, Form as FormWord, ItemKind, SourceKind, Weighed};
use super::{Deposit, Output};
use crate::resolve::{Resolver, unreadable};
use crate::value::{parse_price, show_price};

super::object! {
    /// Country of each step, ISO 3166-1 alpha-2.
    Origin {
        /// Mined in.
        mined: Option<String>,
        /// Separated in.
        separated: Option<String>,
        /// Refined in.
        refined: Option<String>,
        /// Made into alloy or goods in.
        manufactured: Option<String>,
    }

    /// One measurement of composition.
    Assay {
        /// Provisional or final.
        status: AssayStatus,
        /// Content by element or oxide, such as `"Nd2O3": "75.2%"`.
        contents: BTreeMap<String, String>,
        /// Water, such as `"0.4%"`.
        moisture: Option<String>,
        /// How it was measured.
        method: Option<String>,
        /// By whom.
        laboratory: Option<String>,
        /// One standard deviation of a fraction, such as `"0.05%"`.
        uncertainty: Option<String>,
        /// Which weight the contents are parts of: `wet` or `dry`; that in which the material is accounted where absent. The
        /// moisture is a part of the wet weight, always.
        basis: Option<Weighed>,
    }

    /// The description of a lot that begins here.
    LotFacts {
        /// Unique among lots.
        lot: String,
        /// Its material.
        material: Option<String>,
        /// Its form; the material's where absent.
        form: Option<FormWord>,
        /// Where it comes from in the sense of policy; `primary` where absent.
        source: Option<SourceKind>,
        /// Country of each step.
        origin: Option<Origin>,
        /// First measurement.
        assay: Option<Assay>,
        /// Who supplied it.
        supplier: Option<String>,
        /// What was paid for one shown unit, such as `85.20 USD`.
        price: Option<String>,
        /// SHA-256 of documents, in hexadecimal.
        documents: Option<Vec<String>>,
    }

    /// What was said of a lot is mended. What is left out stays as it was.
    AmendLot {
        /// The lot.
        lot: String,
        /// Its form.
        form: Option<FormWord>,
        /// Where it comes from in the sense of policy.
        source: Option<SourceKind>,
        /// Country of each step, all of them anew: a step that is left out is unknown.
        origin: Option<Origin>,
        /// Who supplied it.
        supplier: Option<String>,
        /// Why: never empty.
        reason: String,
    }

    /// A density, a calorific value or the like of a material, or of a lot, is set: answers in another unit go by it.
    SetFactor {
        /// Of which material.
        material: String,
        /// Of which lot; of all that have none of their own where absent.
        lot: Option<String>,
        /// How much of one unit is in one of another, such as `0.8498 t/m3` or `42.5 GJ/t`.
        factor: String,
        /// Who stated it: never empty.
        source: String,
    }

    /// Items of a lot are counted beside its weight: drums, seals, flasks, serial numbers.
    CountItems {
        /// Of which lot.
        lot: String,
        /// Where.
        site: String,
        /// Whose; the party's where absent.
        owner: Option<String>,
        /// What they are, in one word: `drum`, `seal`.
        what: String,
        /// Were so many found, which is all there are, or did so many come or go?
        kind: ItemKind,
        /// How many.
        count: u32,
        /// Each by its mark or serial number, where they have one: as many as are counted.
        marks: Option<Vec<String>>,
        /// The sender's own reference.
        reference: Option<String>,
    }

    /// A lot is measured anew.
    RecordAssay {
        /// The lot.
        lot: String,
        /// What was found.
        assay: Assay,
        /// The sender's own reference.
        reference: Option<String>,
    }
}

super::form::form! {
    Origin = books::lot::Origin {
        mined: Same,
        separated: Same,
        refined: Same,
        manufactured: Same,
    }
    Assay = books::lot::Assay, in "assay" {
        status: Word,
        contents: Contents,
        moisture_ppb from moisture: Fraction,
        method: Same,
        laboratory: Same,
        uncertainty_ppb from uncertainty: Fraction,
        weighed from basis: Word,
    }
    AmendLot = books::acts::amend_lot::AmendLot {
        lot: Lot,
        form: Word,
        source: Word,
        origin: Item,
        supplier: Same,
        reason: Same,
    }
    SetFactor = books::acts::set_factor::SetFactor {
        material: Material,
        lot: Lot,
        factor: Density,
        source: Same,
    }
    CountItems = books::acts::count_items::CountItems {
        lot: Lot,
        site: Site,
        owner: Owner,
        what: Same,
        kind: Word,
        count: Same,
        marks: Same,
        reference: Same,
    }
    RecordAssay = books::acts::assay::RecordAssay {
        lot: Lot,
        assay: Item,
        reference: Same,
    }
}

/// What an act says of a lot, whichever act it is.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    pub(super) lot: &'a str,
    pub(super) material: Option<&'a str>,
    pub(super) form: Option<FormWord>,
    pub(super) source: Option<SourceKind>,
    pub(super) origin: Option<&'a Origin>,
    pub(super) assay: Option<&'a Assay>,
    pub(super) supplier: Option<&'a str>,
    pub(super) price: Option<&'a str>,
    pub(super) documents: Option<&'a [String]>,
}

macro_rules! said {
    ($($name:ident)*) => {$(
        impl $name {
            pub(super) fn said(&self) -> Said<'_> {
                Said {
                    lot: &self.lot,
                    material: self.material.as_deref(),
                    form: self.form,
                    source: self.source,
                    origin: self.origin.as_ref(),
                    assay: self.assay.as_ref(),
                    supplier: self.supplier.as_deref(),
                    price: self.price.as_deref(),
                    documents: self.documents.as_deref(),
                }
            }
        }
    )*};
}

said! { LotFacts Deposit Output }

impl Said<'_> {
    /// A lot that exists, or the description of one that begins here.
    pub(super) fn lot_ref(&self, resolver: &Resolver<'_>) -> Result<LotRef, Rejection> {
        match resolver.books.eyes(resolver.party).means(Kind::Lot, self.lot) {
            Meant::One(lot) => self.agrees_with(LotNo(lot), resolver).map(|()| LotRef::Known(LotNo(lot))),
            // What is another's is none of one's own: a lot of this code begins beside it.
            Meant::Nothing => self.resolve(resolver).map(|new| LotRef::New(Box::new(new))),
            Meant::Several => Err(Rejection::Ambiguous { kind: Kind::Lot, code: self.lot.to_owned() }),
        }
    }

    /// A new lot, described; the material is needed.
    pub(super) fn resolve(&self, resolver: &Resolver<'_>) -> Result<NewLot, Rejection> {
        let Self { lot, material, form, source, origin: _, assay: _, supplier, price: _, documents } = *self;
        let Some(material) = material else {
            return Err(Rejection::LotUndescribed { code: lot.to_owned() });
        };
        let material = resolver.material(material)?;
        let documents = documents.unwrap_or_default();
        if documents.iter().any(|hash| hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            return Err(unreadable("documents")(books::Fault::DocumentNotAHash));
        }
        Ok(NewLot {
            code: lot.to_owned(),
            material,
            form: form.map_or(resolver.material_facts(material).form, Into::into),
            source: source.map_or(books::lot::SourceKind::Primary, Into::into),
            origin: self.origin(resolver)?.unwrap_or_default(),
            assay: self.assay(resolver)?,
            supplier: supplier.map(str::to_owned),
            price: self.price()?,
            documents: documents.to_vec(),
        })
    }

    /// A lot that is there already: what is said of it must be what was said, because nothing of it would be kept.
    fn agrees_with(&self, lot: LotNo, resolver: &Resolver<'_>) -> Result<(), Rejection> {
        let facts = &resolver.books.lot(lot).facts;
        let Self { lot: _, material, form, source, origin, assay, supplier, price, documents } = *self;
        let material = material.map(|code| resolver.material(code)).transpose()?;
        let agrees = material.is_none_or(|material| material == facts.material)
            && form.is_none_or(|form| books::material::Form::from(form) == facts.form)
            && source.is_none_or(|source| books::lot::SourceKind::from(source) == facts.source)
            && (origin.is_none() || self.origin(resolver)?.as_ref() == Some(&facts.origin))
            && (supplier.is_none() || supplier == facts.supplier.as_deref())
            && (assay.is_none() || self.assay(resolver)? == facts.assay)
            && (price.is_none() || self.price()? == facts.price)
            && documents.is_none_or(|documents| *documents == facts.documents);
        if agrees { Ok(()) } else { Err(Rejection::LotDiffers { code: self.lot.to_owned() }) }
    }

    fn origin(&self, resolver: &Resolver<'_>) -> Result<Option<books::lot::Origin>, Rejection> {
        self.origin.map(|origin| origin.resolve(resolver)).transpose()
    }

    fn assay(&self, resolver: &Resolver<'_>) -> Result<Option<books::lot::Assay>, Rejection> {
        self.assay.map(|assay| assay.resolve(resolver)).transpose()
    }

    fn price(&self) -> Result<Option<books::lot::Price>, Rejection> {
        self.price.map(|price| parse_price(price).map_err(unreadable("price"))).transpose()
    }
}

impl LotFacts {
    /// A lot as an act writes it: by its code alone where it exists.
    pub(super) fn of(lot: &LotRef, books: &Books) -> Self {
        match lot {
            LotRef::New(new) => Self::written(new, books),
            LotRef::Known(lot) => Self {
                lot: books.lot(*lot).facts.code.clone(),
                material: None,
                form: None,
                source: None,
                origin: None,
                assay: None,
                supplier: None,
                price: None,
                documents: None,
            },
        }
    }

    pub(super) fn written(new: &NewLot, books: &Books) -> Self {
        let NewLot { code, material, form, source, origin, assay, supplier, price, documents } = new;
        let says_origin = *origin != books::lot::Origin::default();
        Self {
            lot: code.clone(),
            material: Some(books.material(*material).code.clone()),
            form: Some((*form).into()),
            source: Some((*source).into()),
            origin: says_origin.then(|| Origin::render(origin, books)),
            assay: assay.as_ref().map(|assay| Assay::render(assay, books)),
            supplier: supplier.clone(),
            price: price.as_ref().map(show_price),
            documents: (!documents.is_empty()).then(|| documents.clone()),
        }
    }
}
