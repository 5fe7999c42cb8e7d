//! What sums over several parties can be taken apart into.
//!
//! Where it comes from is asked by stage, by country and by what an assay states, and the difference of two such sums is a sum,
//! too: of a country at one stage less a country at another may be left what one party alone holds. So whoever is told sums is told
//! none by origin of a material unless each atom of it may be told: what has the same origin at every stage, and is stated or not.
//! Whatever is added and subtracted then is made of atoms, and in none of them does one party stand alone.

use std::collections::BTreeMap;

use books::provenance::{Mixture, Provenance};
use books::{MaterialNo, PartyNo};

use crate::figure::{Hides, Told, Total};

/// What an atom has in common: its material, where each step was done, and whether it is stated as asked and by any assay.
type Atom = (MaterialNo, [Option<String>; 4], [bool; 2]);

/// See the module.
#[derive(Clone, Debug, Default)]
pub(crate) struct Atoms(BTreeMap<Atom, Total<1>>);

fn steps(origin: &Provenance<'_>) -> [Option<String>; 4] {
    [origin.mined, origin.separated, origin.refined, origin.manufactured].map(|country| country.map(str::to_owned))
}

impl Atoms {
    /// Adds some of a lot that the asker does not see; is it stated as asked, and does it have any assay?
    pub(crate) fn add(
        &mut self,
        (material, mixture): (MaterialNo, &Mixture<'_>),
        (owner, hides): (PartyNo, Hides),
        units: i64,
        stated: [bool; 2],
    ) {
        for (portion, units) in mixture.portions().zip(mixture.divide(units)) {
            let atom = self.0.entry((material, steps(portion), stated)).or_default();
            atom.add_of_other(owner, hides, [units.into()]);
        }
    }

    /// May sums of a material by its origin be told; of all, where none is said?
    pub(crate) fn may_be_told(&self, material: Option<MaterialNo>) -> bool {
        let meant = |own: MaterialNo| material.is_none_or(|material| material == own);
        self.0.iter().filter(|((own, ..), _)| meant(*own)).all(|(_, atom)| matches!(atom.told(), [Told::Whole(_)]))
    }
}
