//! What is held: where, whose, in which form, what of it is free.

use measure::Basis;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::position::{Dimension, Filter, Position, PositionQuery, page};
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::table::{Column, Field as _, Kind, Table};
use crate::view::View;
use crate::wants::Wants;
use crate::when::{KnownAt, as_of};

/// Most lines in one answer: about 30 MB of memory while it is made.
pub(crate) const LINE_COUNT_MAX: u64 = 20_000;

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
    /// At most this many lines; 20,000 where absent, and at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// Go on behind a part of the answer: what it said as `next`. The rest of the question must be the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
}

records! {
    /// What is held.
    PositionsAnswer {
        /// As known after this event.
        known_at: u64 as Event,
        /// One line for each combination of what they are told apart by.
        positions: Vec<Position>,
        /// Where there are more lines: the `page` that goes on behind these.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        next: Option<String>,
    }
}

impl Question for Positions {
    const NAME: &'static str = "positions";
    const ABOUT: &'static str =
        "What is held: where, whose, in which form, what of it is free; as of a day, as known at a time.";
    type Answer = PositionsAnswer;

    fn table(answer: &PositionsAnswer) -> Table<'_> {
        let next = answer.next.clone().map(|next| ("page", next));
        let known_at = (Column::new("known_at", Kind::Event), answer.known_at.cell());
        Table { beside: vec![known_at], ..Table::lines(&answer.positions).page(None, next) }
    }

    fn wants(&self, _: &dyn View) -> Result<Wants, Problem> {
        Ok(Wants::nothing())
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
        let behind = self.page.as_ref().map(|page| serde_json::from_str::<Vec<String>>(page));
        let behind = behind.transpose().map_err(|_| {
            Problem::bad_field("page", "this is no page of `positions`")
                .hint("give what the part before said as `next`")
        })?;
        let limit = self.limit.unwrap_or(LINE_COUNT_MAX).clamp(1, LINE_COUNT_MAX);
        let (positions, next) = page(view, &query, behind.as_deref(), limit as usize)?;
        let next = next.map(|behind| serde_json::json!(behind).to_string());
        Ok(PositionsAnswer { known_at, positions, next })
    }
}

/// A basis from its text.
///
/// # Errors
/// When it is none.
pub(crate) fn basis(text: &str) -> Result<Basis, Problem> {
    Basis::parse(text).map_err(|error| Problem::bad_field("basis", error.to_string()))
}
