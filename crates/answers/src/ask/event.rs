//! One event.

use books::Seq;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wire::view::EventView;

use super::command::command_id;
use crate::problem::Problem;
use crate::question::Question;
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::why::Why;

/// One event, by its number or by the id of its command.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Event {
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// The id of its command, a UUID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

impl Question for Event {
    const NAME: &'static str = "event";
    const ABOUT: &'static str = "One event, by its number or by the id of its command.";
    type Answer = EventView;

    fn table(answer: &EventView) -> Table<'_> {
        Table::row(answer)
    }

    fn wants(&self, _: &dyn View) -> Result<Wants, Problem> {
        match (self.seq, &self.id) {
            (Some(seq), None) => Ok(Wants::events([Seq(seq)])),
            (None, Some(id)) => Ok(Wants::command(command_id(id)?)),
            _ => Err(Problem::bad_field("seq", Why::OneEvent)),
        }
    }

    fn answer(&self, view: &dyn View) -> Result<EventView, Problem> {
        let head = view.books().head();
        let (seq, why) = match (self.seq, &self.id) {
            (Some(seq), None) => (Some(Seq(seq)), Why::NoEvent { event: seq, head }),
            (None, Some(id)) => (view.gathered().found(), Why::NoEventOf { id: id.clone(), head }),
            _ => return Err(Problem::bad_field("seq", Why::OneEvent)),
        };
        let found = match seq {
            Some(seq) => view.event(seq)?.and_then(|event| Sight::of(view).show(seq, event)),
            None => None,
        };
        // What the asker may not see looks like what is not there: its existence is part of the secret.
        found.ok_or_else(|| Problem::absent(why).of_field(if self.id.is_some() { "id" } else { "seq" }))
    }
}
