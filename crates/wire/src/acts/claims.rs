//! Encumbrances, limits and authorities.

use books::acts as numbered;

use super::words::{Direction, EncumbranceKind};

super::object! {
    /// Stock is set aside for one purpose.
    Encumber {
        /// Names it for draws and releases.
        encumbrance: String,
        /// What for.
        kind: EncumbranceKind,
        /// Which lot.
        lot: String,
        /// At which site.
        site: String,
        /// Whose it is; the party's where absent.
        owner: Option<String>,
        /// How much, with its unit.
        quantity: String,
        /// First day of the window; the effective date where absent.
        first: Option<String>,
        /// Last day of the window; open-ended where absent.
        last: Option<String>,
        /// For whom.
        beneficiary: Option<String>,
        /// Under which agreement.
        agreement: Option<String>,
    }

    /// What was set aside is free again.
    Release {
        /// Which encumbrance.
        encumbrance: String,
        /// How much, with its unit; all that is left where absent.
        quantity: Option<String>,
        /// Why.
        reason: Option<String>,
    }

    /// An account gets a floor or a ceiling; both are replaced.
    SetLimit {
        /// Which lot.
        lot: String,
        /// At which site.
        site: String,
        /// Whose it is; the party's where absent.
        owner: Option<String>,
        /// Available must stay at or above this.
        floor: Option<String>,
        /// On hand plus in transit must stay at or below this.
        ceiling: Option<String>,
    }

    /// A plan ceiling or an authorisation is set.
    Authorize {
        /// Its code.
        authority: String,
        /// Who may cite it; the party where absent.
        holder: Option<String>,
        /// For which material.
        material: String,
        /// Which way.
        direction: Direction,
        /// At most this much in all, with its unit.
        ceiling: String,
        /// First day of a movement that may cite it.
        first: String,
        /// Last day of a movement that may cite it.
        last: Option<String>,
        /// Law, plan or order it rests on.
        basis: Option<String>,
    }
}

super::form::form! {
    Encumber = numbered::encumber::Encumber {
        encumbrance: Same,
        kind: Word,
        lot: Lot,
        site: Site,
        owner: Owner,
        stated of quantity: Stated,
        quantity: OfStated(lot, stated),
        first: Day,
        last: Day,
        beneficiary: Party,
        agreement: Same,
    }
    Release = numbered::encumber::Release {
        encumbrance: Encumbrance,
        quantity: Of(encumbrance),
        reason: Same,
    }
    SetLimit = numbered::limit::SetLimit {
        lot: Lot,
        site: Site,
        owner: Owner,
        floor: Of(lot),
        ceiling: Of(lot),
    }
    Authorize = numbered::authorize::Authorize {
        authority: Same,
        material: Material,
        holder: Owner,
        direction: Word,
        ceiling: Of(material),
        first: Day,
        last: Day,
        basis: Same,
    }
}
