//! Limits on concentration, and targets with their path: what share is held now, and what is allowed on the day.
//!
//! What is of unknown origin may be of any, and what no assay states may be nothing: both widen every share, and a limit
//! that they may break is never said to be kept.

use books::material::Stage;
use books::provenance::Mixtures;
use books::share_limit::{ShareIn, ShareLimit, ShareOf};
use books::world::{FigureOf, WorldFigure};
use books::{AccountNo, Books};
use measure::{Basis, Scale};
use wire::acts::words::ShareOf as ShareWord;
use wire::value::show_fraction;

use super::figures::whole;
use crate::contained::restate;
use crate::figure::{Figure, Told, WITHHELD};
use crate::origin::{UNKNOWN, country, parts as parts_of, step};
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{material_code, percent};
use crate::shares::{Fraction, Part, Shares, Stock, Sums};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{At, KnownAt};

records! {
    /// Limits on concentration, against what is held.
    ShareLimits {
        /// Which limit; all where absent.
        limit: Option<String>,
        /// Those only that are broken, or may be.
        breached: Option<bool>,
        /// As of the end of this day, YYYY-MM-DD; today where absent.
        as_of: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// One limit and one country, supplier or site.
    ShareLimitLine {
        /// The limit.
        limit: String as Code,
        /// The material; all, restated as REO, where none is said.
        material: Option<String> as Code,
        /// What the share is taken over.
        of: String as Word(share_of),
        /// Whose stock or imports; those of all together where there is none.
        party: Option<String> as Code,
        /// The year of the recorded imports, where the share is of them.
        year: Option<u16>,
        /// The country, supplier or site.
        whose: String,
        /// Its share of what is held, in per cent, cut to hundredths; from the least to the most that it can be, where
        /// something is unknown.
        share: Figure as Percent,
        /// The most that is allowed on the day.
        most: String,
        /// The end of the path, and its day, where it is one.
        target: Option<String>,
        /// Is the limit broken? None where it may be, for something is unknown; and where the asker sees a part of the stock
        /// alone: the limit is one on all of it.
        breached: Option<bool>,
        /// `kept`, `broken`, or `possible`: it is broken if what is unknown counts against it.
        verdict: Option<String> as Word(limit_verdict),
    }

    /// Limits on concentration.
    ShareLimitsAnswer {
        /// As of this day.
        as_of: String as Day,
        /// As known after this event.
        known_at: u64 as Event,
        /// The largest share of each limit, and every one that breaks it or may.
        lines: Vec<ShareLimitLine>,
    }
}

impl Question for ShareLimits {
    const NAME: &'static str = "share_limits";
    const ABOUT: &'static str =
        "Limits on concentration and targets for dependence with their path, against what is held.";
    type Answer = ShareLimitsAnswer;

    fn table(answer: &ShareLimitsAnswer) -> Table<'_> {
        Table::of(answer, &answer.lines)
    }

    fn wants(&self, _: &dyn View) -> Result<Wants, Problem> {
        Ok(Wants::nothing())
    }

    fn answer(&self, view: &dyn View) -> Result<ShareLimitsAnswer, Problem> {
        let (books, at) = (view.books(), At::read(view, self.as_of.as_ref(), self.known_at.as_ref())?);
        if let Some(code) = self.limit.as_ref().filter(|code| books.share_limit_no(code).is_none()) {
            return Err(Problem::unknown("limit", code));
        }
        let sight = Sight::of(view);
        let mut lines = Vec::new();
        for (_, limit) in at.facts(books).share_limits() {
            let Some(most) = limit.most_at(at.day) else { continue };
            if self.limit.as_ref().is_some_and(|code| *code != limit.code) {
                continue;
            }
            if limit.part_of == Some(ShareIn::Imports) {
                lines.extend(
                    of_imports(books, limit, most, at)
                        .filter(|line| self.breached != Some(true) || line.breached != Some(false)),
                );
                continue;
            }
            let sees_it = |party| sight.sees_party(party);
            let sees_all = sight.is_full() || limit.party.map_or(sight.sees_totals(), sees_it);
            let Told::Whole(shares) = shares(view, limit, at)? else {
                let whose = limit.whose.clone().unwrap_or_else(|| WITHHELD.into());
                lines.push(line(books, limit, whose, Figure::Withheld, most, None));
                continue;
            };
            let named: Vec<Part> = match &limit.whose {
                Some(whose) => vec![shares.part(whose)],
                None => shares.parts.clone(),
            };
            for (index, part) in named.iter().enumerate() {
                let share = Share::of(&shares, part);
                let verdict = sees_all.then(|| share.against(most));
                let is_kept = verdict == Some(Verdict::Kept);
                if (index > 0 && verdict.is_none_or(|_| is_kept)) || (is_kept && self.breached == Some(true)) {
                    continue;
                }
                // None of what is seen in part looks as if there were none.
                let figure = if sees_all || !share.most.is_nothing() { share.figure() } else { Figure::Withheld };
                lines.push(line(books, limit, part.label.clone(), figure, most, verdict));
            }
        }
        Ok(ShareLimitsAnswer { as_of: wire::date::show_day(at.day), known_at: at.known_at.0, lines })
    }
}

