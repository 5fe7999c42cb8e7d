//! What came of a step, in one line.

use books::composition::Composition;
use books::lot::Lot;
use books::material::Material;
use books::{AccountKey, AccountNo, Books, Day, Kind, LotNo, PlaceNo, Seq, Sums};
use measure::{OxideFactor, Quantity};
use wire::acts::words::{Form, SourceKind};

use super::statement::{Question, Subject};

mod reserve;
use crate::{Answer, World};

/// An answer to a command.
pub(super) fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Accepted(seq) => format!("recorded {seq}"),
        Answer::Held(seq) => format!("held {seq}"),
        Answer::Duplicate(seq) => format!("recorded before as {seq}"),
        Answer::Refused(_, refusal) => format!("refused {}: {}", refusal.code, refusal.message),
    }
}

/// An answer to a question.
pub(super) fn ask(question: &Question, world: &World) -> Result<String, String> {
    let Question { subject, as_of, known_at } = question;
    let when = When { as_of: as_of.unwrap_or(Day(i32::MAX)), known_at: known_at.unwrap_or(world.books().head()) };
    let books = world.books();
    match subject {
        Subject::Position { lot, site, owner } => {
            let (lot, place) = (lot_no(books, lot)?, place_no(books, site)?);
            let sums = when.sums(world, place, owner, lot)?;
            let show = |units| books.show(books.lot(lot).facts.material, units);
            let Sums { on_hand, encumbered, blocked } = sums;
            Ok(format!(
                "on hand {}, encumbered {}, blocked {}, available {}",
                show(on_hand),
                show(encumbered),
                show(blocked),
                show(sums.available())
            ))
        }
        Subject::Where { lot } => Ok(places(world, lot_no(books, lot)?, when)),
        Subject::Contained { analyte, lot, place, owner } => {
            let (lot, place) = (lot_no(books, lot)?, place_no(books, place)?);
            contained(world, analyte, lot, when.sums(world, place, owner, lot)?.on_hand, when)
        }
        Subject::Lot { lot } => Ok(lot_facts(books, books.lot(lot_no(books, lot)?))),
        Subject::Left { encumbrance } => {
            let number = books.encumbrance_no(encumbrance).ok_or_else(|| format!("no encumbrance `{encumbrance}`"))?;
            let facts = books.encumbrance(number);
            let material = material_of(books, books.account(facts.account).key.lot).0;
            let left = world.model().remaining(number, when.as_of, when.known_at);
            Ok(format!("{} of {} left", books.show(material, left), books.show(material, facts.reserved.units())))
        }
        Subject::Used { authority } => {
            let number = books.authority_no(authority).ok_or_else(|| format!("no authority `{authority}`"))?;
            let facts = books.authority(number);
            let show = |quantity: Quantity| books.show(facts.material, quantity.units());
            Ok(format!("used {} of {}", show(facts.used), show(facts.ceiling)))
        }
        _ => reserve::ask(subject, books, when.as_of),
    }
}

/// About which day, as known at which event.
#[derive(Clone, Copy)]
struct When {
    as_of: Day,
    known_at: Seq,
}

impl When {
    fn sums(self, world: &World, place: PlaceNo, owner: &str, lot: LotNo) -> Result<Sums, String> {
        let owner = world.books().party_no(owner).ok_or_else(|| format!("no party `{owner}`"))?;
        let account = world.books().account_no(AccountKey { place, owner, lot });
        Ok(account.map_or(Sums::default(), |account| self.at(world, account)))
    }

    /// From the postings; where the books have the row at hand and all is known, they must agree.
    fn at(self, world: &World, account: AccountNo) -> Sums {
        let sums = world.model().at(account, self.as_of, self.known_at);
        if self.known_at == world.books().head()
            && let Some(kept) = world.books().account(account).days.at(self.as_of)
        {
            assert_eq!(kept, sums, "the books answer what the postings add up to");
        }
        sums
    }
}

fn lot_no(books: &Books, code: &str) -> Result<LotNo, String> {
    books.lot_no(code).ok_or_else(|| format!("no lot `{code}`"))
}

/// A site, a dispatch, a loan, or a virtual place, which a script writes with hyphens.
fn place_no(books: &Books, code: &str) -> Result<PlaceNo, String> {
    let named = [Kind::Site, Kind::Dispatch, Kind::Loan].into_iter().find_map(|kind| books.place_no(kind, code));
    let of_all = || {
        let found = books.places().iter().position(|place| !place.is_real() && place.code().replace(' ', "-") == code);
        found.and_then(|row| u32::try_from(row).ok()).map(PlaceNo)
    };
    named.or_else(of_all).ok_or_else(|| format!("no place `{code}`"))
}

fn material_of(books: &Books, lot: LotNo) -> (books::MaterialNo, &Material) {
    let number = books.lot(lot).facts.material;
    (number, books.material(number))
}

/// Every place that has any of a lot, in the order in which it came there.
fn places(world: &World, lot: LotNo, when: When) -> String {
    let books = world.books();
    let (material, _) = material_of(books, lot);
    let held = (0u32..).map(AccountNo).zip(books.accounts()).filter(|(_, account)| account.key.lot == lot);
    let shown: Vec<String> = held
        .map(|(number, account)| (account.key, when.at(world, number).on_hand))
        .filter(|(_, on_hand)| *on_hand != 0)
        .map(|(key, on_hand)| {
            let amount = books.show(material, on_hand);
            format!("{} ({}) {amount}", books.place_code(key.place), books.party_code(key.owner))
        })
        .collect();
    if shown.is_empty() { "nowhere".into() } else { shown.join(", ") }
}

/// An element or oxide inside a quantity of a lot, by the assay that was known then.
fn contained(world: &World, analyte: &str, lot: LotNo, units: i64, when: When) -> Result<String, String> {
    let books = world.books();
    let (_, material) = material_of(books, lot);
    let Ok(found) = books.composition(lot, (when.as_of, when.known_at), &mut world.model().scales());
    let Some(found) = found else {
        return Ok("no assay known".into());
    };
    let since: Vec<String> = found.assays.iter().map(ToString::to_string).collect();
    let since = since.join(" ");
    for (own, fraction) in &found.contents {
        let inside = i64::try_from(Composition::inside(units, *fraction)).map_err(|error| error.to_string())?;
        let size = Quantity::new(inside.abs()).ok_or("a size is not negative")?;
        let inside = match OxideFactor::find(own) {
            _ if own == analyte => size,
            Some(factor) if factor.oxide == own && factor.element == analyte => factor.to_element(size).quantity,
            _ => continue,
        };
        let amount = wire::value::show_number(material, units.signum() * inside.units());
        let by = format!("by {own} {} known since {since}", wire::value::show_part(*fraction));
        return Ok(format!("{amount} {} of {analyte}, {by}", material.shown));
    }
    Ok(format!("no {analyte} in the assay known since {since}"))
}

fn lot_facts(books: &Books, lot: &Lot) -> String {
    let facts = &lot.facts;
    let open = |field: &Option<String>| field.clone().unwrap_or_else(|| "open".into());
    let origin = &facts.origin;
    let parents: Vec<&str> = lot.parents.iter().map(|parent| books.lot(parent.lot).facts.code.as_str()).collect();
    format!(
        "{} {}, {}, mined {}, separated {}, refined {}, made from {}",
        books.material(facts.material).code,
        Form::from(facts.form).word(),
        SourceKind::from(facts.source).word(),
        open(&origin.mined),
        open(&origin.separated),
        open(&origin.refined),
        if parents.is_empty() { "nothing".to_owned() } else { parents.join(" ") },
    )
}
