//! What is registered and what is open: parties, materials, sites, lots, encumbrances, authorities, dispatches, loans,
//! limits, and commands that wait for a checker. Each line is an object by field, in the order in which people read it.

use books::call::Call;
use books::mandate::Mandate;
use books::place::Place;
use books::procurement::Order;
use books::reserve::Reserve;
use books::{
    Account, AccountNo, Books, Day, LotNo, MandateNo, MaterialNo, Moment, PartyNo, PlaceNo, ReserveNo, Seq, TallyKey,
    TallyKind,
};
use measure::Quantity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use wire::acts::words::{Area, Direction, EncumbranceKind, Form, Role, SourceKind};
use wire::date::show_day;
use wire::value::{show_part, show_price, show_quantity};

use crate::contained::made_of;
use crate::history::HistoryError;
use crate::shared::material_code;
use crate::sight::Sight;
use crate::table::{Column, Record};
use crate::view::View;
use crate::when::At;

mod lines;
mod rules;

use lines::{
    AuthorityLine, AwayLine, CallLine, EncumbranceLine, HeldLine, KeyLine, LimitLine, LotLine, MandateLine,
    MaterialLine, OrderLine, PartyLine, PersonLine, ReserveLine, RuleLine, SiteLine,
};

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
    /// Shared reserves.
    Reserves,
    /// Calls on members of reserves.
    Calls,
    /// Joint orders.
    Orders,
    /// Keys with which parties sign.
    Keys,
    /// Persons that act for parties.
    Persons,
    /// Mandates, as they were given and as far as they still hold.
    Mandates,
    /// What is set for some days and in force on the day: restrictions, licences, floors, limits on shares, tolerances, methods,
    /// duties to report, rates, factors and figures of years.
    Rules,
}

type Line = Map<String, Value>;

impl Listed {
    /// The columns of what is listed.
    pub(crate) fn columns(self) -> Vec<Column> {
        match self {
            Self::Parties => PartyLine::columns(),
            Self::Materials => MaterialLine::columns(),
            Self::Sites => SiteLine::columns(),
            Self::Lots => LotLine::columns(),
            Self::Encumbrances => EncumbranceLine::columns(),
            Self::Authorities => AuthorityLine::columns(),
            Self::Dispatches | Self::Loans => AwayLine::columns(),
            Self::Limits => LimitLine::columns(),
            Self::Held => HeldLine::columns(),
            Self::Reserves => ReserveLine::columns(),
            Self::Calls => CallLine::columns(),
            Self::Orders => OrderLine::columns(),
            Self::Keys => KeyLine::columns(),
            Self::Persons => PersonLine::columns(),
            Self::Mandates => MandateLine::columns(),
            Self::Rules => RuleLine::columns(),
        }
    }

