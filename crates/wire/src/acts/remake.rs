//! Lots that become other lots.

use books::acts as numbered;
use books::{Books, Rejection};

use super::lot::{LotFacts, Said};
use super::words::{Form as FormWord, SourceKind, TransformKind};
use super::{Assay, Line, Origin};
use crate::resolve::Resolver;
use crate::value::write_quantity;

super::object! {
    /// A lot that comes out of a transformation.
    Output {
        /// Its code.
        lot: String,
        /// How much, with its unit.
        quantity: String,
        /// Its material; that of the first input where absent.
        material: Option<String>,
        /// Its form; the material's where absent.
        form: Option<FormWord>,
        /// Where it comes from in the sense of policy; as the inputs where absent, `mixed` where they differ.
        source: Option<SourceKind>,
        /// Country of each step; as the inputs where absent, open where they differ. A rotation takes over neither.
        origin: Option<Origin>,
        /// First measurement.
        assay: Option<Assay>,
        /// Who supplied it.
        supplier: Option<String>,
        /// What was paid for one shown unit.
        price: Option<String>,
        /// SHA-256 of documents.
        documents: Option<Vec<String>>,
    }

    /// Lots become other lots.
    Transform {
        /// Why.
        kind: TransformKind,
        /// Where what goes in lies.
        site: String,
        /// Where what comes out lies; the same site where absent.
        target: Option<String>,
        /// Whose it is; the party's where absent.
        owner: Option<String>,
        /// What goes in.
        inputs: Vec<Line>,
        /// What comes out.
        outputs: Vec<Output>,
        /// What is lost of the inputs of the first one's material, of each as much as of another, with its unit.
        loss: Option<String>,
        /// The sender's own reference.
        reference: Option<String>,
        /// The licence under which it comes to another country, where a restriction wants one.
        licence: Option<String>,
    }

    /// A new lot and its size.
    Part {
        /// Its code.
        lot: String,
        /// Its size, with its unit.
        quantity: String,
    }

    /// One lot becomes several.
    Split {
        /// The lot.
        lot: String,
        /// Where it lies.
        site: String,
        /// Whose it is; the party's where absent.
        owner: Option<String>,
        /// The new lots.
        parts: Vec<Part>,
    }

    /// Several lots become one.
    Merge {
        /// Code of the new lot.
        lot: String,
        /// Where they lie.
        site: String,
        /// Whose they are; the party's where absent.
        owner: Option<String>,
        /// What goes in.
        parts: Vec<Line>,
    }
}

super::form::form! {
    Transform = numbered::transform::Transform {
        kind: Word,
        inputs: AtLeastOneLine,
        outputs: Outputs(kind, inputs),
        site: Site,
        target: SiteOr(site),
        owner: Owner,
        loss: LostOfFirst(inputs),
        reference: Same,
        licence: Licence,
    }
    Split = numbered::relot::Split {
        lot: Lot,
        site: Site,
        owner: Owner,
        parts: LotPart(lot),
    }
    Merge = numbered::relot::Merge {
        lot: Same,
        site: Site,
        owner: Owner,
        parts: Item,
    }
}

/// What outputs take over from inputs where they do not say it themselves: what all inputs have in common. A rotation
/// puts other material in the place of the old, which takes over nothing.
pub(super) struct Inherited {
    material: books::MaterialNo,
    source: Option<SourceKind>,
    origin: books::lot::Origin,
}

impl Inherited {
    /// Of at least one input.
    pub(super) fn from(kind: numbered::transform::TransformKind, inputs: &[numbered::Line], books: &Books) -> Self {
        let facts: Vec<&books::lot::NewLot> = inputs.iter().map(|line| &books.lot(line.lot).facts).collect();
        let first = facts[0];
        if kind == numbered::transform::TransformKind::Rotation {
            return Self { material: first.material, source: None, origin: books::lot::Origin::default() };
        }
        let common = |field: fn(&books::lot::Origin) -> &Option<String>| {
            let same = facts.iter().all(|other| field(&other.origin) == field(&first.origin));
            if same { field(&first.origin).clone() } else { None }
        };
        let is_one_source = facts.iter().all(|other| other.source == first.source);
        Self {
            material: first.material,
            source: Some(if is_one_source { first.source.into() } else { SourceKind::Mixed }),
            origin: books::lot::Origin {
                mined: common(|origin| &origin.mined),
                separated: common(|origin| &origin.separated),
                refined: common(|origin| &origin.refined),
                manufactured: common(|origin| &origin.manufactured),
            },
        }
    }
}

impl Output {
    pub(super) fn resolve(
        &self,
        inherited: &Inherited,
        resolver: &Resolver<'_>,
    ) -> Result<numbered::transform::Output, Rejection> {
        let said = self.said();
        let material = said.material.unwrap_or(&resolver.material_facts(inherited.material).code);
        let said = Said { material: Some(material), source: said.source.or(inherited.source), ..said };
        let mut lot = said.resolve(resolver)?;
        if self.origin.is_none() {
            lot.origin = inherited.origin.clone();
        }
        let quantity = resolver.quantity("outputs.quantity", &self.quantity, lot.material)?;
        Ok(numbered::transform::Output { lot, quantity })
    }

    pub(super) fn render(output: &numbered::transform::Output, books: &Books) -> Self {
        let quantity = write_quantity(books.material(output.lot.material), output.quantity);
        let LotFacts { lot, material, form, source, origin, assay, supplier, price, documents } =
            LotFacts::written(&output.lot, books);
        let origin = origin.or(Some(Origin { mined: None, separated: None, refined: None, manufactured: None }));
        Self { lot, quantity, material, form, source, origin, assay, supplier, price, documents }
    }
}
