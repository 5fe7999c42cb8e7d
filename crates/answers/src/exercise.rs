//! An exercise: shocks, day by day, on what the books hold. How long each member's stock of each material lasts, alone and with
//! the shared reserve.
//!
//! Nothing is drawn by chance and nothing is a float: the same books and the same plan give the same days anywhere. Each day a
//! member needs its part of a year's figure. What no shock stops is delivered. What is missing it takes from its own stock,
//! then from its entitlement in the pool, then from what a call brought; the rest is unmet. Stock counts where it lies: what
//! is abroad is a lead time away, does not leave a country that lets nothing out, and not by a restriction.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use books::base::BaseKind;
use books::place::Place;
use books::provenance::Mixtures;
use books::reserve::MemberStatus;
use books::world::{FigureOf, WorldFigure};
use books::{AccountNo, Day, LotNo, MaterialNo, PartyNo, ReserveNo, TallyKind};
use measure::Quantity;

use crate::problem::Problem;
use crate::view::View;
use crate::when::At;

/// Parts of a whole.
const WHOLE: i128 = 1_000_000;

/// The day on which what was asked is there, the material, and each member's part.
pub type Called = (Day, MaterialNo, Vec<(PartyNo, i128)>);
/// A member, a material, a country, and its share in millionths.
pub type ShareOf = (PartyNo, Option<MaterialNo>, String, i128);

/// What is played through.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The reserve whose members are looked at.
    pub reserve: ReserveNo,
    /// The first day.
    pub first: Day,
    /// How many days.
    pub day_count: i32,
    /// Need is this figure of a year.
    pub need: (BaseKind, u16),
    /// Days until what lies abroad is there.
    pub lead_days: i32,
    /// What stops.
    pub shocks: Vec<Shock>,
    /// What of a member's supply of a material comes from a country, in millionths. Without a material, of all others.
    pub shares: Vec<ShareOf>,
    /// Calls: the day on which what was asked is there, and each member's part.
    pub calls: Vec<Called>,
}

/// What stops.
#[derive(Clone, Debug)]
pub struct Shock {
    /// Does nothing leave the country of what lies there? Else the country stops supplying.
    pub is_host: bool,
    /// The country.
    pub country: String,
    /// Of which materials; of all where there are none.
    pub materials: Vec<MaterialNo>,
    /// How much of what it supplies, in millionths.
    pub cut: i128,
    /// Its first day.
    pub first: Day,
    /// Its last day.
    pub last: Day,
}

impl Shock {
    fn holds(&self, day: Day, material: MaterialNo) -> bool {
        self.first <= day && day <= self.last && (self.materials.is_empty() || self.materials.contains(&material))
    }
}

/// A member and a material on a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Point {
    /// What is needed on the day.
    pub need: i128,
    /// What of it is not delivered.
    pub lost: i128,
    /// What is in reach at the end of the day, without the reserve.
    pub alone: i128,
    /// What of the need is not met, without it.
    pub unmet_alone: i128,
    /// What is in reach at the end of the day, with it.
    pub shared: i128,
    /// What of the need is not met, with it.
    pub unmet_shared: i128,
}

