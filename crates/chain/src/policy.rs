//! Trust policies: which logs are known, and whose cosignatures make a checkpoint count. C2SP tlog-policy.
//!
//! A policy is a text that its reader wrote or got from somebody they trust; nothing in a proof can change it.

use crate::key::{KeyError, SignatureKind, VerifierKey};
use crate::{Checkpoint, CheckpointError, Note, NoteError, Rotation};

/// Bytes of the longest policy that is read.
const POLICY_BYTES_MAX: usize = 1 << 20;

/// Logs, witnesses and groups that a policy may name together. The standard asks for 32 of each at least.
const NAME_COUNT_MAX: usize = 1_024;

/// The name that asks for no cosignature at all.
const NONE: &str = "none";

/// A log that the policy knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownLog {
    /// Its key; the name is the origin of its checkpoints.
    pub key: VerifierKey,
    /// Where it is, if the policy says.
    pub url: Option<String>,
}

/// A witness that the policy knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownWitness {
    /// Its name within the policy.
    pub name: String,
    /// Its key.
    pub key: VerifierKey,
    /// Where checkpoints are submitted to it, if the policy says.
    pub url: Option<String>,
}

/// Members of which so many must have witnessed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    name: String,
    threshold: usize,
    members: Vec<Member>,
}

/// A witness or a group, by its place in the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Member {
    Witness(usize),
    Group(usize),
}

/// Which logs are known, and which cosignatures make a quorum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Logs, in the order of the text; may be none.
    pub logs: Vec<KnownLog>,
    /// Witnesses, in the order of the text.
    pub witnesses: Vec<KnownWitness>,
    /// Cosignatures of a later time than this, in seconds since 1970, count for nothing; every one does where absent. A text
    /// cannot say it: its reader does.
    pub latest_s: Option<u64>,
    groups: Vec<Group>,
    /// `None` where no cosignature is asked for.
    quorum: Option<Member>,
}

/// Why a text is not a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the policy: {problem}")]
pub struct PolicyError {
    /// Which line, from 1; the line after the last where something is missing.
    pub line: usize,
    /// What is wrong with it.
    pub problem: PolicyProblem,
}

/// What is wrong with a line of a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyProblem {
    /// Longer, or with more names, than we read.
    #[error("the policy is longer than is read")]
    TooLong,
    /// Not UTF-8, or control characters.
    #[error("the policy is not plain text")]
    NotText,
    /// The first word is none that we know.
    #[error("`{word}` is not `log`, `witness`, `group` or `quorum`")]
    UnknownWord {
        /// The word.
        word: String,
    },
    /// Too few or too many words.
    #[error("expected `{expected}`")]
    WrongCount {
        /// How the line is written.
        expected: &'static str,
    },
    /// A key cannot be read.
    #[error("read the key: {0}")]
    Key(KeyError),
    /// A witness's key where a log's must stand, or the other way round.
    #[error("the key is not of the kind that signs here")]
    WrongKind,
    /// The key was named before.
    #[error("the same key was named before")]
    DuplicateKey,
    /// The name was given before, or is `none`.
    #[error("the name `{name}` is taken")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// The name was not given on a line before.
    #[error("no witness or group `{name}` on a line before")]
    UnknownName {
        /// The name.
        name: String,
    },
    /// The member is in a group already: it may count in one way only.
    #[error("`{name}` is a member of a group already")]
    MemberTwice {
        /// The name.
        name: String,
    },
    /// Not `any`, `all` or a number from one to the count of members.
    #[error("`{word}` is not `any`, `all` or a number from 1 to {member_count}")]
    BadThreshold {
        /// The word.
        word: String,
        /// Count of members.
        member_count: usize,
    },
    /// There is a quorum already.
    #[error("there is a quorum line already")]
    SecondQuorum,
    /// There is none.
    #[error("there is no `quorum` line; `quorum none` asks for no cosignature")]
    QuorumMissing,
}

/// Why a checkpoint does not satisfy a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFailure {
    /// The checkpoint cannot be read.
    #[error("read the checkpoint")]
    Checkpoint(#[source] CheckpointError),
    /// It is of a log that the policy does not name.
    #[error("the policy knows no log `{origin}`")]
    UnknownLog {
        /// Its origin.
        origin: String,
    },
    /// A known key's signature does not verify.
    #[error("verify the cosignatures")]
    Note(#[source] NoteError),
    /// Too few cosigned.
    #[error("the quorum `{quorum}` is not reached; cosigned by {}", list(cosigned))]
    QuorumMissed {
        /// Name of the quorum.
        quorum: String,
        /// Names of the witnesses that did.
        cosigned: Vec<String>,
    },
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
}

/// A checkpoint that satisfies a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trusted {
    /// The tree.
    pub checkpoint: Checkpoint,
    /// Who cosigned, by name in the policy, and when, in seconds since 1970.
    pub cosigned: Vec<(String, u64)>,
}

