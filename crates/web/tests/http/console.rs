use std::collections::BTreeSet;

use serde_json::json;

use crate::house::{House, command, deposit, members, token};

fn with_stock() -> House {
    let house = House::open();
    house.setup(&members());
    house.setup(&[
        deposit(20, "ONE", "L1", "1234.5 t"),
        deposit(21, "TWO", "a <script>alert(1)</script> & \"lot\"/1", "40 t"),
    ]);
    house.setup(&[command(
        22,
        "ONE",
        "draw",
        json!({ "lot": "L1", "site": "North", "quantity": "30 t", "effective": "2026-03-12" }),
    )]);
    house
}

/// Every tag that is opened is closed, in order. Attributes are quoted, so that a `>` in one would be an error of ours.
fn check_tags(page: &str) {
    const VOID: [&str; 4] = ["meta", "link", "input", "br"];
    let mut open: Vec<&str> = Vec::new();
    for part in page.split('<').skip(1) {
        let (tag, _) = part.split_once('>').expect("a tag ends");
        let name = tag.split([' ', '/']).find(|name| !name.is_empty()).unwrap_or_default();
        if tag.starts_with('!') || VOID.contains(&name) {
            continue;
        }
        match tag.starts_with('/') {
            false => open.push(name),
            true => assert_eq!(open.pop(), Some(name), "in {page}"),
        }
    }
    assert!(open.is_empty(), "{open:?} are left open");
}

#[test]
fn every_page_that_a_link_leads_to_is_there_and_sound() {
    let house = with_stock();
    let mut wanted = vec!["/".to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(path) = wanted.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let page = house.get(&path, &[]);
        assert_eq!(page.status, 200, "{path}: {}", page.text);
        if !page.header("content-type").starts_with("text/html") {
            continue;
        }
        check_tags(&page.text);
        assert!(page.header("content-security-policy").contains("default-src 'none'"), "{path}");
        assert!(page.text.contains("<html lang=\"en\">") && page.text.contains("<h1>"), "{path}");
        assert!(!page.text.contains("<script"), "{path}: what a code says is text");
        for link in page.text.split("href=\"").skip(1) {
            let target = link.split('"').next().expect("it ends").replace("&amp;", "&");
            if target.starts_with('/') {
                wanted.push(target);
            }
        }
    }
    let kinds = [
        "/console/positions",
        "/console/cover",
        "/console/history",
        "/console/lot/",
        "/console/material/",
        "/v1/event",
    ];
    for kind in kinds {
        assert!(seen.iter().any(|path| path.starts_with(kind)), "no link leads to {kind}: {seen:?}");
    }
}

#[test]
fn a_form_asks_the_same_question_as_a_program() {
    let house = with_stock();
    let page = house.get("/console/positions?by=lot&as_of=2026-03-11&known_at=&party=ONE", &[]);
    assert!(page.text.contains("1,234.5") && !page.text.contains("40"), "{}", page.text);
    let wrong = house.get("/console/positions?as_of=yesterday", &[]);
    assert!(wrong.status == 400 && wrong.text.contains("is not a date"), "{}", wrong.text);
    assert_eq!(house.get("/console/lot/L9", &[]).status, 404);
}

#[test]
fn a_browser_comes_in_with_a_token_as_its_password() {
    let house = House::with_tokens(&[token("ONE", "a secret")]);
    house.setup(&members());
    let asked = house.get("/", &[]);
    assert_eq!(asked.status, 401);
    assert!(asked.header("www-authenticate").starts_with("Basic"), "{:?}", asked.headers);
    let basic = format!("Basic {}", data_encoding::BASE64.encode(b"one:a secret"));
    assert_eq!(house.get("/", &[("authorization", &basic)]).status, 200);
}
