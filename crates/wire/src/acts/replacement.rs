//! What stands in the place of what a correction reverses: an act with its fields, as in a command, and its own day, with a time
//! where it states one.

use std::borrow::Cow;

use books::acts::correct::Replacement as Numbered;
use books::{Books, Rejection};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::form::Form;
use super::{Act, render};
use crate::command::Malformed;
use crate::date::show_day_and_time;
use crate::resolve::{Resolver, day_and_time};
use crate::typed::within;
use crate::unread::Unread;

/// `{"act": "deposit", "effective": "2026-01-02", "lot": "A", ...}`; without `effective` it is of the correction's day.
#[derive(Clone, Debug, PartialEq)]
pub struct Replacement {
    effective: Option<String>,
    act: Box<Act>,
}

impl Serialize for Replacement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = Map::new();
        map.insert("act".into(), self.act.word().into());
        if let Some(effective) = &self.effective {
            map.insert("effective".into(), effective.clone().into());
        }
        map.extend(self.act.to_map());
        map.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Replacement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut map: Map<String, Value> = Deserialize::deserialize(deserializer)?;
        let mut text = |field: &'static str| match map.remove(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(within(Malformed::field(field, Unread::NotText { field }))),
        };
        let word = text("act")?.ok_or_else(|| within(Malformed::field("act", Unread::Missing { field: "act" })))?;
        let effective = text("effective")?;
        let act = Act::from_map(&word, map).map_err(within)?;
        Ok(Self { effective, act: Box::new(act) })
    }
}

impl JsonSchema for Replacement {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Replacement")
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "An act with its fields, as in a command, and its own day in `effective`, with a time where it is known; that of the correction where absent.",
            "properties": { "act": { "type": "string" }, "effective": { "type": "string" } },
            "required": ["act"],
            "additionalProperties": true
        })
    }
}

impl Form<Numbered> for Replacement {
    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Numbered, Rejection> {
        let stated = self.effective.as_ref().map(|text| day_and_time("effective", text)).transpose()?;
        let (effective, time) = stated.unzip();
        Ok(Numbered { effective, time: time.flatten(), act: Act::resolve(&self.act, resolver)? })
    }

    fn render(numbered: &Numbered, books: &Books) -> Self {
        let effective = numbered.effective.map(|day| show_day_and_time(day, numbered.time));
        Self { effective, act: Box::new(render(&numbered.act, books)) }
    }
}