fn line(
    books: &Books,
    limit: &ShareLimit,
    whose: String,
    share: Figure,
    most: u32,
    verdict: Option<Verdict>,
) -> ShareLimitLine {
    let end = limit.last.filter(|_| limit.start_ppb.is_some());
    ShareLimitLine {
        limit: limit.code.clone(),
        material: limit.material.map(|material| material_code(books, material)),
        of: ShareWord::from(limit.of).word(),
        party: limit.party.map(|party| books.party_code(party).to_owned()),
        year: None,
        whose,
        share,
        most: show_fraction(most),
        target: end.map(|last| format!("{} on {}", show_fraction(limit.most_ppb), wire::date::show_day(last))),
        breached: verdict.and_then(|verdict| match verdict {
            Verdict::Kept => Some(false),
            Verdict::Possible => None,
            Verdict::Broken => Some(true),
        }),
        verdict: verdict.map(|verdict| verdict.word().to_owned()),
    }
}

/// The shares of imports by the figures of the newest year by then: of the country that is named, or of the largest and all that
/// break the limit; unknown where nobody recorded any.
fn of_imports<'b>(
    books: &'b Books,
    limit: &'b ShareLimit,
    most: u32,
    at: At,
) -> impl Iterator<Item = ShareLimitLine> + use<'b> {
    let last = wire::date::show_day(at.day)[..4].parse::<u16>().unwrap_or(u16::MAX);
    let stage = match limit.of {
        ShareOf::Mined => Some(Stage::Mined),
        ShareOf::Separated => Some(Stage::Separated),
        ShareOf::Refined => Some(Stage::Refined),
        ShareOf::Manufactured => Some(Stage::Manufactured),
        ShareOf::Supplier | ShareOf::Site => None,
    };
    let all: Vec<&WorldFigure> = at.facts(books).world_figures().into_iter().map(|(_, figure)| figure).collect();
    let is_meant = |figure: &&&WorldFigure| {
        (figure.of, figure.party, Some(figure.material)) == (FigureOf::Imports, limit.party, limit.material)
            && (figure.stage.is_none() || figure.stage == stage)
            && figure.country.is_some()
            && figure.year <= last
    };
    let year = all.iter().filter(is_meant).map(|figure| figure.year).max();
    let of_year = all.iter().filter(is_meant).filter(|figure| Some(figure.year) == year);
    let share = |figure: &&&WorldFigure| {
        let (part, whole) = (i128::from(figure.quantity.units()), whole(all.iter().copied(), figure));
        if whole == 0 { 0 } else { part * 1_000_000_000 / whole }
    };
    let mut shares: Vec<(String, i128)> =
        of_year.map(|figure| (figure.country.clone().unwrap_or_default(), share(&figure))).collect();
    shares.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
    if let Some(whose) = &limit.whose {
        shares.retain(|(country, _)| country == whose);
    }
    let is_kept = move |share: i128| share <= i128::from(most);
    let mut lines = Vec::new();
    for (index, (country, share)) in shares.into_iter().enumerate() {
        if index == 0 || !is_kept(share) {
            let verdict = if is_kept(share) { Verdict::Kept } else { Verdict::Broken };
            let figure = Figure::Number(percent(share, 1_000_000_000));
            lines.push(ShareLimitLine { year, ..line(books, limit, country, figure, most, Some(verdict)) });
        }
    }
    if lines.is_empty() {
        let whose = limit.whose.clone().unwrap_or_else(|| UNKNOWN.into());
        lines.push(line(books, limit, whose, Figure::Unknown, most, None));
    }
    lines.into_iter()
}

