use super::*;

/// Every figure that a source states, with its account; and what it does not.
fn told(mapping: &str, text: &str) -> Vec<String> {
    let head = "name = 'test'\nsource = 'made up'\nparty = 'P'\n";
    let mapping = Mapping::parse(&format!("{head}{mapping}")).expect("a mapping");
    let line = |said: &Said| {
        let what = match &said.what {
            What::Figure(stated) => {
                let Stated { column, day, figure, notes, document, line: _, note: _ } = &**stated;
                let kind = format!("{:?}", column.kind).to_lowercase();
                let mut text = format!(
                    "{day} {kind} {} of {} {} at {}",
                    figure.show(&column.unit),
                    column.material,
                    column.lot,
                    column.site
                );
                for more in [notes, document].into_iter().flatten() {
                    text = format!("{text}, {more}");
                }
                text
            }
            What::Nothing(why) => crate::reading::told(why),
            What::Differs { difference, .. } => format!("differs by {difference}"),
            What::Unreadable(malformed) => format!("{}: {}", malformed.code(), malformed.message()),
        };
        format!("{}: {what}", said.line)
    };
    said(&mapping, text.as_bytes()).expect("a source").all.iter().map(line).collect()
}

#[test]
fn a_long_table_has_an_account_for_each_of_its_words() {
    let mapping = r#"
        date = "TIME"
        flag = "CODE"
        missing = ["-", "N/A", "x"]
        where = { FLOW = "CLOSTLV", UNIT = ["KBBL"] }
        [key]
        lot = ["AREA", "PRODUCT"]
        material = "PRODUCT"
        unit = "UNIT"
        [words.unit]
        KBBL = "kbbl"
        [words.material]
        CRUDEOIL = "crude"
        [[column]]
        column = "VALUE"
        kind = "stock"
        site = "W""#;
    let text = "AREA,TIME,PRODUCT,FLOW,UNIT,VALUE,CODE\nSA,2026-06,CRUDEOIL,CLOSTLV,KBBL,141200.0000,1\n\
        SA,2026-06,CRUDEOIL,INDPROD,KBBL,252188.0000,3\nKR,2026-06,CRUDEOIL,CLOSTLV,KBBL,N/A,3\n\
        JP,2026-06,CRUDEOIL,CLOSTLV,KBBL,356400.5000,1\nJP,2026-06,CRUDEOIL,CLOSTLV,KBBL,1,1\n";
    assert_eq!(
        told(mapping, text),
        [
            "2: 2026-06-30 stock 141200 kbbl of crude SA-CRUDEOIL at W, flag 1, over the month",
            "3: left out by `where` or `unless`",
            "4: no figure",
            "5: 2026-06-30 stock 356400.5 kbbl of crude JP-CRUDEOIL at W, flag 1, over the month",
            "6: said_twice: lot `JP-CRUDEOIL` at `W` has 1 kbbl on 2026-06-30, and 356400.5 kbbl in line 5",
        ]
    );
}

#[test]
fn months_side_by_side_become_rows() {
    let mapping = r#"
        date = "@heading"
        missing = [":"]
        flags = ["p"]
        decimal = "."
        [key]
        lot = "geo"
        unit = "unit"
        [words.unit]
        THS_T = "1000 t"
        [[column]]
        column = "*"
        kind = "stock"
        site = "EU"
        material = "oil""#;
    let text = "freq,unit,geo\\TIME_PERIOD\t2022-11 \t2022-12 \nM,THS_T,EL\t: \t: \nM,THS_T,NL\t40.93 p\t40.930 \n";
    assert_eq!(
        told(mapping, text),
        [
            "2: no figure",
            "3: 2022-11-30 stock 40930 t of oil NL at EU, flag p, over the month",
            "2: no figure",
            "3: 2022-12-31 stock 40930 t of oil NL at EU, over the month",
        ]
    );
}

#[test]
fn a_way_is_a_word_a_sign_or_two_places() {
    let words = |sign: &str| {
        let mapping = format!(
            "date = 'day'\nsign = '{sign}'\n[key]\nway = 'type'\n[way]\nin = ['101', '202']\nout = ['201', '102']\nnone = ['999']\n\
             [[column]]\ncolumn = 'q'\nkind = 'movement'\nunit = 't'\nsite = 'S'\nlot = 'L'\nmaterial = 'M'"
        );
        told(&mapping, "day,type,q\n2026-03-02,101,60\n2026-03-05,201,20.5-\n2026-03-06,999,1\n2026-03-07,300,1\n")
    };
    let rest = ["4: moves nothing", "5: bad_key: `300` is neither in nor out"];
    let first = "2: 2026-03-02 inflow 60 t of M L at S";
    assert_eq!(words("ignore"), [first, "3: 2026-03-05 outflow 20.5 t of M L at S", rest[0], rest[1]]);
    assert_eq!(words("reverses"), [first, "3: 2026-03-05 inflow 20.5 t of M L at S", rest[0], rest[1]]);
    let signed = "date = 'day'\nsign = 'way'\nreference = 'doc'\n[[column]]\ncolumn = 'q'\nkind = 'movement'\nunit = 't'\nsite = 'S'\nlot = 'L'\nmaterial = 'M'";
    assert_eq!(
        told(signed, "day,q,doc\n2026-03-02,60,A\n2026-03-05,(20.5),B\n"),
        ["2: 2026-03-02 inflow 60 t of M L at S, A", "3: 2026-03-05 outflow 20.5 t of M L at S, B",]
    );
    let silent =
        "date = 'day'\n[[column]]\ncolumn = 'q'\nkind = 'inflow'\nunit = 't'\nsite = 'S'\nlot = 'L'\nmaterial = 'M'";
    assert_eq!(
        told(silent, "day,q\n2026-03-02,-10\n"),
        ["2: bad_figure: `-10` is negative; a stock or flow is never less than nothing"]
    );
    let places = "date = 'day'\nunless = { status = 'Cancelled' }\n[key]\nfrom = 'From'\nto = 'To'\n[words.site]\n'Vendors' = ''\n'WH/N' = 'N'\n'WH/S' = 'S'\n\
        [[column]]\ncolumn = 'q'\nkind = 'movement'\nunit = 't'\nlot = 'L'\nmaterial = 'M'";
    let text = "day,From,To,q,status\n2026-03-02,Vendors,WH/N,100,Done\n2026-03-03,WH/N,WH/S,20,Done\n2026-03-04,WH/N,Vendors,5,Cancelled\n2026-03-05,WH/N,Nowhere,5,Done\n";
    assert_eq!(
        told(places, text),
        [
            "2: 2026-03-02 inflow 100 t of M L at N",
            "3: 2026-03-03 outflow 20 t of M L at N",
            "3: 2026-03-03 inflow 20 t of M L at S",
            "4: left out by `where` or `unless`",
            "5: bad_key: `Nowhere` is none of the places of `[words.site]`",
        ]
    );
}

