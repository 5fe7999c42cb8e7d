//! The history in forms that other programs read: events and commands as JSON lines, postings as CSV, and a journal of
//! hledger, so that a program that nobody here wrote adds up our balances.

use books::{AccountNo, Books, Event, Outcome, Seq};
use measure::Quantity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wire::date::{show_day, show_moment};
use wire::value::show_number;
use wire::view::command_of;

use answers::{HistoryError, Sight, View};

use crate::columns::{Column, Holds, Value};
use crate::parquet_table::ParquetTable;

/// What can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Exported {
    /// Every event, one JSON object a line.
    Events,
    /// Every accepted command, one JSON object a line, as it can be posted to another ledger.
    Commands,
    /// Every leg of every entry, as CSV.
    Postings,
    /// Every entry as a transaction of hledger.
    Journal,
    /// Every leg of every entry, as a Parquet file.
    Parquet,
}

/// An export on its way: what is written in the order begin, event by event, end.
pub struct Export {
    form: Exported,
    table: Option<ParquetTable>,
}

/// Columns of postings in Parquet. `change` is a whole number of `1 / 10^decimals` of `unit`, as the books count.
const LEGS: [(&str, Holds); 12] = [
    ("seq", Holds::Long),
    ("recorded_at", Holds::Moment),
    ("effective", Holds::Day),
    ("act", Holds::Text),
    ("lot", Holds::Text),
    ("material", Holds::Text),
    ("owner", Holds::Text),
    ("place", Holds::Text),
    ("change", Holds::Long),
    ("unit", Holds::Text),
    ("decimals", Holds::Int),
    ("basis", Holds::Text),
];

/// Columns of postings.
const COLUMNS: [&str; 11] =
    ["seq", "recorded_at", "effective", "act", "lot", "material", "owner", "place", "change", "unit", "basis"];

impl Exported {
    /// All of them, with their words.
    pub const WORDS: [(&'static str, Self); 5] = [
        ("events", Self::Events),
        ("commands", Self::Commands),
        ("postings", Self::Postings),
        ("journal", Self::Journal),
        ("parquet", Self::Parquet),
    ];

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Events | Self::Commands => "application/x-ndjson",
            Self::Postings => "text/csv; charset=utf-8; header=present",
            Self::Journal => "text/plain; charset=utf-8",
            Self::Parquet => crate::PARQUET,
        }
    }

    /// Begins to write: what stands before the first event.
    ///
    /// # Errors
    /// Never, unless the form itself is at fault.
    pub fn begin(self, out: &mut Vec<u8>) -> Result<Export, HistoryError> {
        match self {
            Self::Events | Self::Commands | Self::Parquet => {}
            Self::Postings => out.extend_from_slice((COLUMNS.join(",") + "\n").as_bytes()),
            Self::Journal => out.extend_from_slice(
                b"; Accounts are place:owner:lot; what a lot loses somewhere it gains elsewhere.\ndecimal-mark .\n\n",
            ),
        }
        let columns = LEGS.map(|(name, holds)| Column { name: name.into(), holds, is_required: true });
        let table = (self == Self::Parquet).then(|| ParquetTable::new("postings", &columns, &[])).transpose();
        Ok(Export { form: self, table: table.map_err(unwritten)? })
    }
}

impl Export {
    /// Ends it: what stands behind the last event.
    ///
    /// # Errors
    /// See [`Exported::begin`].
    pub fn end(self, out: &mut Vec<u8>) -> Result<(), HistoryError> {
        if let Some(table) = self.table {
            out.extend(table.end().map_err(unwritten)?);
        }
        Ok(())
    }

    /// Writes what an event adds, of what is seen.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn event(
        &mut self,
        view: &dyn View,
        sight: &Sight<'_>,
        seq: Seq,
        event: &Event,
        out: &mut Vec<u8>,
    ) -> Result<(), HistoryError> {
        let books = view.books();
        match self.form {
            Exported::Events => {
                if let Some(shown) = sight.show(seq, event) {
                    line(&shown, out)?;
                }
            }
            Exported::Commands => match &event.outcome {
                // Opening is not a command that anybody can post, and a refusal would only be refused again.
                Outcome::Done(books::Act::Open(_)) | Outcome::Refused(_) => {}
                _ if !sight.sees_party(event.party) => {}
                _ => line(&by_id(command_of(event, books), view), out)?,
            },
            Exported::Postings => postings(books, sight, seq, event, out).map_err(unwritten)?,
            Exported::Journal => journal(books, sight, seq, event, out),
            Exported::Parquet => {
                for leg in parquet_legs(books, sight, seq, event) {
                    let Some(table) = &mut self.table else { break };
                    out.extend(table.push(leg).map_err(unwritten)?);
                }
            }
        }
        Ok(())
    }
}

fn unwritten(error: impl std::error::Error + Send + Sync + 'static) -> HistoryError {
    HistoryError(Box::new(error))
}