/// A member and a material.
#[derive(Clone, Debug)]
pub struct Curve {
    /// The member.
    pub member: PartyNo,
    /// The material.
    pub material: MaterialNo,
    /// Day by day.
    pub points: Vec<Point>,
    /// What it took of the pool.
    pub drawn: i128,
    /// What it gave to calls.
    pub given: i128,
    /// What it got of calls.
    pub got: i128,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Played {
    /// Members and materials with a need, by code.
    pub curves: Vec<Curve>,
    /// Members and materials of which nothing can be said: no figure of the need, or no share where a country stops.
    pub unknown: Vec<(PartyNo, MaterialNo, &'static str)>,
}

/// Some of a lot, where it lies.
struct Piece {
    account: AccountNo,
    lot: LotNo,
    country: Option<String>,
    /// Of what is on its way: the day on which it is due, and the country that it left.
    transit: Option<(Day, Option<String>)>,
}

/// One run: with the reserve or without.
#[derive(Default)]
struct Run {
    used: HashMap<AccountNo, i128>,
    entitled_used: HashMap<(PartyNo, MaterialNo), i128>,
    /// What was given of the stock that was promised to the reserve.
    promised_used: HashMap<(PartyNo, MaterialNo), i128>,
    /// What calls brought and nobody took yet.
    pot: HashMap<MaterialNo, i128>,
}

/// What is free, account by account.
type Reach = Rc<[(AccountNo, i128)]>;

struct Game<'v> {
    view: &'v dyn View,
    plan: &'v Plan,
    pool: PartyNo,
    pieces: HashMap<(PartyNo, MaterialNo), Vec<Piece>>,
    /// What is free of an owner's stock and may come to a member, account by account: worked out anew only where something
    /// changes.
    reach: HashMap<(PartyNo, MaterialNo, PartyNo), (usize, Reach)>,
    countries: HashMap<PartyNo, String>,
    /// Days on which anything changes what is in reach.
    changes: Vec<Day>,
    mixtures: Mixtures<'v>,
}

/// Plays a plan.
///
/// # Errors
/// When the history cannot be read.
pub fn play(view: &dyn View, plan: &Plan) -> Result<Played, Problem> {
    let books = view.books();
    let facts = books.reserve(plan.reserve);
    let at = books.facts_at(plan.first, books.head());
    let figures: Vec<&WorldFigure> = at.world_figures().into_iter().map(|(_, figure)| figure).collect();
    let mut members = facts.ever_members();
    members.retain(|member| facts.status_at(*member, plan.first, books.head()) == Some(MemberStatus::Joined));
    members.sort_by_key(|member| books.party_code(*member));
    let mut game = Game::begin(view, plan, facts.pool);
    let mut played = Played::default();
    let mut supplies = Vec::new();
    for material in (0u32..).map(MaterialNo).take(books.materials().len()) {
        for member in &members {
            let is_held = game.pieces.contains_key(&(*member, material));
            match at.figure(*member, material, plan.need.0, plan.need.1) {
                None if is_held => played.unknown.push((*member, material, "no figure of the need")),
                None => {}
                Some(need) if need <= 0 => {}
                Some(need) => match plan
                    .shares_of(*member, material, || imported(&figures, *member, material, plan.need.1))
                {
                    None => played.unknown.push((*member, material, "no share of supply from a country that stops")),
                    Some(shares) => supplies.push((*member, material, i128::from(need), shares)),
                },
            }
        }
    }
    let lost: Vec<Vec<(i128, i128)>> =
        supplies.iter().map(|(_, material, need, shares)| plan.lost(*material, *need, shares)).collect();
    let blank = |(member, material, ..): &(PartyNo, MaterialNo, i128, BTreeMap<String, i128>)| Curve {
        member: *member,
        material: *material,
        points: Vec::new(),
        drawn: 0,
        given: 0,
        got: 0,
    };
    let mut curves: Vec<Curve> = supplies.iter().map(blank).collect();
    let (mut alone, mut shared) = (Run::default(), Run::default());
    for step in 0..plan.day_count {
        let day = Day(plan.first.0 + step);
        game.give_to_calls(day, &mut shared, &mut curves)?;
        for (curve, lost) in curves.iter_mut().zip(&lost) {
            let (need, lost) = lost[step as usize];
            let (member, material) = (curve.member, curve.material);
            let unmet_alone = lost - game.take_own(day, member, material, lost, &mut alone)?;
            let own = game.take_own(day, member, material, lost, &mut shared)?;
            let drawn = game.take_pool(day, member, material, lost - own, &mut shared)?;
            let pot = shared.pot.entry(material).or_default();
            let got = (lost - own - drawn).min(*pot);
            *pot -= got;
            (curve.drawn, curve.got) = (curve.drawn + drawn, curve.got + got);
            curve.points.push(Point {
                need,
                lost,
                alone: game.left(day, member, material, &alone)?,
                unmet_alone,
                shared: game.left(day, member, material, &shared)?,
                unmet_shared: lost - own - drawn - got,
            });
        }
    }
    curves.sort_by_key(|curve| (curve.material, books.party_code(curve.member)));
    played.curves = curves;
    Ok(played)
}

/// Shares of a member's imports by country, by the figures of a year, or of the newest before it.
fn imported(figures: &[&WorldFigure], member: PartyNo, material: MaterialNo, year: u16) -> BTreeMap<String, i128> {
    let own = figures.iter().filter(|figure| {
        (figure.of, figure.party, figure.material) == (FigureOf::Imports, Some(member), material) && figure.year <= year
    });
    let newest = own.clone().map(|figure| figure.year).max();
    let mut all = 0;
    let mut by_country: BTreeMap<String, i128> = BTreeMap::new();
    for figure in own.filter(|figure| Some(figure.year) == newest) {
        match &figure.country {
            None => all = i128::from(figure.quantity.units()),
            Some(country) => *by_country.entry(country.clone()).or_default() += i128::from(figure.quantity.units()),
        }
    }
    let all = all.max(by_country.values().sum());
    by_country.values_mut().for_each(|units| *units = if all == 0 { 0 } else { *units * WHOLE / all });
    by_country
}

impl Plan {
    fn last(&self) -> Day {
        Day(self.first.0 + self.day_count - 1)
    }

