use super::*;

const LINE: &str = r#"{"seq":7,"recorded_at":"2026-01-27T10:00:00.000005Z","outcome":"done","command":{"id":"00000000-0000-7000-8000-0000000000ab","party":"AGENCY","maker":"Sa \"to\"","effective":"2026-01-27","act":"draw","lot":"L1","site":"North","quantity":"2.5 t"},"entries":[{"lot":"L1","source":{"place":"North","owner":"AGENCY"},"target":{"place":"outside","owner":"AGENCY"},"quantity":"2.5 t net","day":"2026-01-27"}],"claims":[{"x":[1,{"y":"}]"}]}]}"#;

fn facts(units: u64) -> Facts {
    let id = *b"\0\0\0\0\0\0\x70\0\x80\0\0\0\0\0\0\xab";
    let recorded_us = (20_480 * 86_400 + 36_000) * 1_000_000 + 5;
    let legs = vec![Leg { source: 4, target: 5, units, day: None }];
    Facts {
        recorded_us,
        id,
        party: 1,
        effective: 20_480,
        legs,
        outcome: "done",
        act: Some(8),
        announcement: None,
        known_by: None,
    }
}

#[test]
fn a_line_that_says_what_the_entry_says_holds() {
    assert_eq!(Shown::default().check(LINE, 7, &facts(2_500_000_000), &[]), Ok(()));
}

#[test]
fn whatever_the_line_says_otherwise_is_found() {
    let changes = [
        ("\"seq\":7", "\"seq\":8"),
        ("\"done\"", "\"held\""),
        ("00.000005Z", "00.000006Z"),
        ("00ab\"", "00ac\""),
        ("\"act\":\"draw\"", "\"act\":\"deposit\""),
        ("\"act\":\"draw\"", "\"act\":\"draw\",\"act\":\"deposit\""),
        ("\"act\":\"draw\"", "\"act\":\"draw\",\"\\u0061ct\":\"deposit\""),
        ("\"effective\":\"2026-01-27\"", "\"effective\":\"2026-01-28\""),
        ("\"day\":\"2026-01-27\"", "\"day\":\"2026-01-26\""),
        ("\"outcome\":\"done\"", "\"outcome\":\"done\",\"outcome\":\"refused\""),
        ("\"outcome\":\"done\"", "\"outcome\":\"done\",\"code\":\"exceeds_balance\""),
        (",\"claims\":", ",\"entries\":[],\"claims\":"),
        ("\"entries\":[{", "\"entries\":[],\"more\":[{"),
        ("\"2.5 t net\",\"day\"", "\"much\",\"day\""),
        ("}]}]}", "}]}]} "),
    ];
    for (from, to) in changes {
        assert!(LINE.contains(from), "{from}");
        let checked = Shown::default().check(&LINE.replacen(from, to, 1), 7, &facts(2_500_000_000), &[]);
        assert!(checked.is_err(), "{to}");
    }
}

