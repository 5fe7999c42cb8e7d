//! Published figures: as they were first, as they are now, and every change between. Nothing ever takes one away.

use std::collections::BTreeSet;

use super::restated::{Restated, claimed};
use crate::event_filter::named_event;
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{known, party};
use crate::sight::Sight;
use crate::table::Table;
use crate::then;
use crate::view::View;
use crate::wants::{Scan, Wants};
use crate::when::{KnownAt, day};
use crate::why::Why;
use books::{AccountNo, Act, Books, Day, Event, PartyNo, Seq};
use wire::date::show_day;
use wire::value::show_decimals;

records! {
    /// Published figures.
    Published {
        /// Which series; all where absent.
        series: Option<String>,
        /// Of the period that ends on this day.
        through: Option<String>,
        /// As they were published by this day; all of them where absent.
        as_of: Option<String>,
        /// Restated figures only.
        restated: Option<bool>,
        /// As known at this event, or this time; as known now where absent.
        known_at: Option<KnownAt>,
    }

    /// One figure as it was published.
    PublishedLine {
        /// The publication.
        publication: String as Code,
        /// The series.
        series: String as Code,
        /// Last day of the period.
        through: String as Day,
        /// The day of publication.
        published: String as Day,
        /// Which line.
        line: String as Code,
        /// The figure.
        value: String as Quantity,
        /// The figure that it restates.
        before: Option<String> as Quantity,
        /// New less old.
        change: Option<String> as Quantity,
        /// Unit.
        unit: String as Code,
        /// Is it the figure that holds now (or held on the day asked for)?
        holds: bool,
        /// The last event that it knows of.
        known_at: u64 as Event,
        /// Who let it through.
        checker: Option<String> as Code,
        /// Why it was restated.
        note: Option<String>,
    }

    /// Figures in the order of publication.
    PublishedAnswer {
        /// The figures.
        figures: Vec<PublishedLine>,
    }

    /// What changed a closed period after it was closed.
    RestatementSchedule {
        /// Whose books.
        owner: String,
        /// Last day of the closed period; that of the last close where absent.
        through: Option<String>,
        /// As known at this event, or this time; as known now where absent.
        known_at: Option<KnownAt>,
    }

    /// One event.
    RestatementLine {
        /// The event.
        event: u64 as Event,
        /// When it was recorded.
        recorded_at: String as Moment,
        /// Its effective date.
        effective: String as Day,
        /// What was asked.
        act: String as Code,
        /// The event of the closed period that it reverses.
        reverses: Option<u64> as Event,
        /// What changed: `stock`, what is promised under an encumbrance (its code), or a tally (`entitlement`, `debt`, ...).
        what: String as Code,
        /// The material.
        material: String as Code,
        /// What the owner holds, or what is promised, owed or open, more or less by it; of a fact that is no quantity nothing.
        change: String as Quantity,
        /// What was restated, where it is not what is held: `contained`, `short` (by how much less lies there than was promised to
        /// the owner), or the name of a fact.
        fact: Option<String> as Code,
        /// What it said of the last day of the period before.
        before: Option<String>,
        /// What it says of it since.
        after: Option<String>,
        /// Unit and basis of the numbers.
        unit: String as Code,
        /// Why.
        reason: Option<String>,
    }

    /// What changed a closed period after it was closed.
    RestatementScheduleAnswer {
        /// Whose books.
        owner: String as Code,
        /// Last day of the closed period.
        through: String as Day,
        /// The event that closed it: figures of the period are those known there.
        closed_by: u64 as Event,
        /// The events, in order.
        restatements: Vec<RestatementLine>,
    }
}

impl Question for Published {
    const NAME: &'static str = "published";
    const ABOUT: &'static str = "Published figures, as they were first and as they were restated.";
    type Answer = PublishedAnswer;

    fn table(answer: &PublishedAnswer) -> Table<'_> {
        Table::of(answer, &answer.figures)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        then::wants(view, self.known_at.as_ref())
    }

    fn answer(&self, view: &dyn View) -> Result<PublishedAnswer, Problem> {
        then::answer(view, self.known_at.as_ref(), |view| self.known(view))
    }
}

