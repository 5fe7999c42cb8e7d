//! What comes in, goes out, is lost, found and counted.

use books::acts as numbered;

use super::words::{Form as FormWord, SourceKind, WeightOnly};
use super::{Assay, EventRef, Origin};

super::object! {
    /// Stock comes in. The first deposit of a lot describes it.
    Deposit {
        /// The lot, old or new.
        lot: String,
        /// Where it comes to lie.
        site: String,
        /// Whose it is; the party's where absent.
        owner: Option<String>,
        /// How much, with its unit: `100 t`; where it was measured in one that measures something else, with the event that set
        /// the factor: `1000 m3 by event 16`.
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
        /// How it was established that it lay there when the books began, such as `survey of 2023`: stock that is taken
        /// over, which is no receipt and needs no authority.
        opening: Option<String>,
        /// The draw of which a part comes back: its number, or the id of its command. It is no new supply, and what
        /// allowed the draw allows as much again.
        returns: Option<EventRef>,
    }

    /// Stock goes out.
    Draw {
        /// From which lot.
        lot: String,
        /// At which site.
        site: String,
        /// Whose it is; the party's where absent.
        owner: Option<String>,
        /// How much, with its unit; a factor is cited as in `deposit`.
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
        /// How much, with its unit; a factor is cited as in `deposit`.
        quantity: String,
        /// Why.
        reason: String,
        /// Only the weight changed, and not what the lot contains: the content stays.
        weight_only: Option<WeightOnly>,
    }

    /// Stock is found.
    RecordGain {
        /// Which lot.
        lot: String,
        /// At which site.
        site: String,
        /// Whose it is; the party's where absent.
        owner: Option<String>,
        /// How much, with its unit; a factor is cited as in `deposit`.
        quantity: String,
        /// Why.
        reason: String,
        /// Only the weight changed, and not what the lot contains: the content stays.
        weight_only: Option<WeightOnly>,
    }

    /// What was found of one lot.
    CountedLine {
        /// The lot.
        lot: String,
        /// What was found, with its unit; zero is a finding. A factor is cited as in `deposit`.
        counted: String,
        /// The book figure it was counted against, with its unit: the count stands where the books of that day held it.
        against: Option<String>,
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
        /// It was counted before this event of the same day moved its stock; after all that is recorded of the day where
        /// absent.
        before_event: Option<EventRef>,
    }
}

super::form::form! {
    Deposit = numbered::deposit::Deposit {
        site: Site,
        owner: Owner,
        lot from { lot, material, form, source, origin, assay, supplier, price, documents },
        stated of quantity: Stated,
        quantity: OfStated(lot, stated),
        authority: Authority,
        reference: Same,
        opening: Same,
        returns: Event,
    }
    Draw = numbered::draw::Draw {
        lot: Lot,
        site: Site,
        owner: Owner,
        stated of quantity: Stated,
        quantity: OfStated(lot, stated),
        under: Encumbrance,
        authority: Authority,
        reference: Same,
        destination: Same,
        end_use: Same,
        licence: Licence,
    }
    RecordLoss = numbered::loss::RecordLoss {
        lot: Lot,
        site: Site,
        owner: Owner,
        stated of quantity: Stated,
        quantity: OfStated(lot, stated),
        reason: Same,
        weight_only: Word,
    }
    RecordGain = numbered::gain::RecordGain {
        lot: Lot,
        site: Site,
        owner: Owner,
        stated of quantity: Stated,
        quantity: OfStated(lot, stated),
        reason: Same,
        weight_only: Word,
    }
    CountedLine = numbered::stocktake::Counted {
        lot: Lot,
        stated of counted: Stated,
        quantity from counted: OfStated(lot, stated),
        against: Of(lot),
    }
    Stocktake = numbered::stocktake::Stocktake {
        site: Site,
        owner: Party,
        lines: Item,
        reference: Same,
        before_event: Event,
    }
}
