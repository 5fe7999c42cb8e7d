//! An event as a row: what was asked, what became of it, what it moved.
//!
//! The command and its consequences are trees, and a cell is a text: so `what` tells them in a line, as the act says. Who wants all of
//! it asks for JSON.

use serde_json::Value;
use wire::verdict::Verdict;
use wire::view::EventView;

use super::{Cell, Column, Field, Kind, Record};

impl Record for EventView {
    fn columns() -> Vec<Column> {
        vec![
            Column::new("seq", Kind::Event),
            Column::new("recorded_at", Kind::Moment),
            Column::new("effective", Kind::Day),
            Column::new("party", Kind::Code),
            Column::new("maker", Kind::Code).detail(),
            Column::new("act", Kind::Code),
            Column::new("lot", Kind::Code).detail(),
            Column::new("what", Kind::Text),
            Column::new("reason", Kind::Text).detail(),
            Column::new("outcome", Kind::Word("event")),
            Column::new("code", Kind::Code),
            Column::new("message", Kind::Text),
            Column::new("id", Kind::Code).detail(),
            Column::new("group", Kind::Event).detail(),
        ]
    }

    fn cells(&self) -> Vec<Cell<'_>> {
        let said = |field: &str| self.command.get(field).and_then(Value::as_str).map_or(Cell::Nothing, Cell::text);
        // A time of the day is no part of a column of days.
        let day = self.command.get("effective").and_then(Value::as_str);
        let day = day.map_or(Cell::Nothing, |day| Cell::text(day.get(..10).unwrap_or(day)));
        vec![
            self.seq.cell(),
            self.recorded_at.cell(),
            day,
            said("party"),
            said("maker"),
            said("act"),
            said("lot"),
            Cell::text(self.told().join("\n")),
            said("reason"),
            self.outcome.cell(),
            self.code.cell(),
            self.message.cell(),
            said("id"),
            self.group.as_ref().map_or(Cell::Nothing, |group| group.first.cell()),
        ]
    }
}

impl Field for EventView {
    const KIND: Kind = Kind::Records;

    fn cell(&self) -> Cell<'_> {
        Cell::Nothing
    }
}

impl Record for Verdict {
    fn columns() -> Vec<Column> {
        vec![
            Column::new("id", Kind::Code),
            Column::new("outcome", Kind::Word("verdict")),
            Column::new("seq", Kind::Event),
            Column::new("code", Kind::Code),
            Column::new("message", Kind::Text),
            Column::new("hint", Kind::Text),
            Column::new("retry", Kind::Word("retry")).detail(),
        ]
    }

    fn cells(&self) -> Vec<Cell<'_>> {
        let outcome = match self.outcome {
            wire::verdict::Outcome::Accepted => "accepted",
            wire::verdict::Outcome::Duplicate => "duplicate",
            wire::verdict::Outcome::Refused => "refused",
            wire::verdict::Outcome::Invalid => "invalid",
            wire::verdict::Outcome::Skipped => "skipped",
            wire::verdict::Outcome::Tried => "tried",
        };
        let Self { id, seq, code, message, hint, retry, facts: _, line: _, column: _, place: _, outcome: _ } = self;
        let retry = retry.map_or(Cell::Nothing, |retry| Cell::text(retry.word()));
        vec![id.cell(), Cell::text(outcome), seq.cell(), code.cell(), message.cell(), hint.cell(), retry]
    }
}