/// `exceeds_balance` of lot L1, which held 5 on 2026-01-27: in facts, or in words as it was before there were facts.
fn refusal(has_facts: bool) -> (Vec<u8>, Facts, String) {
    let mut entry = vec![0x89, 0x40, 0, 0x40, 0, 0, 0x80, 0x80, 0x80, 0x82, 2, if has_facts { 0x85 } else { 0x84 }];
    let text = |entry: &mut Vec<u8>, text: &str| {
        entry.push(0x60 + u8::try_from(text.len()).expect("short"));
        entry.extend(text.bytes());
    };
    text(&mut entry, "exceeds_balance");
    text(&mut entry, if has_facts { "" } else { "too little" });
    text(&mut entry, "");
    text(&mut entry, "{\"act\":\"x\"}");
    if has_facts {
        entry.extend([0xa3, 1, 5, 11, 0xd8, 100, 0x19, 0x50, 0x00, 16]);
        text(&mut entry, "L1");
    }
    let facts = Facts { outcome: "refused", act: None, legs: Vec::new(), ..facts(1) };
    let told = if has_facts { r#","facts":{"event":5,"day":"2026-01-27","lot":"L1"}"# } else { "" };
    let line = format!(
        r#"{{"seq":7,"recorded_at":"2026-01-27T10:00:00.000005Z","outcome":"refused","code":"exceeds_balance","message":"too little"{told},"command":{{"act":"x"}},"entries":[]}}"#
    );
    (entry, facts, line)
}

#[test]
fn a_refusal_shows_the_facts_of_its_entry_or_its_old_words() {
    for has_facts in [true, false] {
        let (entry, facts, line) = refusal(has_facts);
        let check = |line: &str| Shown::default().check(line, 7, &facts, &entry);
        assert_eq!(check(&line), Ok(()));
        // What a sentence is made of is in the entry; the sentence itself is signed only.
        assert_eq!(check(&line.replace("too little", "zu wenig")).is_ok(), has_facts);
        assert!(check(&line.replace("exceeds_balance", "exceeds_available")).is_err());
        let changes = [
            ("5,", "6,"),
            ("-27\",\"lot", "-28\",\"lot"),
            ("L1", "L2"),
            ("\"lot\"", "\"place\""),
            (",\"lot\":\"L1\"", ""),
        ];
        for (from, to) in changes.iter().filter(|_| has_facts) {
            assert!(line.contains(from), "{from}");
            assert!(check(&line.replacen(from, to, 1)).is_err(), "{to}");
        }
    }
}

#[test]
fn a_lot_is_shown_in_one_measure() {
    let mut shown = Shown::default();
    assert_eq!(shown.check(LINE, 7, &facts(2_500_000_000), &[]), Ok(()));
    let moved = |quantity: &str| LINE.replace("\"2.5 t net\"", &format!("\"{quantity}\""));
    assert_eq!(shown.check(&moved("25 t net"), 7, &facts(25_000_000_000), &[]), Ok(()));
    for wrong in ["9 t net", "4.001 t net", "4 kg net", "-4 t net", "4"] {
        assert!(shown.check(&moved(wrong), 7, &facts(4_000_000_000), &[]).is_err(), "{wrong}");
    }
    assert_eq!(shown.check(&moved("4 t net"), 7, &facts(4_000_000_000), &[]), Ok(()));
    // What is rounded to six decimals may differ by as much: milligrams in pounds.
    let mut shown = Shown::default();
    assert_eq!(shown.check(&moved("0.000002 lb net"), 7, &facts(1), &[]), Ok(()));
    assert_eq!(shown.check(&moved("2.204623 lb net"), 7, &facts(1_000_000), &[]), Ok(()));
    assert_eq!(shown.check(&moved("4.409245 lb net"), 7, &facts(2_000_000), &[]), Ok(()));
    assert!(shown.check(&moved("4.409249 lb net"), 7, &facts(2_000_000), &[]).is_err());
}

#[test]
fn nonsense_is_refused_and_never_panics() {
    for end in 0..LINE.len() {
        assert!(Shown::default().check(&LINE[..end], 7, &facts(2_500_000_000), &[]).is_err());
    }
    for text in
        ["\"\\", "\"é\\é\"", "{\"seq\":", "{\"seq\":7,\"recorded_at\":\"\",\"outcome\":\"\",\"command\":}", "[[[", ""]
    {
        assert!(Shown::default().check(text, 7, &facts(1), &[]).is_err(), "{text}");
    }
}

#[test]
fn what_is_said_of_how_the_asker_was_known_is_that_of_the_entry() {
    let line = |known_by: &str| LINE.replacen(",\"entries\":", &format!("{known_by},\"entries\":"), 1);
    let check = |facts: &Facts, line: &str| Shown::default().check(line, 7, facts, &[]);
    let claimed = facts(2_500_000_000);
    let known = |by: KnownBy| Facts { known_by: Some(by), ..facts(2_500_000_000) };
    for (facts, said, holds) in [
        (&claimed, "", true),
        (&claimed, ",\"known_by\":\"claimed\"", true),
        (&claimed, ",\"known_by\":\"person JOGMEC/1\"", false),
        (&known(KnownBy::Token("desk".into())), ",\"known_by\":\"token desk\"", true),
        (&known(KnownBy::Token("desk".into())), ",\"known_by\":\"token desk 2\"", false),
        (&known(KnownBy::Token("desk".into())), "", false),
        (&known(KnownBy::Key("UABC".into())), ",\"known_by\":\"claimed\"", false),
        (&known(KnownBy::Person(3)), ",\"known_by\":\"person JOGMEC/1\"", true),
        (&known(KnownBy::Person(3)), ",\"known_by\":\"key UABC\"", false),
    ] {
        assert_eq!(check(facts, &line(said)).is_ok(), holds, "{facts:?} {said}: {:?}", check(facts, &line(said)));
    }
}
