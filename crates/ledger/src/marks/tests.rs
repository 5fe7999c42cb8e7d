//! What is found by marks is what a reader of the whole log finds, in every scenario of the rules.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use books::party::Role;
use books::{Day, Event, Mark, Outcome, PartyNo, Seq, TallyNo};
use testkit::World;

use super::Marks;

/// Every scenario: its name, the world that it leaves, and its events.
fn each_scenario(mut each: impl FnMut(&str, &World, &[(Seq, Event)])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios");
    let mut count = 0;
    for file in fs::read_dir(&folder).expect("the scenarios are there").flatten() {
        let path = file.path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a scenario is text");
        let (_, world) = testkit::script::answers(&text, &folder).expect("a scenario runs");
        let event = |seq: u64| (Seq(seq), world.event(Seq(seq)).expect("it was recorded"));
        let events: Vec<_> = (1..=world.books().head().0).map(event).collect();
        each(&path.display().to_string(), &world, &events);
        count += 1;
    }
    assert!(count > 40, "{count} scenarios");
}

fn marks_of(folder: &Path, world: &World, events: &[(Seq, Event)]) -> Marks {
    let mut marks = Marks::open(folder, events.len() as u64).expect("a new index");
    events.iter().for_each(|(seq, event)| marks.add(*seq, world.books(), event));
    marks
}

fn found(marks: &Marks, mark: Mark, known_at: Seq) -> BTreeSet<Seq> {
    let found: BTreeSet<Seq> = marks.events(mark, known_at).expect("it reads").into_iter().collect();
    if !matches!(mark, Mark::Tally(_)) {
        assert_eq!(marks.count(mark, known_at).expect("it reads"), found.len() as u64, "{mark:?}");
    }
    found
}

#[test]
fn events_are_found_by_what_they_are_and_tallies_as_known_then() {
    each_scenario(|name, world, events| {
        let folder = tempfile::tempdir().expect("a folder");
        let (marks, head) = (marks_of(folder.path(), world, events), world.books().head());
        let half = Seq(head.0 / 2);
        let check = |mark: Mark, is_it: &dyn Fn(&Event) -> bool| {
            for known_at in [head, half] {
                let wanted = events.iter().filter(|(seq, event)| *seq <= known_at && is_it(event)).map(|(seq, _)| *seq);
                assert_eq!(found(&marks, mark, known_at), wanted.collect(), "{name}: {mark:?}");
            }
        };
        check(Mark::Held, &|event| matches!(event.outcome, Outcome::Held(_)));
        check(Mark::Refused, &|event| matches!(event.outcome, Outcome::Refused(_)));
        for party in (0u32..).map(PartyNo).take(world.books().parties().len()) {
            check(Mark::By(party), &|event| event.party == party);
        }
        for (row, tally) in (0u32..).zip(world.books().tallies()) {
            let last = Day(i32::MAX);
            let sum = marks.tally(TallyNo(row), last, head).expect("it reads");
            assert_eq!(Some(sum), tally.days.at(last).map(|sums| sums.on_hand), "{name}: tally {row}");
        }
    });
}

/// A page of what a party sees was made by asking the history of every account that it sees, under the lock that everybody
/// waits for: with 24,000 lots one page held up all others for eight seconds.
#[test]
fn whatever_a_party_sees_of_the_log_has_one_of_its_marks() {
    let mut seen = 0;
    each_scenario(|name, world, events| {
        let folder = tempfile::tempdir().expect("a folder");
        let marks = marks_of(folder.path(), world, events);
        let books = world.books();
        for party in (0u32..).map(PartyNo).take(books.parties().len()) {
            let eyes = books.eyes(party);
            if eyes.role() == Role::Auditor {
                continue;
            }
            let among: BTreeSet<Seq> =
                eyes.marks().into_iter().flat_map(|mark| found(&marks, mark, books.head())).collect();
            let parts = |event: &Event| event.parts(books).iter().any(|part| eyes.sees_event(part));
            for (seq, event) in events.iter().filter(|(_, event)| parts(event)) {
                let whose = books.party_code(party);
                assert!(among.contains(seq), "{name}: {whose} sees event {seq}, and does not find it: {event:?}");
                seen += 1;
            }
        }
    });
    assert!(seen > 1_000, "{seen}");
}
