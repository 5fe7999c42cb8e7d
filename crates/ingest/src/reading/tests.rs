use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::memory::{Moved, Was};

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

/// Books as a test wants them.
#[derive(Default)]
pub(super) struct Books {
    event_count: u64,
    registered: BTreeSet<String>,
    /// Of every account.
    levels: BTreeMap<Date, String>,
    /// What became of commands, by id.
    found: HashMap<Uuid, Was>,
}

impl Memory for Books {
    fn event_count(&self) -> u64 {
        self.event_count
    }

    fn is_registered(&self, command: &Map<String, Value>) -> bool {
        command.get("code").and_then(Value::as_str).is_some_and(|code| self.registered.contains(code))
    }

    fn levels(&self, _: &Column, from: Date) -> Result<BTreeMap<Date, String>, Problem> {
        let before = self.levels.range(..from).next_back();
        Ok(before.into_iter().chain(self.levels.range(from..)).map(|(day, level)| (*day, level.clone())).collect())
    }

    fn opened(&self, _: &Column) -> Result<Option<(Date, String)>, Problem> {
        Ok(self.levels.first_key_value().map(|(day, level)| (*day, level.clone())))
    }

    fn find(&self, id: Uuid, _: Option<&Column>) -> Result<Option<Was>, Problem> {
        Ok(self.found.get(&id).cloned())
    }

    fn registry(&self) -> Option<crate::Registry> {
        None
    }
}

impl Books {
    /// Takes what a load posts: all of it is done, but for acts that are named, which are refused.
    pub(super) fn take(&mut self, items: &[Item], refused: &[&str]) {
        for item in items {
            let Step::Post { command, .. } = &item.step else { continue };
            self.event_count += 1;
            let seq = self.event_count;
            let json = command.to_json();
            let id = Uuid::from_bytes(command.id.0);
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let became = if refused.contains(&command.act.word()) {
                Became::Refused
            } else {
                if let Some(reverses) = json.get("reverses").and_then(Value::as_u64) {
                    self.reverse(reverses, seq, id);
                }
                let counted = json.get("lines").and_then(|lines| lines[0].get("counted").or(lines[0].get("quantity")));
                let quantity = json.get("quantity").or(counted).unwrap_or(&Value::Null);
                Became::Done(Box::new(Moved {
                    act: command.act.word(),
                    day: text(&json["effective"]).parse().expect("a day"),
                    quantity: text(quantity).split(' ').next().unwrap_or_default().to_owned(),
                    reversed: None,
                }))
            };
            self.found.insert(id, Was { seq, became });
        }
    }

    fn reverse(&mut self, seq: u64, by: u64, id: Uuid) {
        let was = self.found.values_mut().find(|was| was.seq == seq).expect("an event");
        let Became::Done(moved) = &mut was.became else { panic!("refused") };
        moved.reversed = Some((by, id));
    }

    /// Loads a file: what it says.
    fn load(&mut self, mapping: &str, text: &str) -> Vec<String> {
        let items = self.items(mapping, text);
        self.take(&items, &[]);
        items.iter().map(told).collect()
    }

    fn items(&self, mapping: &str, text: &str) -> Vec<Item> {
        let mapping = Mapping::parse(mapping).expect("a mapping");
        Reading::new(mapping, self).read(text.as_bytes()).expect("a source")
    }
}

fn said(mapping: &str, text: &str) -> Vec<String> {
    said_after(mapping, Books::default(), text)
}

/// Levels by day.
fn held(levels: &[(&str, &str)]) -> Books {
    let levels = levels.iter().map(|(day, level)| (day.parse().expect("a day"), (*level).to_owned())).collect();
    Books { event_count: 7, levels, ..Books::default() }
}

fn said_after(mapping: &str, books: Books, text: &str) -> Vec<String> {
    books.items(mapping, text).iter().map(told).collect()
}

