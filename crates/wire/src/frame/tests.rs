use minicbor::encode::Encoder;

use super::*;
use crate::verdict::{Outcome, Retry};

const DRAW: &str = r#"{"id":"01890a5d-ac96-774b-bcce-b302099a8057","party":"A","effective":"2026-03-10","act":"draw","lot":"L","site":"S","quantity":"1 t"}"#;

fn cbor(commands: &[Command]) -> Vec<u8> {
    let mut frame = Vec::new();
    Form::Cbor.begin(&mut frame);
    commands.iter().for_each(|command| Form::Cbor.push_command(&mut frame, command));
    frame
}

/// A frame of one command, its parts as they are given.
fn made(id: &[u8], effective: &str, act: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let mut frame = cbor(&[]);
    let mut encoder = Encoder::new(&mut frame);
    encoder.array(6).unwrap().bytes(id).unwrap().str("A").unwrap().null().unwrap();
    encoder.str(effective).unwrap().str(act).unwrap().map(fields.len() as u64).unwrap();
    for (name, value) in fields {
        encoder.str(name).unwrap().str(value).unwrap();
    }
    frame
}

fn only(frame: &[u8]) -> Result<Command, Malformed> {
    let mut items = items(frame);
    let read = items.next().expect("an item").command();
    assert!(items.next().is_none(), "one item");
    read
}

fn problem(frame: &[u8]) -> String {
    let malformed = only(frame).expect_err("cannot be read");
    format!("{}: {}", malformed.code(), malformed.message())
}

const FIELDS: [(&str, &str); 3] = [("lot", "L"), ("site", "S"), ("quantity", "1 t")];

#[test]
fn both_forms_say_the_same() {
    let command = Command::from_json(DRAW.as_bytes()).expect("a command");
    let frame = cbor(&[command.clone(), command.clone()]);
    let read: Vec<_> = items(&frame).map(|item| (item.line, item.command().expect("a command"))).collect();
    assert_eq!(read, [(1, command.clone()), (2, command.clone())]);
    let lines = format!("\n{DRAW}\n  \n{DRAW}");
    let read: Vec<_> = items(lines.as_bytes()).map(|item| (item.line, item.command().expect("a command"))).collect();
    assert_eq!(read, [(2, command.clone()), (4, command)]);
    assert!(frame.len() < lines.len(), "{} against {}", frame.len(), lines.len());
}

#[test]
fn what_is_wrong_is_named_by_its_field() {
    let id = [7; 16];
    assert_eq!(
        problem(&made(&id, "2026-3-10", "draw", &FIELDS)),
        "bad_field: `effective`: `2026-3-10` is not a date; write it as YYYY-MM-DD"
    );
    assert!(problem(&made(&id, "2026-03-10", "drew", &FIELDS)).starts_with("unknown_act: `act`: `drew` is no act"));
    assert!(problem(&made(&id, "2026-03-10", "draw", &FIELDS[..2])).starts_with("missing_field: `quantity`"));
    let unknown = [FIELDS[0], FIELDS[1], FIELDS[2], ("colour", "red")];
    assert!(problem(&made(&id, "2026-03-10", "draw", &unknown)).starts_with("unknown_field: `colour`"));
    let twice = [FIELDS[0], FIELDS[1], FIELDS[2], FIELDS[0]];
    assert!(problem(&made(&id, "2026-03-10", "draw", &twice)).starts_with("bad_field: `lot`: is said twice"));
    let bell = [FIELDS[0], FIELDS[1], ("quantity", "1\u{7} t")];
    assert_eq!(
        problem(&made(&id, "2026-03-10", "draw", &bell)).split(": ").take(2).collect::<Vec<_>>(),
        ["bad_field", "`quantity`"]
    );
    let long = "x".repeat(crate::limits::TEXT_BYTES_MAX + 1);
    assert!(problem(&made(&id, "2026-03-10", "draw", &[("lot", &long)])).contains("a text of 1001 bytes"));
    assert!(problem(&made(&[7; 15], "2026-03-10", "draw", &FIELDS)).starts_with("not_cbor: from byte "));
    let malformed = only(&made(&id, "2026-03-10", "draw", &[])).expect_err("nothing in it");
    assert_eq!(malformed.id.as_deref(), Some("07070707-0707-0707-0707-070707070707"), "its sender finds it again");
}

#[test]
fn one_bad_item_does_not_spoil_the_others() {
    let command = Command::from_json(DRAW.as_bytes()).expect("a command");
    let mut frame = cbor(std::slice::from_ref(&command));
    frame.extend([0x9f, 0x01, 0xff]); // a list without a length
    frame.extend([0xc1, 0x01]); // a tag
    Form::Cbor.push_command(&mut frame, &command);
    frame.extend([0x86, 0x50]); // cut short
    let read: Vec<bool> = items(&frame).map(|item| item.command().is_ok()).collect();
    assert_eq!(read, [true, false, false, true, false]);
    let wanted = items(&made(&[7; 16], "2026-03-10", "draw", &[])).next().and_then(|item| item.wanted().pop());
    let id = Some("07070707-0707-0707-0707-070707070707".into());
    assert_eq!(
        wanted,
        Some(Wanted { id, act: "draw".into(), party: "A".into(), is_grouped: false }),
        "judged all the same"
    );
}

#[test]
fn lists_within_lists_have_an_end() {
    let mut frame = cbor(&[]);
    frame.extend(std::iter::repeat_n(0x81, 500_000));
    assert!(items(&frame).all(|item| item.command().is_err()));
}

#[test]
fn verdicts_come_back_as_they_went() {
    let accepted = Verdict {
        line: Some(1),
        id: Some("01890a5d-ac96-774b-bcce-b302099a8057".into()),
        seq: Some(9),
        ..Verdict::of(Outcome::Accepted, None)
    };
    let text = |text: &str| Some(text.to_owned());
    let refused = Verdict {
        line: Some(2),
        outcome: Outcome::Refused,
        seq: Some(10),
        code: text("too_little"),
        message: text("a sentence"),
        hint: text("a remedy"),
        retry: Some(Retry::Later),
        facts: serde_json::from_value(serde_json::json!({ "lot": "L1", "event": 7 })).expect("facts"),
        ..accepted.clone()
    };
    let facts = serde_json::Map::new();
    let invalid = Verdict { line: Some(3), outcome: Outcome::Invalid, seq: None, id: None, facts, ..refused.clone() };
    for form in [Form::Lines, Form::Cbor] {
        let mut bytes = Vec::new();
        form.begin(&mut bytes);
        for verdict in [&accepted, &refused, &invalid] {
            form.push_verdict(&mut bytes, verdict);
        }
        assert_eq!(last_seq(&bytes), Some(10));
        let read = verdicts(&bytes).expect("verdicts");
        // A short one leaves out the id: the place says whose it is.
        let id = if form == Form::Cbor { None } else { accepted.id.clone() };
        assert_eq!(read, [Verdict { id, ..accepted.clone() }, refused.clone(), invalid.clone()]);
    }
}
