//! What becomes of a command, said to its sender.

use books::rejection::Facts;
use books::{CommandId, FactName, FactValue, Refused, Seq};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;
use words::{Saying, Told, Words};

use crate::Malformed;

/// One answer for one command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Verdict {
    /// Line of the file it stood on, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Column of the source it stood in, where a table was loaded.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub column: Option<String>,
    /// Its place in a group, or among what was tried together, from 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub place: Option<u32>,
    /// The command's id, where it could be read.
    pub id: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// Number of the event that records it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Stable code: why it was refused or is invalid, `held` where it waits for a checker, `shortfall` where what it found is less
    /// than what is set aside, `document_twice` where an earlier event says the same of the same document, `feed_below_yield`
    /// where more was made of a lot than it holds by what is measured now, or `left_open` where something is open at the end of a
    /// closed period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// One sentence for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Can asking again help, where it was refused or is invalid?
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retry: Option<Retry>,
    /// What a refusal is about, by name: what `message` and `hint` are made of. Of what is invalid, the `field` to blame, and in
    /// `entry` which sentence tells it.
    #[serde(skip_serializing_if = "Map::is_empty", default)]
    pub facts: Map<String, Value>,
}

/// Can asking again help?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// No: what is asked is done, over, or not for this party.
    Never,
    /// Yes: the same wish under a new id may be granted later.
    Later,
    /// Yes, once the wish is changed.
    Changed,
}

impl Retry {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Later => "later",
            Self::Changed => "changed",
        }
    }
}

impl From<books::Retry> for Retry {
    fn from(retry: books::Retry) -> Self {
        match retry {
            books::Retry::Never => Self::Never,
            books::Retry::Later => Self::Later,
            books::Retry::Changed => Self::Changed,
        }
    }
}

impl Verdict {
    /// The bare verdict on a command, or on what has no id that could be read.
    #[must_use]
    pub fn of(outcome: Outcome, id: Option<CommandId>) -> Self {
        Self {
            line: None,
            column: None,
            place: None,
            id: id.map(|id| Uuid::from_bytes(id.0).to_string()),
            outcome,
            seq: None,
            code: None,
            message: None,
            hint: None,
            retry: None,
            facts: Map::new(),
        }
    }

    /// The command is recorded, as this event, and waits for a checker.
    #[must_use]
    pub fn held(id: CommandId, seq: Seq) -> Self {
        Self { seq: Some(seq.0), code: Some(HELD.into()), ..Self::of(Outcome::Accepted, Some(id)) }
            .told(words::english())
    }

    /// The close is recorded, as this event, and something is open at the end of its period.
    #[must_use]
    pub fn open(id: CommandId, seq: Seq, open: &Facts) -> Self {
        Self::noted(id, seq, "left_open", open)
    }

    /// The command is recorded, as this event, and more was made of a lot than it holds, by what is measured now.
    #[must_use]
    pub fn yielded(id: CommandId, seq: Seq, yielded: &Facts) -> Self {
        Self::noted(id, seq, "feed_below_yield", yielded)
    }

    /// The command is recorded, as this event, and an earlier one says the same of the same document.
    #[must_use]
    pub fn twice(id: CommandId, seq: Seq, earlier: Seq) -> Self {
        Self::noted(id, seq, "document_twice", &[(FactName::Event, earlier.into())].into())
    }

    /// The command is recorded, as this event, and what it found is less than what is set aside.
    #[must_use]
    pub fn short(id: CommandId, seq: Seq, short: &Facts) -> Self {
        Self::noted(id, seq, "shortfall", short)
    }

    fn noted(id: CommandId, seq: Seq, code: &str, told: &Facts) -> Self {
        let bare = Self::of(Outcome::Accepted, Some(id));
        Self { seq: Some(seq.0), code: Some(code.into()), facts: facts(told), ..bare }.told(words::english())
    }

    /// The same, where the command was only tried: no event records it.
    #[must_use]
    pub fn tried(self) -> Self {
        match self.outcome {
            Outcome::Accepted => Self { outcome: Outcome::Tried, seq: None, ..self }.told(words::english()),
            Outcome::Duplicate | Outcome::Refused | Outcome::Invalid | Outcome::Skipped | Outcome::Tried => self,
        }
    }

