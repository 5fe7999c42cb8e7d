use super::*;

fn mapping() -> Mapping {
    Mapping::parse(
        r#"
        name = "test"
        source = "made up"
        format = "csv"
        party = "P"
        date = "day"
        missing = [":", "NA"]
        zero = ["-"]
        flags = ["E", "p"]
        thousands = ","
        [[column]]
        column = "stock"
        kind = "stock"
        unit = "t"
        site = "S"
        lot = "L"
        material = "M"
        "#,
    )
    .expect("a mapping")
}

fn check(text: &str, expected: Result<Option<(&str, Option<&str>)>, FigureError>) {
    let expected = expected.map(|figure| match figure {
        None => Figure::Missing,
        Some((number, flag)) => Figure::Given { number: number.into(), flag: flag.map(str::to_owned) },
    });
    assert_eq!(Figure::read(text, mapping().marks()), expected, "{text}");
}

#[test]
fn missing_is_not_zero() {
    check(":", Ok(None));
    check("NA", Ok(None));
    check("", Ok(None));
    check("-", Ok(Some(("0", None))));
    check("0", Ok(Some(("0", None))));
}

#[test]
fn flags_and_thousands_are_understood() {
    check("1,234.5", Ok(Some(("1234.5", None))));
    check("120 E", Ok(Some(("120", Some("E")))));
    check("7p", Ok(Some(("7", Some("p")))));
}

#[test]
fn what_is_no_figure_is_said_to_be_none() {
    check(">95", Err(FigureError::Bound(">95".into())));
    check("-5", Err(FigureError::Negative("-5".into())));
    check("12a", Err(FigureError::NotAFigure("12a".into())));
    check("1.2.3", Err(FigureError::NotAFigure("1.2.3".into())));
    check("1e5", Err(FigureError::NotAFigure("1e5".into())));
    check("NaN", Err(FigureError::NotAFigure("NaN".into())));
}

#[test]
fn thousands_stand_between_groups_of_three() {
    // A European decimal was once read as a thousandth of itself, in silence.
    let grouping = |text: &str| FigureError::Grouping { text: text.into(), thousands: ",".into(), decimal: '.' };
    for text in ["1.200,5", "1,2,3", "1,20", "1234,567", ",123", "0,123", "1,234,", "1.2,345"] {
        check(text, Err(grouping(text)));
    }
    check("1,234,567.25", Ok(Some(("1234567.25", None))));
    check("999,000", Ok(Some(("999000", None))));
}
