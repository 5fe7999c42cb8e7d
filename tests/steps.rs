//! No question holds up whoever waits for the books, however many accounts it is about: under one read it looks up no more of
//! the history than a step may, and it takes no further step once nobody waits for its answer.

use std::cell::Cell;

use answers::{History, HistoryError, Log, QUESTIONS, Source, View, Viewer};
use books::{AccountNo, Books, CommandId, Day, Event, Mark, Moment, PartyNo, Seq, Sums, TallyNo};
use serde_json::{Value, json};
use testkit::World;

#[path = "common/view.rs"]
#[allow(dead_code, reason = "the other tests ask more")]
mod view;
use view::{Seen, request};

/// Lots of one party, each on an account of its own.
const LOTS: usize = 1_000;
/// What one read may look up: as much as a step, and a little that every question wants.
const LOOKED_UP_MAX: usize = 200;

/// Counts what is looked up under one read.
struct Counted<'w> {
    seen: Seen<'w>,
    /// The index that the server keeps: all events have every mark, which is the worst of it.
    keeps_marks: bool,
    now: Cell<usize>,
    most: Cell<usize>,
    reads: Cell<usize>,
    /// After so many reads nobody waits any more.
    reads_max: usize,
}

impl Counted<'_> {
    fn note(&self) {
        self.now.set(self.now.get() + 1);
        self.most.set(self.most.get().max(self.now.get()));
    }
}

impl History for Counted<'_> {
    fn at(&self, account: AccountNo, day: Day, known_at: Seq) -> Result<Sums, HistoryError> {
        self.note();
        self.seen.at(account, day, known_at)
    }

    fn changes(&self, account: AccountNo, known_at: Seq) -> Result<Vec<(Seq, Day)>, HistoryError> {
        self.note();
        self.seen.changes(account, known_at)
    }

    fn count(&self, _: Mark) -> Result<Option<u64>, HistoryError> {
        self.note();
        Ok(self.keeps_marks.then_some(1))
    }

    fn marked(&self, _: Mark) -> Result<Vec<Seq>, HistoryError> {
        self.note();
        Ok((1..=self.books().head().0).map(Seq).collect())
    }

    fn tally(&self, tally: TallyNo, day: Day, known_at: Seq) -> Result<Option<i64>, HistoryError> {
        self.seen.tally(tally, day, known_at)
    }
}

impl View for Counted<'_> {
    fn books(&self) -> &Books {
        self.seen.books()
    }

    fn now(&self) -> Moment {
        self.seen.now()
    }

    fn viewer(&self) -> Viewer {
        self.seen.viewer()
    }
}

/// Nobody waits any more.
#[derive(Debug)]
struct Gone;

impl std::fmt::Display for Gone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("nobody waits")
    }
}

impl std::error::Error for Gone {}

impl Log for Counted<'_> {
    fn event(&self, seq: Seq) -> Result<Option<Event>, HistoryError> {
        self.seen.event(seq)
    }

    fn events(&self, from: Seq, each: &mut dyn FnMut(Seq, Event) -> bool) -> Result<(), HistoryError> {
        self.seen.events(from, each)
    }

    fn known_at(&self, moment: Moment, head: Seq) -> Result<Seq, HistoryError> {
        Log::known_at(&self.seen, moment, head)
    }

    fn find(&self, id: CommandId, by: Option<PartyNo>) -> Result<Option<Seq>, HistoryError> {
        self.seen.find(id, by)
    }

    fn goes_on(&self) -> Result<(), HistoryError> {
        if self.reads.get() < self.reads_max { Ok(()) } else { Err(HistoryError(Box::new(Gone))) }
    }
}

impl Source for Counted<'_> {
    fn read(&self, each: &mut dyn FnMut(&dyn View)) {
        self.now.set(0);
        self.reads.set(self.reads.get() + 1);
        self.seen.read(&mut |_| each(self));
    }
}

/// Many lots of a party, and as many changes of one of them as no account keeps at hand.
fn many_lots() -> World {
    let mut script = String::from("use shared\nas JOGMEC\n");
    for lot in 0..LOTS {
        script.push_str(&format!("deposit lot M{lot} at Ibaraki 1 t of NdPr-oxide effective 2026-01-03\n"));
    }
    testkit::script::answers(&script, std::path::Path::new("scenarios")).expect("the script reads").1
}

/// The request, as it is and as of an older state of knowledge: that is where the history is asked.
fn requests(entry: &answers::Entry) -> Vec<Value> {
    let base = match entry.name {
        "explain" => json!({"as_of": "2026-01-09", "known_at": 20, "material": "NdPr-oxide"}),
        "history" => json!({"limit": 10}),
        name => request(name),
    };
    let mut all = vec![base.clone()];
    let fields = entry.request_schema()["properties"].clone();
    if !fields["known_at"].is_null() {
        let mut then = base;
        then["known_at"] = json!(LOTS as u64 / 2);
        all.push(then);
    }
    all
}

/// One page of a party's history looked up every account of it under one read: with 24,000 lots everybody else waited for
/// eight seconds.
#[test]
fn no_read_looks_up_more_than_a_step_may() {
    let world = many_lots();
    for code in ["JOGMEC", "IEA"] {
        for viewer in [Viewer::Operator, Viewer::Party(code.into())] {
            for (entry, keeps_marks) in QUESTIONS.iter().flat_map(|entry| [(entry, false), (entry, true)]) {
                for request in requests(entry) {
                    let source = counted(&world, viewer.clone(), keeps_marks, usize::MAX);
                    let answered = answers::ask_named(entry.name, request.clone(), &source);
                    let (most, name) = (source.most.get(), entry.name);
                    assert!(most <= LOOKED_UP_MAX, "{name} {request} looks up {most} under one read");
                    assert!(answered.as_ref().err().is_none_or(|problem| problem.code != "behind"), "{name} {request}");
                }
            }
        }
    }
}

/// Three callers that went away after half a second left fourteen seconds of work behind.
#[test]
fn a_question_that_nobody_waits_for_takes_no_further_step() {
    let world = many_lots();
    let question = json!({"within": 30, "known_at": LOTS as u64 / 2});
    let source = counted(&world, Viewer::Operator, false, 3);
    assert!(answers::ask_named("reach", question, &source).is_err(), "nobody waits");
    assert!(source.reads.get() <= 4, "the last one says why there is no answer: {}", source.reads.get());
}

fn counted(world: &World, viewer: Viewer, keeps_marks: bool, reads_max: usize) -> Counted<'_> {
    let seen = Seen { world, books: world.books(), viewer, today: world.day() };
    let (now, most, reads) = (Cell::new(0), Cell::new(0), Cell::new(0));
    Counted { seen, keeps_marks, now, most, reads, reads_max }
}
