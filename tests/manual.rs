//! The ledger of the manual is a scenario, and the same as commands for anybody to post.

use std::path::Path;

#[test]
fn the_ledger_of_the_manual_is_its_scenario() {
    let script = std::fs::read_to_string("scenarios/manual.txt").expect("a scenario");
    let (answers, world) = testkit::script::answers(&script, Path::new("scenarios")).expect("the scenario reads");
    assert!(answers.iter().all(|answer| matches!(answer, testkit::Answer::Accepted(_))), "{answers:?}");
    // The first event is made by `granary init`.
    let commands: String = (2..=world.books().head().0)
        .map(|seq| {
            let event = world.event(books::Seq(seq)).expect("within the log");
            let command = wire::view::command_of(&event, world.books());
            serde_json::Value::Object(command).to_string() + "\n"
        })
        .collect();
    let path = Path::new("../crates/granary/demo/shared_reserve.jsonl");
    if std::env::var_os("GRANARY_BLESS").is_some() {
        std::fs::write(path, &commands).expect("written");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(kept, commands, "GRANARY_BLESS=1 writes it anew");
}
