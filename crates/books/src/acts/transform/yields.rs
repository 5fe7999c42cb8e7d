//! What can come out of what goes in.
//!
//! Within one material the quantities add up, loss included. Between materials no element comes out that did not go in, metal
//! is no more than the metal in the feed, and what has no assay is taken for all that it weighs. Where an input has no assay
//! nothing says what it can give: then all of it has to be accounted for, as product or as `loss`.

use measure::{Basis, Dimension, OxideFactor, Quantity};

use super::{Output, Transform, TransformKind};
use crate::account::AccountKey;
use crate::acts::{Line, total};
use crate::books::Books;
use crate::composition::{Composition, of_ppb, stated};
use crate::lot::Assay;
use crate::material::{Form, Stage};
use crate::number::{Day, MaterialNo};
use crate::rejection::Rejection;

/// An oxide is at most this much metal, in hundredths: ytterbium and lutetium come to 0.88.
const METAL_OF_OXIDE_PERCENT: i128 = 88;

impl Transform {
    pub(super) fn materials(&self, books: &Books) -> Vec<MaterialNo> {
        let fed = self.inputs.iter().map(|line| books.lot(line.lot).facts.material);
        fed.chain(self.outputs.iter().map(|output| output.lot.material)).collect()
    }

    /// Within one material, what goes in must come out or be lost.
    pub(super) fn balances(&self, books: &Books) -> Result<(), Rejection> {
        let materials = self.materials(books);
        let first = materials[0];
        let is_one_material = materials.iter().all(|material| *material == first);
        let key = AccountKey { place: self.site, owner: self.owner, lot: self.inputs[0].lot };
        let inputs = total(self.inputs.iter().map(|line| &line.quantity), key)?;
        let outputs = total(self.outputs.iter().map(|output| &output.quantity), key)?;
        if self.kind == TransformKind::Rotation {
            let enough = is_one_material && outputs >= inputs && self.loss.is_zero();
            return if enough { Ok(()) } else { Err(Rejection::RotationLowersStock) };
        }
        let out_and_lost = i128::from(outputs.units()) + i128::from(self.loss.units());
        if is_one_material && out_and_lost != i128::from(inputs.units()) {
            return Err(Rejection::DoesNotBalance { material: first, inputs, outputs: out_and_lost });
        }
        Ok(())
    }

    /// No more comes out than the composition of what goes in allows.
    pub(super) fn yields(&self, books: &Books, day: Day) -> Result<(), Rejection> {
        if self.kind == TransformKind::Rotation {
            return Ok(());
        }
        let materials = self.materials(books);
        let is_one_material = materials.iter().all(|material| *material == materials[0]);
        let Some(scale) = Common::of(books, materials.into_iter()) else { return Ok(()) };
        let mut feed = Elements::default();
        let mut unmeasured = None;
        for line in &self.inputs {
            let unit = scale.unit_of(books, books.lot(line.lot).facts.material);
            match books.composition_now(line.lot, day) {
                Some(found) => feed.add_contents(&found, line.quantity, unit),
                None => unmeasured = unmeasured.or(Some(line.lot)),
            }
        }
        match unmeasured {
            Some(_) if is_one_material => Ok(()),
            Some(lot) if !self.is_closed(books, &scale) => {
                Err(Rejection::AssayMissing { lot: books.lot(lot).facts.code.clone() })
            }
            Some(_) => Ok(()),
            None => {
                let most = Most { feed, rounding: scale.rounding(self.inputs.len() + self.outputs.len()) };
                self.elements_fit(books, &scale, &most)?;
                if is_one_material { Ok(()) } else { self.weights_fit(books, &scale, &most) }
            }
        }
    }

    /// Is all that goes in accounted for as product or loss, and no more metal made than an oxide can hold?
    fn is_closed(&self, books: &Books, scale: &Common) -> bool {
        let made = |is_wanted: &dyn Fn(&Output) -> bool| scale.made(books, &self.outputs, is_wanted);
        let is_unrefined = |line: &Line| books.lot(line.lot).facts.form.stage() < Stage::Refined;
        let is_metal = |output: &Output| output.lot.form == Form::Metal;
        let (fed, used) = self.fed_and_used(books, scale);
        let metal_most = if self.inputs.iter().all(is_unrefined) { fed / 100 * METAL_OF_OXIDE_PERCENT } else { used };
        made(&|_| true) == used && made(&is_metal) <= metal_most
    }