    /// The word that asks for it.
    pub(crate) fn word(self) -> String {
        serde_json::to_value(self).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Is it asked as of a day? The rest is so as it is known, or has a question of its own.
    pub(crate) const fn has_days(self) -> bool {
        match self {
            Self::Parties
            | Self::Materials
            | Self::Sites
            | Self::Lots
            | Self::Encumbrances
            | Self::Authorities
            | Self::Dispatches
            | Self::Loans
            | Self::Keys
            | Self::Rules => true,
            Self::Limits
            | Self::Held
            | Self::Reserves
            | Self::Calls
            | Self::Orders
            | Self::Persons
            | Self::Mandates => false,
        }
    }
}

/// Lists everything of a kind that the asker sees, in the order of registration. What is left and what is overdue is so on
/// the day of asking, UTC.
#[must_use]
pub fn list(view: &dyn View, what: Listed) -> Vec<Line> {
    // Of no day nothing is asked of the history.
    rows(view, what, (None, view.now()), 0).flatten().flat_map(|(_, lines)| lines).collect()
}

/// The same as of a day, or the day of a moment, from a row on, made one by one: the number of each row, and its lines.
pub(crate) fn rows<'v>(view: &'v dyn View, what: Listed, (as_of, now): (Option<Day>, Moment), from: u64) -> Rows<'v> {
    let books = view.books();
    let sight = Sight::of(view);
    let today = as_of.unwrap_or(now.utc_day());
    let facts = books.facts_at(today, books.head());
    match what {
        Listed::Parties => of(books.parties(), from, move |number, _| Some(party(&facts.party(PartyNo(number))))),
        Listed::Materials => {
            of(books.materials(), from, move |number, _| Some(material(&facts.material(MaterialNo(number)))))
        }
        Listed::Sites => of(books.places(), from, move |number, _| Some(site(books, &*facts.site(PlaceNo(number))?))),
        Listed::Lots => of(books.lots(), from, move |number, lot| {
            let is_made = as_of.is_none_or(|day| lot.made <= day);
            (is_made && sight.sees_lot(LotNo(number))).then(|| lot_line(view, LotNo(number), today))
        }),
        Listed::Encumbrances => read(books.encumbrances(), from, move |_, claim| {
            sight.sees_encumbrance(claim).then(|| encumbrance(view, claim, as_of)).transpose()
        }),
        Listed::Authorities => of(books.authorities(), from, move |_, authority| {
            sight.sees_party(authority.party).then(|| authority_line(books, authority, as_of))
        }),
        Listed::Dispatches => away(view, sight, (from, as_of), |place| matches!(place, Place::Transit(_))),
        Listed::Loans => away(view, sight, (from, as_of), |place| matches!(place, Place::Loan(_))),
        Listed::Limits => of(books.accounts(), from, move |_, account| {
            Some(account).filter(|account| sight.sees_account(account)).and_then(|account| limit(books, account))
        }),
        Listed::Held => {
            let seen = books.waiting().filter(move |held| held.seq.0 >= from && sight.sees_party(held.party));
            Box::new(seen.map(move |held| Ok((held.seq.0, vec![held_line(books, held)]))))
        }
        Listed::Reserves => of(books.reserves(), from, move |number, reserve| {
            sight.takes_part(books, ReserveNo(number)).then(|| reserve_line(books, reserve))
        }),
        Listed::Calls => of(books.calls(), from, move |_, call| {
            sight.takes_part(books, call.reserve).then(|| call_line(books, call))
        }),
        Listed::Orders => {
            of(books.orders(), from, move |_, order| sight.sees_order(order).then(|| order_line(books, order)))
        }
        Listed::Keys => {
            let parties = numbered(books.parties(), from);
            let seen = parties.filter(move |(number, _)| sight.sees_party(PartyNo(*number)));
            Box::new(seen.map(move |(number, _)| Ok((number.into(), key_lines(&facts.party(PartyNo(number)))))))
        }
        Listed::Rules => Box::new(rules::rows(facts, sight, from).map(Ok)),
        Listed::Mandates => of(books.mandates(), from, move |number, row| {
            let is_seen = sight.sees_party(row.owner) || sight.sees_party(row.to);
            is_seen.then(|| line(&mandate_line(books, MandateNo(number), row)))
        }),
        Listed::Persons => of(books.persons(), from, move |_, person| {
            sight.sees_party(person.party).then(|| {
                line(&PersonLine {
                    person: person.code.clone(),
                    party: books.party_code(person.party).to_owned(),
                    key: person.key.clone(),
                    ended: person.ended.map(|seq| seq.0),
                })
            })
        }),
    }
}

/// Rows of a list, each with its number and its lines, as far as the history can be read.
type Rows<'v> = Box<dyn Iterator<Item = Result<(u64, Vec<Line>), HistoryError>> + 'v>;

/// The rows of a table from one on, by number.
fn numbered<T>(table: &[T], from: u64) -> impl Iterator<Item = (u32, &T)> {
    let from = u32::try_from(from).unwrap_or(u32::MAX);
    (from..).zip(table.get(from as usize..).unwrap_or_default())
}

