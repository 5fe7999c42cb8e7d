//! What is held: where, whose, in which form, what of it is free.

use measure::Basis;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::position::{Dimension, Filter, Position, PositionQuery, positions};
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::table::Table;
use crate::view::View;
use crate::when::{KnownAt, as_of};

/// What is held: where, whose, in which form, what of it is free.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Positions {
    /// Which stock.
    #[serde(flatten)]
    pub filter: Filter,
    /// Tell apart by these; by party, site, material, form and lot where empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<Dimension>,
    /// As of the end of this day, YYYY-MM-DD; each owner's own today where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// As known after this event, or at this time; now where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_at: Option<KnownAt>,
    /// Restate in this basis by each lot's assay: REO, contained:Nd, ...
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
    /// Show the places outside the stock too: outside, processing, loss, count difference, ...
    pub all_places: bool,
    /// Show positions of nothing.
    pub empty: bool,
}

records! {
    /// What is held.
    PositionsAnswer {
        /// As known after this event.
        known_at: u64 as Event,
        /// One line for each combination of what they are told apart by.
        positions: Vec<Position>,
    }
}

impl Question for Positions {
    const NAME: &'static str = "positions";
    const ABOUT: &'static str =
        "What is held: where, whose, in which form, what of it is free; as of a day, as known at a time.";
    type Answer = PositionsAnswer;

    fn table(answer: &PositionsAnswer) -> Table<'_> {
        Table::of(answer, &answer.positions)
    }

    fn answer(&self, view: &dyn View) -> Result<PositionsAnswer, Problem> {
        let known_at = KnownAt::optional(self.known_at.as_ref(), view)?;
        let query = PositionQuery {
            as_of: as_of(self.as_of.as_ref())?,
            known_at,
            filter: self.filter.clone(),
            by: self.by.clone(),
            basis: self.basis.as_deref().map(basis).transpose()?,
            show_virtual: self.all_places,
            show_empty: self.empty,
        };
        self.filter.check_known(view.books())?;
        let known_at = known_at.unwrap_or(view.books().head()).0;
        Ok(PositionsAnswer { known_at, positions: positions(view, &query)? })
    }
}

/// A basis from its text.
///
/// # Errors
/// When it is none.
pub(crate) fn basis(text: &str) -> Result<Basis, Problem> {
    Basis::parse(text).map_err(|error| Problem::bad_field("basis", error.to_string()))
}
