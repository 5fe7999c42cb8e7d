//! What is held: where, whose, in which form, what of it is free.

use books::Seq;
use measure::{Basis, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::left_out::LeftOut;
use crate::page::{Behind, LINE_COUNT_MAX, LINES_A_STEP, Ready, digest};
use crate::position::{Dimension, Filter, Position, PositionQuery, page};
use crate::problem::{Problem, check_limit};
use crate::question::Question;
use crate::record::records;
use crate::table::{Column, Field as _, Kind, Table};
use crate::view::View;
use crate::wants::Wants;
use crate::when::{KnownAt, as_of};
use crate::why::Why;

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
    /// Say quantities in this unit, such as `bbl`, `m3` or `TJ`: where it measures something else than the material's own, by
    /// the factor that was set for the lot or the material.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Show the places outside the stock too: outside, processing, loss, count difference, ...
    pub all_places: bool,
    /// Show positions of nothing.
    pub empty: bool,
    /// At most this many lines, and at least 1; 20,000 where absent, and at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// Go on behind a part of the answer: what it said as `next`. The rest of the question must be the same; the state of
    /// knowledge and the day are those of the first part.
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
        /// Are there lines in a basis of their own, because no assay states their lots as asked? Absent where there are none.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        in_own_basis: bool,
        /// Are there lines in a unit of their own, because no factor joins it to the one asked for? Absent where there are none.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        in_own_unit: bool,
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
        let in_own_basis = answer.in_own_basis.then_some(LeftOut::OwnBasis);
        let in_own_unit = answer.in_own_unit.then_some(LeftOut::OwnUnit);
        let stays = in_own_basis.into_iter().chain(in_own_unit);
        let lines = Table::lines(&answer.positions).page(None, next).left_out(stays);
        Table { beside: vec![known_at], ..lines }
    }

    /// Many lines are made in steps, all of one state of knowledge.
    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        let limit = self.limit.unwrap_or(LINE_COUNT_MAX).min(LINE_COUNT_MAX);
        if limit <= LINES_A_STEP {
            return Ok(Wants::nothing());
        }
        let known_at = KnownAt::optional(self.known_at.as_ref(), view)?;
        let (mut part, mut left) = (self.clone(), limit);
        check_limit(self.limit)?;
        Ok(Wants::steps(move |ready: &mut Ready<PositionsAnswer>, view| {
            part.limit = Some(left.min(LINES_A_STEP));
            let next = part.part(view, known_at)?;
            if view.is_short() {
                return Ok(true);
            }
            part.page.clone_from(&next.next);
            // Several bases may stand for one combination: a step can be longer than it was to be.
            left = left.saturating_sub(next.positions.len() as u64);
            let goes_on = next.next.is_some() && left > 0;
            ready.add(next, |ready, next| {
                ready.positions.extend(next.positions);
                ready.in_own_basis |= next.in_own_basis;
                ready.in_own_unit |= next.in_own_unit;
                ready.next = next.next;
            });
            Ok(goes_on)
        }))
    }

    fn answer(&self, view: &dyn View) -> Result<PositionsAnswer, Problem> {
        match view.gathered().folded::<Ready<PositionsAnswer>>().and_then(Ready::take) {
            Some(ready) => Ok(ready),
            None => self.part(view, KnownAt::optional(self.known_at.as_ref(), view)?),
        }
    }
}

impl Positions {
    /// A part of the answer, as known after an event; as known now where there is none.
    fn part(&self, view: &dyn View, known_at: Option<Seq>) -> Result<PositionsAnswer, Problem> {
        check_limit(self.limit)?;
        let digest = digest(&Self { page: None, limit: None, ..self.clone() });
        let behind = self.page.as_ref().map(|text| Behind::read(text, &digest, view)).transpose()?;
        let known_at = match &behind {
            Some(Behind(known_at, ..)) => Some(Seq(*known_at)),
            None => known_at,
        };
        let at = behind.as_ref().map_or(view.now(), Behind::moment);
        let query = PositionQuery {
            as_of: as_of(self.as_of.as_ref())?,
            known_at,
            filter: self.filter.clone(),
            by: self.by.clone(),
            basis: self.basis.as_deref().map(basis).transpose()?,
            unit: self.unit.as_deref().map(unit).transpose()?,
            show_virtual: self.all_places,
            show_empty: self.empty,
        };
        self.filter.check_known(view)?;
        let known_at = known_at.unwrap_or(view.books().head()).0;
        let limit = self.limit.unwrap_or(LINE_COUNT_MAX).min(LINE_COUNT_MAX);
        let key = behind.as_ref().map(|Behind(.., key)| key.as_slice());
        let (positions, next) = page(view, &query, at, key, limit as usize)?;
        let next = next.map(|key| Behind(known_at, query.since(view.books(), at).0, digest, key).text());
        let asked = query.basis.map(|basis| basis.to_string());
        let in_own_basis = asked.is_some_and(|asked| positions.iter().any(|position| position.basis != asked));
        let unit = query.unit.map(|unit| unit.to_string());
        let in_own_unit = unit.is_some_and(|unit| positions.iter().any(|position| position.unit != unit));
        Ok(PositionsAnswer { known_at, positions, in_own_basis, in_own_unit, next })
    }
}

/// A unit from its text.
fn unit(text: &str) -> Result<Unit, Problem> {
    Unit::parse(text)
        .map_err(|error| Problem::bad_field("unit", Why::NotAUnit { problem: wire::of_unit(text, &error) }))
}

/// A basis from its text.
///
/// # Errors
/// When it is none.
pub(crate) fn basis(text: &str) -> Result<Basis, Problem> {
    Basis::parse(text)
        .map_err(|error| Problem::bad_field("basis", Why::Value { problem: wire::of_basis(text, &error) }))
}
