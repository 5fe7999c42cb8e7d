use super::*;

const LINE: &str = r#"{"seq":7,"recorded_at":"2026-01-27T10:00:00.000005Z","outcome":"done","command":{"id":"00000000-0000-7000-8000-0000000000ab","party":"AGENCY","maker":"Sa \"to\"","effective":"2026-01-27","act":"draw","lot":"L1","site":"North","quantity":"2.5 t"},"entries":[{"lot":"L1","source":{"place":"North","owner":"AGENCY"},"target":{"place":"outside","owner":"AGENCY"},"quantity":"2.5 t net","day":"2026-01-27"}],"claims":[{"x":[1,{"y":"}]"}]}]}"#;

fn facts(units: u64) -> Facts {
    let id = *b"\0\0\0\0\0\0\x70\0\x80\0\0\0\0\0\0\xab";
    let recorded_us = (20_480 * 86_400 + 36_000) * 1_000_000 + 5;
    let legs = vec![Leg { source: 4, target: 5, units, day: None }];
    Facts { recorded_us, id, party: 1, effective: 20_480, legs, outcome: "done", act: Some(8), announcement: None }
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
