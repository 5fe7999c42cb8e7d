use super::*;

fn problem(text: &str) -> String {
    match serde_json::from_str::<Strict>(text) {
        Ok(Strict(value)) => format!("read: {value}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_is_sound_is_read_as_it_is() {
    assert_eq!(problem(r#"{"a":[1,-2,0.5,true,null,"x"],"b":{}}"#), r#"read: {"a":[1,-2,0.5,true,null,"x"],"b":{}}"#);
}

#[test]
fn a_key_given_twice_is_named() {
    assert!(problem(r#"{"a":1,"b":{"c":1,"c":2}}"#).starts_with("the field `c` is given twice at line 1"));
}

#[test]
fn control_characters_and_overlong_texts_are_errors() {
    assert!(problem(r#"{"a":"x\u0007"}"#).starts_with("a text with a control character"));
    assert!(
        problem(&format!(r#"{{"a":"{}"}}"#, "x".repeat(1_001))).starts_with("a text of 1001 bytes; the most is 1000")
    );
}
