//! What a pack is about, and which events are.

use std::collections::BTreeSet;

use answers::ask::History;
use answers::{Filter, names};
use wire::view::EventView;

/// What a pack is about.
#[derive(Clone, Debug)]
pub enum About {
    /// A lot, by its code.
    Lot(String),
    /// A shared reserve, by its code.
    Reserve(String),
    /// What took effect within these days, both included.
    Period {
        /// The first day.
        from: String,
        /// The last.
        through: String,
    },
    /// A party, by its code.
    Party(String),
}

impl About {
    /// `2026-01-01..2026-03-31`; none where it is no period.
    #[must_use]
    pub fn period(text: &str) -> Option<Self> {
        let (from, through) = text.split_once("..")?;
        let is_day = |day: &str| wire::date::parse_day(day).is_ok();
        let is_period = is_day(from) && is_day(through) && from <= through;
        is_period.then(|| Self::Period { from: from.to_owned(), through: through.to_owned() })
    }

    /// What a pack says it is about.
    fn subject(&self) -> String {
        match self {
            Self::Lot(lot) => format!("lot {lot}"),
            Self::Reserve(reserve) => format!("reserve {reserve}"),
            Self::Period { from, through } => format!("period {from} to {through}"),
            Self::Party(party) => format!("party {party}"),
        }
    }

    /// The same, of one party where it is named.
    #[must_use]
    pub fn words(&self, party: Option<&str>) -> String {
        match party {
            Some(party) if !matches!(self, Self::Party(_)) => format!("{} of party {party}", self.subject()),
            _ => self.subject(),
        }
    }

    pub(super) fn filter(&self) -> Filter {
        match self {
            Self::Lot(lot) => Filter { lot: Some(lot.clone()), ..Filter::default() },
            Self::Reserve(_) | Self::Period { .. } | Self::Party(_) => Filter::default(),
        }
    }

    /// The events that may be about it.
    pub(super) fn history(&self) -> History {
        let (effective_from, effective_through) = match self {
            Self::Period { from, through } => (Some(from.clone()), Some(through.clone())),
            Self::Lot(_) | Self::Reserve(_) | Self::Party(_) => (None, None),
        };
        History { filter: self.filter(), effective_from, effective_through, ..History::default() }
    }
}

/// What of a reserve is named so far: later events name a call or a debt of it, and not the reserve.
#[derive(Default)]
pub(super) struct Opened {
    /// By the field that names it and its code.
    codes: BTreeSet<(&'static str, String)>,
    /// Events that may be approved, declined or reversed.
    seqs: BTreeSet<u64>,
}

impl Opened {
    const CODES: [&'static str; 6] = ["activation", "call", "request", "commitment", "debt", "encumbrance"];

    pub(super) fn takes(&mut self, about: &About, event: &EventView) -> bool {
        match about {
            About::Lot(_) | About::Period { .. } => true,
            About::Party(party) => concerns(event, party),
            About::Reserve(code) => {
                let is_taken = event.command.values().any(|value| names(value, code)) || self.follows(event);
                if is_taken && event.outcome != "refused" {
                    self.open(event);
                }
                is_taken
            }
        }
    }

    fn follows(&self, event: &EventView) -> bool {
        let mut decided = ["held", "reverses"].iter().filter_map(|name| event.command.get(*name)?.as_u64());
        // What a call leaves owed is named by the call and the member.
        let is_of_call = |(field, code): &(&str, String)| {
            let call = code.split_once('/').filter(|_| *field == "debt").map(|(call, _)| ("call", call.to_owned()));
            call.is_some_and(|call| self.codes.contains(&call))
        };
        codes_of(event).any(|named| self.codes.contains(&named) || is_of_call(&named))
            || decided.any(|seq| self.seqs.contains(&seq))
    }

    fn open(&mut self, event: &EventView) {
        self.codes.extend(codes_of(event));
        self.seqs.insert(event.seq);
    }
}

/// What an event opens or names of a reserve: the field, and the code.
fn codes_of(event: &EventView) -> impl Iterator<Item = (&'static str, String)> {
    Opened::CODES.into_iter().filter_map(|name| {
        let value = event.command.get(name)?;
        // A withdrawal says all about the debt that it opens.
        let code = value.as_str().or_else(|| value.get(name)?.as_str()).or_else(|| value.get("code")?.as_str())?;
        Some((name, code.to_owned()))
    })
}

/// Is a party behind an event: as who posted it, whose stock it moved, or whom the command names?
pub(super) fn concerns(event: &EventView, party: &str) -> bool {
    event.command.values().any(|value| names(value, party))
        || event.entries.iter().any(|entry| entry.source.owner == party || entry.target.owner == party)
}

#[cfg(test)]
mod tests {
    use super::About;

    #[test]
    fn a_period_is_two_days_in_order() {
        assert!(matches!(About::period("2026-01-01..2026-03-31"), Some(About::Period { .. })));
        for wrong in ["2026-01-01", "2026-03-31..2026-01-01", "2026-01-01..", "2026-02-30..2026-03-01"] {
            assert!(About::period(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_pack_says_of_which_party_it_is() {
        let lot = About::Lot("LOT-2".into());
        assert_eq!((lot.words(None), lot.words(Some("METI"))), ("lot LOT-2".into(), "lot LOT-2 of party METI".into()));
        assert_eq!(About::Party("METI".into()).words(Some("METI")), "party METI");
    }
}
