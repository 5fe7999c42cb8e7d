use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::house::{House, command, deposit, members};

fn with_stock() -> House {
    let house = House::open();
    house.setup(&members());
    house.setup(&[deposit(20, "ONE", "L1", "100 t"), deposit(21, "TWO", "L2", "40.5 t")]);
    house.setup(&[command(
        22,
        "ONE",
        "draw",
        json!({ "lot": "L1", "site": "North", "quantity": "30 t", "effective": "2026-03-12" }),
    )]);
    house
}

#[test]
fn a_question_is_asked_by_query_or_by_body() {
    let house = with_stock();
    let by_query = house.get("/v1/positions?by=party,material&as_of=2026-03-11", &[]);
    let by_body =
        house.post("/v1/positions", &[], json!({ "by": ["party", "material"], "as_of": "2026-03-11" }).to_string());
    assert_eq!(by_query.json(), by_body.json());
    assert_eq!(by_query.header("granary-position"), "14");
    let on_hand = |party: &str| {
        let found =
            by_query.json()["positions"].as_array().expect("lines").iter().find(|line| line["party"] == party).cloned();
        found.expect("a line")["on_hand"].clone()
    };
    assert_eq!((on_hand("ONE"), on_hand("TWO")), (json!("100"), json!("40.5")));
}

#[test]
fn an_answer_is_csv_where_that_is_asked_for() {
    let house = with_stock();
    let csv = house.get("/v1/positions?by=lot", &[("accept", "text/csv")]);
    assert!(csv.header("content-type").starts_with("text/csv"), "{:?}", csv.headers);
    let lines: Vec<&str> = csv.text.lines().collect();
    assert_eq!(lines.len(), 3, "{}", csv.text);
    assert!(lines[0].contains("lot") && lines[1].contains("L1") && lines[2].contains("40.5"), "{}", csv.text);
    let empty = house.get("/v1/history?from=99&format=csv", &[]).text;
    assert!(empty.starts_with("seq,recorded_at,effective,party"), "a table without lines keeps its columns: {empty}");
}

#[test]
fn every_question_answers_over_http() {
    let house = with_stock();
    let asked: BTreeMap<&str, &str> = BTreeMap::from([
        ("list", "?what=lots"),
        ("event", "?seq=12"),
        ("trace", "?lot=L1"),
        ("explain", "?material=NdPr&as_of=2026-03-12&known_at=12"),
        ("command", "?id=00000000-0000-7000-8000-000000000020"),
    ]);
    for entry in answers::QUESTIONS {
        let query = asked.get(entry.name).copied().unwrap_or_default();
        let reply = house.get(&format!("/v1/{}{query}", entry.name), &[]);
        let problem = ["missing_field", "bad_field"].contains(&reply.code().as_str());
        assert!(reply.status == 200 || (query.is_empty() && problem), "{}: {}", entry.name, reply.text);
        if reply.status == 200 {
            // What a tool makes of the JSON of a server is what the server itself writes: one table, one writer.
            let read = entry.read(reply.text.as_bytes()).expect("an answer to the question");
            let ours = String::from_utf8(answers::table::csv::bytes(read.table())).expect("text");
            let mark = if query.is_empty() { '?' } else { '&' };
            let csv = house.get(&format!("/v1/{}{query}{mark}format=csv", entry.name), &[]);
            assert_eq!(csv.text, ours, "{}", entry.name);
            assert!(!ours.trim().is_empty(), "{}: a table has columns", entry.name);
            assert_eq!(csv.header("x-content-type-options"), "nosniff", "{}", entry.name);
            let mut file = Vec::new();
            export::TableFile::write(read.table(), &mut file).expect("built with Parquet, as the whole workspace is");
            let parquet = house.get(&format!("/v1/{}{query}{mark}format=parquet", entry.name), &[]);
            assert!(parquet.bytes == file && file.starts_with(b"PAR1"), "{}: {}", entry.name, parquet.text);
            let columns: BTreeSet<String> = read.table().columns.into_iter().map(|it| it.name.into_owned()).collect();
            let clash = columns.iter().find(|name| columns.contains(&format!("{name}_status")));
            assert_eq!(clash, None, "{}", entry.name);
        }
        assert_eq!(house.get(&format!("/v1/{}?colour=red", entry.name), &[]).code(), "unknown_field", "{}", entry.name);
    }
}