impl Published {
    fn known(&self, view: &dyn View) -> Result<PublishedAnswer, Problem> {
        let books = view.books();
        let through = self.through.as_ref().map(|text| day("through", text)).transpose()?;
        let as_of = self.as_of.as_ref().map(|text| day("as_of", text)).transpose()?;
        known("series", self.series.as_ref(), books.publications().iter().map(|row| row.series.as_str()))?;
        let mut answer = PublishedAnswer::default();
        let rows = books.publications().iter().filter(|row| {
            // What is published is published: everybody who may ask sees it.
            self.series.as_ref().is_none_or(|series| *series == row.series)
                && through.is_none_or(|through| through == row.through)
                && as_of.is_none_or(|day| row.published <= day)
        });
        let rows: Vec<_> = rows.collect();
        for (place, row) in rows.iter().enumerate() {
            let is_of =
                |other: &&&books::comparing::Publication| (&other.series, other.through) == (&row.series, row.through);
            for figure in &row.figures {
                let of_line = |other: &&books::comparing::Publication| {
                    other.figures.iter().find(|other| other.line == figure.line).cloned()
                };
                let before = rows[..place].iter().rev().filter(is_of).find_map(of_line);
                let holds = rows[place + 1..].iter().filter(is_of).find_map(of_line).is_none();
                if self.restated == Some(true) && before.is_none() {
                    continue;
                }
                answer.figures.push(PublishedLine {
                    publication: row.code.clone(),
                    series: row.series.clone(),
                    through: show_day(row.through),
                    published: show_day(row.published),
                    line: figure.line.clone(),
                    value: show_decimals(figure.digits, figure.decimals),
                    before: before.as_ref().map(|before| show_decimals(before.digits, before.decimals)),
                    change: before.as_ref().and_then(|before| {
                        let decimals = before.decimals.max(figure.decimals);
                        let fine =
                            |digits: i64, own: u8| digits.checked_mul(10i64.checked_pow(u32::from(decimals - own))?);
                        let change =
                            fine(figure.digits, figure.decimals)?.checked_sub(fine(before.digits, before.decimals)?)?;
                        Some(show_decimals(change, decimals))
                    }),
                    unit: row.unit.to_string(),
                    holds,
                    known_at: row.known_at.0,
                    checker: row.checker.clone(),
                    note: row.note.clone(),
                });
            }
        }
        Ok(answer)
    }
}

impl Question for RestatementSchedule {
    const NAME: &'static str = "restatements";
    const ABOUT: &'static str = "Every event after a close that changes what was known of the closed period.";
    type Answer = RestatementScheduleAnswer;

    fn table(answer: &RestatementScheduleAnswer) -> Table<'_> {
        Table::of(answer, &answer.restatements)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        let books = view.books();
        let owner = party(books, "owner", &self.owner)?;
        let wanted = self.through.as_ref().map(|text| day("through", text)).transpose()?;
        let scan = Scan::fold_whole(move |since: &mut Since, view, seq, event| {
            let mut corrected = None;
            for part in event.parts(view.books()).iter() {
                since.add(view.books(), (owner, wanted), seq, part, &mut corrected);
            }
        });
        let known_at = self.known_at.as_ref();
        Ok(Wants::from(then::through(view, known_at, scan.beside(named_event))?).and(then::wants(view, known_at)?))
    }

    fn answer(&self, view: &dyn View) -> Result<RestatementScheduleAnswer, Problem> {
        then::answer(view, self.known_at.as_ref(), |view| self.known(view))
    }
}

impl RestatementSchedule {
    fn known(&self, view: &dyn View) -> Result<RestatementScheduleAnswer, Problem> {
        let books = view.books();
        let owner = party(books, "owner", &self.owner)?;
        if !Sight::of(view).sees_party(owner) {
            return Err(Problem::forbidden(Why::NotYourBooks { party: self.owner.clone() }));
        }
        let wanted = self.through.as_ref().map(|text| day("through", text)).transpose()?;
        let since: &Since = view.folded()?;
        let Some((closed_by, through)) = since.closed else {
            let day = wanted.map_or_else(|| "none".to_owned(), show_day);
            return Err(Problem::wrong_use(Why::NotClosed { party: self.owner.clone(), day }).of_field("owner"));
        };
        // A correction restates the period where what it reverses lies in it.
        let mut lines = since.lines.clone();
        for (line, original) in &since.originals {
            if view.event(*original)?.is_some_and(|event| event.effective <= through) {
                lines.push(line.clone());
            }
        }
        for (line, restated) in &since.restated {
            lines.extend(restated.lines(view, owner, through, line)?);
        }
        lines.sort_by_key(|line| line.event);
        Ok(RestatementScheduleAnswer {
            owner: self.owner.clone(),
            through: show_day(through),
            closed_by: closed_by.0,
            restatements: lines,
        })
    }
}

