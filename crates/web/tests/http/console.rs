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

/// A secretariat's ledger with a report, a break, a duty to report, and a site that was counted day by day.
fn with_breaks() -> House {
    let house = with_stock();
    let line = |line: u32, quantity: &str| json!({ "line": line, "material": "NdPr", "way": "in", "quantity": quantity, "effective": "2026-03-10", "reference": "<PO>" });
    let found = json!({ "class": "quantity_differs", "reason": "unknown", "material": "NdPr", "difference": "0.5 t",
        "effective": "2026-03-10", "ours": ["event 12.1"], "theirs": ["ONE/1:1"] });
    let member = |status: &str| json!({ "reserve": "R", "member": "ONE", "status": status, "effective": "2026-02-01" });
    let mut setup = vec![
        command(
            80,
            "SEC",
            "register_party",
            json!({ "code": "Pool", "name": "The members together", "role": "agency" }),
        ),
        command(
            81,
            "SEC",
            "establish_reserve",
            json!({ "reserve": "R", "name": "Shared reserve", "pool": "Pool", "secretariat": "SEC", "currency": "USD",
                "terms": { "version": "1", "tolerance_ppm": 0, "notice_days": 30, "tiers": [] } }),
        ),
        command(82, "SEC", "set_member", member("invited")),
        command(83, "ONE", "set_member", member("joined")),
        command(
            30,
            "SEC",
            "set_duty",
            json!({ "sender": "ONE", "kind": "transactions", "months": 1, "days": 5, "effective": "2026-02-01" }),
        ),
        command(
            31,
            "SEC",
            "receive_report",
            json!({ "sender": "ONE", "number": 1, "kind": "transactions", "first": "2026-03-01",
            "last": "2026-03-31", "source": "00".repeat(32), "line_count": 1, "lines": [line(1, "1234 t")] }),
        ),
        command(
            32,
            "SEC",
            "record_run",
            json!({ "whose": "ONE", "first": "2026-03-01", "last": "2026-03-31",
            "counts": [0, 0, 0, 0, 0, 1, 0, 0, 0], "breaks": [found] }),
        ),
        command(
            33,
            "SEC",
            "explain_break",
            json!({ "number": "B1", "reason": "moisture", "note": "<wet>", "maker": "Sato" }),
        ),
    ];
    for (day, counted) in [(13u32, "1204.5"), (14, "1204"), (15, "1204.25"), (16, "1190"), (17, "1190"), (18, "1189.5")]
    {
        setup.push(command(
            40 + day,
            "OPS",
            "stocktake",
            json!({ "site": "North", "owner": "ONE", "lines": [{ "lot": "L1", "counted": format!("{counted} t") }], "effective": format!("2026-03-{day}") }),
        ));
    }
    house.setup(&setup);
    house
}