    /// The command is refused; `seq` is the event that says so, where it is recorded.
    #[must_use]
    pub fn refused(id: CommandId, seq: Option<Seq>, refused: &Refused) -> Self {
        let Told { message, hint } = words::refused(refused);
        Self {
            seq: seq.map(|seq| seq.0),
            retry: books::rejection::code(&refused.code).map(|code| code.retry.into()),
            code: Some(refused.code.clone()),
            message: Some(message),
            hint: Some(hint),
            facts: refused.facts.as_ref().map(facts).unwrap_or_default(),
            ..Self::of(Outcome::Refused, Some(id))
        }
    }

    /// The same in other words, made anew from its code and its facts; what has none of them keeps the words that it has.
    #[must_use]
    pub fn told(mut self, words: &Words) -> Self {
        let entry = match (self.outcome, self.code.as_deref(), self.facts.get(ENTRY).and_then(Value::as_str)) {
            (_, _, Some(said)) => said.to_owned(),
            (Outcome::Accepted | Outcome::Duplicate | Outcome::Tried, Some(code), None)
                if NOTES.iter().any(|(note, _)| *note == code) =>
            {
                format!("accepted-{code}")
            }
            // One that was written before facts were keeps its own words.
            (Outcome::Refused, Some(code), None)
                if !self.facts.is_empty() || books::rejection::code(code).is_some_and(|it| it.facts.is_empty()) =>
            {
                format!("refused-{code}")
            }
            (..) => return self,
        };
        let mut saying = Saying::retold(entry, self.code.as_deref());
        let note = NOTES.iter().find(|(note, _)| self.code.as_deref() == Some(note));
        for name in note.iter().flat_map(|(_, facts)| *facts) {
            saying = saying.with(name.word(), "none");
        }
        if self.code.as_deref() == Some(HELD) {
            saying = match self.seq {
                Some(seq) => saying.with(FactName::Event.word(), seq),
                // What is only tried waits for nobody.
                None => saying.unhinted(),
            };
        }
        saying = with_facts(saying, &self.facts);
        // One that was written before its sentence named its field.
        let field = self.facts.get("field").filter(|_| self.outcome == Outcome::Invalid && saying.field().is_none());
        if let Some(field) = field.and_then(Value::as_str) {
            saying = saying.within(field);
        }
        let Told { message, hint } = words.tell(&saying);
        self.message = Some(message);
        self.hint = Some(hint).filter(|hint| !hint.is_empty());
        self
    }
}

impl From<&Malformed> for Verdict {
    fn from(malformed: &Malformed) -> Self {
        let Told { message, hint } = words::english().tell(&malformed.saying);
        let mut facts = said(&malformed.saying);
        facts.extend(malformed.field.iter().map(|field| ("field".to_owned(), field.as_str().into())));
        Self {
            id: malformed.id.clone(),
            code: Some(malformed.code().to_owned()),
            message: Some(message),
            hint: Some(hint).filter(|hint| !hint.is_empty()),
            retry: Some(Retry::Changed),
            facts,
            ..Self::of(Outcome::Invalid, None)
        }
    }
}

const HELD: &str = "held";
/// What is noted of a command that is accepted: the code, and the facts that need not be there.
const NOTES: [(&str, &[FactName]); 5] = [
    (HELD, &[]),
    ("shortfall", &[]),
    ("left_open", &[FactName::InTransit, FactName::Uncounted]),
    ("document_twice", &[]),
    ("feed_below_yield", &[]),
];

/// The fact that names the entry of the catalogues, where the code alone does not.
const ENTRY: &str = "entry";

/// The fact that names the field with which the sentence begins.
const WITHIN: &str = "within";

/// What is said as facts: the name of its entry, what that asks for, and the field that it is said of. Nothing where it was put
/// into words elsewhere.
#[must_use]
pub fn said(saying: &Saying) -> Map<String, Value> {
    if saying.is_said() {
        return Map::new();
    }
    let entry = (ENTRY.to_owned(), Value::from(saying.entry()));
    let within = saying.field().map(|field| (WITHIN.to_owned(), field.into()));
    saying.facts().map(|(name, fact)| (name.to_owned(), value(fact))).chain(within).chain([entry]).collect()
}

/// The same again from its facts; none where there is no such entry here.
#[must_use]
pub fn retold(facts: &Map<String, Value>) -> Option<Saying> {
    let entry = facts.get(ENTRY)?.as_str().filter(|entry| words::english().knows(entry))?;
    Some(with_facts(Saying::new(entry.to_owned()), facts))
}