    /// What goes in, and what of it is not lost.
    fn fed_and_used(&self, books: &Books, scale: &Common) -> (i128, i128) {
        let unit = |line: &Line| scale.unit_of(books, books.lot(line.lot).facts.material);
        let weights = self.inputs.iter().map(|line| i128::from(line.quantity.units()).saturating_mul(unit(line)));
        let fed = weights.fold(0, i128::saturating_add);
        (fed, fed - i128::from(self.loss.units()).saturating_mul(unit(&self.inputs[0])))
    }

    fn elements_fit(&self, books: &Books, scale: &Common, most: &Most) -> Result<(), Rejection> {
        let mut product = Elements::default();
        for output in &self.outputs {
            if let Some(assay) = &output.lot.assay {
                let is_dry = books.material(output.lot.material).basis == Basis::Dry;
                let unit = scale.unit_of(books, output.lot.material);
                product.add_fractions(&stated(assay, is_dry), output.quantity, unit);
            }
        }
        product.fit(&most.feed, most.rounding)
    }

    /// Metal is no heavier than the metal fed; an oxide, and what no assay describes, no heavier than the feed, or than the
    /// oxides of its elements.
    pub(super) fn weights_fit(&self, books: &Books, scale: &Common, most: &Most) -> Result<(), Rejection> {
        let made = |is_wanted: &dyn Fn(&Output) -> bool| scale.made(books, &self.outputs, is_wanted);
        let exceeds = |made: i128, allowed: i128| made > allowed.saturating_add(most.rounding);
        let metal = made(&|output| output.lot.form == Form::Metal);
        if exceeds(metal, most.feed.sum()) {
            return Err(Rejection::YieldExceedsFeed { analyte: "metal".into() });
        }
        let (_, used) = self.fed_and_used(books, scale);
        let oxides = made(&|output| output.lot.form == Form::Oxide);
        if exceeds(oxides, used.max(most.feed.oxides())) {
            return Err(Rejection::YieldExceedsFeed { analyte: "oxide".into() });
        }
        let is_unmeasured = |output: &Output| output.lot.assay.is_none();
        if exceeds(made(&is_unmeasured), used.max(most.feed.oxides())) {
            let output = self.outputs.iter().find(|output| is_unmeasured(output)).expect("some are unmeasured");
            return Err(Rejection::AssayMissing { lot: output.lot.code.clone() });
        }
        Ok(())
    }
}

/// What may come out.
pub(super) struct Most {
    pub(super) feed: Elements,
    pub(super) rounding: i128,
}

/// The smallest unit in which the accounting units of several materials are all whole: a tonne of feed and a milligram
/// of product are compared in it, never number with number.
pub(crate) struct Common {
    decimals: u8,
    largest: i128,
}

impl Common {
    /// `None` where they do not all weigh something: pieces and tonnes have no element in common.
    pub(crate) fn of(books: &Books, materials: impl Iterator<Item = MaterialNo> + Clone) -> Option<Self> {
        let row = |material: MaterialNo| books.material(material);
        if materials.clone().any(|material| row(material).unit.dimension() != Dimension::Mass) {
            return None;
        }
        let decimals = materials.clone().map(|material| row(material).decimals).max().unwrap_or(0);
        let common = Self { decimals, largest: 0 };
        let largest = materials.map(|material| common.unit_of(books, material)).max().unwrap_or(0);
        Some(Self { largest, ..common })
    }

    /// One accounting unit of a material.
    pub(crate) fn unit_of(&self, books: &Books, material: MaterialNo) -> i128 {
        let material = books.material(material);
        let finer = 10i128.pow(u32::from(self.decimals - material.decimals));
        i128::try_from(material.unit.factor()).unwrap_or(i128::MAX).saturating_mul(finer)
    }

