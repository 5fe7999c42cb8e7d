//! What is registered, and what is open.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::listing::{Listed, list};
use crate::problem::Problem;
use crate::question::Question;
use crate::table::{Cell, Column, Kind, Table};
use crate::then;
use crate::view::View;
use crate::wants::Wants;
use crate::when::KnownAt;

/// What is registered, and what is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct List {
    /// What to list.
    pub what: Listed,
    /// As known at this event, or this time; as known now where absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub known_at: Option<KnownAt>,
}

/// What is registered or open, in the order of registration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListAnswer {
    /// What is listed; an answer of an older release does not say it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub what: Option<Listed>,
    /// One object for each; its fields are those of its kind.
    pub lines: Vec<Map<String, Value>>,
}

impl Question for List {
    const NAME: &'static str = "list";
    const ABOUT: &'static str =
        "What is registered and what is open: parties, materials, sites, lots, encumbrances, ...";
    type Answer = ListAnswer;

    fn table(answer: &ListAnswer) -> Table<'_> {
        let columns = answer.what.map(Listed::columns).unwrap_or_default();
        let shown = columns.clone();
        Table::new(shown, answer.lines.iter().map(move |line| cells(&columns, line)))
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        then::wants(view, self.known_at.as_ref())
    }

    fn answer(&self, view: &dyn View) -> Result<ListAnswer, Problem> {
        then::answer(view, self.known_at.as_ref(), |view| {
            Ok(ListAnswer { what: Some(self.what), lines: list(view, self.what) })
        })
    }
}

fn cells<'a>(columns: &[Column], line: &'a Map<String, Value>) -> Vec<Cell<'a>> {
    let cell = |column: &Column| match line.get(&*column.name) {
        None | Some(Value::Null) => Cell::Nothing,
        Some(Value::String(text)) if column.kind == Kind::Number => Cell::number(text.as_str()),
        Some(Value::String(text)) => Cell::text(text.as_str()),
        Some(Value::Bool(flag)) => Cell::Flag(*flag),
        Some(value) => Cell::text(value.to_string()),
    };
    columns.iter().map(cell).collect()
}