/// The lines of a table from a row on; rows without one are not listed.
fn of<'v, T>(table: &'v [T], from: u64, line: impl Fn(u32, &'v T) -> Option<Line> + 'v) -> Rows<'v> {
    read(table, from, move |number, row| Ok(line(number, row)))
}

/// The same, where a line says what only the history knows.
fn read<'v, T>(
    table: &'v [T],
    from: u64,
    line: impl Fn(u32, &'v T) -> Result<Option<Line>, HistoryError> + 'v,
) -> Rows<'v> {
    let lines = numbered(table, from).filter_map(move |(number, row)| {
        line(number, row).transpose().map(|line| line.map(|line| (number.into(), vec![line])))
    });
    Box::new(lines)
}

/// A line as an object by field.
fn line(line: &impl Serialize) -> Line {
    match serde_json::to_value(line) {
        Ok(Value::Object(line)) => line,
        _ => unreachable!("a record is an object"),
    }
}

fn reserve_line(books: &Books, reserve: &Reserve) -> Line {
    line(&ReserveLine {
        code: reserve.code.clone(),
        name: reserve.name.clone(),
        pool: books.party_code(reserve.pool).to_owned(),
        secretariat: books.party_code(reserve.secretariat).to_owned(),
        currency: reserve.currency.clone(),
        winding_up: reserve.winding_up.map(show_day),
    })
}

fn call_line(books: &Books, call: &Call) -> Line {
    line(&CallLine {
        code: call.code.clone(),
        reserve: books.reserve(call.reserve).code.clone(),
        material: material_code(books, call.material),
        effective: show_day(call.effective),
        due: call.due.map(show_day),
        ended: call.ended.is_some(),
    })
}

fn order_line(books: &Books, order: &Order) -> Line {
    line(&OrderLine {
        code: order.code.clone(),
        secretariat: books.party_code(order.secretariat).to_owned(),
        material: material_code(books, order.material),
        supplier: order.award.as_ref().map(|award| award.supplier.clone()),
        due: order.award.as_ref().and_then(|award| award.due).map(show_day),
    })
}

fn key_lines(party: &books::party::Party) -> Vec<Line> {
    let key = |key: &String| line(&KeyLine { party: party.code.clone(), key: key.clone() });
    party.keys.iter().map(key).collect()
}

fn party(party: &books::party::Party) -> Line {
    line(&PartyLine {
        code: party.code.clone(),
        name: party.name.clone(),
        role: Role::from(party.role).word(),
        country: party.country.clone(),
        zone: party.zone.clone(),
        closed_through: party.closed_through.map(show_day),
    })
}

fn material(material: &books::material::Material) -> Line {
    let quantity = |quantity: Option<Quantity>| quantity.map(|quantity| show_quantity(material, quantity));
    line(&MaterialLine {
        code: material.code.clone(),
        name: material.name.clone(),
        hs: material.hs.clone(),
        form: Form::from(material.form).word(),
        unit: material.unit.to_string(),
        decimals: material.decimals,
        basis: material.basis.to_string(),
        requirement_per_day: quantity(material.requirement_per_day),
        goal: quantity(material.goal),
        dual_control_above: quantity(material.dual_control_above),
        authority_required: material.authority_required,
    })
}

fn site(books: &Books, site: &books::place::Site) -> Line {
    line(&SiteLine {
        code: site.code.clone(),
        name: site.name.clone(),
        custodian: books.party_code(site.custodian).to_owned(),
        country: site.country.clone(),
        area: Area::from(site.area).word(),
        class: site.class.clone(),
    })
}

