//! Where it comes from: the share of each country at a stage, and how concentrated that is.
//!
//! The Herfindahl-Hirschman index (HHI) is the sum of the squared shares in per cent: 10,000 is one country alone.
//! What has no known origin counts as a country of its own, `unknown`, so that silence never looks like diversity; the
//! lower bound of the index supposes the opposite. What no assay states in the common basis is left out and named.

use std::collections::BTreeMap;

use books::lot::NewLot;
use books::{AccountNo, Books, Seq};
use measure::Basis;
use serde::Serialize;

use crate::contained::restate;
use crate::history::{History, HistoryError};
use crate::position::PositionQuery;

/// A step of the chain at which origin is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageWord {
    /// Mined in.
    Mining,
    /// Separated in.
    Separation,
    /// Refined in.
    Refining,
    /// Made into alloy or goods in.
    Manufacturing,
}

impl StageWord {
    /// All of them, with their words.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("mining", Self::Mining),
        ("separation", Self::Separation),
        ("refining", Self::Refining),
        ("manufacturing", Self::Manufacturing),
    ];

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Share {
    /// Country, or `unknown`, or `recycled` for what was recovered.
    pub country: String,
    /// How much, in accounting units of the common basis.
    pub units: i128,
    /// Share in per cent, cut to hundredths.
    pub percent: String,
}

/// Dependence by origin, of what is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dependence {
    /// By share, largest first.
    pub shares: Vec<Share>,
    /// Sum of squared shares in per cent, cut to whole numbers; `unknown` as one country.
    pub hhi: u32,
    /// The same with `unknown` spread over countries without number.
    pub hhi_min: u32,
    /// Common basis.
    pub basis: String,
    /// What is left out because no assay states it in the common basis: material and quantity, with unit and basis.
    pub unstated: Vec<(String, String)>,
}

/// The origin of what is held at sites, in transit and on loan.
///
/// # Errors
/// When the history cannot be read.
pub fn dependence(
    books: &Books,
    history: &dyn History,
    query: &PositionQuery,
    stage: StageWord,
    basis: Basis,
) -> Result<Dependence, HistoryError> {
    let known_at: Seq = query.known_at.unwrap_or(books.head());
    let days = query.days(books);
    let mut sums: BTreeMap<String, i128> = BTreeMap::new();
    let mut unstated: BTreeMap<u32, i64> = BTreeMap::new();
    let mut scale = None;
    for (number, account) in (0u32..).zip(books.accounts()) {
        if !query.filter.takes(books, account, false) {
            continue;
        }
        let on_hand = history.at(AccountNo(number), days[account.key.owner.0 as usize], known_at)?.on_hand;
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
    let mut shares: Vec<Share> = sums
        .into_iter()
        .map(|(country, units)| {
            let share = basis_points(units);
            Share { country, units, percent: format!("{}.{:02}", share / 100, share % 100) }
        })
        .collect();
    shares.sort_by(|a, b| b.units.cmp(&a.units).then_with(|| a.country.cmp(&b.country)));
    let hhi = |counts: &dyn Fn(&&Share) -> bool| {
        let squares: i128 = shares.iter().filter(counts).map(|share| basis_points(share.units).pow(2)).sum();
        u32::try_from(squares / 10_000).unwrap_or(10_000)
    };
    let (hhi, hhi_min) = (hhi(&|_| true), hhi(&|share| share.country != "unknown"));
    let unstated = unstated
        .into_iter()
        .map(|(material, units)| {
            let code = books.materials()[material as usize].code.clone();
            (code, books.show(books::MaterialNo(material), units))
        })
        .collect();
    Ok(Dependence { shares, hhi, hhi_min, basis: basis.to_string(), unstated })
}
