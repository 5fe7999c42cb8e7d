use proptest::prelude::*;

use super::*;
use crate::key::{SignatureKind, SignerKey};
use crate::{Levels, proof};

fn log() -> SignerKey {
    SignerKey::from_seed("log.example", SignatureKind::Ed25519, &[6; 32]).expect("a name")
}

fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

fn receipt(index: u64, size: u64) -> Receipt {
    let mut levels = Levels::default();
    (0..size).for_each(|index| levels.append(leaf_hash(&entry(index))));
    let root = proof::tree_root(&levels, size).expect("all at hand");
    let checkpoint = Checkpoint { origin: "log.example".to_owned(), size, root };
    Receipt {
        extra: None,
        index,
        proof: proof::prove_inclusion(&levels, index, size).expect("all at hand"),
        checkpoint: checkpoint.sign(&log()).expect("its own key"),
    }
}

#[test]
fn a_receipt_convinces_of_its_entry_and_of_no_other() {
    let receipt = Receipt { extra: Some(b"lot L1".to_vec()), ..receipt(5, 11) };
    let read = Receipt::parse(receipt.to_string().as_bytes()).expect("just written");
    assert_eq!(read, receipt);
    assert_eq!(read.verify(&entry(5), log().verifier()).map(|checkpoint| checkpoint.size), Ok(11));
    let refused = Err(ReceiptError::Proof(ProofError::RootDiffers));
    assert_eq!(read.verify(&entry(6), log().verifier()), refused);
    let moved = Receipt { index: 4, ..read.clone() };
    assert_eq!(moved.verify(&entry(5), log().verifier()), refused);
    let outside = Receipt { index: 11, ..read.clone() };
    let refused = Err(ReceiptError::Proof(ProofError::IndexOutsideTree { index: 11, size: 11 }));
    assert_eq!(outside.verify(&entry(5), log().verifier()), refused);
    let stranger = SignerKey::from_seed("log.example", SignatureKind::Ed25519, &[7; 32]).expect("a name");
    let refused = Err(ReceiptError::Checkpoint(CheckpointError::Note(NoteError::NotSigned)));
    assert_eq!(read.verify(&entry(5), stranger.verifier()), refused);
}

#[test]
fn a_receipt_of_the_only_entry_has_no_hashes() {
    let text = receipt(0, 1).to_string();
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nindex 0\n\nlog.example\n1\n"), "{text}");
    let read = Receipt::parse(text.as_bytes()).expect("just written");
    assert!(read.verify(&entry(0), log().verifier()).is_ok());
}

#[test]
fn each_mistake_in_a_receipt_is_named() {
    let good = Receipt { extra: Some(vec![1]), ..receipt(1, 2) }.to_string();
    let check = |from: &str, to: &str, error| {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good);
        assert_eq!(Receipt::parse(bad.as_bytes()), Err(error), "{bad}");
    };
    let hash = good.lines().nth(3).expect("one hash");
    check("@v1", "@v2", ReceiptError::BadHeader);
    check("extra AQ==", "extra AQ", ReceiptError::BadExtra);
    check("extra AQ==", "extra AR==", ReceiptError::BadExtra);
    check("extra AQ==\n", "extra AQ==\nextra AQ==\n", ReceiptError::BadIndex);
    check("index 1\n", "", ReceiptError::BadIndex);
    check("index 1\n", "index 01\n", ReceiptError::BadIndex);
    check("index 1\n", "index  1\n", ReceiptError::BadIndex);
    check("index 1\n", "index 9223372036854775808\n", ReceiptError::BadIndex);
    check(hash, &hash[1..], ReceiptError::BadHash { line: 1 });
    check(hash, &format!("{hash}\r"), ReceiptError::BadHash { line: 1 });
    check(hash, &[hash; 64].join("\n"), ReceiptError::TooManyHashes);
    check("\n\n", "\n", ReceiptError::BadHash { line: 2 });
    check("\u{2014}", "-", ReceiptError::Note(NoteError::MalformedSignature { line: 1 }));
    assert_eq!(Receipt::parse(b""), Err(ReceiptError::CheckpointMissing));
    assert_eq!(Receipt::parse(b"\xff"), Err(ReceiptError::NotText));
    let long = vec![b'a'; RECEIPT_BYTES_MAX + 1];
    assert_eq!(Receipt::parse(&long), Err(ReceiptError::TooLong { receipt_bytes: RECEIPT_BYTES_MAX + 1 }));
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Receipt::parse(&bytes);
        let _ = Receipt::parse(&[b"c2sp.org/tlog-proof@v1\nindex 1\n\n".as_slice(), &bytes].concat());
    }

    #[test]
    fn no_flipped_byte_panics_or_passes_unseen(place: prop::sample::Index, mask in 1..=255u8) {
        let mut bytes = receipt(3, 7).to_string().into_bytes();
        let place = place.index(bytes.len());
        bytes[place] ^= mask;
        if let Ok(receipt) = Receipt::parse(&bytes) {
            prop_assert_eq!(receipt.to_string().into_bytes(), bytes);
            prop_assert!(receipt.verify(&entry(3), log().verifier()).is_err());
        }
    }
}
