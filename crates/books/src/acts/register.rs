//! Who takes part, what is stocked and where: registered once, amended by later events.
//!
//! An amendment changes the facts from its day on. What would change the meaning of recorded quantities (a unit, a basis) stands for
//! ever: a source that changes its unit gets a new material, or is converted when it is read.

use chain::party_key::possession_text;

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::codes::is_free;
use crate::draft::steps::{Judged, Shape, Who};
use crate::event::Event;
use crate::limits::DECIMALS_MAX;
use crate::material::Material;
use crate::number::{Day, MaterialNo, PartyNo, PlaceNo, Seq};
use crate::party::{Party, Role};
use crate::place::{Place, Site};
use crate::rejection::{Fault, Kind};

/// Registers a party. The first party of a ledger registers itself; later ones are registered by any agency or secretariat.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct RegisterParty(#[n(0)] pub Box<Party>);

/// Amends a party.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct AmendParty {
    /// Which.
    #[n(0)]
    pub party: PartyNo,
    /// Its new facts; code and closed periods stay.
    #[n(1)]
    pub facts: Box<Party>,
}

/// Registers a material.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct RegisterMaterial(#[n(0)] pub Box<Material>);

/// Amends a material. Need and goal can be dated ahead. Only a secretariat raises the threshold of dual control or lifts the need for an authority.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct AmendMaterial {
    /// Which.
    #[n(0)]
    pub material: MaterialNo,
    /// Its new facts; code, unit, decimals and basis stay.
    #[n(1)]
    pub facts: Box<Material>,
}

/// Registers a site.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct RegisterSite(#[n(0)] pub Box<Site>);

/// Amends a site.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct AmendSite {
    /// Which.
    #[n(0)]
    pub site: PlaceNo,
    /// Its new facts; the code stays.
    #[n(1)]
    pub facts: Box<Site>,
}

fn party_fits(shape: &mut Shape<'_, '_>, party: &Party) {
    shape.text("code", &party.code);
    shape.text("name", &party.name);
    shape.country("country", party.country.as_ref());
}

/// Keys that are new to a party can be used, are at hand, and are and were nobody else's. What it has stays as it is.
fn keys_fit(shape: &mut Shape<'_, '_>, facts: &Party, old: Option<&Party>) {
    let books = shape.books;
    for key in facts.keys.iter().filter(|key| old.is_none_or(|old| !old.keys.contains(*key))) {
        let Ok(usable) = chain::PartyKey::parse(key) else {
            shape.invalid("keys", Fault::KeyUnusable);
            continue;
        };
        let is_of =
            |party: &Party| party.keys.contains(key) || party.past_keys.iter().flatten().any(|past| past == key);
        let is_others = |party: &Party| old.is_none_or(|old| old.code != party.code) && is_of(party);
        if books.is_persons_key(key) || books.parties().iter().any(is_others) {
            shape.invalid("keys", Fault::KeyOfAnother);
            continue;
        }
        let text = possession_text(books.origin(), &facts.code, key);
        if !facts.proofs.iter().flatten().any(|proof| usable.is_at_hand(&text, proof)) {
            shape.invalid("proofs", Fault::KeyNotAtHand);
        }
    }
}

fn material_fits(shape: &mut Shape<'_, '_>, material: &Material) {
    shape.text("code", &material.code);
    shape.text("name", &material.name);
    if material.shown.dimension() != material.unit.dimension() {
        shape.invalid("shown", Fault::OtherDimensionThanUnit);
    }
    if material.decimals > DECIMALS_MAX {
        shape.invalid("decimals", Fault::TooManyDecimals { most: DECIMALS_MAX });
    }
}

fn site_fits(shape: &mut Shape<'_, '_>, site: &Site) {
    shape.text("code", &site.code);
    shape.text("name", &site.name);
    shape.country("country", Some(&site.country));
}

/// A secretariat keeps what is shared and an auditor reads everything, so that only a secretariat makes either.
fn may_give_role(who: &mut Who<'_, '_>, party: PartyNo, given: Role) {
    if matches!(given, Role::Secretariat | Role::Auditor) {
        who.is_secretariat(party);
    }
}

