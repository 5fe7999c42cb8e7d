//! Where it comes from: the share of each country at a stage, and how concentrated that is.
//!
//! The Herfindahl-Hirschman index (HHI) is the sum of the squared shares in per cent: 10,000 is one country alone.
//! What has no known origin counts as a country of its own, `unknown`, so that silence never looks like diversity; the
//! lower bound of the index supposes the opposite. What no assay states in the common basis is named, and widens every share.

use std::collections::BTreeMap;

use books::provenance::{Mixtures, Step};
use books::{AccountNo, Books, MaterialNo, Seq};
use measure::{Basis, Scale};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contained::restate;
use crate::figure::{Figure, Told, Total, WITHHELD};
use crate::history::HistoryError;
use crate::origin;
use crate::position::{PositionQuery, number_of};
use crate::record::records;
use crate::shares::{Fraction, Part, Shares, Stock, Sums};
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
        /// Share in per cent, cut to hundredths; from the least to the most that it can be, where something cannot be stated.
        percent: Figure as Percent,
        /// The most that its share can be, should all that is unknown be its own.
        most: Figure as Percent,
        /// How much, in accounting units of the common basis, as decimal text; `unknown` where what cannot be stated has no bound.
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
        /// Sum of squared shares in per cent, cut to whole numbers; `unknown` as one country; none where shares are withheld,
        /// or something cannot be stated.
        hhi: Option<u32>,
        /// The same with `unknown` spread over countries without number.
        hhi_min: Option<u32>,
        /// From the least to the most that it can be: all that is unknown, and all that cannot be stated, is of one country.
        hhi_range: Figure,
        /// What no assay states in the common basis. It may be nothing, or all that its weight allows: shares are ranges.
        unstated: Vec<Unstated>,
    }

    /// Stock that no assay states in the common basis.
    Unstated {
        /// The material.
        material: String as Code,
        /// How much of it, with unit and basis; withheld where shares are: what is held, less this, is what is stated.
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
    let mut sums = Sums::new(basis);
    let mut unstated: BTreeMap<u32, Total<1>> = BTreeMap::new();
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
        let is_alone = match basis {
            Basis::Reo | Basis::Contained(_) => false,
            Basis::Gross | Basis::Net | Basis::Wet | Basis::Dry => true,
        };
        let restated = restate(view, &books.facts_at(day, known_at), account.key.lot, on_hand, basis)?;
        let stock = Stock {
            owner,
            hides: (!is_seen).then(|| sight.hides(account, on_hand)),
            scale: Scale { unit: material.unit, decimals: material.decimals },
            own: material.basis,
            material: facts.material,
            is_alone,
            units: on_hand,
            stated: restated.map(|restated| restated.units),
            is_assayed: !books.lot(account.key.lot).assays.is_empty(),
        };
        let mixture = mixtures.of(account.key.lot, day);
        let is_stated = sums.add(stock, mixture, |units| {
            let meant = mixture.portions().zip(mixture.divide(units));
            let meant = meant.filter(|(portion, _)| query.filter.takes_portion(portion));
            meant.map(|(portion, units)| (origin::dependence(portion, stage.step()), units)).collect()
        });
        if !is_stated {
            let total = unstated.entry(facts.material.0).or_default();
            match stock.hides {
                None => total.add([on_hand.into()]),
                Some(hides) => total.add_of_other(owner, hides, [on_hand.into()]),
            }
        }
    }
    let told = sums.told().whole();
    // What is stated and what is not are all that is held: where one is withheld, so is the other.
    let of = |total: &Total<1>| if told.is_some() { total.told()[0] } else { Told::Withheld };
    let unstated = unstated.iter().map(|(material, total)| Unstated::of(books, MaterialNo(*material), of(total)));
    Ok(Dependence::of(stage, basis, told.as_ref(), unstated.collect()))
}

impl Dependence {
    /// What follows from the shares; nothing does where they are withheld.
    fn of(stage: StageWord, basis: Basis, shares: Option<&Shares>, unstated: Vec<Unstated>) -> Self {
        let range = |shares: &Shares| Figure::between(shares.index(false).to_string(), shares.index_most().to_string());
        Self {
            stage,
            basis: basis.to_string(),
            hhi: shares.filter(|shares| shares.is_whole()).map(|shares| shares.index(true)),
            hhi_min: shares.map(|shares| shares.index(false)),
            hhi_range: shares.map_or(Figure::Withheld, range),
            shares: shares.map_or_else(|| vec![Share::withheld()], Share::all),
            unstated,
        }
    }
}

impl Unstated {
    fn of(books: &Books, material: MaterialNo, quantity: Told<i128>) -> Self {
        let facts = books.material(material);
        let show = |units| format!("{} {} {}", number_of(books, material, units), facts.shown, facts.basis);
        Self { material: facts.code.clone(), quantity: quantity.map(show).into() }
    }
}

impl Share {
    fn all(shares: &Shares) -> Vec<Self> {
        let share = |part: &Part| Self {
            country: part.label.clone(),
            percent: Fraction::between(shares.least(part), shares.most_known(part)),
            most: Figure::Number(shares.most(part).percent()),
            units: part.unstated.map_or(Figure::Unknown, |unstated| {
                Figure::between(part.stated.to_string(), (part.stated + unstated).to_string())
            }),
        };
        shares.parts.iter().map(share).collect()
    }

    fn withheld() -> Self {
        Self { country: WITHHELD.into(), percent: Figure::Withheld, most: Figure::Withheld, units: Figure::Withheld }
    }
}
