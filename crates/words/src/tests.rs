//! Every catalogue has every entry, none too many, and asks for nothing that is not given.

use std::collections::BTreeSet;

use books::FactName;
use books::rejection::{CODES, Code, FAULTS, OF_SENDERS};

use super::CATALOGUES;
use super::check::entries;

fn codes() -> impl Iterator<Item = &'static Code> {
    CODES.iter().chain(OF_SENDERS)
}

/// Entries that others are made of.
const PARTS: &[&str] = &["word-account", "word-kind", "word-part", "word-tally"];

#[test]
fn every_catalogue_tells_every_refusal_and_asks_for_no_fact_that_is_not_given() {
    for (tag, catalogue) in CATALOGUES {
        let found = entries(catalogue);
        let mut wanted: BTreeSet<String> = PARTS.iter().map(|part| (*part).to_owned()).collect();
        for code in codes() {
            let given: BTreeSet<&str> = code.facts.iter().map(|fact| fact.word()).collect();
            for name in [format!("refused-{}", code.code), format!("refused-{}.hint", code.code)] {
                let asked = found.get(&name).unwrap_or_else(|| panic!("`{tag}` lacks `{name}`"));
                let parts = asked.entries.iter().map(|part| found.get(part).unwrap_or_else(|| panic!("`{part}`")));
                for variable in parts.flat_map(|part| &part.variables).chain(&asked.variables) {
                    assert!(given.contains(variable.as_str()), "`{tag}`: `{name}` asks for `{variable}`");
                }
                wanted.insert(name);
            }
        }
        for fault in FAULTS {
            let name = format!("fault-{}", fault.code);
            let asked = found.get(&name).unwrap_or_else(|| panic!("`{tag}` lacks `{name}`"));
            assert!(asked.entries.iter().all(|part| PARTS.contains(&part.as_str())), "`{tag}`: `{name}`");
            let asked = asked.entries.iter().flat_map(|part| &found[part].variables).chain(&asked.variables);
            let given: BTreeSet<&str> = fault.facts.iter().map(|fact| fact.word()).collect();
            let foreign: Vec<&String> = asked.filter(|asked| !given.contains(asked.as_str())).collect();
            assert!(foreign.is_empty(), "`{tag}`: `{name}` asks for {foreign:?}");
            wanted.insert(name);
        }
        // Headings and words of lists are held against the questions, where those are.
        let ours =
            found.keys().filter(|name| ["refused-", "fault-", "word-"].iter().any(|start| name.starts_with(start)));
        let superfluous: Vec<&String> = ours.filter(|name| !wanted.contains(*name)).collect();
        assert!(superfluous.is_empty(), "`{tag}` says what nobody asks for: {superfluous:?}");
    }
}

/// A sentence that leaves out a fact is a poorer one: each is in the sentence or in the hint.
#[test]
fn english_tells_every_fact() {
    let found = entries(CATALOGUES[0].1);
    for code in codes() {
        let mut told = BTreeSet::new();
        for name in [format!("refused-{}", code.code), format!("refused-{}.hint", code.code)] {
            let asked = &found[&name];
            told.extend(asked.variables.iter().chain(asked.entries.iter().flat_map(|part| &found[part].variables)));
        }
        // What is wrong is told by the entry of the fault, which stands where the sentence of old stood.
        for fact in code.facts.iter().filter(|fact| **fact != FactName::Fault) {
            assert!(told.contains(&fact.word().to_owned()), "`{}` does not tell `{}`", code.code, fact.word());
        }
    }
    for fault in FAULTS {
        let asked = &found[&format!("fault-{}", fault.code)];
        let told: BTreeSet<&String> =
            asked.variables.iter().chain(asked.entries.iter().flat_map(|part| &found[part].variables)).collect();
        for fact in fault.facts {
            assert!(told.contains(&fact.word().to_owned()), "`{}` does not tell `{}`", fault.code, fact.word());
        }
    }
}

/// Kinds and tallies are chosen by their codes: one that is missing would be told as another.
#[test]
fn every_kind_and_tally_has_a_word_of_its_own() {
    let english = super::english();
    for (entry, name, codes) in [
        ("word-kind", "kind", books::Kind::ALL.iter().map(|kind| kind.code()).collect::<Vec<_>>()),
        ("word-part", "part", books::rejection::Part::ALL.iter().map(|part| part.code()).collect()),
        ("fault-fact_part_missing", "part", books::rejection::FactPart::ALL.iter().map(|part| part.code()).collect()),
        ("word-tally", "tally", books::TallyKind::ALL.iter().map(|kind| kind.code()).collect()),
    ] {
        let mut told = BTreeSet::new();
        for code in &codes {
            let mut args = fluent_bundle::FluentArgs::new();
            args.set(name, *code);
            let word = english.format(entry, None, &args).expect("an entry");
            assert!(told.insert(word.clone()), "`{word}` is the word of two kinds, one of them `{code}`");
        }
    }
}