#[test]
fn what_is_not_well_put_is_told_with_its_code() {
    let house = with_stock();
    for (path, status, code) in [
        ("/v1/positions?lot=L7", 404, "unknown_lot"),
        ("/v1/positions?as_of=yesterday", 400, "bad_field"),
        ("/v1/positions?known_at=99", 400, "bad_field"),
        ("/v1/positions?by=colour", 400, "bad_field"),
        ("/v1/positions?empty=perhaps", 400, "bad_field"),
        ("/v1/positions?lot=L1&lot=L2", 400, "bad_field"),
        ("/v1/positions?after=99&deadline_ms=1", 503, "behind"),
        ("/v1/positions?format=xml", 400, "bad_field"),
        ("/v1/trace", 400, "missing_field"),
        ("/v1/stocks", 404, "unknown_question"),
        ("/v1/event?seq=99", 404, "unknown_event"),
        ("/v1/export/everything", 404, "unknown_export"),
        ("/v2/positions", 404, "not_found"),
    ] {
        let reply = house.get(path, &[]);
        assert_eq!((reply.status, reply.code().as_str()), (status, code), "{path}: {}", reply.text);
        assert_eq!(reply.header("content-type"), "application/problem+json", "{path}");
    }
    assert_eq!(house.post("/healthz", &[], "").code(), "no_such_method");
}

#[test]
fn a_stream_of_events_goes_on_behind_the_last_one_that_was_read() {
    let house = with_stock();
    let all = house.stream("/v1/events?from=1", &[], "id: 14");
    let ids: Vec<&str> = all.lines().filter_map(|line| line.strip_prefix("id: ")).collect();
    assert_eq!(ids, (1..=14).map(|id| id.to_string()).collect::<Vec<_>>());
    let rest = house.stream("/v1/events", &[("last-event-id", "12")], "id: 14");
    assert!(!rest.contains("id: 12") && rest.contains("id: 13"), "{rest}");
    // What is recorded while somebody listens comes by itself.
    std::thread::scope(|scope| {
        let listener = scope.spawn(|| house.stream("/v1/events?from=14", &[], "\"L3\""));
        house.setup(&[deposit(23, "ONE", "L3", "5 t")]);
        let heard = listener.join().expect("it listens");
        assert!(heard.contains("id: 15"), "{heard}");
    });
}

#[test]
fn the_service_says_how_it_is() {
    let house = with_stock();
    assert_eq!(house.get("/healthz", &[]).text, "ok\n");
    assert_eq!(house.get("/readyz", &[]).text, "ready at event 14\n");
    assert_eq!(house.get("/metrics", &[]).text, "granary_test 1\n");
}

/// Adds a journal up by hledger's own rules, as far as we write them: a date, postings of account, amount and commodity.
fn add_up(journal: &str) -> BTreeMap<(String, String), i128> {
    let mut sums: BTreeMap<(String, String), i128> = BTreeMap::new();
    for line in journal.lines().filter(|line| line.starts_with("    ")) {
        let (account, amount) = line.trim().split_once("  ").expect("two spaces end an account");
        let (number, commodity) = amount.trim().split_once(' ').expect("a commodity");
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits: i128 = format!("{whole}{fraction:0<9}").parse().expect("a number");
        *sums.entry((account.to_owned(), commodity.trim_matches('"').to_owned())).or_default() += digits;
    }
    sums
}

#[test]
fn the_journal_adds_up_to_the_positions_and_to_nothing() {
    let house = with_stock();
    let journal = house.get("/v1/export/journal", &[]);
    assert_eq!(journal.status, 200);
    let sums = add_up(&journal.text);
    assert_eq!(sums.values().sum::<i128>(), 0, "what one account loses another gains");
    let of = |account: &str| sums[&(account.to_owned(), "NdPr t".to_owned())];
    assert_eq!((of("assets:North:ONE:L1"), of("assets:North:TWO:L2")), (70_000_000_000, 40_500_000_000));
    let postings = house.get("/v1/export/postings", &[]).text;
    assert_eq!(postings.lines().count(), 1 + 3 * 2);
    assert_eq!(house.get("/v1/export/events", &[]).text.lines().count(), 14);
    assert_eq!(house.get("/v1/export/commands", &[]).text.lines().count(), 13);
}

#[test]
fn openapi_names_every_question_and_every_reference_leads_somewhere() {
    let house = House::open();
    let document = house.get("/openapi.json", &[]).json();
    assert_eq!(document["openapi"], "3.1.0");
    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    for reference in references {
        let path = reference.strip_prefix('#').expect("within the document");
        assert!(document.pointer(path).is_some(), "{reference} leads nowhere");
    }
    for entry in answers::QUESTIONS {
        assert!(document["paths"][format!("/v1/{}", entry.name)]["get"].is_object(), "{}", entry.name);
        let fields = entry.request_schema()["properties"].as_object().cloned().unwrap_or_default();
        for shared in web::SHARED_FIELDS {
            assert!(!fields.contains_key(shared), "`{shared}` of `{}` is a field of every question", entry.name);
        }
    }
}

fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                match value.as_str().filter(|_| field == "$ref") {
                    Some(reference) => drop(found.insert(reference.to_owned())),
                    None => collect(value, found),
                }
            }
        }
        Value::Array(parts) => parts.iter().for_each(|part| collect(part, found)),
        _ => {}
    }
}

#[test]
fn a_page_of_an_answer_says_what_follows_it() {
    let house = with_stock();
    for format in ["json", "csv"] {
        let page = house.get(&format!("/v1/history?limit=2&format={format}"), &[]);
        assert_eq!(page.header("granary-next"), "from=3", "{format}: {:?}", page.headers);
        let whole = house.get(&format!("/v1/history?from=3&format={format}"), &[]);
        assert_eq!(whole.header("granary-next"), "", "{format}: {:?}", whole.headers);
    }
}

#[test]
fn positions_come_in_parts_that_make_up_the_whole() {
    let house = House::open();
    house.setup(&members());
    house.setup(&(0..30).map(|id| deposit(100 + id, "ONE", &format!("L{id}"), "1 t")).collect::<Vec<_>>());
    house.setup(&[deposit(140, "TWO", "L7 b", "1 t")]);
    for query in ["", "by=lot&", "by=party,lot&basis=REO&", "by=site,form&", "by=lot&as_of=2026-03-11&known_at=30&"] {
        let whole = house.get(&format!("/v1/positions?{query}"), &[]).json();
        let mut parts = Vec::new();
        let mut page = String::new();
        loop {
            let part = house.get(&format!("/v1/positions?{query}limit=7{page}"), &[]);
            let json = part.json();
            parts.extend(json["positions"].as_array().expect("lines").clone());
            let Some(next) = json["next"].as_str() else { break };
            let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
            assert_eq!(part.header("granary-next"), format!("page={next}"), "{query}");
            page = format!("&page={next}");
        }
        assert_eq!(Value::from(parts), whole["positions"], "{query}");
        assert_eq!(whole["next"], Value::Null, "{query}");
    }
    assert_eq!(house.get("/v1/positions?page=7", &[]).code(), "bad_field");
    // What is recorded between two parts is in none of them: all are of one state.
    let first = house.get("/v1/positions?by=lot&limit=20", &[]).json();
    house.setup(&[deposit(141, "ONE", "A first one", "1 t"), deposit(142, "ONE", "Z last one", "1 t")]);
    let next: String =
        form_urlencoded::byte_serialize(first["next"].as_str().expect("there is more").as_bytes()).collect();
    let rest = house.get(&format!("/v1/positions?by=lot&page={next}"), &[]).json();
    let lots = |part: &Value| -> Vec<String> {
        let lines = part["positions"].as_array().expect("lines").iter();
        lines.map(|line| line["lot"].as_str().expect("a lot").to_owned()).collect()
    };
    let both: BTreeSet<String> = lots(&first).into_iter().chain(lots(&rest)).collect();
    assert_eq!(both.len(), 31, "{both:?}");
    assert!(!both.contains("Z last one") && !both.contains("A first one"), "{both:?}");
    assert_eq!(rest["known_at"], first["known_at"]);
    // So is today: it is that of the first part, which the token tells (here a day before anything was held).
    let token = first["next"].as_str().expect("there is more").as_bytes();
    let token = data_encoding::BASE64URL_NOPAD.decode(token).expect("it can stand in an address");
    let mut earlier: Value = serde_json::from_slice(&token).expect("a list");
    earlier[1] = json!(1_772_323_200_000_000_u64);
    let earlier = data_encoding::BASE64URL_NOPAD.encode(earlier.to_string().as_bytes());
    let none = house.get(&format!("/v1/positions?by=lot&page={earlier}"), &[]).json();
    assert_eq!(none["positions"], json!([]), "{none}");
    // A token of another question is no page of this one.
    for query in ["by=site,lot&", "by=lot&material=NdPr&", "by=lot&known_at=30&", "by=party&"] {
        let foreign = house.get(&format!("/v1/positions?{query}page={next}"), &[]);
        assert_eq!((foreign.status, foreign.json()["field"].clone()), (400, json!("page")), "{query}");
    }
    for limit in ["positions?limit=0", "history?limit=0", "history?limit=0&newest=true"] {
        assert_eq!(house.get(&format!("/v1/{limit}"), &[]).json()["field"], "limit");
    }
}

