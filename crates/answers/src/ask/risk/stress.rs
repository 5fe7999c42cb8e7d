//! A country stops delivering on a day: how long the national stock lasts, what is on its way and at risk, and what the
//! shared reserve and a call would bring.
//!
//! The part of the need that is lost is taken to be the country's share of what is held, at the stage asked for. What is of
//! unknown origin may come from there: shares and days are told from the least to the most that they can be.

use books::place::Place;
use books::provenance::{Mixtures, Possible, Provenance};
use books::{AccountNo, Books, EncumbranceNo, MaterialNo, PartyNo, ReserveNo, TallyKind};

use super::cover_base::base_kind;
use crate::atoms::Atoms;
use crate::claims::Claims;
use crate::dependence::StageWord;
use crate::figure::{Breadth, Figure, Told, Total, all};
use crate::position::{Filter, number_of};
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{Tallies, check_country, days_of, material_code, material_if, part_of, party_if, percent, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{At, KnownAt};
use crate::why::Why;

records! {
    /// A country stops delivering.
    Stress {
        /// Which country, ISO 3166-1 alpha-2.
        country: String,
        /// At which stage it counts: `mining`, `separation`, `refining`, `manufacturing`; any where absent.
        stage: Option<String>,
        /// Whose stock; all that may be seen where absent.
        party: Option<String>,
        /// Of which material; of all where absent.
        material: Option<String>,
        /// Need by this figure of a year, `consumption` or `net_imports`; the material's need a day where absent.
        base: Option<String>,
        /// The year.
        year: Option<u16>,
        /// The day on which it stops, YYYY-MM-DD; today where absent.
        day: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// What it means for one material.
    StressLine {
        /// The material.
        material: String as Code,
        /// What lies at sites and on loan.
        on_hand: Figure as Quantity,
        /// What of it is free.
        available: Figure as Quantity,
        /// What is on its way.
        in_transit: Figure as Quantity,
        /// Of it, made in the country or coming from it.
        at_risk: Figure as Quantity,
        /// The country's share of what is held, in per cent, cut to hundredths.
        share: Figure as Percent,
        /// What is needed in a year.
        need_a_year: Option<String> as Quantity,
        /// Days the free stock lasts when the country's share of the need is missing.
        days: Option<Figure> as Days,
        /// Days it lasts when everything from abroad is missing.
        days_alone: Option<Figure> as Days,
        /// What can be drawn under entitlements in shared reserves.
        entitled: Figure as Quantity,
        /// What a call on the other members' pledges and earmarks would bring.
        call: Figure as Quantity,
        /// Days with the shared reserve and a call, when the country's share is missing.
        days_with_reserve: Option<Figure> as Days,
        /// Unit and basis of the numbers.
        unit: String as Code,
    }

    /// What it means.
    StressAnswer {
        /// The country.
        country: String as Code,
        /// The day on which it stops.
        day: String as Day,
        /// As known after this event.
        known_at: u64 as Event,
        /// One line for each material that is held or needed.
        lines: Vec<StressLine>,
    }
}

/// A sum of one material's stock, in parts that leave nothing to subtract: where one other party alone has one of them, none is
/// told, for beside the sums of other questions each shows what the others leave.
#[derive(Clone, Copy)]
enum Column {
    OnHand,
    Encumbered,
    Blocked,
    OnLoan,
    InTransit,
    AtRisk,
    SafeInTransit,
    FromThere,
    FromElsewhere,
    MayBeAtRisk,
    MayBeFromThere,
    /// What lies in pools, which `positions` adds and this question does not.
    OfPools,
    EncumberedOfPools,
    BlockedOfPools,
    AwayOfPools,
}

impl Column {
    const COUNT: usize = 15;

    /// The columns with these in them, and nothing in the others.
    fn with(parts: &[(Self, i128)]) -> [i128; Self::COUNT] {
        let mut units = [0; Self::COUNT];
        parts.iter().for_each(|(column, part)| units[*column as usize] = *part);
        units
    }
}

/// Sums of one material.
#[derive(Clone, Default)]
struct Sums {
    /// Of whoever's stock is asked.
    stock: Total<{ Column::COUNT }>,
    atoms: Atoms,
    entitled: i128,
    call: i128,
    /// Was there anything of it?
    is_held: bool,
}

impl Question for Stress {
    const NAME: &'static str = "stress";
    const ABOUT: &'static str =
        "A country stops delivering: how long stock lasts, what is at risk, what the shared reserve would bring.";
    type Answer = StressAnswer;

    fn table(answer: &StressAnswer) -> Table<'_> {
        Table::of(answer, &answer.lines)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        let claims = Claims::wants(view, At::read(view, self.day.as_ref(), self.known_at.as_ref())?)?;
        Ok(claims.and(Tallies::wants(view, self.day.as_ref(), self.known_at.as_ref())?))
    }

    fn answer(&self, view: &dyn View) -> Result<StressAnswer, Problem> {
        let (books, at) = (view.books(), At::read(view, self.day.as_ref(), self.known_at.as_ref())?);
        check_country("country", Some(&self.country))?;
        let party = party_if(books, "party", self.party.as_ref())?;
        let material = material_if(books, self.material.as_ref())?;
        let stage = self.stage.as_ref().map(|word| stage(word)).transpose()?;
        let base = match (&self.base, self.year) {
            (Some(base), Some(year)) => Some((base_kind(base)?, year)),
            (None, None) => None,
            _ => return Err(Problem::bad_field("year", Why::BaseAndYear)),
        };
        let mut sums = vec![Sums::default(); books.materials().len()];
        self.stock(view, party, stage, at, &mut sums)?;
        shared(view, party, at, &mut sums)?;
        let sight = Sight::of(view);
        // Stock is set against need only where all of it is seen whose need it is: of all, or of one party by its figure.
        let breadth = sight.breadth(&Filter { party: self.party.clone(), ..Filter::default() });
        let is_whole = match party {
            None => breadth != Breadth::Part,
            Some(_) => sight.is_full() || (breadth == Breadth::Whole && base.is_some()),
        };
        // What lies in reserves that others run, and what is promised there, is seen in part.
        let runs_all = (0u32..).map(ReserveNo).take(books.reserves().len()).all(|number| sight.runs(books, number));
        let all_entitled = runs_all || party.is_some_and(|party| sight.sees_party(party));
        let all_called = runs_all || party.is_none();
        let facts = at.facts(books);
        let mut lines = Vec::new();
        for (number, sums) in (0u32..).map(MaterialNo).zip(&sums) {
            let need = match base {
                Some((kind, year)) => {
                    let of = |party| facts.figure(party, number, kind, year).unwrap_or(0);
                    let all = || (0u32..).map(PartyNo).take(books.parties().len()).map(of).sum();
                    Some(i128::from(party.map_or_else(all, of)))
                }
                None => facts.material(number).requirement_per_day.map(|need| i128::from(need.units()) * 365),
            };
            let is_wanted = material.is_none_or(|material| material == number);
            if !is_wanted || (!sums.is_held && need.is_none_or(|need| need == 0)) {
                continue;
            }
            lines.push(line(books, number, sums, Seen { breadth, is_whole, all_entitled, all_called }, need));
        }
        Ok(StressAnswer {
            country: self.country.clone(),
            day: wire::date::show_day(at.day),
            known_at: at.known_at.0,
            lines,
        })
    }
}

fn stage(word: &str) -> Result<StageWord, Problem> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|_| Problem::bad_field("stage", Why::NoStage { text: word.to_owned() }))
}

