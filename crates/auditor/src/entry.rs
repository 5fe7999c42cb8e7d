//! The facts of an entry, read from its bytes: deterministic CBOR, as `schemas/event.cddl` describes it.
//!
//! Read here with a few lines of our own, so that no code of the ledger stands between the bytes and what is said about
//! them. Only the head, the entries and the outcome are read; the rest is stepped over.

use crate::acts::fact_word;

/// A change of what lies where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// Number of the account that loses it.
    pub source: u64,
    /// Number of the account that gains it.
    pub target: u64,
    /// How much, in accounting units.
    pub units: u64,
    /// Its day, where it is not the event's: days since 1970.
    pub day: Option<i64>,
}

/// The facts of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// When it was recorded, in microseconds since 1970.
    pub recorded_us: u64,
    /// Id of the command.
    pub id: [u8; 16],
    /// Number of the party.
    pub party: u64,
    /// Day on which it takes effect: days since 1970.
    pub effective: i64,
    /// Changes of what lies where.
    pub legs: Vec<Leg>,
    /// `done`, `held` or `refused`.
    pub outcome: &'static str,
    /// Number of the act; none of a refusal.
    pub act: Option<u64>,
    /// The announcement of a new key of the log, where the act is one.
    pub announcement: Option<String>,
    /// By what the asker was known, where it was; otherwise a name was only claimed.
    pub known_by: Option<KnownBy>,
}

/// By what an event says that its asker was known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KnownBy {
    /// A token of the party, by its name.
    Token(String),
    /// A key.
    Key(String),
    /// A registered person, by number: its code is not in the entry.
    Person(u64),
}

/// Number of the act of a plain transfer, which an event says by its legs alone.
const TRANSFER: u64 = 9;

/// Where an entry says by what its asker was known, and where its outcome stands, both counted from 0.
const KNOWN_BY: u64 = 14;
const OUTCOME: u64 = 8;

/// Number of the act that announces a new key of the log.
const ROTATE_LOG_KEY: u64 = 82;

impl Facts {
    /// Reads an entry; `None` when it is not one.
    #[must_use]
    pub fn read(entry: &[u8]) -> Option<Self> {
        let mut items = Items { rest: entry };
        let count = items.array()?;
        if count < 9 {
            return None;
        }
        items.bytes()?;
        let recorded_us = items.uint()?;
        let id = items.bytes()?.try_into().ok()?;
        let party = items.uint()?;
        let effective = items.int()?;
        let mut legs = Vec::new();
        for _ in 0..items.array()? {
            let parts = items.array()?;
            let (source, target, units) = (items.uint()?, items.uint()?, items.uint()?);
            let day = if parts > 3 { items.or_null(Items::int)? } else { None };
            (4..parts).try_for_each(|_| items.skip())?;
            legs.push(Leg { source, target, units, day });
        }
        items.skip()?;
        items.skip()?;
        let known_by = if count > KNOWN_BY { Items { rest: items.rest }.known_by()? } else { None };
        let parts = items.array()?;
        let mut announcement = None;
        let (outcome, act) = match items.uint()? {
            0 | 1 if parts < 2 => return None,
            0 => {
                let act = items.first_of_array()?;
                if act == ROTATE_LOG_KEY {
                    announcement = Some(items.lines()?);
                }
                ("done", Some(act))
            }
            1 => ("held", Some(items.first_of_array()?)),
            2 => ("refused", None),
            3 => ("done", Some(TRANSFER)),
            _ => return None,
        };
        Some(Self { recorded_us, id, party, effective, legs, outcome, act, announcement, known_by })
    }

