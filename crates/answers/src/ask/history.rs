//! The events: what was asked, what became of it, what it moved.

use books::{Event, Mark, Seq};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wire::view::EventView;

use crate::event_filter::{EventFilter, decided};
use crate::position::Filter;
use crate::problem::{Problem, check_limit};
use crate::question::Question;
use crate::record::records;
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::{Scan, Wants, Whereabouts};
use crate::when::{KnownAt, day};
use crate::why::Why;

/// Most events in one answer.
pub const EVENT_COUNT_MAX: u64 = 100_000;
/// Events in one answer where nothing is said.
pub const EVENT_COUNT_DEFAULT: u64 = 1_000;

/// The words of acts that concern a lot without moving any of it.
const NAMING_LOTS: [&str; 4] = ["assay", "set_limit", "approve", "decline"];

/// The events: what was asked, what became of it, what it moved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct History {
    /// What they touch.
    #[serde(flatten)]
    pub filter: Filter,
    /// Only this act.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<String>,
    /// Only commands of this party.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Only refused commands: who tried.
    pub refused: bool,
    /// Only commands that wait, or waited, for a checker.
    pub held: bool,
    /// Only what takes effect on this day or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_from: Option<String>,
    /// Only what takes effect on this day or earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_through: Option<String>,
    /// From this event on; the first where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<u64>,
    /// Up to this event or time; the last where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<KnownAt>,
    /// Only what touches the stock of this owner; the same as `party`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Only events before this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
    /// The newest first.
    pub newest: bool,
    /// At most this many, and at least 1; 1,000 where absent, 100,000 at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

records! {
    /// Events in the order in which they were recorded, or the newest first.
    HistoryAnswer {
        /// The events.
        events: Vec<EventView>,
        /// Where there are more than the limit, the event to go on from, as `from`; newest first, as `before`.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        next: Option<u64> as Event,
        /// How many more there are.
        more: u64,
        /// Were they not counted? Then there are `more` or more. Absent where they were.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        at_least: bool,
    }
}

impl Question for History {
    const NAME: &'static str = "history";
    const ABOUT: &'static str = "The events: what was asked, by whom, what became of it and what it moved.";
    type Answer = HistoryAnswer;

    fn table(answer: &HistoryAnswer) -> Table<'_> {
        // Newest first, what comes next lies before what is here.
        let is_newest = |next: u64| answer.events.last().is_some_and(|event| next <= event.seq);
        let field = |next: u64| if is_newest(next) { "before" } else { "from" };
        let next = answer.next.map(|next| (field(next), next.to_string()));
        Table::lines(&answer.events).page(Some(answer.more).filter(|_| !answer.at_least), next)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        let (filter, first, last) = self.read(view)?;
        let takes = move |view: &dyn View, _, event: &Event| {
            let held = decided(event).filter(|_| filter.asks_for_decided());
            let held = held.and_then(|held| view.gathered().event(held));
            filter.takes(view.books(), event, held) && Sight::of(view).sees_event(event)
        };
        let mut scan = Scan::keep(takes).from(first).newest_first(self.newest).at_most(self.count() + 1).shown();
        if self.filter.lot.is_some() {
            scan = scan.beside(decided);
        }
        if let Some(whereabouts) = self.whereabouts(view) {
            scan = scan.lies(whereabouts);
        }
        Ok(last.into_iter().fold(scan, Scan::through).into())
    }

    fn answer(&self, view: &dyn View) -> Result<HistoryAnswer, Problem> {
        let (filter, first, last) = self.read(view)?;
        let last = last.unwrap_or(view.books().head());
        let sight = Sight::of(view);
        let mut found: Vec<(Seq, &Event)> = view.gathered().taken().collect();
        if self.newest {
            found.reverse();
        }
        let count = usize::try_from(self.count()).unwrap_or(usize::MAX);
        let mut answer = HistoryAnswer::default();
        if let Some((seq, _)) = found.get(count) {
            let is_all = filter == EventFilter::default() && sight.is_full();
            answer.next = Some(if self.newest { seq.0 + 1 } else { seq.0 });
            // Without a filter they need not be looked at to be counted.
            answer.more = match (is_all, self.newest) {
                (true, false) => last.0 - seq.0 + 1,
                (true, true) => seq.0 - first.0 + 1,
                (false, _) => 1,
            };
            answer.at_least = !is_all;
        }
        answer
            .events
            .extend(found.iter().take(count).filter_map(|(seq, event)| view.gathered().show(&sight, *seq, event)));
        Ok(answer)
    }
}

impl History {
    /// Where the events lie that are asked for, where that is known.
    fn whereabouts(&self, view: &dyn View) -> Option<Whereabouts> {
        let books = view.books();
        let by = self.by.as_ref().and_then(|code| books.party_no(code));
        let lots = self.filter.lot.as_ref().map(|code| Sight::of(view).lots(code));
        let act = self.act.as_ref().and_then(|word| Mark::act(word));
        match (by, lots, act) {
            _ if self.held => Some(vec![Mark::Held].into()),
            _ if self.refused => Some(vec![Mark::Refused].into()),
            (_, _, Some(act)) => Some(vec![act, Mark::Refused].into()),
            (_, Some(lots), _) => {
                let mut marks = vec![Mark::Held, Mark::Refused];
                marks.extend(NAMING_LOTS.iter().filter_map(|word| Mark::act(word)));
                let accounts = lots.iter().flat_map(|lot| books.accounts_of(*lot)).copied().collect();
                Some(Whereabouts { marks, accounts })
            }
            (Some(by), ..) => Some(vec![Mark::By(by)].into()),
            (None, None, None) => Sight::of(view).whereabouts(),
        }
    }

    fn count(&self) -> u64 {
        self.limit.unwrap_or(EVENT_COUNT_DEFAULT).min(EVENT_COUNT_MAX)
    }

    /// Which events, from which one on, up to which one; up to the head where there is none.
    fn read(&self, view: &dyn View) -> Result<(EventFilter, Seq, Option<Seq>), Problem> {
        check_limit(self.limit)?;
        let books = view.books();
        let mut touches = self.filter.clone();
        if let Some(owner) = &self.owner {
            if touches.party.as_ref().is_some_and(|party| party != owner) {
                return Err(Problem::bad_field("owner", Why::TwoOwners));
            }
            touches.party = Some(owner.clone());
        }
        touches.check_known(view)?;
        if let Some(act) = self.act.as_ref().filter(|act| !wire::Act::WORDS.contains(&act.as_str())) {
            let (text, names) = (act.chars().take(64).collect(), wire::Act::WORDS.join(", "));
            let problem = Problem::bad_field("act", Why::NoAct { text, names });
            return Err(problem.meaning(wire::nearest(act, wire::Act::WORDS.iter().copied())));
        }
        if let Some(party) = self.by.as_ref().filter(|party| books.party_no(party).is_none()) {
            return Err(Problem::unknown("party", party).of_field("by"));
        }
        let day_of = |field: &str, text: &Option<String>| text.as_deref().map(|text| day(field, text)).transpose();
        let until = self.until.as_ref().map(|until| until.seq("until", view)).transpose()?;
        let before = self.before.map(|before| Seq(before.saturating_sub(1)));
        let last = until.into_iter().chain(before).min();
        let filter = EventFilter {
            touches,
            act: self.act.clone(),
            by: self.by.clone(),
            refused: self.refused,
            held: self.held,
            effective_from: day_of("effective_from", &self.effective_from)?,
            effective_through: day_of("effective_through", &self.effective_through)?,
        };
        Ok((filter, Seq(self.from.unwrap_or(1).max(1)), last))
    }
}
