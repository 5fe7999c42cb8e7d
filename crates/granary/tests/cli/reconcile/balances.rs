//! Balances of materials, restated figures, and what the next days take back.

use std::path::Path;

use super::Bench;
use crate::run::granary;

#[test]
fn what_nobody_counted_is_not_judged() {
    let bench = Bench::empty();
    posted(&bench, &HEAP[..7]);
    let balance = |more: &[&str]| {
        let args = ["balance", "--site", "Heap", "--material", "ore"];
        bench.json(&[&args[..], more].concat())["verdict"].as_str().expect("a verdict").to_owned()
    };
    assert_eq!(balance(&["--first", "2020-01-01", "--last", "2020-12-31"]), "not_judged");
    let count = [("2026-02-28", r#""act":"stocktake","site":"Heap","lines":[{"lot":"L","counted":"10000 t"}]"#)];
    let counted: Vec<(&str, &str)> = HEAP[7..].iter().chain(&count).copied().collect();
    posted_from(&bench, 100, &counted);
    assert_eq!(balance(&["--first", "2026-02-01", "--last", "2026-02-28"]), "not_significant");
    assert_eq!(balance(&["--first", "2026-02-01", "--last", "2026-02-28", "--owner", "ledger"]), "not_judged");
}

/// Posts acts of a secretariat `S`, dated, on a fresh ledger.
fn posted(bench: &Bench, acts: &[(&str, &str)]) {
    posted_from(bench, 0, acts);
}

fn posted_from(bench: &Bench, first: usize, acts: &[(&str, &str)]) {
    let mut lines = String::new();
    for (number, (day, act)) in (first..).zip(acts) {
        let party = if act.contains("\"role\"") { "ledger" } else { "S" };
        let id = uuid::Uuid::from_u128(0xacc0_0000 + number as u128);
        lines += &format!("{{\"id\":\"{id}\",\"party\":\"{party}\",\"effective\":\"{day}\",{act}}}\n");
    }
    let file = bench.file("acts.jsonl", &lines);
    let ran = granary(&["post", "--dir", &bench.dir, file.to_str().expect("a path in UTF-8")]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
}

/// The heap of the worked example (10,000 t and 8,950 t by survey, 2,000 t in and 3,000 t out in loads of 25 t).
const HEAP: [(&str, &str); 8] = [
    ("2026-01-01", r#""act":"register_party","code":"S","name":"S","role":"secretariat""#),
    (
        "2026-01-01",
        r#""act":"register_material","code":"ore","name":"ore","unit":"mg","basis":"dry","shown":"t","form":"ore""#,
    ),
    ("2026-01-01", r#""act":"register_site","code":"Heap","name":"Heap","country":"AU","area":"bulk""#),
    ("2026-01-01", r#""act":"set_method","method":"survey","random":"2%","systematic":"0%""#),
    ("2026-01-01", r#""act":"set_method","method":"scale","random":"0.5%","systematic":"0.3%""#),
    (
        "2026-01-01",
        r#""act":"set_measuring","site":"Heap","material":"ore","stock":"survey","flow":"scale","load":"25 t""#,
    ),
    ("2026-01-01", r#""act":"deposit","lot":"L","site":"Heap","material":"ore","form":"ore","quantity":"10000 t""#),
    ("2026-01-31", r#""act":"stocktake","site":"Heap","lines":[{"lot":"L","counted":"10000 t"}]"#),
];

#[test]
fn the_worked_example_has_a_sigma_of_268_4_t() {
    let bench = Bench::empty();
    let month = [
        ("2026-02-10", r#""act":"deposit","lot":"L","site":"Heap","quantity":"2000 t""#),
        ("2026-02-20", r#""act":"draw","lot":"L","site":"Heap","quantity":"3000 t""#),
        ("2026-02-28", r#""act":"stocktake","site":"Heap","lines":[{"lot":"L","counted":"8950 t"}]"#),
    ];
    posted(&bench, &[&HEAP[..], &month].concat());
    let args = ["balance", "--site", "Heap", "--material", "ore", "--first", "2026-02-01", "--last", "2026-02-28"];
    let balance = bench.json(&args);
    let lines: Vec<&str> =
        balance["lines"].as_array().expect("lines").iter().filter_map(|line| line["quantity"].as_str()).collect();
    assert_eq!(lines, ["10000", "2000", "3000", "9000", "0", "9000", "8950", "50"]);
    assert_eq!((&balance["sigma"], &balance["verdict"]), (&"268.4".into(), &"not_significant".into()));
    assert_eq!(balance["counted"], "at both ends");
}

#[test]
fn what_the_next_days_take_back_is_timing_and_the_rest_is_open() {
    let bench = Bench::empty();
    let mut acts: Vec<(String, String)> = Vec::new();
    // Small noise each day; on the 10th 900 t booked a day early, on the 20th 500 t gone for good.
    let mut stock = 10_000i64;
    for day in 1..=28i64 {
        let noise = [3, -4, 2, -1, 5, -6, 1][day as usize % 7];
        let date = format!("2026-02-{day:02}");
        let flow = if day == 10 { 1_000 } else { 100 };
        let real = match day {
            10 => 100,
            11 => 1_000,
            20 => -400,
            _ => 100,
        };
        stock += real + noise;
        acts.push((date.clone(), format!(r#""act":"deposit","lot":"L","site":"Heap","quantity":"{flow} t""#)));
        let counted = format!(r#""act":"stocktake","site":"Heap","lines":[{{"lot":"L","counted":"{stock} t"}}]"#);
        acts.push((date, counted));
    }
    let acts: Vec<(&str, &str)> = acts.iter().map(|(day, act)| (day.as_str(), act.as_str())).collect();
    let heap: Vec<(&str, &str)> = HEAP.iter().filter(|(_, act)| !act.contains("set_")).copied().collect();
    posted(&bench, &[&heap[..], &acts].concat());
    let series = bench.json(&["balances", "--site", "Heap", "--material", "ore"]);
    assert_eq!((&series["periods"], &series["timing"], &series["open"]), (&28.into(), &2.into(), &1.into()));
    let line = |day: &str| {
        let lines = series["series"].as_array().expect("lines");
        lines.iter().find(|line| line["last"] == day).expect("a period").clone()
    };
    assert_eq!(line("2026-02-10")["taken_back_by"], "2026-02-11");
    assert_eq!((&line("2026-02-20")["class"], &line("2026-02-20")["verdict"]), (&"open".into(), &"alarm".into()));
    let page = bench.file("page.html", "");
    let out = page.to_str().expect("a path in UTF-8");
    bench.done(&["page", "--site", "Heap", "--material", "ore", "--out", out]);
    let page = std::fs::read_to_string(&page).expect("written");
    for part in
        ["Stock at each stocktake", "Material unaccounted for, with its limits", "Open breaks by days", "1 open."]
    {
        assert!(page.contains(part), "{part}");
    }
    assert_eq!(page.matches("<svg").count(), 3);
    // The same in tables for spreadsheets, and as one piece for programs.
    let folder = bench.file("tables", "").with_extension("d");
    let tables = folder.to_str().expect("a path in UTF-8");
    let said = bench.done(&["page", "--site", "Heap", "--material", "ore", "--csv", tables, "--json"]);
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((&said["balances"]["open"], &said["breaks"]["breaks"]), (&1.into(), &serde_json::json!([])));
    let table = |name: &str| std::fs::read_to_string(folder.join(name)).expect("written");
    assert_eq!(table("ageing.csv").lines().nth(1), Some("0-1,0,0"));
    assert_eq!(table("balances.csv").lines().count(), 29);
    assert!(table("balances.csv").starts_with("first,last,beginning,"), "{}", table("balances.csv"));
}

#[test]
fn a_restated_figure_leaves_the_old_one_printable() {
    let bench = Bench::empty();
    posted(&bench, &HEAP[..1]);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../reconcile/tests/data/us_plutonium_balance.csv");
    let mut figures: Vec<(String, Vec<String>)> = Vec::new();
    for row in csv::Reader::from_path(path).expect("part of the tree").records() {
        let row = row.expect("a row");
        let figure = format!("{}: {}={}", &row[2], &row[3], &row[4]);
        match figures.iter_mut().find(|(day, _)| *day == row[0]) {
            Some((_, known)) => known.push(figure),
            None => figures.push((row[0].to_owned(), vec![figure])),
        }
    }
    assert_eq!(figures.len(), 2, "a balance, and its restatement");
    let publish = |figures: &[String], day: &str, more: &[&str]| {
        let mut args =
            vec!["publish", "--series", "US plutonium", "--through", "1994-09-30", "--unit", "t", "--as", "S"];
        args.extend(["--maker", "Sato", "--effective", day]);
        args.extend(more);
        figures.iter().for_each(|figure| args.extend(["--figure", figure]));
        let said = bench.done(&args);
        let held = said.strip_prefix("held as event ").and_then(|said| said.split(':').next()).expect("held");
        let own = bench.run(&["approve", held, "--as", "S", "--maker", "Sato", "--effective", day]);
        assert!(own.exit == 1 && own.err.contains("cannot check it"), "{}", own.err);
        bench.done(&["approve", held, "--as", "S", "--maker", "Kim", "--effective", day]);
    };
    publish(&figures[0].1, "1996-02-06", &[]);
    let before = bench.json(&["published", "--as-of", "2000-01-01"]);
    let later = figures[1].1.iter().find_map(|figure| figure.split_once("inventory differences=")).expect("restated");
    let later = format!("removal: inventory differences={}", later.1);
    publish(&[later], "2012-06-01", &["--note", "material was found in clean-up"]);
    let again = bench.json(&["published", "--as-of", "2000-01-01"]);
    assert_eq!(before, again, "what was published stays as it was");
    let figures = before["figures"].as_array().expect("figures");
    let of = |name: &str| {
        let found = figures.iter().find(|figure| figure["line"].as_str().is_some_and(|line| line.ends_with(name)));
        found.unwrap_or_else(|| panic!("{name} in {figures:?}"))["value"].as_str().expect("a value").to_owned()
    };
    assert_eq!(of("inventory differences"), "2.8");
    // It closes with its rounding line, in tenths of a tonne.
    let tenths = |name: &str| of(name).replace('.', "").parse::<i64>().expect("tenths of a tonne");
    let book = tenths("total acquisitions") - tenths("total removals") + tenths("classified transactions and rounding");
    assert_eq!((book, of("actual inventory").as_str()), (995, "99.5"));
    let restated = bench.json(&["published", "--restated"]);
    let line = restated["figures"].as_array().and_then(|figures| {
        figures
            .iter()
            .find(|figure| figure["line"].as_str().is_some_and(|line| line.ends_with("inventory differences")))
    });
    let line = line.expect("restated");
    assert_eq!((&line["before"], &line["value"], &line["change"]), (&"2.8".into(), &"2.4".into(), &"-0.4".into()));
}
