//! Facts between ledgers: the scenario of them is written here, because proofs are not written by hand; and what may not
//! convince does not.

use std::fs;
use std::path::Path;

use books::{Fault, Rejection};
use serde_json::json;
use testkit::foreign::{Foreign, lines};
use testkit::{Answer, script};

/// Japan's ledger, which tells a dispatch, a commitment and a correction.
const JAPAN: &str = include_str!("data/japan.txt");
/// The same, but for one figure that happened before the dispatch.
fn forked() -> Foreign {
    Foreign::of(&JAPAN.replace("Ibaraki 100 t", "Ibaraki 200 t")).expect("it reads")
}

fn japan() -> Foreign {
    Foreign::of(JAPAN).expect("it reads")
}

fn trust(policy: &[String]) -> String {
    let act = json!({ "act": "trust_log", "party": "KOMIR", "origin": "example.org/japan", "keeper": "METI", "policy": policy });
    format!("post {act}")
}

fn record(fact: &chain::Fact) -> String {
    format!("post {}", json!({ "act": "record_fact", "party": "KOMIR", "fact": lines(fact) }))
}

fn rotate(party: &str, old: u8, new: u8) -> String {
    let announcement = testkit::foreign::announcement("example.org/granary", old, new);
    format!("post {}", json!({ "act": "rotate_log_key", "party": party, "announcement": announcement }))
}

/// Events of Japan's ledger.
const DISPATCH: u64 = 9;
const DRAW: u64 = 11;
const CORRECTION: u64 = 12;

fn scenario() -> String {
    let (japan, forked) = (japan(), forked());
    let steps = [
        "# Facts of another ledger: recorded once their proof holds. `tests/facts.rs` writes this file.".to_owned(),
        "use minerals".to_owned(),
        "today 2026-03-12".to_owned(),
        "# Nobody is believed unasked.".to_owned(),
        record(&japan.fact(DISPATCH, 10, None)),
        "  -> refused unknown_trusted_log: no trusted log `example.org/japan` is registered".to_owned(),
        "# Its key and the word of a witness.".to_owned(),
        trust(&japan.policy(true)),
        "  -> recorded 16".to_owned(),
        record(&japan.fact(DISPATCH, 10, None)),
        "  -> recorded 17".to_owned(),
        "# Once is enough.".to_owned(),
        record(&japan.fact(DISPATCH, 10, None)),
        "  -> refused already_registered: fact `example.org/japan#9` exists already".to_owned(),
        "# The log has grown: that it continues what was seen has to be shown.".to_owned(),
        record(&japan.fact(DRAW, 12, None)),
        "  -> refused not_linked: `example.org/japan` was seen with 10 entries, and nothing shows that the 12 of this fact continue them".to_owned(),
        record(&japan.fact(DRAW, 12, Some(10))),
        "  -> recorded 20".to_owned(),
        "# The draw was a slip, and is taken back there.".to_owned(),
        record(&japan.fact(CORRECTION, 12, None)),
        "  -> recorded 21".to_owned(),
        "# Another history, soundly proven and signed: both trees stand in this log now.".to_owned(),
        record(&forked.fact(DISPATCH, 12, None)),
        "  -> refused split_view: split view: `example.org/japan` has signed two different trees of 12 entries".to_owned(),
        "# Whom to believe is changed by who set it, or by a secretariat.".to_owned(),
        "post {\"act\":\"trust_log\",\"party\":\"DLA\",\"origin\":\"example.org/japan\"} -> refused not_permitted: `DLA` may not post this for `KOMIR`".to_owned(),
        "post {\"act\":\"trust_log\",\"party\":\"KOMIR\",\"origin\":\"example.org/japan\",\"note\":\"two histories\"} -> recorded 24".to_owned(),
        record(&japan.fact(DISPATCH, 12, None)),
        "  -> refused unknown_trusted_log: no trusted log `example.org/japan` is registered".to_owned(),
        "# This ledger's own key: the old one announces the next, and both sign that.".to_owned(),
        rotate("ledger", 5, 6),
        "  -> recorded 26".to_owned(),
        rotate("JOGMEC", 6, 7),
        "  -> refused role_not_permitted: the role of `JOGMEC` does not allow this".to_owned(),
        rotate("ledger", 6, 7),
        "  -> recorded 28".to_owned(),
    ];
    steps.map(|step| step + "\n").concat()
}

#[test]
fn the_scenario_of_facts_is_what_these_ledgers_tell() {
    let path = Path::new("scenarios/facts.txt");
    if std::env::var_os("GRANARY_BLESS").is_some() {
        fs::write(path, scenario()).expect("written");
    }
    assert_eq!(fs::read_to_string(path).unwrap_or_default(), scenario(), "GRANARY_BLESS=1 writes it anew");
}

/// What becomes of the last step, after Japan's log is trusted.
fn answer(is_witnessed: bool, fact: &chain::Fact) -> Answer {
    let japan = japan();
    let text = format!("use minerals\ntoday 2026-03-12\n{}\n{}\n", trust(&japan.policy(is_witnessed)), record(fact));
    let (answers, _) = script::answers(&text, Path::new("scenarios")).expect("it reads");
    answers.last().cloned().expect("an answer")
}

fn refused(is_witnessed: bool, fact: &chain::Fact) -> Rejection {
    match answer(is_witnessed, fact) {
        Answer::Refused(_, refusal) => refusal.rejection.expect("refused just now"),
        other => panic!("recorded: {other:?}"),
    }
}

