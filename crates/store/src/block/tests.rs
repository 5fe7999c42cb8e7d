use super::*;

fn bundle(entries: &[&[u8]]) -> Vec<u8> {
    let mut bundle = vec![];
    entries.iter().for_each(|entry| push_entry(&mut bundle, entry));
    bundle
}

fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 1u64;
    (0..bytes)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        })
        .collect()
}

fn read(pairs: &[(Bytes, Bytes)]) -> Result<Vec<u8>, BlockFault> {
    let mut raw = vec![];
    let header = Header::read(&pairs[0].0, &pairs[0].1)?;
    header.unpack(&pairs[1..], &mut Decompressor::new().unwrap(), &mut raw)?;
    Ok(raw)
}

#[test]
fn every_flipped_bit_of_a_block_is_found() {
    let raw = bundle(&[b"deposit", b"draw"]);
    let mut pairs = vec![];
    encode(5, 2, &[9; 32], &Payload { raw: &raw, packed: None }, &mut pairs);
    assert_eq!(read(&pairs).unwrap(), raw);
    for bit in 0..pairs[0].1.len() * 8 {
        let mut value = pairs[0].1.to_vec();
        value[bit / 8] ^= 1 << (bit % 8);
        assert!(read(&[(pairs[0].0.clone(), Bytes::from(value))]).is_err(), "bit {bit}");
    }
    let moved = (Bytes::from(&keys::block(6)), pairs[0].1.clone());
    assert_eq!(read(&[moved]), Err(BlockFault::Checksum));
}

#[test]
fn a_huge_entry_spans_parts_and_a_missing_part_is_named() {
    let raw = bundle(&[&noise(65_535)]);
    let mut pairs = vec![];
    encode(0, 1, &[0; 32], &Payload { raw: &raw, packed: None }, &mut pairs);
    assert_eq!(pairs.len(), 11);
    assert!(pairs.iter().all(|(_, value)| value.len() <= VALUE_BYTES_MAX));
    assert_eq!(read(&pairs).unwrap(), raw);
    pairs.remove(4);
    assert_eq!(read(&pairs), Err(BlockFault::PartMissing(4)));
}

#[test]
fn a_bundle_cut_short_ends_early_and_shows_its_rest() {
    let raw = bundle(&[b"one", b"two"]);
    let mut entries = bundle_entries(&raw[..raw.len() - 1]);
    assert_eq!(entries.next(), Some(&b"one"[..]));
    assert_eq!(entries.next(), None);
    assert!(!entries.rest().is_empty());
}

/// Bytes that are on disks already. A change here needs a new format version and a reader for this one.
#[test]
fn a_block_is_laid_out_as_it_always_was() {
    let mut pairs = vec![];
    encode(258, 1, &[0xab; 32], &Payload { raw: b"\x00\x01a", packed: None }, &mut pairs);
    let (key, value) = &pairs[0];
    assert_eq!(&key[..], b"\xf0\x00\x00\x00\x00\x00\x00\x01\x02");
    let mut expected = b"GB\x01\x00\x00\x00\x01\x00\x00\x00\x03\x00\x00\x00\x03".to_vec();
    expected.extend_from_slice(&[0xab; 32]);
    let crc = crc32c::crc32c(&[&key[..], &expected, b"\x00\x01a"].concat());
    expected.extend_from_slice(&crc.to_be_bytes());
    expected.extend_from_slice(b"\x00\x01a");
    assert_eq!(value[..], expected);
}

/// A block packed by the zstd of the first release.
#[test]
fn a_packed_block_of_old_is_still_read() {
    let raw = bundle(&[&[b'a'; 200]]);
    let frame = [0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0x55, 0, 0, 0x18, 0, 0xc8, 0x61, 1, 0, 0x44, 0x0a, 0x0c, 1];
    let mut pairs = vec![];
    encode(0, 1, &[0; 32], &Payload { raw: &raw, packed: Some(&frame) }, &mut pairs);
    assert_eq!(read(&pairs).unwrap(), raw);
}