/// Whatever is wrong is told by a code, with the field as it was written, and by facts from which it can be told again; no word
/// of the parser's comes through, and what was probably meant is named.
#[test]
fn what_is_wrong_with_a_question_is_told_by_code_field_and_facts() {
    let house = with_stock();
    let post = |question: &str, body: &str| house.post(&format!("/v1/{question}"), &[], body);
    let get = |path: &str| house.get(&format!("/v1/{path}"), &[]);
    let table = [
        (post("positions", "{\"by\": 7}"), "bad_field", "by", ""),
        (post("positions", "{\"by\": [\"colour\"]}"), "bad_field", "by[0]", ""),
        (post("positions", "{\"by\": [\"meterial\"]}"), "bad_field", "by[0]", "`material`"),
        (post("positions", "{\"material\": 5}"), "bad_field", "material", ""),
        (post("positions", "{\"material\": [\"NdPr\"], \"site\": \"North\"}"), "bad_field", "material", ""),
        (post("positions", "{\"form\": \"oxid\", \"source\": \"primary\"}"), "bad_field", "form", "`oxide`"),
        (post("positions", "{\"source\": 1, \"form\": \"oxide\"}"), "bad_field", "source", ""),
        (post("positions", "{\"limit\": -1}"), "bad_field", "limit", ""),
        (post("positions", "{\"empty\": \"yes\"}"), "bad_field", "empty", ""),
        (post("positions", "{\"known_at\": 1.5}"), "bad_field", "known_at", ""),
        (post("positions", "{\"lot\": \"a\", \"lot\": \"b\"}"), "bad_field", "lot", ""),
        (post("positions", "{\"lot\": \"a\\u0007\"}"), "bad_field", "lot", ""),
        (post("positions", "{\"lto\": \"a\"}"), "unknown_field", "lto", "`lot`"),
        (post("positions", "[]"), "bad_request", "", ""),
        (post("positions", "{\"lot\": \"L1\""), "not_json", "", ""),
        (post("positions", "nonsense"), "not_json", "", ""),
        (post("trace", "{}"), "missing_field", "lot", ""),
        (get("positions?lto=L1"), "unknown_field", "lto", "`lot`"),
        (get("positions?lot=a%07"), "bad_field", "lot", ""),
        (get("positions?format=cvs"), "bad_field", "format", "`csv`"),
        (get("postions"), "unknown_question", "", "`positions`"),
        (get("history?act=depsoit"), "bad_field", "act", "`deposit`"),
        (get("history?by=ON"), "unknown_party", "by", "`ONE`"),
        (get("history?until=99999"), "bad_field", "until", ""),
        (get("positions?known_at=99999"), "bad_field", "known_at", ""),
        (get("positions?known_at=2099-01-01"), "bad_field", "known_at", ""),
        (get("positions?known_at=2099-01-01T00:00:00Z"), "bad_field", "known_at", ""),
        (get("debts?member=ON"), "unknown_party", "member", "`ONE`"),
        (get("breaks?party=ON"), "unknown_party", "party", "`ONE`"),
        (get("digest?owner=ON"), "unknown_party", "owner", "`ONE`"),
        (get("break?code=B-1"), "unknown_break", "code", ""),
        (get("reach?form=oxid"), "bad_field", "form", "`oxide`"),
        (get("facts?act=comit"), "unknown_act", "act", "`commit`"),
        (get("facts?reference=X"), "unknown_reference", "reference", ""),
        (get("published?series=S"), "unknown_series", "series", ""),
        (get("rights?project=P"), "unknown_project", "project", ""),
        (get("trusted_logs?origin=example.org"), "unknown_origin", "origin", ""),
        (get("transfers?state=complet"), "bad_field", "state", "`complete`"),
        (get("report_lines"), "missing_field", "report", ""),
        (get("explain?as_of=2026-03-12&known_at=12&lot=L9"), "unknown_lot", "lot", ""),
        (get("prove_balance?owner=ONE&place=North&lot=L1&as_of=2026-03-01"), "balance_is_nothing", "", ""),
        (get("export/events?from=2026-01-01"), "unknown_field", "from", ""),
        (get("receipts/12?format=json"), "unknown_field", "format", ""),
        (get("commands/00000000-0000-7000-8000-000000000020?wait=projected"), "unknown_field", "wait", ""),
    ];
    for (reply, code, field, meant) in table {
        let body = reply.json();
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        assert_eq!((text("code").as_str(), text("field").as_str()), (code, field), "{body}");
        assert!([400, 404].contains(&reply.status), "{body}");
        assert!(text("hint").contains(meant), "{meant}: {body}");
        let told = text("detail") + &text("hint");
        for word in ["expected", "invalid type", "at line", "variant", "sequence", "EOF"] {
            assert!(!told.contains(word), "{body}");
        }
        let facts = body["facts"].as_object().expect("facts");
        let saying = wire::verdict::retold(facts).expect("it can be told again");
        let retold = words::english().tell(&saying);
        assert_eq!(retold.message, text("detail"), "{body}");
        assert!(text("hint").ends_with(&retold.hint), "{body}");
    }
    // A mark of UTF-8 before it is none of it.
    assert_eq!(post("positions", "\u{feff}{\"lot\": \"L1\"}").status, 200);
    // The same question about the same ledger has the same parts.
    let part = || get("positions?by=lot&limit=1&format=csv").text;
    assert_eq!(part(), part());
    assert!(part().contains("page="), "{}", part());
}

