use super::*;

const STOCK: &str = r#"
name = "test"
source = "made up"
format = "csv"
party = "P"
date = "day"
missing = ["NA"]
[[column]]
column = "a"
kind = "stock"
unit = "t"
site = "S"
lot = "L"
material = "M"
[[check]]
total = "total"
parts = ["a", "b"]
tolerance = 1
"#;

fn said(mapping: &str, text: &str) -> Vec<String> {
    said_after(mapping, Known::default(), text)
}

/// Levels of the column `a` by day.
fn held(levels: &[(&str, &str)]) -> Known {
    let days = levels.iter().map(|(day, level)| (day.parse().expect("a day"), (*level).to_owned())).collect();
    Known { event_count: 7, levels: HashMap::from([("a".to_owned(), days)]), ..Known::default() }
}

fn said_after(mapping: &str, known: Known, text: &str) -> Vec<String> {
    let reading = Reading::new(Mapping::parse(mapping).expect("a mapping"), known);
    let items = reading.read(text.as_bytes()).expect("a source");
    let line = |item: &Item| {
        let step = match &item.step {
            Step::Post { command, is_revision } => {
                let json = command.to_json();
                let quantity = json.get("quantity").or(json.get("lines")).cloned().unwrap_or_default();
                let mut said = format!("{} {}", command.act.word(), quantity.to_string().replace('"', ""));
                if let Some(reference) = json.get("reference").and_then(Value::as_str) {
                    said = format!("{said} on {} ({reference})", json["effective"].as_str().expect("a day"));
                }
                if *is_revision { format!("{said}, a revision") } else { said }
            }
            Step::Nothing(why) => (*why).to_owned(),
            Step::Differs { difference, is_rounding } => format!("differs by {difference}, rounding: {is_rounding}"),
            Step::Unreadable(malformed) => format!("unreadable: {}", malformed.message()),
        };
        format!("{} {}: {step}", item.line, item.column)
    };
    items.iter().map(line).collect()
}

const ALONE: &str = r#"
name = "test"
source = "made up"
format = "csv"
party = "P"
date = "day"
[[column]]
column = "a"
kind = "stock"
unit = "t"
site = "S"
lot = "L"
material = "M"
"#;

#[test]
fn the_next_file_goes_on_from_what_the_books_hold() {
    // Each file once began from zero, so that the second one doubled the stock.
    let known = held(&[("2026-01-01", "1000"), ("2026-01-08", "1100")]);
    assert_eq!(
        said_after(ALONE, known, "day,a\n2026-01-08,1100\n2026-01-15,1050\n"),
        ["2 a: no change", "3 a: draw 50 t"]
    );
}

#[test]
fn a_revised_figure_moves_its_own_day_alone() {
    let known = || held(&[("2026-01-01", "1000"), ("2026-01-08", "1100"), ("2026-01-15", "1050")]);
    assert_eq!(
        said_after(ALONE, known(), "day,a\n2026-01-01,1000\n2026-01-08,1150\n2026-01-15,1050\n"),
        [
            "2 a: no change",
            "3 a: deposit 50 t on 2026-01-08 (revised: was 1100 t), a revision",
            "4 a: draw 50 t on 2026-01-15 (revised: was 1100 t)",
        ]
    );
    // The source may end at the revised line: what the books know of later days stays.
    assert_eq!(
        said_after(ALONE, known(), "day,a\n2026-01-08,1150\n"),
        [
            "2 a: deposit 50 t on 2026-01-08 (revised: was 1100 t), a revision",
            "2 a: draw 50 t on 2026-01-15 (revised: was 1100 t)",
        ]
    );
}

#[test]
fn a_draw_that_a_later_day_cannot_bear_waits_for_the_deposit_of_a_later_line() {
    let known = held(&[("2026-01-01", "100"), ("2026-01-08", "10")]);
    assert_eq!(
        said_after(ALONE, known, "day,a\n2026-01-01,50\n2026-01-08,10\n"),
        [
            "3 a: deposit 50 t on 2026-01-08 (revised: was 100 t)",
            "2 a: draw 50 t on 2026-01-01 (revised: was 100 t), a revision",
        ]
    );
}

