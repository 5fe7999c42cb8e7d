//! A fact of another ledger is recorded, once its proof holds: signed by a trusted log, cosigned as the policy asks, in a tree
//! that continues what was seen of that log before.
//!
//! The check is part of the decision, so that no door can leave it out. The event keeps the whole fact: whoever reads it
//! later can check it again, and two signed trees that contradict each other stand in this log side by side.

use chain::{FactError, Policy, PolicyFailure, ReceiptError, Rotation, SeenTree, VerifierKey};

use super::trust_log::joined;
use super::{Act, Ask};
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::{Event, Outcome};
use crate::fact::{Fact, Seen, Statement, StatementError, code_of};
use crate::number::{Seq, TrustNo};
use crate::rejection::proof::of_fact;
use crate::rejection::{Fault, Kind, Rejection};

/// Asks to record a fact.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct RecordFact {
    /// The fact, line by line, as `granary audit share` writes it.
    #[n(0)]
    pub fact: Vec<String>,
}

impl RecordFact {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let invalid = |fault| Rejection::invalid("fact", fault);
        let books = who.books;
        let fact = chain::Fact::parse(joined(&self.fact).as_bytes()).map_err(|error| invalid(of_fact(&error)));
        let fact = who.note(fact);
        let says = fact.as_ref().and_then(|fact| {
            let says = Statement::parse(fact.statement.text());
            who.note(says.map_err(|StatementError { line, fault }| invalid(fault).at_line(line)))
        });
        let trusted = says.as_ref().and_then(|says| {
            let number = books.trusted_log_no(&says.origin);
            let trusted = number.and_then(|number| Some((number, books.trusted_log(number).policy.as_ref()?)));
            if trusted.is_none() {
                who.refuse(Rejection::Unknown { kind: Kind::TrustedLog, code: says.origin.clone() });
            }
            trusted
        });
        let mut shape = who.shape()?;
        let (Some(fact), Some(says), Some((number, policy))) = (fact, says, trusted) else {
            return Err(shape.stop());
        };
        let policy = Policy::parse(joined(policy).as_bytes()).map_err(|_| invalid(Fault::PolicyUnreadable));
        let Some(policy) = shape.note(policy) else { return Err(shape.stop()) };
        let mut state = shape.state()?;
        state.note(proves(&fact, &says, number, &policy, books));
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let fact = chain::Fact::parse(joined(&self.fact).as_bytes()).expect("decided: it reads");
        let says = Statement::parse(fact.statement.text()).expect("decided: its statement reads");
        let tree = chain::Checkpoint::parse(fact.receipt.checkpoint.text()).expect("decided: its checkpoint reads");
        let log = books.trusted_log_no(&says.origin).expect("decided: its log is trusted");
        let policy = books.trusted_log(log).policy.as_deref().map(joined);
        let policy = policy.and_then(|policy| Policy::parse(policy.as_bytes()).ok());
        let cosigned = policy.and_then(|policy| policy.cosigned(&fact.receipt.checkpoint).ok()).unwrap_or_default();
        let rotated = rotation_in(&fact.entry);
        let row = books.trusted_log_mut(log);
        if let (Some(rotation), Some(policy)) = (rotated, &mut row.policy) {
            follow(policy, &rotation);
        }
        if row.seen.as_ref().is_none_or(|seen| seen.size < tree.size) {
            row.seen = Some(Seen { size: tree.size, root: tree.root, seq });
        }
        books.push_fact(Fact {
            code: code_of(&says.origin, says.event),
            seq,
            recorded_at: event.recorded_at,
            party: event.party,
            log,
            says,
            size: tree.size,
            cosigned: cosigned.into_iter().map(|(name, _)| name).collect(),
        });
    }
}

act_rules!(RecordFact {
    right: Govern, asks: Agency, seen: Concerned, nature: Observation, by_hand: No, periods: Nobody,
    undone: Never("what is proven stays proven"),
    line: Words(&["of another ledger"]),
    whose(_, _): Vec::new(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"fact": ["granary-fact/1", "origin example.org/japan", "..."]}"#,
});

/// Does a fact prove what it says, to who trusts its log by a policy, and is it not here yet?
fn proves(
    fact: &chain::Fact,
    says: &Statement,
    number: TrustNo,
    policy: &Policy,
    books: &Books,
) -> Result<(), Rejection> {
    let log = books.trusted_log(number);
    let code = code_of(&says.origin, says.event);
    let seen = log.seen.as_ref().map(|seen| SeenTree { size: seen.size, root: seen.root });
    let bad = |fault| Rejection::BadProof { fault };
    let checked = fact.verify(policy, seen.as_ref());
    let is_split = matches!(checked, Err(FactError::SplitView { .. }));
    // Two histories weigh more than a fact that is here already.
    if !is_split && books.fact_no(&code).is_some() {
        return Err(Rejection::AlreadyRegistered { kind: Kind::Fact, code });
    }
    let trusted = checked.map_err(|error| match error {
        FactError::Receipt(ReceiptError::Policy(PolicyFailure::QuorumMissed { quorum, cosigned })) => {
            Rejection::NotWitnessed { quorum, cosigned: cosigned.join(", ") }
        }
        FactError::NotLinked { seen, size } => Rejection::NotLinked { log: number, seen, size },
        FactError::SplitView { size } => Rejection::SplitView { log: number, size },
        other @ (FactError::TooLong { .. }
        | FactError::PartMissing { .. }
        | FactError::Statement(_)
        | FactError::Receipt(_)
        | FactError::Since(_)) => bad(of_fact(&other)),
    })?;
    if trusted.checkpoint.origin != says.origin || Some(fact.receipt.index) != says.event.leaf() {
        return Err(bad(Fault::FactOfOtherEvent));
    }
    says.agrees_with(&fact.entry).map_err(|differs| bad(Fault::EntryDiffers { text: differs.0 }))
}

/// The new key that the log announces, where the fact is that.
fn rotation_in(entry: &[u8]) -> Option<Rotation> {
    let event: Event = minicbor::decode(entry).ok()?;
    let Outcome::Done(Act::RotateLogKey(act)) = &event.outcome else { return None };
    Rotation::parse(joined(&act.announcement).as_bytes()).ok()
}

/// The policy trusts the new key beside the old one, which signs until the handover is over there.
fn follow(policy: &mut Vec<String>, rotation: &Rotation) {
    let named = |key: &VerifierKey| {
        let key = key.to_string();
        policy.iter().any(|line| line.split_whitespace().nth(1) == Some(key.as_str()))
    };
    if named(rotation.old()) && !named(rotation.new_key()) {
        policy.insert(0, format!("log {}", rotation.new_key()));
    }
}