    /// The shares of a member's supply of a material, by country: as the plan says them, else as imports are recorded; none where a
    /// country stops and nothing is said of it.
    fn shares_of(
        &self,
        member: PartyNo,
        material: MaterialNo,
        imported: impl FnOnce() -> BTreeMap<String, i128>,
    ) -> Option<BTreeMap<String, i128>> {
        let of = |wanted: Option<MaterialNo>| -> BTreeMap<String, i128> {
            let own = self.shares.iter().filter(|(party, own, ..)| (*party, *own) == (member, wanted));
            own.map(|(_, _, country, share)| (country.clone(), *share)).collect()
        };
        let own = of(Some(material));
        let shares = if own.is_empty() { of(None) } else { own };
        let shares = if shares.is_empty() { imported() } else { shares };
        let stops = self
            .shocks
            .iter()
            .any(|shock| !shock.is_host && (shock.materials.is_empty() || shock.materials.contains(&material)));
        (!stops || !shares.is_empty()).then_some(shares)
    }

    /// What is needed each day and what of it is not delivered: whole units, whose sums drift by less than one.
    fn lost(&self, material: MaterialNo, need: i128, shares: &BTreeMap<String, i128>) -> Vec<(i128, i128)> {
        let (mut needed, mut rest) = (0, 0);
        (0..self.day_count)
            .map(|step| {
                let day = Day(self.first.0 + step);
                let through = need * i128::from(step + 1) / 365;
                let today = through - needed;
                needed = through;
                let stopped = self.shocks.iter().filter(|shock| !shock.is_host && shock.holds(day, material));
                let cut: i128 = stopped
                    .map(|shock| shares.get(&shock.country).copied().unwrap_or(0) * shock.cut / WHOLE)
                    .sum::<i128>()
                    .min(WHOLE);
                let exact = today * cut + rest;
                rest = exact % WHOLE;
                (today, exact / WHOLE)
            })
            .collect()
    }
}

impl<'v> Game<'v> {
    fn begin(view: &'v dyn View, plan: &'v Plan, pool: PartyNo) -> Self {
        let books = view.books();
        let at = books.facts_at(plan.first, books.head());
        let mut pieces: HashMap<(PartyNo, MaterialNo), Vec<Piece>> = HashMap::new();
        let mut changes = BTreeSet::from([plan.first, Day(plan.first.0.saturating_add(plan.lead_days))]);
        for (account, row) in (0u32..).map(AccountNo).zip(books.accounts()) {
            let (country, transit) = match books.place(row.key.place) {
                Place::Site(_) => (at.country(row.key.place), None),
                Place::Transit(transit) => {
                    let due = transit.due.unwrap_or(Day(plan.first.0.saturating_add(plan.lead_days))).max(plan.first);
                    changes.insert(due);
                    (at.country(transit.target), Some((due, at.country(transit.source))))
                }
                Place::Outside
                | Place::Processing
                | Place::Loss
                | Place::CountDifference
                | Place::Rounding
                | Place::ShipperReceiver
                | Place::Loan(_) => continue,
            };
            changes.extend(row.days.rows().iter().map(|row| row.day));
            let material = books.lot(row.key.lot).facts.material;
            let piece = Piece { account, lot: row.key.lot, country, transit };
            pieces.entry((row.key.owner, material)).or_default().push(piece);
        }
        for shock in &plan.shocks {
            changes.extend([shock.first, Day(shock.last.0.saturating_add(1))]);
        }
        for (_, restriction) in at.restrictions() {
            changes.insert(restriction.first);
            changes.extend(restriction.last.map(|last| Day(last.0.saturating_add(1))));
        }
        let changes = changes.into_iter().filter(|day| plan.first <= *day && *day <= plan.last()).collect();
        let mixtures = Mixtures::known_at(books, books.head());
        let country = |party: PartyNo| (party, at.party(party).country.clone().unwrap_or_default());
        let countries = (0u32..).map(PartyNo).take(books.parties().len()).map(country).collect();
        Self { view, plan, pool, pieces, reach: HashMap::new(), countries, changes, mixtures }
    }