/// A lot with what it is made of on a day, where that can be read.
fn lot_line(view: &dyn View, number: LotNo, today: Day) -> Line {
    let books = view.books();
    let lot = books.lot(number);
    let facts = books.facts_at(today, books.head()).lot(number);
    let assay = made_of(view, &books.facts_at(today, books.head()), number).ok().flatten().map(|found| {
        let contents = found.contents.iter();
        let contents = contents.map(|(analyte, fraction)| format!("{analyte} {}", show_part(*fraction)));
        let water = found.moisture.filter(|_| found.contents.is_empty());
        let contents: Vec<String> = contents.chain(water.map(|part| format!("moisture {}", show_part(part)))).collect();
        let events: Vec<String> = found.assays.iter().map(Seq::to_string).collect();
        format!("{} (event {})", contents.join(", "), events.join(", "))
    });
    line(&LotLine {
        code: Sight::of(view).lot_label(number).into_owned(),
        material: books.material(facts.material).code.clone(),
        form: Form::from(facts.form).word(),
        source: SourceKind::from(facts.source).word(),
        mined: facts.origin.mined.clone(),
        separated: facts.origin.separated.clone(),
        refined: facts.origin.refined.clone(),
        assay,
        supplier: facts.supplier.clone(),
        price: facts.price.as_ref().map(show_price),
        documents: facts.documents.len() as u64,
        event: lot.seq.0,
    })
}

/// An encumbrance with what is left of it on a day; where none is named, today, or on its first day, where that is to come.
fn encumbrance(view: &dyn View, claim: &books::Encumbrance, as_of: Option<Day>) -> Result<Line, HistoryError> {
    let books = view.books();
    let key = books.account(claim.account).key;
    let lot = &books.lot(key.lot).facts;
    let day = as_of.unwrap_or_else(|| view.now().utc_day().max(claim.first));
    let left = claim.remaining.at(day).unwrap_or_default().on_hand;
    // What lay there on an older day is asked of the history.
    let short = match as_of.filter(|_| books.place(key.place).is_real()) {
        None => books.shortfall(claim.account, day),
        Some(day) => {
            let sums = At { day, known_at: books.head() }.sums(view, claim.account)?;
            sums.available().saturating_neg().max(0)
        }
    };
    Ok(line(&EncumbranceLine {
        code: claim.code.clone(),
        kind: EncumbranceKind::from(claim.kind).word(),
        lot: lot.code.clone(),
        site: books.place_code(key.place).to_owned(),
        owner: books.party_code(key.owner).to_owned(),
        reserved: books.show(lot.material, claim.reserved.units()),
        left: books.show(lot.material, left),
        short: books.show(lot.material, left.min(short)),
        first: Some(show_day(claim.first)),
        last: claim.last.map(show_day),
        beneficiary: claim.beneficiary.map(|party| books.party_code(party).to_owned()),
        agreement: claim.agreement.clone(),
    }))
}

/// An authority with all that was done under it; with what was done by a day, where one is named.
fn authority_line(books: &Books, authority: &books::authority::Authority, as_of: Option<Day>) -> Line {
    let by = |day| authority.days.at(day).unwrap_or_default().on_hand;
    let used = as_of.map_or(authority.used.units(), by);
    let left = authority.ceiling.units() - used;
    line(&AuthorityLine {
        code: authority.code.clone(),
        holder: books.party_code(authority.party).to_owned(),
        direction: Direction::from(authority.direction).word(),
        ceiling: books.show(authority.material, authority.ceiling.units()),
        used: books.show(authority.material, used),
        left: books.show(authority.material, left),
        first: Some(show_day(authority.first)),
        last: authority.last.map(show_day),
        basis: authority.basis.clone(),
    })
}

