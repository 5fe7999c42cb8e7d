//! Two records of one party side by side: its reports and the books, or its reports and another party's.
//!
//! Both sides are told as lines of the crate [`reconcile`], in accounting units wherever that is exact. What only one
//! side ever tells (site, counterparty) is left out of both: it is no difference.

use std::collections::{HashMap, HashSet};

use books::material::Material;
use books::place::Place;
use books::report::{Piece, ReportKind, Told, Way};
use books::{AccountKey, Act, Books, Day, MaterialNo, PartyNo, ReportNo, Seq};
use measure::{Basis, Quantity, Scale, Unit, convert_exact};
use reconcile::{
    HandMatch, Line, LotNameNo, Matching, Names, ReferenceNo, SourceNo, Tolerance, Tolerances, match_lines, stem,
};

use crate::problem::Problem;
use crate::reported::{self, content, judged, reports_of};
use crate::stated::{Holdings, StatedAccount};
use crate::touching::{changing, events_at};
use crate::view::View;
use crate::wants::Wants;
use crate::why::Why;

/// What is compared.
#[derive(Clone, Copy)]
pub(crate) struct Scope {
    pub(crate) party: PartyNo,
    /// With the books where there is none.
    pub(crate) against: Option<PartyNo>,
    pub(crate) material: Option<MaterialNo>,
    pub(crate) first: Day,
    pub(crate) last: Day,
}

/// One side: lines, and what each is.
#[derive(Default)]
pub(crate) struct Side {
    pub(crate) lines: Vec<Line>,
    pub(crate) pieces: Vec<Piece>,
    /// Of the books: is a line what a count found?
    is_count: Vec<bool>,
    tells_site: bool,
    tells_counterparty: bool,
}

/// Both sides and what matching said of them.
pub(crate) struct Compared {
    pub(crate) ours: Side,
    pub(crate) theirs: Side,
    pub(crate) matching: Matching,
}

/// Names that lines share, by number.
#[derive(Default)]
struct Naming {
    references: Names,
    lots: Names,
    scales: HashMap<(MaterialNo, Unit), Option<u8>>,
}

impl Naming {
    fn reference(&mut self, text: &str) -> (Option<ReferenceNo>, Option<ReferenceNo>) {
        let number = ReferenceNo(self.references.number(text));
        (Some(number), Some(ReferenceNo(self.references.number(stem(text)))))
    }

    /// Decimals of a unit at which one is exactly an accounting unit.
    fn decimals(&mut self, books: &Books, material: MaterialNo, unit: Unit) -> Option<u8> {
        *self.scales.entry((material, unit)).or_insert_with(|| {
            let facts = books.material(material);
            (0..=18).find(|decimals| {
                let one = Quantity::new(1).expect("one");
                convert_exact(one, Scale { unit, decimals: *decimals }, accounting(facts)) == Ok(one)
            })
        })
    }

    /// Units of the books in the unit in which the material is shown, with all decimals of accounting.
    fn ours(&mut self, books: &Books, material: MaterialNo) -> Scale {
        let facts = books.material(material);
        match self.decimals(books, material, facts.shown) {
            Some(decimals) => Scale { unit: facts.shown, decimals },
            None => accounting(facts),
        }
    }

    /// A quantity as it was told, with the decimals of accounting where that is exact.
    fn told(&mut self, books: &Books, material: MaterialNo, told: &Told) -> (i64, Scale) {
        let as_told = (told.digits, Scale { unit: told.unit, decimals: told.decimals });
        let Some(decimals) = self.decimals(books, material, told.unit) else { return as_told };
        let Some(more) = decimals.checked_sub(told.decimals) else { return as_told };
        let finer = 10i64.checked_pow(u32::from(more)).and_then(|factor| told.digits.checked_mul(factor));
        finer.map_or(as_told, |digits| (digits, Scale { unit: told.unit, decimals }))
    }
}

pub(crate) fn accounting(facts: &Material) -> Scale {
    Scale { unit: facts.unit, decimals: facts.decimals }
}

/// A line's quantity in accounting units; none where its unit or basis does not allow that.
pub(crate) fn in_accounting(books: &Books, line: &Line) -> Option<i64> {
    let facts = books.material(line.material);
    units(facts, line.quantity, line.scale, line.basis)
}

