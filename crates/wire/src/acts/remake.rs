//! Lots that become other lots.

use books::acts as numbered;
use books::{Books, Rejection};
use measure::Quantity;

use super::lot::LotFacts;
use super::names::{Line, Names, lines};
use super::words::{Form as FormWord, SourceKind, TransformKind};
use super::{Assay, Form, Origin};
use crate::resolve::Resolver;

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
        /// What is lost of the first input, with its unit.
        loss: Option<String>,
        /// The sender's own reference.
        reference: Option<String>,
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

/// What outputs take over from inputs where they do not say it themselves: what all inputs have in common. A rotation
/// puts other material in the place of the old, which takes over nothing.
struct Inherited {
    material: books::MaterialNo,
    source: Option<SourceKind>,
    origin: books::lot::Origin,
}

impl Inherited {
    fn from(kind: TransformKind, inputs: &[numbered::Line], books: &Books) -> Option<Self> {
        let facts: Vec<&books::lot::NewLot> = inputs.iter().map(|line| &books.lot(line.lot).facts).collect();
        let first = facts.first()?;
        if kind == TransformKind::Rotation {
            return Some(Self { material: first.material, source: None, origin: books::lot::Origin::default() });
        }
        let common = |field: fn(&books::lot::Origin) -> &Option<String>| {
            let same = facts.iter().all(|other| field(&other.origin) == field(&first.origin));
            if same { field(&first.origin).clone() } else { None }
        };
        let is_one_source = facts.iter().all(|other| other.source == first.source);
        Some(Self {
            material: first.material,
            source: Some(if is_one_source { first.source.into() } else { SourceKind::Mixed }),
            origin: books::lot::Origin {
                mined: common(|origin| &origin.mined),
                separated: common(|origin| &origin.separated),
                refined: common(|origin| &origin.refined),
                manufactured: common(|origin| &origin.manufactured),
            },
        })
    }
}

impl Output {
    fn numbered(
        &self,
        inherited: &Inherited,
        resolver: &Resolver<'_>,
    ) -> Result<numbered::transform::Output, Rejection> {
        let Self { lot, quantity, material, form, source, origin, assay, supplier, price, documents } = self.clone();
        let first_material = resolver.material_facts(inherited.material).code.clone();
        let inherits_origin = origin.is_none();
        let facts = LotFacts {
            lot,
            material: material.or(Some(first_material)),
            form,
            source: source.or(inherited.source),
            origin,
            assay,
            supplier,
            price,
            documents,
        };
        let mut lot = facts.numbered(resolver)?;
        if inherits_origin {
            lot.origin = inherited.origin.clone();
        }
        let quantity = resolver.quantity("outputs.quantity", &quantity, lot.material)?;
        Ok(numbered::transform::Output { lot, quantity })
    }

    fn written(output: &numbered::transform::Output, books: &Books) -> Self {
        let quantity = Names(books).quantity_of(output.lot.material, output.quantity);
        let LotFacts { lot, material, form, source, origin, assay, supplier, price, documents } =
            LotFacts::written(&output.lot, books);
        let origin = origin.or(Some(Origin { mined: None, separated: None, refined: None, manufactured: None }));
        Self { lot, quantity, material, form, source, origin, assay, supplier, price, documents }
    }
}

impl Form for Transform {
    type Numbered = numbered::transform::Transform;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let Self { kind, site, target, owner, inputs, outputs, loss, reference } = self;
        let inputs = lines(inputs, resolver)?;
        let inherited = Inherited::from(*kind, &inputs, resolver.books);
        let Some((inherited, first)) = inherited.zip(inputs.first().map(|line| line.lot)) else {
            return Err(crate::resolve::invalid("inputs")("must name at least one lot".into()));
        };
        let outputs = outputs.iter().map(|output| output.numbered(&inherited, resolver)).collect::<Result<_, _>>()?;
        let site = resolver.site(site)?;
        Ok(Self::Numbered {
            kind: (*kind).into(),
            site,
            target: target.as_ref().map_or(Ok(site), |target| resolver.site(target))?,
            owner: resolver.owner(owner.as_ref())?,
            inputs,
            outputs,
            loss: loss.as_ref().map_or(Ok(Quantity::ZERO), |loss| resolver.lot_quantity("loss", loss, first))?,
            reference: reference.clone(),
        })
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        let names = Names(books);
        let first = act.inputs[0].lot;
        Self {
            kind: act.kind.into(),
            site: names.place(act.site),
            target: Some(names.place(act.target)),
            owner: Some(names.party(act.owner)),
            inputs: act.inputs.iter().map(|line| names.line(line)).collect(),
            outputs: act.outputs.iter().map(|output| Output::written(output, books)).collect(),
            loss: (!act.loss.is_zero()).then(|| names.quantity(first, act.loss)),
            reference: act.reference.clone(),
        }
    }
}

impl Form for Split {
    type Numbered = numbered::relot::Split;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let lot = resolver.lot(&self.lot)?;
        let part = |part: &Part| {
            let quantity = resolver.lot_quantity("parts.quantity", &part.quantity, lot)?;
            Ok(numbered::relot::Part { lot: part.lot.clone(), quantity })
        };
        Ok(Self::Numbered {
            lot,
            site: resolver.site(&self.site)?,
            owner: resolver.owner(self.owner.as_ref())?,
            parts: self.parts.iter().map(part).collect::<Result<_, Rejection>>()?,
        })
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        let names = Names(books);
        let part = |part: &numbered::relot::Part| Part {
            lot: part.lot.clone(),
            quantity: names.quantity(act.lot, part.quantity),
        };
        Self {
            lot: names.lot(act.lot),
            site: names.place(act.site),
            owner: Some(names.party(act.owner)),
            parts: act.parts.iter().map(part).collect(),
        }
    }
}

impl Form for Merge {
    type Numbered = numbered::relot::Merge;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        Ok(Self::Numbered {
            lot: self.lot.clone(),
            site: resolver.site(&self.site)?,
            owner: resolver.owner(self.owner.as_ref())?,
            parts: lines(&self.parts, resolver)?,
        })
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        let names = Names(books);
        Self {
            lot: act.lot.clone(),
            site: names.place(act.site),
            owner: Some(names.party(act.owner)),
            parts: act.parts.iter().map(|line| names.line(line)).collect(),
        }
    }
}
