//! An identified portion with one set of measurements.

use measure::{Quantity, Unit};

use crate::composition::WeightChange;
use crate::material::Form;
use crate::number::{Day, LotNo, MaterialNo, PartyNo, Seq};
use crate::versions::{Versions, amends};

/// Where a lot came from in the sense of policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum SourceKind {
    /// From the ground, abroad.
    #[n(0)]
    Primary,
    /// Recovered from waste.
    #[n(1)]
    Recycled,
    /// From the seabed.
    #[n(2)]
    Seabed,
    /// From the ground, at home.
    #[n(3)]
    Domestic,
    /// Bought together with others.
    #[n(4)]
    JointProcurement,
    /// Borrowed.
    #[n(5)]
    Loan,
    /// Exchanged.
    #[n(6)]
    Barter,
    /// Given.
    #[n(7)]
    Donation,
    /// Several of these: made from lots that differ.
    #[n(8)]
    Mixed,
}

/// Country of each step, ISO 3166-1 alpha-2; absent where unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Origin {
    /// Mined in.
    #[n(0)]
    pub mined: Option<String>,
    /// Separated in.
    #[n(1)]
    pub separated: Option<String>,
    /// Refined in.
    #[n(2)]
    pub refined: Option<String>,
    /// Made into alloy or goods in.
    #[n(3)]
    pub manufactured: Option<String>,
}

impl Origin {
    /// The countries, stage by stage.
    #[must_use]
    pub fn stages(&self) -> [Option<&str>; 4] {
        let Self { mined, separated, refined, manufactured } = self;
        [mined, separated, refined, manufactured].map(|country| country.as_deref())
    }
}

/// Is an assay open to change?
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum AssayStatus {
    /// Until the final one.
    #[n(0)]
    Provisional,
    /// Agreed.
    #[n(1)]
    Final,
}

/// Which weight fractions are parts of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum Weighed {
    /// With its water.
    #[n(0)]
    Wet,
    /// Without its water.
    #[n(1)]
    Dry,
}

/// Content of one element or oxide, in parts per billion of the weight that the assay states.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Content {
    /// Element or oxide: `Nd`, `Dy2O3`.
    #[n(0)]
    pub analyte: String,
    /// Parts per billion; 1,000,000,000 is pure.
    #[n(1)]
    pub fraction_ppb: u32,
}

/// One measurement of composition.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Assay {
    /// Provisional or final.
    #[n(0)]
    pub status: AssayStatus,
    /// What it holds.
    #[n(1)]
    pub contents: Vec<Content>,
    /// Water, in parts per billion.
    #[n(2)]
    pub moisture_ppb: Option<u32>,
    /// How it was measured.
    #[n(3)]
    pub method: Option<String>,
    /// By whom.
    #[n(4)]
    pub laboratory: Option<String>,
    /// One standard deviation, in parts per billion of the fraction.
    #[n(5)]
    pub uncertainty_ppb: Option<u32>,
    /// Which weight the contents are parts of; that in which the material is accounted where nothing is said. The water is
    /// a part of the wet weight, always.
    #[n(6)]
    pub weighed: Option<Weighed>,
}

/// An assay, and since when the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct KnownAssay {
    /// Event that recorded it.
    #[n(0)]
    pub seq: Seq,
    /// Day it was made.
    #[n(1)]
    pub effective: Day,
    /// The assay. Which one holds, and since when: see [`crate::composition`].
    #[n(2)]
    pub assay: Assay,
}

/// Price of a lot: a price, its currency, and the basis it was agreed on.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Price {
    /// In the smallest unit of the currency (cents), for one of [`Self::unit`].
    #[n(0)]
    pub minor_per_unit: u64,
    /// ISO 4217.
    #[n(1)]
    pub currency: String,
    /// For one of which unit; one shown unit of the material where none is said.
    #[n(2)]
    pub unit: Option<Unit>,
}

/// A lot this one was made from.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Parent {
    /// The older lot.
    #[n(0)]
    pub lot: LotNo,
    /// How much of it went in, in its accounting units.
    #[n(1)]
    pub quantity: Quantity,
    /// How much of that was lost on the way.
    #[n(2)]
    pub lost: Quantity,
}

impl Parent {
    /// How much of it is in what was made.
    #[must_use]
    pub fn used(&self) -> Quantity {
        self.quantity.checked_sub(self.lost).expect("decided: no more is lost than goes in")
    }
}

/// How a lot came to be: what that says of where its mass comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum Making {
    /// It came from outside, as it is described.
    #[n(0)]
    Began,
    /// Split off or merged: the same mass under another name.
    #[n(1)]
    Relotted,
    /// Converted: the same mass after a step of the chain.
    #[n(2)]
    Processed,
    /// Recovered: the same, and what was scrap is recycled.
    #[n(3)]
    Recovered,
    /// It took the place of lots that left: other mass, as it is described.
    #[n(4)]
    Replaced,
}

