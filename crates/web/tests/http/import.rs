//! `POST /v1/import`: who may, what is said line by line, and what keeps a source from being read at all.

use serde_json::{Value, json};

use crate::house::{House, Reply, members, token};

const MAPPING: &str = r#"
name = "weekly"
source = "made up"
format = "csv"
party = "ONE"
date = "day"
[[column]]
column = "stock"
kind = "stock"
unit = "t"
site = "North"
lot = "STOCK"
material = "NdPr"
"#;

const REPORTS: &str = r#"
source = "made up"
format = "csv"
kind = "transactions"
sender = "ONE"
unit = "t"
material = "NdPr"
[column]
date = "day"
way = "way"
quantity = "tonnes"
"#;

fn house() -> House {
    let house = House::with_tokens(&[token("ONE", "one"), token("TWO", "two")]);
    house.setup(&members());
    house
}

fn import(house: &House, secret: &str, body: Value) -> Reply {
    let bearer = format!("Bearer {secret}");
    house.post("/v1/import", &[("authorization", &bearer), ("content-type", "application/json")], body.to_string())
}

fn lines(reply: &Reply) -> Vec<Value> {
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.header("content-type"), "application/x-ndjson");
    reply.text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn every_line_gets_a_verdict_and_the_last_line_sums_up() {
    let house = house();
    let source = "day,stock\n2026-03-06,100\n2026-03-07,many\n2026-03-08,80\n2026-03-09,80\n";
    let body = |take: &str| json!({ "mapping": MAPPING, "source": source, "take": take });
    // One line that fails keeps the others back, and each is accounted for.
    let answer = lines(&import(&house, "one", body("all")));
    let said = |verdict: &Value| (verdict["line"].as_u64(), verdict["code"].clone());
    let verdicts: Vec<_> = answer[..4].iter().map(said).collect();
    let expected = [(2, "withheld"), (3, "bad_figure"), (4, "withheld"), (5, "as_the_books")];
    assert_eq!(verdicts, expected.map(|(line, code)| (Some(line), json!(code))));
    let counted =
        json!({ "all": 4, "taken": 0, "same": 1, "refused": 0, "skipped": 0, "unreadable": 1, "withheld": 2 });
    assert_eq!((&answer[4]["import"]["lines"], &answer[4]["import"]["accepted"]), (&counted, &json!(0)));
    let answer = lines(&import(&house, "one", body("lines")));
    let said = |verdict: &Value| (verdict["line"].as_u64(), verdict["column"].clone(), verdict["outcome"].clone());
    let verdicts: Vec<_> = answer[..3].iter().map(said).collect();
    let expected = [(2, "accepted"), (3, "invalid"), (4, "accepted")];
    assert_eq!(verdicts, expected.map(|(line, outcome)| (Some(line), json!("stock"), json!(outcome))));
    assert_eq!(answer[1]["code"], "bad_figure");
    let tally = &answer[4]["import"];
    assert_eq!((&tally["accepted"], &tally["invalid"], &tally["nothing"]), (&json!(2), &json!(1), &json!(1)));
    let again = lines(&import(&house, "one", body("lines")));
    assert_eq!(again.last().expect("a summary")["import"]["accepted"], 0);
}

#[test]
fn whoever_may_not_post_for_a_party_learns_nothing_of_its_stock() {
    let house = house();
    let source = "day,stock\n2026-03-06,100\n";
    let refused = import(&house, "two", json!({ "mapping": MAPPING, "source": source }));
    assert_eq!((refused.status, refused.code().as_str()), (403, "not_your_party"));
    let nobody = house.post("/v1/import", &[], json!({ "mapping": MAPPING, "source": source }).to_string());
    assert_eq!(nobody.status, 401);
    // What a mapping would register is not ONE's to register for others.
    let register = format!(
        "{MAPPING}\n[[register]]\nact = \"register_site\"\nparty = \"TWO\"\ncode = \"X\"\nname = \"X\"\ncountry = \"JP\"\narea = \"bulk\"\n"
    );
    let refused = import(&house, "one", json!({ "mapping": register, "source": source }));
    assert_eq!((refused.status, refused.code().as_str()), (403, "not_your_party"));
}

#[test]
fn a_report_is_taken_whole_or_not_at_all() {
    let house = house();
    let cover = json!({ "number": 1, "first": "2026-03-01", "last": "2026-03-31" });
    let bad = "day,way,tonnes\n2026-03-02,in,5\n2026-03-40,in,five\n";
    let answer = lines(&import(&house, "one", json!({ "mapping": REPORTS, "source": bad, "cover": cover })));
    assert_eq!((&answer[0]["line"], &answer[0]["column"]), (&json!(3), &json!("tonnes")), "{answer:?}");
    let tally = &answer.last().expect("a summary")["import"];
    assert_eq!((&tally["accepted"], &tally["invalid"]), (&json!(0), &json!(answer.len() - 1)));
    let good = "day,way,tonnes\n2026-03-02,in,5\n";
    let without = import(&house, "one", json!({ "mapping": REPORTS, "source": good }));
    assert!(without.status == 400 && without.text.contains("which report it is"), "{}", without.text);
    let answer = lines(&import(&house, "one", json!({ "mapping": REPORTS, "source": good, "cover": cover })));
    assert_eq!(answer[1]["import"]["accepted"], 1);
    let other = lines(&import(
        &house,
        "one",
        json!({ "mapping": REPORTS, "source": format!("{good}2026-03-03,in,1\n"), "cover": cover }),
    ));
    assert_eq!(other[1]["import"]["refused"], 1, "its number is used: {other:?}");
}

#[test]
fn what_cannot_be_read_at_all_says_why() {
    let house = house();
    let code = |body: Value| import(&house, "one", body).code();
    assert_eq!(code(json!({ "source": "day,stock\n" })), "bad_field");
    assert_eq!(code(json!({ "mapping": "nonsense =", "source": "" })), "bad_field");
    assert_eq!(code(json!({ "mapping": MAPPING, "source": "a,b\n1,2\n" })), "bad_field");
    let misspelt = import(&house, "one", json!({ "mapping": MAPPING, "sauce": "" })).json();
    assert_eq!((&misspelt["code"], &misspelt["field"]), (&json!("unknown_field"), &json!("sauce")));
    assert!(misspelt["hint"].as_str().is_some_and(|hint| hint.contains("`source`")), "{misspelt}");
    let text = import(&house, "one", json!({ "mapping": MAPPING, "source": "a,b\n1,2\n" })).text;
    assert!(text.contains("the file has no column `day`; it has `a`, `b`"), "{text}");
}
