//! Which countries the stock comes from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::positions::basis;
use crate::dependence::{Dependence as DependenceAnswer, StageWord, dependence};
use crate::left_out::LeftOut;
use crate::position::{Filter, PositionQuery};
use crate::problem::Problem;
use crate::question::Question;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{KnownAt, as_of};

/// Which countries the stock comes from, and how concentrated that is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Dependence {
    /// Which stock.
    #[serde(flatten)]
    pub filter: Filter,
    /// Step of the chain: mining where absent.
    pub stage: StageWord,
    /// Common basis: REO, contained:Nd, net, ...; REO where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
    /// As of the end of this day, YYYY-MM-DD; each owner's own today where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// As known after this event, or at this time; now where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_at: Option<KnownAt>,
}

impl Question for Dependence {
    const NAME: &'static str = "dependence";
    const ABOUT: &'static str =
        "Which countries the stock comes from at a stage of the chain, and how concentrated that is.";
    type Answer = DependenceAnswer;

    fn table(answer: &DependenceAnswer) -> Table<'_> {
        let unstated = answer.unstated.iter().map(|unstated| {
            let (quantity, material) = (unstated.quantity.to_string(), unstated.material.clone());
            LeftOut::Unstated { quantity, material, basis: answer.basis.clone() }
        });
        Table::of(answer, &answer.shares).left_out(unstated)
    }

    fn wants(&self, _: &dyn View) -> Result<Wants, Problem> {
        Ok(Wants::nothing())
    }

    fn answer(&self, view: &dyn View) -> Result<DependenceAnswer, Problem> {
        let known_at = KnownAt::optional(self.known_at.as_ref(), view)?;
        let as_of = as_of(self.as_of.as_ref())?;
        let basis = basis(self.basis.as_deref().unwrap_or("REO"))?;
        self.filter.check_known(view)?;
        let query = PositionQuery { filter: self.filter.clone(), as_of, known_at, ..PositionQuery::default() };
        Ok(dependence(view, &query, self.stage, basis)?)
    }
}
