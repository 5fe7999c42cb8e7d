//! Parties, materials and sites.

use books::acts::register as numbered;
use books::{Books, Kind, MaterialNo, PartyNo, PlaceNo, Rejection};
use measure::{Basis, Quantity, Unit};

use super::Form;
use super::words::{Area, Form as FormWord, Role};
use crate::resolve::{Resolver, invalid, quantity_in};
use crate::value::write_quantity;

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
    }

    /// Amends a party: the facts given here replace the old ones.
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
        /// Public keys in NATS nkeys form.
        keys: Option<Vec<String>>,
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
    }
}

impl Form for RegisterParty {
    type Numbered = numbered::RegisterParty;

    fn resolve(&self, _: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let Self { code, name, country, role, zone, keys } = self.clone();
        if let Some(zone) = &zone {
            jiff::tz::TimeZone::get(zone)
                .map_err(|_| invalid("zone")(format!("`{zone}` is not an IANA time zone, such as `Asia/Tokyo`")))?;
        }
        Ok(numbered::RegisterParty(Box::new(books::party::Party {
            code,
            name,
            country,
            role: role.into(),
            zone,
            keys: keys.unwrap_or_default(),
            closed_through: None,
        })))
    }

    fn render(act: &Self::Numbered, _: &Books) -> Self {
        let books::party::Party { code, name, country, role, zone, keys, closed_through: _ } = (*act.0).clone();
        Self { code, name, country, role: role.into(), zone, keys: (!keys.is_empty()).then_some(keys) }
    }
}

impl Form for AmendParty {
    type Numbered = numbered::AmendParty;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let Self { code, name, country, role, zone, keys } = self.clone();
        let party: PartyNo = resolver.party(&code)?;
        let register = RegisterParty { code, name, country, role, zone, keys };
        Ok(numbered::AmendParty { party, facts: register.resolve(resolver)?.0 })
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        let facts = numbered::RegisterParty(act.facts.clone());
        let RegisterParty { code, name, country, role, zone, keys } = RegisterParty::render(&facts, books);
        Self { code, name, country, role, zone, keys }
    }
}

/// A quantity of a material that has no number yet; another basis is refused, as it is for a movement.
fn in_basis(field: &'static str, text: &str, facts: &books::material::Material) -> Result<Quantity, Rejection> {
    match quantity_in(field, text, facts)? {
        (_, Some(basis)) if basis != facts.basis => {
            Err(invalid(field)(format!("`{text}`: the material is accounted as {}, not as {basis}", facts.basis)))
        }
        (quantity, _) => Ok(quantity),
    }
}

impl Form for RegisterMaterial {
    type Numbered = numbered::RegisterMaterial;

    fn resolve(&self, _: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let unit = |field, code: &str| Unit::parse(code).map_err(|error| invalid(field)(error.to_string()));
        let unit_of_account = unit("unit", &self.unit)?;
        let shown = self.shown.as_ref().map_or(Ok(unit_of_account), |shown| unit("shown", shown))?;
        let basis = Basis::parse(&self.basis).map_err(|error| invalid("basis")(error.to_string()))?;
        let mut facts = books::material::Material {
            code: self.code.clone(),
            name: self.name.clone(),
            hs: self.hs.clone(),
            unit: unit_of_account,
            decimals: self.decimals.unwrap_or(0),
            basis,
            shown,
            form: self.form.into(),
            requirement_per_day: None,
            goal: None,
            tolerance_ppm: self.tolerance_ppm,
            dual_control_above: None,
            authority_required: self.authority_required.unwrap_or(false),
        };
        if facts.decimals > 9 {
            return Err(invalid("decimals")("must be at most 9".into()));
        }
        let quantity =
            |field, text: &Option<String>| text.as_ref().map(|text| in_basis(field, text, &facts)).transpose();
        let requirement_per_day = quantity("requirement_per_day", &self.requirement_per_day)?;
        let goal = quantity("goal", &self.goal)?;
        let dual_control_above = quantity("dual_control_above", &self.dual_control_above)?;
        facts = books::material::Material { requirement_per_day, goal, dual_control_above, ..facts };
        Ok(numbered::RegisterMaterial(Box::new(facts)))
    }

