//! The bytes of plain movements, written and read in one go. Most events of a long log are these, and they are the same bytes
//! that the derived code writes; whatever is not plain is left to that.

use books::{
    AccountKey, AccountNo, CommandId, Day, EncumbranceNo, Entry, Event, LotNo, Moment, Outcome, PartyNo, PlaceNo,
};
use measure::Quantity;

/// Fields of a plain event: those behind the outcome say what it has not.
const FIELDS: u8 = 9;
/// The number of a transfer among outcomes.
const MOVED: u8 = 3;
/// Entries, and accounts that are opened: a length that stands in the first byte of a list.
const LIST_MAX: usize = 23;

const LIST: u8 = 4 << 5;
const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1 << 5;
const BYTES_16: u8 = (2 << 5) | 16;

/// Appends the bytes of an event; says no, and appends nothing, where it is not plain.
pub(super) fn encode(event: &Event, out: &mut Vec<u8>) -> bool {
    let Event { nonce, recorded_at, id, party, effective, entries, claims, opened, outcome, .. } = event;
    let Outcome::Moved(under, None) = outcome else { return false };
    let is_plain = |entry: &Entry| entry.day.is_none() && entry.keeps.is_none();
    let is_short = entries.len() <= LIST_MAX && opened.len() <= LIST_MAX;
    if !has_no_more(event) || !claims.is_empty() || !is_short || !entries.iter().all(is_plain) {
        return false;
    }
    let mut to = Bytes::default();
    to.put(&[LIST | FIELDS, BYTES_16]);
    to.put(nonce);
    to.number(UNSIGNED, recorded_at.0);
    to.put(&[BYTES_16]);
    to.put(&id.0);
    to.number(UNSIGNED, u64::from(party.0));
    match effective.0 {
        day @ 0.. => to.number(UNSIGNED, u64::from(day.unsigned_abs())),
        day => to.number(NEGATIVE, u64::from(day.unsigned_abs()) - 1),
    }
    to.put(&[LIST | entries.len() as u8]);
    for entry in entries {
        to.put(&[LIST | 3]);
        to.number(UNSIGNED, u64::from(entry.source.0));
        to.number(UNSIGNED, u64::from(entry.target.0));
        to.number(UNSIGNED, entry.quantity.units().unsigned_abs());
        to.spill(out);
    }
    to.put(&[LIST, LIST | opened.len() as u8]);
    for key in opened {
        to.put(&[LIST | 3]);
        to.number(UNSIGNED, u64::from(key.place.0));
        to.number(UNSIGNED, u64::from(key.owner.0));
        to.number(UNSIGNED, u64::from(key.lot.0));
        to.spill(out);
    }
    match under {
        None => to.put(&[LIST | 1, MOVED]),
        Some(number) => {
            to.put(&[LIST | 2, MOVED]);
            to.number(UNSIGNED, u64::from(number.0));
        }
    }
    out.extend_from_slice(to.taken());
    true
}

/// Is there nothing behind the outcome?
fn has_no_more(event: &Event) -> bool {
    let Event {
        nonce: _,
        recorded_at: _,
        id: _,
        party: _,
        effective: _,
        entries: _,
        claims: _,
        opened: _,
        outcome: _,
        uses,
        maker,
        tallied,
        cuts,
        split,
        by,
        together,
        time,
    } = event;
    uses.is_none()
        && maker.is_none()
        && tallied.is_none()
        && cuts.is_none()
        && split.is_none()
        && by.is_none()
        && together.is_none()
        && time.is_none()
}

