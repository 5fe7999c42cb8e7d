//! A country stops delivering on a day: how long the national stock lasts, what is on its way and at risk, and what the
//! shared reserve and a call would bring.
//!
//! The part of the need that is lost is taken to be the country's share of what is held, at the stage asked for.

use books::place::Place;
use books::{AccountNo, Books, Day, MaterialNo, PartyNo, TallyKind};

use super::cover_base::base_kind;
use crate::dependence::StageWord;
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{at, day_of, days_of, material_code, material_if, number, party_if, percent, unit};
use crate::sight::Sight;
use crate::view::View;

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
    }

    /// What it means for one material.
    StressLine {
        /// The material.
        material: String,
        /// What lies at sites and on loan.
        on_hand: String,
        /// What of it is free.
        available: String,
        /// What is on its way.
        in_transit: String,
        /// Of it, made in the country or coming from it.
        at_risk: String,
        /// The country's share of what is held, in per cent, cut to hundredths.
        share: String,
        /// What is needed in a year.
        need_a_year: Option<String>,
        /// Days the free stock lasts when the country's share of the need is missing.
        days: Option<String>,
        /// Days it lasts when everything from abroad is missing.
        days_alone: Option<String>,
        /// What can be drawn under entitlements in shared reserves.
        entitled: String,
        /// What a call on the other members' pledges and earmarks would bring.
        call: String,
        /// Days with the shared reserve and a call, when the country's share is missing.
        days_with_reserve: Option<String>,
        /// Unit and basis of the numbers.
        unit: String,
    }

    /// What it means.
    StressAnswer {
        /// The country.
        country: String,
        /// The day on which it stops.
        day: String,
        /// One line for each material that is held or needed.
        lines: Vec<StressLine>,
    }
}

/// Sums of one material.
#[derive(Clone, Copy, Default)]
struct Sums {
    on_hand: i64,
    available: i64,
    in_transit: i64,
    at_risk: i64,
    from_there: i64,
    entitled: i64,
    call: i64,
}

impl Question for Stress {
    const NAME: &'static str = "stress";
    const ABOUT: &'static str =
        "A country stops delivering: how long stock lasts, what is at risk, what the shared reserve would bring.";
    const LINES: Option<&'static str> = Some("lines");
    type Answer = StressAnswer;

    fn answer(&self, view: &dyn View) -> Result<StressAnswer, Problem> {
        let (books, day) = (view.books(), day_of(view, self.day.as_ref())?);
        let party = party_if(books, self.party.as_ref())?;
        let material = material_if(books, self.material.as_ref())?;
        let stage = self.stage.as_ref().map(|word| stage(word)).transpose()?;
        let base = match (&self.base, self.year) {
            (Some(base), Some(year)) => Some((base_kind(base)?, year)),
            (None, None) => None,
            _ => return Err(Problem::bad_field("year", "`base` and `year` go together")),
        };
        let mut sums = vec![Sums::default(); books.materials().len()];
        self.stock(view, party, stage, day, &mut sums)?;
        shared(view, party, day, &mut sums);
        let mut lines = Vec::new();
        for (number, sums) in (0u32..).map(MaterialNo).zip(&sums) {
            let facts = &books.materials()[number.0 as usize];
            let need = match base {
                Some((kind, year)) => {
                    let of = |party| books.base_at(party, number, kind, year, books.head()).unwrap_or(0);
                    let all = || (0u32..).map(PartyNo).take(books.parties().len()).map(of).sum();
                    Some(i128::from(party.map_or_else(all, of)))
                }
                None => facts.requirement_per_day.map(|need| i128::from(need.units()) * 365),
            };
            let is_wanted = material.is_none_or(|material| material == number);
            if !is_wanted || (sums.on_hand == 0 && sums.in_transit == 0 && need.is_none_or(|need| need == 0)) {
                continue;
            }
            lines.push(line(books, number, sums, need));
        }
        Ok(StressAnswer { country: self.country.clone(), day: wire::date::show_day(day), lines })
    }
}

fn stage(word: &str) -> Result<StageWord, Problem> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|_| Problem::bad_field("stage", format!("`{word}` is no stage")))
}