impl Stress {
    /// What the party holds and has on its way, in one pass over the accounts.
    fn stock(
        &self,
        view: &dyn View,
        party: Option<PartyNo>,
        stage: Option<StageWord>,
        at: At,
        sums: &mut [Sums],
    ) -> Result<(), Problem> {
        let books = view.books();
        let sight = Sight::of(view);
        let at_day = at.facts(books);
        let mut mixtures = Mixtures::known_at(books, at.known_at);
        for (number, account) in (0u32..).map(AccountNo).zip(books.accounts()) {
            let place = books.place(account.key.place);
            let owner = account.key.owner;
            let is_of_pool = books.pool_of(owner).is_some();
            let is_seen = if is_of_pool { sight.sees_stock(account) } else { sight.sees_account(account) };
            let is_wanted = place.is_real()
                && party.is_none_or(|party| party == owner)
                && !(is_of_pool && is_seen)
                && (is_seen || (party.is_none() && sight.sees_totals()));
            if !is_wanted {
                continue;
            }
            let own = at.sums(view, number)?;
            if own.on_hand == 0 {
                continue;
            }
            let material = books.lot(account.key.lot).facts.material;
            let mixture = mixtures.of(account.key.lot, at.day);
            let (least, most) = mixture.bounds(own.on_hand, |provenance| self.is_from_there(provenance, stage));
            let sums = &mut sums[material.0 as usize];
            let lies = i128::from(own.on_hand);
            let hides = sight.hides(account, own.on_hand);
            if is_of_pool {
                let is_away = matches!(place, Place::Transit(_) | Place::Loan(_));
                let units = Column::with(&[
                    (Column::OfPools, lies),
                    (Column::EncumberedOfPools, own.encumbered.into()),
                    (Column::BlockedOfPools, own.blocked.into()),
                    (Column::AwayOfPools, if is_away { lies } else { 0 }),
                ]);
                sums.stock.add_of_other(owner, hides, units);
                continue;
            }
            if !is_seen {
                let is_assayed = !books.lot(account.key.lot).assays.is_empty();
                sums.atoms.add((material, mixture), (owner, hides), own.on_hand, [is_assayed; 2]);
            }
            sums.is_held = true;
            let (from_there, may_be) = (i128::from(least), i128::from(most - least));
            let elsewhere = lies - from_there - may_be;
            let units = match place {
                Place::Transit(transit) => {
                    let leaves = at_day.country(transit.source).as_ref() == Some(&self.country);
                    let [at_risk, may, safe] = if leaves { [lies, 0, 0] } else { [from_there, may_be, elsewhere] };
                    Column::with(&[
                        (Column::InTransit, lies),
                        (Column::AtRisk, at_risk),
                        (Column::SafeInTransit, safe),
                        (Column::FromThere, from_there),
                        (Column::FromElsewhere, elsewhere),
                        (Column::MayBeAtRisk, may),
                        (Column::MayBeFromThere, may_be),
                    ])
                }
                Place::Outside
                | Place::Processing
                | Place::Loss
                | Place::CountDifference
                | Place::Rounding
                | Place::ShipperReceiver
                | Place::Site(_)
                | Place::Loan(_) => {
                    let on_loan = if matches!(place, Place::Loan(_)) { lies } else { 0 };
                    Column::with(&[
                        (Column::OnHand, lies),
                        (Column::Encumbered, own.encumbered.into()),
                        (Column::Blocked, own.blocked.into()),
                        (Column::OnLoan, on_loan),
                        (Column::FromThere, from_there),
                        (Column::FromElsewhere, elsewhere),
                        (Column::MayBeFromThere, may_be),
                    ])
                }
            };
            if is_seen { sums.stock.add(units) } else { sums.stock.add_of_other(owner, hides, units) }
        }
        Ok(())
    }
}