#[test]
fn differences_are_listed_aged_and_shown_with_both_sides() {
    let house = with_breaks();
    let page = house.get("/console/breaks?as_of=2026-03-31", &[]).text;
    check_tags(&page);
    for part in ["/console/break/B1", "quantity differs", "explained", "8-30 days", "<rect class=\"bar\"", "supervisor"]
    {
        assert!(page.contains(part), "{part} in {page}");
    }
    let page = house.get("/console/break/B1", &[]).text;
    check_tags(&page);
    for part in ["1234 t net", "ONE/1:1", "event 12.1", "moisture", "&lt;wet&gt;", "&lt;PO&gt;", "Sato"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert_eq!(house.get("/console/break/B9", &[]).status, 404);
    let none = house.get("/console/breaks?status=resolved", &[]).text;
    assert!(none.contains("nothing to show") && none.contains("selected"), "{none}");
    let page = house.get("/console/reports?as_of=2026-05-31", &[]).text;
    check_tags(&page);
    assert!(page.contains("ONE/1") && page.contains("2026-04-05"), "{page}");
}

#[test]
fn balances_have_a_chart_with_limits_and_say_what_is_open() {
    let house = with_breaks();
    let areas = house.get("/console/balances", &[]).text;
    let link = "/console/balances?site=North&amp;material=NdPr";
    assert!(areas.contains(link), "{areas}");
    let page = house.get(&format!("{}&owner=ONE", link.replace("&amp;", "&")), &[]).text;
    check_tags(&page);
    assert_eq!(page.matches("<svg").count(), 2, "{page}");
    for part in ["1.4826 x median", "14.25", "class=\"limit\"", "alarm"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert_eq!(house.get("/console/balances?site=Nowhere&material=NdPr", &[]).status, 404);
}

#[test]
fn every_page_that_a_link_leads_to_is_there_and_sound() {
    let house = with_breaks();
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
        "/console/breaks",
        "/console/break/",
        "/console/balances?site=",
        "/console/reports",
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
fn many_positions_are_shown_page_by_page() {
    let house = House::open();
    house.setup(&members());
    let deposit = |id: u32| {
        let fields = json!({ "lot": format!("P{id}"), "site": "North", "material": "NdPr", "quantity": "1 t" });
        command(1_000 + id, "ONE", "deposit", fields)
    };
    house.setup(&(0..501).map(deposit).collect::<Vec<_>>());
    let rows = |text: &str| text.matches("/console/lot/").count();
    let first = house.get("/console/positions?by=lot", &[]).text;
    assert!(rows(&first) == 500 && !first.contains("rel=\"prev\""), "{} rows", rows(&first));
    let next = first.split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a link");
    let second = house.get(&next.replace("&amp;", "&"), &[]).text;
    assert!(rows(&second) == 1 && second.contains("P99"), "{} rows", rows(&second));
    assert!(second.contains("rel=\"prev\"") && !second.contains("rel=\"next\""));
}

#[test]
fn a_browser_signs_in_with_a_token_and_out_again() {
    let house = House::with_tokens(&[token("ONE", "a secret")]);
    house.setup(&members());
    let asked = house.get("/", &[]);
    assert_eq!(asked.status, 401);
    assert!(asked.text.contains("action=\"/console/sign-in\""), "{}", asked.text);
    let form = |path: &str, cookie: &str, body: &str| {
        house.post(path, &[("content-type", "application/x-www-form-urlencoded"), ("cookie", cookie)], body)
    };
    assert_eq!(form("/console/sign-in", "", "token=guessed").status, 401);
    let signed = form("/console/sign-in", "", "token=a+secret&target=%2Fconsole%2Fpositions");
    assert_eq!((signed.status, signed.header("location")), (303, "/console/positions"), "{}", signed.text);
    let cookie = signed.header("set-cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let cookie = cookie.split(';').next().expect("a pair");
    let page = house.get("/", &[("cookie", cookie)]);
    assert_eq!(page.status, 200, "{}", page.text);
    assert_eq!(house.get("/v1/positions", &[("cookie", cookie)]).status, 200, "what pages link to");
    // What a browser sends by itself changes nothing: neither a session nor a password that it keeps.
    let command = deposit(30, "ONE", "L9", "1 t").to_string();
    assert_eq!(house.post("/v1/commands", &[("cookie", cookie)], &command).code(), "not_signed_in");
    let basic = format!("Basic {}", data_encoding::BASE64.encode(b"one:a secret"));
    assert_eq!(house.get("/", &[("authorization", &basic)]).status, 200);
    assert_eq!(house.post("/v1/commands", &[("authorization", &basic)], &command).code(), "not_by_password");
    assert_eq!(
        form("/console/sign-out", cookie, "form=guessed").status,
        403,
        "a form of ours brings back what it was given"
    );
    assert_eq!(house.get("/", &[("cookie", cookie)]).status, 200);
    let given =
        page.text.split("name=\"form\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a form");
    assert_eq!(form("/console/sign-out", cookie, &format!("form={given}")).status, 303);
    assert_eq!(house.get("/", &[("cookie", cookie)]).status, 401, "signed out");
    for elsewhere in ["https://evil.example/", "//evil.example", "/\\evil.example"] {
        let target: String = form_urlencoded::byte_serialize(elsewhere.as_bytes()).collect();
        let signed = form("/console/sign-in", "", &format!("token=a+secret&target={target}"));
        assert_eq!(signed.header("location"), "/", "{elsewhere}");
    }
}

/// Whoever signed in fills in a form, tries it, mends what is refused, and records it; nobody else's form does anything.
#[test]
fn an_act_is_tried_mended_and_recorded_by_a_form() {
    let house = House::with_tokens(&[token("ONE", "a secret")]);
    house.setup(&members());
    let form = |path: &str, cookie: &str, body: &str| {
        house.post(path, &[("content-type", "application/x-www-form-urlencoded"), ("cookie", cookie)], body)
    };
    let signed = form("/console/sign-in", "", "token=a+secret");
    let cookie = signed.header("set-cookie").split(';').next().expect("a pair").to_owned();
    let within = |page: &str, name: &str| -> String {
        let rest =
            page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_else(|| panic!("{name} in {page}"));
        rest.split('"').next().expect("it ends").to_owned()
    };
    let head = || house.ledger.world().books().head();
    let acts = house.get("/console/do", &[("cookie", &cookie)]).text;
    let one = house.ledger.world().books().party_no("ONE").expect("registered");
    for word in wire::Act::WORDS {
        let is_mine = house.ledger.world().books().may_ask(one, word).is_ok();
        assert_eq!(acts.contains(&format!("\"/console/do/{word}\"")), is_mine, "{word}");
    }
    let page = house.get("/console/do/deposit?lot=L9", &[("cookie", &cookie)]).text;
    check_tags(&page);
    assert_eq!(within(&page, "lot"), "L9", "what a link says stands in the form");
    let said = |page: &str, quantity: &str, button: &str| {
        let (ours, id) = (within(page, "own.form"), within(page, "own.id"));
        let fields =
            "own.effective=2026-03-10&lot=L9&site=North&material=NdPr&origin=mined%3DAU&form=oxide&reference=B%2FL+1";
        form(
            "/console/do/deposit",
            &cookie,
            &format!("own.form={ours}&own.id={id}&own.do={button}&{fields}&quantity={quantity}"),
        )
    };
    let before = head();
    let tried = said(&page, "3+t", "try");
    let kept = (within(&tried.text, "own.id"), within(&tried.text, "quantity"));
    assert_eq!((tried.status, head(), kept), (200, before, (within(&page, "own.id"), "3 t".into())));
    let refused = said(&page, "a+lot", "record");
    assert!(
        refused.text.contains("It was refused.") && within(&refused.text, "quantity") == "a lot",
        "{}",
        refused.text
    );
    let before = head();
    let recorded = said(&refused.text, "3+t", "record");
    assert!(recorded.text.contains("It is recorded."), "{}", recorded.text);
    assert_eq!(head().0, before.0 + 1);
    let again = said(&refused.text, "3+t", "record");
    assert!(again.text.contains("It was recorded before.") && head().0 == before.0 + 1, "{}", again.text);
    let guessed = form("/console/do/deposit", &cookie, "own.form=guessed&own.do=record&lot=L9");
    assert_eq!((guessed.status, head().0), (403, before.0 + 1));
    let nobody = form("/console/do/deposit", "", "own.form=guessed&own.do=record&lot=L9");
    assert!(nobody.text.contains("/console/sign-in") && head().0 == before.0 + 1, "{}", nobody.text);
    assert_eq!(house.get("/console/do/destroy", &[("cookie", &cookie)]).status, 404);
    assert_eq!(house.get("/console/do/deposit?colour=red", &[("cookie", &cookie)]).status, 400);
    assert_eq!(house.get("/console/ask/positions?colour=red", &[("cookie", &cookie)]).status, 200, "the form is kept");
}

/// A page of anybody's drew 700 t of a lot through the browser of whoever had the console open.
#[test]
fn a_page_of_another_site_neither_writes_nor_reads_here() {
    let house = House::open();
    house.setup(&members());
    let command = deposit(30, "ONE", "L9", "1 t").to_string();
    let head = house.ledger.world().books().head();
    for (headers, status) in [
        (vec![("content-type", "text/plain")], 415),
        (vec![("content-type", "application/x-www-form-urlencoded")], 415),
        (vec![("content-type", "")], 415),
        (vec![("origin", "http://evil.example")], 403),
        (vec![("origin", "null")], 403),
        (vec![("sec-fetch-site", "cross-site")], 403),
        (vec![("host", "rebind.test")], 421),
    ] {
        for path in ["/v1/commands", "/v1/import", "/v1/rebuild", "/console/sign-in"] {
            let reply = house.post(path, &headers, &command);
            // The form of the console is its own: what it brings is no token.
            let is_form = path == "/console/sign-in" && headers[0].1 == "application/x-www-form-urlencoded";
            let status = if is_form { 401 } else { status };
            assert!(reply.status == status || reply.status == 415, "{path} {headers:?}: {}", reply.text);
        }
    }
    assert_eq!(house.ledger.world().books().head(), head, "nothing was recorded");
    assert_eq!(house.get("/v1/positions", &[("host", "rebind.test")]).code(), "unknown_host");
    assert_eq!(house.get("/v1/positions", &[("origin", "http://evil.example")]).code(), "cross_site");
    let reply = house.get("/v1/positions", &[]);
    assert_eq!((reply.header("x-content-type-options"), reply.header("cache-control")), ("nosniff", "no-store"));
}
