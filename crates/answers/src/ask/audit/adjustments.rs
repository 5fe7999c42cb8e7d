//! What people changed by hand: losses, gains, counts, corrections, shared differences, breaks that were written off; and the
//! rules that say what may pass unseen. Each with maker, checker and reason.

use std::collections::BTreeMap;

use books::{Act, ActEntry, Books, ByHand, Entry, Event, LotNo, MaterialNo, Outcome, PlaceNo, Seq};
use measure::parse_quantity;
use serde_json::Value;
use wire::date::show_day;

use crate::event_filter::decided;
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{material_code, material_if, number, party_if, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::then;
use crate::view::View;
use crate::wants::{Scan, Wants};
use crate::when::KnownAt;
use crate::why::Why;

records! {
    /// Manual adjustments.
    Adjustments {
        /// Only those of more than this, a quantity with its unit: of one material, in one event, all lots together.
        above: Option<String>,
        /// Effective from this day on, YYYY-MM-DD.
        from: Option<String>,
        /// Effective through this day.
        through: Option<String>,
        /// Only of this material.
        material: Option<String>,
        /// Only of the stock of this party.
        party: Option<String>,
        /// Changes of limits, tolerances and other rules too; they move nothing.
        rules: Option<bool>,
        /// As known at this event, or this time; as known now where absent.
        known_at: Option<KnownAt>,
    }

    /// What one adjustment did to one lot at one site; a rule has neither.
    AdjustmentLine {
        /// The event.
        event: u64 as Event,
        /// The day on which it took effect.
        effective: String as Day,
        /// When it was recorded, in UTC.
        recorded: String as Moment,
        /// What was done: `loss`, `gain`, `stocktake`, `correct`, ...
        act: String as Code,
        /// The party that posted it.
        party: String as Code,
        /// Whose stock.
        owner: Option<String> as Code,
        /// Where it lay.
        site: Option<String> as Code,
        /// The material.
        material: Option<String> as Code,
        /// The lot.
        lot: Option<String> as Code,
        /// More (positive) or less (negative) than before.
        change: Option<String> as Quantity,
        /// Unit and basis of the change.
        unit: Option<String> as Code,
        /// The person who made it.
        maker: Option<String> as Code,
        /// The person who let it through, where it waited for one.
        checker: Option<String> as Code,
        /// Why, in the maker's words.
        reason: Option<String>,
        /// The event that it reverses.
        reverses: Option<u64> as Event,
        /// The event that reversed it since.
        reversed_by: Option<u64> as Event,
    }

    /// Adjustments in the order of recording.
    AdjustmentsAnswer {
        /// One line for each lot and site.
        adjustments: Vec<AdjustmentLine>,
    }
}

/// What was done by an event, and by whom: an approval stands for what it let through.
struct Done {
    act: Act,
    maker: Option<String>,
    checker: Option<String>,
    /// The command as it was asked.
    asked: Event,
}

impl Done {
    fn of(view: &dyn View, event: &Event) -> Result<Option<Self>, Problem> {
        let Outcome::Done(act) = &event.outcome else { return Ok(None) };
        let Act::Approve(approval) = act else {
            return Ok(Some(Self {
                act: act.clone(),
                maker: event.maker.clone(),
                checker: None,
                asked: event.clone(),
            }));
        };
        let held = view.event(approval.held)?.cloned();
        Ok(held.and_then(|held| {
            let Outcome::Held(act) = held.outcome.clone() else { return None };
            Some(Self { act, maker: held.maker.clone(), checker: event.maker.clone(), asked: held })
        }))
    }

    /// The first of the fields in which people give reasons.
    fn reason(&self, books: &Books) -> Option<String> {
        let command = wire::view::command_of(&self.asked, books);
        let said = ["reason", "note", "authority", "reference", "how"].iter().find_map(|name| command.get(*name));
        said.and_then(Value::as_str).map(str::to_owned)
    }
}

impl Question for Adjustments {
    const NAME: &'static str = "adjustments";
    const ABOUT: &'static str = "What people changed by hand above a quantity: losses, counts, corrections, write-offs, with maker, checker, reason.";
    type Answer = AdjustmentsAnswer;

    fn table(answer: &AdjustmentsAnswer) -> Table<'_> {
        Table::of(answer, &answer.adjustments)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        let scan = Scan::keep(|view, _, event| Sight::of(view).sees_event(event)).beside(decided);
        let is_by_hand = |entry: &&ActEntry| match entry.facts.by_hand {
            ByHand::Stock => true,
            ByHand::Rule => self.rules == Some(true),
            ByHand::No => false,
        };
        let scan = scan.acts(Act::TABLE.iter().filter(is_by_hand).map(|entry| entry.word));
        let known_at = self.known_at.as_ref();
        Ok(Wants::from(then::through(view, known_at, scan)?).and(then::wants(view, known_at)?))
    }

    fn answer(&self, view: &dyn View) -> Result<AdjustmentsAnswer, Problem> {
        then::answer(view, self.known_at.as_ref(), |view| self.known(view))
    }
}