fn with_facts(saying: Saying, facts: &Map<String, Value>) -> Saying {
    let saying = facts.iter().fold(saying, |saying, (name, value)| match value.as_u64() {
        Some(number) => saying.with(name.clone(), number),
        None => saying.with(name.clone(), value.as_str().unwrap_or_default()),
    });
    match facts.get(WITHIN).and_then(Value::as_str) {
        Some(field) => saying.within(field),
        None => saying,
    }
}

fn value(value: &FactValue) -> Value {
    match value {
        FactValue::Number(number) => Value::from(*number),
        told @ (FactValue::Text(_) | FactValue::Day(_)) => Value::from(told.to_string()),
    }
}

/// Facts as JSON: numbers as they are, all else as text. What is wrong is told in words beside its code.
#[must_use]
pub fn facts(facts: &Facts) -> Map<String, Value> {
    let problem = words::english().problem(facts).map(|told| (FactName::Problem.word().to_owned(), told.into()));
    facts.iter().map(|(name, told)| (name.word().to_owned(), value(told))).chain(problem).collect()
}

/// What became of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Recorded.
    Accepted,
    /// Recorded before, with the same content; the first answer follows.
    Duplicate,
    /// Not allowed by the rules; the refusal is recorded.
    Refused,
    /// Could not be read as a command; nothing is recorded.
    Invalid,
    /// A line of a table that moves nothing; nothing is recorded.
    Skipped,
    /// Would be accepted: it was only tried, and nothing is recorded.
    Tried,
}

impl Outcome {
    /// All there are.
    pub const ALL: [Self; 6] =
        [Self::Accepted, Self::Duplicate, Self::Refused, Self::Invalid, Self::Skipped, Self::Tried];

    /// The word for it, as on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Refused => "refused",
            Self::Invalid => "invalid",
            Self::Skipped => "skipped",
            Self::Tried => "tried",
        }
    }
}

#[cfg(test)]
mod tests {
    use books::{Fault, Rejection};

    use super::*;
    use crate::Command;

    #[test]
    fn every_catalogue_tells_what_is_accepted_and_not_only_that() {
        let listed: &[(&str, &[&str])] = &[
            ("held", &["event"]),
            ("shortfall", &["lot", "owner", "place", "quantity", "day"]),
            ("left_open", &["in_transit", "uncounted"]),
            ("document_twice", &["event"]),
            ("feed_below_yield", &["lot", "event", "analyte"]),
        ];
        assert!(listed.iter().map(|(code, _)| code).eq(NOTES.iter().map(|(code, _)| code)));
        let wrong = words::check::differences("accepted", listed);
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    /// A door makes the words anew from the code and the facts: in English they are those that were made first.
    #[test]
    fn told_again_a_verdict_says_the_same() {
        let books = books::Books::new();
        let refused = |rejection: Rejection| {
            Verdict::refused(CommandId([1; 16]), Some(Seq(7)), &rejection.refused(&books, String::new()))
        };
        let share = Fault::ShareAboveWhole { text: "120%".into() };
        let mut verdicts = vec![
            refused(Rejection::invalid("last", Fault::BeforeFirst)),
            refused(Rejection::unreadable("ppm", share).at_line(3)),
            Verdict::held(CommandId([1; 16]), Seq(7)),
        ];
        for line in [
            "",
            "[]",
            "{}",
            r#"{"id":"x"}"#,
            r#"{"id":7}"#,
            "\u{1}",
            r#"{"id":"0190a0a0-0000-7000-8000-000000000001","party":"A","effective":"soon"}"#,
        ] {
            let malformed = Command::from_json(line.as_bytes()).expect_err("no command");
            verdicts.push((&malformed).into());
        }
        for verdict in verdicts {
            assert!(verdict.message.as_ref().is_some_and(|message| !message.is_empty()), "{verdict:?}");
            assert_eq!(verdict.clone().told(words::english()), verdict);
        }
        // What was recorded before facts were keeps its words.
        let old = Verdict {
            facts: Map::new(),
            message: Some("as it was".into()),
            ..refused(Rejection::invalid("last", Fault::BeforeFirst))
        };
        assert_eq!(old.clone().told(words::english()), old);
    }
}
