//! What is said of a lot.

use std::collections::BTreeMap;

use books::lot::{Content, NewLot};
use books::{Books, LotNo, Rejection};

use super::Form;
use super::words::{AssayStatus, Form as FormWord, SourceKind};
use crate::resolve::{Resolver, invalid};
use crate::value::{parse_fraction, parse_price, show_fraction, show_price};

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

impl Origin {
    fn numbered(&self) -> books::lot::Origin {
        let Self { mined, separated, refined, manufactured } = self.clone();
        books::lot::Origin { mined, separated, refined, manufactured }
    }

    fn written(origin: &books::lot::Origin) -> Option<Self> {
        let books::lot::Origin { mined, separated, refined, manufactured } = origin.clone();
        let written = Self { mined, separated, refined, manufactured };
        (*origin != books::lot::Origin::default()).then_some(written)
    }
}

impl Assay {
    pub(super) fn numbered(&self) -> Result<books::lot::Assay, Rejection> {
        let Self { status, contents, moisture, method, laboratory, uncertainty } = self;
        let fraction = |field, text: &Option<String>| {
            text.as_ref().map(|text| parse_fraction(text).map_err(invalid(field))).transpose()
        };
        let contents = contents
            .iter()
            .map(|(analyte, text)| {
                let fraction_ppb = parse_fraction(text).map_err(invalid("assay.contents"))?;
                Ok(Content { analyte: analyte.clone(), fraction_ppb })
            })
            .collect::<Result<_, Rejection>>()?;
        Ok(books::lot::Assay {
            status: (*status).into(),
            contents,
            moisture_ppb: fraction("assay.moisture", moisture)?,
            method: method.clone(),
            laboratory: laboratory.clone(),
            uncertainty_ppb: fraction("assay.uncertainty", uncertainty)?,
        })
    }

    pub(crate) fn written(assay: &books::lot::Assay) -> Self {
        let books::lot::Assay { status, contents, moisture_ppb, method, laboratory, uncertainty_ppb } = assay;
        let content = |content: &Content| (content.analyte.clone(), show_fraction(content.fraction_ppb));
        Self {
            status: (*status).into(),
            contents: contents.iter().map(content).collect(),
            moisture: moisture_ppb.map(show_fraction),
            method: method.clone(),
            laboratory: laboratory.clone(),
            uncertainty: uncertainty_ppb.map(show_fraction),
        }
    }
}

impl LotFacts {
    /// A new lot, described; the material is needed.
    pub(super) fn numbered(&self, resolver: &Resolver<'_>) -> Result<NewLot, Rejection> {
        let Self { lot, material, form, source, origin, assay, supplier, price, documents } = self;
        let Some(material) = material else {
            return Err(Rejection::LotUndescribed { code: lot.clone() });
        };
        let material = resolver.material(material)?;
        let documents = documents.clone().unwrap_or_default();
        if documents.iter().any(|hash| hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            return Err(invalid("documents")("a document is named by its SHA-256: 64 hexadecimal digits".into()));
        }
        Ok(NewLot {
            code: lot.clone(),
            material,
            form: form.map_or(resolver.material_facts(material).form, Into::into),
            source: source.map_or(books::lot::SourceKind::Primary, Into::into),
            origin: origin.as_ref().map(Origin::numbered).unwrap_or_default(),
            assay: assay.as_ref().map(Assay::numbered).transpose()?,
            supplier: supplier.clone(),
            price: price.as_ref().map(|price| priced(price)).transpose()?,
            documents,
        })
    }

    pub(super) fn written(new: &NewLot, books: &Books) -> Self {
        let NewLot { code, material, form, source, origin, assay, supplier, price, documents } = new;
        Self {
            lot: code.clone(),
            material: Some(books.material(*material).code.clone()),
            form: Some((*form).into()),
            source: Some((*source).into()),
            origin: Origin::written(origin),
            assay: assay.as_ref().map(Assay::written),
            supplier: supplier.clone(),
            price: price.as_ref().map(show_price),
            documents: (!documents.is_empty()).then(|| documents.clone()),
        }
    }

    /// A lot that is there already: what is said of it must be what was said, because nothing of it would be kept.
    pub(super) fn agrees_with(&self, lot: LotNo, resolver: &Resolver<'_>) -> Result<(), Rejection> {
        let facts = &resolver.books.lot(lot).facts;
        let Self { lot: _, material, form, source, origin, assay, supplier, price, documents } = self;
        let material = material.as_ref().map(|code| resolver.material(code)).transpose()?;
        let agrees = material.is_none_or(|material| material == facts.material)
            && form.is_none_or(|form| books::material::Form::from(form) == facts.form)
            && source.is_none_or(|source| books::lot::SourceKind::from(source) == facts.source)
            && origin.as_ref().is_none_or(|origin| origin.numbered() == facts.origin)
            && (supplier.is_none() || *supplier == facts.supplier)
            && (assay.is_none() || assay.as_ref().map(Assay::numbered).transpose()? == facts.assay)
            && (price.is_none() || price.as_ref().map(|price| priced(price)).transpose()? == facts.price)
            && documents.as_ref().is_none_or(|documents| *documents == facts.documents);
        if agrees { Ok(()) } else { Err(Rejection::LotDiffers { code: self.lot.clone() }) }
    }
}

fn priced(price: &str) -> Result<books::lot::Price, Rejection> {
    parse_price(price).map_err(invalid("price"))
}

impl Form for RecordAssay {
    type Numbered = books::acts::assay::RecordAssay;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let Self { lot, assay, reference } = self;
        let (lot, assay) = (resolver.lot(lot)?, assay.numbered()?);
        Ok(books::acts::assay::RecordAssay { lot, assay, reference: reference.clone() })
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        let lot = books.lot(act.lot).facts.code.clone();
        Self { lot, assay: Assay::written(&act.assay), reference: act.reference.clone() }
    }
}
