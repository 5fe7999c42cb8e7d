use super::*;

fn problem(text: &str) -> (Option<String>, Wrong) {
    let misread = read(text.as_bytes(), Texts::OF_COMMANDS).expect_err("it is wrong");
    (misread.field, misread.wrong)
}

#[test]
fn what_is_sound_is_read_as_it_is() {
    let text = r#"{"a":[1,-2,0.5,true,null,"x"],"b":{}}"#;
    for text in [text.to_owned(), format!("\u{feff}{text}"), format!(" {text}\n")] {
        assert_eq!(
            read(text.as_bytes(), Texts::OF_COMMANDS).expect("sound"),
            serde_json::json!({"a":[1,-2,0.5,true,null,"x"],"b":{}})
        );
    }
}

#[test]
fn what_is_wrong_is_told_with_its_field() {
    let at = |field: &str| Some(field.to_owned());
    assert_eq!(problem(r#"{"a":1,"b":{"c":1,"c":2}}"#), (at("b.c"), Wrong::Twice));
    assert_eq!(problem(r#"{"lines":[{"lot":"x"},{"lot":"x\u0007"}]}"#), (at("lines[1].lot"), Wrong::ControlCharacter));
    assert_eq!(problem(r#"{"a":{"x\u0007":1}}"#), (at("a.x\u{fffd}"), Wrong::ControlCharacter));
    let long = format!(r#"{{"b":1,"a":"{}"}}"#, "x".repeat(1_001));
    assert_eq!(problem(&long), (at("a"), Wrong::TextTooLong { count: 1_001, most: 1_000 }));
}

#[test]
fn what_is_no_json_is_told_by_where_it_ends() {
    for (text, line, column) in [("", 1, 0), ("{", 1, 1), ("{\"a\":\n[1,", 2, 3), ("\"a", 1, 2)] {
        assert_eq!(problem(text), (None, Wrong::Unfinished { line, column }), "{text}");
    }
    for (text, line, column) in [("nonsense", 1, 2), ("{\"a\" 1}", 1, 6), ("{}\n}", 2, 1), ("{'a':1}", 1, 2)] {
        assert_eq!(problem(text), (None, Wrong::NotJson { line, column }), "{text}");
    }
    assert_eq!(read(b"{\"a\xff\"}", Texts::OF_COMMANDS).expect_err("no text").wrong, Wrong::NotUtf8 { at: 4 });
}