/// What is said of a lot when it first appears.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct NewLot {
    /// Unique among lots.
    #[n(0)]
    pub code: String,
    /// Its material.
    #[n(1)]
    pub material: MaterialNo,
    /// Its form.
    #[n(2)]
    pub form: Form,
    /// Where it comes from in the sense of policy.
    #[n(3)]
    pub source: SourceKind,
    /// Country of each step.
    #[n(4)]
    pub origin: Origin,
    /// First measurement.
    #[n(5)]
    pub assay: Option<Assay>,
    /// Who supplied it.
    #[n(6)]
    pub supplier: Option<String>,
    /// What was paid.
    #[n(7)]
    pub price: Option<Price>,
    /// SHA-256 of documents, in hexadecimal.
    #[n(8)]
    pub documents: Vec<String>,
}

/// A lot as the books know it.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Lot {
    /// What was said when it first appeared.
    #[n(0)]
    pub facts: NewLot,
    /// Event in which it first appeared.
    #[n(1)]
    pub seq: Seq,
    /// All its assays, in the order in which the ledger learned them.
    #[n(2)]
    pub assays: Vec<KnownAssay>,
    /// The lots it was made from.
    #[n(3)]
    pub parents: Vec<Parent>,
    /// The lots made from it.
    #[n(4)]
    pub children: Vec<LotNo>,
    /// The day it was made.
    #[n(5)]
    pub made: Day,
    /// Is it of the same material as its parents, split off or merged? Then it is made of what they are made of.
    #[n(6)]
    pub inherits: bool,
    /// Its losses and gains, in the order in which the ledger learned them.
    #[n(7)]
    pub changes: Vec<WeightChange>,
    /// How it came to be.
    #[n(8)]
    pub making: Making,
    /// What was said of it, in the order in which the ledger learned it; nothing where it was never mended.
    #[n(9)]
    pub described: Vec<Described>,
    /// The event that made it is reversed, and nothing of it is anywhere: its code is free.
    #[n(10)]
    pub is_void: bool,
    /// It was void, and stock came under it all the same, with this event: that has no part in how it was made.
    #[n(11)]
    pub revived_by: Option<Seq>,
    /// Under whom its code lives: the party that began it. None where only events were folded before this was kept.
    #[n(12)]
    pub by: Option<PartyNo>,
    /// What its description was changed by; nothing where it was never mended.
    #[n(13)]
    pub versions: Option<Box<Versions<NewLot>>>,
    /// How much each parent counts in it, by what was known when it was made; nothing where nothing says how they compare.
    #[n(14)]
    pub weights: Vec<i64>,
}

amends!(NewLot { form, source, origin, supplier } keeps { code, material, assay, price, documents });

/// What was said of a lot, from a day on, and since when the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Described {
    /// Event that said it.
    #[n(0)]
    pub seq: Seq,
    /// First day on which it holds.
    #[n(1)]
    pub effective: Day,
    /// What it said.
    #[n(2)]
    pub facts: NewLot,
}

impl Lot {
    /// Does its mass come from its parents, as known at an event?
    #[must_use]
    pub fn has_ancestry(&self, known_at: Seq) -> bool {
        match self.making {
            Making::Began | Making::Replaced => false,
            Making::Relotted | Making::Processed | Making::Recovered => {
                !self.parents.is_empty() && !self.is_revived(known_at)
            }
        }
    }

    /// Was it void, and did stock come under it all the same, as known at an event?
    #[must_use]
    pub fn is_revived(&self, known_at: Seq) -> bool {
        self.revived_by.is_some_and(|by| by <= known_at)
    }

    /// Does its description say where it comes from? That of a lot that was made from others, and then was not, does not.
    #[must_use]
    pub fn is_described(&self, known_at: Seq) -> bool {
        !self.is_revived(known_at) || self.parents.is_empty()
    }

    /// What was said of it for a day, as known at an event.
    #[must_use]
    pub fn said(&self, day: Day, known_at: Seq) -> &NewLot {
        let holds = |said: &&Described| said.effective <= day && said.seq <= known_at;
        let last = self.described.iter().filter(holds).max_by_key(|said| (said.effective, said.seq));
        last.or(self.described.first()).map_or(&self.facts, |said| &said.facts)
    }

    /// Takes in what is said anew. It is a change and not a picture of the whole: what was said of later days before holds on
    /// them, and what was not is now said of them, too.
    pub(crate) fn describe(&mut self, effective: Day, seq: Seq, mended: impl FnOnce(&NewLot) -> NewLot) {
        let first = &self.facts;
        let versions = self.versions.get_or_insert_with(|| Box::new(Versions::new(0, first.clone())));
        if self.described.is_empty() {
            self.described.push(Described { seq: self.seq, effective: Day(i32::MIN), facts: first.clone() });
        }
        let after = mended(&versions.at(effective, seq));
        versions.amend(effective, seq, after);
        let mut days: Vec<Day> = versions.changes.iter().map(|change| change.effective).collect();
        days.retain(|day| *day >= effective);
        days.dedup();
        for day in days {
            let facts = versions.at(day, seq).into_owned();
            self.described.push(Described { seq, effective: day, facts });
        }
        self.facts = self.said(Day(i32::MAX), Seq(u64::MAX)).clone();
    }
}