impl Adjustments {
    fn known(&self, view: &dyn View) -> Result<AdjustmentsAnswer, Problem> {
        let (books, sight) = (view.books(), Sight::of(view));
        let day =
            |field: &str, text: &Option<String>| text.as_ref().map(|text| crate::when::day(field, text)).transpose();
        let (from, through) = (day("from", &self.from)?, day("through", &self.through)?);
        let wanted = Wanted {
            above: self.thresholds(books)?,
            material: material_if(books, self.material.as_ref())?,
            party: party_if(books, "party", self.party.as_ref())?,
        };
        let mut answer = AdjustmentsAnswer::default();
        for (seq, event) in view.gathered().taken() {
            let is_in_time = from.is_none_or(|from| event.effective >= from)
                && through.is_none_or(|through| event.effective <= through);
            match Done::of(view, event)?.filter(|_| is_in_time) {
                Some(done) if done.act.facts().by_hand == ByHand::Stock => {
                    answer.adjustments.extend(moved(books, &sight, &wanted, seq, event, &done));
                }
                Some(done) if self.rules == Some(true) && done.act.facts().by_hand == ByHand::Rule => {
                    answer.adjustments.push(head(books, seq, event, &done));
                }
                _ => {}
            }
        }
        Ok(answer)
    }
}

/// Which adjustments are asked for.
struct Wanted {
    /// The threshold in accounting units of each material; none where its unit does not measure that material.
    above: Option<Vec<Option<i64>>>,
    material: Option<MaterialNo>,
    party: Option<books::PartyNo>,
}

impl Adjustments {
    fn thresholds(&self, books: &Books) -> Result<Option<Vec<Option<i64>>>, Problem> {
        let Some(text) = &self.above else { return Ok(None) };
        let of = |material: &books::material::Material| {
            parse_quantity(text, material.unit, material.decimals).ok().map(|(quantity, _)| quantity.units())
        };
        let above: Vec<Option<i64>> = books.materials().iter().map(of).collect();
        if above.iter().all(Option::is_none) && !above.is_empty() {
            return Err(Problem::bad_field("above", Why::NoMeasure { text: text.clone() }));
        }
        Ok(Some(above))
    }
}

/// What an event is, without what it moved.
fn head(books: &Books, seq: Seq, event: &Event, done: &Done) -> AdjustmentLine {
    AdjustmentLine {
        event: seq.0,
        effective: show_day(event.effective),
        recorded: wire::date::show_moment(event.recorded_at),
        act: done.act.word().to_owned(),
        party: books.party_code(done.asked.party).to_owned(),
        maker: done.maker.clone(),
        checker: done.checker.clone(),
        reason: done.reason(books),
        reverses: if let Act::Correct(act) = &done.act { Some(act.reverses.0) } else { None },
        reversed_by: books.reversed_by(seq).map(|by| by.0),
        ..AdjustmentLine::default()
    }
}

/// One line for each site and lot whose stock an event changed.
fn moved(
    books: &Books,
    sight: &Sight<'_>,
    wanted: &Wanted,
    seq: Seq,
    event: &Event,
    done: &Done,
) -> Vec<AdjustmentLine> {
    let mut changes: BTreeMap<(PlaceNo, LotNo, books::PartyNo), i128> = BTreeMap::new();
    let mut totals: BTreeMap<MaterialNo, i128> = BTreeMap::new();
    for Entry { source, target, quantity, .. } in &event.entries {
        let accounts = [source, target].map(|number| books.account(*number));
        if !accounts.iter().any(|account| sight.sees_account(account)) {
            continue;
        }
        let material = books.lots()[accounts[0].key.lot.0 as usize].facts.material;
        let total = totals.entry(material).or_default();
        *total += i128::from(quantity.units());
        for (account, sign) in accounts.into_iter().zip([-1, 1]) {
            let key = account.key;
            if books.place(key.place).is_real() {
                *changes.entry((key.place, key.lot, key.owner)).or_default() += sign * i128::from(quantity.units());
            }
        }
    }
    let is_above = |material: MaterialNo| {
        let Some(above) = &wanted.above else { return true };
        let total = totals.get(&material).copied().unwrap_or(0);
        above.get(material.0 as usize).copied().flatten().is_some_and(|above| total > i128::from(above))
    };
    let line = head(books, seq, event, done);
    let of_nothing = changes.is_empty()
        && wanted.above.is_none()
        && wanted.material.is_none()
        && wanted.party.is_none_or(|party| party == event.party);
    if of_nothing {
        return vec![line];
    }
    let mut lines = Vec::new();
    for ((place, lot, owner), units) in changes {
        let facts = &books.lot(lot).facts;
        let is_wanted = is_above(facts.material)
            && wanted.material.is_none_or(|material| material == facts.material)
            && wanted.party.is_none_or(|party| party == owner);
        if units == 0 || !is_wanted {
            continue;
        }
        lines.push(AdjustmentLine {
            owner: Some(books.party_code(owner).to_owned()),
            site: Some(books.place_code(place).to_owned()),
            material: Some(material_code(books, facts.material)),
            lot: Some(facts.code.clone()),
            change: Some(number(books, facts.material, units)),
            unit: Some(unit(books, facts.material)),
            ..line.clone()
        });
    }
    lines
}
