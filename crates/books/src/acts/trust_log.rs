//! The log of another ledger is trusted: by which keys, on the word of how many witnesses. Its facts may then be recorded.
//!
//! Trust is a decision of people, so that it is an event: what was believed when can be looked up for ever.

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::fact::TrustedLog;
use crate::number::{PartyNo, Seq};
use crate::rejection::{Kind, Rejection};

/// Lines of the longest policy.
const POLICY_LINES_MAX: usize = 200;

/// Asks to trust a log, or to trust it no more.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct TrustLog {
    /// Name under which the other ledger signs.
    #[n(0)]
    pub origin: String,
    /// Which party of these books keeps it.
    #[n(1)]
    pub keeper: Option<PartyNo>,
    /// The trust policy (C2SP tlog-policy), line by line; none ends the trust.
    #[n(2)]
    pub policy: Option<Vec<String>>,
    /// Why.
    #[n(3)]
    pub note: Option<String>,
}

/// A policy as one text.
pub(crate) fn joined(lines: &[String]) -> String {
    lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

impl TrustLog {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let known = who.books.trusted_log_no(&self.origin);
        match known {
            // Whoever may put other keys in the place of these can make facts up.
            Some(known) => who.may_write(who.books.trusted_log(known).party, None),
            None if self.policy.is_none() => {
                who.refuse(Rejection::Unknown { kind: Kind::TrustedLog, code: self.origin.clone() });
            }
            None => {}
        }
        let mut shape = who.shape()?;
        shape.text("origin", &self.origin);
        if self.origin == shape.books.origin() {
            shape.invalid("origin", "is this ledger itself");
        }
        shape.text_if_any("note", self.note.as_ref());
        if let Some(problem) = self.policy.as_ref().and_then(|lines| self.problem_of(lines)) {
            shape.invalid("policy", problem);
        }
        shape.state()?.done()
    }

    fn problem_of(&self, lines: &[String]) -> Option<String> {
        if lines.len() > POLICY_LINES_MAX {
            return Some(format!("more than {POLICY_LINES_MAX} lines"));
        }
        let policy = match chain::Policy::parse(joined(lines).as_bytes()) {
            Ok(policy) => policy,
            Err(error) => return Some(error.to_string()),
        };
        if policy.logs.is_empty() {
            return Some("names no log".into());
        }
        let other = policy.logs.iter().find(|log| log.key.name() != self.origin)?;
        Some(format!("has the key of another log, `{}`", other.key.name()))
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let Self { origin: code, keeper, policy, note: _ } = self.clone();
        let party = event.party;
        match books.trusted_log_no(&code) {
            None => books.push_trusted_log(TrustedLog { code, seq, party, keeper, policy, seen: None }),
            Some(number) => {
                let row = books.trusted_log_mut(number);
                // What was seen of the log stays seen, whoever signs it now.
                *row = TrustedLog { code, seq, party: row.party, keeper, policy, seen: row.seen.clone() };
            }
        }
    }
}

act_rules!(TrustLog {
    right: Govern, asks: Agency, seen: Everybody, nature: Decision, by_hand: Rule, periods: Nobody,
    undone: By(&["trust_log"]),
    line: Words(&["{origin}", "of {keeper}", "{note}"]),
    whose(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"origin": "example.org/japan", "keeper": "JOGMEC",
        "policy": ["log example.org/japan+5c1b0a2e+AZqkR0mJ...", "quorum none"], "note": "met in Seoul"}"#,
});
