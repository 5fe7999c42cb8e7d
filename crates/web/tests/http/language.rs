//! In which language a caller is answered. A language is a file: the one of these tests is taken in as a translator's would be,
//! and has a few words only; what it lacks is told in English.

use std::sync::Once;

use serde_json::json;

use crate::house::{House, command, deposit, members};

/// Fluent's own tag for a language that is none: English with marks, for trials.
const TAG: &str = "en-XA";
const CATALOGUE: &str = "\
refused-exceeds_balance = ẞalance of { $lot } ïs { $quantity }
    .hint = łook at `granary history --lot={ $lot }`
unread-not_an_id = `{ $text }` ïs no UUID
    .hint = łook at `granary id`
why-not_registered = ño { $kind } `{ $code }`
    .hint = łook
door-not_signed_in = ñobody
door-not_signed_in_here = ñobody
door-not_found = ñothing at `{ $path }`
    .hint = łook
console-overview = Överview
console-positions = Pösitions
console-show = Shöw
table-seen-by = sëen by { $party }
";

fn with_stock() -> House {
    static TAKEN_IN: Once = Once::new();
    TAKEN_IN.call_once(|| {
        words::try_out(TAG, CATALOGUE).expect("a catalogue");
    });
    let house = House::open();
    house.setup(&members());
    house.setup(&[deposit(20, "ONE", "L1", "10 t")]);
    house
}

#[test]
fn a_problem_is_told_in_the_language_that_is_accepted_and_says_in_which() {
    let house = with_stock();
    let asked = |accepted: &str| {
        let reply = house.get("/v1/positions?material=Unobtainium", &[("accept-language", accepted)]);
        (reply.json()["detail"].clone(), reply.header("content-language").to_owned(), reply.header("vary").to_owned())
    };
    let (told, language, vary) = asked("fr, en-XA;q=0.9, en;q=0.5");
    assert_eq!((told, language.as_str()), (json!("ño material `Unobtainium`"), TAG));
    assert!(vary.to_ascii_lowercase().contains("accept-language"), "{vary}");
    // What nobody has is answered in English, and so is who says nothing.
    for accepted in ["fr", "", "*", "en", "en-XA;q=0, en", "not a header;;,"] {
        let (told, language, _) = asked(accepted);
        assert_eq!((told, language.as_str()), (json!("no material `Unobtainium` is registered"), "en"), "{accepted}");
    }
    // What no handler of ours answers, too.
    let nowhere = house.get("/v2/nowhere", &[("accept-language", TAG)]);
    assert_eq!((nowhere.status, nowhere.json()["detail"].clone()), (404, json!("ñothing at `/v2/nowhere`")));
}

#[test]
fn a_verdict_is_told_in_the_language_of_who_posts_alone_and_in_a_frame() {
    let house = with_stock();
    let asked = json!({ "lot": "L1", "site": "North", "quantity": "30 t", "effective": "2026-03-12" });
    let draw = |id: u32| command(id, "ONE", "draw", asked.clone());
    let language = [("accept-language", TAG)];
    let single = house.post("/v1/commands", &language, draw(30).to_string());
    assert_eq!(single.json()["detail"], "ẞalance of L1 ïs 10 t net", "{}", single.text);
    assert_eq!(single.json()["hint"], "łook at `granary history --lot=L1`");
    let frame =
        format!("{}\n{{\"id\":\"x\",\"party\":\"ONE\",\"effective\":\"2026-03-12\",\"act\":\"draw\"}}\n", draw(31));
    let ndjson = ("content-type", "application/x-ndjson");
    let told = house.post("/v1/commands", &[language[0], ndjson], frame.clone());
    let verdicts: Vec<serde_json::Value> =
        told.text.lines().map(|line| serde_json::from_str(line).expect("a verdict")).collect();
    assert_eq!(verdicts[1]["message"], "`id`: `x` ïs no UUID", "{}", told.text);
    assert_eq!(verdicts[1]["hint"], "łook at `granary id`");
    assert_eq!(verdicts[0]["message"], "ẞalance of L1 ïs 10 t net", "{}", told.text);
    let english = house.post("/v1/commands", &[ndjson], frame);
    assert!(english.text.contains("`id`: `x` is not a UUID"), "{}", english.text);
}

#[test]
fn the_console_speaks_the_language_that_was_chosen_and_every_link_and_form_keeps_it() {
    let house = with_stock();
    let pages = ["/", "/console/positions", "/console/cover", "/console/breaks", "/console/balances"];
    let more = ["/console/reports", "/console/history", "/console/lot/L1", "/console/material/NdPr"];
    for page in pages.into_iter().chain(more) {
        let plain = house.get(page, &[]).text;
        assert!(plain.contains("<html lang=\"en\">") && !plain.contains("lang=e"), "{page}: {plain}");
        let chosen = house.get(&format!("{page}?lang={TAG}"), &[]);
        assert_eq!(chosen.header("content-language"), TAG, "{page}");
        let chosen = chosen.text;
        assert!(chosen.contains("<html lang=\"en-XA\">") && chosen.contains("Pösitions"), "{page}: {chosen}");
        let targets = chosen.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        for target in
            targets.filter(|target| *target == "/" || target.starts_with("/?") || target.starts_with("/console/"))
        {
            let keeps = target.contains("lang=en-XA") || target.ends_with(".css");
            assert!(keeps, "{page}: the link to {target} loses the language");
        }
        let forms = chosen.matches("method=\"get\"").count();
        let kept = chosen.matches("<input type=\"hidden\" name=\"lang\" value=\"en-XA\">").count();
        assert_eq!(forms, kept, "{page}");
    }
    // A browser's own language does where none was chosen; and one that nobody has is English.
    assert!(house.get("/", &[("accept-language", TAG)]).text.contains("Överview"));
    assert!(house.get("/?lang=tlh", &[]).text.contains("<html lang=\"en\">"));
}

#[test]
fn what_holds_no_words_is_the_same_in_every_language() {
    let house = with_stock();
    let csv = house.get("/v1/positions?format=csv", &[("accept-language", TAG)]);
    assert_eq!((csv.header("content-language"), csv.text.contains("lot")), ("", true));
}

/// The header over NATS is the one of HTTP, and so is what it does.
#[test]
fn the_bus_answers_in_the_language_that_is_accepted_and_says_in_which() {
    use bus::{Asked, Handler};
    let house = with_stock();
    let door = house.bus_door();
    let ask = |headers: &[(&str, &str)]| {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let asked = Asked { verb: "stocks".to_owned(), headers, body: "{}".into() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let reply = runtime.block_on(door.handle(asked));
        let language = reply.headers.iter().find(|(name, _)| name == "content-language").map(|(_, tag)| tag.clone());
        (language, serde_json::from_slice::<serde_json::Value>(&reply.body).expect("JSON")["detail"].clone())
    };
    let (language, told) = ask(&[("accept-language", TAG)]);
    assert_eq!((language.as_deref(), told), (Some(TAG), json!("ñobody")));
    let (language, told) = ask(&[]);
    assert_eq!((language.as_deref(), told), (Some("en"), json!("the request says nobody's name")));
}
