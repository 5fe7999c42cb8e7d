//! Asking a ledger: the folder here, or the server that holds it; and reading what was typed about which stock.

use std::path::Path;

use answers::ask::{EVENT_COUNT_DEFAULT, History, List, Positions};
use answers::{
    AnyAnswer, Budget, Entry, Filter, Given, KnownAt, Listed, Position, Problem, ProblemKind, Question, Viewer,
};
use ledger::{LedgerError, Opened, Options, Reader};
use serde_json::{Map, Value};
use shell::{Exit, Failure};
use store::{Folder, OpenError};
use wire::typed::{self, Wrong};
use wire::view::EventView;
use words::Told;

use crate::cli::{Dir, FilterArgs, Times};
use crate::client::Client;
use crate::language;
use crate::opened_view::OpenedView;
pub(crate) use crate::opened_view::now;

/// A ledger opened to be asked.
pub struct Asked(pub(crate) Reader);

impl Asked {
    /// Asks a question.
    ///
    /// # Errors
    /// When there is no answer: see [`Problem`].
    pub fn ask<Q: Question>(&self, question: &Q) -> Result<Q::Answer, Failure> {
        self.give(question).map(|given| given.answer)
    }

    fn give<Q: Question>(&self, question: &Q) -> Result<Given<Q>, Failure> {
        answers::give(question, &self.view(), Budget::NONE).map(|(_, given)| given).map_err(failure)
    }

    /// The ledger as whoever holds its folder sees it.
    pub(crate) fn view(&self) -> OpenedView<'_> {
        OpenedView { opened: &self.0, viewer: Viewer::Operator }
    }
}

/// A ledger, wherever it is.
pub(crate) enum Place {
    /// In a folder of this machine that no server holds.
    Folder(Box<Asked>),
    /// At a server.
    Server(Client),
}

/// Finds the ledger: at the server that is named, in the folder, or at the server that holds the folder.
pub(crate) fn find(dir: &Dir) -> Result<Place, Failure> {
    match server(dir) {
        Some(client) => Ok(Place::Server(client)),
        None => open(&dir.dir).map(|asked| Place::Folder(Box::new(asked))),
    }
}

/// The server that is named, or that holds the folder.
pub(crate) fn server(dir: &Dir) -> Option<Client> {
    dir.server.as_ref().map(|url| Client::new(url)).or_else(|| server_at(&dir.dir))
}

/// The server that holds a folder, where one does. It has what no checkpoint covers yet, too.
pub(crate) fn server_at(dir: &Path) -> Option<Client> {
    Folder::at(dir).holder()?.url.map(|url| Client::holding(dir, &url))
}

/// The same, where a folder could not be opened because it is held.
pub(crate) fn server_of(error: &LedgerError) -> Option<&str> {
    let LedgerError::Open(OpenError::Held { by }) = error else { return None };
    by.url.as_deref()
}

impl Place {
    /// Asks a question. The one way in which tools get answers.
    pub(crate) fn ask<Q: Question>(&self, question: &Q) -> Result<Given<Q>, Failure> {
        match self {
            Self::Folder(asked) => asked.give(question),
            Self::Server(client) => client.ask(question),
        }
    }

    /// Asks a question of the table.
    pub(crate) fn ask_named(
        &self,
        question: &Entry,
        request: &Map<String, Value>,
    ) -> Result<Box<dyn AnyAnswer>, Failure> {
        match self {
            Self::Folder(asked) => {
                let answered = question.ask(request.clone().into(), &asked.view(), Budget::NONE);
                answered.map(|(_, answer)| answer).map_err(failure)
            }
            Self::Server(client) => client.ask_named(question, request),
        }
    }

    /// Everything of a kind that is registered, in one.
    pub(crate) fn all_lines(&self, what: Listed) -> Result<Vec<Map<String, Value>>, Failure> {
        let (mut part, mut all) = (List { what, as_of: None, known_at: None, limit: None, page: None }, Vec::new());
        loop {
            let answer = self.ask(&part)?.answer;
            all.extend(answer.lines);
            match answer.next {
                Some(next) => part.page = Some(next),
                None => return Ok(all),
            }
        }
    }
}

/// Asks a ledger one question; the answer says with whose eyes it was seen.
pub(crate) fn ask<Q: Question>(dir: &Dir, question: &Q) -> Result<Given<Q>, Failure> {
    find(dir)?.ask(question)
}

/// Everything that is held, in one.
pub(crate) fn all_positions(dir: &Dir, question: &Positions) -> Result<Vec<Position>, Failure> {
    let place = find(dir)?;
    let (mut part, mut all) = (question.clone(), Vec::new());
    loop {
        let answer = place.ask(&part)?.answer;
        all.extend(answer.positions);
        match answer.next {
            Some(next) => part.page = Some(next),
            None => return Ok(all),
        }
    }
}

