//! `granary do deposit --from rows.csv`, and so with any act: a row is an act, its columns are the act's fields.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use measure::Unit;
use serde_json::{Map, Value};
use shell::{Exit, Failure};
use wire::form::{self, Field, Kind, text};

use super::plan::{self, How, Meant, State};
use super::query;
use super::rows::{Flaw, Row, Rows, told};
use crate::cli::reconcile::By;
use crate::cli::table::Doing;
use crate::output::Format;

/// Decimals to which amounts are compared.
const FINEST: u8 = 9;
/// Columns beside the fields of the act: how each is called in a command.
const BESIDE: [(&str, &str); 3] = [("as", "party"), ("maker", "maker"), ("effective", "effective")];

/// Posts an act for each row. What was typed beside it holds for every row that says nothing else.
pub(super) fn run(doing: Doing, file: &Path) -> Result<Exit, Failure> {
    let Doing { act, fields: typed, by, id, is_dry_run, dir, shown, rows: _, rehearsal: _ } = doing;
    if id.is_some() {
        return Err(Failure::wrong_use("`--id` is of one act, and rows are many")
            .hint("leave it out: ids are made of what rows say, so that the same rows are never recorded twice"));
    }
    let rows = Rows::read(file)?;
    let name = file.display().to_string();
    let (origin, _) = plan::origin(&dir)?;
    let fields = form::of_act(act).unwrap_or_default();
    let mut meant = meant(act, (fields, &typed), &by, &rows, &origin).map_err(|flaws| told(&name, &flaws))?;
    let how = How {
        is_dry_run,
        only: None,
        out: None,
        is_shown: is_dry_run || shown.format == Format::Json,
        format: shown.format,
        registered: &|_| false,
    };
    plan::carry_out(&dir, &name, &mut meant, &how)
}

/// The commands of rows, or everything that is wrong with their cells.
fn meant(
    act: &str,
    (fields, typed): (&[Field], &Map<String, Value>),
    by: &By,
    rows: &Rows,
    origin: &str,
) -> Result<Vec<Meant>, Vec<Flaw>> {
    let known: Vec<&str> =
        fields.iter().map(|field| field.name.as_str()).chain(BESIDE.iter().map(|(name, _)| *name)).collect();
    let is_unknown = |column: &&String| !known.contains(&first_of(column).as_str());
    let unknown: Vec<Flaw> =
        rows.columns.iter().filter(is_unknown).map(|column| no_field(column, act, &known)).collect();
    if !unknown.is_empty() {
        return Err(unknown);
    }
    let (mut meant, mut flaws) = (Vec::with_capacity(rows.rows.len()), Vec::new());
    let mut alike: HashMap<String, usize> = HashMap::new();
    for row in &rows.rows {
        match one(act, (fields, typed), by, row) {
            Err(found) => flaws.extend(found),
            Ok(mut one) => {
                let dated = by_meaning(&Value::Object(one.said.clone()));
                let mut undated = dated.clone();
                undated.as_object_mut().expect("it is one").remove("effective");
                let (own, other) = if one.says_day { (dated, undated) } else { (undated, dated) };
                let nth = alike.entry(own.to_string()).or_default();
                let seed = |content: &Value| {
                    let whole = ["granary rows 1".to_owned(), origin.to_owned(), content.to_string()].into_iter();
                    // Two rows that say the same mean two acts.
                    whole.chain((*nth > 0).then(|| nth.to_string())).collect::<Vec<_>>()
                };
                // A day that is said or left out on that day is the same.
                (one.seed, one.alias) = (seed(&own), Some(seed(&other)));
                *nth += 1;
                meant.push(one);
            }
        }
    }
    if flaws.is_empty() { Ok(meant) } else { Err(flaws) }
}

