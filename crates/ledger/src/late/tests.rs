use std::collections::BTreeMap;

use books::{AccountNo, CommandId, Day, Entry, Event, Moment, Outcome, PartyNo, Rejection, Seq};
use measure::Quantity;
use timeline::{Posting, Timeline};

use super::Late;

/// An event that moves something on a day. What it was asked for does not matter here.
fn event(seq: u64, day: i32, units: i64) -> Event {
    let rejection = Rejection::invalid("quantity", books::Fault::ActTooLarge);
    Event {
        nonce: [0; 16],
        recorded_at: Moment(seq),
        id: CommandId([0; 16]),
        party: PartyNo(1),
        effective: Day(day),
        entries: vec![Entry {
            source: AccountNo(7),
            target: AccountNo(8),
            quantity: Quantity::new(units).expect("not negative"),
            day: None,
            keeps: None,
        }],
        claims: Vec::new(),
        opened: Vec::new(),
        outcome: Outcome::Refused(Box::new(rejection.refused(&books::Books::new(), String::new()))),
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

#[test]
fn rows_kept_beside_the_history_are_those_of_the_history() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut timeline = Timeline::open(dir.path(), 0).expect("a new history");
    let mut late = Late::default();
    let mut plain: BTreeMap<i32, i64> = BTreeMap::new();
    for seq in 1..=600u64 {
        // Newest first for a while, then anywhere.
        let day = if seq < 300 { 1_000 - seq as i32 } else { (seq as i32 * 7_919) % 1_300 };
        let event = event(seq, day, seq as i64);
        for (account, change) in [(7, -(seq as i64)), (8, seq as i64)] {
            timeline.add(Posting { account, seq, day, change: [change, 0, 0] });
        }
        late.apply(Seq(seq), &event);
        *plain.entry(day).or_default() += seq as i64;
        let told = late.days(&timeline, Seq(seq), AccountNo(8), Day(i32::MIN)).expect("can be read");
        let mut held = 0;
        let wanted: Vec<(i32, i64)> = plain
            .iter()
            .map(|(day, units)| {
                (*day, {
                    held += units;
                    held
                })
            })
            .collect();
        let rows: Vec<(i32, i64)> = told.rows().iter().map(|row| (row.day.0, row.sums.on_hand)).collect();
        assert_eq!(rows, wanted, "after event {seq}");
        let from = late.days(&timeline, Seq(seq), AccountNo(8), Day(500)).expect("can be read");
        assert_eq!(from.at(Day(500)), told.at(Day(500)), "after event {seq}");
    }
}

#[test]
fn an_event_that_was_missed_makes_it_begin_anew() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut timeline = Timeline::open(dir.path(), 0).expect("a new history");
    let mut late = Late::default();
    timeline.add(Posting { account: 8, seq: 1, day: 5, change: [10, 0, 0] });
    assert_eq!(late.days(&timeline, Seq(1), AccountNo(8), Day(0)).expect("can be read").latest().on_hand, 10);
    timeline.add(Posting { account: 8, seq: 2, day: 3, change: [1, 0, 0] });
    timeline.add(Posting { account: 8, seq: 3, day: 4, change: [2, 0, 0] });
    late.apply(Seq(3), &event(3, 4, 2));
    assert_eq!(late.days(&timeline, Seq(3), AccountNo(8), Day(0)).expect("can be read").latest().on_hand, 13);
}
