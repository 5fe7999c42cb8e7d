//! What is registered and what is open: parties, materials, sites, lots, encumbrances, authorities, dispatches, loans,
//! limits, and commands that wait for a checker. Each line is an object by field, in the order in which people read it.

use books::place::Place;
use books::{Account, Books, Day, PlaceNo};
use measure::Quantity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use wire::acts::words::{Area, Direction, EncumbranceKind, Form, Role, SourceKind};
use wire::date::show_day;
use wire::value::{show_fraction, show_price, show_quantity};

use crate::sight::Sight;
use crate::view::View;

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Listed {
    /// Parties.
    Parties,
    /// Materials.
    Materials,
    /// Sites.
    Sites,
    /// Lots with their facts and their last assay.
    Lots,
    /// Encumbrances with what is left of them.
    Encumbrances,
    /// Authorities with what is left of them.
    Authorities,
    /// Dispatches with something still on its way.
    Dispatches,
    /// Loans with something still out.
    Loans,
    /// Limits on accounts.
    Limits,
    /// Commands that wait for a checker.
    Held,
}

type Line = Map<String, Value>;

/// Lists everything of a kind that the asker sees, in the order of registration. What is left and what is overdue is so on
/// the day of asking, UTC.
#[must_use]
pub fn list(view: &dyn View, what: Listed) -> Vec<Line> {
    let books = view.books();
    let sight = Sight::of(view);
    let today = view.now().utc_day();
    match what {
        Listed::Parties => books.parties().iter().map(party).collect(),
        Listed::Materials => books.materials().iter().map(material).collect(),
        Listed::Sites => books.places().iter().filter_map(|place| site(books, place)).collect(),
        Listed::Lots => {
            let seen = (0u32..).zip(books.lots()).filter(|(number, _)| sight.sees_lot(books::LotNo(*number)));
            seen.map(|(_, lot)| lot_line(books, lot)).collect()
        }
        Listed::Encumbrances => {
            let seen = books.encumbrances().iter().filter(|claim| sight.sees_encumbrance(claim));
            seen.map(|claim| encumbrance(books, claim, today)).collect()
        }
        Listed::Authorities => {
            let seen = books.authorities().iter().filter(|authority| sight.sees_party(authority.party));
            seen.map(|authority| authority_line(books, authority)).collect()
        }
        Listed::Dispatches => away(books, &sight, today, |place| matches!(place, Place::Transit(_))),
        Listed::Loans => away(books, &sight, today, |place| matches!(place, Place::Loan(_))),
        Listed::Limits => {
            let seen = books.accounts().iter().filter(|account| sight.sees_account(account));
            seen.filter_map(|account| limit(books, account)).collect()
        }
        Listed::Held => {
            let seen = books.waiting().filter(|held| sight.sees_party(held.party));
            seen.map(|held| held_line(books, held)).collect()
        }
    }
}

