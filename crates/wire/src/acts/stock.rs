//! Movements, transformations and counts.

use books::acts::{self as numbered, deposit::LotRef};
use books::{Books, Kind, LotNo, PartyNo, PlaceNo, Rejection};
use measure::Quantity;

use super::lot::LotFacts;
use super::words::{Form as FormWord, SourceKind, TransformKind};
use super::{Assay, Form, Origin};
use crate::date::show_day;
use crate::resolve::{Resolver, day_if};
use crate::value::write_quantity;

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
    }

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

    /// A quantity of one lot.
    Line {
        /// The lot.
        lot: String,
        /// How much, with its unit.
        quantity: String,
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

/// Codes of what a number names.
struct Names<'b>(&'b Books);

impl Names<'_> {
    fn lot(&self, lot: LotNo) -> String {
        self.0.lots()[lot.0 as usize].facts.code.clone()
    }

    fn place(&self, place: PlaceNo) -> String {
        self.0.place_code(place).to_owned()
    }

    fn party(&self, party: PartyNo) -> String {
        self.0.party_code(party).to_owned()
    }

    fn under(&self, under: books::account::Under) -> Option<String> {
        under.map(|number| self.0.encumbrance_code(number).to_owned())
    }

    fn authority(&self, authority: Option<books::AuthorityNo>) -> Option<String> {
        authority.map(|number| self.0.authorities()[number.0 as usize].code.clone())
    }

    fn quantity(&self, lot: LotNo, quantity: Quantity) -> String {
        let material = self.0.lots()[lot.0 as usize].facts.material;
        write_quantity(&self.0.materials()[material.0 as usize], quantity)
    }

    fn quantity_of(&self, material: books::MaterialNo, quantity: Quantity) -> String {
        write_quantity(&self.0.materials()[material.0 as usize], quantity)
    }

    fn line(&self, line: &numbered::Line) -> Line {
        Line { lot: self.lot(line.lot), quantity: self.quantity(line.lot, line.quantity) }
    }
}

fn line(line: &Line, resolver: &Resolver<'_>) -> Result<numbered::Line, Rejection> {
    let lot = resolver.lot(&line.lot)?;
    Ok(numbered::Line { lot, quantity: resolver.lot_quantity("quantity", &line.quantity, lot)? })
}

fn lines(lines: &[Line], resolver: &Resolver<'_>) -> Result<Vec<numbered::Line>, Rejection> {
    lines.iter().map(|each| line(each, resolver)).collect()
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
            LotRef::Known(lot) => (bare(names.lot(*lot)), books.lots()[lot.0 as usize].facts.material),
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

fn lot_ref(facts: &LotFacts, resolver: &Resolver<'_>) -> Result<(LotRef, books::MaterialNo), Rejection> {
    match resolver.lot(&facts.lot) {
        Ok(lot) => {
            facts.agrees_with(lot, resolver)?;
            Ok((LotRef::Known(lot), resolver.books.lots()[lot.0 as usize].facts.material))
        }
        Err(_) => {
            let new = facts.numbered(resolver)?;
            let material = new.material;
            Ok((LotRef::New(Box::new(new)), material))
        }
    }
}

fn bare(lot: String) -> LotFacts {
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
        }
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
        }
    }
}

impl Form for Arrive {
    type Numbered = numbered::arrive::Arrive;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let dispatch = resolver.place(Kind::Dispatch, &self.dispatch)?;
        let site = match (&self.site, &resolver.books.places()[dispatch.0 as usize]) {
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

/// What outputs take over from inputs where they do not say it themselves: what all inputs have in common. A rotation
/// puts other material in the place of the old, which takes over nothing.
struct Inherited {
    material: books::MaterialNo,
    source: Option<SourceKind>,
    origin: books::lot::Origin,
}

impl Inherited {
    fn from(kind: TransformKind, inputs: &[numbered::Line], books: &Books) -> Option<Self> {
        let facts: Vec<&books::lot::NewLot> =
            inputs.iter().map(|line| &books.lots()[line.lot.0 as usize].facts).collect();
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
