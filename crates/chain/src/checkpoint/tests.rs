use proptest::prelude::*;

use super::*;
use crate::EMPTY_ROOT;

/// The example of formats.md.
const TEXT: &str = "reserve.example/ledger1\n70000\n5ml6NAFIEsqGuYWsZYn2BLqu6/MirJp/5J7/oQOm22Q=\n";

fn key(name: &str, kind: SignatureKind) -> SignerKey {
    SignerKey::from_seed(name, kind, &[4; 32]).expect("a name")
}

#[test]
fn the_example_is_read_and_written() {
    let checkpoint = Checkpoint::parse(TEXT).expect("the example");
    assert_eq!((checkpoint.origin.as_str(), checkpoint.size), ("reserve.example/ledger1", 70_000));
    assert_eq!(checkpoint.to_string(), TEXT);
    let empty = Checkpoint { origin: "a".to_owned(), size: 0, root: EMPTY_ROOT };
    assert_eq!(Checkpoint::parse(&empty.to_string()), Ok(empty));
}

#[test]
fn each_mistake_in_a_checkpoint_is_named() {
    let check = |from: &str, to: &str, error| {
        let text = TEXT.replace(from, to);
        assert_eq!(Checkpoint::parse(&text), Err(error), "{text}");
    };
    check(TEXT, "", CheckpointError::NotThreeLines);
    check("=\n", "=", CheckpointError::NotThreeLines);
    check("=\n", "=\nextension\n", CheckpointError::NotThreeLines);
    check("=\n", "=\n\n", CheckpointError::NotThreeLines);
    check("reserve.example/ledger1", "", CheckpointError::BadOrigin(KeyError::BadName));
    check("ledger1", "ledger+1", CheckpointError::BadOrigin(KeyError::BadName));
    for size in
        ["", "070000", "+70000", "-1", "70_000", "0x10", " 70000", "9223372036854775808", "99999999999999999999"]
    {
        check("70000", size, CheckpointError::BadSize);
    }
    check("5ml6", "5ml", CheckpointError::BadRoot);
    check("22Q=", "22Q", CheckpointError::BadRoot);
    check("22Q=", "22R=", CheckpointError::BadRoot);
    check("5ml6", "5ml65ml6", CheckpointError::BadRoot);
    check("/MirJp/", "_MirJp_", CheckpointError::BadRoot);
}

#[test]
fn a_checkpoint_is_opened_with_the_key_of_its_log() {
    let log = key("reserve.example/ledger1", SignatureKind::Ed25519);
    let checkpoint = Checkpoint::parse(TEXT).expect("the example");
    let note = checkpoint.sign(&log).expect("its own key");
    let bytes = note.to_string().into_bytes();
    assert_eq!(Checkpoint::open(&bytes, log.verifier()), Ok((checkpoint.clone(), note)));

    let other = key("other.example", SignatureKind::Ed25519);
    let refused = CheckpointError::Note(NoteError::NotSigned);
    assert_eq!(Checkpoint::open(&bytes, other.verifier()), Err(refused));
    let refused = CheckpointError::OtherOrigin {
        expected: "other.example".to_owned(),
        found: "reserve.example/ledger1".to_owned(),
    };
    assert_eq!(checkpoint.sign(&other), Err(refused.clone()));
    let mut foreign = Note::new(TEXT.to_owned()).expect("plain text");
    foreign.sign(&other).expect("an Ed25519 key");
    assert_eq!(Checkpoint::of_note(&foreign, other.verifier()), Err(refused));
}

#[test]
fn a_witness_does_not_speak_for_the_log() {
    let witness = key("reserve.example/ledger1", SignatureKind::CosignatureV1);
    let mut note = Note::new(TEXT.to_owned()).expect("plain text");
    note.cosign(&witness, 1).expect("a witness's key");
    let refused = CheckpointError::NotALogKey { name: "reserve.example/ledger1".to_owned() };
    assert_eq!(Checkpoint::of_note(&note, witness.verifier()), Err(refused));
}

#[test]
fn what_could_not_be_read_back_is_not_signed() {
    let log = key("a", SignatureKind::Ed25519);
    let past = Checkpoint { origin: "a".to_owned(), size: 1 << 63, root: EMPTY_ROOT };
    assert_eq!(past.sign(&log), Err(CheckpointError::BadSize));
    let two_lines = Checkpoint { origin: "a\n5".to_owned(), size: 1, root: EMPTY_ROOT };
    assert_eq!(two_lines.sign(&log), Err(CheckpointError::NotThreeLines));
}

proptest! {
    #[test]
    fn every_checkpoint_is_read_back(origin in "[a-z./0-9]{1,40}", size in 0..=i64::MAX as u64, root: Hash) {
        let checkpoint = Checkpoint { origin, size, root };
        prop_assert_eq!(Checkpoint::parse(&checkpoint.to_string()), Ok(checkpoint));
    }

    #[test]
    fn no_text_panics(text in ".*|[a-z]{0,4}\n[0-9]{0,22}\n[A-Za-z0-9+/=]{40,46}\n?") {
        if let Ok(checkpoint) = Checkpoint::parse(&text) {
            prop_assert_eq!(checkpoint.to_string(), text);
        }
    }
}
