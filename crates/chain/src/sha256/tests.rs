use proptest::prelude::*;

use super::*;

fn streamed(prefix: u8, message: &[u8]) -> Hash {
    Sha256::new_with_prefix([prefix]).chain_update(message).finalize().into()
}

#[test]
fn the_example_of_the_standard_holds() {
    // FIPS 180-4, example of one block: "abc".
    let abc = [
        0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03,
        0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
    ];
    assert_eq!(prefixed(b'a', b"bc"), abc);
}

#[test]
fn every_length_around_the_block_edges_agrees_with_the_streaming_hasher() {
    let message: Vec<u8> = (0..=255).collect();
    for end in 0..message.len() {
        assert_eq!(prefixed(0, &message[..end]), streamed(0, &message[..end]), "{end} bytes");
    }
}

proptest! {
    #[test]
    fn a_pair_agrees_with_the_streaming_hasher(prefix: u8, left: [u8; 32], right: [u8; 32]) {
        prop_assert_eq!(prefixed_pair(prefix, &left, &right), streamed(prefix, &[left, right].concat()));
    }

    #[test]
    fn a_message_agrees_with_the_streaming_hasher(prefix: u8, message in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert_eq!(prefixed(prefix, &message), streamed(prefix, &message));
    }
}