/// What a row says, whatever way its numbers are written: `0.70 t` is `0.7 t`, and `700 kg`.
fn by_meaning(value: &Value) -> Value {
    match value {
        Value::String(text) => {
            let amount = text.split_once(' ').map(|(number, unit)| (number, unit.trim()));
            amount.and_then(|(number, unit)| canonical(number, unit)).unwrap_or_else(|| text.clone()).into()
        }
        Value::Array(pieces) => pieces.iter().map(by_meaning).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), by_meaning(value))).collect(),
        Value::Number(_) | Value::Bool(_) | Value::Null => value.clone(),
    }
}

/// An amount in the finest unit of its dimension; as it stands, without what its number does not need, of a unit of none.
fn canonical(number: &str, unit: &str) -> Option<String> {
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && number.as_bytes()[0] != b'.';
    if !is_number {
        return None;
    }
    let (word, basis) = unit.split_once(' ').map_or((unit, ""), |(word, basis)| (word, basis.trim()));
    if let Ok(known) = Unit::parse(word)
        && let Ok(units) = measure::parse_decimal(number, FINEST)
        && let Some(factor) = i128::try_from(known.factor()).ok()
        && let Some(whole) = i128::from(units.units()).checked_mul(factor)
    {
        return Some(format!("{whole} {:?} {basis}", known.dimension()));
    }
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
    Some(format!(
        "{}{}{part} {unit}",
        if whole.is_empty() { "0" } else { whole },
        if part.is_empty() { "" } else { "." }
    ))
}

/// The field of a column: `origin.mined` is of `origin`.
fn first_of(column: &str) -> String {
    column.split('.').next().unwrap_or_default().trim().replace('-', "_")
}

fn no_field(column: &str, act: &str, known: &[&str]) -> Flaw {
    let meant = wire::nearest(&first_of(column), known.iter().copied());
    Flaw {
        line: Some(1),
        columns: vec![column.to_owned()],
        problem: format!("`{act}` has no such field"),
        hint: meant
            .map_or_else(|| format!("its fields are {}", known.join(", ")), |meant| format!("did you mean `{meant}`?")),
    }
}

