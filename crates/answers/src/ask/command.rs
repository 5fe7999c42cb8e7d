//! What became of a command.

use books::{CommandId, Outcome, Seq};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wire::date::show_moment;
use wire::verdict::{Outcome as Word, Verdict};

use crate::problem::Problem;
use crate::question::Question;
use crate::sight::Sight;
use crate::table::{Cell, Column, Kind, Table};
use crate::view::View;
use crate::wants::Wants;
use crate::why::Why;

/// What became of a command, by its id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Command {
    /// Its id, a UUID.
    pub id: String,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CommandAnswer {
    /// When it was recorded, RFC 3339.
    pub recorded_at: String,
    /// The verdict, as its sender got it.
    pub verdict: Verdict,
}

impl Question for Command {
    const NAME: &'static str = "command";
    const ABOUT: &'static str = "What became of a command, by its id: for a sender that lost its verdict.";
    type Answer = CommandAnswer;

    fn table(answer: &CommandAnswer) -> Table<'_> {
        let recorded = (Column::new("recorded_at", Kind::Moment), Cell::text(answer.recorded_at.as_str()));
        Table { beside: vec![recorded], ..Table::row(&answer.verdict) }
    }

    fn wants(&self, _: &dyn View) -> Result<Wants, Problem> {
        Ok(Wants::command(command_id(&self.id)?))
    }

    fn answer(&self, view: &dyn View) -> Result<CommandAnswer, Problem> {
        let id = command_id(&self.id)?;
        let sight = Sight::of(view);
        let found = match view.gathered().found() {
            Some(seq) => view.event(seq)?.map(|event| (seq, event)),
            None => None,
        };
        let (seq, event) = found
            .filter(|(_, event)| sight.sees_event(event))
            .ok_or_else(|| Problem::absent(Why::NoCommand { id: self.id.clone() }).of_field("id"))?;
        Ok(CommandAnswer {
            recorded_at: show_moment(event.recorded_at),
            verdict: verdict(seq, id, event.outcome.clone()),
        })
    }
}

fn verdict(seq: Seq, id: CommandId, outcome: Outcome) -> Verdict {
    match outcome {
        Outcome::Done(_) | Outcome::Moved(..) => Verdict { seq: Some(seq.0), ..Verdict::of(Word::Accepted, Some(id)) },
        Outcome::Held(_) => Verdict {
            message: Some("waits, or waited, for a checker who is not its maker".into()),
            hint: None,
            ..Verdict::held(id, seq)
        },
        Outcome::Refused(refused) => Verdict::refused(id, Some(seq), &refused),
    }
}

/// The id of a command from its text.
///
/// # Errors
/// When it is no UUID.
pub(crate) fn command_id(text: &str) -> Result<CommandId, Problem> {
    let id = uuid::Uuid::parse_str(text)
        .map_err(|_| Problem::bad_field("id", Why::NotAUuid { text: text.chars().take(64).collect() }))?;
    Ok(CommandId(id.into_bytes()))
}
