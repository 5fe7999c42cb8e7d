use chain::{Levels, Signature, leaf_hash, prove_consistency, tree_root};

use super::*;

const ORIGIN: &str = "reserve.example/ledger1";

fn log() -> SignerKey {
    SignerKey::from_seed(ORIGIN, SignatureKind::Ed25519, &[1; 32]).expect("a name")
}

fn witness(folder: &Path) -> Witness {
    let key = SignerKey::from_seed("witness.example/a", SignatureKind::CosignatureV1, &[2; 32]).expect("a name");
    Witness::open(folder, key, vec![log().verifier().clone()]).expect("it opens")
}

fn levels(size: u64, kind: &str) -> Levels {
    let mut levels = Levels::default();
    (0..size).for_each(|index| levels.append(leaf_hash(format!("{kind} {index}").as_bytes())));
    levels
}

fn submission(old_size: u64, size: u64, kind: &str) -> Vec<u8> {
    let levels = levels(size, kind);
    let root = tree_root(&levels, size).expect("at hand");
    let checkpoint = Checkpoint { origin: ORIGIN.into(), size, root }.sign(&log()).expect("its own key");
    let proof = prove_consistency(&levels, old_size, size).expect("at hand");
    Submission { old_size, proof, checkpoint }.to_string().into_bytes()
}

fn refusal(answer: Answer) -> (u16, String) {
    let status = answer.status();
    match answer {
        Answer::Refused(refused) => (status, refused.to_string()),
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn it_cosigns_what_continues_and_remembers_across_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = witness(folder.path()).add(&submission(0, 5, "a"), 1_700_000_000);
    assert_eq!(first.status(), 200, "{first:?}");
    let again = witness(folder.path());
    assert_eq!(again.add(&submission(0, 9, "a"), 1_700_000_001), Answer::OtherSize(5));
    let Answer::Cosigned(signature) = again.add(&submission(5, 9, "a"), 1_700_000_002) else { panic!("continues") };
    let note = again.newest(ORIGIN).expect("readable").expect("kept");
    assert!(note.signatures().contains(&signature));
    let verified = note.verify(std::slice::from_ref(again.verifier())).expect("its own");
    assert_eq!(verified[0].time_s, Some(1_700_000_002));
    // The same tree once more is cosigned once more: a log may have lost the answer.
    assert_eq!(again.add(&submission(9, 9, "a"), 1_700_000_003).status(), 200);
}

#[test]
fn a_split_view_and_a_rollback_are_refused_and_both_checkpoints_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let witness = witness(folder.path());
    assert_eq!(witness.add(&submission(0, 5, "a"), 1).status(), 200);
    let (status, problem) = refusal(witness.add(&submission(5, 5, "b"), 2));
    assert_eq!(status, 422);
    assert!(problem.starts_with("split view: two signed trees of 5 entries have different roots"), "{problem}");
    let evidence: Vec<_> = std::fs::read_dir(folder.path().join("evidence")).expect("a folder").collect();
    assert_eq!(evidence.len(), 1, "one log");
    let of_log = evidence[0].as_ref().expect("an entry").path();
    let both = std::fs::read_dir(&of_log).expect("a folder").next().expect("one").expect("an entry").path();
    // Anybody can check: both are signed by the log.
    let roots = ["cosigned.checkpoint", "submitted.checkpoint"].map(|name| {
        let note = Note::parse(&std::fs::read(both.join(name)).expect("kept")).expect("a note");
        Checkpoint::of_note(&note, log().verifier()).expect("signed").root
    });
    assert_ne!(roots[0], roots[1]);
    // The same two are kept once.
    assert_eq!(refusal(witness.add(&submission(5, 5, "b"), 2)).1, problem);
    assert_eq!(std::fs::read_dir(&of_log).expect("a folder").count(), 1);
    // A rollback is told where the witness stands; it is never cosigned.
    assert_eq!(witness.add(&submission(3, 4, "a"), 4), Answer::OtherSize(5));
    assert_eq!(witness.newest(ORIGIN).expect("readable").map(|note| note.text().contains("\n5\n")), Some(true));
}

/// A checkpoint that everybody can fetch, with hashes that its log never made.
fn framed(old_size: u64, size: u64, salt: u8) -> Vec<u8> {
    let mut framed = Submission::parse(&submission(old_size, size, "a")).expect("one");
    framed.proof.iter_mut().for_each(|hash| *hash = [salt; 32]);
    framed.to_string().into_bytes()
}

fn count(folder: &Path, name: &str) -> usize {
    let of_logs = std::fs::read_dir(folder.join(name)).expect("a folder");
    of_logs.map(|log| std::fs::read_dir(log.expect("an entry").path()).expect("a folder").count()).sum()
}

