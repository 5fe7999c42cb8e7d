//! Where it comes from: the share of each country at a stage, and how concentrated that is.
//!
//! The Herfindahl-Hirschman index (HHI) is the sum of the squared shares in per cent: 10,000 is one country alone.
//! What has no known origin counts as a country of its own, `unknown`, so that silence never looks like diversity; the
//! lower bound of the index supposes the opposite. What no assay states in the common basis is left out and named.

use std::collections::BTreeMap;

use books::lot::NewLot;
use books::{AccountNo, Seq};
use measure::Basis;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contained::restate;
use crate::history::HistoryError;
use crate::position::PositionQuery;
use crate::sight::Sight;
use crate::view::View;

/// A step of the chain at which origin is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StageWord {
    /// Mined in.
    #[default]
    Mining,
    /// Separated in.
    Separation,
    /// Refined in.
    Refining,
    /// Made into alloy or goods in.
    Manufacturing,
}

impl StageWord {
    fn country(self, facts: &NewLot) -> Option<&String> {
        match self {
            Self::Mining => facts.origin.mined.as_ref(),
            Self::Separation => facts.origin.separated.as_ref(),
            Self::Refining => facts.origin.refined.as_ref(),
            Self::Manufacturing => facts.origin.manufactured.as_ref(),
        }
    }
}

/// One country's part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Share {
    /// Country, or `unknown`, or `recycled` for what was recovered.
    pub country: String,
    /// Share in per cent, cut to hundredths.
    pub percent: String,
    /// How much, in accounting units of the common basis, as decimal text.
    pub units: String,
}

/// Dependence by origin, of what is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Dependence {
    /// The step of the chain.
    pub stage: StageWord,
    /// Common basis.
    pub basis: String,
    /// By share, largest first.
    pub shares: Vec<Share>,
    /// Sum of squared shares in per cent, cut to whole numbers; `unknown` as one country.
    pub hhi: u32,
    /// The same with `unknown` spread over countries without number.
    pub hhi_min: u32,
    /// What is left out because no assay states it in the common basis.
    pub unstated: Vec<Unstated>,
}

/// Stock that no assay states in the common basis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unstated {
    /// The material.
    pub material: String,
    /// How much of it, with unit and basis.
    pub quantity: String,
}

/// The origin of what is held at sites, in transit and on loan.
///
/// # Errors
/// When the history cannot be read.
pub fn dependence(
    view: &dyn View,
    query: &PositionQuery,
    stage: StageWord,
    basis: Basis,
) -> Result<Dependence, HistoryError> {
    let books = view.books();
    let sight = Sight::of(view);
    let known_at: Seq = query.known_at.unwrap_or(books.head());
    let days = query.days(books, view.now());
    let mut sums: BTreeMap<String, i128> = BTreeMap::new();
    let mut unstated: BTreeMap<u32, i64> = BTreeMap::new();
    let mut scale = None;
    for (number, account) in (0u32..).zip(books.accounts()) {
        if !query.filter.takes(books, account, false) || !sight.sees_account(account) {
            continue;
        }
        let on_hand = view.at(AccountNo(number), days[account.key.owner.0 as usize], known_at)?.on_hand;
        if on_hand == 0 {
            continue;
        }
        let facts = &books.lots()[account.key.lot.0 as usize].facts;
        let material = &books.materials()[facts.material.0 as usize];
        // Elements and oxides add up across materials; net, gross, wet and dry weights of two materials do not.
        let kind = match basis {
            Basis::Reo | Basis::Contained(_) => None,
            _ => Some(facts.material),
        };
        let own_scale = (material.unit, material.decimals, kind);
        let restated = restate(books, account.key.lot, on_hand, basis, known_at);
        let Some(restated) = restated.filter(|_| *scale.get_or_insert(own_scale) == own_scale) else {
            *unstated.entry(facts.material.0).or_default() += on_hand;
            continue;
        };
        let country = match facts.source {
            books::lot::SourceKind::Recycled => "recycled".to_owned(),
            _ => stage.country(facts).cloned().unwrap_or_else(|| "unknown".to_owned()),
        };
        *sums.entry(country).or_default() += restated.units;
    }
    let total: i128 = sums.values().sum();
    let basis_points = |units: i128| if total == 0 { 0 } else { units * 10_000 / total };
    let mut parts: Vec<(String, i128)> = sums.into_iter().collect();
    parts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let hhi = |counts: &dyn Fn(&str) -> bool| {
        let counted = parts.iter().filter(|(country, _)| counts(country));
        let squares: i128 = counted.map(|(_, units)| basis_points(*units).pow(2)).sum();
        u32::try_from(squares / 10_000).unwrap_or(10_000)
    };
    let (hhi, hhi_min) = (hhi(&|_| true), hhi(&|country| country != "unknown"));
    let unstated = unstated
        .into_iter()
        .map(|(material, units)| {
            let code = books.materials()[material as usize].code.clone();
            Unstated { material: code, quantity: books.show(books::MaterialNo(material), units) }
        })
        .collect();
    let share = |(country, units): (String, i128)| {
        let share = basis_points(units);
        Share { country, percent: format!("{}.{:02}", share / 100, share % 100), units: units.to_string() }
    };
    let shares = parts.into_iter().map(share).collect();
    Ok(Dependence { stage, basis: basis.to_string(), shares, hhi, hhi_min, unstated })
}