fn told(item: &Item) -> String {
    let step = match &item.step {
        Step::Post { command, is_revision } => {
            let json = command.to_json();
            let quantity = json.get("quantity").or(json.get("lines")).or(json.get("reason")).cloned();
            let mut said =
                format!("{} {}", command.act.word(), quantity.unwrap_or_default().to_string().replace('"', ""));
            if let Some(reference) = json.get("reference").and_then(Value::as_str) {
                said = format!("{said} on {} ({reference})", json["effective"].as_str().expect("a day"));
            }
            if *is_revision { format!("{said}, a revision") } else { said }
        }
        Step::Nothing(why) => super::told(why.code()),
        Step::Differs { difference, is_rounding } => format!("differs by {difference}, rounding: {is_rounding}"),
        Step::Unreadable(malformed) => format!("unreadable: {}", malformed.message()),
    };
    format!("{} {}: {step}", item.line, item.column)
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
fn lines_out_of_order_come_out_right() {
    assert_eq!(
        said(ALONE, "day,a\n2026-01-15,120\n2026-01-01,100\n2026-01-08,95\n"),
        ["3 a: deposit 100 t", "4 a: draw 5 t", "2 a: deposit 25 t"]
    );
}

/// The last of several lines of a day once counted, whatever lots they spoke of: a total passed for a site.
#[test]
fn two_figures_of_one_day_contradict_each_other() {
    let text = "day,a\n2026-01-01,100\n2026-01-08,90\n2026-01-08,95\n2026-01-08,90\n";
    assert_eq!(
        said(ALONE, text),
        [
            "2 a: deposit 100 t",
            "3 a: draw 10 t",
            "4 a: unreadable: lot `L` at `S` has 95 t on 2026-01-08, and 90 t in line 3",
            "5 a: said before, of the same day",
        ]
    );
    let last = format!("same_day = 'last'\n{ALONE}");
    assert_eq!(
        said(&last, text),
        [
            "2 a: deposit 100 t",
            "3 a: the day is said again below",
            "4 a: the day is said again below",
            "5 a: draw 10 t",
        ]
    );
    let sum = format!("same_day = 'sum'\n{ALONE}");
    assert_eq!(
        said(&sum, text),
        [
            "2 a: deposit 100 t",
            "3 a: deposit 175 t",
            "4 a: added to a figure of its day",
            "5 a: added to a figure of its day",
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
    let text = "day,a\n2026-01-01,1\n2026-01-02,2\n2026-01-03,1\n2026-01-04,2\n";
    let ids = |event_count| {
        let items = Books { event_count, ..Books::default() }.items(ALONE, text);
        let id = |item: Item| match item.step {
            Step::Post { command, .. } => Some(command.id.0),
            _ => None,
        };
        items.into_iter().filter_map(id).collect::<Vec<_>>()
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
    check("date_format = '%d.%m.'", "does not give a year");
    check("zone = 'Atlantis'", "is the name of no zone");
}

#[test]
fn what_is_registered_already_is_not_registered_again() {
    let mapping = crate::shipped("jp-oil-days").expect("shipped");
    let codes = Mapping::parse(mapping).expect("a mapping").register;
    let codes = codes.iter().take(3).map(|command| command["code"].as_str().expect("a code").to_owned());
    let books = Books { registered: codes.collect(), ..Books::default() };
    let read = Reading::new(Mapping::parse(mapping).expect("a mapping"), &books);
    assert_eq!(read.registrations().expect("books").len(), 2);
}

/// A slip in what the mapping registers once burnt the mapping's name: the id stayed that of what was refused.
#[test]
fn what_was_refused_is_registered_once_it_is_mended() {
    let mapping = |country: &str| {
        format!(
            "{ALONE}\n[[register]]\nact = 'register_site'\nparty = 'P'\ncode = 'S'\nname = 'S'\ncountry = '{country}'\narea = 'bulk'\n"
        )
    };
    let mut books = Books::default();
    let first = books.items(&mapping("Germany"), "day,a\n");
    books.take(&first, &["register_site"]);
    let again = books.items(&mapping("DE"), "day,a\n");
    let id = |items: &[Item]| match &items[0].step {
        Step::Post { command, .. } => command.id,
        other => panic!("{other:?}"),
    };
    assert_ne!(id(&first), id(&again));
}

#[test]
fn a_later_file_of_counts_does_not_open_the_account_again() {
    let mapping = crate::shipped("eu-gas-daily").expect("shipped");
    let head = "gas_day,stock_twh,injection_gwh,withdrawal_gwh\n";
    let registered = || ["GIE", "natural gas", "EU-storage"].map(str::to_owned).into_iter().collect();
    let known = || Books { registered: registered(), ..held(&[("2025-04-07", "400")]) };
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
            "3 total: differs by -0.5, rounding: true",
            "3 a: draw 9.5 t",
            "4 a: no figure",
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
        let items = Books::default().items(STOCK, "day,a,b,total\n2026-01-01,100,5,105\n");
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
        let text = if text.contains("@date") { crate::dated(text, "2026-03-31").expect(name) } else { text.to_owned() };
        let mapping = Mapping::parse(&text).expect(name);
        assert_eq!(mapping.name, name);
        assert!(crate::about(&text).contains(&mapping.source));
        let books = Books::default();
        for item in Reading::new(mapping, &books).registrations().expect("books") {
            assert!(matches!(item.step, Step::Post { .. }), "{name}: {:?}", item.step);
        }
    }
}

#[test]
fn a_missing_column_is_named() {
    let books = Books::default();
    let read = |text: &str| {
        let error = Reading::new(Mapping::parse(STOCK).expect("a mapping"), &books).read(text.as_bytes()).unwrap_err();
        error.to_string()
    };
    // A check whose column is not there once never ran, and nothing said so.
    assert_eq!(read("day,a,b\n"), "the file has no column `total`; it has `day`, `a`, `b`");
    assert_eq!(read("day,b\n"), "the file has no column `a`; it has `day`, `b`");
}

const FLOWS: &str = r#"
name = "flows"
source = "weighbridge"
format = "csv"
party = "P"
date = "day"
[[column]]
column = "in"
kind = "inflow"
unit = "t"
site = "S"
lot = "L"
material = "M"
[[column]]
column = "out"
kind = "outflow"
unit = "t"
site = "S"
lot = "L"
material = "M"
"#;

/// Books in which somebody opened the account.
fn open() -> Books {
    held(&[("2026-01-01", "1000")])
}

/// Two equal loads of one day were one: the id said no more than mapping, column and day.
#[test]
fn two_equal_movements_of_a_day_are_two_and_the_same_file_again_is_none() {
    let text = "day,in,out\n2026-03-02,60,\n2026-03-02,60,\n2026-03-05,,12.25\n2026-03-05,,12.25\n2026-03-05,,3\n";
    let mut books = open();
    let posted = |said: &[String]| said.iter().filter(|said| said.contains(" t")).cloned().collect::<Vec<_>>();
    let said = books.load(FLOWS, text);
    assert_eq!(
        posted(&said),
        ["2 in: deposit 60 t", "3 in: deposit 60 t", "4 out: draw 12.25 t", "5 out: draw 12.25 t", "6 out: draw 3 t"]
    );
    let again = books.load(FLOWS, text);
    assert_eq!(again.iter().filter(|said| said.ends_with("loaded before")).count(), 5, "{again:?}");
    assert_eq!(posted(&again), [""; 0]);
    // A day goes on in a later file, with one more of the same size.
    let more = text.replace("2026-03-05,,3\n", "2026-03-05,,3\n2026-03-05,,12.25\n");
    assert_eq!(posted(&books.load(FLOWS, &more)), ["7 out: draw 12.25 t"]);
}

/// What was refused once was refused for ever, and said what was no longer true.
#[test]
fn what_was_refused_is_tried_again() {
    let text = "day,in,out\n2026-03-02,,1200\n";
    let mut books = open();
    let first = books.items(FLOWS, text);
    books.take(&first, &["draw"]);
    for _ in 0..2 {
        let again = books.items(FLOWS, text);
        assert_eq!(told(&again[1]), "2 out: draw 1200 t");
        books.take(&again, &["draw"]);
    }
    books.load(FLOWS, text);
    assert_eq!(books.load(FLOWS, text)[1], "2 out: loaded before");
}

const DAILY: &str = "day,in,out\n2026-03-02,60,\n2026-03-03,70,\n2026-03-04,,20\n";

#[test]
fn a_revised_flow_becomes_a_reversal_and_a_new_movement() {
    let mut books = open();
    books.load(FLOWS, DAILY);
    let revised = DAILY.replace("70", "71").replace(",20", ",21");
    let said = books.load(FLOWS, &revised);
    assert_eq!(
        said.iter().filter(|said| said.contains(" t")).collect::<Vec<_>>(),
        [
            "3 in: deposit 71 t on 2026-03-03 (revised: was 70 t), a revision",
            "3 in: correct revised: was 70 t, is 71 t",
            "4 out: correct revised: was 20 t, is 21 t",
            "4 out: draw 21 t on 2026-03-04 (revised: was 20 t), a revision",
        ]
    );
    let again = books.load(FLOWS, &revised);
    assert_eq!(again.iter().filter(|said| said.ends_with("loaded before")).count(), 3, "{again:?}");
    // The file before it comes late: the newer figures stand, and it is said.
    let late = books.load(FLOWS, DAILY);
    let late: Vec<&String> = late.iter().filter(|said| said.contains("unreadable")).collect();
    assert!(late.len() == 2 && late[0].contains("70 t was replaced before by 71 t, as event"), "{late:?}");
}

#[test]
fn a_flow_that_was_nothing_after_all_is_taken_back() {
    let mut books = open();
    books.load(FLOWS, DAILY);
    let said = books.load(FLOWS, &DAILY.replace("70", "0"));
    assert_eq!(said[2], "3 in: correct revised: was 70 t, is 0 t, a revision");
    assert_eq!(books.load(FLOWS, &DAILY.replace("70", "0"))[2], "3 in: no flow");
}

/// Somebody followed the hint, corrected the books by hand, and was refused again for ever.
#[test]
fn what_was_corrected_by_hand_stands() {
    let mut books = open();
    books.load(FLOWS, DAILY);
    let posted = books.found.values().find(|was| matches!(&was.became, Became::Done(moved) if moved.quantity == "70"));
    let seq = posted.expect("posted").seq;
    books.reverse(seq, 99, Uuid::from_u128(7));
    for text in [DAILY.to_owned(), DAILY.replace("70", "71")] {
        let said = books.load(FLOWS, &text);
        assert_eq!(said[2], "3 in: corrected by hand");
    }
}

#[test]
fn a_lone_figure_that_may_be_another_movement_or_a_revision_is_asked_about() {
    let mut books = open();
    books.load(FLOWS, "day,in,out\n2026-03-02,60,\n");
    let lone = "day,in,out\n2026-03-02,66,\n";
    let said = |flows: &str| said_of(&books, &format!("{flows}\n{FLOWS}"), lone);
    assert!(
        said("")[0].starts_with("2 in: unreadable: 66 t may be another movement of 2026-03-02, or event 8 revised")
    );
    assert_eq!(said("flows = 'lines'")[0], "2 in: deposit 66 t");
    assert_eq!(said("flows = 'daily'")[0], "2 in: deposit 66 t on 2026-03-02 (revised: was 60 t), a revision");
}

fn said_of(books: &Books, mapping: &str, text: &str) -> Vec<String> {
    books.items(mapping, text).iter().map(told).collect()
}

#[test]
fn a_document_number_says_which_movement_is_meant() {
    let mapping = format!("reference = 'note'\n{FLOWS}");
    let mut books = open();
    let text = "day,in,out,note\n2026-03-02,60,,A-1\n2026-03-02,60,,A-2\n";
    let said = books.load(&mapping, text);
    assert_eq!(
        (&*said[0], &*said[2]),
        ("2 in: deposit 60 t on 2026-03-02 (A-1)", "3 in: deposit 60 t on 2026-03-02 (A-2)")
    );
    let said = books.load(&mapping, "day,in,out,note\n2026-03-02,60,,A-2\n2026-03-03,62,,A-1\n");
    assert_eq!(said[0], "2 in: loaded before");
    assert_eq!(said[2], "3 in: deposit 62 t on 2026-03-03 (A-1, revised: was 60 t on 2026-03-02), a revision");
}

#[test]
fn flows_of_an_account_that_nothing_opens_are_named() {
    let said = said(FLOWS, "day,in,out\n2026-03-02,60,\n");
    assert!(said[0].starts_with("2 in: unreadable: nothing says what lay at `S` of lot `L`"), "{said:?}");
    let empty = said_of(&Books::default(), &format!("begins = 'empty'\n{FLOWS}"), "day,in,out\n2026-03-02,60,\n");
    assert_eq!(empty[0], "2 in: deposit 60 t");
}

#[test]
fn figures_that_cannot_be_counted_are_named() {
    let said = said(ALONE, "day,a\n2026-03-01,100\n2026-03-03,90.1234567890123456789\n");
    assert!(said[1].starts_with("3 a: unreadable: `90.1234567890123456789` has more digits"), "{said:?}");
}

/// Two columns of stock on one lot moved the books at every load of the same file.
#[test]
fn two_columns_that_say_what_one_account_holds_are_refused_with_the_mapping() {
    let column = |name: &str, kind: &str, lot: &str| {
        format!(
            "[[column]]\ncolumn = '{name}'\nkind = '{kind}'\nunit = 't'\nsite = 'S'\nlot = '{lot}'\nmaterial = 'M'\n"
        )
    };
    let check = |kind: &str, lot: &str| Mapping::parse(&format!("{ALONE}{}", column("b", kind, lot)));
    assert!(check("stock", "L2").is_ok());
    for kind in ["stock", "count", "inflow"] {
        let error = check(kind, "L").expect_err(kind).to_string();
        assert!(error.contains("lot `L` at `S` both in `a` and in `b`"), "{error}");
    }
}
