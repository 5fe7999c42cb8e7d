//! Rights to material not yet made.

use books::acts as numbered;

use super::lot::LotFacts;
use super::words::RightKind;

super::object! {
    /// A right to material not yet made is acquired.
    AcquireRight {
        /// Unique among rights.
        right: String,
        /// What kind.
        kind: RightKind,
        /// Who acquires it; the party where absent.
        holder: Option<String>,
        /// Who will make or sell the material.
        supplier: String,
        /// Project or mine.
        project: Option<String>,
        /// Where it will be made, ISO 3166-1 alpha-2.
        country: Option<String>,
        /// Of which material.
        material: String,
        /// How much, with its unit.
        quantity: String,
        /// First day on which it can be exercised; the effective date where absent.
        first: Option<String>,
        /// Last day; open-ended where absent. What is open lapses by itself the day after.
        last: Option<String>,
        /// At what price for one shown unit.
        price: Option<String>,
    }

    /// A right is passed on.
    TransferRight {
        /// Which right.
        right: String,
        /// Who gives it; the party where absent.
        holder: Option<String>,
        /// Who gets it.
        new_holder: String,
        /// How much, with its unit.
        quantity: String,
        /// The sender's own reference.
        reference: Option<String>,
    }

    /// A right is exercised: it becomes stock, in transit or on hand.
    ExerciseRight {
        /// Which right.
        right: String,
        /// Whose part of it; the party's where absent.
        holder: Option<String>,
        /// The lot, old or new.
        lot: LotFacts,
        /// Where it comes to lie, or is on its way to.
        site: String,
        /// How much, with its unit.
        quantity: String,
        /// Names a dispatch where it is on its way first; it arrives with `arrive`.
        dispatch: Option<String>,
        /// Day it should arrive.
        due: Option<String>,
        /// Who carries it.
        carrier: Option<String>,
        /// What allows it.
        authority: Option<String>,
        /// The sender's own reference.
        reference: Option<String>,
    }
}

super::form::form! {
    AcquireRight = numbered::right::AcquireRight {
        right: Same,
        kind: Word,
        holder: Owner,
        supplier: Same,
        project: Same,
        country: Same,
        material: Material,
        quantity: Of(material),
        first: Day,
        last: Day,
        price: Price,
    }
    TransferRight = numbered::right::TransferRight {
        right: Right,
        holder: Owner,
        new_holder: Party,
        quantity: Of(right),
        reference: Same,
    }
    ExerciseRight = numbered::right::ExerciseRight {
        right: Right,
        holder: Owner,
        lot: DescribedLot,
        site: Site,
        quantity: Of(right),
        dispatch: Same,
        due: Day,
        carrier: Same,
        authority: Authority,
        reference: Same,
    }
}