impl Policy {
    /// The policy of one who trusts a log's own signature.
    #[must_use]
    pub fn of_log(key: VerifierKey) -> Self {
        let logs = vec![KnownLog { key, url: None }];
        Self { logs, witnesses: Vec::new(), latest_s: None, groups: Vec::new(), quorum: None }
    }

    /// Reads a policy.
    ///
    /// # Errors
    /// The first line that is wrong.
    pub fn parse(text: &[u8]) -> Result<Self, PolicyError> {
        let whole = |problem| PolicyError { line: 1, problem };
        if text.len() > POLICY_BYTES_MAX {
            return Err(whole(PolicyProblem::TooLong));
        }
        let text = std::str::from_utf8(text).map_err(|_| whole(PolicyProblem::NotText))?;
        let mut reading = Reading::default();
        let mut line_count = 0;
        for (index, line) in text.lines().enumerate() {
            line_count = index + 1;
            reading.line(line).map_err(|problem| PolicyError { line: line_count, problem })?;
        }
        let Reading { logs, witnesses, groups, quorum, .. } = reading;
        let quorum = quorum.ok_or(PolicyError { line: line_count + 1, problem: PolicyProblem::QuorumMissing })?;
        Ok(Self { logs, witnesses, latest_s: None, groups, quorum })
    }

    /// Checks a checkpoint: signed by a known log, cosigned by a quorum.
    ///
    /// # Errors
    /// What is missing.
    pub fn check(&self, note: &Note) -> Result<Trusted, PolicyFailure> {
        let stated = Checkpoint::parse(note.text()).map_err(PolicyFailure::Checkpoint)?;
        let mut refused = PolicyFailure::UnknownLog { origin: stated.origin.clone() };
        let of_origin = self.logs.iter().filter(|log| log.key.name() == stated.origin);
        // A log that changed its key stands there with both.
        let signed = of_origin.map(|log| Checkpoint::of_note(note, &log.key)).fold(None, |signed, next| match next {
            Ok(checkpoint) => Some(checkpoint),
            Err(error) => {
                refused = PolicyFailure::Checkpoint(error);
                signed
            }
        });
        let Some(checkpoint) = signed else { return Err(refused) };
        let cosigned = self.cosigned(note)?;
        match self.quorum {
            Some(quorum) if !self.has_witnessed(quorum, &cosigned) => Err(PolicyFailure::QuorumMissed {
                quorum: self.name(quorum).to_owned(),
                cosigned: cosigned.into_iter().map(|(name, _)| name).collect(),
            }),
            _ => Ok(Trusted { checkpoint, cosigned }),
        }
    }

    /// Which of the known witnesses cosigned a note, and when. Those of no time, and of a time later than the reader takes, are
    /// left out: the standard forbids zero, and lets a verifier refuse the future.
    ///
    /// # Errors
    /// When the cosignature of a known witness does not verify.
    pub fn cosigned(&self, note: &Note) -> Result<Vec<(String, u64)>, PolicyFailure> {
        let keys: Vec<VerifierKey> = self.witnesses.iter().map(|witness| witness.key.clone()).collect();
        let verified = match note.verify(&keys) {
            Err(NoteError::NotSigned) => Vec::new(),
            other => other.map_err(PolicyFailure::Note)?,
        };
        let named = |key: &VerifierKey| self.witnesses.iter().find(|witness| witness.key == *key);
        let is_timely = |time_s: &u64| *time_s > 0 && self.latest_s.is_none_or(|latest_s| *time_s <= latest_s);
        let timely = verified.iter().filter_map(|it| Some((named(it.key)?.name.clone(), it.time_s.filter(is_timely)?)));
        Ok(timely.collect())
    }

    /// Trusts the keys to which the logs of this policy have rotated, in the order of the announcements.
    pub fn follow<'r>(&mut self, rotations: impl IntoIterator<Item = &'r Rotation>) {
        for rotation in rotations {
            let known = |key: &VerifierKey| self.logs.iter().position(|log| log.key == *key);
            if let (Some(old), None) = (known(rotation.old()), known(rotation.new_key())) {
                let url = self.logs[old].url.clone();
                self.logs.push(KnownLog { key: rotation.new_key().clone(), url });
            }
        }
    }

    fn has_witnessed(&self, member: Member, cosigned: &[(String, u64)]) -> bool {
        match member {
            Member::Witness(index) => cosigned.iter().any(|(name, _)| *name == self.witnesses[index].name),
            Member::Group(index) => {
                let group = &self.groups[index];
                let count = group.members.iter().filter(|member| self.has_witnessed(**member, cosigned)).count();
                count >= group.threshold
            }
        }
    }

    fn name(&self, member: Member) -> &str {
        match member {
            Member::Witness(index) => &self.witnesses[index].name,
            Member::Group(index) => &self.groups[index].name,
        }
    }
}

