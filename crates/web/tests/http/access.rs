use data_encoding::BASE64URL_NOPAD;
use nkeys::KeyPair;
use serde_json::json;
use web::access::{FRAME, QUESTION, question_text, signed_text};

use crate::house::{House, Reply, command, deposit, members, token};

const ORIGIN: &str = "test.example/ledger";

/// Tokens are set, so that nobody is the operator by chance.
fn with_key() -> (House, KeyPair) {
    let house = House::with_tokens(&[token("AUD", "secret"), token("operator", "op")]);
    house.setup(&members());
    let pair = KeyPair::new_user();
    let proof = pair.sign(&chain::party_key::possession_text(ORIGIN, "ONE", &pair.public_key())).expect("a key signs");
    let facts = json!({ "target": "ONE", "name": "ONE", "country": "JP", "role": "agency", "keys": [pair.public_key()],
        "proofs": [BASE64URL_NOPAD.encode(&proof)] });
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
    let headers = |what: &str, signed: &[u8], accept: &str| -> Vec<(&str, String)> {
        let expires = later(60);
        let signature = pair.sign(&signed_text(what, ORIGIN, &expires, signed)).expect("a key signs");
        let signature = BASE64URL_NOPAD.encode(&signature);
        vec![
            ("accept", accept.to_owned()),
            ("granary-key", pair.public_key()),
            ("granary-signature", signature),
            ("granary-expires", expires),
        ]
    };
    fn lent<'h>(headers: &'h [(&'h str, String)]) -> Vec<(&'h str, &'h str)> {
        headers.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }
    let ask = |what: &str, signed: &str, accept: &str| {
        let text = question_text("GET", signed, "text/csv", b"");
        house.get(path, &lent(&headers(what, &text, accept)))
    };
    assert_eq!(ask(QUESTION, path, "text/csv").status, 200);
    assert_eq!(ask(QUESTION, "/v1/positions?by=party", "text/csv").code(), "bad_signature");
    assert_eq!(ask(QUESTION, path, "application/json").code(), "bad_signature", "another form of the answer");
    assert_eq!(ask(FRAME, path, "text/csv").code(), "bad_signature");
    // What was signed for one question by POST is none for another, and none by GET.
    let text = question_text("POST", "/v1/head", "*/*", b"{}");
    let signed = headers(QUESTION, &text, "*/*");
    assert_eq!(house.post("/v1/head", &lent(&signed), "{}").status, 200);
    for other in ["/v1/positions", "/v1/history"] {
        assert_eq!(house.post(other, &lent(&signed), "{}").code(), "bad_signature", "{other}");
    }
    assert_eq!(house.get("/v1/head", &lent(&signed)).code(), "bad_signature");
}

/// The identity point as a key: then anybody's signature was the party's.
#[test]
fn a_key_that_is_none_that_is_anothers_or_that_is_not_at_hand_is_not_registered() {
    let (house, pair) = with_key();
    let other = KeyPair::new_user();
    let proof = |pair: &KeyPair, party: &str| {
        let text = chain::party_key::possession_text(ORIGIN, party, &pair.public_key());
        BASE64URL_NOPAD.encode(&pair.sign(&text).expect("a key signs"))
    };
    let amend = |id: u32, party: &str, keys: &[String], proofs: &[String]| {
        let facts =
            json!({ "code": party, "name": party, "country": "JP", "role": "agency", "keys": keys, "proofs": proofs });
        let command = command(id, party, "amend_party", facts);
        house.post("/v1/commands", &[("authorization", "Bearer op")], command.to_string())
    };
    let weak = "UAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABVBG".to_owned();
    for (id, keys, proofs) in [
        (40, vec!["not a key".to_owned()], vec![]),
        (41, vec![weak], vec!["AA".to_owned()]),
        (42, vec![other.public_key()], vec![]),
        (43, vec![other.public_key()], vec![proof(&pair, "TWO")]),
        (44, vec![other.public_key()], vec![proof(&other, "ONE")]),
        (45, vec![pair.public_key()], vec![proof(&pair, "TWO")]),
    ] {
        let reply = amend(id, "TWO", &keys, &proofs);
        assert_eq!(reply.status, 422, "{keys:?}: {}", reply.text);
    }
    assert_eq!(amend(46, "TWO", &[other.public_key()], &[proof(&other, "TWO")]).status, 200);
    // Given up, it is still nobody else's.
    assert_eq!(amend(47, "TWO", &[], &[]).status, 200);
    assert_eq!(amend(48, "ONE", &[pair.public_key(), other.public_key()], &[proof(&other, "ONE")]).status, 422);
    // An amendment that names no keys leaves them.
    let named = json!({ "code": "ONE", "name": "One", "country": "JP", "role": "agency" });
    let command = command(49, "ONE", "amend_party", named).to_string();
    assert_eq!(house.post("/v1/commands", &[("authorization", "Bearer op")], command).status, 200);
    let frame = deposit(50, "ONE", "L1", "1 t").to_string();
    assert_eq!(send(&house, &pair, ORIGIN, &later(60), frame.as_bytes(), frame.as_bytes()).status, 200);
}