/// Reads an event that is plain and in its one form; none of any other, whatever is wrong with it.
pub(super) fn decode(bytes: &[u8]) -> Option<Event> {
    let mut from = From(bytes);
    from.is(LIST | FIELDS)?;
    from.is(BYTES_16)?;
    let nonce = *from.take()?;
    let recorded_at = Moment(from.number(UNSIGNED)?);
    from.is(BYTES_16)?;
    let id = CommandId(*from.take()?);
    let party = PartyNo(from.small()?);
    let effective = match from.0.first()? & (7 << 5) {
        UNSIGNED => i32::try_from(from.number(UNSIGNED)?).ok()?,
        _ => i32::try_from(-1 - i64::try_from(from.number(NEGATIVE)?).ok()?).ok()?,
    };
    let entries = (0..from.list()?).map(|_| {
        from.is(LIST | 3)?;
        let (source, target) = (AccountNo(from.small()?), AccountNo(from.small()?));
        let quantity = Quantity::new(i64::try_from(from.number(UNSIGNED)?).ok()?)?;
        Some(Entry { source, target, quantity, day: None, keeps: None })
    });
    let entries = entries.collect::<Option<Vec<_>>>()?;
    from.is(LIST)?;
    let opened = (0..from.list()?).map(|_| {
        from.is(LIST | 3)?;
        let (place, owner) = (PlaceNo(from.small()?), PartyNo(from.small()?));
        Some(AccountKey { place, owner, lot: LotNo(from.small()?) })
    });
    let opened = opened.collect::<Option<Vec<_>>>()?;
    let says = from.list()?;
    from.is(MOVED)?;
    let under = match says {
        1 => None,
        2 => Some(EncumbranceNo(from.small()?)),
        _ => return None,
    };
    from.0.is_empty().then(|| Event {
        nonce,
        recorded_at,
        id,
        party,
        effective: Day(effective),
        entries,
        claims: Vec::new(),
        opened,
        outcome: Outcome::Moved(under, None),
        uses: None,
        maker: None,
        tallied: None,
        cuts: None,
        split: None,
        by: None,
        together: None,
        time: None,
    })
}

/// A few bytes on their way.
struct Bytes {
    bytes: [u8; 96],
    len: usize,
}

impl Default for Bytes {
    fn default() -> Self {
        Self { bytes: [0; 96], len: 0 }
    }
}

impl Bytes {
    #[inline]
    fn put<const N: usize>(&mut self, bytes: &[u8; N]) {
        self.bytes[self.len..self.len + N].copy_from_slice(bytes);
        self.len += N;
    }

    /// A head of RFC 8949, in the shortest form.
    #[inline]
    fn number(&mut self, kind: u8, value: u64) {
        match value {
            0..=23 => self.put(&[kind | value as u8]),
            24..=0xff => self.put(&[kind | 24, value as u8]),
            0x100..=0xffff => {
                self.put(&[kind | 25]);
                self.put(&(value as u16).to_be_bytes());
            }
            0x1_0000..=0xffff_ffff => {
                self.put(&[kind | 26]);
                self.put(&(value as u32).to_be_bytes());
            }
            _ => {
                self.put(&[kind | 27]);
                self.put(&value.to_be_bytes());
            }
        }
    }

    fn taken(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Makes room for what comes next.
    fn spill(&mut self, out: &mut Vec<u8>) {
        if self.len > self.bytes.len() - 32 {
            out.extend_from_slice(self.taken());
            self.len = 0;
        }
    }
}

/// What is left to read.
struct From<'b>(&'b [u8]);

