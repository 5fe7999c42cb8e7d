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
use crate::rejection::proof::of_policy;
use crate::rejection::{Fault, Kind, Rejection};

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
            shape.invalid("origin", Fault::ItselfLog);
        }
        shape.text_if_any("note", self.note.as_ref());
        shape.note(self.policy.as_ref().map_or(Ok(()), |lines| self.check_policy(lines)));
        shape.state()?.done()
    }

    fn check_policy(&self, lines: &[String]) -> Result<(), Rejection> {
        let invalid = |fault| Rejection::invalid("policy", fault);
        if lines.len() > POLICY_LINES_MAX {
            return Err(invalid(Fault::TooManyLines { most: POLICY_LINES_MAX }));
        }
        let policy = chain::Policy::parse(joined(lines).as_bytes()).map_err(|error| {
            let (line, fault) = of_policy(&error);
            invalid(fault).at_line(line)
        })?;
        if policy.logs.is_empty() {
            return Err(invalid(Fault::NamesNoLog));
        }
        match policy.logs.iter().find(|log| log.key.name() != self.origin) {
            Some(other) => Err(invalid(Fault::HasKeyOfOtherLog { log: other.key.name().to_owned() })),
            None => Ok(()),
        }
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
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"origin": "example.org/japan", "keeper": "JOGMEC",
        "policy": ["log example.org/japan+5c1b0a2e+AZqkR0mJ...", "quorum none"], "note": "met in Seoul"}"#,
});
