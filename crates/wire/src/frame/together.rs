//! What an item of a frame can be beside a command: commands that stand or fall together, and commands that are only tried.
//!
//! `{"group": [command, ...], "consents": [...]}` and `{"dry_run": [command or group, ...]}`, each one item, so that no part of
//! it can be taken for the whole, and a ledger that knows neither reads none of it.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Form, Wanted, cbor};
use crate::command::{Command, Malformed};
use crate::limits::{CONSENT_COUNT_MAX, GROUP_COMMANDS_MAX, TRIED_COUNT_MAX};
use crate::strict;
use crate::typed;
use crate::unread::Unread;

/// What an item says.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// A command.
    Command(Box<Command>),
    /// Commands that stand or fall together.
    Group(Group),
    /// What is only tried, one after the other: none of it is recorded.
    Trial(Vec<Result<Said, Malformed>>),
}

impl Said {
    /// How many verdicts it gets.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::Command(_) => 1,
            Self::Group(group) => group.commands.len(),
            Self::Trial(tried) => tried.iter().map(|one| one.as_ref().map_or(1, Self::count)).sum(),
        }
    }
}

/// Commands that stand or fall together.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The commands, in the order in which they are decided.
    pub commands: Vec<Result<Command, Malformed>>,
    /// Who agrees to all of them, beside the sender.
    pub consents: Vec<Consent>,
    /// The bytes of the list, exactly as they were written: what a consent signs.
    pub bytes: Vec<u8>,
}

/// A party's consent to a group: its signature over the bytes of the whole list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Public key in NATS nkeys form.
    pub key: String,
    /// Until when the signature stands: RFC 3339, a day at most.
    pub expires: String,
    /// The signature, in base64url.
    pub signature: String,
}

/// The bytes of a list, and those of each of its items.
pub(super) type Listed<'b> = (&'b [u8], Vec<&'b [u8]>);

/// A group or a trial in either form, not read further.
#[derive(Debug, Default)]
pub(super) struct Pieces<'b> {
    group: Option<Listed<'b>>,
    dry_run: Option<Vec<&'b [u8]>>,
    consents: Vec<Consent>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lines<'b> {
    #[serde(borrow, default)]
    group: Option<&'b RawValue>,
    #[serde(borrow, default)]
    dry_run: Option<Vec<&'b RawValue>>,
    #[serde(default)]
    consents: Vec<Consent>,
}

/// The same, read again for its sender where it cannot be read: by what says which field it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only whether it reads is asked")]
struct Shape {
    #[serde(default)]
    group: Option<Vec<Value>>,
    #[serde(default)]
    dry_run: Option<Vec<Value>>,
    #[serde(default)]
    consents: Vec<Consent>,
}

fn why(line: &[u8], error: &serde_json::Error) -> Malformed {
    let value = serde_json::from_slice(line).ok();
    let misread = value.and_then(|value| typed::read::<Shape>(value).err());
    Malformed::misread(misread.unwrap_or_else(|| strict::no_json(error)))
}

impl<'b> Pieces<'b> {
    /// Of a line; none where it has no key of a group or trial.
    pub(super) fn of_line(line: &'b [u8]) -> Option<Result<Self, Malformed>> {
        let line = line.trim_ascii();
        let first = line.strip_prefix(b"{")?.trim_ascii_start();
        let is_one = [&b"\"group\""[..], b"\"dry_run\"", b"\"consents\""].iter().any(|key| first.starts_with(key));
        is_one.then(|| Self::read_line(line))
    }

    fn read_line(line: &'b [u8]) -> Result<Self, Malformed> {
        let not_json = |error: serde_json::Error| why(line, &error);
        let Lines { group, dry_run, consents } = serde_json::from_slice(line).map_err(not_json)?;
        let group = group.map(|list| {
            let listed: Vec<&RawValue> = serde_json::from_str(list.get()).map_err(not_json)?;
            Ok((list.get().as_bytes(), listed.iter().map(|one| one.get().as_bytes()).collect()))
        });
        let dry_run = dry_run.map(|list| list.iter().map(|one| one.get().as_bytes()).collect());
        Ok(Self { group: group.transpose()?, dry_run, consents })
    }

    /// Of an item of CBOR that is a map.
    pub(super) fn of_map(group: Option<Listed<'b>>, dry_run: Option<Vec<&'b [u8]>>, consents: Vec<Consent>) -> Self {
        Self { group, dry_run, consents }
    }