#[test]
fn nobody_can_frame_a_log_or_crowd_out_evidence_against_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let witness = witness(folder.path());
    assert_eq!(witness.add(&submission(0, 5, "a"), 1).status(), 200);
    for salt in 0..120 {
        let (status, problem) = refusal(witness.add(&framed(5, 9, salt), 2));
        assert_eq!(status, 422);
        assert!(problem.starts_with("nothing shows that the checkpoint continues the one of 5 entries"), "{problem}");
    }
    assert_eq!((count(folder.path(), "evidence"), count(folder.path(), "unlinked")), (0, 1));
    // Another history that is larger proves nothing either, but its checkpoint is kept; so are the newest hundred.
    let (status, problem) = refusal(witness.add(&submission(5, 8, "b"), 3));
    let kept = problem.split('`').nth(1).expect("it says where").to_owned();
    assert!(status == 422 && Path::new(&kept).exists(), "{problem}");
    for size in 10..130 {
        assert_eq!(refusal(witness.add(&framed(5, size, 1), 4)).0, 422);
    }
    assert_eq!((count(folder.path(), "evidence"), count(folder.path(), "unlinked")), (0, 100));
    assert_eq!(witness.add(&submission(5, 9, "a"), 5).status(), 200, "the log goes on");
    // A contradiction is evidence. After a hundred of them nothing is said to be kept that is not.
    for kind in 0..102 {
        let (_, problem) = refusal(witness.add(&submission(9, 9, &format!("other {kind}")), 6));
        let kept = problem.split('`').nth(1).map(|kept| Path::new(kept).exists());
        assert_eq!(kept, (kind < 100).then_some(true), "{kind}: {problem}");
    }
    assert_eq!(count(folder.path(), "evidence"), 100);
}

#[test]
fn one_process_holds_the_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = witness(folder.path());
    let key = SignerKey::from_seed("witness.example/a", SignatureKind::CosignatureV1, &[2; 32]).expect("a name");
    let second = Witness::open(folder.path(), key, vec![log().verifier().clone()]).err().expect("it is held");
    let WitnessError::Kept(KeptError::Held { holder, .. }) = second else { panic!("{second}") };
    assert_eq!(holder, format!("process {}", std::process::id()));
    drop(first);
    let _again = witness(folder.path());
}

#[test]
fn each_mistake_has_its_status() {
    let folder = tempfile::tempdir().expect("a folder");
    let witness = witness(folder.path());
    assert_eq!(refusal(witness.add(b"hello", 1)).0, 400);
    let foreign = SignerKey::from_seed("other.example", SignatureKind::Ed25519, &[3; 32]).expect("a name");
    let checkpoint = Checkpoint { origin: "other.example".into(), size: 0, root: EMPTY_ROOT };
    let note = checkpoint.sign(&foreign).expect("its own key");
    let strange = Submission { old_size: 0, proof: vec![], checkpoint: note }.to_string();
    assert_eq!(refusal(witness.add(strange.as_bytes(), 1)).0, 404);
    let thief = SignerKey::from_seed(ORIGIN, SignatureKind::Ed25519, &[3; 32]).expect("a name");
    let note = Checkpoint { origin: ORIGIN.into(), size: 0, root: EMPTY_ROOT }.sign(&thief).expect("its own key");
    let stolen = Submission { old_size: 0, proof: vec![], checkpoint: note }.to_string();
    assert_eq!(refusal(witness.add(stolen.as_bytes(), 1)).0, 403);
    let backwards = String::from_utf8(submission(0, 5, "a")).expect("text").replace("old 0", "old 6");
    assert_eq!(refusal(witness.add(backwards.as_bytes(), 1)).0, 400);
    assert_eq!(witness.add(&submission(3, 5, "a"), 1), Answer::OtherSize(0));
    assert_eq!(witness.add(&submission(0, 5, "a"), 1).status(), 200);
    let mut long = Submission::parse(&submission(5, 8, "a")).expect("one");
    long.proof.push([0; 32]);
    assert_eq!(refusal(witness.add(long.to_string().as_bytes(), 1)).0, 422);
}

#[test]
fn two_at_once_never_roll_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let witness = witness(folder.path());
    assert_eq!(witness.add(&submission(0, 5, "a"), 1).status(), 200);
    std::thread::scope(|scope| {
        for size in 6..14 {
            let witness = &witness;
            scope.spawn(move || witness.add(&submission(5, size, "a"), 2));
        }
    });
    let kept = witness.newest(ORIGIN).expect("readable").expect("kept");
    let size = Checkpoint::parse(kept.text()).expect("a checkpoint").size;
    // One of them was first; the others were told so.
    assert!((6..14).contains(&size));
    assert_eq!(witness.add(&submission(5, 20, "a"), 3), Answer::OtherSize(size));
}

