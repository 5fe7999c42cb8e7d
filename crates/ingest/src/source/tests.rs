use super::*;

#[test]
fn numbers_in_json_keep_every_digit() {
    let check = |number: &str, kept: &str| {
        let file = format!(r#"[{{"x":{number}}}]"#);
        let records = records(file.as_bytes(), SourceFormat::Json, None, &["x"]).expect("JSON");
        let record = records[0].as_ref().expect("an object");
        assert_eq!(record.text("x"), Some(kept), "{number}");
    };
    check("1234567890.12345678", "1234567890.12345678");
    check("10000.100000000000001", "10000.100000000000001");
    check("9007199254740993.5", "9007199254740993.5");
    check("18446744073709551616", "18446744073709551616");
    check("0.10", "0.10");
    check("1e-7", "0.0000001");
    check("1.25E2", "125");
    check("12.5e+1", "125");
    check("-1.5e1", "-15");
    check("0e0", "0");
    check("1e400", "1e400");
    check("null", "");
    check("true", "true");
    check(r#""a \u00e9""#, "a é");
}

#[test]
fn an_entry_that_is_no_object_says_which_it_is() {
    let records = records(&br#"[{"x":1},7]"#[..], SourceFormat::Json, None, &["x"]).expect("an array");
    assert_eq!(records[1].as_ref().expect_err("a number").line(), 2);
    let whole = |file: &[u8]| super::records(file, SourceFormat::Json, None, &[]).expect_err("no array").to_string();
    assert_eq!(whole(b"{}"), "the file is not an array of JSON objects: it is something else");
    assert_eq!(whole(b"[1"), "read the file as JSON");
}
