//! Where a lot came from, and what became of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::problem::Problem;
use crate::question::Question;
use crate::sight::Sight;
use crate::table::Table;
use crate::then;
use crate::trace::{Trace as TraceAnswer, trace};
use crate::view::View;
use crate::wants::Wants;
use crate::when::KnownAt;

/// Where a lot came from, and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Trace {
    /// The lot.
    pub lot: String,
    /// Towards what it was made from; both ways where neither is said.
    #[serde(default)]
    pub up: bool,
    /// Towards what was made from it.
    #[serde(default)]
    pub down: bool,
    /// As known at this event, or this time; as known now where absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub known_at: Option<KnownAt>,
}

impl Question for Trace {
    const NAME: &'static str = "trace";
    const ABOUT: &'static str =
        "Where a lot came from, and what became of it: its whole ancestry and everything made from it.";
    type Answer = TraceAnswer;

    fn table(answer: &TraceAnswer) -> Table<'_> {
        Table::of(answer, &answer.links)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        then::wants(view, self.known_at.as_ref())
    }

    fn answer(&self, view: &dyn View) -> Result<TraceAnswer, Problem> {
        then::answer(view, self.known_at.as_ref(), |view| {
            let lot = Sight::of(view).lot(&self.lot)?;
            let both = self.up == self.down;
            Ok(trace(view, lot, self.up || both, self.down || both))
        })
    }
}
