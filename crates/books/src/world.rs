//! Figures of the world: who imports how much from where, who makes, refines and has how much, year by year, as somebody
//! published it. They are told and never counted: no stock stands on them.

use measure::Quantity;

use crate::books::facts::Facts;
use crate::comparing::{Rule, Says};
use crate::material::Stage;
use crate::number::{MaterialNo, PartyNo};

/// What a figure is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum FigureOf {
    /// What comes in.
    #[n(0)]
    Imports,
    /// What goes out.
    #[n(1)]
    Exports,
    /// What is mined, or made.
    #[n(2)]
    Production,
    /// What is refined.
    #[n(3)]
    Refining,
    /// What is used.
    #[n(4)]
    Consumption,
    /// What lies in the ground.
    #[n(5)]
    Reserves,
}

/// A figure of a year.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct WorldFigure {
    /// What it is of.
    #[n(0)]
    pub of: FigureOf,
    /// Whose; the world's where absent.
    #[n(1)]
    pub party: Option<PartyNo>,
    /// Of which material.
    #[n(2)]
    pub material: MaterialNo,
    /// At which stage, where it is of one.
    #[n(3)]
    pub stage: Option<Stage>,
    /// The country that it comes from or goes to, is made or lies in; of all together where absent.
    #[n(4)]
    pub country: Option<String>,
    /// The calendar year.
    #[n(5)]
    pub year: u16,
    /// How much, in accounting units.
    #[n(6)]
    pub quantity: Quantity,
    /// Who published it.
    #[n(7)]
    pub source: String,
}

/// What one figure is of: a later one of the same takes its place.
pub(crate) type Key<'f> = (FigureOf, Option<PartyNo>, MaterialNo, Option<Stage>, Option<&'f str>, u16);

impl WorldFigure {
    pub(crate) fn key(&self) -> Key<'_> {
        (self.of, self.party, self.material, self.stage, self.country.as_deref(), self.year)
    }
}

impl<'b> Facts<'b> {
    /// The figures in force on the day, each with what recorded it, in the order of recording.
    #[must_use]
    pub fn world_figures(self) -> Vec<(&'b Rule, &'b WorldFigure)> {
        let told = |rule: &'b Rule| if let Says::Figure(figure) = &rule.says { Some((rule, figure)) } else { None };
        let mut found: Vec<_> = self.rules().into_iter().filter_map(told).collect();
        found.sort_by_key(|(rule, _)| rule.seq);
        found
    }
}
