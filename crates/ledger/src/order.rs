//! Signed frames, kept with the events that answer them: an order cannot be denied later.

use std::ops::Range;

use books::Books;
use bus::{Frame, Sender};
use data_encoding::BASE64URL_NOPAD;
use minicbor::{Decode, Encode};
use store::{INDEX_TAG, IndexPair, Store};

use wire::frame::Consent;

use crate::answer::{Group, Request};
use crate::opened::LedgerError;

/// A signed frame.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Order {
    /// Leaf index of the first event that answers it.
    #[n(0)]
    pub first: u64,
    /// Count of the events that answer it.
    #[n(1)]
    pub count: u64,
    /// Public key of its sender, in NATS nkeys form.
    #[n(2)]
    pub key: String,
    /// Until when the signature stood, as it was signed.
    #[n(3)]
    pub expires: String,
    /// The signature.
    #[n(4)]
    #[cbor(with = "minicbor::bytes")]
    pub signature: Vec<u8>,
    /// The frame, byte for byte as it was signed.
    #[n(5)]
    #[cbor(with = "minicbor::bytes")]
    pub frame: Vec<u8>,
    /// It is a party's consent to a group, and what stands for the frame is the list of its commands.
    #[n(6)]
    pub is_consent: Option<bool>,
}

/// Second byte of the keys of orders; the index of ids uses others.
const ORDERS: u8 = 0xf0;
/// Bytes of an order in one value.
const PART_BYTES: usize = 4 << 10;

fn key(first: u64, part: u16) -> Vec<u8> {
    [&[INDEX_TAG, ORDERS][..], &first.to_be_bytes(), &part.to_be_bytes()].concat()
}

impl Order {
    /// An order, where a frame was signed.
    #[must_use]
    pub fn of(frame: &Frame, first: u64, count: u64) -> Option<Self> {
        let Sender::Key(signed) = &frame.sender else { return None };
        Some(Self {
            first,
            count,
            key: signed.key.clone(),
            expires: signed.expires.clone(),
            signature: signed.signature.to_vec(),
            frame: frame.bytes.to_vec(),
            is_consent: None,
        })
    }

    /// The consents to a group whose events begin at a leaf, each with the first command of the party whose key it is.
    pub(crate) fn of_consents(books: &Books, group: &Group, first: u64) -> Vec<Self> {
        let of_party = |request: &Request, key: &str| {
            let party = match request {
                Request::Named(command) => books.party_no(&command.party),
                Request::Numbered(command) => Some(command.party),
            };
            party.is_some_and(|party| books.party(party).keys.iter().any(|own| own == key))
        };
        let order = |consent: &Consent| {
            let place = group.requests.iter().position(|request| of_party(request, &consent.key))?;
            Some(Self {
                first: first + place as u64,
                count: 1,
                key: consent.key.clone(),
                expires: consent.expires.clone(),
                signature: BASE64URL_NOPAD.decode(consent.signature.as_bytes()).ok()?,
                frame: group.bytes.clone(),
                is_consent: Some(true),
            })
        };
        let mut orders: Vec<Self> = group.consents.iter().filter_map(order).collect();
        orders.sort_by_key(|order| order.first);
        orders.dedup_by_key(|order| order.first);
        orders
    }

    /// The pairs that keep it.
    pub(crate) fn pairs(&self) -> Vec<IndexPair> {
        let bytes = minicbor::to_vec(self).expect("memory takes what is written to it");
        let packed = zstd::bulk::compress(&bytes, 1).unwrap_or(bytes);
        let part =
            |(part, bytes): (usize, &[u8])| (key(self.first, u16::try_from(part).unwrap_or(u16::MAX)), bytes.to_vec());
        packed.chunks(PART_BYTES).enumerate().map(part).collect()
    }

    /// The signed frame that an event answers, where it came in one.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(store: &Store, leaf_index: u64) -> Result<Option<Self>, LedgerError> {
        // Frames hold at most a few thousand commands, so the order that begins nearest before is not far.
        const NEAR: u64 = 1 << 16;
        let mut last = None;
        Self::each(store, leaf_index.saturating_sub(NEAR)..leaf_index + 1, |first, packed| {
            last = Some((first, packed))
        })?;
        let order = last.map(|(first, packed)| Self::unpack(first, &packed)).transpose()?;
        Ok(order.filter(|order| (order.first..order.first + order.count).contains(&leaf_index)))
    }

    /// The signed frames whose first answers lie among these events.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn among(store: &Store, leaves: Range<u64>) -> Result<Vec<Self>, LedgerError> {
        let mut packed = Vec::new();
        Self::each(store, leaves, |first, bytes| packed.push((first, bytes)))?;
        packed.iter().map(|(first, packed)| Self::unpack(*first, packed)).collect()
    }

    /// Calls `each` with the first leaf and the packed bytes of every order that begins there.
    fn each(store: &Store, leaves: Range<u64>, mut each: impl FnMut(u64, Vec<u8>)) -> Result<(), LedgerError> {
        let mut found: Option<(u64, Vec<u8>)> = None;
        let mut next = key(leaves.start, 0);
        loop {
            let pairs = store.index_range(&next, &key(leaves.end, 0), 256)?;
            let Some((last, _)) = pairs.last() else { break };
            next = [&last[..], &[0]].concat();
            for (key, part) in pairs {
                let first = key.get(2..10).and_then(|first| first.try_into().ok()).map_or(0, u64::from_be_bytes);
                match &mut found {
                    Some((known, packed)) if *known == first => packed.extend(part),
                    found => {
                        if let Some((first, packed)) = found.replace((first, part)) {
                            each(first, packed);
                        }
                    }
                }
            }
        }
        if let Some((first, packed)) = found {
            each(first, packed);
        }
        Ok(())
    }

    fn unpack(first: u64, packed: &[u8]) -> Result<Self, LedgerError> {
        let fault = |problem: String| LedgerError::Record(format!("the order of event {}: {problem}", first + 1));
        let bytes = zstd::bulk::decompress(packed, 4 << 20).map_err(|error| fault(error.to_string()))?;
        minicbor::decode(&bytes).map_err(|error| fault(error.to_string()))
    }
}
