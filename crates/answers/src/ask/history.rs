//! The events: what was asked, what became of it, what it moved.

use books::{Event, Seq};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wire::view::EventView;

use crate::event_filter::{EventFilter, decided};
use crate::position::Filter;
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::when::{KnownAt, day};

/// Most events in one answer.
pub const EVENT_COUNT_MAX: u64 = 100_000;
/// Events in one answer where nothing is said.
pub const EVENT_COUNT_DEFAULT: u64 = 1_000;

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
    /// At most this many; 1,000 where absent, 100,000 at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

records! {
    /// Events in the order in which they were recorded.
    HistoryAnswer {
        /// The events.
        events: Vec<EventView>,
        /// The event to go on from, where there are more than the limit.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        next: Option<u64> as Event,
        /// How many more there are.
        more: u64,
    }
}

impl Question for History {
    const NAME: &'static str = "history";
    const ABOUT: &'static str = "The events: what was asked, by whom, what became of it and what it moved.";
    type Answer = HistoryAnswer;

    fn table(answer: &HistoryAnswer) -> Table<'_> {
        let next = answer.next.map(|next| ("from", next.to_string()));
        Table::lines(&answer.events).page(Some(answer.more), next)
    }

    fn answer(&self, view: &dyn View) -> Result<HistoryAnswer, Problem> {
        let limit = self.limit.unwrap_or(EVENT_COUNT_DEFAULT).min(EVENT_COUNT_MAX);
        let sight = Sight::of(view);
        let mut answer = HistoryAnswer::default();
        self.each(view, &mut |seq, event| {
            if answer.events.len() as u64 == limit {
                answer.next.get_or_insert(seq.0);
                answer.more += 1;
            } else {
                answer.events.extend(sight.show(seq, event));
            }
        })?;
        Ok(answer)
    }
}

impl History {
    /// Hands on the events one by one, however many: neither `limit` nor memory ends them.
    ///
    /// # Errors
    /// As [`Question::answer`].
    pub fn each(&self, view: &dyn View, each: &mut dyn FnMut(Seq, &Event)) -> Result<(), Problem> {
        let books = view.books();
        self.filter.check_known(books)?;
        if let Some(act) = self.act.as_ref().filter(|act| !wire::Act::WORDS.contains(&act.as_str())) {
            return Err(Problem::bad_field("act", format!("`{act}` is no act"))
                .hint(format!("the acts are: {}", wire::Act::WORDS.join(", "))));
        }
        if let Some(party) = self.by.as_ref().filter(|party| books.party_no(party).is_none()) {
            return Err(Problem::unknown("party", party));
        }
        let day_of = |field: &str, text: &Option<String>| text.as_deref().map(|text| day(field, text)).transpose();
        let until = self.until.as_ref().map_or(Ok(books.head()), |until| until.seq("until", view))?;
        let filter = EventFilter {
            touches: self.filter.clone(),
            act: self.act.clone(),
            by: self.by.clone(),
            refused: self.refused,
            held: self.held,
            effective_from: day_of("effective_from", &self.effective_from)?,
            effective_through: day_of("effective_through", &self.effective_through)?,
        };
        let sight = Sight::of(view);
        let mut unread = Ok(());
        view.events(Seq(self.from.unwrap_or(1).max(1)), &mut |seq, event| {
            if seq > until {
                return false;
            }
            let held = decided(&event).filter(|_| filter.asks_for_decided());
            let held = match held.map_or(Ok(None), |held| view.event(held)) {
                Ok(held) => held,
                Err(error) => {
                    unread = Err(error);
                    return false;
                }
            };
            if filter.takes(books, &event, held.as_ref()) && sight.sees_event(&event) {
                each(seq, &event);
            }
            true
        })?;
        Ok(unread?)
    }
}
