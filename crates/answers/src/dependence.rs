//! Where it comes from: the share of each country at a stage, and how concentrated that is.
//!
//! The Herfindahl-Hirschman index (HHI) is the sum of the squared shares in per cent: 10,000 is one country alone.
//! What has no known origin counts as a country of its own, `unknown`, so that silence never looks like diversity; the
//! lower bound of the index supposes the opposite. What no assay states in the common basis is left out and named.

use std::collections::BTreeMap;

use books::provenance::{Mixtures, Step};
use books::{AccountNo, Seq};
use measure::Basis;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contained::restate;
use crate::figure::{Figure, Total, WITHHELD};
use crate::history::HistoryError;
use crate::origin;
use crate::position::{PositionQuery, number_of};
use crate::record::records;
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
    pub(crate) const fn step(self) -> Step {
        match self {
            Self::Mining => Step::Mined,
            Self::Separation => Step::Separated,
            Self::Refining => Step::Refined,
            Self::Manufacturing => Step::Manufactured,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Mining => "mining",
            Self::Separation => "separation",
            Self::Refining => "refining",
            Self::Manufacturing => "manufacturing",
        }
    }
}

records! {
    /// One country's part.
    Share {
        /// Country, or `unknown`, or `recycled` for what was recovered; `withheld` where shares are withheld, all of them: of
        /// those that are left, one could be calculated.
        country: String as Code,
        /// Share in per cent, cut to hundredths.
        percent: Figure as Percent,
        /// The most that its share can be, should all that is unknown be its own.
        most: Figure as Percent,
        /// How much, in accounting units of the common basis, as decimal text.
        units: Figure as Detail,
    }

    /// Dependence by origin, of what is held.
    Dependence {
        /// The step of the chain.
        stage: StageWord as Word(step),
        /// Common basis.
        basis: String as Code,
        /// By share, largest first.
        shares: Vec<Share>,
        /// Sum of squared shares in per cent, cut to whole numbers; `unknown` as one country; none where shares are withheld.
        hhi: Option<u32>,
        /// The same with `unknown` spread over countries without number.
        hhi_min: Option<u32>,
        /// What is left out because no assay states it in the common basis.
        unstated: Vec<Unstated>,
    }

    /// Stock that no assay states in the common basis.
    Unstated {
        /// The material.
        material: String as Code,
        /// How much of it, with unit and basis.
        quantity: Figure,
    }
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
    let at_day = query.facts(books, &days);
    let totals = sight.sees_totals() && query.filter.is_total();
    let mut sums: BTreeMap<String, Total<1>> = BTreeMap::new();
    let mut unstated: BTreeMap<u32, Total<1>> = BTreeMap::new();
    let mut scale = None;
    let mut mixtures = Mixtures::known_at(books, known_at);
    for (number, account) in (0u32..).zip(books.accounts()) {
        let is_seen = sight.sees_stock(account);
        if !query.filter.takes_account(&at_day, account, false) || !(is_seen || totals) {
            continue;
        }
        let owner = account.key.owner;
        let day = days[owner.0 as usize];
        // The account's own rows answer what is known now; an older state of knowledge or an older day needs the history.
        let on_hand = match account.days.at(day).filter(|_| known_at >= books.head()) {
            Some(sums) => sums.on_hand,
            None => view.at(AccountNo(number), day, known_at)?.on_hand,
        };
        if on_hand == 0 {
            continue;
        }
        let facts = &books.lot(account.key.lot).facts;
        let material = books.material(facts.material);
        // Elements and oxides add up across materials; net, gross, wet and dry weights of two materials do not.
        let kind = match basis {
            Basis::Reo | Basis::Contained(_) => None,
            Basis::Gross | Basis::Net | Basis::Wet | Basis::Dry => Some(facts.material),
        };
        let own_scale = (material.unit, material.decimals, kind);
        let restated = restate(view, &books.facts_at(day, known_at), account.key.lot, on_hand, basis)?;
        let restated = restated.filter(|_| *scale.get_or_insert(own_scale) == own_scale);
        let add = |total: &mut Total<1>, units: i128| {
            if is_seen { total.add([units]) } else { total.add_of_other(owner, [units]) }
        };
        let Some(units) = restated.and_then(|restated| i64::try_from(restated.units).ok()) else {
            add(unstated.entry(facts.material.0).or_default(), on_hand.into());
            continue;
        };
        let mixture = mixtures.of(account.key.lot, day);
        let meant = mixture.portions().zip(mixture.divide(units));
        for (portion, units) in meant.filter(|(portion, _)| query.filter.takes_portion(portion)) {
            add(sums.entry(origin::dependence(portion, stage.step()).to_owned()).or_default(), units.into());
        }
    }
    let unstated = unstated
        .into_iter()
        .map(|(material, total)| {
            let material = books::MaterialNo(material);
            let facts = books.material(material);
            let show = |units| format!("{} {} {}", number_of(books, material, units), facts.shown, facts.basis);
            let [quantity] = total.told();
            Unstated { material: facts.code.clone(), quantity: quantity.map(show).into() }
        })
        .collect();
    let told = |(country, total): (String, Total<1>)| {
        let [units] = total.told();
        units.map(|units| (country, units)).whole()
    };
    let parts: Option<Vec<(String, i128)>> = sums.into_iter().map(told).collect();
    let parts = parts.map(Parts::of);
    Ok(Dependence {
        stage,
        basis: basis.to_string(),
        shares: parts.as_ref().map_or_else(|| vec![Share::withheld()], Parts::shares),
        hhi: parts.as_ref().map(|parts| parts.hhi(|_| true)),
        hhi_min: parts.as_ref().map(|parts| parts.hhi(|country| country != "unknown")),
        unstated,
    })
}

/// What comes from each country, largest first.
struct Parts {
    parts: Vec<(String, i128)>,
    total: i128,
}

impl Parts {
    fn of(mut parts: Vec<(String, i128)>) -> Self {
        parts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let total = parts.iter().map(|(_, units)| units).sum();
        Self { parts, total }
    }

    fn basis_points(&self, units: i128) -> i128 {
        if self.total == 0 { 0 } else { units * 10_000 / self.total }
    }

    fn shares(&self) -> Vec<Share> {
        let percent = |units: i128| {
            let share = self.basis_points(units);
            Figure::Number(format!("{}.{:02}", share / 100, share % 100))
        };
        let is_unknown = |country: &str| country == origin::UNKNOWN;
        let unknown = self.parts.iter().find(|(country, _)| is_unknown(country)).map_or(0, |(_, units)| *units);
        let share = |(country, units): &(String, i128)| Share {
            country: country.clone(),
            percent: percent(*units),
            most: percent(*units + if is_unknown(country) { 0 } else { unknown }),
            units: Figure::Number(units.to_string()),
        };
        self.parts.iter().map(share).collect()
    }

    /// The index over the countries that count.
    fn hhi(&self, counts: impl Fn(&str) -> bool) -> u32 {
        let counted = self.parts.iter().filter(|(country, _)| counts(country));
        let squares: i128 = counted.map(|(_, units)| self.basis_points(*units).pow(2)).sum();
        u32::try_from(squares / 10_000).unwrap_or(10_000)
    }
}

impl Share {
    fn withheld() -> Self {
        Self { country: WITHHELD.into(), percent: Figure::Withheld, most: Figure::Withheld, units: Figure::Withheld }
    }
}
