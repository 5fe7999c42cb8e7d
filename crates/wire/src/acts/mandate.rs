//! What an owner lets another party do with its stock.

use books::acts::mandate as numbered;

super::object! {
    /// An owner lets another party act on its stock.
    GiveMandate {
        /// Names it.
        mandate: String,
        /// Whose stock; the asking party's, which alone can say so.
        owner: Option<String>,
        /// Who may act.
        to: String,
        /// Which acts, by their words; all that a mandate can be for where absent.
        acts: Option<Vec<String>>,
        /// Of which material; any where absent.
        material: Option<String>,
        /// At which site; any where absent.
        site: Option<String>,
        /// How much in all, with its unit, of the material; as much as there is where absent.
        quantity: Option<String>,
        /// First day of what is done under it; the effective date where absent.
        first: Option<String>,
        /// Last day; open-ended where absent.
        last: Option<String>,
        /// Law, treaty or letter it rests on.
        basis: Option<String>,
    }

    /// A mandate ends: from then on nothing new stands under it, whatever its day.
    EndMandate {
        /// Which.
        mandate: String,
        /// Why.
        reason: Option<String>,
    }
}

super::form::form! {
    GiveMandate = numbered::GiveMandate {
        mandate: Same,
        owner: Owner,
        to: Party,
        acts: Texts,
        material: Material,
        site: Site,
        quantity: OfIfAny(material),
        first: Day,
        last: Day,
        basis: Same,
    }
    EndMandate = numbered::EndMandate {
        mandate: Mandate,
        reason: Same,
    }
}
