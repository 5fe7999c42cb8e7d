use proptest::prelude::*;

use super::*;

fn signer(name: &str, kind: SignatureKind, seed: u8) -> SignerKey {
    SignerKey::from_seed(name, kind, &[seed; 32]).expect("a name")
}

fn log() -> SignerKey {
    signer("log.example", SignatureKind::Ed25519, 1)
}

fn witness() -> SignerKey {
    signer("witness.example", SignatureKind::CosignatureV1, 2)
}

fn signed() -> Note {
    let mut note = Note::new("one\n\ntwo\n".to_owned()).expect("plain text");
    note.sign(&log()).expect("a log's key");
    note.cosign(&witness(), 1_700_000_000).expect("a witness's key");
    note
}

#[test]
fn a_note_says_who_signed_it_and_when() {
    let known = [log().verifier().clone(), witness().verifier().clone()];
    let note = Note::parse(signed().to_string().as_bytes()).expect("just written");
    assert_eq!(note.text(), "one\n\ntwo\n");
    let verified = note.verify(&known).expect("both signed");
    assert_eq!(verified[0], Verified { key: &known[0], time_s: None });
    assert_eq!(verified[1], Verified { key: &known[1], time_s: Some(1_700_000_000) });
    assert_eq!(verified.len(), 2);
}

#[test]
fn unknown_signatures_are_ignored_but_kept() {
    let note = signed();
    assert_eq!(note.verify(&[log().verifier().clone()]).expect("the log signed").len(), 1);
    assert_eq!(note.signatures().len(), 2);
    let stranger = signer("log.example", SignatureKind::Ed25519, 3).verifier().clone();
    assert_eq!(note.verify(&[stranger]), Err(NoteError::NotSigned));
    assert_eq!(note.verify(&[]), Err(NoteError::NotSigned));
}

#[test]
fn a_bad_signature_of_a_known_key_condemns_the_note() {
    let known = [log().verifier().clone(), witness().verifier().clone()];
    for (place, key) in known.iter().enumerate() {
        for byte in 0..signed().signatures()[place].bytes.len() {
            let mut note = signed();
            note.signatures[place].bytes[byte] ^= 1;
            let refused = NoteError::InvalidSignature { name: key.name().to_owned(), key_id: key.id() };
            assert_eq!(note.verify(&known), Err(refused), "byte {byte} of {key}");
        }
        let mut note = signed();
        note.signatures[place].bytes.pop();
        assert!(note.verify(&known).is_err(), "a short signature of {key}");
    }
    let other = signed().to_string().replace("two", "2");
    assert!(Note::parse(other.as_bytes()).expect("a note").verify(&known).is_err());
}

#[test]
fn one_key_signs_once() {
    let mut note = signed();
    note.cosign(&witness(), 1_700_000_001).expect("a witness's key");
    assert_eq!(note.signatures().len(), 2);
    assert_eq!(note.verify(&[witness().verifier().clone()]).expect("signed")[0].time_s, Some(1_700_000_001));
    // A second line of the same key is not looked at, as in Go.
    let line = note.signatures()[0].to_string();
    let twice = format!("{note}{line}\n");
    assert_eq!(
        Note::parse(twice.as_bytes()).expect("a note").verify(&[log().verifier().clone()]).map(|v| v.len()),
        Ok(1)
    );
}

#[test]
fn keys_sign_only_what_they_are_for() {
    let mut note = signed();
    let wrong =
        |key: &SignerKey| NoteError::WrongKind { name: key.verifier().name().to_owned(), key_id: key.verifier().id() };
    assert_eq!(note.sign(&witness()), Err(wrong(&witness())));
    assert_eq!(note.cosign(&log(), 0), Err(wrong(&log())));
    assert_eq!(note.cosign(&witness(), 1 << 63), Err(NoteError::TimeOutOfRange { time_s: 1 << 63 }));
    // The seed of a witness does not sign as a log, nor the other way round: the key ids differ.
    let both = [SignatureKind::Ed25519, SignatureKind::CosignatureV1].map(|kind| signer("same.example", kind, 5));
    note.sign(&both[0]).expect("an Ed25519 key");
    assert_eq!(note.verify(&[both[1].verifier().clone()]), Err(NoteError::NotSigned));
}

