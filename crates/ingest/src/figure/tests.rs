use super::*;

fn settings(text: &str) -> FigureSettings {
    let mut table = toml::from_str(text).expect("TOML");
    let mut settings = FigureSettings::take(&mut table).expect("settings");
    for word in ["t", "MT"] {
        settings.units.insert(word.into(), Scale::parse("t").expect("a unit"));
    }
    settings
}

const USUAL: &str = "missing = [\":\", \"NA\"]\nzero = [\"-\"]\nflags = [\"E\", \"p\"]\nthousands = \",\"";

/// The figure with its sign, its flags and its unit, as one text.
fn said(text: &str, settings: &FigureSettings) -> Result<String, FigureError> {
    Figure::read(text, Kind::Text, settings).map(|figure| match figure {
        Figure::Missing => "missing".to_owned(),
        Figure::Given { number, is_negative, flag, unit } => {
            let sign = if is_negative { "-" } else { "" };
            let parts = [Some(format!("{sign}{number}")), flag, unit];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
    })
}

#[test]
fn missing_is_not_zero() {
    let check = |text: &str, expected: &str| assert_eq!(said(text, &settings(USUAL)), Ok(expected.into()), "{text}");
    check(":", "missing");
    check("NA", "missing");
    check("", "missing");
    check("p", "missing");
    check("-", "0");
    check("0", "0");
}

#[test]
fn flags_units_and_signs_stand_where_offices_put_them() {
    let check = |text: &str, expected: &str| assert_eq!(said(text, &settings(USUAL)), Ok(expected.into()), "{text}");
    check("1,234.5", "1234.5");
    check("120 E", "120 E");
    check("7p", "7 p");
    check("20.5-", "-20.5");
    check("(850)", "-850");
    check("\u{2212}3", "-3");
    check("- 0.87", "-0.87");
    check("+4", "4");
    check("-0.0", "0.0");
    check("60 t", "60 t");
    check("1,000MT p", "1000 p MT");
    check("3.05005e+04", "30500.5");
    check("1e-7", "0.0000001");
    check(".5", "0.5");
    let flags = "flags = [\"p\", \"ep\", \"r\"]";
    let check = |text: &str, expected: &str| assert_eq!(said(text, &settings(flags)), Ok(expected.into()), "{text}");
    check("101 ep", "101 ep");
    check("102 r p", "102 p r");
    check("p 103", "103 p");
    check("104 P", "104 p");
}

#[test]
fn what_is_no_figure_is_said_to_be_none() {
    let check = |text: &str, expected: FigureError| assert_eq!(said(text, &settings(USUAL)), Err(expected), "{text}");
    check(">95", FigureError::Bound(">95".into()));
    for text in ["12a", "1.2.3", "NaN", "1e400", "--5", "1 2", "e5", "60 tons", "(5", "5)"] {
        check(text, FigureError::NotAFigure(text.into()));
    }
}

#[test]
fn thousands_stand_between_groups_of_three() {
    // A European decimal was once read as a thousandth of itself, in silence.
    let grouping = |text: &str| FigureError::Grouping { text: text.into(), thousands: ",".into(), decimal: '.' };
    for text in ["1.200,5", "1,2,3", "1,20", "1234,567", ",123", "0,123", "1,234,", "1.2,345"] {
        assert_eq!(said(text, &settings(USUAL)), Err(grouping(text)));
    }
    let check =
        |text: &str, settings: &FigureSettings, expected: &str| assert_eq!(said(text, settings), Ok(expected.into()));
    check("1,234,567.25", &settings(USUAL), "1234567.25");
    check("999,000", &settings(USUAL), "999000");
    let blanks = settings("thousands = \" \"\ndecimal = \",\"");
    for text in ["1 234 567,25", "1\u{a0}234\u{202f}567,25", "1\u{2009}234\u{2007}567,25"] {
        check(text, &blanks, "1234567.25");
    }
    check("1\u{2019}234'567.5", &settings("thousands = \"'\""), "1234567.5");
    assert_eq!(
        said("1\u{202f}200", &settings("decimal = \".\"")),
        Err(FigureError::Blank { text: "1\u{202f}200".into(), blank: 0x202f })
    );
}

#[test]
fn a_number_of_the_source_itself_needs_no_marks() {
    let german = settings("decimal = \",\"\nthousands = \".\"");
    let read = |text: &str| Figure::read(text, Kind::Number, &german);
    let given = |number: &str| Figure::Given { number: number.into(), is_negative: false, flag: None, unit: None };
    assert_eq!(read("1.2"), Ok(given("1.2")));
    assert_eq!(read("1.25E2"), Ok(given("125")));
    assert!(read("1,2").is_err());
}

#[test]
fn a_point_that_may_part_thousands_is_open_until_another_figure_settles_it() {
    let open = |texts: &[&str]| {
        let mut points = Points::default();
        texts.iter().for_each(|text| points.see(text));
        points.are_open()
    };
    assert!(open(&["1.200", "1.180 p", "", "N/A", "900"]));
    assert!(!open(&["17.538", "40.93 p"]));
    assert!(!open(&["1.200", "12345"]));
    assert!(!open(&["0.250", "1.180"]));
    assert!(!open(&["100", "5"]));
}

#[test]
fn a_scale_is_a_unit_or_so_many_of_it() {
    let scale = |text: &str| Scale::parse(text).map(|scale| format!("{} of {}", scale.factor, scale.unit));
    assert_eq!(scale("t"), Ok("1 of t".into()));
    assert_eq!(scale("1000 MT"), Ok("1000 of MT".into()));
    assert_eq!(scale("0.5 t"), Ok("0.5 of t".into()));
    assert!(scale("0 t").is_err() && scale("").is_err() && scale("1000 ").is_err());
}