/// A policy as far as it is read.
#[derive(Default)]
struct Reading {
    logs: Vec<KnownLog>,
    witnesses: Vec<KnownWitness>,
    groups: Vec<Group>,
    /// Members of groups so far: each may count once.
    grouped: Vec<Member>,
    quorum: Option<Option<Member>>,
}

impl Reading {
    fn line(&mut self, line: &str) -> Result<(), PolicyProblem> {
        if line.bytes().any(|byte| byte < 0x20 && byte != b'\t' || byte == 0x7f) {
            return Err(PolicyProblem::NotText);
        }
        let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
        let Some((first, rest)) = words.split_first() else { return Ok(()) };
        if first.starts_with('#') {
            return Ok(());
        }
        if self.logs.len() + self.witnesses.len() + self.groups.len() >= NAME_COUNT_MAX {
            return Err(PolicyProblem::TooLong);
        }
        match *first {
            "log" => self.log(rest),
            "witness" => self.witness(rest),
            "group" => self.group(rest),
            "quorum" => self.quorum(rest),
            word => Err(PolicyProblem::UnknownWord { word: word.chars().take(32).collect() }),
        }
    }

    fn log(&mut self, words: &[&str]) -> Result<(), PolicyProblem> {
        let (vkey, url) = match words {
            [vkey] => (vkey, None),
            [vkey, url] => (vkey, Some((*url).to_owned())),
            _ => return Err(PolicyProblem::WrongCount { expected: "log <vkey> [<url>]" }),
        };
        let key = key(vkey, SignatureKind::Ed25519)?;
        if self.logs.iter().any(|log| log.key.public() == key.public()) {
            return Err(PolicyProblem::DuplicateKey);
        }
        self.logs.push(KnownLog { key, url });
        Ok(())
    }

    fn witness(&mut self, words: &[&str]) -> Result<(), PolicyProblem> {
        let (name, vkey, url) = match words {
            [name, vkey] => (name, vkey, None),
            [name, vkey, url] => (name, vkey, Some((*url).to_owned())),
            _ => return Err(PolicyProblem::WrongCount { expected: "witness <name> <vkey> [<url>]" }),
        };
        let name = self.fresh(name)?;
        let key = key(vkey, SignatureKind::CosignatureV1)?;
        if self.witnesses.iter().any(|witness| witness.key.public() == key.public()) {
            return Err(PolicyProblem::DuplicateKey);
        }
        self.witnesses.push(KnownWitness { name, key, url });
        Ok(())
    }

    fn group(&mut self, words: &[&str]) -> Result<(), PolicyProblem> {
        let [name, threshold, names @ ..] = words else {
            return Err(PolicyProblem::WrongCount { expected: "group <name> <any|all|k> <name>..." });
        };
        let member_count = names.len();
        if member_count == 0 {
            return Err(PolicyProblem::WrongCount { expected: "group <name> <any|all|k> <name>..." });
        }
        let name = self.fresh(name)?;
        let threshold = match *threshold {
            "any" => Some(1),
            "all" => Some(member_count),
            k => k.parse().ok().filter(|k| (1..=member_count).contains(k) && !threshold.starts_with(['+', '0'])),
        };
        let threshold = threshold
            .ok_or_else(|| PolicyProblem::BadThreshold { word: words[1].chars().take(32).collect(), member_count })?;
        let mut members = Vec::with_capacity(member_count);
        for name in names {
            let member = self.named(name)?;
            if self.grouped.contains(&member) {
                return Err(PolicyProblem::MemberTwice { name: (*name).to_owned() });
            }
            self.grouped.push(member);
            members.push(member);
        }
        self.groups.push(Group { name, threshold, members });
        Ok(())
    }

    fn quorum(&mut self, words: &[&str]) -> Result<(), PolicyProblem> {
        let [name] = words else { return Err(PolicyProblem::WrongCount { expected: "quorum <name>" }) };
        if self.quorum.is_some() {
            return Err(PolicyProblem::SecondQuorum);
        }
        self.quorum = Some(if *name == NONE { None } else { Some(self.named(name)?) });
        Ok(())
    }

    fn fresh(&self, name: &str) -> Result<String, PolicyProblem> {
        if name == NONE || self.named(name).is_ok() {
            return Err(PolicyProblem::DuplicateName { name: name.to_owned() });
        }
        Ok(name.to_owned())
    }

    fn named(&self, name: &str) -> Result<Member, PolicyProblem> {
        let witness = self.witnesses.iter().position(|witness| witness.name == name).map(Member::Witness);
        let group = || self.groups.iter().position(|group| group.name == name).map(Member::Group);
        witness.or_else(group).ok_or_else(|| PolicyProblem::UnknownName { name: name.to_owned() })
    }
}

fn key(vkey: &str, kind: SignatureKind) -> Result<VerifierKey, PolicyProblem> {
    let key = VerifierKey::parse(vkey).map_err(PolicyProblem::Key)?;
    if key.kind() == kind { Ok(key) } else { Err(PolicyProblem::WrongKind) }
}

#[cfg(test)]
mod tests;
