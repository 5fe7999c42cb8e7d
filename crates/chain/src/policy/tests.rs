use super::*;
use crate::SignerKey;

fn log() -> SignerKey {
    SignerKey::from_seed("reserve.example/ledger1", SignatureKind::Ed25519, &[1; 32]).expect("a name")
}

fn witness(number: u8) -> SignerKey {
    let name = format!("w{number}.example");
    SignerKey::from_seed(&name, SignatureKind::CosignatureV1, &[10 + number; 32]).expect("a name")
}

/// Two of three agencies, and the secretariat.
fn text() -> String {
    let agencies: String = (1..=3).map(|n| format!("witness A{n} {}\n", witness(n).verifier())).collect();
    format!(
        "# of the pool\nlog {}\n{agencies}\twitness secretariat  {} http://127.0.0.1:1/\n\ngroup agencies 2 A1 A2 A3\ngroup all-of-us all agencies secretariat\nquorum all-of-us\n",
        log().verifier(),
        witness(4).verifier()
    )
}

fn cosigned(by: &[u8]) -> Note {
    let checkpoint = Checkpoint { origin: "reserve.example/ledger1".into(), size: 7, root: [3; 32] };
    let mut note = checkpoint.sign(&log()).expect("its own key");
    by.iter().for_each(|number| note.cosign(&witness(*number), 1_700_000_000).expect("a witness"));
    note
}

#[test]
fn a_quorum_of_groups_is_counted() {
    let policy = Policy::parse(text().as_bytes()).expect("a policy");
    assert_eq!(policy.witnesses[3].url.as_deref(), Some("http://127.0.0.1:1/"));
    for (by, reached) in [(&[1u8, 3, 4][..], true), (&[1, 2, 3, 4], true), (&[1, 4], false), (&[1, 2, 3], false)] {
        assert_eq!(policy.check(&cosigned(by)).is_ok(), reached, "{by:?}");
    }
    let missed = policy.check(&cosigned(&[2])).expect_err("one is too few");
    assert_eq!(missed.to_string(), "the quorum `all-of-us` is not reached; cosigned by A2");
    let trusted = policy.check(&cosigned(&[4, 1, 2])).expect("a quorum");
    assert_eq!(trusted.cosigned.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["secretariat", "A1", "A2"]);
}

#[test]
fn a_forged_cosignature_condemns_and_a_strange_one_does_not_count() {
    let policy = Policy::parse(text().as_bytes()).expect("a policy");
    let mut forged = cosigned(&[1, 2, 4]);
    let mut signature = forged.signatures()[3].clone();
    signature.bytes[20] ^= 1;
    forged.add(signature).expect("one more");
    assert!(matches!(policy.check(&forged), Err(PolicyFailure::Note(NoteError::InvalidSignature { .. }))));
    assert!(matches!(policy.check(&cosigned(&[1, 5, 4])), Err(PolicyFailure::QuorumMissed { .. })));
}

#[test]
fn a_log_that_is_not_named_is_not_trusted() {
    let other = SignerKey::from_seed("other.example", SignatureKind::Ed25519, &[2; 32]).expect("a name");
    let note = Checkpoint { origin: "other.example".into(), size: 7, root: [3; 32] }.sign(&other).expect("its own");
    let policy = Policy::parse(text().as_bytes()).expect("a policy");
    assert_eq!(policy.check(&note), Err(PolicyFailure::UnknownLog { origin: "other.example".into() }));
    // The same name with another key.
    let thief = SignerKey::from_seed("reserve.example/ledger1", SignatureKind::Ed25519, &[9; 32]).expect("a name");
    let note =
        Checkpoint { origin: "reserve.example/ledger1".into(), size: 7, root: [3; 32] }.sign(&thief).expect("its own");
    assert!(matches!(policy.check(&note), Err(PolicyFailure::Checkpoint(CheckpointError::Note(NoteError::NotSigned)))));
}

#[test]
fn each_mistake_is_named_with_its_line() {
    let check = |text: &str, line: usize, problem: &str| {
        let error = Policy::parse(text.as_bytes()).expect_err(text);
        assert_eq!((error.line, error.problem.to_string().as_str()), (line, problem), "{text}");
    };
    let (log, one, two) = (log(), witness(1), witness(2));
    let (log, one, two) = (log.verifier(), one.verifier(), two.verifier());
    check("", 1, "there is no `quorum` line; `quorum none` asks for no cosignature");
    check("quorum none\nquorum none\n", 2, "there is a quorum line already");
    check("quorum A\n", 1, "no witness or group `A` on a line before");
    check("logs\n", 1, "`logs` is not `log`, `witness`, `group` or `quorum`");
    check("log\n", 1, "expected `log <vkey> [<url>]`");
    check(&format!("log {one}\n"), 1, "the key is not of the kind that signs here");
    check(&format!("log {log}\nlog {log} url\n"), 2, "the same key was named before");
    check(&format!("witness A {one}\nwitness B {one}\n"), 2, "the same key was named before");
    check(&format!("witness A {one}\nwitness A {two}\n"), 2, "the name `A` is taken");
    check(&format!("witness none {one}\n"), 1, "the name `none` is taken");
    check(&format!("witness A {one}\ngroup G 2 A\n"), 2, "`2` is not `any`, `all` or a number from 1 to 1");
    check(&format!("witness A {one}\ngroup G +1 A\n"), 2, "`+1` is not `any`, `all` or a number from 1 to 1");
    check(&format!("witness A {one}\ngroup G any\n"), 2, "expected `group <name> <any|all|k> <name>...`");
    check(&format!("witness A {one}\ngroup G any A A\n"), 2, "`A` is a member of a group already");
    check(&format!("witness A {one}\ngroup G any A\ngroup H any A\n"), 3, "`A` is a member of a group already");
    check("quorum none\r\n\x01\n", 2, "the policy is not plain text");
}

#[test]
fn none_asks_for_the_log_alone() {
    let policy = Policy::parse(format!("log {}\nquorum none\n", log().verifier()).as_bytes()).expect("a policy");
    assert_eq!(policy.check(&cosigned(&[])).map(|trusted| trusted.checkpoint.size), Ok(7));
    assert_eq!(Policy::of_log(log().verifier().clone()), policy);
}