#[test]
fn lines_out_of_order_and_days_said_twice_come_out_right() {
    assert_eq!(
        said(ALONE, "day,a\n2026-01-15,120\n2026-01-01,100\n2026-01-08,90\n2026-01-08,95\n"),
        [
            "3 a: deposit 100 t",
            "4 a: draw 10 t",
            "5 a: deposit 5 t on 2026-01-08 (revised: was 90 t), a revision",
            "2 a: deposit 25 t",
        ]
    );
}

#[test]
fn an_older_file_loaded_later_leaves_the_newer_days_alone() {
    let known = held(&[("2026-01-15", "120")]);
    assert_eq!(
        said_after(ALONE, known, "day,a\n2026-01-01,100\n2026-01-08,90\n"),
        ["2 a: deposit 100 t", "3 a: draw 10 t", "3 a: draw 90 t on 2026-01-15 (stays at 120 t)"]
    );
}

#[test]
fn a_figure_that_goes_there_and_back_gets_a_new_id_each_time() {
    let text = "day,a\n2026-01-01,1\n2026-01-01,2\n2026-01-01,1\n2026-01-01,2\n";
    let ids = |event_count| {
        let known = Known { event_count, ..Known::default() };
        let items = Reading::new(Mapping::parse(ALONE).expect("a mapping"), known).read(text.as_bytes());
        let id = |item: Item| match item.step {
            Step::Post { command, .. } => Some(command.id.0),
            _ => None,
        };
        items.expect("a source").into_iter().filter_map(id).collect::<Vec<_>>()
    };
    let mut all = [ids(1), ids(2)].concat();
    assert_eq!(ids(1), all[..4], "deterministic");
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 8);
}

#[test]
fn european_files_are_read_as_they_say() {
    let european = format!("delimiter = ';'\ndecimal = ','\nthousands = '.'\ndate_format = '%d.%m.%Y'\n{ALONE}");
    assert_eq!(
        said(&european, "day;a\n01.03.2026;1.200,5\n08.03.2026;1200\n2026-03-15;7\n15.03.2026;1.20,5\n"),
        [
            "2 a: deposit 1200.5 t",
            "3 a: draw 0.5 t",
            "4 day: unreadable: `2026-03-15` is not a date written as `%d.%m.%Y`",
            "5 a: unreadable: `1.20,5` is not grouped as thousands are: three digits after each `.`, none after the `,`",
        ]
    );
}

#[test]
fn marks_that_cannot_be_told_apart_are_refused() {
    let check = |setting: &str, problem: &str| {
        let error = Mapping::parse(&format!("{setting}\n{ALONE}")).expect_err(setting).to_string();
        assert!(error.contains(problem), "{error}");
    };
    check("decimal = ','\nthousands = ','", "both as `decimal` mark and in `thousands`");
    check("decimal = '1'", "cannot be one");
    check("delimiter = '\"'", "cannot part fields");
    check("date_format = '%Y-%m'", "does not give a year, a month and a day");
}

#[test]
fn what_is_registered_already_is_not_registered_again() {
    let mapping = Mapping::parse(crate::shipped("jp-oil-days").expect("shipped")).expect("a mapping");
    let known = Known { registered: BTreeSet::from([0, 1, 3]), ..Known::default() };
    let items = Reading::new(mapping, known).registrations("2026-01-01");
    assert_eq!(items.len(), 2);
}

