//! Open access: requests and what became of them.

use books::acts as numbered;

super::object! {
    /// Access to a reserve is asked for.
    RequestAccess {
        /// Unique among requests.
        request: String,
        /// Of which reserve.
        reserve: String,
        /// For whom: a member, or a firm by its name.
        requester: String,
        /// Of which material.
        material: String,
        /// How much, with its unit.
        quantity: String,
        /// For what use.
        end_use: Option<String>,
    }

    /// A request for access is decided.
    DecideAccess {
        /// Which request.
        request: String,
        /// How much is granted, with its unit; nothing is a refusal.
        granted: String,
        /// The rule it is decided by.
        rule: String,
        /// Why.
        reason: String,
        /// The last day on which it is handed over; then it lapses.
        last: Option<String>,
    }

    /// What was granted of a reserve is handed over: stock of its pool goes to whoever asked.
    ServeRequest {
        /// Which request.
        request: String,
        /// Which lot of the pool.
        lot: String,
        /// Where it lies.
        site: String,
        /// How much, with its unit.
        quantity: String,
        /// Who owns it then, where that is a party of the ledger; it leaves the books where absent.
        owner: Option<String>,
        /// The sender's own reference.
        reference: Option<String>,
        /// Country it goes to, ISO 3166; that of its new owner where absent.
        destination: Option<String>,
        /// The licence it goes under, where a restriction wants one.
        licence: Option<String>,
    }
}

super::form::form! {
    RequestAccess = numbered::access::RequestAccess {
        request: Same,
        reserve: Reserve,
        requester: Same,
        material: Material,
        quantity: Of(material),
        end_use: Same,
    }
    DecideAccess = numbered::access::DecideAccess {
        request: Request,
        granted: Of(request),
        rule: Same,
        reason: Same,
        last: Day,
    }
    ServeRequest = numbered::serve_request::ServeRequest {
        request: Request,
        lot: Lot,
        site: Site,
        quantity: Of(lot),
        owner: Party,
        reference: Same,
        destination: Same,
        licence: Licence,
    }
}
