//! Evidence of two histories that is put together: each part is signed, and the whole is refused.

use auditor::{Known, check_bytes};
use chain::{
    Balance, BalanceProof, Checkpoint, Hash, Levels, Note, Policy, Receipt, SignatureKind, SignerKey, Submission,
    leaf_hash, prove_consistency, prove_inclusion, tree_root,
};

fn signer(name: &str) -> SignerKey {
    SignerKey::from_seed(name, SignatureKind::Ed25519, &[name.len() as u8; 32]).expect("a name")
}

/// A log of entries under a name.
struct Log {
    signer: SignerKey,
    entries: Vec<Vec<u8>>,
}

impl Log {
    fn new(name: &str, entries: &[Vec<u8>]) -> Self {
        Self { signer: signer(name), entries: entries.to_vec() }
    }

    fn levels(&self) -> Levels {
        let mut levels = Levels::default();
        self.entries.iter().for_each(|entry| levels.append(leaf_hash(entry)));
        levels
    }

    fn checkpoint(&self, size: u64) -> Note {
        let root = tree_root(&self.levels(), size).expect("at hand");
        let origin = self.signer.verifier().name().to_owned();
        Checkpoint { origin, size, root }.sign(&self.signer).expect("its own key")
    }

    fn receipt(&self, event: u64, size: u64) -> Vec<u8> {
        let index = event - 1;
        let proof = prove_inclusion(&self.levels(), index, size).expect("in the tree");
        let extra = Some(self.entries[usize::try_from(index).expect("small")].clone());
        Receipt { extra, index, proof, checkpoint: self.checkpoint(size) }.to_string().into_bytes()
    }

    fn consistency(&self, old_size: u64, size: u64) -> Submission {
        let proof = prove_consistency(&self.levels(), old_size, size).expect("at hand");
        Submission { old_size, proof, checkpoint: self.checkpoint(size) }
    }

    fn known(&self) -> Known {
        Known::policy(Policy::of_log(self.signer.verifier().clone()))
    }
}

/// An event, as `schemas/event.cddl` has it, with this outcome.
fn event(number: u8, outcome: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x89, 0x50];
    bytes.extend_from_slice(&[number; 16]);
    bytes.extend_from_slice(&[0x01, 0x50]);
    bytes.extend_from_slice(&[number; 16]);
    bytes.extend_from_slice(&[0x01, 0x19, 0x50, 0x3f, 0x80, 0x80, 0x80]);
    bytes.extend_from_slice(outcome);
    bytes
}

fn moved(number: u8) -> Vec<u8> {
    event(number, &[0x81, 0x03])
}

/// A close through day 20,543 (2026-03-31) with a digest of one balance; done, or held for a checker.
fn close(number: u8, is_held: bool, root: &Hash) -> Vec<u8> {
    let mut outcome =
        vec![0x82, u8::from(is_held), 0x82, 0x18, 29, 0x84, 0x01, 0x19, 0x50, 0x3f, 0xf6, 0x82, 0x01, 0x58, 0x20];
    outcome.extend_from_slice(root);
    event(number, &outcome)
}

fn approve(number: u8, held: u8) -> Vec<u8> {
    event(number, &[0x82, 0x00, 0x82, 0x18, 26, 0x81, held])
}

fn balance() -> BalanceProof {
    let balance = Balance {
        salt: [7; 32],
        account: 6,
        place: "North".into(),
        owner: "AGENCY".into(),
        lot: "L1".into(),
        material: "NdPr".into(),
        unit: "t net".into(),
        as_of: "2026-03-31".into(),
        on_hand: 5,
        encumbered: 0,
        blocked: 0,
    };
    let mut leaves = Levels::default();
    leaves.append(balance.leaf());
    BalanceProof::of(&leaves, 0, balance).expect("its only leaf")
}

fn code(known: &Known, bytes: &[u8]) -> &'static str {
    match check_bytes("it", bytes, known) {
        Ok(_) => "ok",
        Err(finding) => finding.code,
    }
}

