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

use crate::record::records;
use crate::sight::Sight;
use crate::table::{Column, Record};
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

records! {
    /// A party.
    PartyLine {
        /// Its code.
        code: String as Code,
        /// Its name.
        name: String,
        /// Its role.
        role: String as Code,
        /// Its country.
        country: Option<String> as Code,
        /// Its time zone.
        zone: Option<String> as Code,
        /// The last day of its last closed period.
        closed_through: Option<String> as Day,
    }

    /// A material.
    MaterialLine {
        /// Its code.
        code: String as Code,
        /// Its name.
        name: String,
        /// Heading of the Harmonized System.
        hs: Option<String> as Code,
        /// Its form.
        form: String as Code,
        /// Its accounting unit.
        unit: String as Code,
        /// Decimals of that unit that count.
        decimals: u8,
        /// What its quantities count.
        basis: String as Code,
        /// Need a day.
        requirement_per_day: Option<String> as Quantity,
        /// What should be held.
        goal: Option<String> as Quantity,
        /// Above this, a checker is needed.
        dual_control_above: Option<String> as Quantity,
        /// Does every draw need an authority?
        authority_required: bool,
    }

    /// A site.
    SiteLine {
        /// Its code.
        code: String as Code,
        /// Its name.
        name: String,
        /// Who keeps it.
        custodian: String as Code,
        /// Its country.
        country: String as Code,
        /// How stock is measured there.
        area: String as Code,
        /// Government, agency, obligated, commercial.
        class: Option<String> as Code,
    }

    /// A lot with its facts and its last assay.
    LotLine {
        /// Its code.
        code: String as Code,
        /// Its material.
        material: String as Code,
        /// Its form.
        form: String as Code,
        /// Its source kind.
        source: String as Code,
        /// Country where it was mined.
        mined: Option<String> as Code,
        /// Country where it was separated.
        separated: Option<String> as Code,
        /// Country where it was refined.
        refined: Option<String> as Code,
        /// Its last assay.
        assay: Option<String>,
        /// Who supplied it.
        supplier: Option<String>,
        /// What it cost.
        price: Option<String>,
        /// How many documents it has.
        documents: u64,
        /// The event that registered it.
        event: u64 as Event,
    }

    /// An encumbrance with what is left of it.
    EncumbranceLine {
        /// Its code.
        code: String as Code,
        /// Its kind.
        kind: String as Code,
        /// The lot.
        lot: String as Code,
        /// Where it lies.
        site: String as Code,
        /// Whose it is.
        owner: String as Code,
        /// What was set aside.
        reserved: String as Quantity,
        /// What is left of that.
        left: String as Quantity,
        /// Its first day.
        first: Option<String> as Day,
        /// Its last day.
        last: Option<String> as Day,
        /// For whom.
        beneficiary: Option<String> as Code,
        /// Under which agreement.
        agreement: Option<String> as Code,
    }

    /// An authority with what is left of it.
    AuthorityLine {
        /// Its code.
        code: String as Code,
        /// Who may act under it.
        holder: String as Code,
        /// Acquisition or release.
        direction: String as Code,
        /// Most that it allows.
        ceiling: String as Quantity,
        /// What was done under it.
        used: String as Quantity,
        /// What may still be done.
        left: String as Quantity,
        /// Its first day.
        first: Option<String> as Day,
        /// Its last day.
        last: Option<String> as Day,
        /// What it rests on.
        basis: Option<String>,
    }

    /// What is away: on its way, or on loan.
    AwayLine {
        /// The dispatch or loan.
        code: String as Code,
        /// The lot.
        lot: String as Code,
        /// Whose it is.
        owner: String as Code,
        /// What is still away.
        outstanding: String as Quantity,
        /// Where it left.
        source: Option<String> as Code,
        /// Where it goes, or who borrowed it.
        target: String as Code,
        /// Who carries it.
        carrier: Option<String>,
        /// When it should be there, or back.
        due: Option<String> as Day,
        /// Is that day over?
        overdue: bool,
    }

    /// Limits on an account.
    LimitLine {
        /// The lot.
        lot: String as Code,
        /// The site.
        site: String as Code,
        /// The owner.
        owner: String as Code,
        /// Least that must stay.
        floor: Option<String> as Quantity,
        /// Most that may lie there.
        ceiling: Option<String> as Quantity,
    }

    /// A command that waits for a checker.
    HeldLine {
        /// The event that holds it.
        event: u64 as Event,
        /// Who posted it.
        party: String as Code,
        /// Which person made it.
        maker: String as Code,
        /// When it would take effect.
        effective: String as Day,
        /// What it would do.
        act: String as Code,
        /// To which lot.
        lot: Option<String> as Code,
        /// With how much.
        quantity: Option<String> as Quantity,
        /// Where.
        site: Option<String> as Code,
    }
}

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
        }
    }
}

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