fn line<const N: usize>(fields: [(&str, Value); N]) -> Line {
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn text(text: &Option<String>) -> Value {
    text.clone().map_or(Value::Null, Value::String)
}

fn day(day: Option<Day>) -> Value {
    day.map_or(Value::Null, |day| show_day(day).into())
}

fn party(party: &books::party::Party) -> Line {
    line([
        ("code", party.code.clone().into()),
        ("name", party.name.clone().into()),
        ("role", Role::from(party.role).word().into()),
        ("country", text(&party.country)),
        ("zone", text(&party.zone)),
        ("closed_through", day(party.closed_through)),
    ])
}

fn material(material: &books::material::Material) -> Line {
    let quantity =
        |quantity: Option<Quantity>| quantity.map_or(Value::Null, |quantity| show_quantity(material, quantity).into());
    line([
        ("code", material.code.clone().into()),
        ("name", material.name.clone().into()),
        ("hs", text(&material.hs)),
        ("form", Form::from(material.form).word().into()),
        ("unit", material.unit.to_string().into()),
        ("decimals", material.decimals.into()),
        ("basis", material.basis.to_string().into()),
        ("requirement_per_day", quantity(material.requirement_per_day)),
        ("goal", quantity(material.goal)),
        ("dual_control_above", quantity(material.dual_control_above)),
        ("authority_required", material.authority_required.into()),
    ])
}

fn site(books: &Books, place: &Place) -> Option<Line> {
    let Place::Site(site) = place else { return None };
    Some(line([
        ("code", site.code.clone().into()),
        ("name", site.name.clone().into()),
        ("custodian", books.party_code(site.custodian).into()),
        ("country", site.country.clone().into()),
        ("area", Area::from(site.area).word().into()),
        ("class", text(&site.class)),
    ]))
}

fn lot_line(books: &Books, lot: &books::lot::Lot) -> Line {
    let facts = &lot.facts;
    let assay = lot.assays.last().map(|known| {
        let contents = known.assay.contents.iter();
        let contents: Vec<String> =
            contents.map(|content| format!("{} {}", content.analyte, show_fraction(content.fraction_ppb))).collect();
        format!("{} (event {})", contents.join(", "), known.seq)
    });
    line([
        ("code", facts.code.clone().into()),
        ("material", books.material(facts.material).code.clone().into()),
        ("form", Form::from(facts.form).word().into()),
        ("source", SourceKind::from(facts.source).word().into()),
        ("mined", text(&facts.origin.mined)),
        ("separated", text(&facts.origin.separated)),
        ("refined", text(&facts.origin.refined)),
        ("assay", text(&assay)),
        ("supplier", text(&facts.supplier)),
        ("price", facts.price.as_ref().map_or(Value::Null, |price| show_price(price).into())),
        ("documents", facts.documents.len().into()),
        ("event", lot.seq.0.into()),
    ])
}

fn encumbrance(books: &Books, claim: &books::Encumbrance, today: Day) -> Line {
    let key = books.account(claim.account).key;
    let lot = &books.lot(key.lot).facts;
    let left = claim.remaining.at(today.max(claim.first)).unwrap_or_default().on_hand;
    line([
        ("code", claim.code.clone().into()),
        ("kind", EncumbranceKind::from(claim.kind).word().into()),
        ("lot", lot.code.clone().into()),
        ("site", books.place_code(key.place).into()),
        ("owner", books.party_code(key.owner).into()),
        ("reserved", books.show(lot.material, claim.reserved.units()).into()),
        ("left", books.show(lot.material, left).into()),
        ("first", day(Some(claim.first))),
        ("last", day(claim.last)),
        ("beneficiary", claim.beneficiary.map_or(Value::Null, |party| books.party_code(party).into())),
        ("agreement", text(&claim.agreement)),
    ])
}

fn authority_line(books: &Books, authority: &books::authority::Authority) -> Line {
    let left = authority.ceiling.units() - authority.used.units();
    line([
        ("code", authority.code.clone().into()),
        ("holder", books.party_code(authority.party).into()),
        ("direction", Direction::from(authority.direction).word().into()),
        ("ceiling", books.show(authority.material, authority.ceiling.units()).into()),
        ("used", books.show(authority.material, authority.used.units()).into()),
        ("left", books.show(authority.material, left).into()),
        ("first", day(Some(authority.first))),
        ("last", day(authority.last)),
        ("basis", text(&authority.basis)),
    ])
}

fn away(books: &Books, sight: &Sight<'_>, today: Day, is_wanted: impl Fn(&Place) -> bool) -> Vec<Line> {
    let accounts = books.accounts().iter().filter(|account| sight.sees_account(account));
    let open =
        accounts.filter(|account| account.days.latest().on_hand > 0 && is_wanted(books.place(account.key.place)));
    open.map(|account| away_line(books, account, today)).collect()
}

fn away_line(books: &Books, account: &Account, today: Day) -> Line {
    let lot = &books.lot(account.key.lot).facts;
    let (source, target, due, carrier) = match books.place(account.key.place) {
        Place::Transit(transit) => {
            let code = |place: PlaceNo| Value::from(books.place_code(place));
            (code(transit.source), code(transit.target), transit.due, text(&transit.carrier))
        }
        Place::Loan(loan) => (Value::Null, books.party_code(loan.borrower).into(), loan.due, Value::Null),
        _ => unreachable!("only what is away was asked for"),
    };
    line([
        ("code", books.place_code(account.key.place).into()),
        ("lot", lot.code.clone().into()),
        ("owner", books.party_code(account.key.owner).into()),
        ("outstanding", books.show(lot.material, account.days.latest().on_hand).into()),
        ("source", source),
        ("target", target),
        ("carrier", carrier),
        ("due", day(due)),
        ("overdue", due.is_some_and(|due| due < today).into()),
    ])
}

fn limit(books: &Books, account: &Account) -> Option<Line> {
    let limit = account.limit?;
    let lot = &books.lot(account.key.lot).facts;
    let quantity = |quantity: Option<Quantity>| {
        quantity.map_or(Value::Null, |quantity| books.show(lot.material, quantity.units()).into())
    };
    Some(line([
        ("lot", lot.code.clone().into()),
        ("site", books.place_code(account.key.place).into()),
        ("owner", books.party_code(account.key.owner).into()),
        ("floor", quantity(limit.floor)),
        ("ceiling", quantity(limit.ceiling)),
    ]))
}

fn held_line(books: &Books, held: &books::books::Held) -> Line {
    let command = wire::Command {
        id: books::CommandId::default(),
        party: books.party_code(held.party).to_owned(),
        maker: Some(held.maker.clone()),
        effective: held.effective,
        act: wire::render(&held.act, books),
    };
    let json = command.to_json();
    let field = |key: &str| json.get(key).cloned().unwrap_or_default();
    line([
        ("event", held.seq.0.into()),
        ("party", field("party")),
        ("maker", field("maker")),
        ("effective", field("effective")),
        ("act", field("act")),
        ("lot", field("lot")),
        ("quantity", field("quantity")),
        ("site", field("site")),
    ])
}
