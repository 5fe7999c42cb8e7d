//! An event as JSON for people and programs: the command as it was asked, its outcome, and its consequences by name.

use books::person::Credential;
use books::{AccountKey, AccountNo, Books, Event, LotNo, Outcome, Seq};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::acts::words::EncumbranceKind;
use crate::date::{show_day, show_moment};
use crate::verdict::facts;
use crate::{Command, acts, value};

/// An event by codes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct EventView {
    /// Place in the log, from 1.
    pub seq: u64,
    /// When the ledger learned it, RFC 3339.
    pub recorded_at: String,
    /// `done`, `held` or `refused`.
    pub outcome: String,
    /// Code of a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What a refusal says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What a refusal is about, by name: what `message` is made of.
    #[serde(skip_serializing_if = "Map::is_empty", default)]
    pub facts: Map<String, Value>,
    /// The command.
    pub command: Map<String, Value>,
    /// By what it is known who asked: `token desk 2`, `key U...` or `person JOGMEC/1`; `claimed` where a maker is only named.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub known_by: Option<String>,
    /// Its place among commands that stood or fell together.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub group: Option<GroupView>,
    /// Every change of what lies where.
    pub entries: Vec<EntryView>,
    /// Every change of what is set aside.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub claims: Vec<ClaimView>,
}

/// A place among commands that stood or fell together: their events follow each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct GroupView {
    /// The event of the first of them.
    pub first: u64,
    /// How many they are.
    pub of: u32,
}

/// A change of what lies where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct EntryView {
    /// The lot.
    pub lot: String,
    /// Place and owner that lose it.
    pub source: AccountView,
    /// Place and owner that gain it.
    pub target: AccountView,
    /// How much, with unit and basis.
    pub quantity: String,
    /// Its day.
    pub day: String,
    /// The event of the count that it leaves where it was found.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub keeps: Option<u64>,
}

/// One end of an entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct AccountView {
    /// Where.
    pub place: String,
    /// Whose.
    pub owner: String,
}

/// A change of what is set aside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ClaimView {
    /// The encumbrance.
    pub encumbrance: String,
    /// What it is for.
    pub kind: EncumbranceKind,
    /// The lot.
    pub lot: String,
    /// Where it lies.
    pub place: String,
    /// More, or less (with a minus sign), with unit and basis.
    pub change: String,
    /// Its day.
    pub day: String,
}

/// Shows an event. The books are those of the event or later: a number never changes its meaning.
#[must_use]
pub fn show(seq: Seq, event: &Event, books: &Books) -> EventView {
    let lot_of = |lot: LotNo| books.lot(lot);
    let key = |account: AccountNo| books.account(account).key;
    let end = |key: AccountKey| AccountView {
        place: books.place_code(key.place).to_owned(),
        owner: books.party_code(key.owner).to_owned(),
    };
    let entries = event.entries.iter().map(|entry| {
        let (source, target) = (key(entry.source), key(entry.target));
        let lot = lot_of(source.lot);
        EntryView {
            lot: lot.facts.code.clone(),
            source: end(source),
            target: end(target),
            quantity: value::show_quantity(books.material(lot.facts.material), entry.quantity),
            day: show_day(entry.day.unwrap_or(event.effective)),
            keeps: entry.keeps.map(|count| count.0),
        }
    });
    let claims = event.claims.iter().map(|claim| {
        let key = key(claim.account);
        let lot = lot_of(key.lot);
        ClaimView {
            encumbrance: books.encumbrance_code(claim.encumbrance).to_owned(),
            kind: claim.kind.into(),
            lot: lot.facts.code.clone(),
            place: books.place_code(key.place).to_owned(),
            change: books.show(lot.facts.material, claim.delta),
            day: show_day(claim.day.unwrap_or(event.effective)),
        }
    });
    let (outcome, refused) = match &event.outcome {
        Outcome::Done(_) | Outcome::Moved(..) => ("done", None),
        Outcome::Held(_) => ("held", None),
        Outcome::Refused(refused) => ("refused", Some(refused)),
    };
    EventView {
        seq: seq.0,
        recorded_at: show_moment(event.recorded_at),
        outcome: outcome.into(),
        code: refused.map(|refused| refused.code.clone()),
        message: refused.map(|refused| words::refused(refused).message),
        facts: refused.and_then(|refused| refused.facts.as_ref()).map(facts).unwrap_or_default(),
        command: command_of(event, books),
        known_by: known_by(event, books),
        group: event.together.map(|it| GroupView { first: seq.0 - u64::from(it.place), of: it.of }),
        entries: entries.collect(),
        claims: claims.collect(),
    }
}

/// By what it is known who asked.
fn known_by(event: &Event, books: &Books) -> Option<String> {
    match &event.by {
        Some(Credential::Token(name)) => Some(format!("token {name}")),
        Some(Credential::Key(key)) => Some(format!("key {key}")),
        Some(Credential::Person(person)) => Some(format!("person {}", books.person(*person).code)),
        None => event.maker.as_ref().map(|_| "claimed".to_owned()),
    }
}

/// The command an event answers, as JSON by codes.
#[must_use]
pub fn command_of(event: &Event, books: &Books) -> Map<String, Value> {
    let act = match (&event.outcome, event.act(books)) {
        (_, Some(act)) => act,
        (Outcome::Refused(refused), _) => {
            return match serde_json::from_str(&refused.command) {
                Ok(Value::Object(map)) => map,
                _ => Map::new(),
            };
        }
        (_, None) => unreachable!("only a refusal keeps its command as text"),
    };
    let command = Command {
        id: event.id,
        party: books.party_code(event.party).to_owned(),
        maker: event.maker.clone(),
        effective: event.effective,
        time: event.time,
        act: acts::render(&act, books),
    };
    command.to_json()
}
