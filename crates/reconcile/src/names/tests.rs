use super::*;

#[test]
fn a_text_keeps_its_number() {
    let mut names = Names::default();
    assert_eq!((names.number("JP"), names.number("KR"), names.number("JP")), (0, 1, 0));
    assert_eq!((names.text(1), names.text(2)), (Some("KR"), None));
}

#[test]
fn parts_share_the_stem_of_the_whole() {
    for reference in ["PO-7", "PO-7/1", "PO-7#12", "PO-7.b"] {
        assert_eq!(stem(reference), "PO-7");
    }
    assert_eq!((stem(""), stem("/1"), stem("積/2")), ("", "/1", "積"));
}