    /// The facts as a pack writes them, tab-separated: recorded, id, party, effective, outcome, act, legs.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    /// Adds the text of [`Facts::to_text`]. By hand, because packs have millions of them.
    pub(crate) fn write(&self, text: &mut String) {
        let Self { recorded_us, id, party, effective, legs, outcome, act, announcement: _, known_by: _ } = self;
        push_number(text, *recorded_us);
        text.push('\t');
        for byte in id {
            text.push(HEX[usize::from(byte >> 4)]);
            text.push(HEX[usize::from(byte & 15)]);
        }
        text.push('\t');
        push_number(text, *party);
        text.push('\t');
        push_signed(text, *effective);
        text.push('\t');
        text.push_str(outcome);
        text.push('\t');
        match act {
            Some(act) => push_number(text, *act),
            None => text.push('-'),
        }
        text.push('\t');
        for (index, Leg { source, target, units, day }) in legs.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            push_number(text, *source);
            text.push('>');
            push_number(text, *target);
            text.push(':');
            push_number(text, *units);
            if let Some(day) = day {
                text.push('@');
                push_signed(text, *day);
            }
        }
    }
}

const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];

fn push_number(text: &mut String, mut number: u64) {
    let mut digits = [b'0'; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    text.push_str(std::str::from_utf8(&digits[at..]).expect("digits"));
}

fn push_signed(text: &mut String, number: i64) {
    if number < 0 {
        text.push('-');
    }
    push_number(text, number.unsigned_abs());
}

/// Number of the act that closes a period.
const CLOSE_PERIOD: u64 = 29;

/// Number of the act that lets a held command through.
const APPROVE: u64 = 26;

/// A close of a period that names the balances of its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Close {
    /// Waits for a checker, or was done at once?
    pub(crate) is_held: bool,
    /// Last day of the period: days since 1970.
    pub(crate) through: i64,
    /// Count of balances in the digest.
    pub(crate) balances: u64,
    /// The digest.
    pub(crate) root: [u8; 32],
}

impl Close {
    /// Reads it from an entry; `None` when the entry is no such close.
    #[must_use]
    pub(crate) fn read(entry: &[u8]) -> Option<Self> {
        let (is_held, act, mut items) = act_of(entry)?;
        if act != CLOSE_PERIOD || items.array()? < 4 {
            return None;
        }
        items.uint()?;
        let through = items.int()?;
        items.skip()?;
        items.array()?;
        let balances = items.uint()?;
        let root = items.bytes()?.try_into().ok()?;
        Some(Self { is_held, through, balances, root })
    }
}

/// The event that an entry lets through; `None` when it lets none.
#[must_use]
pub(crate) fn approves(entry: &[u8]) -> Option<u64> {
    let (is_held, act, mut items) = act_of(entry)?;
    if act != APPROVE || is_held {
        return None;
    }
    items.first_of_array()
}

/// What an entry of a refused command says.
pub(crate) struct Refusal<'e> {
    pub(crate) code: &'e str,
    pub(crate) message: &'e str,
    /// The command, as JSON.
    pub(crate) command: &'e str,
    /// What it is about, by name. Where there are facts, the words are made of them, and the message here is empty.
    pub(crate) facts: Vec<(&'static str, Told<'e>)>,
}

/// A fact of a refusal.
#[derive(Clone, Copy)]
pub(crate) enum Told<'e> {
    /// A code, or a quantity.
    Text(&'e str),
    /// A count, or an event.
    Number(u64),
    /// Days since 1970-01-01.
    Day(i64),
}

impl<'e> Refusal<'e> {
    /// Reads it from an entry; `None` when the entry is no refusal.
    #[must_use]
    pub(crate) fn read(entry: &'e [u8]) -> Option<Self> {
        let mut items = outcome_of(entry)?;
        if items.uint()? != 2 {
            return None;
        }
        let field_count = items.array()?;
        let (code, message, _hint, command) = (items.text()?, items.text()?, items.text()?, items.text()?);
        let mut facts = Vec::new();
        if field_count > 4 {
            for _ in 0..items.of(5)? {
                facts.push((fact_word(items.uint()?)?, items.told()?));
            }
        }
        Some(Self { code, message, command, facts })
    }
}