/// What happened since the last close.
#[derive(Default)]
struct Since {
    closed: Option<(Seq, Day)>,
    lines: Vec<RestatementLine>,
    /// Corrections, and what they reverse.
    originals: Vec<(RestatementLine, Seq)>,
    /// What changes facts and not what is held.
    restated: Vec<(RestatementLine, Restated)>,
    /// The accounts on which others than their owners have claims, once they are looked for.
    claimed: Option<BTreeSet<AccountNo>>,
}

impl Since {
    /// Adds a part of an event. What stands in the place of what was corrected restates with the correction.
    fn add(
        &mut self,
        books: &Books,
        (owner, wanted): (PartyNo, Option<Day>),
        seq: Seq,
        event: &Event,
        corrected: &mut Option<(Seq, String)>,
    ) {
        let act = event.effect(books);
        if let Some(Act::ClosePeriod(act)) = act.as_deref()
            && act.owner == owner
            && wanted.is_none_or(|wanted| wanted == act.through)
        {
            *self = Self { closed: Some((seq, act.through)), ..Self::default() };
            return;
        }
        let Some((_, through)) = self.closed.filter(|_| event.outcome.is_done()) else { return };
        if let Some(Act::Correct(act)) = act.as_deref() {
            *corrected = Some((act.reverses, act.reason.clone()));
        }
        let reverses = corrected.clone();
        let about = RestatementLine {
            event: seq.0,
            recorded_at: wire::date::show_moment(event.recorded_at),
            effective: show_day(event.effective),
            act: act.as_deref().map_or("", Act::word).to_owned(),
            reverses: reverses.as_ref().map(|(seq, _)| seq.0),
            reason: reverses.as_ref().map(|(_, reason)| reason.clone()),
            ..RestatementLine::default()
        };
        let claimed = self.claimed.get_or_insert_with(|| claimed::accounts(books));
        let restated = Restated::all_by(books, claimed, seq, event);
        self.restated.extend(restated.into_iter().map(|restated| (about.clone(), restated)));
        for ((what, material), change) in changes(books, event, owner, |day| day <= through || reverses.is_some()) {
            // What was taken back is told also where a count keeps what lies there.
            if change == 0 && reverses.is_none() {
                continue;
            }
            let line = RestatementLine {
                what,
                material: crate::shared::material_code(books, material),
                change: super::signed(books, material, change),
                unit: crate::shared::unit(books, material),
                ..about.clone()
            };
            match &reverses {
                None => self.lines.push(line),
                Some((original, _)) => self.originals.push((line, *original)),
            }
        }
    }
}

/// What an owner holds, may claim of others or has promised them, more or less of each material by an event, on days that
/// count. What another agreed to stands in the books of both.
fn changes(
    books: &Books,
    event: &Event,
    owner: PartyNo,
    counts: impl Fn(Day) -> bool,
) -> Vec<((String, books::MaterialNo), i128)> {
    let mut found: std::collections::BTreeMap<(String, books::MaterialNo), i128> = std::collections::BTreeMap::new();
    let day = |own: Option<Day>| own.unwrap_or(event.effective);
    for entry in event.entries.iter().filter(|entry| counts(day(entry.day))) {
        for (account, sign) in [(entry.source, -1), (entry.target, 1)] {
            let key = books.account(account).key;
            if key.owner == owner && books.place(key.place).is_real() {
                let units = found.entry(("stock".to_owned(), books.lot(key.lot).facts.material)).or_default();
                *units += sign * i128::from(entry.quantity.units());
            }
        }
    }
    for claim in event.claims.iter().filter(|claim| counts(day(claim.day))) {
        let Some(holder) = books.holder(claim.encumbrance) else { continue };
        let encumbrance = books.encumbrance(claim.encumbrance);
        let key = books.account(claim.account).key;
        // What lapses at the end of its window is no change of it.
        let is_in_window = encumbrance.last.is_none_or(|last| day(claim.day) <= last);
        if is_in_window && [key.owner, books.party_of(holder)].contains(&owner) {
            let what = (encumbrance.code.clone(), books.lot(key.lot).facts.material);
            *found.entry(what).or_default() += i128::from(claim.delta);
        }
    }
    let tallied = event.tallied.iter().flat_map(|tallied| &tallied.changes);
    for change in tallied.filter(|change| counts(day(change.day))) {
        let key = books.tally(change.tally).key;
        if let Some(material) = key.material.filter(|_| key.party == owner) {
            *found.entry((key.kind.code().to_owned(), material)).or_default() += i128::from(change.delta);
        }
    }
    found.into_iter().collect()
}
