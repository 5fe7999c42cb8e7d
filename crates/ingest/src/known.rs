//! What the books know of what a mapping speaks of, read from a ledger wherever it is: in a folder or at work.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use answers::{Problem, View};
use books::{AccountKey, AccountNo, Books, Day, Kind};
use jiff::civil::Date;
use measure::{Quantity, Unit};
use serde_json::{Map, Value};

use crate::mapping::{Column, ColumnKind, Mapping};
use crate::reading::Known;

/// Reads what the books know.
///
/// # Errors
/// When they cannot be read, or cannot say what they hold exactly in the unit of a column.
pub fn known(view: &dyn View, mapping: &Mapping) -> Result<Known, Problem> {
    let books = view.books();
    let registered = mapping.register.iter().enumerate().filter(|(_, register)| is_registered(books, register));
    let registered: BTreeSet<usize> = registered.map(|(index, _)| index).collect();
    let mut levels = HashMap::new();
    for column in &mapping.column {
        let Some(account) = account(books, &mapping.party, column) else { continue };
        levels.insert(column.column.clone(), history(view, account, column)?);
    }
    Ok(Known { event_count: books.head().0, registered, levels, registry: None })
}

fn is_registered(books: &Books, register: &Map<String, Value>) -> bool {
    let text = |key| register.get(key).and_then(Value::as_str);
    text("code").is_some_and(|code| match text("act") {
        Some("register_party") => books.party_no(code).is_some(),
        Some("register_material") => books.material_no(code).is_some(),
        Some("register_site") => books.place_no(Kind::Site, code).is_some(),
        _ => false,
    })
}

fn account(books: &Books, party: &str, column: &Column) -> Option<AccountNo> {
    let place = books.place_no(Kind::Site, &column.site)?;
    books.account_no(AccountKey { place, owner: books.party_no(party)?, lot: books.lot_no(&column.lot)? })
}

/// What an account held at the end of each day on which it changed, or of the first alone, in a column's unit.
fn history(view: &dyn View, account: AccountNo, column: &Column) -> Result<BTreeMap<Date, String>, Problem> {
    let books = view.books();
    let unit = &column.unit;
    let lot = books.lot(books.account(account).key.lot);
    let material = books.material(lot.facts.material);
    let shown = Unit::parse(unit).map_err(|error| Problem::bad_field("mapping", error.to_string()))?;
    let days: BTreeSet<Day> = view.changes(account, books.head())?.into_iter().map(|(_, day)| day).collect();
    let count = if column.kind == ColumnKind::Stock { days.len() } else { 1 };
    let mut levels = BTreeMap::new();
    for day in days.into_iter().take(count) {
        let held = view.at(account, day, books.head())?.on_hand;
        let date = wire::date::date_of(day);
        let unsayable = || {
            let shown = books.show(lot.facts.material, held);
            let (lot, code) = (&lot.facts.code, &material.code);
            let message = format!("the {shown} of lot `{lot}` on {date} cannot be said exactly in `{unit}`");
            Problem::cannot_answer("not_exact", message)
                .hint(format!("give the column a unit in which every quantity of `{code}` is exact"))
        };
        let held = Quantity::new(held).ok_or_else(unsayable)?;
        let text = measure::display_quantity(held, material.unit, material.decimals, shown).map_err(|_| unsayable())?;
        let back = measure::parse_quantity(&format!("{text} {unit}"), material.unit, material.decimals);
        if !back.is_ok_and(|(back, _)| back == held) {
            return Err(unsayable());
        }
        levels.insert(date, text);
    }
    Ok(levels)
}