/// What an entry that was done says in words that mean the same in every ledger: what a fact is held against.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct OwnWords<'e> {
    /// The code that the act gives.
    pub(crate) code: Option<&'e str>,
    /// The sender's reference.
    pub(crate) reference: Option<&'e str>,
    /// The event that it reverses.
    pub(crate) reverses: Option<u64>,
    /// Quantities in accounting units, in order.
    pub(crate) quantities: Vec<u64>,
}

/// Where an act has them: `schemas/event.cddl`.
struct Places {
    act: u64,
    code: Option<u64>,
    reference: Option<u64>,
    /// Lines, and the place of the quantity in each.
    lines: Option<(u64, u64)>,
    quantity: Option<u64>,
    reverses: Option<u64>,
}

const NOWHERE: Places = Places { act: 0, code: None, reference: None, lines: None, quantity: None, reverses: None };

/// The acts that one ledger tells another.
const TOLD: [Places; 12] = [
    Places { act: 7, quantity: Some(3), reference: Some(5), ..NOWHERE },
    Places { act: 8, quantity: Some(3), reference: Some(6), ..NOWHERE },
    Places { act: 10, code: Some(0), lines: Some((4, 1)), reference: Some(7), ..NOWHERE },
    Places { act: 11, lines: Some((2, 1)), reference: Some(4), ..NOWHERE },
    Places { act: 16, quantity: Some(4), reference: Some(6), ..NOWHERE },
    Places { act: 22, code: Some(0), quantity: Some(5), ..NOWHERE },
    Places { act: 28, reverses: Some(0), ..NOWHERE },
    Places { act: 36, code: Some(0), quantity: Some(4), ..NOWHERE },
    Places { act: 38, quantity: Some(4), reference: Some(7), ..NOWHERE },
    Places { act: 46, lines: Some((2, 2)), quantity: Some(3), reference: Some(4), ..NOWHERE },
    Places { act: 47, lines: Some((2, 2)), reference: Some(6), ..NOWHERE },
    Places { act: ROTATE_LOG_KEY, ..NOWHERE },
];

/// Is an act one that a ledger tells others?
#[must_use]
pub fn is_told(act: u64) -> bool {
    TOLD.iter().any(|places| places.act == act)
}

impl<'e> OwnWords<'e> {
    /// Reads them; `None` when the entry is not done, or of an act that is not told.
    #[must_use]
    pub(crate) fn read(entry: &'e [u8]) -> Option<Self> {
        let (is_held, act, mut items) = act_of(entry)?;
        let places = TOLD.iter().find(|places| places.act == act && !is_held)?;
        let mut own = Self::default();
        for place in (0..items.array()?).map(Some) {
            if place == places.code {
                own.code = items.or_null(Items::text)?;
            } else if place == places.reference {
                own.reference = items.or_null(Items::text)?;
            } else if place == places.reverses {
                own.reverses = items.or_null(Items::uint)?;
            } else if place == places.quantity {
                own.quantities.extend(items.or_null(Items::uint)?);
            } else if let Some((_, part)) = places.lines.filter(|(lines, _)| place == Some(*lines)) {
                for _ in 0..items.array()? {
                    for at in 0..items.array()? {
                        if at == part { own.quantities.push(items.uint()?) } else { items.skip()? }
                    }
                }
            } else {
                items.skip()?;
            }
        }
        Some(own)
    }
}

/// The act of an entry that is done or held, and the items that it is made of.
fn act_of(entry: &[u8]) -> Option<(bool, u64, Items<'_>)> {
    let mut items = outcome_of(entry)?;
    let is_held = match items.uint()? {
        0 => false,
        1 => true,
        _ => return None,
    };
    let act = items.first_of_array()?;
    Some((is_held, act, items))
}

/// The items of the outcome.
fn outcome_of(entry: &[u8]) -> Option<Items<'_>> {
    let mut items = Items { rest: entry };
    if items.array()? < 9 {
        return None;
    }
    // Nonce, recorded, id, party, effective, entries, claims, accounts opened.
    (0..8).try_for_each(|_| items.skip())?;
    items.array()?;
    Some(items)
}

