use proptest::prelude::*;

use super::*;
use crate::{Checkpoint, SignatureKind, SignerKey};

fn submission(old_size: u64, proof: Vec<Hash>) -> Submission {
    let log = SignerKey::from_seed("log.example", SignatureKind::Ed25519, &[6; 32]).expect("a name");
    let checkpoint = Checkpoint { origin: "log.example".into(), size: 11, root: [1; 32] };
    Submission { old_size, proof, checkpoint: checkpoint.sign(&log).expect("its own key") }
}

#[test]
fn a_submission_is_written_as_the_standard_has_it_and_read_back() {
    let written = submission(5, vec![[0; 32]; 2]).to_string();
    let zero = text::encode([0; 32]);
    assert!(written.starts_with(&format!("old 5\n{zero}\n{zero}\n\nlog.example\n11\n")), "{written}");
    assert_eq!(Submission::parse(written.as_bytes()), Ok(submission(5, vec![[0; 32]; 2])));
    let empty = submission(0, vec![]);
    assert_eq!(Submission::parse(empty.to_string().as_bytes()), Ok(empty));
}

#[test]
fn each_mistake_is_named() {
    let good = submission(5, vec![[0; 32]]).to_string();
    let check = |text: &str, error| assert_eq!(Submission::parse(text.as_bytes()), Err(error), "{text}");
    check("", SubmissionError::CheckpointMissing);
    check(&good.replace("old 5", "old 05"), SubmissionError::BadOldSize);
    check(&good.replace("old 5", "new 5"), SubmissionError::BadOldSize);
    check(&good.replacen("AAAA", "!", 1), SubmissionError::BadHash { line: 1 });
    check("old 5\n\nx\n", SubmissionError::Note(NoteError::SignaturesMissing));
    let long = submission(5, vec![[0; 32]; 64]).to_string();
    check(&long, SubmissionError::TooManyHashes);
    assert_eq!(Submission::parse(&[0xff]), Err(SubmissionError::NotText));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>) {
        let _ = Submission::parse(&bytes);
        let _ = crate::Policy::parse(&bytes);
    }
}
