use proptest::prelude::*;

use super::*;

fn decode_all(parts: &[Vec<u8>], first_leaf: u64) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        let more = decode(part, first_leaf, |entry| entries.push(entry)).unwrap();
        assert_eq!(more, number + 1 < parts.len());
    }
    entries
}

proptest! {
    #[test]
    fn entries_come_back_and_parts_fit_a_value(
        fingerprints in prop::collection::vec((0u64..1 << FINGERPRINT_BITS, 0u64..1 << 32), 0..3_000),
        first_leaf in 0u64..1 << 40,
    ) {
        let entry = |(fingerprint, offset)| Entry { fingerprint, leaf: first_leaf + offset };
        let mut entries: Vec<_> = fingerprints.into_iter().map(entry).collect();
        entries.sort_unstable();
        let parts = encode(&entries, first_leaf);
        prop_assert!(parts.iter().all(|part| part.len() <= CONTENT_BYTES_MAX));
        prop_assert_eq!(decode_all(&parts, first_leaf), entries);
    }

    #[test]
    fn a_bucket_starts_where_the_one_before_ends(fingerprint in 0u64..1 << FINGERPRINT_BITS, count in 1u32..100_000) {
        let bucket = index(fingerprint, count);
        prop_assert!(bucket < count);
        prop_assert!(start(bucket, count) <= fingerprint && fingerprint < start(bucket + 1, count));
    }
}

#[test]
fn entries_that_are_all_equal_take_no_room_and_come_back() {
    let entries = vec![Entry { fingerprint: 5, leaf: 9 }; 70_000];
    assert_eq!(decode_all(&encode(&entries, 9), 9), entries);
}
