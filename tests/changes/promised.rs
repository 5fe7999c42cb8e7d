//! What was promised to a party and lies with another changes by what the other finds: in the party's schedule, too.

use serde_json::{Value, json};
use testkit::World;

use super::{accepted, assay, deposit, found, ledger, lines, net};

/// 50 t of the agency, of which 10 t are the other's by a ticket; the other has closed January.
fn promised(assay: Value) -> World {
    ledger(
        net(),
        &[
            ("2026-01-01", deposit("50 t", assay)),
            (
                "2026-01-05",
                json!({"act": "encumber", "encumbrance": "T", "kind": "ticket", "lot": "A", "site": "North",
                "quantity": "10 t", "beneficiary": "OTHER", "last": "2026-12-31"}),
            ),
            ("2026-01-06", json!({"act": "accept", "encumbrance": "AGENCY::T", "party": "OTHER"})),
            ("2026-02-03", json!({"act": "close_period", "through": "2026-01-31", "party": "OTHER"})),
        ],
    )
}

fn told(world: &World) -> Vec<String> {
    let fields = ["event", "what", "fact", "change", "before", "after", "unit"];
    lines(world, "restatements", json!({"owner": "OTHER"}), "restatements", &fields)
}

/// A late count left 1 t of 50: the other's cover of January fell from 10 days to 1, and its schedule was empty.
#[test]
fn a_late_count_or_loss_restates_what_was_promised_on_it() {
    let mut world = promised(Value::Null);
    let count = json!({"act": "stocktake", "site": "North", "lines": [{"lot": "A", "counted": "4 t"}]});
    accepted(&mut world, "2026-01-20", &count);
    let loss = json!({"act": "loss", "lot": "A", "site": "North", "quantity": "3 t", "reason": "fire"});
    accepted(&mut world, "2026-01-21", &loss);
    // What comes later restates nothing of January.
    let late = json!({"act": "loss", "lot": "A", "site": "North", "quantity": "1 t", "reason": "fire"});
    accepted(&mut world, "2026-02-10", &late);
    assert_eq!(told(&world), ["11 T short -6 0 6 t net", "12 T short -3 6 9 t net"]);
    accepted(&mut world, "2026-01-21", &json!({"act": "correct", "reverses": 12, "reason": "no fire"}));
    assert_eq!(told(&world)[2..], ["14 T short 3 9 6 t net"]);
}

/// A loss that leaves enough changes nothing of what was promised.
#[test]
fn what_is_free_is_lost_without_a_word_to_who_was_promised_the_rest() {
    let mut world = promised(Value::Null);
    let loss = json!({"act": "loss", "lot": "A", "site": "North", "quantity": "40 t", "reason": "fire"});
    accepted(&mut world, "2026-01-21", &loss);
    assert_eq!(told(&world), Vec::<String>::new());
}

#[test]
fn another_word_of_the_lot_restates_what_was_promised_of_it() {
    let mut world = promised(found("provisional", "75%"));
    accepted(&mut world, "2026-01-15", &assay("A", "final", "60%"));
    let mend = json!({"act": "amend_lot", "lot": "A", "origin": {"mined": "CN"}, "reason": "certificate"});
    accepted(&mut world, "2026-01-20", &mend);
    let later = json!({"act": "amend_lot", "lot": "A", "origin": {"mined": "AU"}, "reason": "certificate"});
    accepted(&mut world, "2026-02-20", &later);
    assert_eq!(told(&world), ["11  contained -1.5 7.5 6 t contained:Nd2O3", "12  origin 0 unknown mined CN t net"]);
}
