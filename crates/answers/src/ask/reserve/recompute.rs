//! A recompute, line by line: what each member held, what the key then gave it, and what it pays or gets back.

use std::collections::BTreeMap;

use books::{Act, Event, MaterialNo, Outcome, PartyNo, ReserveNo, Seq, TallyKey, TallyKind, TallyNo};

use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{number, percent, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::{Scan, Wants};
use crate::when::{KnownAt, as_of};
use crate::why::Why;

records! {
    /// A recompute, line by line.
    Recompute {
        /// The event: a `set_member` or `set_key` that shared entitlements anew.
        event: u64,
        /// Entitlements and weights of this day, YYYY-MM-DD; of the day from which they were shared anew where absent.
        as_of: Option<String>,
        /// Weights as known after this event, or at this time; as known when they were shared where absent.
        known_at: Option<KnownAt>,
    }

    /// One member's line, of one material.
    RecomputeLine {
        /// The member.
        member: String as Code,
        /// The material.
        material: String as Code,
        /// What it was entitled to before.
        before: String as Quantity,
        /// Its weight in the key that then held.
        weight: u64,
        /// Its share, in per cent, cut to hundredths.
        share: String as Percent,
        /// What it is entitled to since.
        revised: String as Quantity,
        /// The change.
        change: String as Quantity,
        /// Unit and basis of the numbers.
        unit: String as Code,
        /// What it pays for all materials of this event together; negative where it gets money back.
        due: String as Day,
    }

    /// A recompute, line by line.
    RecomputeAnswer {
        /// The event.
        event: u64 as Event,
        /// Its reserve.
        reserve: String as Code,
        /// What was asked.
        act: String as Code,
        /// One line for each member and material.
        lines: Vec<RecomputeLine>,
    }
}

impl Question for Recompute {
    const NAME: &'static str = "recompute";
    const ABOUT: &'static str = "A recompute of shares after a change of members or weights, explained line by line.";
    type Answer = RecomputeAnswer;

    fn table(answer: &RecomputeAnswer) -> Table<'_> {
        Table::of(answer, &answer.lines)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        let before = Scan::fold(|before: &mut Before, _, _, event| {
            for change in event.tallied.iter().flat_map(|tallied| &tallied.changes) {
                *before.0.entry((change.tally, change.day.unwrap_or(event.effective))).or_default() +=
                    i128::from(change.delta);
            }
        });
        let event = Seq(self.event).min(view.books().head());
        Ok(Wants::events([event]).and(before.through(Seq(event.0.saturating_sub(1))).into()))
    }

    fn answer(&self, view: &dyn View) -> Result<RecomputeAnswer, Problem> {
        let books = view.books();
        let (seq, sight) = (Seq(self.event), Sight::of(view));
        // What the asker may not see looks like what is not there.
        let none = || Problem::absent(Why::NoEvent { event: self.event, head: books.head() }).of_field("event");
        let sees = |event: &&Event| {
            sight.sees_event(event) || recomputed(event).is_some_and(|(reserve, _)| sight.takes_part(books, reserve))
        };
        let event = view.event(seq)?.filter(sees).ok_or_else(none)?;
        let (reserve, first) =
            recomputed(event).ok_or_else(|| Problem::bad_field("event", Why::SharedNothing { event: seq }))?;
        if !sight.takes_part(books, reserve) {
            return Err(none());
        }
        let known_at = KnownAt::optional(self.known_at.as_ref(), view)?.unwrap_or(seq);
        if known_at < seq {
            return Err(none());
        }
        let as_of = as_of(self.as_of.as_ref())?;
        let day = as_of.or(first).unwrap_or(event.effective);
        let changes = changes_of(event, books, reserve, as_of);
        let before = before(view, day, &changes)?;
        let currency = &books.reserve(reserve).currency;
        let mut lines = Vec::new();
        for ((material, party), change) in &changes.entitlements {
            if !sight.sees_member(books, reserve, *party) {
                continue;
            }
            let weights = books.weights_at(reserve, *material, day, known_at).unwrap_or_default();
            let whole: i128 = weights.iter().map(|weight| i128::from(weight.weight)).sum();
            let weight = weights.iter().find(|weight| weight.member == *party).map_or(0, |weight| weight.weight);
            let held = before.get(&(*material, *party)).copied().unwrap_or(0);
            let show = |units: i128| number(books, *material, units);
            lines.push(RecomputeLine {
                member: books.party_code(*party).to_owned(),
                material: crate::shared::material_code(books, *material),
                before: show(held),
                weight,
                share: percent(i128::from(weight), whole),
                revised: show(held + change),
                change: show(*change),
                unit: unit(books, *material),
                due: wire::acts::show_money(changes.dues.get(party).copied().unwrap_or(0), currency),
            });
        }
        lines.sort_by(|a, b| (&a.material, &a.member).cmp(&(&b.material, &b.member)));
        Ok(RecomputeAnswer {
            event: self.event,
            reserve: books.reserve(reserve).code.clone(),
            act: event.outcome.word().unwrap_or_default().to_owned(),
            lines,
        })
    }
}