/// A line as an object by field.
fn line(line: &impl Serialize) -> Line {
    match serde_json::to_value(line) {
        Ok(Value::Object(line)) => line,
        _ => unreachable!("a record is an object"),
    }
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

fn site(books: &Books, place: &Place) -> Option<Line> {
    let Place::Site(site) = place else { return None };
    Some(line(&SiteLine {
        code: site.code.clone(),
        name: site.name.clone(),
        custodian: books.party_code(site.custodian).to_owned(),
        country: site.country.clone(),
        area: Area::from(site.area).word(),
        class: site.class.clone(),
    }))
}

fn lot_line(books: &Books, lot: &books::lot::Lot) -> Line {
    let facts = &lot.facts;
    let assay = lot.assays.last().map(|known| {
        let contents = known.assay.contents.iter();
        let contents: Vec<String> =
            contents.map(|content| format!("{} {}", content.analyte, show_fraction(content.fraction_ppb))).collect();
        format!("{} (event {})", contents.join(", "), known.seq)
    });
    line(&LotLine {
        code: facts.code.clone(),
        material: books.materials()[facts.material.0 as usize].code.clone(),
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

fn encumbrance(books: &Books, claim: &books::Encumbrance, today: Day) -> Line {
    let key = books.accounts()[claim.account.0 as usize].key;
    let lot = &books.lots()[key.lot.0 as usize].facts;
    let left = claim.remaining.at(today.max(claim.first)).unwrap_or_default().on_hand;
    line(&EncumbranceLine {
        code: claim.code.clone(),
        kind: EncumbranceKind::from(claim.kind).word(),
        lot: lot.code.clone(),
        site: books.place_code(key.place).to_owned(),
        owner: books.party_code(key.owner).to_owned(),
        reserved: books.show(lot.material, claim.reserved.units()),
        left: books.show(lot.material, left),
        first: Some(show_day(claim.first)),
        last: claim.last.map(show_day),
        beneficiary: claim.beneficiary.map(|party| books.party_code(party).to_owned()),
        agreement: claim.agreement.clone(),
    })
}

fn authority_line(books: &Books, authority: &books::authority::Authority) -> Line {
    let left = authority.ceiling.units() - authority.used.units();
    line(&AuthorityLine {
        code: authority.code.clone(),
        holder: books.party_code(authority.party).to_owned(),
        direction: Direction::from(authority.direction).word(),
        ceiling: books.show(authority.material, authority.ceiling.units()),
        used: books.show(authority.material, authority.used.units()),
        left: books.show(authority.material, left),
        first: Some(show_day(authority.first)),
        last: authority.last.map(show_day),
        basis: authority.basis.clone(),
    })
}

fn away(books: &Books, sight: &Sight<'_>, today: Day, is_wanted: impl Fn(&Place) -> bool) -> Vec<Line> {
    let accounts = books.accounts().iter().filter(|account| sight.sees_account(account));
    let open = accounts.filter(|account| {
        account.days.latest().on_hand > 0 && is_wanted(&books.places()[account.key.place.0 as usize])
    });
    open.map(|account| away_line(books, account, today)).collect()
}

fn away_line(books: &Books, account: &Account, today: Day) -> Line {
    let lot = &books.lots()[account.key.lot.0 as usize].facts;
    let (source, target, due, carrier) = match &books.places()[account.key.place.0 as usize] {
        Place::Transit(transit) => {
            let code = |place: PlaceNo| books.place_code(place).to_owned();
            (Some(code(transit.source)), code(transit.target), transit.due, transit.carrier.clone())
        }
        Place::Loan(loan) => (None, books.party_code(loan.borrower).to_owned(), loan.due, None),
        _ => unreachable!("only what is away was asked for"),
    };
    line(&AwayLine {
        code: books.place_code(account.key.place).to_owned(),
        lot: lot.code.clone(),
        owner: books.party_code(account.key.owner).to_owned(),
        outstanding: books.show(lot.material, account.days.latest().on_hand),
        source,
        target,
        carrier,
        due: due.map(show_day),
        overdue: due.is_some_and(|due| due < today),
    })
}

fn limit(books: &Books, account: &Account) -> Option<Line> {
    let limit = account.limit?;
    let lot = &books.lots()[account.key.lot.0 as usize].facts;
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
