//! Ten thousand promises of one lot, asked for at once by 64 threads: exactly as many stand as there is stock for, the
//! sum of what is set aside is what stands, and a replay agrees.

use ledger::{Ledger, Opened, Options, Request};
use serde_json::{Value, json};

fn command(id: u128, act: Value) -> Request {
    // An owner's stock is moved by the owner alone, and a member promises what is its own.
    let by = act.get("owner").or(act.get("member").filter(|_| act["act"] == "commit_to_call"));
    let party = by.and_then(Value::as_str).unwrap_or("ledger");
    let mut command = json!({"id": uuid::Uuid::from_u128(id).to_string(), "party": party, "effective": "2026-03-01"});
    let fields = command.as_object_mut().expect("an object");
    fields.extend(act.as_object().expect("an act is an object").clone());
    Request::Named(Box::new(wire::Command::from_json(command.to_string().as_bytes()).expect("a command")))
}

#[test]
fn ten_thousand_requests_never_promise_a_gram_twice() {
    const THREADS: u128 = 64;
    const EACH: u128 = 157;
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("ledger");
    let ledger = Ledger::create(&dir, "test.example/promises", "a test", &Options::default()).expect("made");
    let setup = [
        json!({"act": "register_party", "code": "A", "name": "A", "role": "agency"}),
        json!({"act": "register_party", "code": "Pool", "name": "Pool", "role": "agency"}),
        json!({"act": "register_site", "code": "S", "name": "S", "custodian": "A", "country": "JP", "area": "item"}),
        json!({"act": "register_material", "code": "M", "name": "M", "unit": "mg", "basis": "net", "form": "oxide"}),
        json!({"act": "establish_reserve", "reserve": "R", "name": "R", "pool": "Pool", "currency": "USD",
            "terms": {"version": "1", "tolerance_ppm": 0, "notice_days": 0}}),
        json!({"act": "set_member", "reserve": "R", "member": "A", "status": "invited"}),
        json!({"act": "set_member", "party": "A", "reserve": "R", "member": "A", "status": "joined"}),
        json!({"act": "call", "call": "C", "reserve": "R", "material": "M",
            "parts": [{"member": "A", "quantity": "5000 mg"}]}),
        json!({"act": "deposit", "lot": "L", "site": "S", "owner": "A", "material": "M", "quantity": "5000 mg"}),
    ];
    let frame = (1..).zip(setup).map(|(id, act)| command(id, act)).collect();
    ledger.submit(frame).expect("sent").wait().expect("answered");
    // Pledges to the reserve, tickets to another, and what is bound to a call: all of the same lot.
    let act = |id: u128| match id % 3 {
        0 => json!({"act": "encumber", "encumbrance": format!("E{id}"), "kind": "pledge", "lot": "L", "site": "S",
            "owner": "A", "quantity": "1 mg", "agreement": "R"}),
        1 => json!({"act": "encumber", "encumbrance": format!("E{id}"), "kind": "ticket", "lot": "L", "site": "S",
            "owner": "A", "quantity": "1 mg", "beneficiary": "Pool"}),
        _ => json!({"act": "commit_to_call", "call": "C", "member": "A",
            "lines": [{"lot": "L", "site": "S", "quantity": "1 mg"}]}),
    };
    let accepted: usize = std::thread::scope(|scope| {
        let client = |thread: u128| {
            let (ledger, act) = (&ledger, &act);
            scope.spawn(move || {
                let ids = (0..EACH).map(|index| 1_000 + thread * EACH + index);
                // In frames of a few, so that frames of many clients meet in one block.
                let ids: Vec<u128> = ids.collect();
                let frames = ids.chunks(8).map(|ids| ids.iter().map(|id| command(*id, act(*id))).collect());
                let answers = frames.flat_map(|frame| ledger.submit(frame).expect("sent").wait().expect("answered"));
                answers.filter(is_accepted).count()
            })
        };
        let clients: Vec<_> = (0..THREADS).map(client).collect();
        clients.into_iter().map(|client| client.join().expect("a client ends")).sum()
    });
    assert_eq!(accepted, 5_000, "of {} asked", THREADS * EACH);
    ledger.close().expect("closed");
    let opened = Opened::open(&dir, &Options::default()).expect("opened");
    let books = opened.books();
    let account = books.accounts().iter().find(|account| account.days.latest().on_hand == 5_000).expect("the stock");
    let sums = account.days.latest();
    assert_eq!((sums.encumbered, sums.available()), (5_000, 0));
    let left: i64 = books.encumbrances().iter().map(|claim| claim.remaining.latest().on_hand).sum();
    assert_eq!(left, 5_000, "what is set aside is what was accepted");
    let replayed = ledger::replay(&opened, true, |_| {}).expect("replayed");
    assert!(replayed.differing_accounts.is_empty(), "a replay agrees");
}

fn is_accepted(answer: &ledger::Answer) -> bool {
    matches!(answer, ledger::Answer::Accepted { .. })
}