    /// What may come from rounding: one accounting unit a lot, the largest of them.
    pub(super) fn rounding(&self, lots: usize) -> i128 {
        self.largest.saturating_mul(lots as i128)
    }

    fn made(&self, books: &Books, outputs: &[Output], is_wanted: &dyn Fn(&Output) -> bool) -> i128 {
        let weight = |output: &Output| {
            i128::from(output.quantity.units()).saturating_mul(self.unit_of(books, output.lot.material))
        };
        outputs.iter().filter(|output| is_wanted(output)).map(weight).sum()
    }
}

/// Elements by weight, oxides counted by the metal in them.
#[derive(Default)]
pub(crate) struct Elements(Vec<(String, i128)>);

impl Elements {
    /// Adds the elements in a quantity by what is known of it.
    pub(crate) fn add_contents(&mut self, found: &Composition, quantity: Quantity, unit: i128) {
        self.add_fractions(&found.contents, quantity, unit);
    }

    /// Adds fractions of a quantity.
    pub(super) fn add_fractions(&mut self, contents: &[(String, i128)], quantity: Quantity, unit: i128) {
        self.add(contents.iter().map(|(analyte, fraction)| (analyte.as_str(), *fraction)), quantity, unit);
    }

    /// Is there no more of any of these than among others, but for rounding?
    pub(super) fn fit(&self, feed: &Self, rounding: i128) -> Result<(), Rejection> {
        let is_too_much = |(element, out): &&(String, i128)| *out > feed.of(element).saturating_add(rounding);
        match self.0.iter().find(is_too_much) {
            Some((element, _)) => Err(Rejection::YieldExceedsFeed { analyte: element.clone() }),
            None => Ok(()),
        }
    }

    /// Adds the elements in a quantity by what is said of it.
    pub(crate) fn add_assay(&mut self, assay: &Assay, quantity: Quantity, unit: i128) {
        let contents = assay.contents.iter().map(|own| (own.analyte.as_str(), of_ppb(own.fraction_ppb)));
        self.add(contents, quantity, unit);
    }

    /// Adds fractions of a quantity (rounded to the accounting unit).
    fn add<'a>(&mut self, contents: impl Iterator<Item = (&'a str, i128)>, quantity: Quantity, unit: i128) {
        for (analyte, fraction) in contents {
            let inside = i64::try_from(Composition::inside(quantity.units(), fraction)).ok().and_then(Quantity::new);
            let Some(inside) = inside else { continue };
            let (element, inside) = match OxideFactor::find(analyte) {
                Some(factor) if factor.oxide == analyte => (factor.element, factor.to_element(inside).quantity),
                _ => (analyte, inside),
            };
            let inside = i128::from(inside.units()).saturating_mul(unit);
            match self.0.iter_mut().find(|(other, _)| other == element) {
                Some((_, sum)) => *sum = sum.saturating_add(inside),
                None => self.0.push((element.to_owned(), inside)),
            }
        }
    }

    fn of(&self, element: &str) -> i128 {
        self.0.iter().find(|(other, _)| other == element).map_or(0, |(_, weight)| *weight)
    }

    /// What of these is among others; all of it where there are none.
    pub(crate) fn among(&self, others: &Self) -> i128 {
        let is_wanted = |element: &str| others.0.is_empty() || others.0.iter().any(|(other, _)| other == element);
        self.0.iter().filter(|(element, _)| is_wanted(element)).map(|(_, weight)| *weight).sum()
    }

    fn sum(&self) -> i128 {
        self.0.iter().map(|(_, weight)| *weight).sum()
    }

    /// The oxides of them all, rounded up.
    fn oxides(&self) -> i128 {
        let oxide = |(element, weight): &(String, i128)| match OxideFactor::find(element) {
            Some(factor) => {
                let ppm = Quantity::new(1_000_000).and_then(|million| factor.to_oxide(million));
                ppm.map_or(*weight, |ppm| weight.saturating_mul(i128::from(ppm.quantity.units() + 1)) / 1_000_000)
            }
            None => *weight,
        };
        self.0.iter().map(oxide).sum()
    }
}
