//! A world in memory as a view for questions: the same answers as from a ledger on disk.

use std::path::Path;

use answers::{AnyAnswer, History, HistoryError, Log, Source, View, Viewer};
use books::{AccountNo, Books, CommandId, Day, Event, Moment, PartyNo, Seq, Sums};
use serde_json::{Value, json};
use testkit::World;

/// An answer as JSON.
pub(crate) fn json_of(answer: &dyn AnyAnswer) -> Value {
    serde_json::from_slice(&answer.to_json().expect("in memory")).expect("an answer is JSON")
}

/// The world of a scenario, without what the scenario expects.
pub(crate) fn world_of(scenario: &str) -> World {
    let path = Path::new("scenarios").join(format!("{scenario}.txt"));
    let text = std::fs::read_to_string(&path).expect("a scenario");
    testkit::script::answers(&text, Path::new("scenarios")).expect("the scenario reads").1
}

/// Asks a question of a world on its own day; the problem's code where it has no answer.
pub(crate) fn asked(world: &World, viewer: &Viewer, question: &str, request: Value) -> Result<Value, String> {
    let seen = Seen { world, books: world.books(), viewer: viewer.clone(), today: world.day() };
    let answer = answers::ask_named(question, request, &seen);
    answer.map(|answer| json_of(answer.as_ref())).map_err(|problem| problem.code)
}

/// Asks a question of what the books of a world were when they had these events; who runs the ledger asks.
#[allow(dead_code, reason = "one test asks so")]
pub(crate) fn asked_of(world: &World, books: &Books, question: &str, request: Value) -> Result<Value, String> {
    let seen = Seen { world, books, viewer: Viewer::Operator, today: world.day() };
    let answer = answers::ask_named(question, request, &seen);
    answer.map(|answer| json_of(answer.as_ref())).map_err(|problem| problem.code)
}

/// One request for each question, with what it needs named as the scenarios name it.
pub(crate) fn request(question: &str) -> Value {
    match question {
        "trace" => json!({"lot": "J1"}),
        "event" => json!({"seq": 20}),
        "list" => json!({"what": "lots"}),
        "command" => json!({"id": "00000000-0000-7000-8000-000000000001"}),
        "explain" => json!({"as_of": "2026-06-30", "known_at": 20, "material": "NdPr-oxide"}),
        "prove_balance" => json!({"owner": "JOGMEC", "place": "Ibaraki", "lot": "J1"}),
        "restatements" => json!({"owner": "JOGMEC"}),
        "members" | "cash" => json!({"reserve": "R"}),
        "figures" => json!({"of": "imports"}),
        "brief" => json!({"reserve": "R", "quarter": "2026Q2"}),
        "call_board" | "allocation" => json!({"call": "C1"}),
        "recompute" => json!({"event": 20}),
        "cover_base" => json!({"base": "consumption", "year": 2025}),
        "reach" => json!({"within": 30}),
        "stress" => json!({"country": "CN"}),
        "reconciliation" => json!({"party": "JOGMEC", "first": "2026-01-01", "last": "2026-03-31"}),
        "material_balance" => {
            json!({"site": "Ibaraki", "material": "NdPr-oxide", "first": "2026-01-01", "last": "2026-06-30"})
        }
        "balance_series" => json!({"site": "Ibaraki", "material": "NdPr-oxide"}),
        "break" => json!({"code": "B1"}),
        "report_lines" | "report_text" => json!({"report": "R1"}),
        _ => json!({}),
    }
}

/// A world, who asks it, and when.
pub(crate) struct Seen<'w> {
    pub(crate) world: &'w World,
    pub(crate) books: &'w Books,
    pub(crate) viewer: Viewer,
    pub(crate) today: Day,
}

impl History for Seen<'_> {
    fn at(&self, account: AccountNo, day: Day, known_at: Seq) -> Result<Sums, HistoryError> {
        Ok(self.world.model().at(account, day, known_at))
    }

    fn changes(&self, account: AccountNo, known_at: Seq) -> Result<Vec<(Seq, Day)>, HistoryError> {
        Ok(self.world.model().changes(account, known_at))
    }
}

impl View for Seen<'_> {
    fn books(&self) -> &Books {
        self.books
    }

    fn now(&self) -> Moment {
        Moment(u64::try_from(self.today.0).expect("a day since 1970") * 86_400_000_000)
    }

    fn viewer(&self) -> Viewer {
        self.viewer.clone()
    }
}

std::thread_local! {
    /// Is a view being read? Nobody reads the log meanwhile: whoever waits for the books would wait for the disk.
    static IS_READ: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

fn assert_unlocked() {
    assert!(!IS_READ.get(), "the log is read while the books are held");
}

impl Log for Seen<'_> {
    fn event(&self, seq: Seq) -> Result<Option<Event>, HistoryError> {
        assert_unlocked();
        Ok(self.world.event(seq))
    }

    fn events(&self, from: Seq, each: &mut dyn FnMut(Seq, Event) -> bool) -> Result<(), HistoryError> {
        assert_unlocked();
        for seq in (from.0..=self.books.head().0).map(Seq) {
            if !each(seq, self.world.event(seq).expect("within the log")) {
                break;
            }
        }
        Ok(())
    }

    fn known_at(&self, _: Moment, head: Seq) -> Result<Seq, HistoryError> {
        assert_unlocked();
        Ok(head)
    }

    fn find(&self, _: CommandId, _: Option<PartyNo>) -> Result<Option<Seq>, HistoryError> {
        assert_unlocked();
        Ok(None)
    }
}

impl Source for Seen<'_> {
    fn read(&self, each: &mut dyn FnMut(&dyn View)) {
        IS_READ.set(true);
        each(self);
        IS_READ.set(false);
    }
}
