use data_encoding::BASE64URL_NOPAD;
use nkeys::KeyPair;
use serde_json::json;
use web::access::{FRAME, QUESTION, signed_text};

use crate::house::{House, Reply, command, deposit, members, token};

const ORIGIN: &str = "test.example/ledger";

/// Tokens are set, so that nobody is the operator by chance.
fn with_key() -> (House, KeyPair) {
    let house = House::with_tokens(&[token("AUD", "secret")]);
    house.setup(&members());
    let pair = KeyPair::new_user();
    let facts =
        json!({ "target": "ONE", "name": "ONE", "country": "JP", "role": "agency", "keys": [pair.public_key()] });
    house.setup(&[command(11, "ONE", "amend_party", amended(facts))]);
    (house, pair)
}

/// The field that names the party to amend is called as the act calls it.
fn amended(mut facts: serde_json::Value) -> serde_json::Value {
    let target = facts.as_object_mut().expect("fields").remove("target").expect("it is there");
    facts["code"] = target;
    facts
}

fn later(seconds: i64) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
    let at = u64::try_from(i64::try_from(now).expect("a time") + seconds).expect("after 1970");
    wire::date::show_moment(books::Moment(at * 1_000_000))
}

fn send(house: &House, pair: &KeyPair, origin: &str, expires: &str, signed: &[u8], sent: &[u8]) -> Reply {
    let signature = pair.sign(&signed_text(FRAME, origin, expires, signed)).expect("a key signs");
    let signature = BASE64URL_NOPAD.encode(&signature);
    let headers =
        [("granary-key", pair.public_key()), ("granary-signature", signature), ("granary-expires", expires.to_owned())];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    house.post("/v1/commands", &headers, sent)
}

#[test]
fn a_frame_signed_by_a_partys_key_is_that_partys() {
    let (house, pair) = with_key();
    let frame = deposit(20, "ONE", "L1", "1 t").to_string();
    let reply = send(&house, &pair, ORIGIN, &later(60), frame.as_bytes(), frame.as_bytes());
    assert_eq!(reply.status, 200, "{}", reply.text);
    let for_another = deposit(21, "TWO", "L2", "1 t").to_string();
    let reply = send(&house, &pair, ORIGIN, &later(60), for_another.as_bytes(), for_another.as_bytes());
    assert_eq!((reply.status, reply.code().as_str()), (403, "not_your_party"));
}

#[test]
fn what_is_forged_expired_or_meant_for_elsewhere_is_refused() {
    let (house, pair) = with_key();
    let frame = deposit(20, "ONE", "L1", "1 t").to_string();
    let more = deposit(20, "ONE", "L1", "9 t").to_string();
    let (frame, more) = (frame.as_bytes(), more.as_bytes());
    let head = house.ledger.world().books().head();
    for (reply, code) in [
        (send(&house, &pair, ORIGIN, &later(60), frame, more), "bad_signature"),
        (send(&house, &pair, "other.example/ledger", &later(60), frame, frame), "bad_signature"),
        (send(&house, &pair, ORIGIN, &later(-60), frame, frame), "signature_expired"),
        (send(&house, &pair, ORIGIN, &later(90_000), frame, frame), "bad_signature"),
        (send(&house, &pair, ORIGIN, "tomorrow", frame, frame), "bad_signature"),
        (send(&house, &KeyPair::new_user(), ORIGIN, &later(60), frame, frame), "unknown_key"),
    ] {
        assert_eq!((reply.status, reply.code().as_str()), (401, code), "{}", reply.text);
    }
    let key = pair.public_key();
    let alone = house.post("/v1/commands", &[("granary-key", key.as_str())], frame);
    assert_eq!(alone.code(), "bad_signature");
    let no_key =
        [("granary-key", "UNONSENSE"), ("granary-signature", "AA"), ("granary-expires", "2026-01-01T00:00:00Z")];
    assert_eq!(house.post("/v1/commands", &no_key, frame).code(), "bad_key");
    assert_eq!(house.ledger.world().books().head(), head, "nothing was recorded");
}

#[test]
fn a_question_is_signed_too_and_a_signature_is_good_for_one_thing() {
    let (house, pair) = with_key();
    let path = "/v1/positions?by=lot";
    let ask = |what: &str, signed: &str, path: &str| {
        let expires = later(60);
        let signature = pair.sign(&signed_text(what, ORIGIN, &expires, signed.as_bytes())).expect("a key signs");
        let signature = BASE64URL_NOPAD.encode(&signature);
        let key = pair.public_key();
        house.get(path, &[("granary-key", &key), ("granary-signature", &signature), ("granary-expires", &expires)])
    };
    assert_eq!(ask(QUESTION, path, path).status, 200);
    assert_eq!(ask(QUESTION, path, "/v1/positions?by=party").code(), "bad_signature");
    assert_eq!(ask(FRAME, path, path).code(), "bad_signature");
}
