//! Who sets what binds others: one table.
//!
//! | what | who sets it |
//! | --- | --- |
//! | a tolerance, a floor under prices, a limit on shares, a restriction, how it is measured at a site: of a material | who registered the material; of one that the ledger registered, who runs a reserve with members |
//! | how a material is measured at a site | who keeps the site, too |
//! | a limit or a restriction of all materials | the ledger |
//! | the end of a restriction, and licences under it | who set the restriction |
//! | the errors of a method, the rate between two currencies | who said it first, of those that have charge of a material or run a reserve with members |
//! | a duty to report | the party itself, and whoever oversees it ([`Eyes::oversees`]) |
//!
//! The ledger itself, which is who runs it, sets each of them. Events of before this table stand.
//!
//! [`Eyes::oversees`]: crate::eyes::Eyes::oversees

use measure::Dimension;

use crate::books::Books;
use crate::comparing::Says;
use crate::number::{MaterialNo, PartyNo, PlaceNo, RestrictionNo};
use crate::reserve::Reserve;

/// The party that runs the ledger.
const LEDGER: PartyNo = PartyNo(0);

/// What is to be set.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Binding<'a> {
    /// Something of a material; of all where there is none.
    Material(Option<MaterialNo>),
    /// How a material is measured at a site.
    Measuring(PlaceNo, MaterialNo),
    /// What follows from a restriction.
    Restriction(RestrictionNo),
    /// A method by its name.
    Method(&'a str),
    /// A rate between two currencies.
    Rate((Dimension, Dimension)),
}

impl Books {
    /// Whose word it is to set something, where that is not a party's own.
    pub(crate) fn steward_other_than(&self, party: PartyNo, what: Binding<'_>) -> Option<PartyNo> {
        let has_members = |reserve: &Reserve| reserve.secretariat == party && !reserve.ever_members().is_empty();
        let of_material = |material: MaterialNo| match self.material(material).steward.unwrap_or(LEDGER) {
            LEDGER if self.reserves().iter().any(has_members) => party,
            steward => steward,
        };
        let first = |is_it: &dyn Fn(&Says) -> bool| {
            let rule = self.rules.rows().iter().find(|rule| is_it(&rule.says));
            let has_charge = || {
                self.reserves().iter().any(has_members)
                    || self.materials().iter().any(|material| material.steward == Some(party))
            };
            rule.map_or_else(|| if has_charge() { party } else { LEDGER }, |rule| rule.by)
        };
        let steward = match what {
            Binding::Material(material) => material.map_or(LEDGER, of_material),
            Binding::Measuring(site, material) => {
                let keeper = self.site(site).custodian;
                if keeper == party { keeper } else { of_material(material) }
            }
            Binding::Restriction(number) => self.restriction(number).by,
            Binding::Method(name) => first(&|says| matches!(says, Says::Method(method) if method.method == name)),
            Binding::Rate((one, other)) => {
                first(&|says| matches!(says, Says::Rate(rate) if rate.rate.is_between(one, other)))
            }
        };
        (party != steward && party != LEDGER).then_some(steward)
    }
}