    fn render(act: &Self::Numbered, _: &Books) -> Self {
        let facts = &act.0;
        let quantity = |quantity: Option<Quantity>| quantity.map(|quantity| write_quantity(facts, quantity));
        Self {
            code: facts.code.clone(),
            name: facts.name.clone(),
            hs: facts.hs.clone(),
            unit: facts.unit.to_string(),
            decimals: (facts.decimals > 0).then_some(facts.decimals),
            basis: facts.basis.to_string(),
            shown: Some(facts.shown.to_string()),
            form: facts.form.into(),
            requirement_per_day: quantity(facts.requirement_per_day),
            goal: quantity(facts.goal),
            tolerance_ppm: facts.tolerance_ppm,
            dual_control_above: quantity(facts.dual_control_above),
            authority_required: facts.authority_required.then_some(true),
        }
    }
}

impl Form for AmendMaterial {
    type Numbered = numbered::AmendMaterial;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let material: MaterialNo = resolver.material(&self.code)?;
        let old = resolver.material_facts(material);
        let register = RegisterMaterial {
            code: self.code.clone(),
            name: self.name.clone(),
            hs: self.hs.clone(),
            unit: old.unit.to_string(),
            decimals: Some(old.decimals),
            basis: old.basis.to_string(),
            shown: self.shown.clone(),
            form: self.form,
            requirement_per_day: self.requirement_per_day.clone(),
            goal: self.goal.clone(),
            tolerance_ppm: self.tolerance_ppm,
            dual_control_above: self.dual_control_above.clone(),
            authority_required: self.authority_required,
        };
        Ok(numbered::AmendMaterial { material, facts: register.resolve(resolver)?.0 })
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        let facts = RegisterMaterial::render(&numbered::RegisterMaterial(act.facts.clone()), books);
        Self {
            code: facts.code,
            name: facts.name,
            hs: facts.hs,
            shown: facts.shown,
            form: facts.form,
            requirement_per_day: facts.requirement_per_day,
            goal: facts.goal,
            tolerance_ppm: facts.tolerance_ppm,
            dual_control_above: facts.dual_control_above,
            authority_required: facts.authority_required,
        }
    }
}

impl Form for RegisterSite {
    type Numbered = numbered::RegisterSite;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let custodian = resolver.owner(self.custodian.as_ref())?;
        let Self { code, name, custodian: _, country, area, class } = self.clone();
        let facts = books::place::Site { code, name, custodian, country, area: area.into(), class };
        Ok(numbered::RegisterSite(Box::new(facts)))
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        let books::place::Site { code, name, custodian, country, area, class } = (*act.0).clone();
        let custodian = Some(books.party_code(custodian).to_owned());
        Self { code, name, custodian, country, area: area.into(), class }
    }
}

impl Form for AmendSite {
    type Numbered = numbered::AmendSite;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection> {
        let site: PlaceNo = resolver.place(Kind::Site, &self.code)?;
        let Self { code, name, custodian, country, area, class } = self.clone();
        // Whoever amends a site does not become its custodian by leaving the custodian out.
        let custodian = custodian.or_else(|| match resolver.books.place(site) {
            books::place::Place::Site(old) => Some(resolver.books.party_code(old.custodian).to_owned()),
            _ => None,
        });
        let register = RegisterSite { code, name, custodian, country, area, class };
        Ok(numbered::AmendSite { site, facts: register.resolve(resolver)?.0 })
    }

    fn render(act: &Self::Numbered, books: &Books) -> Self {
        let facts = RegisterSite::render(&numbered::RegisterSite(act.facts.clone()), books);
        let RegisterSite { code, name, custodian, country, area, class } = facts;
        Self { code, name, custodian, country, area, class }
    }
}