/// A told quantity in accounting units; none where its unit or basis does not allow that.
pub(crate) fn told_units(facts: &Material, told: &Told) -> Option<i64> {
    units(facts, told.digits, Scale { unit: told.unit, decimals: told.decimals }, told.basis)
}

fn units(facts: &Material, digits: i64, scale: Scale, basis: Basis) -> Option<i64> {
    let size = Quantity::new(digits.checked_abs()?)?;
    let exact = convert_exact(size, scale, accounting(facts)).ok().filter(|_| basis == facts.basis)?;
    Some(digits.signum() * exact.units())
}

/// Compares movements.
pub(crate) fn movements(view: &dyn View, scope: &Scope, flagged: &[ReportNo]) -> Result<Compared, Problem> {
    let mut naming = Naming::default();
    if scope.against.is_none() && !tells_movements(view.books(), scope) {
        return matched(view, scope, Side::default(), Side::default());
    }
    let mut theirs = told_lines(view, scope, scope.party, flagged, &mut naming)?;
    let mut ours = match scope.against {
        None => booked_lines(view, scope, &mut naming)?,
        Some(other) => {
            let mut side = told_lines(view, scope, other, &[], &mut naming)?;
            for line in &mut side.lines {
                let named = line.counterparty.is_some();
                *line = line.mirrored();
                if !named {
                    line.party = scope.party;
                }
            }
            let between = |side: &mut Side, shared: &HashSet<ReferenceNo>| {
                let keep: Vec<bool> = side
                    .lines
                    .iter_mut()
                    .map(|line| {
                        // A line that names nobody is meant where the other party calls a movement the same.
                        let is_shared = line.stem.is_some_and(|stem| shared.contains(&stem));
                        if line.counterparty.is_none() && line.party == scope.party && is_shared {
                            line.counterparty = Some(other);
                        }
                        (line.party, line.counterparty) == (scope.party, Some(other))
                    })
                    .collect();
                retain(&mut side.lines, &keep);
                retain(&mut side.pieces, &keep);
                (side.tells_site, side.tells_counterparty) = (false, true);
            };
            let stems = |side: &Side| side.lines.iter().filter_map(|line| line.stem).collect::<HashSet<_>>();
            let (ours, told) = (stems(&side), stems(&theirs));
            between(&mut side, &told);
            between(&mut theirs, &ours);
            side
        }
    };
    if scope.against.is_none() {
        leave_counts(view.books(), &mut ours, &theirs);
    }
    level(&mut ours, &mut theirs);
    matched(view, scope, ours, theirs)
}

/// Leaves out what a count found that the other record does not tell as a movement: the balance report judges it.
fn leave_counts(books: &Books, ours: &mut Side, theirs: &Side) {
    let told: HashSet<(MaterialNo, Option<i64>)> =
        theirs.lines.iter().map(|line| (line.material, in_accounting(books, line))).collect();
    let keep: Vec<bool> = ours
        .lines
        .iter()
        .zip(&ours.is_count)
        .map(|(line, is_count)| !is_count || told.contains(&(line.material, in_accounting(books, line))))
        .collect();
    retain(&mut ours.lines, &keep);
    retain(&mut ours.pieces, &keep);
    ours.is_count = Vec::new();
}

/// Do a party's reports of the period tell what moved? Whoever states holdings only leaves no movement out.
pub(crate) fn tells_movements(books: &Books, scope: &Scope) -> bool {
    reports_of(books, scope.party).map(|number| books.report(number)).any(|report| {
        let is_of_period = report.first <= scope.last && report.last >= scope.first;
        is_of_period && (report.kind == ReportKind::Transactions || report.line_count > 0)
    })
}

fn retain<T>(rows: &mut Vec<T>, keep: &[bool]) {
    let mut keep = keep.iter();
    rows.retain(|_| keep.next().copied().unwrap_or(false));
}

/// What one side does not tell counts on neither.
fn level(ours: &mut Side, theirs: &mut Side) {
    let site = ours.tells_site && theirs.tells_site;
    let counterparty = ours.tells_counterparty && theirs.tells_counterparty;
    for line in ours.lines.iter_mut().chain(&mut theirs.lines) {
        if !site {
            line.site = None;
        }
        if !counterparty {
            line.counterparty = None;
        }
    }
}