/// Items of CBOR, one after the other. Every length is checked against what is there.
struct Items<'b> {
    rest: &'b [u8],
}

impl<'b> Items<'b> {
    /// Major type and argument of the next item.
    fn head(&mut self) -> Option<(u8, u64)> {
        let (first, rest) = self.rest.split_first()?;
        let (kind, short) = (first >> 5, first & 0x1f);
        let width = match short {
            0..=23 => {
                self.rest = rest;
                return Some((kind, u64::from(short)));
            }
            24..=27 => 1usize << (short - 24),
            _ => return None,
        };
        let (argument, rest) = rest.split_at_checked(width)?;
        self.rest = rest;
        Some((kind, argument.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))))
    }

    fn of(&mut self, wanted: u8) -> Option<u64> {
        self.head().filter(|(kind, _)| *kind == wanted).map(|(_, argument)| argument)
    }

    fn uint(&mut self) -> Option<u64> {
        self.of(0)
    }

    fn int(&mut self) -> Option<i64> {
        match self.head()? {
            (0, argument) => i64::try_from(argument).ok(),
            (1, argument) => i64::try_from(argument).ok().map(|number| -1 - number),
            _ => None,
        }
    }

    /// An item that may be null instead, which is another thing than malformed.
    fn or_null<T>(&mut self, read: impl Fn(&mut Self) -> Option<T>) -> Option<Option<T>> {
        if self.rest.first() == Some(&0xf6) {
            self.rest = &self.rest[1..];
            return Some(None);
        }
        read(self).map(Some)
    }

    fn text(&mut self) -> Option<&'b str> {
        let length = usize::try_from(self.of(3)?).ok()?;
        let (text, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        std::str::from_utf8(text).ok()
    }

    fn told(&mut self) -> Option<Told<'b>> {
        match self.rest.first()? >> 5 {
            0 => self.uint().map(Told::Number),
            6 => self.of(6).filter(|tag| *tag == 100).and_then(|_| self.int()).map(Told::Day),
            _ => self.text().map(Told::Text),
        }
    }

    fn array(&mut self) -> Option<u64> {
        self.of(4)
    }

    fn bytes(&mut self) -> Option<&'b [u8]> {
        let length = usize::try_from(self.of(2)?).ok()?;
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    /// The number that begins an array; the rest of it is left where it is.
    fn first_of_array(&mut self) -> Option<u64> {
        self.array()?;
        self.uint()
    }

    /// By what the asker was known; this stands before the outcome. The outer none says that it cannot be read.
    fn known_by(mut self) -> Option<Option<KnownBy>> {
        (OUTCOME..KNOWN_BY).try_for_each(|_| self.skip())?;
        if self.rest.first() == Some(&0xf6) {
            return Some(None);
        }
        self.array()?;
        let kind = self.uint()?;
        self.array()?;
        Some(Some(match kind {
            0 => KnownBy::Token(self.text()?.to_owned()),
            1 => KnownBy::Key(self.text()?.to_owned()),
            2 => KnownBy::Person(self.uint()?),
            _ => return None,
        }))
    }

    /// The one field of an act, which is a list of lines.
    fn lines(&mut self) -> Option<String> {
        self.array()?;
        let mut text = String::new();
        for _ in 0..self.array()? {
            text.push_str(self.text()?);
            text.push('\n');
        }
        Some(text)
    }

    /// Steps over one item with all that is in it. Counted, not recursive: depth is the sender's choice.
    fn skip(&mut self) -> Option<()> {
        let mut open = 1u64;
        while open > 0 {
            open -= 1;
            match self.head()? {
                (0 | 1 | 7, _) => {}
                (2 | 3, length) => {
                    let length = usize::try_from(length).ok()?;
                    self.rest = self.rest.get(length..)?;
                }
                (4, count) => open = open.checked_add(count)?,
                (5, count) => open = open.checked_add(count.checked_mul(2)?)?,
                _ => open += 1,
            }
        }
        Some(())
    }
}
