//! Events as bytes of the log: deterministic CBOR (RFC 8949 section 4.2), arrays of fields by number.
//!
//! `schemas/event.cddl` describes them. A field number is never reused. An old reader stops at an act it does not know;
//! a new reader takes an absent trailing field as absent; an old writer loses nothing.

mod plain;

use books::{AccountKey, AccountNo, Claim, Day, Entry, Event, Moment, PartyNo};
use measure::Quantity;
use minicbor::Decoder;
use minicbor::decode::Error;

use crate::limits::EVENT_BYTES_MAX;

/// Version of the format, named by the first event of a log.
pub const FORMAT: u32 = 1;

/// Appends the bytes of an event.
///
/// # Errors
/// `None` bytes were added when the event is larger than [`EVENT_BYTES_MAX`].
pub fn encode(event: &Event, out: &mut Vec<u8>) -> Result<(), TooLarge> {
    let start = out.len();
    if !plain::encode(event, out) {
        minicbor::encode(event, &mut *out).expect("encoding into memory");
    }
    if out.len() - start > EVENT_BYTES_MAX {
        let event_bytes = out.len() - start;
        out.truncate(start);
        return Err(TooLarge { event_bytes });
    }
    Ok(())
}

/// An event that does not fit into the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event of {event_bytes} bytes; the most is {}", EVENT_BYTES_MAX)]
pub struct TooLarge {
    /// Its size.
    pub event_bytes: usize,
}

/// Reads an event. There is one way to write an event; whatever else would read the same is refused.
///
/// # Errors
/// When the bytes are not exactly one event of this version.
pub fn decode(bytes: &[u8]) -> Result<Event, Error> {
    if let Some(event) = plain::decode(bytes) {
        return Ok(event);
    }
    let event: Event = minicbor::decode(bytes)?;
    let mut rest = Same(bytes);
    match minicbor::encode(&event, &mut rest) {
        Ok(()) if rest.0.is_empty() => Ok(event),
        _ => Err(Error::message("the event is not in its deterministic form (RFC 8949 section 4.2)")),
    }
}

/// Takes what is written only where it is what stands here already.
struct Same<'b>(&'b [u8]);

impl minicbor::encode::Write for Same<'_> {
    type Error = std::fmt::Error;

    fn write_all(&mut self, written: &[u8]) -> Result<(), Self::Error> {
        self.0 = self.0.strip_prefix(written).ok_or(std::fmt::Error)?;
        Ok(())
    }
}

/// What a fold of the balances needs, read without the rest.
#[derive(Debug, Default)]
pub struct Postings {
    /// See [`Event::recorded_at`].
    pub recorded_at: Moment,
    /// See [`Event::effective`].
    pub effective: Day,
    /// See [`Event::id`].
    pub id: [u8; 16],
    /// See [`Event::party`].
    pub party: PartyNo,
    /// See [`Event::entries`].
    pub entries: Vec<Entry>,
    /// See [`Event::claims`].
    pub claims: Vec<Claim>,
    /// See [`Event::opened`].
    pub opened: Vec<AccountKey>,
    /// Number of the act that was done or is held; none of a refusal, nor of a plain transfer.
    pub act: Option<u32>,
}

impl Postings {
    /// Reads the postings of an event into the lists at hand.
    ///
    /// # Errors
    /// When the bytes do not begin as an event of this version does.
    pub fn read(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let mut d = Decoder::new(bytes);
        let fields = d.array()?.ok_or_else(|| Error::message("an event has a definite length"))?;
        if fields < 9 {
            return Err(Error::message("an event has at least 9 fields"));
        }
        d.bytes()?;
        self.recorded_at = Moment(d.u64()?);
        self.id = d.bytes()?.try_into().map_err(|_| Error::message("a command id has 16 bytes"))?;
        self.party = PartyNo(d.u32()?);
        self.effective = Day(d.i32()?);
        self.entries.clear();
        for _ in 0..list(&mut d)? {
            let fields = list(&mut d)?;
            let (source, target) = (AccountNo(d.u32()?), AccountNo(d.u32()?));
            let quantity: Quantity = d.decode()?;
            let day = if fields > 3 { d.decode()? } else { None };
            let keeps = if fields > 4 { d.decode()? } else { None };
            self.entries.push(Entry { source, target, quantity, day, keeps });
        }
        self.claims.clear();
        for _ in 0..list(&mut d)? {
            self.claims.push(d.decode()?);
        }
        self.opened.clear();
        for _ in 0..list(&mut d)? {
            self.opened.push(d.decode()?);
        }
        let is_act = list(&mut d)? > 1 && d.u8()? < 2;
        self.act = if is_act && list(&mut d)? > 0 { Some(d.u32()?) } else { None };
        Ok(())
    }
}

fn list(d: &mut Decoder<'_>) -> Result<u64, Error> {
    d.array()?.ok_or_else(|| Error::message("a list has a definite length"))
}