fn matched(view: &dyn View, scope: &Scope, ours: Side, theirs: Side) -> Result<Compared, Problem> {
    let books = view.books();
    let mut materials: Vec<MaterialNo> = ours.lines.iter().chain(&theirs.lines).map(|line| line.material).collect();
    materials.sort_unstable();
    materials.dedup();
    let mut tolerances = Tolerances::new(Tolerance::EXACT);
    for material in materials {
        let allowed = books.facts_at(scope.last, books.head()).allowance(material);
        let books::comparing::Allowance { ppm, absolute, rounding, days, .. } = allowed;
        let tolerance = Tolerance { ppm, absolute, rounding, days, days_allowed: allowed.days_allowed() };
        tolerances = tolerances.with(material, tolerance);
    }
    let by_hand = by_hand(books, &ours, &theirs);
    let by_hand: Vec<HandMatch<'_>> = by_hand.iter().map(|(ours, theirs)| HandMatch { ours, theirs }).collect();
    let matching = match_lines(&ours.lines, &theirs.lines, &tolerances, &by_hand)
        .map_err(|error| Problem::cannot_answer(Why::NotComparable { said: error.to_string() }))?;
    Ok(Compared { ours, theirs, matching })
}

/// Matches by hand of which every piece is here.
fn by_hand(books: &Books, ours: &Side, theirs: &Side) -> Vec<(Vec<u32>, Vec<u32>)> {
    let standing: Vec<_> = books.hand_matches().iter().filter(|row| row.undone.is_none()).collect();
    if standing.is_empty() {
        return Vec::new();
    }
    let places = |side: &Side| -> HashMap<Piece, u32> { side.pieces.iter().copied().zip(0u32..).collect() };
    let (our_places, their_places) = (places(ours), places(theirs));
    let all = |pieces: &[Piece], places: &HashMap<Piece, u32>| -> Option<Vec<u32>> {
        pieces.iter().map(|piece| places.get(piece).copied()).collect()
    };
    let found =
        standing.iter().filter_map(|row| Some((all(&row.ours, &our_places)?, all(&row.theirs, &their_places)?)));
    // Whoever joined lines of two materials said nothing that can be compared; every other line is.
    let is_of_one_material = |(our_lines, their_lines): &(Vec<u32>, Vec<u32>)| {
        let of = |side: &Side, lines: &[u32]| -> Vec<_> {
            lines.iter().map(|line| side.lines[*line as usize].material).collect()
        };
        let materials = [of(ours, our_lines), of(theirs, their_lines)].concat();
        materials.windows(2).all(|pair| pair[0] == pair[1])
    };
    found.filter(is_of_one_material).collect()
}

/// What a party told, in force, of the period.
fn told_lines(
    view: &dyn View,
    scope: &Scope,
    party: PartyNo,
    flagged: &[ReportNo],
    naming: &mut Naming,
) -> Result<Side, Problem> {
    let books = view.books();
    let mut side = Side { tells_site: true, tells_counterparty: true, ..Side::default() };
    for row in judged(view, party)? {
        let line = &row.line;
        let is_meant = scope.material.is_none_or(|material| material == line.material)
            && (scope.first..=scope.last).contains(&line.effective);
        if !row.counts() || !is_meant || flagged.contains(&row.report) {
            continue;
        }
        let (digits, scale) = naming.told(books, line.material, &line.quantity);
        let (reference, stem) = line.reference.as_deref().map_or((None, None), |text| naming.reference(text));
        side.tells_site &= line.site.is_some();
        side.tells_counterparty &= line.counterparty.is_some();
        side.pieces.push(row.piece());
        side.lines.push(Line {
            reference,
            stem,
            party,
            counterparty: line.counterparty,
            site: line.site,
            material: line.material,
            lot: line.lot.as_deref().map(|lot| LotNameNo(naming.lots.number(lot))),
            scale,
            basis: line.quantity.basis,
            quantity: if line.way == Way::In { digits } else { -digits },
            effective: line.effective,
            is_provisional: line.provisional,
            report: SourceNo(row.report.0 + 1),
            number: line.number,
        });
    }
    Ok(side)
}

