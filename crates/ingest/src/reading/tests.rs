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
    let items = Reading::new(Mapping::parse(mapping).expect("a mapping")).read(text.as_bytes()).expect("a source");
    let line = |item: &Item| {
        let step = match &item.step {
            Step::Post(command) => {
                let json = command.to_json();
                let quantity = json.get("quantity").or(json.get("lines")).cloned().unwrap_or_default();
                format!("{} {}", command.act.word(), quantity.to_string().replace('"', ""))
            }
            Step::Nothing(why) => (*why).to_owned(),
            Step::Differs { difference, is_rounding } => format!("differs by {difference}, rounding: {is_rounding}"),
            Step::Unreadable(malformed) => format!("unreadable: {}", malformed.message()),
        };
        format!("{} {}: {step}", item.line, item.column)
    };
    items.iter().map(line).collect()
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
    assert!(said[3].contains("`effective`: `2026-13-04` is not a date"), "{}", said[3]);
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
        let items = Reading::new(Mapping::parse(STOCK).expect("a mapping"))
            .read("day,a,b,total\n2026-01-01,100,5,105\n".as_bytes())
            .expect("a source");
        items.into_iter().filter_map(|item| match item.step {
            Step::Post(command) => Some(command.id),
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
        let registered = Reading::new(mapping).registrations("2020-01-01");
        for item in registered {
            assert!(matches!(item.step, Step::Post(_)), "{name}: {:?}", item.step);
        }
    }
}

#[test]
fn a_missing_column_is_named() {
    let error = Reading::new(Mapping::parse(STOCK).expect("a mapping")).read("day,b\n".as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), "the file has no column `a`");
}