#[test]
fn a_damaged_memory_silences_it_for_that_log_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(witness(folder.path()).add(&submission(0, 5, "a"), 1).status(), 200);
    let logs = folder.path().join("logs");
    let file = std::fs::read_dir(logs).expect("a folder").next().expect("one").expect("an entry").path();
    std::fs::write(file, "nonsense").expect("written");
    let other = SignerKey::from_seed("other.example", SignatureKind::Ed25519, &[3; 32]).expect("a name");
    let key = SignerKey::from_seed("witness.example/a", SignatureKind::CosignatureV1, &[2; 32]).expect("a name");
    let logs = vec![log().verifier().clone(), other.verifier().clone()];
    let witness = Witness::open(folder.path(), key, logs).expect("it opens");
    let (status, problem) = refusal(witness.add(&submission(5, 9, "a"), 2));
    assert!(status == 500 && problem.contains("is damaged"), "{status} {problem}");
    let note = Checkpoint { origin: "other.example".into(), size: 0, root: EMPTY_ROOT }.sign(&other).expect("its key");
    let theirs = Submission { old_size: 0, proof: vec![], checkpoint: note }.to_string();
    assert_eq!(witness.add(theirs.as_bytes(), 3).status(), 200);
}

/// A checkpoint that everybody can fetch, with as many lines below it as a note may have.
fn with_strangers(submission: &[u8], count: u8) -> Vec<u8> {
    let lines =
        (0..count).map(|i| Signature { name: format!("junk.example/{i}"), key_id: i.into(), bytes: vec![i; 8] });
    let lines: String = lines.map(|line| format!("{line}\n")).collect();
    [submission, lines.as_bytes()].concat()
}

#[test]
fn what_strangers_sign_is_neither_kept_nor_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = witness(folder.path());
    assert_eq!(first.add(&with_strangers(&submission(0, 5, "a"), 99), 1).status(), 200);
    assert_eq!(first.newest(ORIGIN).expect("readable").expect("kept").signatures().len(), 2);
    drop(first);
    let again = witness(folder.path());
    assert_eq!(again.add(&submission(5, 6, "a"), 2).status(), 200, "it goes on, after a restart too");
    assert_eq!(refusal(again.add(&with_strangers(&submission(6, 6, "b"), 99), 3)).0, 422);
    let folders = std::fs::read_dir(folder.path().join("evidence")).expect("a folder").flatten();
    for both in folders.flat_map(|of_log| std::fs::read_dir(of_log.path()).expect("a folder").flatten()) {
        let kept = std::fs::read_to_string(both.path().join("submitted.checkpoint")).expect("kept");
        assert!(!kept.contains("junk"), "{kept}");
    }
    // A folder that the release of 22 November spoilt in this way is as good as before.
    let file = std::fs::read_dir(folder.path().join("logs")).expect("a folder").next().expect("one").expect("an entry");
    let kept = std::fs::read_to_string(file.path()).expect("kept");
    let (text, own) = kept.trim_end().rsplit_once('\n').expect("two signatures");
    let spoilt = with_strangers(format!("{text}\n").as_bytes(), 99);
    std::fs::write(file.path(), [&spoilt, own.as_bytes(), b"\n"].concat()).expect("written");
    assert_eq!(again.add(&submission(6, 7, "a"), 4).status(), 200);
}

#[test]
fn any_log_that_keeps_to_the_standard_is_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let witness = witness(folder.path());
    let signed = |size: u64, kind: &str, more: &str| {
        let root = tree_root(&levels(size, kind), size).expect("at hand");
        let text = format!("{}{more}", Checkpoint { origin: ORIGIN.into(), size, root });
        let mut note = Note::new(text).expect("a text");
        note.sign(&log()).expect("its key");
        note
    };
    let submit = |old_size, size, kind: &str, more: &str| {
        let proof = prove_consistency(&levels(size, kind), old_size, size).expect("at hand");
        Submission { old_size, proof, checkpoint: signed(size, kind, more) }.to_string().into_bytes()
    };
    assert_eq!(witness.add(&submit(0, 5, "a", "a line of its own\n"), 1).status(), 200);
    assert_eq!(refusal(witness.add(&submit(5, 6, "a", "\n"), 2)).0, 400, "an empty line is none");
    // Where a submission begins elsewhere it is told so first; the contradiction is kept all the same.
    assert_eq!(witness.add(&submit(0, 5, "b", ""), 3), Answer::OtherSize(5));
    assert_eq!(count(folder.path(), "evidence"), 1);
    // A second line of the log's key that does not verify condemns the note.
    let good = String::from_utf8(submission(5, 6, "a")).expect("text");
    let line = good.lines().last().expect("a signature");
    let mut bad = Signature::parse(line).expect("a signature");
    bad.bytes[3] ^= 1;
    assert_eq!(refusal(witness.add(format!("{good}{bad}\n").as_bytes(), 4)).0, 403);
    assert_eq!(witness.add(good.as_bytes(), 5).status(), 200);
}