impl Stress {
    fn is_from_there(&self, provenance: &Provenance<'_>, stage: Option<StageWord>) -> Possible {
        match stage {
            Some(stage) => provenance.is_of(stage.step(), &self.country),
            None => provenance.comes_through(&self.country),
        }
    }
}

/// What shared reserves would bring: the party's own free entitlements, and what others have promised.
fn shared(view: &dyn View, party: Option<PartyNo>, at: At, sums: &mut [Sums]) -> Result<(), Problem> {
    let books = view.books();
    let sight = Sight::of(view);
    let tallies = Tallies::read(view, at.day, Some(at.known_at))?;
    let claims = Claims::read(view, at)?;
    for tally in books.tallies() {
        let key = tally.key;
        let is_asked = party.is_none_or(|party| party == key.party);
        if let (TallyKind::Entitlement, Some(material), true) = (key.kind, key.material, is_asked)
            && sight.sees_member(books, ReserveNo(key.of), key.party)
        {
            let of = |kind| tallies.at(kind, key.of, key.party, material);
            sums[material.0 as usize].entitled += i128::from(of(TallyKind::Entitlement) - of(TallyKind::Drawn));
        }
    }
    let all = (0u32..).map(EncumbranceNo).zip(books.encumbrances());
    for (number, claim) in all.filter(|(_, claim)| claim.kind.is_promise()) {
        let Some(reserve) = claim.promised else { continue };
        let key = books.account(claim.account).key;
        let takes_part = |party| {
            books.reserve(reserve).status_at(party, at.day, at.known_at) == Some(books::reserve::MemberStatus::Joined)
        };
        // A call brings what others promised; asked for all members together, there are no others.
        let brings = party.is_some_and(|party| party != key.owner && takes_part(party));
        if brings && (sight.runs(books, reserve) || sight.sees_encumbrance(claim)) {
            let material = books.lot(key.lot).facts.material;
            sums[material.0 as usize].call += i128::from(claims.left(number));
        }
    }
    Ok(())
}