/// What is held of one country, supplier or site: at least, and at most.
struct Share {
    least: Fraction,
    most: Fraction,
}

/// How a share stands to a limit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Kept,
    Possible,
    Broken,
}

impl Verdict {
    const fn word(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Possible => "possible",
            Self::Broken => "broken",
        }
    }
}

impl Share {
    /// All that is unknown may be of one that is not named at all.
    fn of(shares: &Shares, part: &Part) -> Self {
        let least = if part.label == UNKNOWN { Fraction::NOTHING } else { shares.least(part) };
        Self { least, most: shares.most(part) }
    }

    fn against(&self, most_ppb: u32) -> Verdict {
        match (self.least.exceeds(most_ppb), self.most.exceeds(most_ppb)) {
            (true, _) => Verdict::Broken,
            (false, true) => Verdict::Possible,
            (false, false) => Verdict::Kept,
        }
    }

    fn figure(&self) -> Figure {
        Fraction::between(self.least, self.most)
    }
}

/// What is held by country, supplier or site. Several materials add up only as what they contain.
fn shares(view: &dyn View, limit: &ShareLimit, at: At) -> Result<Told<Shares>, Problem> {
    let books = view.books();
    let sight = Sight::of(view);
    let mut mixtures = Mixtures::known_at(books, at.known_at);
    let mut sums = Sums::new(limit.material.map_or(Basis::Reo, |material| books.material(material).basis));
    for (number, account) in (0u32..).map(AccountNo).zip(books.accounts()) {
        let facts = &books.lot(account.key.lot).facts;
        let (place, material) = (books.place(account.key.place), books.material(facts.material));
        let is_seen = sight.sees_stock(account);
        let is_wanted = place.is_real()
            && limit.party.is_none_or(|party| party == account.key.owner)
            && limit.material.is_none_or(|material| material == facts.material)
            && (is_seen || sight.sees_totals());
        let units = if is_wanted { at.sums(view, number)?.on_hand } else { 0 };
        if units <= 0 {
            continue;
        }
        let stated = match limit.material {
            Some(_) => Some(i128::from(units)),
            None => restate(view, &at.facts(books), account.key.lot, units, Basis::Reo)?.map(|restated| restated.units),
        };
        let scale = Scale { unit: material.unit, decimals: material.decimals };
        let (owner, own) = (account.key.owner, material.basis);
        let (material, is_alone) = (facts.material, false);
        let hides = (!is_seen).then(|| sight.hides(account, units));
        let is_assayed = !books.lot(account.key.lot).assays.is_empty();
        let stock = Stock { owner, hides, scale, own, material, is_alone, units, stated, is_assayed };
        let mixture = mixtures.of(account.key.lot, at.day);
        sums.add(stock, mixture, |units| match (limit.of, step(limit.of)) {
            (_, Some(step)) => parts_of(mixture, units, |provenance| country(provenance, step)),
            (ShareOf::Supplier, None) => parts_of(mixture, units, |provenance| provenance.supplier.unwrap_or(UNKNOWN)),
            (_, None) => vec![(place.code(), units)],
        });
    }
    Ok(sums.told())
}
