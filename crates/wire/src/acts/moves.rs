//! What changes its place, its custodian or its owner.

use books::acts as numbered;

use super::lot::LotFacts;

super::object! {
    /// A quantity of one lot.
    Line {
        /// The lot.
        lot: String,
        /// How much, with its unit.
        quantity: String,
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
        /// What it is for, where a restriction goes by use.
        end_use: Option<String>,
        /// The licence it goes under, where a restriction wants one.
        licence: Option<String>,
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
        /// The licence under which it is taken to another country than it was sent to, where a restriction wants one.
        licence: Option<String>,
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
        /// The licence under which it comes to another country, where a restriction wants one.
        licence: Option<String>,
    }
}

super::form::form! {
    Line = numbered::Line {
        lot: Lot,
        stated of quantity: Stated,
        quantity: OfStated(lot, stated),
    }
    Transfer = numbered::transfer::Transfer {
        lot: Lot,
        source: Site,
        target: Site,
        owner: Owner,
        quantity: Of(lot),
        under: Encumbrance,
        reference: Same,
    }
    Dispatch = numbered::dispatch::Dispatch {
        dispatch: Same,
        source: Site,
        target: Site,
        owner: Owner,
        lines: Item,
        carrier: Same,
        due: Day,
        reference: Same,
        end_use: Same,
        licence: Licence,
    }
    ArrivedLine = numbered::arrive::ArrivedLine {
        lot: Lot,
        stated of received: Stated,
        received: OfStated(lot, stated),
        shipped: Of(lot),
    }
    Arrive = numbered::arrive::Arrive {
        dispatch: Dispatched,
        site: TargetOr(dispatch),
        lines: Item,
        last: Flag,
        reference: Same,
        licence: Licence,
    }
    TransferTitle = numbered::title::TransferTitle {
        lot: Lot,
        site: Site,
        owner: Owner,
        new_owner: Party,
        stated of quantity: Stated,
        quantity: OfStated(lot, stated),
        under: Encumbrance,
        reference: Same,
    }
    Lend = numbered::loan::Lend {
        loan: Same,
        lot: Lot,
        site: Site,
        owner: Owner,
        borrower: Party,
        stated of quantity: Stated,
        quantity: OfStated(lot, stated),
        due: Day,
        under: Encumbrance,
        reference: Same,
    }
    ReturnLoan = numbered::loan::ReturnLoan {
        lot: Lot,
        replacement: DescribedLot,
        loan: Lent,
        site: Site,
        quantity: Of(lot),
        reference: Same,
        licence: Licence,
    }
}
