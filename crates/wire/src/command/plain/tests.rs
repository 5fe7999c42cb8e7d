use super::*;

const DRAW: &str = r#"{"id":"01890a5d-ac96-774b-bcce-b302099a8057","party":"A","maker":"Kim","effective":"2026-03-10","act":"draw","lot":"L","site":"S","quantity":"1 t"}"#;

#[test]
fn plain_lines_go_the_short_way_and_mean_the_same() {
    let short = read(DRAW.as_bytes()).expect("plain");
    // One escape, and it goes the long way.
    let long = DRAW.replace("\"draw\"", "\"dr\\u0061w\"");
    assert_eq!(read(long.as_bytes()), None);
    assert_eq!(Command::from_json(long.as_bytes()), Ok(short));
}

#[test]
fn whatever_is_wrong_is_left_to_the_long_way() {
    for (from, to) in [
        ("\"L\"", "7"),
        ("\"L\"", "null"),
        ("\"L\"", "\"L\",\"lot\":\"L\""),
        ("\"lot\"", "\"lots\""),
        ("\"A\"", "\"A\",\"party\":\"A\""),
        ("\"Kim\"", "\"\""),
        ("draw", "drew"),
        ("2026-03-10", "2026-3-10"),
        ("01890a5d", "x"),
        ("}", ""),
        ("}", "}}"),
        ("\"1 t\"", "[\"1 t\"]"),
    ] {
        let text = DRAW.replacen(from, to, 1);
        assert_eq!(read(text.as_bytes()), None, "{text}");
        assert!(Command::from_json(text.as_bytes()).is_err(), "{text}");
    }
}
