//! Commands about reports, comparisons and breaks, made up by dice with an eye on the books; and what always holds of them.

use std::collections::BTreeSet;

use books::report::Piece;
use books::{Act, Books, Kind, Outcome, Seq};
use serde_json::{Value, json};
use testkit::World;

use super::Maker;

/// A report with six lines, each in a break; methods; a match.
pub(super) fn setup() -> Vec<Value> {
    let lines: Vec<Value> = (1..=6)
        .map(|line| json!({"line": line, "material": "M", "way": "in", "quantity": format!("{line} mg"), "effective": "2026-01-02"}))
        .collect();
    let found = |line: usize| {
        json!({"class": "theirs_only", "reason": "missing", "material": "M", "difference": format!("-{line} mg"),
            "effective": "2026-01-02", "ours": [], "theirs": [format!("A/1:{line}")]})
    };
    let method = |method: &str| json!({"act": "set_method", "method": method, "random": "1%", "systematic": "0%"});
    vec![
        method("scale"),
        method("survey"),
        json!({"act": "receive_report", "sender": "A", "number": 1, "kind": "transactions", "first": "2026-01-01",
            "last": "2026-01-31", "source": "00".repeat(32), "line_count": 6, "lines": lines}),
        json!({"act": "record_run", "whose": "A", "first": "2026-01-01", "last": "2026-01-31",
            "counts": [0, 0, 0, 0, 0, 0, 0, 0, 6], "breaks": (1..=6).map(found).collect::<Vec<_>>()}),
        json!({"act": "match_lines", "whose": "A", "ours": ["event 16.1"], "theirs": ["A/1:1"], "note": "by phone"}),
    ]
}

impl Maker<'_, '_> {
    /// A period: mostly one, now and then turned around.
    fn period(&mut self) -> (String, String) {
        let (one, other) = (self.day(), self.day());
        let is_turned = self.dice.once_in(12);
        if (one <= other) == is_turned { (other, one) } else { (one, other) }
    }

    fn code_of(&mut self, kind: Kind, count: usize) -> String {
        let books = self.world.books();
        let code = |row: usize| books.named_code(kind, u32::try_from(row).expect("few")).to_owned();
        match count == 0 || self.dice.once_in(25) {
            true => "nothing".into(),
            false => code(count - 1 - self.dice.below(count.min(7))),
        }
    }

    fn a_break(&mut self) -> String {
        let count = self.world.books().breaks().len();
        self.code_of(Kind::Break, count)
    }

    /// A piece of a record: of an event, of a report, or of what is held; now and then one that is not there.
    fn piece(&mut self) -> String {
        let books = self.world.books();
        match self.dice.below(8) {
            0..=2 => format!("event {}.{}", self.seq(), self.dice.below(3)),
            3 => format!("held {} {} M", self.day(), self.site()),
            shape => {
                let count = books.reports().len();
                let report = self.code_of(Kind::Report, count);
                format!("{report}:{}{}", if shape == 4 { "=" } else { "" }, 1 + self.dice.below(2))
            }
        }
    }

    fn pieces(&mut self) -> Vec<String> {
        (0..[1, 1, 0, 1, 2][self.dice.below(5)]).map(|_| self.piece()).collect()
    }

    fn told(&mut self) -> String {
        match self.dice.below(16) {
            0 => "7 heaps".into(),
            1 => "-3 mg".into(),
            2 => "0.000000000000001 mg".into(),
            3 => "9000000000 Mt dry".into(),
            4 => "2 lb gross".into(),
            _ => format!("{} mg", self.dice.below(90)),
        }
    }

