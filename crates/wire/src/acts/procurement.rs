//! Joint procurement and price floors.

use books::acts as numbered;

use super::lot::{LotFacts, Origin};
use super::reserve::Weight;
use super::words::{FloorPolicy, Form as FormWord};

super::object! {
    /// A joint order is opened, for the members of a reserve or for buyers that are named.
    OpenOrder {
        /// Its code.
        order: String,
        /// Who runs it; the party where absent.
        runs: Option<String>,
        /// Of which material.
        material: String,
        /// For the members of which reserve, which the party runs.
        reserve: Option<String>,
        /// For whom, where it is for no reserve.
        buyers: Option<Vec<String>>,
        /// The key that an award is to follow; that of the reserve, or what each demands, where absent.
        weights: Option<Vec<Weight>>,
    }

    /// A buyer accepts its part of an award; only then is it delivered.
    AcceptAward {
        /// The joint order.
        order: String,
        /// Whose part; the party's where absent.
        buyer: Option<String>,
        /// How much of it, with its unit; all of it where absent. What it leaves is not ordered for it any more; `0 t` declines.
        /// A part above what it declared to need is accepted by naming it.
        quantity: Option<String>,
    }

    /// A buyer declares demand for a joint order.
    DeclareDemand {
        /// The joint order; it begins here where there is none of this code.
        order: String,
        /// Who needs it; the party where absent.
        buyer: Option<String>,
        /// Of which material.
        material: String,
        /// How much, with its unit.
        quantity: String,
        /// Day by which it is needed.
        due: Option<String>,
        /// The sender's own reference.
        reference: Option<String>,
    }

    /// A joint order goes to a supplier.
    Award {
        /// The joint order.
        order: String,
        /// Who sells.
        supplier: String,
        /// At what price for one shown unit, such as `85.20 USD`.
        price: String,
        /// How much, with its unit; what was demanded in all where absent.
        quantity: Option<String>,
        /// In which form; the material's own where absent.
        form: Option<FormWord>,
        /// Day by which it should be delivered.
        due: Option<String>,
        /// The key: weights of the buyers; what each demanded where there are none.
        weights: Option<Vec<Weight>>,
        /// Where it comes from, stage by stage; what is delivered is held against it.
        origin: Option<Origin>,
        /// Of which grade: the least content, such as `Nd2O3 99.5%`. Where none is said, it may be of any.
        grade: Option<String>,
    }

    /// A part of a joint order comes in and is paid; each buyer gets its share of it.
    ReceiveOrder {
        /// The joint order.
        order: String,
        /// The lot, old or new.
        lot: LotFacts,
        /// Where it comes to lie, for all buyers together.
        site: String,
        /// How much, with its unit.
        quantity: String,
        /// What is paid for it now, such as `1000.00 USD`.
        paid: Option<String>,
        /// What allows it.
        authority: Option<String>,
        /// The sender's own reference.
        reference: Option<String>,
        /// Why it is taken although its price, its supplier or what is paid is not as awarded.
        differs: Option<String>,
    }

    /// A rate between two currencies is recorded: prices in one are compared with those in the other by it.
    RecordRate {
        /// How much of one currency there is in one of another, such as `1.0842 USD/EUR`.
        rate: String,
        /// Who stated it: never empty.
        source: String,
    }

    /// A price floor is set.
    SetPriceFloor {
        /// Unique among floors.
        floor: String,
        /// Of which material.
        material: String,
        /// In which form; any where none is said.
        form: Option<FormWord>,
        /// Of which grade: the least content, such as `Nd2O3 99.5%`; any where none is said.
        grade: Option<String>,
        /// The lowest price, such as `110.00 USD/kg`; for one shown unit where no unit is said.
        price: String,
        /// First day.
        first: String,
        /// Last day.
        last: Option<String>,
        /// What happens below it.
        policy: FloorPolicy,
        /// Who set it, and on what ground.
        basis: Option<String>,
    }
}

super::form::form! {
    OpenOrder = numbered::open_order::OpenOrder {
        order: Same,
        runs: Owner,
        material: Material,
        reserve: Reserve,
        buyers: Party,
        weights: Item,
    }
    AcceptAward = numbered::open_order::AcceptAward {
        order: Order,
        buyer: Owner,
        quantity: Of(order),
    }
    DeclareDemand = numbered::demand::DeclareDemand {
        order: Same,
        buyer: Owner,
        material: Material,
        quantity: Of(material),
        due: Day,
        reference: Same,
    }
    Award = numbered::award::Award {
        order: Order,
        supplier: Same,
        price: Price,
        quantity: Of(order),
        form: Word,
        due: Day,
        weights: Item,
        origin: Item,
        grade: Grade,
    }
    ReceiveOrder = numbered::receive_order::ReceiveOrder {
        order: Order,
        lot: DescribedLot,
        site: Site,
        quantity: Of(order),
        paid: Paid(order),
        authority: Authority,
        reference: Same,
        differs: Same,
    }
    RecordRate = numbered::rate::RecordRate {
        rate: Density,
        source: Same,
    }
    SetPriceFloor = numbered::price_floor::SetPriceFloor {
        floor: Same,
        material: Material,
        form: Word,
        grade: Grade,
        price: Price,
        first: Day,
        last: Day,
        policy: Word,
        basis: Same,
    }
}