/// The legs of an event as rows of [`LEGS`].
fn parquet_legs<'e>(
    books: &'e Books,
    sight: &'e Sight<'_>,
    seq: Seq,
    event: &'e Event,
) -> impl Iterator<Item = [Value<'e>; 12]> + 'e {
    legs(books, sight, event).map(move |(account, units, day)| {
        let key = books.account(account).key;
        let lot = &books.lot(key.lot).facts;
        let material = books.material(lot.material);
        let text = |code: &'e str| Value::Text(code.into());
        [
            Value::Long(seq.0.cast_signed()),
            Value::Long(event.recorded_at.0.cast_signed()),
            Value::Int(day.0),
            text(event.outcome.word().unwrap_or_default()),
            text(&lot.code),
            text(&material.code),
            text(books.party_code(key.owner)),
            text(books.place_code(key.place)),
            Value::Long(units),
            Value::Text(material.unit.to_string().into()),
            Value::Int(i32::from(material.decimals)),
            Value::Text(material.basis.to_string().into()),
        ]
    })
}

fn line(value: &impl Serialize, out: &mut Vec<u8>) -> Result<(), HistoryError> {
    serde_json::to_writer(&mut *out, value).map_err(|error| HistoryError(Box::new(error)))?;
    out.push(b'\n');
    Ok(())
}

type Command = serde_json::Map<String, serde_json::Value>;

/// A command that names an event names it by its command's id: elsewhere the event has another number.
fn by_id(mut command: Command, view: &dyn View) -> Command {
    for field in ["reverses", "held"] {
        let seq = command.get(field).and_then(serde_json::Value::as_u64);
        if let Some(event) = seq.and_then(|seq| view.event(Seq(seq)).ok().flatten()) {
            command.insert(field.into(), uuid::Uuid::from_bytes(event.id.0).to_string().into());
        }
    }
    command
}

/// The legs of an event that are seen: account, change in accounting units, day.
fn legs<'e>(
    books: &'e Books,
    sight: &'e Sight<'_>,
    event: &'e Event,
) -> impl Iterator<Item = (AccountNo, i64, books::Day)> + 'e {
    let is_done = event.outcome.is_done();
    let entries = event.entries.iter().filter(move |_| is_done);
    entries.flat_map(move |entry| {
        let units = Quantity::units(entry.quantity);
        let day = entry.day.unwrap_or(event.effective);
        let legs = [(entry.source, -units, day), (entry.target, units, day)];
        legs.into_iter().filter(move |(account, _, _)| sight.sees_account(books.account(*account)))
    })
}

/// One line for each leg of each entry: what double-entry programs and spreadsheets want.
fn postings(books: &Books, sight: &Sight<'_>, seq: Seq, event: &Event, out: &mut Vec<u8>) -> Result<(), csv::Error> {
    let mut writer = csv::WriterBuilder::new().buffer_capacity(512).from_writer(out);
    for (account, units, day) in legs(books, sight, event) {
        let key = books.account(account).key;
        let lot = &books.lot(key.lot).facts;
        let material = books.material(lot.material);
        writer.write_record([
            &seq.to_string(),
            &show_moment(event.recorded_at),
            &show_day(day),
            event.outcome.word().unwrap_or_default(),
            &lot.code,
            &material.code,
            books.party_code(key.owner),
            books.place_code(key.place),
            &show_number(material, units),
            &material.shown.to_string(),
            &material.basis.to_string(),
        ])?;
    }
    writer.flush()?;
    Ok(())
}

/// A transaction of hledger for each day that an event writes on; each of them is zero for each lot.
fn journal(books: &Books, sight: &Sight<'_>, seq: Seq, event: &Event, out: &mut Vec<u8>) {
    let mut days: Vec<books::Day> = Vec::new();
    for (_, _, day) in legs(books, sight, event) {
        if !days.contains(&day) {
            days.push(day);
        }
    }
    let word = event.outcome.word().unwrap_or_default();
    for day in days {
        let mut text = format!("{} ({seq}) {word}  ; recorded:{}\n", show_day(day), show_moment(event.recorded_at));
        for (account, units, _) in legs(books, sight, event).filter(|(_, _, on)| *on == day) {
            let key = books.account(account).key;
            let lot = &books.lot(key.lot).facts;
            let material = books.material(lot.material);
            let place = books.place(key.place);
            // hledger groups accounts by their first word: what is held, and everything outside.
            let top = if place.is_real() { "assets" } else { "equity" };
            text += &format!(
                "    {top}:{}:{}:{}  {} \"{}\"\n",
                name(place.code()),
                name(books.party_code(key.owner)),
                name(&lot.code),
                show_number(material, units),
                commodity(&material.code, &material.shown.to_string()),
            );
        }
        // Another party's leg is not shown: the part that is seen is balanced against it.
        if !sight.is_full() {
            text += "    equity:others\n";
        }
        text.push('\n');
        out.extend_from_slice(text.as_bytes());
    }
}

/// A code as a part of an account's name: hledger ends a name at two spaces, a part at a colon and a line at a semicolon.
fn name(code: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '+');
    code.chars().map(|c| if plain(c) { c.to_string() } else { escaped(c) }).collect()
}

fn escaped(c: char) -> String {
    let mut bytes = [0; 4];
    c.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// A commodity: a material in its unit, in quotes, which it cannot contain itself.
fn commodity(material: &str, unit: &str) -> String {
    format!("{} {unit}", material.replace('"', "%22").replace([';', '\n'], " "))
}
