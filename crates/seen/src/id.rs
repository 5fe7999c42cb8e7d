//! What an id says of itself: the time of a UUIDv7.

/// A command id.
pub(crate) type Id = [u8; 16];

/// Milliseconds since 1970 in a UUID of version 7; `None` for every other id.
pub(crate) fn milliseconds(id: &Id) -> Option<u64> {
    let [a, b, c, d, e, f, version, ..] = *id;
    (version >> 4 == 7).then(|| u64::from_be_bytes([0, 0, a, b, c, d, e, f]))
}
