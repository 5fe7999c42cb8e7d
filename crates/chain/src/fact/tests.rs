use super::*;
use crate::{Checkpoint, Levels, SignatureKind, SignerKey, leaf_hash, prove_consistency, prove_inclusion, tree_root};

/// A log of so many entries, some of which may be told otherwise.
fn log(size: u64, changed: Option<u64>) -> (Levels, SignerKey) {
    let mut levels = Levels::default();
    for index in 0..size {
        let other = if changed == Some(index) { " otherwise" } else { "" };
        levels.append(leaf_hash(format!("entry {index}{other}").as_bytes()));
    }
    (levels, SignerKey::from_seed("log.example/a", SignatureKind::Ed25519, &[7; 32]).expect("a key"))
}

fn fact(index: u64, size: u64, since: Option<u64>, changed: Option<u64>) -> Fact {
    let (levels, key) = log(size, changed);
    let root = tree_root(&levels, size).expect("at hand");
    let checkpoint = Checkpoint { origin: "log.example/a".into(), size, root }.sign(&key).expect("its key");
    let proof = prove_inclusion(&levels, index, size).expect("at hand");
    let mut statement = Note::new(format!("{FACT_HEAD}\norigin log.example/a\nevent {}\n", index + 1)).expect("a note");
    statement.sign(&key).expect("a key");
    let since = since.map(|old| Since {
        size: old,
        root: tree_root(&levels, old).expect("at hand"),
        proof: prove_consistency(&levels, old, size).expect("at hand"),
    });
    let entry = format!("entry {index}").into_bytes();
    Fact { statement, entry, receipt: Receipt { extra: None, index, proof, checkpoint }, since }
}

fn policy() -> Policy {
    Policy::of_log(log(0, None).1.verifier().clone())
}

fn seen(size: u64) -> SeenTree {
    SeenTree { size, root: tree_root(&log(size, None).0, size).expect("at hand") }
}

#[test]
fn what_is_written_is_read_the_same() {
    for mut fact in [fact(3, 9, None, None), fact(3, 9, Some(5), None), fact(0, 1, None, None)] {
        assert_eq!(Fact::parse(fact.to_string().as_bytes()), Ok(fact.clone()));
        // An entry of many lines.
        fact.entry = vec![7; 5_000];
        let text = fact.to_string();
        assert!(text.lines().all(|line| line.len() <= 1_000), "a line of a command is short");
        assert_eq!(Fact::parse(text.as_bytes()), Ok(fact));
    }
}

#[test]
fn a_fact_convinces_whoever_trusts_the_log() {
    let trusted = fact(3, 9, None, None).verify(&policy(), None).expect("it holds");
    assert_eq!(trusted.checkpoint.size, 9);
    assert!(fact(3, 9, Some(5), None).verify(&policy(), Some(&seen(5))).is_ok());
    assert!(fact(3, 9, None, None).verify(&policy(), Some(&seen(9))).is_ok(), "the same tree again");
}

#[test]
fn whatever_is_changed_is_noticed() {
    let mut other_entry = fact(3, 9, None, None);
    other_entry.entry = b"entry 4".to_vec();
    assert!(matches!(other_entry.verify(&policy(), None), Err(FactError::Receipt(_))));

    let mut other_words = fact(3, 9, None, None);
    let text = other_words.statement.to_string().replace("event 4", "event 5");
    other_words.statement = Note::parse(text.as_bytes()).expect("a note");
    assert!(matches!(other_words.verify(&policy(), None), Err(FactError::Statement(_))));

    let stranger = SignerKey::from_seed("log.example/a", SignatureKind::Ed25519, &[8; 32]).expect("a key");
    let by_stranger = Policy::of_log(stranger.verifier().clone());
    assert!(matches!(fact(3, 9, None, None).verify(&by_stranger, None), Err(FactError::Receipt(_))));

    let mut other_proof = fact(3, 9, Some(5), None);
    other_proof.since.as_mut().expect("there").proof[0][0] ^= 1;
    assert!(matches!(other_proof.verify(&policy(), Some(&seen(5))), Err(FactError::Since(_))));
}

#[test]
fn a_log_with_two_histories_is_caught_by_what_it_signed() {
    assert_eq!(
        fact(3, 9, None, None).verify(&policy(), Some(&seen(5))),
        Err(FactError::NotLinked { seen: 5, size: 9 })
    );
    // Older than what was seen.
    assert_eq!(
        fact(3, 4, None, None).verify(&policy(), Some(&seen(5))),
        Err(FactError::NotLinked { seen: 5, size: 4 })
    );
    // The log tells another history, and proves that one soundly.
    let forked = fact(3, 9, Some(5), Some(1));
    assert_eq!(forked.verify(&policy(), Some(&seen(5))), Err(FactError::SplitView { size: 5 }));
    assert_eq!(fact(3, 5, None, Some(1)).verify(&policy(), Some(&seen(5))), Err(FactError::SplitView { size: 5 }));
}

#[test]
fn no_bytes_make_it_panic() {
    let text = fact(3, 9, Some(5), None).to_string();
    for cut in 0..text.len() {
        let _ = Fact::parse(&text.as_bytes()[..cut]);
        let mut flipped = text.clone().into_bytes();
        flipped[cut] ^= 1;
        if let Ok(fact) = Fact::parse(&flipped) {
            // Nothing that was changed still convinces, but for what no signature covers and no proof needs.
            let again = fact.verify(&policy(), Some(&seen(5)));
            assert!(again.is_err() || fact.entry == b"entry 3", "byte {cut}");
        }
    }
}