impl RegisterParty {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        may_give_role(&mut who, ask.party, self.0.role);
        let mut shape = who.shape()?;
        party_fits(&mut shape, &self.0);
        shape.code("code", &self.0.code);
        if !is_free(&self.0.code) {
            shape.invalid("code", Fault::Reserved);
        }
        keys_fit(&mut shape, &self.0, None);
        let mut state = shape.state()?;
        state.is_new(Kind::Party, &self.0.code);
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, event: &Event) {
        let by = Some(event.party);
        books.push_party(Party {
            closed_through: None,
            proofs: None,
            past_keys: None,
            by,
            acted: None,
            ..(*self.0).clone()
        });
    }
}

act_rules!(RegisterParty {
    right: Govern, asks: Agency, seen: Everybody, nature: Decision, by_hand: No, periods: Nobody,
    undone: By(&["amend_party"]),
    line: Words(&["{code}", "{name}", "as {role}", "in {country}"]),
    whose(_, _): Vec::new(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"code": "JOGMEC", "name": "Japan Organization for Metals and Energy Security", "country": "JP",
        "role": "agency", "zone": "Asia/Tokyo"}"#,
});

impl AmendParty {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        who.is_itself(&[self.party, PartyNo(0)]);
        if self.facts.role != who.books.party(self.party).role {
            who.is_secretariat(ask.party);
        }
        let mut shape = who.shape()?;
        party_fits(&mut shape, &self.facts);
        let old = shape.books.party(self.party);
        // Whoever could change another's keys could sign in its name.
        if ask.party != self.party && ask.party != PartyNo(0) && self.facts.keys != old.keys {
            shape.invalid("keys", Fault::KeysAreOwn);
        }
        keys_fit(&mut shape, &self.facts, Some(old));
        shape.state()?.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        books.amend_party(self.party, (event.effective, seq), &self.facts);
    }
}

act_rules!(AmendParty {
    right: Write, asks: Holder, seen: Everybody, nature: Decision, by_hand: No, periods: Nobody,
    undone: By(&["amend_party"]),
    line: Words(&["{code}", "{name}", "as {role}", "in {country}"]),
    whose(act, _): vec![act.party],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"code": "JOGMEC", "name": "Japan Organization for Metals and Energy Security", "country": "JP",
        "role": "agency", "zone": "Asia/Tokyo"}"#,
});

impl RegisterMaterial {
    pub(crate) fn decide(&self, who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let mut shape = who.shape()?;
        material_fits(&mut shape, &self.0);
        shape.code("code", &self.0.code);
        let mut state = shape.state()?;
        state.is_new(Kind::Material, &self.0.code);
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, event: &Event) {
        books.push_material(Material { steward: Some(event.party), ..(*self.0).clone() });
    }
}

act_rules!(RegisterMaterial {
    right: Govern, asks: Anyone, seen: Everybody, nature: Decision, by_hand: No, periods: Nobody,
    undone: By(&["amend_material"]),
    line: Words(&["{code}", "{name}", "{basis}", "in {shown}"]),
    whose(_, _): Vec::new(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"code": "NdPr", "name": "NdPr oxide", "hs": "284690", "unit": "mg", "decimals": 2, "basis": "net",
        "shown": "t", "form": "oxide", "requirement_per_day": "10 kg", "goal": "600 t", "tolerance_ppm": 500,
        "dual_control_above": "900 t", "authority_required": true}"#,
});

/// Would fewer movements wait for a checker, or need an authority?
fn loosens(old: &Material, new: &Material) -> bool {
    let is_higher = |old| new.dual_control_above.is_none_or(|new| new > old);
    old.dual_control_above.is_some_and(is_higher) || (old.authority_required && !new.authority_required)
}