    /// Reads what is in it.
    pub(super) fn said(self, form: Form) -> Result<Said, Malformed> {
        let Self { group, dry_run, consents } = self;
        match (group, dry_run) {
            (Some(group), None) => Ok(Said::Group(read_group(group, consents, form)?)),
            (None, Some(list)) if consents.is_empty() => {
                if list.len() > TRIED_COUNT_MAX {
                    return Err(too_many(list.len(), TRIED_COUNT_MAX));
                }
                Ok(Said::Trial(list.into_iter().map(|piece| form.tried(piece)).collect()))
            }
            (Some(_) | None, Some(_) | None) => Err(Malformed::whole(Unread::NeitherGroup)),
        }
    }

    /// What its commands want, as far as that can be read. Whose a command of a group is, is left to the ledger, which knows
    /// whose key is whose.
    pub(super) fn wanted(self, form: Form) -> Vec<Wanted> {
        let Self { group, dry_run, consents: _ } = self;
        let of_group = |group: Option<Listed<'b>>| {
            let list = group.map(|(_, list)| list).unwrap_or_default();
            let wanted = list.into_iter().filter_map(|piece| form.wanted(piece));
            wanted.map(|wanted| Wanted { is_grouped: true, ..wanted }).collect::<Vec<_>>()
        };
        let tried = dry_run.into_iter().flatten().flat_map(|piece| match form.pieces(piece) {
            // There is no trial within a trial.
            Some(pieces) => of_group(pieces.ok().and_then(|inner| inner.group)),
            None => form.wanted(piece).into_iter().collect(),
        });
        of_group(group).into_iter().chain(tried).collect()
    }
}

fn too_many(count: usize, most: usize) -> Malformed {
    Malformed::whole(Unread::TooMany { count, most })
}

fn read_group((bytes, list): Listed<'_>, consents: Vec<Consent>, form: Form) -> Result<Group, Malformed> {
    if list.is_empty() {
        return Err(Malformed::whole(Unread::EmptyGroup));
    }
    for (count, most) in [(list.len(), GROUP_COMMANDS_MAX), (consents.len(), CONSENT_COUNT_MAX)] {
        if count > most {
            return Err(too_many(count, most));
        }
    }
    let commands: Vec<_> = list.into_iter().map(|piece| form.command(piece)).collect();
    let ids: Vec<_> = commands.iter().flatten().map(|command| (&command.party, command.id)).collect();
    if (1..ids.len()).any(|place| ids[..place].contains(&ids[place])) {
        return Err(Malformed::whole(Unread::IdTwice));
    }
    Ok(Group { commands, consents, bytes: bytes.to_vec() })
}

/// Each form reads one item, or one piece of an item, at a time.
impl Form {
    fn pieces(self, item: &[u8]) -> Option<Result<Pieces<'_>, Malformed>> {
        match self {
            Self::Lines => Pieces::of_line(item),
            Self::Cbor => cbor::pieces(item),
        }
    }

    pub(super) fn command(self, item: &[u8]) -> Result<Command, Malformed> {
        match self {
            Self::Lines => Command::from_json(item),
            Self::Cbor => cbor::read_command(item),
        }
    }

    fn wanted(self, item: &[u8]) -> Option<Wanted> {
        match self {
            Self::Lines => serde_json::from_slice(item).ok(),
            Self::Cbor => cbor::wanted(item),
        }
    }

    pub(super) fn all_wanted(self, item: &[u8]) -> Vec<Wanted> {
        match self.pieces(item) {
            Some(pieces) => pieces.map(|pieces| pieces.wanted(self)).unwrap_or_default(),
            None => self.wanted(item).into_iter().collect(),
        }
    }

    pub(super) fn said(self, item: &[u8]) -> Result<Said, Malformed> {
        match self.pieces(item) {
            Some(pieces) => pieces?.said(self),
            None => self.command(item).map(|command| Said::Command(Box::new(command))),
        }
    }

    /// A command or a group: a trial within a trial would have no bottom.
    fn tried(self, item: &[u8]) -> Result<Said, Malformed> {
        match self.pieces(item).transpose()? {
            Some(Pieces { dry_run: Some(_), .. }) => Err(Malformed::whole(Unread::TrialInTrial)),
            Some(pieces) => pieces.said(self),
            None => self.command(item).map(|command| Said::Command(Box::new(command))),
        }
    }
}
