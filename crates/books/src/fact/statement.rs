//! What an event says, in words that another ledger understands: plain lines of `name value`, which the log's key signs.
//!
//! An entry of a log names things by the numbers of its own ledger; a statement names them by code. What the entry says
//! itself (id, act, day, own codes, quantities) is compared with the entry; the other words are the signer's.

use std::fmt::{self, Write as _};

use measure::{Quantity, Unit, format_decimal, parse_decimal};

use crate::books::Books;
use crate::day::show_day;
use crate::event::{Event, Outcome};
use crate::fact::Code;
use crate::number::{CommandId, Day, LotNo, MaterialNo, Moment, PartyNo, PlaceNo, Seq};
use crate::rejection::Fault;

/// The first line; that of [`chain::FACT_HEAD`].
const HEAD: &str = chain::FACT_HEAD;

/// Decimals of the finest quantity.
const DECIMALS_MAX: u8 = 18;

/// What an event of a ledger says.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Statement {
    /// Name under which the ledger signs.
    #[n(0)]
    pub origin: String,
    /// Number of the event there.
    #[n(1)]
    pub event: Seq,
    /// Id of the command.
    #[n(2)]
    pub id: CommandId,
    /// When that ledger learned it.
    #[n(3)]
    pub recorded_at: Moment,
    /// Who asked.
    #[n(4)]
    pub party: String,
    /// The word of the act.
    #[n(5)]
    pub act: String,
    /// Day on which it took effect.
    #[n(6)]
    pub effective: Day,
    /// The code that it gives: of a dispatch, a commitment, an encumbrance; or the call it answers.
    #[n(7)]
    pub code: Option<String>,
    /// The sender's own reference.
    #[n(8)]
    pub reference: Option<String>,
    /// Whose stock or promise it is.
    #[n(9)]
    pub owner: Option<String>,
    /// For whom.
    #[n(10)]
    pub to: Option<String>,
    /// Which reserve or agreement it is about.
    #[n(11)]
    pub reserve: Option<String>,
    /// The site it leaves or lies at.
    #[n(12)]
    pub source: Option<String>,
    /// The site it goes to.
    #[n(13)]
    pub target: Option<String>,
    /// The event of that log which it reverses.
    #[n(14)]
    pub reverses: Option<Seq>,
    /// How much of what.
    #[n(15)]
    pub lines: Vec<Told>,
}

/// A quantity that a statement tells.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Told {
    /// Of which lot.
    #[n(0)]
    pub lot: Option<String>,
    /// Of which material; none of money.
    #[n(1)]
    pub material: Option<String>,
    /// How much, in 10^-`decimals` of `unit`: the accounting unit there.
    #[n(2)]
    pub quantity: Quantity,
    /// Decimals of the unit.
    #[n(3)]
    pub decimals: u8,
    /// The unit.
    #[n(4)]
    pub unit: Unit,
}

/// A text that is no statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementError {
    /// Which line, from 1.
    pub line: u32,
    /// What is wrong with it.
    pub fault: Fault,
}

/// A word of a statement that the entry contradicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disagrees(
    /// Its name.
    pub &'static str,
);

impl Statement {
    /// What an event of these books says; `None` where it is of no kind that is told to others.
    #[must_use]
    pub fn of(books: &Books, seq: Seq, event: &Event) -> Option<Self> {
        let Outcome::Done(act) = &event.outcome else { return None };
        let says = act.says()?;
        let party = |party: PartyNo| books.party_code(party).to_owned();
        let place = |place: PlaceNo| books.place_code(place).to_owned();
        let moved = event.entries.first().map(|entry| books.account(entry.target).key.lot);
        let lines: Option<Vec<Told>> =
            says.lines.iter().map(|(of, quantity)| of.told(books, moved, *quantity)).collect();
        Some(Self {
            origin: books.origin().to_owned(),
            event: seq,
            id: event.id,
            recorded_at: event.recorded_at,
            party: party(event.party),
            act: act.word().to_owned(),
            effective: event.effective,
            code: says.code.map(|code| code.told(books)),
            reference: says.reference.map(str::to_owned),
            owner: says.owner.map(party),
            to: says.to.map(party),
            reserve: says.reserve.map(|reserve| reserve.told(books)),
            source: says.source.map(place),
            target: says.target.map(place),
            reverses: says.reverses,
            lines: lines?,
        })
    }

