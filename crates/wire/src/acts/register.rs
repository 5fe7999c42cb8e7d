//! Parties, materials and sites.

use books::acts::register as numbered;
use books::{Books, Kind, Rejection};

use super::form::Form;
use super::words::{Area, Form as FormWord, Role};
use crate::resolve::Resolver;

super::object! {
    /// Registers a party.
    RegisterParty {
        /// Unique among parties.
        code: String,
        /// For people.
        name: String,
        /// ISO 3166-1 alpha-2.
        country: Option<String>,
        /// What it may do.
        role: Role,
        /// IANA time zone in which its days begin and end.
        zone: Option<String>,
        /// Public keys in NATS nkeys form.
        keys: Option<Vec<String>>,
        /// For each of them, that it is at hand: its signature, in base64url, over `granary-key/1`, the ledger's origin, the
        /// party's code and the key, each with a line feed.
        proofs: Option<Vec<String>>,
    }

    /// Amends a party: the facts given here replace the old ones; keys stay where none are named.
    AmendParty {
        /// Which.
        code: String,
        /// For people.
        name: String,
        /// ISO 3166-1 alpha-2.
        country: Option<String>,
        /// What it may do.
        role: Role,
        /// IANA time zone.
        zone: Option<String>,
        /// Public keys in NATS nkeys form; an empty list takes all away.
        keys: Option<Vec<String>>,
        /// As `register_party` has it, for each key that is new.
        proofs: Option<Vec<String>>,
    }

    /// Registers a material.
    RegisterMaterial {
        /// Unique among materials.
        code: String,
        /// For people.
        name: String,
        /// HS heading.
        hs: Option<String>,
        /// Unit in which it is accounted: `mg` for minerals, `bbl`, `kWh`, ...
        unit: String,
        /// Decimals of that unit that are kept; 0 where absent.
        decimals: Option<u8>,
        /// What the numbers count: `gross`, `net`, `wet`, `dry`, `REO`, `contained:Nd`.
        basis: String,
        /// Unit in which people read it; the accounting unit where absent.
        shown: Option<String>,
        /// Form of its lots where a deposit does not say another.
        form: FormWord,
        /// Need a day: the base of days of cover.
        requirement_per_day: Option<String>,
        /// What should be held.
        goal: Option<String>,
        /// Difference that is no break, in parts per million.
        tolerance_ppm: Option<u32>,
        /// A movement above this waits for a checker who is not its maker.
        dual_control_above: Option<String>,
        /// Must deposits and draws cite an authority?
        authority_required: Option<bool>,
    }

    /// Amends a material: the facts given here replace the old ones. Unit, decimals and basis stay.
    AmendMaterial {
        /// Which.
        code: String,
        /// For people.
        name: String,
        /// HS heading.
        hs: Option<String>,
        /// Unit in which people read it.
        shown: Option<String>,
        /// Form of its lots where a deposit does not say another.
        form: FormWord,
        /// Need a day.
        requirement_per_day: Option<String>,
        /// What should be held.
        goal: Option<String>,
        /// Difference that is no break, in parts per million.
        tolerance_ppm: Option<u32>,
        /// A movement above this waits for a checker who is not its maker.
        dual_control_above: Option<String>,
        /// Must deposits and draws cite an authority?
        authority_required: Option<bool>,
    }

    /// Registers a site.
    RegisterSite {
        /// Unique among sites.
        code: String,
        /// For people.
        name: String,
        /// Party that keeps what lies there; the party that registers it where absent.
        custodian: Option<String>,
        /// ISO 3166-1 alpha-2.
        country: String,
        /// How well it can be measured.
        area: Area,
        /// Class of stock: `government`, `agency`, `obligated`, `commercial`.
        class: Option<String>,
    }

    /// Amends a site: the facts given here replace the old ones.
    AmendSite {
        /// Which.
        code: String,
        /// For people.
        name: String,
        /// Party that keeps what lies there; as before where absent.
        custodian: Option<String>,
        /// ISO 3166-1 alpha-2.
        country: String,
        /// How well it can be measured.
        area: Area,
        /// Class of stock.
        class: Option<String>,
        /// Party that is to keep it: it becomes custodian once it amends the site so itself.
        offered_to: Option<String>,
    }
}

super::form::form! {
    RegisterParty = books::party::Party {
        code: Same,
        name: Same,
        country: Same,
        role: Word,
        zone: Zone,
        keys: Texts,
        closed_through of code: Nothing,
        proofs: Same,
        past_keys of code: Nothing,
        by of code: Nothing,
        acted of code: Nothing,
    }
    AmendParty = books::party::Party {
        code: Same,
        name: Same,
        country: Same,
        role: Word,
        zone: Zone,
        keys: KeysOf(code),
        closed_through of code: Nothing,
        proofs: Same,
        past_keys of code: Nothing,
        by of code: Nothing,
        acted of code: Nothing,
    }
    RegisterMaterial = books::material::Material {
        code: Same,
        name: Same,
        hs: Same,
        unit: Unit,
        shown: Shown(unit),
        basis: Basis,
        decimals: Decimals,
        form: Word,
        requirement_per_day: OwnQuantity(code, unit, decimals, shown, basis),
        goal: OwnQuantity(code, unit, decimals, shown, basis),
        tolerance_ppm: Same,
        dual_control_above: OwnQuantity(code, unit, decimals, shown, basis),
        authority_required: Flag,
        steward of code: Nothing,
    }
    AmendMaterial = books::material::Material {
        code: Same,
        name: Same,
        hs: Same,
        unit of code: OldUnit,
        decimals of code: OldDecimals,
        basis of code: OldBasis,
        shown: Shown(unit),
        form: Word,
        requirement_per_day: OwnQuantity(code, unit, decimals, shown, basis),
        goal: OwnQuantity(code, unit, decimals, shown, basis),
        tolerance_ppm: Same,
        dual_control_above: OwnQuantity(code, unit, decimals, shown, basis),
        authority_required: Flag,
        steward of code: Nothing,
    }
    RegisterSite = books::place::Site {
        code: Same,
        name: Same,
        custodian: Owner,
        country: Same,
        area: Word,
        class: Same,
        offered_to of code: Nothing,
    }
    AmendSite = books::place::Site {
        code: Same,
        name: Same,
        custodian: Custodian(code),
        country: Same,
        area: Word,
        class: Same,
        offered_to: Party,
    }
}

/// Acts that register facts, or put them in the place of what is registered under the same code.
macro_rules! of_facts {
    ($($register:ident, $amend:ident { $number:ident: |$resolver:ident, $code:ident| $find:expr })*) => {$(
        impl Form<numbered::$register> for $register {
            fn resolve(&self, resolver: &Resolver<'_>) -> Result<numbered::$register, Rejection> {
                Ok(numbered::$register(self.resolve(resolver)?))
            }

            fn render(act: &numbered::$register, books: &Books) -> Self {
                Self::render(&act.0, books)
            }
        }

        impl Form<numbered::$amend> for $amend {
            fn resolve(&self, $resolver: &Resolver<'_>) -> Result<numbered::$amend, Rejection> {
                let $code = &self.code;
                Ok(numbered::$amend { $number: $find?, facts: self.resolve($resolver)? })
            }

            fn render(act: &numbered::$amend, books: &Books) -> Self {
                Self::render(&act.facts, books)
            }
        }
    )*};
}

of_facts! {
    RegisterParty, AmendParty { party: |resolver, code| resolver.party(code) }
    RegisterMaterial, AmendMaterial { material: |resolver, code| resolver.material(code) }
    RegisterSite, AmendSite { site: |resolver, code| resolver.place(Kind::Site, code) }
}