/// The reserve and first day of an event that shared entitlements anew.
fn recomputed(event: &Event) -> Option<(ReserveNo, Option<books::Day>)> {
    event.tallied.as_ref()?;
    match &event.outcome {
        Outcome::Done(Act::SetMember(act)) => Some((act.reserve, act.first)),
        Outcome::Done(Act::SetKey(act)) => Some((act.reserve, None)),
        Outcome::Done(_) | Outcome::Held(_) | Outcome::Refused(_) | Outcome::Moved(..) => None,
    }
}

#[derive(Default)]
struct Changes {
    entitlements: BTreeMap<(MaterialNo, PartyNo), i128>,
    dues: BTreeMap<PartyNo, i128>,
    keys: Vec<(TallyKey, (MaterialNo, PartyNo))>,
}

/// What the event changed, by a day where one is named; a member whose share stays as it was has a line of its own too.
fn changes_of(event: &Event, books: &books::Books, reserve: ReserveNo, as_of: Option<books::Day>) -> Changes {
    let mut found = Changes::default();
    let is_by_then =
        |change: &&books::TallyChange| as_of.is_none_or(|day| change.day.unwrap_or(event.effective) <= day);
    for change in event.tallied.iter().flat_map(|tallied| &tallied.changes).filter(is_by_then) {
        let key = books.tally(change.tally).key;
        match (key.kind, key.material) {
            (TallyKind::Entitlement, Some(material)) => {
                *found.entitlements.entry((material, key.party)).or_default() += i128::from(change.delta);
                found.keys.push((key, (material, key.party)));
            }
            (TallyKind::CashDue, _) => *found.dues.entry(key.party).or_default() += i128::from(change.delta),
            _ => {}
        }
    }
    let materials: Vec<MaterialNo> = found.entitlements.keys().map(|(material, _)| *material).collect();
    for tally in books.tallies_of(TallyKind::Entitlement, reserve.0) {
        if let Some(material) = tally.key.material.filter(|material| materials.contains(material)) {
            let line = (material, tally.key.party);
            if let std::collections::btree_map::Entry::Vacant(vacant) = found.entitlements.entry(line) {
                vacant.insert(0);
                found.keys.push((tally.key, line));
            }
        }
    }
    found
}

/// Every change before the event, by tally and day.
#[derive(Default)]
struct Before(BTreeMap<(TallyNo, books::Day), i128>);

/// What each was entitled to on the day, by the events before this one.
fn before(
    view: &dyn View,
    day: books::Day,
    changes: &Changes,
) -> Result<BTreeMap<(MaterialNo, PartyNo), i128>, Problem> {
    let books = view.books();
    let mut held = BTreeMap::new();
    for ((tally, of), delta) in &view.folded::<Before>()?.0 {
        let key = books.tally(*tally).key;
        if let Some((_, line)) = changes.keys.iter().find(|(other, _)| *other == key)
            && *of <= day
        {
            *held.entry(*line).or_default() += delta;
        }
    }
    Ok(held)
}