/// Is an account one of the scope in the books?
fn is_booked(books: &Books, scope: &Scope, key: &AccountKey) -> bool {
    let is_site = matches!(books.place(key.place), Place::Site(_));
    let of = books.lot(key.lot).facts.material;
    key.owner == scope.party && is_site && scope.material.is_none_or(|material| material == of)
}

/// What [`movements`] and [`closings`] want of the log.
pub(crate) fn wanted(view: &dyn View, scope: &Scope) -> Result<Wants, Problem> {
    let books = view.books();
    let told = reported::wanted(books, scope.party);
    match scope.against {
        Some(other) => Ok(told.and(reported::wanted(books, other))),
        None if !tells_movements(books, scope) => Ok(told),
        None => {
            let own = |key: &AccountKey| is_booked(books, scope, key);
            Ok(told.and(Wants::events(changing(view, own, scope.first, scope.last)?)))
        }
    }
}

/// What the books say moved at a party's sites in the period. An event and its correction of the same day are nothing.
fn booked_lines(view: &dyn View, scope: &Scope, naming: &mut Naming) -> Result<Side, Problem> {
    let books = view.books();
    let mut side = Side { tells_site: true, tells_counterparty: true, ..Side::default() };
    // Where the legs of each event stand, for the corrections that take them away.
    let mut standing: HashMap<Seq, Vec<usize>> = HashMap::new();
    let mut taken: Vec<bool> = Vec::new();
    let mut number = 0;
    let own = |key: &AccountKey| is_booked(books, scope, key);
    let wanted = changing(view, own, scope.first, scope.last)?;
    events_at(view, &wanted, &mut |seq, event| {
        let act = event.effect(books);
        if event.entries.is_empty() || matches!(act.as_deref(), Some(Act::Split(_) | Act::Merge(_))) {
            return;
        }
        let reverses = match act.as_deref() {
            Some(Act::Correct(act)) => Some(act.reverses),
            _ => None,
        };
        for (place, entry) in (0u32..).zip(&event.entries) {
            let day = entry.day.unwrap_or(event.effective);
            for (leg, account, other, sign) in [(0, entry.source, entry.target, -1), (1, entry.target, entry.source, 1)]
            {
                let key = books.account(account).key;
                let lot = &books.lot(key.lot).facts;
                if !own(&key) || !(scope.first..=scope.last).contains(&day) {
                    continue;
                }
                let quantity = sign * entry.quantity.units();
                if let Some(places) = reverses.and_then(|seq| standing.get(&seq)) {
                    let undoes = |place: &&usize| {
                        let line = &side.lines[**place];
                        !taken[**place]
                            && (line.quantity, line.effective, line.site) == (-quantity, day, Some(key.place))
                    };
                    if let Some(place) = places.iter().find(undoes) {
                        taken[*place] = true;
                        continue;
                    }
                }
                number += 1;
                let scale = naming.ours(books, lot.material);
                let own = act.as_deref().and_then(|act| act.reference(books));
                let (reference, stem) = own.map_or((None, None), |text| naming.reference(text));
                let AccountKey { owner: other, place: elsewhere, .. } = books.account(other).key;
                side.is_count.push(matches!(books.place(elsewhere), Place::CountDifference));
                let counterparty = Some(other).filter(|other| *other != key.owner);
                side.tells_counterparty &= counterparty.is_some();
                standing.entry(seq).or_default().push(side.lines.len());
                taken.push(false);
                side.pieces.push(Piece::Event(seq, place * 2 + leg));
                side.lines.push(Line {
                    reference,
                    stem,
                    party: scope.party,
                    counterparty,
                    site: Some(key.place),
                    material: lot.material,
                    lot: Some(LotNameNo(naming.lots.number(&lot.code))),
                    scale,
                    basis: books.material(lot.material).basis,
                    quantity,
                    effective: day,
                    is_provisional: false,
                    report: SourceNo(0),
                    number,
                });
            }
        }
    })?;
    let keep: Vec<bool> = taken.iter().map(|taken| !taken).collect();
    retain(&mut side.lines, &keep);
    retain(&mut side.pieces, &keep);
    retain(&mut side.is_count, &keep);
    Ok(side)
}

