//! Opening a ledger to ask it, and reading what was typed about which stock and which times.

use std::path::Path;

use books::{AccountNo, Books, CommandId, Day, Event, Moment, Seq, Sums};
use ledger::{LedgerError, Options, Reader};
use projections::{Filter, History, HistoryError, KnownAt, Problem, ProblemKind, Question, View};
use shell::{Exit, Failure};
use store::OpenError;

use crate::cli::{Dir, FilterArgs, Times};

/// A ledger opened to be asked.
pub(crate) struct Asked(pub(crate) Reader);

impl Asked {
    /// Asks a question.
    pub(crate) fn ask<Q: Question>(&self, question: &Q) -> Result<Q::Answer, Failure> {
        question.answer(self).map_err(failure)
    }
}

impl History for Asked {
    fn at(&self, account: AccountNo, day: Day, known_at: Seq) -> Result<Sums, HistoryError> {
        self.0.at(account, day, known_at).map_err(unreadable)
    }
}

impl View for Asked {
    fn books(&self) -> &Books {
        self.0.books()
    }

    fn now(&self) -> Moment {
        now()
    }

    fn event(&self, seq: Seq) -> Result<Option<Event>, HistoryError> {
        self.0.event(seq).map_err(unreadable)
    }

    fn events(&self, from: Seq, each: &mut dyn FnMut(Seq, Event) -> bool) -> Result<(), HistoryError> {
        self.0.events(from, each).map_err(unreadable)
    }

    fn known_at(&self, moment: Moment) -> Result<Seq, HistoryError> {
        self.0.known_at(moment).map_err(unreadable)
    }

    fn find(&self, id: CommandId) -> Result<Option<Seq>, HistoryError> {
        self.0.find(id).map_err(unreadable)
    }
}

fn unreadable(error: LedgerError) -> HistoryError {
    HistoryError(Box::new(error))
}

/// Asks a ledger one question. The one way in which tools get answers.
pub(crate) fn ask<Q: Question>(dir: &Dir, question: &Q) -> Result<Q::Answer, Failure> {
    open(&dir.dir)?.ask(question)
}

/// A question without an answer, as a tool says it.
pub(crate) fn failure(problem: Problem) -> Failure {
    let exit = match problem.kind {
        ProblemKind::WrongUse => Exit::WrongUse,
        ProblemKind::Unknown | ProblemKind::Forbidden => Exit::Refused,
        ProblemKind::CannotAnswer => Exit::CouldNotAnswer,
    };
    let hint = problem.hint.clone();
    Failure { exit, error: Box::new(problem), hint }
}

/// Opens a ledger to ask it.
pub(crate) fn open(dir: &Path) -> Result<Asked, Failure> {
    Reader::open(dir, &Options::default()).map(Asked).map_err(|error| opening(dir, error))
}

/// Says what can be done about a ledger that does not open.
pub(crate) fn opening(dir: &Path, error: LedgerError) -> Failure {
    let dir = dir.display();
    let hint = match &error {
        LedgerError::Open(OpenError::NotALedger(_)) => {
            format!("make one with `granary init --dir {dir}`, or name another folder with --dir")
        }
        LedgerError::Open(OpenError::Held { .. }) => "wait for that process, or stop it".to_owned(),
        LedgerError::Create(_) => "name an empty folder with --dir".to_owned(),
        _ => format!("`granary doctor --dir {dir}` names what is damaged and how to repair it"),
    };
    Failure::new(error).hint(hint)
}

/// The moment of asking.
pub(crate) fn now() -> Moment {
    use ledger::Clock;
    Moment(ledger::SystemClock.now_us())
}

/// Which stock was meant.
pub(crate) fn filter(args: &FilterArgs) -> Result<Filter, Failure> {
    let FilterArgs { party, site, material, lot, form, source, origin, class } = args.clone();
    Ok(Filter {
        party,
        site,
        material,
        lot,
        form: form.map(|word| parse_word("form", &word)).transpose()?,
        source: source.map(|word| parse_word("source", &word)).transpose()?,
        origin,
        class,
    })
}

/// A word of a closed list, such as a form or a stage.
pub(crate) fn parse_word<T: serde::de::DeserializeOwned>(option: &str, word: &str) -> Result<T, Failure> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).map_err(|error| {
        let words: Vec<String> = error.to_string().split('`').skip(3).step_by(2).map(str::to_owned).collect();
        Failure::wrong_use(format!("`{word}` is not a {option}")).hint(format!("choose from {}", words.join(", ")))
    })
}

/// As of when, as known when.
pub(crate) fn times(times: &Times) -> (Option<String>, Option<KnownAt>) {
    (times.as_of.clone(), times.known_at.clone().map(KnownAt::Text))
}