#[test]
fn what_is_changed_on_its_way_does_not_convince() {
    let sound = japan().fact(DISPATCH, 10, None);
    assert!(matches!(answer(true, &sound), Answer::Accepted(_)), "sound");

    let mut entry = sound.clone();
    *entry.entry.last_mut().expect("bytes") ^= 1;
    assert!(matches!(refused(false, &entry), Rejection::BadProof { .. }), "another entry");

    let mut place = sound.clone();
    place.receipt.index -= 1;
    assert!(matches!(refused(false, &place), Rejection::BadProof { .. }), "another place");

    let mut words = sound.clone();
    let text = words.statement.to_string().replace("quantity", "material X\nquantity");
    words.statement = chain::Note::parse(text.as_bytes()).expect("a note");
    assert!(matches!(refused(false, &words), Rejection::BadProof { .. } | Rejection::Invalid { .. }), "other words");

    let mut lonely = sound.clone();
    let text = lonely.receipt.checkpoint.to_string();
    let alone: Vec<&str> = text.lines().filter(|line| !line.contains("witness.example")).collect();
    lonely.receipt.checkpoint = chain::Note::parse((alone.join("\n") + "\n").as_bytes()).expect("a note");
    assert!(matches!(refused(true, &lonely), Rejection::NotWitnessed { .. }), "nobody cosigned");
    assert!(
        matches!(answer(false, &lonely), Answer::Accepted(_)),
        "where nobody is asked for, the log's word is enough"
    );
}

/// An operator who signs words that its own entry contradicts.
#[test]
fn a_signed_lie_about_the_entry_is_found_out() {
    let japan = japan();
    let key = chain::SignerKey::from_seed("example.org/japan", chain::SignatureKind::Ed25519, &[1; 32]).expect("a key");
    let sound = japan.fact(DISPATCH, 10, None);
    let lies = [
        ("quantity", "quantity 60000000000 mg 0", "quantity 70000000000 mg 0"),
        ("code", "code D7", "code D8"),
        ("effective", "effective 2026-03-02", "effective 2026-03-03"),
        ("act", "act dispatch", "act draw"),
        ("id", "id 0", "id 1"),
    ];
    for (name, truth, lie) in lies {
        let text = sound.statement.text();
        assert!(text.contains(truth), "{text}");
        let mut statement = chain::Note::new(text.replacen(truth, lie, 1)).expect("a note");
        statement.sign(&key).expect("its key");
        match refused(false, &chain::Fact { statement, ..sound.clone() }) {
            Rejection::BadProof { fault } => assert_eq!(fault, Fault::EntryDiffers { text: name }),
            other => panic!("{name}: {other:?}"),
        }
    }
    // About another event than the one that is proven.
    let other = japan.fact(DRAW, 10.max(DRAW), None);
    let mixed = chain::Fact { statement: other.statement, ..japan.fact(DISPATCH, DRAW, None) };
    assert!(matches!(refused(false, &mixed), Rejection::BadProof { .. }));
}

#[test]
fn a_key_follows_the_one_in_force() {
    let last = |steps: &[String]| {
        let text = format!("use minerals\ntoday 2026-03-12\n{}\n", steps.join("\n"));
        let (answers, world) = script::answers(&text, Path::new("scenarios")).expect("it reads");
        (answers.last().cloned().expect("an answer"), world.books().log_keys().len())
    };
    assert!(matches!(last(&[rotate("METI", 1, 2), rotate("METI", 2, 3)]), (Answer::Accepted(_), 2)));
    let problem = |steps: &[String]| match last(steps).0 {
        Answer::Refused(_, refusal) => refusal.message,
        other => panic!("{other:?}"),
    };
    assert!(problem(&[rotate("METI", 1, 2), rotate("METI", 1, 3)]).contains("in force since event"));
    assert!(problem(&[rotate("METI", 1, 2), rotate("METI", 2, 1)]).contains("was in force before"));
    let other = json!({ "act": "rotate_log_key", "party": "METI",
        "announcement": testkit::foreign::announcement("example.org/other", 1, 2) });
    assert!(problem(&[format!("post {other}")]).contains("of another log"));
    // What both keys signed, and then one line of it changed.
    let mut forged = testkit::foreign::announcement("example.org/granary", 1, 2);
    forged[2] = forged[3].replace("new-key", "key");
    let forged = json!({ "act": "rotate_log_key", "party": "METI", "announcement": forged });
    assert!(problem(&[format!("post {forged}")]).starts_with("`announcement`"));
}

/// The other ledger took another key: its announcement is a fact like any other, and the policy here follows it.
#[test]
fn a_trusted_log_is_followed_to_its_next_key() {
    let announcement = testkit::foreign::announcement("example.org/japan", 1, 9);
    let rotate = json!({ "act": "rotate_log_key", "party": "METI", "announcement": announcement });
    let told = format!("{JAPAN}post {rotate}\ndraw lot J2 at Ibaraki 1 t effective 2026-03-11 reference PO-13\n");
    let foreign = || Foreign::of(&told).expect("it reads");
    let (before, after) = (foreign(), foreign().signed_by(9));
    let last = |steps: &[String]| {
        let text = format!("use minerals\ntoday 2026-03-12\n{}\n", steps.join("\n"));
        let (answers, world) = script::answers(&text, Path::new("scenarios")).expect("it reads");
        let policy = world.books().trusted_logs()[0].policy.clone().expect("trusted");
        (answers.last().cloned().expect("an answer"), policy.len())
    };
    let trust = trust(&before.policy(true));
    let draw = record(&after.fact(14, 14, Some(13)));
    // Nobody here has heard of the new key.
    let (answer, lines) = last(&[trust.clone(), draw.clone()]);
    assert!(matches!(answer, Answer::Refused(..)) && lines == 3, "{answer:?}");
    let (answer, lines) = last(&[trust, record(&before.fact(13, 13, None)), draw]);
    assert!(matches!(answer, Answer::Accepted(_)) && lines == 4, "{answer:?}");
}