#[test]
fn each_mistake_in_a_note_is_named() {
    let check = |bytes: &[u8], error| assert_eq!(Note::parse(bytes), Err(error), "{}", bytes.escape_ascii());
    let line = signed().signatures()[0].to_string();
    check(b"", NoteError::SignaturesMissing);
    check(b"text\n", NoteError::SignaturesMissing);
    check(b"text\n\n", NoteError::SignaturesMissing);
    check(format!("text\n\n{line}").as_bytes(), NoteError::SignaturesMissing);
    check(b"\xff\n\n", NoteError::NotText);
    check(format!("te\txt\n\n{line}\n").as_bytes(), NoteError::NotText);
    check(format!("te\rxt\n\n{line}\n").as_bytes(), NoteError::NotText);
    check(b"text\n\nnot a signature\n", NoteError::MalformedSignature { line: 1 });
    for bad in [
        "\u{2014} a",
        "\u{2014} a ",
        "\u{2014} a AAAAAA==",
        "\u{2014}  AAAAAAA=",
        "- a AAAAAAA=",
        "\u{2014} a+b AAAAAAA=",
        "\u{2014} a AAAAAAA= ",
    ] {
        check(format!("text\n\n{line}\n{bad}\n").as_bytes(), NoteError::MalformedSignature { line: 2 });
    }
    let lines = |count: usize| format!("text\n\n{}", format!("{line}\n").repeat(count));
    assert!(Note::parse(lines(100).as_bytes()).is_ok());
    check(lines(101).as_bytes(), NoteError::TooManySignatures);
    let long = vec![b'a'; NOTE_BYTES_MAX + 1];
    assert_eq!(Note::parse(&long), Err(NoteError::TooLong { note_bytes: NOTE_BYTES_MAX + 1 }));
    assert_eq!(Note::new("text".to_owned()), Err(NoteError::TextUnterminated));
    assert_eq!(Note::new("\u{7}\n".to_owned()), Err(NoteError::NotText));
}

#[test]
fn the_example_of_the_cosignature_standard_is_read() {
    let example = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
        \u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
        \u{2014} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
    let note = Note::parse(example.as_bytes()).expect("the example");
    assert_eq!(note.to_string(), example);
    let cosignature = &note.signatures()[1];
    assert_eq!((cosignature.key_id, cosignature.bytes.len()), (0x8d66_cf3f, 72));
    assert_eq!(cosignature.bytes[..8], 1_679_315_147_u64.to_be_bytes());
}

proptest! {
    #[test]
    fn every_signed_text_is_read_back(text in "[a-z \n\u{e9}]{0,80}", time_s in 0..i64::MAX as u64) {
        let mut note = Note::new(format!("{text}\n")).unwrap();
        note.sign(&log()).unwrap();
        note.cosign(&witness(), time_s).unwrap();
        let written = note.to_string();
        let again = Note::parse(written.as_bytes()).unwrap();
        prop_assert_eq!(&again, &note);
        prop_assert_eq!(again.verify(&[log().verifier().clone(), witness().verifier().clone()]).map(|v| v.len()), Ok(2));
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Note::parse(&bytes);
    }

    #[test]
    fn no_flipped_byte_panics_or_passes(place: prop::sample::Index, mask in 1..=255u8) {
        let mut bytes = signed().to_string().into_bytes();
        let place = place.index(bytes.len());
        bytes[place] ^= mask;
        if let Ok(note) = Note::parse(&bytes) {
            prop_assert_eq!(note.to_string().into_bytes(), bytes);
            let both = [log().verifier().clone(), witness().verifier().clone()];
            prop_assert_ne!(note.verify(&both).map(|v| v.len()), Ok(2));
        }
    }
}