/// A sum as the amount of one line.
fn as_line(units: i128) -> Result<i64, Problem> {
    i64::try_from(units).map_err(|_| Problem::cannot_answer(Why::TooLarge))
}

/// Compares closings of statements that end in the period with what the books hold then. Of two statements of one
/// account and day the later report counts.
pub(crate) fn closings(view: &dyn View, scope: &Scope, flagged: &[ReportNo]) -> Result<Compared, Problem> {
    let books = view.books();
    let mut naming = Naming::default();
    let (mut ours, mut theirs) = (Side::default(), Side::default());
    let mut stated: HashMap<(Day, StatedAccount), (Piece, Told)> = HashMap::new();
    let mut days: Vec<Day> = Vec::new();
    for number in reports_of(books, scope.party) {
        let report = books.report(number);
        let is_meant = report.kind == ReportKind::Statement && (scope.first..=scope.last).contains(&report.last);
        if !is_meant || flagged.contains(&number) || scope.against.is_some() {
            continue;
        }
        for (place, balance) in (1u32..).zip(content(view, number)?.balances) {
            if scope.material.is_some_and(|material| material != balance.material) {
                continue;
            }
            let account = StatedAccount { material: balance.material, site: balance.site, lot: balance.lot.clone() };
            stated.insert((report.last, account), (Piece::Balance(number, place), balance.closing));
            days.push(report.last);
        }
    }
    days.sort_unstable();
    days.dedup();
    let holdings = Holdings::of(books, scope.party);
    let mut rows: Vec<_> = stated.iter().collect();
    rows.sort_by(|a, b| a.0.cmp(b.0));
    let mut push =
        |side: &mut Side, piece: Piece, name: &str, account: &StatedAccount, day: Day, told: (i64, Scale, Basis)| {
            let number = u32::try_from(side.lines.len() + 1).unwrap_or(u32::MAX);
            side.pieces.push(piece);
            side.lines.push(Line {
                reference: Some(ReferenceNo(naming.references.number(name))),
                stem: None,
                party: scope.party,
                counterparty: None,
                site: None,
                material: account.material,
                lot: None,
                scale: told.1,
                basis: told.2,
                quantity: told.0,
                effective: day,
                is_provisional: false,
                report: SourceNo(0),
                number,
            });
        };
    let mut scales = Naming::default();
    for ((day, account), (piece, told)) in rows {
        let name = format!("{} {:?}", day.0, account);
        let (digits, scale) = scales.told(books, account.material, told);
        push(&mut theirs, *piece, &name, account, *day, (digits, scale, told.basis));
        let basis = books.material(account.material).basis;
        let units = as_line(holdings.held(view, account, *day)?)?;
        // What the books hold of just this account has no place of its own: the stated closing names it.
        let site = account.site.filter(|_| account.lot.is_none());
        let own = site.map_or(*piece, |site| Piece::Held(*day, site, account.material));
        let scale = scales.ours(books, account.material);
        push(&mut ours, own, &name, account, *day, (units, scale, basis));
    }
    let told: HashSet<(Day, MaterialNo, Option<books::PlaceNo>)> =
        stated.keys().map(|(day, account)| (*day, account.material, account.site)).collect();
    let is_meant = |material: MaterialNo| scope.material.is_none_or(|wanted| wanted == material);
    let mut sites: Vec<_> = holdings.sites().filter(|(_, material)| is_meant(*material)).collect();
    sites.sort_unstable();
    for day in days {
        for (site, material) in sites.iter().copied() {
            let is_stated = told.contains(&(day, material, None)) || told.contains(&(day, material, Some(site)));
            let account = StatedAccount { material, site: Some(site), lot: None };
            let units = if is_stated { 0 } else { as_line(holdings.held(view, &account, day)?)? };
            if units != 0 {
                let name = format!("{} {:?}", day.0, account);
                let basis = books.material(material).basis;
                let scale = scales.ours(books, material);
                push(&mut ours, Piece::Held(day, site, material), &name, &account, day, (units, scale, basis));
            }
        }
    }
    matched(view, scope, ours, theirs)
}