impl<'b> From<'b> {
    fn take<const N: usize>(&mut self) -> Option<&'b [u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(taken)
    }

    fn is(&mut self, wanted: u8) -> Option<()> {
        self.take().filter(|[byte]| *byte == wanted).map(|_| ())
    }

    /// A number in its shortest form.
    fn number(&mut self, kind: u8) -> Option<u64> {
        let [head] = *self.take()?;
        let (value, least) = match head.checked_sub(kind)? {
            value @ 0..=23 => return Some(u64::from(value)),
            24 => (u64::from(u8::from_be_bytes(*self.take()?)), 24),
            25 => (u64::from(u16::from_be_bytes(*self.take()?)), 1 << 8),
            26 => (u64::from(u32::from_be_bytes(*self.take()?)), 1 << 16),
            27 => (u64::from_be_bytes(*self.take()?), 1 << 32),
            _ => return None,
        };
        (value >= least).then_some(value)
    }

    fn small(&mut self) -> Option<u32> {
        self.number(UNSIGNED)?.try_into().ok()
    }

    /// The length of a short list.
    fn list(&mut self) -> Option<usize> {
        let [head] = *self.take()?;
        let count = usize::from(head.checked_sub(LIST)?);
        (count <= LIST_MAX).then_some(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers at which their form changes, and others.
    const NUMBERS: [u32; 12] = [0, 1, 23, 24, 25, 255, 256, 65_535, 65_536, 16_777_216, 2_147_483_647, u32::MAX];

    fn event(seed: usize) -> Event {
        let number = |place: usize| NUMBERS[(seed.wrapping_mul(2_654_435_761) >> (place % 20)) % NUMBERS.len()];
        let entry = |place: usize| Entry {
            source: AccountNo(number(place)),
            target: AccountNo(number(place + 1)),
            quantity: Quantity::new(i64::from(number(place + 2)) << (place % 32)).expect("not negative"),
            day: None,
            keeps: None,
        };
        let key = |place: usize| AccountKey {
            place: PlaceNo(number(place)),
            owner: PartyNo(number(place + 3)),
            lot: LotNo(number(place + 5)),
        };
        Event {
            nonce: [seed as u8; 16],
            recorded_at: Moment(u64::from(number(1)) << (seed % 32)),
            id: CommandId([(seed >> 3) as u8; 16]),
            party: PartyNo(number(2)),
            effective: Day((number(3) >> 1) as i32 * if seed.is_multiple_of(3) { -1 } else { 1 }),
            entries: (0..seed % 26).map(entry).collect(),
            claims: Vec::new(),
            opened: (0..seed / 5 % 25).map(key).collect(),
            outcome: Outcome::Moved((seed % 2 == 1).then(|| EncumbranceNo(number(7))), None),
            uses: None,
            maker: None,
            tallied: None,
            cuts: None,
            split: None,
            by: None,
            together: None,
            time: None,
        }
    }

    #[test]
    fn plain_events_have_the_bytes_that_they_always_had() {
        let mut plain = 0;
        for seed in 0..5_000 {
            let event = event(seed);
            let derived = minicbor::to_vec(&event).expect("encoding into memory");
            let mut bytes = vec![7];
            if encode(&event, &mut bytes) {
                assert_eq!(bytes[1..], derived, "{event:?}");
                assert_eq!(decode(&derived).as_ref(), Some(&event));
                plain += 1;
            } else {
                assert_eq!((bytes.as_slice(), decode(&derived)), ([7].as_slice(), None), "{event:?}");
            }
        }
        assert!(plain > 2_500);
    }

    #[test]
    fn whatever_says_more_is_not_plain() {
        let change: [fn(&mut Event); 7] = [
            |event| event.maker = Some("Kim".into()),
            |event| event.uses = Some(Vec::new()),
            |event| event.time = books::TimeOfDay::new(7),
            |event| event.cuts = Some(Vec::new()),
            |event| event.outcome = Outcome::Moved(None, Some("B/L 7".into())),
            |event| event.entries[0].day = Some(Day(7)),
            |event| event.entries[0].keeps = Some(books::Seq(7)),
        ];
        for change in change {
            let mut event = event(4);
            change(&mut event);
            let derived = minicbor::to_vec(&event).expect("encoding into memory");
            assert!(!encode(&event, &mut Vec::new()) && decode(&derived).is_none(), "{event:?}");
            assert_eq!(super::super::decode(&derived).expect("as it was written"), event);
        }
    }

    /// One byte changed, added or missing: what is read is what stands there, in its one form, or nothing.
    #[test]
    fn nothing_is_read_that_would_be_written_in_another_way() {
        for seed in 0..200 {
            let bytes = minicbor::to_vec(event(seed)).expect("encoding into memory");
            assert_eq!(decode(&bytes[..bytes.len() - 1]), None);
            assert_eq!(decode(&[bytes.as_slice(), &[0]].concat()), None);
            for place in 0..bytes.len() {
                for byte in [0, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x20, 0x38, 0x80, 0x98, 0xf6, 0xff, bytes[place] ^ 1] {
                    let mut other = bytes.clone();
                    other[place] = byte;
                    if let Some(event) = decode(&other) {
                        assert_eq!(minicbor::to_vec(&event).expect("encoding into memory"), other);
                    }
                }
            }
        }
    }
}
