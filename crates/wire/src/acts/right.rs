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

super::codec::form! {
    AcquireRight = numbered::right::AcquireRight {
        right: same,
        kind: word,
        holder: owner,
        supplier: same,
        project: same,
        country: same,
        material: material,
        quantity: of_material(material),
        first: day_if,
        last: day_if,
        price: price_if,
    }
    TransferRight = numbered::right::TransferRight {
        right: right,
        holder: owner,
        new_holder: party,
        quantity: of_right(right),
        reference: same,
    }
    ExerciseRight = numbered::right::ExerciseRight {
        right: right,
        holder: owner,
        lot: lot_ref,
        site: site,
        quantity: of_right(right),
        dispatch: same,
        due: day_if,
        carrier: same,
        authority: authority_if,
        reference: same,
    }
}
