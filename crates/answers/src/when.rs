//! As of when, as known when: read and checked in one place.

use std::fmt;

use books::{AccountNo, Books, Day, Facts, Seq, Sums};
use schemars::JsonSchema;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::history::HistoryError;
use crate::problem::Problem;
use crate::view::View;
use crate::why::Why;

/// A state of knowledge: after an event, or at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum KnownAt {
    /// After this event.
    Seq(u64),
    /// After this event, or at this time (RFC 3339; a day alone is its end, UTC).
    Text(String),
}

/// Read by hand, so that what is wrong is said by a word of ours and not as the name of a type.
impl<'de> Deserialize<'de> for KnownAt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Said;

        impl Visitor<'_> for Said {
            type Value = KnownAt;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("event_or_time")
            }

            fn visit_u64<E: Error>(self, seq: u64) -> Result<KnownAt, E> {
                Ok(KnownAt::Seq(seq))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<KnownAt, E> {
                Ok(KnownAt::Text(text.to_owned()))
            }
        }

        deserializer.deserialize_any(Said)
    }
}

impl KnownAt {
    /// The last event that was known.
    ///
    /// # Errors
    /// When there is no such event or it is no time.
    pub fn seq(&self, field: &str, view: &dyn View) -> Result<Seq, Problem> {
        let number = match self {
            Self::Seq(seq) => Some(*seq),
            Self::Text(text) => text.parse().ok(),
        };
        let head = view.books().head();
        match (number, self) {
            (Some(seq), _) if seq > head.0 => Err(Problem::bad_field(field, Why::EventToCome { event: seq, head })),
            (Some(seq), _) => Ok(Seq(seq)),
            (None, Self::Text(text)) => {
                let moment = wire::date::parse_moment(text)
                    .map_err(|problem| Problem::bad_field(field, Why::NotAMoment { problem }))?;
                // A day has its end in it, and what is known by then is what is known so far.
                let is_today = wire::date::parse_day(text).is_ok_and(|day| day <= view.now().utc_day());
                if moment > view.now() && !is_today {
                    let (text, time) = (text.clone(), wire::date::show_moment(view.now()));
                    return Err(Problem::bad_field(field, Why::MomentToCome { text, time }));
                }
                Ok(view.seq_at(moment)?)
            }
            (None, Self::Seq(_)) => unreachable!("a number is a number"),
        }
    }

    /// The last event that was known; where nothing is said, none: what is known now.
    ///
    /// # Errors
    /// See [`Self::seq`].
    pub fn optional(known_at: Option<&Self>, view: &dyn View) -> Result<Option<Seq>, Problem> {
        known_at.map(|known_at| known_at.seq("known_at", view)).transpose()
    }
}

/// As of the end of a day, as known at an event: what a question about facts is asked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct At {
    /// The day.
    pub(crate) day: Day,
    /// The event.
    pub(crate) known_at: Seq,
}

impl At {
    /// Reads what is asked: today by UTC, as known now, where nothing is said.
    pub(crate) fn read(view: &dyn View, as_of: Option<&String>, known_at: Option<&KnownAt>) -> Result<Self, Problem> {
        let day = self::as_of(as_of)?.unwrap_or(view.now().utc_day());
        let known_at = KnownAt::optional(known_at, view)?.unwrap_or(view.books().head());
        Ok(Self { day, known_at })
    }

    /// Is all meant that is known?
    pub(crate) fn is_now(self, books: &Books) -> bool {
        self.known_at >= books.head()
    }

    /// What was registered and set.
    pub(crate) fn facts(self, books: &Books) -> Facts<'_> {
        books.facts_at(self.day, self.known_at)
    }

    /// What an account held, by the rows at hand or the history.
    pub(crate) fn sums(self, view: &dyn View, number: AccountNo) -> Result<Sums, HistoryError> {
        let books = view.books();
        match books.account(number).days.at(self.day).filter(|_| self.is_now(books)) {
            Some(sums) => Ok(sums),
            None => view.at(number, self.day, self.known_at),
        }
    }
}

impl From<String> for KnownAt {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// A day from its text.
///
/// # Errors
/// When it is no date.
pub fn day(field: &str, text: &str) -> Result<Day, Problem> {
    wire::date::parse_day(text).map_err(|problem| Problem::bad_field(field, Why::Value { problem }))
}

/// A day from its text, where one is given.
///
/// # Errors
/// When it is no date.
pub fn as_of(text: Option<&String>) -> Result<Option<Day>, Problem> {
    text.map(|text| day("as_of", text)).transpose()
}