    fn report_lines(&mut self, first: usize) -> Value {
        let line = |maker: &mut Self, number: usize| {
            let hash = "5d".repeat(32);
            let replaces = match maker.dice.once_in(5) {
                true => json!({"report": 1 + maker.dice.below(4), "line": 1 + maker.dice.below(3), "hash": hash}),
                false => Value::Null,
            };
            let withdraws = if maker.dice.once_in(12) { json!(true) } else { Value::Null };
            let reference =
                if maker.dice.once_in(2) { json!(format!("PO-{}", maker.dice.below(9))) } else { Value::Null };
            json!({"line": number, "material": maker.dice.one_of(&["M", "M", "M", "N"]),
                "way": maker.dice.one_of(&["in", "out"]), "quantity": maker.told(), "effective": maker.day(),
                "reference": reference, "replaces": replaces, "withdraws": withdraws})
        };
        (first..first + 1 + self.dice.below(3)).map(|number| line(self, number)).collect()
    }

    fn receive(&mut self) -> Value {
        let books = self.world.books();
        let open = books.reports().iter().rposition(|report| !report.is_complete());
        if let Some(row) = open.filter(|_| !self.dice.once_in(3)) {
            let report = &books.reports()[row];
            let (code, here) = (report.code.clone(), report.lines_here as usize);
            let first = if self.dice.once_in(8) { 1 } else { here + 1 };
            return json!({"act": "add_report_lines", "report": code, "lines": self.report_lines(first)});
        }
        if self.dice.once_in(6) {
            let count = books.reports().len();
            return json!({"act": "add_report_lines", "report": self.code_of(Kind::Report, count), "lines": self.report_lines(1)});
        }
        let sender = self.member();
        let number = if self.dice.once_in(8) { self.dice.below(3) } else { books.reports().len() + 1 };
        let (kind, lines) = (self.dice.one_of(&["statement", "transactions"]), self.report_lines(1));
        let here = lines.as_array().map_or(0, Vec::len);
        let balances = match kind {
            "statement" => json!([{"material": "M", "opening": self.told(), "closing": self.told()}]),
            _ => Value::Null,
        };
        let (first, last) = self.period();
        json!({"act": "receive_report", "sender": sender, "number": number, "kind": kind, "first": first,
            "last": last, "source": format!("{number:064x}"), "line_count": here + self.dice.below(3),
            "balances": balances, "lines": lines})
    }

    fn run(&mut self) -> Value {
        let found = |maker: &mut Self| {
            json!({"class": maker.dice.one_of(&["quantity_differs", "ours_only", "theirs_only", "duplicate", "date_differs", "ours_only", "matched"]),
                "reason": maker.dice.one_of(&["unknown", "missing", "timing"]), "material": "M",
                "difference": format!("{} mg", maker.dice.below(40)), "effective": maker.day(),
                "ours": maker.pieces(), "theirs": maker.pieces()})
        };
        let breaks: Vec<Value> = (0..self.dice.below(3)).map(|_| found(self)).collect();
        let counts: Vec<usize> = (0..if self.dice.once_in(12) { 8 } else { 9 }).collect();
        let against = if self.dice.once_in(4) { json!(self.member()) } else { Value::Null };
        let (first, last) = self.period();
        json!({"act": "record_run", "whose": self.member(), "against": against, "first": first, "last": last,
            "counts": counts, "breaks": if breaks.is_empty() { Value::Null } else { json!(breaks) }})
    }

    /// What may end a break: mostly another line that its party told.
    fn ends(&mut self, number: &str) -> String {
        let books = self.world.books();
        let row = books.breaks().iter().find(|row| row.code == number);
        let told = row.and_then(|row| books.reports().iter().rev().find(|report| report.party == row.party));
        match told.filter(|_| !self.dice.once_in(5)) {
            Some(report) => format!("{}:{}", report.code, 1 + self.dice.below(report.line_count.max(1) as usize)),
            None => self.piece(),
        }
    }