/// How much of it the asker sees.
#[derive(Clone, Copy)]
struct Seen {
    /// Of the stock.
    breadth: Breadth,
    /// Is it the stock of all whose need it is set against?
    is_whole: bool,
    /// All that those who are asked about may draw of reserves?
    all_entitled: bool,
    /// All that others have promised them?
    all_called: bool,
}

fn range(told: Told<[String; 2]>) -> Figure {
    match told {
        Told::Whole([least, most]) => Figure::between(least, most),
        // The most that there is of a part says nothing of the whole.
        Told::AtLeast(_) | Told::Withheld => Figure::Withheld,
        Told::Unknown => Figure::Unknown,
    }
}

fn line(
    books: &Books,
    material: MaterialNo,
    sums: &Sums,
    Seen { breadth, is_whole, all_entitled, all_called }: Seen,
    need: Option<i128>,
) -> StressLine {
    let show = |units| number_of(books, material, units);
    let seen = |is_all, units| if is_all { Told::Whole(units) } else { Told::AtLeast(units) };
    let (entitled, call) = (seen(all_entitled, sums.entitled), seen(all_called, sums.call));
    // All of them or none: beside what `cover` tells, each would show what is left of it.
    let told = match sums.atoms.may_be_told(None) {
        true => all(sums.stock.told_of(breadth)),
        false => Told::Withheld,
    };
    let column = |column: Column| told.map(|units| units[column as usize]);
    let figure = |told: Told<i128>| told.figure(show);
    let free = told.map(|units| {
        let of = |column: Column| units[column as usize];
        of(Column::OnHand) - of(Column::Encumbered) - of(Column::Blocked)
    });
    // From there at least and at most, and in all.
    let by_origin = told.map(|units| {
        let of = |column: Column| units[column as usize];
        let (there, may_be) = (of(Column::FromThere), of(Column::MayBeFromThere));
        ([there, there + may_be], there + may_be + of(Column::FromElsewhere))
    });
    let at_risk = told.map(|units| {
        let of = |column: Column| units[column as usize];
        (of(Column::AtRisk), of(Column::MayBeAtRisk))
    });
    // What is left of it when it is set against a need.
    let whole = if is_whole { free.and(by_origin).only_whole() } else { Told::Withheld };
    let lost = |there: i128, held: i128, need: i128| (held > 0).then(|| part_of(need, there, held));
    let days = |more: i128, missing: &dyn Fn(i128, i128, i128) -> Option<i128>| match whole {
        Told::Whole((free, (there, held))) => need.and_then(|need| {
            let days = |there| days_of(free + more, missing(there, held, need)?);
            // The more is lost, the sooner what is there is used up.
            let [most, least] = there.map(days);
            Some(Figure::between(least?, most?))
        }),
        Told::AtLeast(_) | Told::Withheld => need.map(|_| Figure::Withheld),
        Told::Unknown => need.map(|_| Figure::Unknown),
    };
    let reserve = entitled.and(call).map(|(entitled, call)| entitled + call).whole();
    StressLine {
        material: material_code(books, material),
        on_hand: figure(column(Column::OnHand)),
        available: figure(free),
        in_transit: figure(column(Column::InTransit)),
        at_risk: range(at_risk.map(|(at_risk, may_be)| [at_risk, at_risk + may_be].map(show))),
        share: range(by_origin.map(|(there, held)| there.map(|there| percent(there, held)))),
        need_a_year: need.map(show),
        days: days(0, &lost),
        days_alone: days(0, &|_, _, need| Some(need)),
        entitled: entitled.figure(show),
        call: call.figure(show),
        days_with_reserve: reserve.map_or(need.map(|_| Figure::Withheld), |reserve| days(reserve, &lost)),
        unit: unit(books, material),
    }
}