/// Hands on the events that a question is about, one by one, however many.
pub(crate) fn each_event(
    dir: &Dir,
    question: &History,
    each: &mut dyn FnMut(EventView) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let place = find(dir)?;
    let mut page = History { limit: Some(EVENT_COUNT_DEFAULT), ..question.clone() };
    loop {
        let answer = place.ask(&page)?.answer;
        answer.events.into_iter().try_for_each(&mut *each)?;
        match answer.next {
            Some(next) => page.from = Some(next),
            None => return Ok(()),
        }
    }
}

/// A question without an answer, as a tool says it.
pub(crate) fn failure(problem: Problem) -> Failure {
    let exit = match problem.kind {
        ProblemKind::WrongUse => Exit::WrongUse,
        ProblemKind::Unknown | ProblemKind::Forbidden => Exit::Refused,
        ProblemKind::CannotAnswer => Exit::CouldNotAnswer,
    };
    let Told { message, hint } = problem.told(language::now());
    Failure { exit, error: message.into(), hint: Some(hint).filter(|hint| !hint.is_empty()) }
}

/// Opens a ledger to ask it, also beside a process that writes it.
///
/// # Errors
/// When there is no ledger, or it is damaged.
pub fn open(dir: &Path) -> Result<Asked, Failure> {
    let reader = Reader::open(dir, &Options::default()).map_err(|error| opening(dir, error))?;
    if let Some((holder, missing)) = reader.behind() {
        eprintln!("{holder} has not published the last {missing} events yet: they are not in this answer");
    }
    Ok(Asked(reader))
}

/// Opens a ledger for what looks at the log itself, which one process can do at a time.
///
/// # Errors
/// When there is no ledger, somebody holds it, or it is damaged.
pub(crate) fn open_alone(dir: &Path) -> Result<Opened, Failure> {
    Opened::open(dir, &Options::default()).map_err(|error| opening_alone(dir, error))
}

/// Says what can be done about a ledger that does not open.
pub(crate) fn opening(dir: &Path, error: LedgerError) -> Failure {
    let dir = dir.display();
    if error.is_disk_full() {
        let failure = Failure::new(format!("the disk of `{dir}` is full"));
        return failure.hint("make room; nothing that was recorded is damaged or lost");
    }
    let hint = match &error {
        LedgerError::Open(OpenError::NotALedger(folder)) if !folder.exists() => {
            format!("there is no such folder: look at its name; or make a ledger there with `granary init --dir {dir}`")
        }
        LedgerError::Open(OpenError::NotALedger(_)) => {
            format!("make one with `granary init --dir {dir}`, or name another folder with --dir")
        }
        LedgerError::Open(OpenError::Held { .. }) => {
            "name the server with --server, or wait until that process has ended".to_owned()
        }
        LedgerError::Create(_) => "name an empty folder with --dir".to_owned(),
        _ => format!("`granary doctor --dir {dir}` names what is damaged and how to repair it"),
    };
    Failure::new(error).hint(hint)
}

/// The same, for what works in a folder alone.
pub(crate) fn opening_alone(dir: &Path, error: LedgerError) -> Failure {
    let is_held = matches!(&error, LedgerError::Open(OpenError::Held { .. }));
    let failure = opening(dir, error);
    match is_held {
        true => failure.hint("this needs the folder for itself: stop that process first"),
        false => failure,
    }
}

/// Which stock was meant.
pub(crate) fn filter(args: &FilterArgs) -> Result<Filter, Failure> {
    let FilterArgs { party, site, material, lot, form, source, origin, class, country } = args.clone();
    Ok(Filter {
        party,
        site,
        material,
        lot,
        form: form.map(|word| parse_word("form", &word)).transpose()?,
        source: source.map(|word| parse_word("source", &word)).transpose()?,
        origin,
        class,
        country,
    })
}

/// A word of a closed list, such as a form or a stage.
pub(crate) fn parse_word<T: serde::de::DeserializeOwned>(option: &str, word: &str) -> Result<T, Failure> {
    typed::read(serde_json::Value::String(word.to_owned())).map_err(|misread| {
        let failure = Failure::wrong_use(format!("`{word}` is not a {option}"));
        if let Wrong::NoSuchWord { expected, .. } = misread.wrong {
            failure.hint(format!("choose from {}", expected.join(", ")))
        } else {
            failure
        }
    })
}

/// As of when, as known when.
pub(crate) fn times(times: &Times) -> (Option<String>, Option<KnownAt>) {
    (times.as_of.clone(), times.known_at.clone().map(KnownAt::Text))
}