impl Stress {
    /// What the party holds and has on its way, in one pass over the accounts.
    fn stock(
        &self,
        view: &dyn View,
        party: Option<PartyNo>,
        stage: Option<StageWord>,
        day: Day,
        sums: &mut [Sums],
    ) -> Result<(), Problem> {
        let books = view.books();
        let sight = Sight::of(view);
        for (number, account) in (0u32..).map(AccountNo).zip(books.accounts()) {
            let place = &books.places()[account.key.place.0 as usize];
            let owner = account.key.owner;
            let is_wanted = place.is_real()
                && party.is_none_or(|party| party == owner)
                && books.pool_of(owner).is_none()
                && sight.sees_account(account);
            if !is_wanted {
                continue;
            }
            let own = match account.days.at(day) {
                Some(sums) => sums,
                None => view.at(number, day, books.head())?,
            };
            if own.on_hand == 0 {
                continue;
            }
            let facts = &books.lots()[account.key.lot.0 as usize].facts;
            let origin = &facts.origin;
            let is_from = |country: &Option<String>| country.as_ref() == Some(&self.country);
            let is_from_there = match stage {
                Some(StageWord::Mining) => is_from(&origin.mined),
                Some(StageWord::Separation) => is_from(&origin.separated),
                Some(StageWord::Refining) => is_from(&origin.refined),
                Some(StageWord::Manufacturing) => is_from(&origin.manufactured),
                None => {
                    [&origin.mined, &origin.separated, &origin.refined, &origin.manufactured].into_iter().any(is_from)
                }
            };
            let sums = &mut sums[facts.material.0 as usize];
            match place {
                Place::Transit(transit) => {
                    sums.in_transit += own.on_hand;
                    let leaves = matches!(&books.places()[transit.source.0 as usize],
                        Place::Site(site) if site.country == self.country);
                    sums.at_risk += if leaves || is_from_there { own.on_hand } else { 0 };
                }
                _ => {
                    sums.on_hand += own.on_hand;
                    sums.available += own.available();
                }
            }
            sums.from_there += if is_from_there { own.on_hand } else { 0 };
        }
        Ok(())
    }
}

/// What shared reserves would bring: the party's own free entitlements, and what others have promised.
fn shared(view: &dyn View, party: Option<PartyNo>, day: Day, sums: &mut [Sums]) {
    let books = view.books();
    let sight = Sight::of(view);
    for tally in books.tallies() {
        let key = tally.key;
        let is_own = party.is_none_or(|party| party == key.party) && sight.sees_party(key.party);
        if let (TallyKind::Entitlement, Some(material), true) = (key.kind, key.material, is_own) {
            let of = |kind| at(books, kind, key.of, key.party, material, day);
            sums[material.0 as usize].entitled += of(TallyKind::Entitlement) - of(TallyKind::Drawn);
        }
    }
    for claim in books.encumbrances().iter().filter(|claim| claim.kind.is_promise()) {
        let Some(reserve) = claim.agreement.as_ref().and_then(|code| books.reserve_no(code)) else { continue };
        let key = books.accounts()[claim.account.0 as usize].key;
        let takes_part = |party| {
            books.reserves()[reserve.0 as usize].status_at(party, day, books.head())
                == Some(books::reserve::MemberStatus::Joined)
        };
        // A call brings what others promised; asked for all members together, there are no others.
        let brings = party.is_some_and(|party| party != key.owner && takes_part(party));
        if brings && (sight.runs(books, reserve) || sight.sees_encumbrance(claim)) {
            let material = books.lots()[key.lot.0 as usize].facts.material;
            sums[material.0 as usize].call += claim.remaining.at(day).unwrap_or_default().on_hand;
        }
    }
}

fn line(books: &Books, material: MaterialNo, sums: &Sums, need: Option<i128>) -> StressLine {
    let show = |units| number(books, material, units);
    let held = i128::from(sums.on_hand) + i128::from(sums.in_transit);
    let from_there = i128::from(sums.from_there);
    let lost = need.filter(|_| held > 0).map(|need| need * from_there / held);
    let free = i128::from(sums.available);
    let with = free + i128::from(sums.entitled) + i128::from(sums.call);
    StressLine {
        material: material_code(books, material),
        on_hand: show(sums.on_hand),
        available: show(sums.available),
        in_transit: show(sums.in_transit),
        at_risk: show(sums.at_risk),
        share: percent(from_there, held),
        need_a_year: need.map(|need| show(i64::try_from(need).unwrap_or(i64::MAX))),
        days: lost.and_then(|lost| days_of(free, lost)),
        days_alone: need.and_then(|need| days_of(free, need)),
        entitled: show(sums.entitled),
        call: show(sums.call),
        days_with_reserve: lost.and_then(|lost| days_of(with, lost)),
        unit: unit(books, material),
    }
}
