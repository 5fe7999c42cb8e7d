//! Opening a ledger to ask it, and reading what was typed about which stock and which times.

use std::path::Path;

use books::{AccountNo, Day, Moment, Seq, Sums};
use ledger::{LedgerError, Options, Reader};
use projections::{Filter, History, HistoryError};
use shell::Failure;
use store::OpenError;

use crate::cli::{FilterArgs, Times};

/// A ledger opened to be asked.
pub(crate) struct Asked(pub(crate) Reader);

impl History for Asked {
    fn at(&self, account: AccountNo, day: Day, known_at: Seq) -> Result<Sums, HistoryError> {
        self.0.at(account, day, known_at).map_err(|error| HistoryError(Box::new(error)))
    }
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

fn parse_word<T: serde::de::DeserializeOwned>(option: &str, word: &str) -> Result<T, Failure> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|_| Failure::wrong_use(format!("`{word}` is not a {option}")).hint("see `granary position --help`"))
}

/// Refuses a filter that names something the ledger does not know: a slip of the pen must not look like empty stock.
pub(crate) fn check_known(asked: &Asked, filter: &Filter) -> Result<(), Failure> {
    let books = asked.0.books();
    let place = |code: &str| books.places().iter().any(|place| place.code() == code);
    let checks = [
        ("party", &filter.party, filter.party.as_ref().is_none_or(|code| books.party_no(code).is_some())),
        ("site", &filter.site, filter.site.as_ref().is_none_or(|code| place(code))),
        ("material", &filter.material, filter.material.as_ref().is_none_or(|code| books.material_no(code).is_some())),
        ("lot", &filter.lot, filter.lot.as_ref().is_none_or(|code| books.lot_no(code).is_some())),
    ];
    for (kind, code, is_known) in checks {
        if let Some(code) = code.as_ref().filter(|_| !is_known) {
            let mut failure = Failure::new(format!("no {kind} `{code}` is registered"))
                .hint("`granary position` shows what there is; codes are case-sensitive");
            failure.exit = shell::Exit::Refused;
            return Err(failure);
        }
    }
    Ok(())
}

/// As of when, as known when.
pub(crate) fn times(asked: &Asked, times: &Times) -> Result<(Option<Day>, Option<Seq>), Failure> {
    let as_of = times.as_of.as_deref().map(wire::date::parse_day).transpose().map_err(Failure::wrong_use)?;
    let known_at = times.known_at.as_deref().map(|text| known_at(asked, text)).transpose()?;
    Ok((as_of, known_at))
}

/// An event by its number or by a time.
pub(crate) fn known_at(asked: &Asked, text: &str) -> Result<Seq, Failure> {
    let head = asked.0.books().head();
    if let Ok(seq) = text.parse::<u64>() {
        if seq > head.0 {
            return Err(Failure::wrong_use(format!("there is no event {seq}; the last is {head}")));
        }
        return Ok(Seq(seq));
    }
    let moment = wire::date::parse_moment(text).map_err(|problem| {
        Failure::wrong_use(problem).hint("give an event number or a time such as 2026-03-10T09:00:00Z")
    })?;
    Ok(asked.0.known_at(moment)?)
}
