//! How long the stock lasts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cover::{Cover as Line, cover};
use crate::position::{Filter, PositionQuery};
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{KnownAt, as_of};

/// How long the stock lasts, against need and goal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Cover {
    /// Which stock.
    #[serde(flatten)]
    pub filter: Filter,
    /// As of the end of this day, YYYY-MM-DD; each owner's own today where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// As known after this event, or at this time; now where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_at: Option<KnownAt>,
}

records! {
    /// How long the stock lasts.
    CoverAnswer {
        /// As known after this event.
        known_at: u64 as Event,
        /// One line for each material that has any stock, a need or a goal.
        materials: Vec<Line>,
    }
}

impl Question for Cover {
    const NAME: &'static str = "cover";
    const ABOUT: &'static str =
        "How long the stock lasts: days of cover against the need of a day, and shortfall against the goal.";
    type Answer = CoverAnswer;

    fn table(answer: &CoverAnswer) -> Table<'_> {
        Table::of(answer, &answer.materials)
    }

    fn wants(&self, _: &dyn View) -> Result<Wants, Problem> {
        Ok(Wants::nothing())
    }

    fn answer(&self, view: &dyn View) -> Result<CoverAnswer, Problem> {
        let known_at = KnownAt::optional(self.known_at.as_ref(), view)?;
        let as_of = as_of(self.as_of.as_ref())?;
        self.filter.check_known(view)?;
        let query = PositionQuery { filter: self.filter.clone(), as_of, known_at, ..PositionQuery::default() };
        let known_at = known_at.unwrap_or(view.books().head()).0;
        Ok(CoverAnswer { known_at, materials: cover(view, &query)? })
    }
}
