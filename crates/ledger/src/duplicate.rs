//! The same id again: the same command gets its first answer; another one is told which field differs.

use books::person::Credential;
use books::{Act, Books, Event, Outcome, Rejection, Seq};
use serde_json::{Map, Value};
use wire::view::command_of;

use crate::answer::{Answer, Request};

/// Answers a command whose id the log holds already.
pub(crate) fn answer(request: &Request, seq: Seq, event: Event, books: &Books) -> Answer {
    match differing_field(request, &event, books) {
        Some(field) => {
            let rejection = Rejection::IdReused { field, seq };
            Answer::Refused(None, Box::new(rejection.refused(books, String::new())))
        }
        None => match event.outcome {
            Outcome::Done(_) | Outcome::Moved(..) => Answer::Duplicate(seq),
            Outcome::Held(_) => Answer::Held(seq),
            Outcome::Refused(refused) => Answer::Refused(Some(seq), refused),
        },
    }
}

fn differing_field(request: &Request, event: &Event, books: &Books) -> Option<String> {
    let recorded = command_of(event, books);
    let mut asked = written(request, books);
    // The person is known by its credential, and need not be named.
    if matches!(event.by, Some(Credential::Person(_))) && !asked.contains_key("maker") {
        asked.extend(recorded.get("maker").map(|maker| ("maker".to_owned(), maker.clone())));
    }
    if recorded == asked || is_same_act(request, event, &recorded, books) {
        return None;
    }
    let differs = |(key, value): (&String, &Value)| (recorded.get(key) != Some(value)).then(|| key.clone());
    let missing = || recorded.keys().find(|key| !asked.contains_key(*key)).cloned();
    asked.iter().find_map(differs).or_else(missing)
}

/// Do both say the same in other words: `100 t` for `100000 kg`, or an owner left out? Both are resolved against the
/// books of now, so that what has come since (a lot that then was new) changes neither alone.
fn is_same_act(request: &Request, event: &Event, recorded: &Map<String, Value>, books: &Books) -> bool {
    // A code that said under whom it lives is not written back so.
    if let Request::Named(command) = request
        && let Ok(asked) = command.resolve(books)
        && (asked.party, asked.effective, &asked.maker) == (event.party, event.effective, &event.maker)
        && event.act(books).is_some_and(|act| *act == asked.act)
    {
        return true;
    }
    let Ok(bytes) = serde_json::to_vec(recorded) else { return false };
    let Ok(recorded) = wire::Command::from_json(&bytes) else { return false };
    let Ok(recorded) = recorded.resolve(books) else { return false };
    let when = |command: &books::Command| (command.effective, command.time);
    let (party, maker, at, act): (_, _, _, Act) = match request {
        Request::Numbered(command) => (command.party, command.maker.as_ref(), when(command), command.act.clone()),
        Request::Named(command) => match command.resolve(books) {
            Ok(resolved) => (resolved.party, command.maker.as_ref(), when(&resolved), resolved.act),
            Err(_) => return false,
        },
    };
    let is_named =
        maker == event.maker.as_ref() || (maker.is_none() && matches!(event.by, Some(Credential::Person(_))));
    is_named && (party, at) == (event.party, when(&recorded)) && act == recorded.act
}

/// A request as JSON by codes.
pub(crate) fn written(request: &Request, books: &Books) -> Map<String, Value> {
    match request {
        Request::Named(command) => command.to_json(),
        Request::Numbered(command) => wire::Command {
            id: command.id,
            party: books.party_code(command.party).to_owned(),
            maker: command.maker.clone(),
            effective: command.effective,
            time: command.time,
            act: wire::render(&command.act, books),
        }
        .to_json(),
    }
}