    fn ending(&mut self) -> Value {
        let number = self.a_break();
        match self.dice.below(9) {
            0 | 1 => json!({"act": "explain_break", "number": number,
                "reason": self.dice.one_of(&["timing", "moisture", "rounding", "unknown"])}),
            2 => json!({"act": "assign_break", "number": number, "owner": "Tanaka"}),
            3 | 4 => json!({"act": "agree_break", "number": number}),
            5 => {
                let closed = self.world.books().breaks().iter().rev().find(|row| row.now().is_closed());
                let number = closed.map_or(number, |row| row.code.clone());
                json!({"act": "reopen_break", "number": number, "note": "it came back"})
            }
            _ => {
                let how = self.dice.one_of(&["report", "correction", "tolerance", "agreed", "write_off", "write_off"]);
                let by = if self.dice.once_in(5) { Value::Null } else { json!(self.ends(&number)) };
                let authority =
                    if how == "write_off" { json!(self.dice.one_of(&["P2", "P2", "P1"])) } else { Value::Null };
                json!({"act": "close_break", "number": number, "how": how,
                    "by": if ["report", "correction"].contains(&how) { by } else { Value::Null },
                    "authority": authority})
            }
        }
    }

    /// A match: mostly of a movement and a line of a report of its party.
    fn joined(&mut self) -> Value {
        let books = self.world.books();
        let row = self.dice.below(books.reports().len().max(1));
        let report = books.reports().get(row).filter(|_| !self.dice.once_in(6));
        let (whose, theirs) = match report {
            Some(report) => {
                let whose = books.party(report.party).code.clone();
                (whose, vec![format!("{}:{}", report.code, 1 + self.dice.below(6))])
            }
            None => (self.member().to_owned(), self.pieces()),
        };
        let ours = match self.dice.once_in(6) {
            true => self.pieces(),
            false => vec![format!("event {}.{}", self.movement_of(&whose), self.dice.below(2))],
        };
        json!({"act": "match_lines", "whose": whose, "ours": ours, "theirs": theirs, "note": "by phone"})
    }

    /// An event that moved something of a party's, where there is one.
    fn movement_of(&mut self, whose: &str) -> u64 {
        let books = self.world.books();
        let is_own = |account| books.party_code(books.account(account).key.owner) == whose;
        let moves = |seq: &u64| {
            let event = self.world.event(Seq(*seq)).expect("within the log");
            event.entries.iter().any(|entry| is_own(entry.source) || is_own(entry.target))
        };
        let found: Vec<u64> = (1..=books.head().0).filter(moves).collect();
        match found.is_empty() || self.dice.once_in(6) {
            true => self.seq(),
            false => found[self.dice.below(found.len())],
        }
    }

    fn rule(&mut self) -> Value {
        match self.dice.below(5) {
            0 => json!({"act": "set_method", "method": self.dice.one_of(&["scale", "survey", ""]), "random": "0.5%",
                "systematic": self.dice.one_of(&["0%", "0.3%", "200%"])}),
            1 => json!({"act": "set_measuring", "site": self.site(), "material": "M",
                "stock": self.dice.one_of(&["survey", "scale"]), "flow": "scale",
                "load": if self.dice.once_in(3) { json!(self.some()) } else { Value::Null }}),
            2 => json!({"act": "set_tolerance", "material": "M", "ppm": self.dice.below(3) * 600_000,
                "rounding": self.some(), "absolute": self.some()}),
            3 => json!({"act": "set_duty", "sender": self.member(), "kind": "statement",
                "months": 1 + self.dice.below(5), "days": 15}),
            _ => {
                let note = if self.dice.once_in(2) { json!("weighed again") } else { Value::Null };
                json!({"act": "publish", "series": "stock", "through": self.day(), "unit": "mg",
                    "figures": [{"line": "stock", "value": self.dice.below(9).to_string()}], "note": note})
            }
        }
    }

    /// Reports, comparisons, and what is done about differences.
    pub(super) fn compared(&mut self) -> Value {
        match self.dice.below(12) {
            0..=2 => self.receive(),
            3..=5 => self.run(),
            6 => {
                let count = self.world.books().hand_matches().len();
                match self.dice.once_in(2) {
                    true => {
                        json!({"act": "unmatch_lines", "number": self.code_of(Kind::Match, count), "note": "a slip"})
                    }
                    false => self.joined(),
                }
            }
            7 => self.rule(),
            _ => self.ending(),
        }
    }
}

