//! A command as its sender writes it: one JSON object, flat, with the act's fields beside id, party and date.
//!
//! `{"id": "…", "party": "JOGMEC", "effective": "2026-03-10", "act": "draw", "lot": "L1", "site": "Ibaraki", "quantity": "60 t"}`

mod plain;

use books::{Books, CommandId, Kind, PartyNo, Rejection, TimeOfDay};
use serde_json::{Map, Value};
use uuid::Uuid;
use words::{Say, Saying};

use crate::acts::Act;
use crate::date::{parse_day_and_time, show_day_and_time};
use crate::limits::COMMAND_BYTES_MAX;
use crate::nearest::nearest;
use crate::resolve::{Resolver, unknown};
use crate::strict::{self, Texts};
use crate::typed::{self, Misread};
use crate::unread::Unread;

/// A command by codes.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// Identity chosen by the sender.
    pub id: CommandId,
    /// Code of the party that asks.
    pub party: String,
    /// The person who asks.
    pub maker: Option<String>,
    /// The party's own day.
    pub effective: books::Day,
    /// The time of that day, where it is stated: `effective` is then `YYYY-MM-DDTHH:MM`.
    pub time: Option<TimeOfDay>,
    /// What is asked.
    pub act: Act,
}

/// The text is no command. Nothing of it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The id, where it could be read.
    pub id: Option<String>,
    /// The field, where one is to blame.
    pub field: Option<String>,
    /// Stable code.
    pub code: &'static str,
    /// What is wrong, and what to do next.
    pub saying: Box<Saying>,
}

impl Malformed {
    /// No field is to blame.
    #[must_use]
    pub fn whole(why: impl Say) -> Self {
        Self { id: None, field: None, code: why.code(), saying: Box::new(why.saying()) }
    }

    /// A field is to blame: it stands before the sentence.
    pub(crate) fn field(field: &str, unread: Unread) -> Self {
        let Self { id, code, saying, .. } = Self::whole(unread);
        Self { id, code, saying: Box::new(saying.within(field)), field: Some(field.to_owned()) }
    }

    /// A text that is no JSON, or a value of it that cannot stand.
    pub(crate) fn misread(misread: Misread) -> Self {
        let (code, field, saying) = misread.said("said-command_schema");
        Self { id: None, field, code, saying: Box::new(saying) }
    }

    pub(crate) fn too_large(bytes: usize) -> Self {
        Self::whole(Unread::TooLarge { count: bytes, most: COMMAND_BYTES_MAX })
    }

    pub(crate) fn effective(fault: books::Fault) -> Self {
        Self::field("effective", Unread::Value { problem: fault })
    }

    pub(crate) fn maker() -> Self {
        Self::field("maker", Unread::NotAName)
    }

    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// What to do next, in English.
    #[must_use]
    pub fn hint(&self) -> String {
        words::english().tell(&self.saying).hint
    }

    /// One sentence, with the field, in English.
    #[must_use]
    pub fn message(&self) -> String {
        words::english().tell(&self.saying).message
    }
}

impl Command {
    /// Reads a command from the bytes of one JSON object.
    ///
    /// # Errors
    /// Says which field is wrong and what to do.
    pub fn from_json(bytes: &[u8]) -> Result<Self, Malformed> {
        if bytes.len() > COMMAND_BYTES_MAX {
            return Err(Malformed::too_large(bytes.len()));
        }
        if let Some(command) = plain::read(bytes) {
            return Ok(command);
        }
        let value = strict::read(bytes, Texts::OF_COMMANDS).map_err(Malformed::misread)?;
        let Value::Object(map) = value else {
            return Err(Malformed::whole(Unread::NotAnObject));
        };
        let id = map.get("id").and_then(Value::as_str).map(|id| id.chars().take(64).collect());
        Self::from_map(map).map_err(|malformed| Malformed { id, ..malformed })
    }

    fn from_map(mut map: Map<String, Value>) -> Result<Self, Malformed> {
        let id = take_text(&mut map, "id")?;
        let id = Uuid::parse_str(&id)
            .map_err(|_| Malformed::field("id", Unread::NotAnId { text: id.chars().take(64).collect() }))?;
        let party = take_text(&mut map, "party")?;
        let maker = match map.remove("maker") {
            None | Some(Value::Null) => None,
            Some(Value::String(maker)) if !maker.is_empty() && maker.len() <= books::limits::TEXT_BYTES_MAX => {
                Some(maker)
            }
            Some(_) => return Err(Malformed::maker()),
        };
        let effective = take_text(&mut map, "effective")?;
        let (effective, time) = parse_day_and_time(&effective).map_err(Malformed::effective)?;
        let word = take_text(&mut map, "act")?;
        let act = Act::from_map(&word, map)?;
        Ok(Self { id: CommandId(id.into_bytes()), party, maker, effective, time, act })
    }

    /// The command as JSON, every default written out.
    #[must_use]
    pub fn to_json(&self) -> Map<String, Value> {
        let mut map = Map::new();
        map.insert("id".into(), Uuid::from_bytes(self.id.0).to_string().into());
        map.insert("party".into(), self.party.clone().into());
        if let Some(maker) = &self.maker {
            map.insert("maker".into(), maker.clone().into());
        }
        map.insert("effective".into(), show_day_and_time(self.effective, self.time).into());
        map.insert("act".into(), self.act.word().into());
        map.extend(self.act.to_map());
        map
    }

    /// The command as one line of JSON.
    #[must_use]
    pub fn to_text(&self) -> String {
        Value::Object(self.to_json()).to_string()
    }

    /// Who asks, if it is a party of the ledger.
    ///
    /// # Errors
    /// `unknown_party`.
    pub fn resolve_party(&self, books: &Books) -> Result<PartyNo, Rejection> {
        books.party_no(&self.party).ok_or_else(|| unknown(Kind::Party, &self.party))
    }

    /// The command by the ledger's numbers.
    ///
    /// # Errors
    /// The first code that names nothing, or value that cannot stand; to a party whose role may not ask for such an act at
    /// all, that and nothing about its codes.
    pub fn resolve(&self, books: &Books) -> Result<books::Command, Rejection> {
        let party = self.resolve_party(books)?;
        let act = self.act.resolve(&Resolver { books, party });
        let act = act.map_err(|unread| books.may_ask(party, self.act.word()).err().unwrap_or(unread))?;
        let (maker, time) = (self.maker.clone(), self.time);
        Ok(books::Command { id: self.id, party, maker, effective: self.effective, time, act, by: None })
    }
}

fn take_text(map: &mut Map<String, Value>, field: &'static str) -> Result<String, Malformed> {
    match map.remove(field) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(Malformed::field(field, Unread::NotText { field })),
        None => Err(Malformed::field(field, Unread::Missing { field })),
    }
}

pub(crate) fn read_act<T: serde::de::DeserializeOwned>(map: Map<String, Value>) -> Result<T, Malformed> {
    typed::read(Value::Object(map)).map_err(Malformed::misread)
}

pub(crate) fn unknown_act(word: &str) -> Malformed {
    let meant = nearest(word, Act::WORDS.iter().copied()).unwrap_or("none").to_owned();
    Malformed::field("act", Unread::NoAct { text: word.chars().take(64).collect(), meant })
}
