use books::{Moment, Seq};
use wire::Command;

use super::Fork;
use crate::known::Known;
use crate::{Asked, Ledger, Options, Reader, Request};

fn command(id: u32, party: &str, fields: &str) -> Command {
    let id = format!("00000000-0000-7000-8000-{id:012}");
    let text = format!(r#"{{"id":"{id}","party":"{party}","effective":"2026-03-10",{fields}}}"#);
    Command::from_json(text.as_bytes()).expect("a command")
}

const REGISTER: [&str; 3] = [
    r#""act":"register_party","code":"A","name":"An agency","role":"agency""#,
    r#""act":"register_material","code":"NdPr","name":"NdPr","unit":"mg","basis":"net","shown":"t","form":"oxide""#,
    r#""act":"register_site","code":"North","name":"North","country":"JP","area":"item""#,
];

#[test]
fn what_is_tried_is_told_by_the_fork_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("ledger");
    let ledger = Ledger::create(&dir, "test.example/fork", "2026-03-10T00:00:00Z", &Options::default()).expect("made");
    let parties = ["ledger", "A", "A"];
    let commands = (1..).zip(parties).zip(REGISTER).map(|((id, party), fields)| command(id, party, fields));
    let asked = commands.map(|command| Asked::One(Request::Named(Box::new(command)))).collect();
    ledger.submit_all(asked).expect("taken").wait().expect("decided");
    ledger.close().expect("closed");
    let open = || Reader::open(&dir, &Options::default()).expect("it opens");
    let mut fork = Fork::from(open());
    let head = fork.books().head();
    let now = Moment(1_773_187_200_000_000);
    let deposit = command(4, "A", r#""act":"deposit","lot":"L1","site":"North","quantity":"5 t","material":"NdPr""#);
    assert!(fork.attempt(&deposit, now).expect("read").is_ok());
    // What comes behind it sees it; what cannot stand leaves nothing.
    let draw = |id, quantity: &str| {
        command(id, "A", &format!(r#""act":"draw","lot":"L1","site":"North","quantity":"{quantity}""#))
    };
    let refused = fork.attempt(&draw(5, "6 t"), now).expect("read").expect_err("there are 5 t");
    assert_eq!(refused.code, "exceeds_balance");
    assert!(fork.attempt(&draw(6, "2 t"), now).expect("read").is_ok());
    assert_eq!(fork.books().head().0, head.0 + 2);
    let (first, second) = (Seq(head.0 + 1), Seq(head.0 + 2));
    let mut seen = Vec::new();
    fork.events(first, &mut |seq, _| {
        seen.push(seq);
        true
    })
    .expect("read");
    assert_eq!(seen, [first, second]);
    assert_eq!(fork.find(draw(6, "2 t").id, None).expect("read"), Some(second));
    assert_eq!(open().books().head(), head, "nothing of it is recorded");
}
