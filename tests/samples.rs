//! Events that older versions wrote are decoded by every later one, for ever.
//!
//! `schemas/samples/events-1.txt` holds one event of each act and outcome of format 1, as hexadecimal. With
//! `GRANARY_BLESS=1` an act that has none yet gets one; what is there is never written again.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use books::Outcome;

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/samples/events-1.txt")
}

fn samples() -> BTreeMap<String, Vec<u8>> {
    let text = fs::read_to_string(path()).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| line.split_once(' ').expect("a name and an event"))
        .map(|(name, hex)| (name.to_owned(), bytes(hex)))
        .collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal");
    (0..hex.len()).step_by(2).map(digit).collect()
}

/// What an event is a sample of: its act, and its outcome where that is not "done". Refusals kept their words, before they
/// kept their facts.
fn name(event: &books::Event) -> String {
    match &event.outcome {
        Outcome::Refused(refused) if refused.facts.is_some() => "refused_by_facts".into(),
        Outcome::Refused(_) => "refused".into(),
        // Figures are published by an approval: the act itself only ever waits.
        Outcome::Held(books::Act::Publish(_)) => "publish".into(),
        Outcome::Held(_) => "held".into(),
        done => done.word().expect("only a refusal has no word").into(),
    }
}

#[test]
fn every_later_version_decodes_old_events() {
    let samples = samples();
    for (wanted, bytes) in &samples {
        let event = wire::event::decode(bytes).unwrap_or_else(|error| panic!("the sample of `{wanted}`: {error}"));
        assert_eq!(name(&event), *wanted);
        let mut written = Vec::new();
        wire::event::encode(&event, &mut written).expect("no larger than it was");
        assert_eq!(written, *bytes, "the sample of `{wanted}` is written as it was");
    }
}

#[test]
fn every_act_has_a_sample() {
    let mut samples = samples();
    if std::env::var_os("GRANARY_BLESS").is_some() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        let mut files: Vec<PathBuf> =
            fs::read_dir(&folder).expect("scenarios").map(|file| file.expect("a file").path()).collect();
        files.sort();
        for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "txt")) {
            let text = fs::read_to_string(file).expect("readable");
            let (_, world) = testkit::script::answers(&text, &folder).expect("a scenario");
            for bytes in world.events() {
                let event = wire::event::decode(bytes).expect("an event");
                samples.entry(name(&event)).or_insert_with(|| bytes.clone());
            }
        }
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let lines: String = samples.iter().map(|(name, bytes)| format!("{name} {}\n", hex(bytes))).collect();
        let head =
            "# One event of each act and outcome, as version 1 of the format wrote it. Never changed, only added to.\n";
        fs::write(path(), format!("{head}{lines}")).expect("written");
    }
    for word in wire::Act::WORDS.iter().chain(&["held", "refused", "refused_by_facts"]) {
        assert!(samples.contains_key(*word), "`{word}` has no sample; run with GRANARY_BLESS=1 to add one");
    }
}