#[test]
fn what_moves_between_two_parts_is_counted_once() {
    let house = House::open();
    house.setup(&members());
    house.setup(&(0..6).map(|id| deposit(100 + id, "ONE", &format!("L{id}"), "1 t")).collect::<Vec<_>>());
    let sum = |part: &Value| -> f64 {
        let lines = part["positions"].as_array().expect("lines").iter();
        lines.map(|line| line["on_hand"].as_str().expect("a number").parse::<f64>().expect("a number")).sum()
    };
    let first = house.get("/v1/positions?by=site,lot&limit=3", &[]).json();
    let step = |id: u32, lot: &str| {
        command(id, "ONE", "transfer", json!({ "lot": lot, "source": "North", "target": "Own", "quantity": "1 t" }))
    };
    // One line that was told already, and one that was not, go elsewhere.
    house.setup(&[step(110, "L1"), step(111, "L4")]);
    let next: String = form_urlencoded::byte_serialize(first["next"].as_str().expect("more").as_bytes()).collect();
    let rest = house.get(&format!("/v1/positions?by=site,lot&page={next}"), &[]).json();
    assert_eq!(sum(&first) + sum(&rest), 6.0, "{first}{rest}");
}

#[test]
fn a_file_is_whole_or_says_that_it_is_not() {
    let house = House::open();
    house.setup(&members());
    house.setup(&(0..1_000).map(|id| deposit(1_000 + id, "ONE", &format!("L{id}"), "1 t")).collect::<Vec<_>>());
    let cut = house.get("/v1/history?format=csv", &[]);
    assert_eq!((cut.status, cut.code().as_str()), (400, "too_long_for_a_file"), "{}", cut.text);
    assert!(cut.text.contains("limit"), "it says what to do: {}", cut.text);
    let part = house.get("/v1/history?limit=2&format=csv", &[]);
    assert!(part.text.lines().last().is_some_and(|line| line.contains("more; go on with from=3")), "{}", part.text);
    assert!(part.header("content-disposition").contains("history.part.csv"), "{:?}", part.headers);
    let whole = house.get("/v1/positions?by=material&format=csv", &[]);
    assert!(
        !whole.text.contains('#') && whole.header("content-disposition").contains("positions.csv"),
        "{}",
        whole.text
    );
    // What could not be restated is said in the file.
    let mixed = house.get("/v1/positions?by=material&basis=REO&format=csv", &[]).text;
    assert!(mixed.contains("\n# some lines stay in their own basis"), "{mixed}");
}

#[test]
fn a_slip_in_a_country_or_a_form_is_named_and_not_answered_with_nothing() {
    let house = with_stock();
    for (path, field) in [
        ("stress?country=cn&material=NdPr", "country"),
        ("stress?country=China", "country"),
        ("stress?country=", "country"),
        ("blocked?to=jp", "to"),
        ("positions?origin=cn", "origin"),
        ("history?origin=cn", "origin"),
        ("positions?form=foo", "form"),
        ("positions?source=foo", "source"),
    ] {
        let reply = house.get(&format!("/v1/{path}"), &[]);
        assert_eq!((reply.status, reply.json()["field"].clone()), (400, json!(field)), "{path}: {}", reply.text);
    }
    assert_eq!(house.get("/v1/stress?country=CN&material=NdPr", &[]).status, 200);
    // What a spelling was probably meant to be is said.
    assert!(house.get("/v1/stress?country=cn", &[]).text.contains("did you mean `CN`?"));
    let far = house.get("/v1/head?after=999999&deadline_ms=20", &[]);
    assert_eq!((far.status, far.header("retry-after")), (503, "1"), "{}", far.text);
    assert_eq!(house.get("/v1/export/nothing", &[]).json()["retry"], "changed");
}