impl AmendMaterial {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let old = who.books.material(self.material);
        let new = &self.facts;
        if self.changes_what_is_wanted(who.books, ask.effective) {
            who.may_be_dated_ahead();
        }
        // Nobody lifts the control that binds it.
        if loosens(old, new) {
            who.is_secretariat(ask.party);
        }
        let may_amend = self.is_steward(who.books, ask.party);
        let mut shape = who.shape()?;
        if !may_amend {
            let party = shape.books.party_code(old.steward.unwrap_or(PartyNo(0))).to_owned();
            shape.invalid("code", Fault::StewardAmends { party });
        }
        if (new.unit, new.decimals, &new.basis) != (old.unit, old.decimals, &old.basis) {
            shape.invalid("unit", Fault::MaterialIsFixed);
        }
        material_fits(&mut shape, new);
        shape.state()?.done()
    }

    /// What all share is changed by who registered it, tightened or not. What the ledger itself registered, and what is to be
    /// loosened, a secretariat amends.
    fn is_steward(&self, books: &Books, party: PartyNo) -> bool {
        let old = books.material(self.material);
        let steward = old.steward.unwrap_or(PartyNo(0));
        let is_secretariat = books.party(party).role == Role::Secretariat;
        steward == party || (is_secretariat && (steward == PartyNo(0) || loosens(old, &self.facts)))
    }

    /// Does it change need and goal, and nothing that a decision goes by before their day?
    fn changes_what_is_wanted(&self, books: &Books, day: Day) -> bool {
        let old = books.facts_at(day, books.head()).material(self.material);
        let Material { requirement_per_day, goal, steward, .. } = *self.facts;
        let code = self.facts.code.clone();
        *self.facts == Material { code, requirement_per_day, goal, steward, ..old.into_owned() }
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        books.amend_material(self.material, (event.effective, seq), &self.facts);
    }
}

act_rules!(AmendMaterial {
    right: Govern, asks: Anyone, seen: Everybody, nature: Decision, by_hand: Rule, periods: Nobody,
    undone: By(&["amend_material"]),
    line: Words(&["{code}", "{name}", "need {requirement_per_day} a day", "goal {goal}", "two persons above {dual_control_above}"]),
    whose(_, _): Vec::new(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"code": "NdPr", "name": "NdPr oxide, 99.5%", "hs": "284690", "shown": "t", "form": "oxide",
        "requirement_per_day": "11 kg", "goal": "500 t", "tolerance_ppm": 400, "dual_control_above": "890 t",
        "authority_required": true}"#,
});

impl RegisterSite {
    pub(crate) fn decide(&self, who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let mut shape = who.shape()?;
        site_fits(&mut shape, &self.0);
        // Who keeps the register names those who keep sites; anybody else itself alone.
        if self.0.custodian != ask.party && shape.books.party(ask.party).role != Role::Secretariat {
            shape.invalid("custodian", Fault::CustodianConsents);
        }
        shape.code("code", &self.0.code);
        let mut state = shape.state()?;
        state.is_new(Kind::Site, &self.0.code);
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, _: &Event) {
        books.push_place(Place::Site((*self.0).clone()));
    }
}

act_rules!(RegisterSite {
    right: Write, asks: Anyone, seen: Everybody, nature: Decision, by_hand: No, periods: Nobody,
    undone: By(&["amend_site"]),
    line: Words(&["{code}", "{name}", "in {country}", "kept by {custodian}"]),
    whose(_, _): Vec::new(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"code": "Ibaraki", "name": "The store at Ibaraki", "custodian": "JOGMEC", "country": "JP",
        "area": "bulk", "class": "government"}"#,
});

impl AmendSite {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let old = who.books.site(self.site);
        let takes_it = old.offered_to == Some(ask.party) && self.facts.custodian == ask.party;
        if !takes_it {
            who.is_itself(&[old.custodian, PartyNo(0)]);
        }
        let mut shape = who.shape()?;
        if !takes_it && self.facts.custodian != old.custodian && ask.party != PartyNo(0) {
            shape.invalid("custodian", Fault::CustodianConsents);
        }
        site_fits(&mut shape, &self.facts);
        let mut state = shape.state()?;
        state.check_moved_site(self.site, &self.facts.country);
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        books.amend_site(self.site, (event.effective, seq), &self.facts);
    }
}

act_rules!(AmendSite {
    right: Write, asks: Holder, seen: Everybody, nature: Decision, by_hand: No, periods: Nobody,
    undone: By(&["amend_site"]),
    line: Words(&["{code}", "{name}", "in {country}", "kept by {custodian}"]),
    whose(act, books): vec![books.site(act.site).custodian],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"code": "Ibaraki", "name": "The store at Ibaraki", "custodian": "JOGMEC", "country": "JP",
        "area": "item", "class": "agency", "offered_to": "KOMIR"}"#,
});