    /// Since when nothing changed, as a number.
    fn epoch(&self, day: Day) -> usize {
        self.changes.partition_point(|change| *change <= day)
    }

    /// What is free of an owner's stock and may come to a member: account by account.
    fn in_reach(&mut self, day: Day, owner: PartyNo, material: MaterialNo, member: PartyNo) -> Result<Reach, Problem> {
        let (epoch, key) = (self.epoch(day), (owner, material, member));
        if let Some((known, reach)) = self.reach.get(&key)
            && *known == epoch
        {
            return Ok(Rc::clone(reach));
        }
        let to = self.country(member);
        let mut found = Vec::new();
        if let Some(pieces) = self.pieces.get(&(owner, material)) {
            // What lies at home is taken first: others may not get at it.
            let is_home = |piece: &&Piece| piece.country.as_deref() == Some(&*to);
            let (home, abroad): (Vec<&Piece>, Vec<&Piece>) = pieces.iter().partition(is_home);
            for piece in home.into_iter().chain(abroad) {
                let units = free(self.view, self.plan, &mut self.mixtures, (day, material, &to), piece)?;
                found.push((piece.account, units));
            }
        }
        let reach: Reach = found.into();
        self.reach.insert(key, (epoch, Rc::clone(&reach)));
        Ok(reach)
    }

    fn country(&self, party: PartyNo) -> String {
        self.countries.get(&party).cloned().unwrap_or_default()
    }

    /// Takes up to so much of an owner's stock that may come to a member.
    fn take(
        &mut self,
        day: Day,
        (owner, member): (PartyNo, PartyNo),
        material: MaterialNo,
        wanted: i128,
        run: &mut Run,
    ) -> Result<i128, Problem> {
        let mut left = wanted;
        if left <= 0 {
            return Ok(0);
        }
        for (account, units) in self.in_reach(day, owner, material, member)?.iter() {
            let used = run.used.entry(*account).or_default();
            let taken = (units - *used).clamp(0, left);
            *used += taken;
            left -= taken;
        }
        Ok(wanted - left)
    }

    fn take_own(
        &mut self,
        day: Day,
        member: PartyNo,
        material: MaterialNo,
        wanted: i128,
        run: &mut Run,
    ) -> Result<i128, Problem> {
        self.take(day, (member, member), material, wanted, run)
    }

    /// Takes of the pool, as far as the member is entitled to it.
    fn take_pool(
        &mut self,
        day: Day,
        member: PartyNo,
        material: MaterialNo,
        wanted: i128,
        run: &mut Run,
    ) -> Result<i128, Problem> {
        if wanted <= 0 {
            return Ok(0);
        }
        let books = self.view.books();
        let of = |kind| {
            let key = books::TallyKey { kind, of: self.plan.reserve.0, party: member, material: Some(material) };
            i128::from(books.tally_at(key, day))
        };
        let used = run.entitled_used.get(&(member, material)).copied().unwrap_or(0);
        let free = of(TallyKind::Entitlement) - of(TallyKind::Drawn) - used;
        let taken = self.take(day, (self.pool, member), material, wanted.min(free), run)?;
        *run.entitled_used.entry((member, material)).or_default() += taken;
        Ok(taken)
    }