#[test]
fn a_refusal_is_told_from_its_facts_and_one_of_before_in_its_own_words() {
    use books::{Day, FactName, Refused};
    let code = books::rejection::code("exceeds_balance").expect("a code");
    let facts = [
        (FactName::Lot, "L1".into()),
        (FactName::Owner, "JOGMEC".into()),
        (FactName::Place, "Ibaraki".into()),
        (FactName::Quantity, "0 t net".into()),
        (FactName::Day, Day(20_521).into()),
    ];
    let told = super::refused(&Refused::new(code, facts.into(), String::new()));
    assert_eq!(told.message, "lot `L1` of `JOGMEC` at `Ibaraki` held 0 t net on 2026-03-09");
    assert_eq!(told.hint, "see `granary history --lot=L1`");
    let old = Refused {
        code: "exceeds_balance".into(),
        message: "too little".into(),
        hint: "look".into(),
        command: String::new(),
        facts: None,
    };
    assert_eq!(super::refused(&old), super::Told { message: "too little".into(), hint: "look".into() });
}

/// A fact that is not there is no gap in the sentence.
#[test]
fn what_is_not_there_is_left_out() {
    use books::{Day, FactName, Refused};
    let code = books::rejection::code("authority_not_in_force").expect("a code");
    let facts = [(FactName::Authority, "A1".into()), (FactName::First, Day(20_521).into())];
    let told = super::refused(&Refused::new(code, facts.into(), String::new()));
    assert_eq!(told.message, "authority `A1` is in force from 2026-03-09");
}

/// What is wrong is told by its code; a sentence that was recorded before faults had codes is told as it is.
#[test]
fn a_fault_is_told_from_its_code_and_a_sentence_of_before_as_it_was() {
    use books::{Fault, Refused, Rejection};
    let books = books::Books::new();
    let told = |rejection: Rejection| super::refused(&rejection.refused(&books, String::new())).message;
    assert_eq!(told(Rejection::invalid("last", Fault::BeforeFirst)), "`last`: lies before `first`");
    let share = Fault::ShareAboveWhole { text: "120%".into() };
    assert_eq!(told(Rejection::unreadable("ppm", share).at_line(3)), "`ppm`: line 3: `120%` is more than the whole");
    let code = books::rejection::code("invalid_value").expect("a code");
    let facts = [(FactName::Field, "last".into()), (FactName::Problem, "is not a day of ours".into())];
    let old = super::refused(&Refused::new(code, facts.into(), String::new()));
    assert_eq!(old.message, "`last`: is not a day of ours");
}

#[test]
fn the_language_that_is_liked_best_among_those_that_are_there_is_spoken() {
    let tag = |words: &super::Words| words.tag().to_owned();
    for accepted in ["", "*", "xx", "xx, en;q=0.2", "en-GB, xx;q=0.1", "en;q=0", ";;,,q=", "en_US"] {
        assert_eq!(tag(super::accepted(accepted)), "en", "{accepted}");
    }
    assert!(super::of("xx").is_none() && super::of_locale("C").is_none() && super::of_locale("POSIX").is_none());
    assert_eq!(super::of_locale("en_US.UTF-8").map(tag).as_deref(), Some("en"));
}

/// A language is a file: nothing else names it. What it lacks is told in English.
#[test]
fn a_catalogue_that_is_taken_in_speaks_at_once_and_is_found_by_its_kin() {
    use crate::Saying;
    assert!(super::try_out("qaa", "not a catalogue").is_err() && super::try_out("not a tag", "a = b").is_err());
    let catalogue = "fault-empty = ∅\nfault-before_first = vor\nsaid-within = { $field } → { $problem }";
    let tried = super::try_out("qaa-XB", catalogue).expect("a catalogue");
    assert!(super::try_out("qab", "a = b").is_err());
    for asked in ["qaa-XB", "QAA-xb", "qaa-XB-x-more", "qaa"] {
        assert_eq!(super::of(asked).map(super::Words::tag), Some("qaa-XB"), "{asked}");
    }
    assert_eq!(super::accepted("xx, en;q=0.4, qaa;q=0.5").tag(), "qaa-XB");
    assert_eq!(tried.fault(&books::Fault::Empty), "∅");
    let within = Saying::new("unread-value").with("problem", books::Fault::BeforeFirst).within("last");
    assert_eq!(tried.tell(&within).message, "last → vor");
    assert_eq!(tried.fault(&books::Fault::BeforeEffective), super::english().fault(&books::Fault::BeforeEffective));
    assert_eq!(tried.text("table-nothing"), "nothing to show");
}

/// A lot that somebody called `$(id)` stood bare in a line that others are told to paste.
#[test]
fn a_line_to_paste_runs_nothing_of_what_others_wrote() {
    let words = super::english();
    let told = |lot: &str| words.tell(&super::Saying::new("refused-exceeds_balance").with("lot", lot.to_owned())).hint;
    assert!(told("LOT-1").contains("--lot=LOT-1"), "{}", told("LOT-1"));
    assert!(told("$(id)").contains("--lot='$(id)'"), "{}", told("$(id)"));
    for (lot, typed) in [
        ("  ", "--lot='  '"),
        ("LOT 1", "--lot='LOT 1'"),
        ("--lot", "--lot=--lot"),
        ("-x", "--lot=-x"),
        ("#1", "--lot='#1'"),
    ] {
        assert!(told(lot).contains(typed), "{}", told(lot));
    }
    assert!(told("it's").contains("--lot='it'\\''s'"), "{}", told("it's"));
}