#[test]
fn an_approval_counts_in_the_history_of_its_close_alone() {
    let mut proof = balance();
    let root = proof.root;
    let ours = Log::new("log.example/a", &[moved(1), close(2, true, &root), approve(3, 2), moved(4)]);
    let known = ours.known();
    let mut told = |close: Vec<u8>, approval: Vec<u8>| {
        (proof.close, proof.approval) = (Some(close), Some(approval));
        proof.to_string().into_bytes()
    };
    assert_eq!(code(&known, &told(ours.receipt(2, 4), ours.receipt(3, 4))), "ok");

    // Another log of the policy approved its own event 2.
    let other = Log::new("log.example/other", &[moved(1), moved(2), approve(3, 2), moved(4)]);
    let mut two = Policy::of_log(ours.signer.verifier().clone());
    two.logs.extend(Policy::of_log(other.signer.verifier().clone()).logs);
    assert_eq!(code(&Known::policy(two), &told(ours.receipt(2, 4), other.receipt(3, 4))), "other_log");
    // So did another history under the same key, of one size and of another.
    let fork = Log::new("log.example/a", &[moved(9), close(2, true, &root), approve(3, 2), moved(4)]);
    assert_eq!(code(&known, &told(ours.receipt(2, 4), fork.receipt(3, 4))), "split_view");
    let mixed = told(ours.receipt(2, 4), fork.receipt(3, 3));
    assert_eq!(code(&known, &mixed), "not_linked");
    // Two trees of one history are shown to be so.
    let apart = told(ours.receipt(2, 2), ours.receipt(3, 4));
    assert_eq!(code(&known, &apart), "not_linked");
    let shown = Known { consistency: vec![ours.consistency(2, 4)], ..known.clone() };
    assert_eq!(code(&shown, &apart), "ok");
    assert_eq!(code(&shown, &mixed), "not_linked");
}

#[test]
fn evidence_is_of_one_history_with_the_checkpoint_that_was_kept() {
    let entries: Vec<Vec<u8>> = (1..=9).map(moved).collect();
    let log = Log::new("log.example/a", &entries);
    let mut forked = entries.clone();
    forked[1] = moved(99);
    let fork = Log::new("log.example/a", &forked);
    let kept = |size| Known { old: Some(log.checkpoint(size).to_string().into_bytes()), ..log.known() };
    assert_eq!(code(&kept(9), &log.receipt(3, 9)), "ok");
    assert_eq!(code(&kept(9), &fork.receipt(3, 9)), "split_view");
    assert_eq!(code(&kept(9), &fork.receipt(3, 8)), "rolled_back");
    assert_eq!(code(&kept(5), &fork.receipt(3, 8)), "not_linked");
    assert_eq!(code(&kept(5), &log.receipt(3, 8)), "not_linked");
    assert_eq!(code(&kept(5), log.checkpoint(8).to_string().as_bytes()), "not_linked");
    // A proof of consistency links them, one way and the other; of another history it links nothing.
    let with = |size, ways: Vec<Submission>| Known { consistency: ways, ..kept(size) };
    assert_eq!(code(&with(5, vec![log.consistency(5, 8)]), &log.receipt(3, 8)), "ok");
    assert_eq!(code(&with(9, vec![log.consistency(8, 9)]), &log.receipt(3, 8)), "ok");
    assert_eq!(code(&with(5, vec![fork.consistency(5, 8)]), &fork.receipt(3, 8)), "not_linked");
    assert_eq!(code(&with(9, vec![fork.consistency(8, 9)]), &fork.receipt(3, 8)), "rolled_back");
    // Both may be led to a third: the log has grown since.
    let grown = vec![log.consistency(5, 9), log.consistency(8, 9)];
    assert_eq!(code(&with(5, grown), &log.receipt(3, 8)), "ok");
    let forged = vec![log.consistency(5, 9), fork.consistency(8, 9)];
    assert_eq!(code(&with(5, forged), &fork.receipt(3, 8)), "not_linked");
}