fn one(act: &str, (fields, typed): (&[Field], &Map<String, Value>), by: &By, row: &Row) -> Result<Meant, Vec<Flaw>> {
    let flaw = |columns: &[&str], problem: String, hint: &str| Flaw {
        line: Some(row.line),
        columns: columns.iter().map(|column| (*column).to_owned()).collect(),
        problem,
        hint: hint.to_owned(),
    };
    let (mut own, mut flaws) = (Map::new(), Vec::new());
    let mut columns: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let record = Kind::Record(fields.to_vec());
    for (column, cell) in &row.cells {
        let first = first_of(column);
        columns.entry(first.clone()).or_default().push(column.clone());
        if BESIDE.iter().any(|(name, _)| *name == first) {
            continue;
        }
        let field = fields.iter().find(|field| field.name == first);
        let is_list = field.is_some_and(|field| matches!(field.kind, Kind::List(_))) && !cell.starts_with('[');
        let pieces: Vec<&str> = if is_list { cell.split(';').map(str::trim).collect() } else { vec![cell] };
        for piece in pieces.into_iter().filter(|piece| !piece.is_empty()) {
            if let Err(problem) = text::put(&mut own, &record, &column.replace('-', "_"), piece) {
                flaws.push(flaw(&[column], problem, field.map_or("", |field| field.doc.as_str())));
            }
        }
    }
    let beside = |name: &str| row.get(name).map(str::to_owned);
    let effective = beside("effective").or_else(|| by.effective.clone());
    let says_day = effective.is_some();
    let today = || wire::date::show_day(query::now().utc_day());
    let mut said = Map::new();
    said.insert("party".into(), beside("as").unwrap_or_else(|| by.poster.clone()).into());
    said.extend(beside("maker").or_else(|| by.maker.clone()).map(|maker| ("maker".to_owned(), maker.into())));
    said.insert("effective".into(), effective.unwrap_or_else(today).into());
    said.insert("act".into(), act.into());
    for field in fields {
        match own.remove(&field.name).or_else(|| typed.get(&field.name).cloned()) {
            Some(value) => drop(said.insert(field.name.clone(), value)),
            // What cannot be read is told already.
            None if field.is_required && !columns.contains_key(&field.name) => {
                flaws.push(flaw(&[&field.name], "it is empty".into(), &field.doc));
            }
            None => {}
        }
    }
    if let Some((name, _)) = BESIDE.iter().find(|(name, field)| name != field) {
        columns.extend(columns.get(*name).cloned().map(|found| ("party".to_owned(), found)));
    }
    if !flaws.is_empty() {
        return Err(flaws);
    }
    let (why, source) = (String::new(), String::new());
    Ok(Meant {
        line: Some(row.line),
        columns,
        why,
        source,
        said,
        says_day,
        seed: Vec::new(),
        alias: None,
        attempt: 0,
        state: State::Untried,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;

    fn by() -> By {
        By { poster: "SEC".into(), maker: None, effective: None }
    }

    fn read(act: &str, text: &str) -> Result<Vec<Meant>, Vec<String>> {
        let fields = form::of_act(act).expect("an act");
        let rows = Rows::of(text.as_bytes()).expect("a table");
        meant(act, (fields, &Map::new()), &by(), &rows, "o").map_err(|flaws| flaws.iter().map(Flaw::text).collect())
    }

    #[test]
    fn a_row_is_an_act_and_its_columns_are_fields() {
        let text =
            "lot,site,quantity,material,origin.mined,documents,effective,as\nL1,North,5 t,NdPr,AU,a;b,2026-03-01,JP\n";
        let one = &read("deposit", text).expect("it is right")[0];
        assert_eq!(one.said["party"], "JP");
        assert_eq!(one.said["origin"]["mined"], "AU");
        assert_eq!(one.said["effective"], "2026-03-01");
        assert!(one.says_day && one.line == Some(2));
    }

    #[test]
    fn the_same_row_has_the_same_id_on_any_day_and_two_alike_are_two() {
        let text = "lot,site,quantity\nL1,North,5 t\nL1,North,5 t\nL1,North,6 t\n";
        let ids = |text: &str| read("draw", text).expect("it is right").iter().map(Meant::id).collect::<Vec<_>>();
        let (one, again) = (ids(text), ids(text));
        assert_eq!(one, again);
        assert!(one[0] != one[1] && one[1] != one[2]);
        assert_eq!(ids("quantity,site,lot\n5 t,North,L1\n")[0], one[0], "whatever the order of the columns");
    }

    #[test]
    fn a_row_is_the_same_by_what_it_means() {
        let ids = |text: &str| read("draw", text).expect("it is right").iter().map(Meant::id).collect::<Vec<_>>();
        let one = ids("lot,site,quantity\nL1,North,0.7 t\n");
        for same in ["0.70 t", "00.7 t", "700 kg", "700.000 kg"] {
            assert_eq!(ids(&format!("lot,site,quantity\nL1,North,{same}\n")), one, "{same}");
        }
        assert_ne!(ids("lot,site,quantity\nL1,North,0.71 t\n"), one);
        assert_ne!(ids("lot,site,quantity\nL1,North,0.7 t dry\n"), one);
    }

    #[test]
    fn a_cell_that_cannot_be_read_is_named_by_line_and_column() {
        let flaws = |act, text| read(act, text).map(drop).expect_err("it is wrong");
        assert_eq!(
            flaws("draw", "lot,sit,quantity\nL1,North,5 t\n"),
            ["line 1, column `sit`: `draw` has no such field"]
        );
        assert_eq!(flaws("draw", "lot,site,quantity\nL1,,5 t\n"), ["line 2, column `site`: it is empty"]);
        let year = "owner,material,kind,year,quantity\nJP,NdPr,consumption,soon,5 t\n";
        assert_eq!(flaws("record_base", year), ["line 2, column `year`: `soon` is not a whole number"]);
        let two = flaws("draw", "lot,site,quantity\n,North,\n");
        assert_eq!(two.len(), 2, "all of it at once: {two:?}");
    }
}
