use proptest::prelude::*;

use super::*;

#[test]
fn each_entry_stands_behind_its_length() {
    let bundle = encode_entries([b"ab".as_slice(), b"", b"c"]);
    assert_eq!(bundle.as_deref(), Ok(b"\x00\x02ab\x00\x00\x00\x01c".as_slice()));
    assert_eq!(decode_entries(b"\x00\x02ab\x00\x00\x00\x01c"), Ok(vec![b"ab".as_slice(), b"", b"c"]));
    assert_eq!(decode_entries(b""), Ok(vec![]));
}

#[test]
fn the_longest_entry_fits_and_one_byte_more_does_not() {
    let entry = vec![0; ENTRY_BYTES_MAX + 1];
    let bundle = encode_entries([&entry[1..]]).expect("fits");
    assert_eq!(decode_entries(&bundle), Ok(vec![&entry[1..]]));
    let refused = EntryTooLong { entry_index: 1, entry_bytes: 65_536 };
    assert_eq!(encode_entries([b"".as_slice(), &entry]), Err(refused));
}

#[test]
fn torn_and_overlong_bundles_are_refused() {
    assert_eq!(decode_entries(b"\x00"), Err(BundleError::Truncated { entry_index: 0 }));
    assert_eq!(decode_entries(b"\x00\x00\x00\x02a"), Err(BundleError::Truncated { entry_index: 1 }));
    assert_eq!(decode_entries(&[0; 512]).map(|entries| entries.len()), Ok(256));
    assert_eq!(decode_entries(&[0; 514]), Err(BundleError::TooMany));
}

proptest! {
    #[test]
    fn every_bundle_is_read_back(entries in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 0..=256)) {
        let bundle = encode_entries(entries.iter().map(Vec::as_slice)).unwrap();
        prop_assert_eq!(decode_entries(&bundle).unwrap(), entries);
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        if let Ok(entries) = decode_entries(&bytes) {
            prop_assert_eq!(encode_entries(entries).unwrap(), bytes);
        }
    }
}
