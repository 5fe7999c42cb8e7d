//! The events recorded last, in memory: what was recorded while somebody read the log without a lock. It knows no log.

use std::collections::VecDeque;

use books::{Event, Seq};

/// Most events that are kept.
const EVENTS_MAX: usize = 4_096;

/// See the module.
#[derive(Default)]
pub(crate) struct Recent(VecDeque<(Seq, Event)>);

impl Recent {
    /// Adds the next event.
    pub(crate) fn push(&mut self, seq: Seq, event: Event) {
        if self.0.back().is_some_and(|(last, _)| last.0 + 1 != seq.0) {
            self.0.clear();
        }
        if self.0.len() == EVENTS_MAX {
            self.0.pop_front();
        }
        self.0.push_back((seq, event));
    }

    /// Calls `each` with every event behind one up to the head; false, and no call, where they are not all here.
    pub(crate) fn after(&self, after: Seq, head: Seq, each: &mut dyn FnMut(Seq, &Event)) -> bool {
        if after >= head {
            return true;
        }
        let ends = self.0.front().zip(self.0.back());
        if ends.is_none_or(|((first, _), (last, _))| first.0 > after.0 + 1 || *last != head) {
            return false;
        }
        let place = self.0.partition_point(|(seq, _)| *seq <= after);
        self.0.range(place..).for_each(|(seq, event)| each(*seq, event));
        true
    }
}

#[cfg(test)]
mod tests {
    use books::{Act, Day, Moment, Outcome, PartyNo};

    use super::*;

    fn event() -> Event {
        Event {
            nonce: Default::default(),
            recorded_at: Moment(0),
            id: books::CommandId([0; 16]),
            party: PartyNo(0),
            effective: Day(0),
            entries: Vec::new(),
            claims: Vec::new(),
            opened: Vec::new(),
            outcome: Outcome::Done(Act::WindUp(books::acts::agreement::WindUp {
                reserve: books::ReserveNo(0),
                reason: String::new(),
            })),
            uses: None,
            maker: None,
            tallied: None,
            cuts: None,
            split: None,
            by: None,
            together: None,
            time: None,
        }
    }

    fn after(recent: &Recent, after: u64, head: u64) -> Option<Vec<u64>> {
        let mut found = Vec::new();
        recent.after(Seq(after), Seq(head), &mut |seq, _| found.push(seq.0)).then_some(found)
    }

    #[test]
    fn what_is_behind_an_event_is_told_whole_or_not_at_all() {
        let mut recent = Recent::default();
        for seq in 5..=7 {
            recent.push(Seq(seq), event());
        }
        assert_eq!(after(&recent, 5, 7), Some(vec![6, 7]));
        assert_eq!(after(&recent, 4, 7), Some(vec![5, 6, 7]));
        assert_eq!(after(&recent, 7, 7), Some(vec![]));
        assert_eq!(after(&recent, 3, 7), None, "event 4 is not here");
        assert_eq!(after(&recent, 5, 8), None, "event 8 is not here");
        recent.push(Seq(9), event());
        assert_eq!(after(&recent, 7, 9), None, "a gap begins anew");
    }
}