    /// Reads a statement; what is read is written the same.
    ///
    /// # Errors
    /// The first line that is wrong.
    pub fn parse(text: &str) -> Result<Self, StatementError> {
        let mut lines = Lines { lines: text.lines().peekable(), number: 0 };
        lines.take_head()?;
        let origin = lines.need("origin")?;
        let event = lines.number_of("event")?;
        let id = lines.need("id")?;
        let id = parse_id(&id).ok_or(lines.wrong(Fault::StatementId))?;
        let recorded_at = Moment(lines.number_of("recorded")?);
        let (party, act) = (lines.need("party")?, lines.need("act")?);
        let effective = lines.need("effective")?;
        let effective = parse_day(&effective).ok_or(lines.wrong(Fault::StatementDay))?;
        let mut says = Self {
            origin,
            event: Seq(event),
            id,
            recorded_at,
            party,
            act,
            effective,
            code: lines.have("code"),
            reference: lines.have("reference"),
            owner: lines.have("owner"),
            to: lines.have("to"),
            reserve: lines.have("reserve"),
            source: lines.have("source"),
            target: lines.have("target"),
            reverses: None,
            lines: Vec::new(),
        };
        if lines.is_next("reverses") {
            says.reverses = Some(Seq(lines.number_of("reverses")?));
        }
        while lines.lines.peek().is_some() {
            says.lines.push(lines.told()?);
        }
        if says.to_string() == text { Ok(says) } else { Err(lines.wrong(Fault::StatementNotAsRead)) }
    }

    /// Compares what the entry says itself.
    ///
    /// # Errors
    /// The first word that the entry contradicts; `act` where the entry cannot be read.
    pub fn agrees_with(&self, entry: &[u8]) -> Result<(), Disagrees> {
        let event: Event = minicbor::decode(entry).map_err(|_| Disagrees("act"))?;
        let Outcome::Done(act) = &event.outcome else { return Err(Disagrees("act")) };
        let own = act.says().ok_or(Disagrees("act"))?;
        let is_code = match own.code {
            Some(Code::Own(code)) => self.code.as_deref() == Some(code),
            Some(Code::Place(_) | Code::Call(_)) | None => true,
        };
        let quantities = self.lines.iter().map(|line| line.quantity);
        let checks = [
            ("id", event.id == self.id),
            ("recorded", event.recorded_at == self.recorded_at),
            ("act", act.word() == self.act),
            ("effective", event.effective == self.effective),
            ("code", is_code),
            ("reference", own.reference == self.reference.as_deref()),
            ("reverses", own.reverses == self.reverses),
            ("quantity", quantities.eq(own.lines.iter().map(|(_, quantity)| *quantity))),
        ];
        checks.iter().find(|(_, holds)| !holds).map_or(Ok(()), |(name, _)| Err(Disagrees(name)))
    }
}

impl Told {
    pub(super) fn of_lot(books: &Books, lot: LotNo, quantity: Quantity) -> Self {
        let facts = &books.lot(lot).facts;
        Self { lot: Some(facts.code.clone()), ..Self::of_material(books, facts.material, quantity) }
    }

    pub(super) fn of_material(books: &Books, material: MaterialNo, quantity: Quantity) -> Self {
        let facts = books.material(material);
        Self { lot: None, material: Some(facts.code.clone()), quantity, decimals: facts.decimals, unit: facts.unit }
    }

    pub(super) fn of_money(currency: &str, quantity: Quantity) -> Option<Self> {
        let currency = measure::Currency::parse(currency)?;
        let unit = Unit::money(currency);
        Some(Self { lot: None, material: None, quantity, decimals: currency.decimals(), unit })
    }
}