#[test]
fn a_later_file_of_counts_does_not_open_the_account_again() {
    let mapping = crate::shipped("eu-gas-daily").expect("shipped");
    let head = "gas_day,stock_twh,injection_gwh,withdrawal_gwh\n";
    let day = |day: &str| BTreeMap::from([(day.parse().expect("a day"), "400".to_owned())]);
    let known = || {
        let levels = ["stock_twh", "injection_gwh", "withdrawal_gwh"].map(|column| (column.into(), day("2025-04-07")));
        Known { registered: BTreeSet::from([0, 1, 2]), levels: HashMap::from(levels), ..Known::default() }
    };
    assert_eq!(
        said_after(mapping, known(), &format!("{head}2025-04-09,400.7,0,200\n")),
        [
            "2 injection_gwh: no flow",
            "2 withdrawal_gwh: draw 200 GWh",
            "2 stock_twh: stocktake [{lot:gas-EU,counted:400.7 TWh}]",
        ]
    );
    assert_eq!(
        said_after(mapping, known(), &format!("{head}2025-04-07,400,1000,500\n")),
        [
            "2 injection_gwh: before the first count",
            "2 withdrawal_gwh: before the first count",
            "2 stock_twh: the first count",
        ]
    );
}

#[test]
fn the_change_of_a_stock_is_deposited_or_drawn() {
    let text = "day,a,b,total\n2026-01-01,100,5,105\n2026-01-02,90.5,5,95\n2026-01-03,NA,5,5\n2026-01-04,90.5,5,98\n";
    assert_eq!(
        said(STOCK, text),
        [
            "2 a: deposit 100 t",
            "3 a: draw 9.5 t",
            "3 total: differs by -0.5, rounding: true",
            "4 a: no figure",
            "5 a: no change",
            "5 total: differs by 2.5, rounding: false",
        ]
    );
}

#[test]
fn a_damaged_line_does_not_hide_the_next() {
    let text = "day,a,b,total\n2026-01-01,100,5,105\n2026-01-02,9\n2026-01-03,oops,5,5\n2026-13-04,80,5,85\n";
    let said = said(STOCK, text);
    assert_eq!(said[0], "2 a: deposit 100 t");
    assert!(said[1].starts_with("3 : unreadable: the line is not one of this table"), "{}", said[1]);
    assert_eq!(said[2], "4 a: unreadable: `oops` is not a figure");
    assert_eq!(said[3], "5 day: unreadable: `2026-13-04` is not a date written as YYYY-MM-DD");
}

#[test]
fn flows_and_counts_give_movements_and_a_stocktake() {
    let mapping = crate::shipped("eu-gas-daily").expect("shipped");
    let text = "gas_day,stock_twh,injection_gwh,withdrawal_gwh,working_gas_volume_twh\n\
        2016-04-07,403.873,1618.55,616.6,1116.3716\n2016-04-08,404.4266,1457.76,846.4,1116.3716\n";
    let said = said(mapping, text);
    assert_eq!(
        said[3..],
        [
            "2 injection_gwh: before the first count",
            "2 withdrawal_gwh: before the first count",
            "2 stock_twh: deposit 403.873 TWh",
            "3 injection_gwh: deposit 1457.76 GWh",
            "3 withdrawal_gwh: draw 846.4 GWh",
            "3 stock_twh: stocktake [{lot:gas-EU,counted:404.4266 TWh}]",
        ]
    );
}

#[test]
fn the_same_line_gives_the_same_id() {
    let ids = || {
        let items = Reading::new(Mapping::parse(STOCK).expect("a mapping"), Known::default())
            .read("day,a,b,total\n2026-01-01,100,5,105\n".as_bytes())
            .expect("a source");
        items.into_iter().filter_map(|item| match item.step {
            Step::Post { command, .. } => Some(command.id),
            _ => None,
        })
    };
    assert!(ids().eq(ids()));
    assert_eq!(ids().count(), 1);
}

#[test]
fn every_shipped_mapping_can_be_read() {
    for (name, text) in crate::SHIPPED {
        let mapping = Mapping::parse(text).expect(name);
        assert_eq!(mapping.name, name);
        let registered = Reading::new(mapping, Known::default()).registrations("2020-01-01");
        for item in registered {
            assert!(matches!(item.step, Step::Post { .. }), "{name}: {:?}", item.step);
        }
    }
}

#[test]
fn a_missing_column_is_named() {
    let error = Reading::new(Mapping::parse(STOCK).expect("a mapping"), Known::default())
        .read("day,b\n".as_bytes())
        .unwrap_err();
    assert_eq!(error.to_string(), "the file has no column `a`; it has `day`, `b`");
}