/// Reporting and comparing moves nothing. A piece of a record is in one open break and in one match at most; a report has
/// its lines once, and its number alone once it is whole; a break that is written off was explained by somebody else, and
/// whose reports are compared closes none alone.
pub(super) fn reports_hold(world: &World) {
    let books: &Books = world.books();
    for seq in (1..=books.head().0).map(Seq) {
        let event = world.event(seq).expect("within the log");
        let is_compared = matches!(
            event.outcome,
            Outcome::Done(
                Act::ReceiveReport(_)
                    | Act::AddReportLines(_)
                    | Act::RecordRun(_)
                    | Act::RecordLoad(_)
                    | Act::MatchLines(_)
                    | Act::UnmatchLines(_)
                    | Act::AssignBreak(_)
                    | Act::ExplainBreak(_)
                    | Act::AgreeBreak(_)
                    | Act::CloseBreak(_)
                    | Act::ReopenBreak(_)
                    | Act::SetMethod(_)
                    | Act::SetMeasuring(_)
                    | Act::SetTolerance(_)
                    | Act::SetDuty(_)
                    | Act::Publish(_)
            )
        );
        if is_compared {
            assert!(
                event.entries.is_empty() && event.claims.is_empty() && event.tallied.is_none(),
                "event {seq} moves"
            );
        }
    }
    let mut numbers = BTreeSet::new();
    for report in books.reports() {
        let is_alone = report.superseded.is_some() || numbers.insert((report.party, report.number));
        assert!(is_alone, "report {} has its number alone", report.code);
        assert!(report.superseded.is_none() || !report.is_complete(), "report {} was whole", report.code);
        assert!(report.lines_here <= report.line_count, "report {}", report.code);
        assert_eq!(report.is_complete(), report.lines_here == report.line_count, "report {}", report.code);
    }
    let mut open: BTreeSet<(bool, Piece)> = BTreeSet::new();
    for row in books.breaks() {
        let pieces: BTreeSet<Piece> = row.found.ours.iter().chain(&row.found.theirs).copied().collect();
        let is_closed = row.now().is_closed();
        for piece in pieces.into_iter().filter(|_| !is_closed) {
            assert!(open.insert((row.is_between, piece)), "{piece:?} is in two open breaks, one of them {}", row.code);
        }
        if let Some(before) = row.found.follows {
            assert!(books.a_break(before).now().is_closed(), "break {} follows an open one", row.code);
        }
        assert!(row.steps.windows(2).all(|steps| steps[0].seq < steps[1].seq), "steps of {} in order", row.code);
        written_off_by_another(row);
        closed_by_another(world, row);
    }
    let mut matched = BTreeSet::new();
    for row in books.hand_matches().iter().filter(|row| row.undone.is_none()) {
        for piece in row.ours.iter().chain(&row.theirs) {
            assert!(matched.insert(*piece), "{piece:?} is matched twice, in {}", row.code);
        }
    }
}

fn closed_by_another(world: &World, row: &books::difference::Break) {
    use books::difference::{Closing, Done};
    for step in &row.steps {
        if let Done::Closed(closing) = step.done {
            let party = world.event(step.seq).expect("within the log").party;
            let is_secretariat = world.books().party(party).role == books::party::Role::Secretariat;
            let is_free = is_secretariat || (party != row.party && !row.is_between);
            assert!(is_free || closing == Closing::Agreed, "break {} is closed by one side alone", row.code);
        }
    }
}

fn written_off_by_another(row: &books::difference::Break) {
    use books::difference::{Closing, Done};
    let mut explained = None;
    for step in &row.steps {
        match &step.done {
            Done::Explained(_) => explained = Some(step.by.to_lowercase()),
            Done::Closed(Closing::WriteOff(_)) => {
                let by = explained.as_ref().expect("a write-off needs an explanation first");
                assert_ne!(*by, step.by.to_lowercase(), "break {} is written off by another person", row.code);
            }
            _ => {}
        }
    }
}