/// The text that is signed, its last newline included.
impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { origin, event, id, recorded_at, party, act, effective, lines, .. } = self;
        writeln!(f, "{HEAD}\norigin {origin}\nevent {event}\nid {id:?}\nrecorded {recorded_at}")?;
        writeln!(f, "party {party}\nact {act}\neffective {}", show_day(*effective))?;
        let words = [
            ("code", &self.code),
            ("reference", &self.reference),
            ("owner", &self.owner),
            ("to", &self.to),
            ("reserve", &self.reserve),
            ("source", &self.source),
            ("target", &self.target),
        ];
        for (name, word) in words {
            if let Some(word) = word {
                writeln!(f, "{name} {word}")?;
            }
        }
        if let Some(reverses) = self.reverses {
            writeln!(f, "reverses {reverses}")?;
        }
        lines.iter().try_for_each(|line| write!(f, "{line}"))
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for (name, word) in [("lot", &self.lot), ("material", &self.material)] {
            if let Some(word) = word {
                writeln!(text, "{name} {word}")?;
            }
        }
        let (units, decimals) = (self.quantity.units(), self.decimals);
        writeln!(f, "{text}quantity {} {} {decimals}", format_decimal(units, decimals), self.unit)
    }
}

/// The lines of a statement that is being read.
struct Lines<'t> {
    lines: std::iter::Peekable<std::str::Lines<'t>>,
    number: u32,
}

impl Lines<'_> {
    const fn wrong(&self, fault: Fault) -> StatementError {
        StatementError { line: self.number, fault }
    }

    fn take_head(&mut self) -> Result<(), StatementError> {
        self.number += 1;
        if self.lines.next() == Some(HEAD) { Ok(()) } else { Err(self.wrong(Fault::StatementHead)) }
    }

    fn is_next(&mut self, name: &str) -> bool {
        self.lines.peek().is_some_and(|line| line.split_once(' ').is_some_and(|(found, _)| found == name))
    }

    fn have(&mut self, name: &str) -> Option<String> {
        if !self.is_next(name) {
            return None;
        }
        self.number += 1;
        self.lines.next().and_then(|line| line.split_once(' ')).map(|(_, value)| value.to_owned())
    }

    fn need(&mut self, name: &str) -> Result<String, StatementError> {
        let line = self.number + 1;
        self.have(name).ok_or(StatementError { line, fault: Fault::StatementLine })
    }

    fn number_of(&mut self, name: &str) -> Result<u64, StatementError> {
        self.need(name)?.parse().map_err(|_| self.wrong(Fault::StatementNumber))
    }

    fn told(&mut self) -> Result<Told, StatementError> {
        let (lot, material) = (self.have("lot"), self.have("material"));
        let text = self.need("quantity")?;
        let mut words = text.split(' ');
        let (Some(number), Some(unit), Some(decimals), None) = (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(self.wrong(Fault::StatementQuantity));
        };
        let decimals = decimals.parse().ok().filter(|decimals| *decimals <= DECIMALS_MAX);
        let decimals = decimals.ok_or(self.wrong(Fault::StatementDecimals))?;
        let quantity = parse_decimal(number, decimals).map_err(|_| self.wrong(Fault::StatementQuantity))?;
        let unit = Unit::of_stored(unit).ok_or_else(|| self.wrong(Fault::StatementUnit))?;
        Ok(Told { lot, material, quantity, decimals, unit })
    }
}

fn parse_id(text: &str) -> Option<CommandId> {
    let is_plain = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u128::from_str_radix(text, 16).ok().filter(|_| is_plain)?;
    Some(CommandId(number.to_be_bytes()))
}

/// A day from `YYYY-MM-DD` (H. Hinnant, "chrono-compatible low-level date algorithms").
fn parse_day(text: &str) -> Option<Day> {
    let mut parts = text.split('-').map(|part| part.parse::<i64>().ok());
    let (Some(Some(year)), Some(Some(month)), Some(Some(date)), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    if !(0..=9_999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&date) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + date - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let day = Day(i32::try_from(era * 146_097 + day_of_era - 719_468).ok()?);
    (show_day(day) == text).then_some(day)
}

#[cfg(test)]
mod tests;