#[test]
fn rows_of_sums_are_checked_and_never_taken() {
    let mapping = "date = 'Date'\ntotals = { Site = 'TOTAL' }\nthousands = ','\nzero = ['--']\n[key]\nlot = 'Site'\n\
        [[column]]\ncolumn = 'Stock'\nkind = 'stock'\nunit = 'kbbl'\nsite = 'W'\nmaterial = 'crude'";
    let rows = "Date,Site,Stock\n2026-03-03,A,\"186,000\"\n2026-03-03,B,\"99,500\"\n2026-03-03,TOTAL,";
    assert_eq!(told(mapping, &format!("{rows}\"285,500\"\n"))[2..], ["4: a sum of other rows"]);
    assert_eq!(told(mapping, &format!("{rows}\"285,501\"\n"))[2..], ["4: a sum of other rows", "4: differs by 1"]);
}

#[test]
fn sections_and_their_titles_are_read() {
    let mapping = "date = 'Day'\nunless = { Place = ['Total', '+/-'] }\n[key]\nlot = ['@section', 'Place']\nmaterial = '@section'\n\
        [[column]]\ncolumn = 'Stock'\nkind = 'stock'\nunit = 't'\nsite = 'W'";
    let text = "Report,,\n,Copper,\nPlace,Day,Stock\nAntwerp,2026-08-26,2025\nTotal,,2025\n,Tin,\nPlace,Day,Stock\nPort Klang,2026-08-26,1860\n";
    assert_eq!(
        told(mapping, text),
        [
            "4: 2026-08-26 stock 2025 t of Copper Copper-Antwerp at W",
            "5: left out by `where` or `unless`",
            "6: the title of a section",
            "7: the headings again",
            "8: 2026-08-26 stock 1860 t of Tin Tin-Port Klang at W",
        ]
    );
}

#[test]
fn what_cannot_be_settled_is_not_taken() {
    let mapping =
        "date = 'day'\n[[column]]\ncolumn = 'stock'\nkind = 'stock'\nunit = 't'\nsite = 'S'\nlot = 'L'\nmaterial = 'M'";
    let open = "can be read as thousands and as a fraction, as every figure of the file with a point";
    assert_eq!(
        told(mapping, "day;stock\n2026-01-31;1.200\n2026-02-28;1.180\n2026-03-31;900\n"),
        [
            format!("2: bad_figure: `1.200` {open}"),
            format!("3: bad_figure: `1.180` {open}"),
            "4: 2026-03-31 stock 900 t of M L at S".to_owned(),
        ]
    );
    assert_eq!(
        told(mapping, "day;stock\n2026-01-31;1.200\n2026-02-28;1.18\n")[0],
        "2: 2026-01-31 stock 1.2 t of M L at S"
    );
    assert_eq!(
        told(mapping, "day,stock\n2026-03-02,1234.5000000000000000001\nA note below,\n"),
        [
            "2: bad_figure: `1234.5000000000000000001` has more digits than can be counted: 18 behind the point, 38 in all",
            "3: a row without a figure",
        ]
    );
}

#[test]
fn a_mapping_that_leaves_an_account_open_is_refused() {
    let problem = |rule: &str| {
        let text = format!("name = 'test'\nsource = 'x'\nparty = 'P'\ndate = 'd'\n[[column]]\ncolumn = 'q'\n{rule}");
        Mapping::parse(&text).expect_err(rule).to_string()
    };
    let whole = "kind = 'stock'\nunit = 't'\nsite = 'S'\nlot = 'L'\nmaterial = 'M'\n";
    for name in ["unit", "site", "lot", "material"] {
        let without: String =
            whole.lines().filter(|line| !line.starts_with(name)).map(|line| format!("{line}\n")).collect();
        assert!(problem(&without).contains(&format!("says no `{name}` for the column `q`")), "{}", problem(&without));
    }
    assert!(problem(&whole.replace("stock", "movement")).contains("does not say which way"));
}