    /// What is left in reach of a member's own stock at the end of a day.
    fn left(&mut self, day: Day, member: PartyNo, material: MaterialNo, run: &Run) -> Result<i128, Problem> {
        let reach = self.in_reach(day, member, material, member)?;
        Ok(reach.iter().map(|(account, units)| (units - run.used.get(account).copied().unwrap_or(0)).max(0)).sum())
    }

    /// What a member promised to the reserve and did not give yet: no other need takes it.
    fn promised(&self, day: Day, member: PartyNo, material: MaterialNo, run: &Run) -> i128 {
        let books = self.view.books();
        let own = books.encumbrances().iter().filter(|claim| {
            let key = books.account(claim.account).key;
            claim.promised == Some(self.plan.reserve)
                && claim.kind.is_promise()
                && (key.owner, books.lot(key.lot).facts.material) == (member, material)
        });
        let left: i128 = own.map(|claim| i128::from(claim.remaining.at(day).unwrap_or_default().on_hand)).sum();
        left - run.promised_used.get(&(member, material)).copied().unwrap_or(0)
    }

    /// What calls ask for on a day is given out of what was promised, then of other stock, the asker's too, as far as it is
    /// there and its country lets it out.
    fn give_to_calls(&mut self, day: Day, run: &mut Run, curves: &mut [Curve]) -> Result<(), Problem> {
        for (due, material, parts) in &self.plan.calls {
            if *due != day {
                continue;
            }
            for (member, part) in parts {
                let country = self.country(*member);
                let mut hosts = self.plan.shocks.iter().filter(|shock| shock.is_host && shock.holds(day, *material));
                if hosts.any(|shock| shock.country == country) {
                    continue;
                }
                let promised = self.promised(day, *member, *material, run).clamp(0, *part);
                *run.promised_used.entry((*member, *material)).or_default() += promised;
                let given = promised + self.take_own(day, *member, *material, part - promised, run)?;
                *run.pot.entry(*material).or_default() += given;
                let own = curves.iter_mut().find(|curve| (curve.member, curve.material) == (*member, *material));
                own.into_iter().for_each(|curve| curve.given += given);
            }
        }
        Ok(())
    }
}

/// What of a piece is free on a day, and may come to a country.
fn free<'b>(
    view: &'b dyn View,
    plan: &Plan,
    mixtures: &mut Mixtures<'b>,
    (day, material, to): (Day, MaterialNo, &str),
    piece: &Piece,
) -> Result<i128, Problem> {
    let books = view.books();
    let lets_out = |country: Option<&String>| {
        let stops = |shock: &Shock| shock.is_host && shock.holds(day, material) && Some(&shock.country) == country;
        !plan.shocks.iter().any(stops)
    };
    let at_home = piece.country.as_deref() == Some(to);
    let is_there = match &piece.transit {
        Some((due, source)) => {
            day >= *due && (at_home || lets_out(piece.country.as_ref())) && lets_out(source.as_ref())
        }
        None => at_home || (day.0 >= plan.first.0.saturating_add(plan.lead_days) && lets_out(piece.country.as_ref())),
    };
    if !is_there {
        return Ok(0);
    }
    let sums = At { day, known_at: books.head() }.sums(view, piece.account)?;
    let units = if piece.transit.is_some() { sums.on_hand } else { sums.available() };
    let Some(quantity) = Quantity::new(units).filter(|quantity| quantity.units() > 0) else { return Ok(0) };
    if at_home && piece.transit.is_none() {
        return Ok(units.into());
    }
    let at = books.facts_at(day, books.head());
    let facts = at.material(material);
    let mut blocked = 0;
    for (_, restriction) in at.restrictions() {
        if restriction.is_in_force(day)
            && restriction.concerns(material, &facts)
            && restriction.stops(to, None)
            && restriction
                .holds_in(piece.transit.as_ref().map_or(piece.country.as_deref(), |(_, source)| source.as_deref()))
        {
            blocked = blocked.max(restriction.falls_under(mixtures.of(piece.lot, day), quantity).units());
        }
    }
    Ok(i128::from(units - blocked))
}