/// What is away at the end of a day; by all that is known where none is named.
fn away<'v>(
    view: &'v dyn View,
    sight: Sight<'v>,
    (from, as_of): (u64, Option<Day>),
    is_wanted: impl Fn(&Place) -> bool + 'v,
) -> Rows<'v> {
    let books = view.books();
    read(books.accounts(), from, move |number, account| {
        if !is_wanted(books.place(account.key.place)) || !sight.sees_account(account) {
            return Ok(None);
        }
        let left = match as_of {
            None => account.days.latest().on_hand,
            Some(day) => At { day, known_at: books.head() }.sums(view, AccountNo(number))?.on_hand,
        };
        let day = as_of.unwrap_or(view.now().utc_day());
        Ok((left > 0).then(|| away_line(books, account, left, day)))
    })
}

fn away_line(books: &Books, account: &Account, left: i64, today: Day) -> Line {
    let lot = &books.lot(account.key.lot).facts;
    let (source, target, due, carrier) = match books.place(account.key.place) {
        Place::Transit(transit) => {
            let code = |place: PlaceNo| books.place_code(place).to_owned();
            (Some(code(transit.source)), code(transit.target), transit.due, transit.carrier.clone())
        }
        Place::Loan(loan) => (None, books.party_code(loan.borrower).to_owned(), loan.due, None),
        Place::Outside
        | Place::Processing
        | Place::Loss
        | Place::CountDifference
        | Place::Rounding
        | Place::ShipperReceiver
        | Place::Site(_) => unreachable!("only what is away was asked for"),
    };
    line(&AwayLine {
        code: books.place_code(account.key.place).to_owned(),
        lot: lot.code.clone(),
        owner: books.party_code(account.key.owner).to_owned(),
        outstanding: books.show(lot.material, left),
        source,
        target,
        carrier,
        due: due.map(show_day),
        overdue: due.is_some_and(|due| due < today),
    })
}

fn limit(books: &Books, account: &Account) -> Option<Line> {
    let limit = account.limit?;
    let lot = &books.lot(account.key.lot).facts;
    let quantity = |quantity: Option<Quantity>| quantity.map(|quantity| books.show(lot.material, quantity.units()));
    Some(line(&LimitLine {
        lot: lot.code.clone(),
        site: books.place_code(account.key.place).to_owned(),
        owner: books.party_code(account.key.owner).to_owned(),
        floor: quantity(limit.floor),
        ceiling: quantity(limit.ceiling),
    }))
}

fn held_line(books: &Books, held: &books::books::Held) -> Line {
    let command = wire::Command {
        id: books::CommandId::default(),
        party: books.party_code(held.party).to_owned(),
        maker: Some(held.maker.clone()),
        effective: held.effective,
        time: None,
        act: wire::render(&held.act, books),
    };
    let json = command.to_json();
    let field = |key: &str| json.get(key).and_then(Value::as_str).map(str::to_owned);
    line(&HeldLine {
        event: held.seq.0,
        party: field("party").unwrap_or_default(),
        maker: field("maker").unwrap_or_default(),
        effective: field("effective").unwrap_or_default(),
        act: field("act").unwrap_or_default(),
        lot: field("lot"),
        quantity: field("quantity"),
        site: field("site"),
    })
}

fn mandate_line(books: &Books, number: MandateNo, row: &Mandate) -> MandateLine {
    let limited = row.material.filter(|_| row.is_limited);
    let left = limited.map(|material| {
        let key = TallyKey { kind: TallyKind::Mandate, of: number.0, party: row.owner, material: Some(material) };
        crate::shared::number(books, material, books.tally_latest(key))
    });
    MandateLine {
        mandate: row.code.clone(),
        owner: books.party_code(row.owner).to_owned(),
        to: books.party_code(row.to).to_owned(),
        acts: (!row.acts.is_empty()).then(|| row.acts.join(", ")),
        material: row.material.map(|material| books.material(material).code.clone()),
        site: row.site.map(|site| books.place_code(site).to_owned()),
        left,
        unit: limited.map(|material| crate::shared::unit(books, material)),
        first: wire::date::show_day(row.first),
        last: row.last.map(wire::date::show_day),
        ended: row.ended.map(|seq| seq.0),
    }
}
