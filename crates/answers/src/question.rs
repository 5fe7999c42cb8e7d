//! A question and its answer, and the one table of all of them.
//!
//! Whatever can be asked is asked through here: the tools for people, HTTP, NATS and the console build the same request
//! and get the same answer or the same [`Problem`]. A new question is a file in `ask/` and a line in [`QUESTIONS`].

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::LazyLock;

use books::Seq;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use wire::strict::{self, Texts};
use wire::typed::{self, Misread, Wrong};

use crate::ask;
use crate::asking::{self, Budget, Course, Source};
use crate::meant::explained;
use crate::problem::Problem;
use crate::sight::Sight;
use crate::table::Table;
use crate::view::{View, Viewer};
use crate::wants::Wants;
use crate::why::Why;

/// A request: a flat object of plain fields. Fields that it does not have are refused by [`Entry::ask`] and
/// [`parse`], so that a misspelt filter never passes in silence.
pub trait Question: Serialize + DeserializeOwned + JsonSchema + Send + 'static {
    /// The name under which it is asked at every door: `GET /v1/<name>`, `q.<org>.<ledger>.projections.<name>`.
    const NAME: &'static str;
    /// One sentence that says what it answers.
    const ABOUT: &'static str;
    /// What comes back.
    type Answer: Serialize + DeserializeOwned + JsonSchema + Send + 'static;

    /// The answer as a table: what every door but JSON shows.
    fn table(answer: &Self::Answer) -> Table<'_>;

    /// Says what it wants of the log: that is gathered before it is asked to answer, so that an answer never reads the
    /// log. There is no default: every question says it.
    ///
    /// # Errors
    /// As [`Question::answer`].
    fn wants(&self, view: &dyn View) -> Result<Wants, Problem>;

    /// Answers, within what the asker may see, from the books and what was gathered.
    ///
    /// # Errors
    /// When it is not well put, names something unknown, may not be asked, or the history cannot be read.
    fn answer(&self, view: &dyn View) -> Result<Self::Answer, Problem>;
}

/// The field that every answer has whose asker does not see everything. Whether something was left out is not said: that
/// would tell that there is something.
pub const SEEN_BY: &str = "seen_by";
const SEEN_BY_DOC: &str = "The party with whose eyes this was answered: what others hold, and it may not see, is not in it. Absent where everything was seen.";

/// An answer whose question is told by its [`Entry`] alone: as JSON, or as its table.
pub trait AnyAnswer: std::fmt::Debug + Send {
    /// Writes it as JSON on one line, row by row.
    ///
    /// # Errors
    /// When `out` cannot be written.
    fn write_json(&self, out: &mut dyn Write) -> io::Result<()>;

    /// Writes it as JSON for people, indented.
    ///
    /// # Errors
    /// When `out` cannot be written.
    fn write_pretty(&self, out: &mut dyn Write) -> io::Result<()>;

    /// See [`Question::table`].
    fn table(&self) -> Table<'_>;

    /// As JSON, in memory.
    ///
    /// # Errors
    /// As [`Self::write_json`].
    fn to_json(&self) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        self.write_json(&mut out)?;
        Ok(out)
    }
}

/// The answer to a question of this type.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Given<Q: Question> {
    /// The answer.
    #[serde(flatten)]
    pub answer: Q::Answer,
    /// See [`SEEN_BY`].
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub seen_by: Option<String>,
}

impl<Q: Question> std::fmt::Debug for Given<Q> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(Q::NAME)
    }
}

impl<Q: Question> AnyAnswer for Given<Q> {
    fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        Ok(serde_json::to_writer(out, self)?)
    }

    fn write_pretty(&self, out: &mut dyn Write) -> io::Result<()> {
        Ok(serde_json::to_writer_pretty(out, self)?)
    }

    fn table(&self) -> Table<'_> {
        let mut table = Q::table(&self.answer);
        table.seen_by.clone_from(&self.seen_by);
        table
    }
}

/// Answers a question, and says with whose eyes; says up to which event the answer knows.
///
/// # Errors
/// See [`Question::answer`]; `too_dear` beyond the budget; where a code is misspelt, the nearest ones are named.
pub fn give<Q: Question>(question: &Q, source: &dyn Source, budget: Budget) -> Result<(Seq, Given<Q>), Problem> {
    let (head, answer) = asking::ask(question, source, budget).map_err(|problem| meant(problem, source))?;
    Ok((head, given(answer, source)))
}

fn meant(problem: Problem, source: &dyn Source) -> Problem {
    asking::read(source, |view| explained(problem, view))
}

fn given<Q: Question>(answer: Q::Answer, source: &dyn Source) -> Given<Q> {
    Given { answer, seen_by: asking::read(source, seen_by) }
}

/// An answer, and the last event that it knows of.
pub type Answered = (Seq, Box<dyn AnyAnswer>);

/// A question that was read, and whose answer may be on its way: see [`Entry::begin`].
pub trait Pending: Send {
    /// Answers where the books alone can; none where the log has to be read for it, which [`Pending::finish`] does.
    ///
    /// # Errors
    /// See [`give`].
    fn look(&mut self, source: &dyn Source) -> Result<Option<Answered>, Problem>;

    /// Answers, going on from where [`Pending::look`] came to.
    ///
    /// # Errors
    /// See [`give`].
    fn finish(&mut self, source: &dyn Source) -> Result<Answered, Problem>;
}

impl<Q: Question> Pending for Course<Q> {
    fn look(&mut self, source: &dyn Source) -> Result<Option<Answered>, Problem> {
        let answered = Self::look(self, source).map_err(|problem| meant(problem, source))?;
        Ok(answered.map(|(head, answer)| (head, Box::new(given::<Q>(answer, source)) as Box<dyn AnyAnswer>)))
    }

    fn finish(&mut self, source: &dyn Source) -> Result<Answered, Problem> {
        let (head, answer) = Self::finish(self, source).map_err(|problem| meant(problem, source))?;
        Ok((head, Box::new(given::<Q>(answer, source))))
    }
}

/// A question as a line of the table.
#[derive(Debug)]
pub struct Entry {
    /// See [`Question::NAME`].
    pub name: &'static str,
    /// See [`Question::ABOUT`].
    pub about: &'static str,
    begin: fn(Value, Budget) -> Result<Box<dyn Pending>, Problem>,
    read: fn(&[u8]) -> serde_json::Result<Box<dyn AnyAnswer>>,
    request: fn() -> Value,
    answer: fn() -> Value,
}

/// Every question. The one place where a question is registered.
pub static QUESTIONS: &[Entry] = &[
    Entry::of::<ask::Positions>(),
    Entry::of::<ask::List>(),
    Entry::of::<ask::Cover>(),
    Entry::of::<ask::Dependence>(),
    Entry::of::<ask::History>(),
    Entry::of::<ask::Event>(),
    Entry::of::<ask::Trace>(),
    Entry::of::<ask::Items>(),
    Entry::of::<ask::Explain>(),
    Entry::of::<ask::Command>(),
    Entry::of::<ask::Head>(),
    Entry::of::<ask::Digest>(),
    Entry::of::<ask::ProveBalance>(),
    Entry::of::<ask::reserve::ReserveStatus>(),
    Entry::of::<ask::reserve::Members>(),
    Entry::of::<ask::reserve::Entitlements>(),
    Entry::of::<ask::reserve::Debts>(),
    Entry::of::<ask::reserve::Cash>(),
    Entry::of::<ask::reserve::Brief>(),
    Entry::of::<ask::reserve::Promises>(),
    Entry::of::<ask::reserve::Calls>(),
    Entry::of::<ask::reserve::CallBoard>(),
    Entry::of::<ask::reserve::Allocation>(),
    Entry::of::<ask::reserve::Recompute>(),
    Entry::of::<ask::market::Orders>(),
    Entry::of::<ask::market::Receipts>(),
    Entry::of::<ask::market::Rights>(),
    Entry::of::<ask::risk::Access>(),
    Entry::of::<ask::risk::Blocked>(),
    Entry::of::<ask::risk::CoverBase>(),
    Entry::of::<ask::risk::Plan>(),
    Entry::of::<ask::risk::Reach>(),
    Entry::of::<ask::risk::ShareLimits>(),
    Entry::of::<ask::risk::Figures>(),
    Entry::of::<ask::risk::Stress>(),
    Entry::of::<ask::reconcile::Reports>(),
    Entry::of::<ask::reconcile::ReportLines>(),
    Entry::of::<ask::reconcile::Statements>(),
    Entry::of::<ask::reconcile::Reconciliation>(),
    Entry::of::<ask::reconcile::Breaks>(),
    Entry::of::<ask::reconcile::BreakDetail>(),
    Entry::of::<ask::reconcile::MaterialBalance>(),
    Entry::of::<ask::reconcile::BalanceSeries>(),
    Entry::of::<ask::reconcile::Transfers>(),
    Entry::of::<ask::reconcile::PoolCheck>(),
    Entry::of::<ask::reconcile::ReportCalendar>(),
    Entry::of::<ask::reconcile::Published>(),
    Entry::of::<ask::reconcile::RestatementSchedule>(),
    Entry::of::<ask::reconcile::ReportText>(),
    Entry::of::<ask::audit::TrustedLogs>(),
    Entry::of::<ask::audit::Facts>(),
    Entry::of::<ask::audit::Shipments>(),
    Entry::of::<ask::audit::Adjustments>(),
];

/// Who asks, where it does not see everything.
fn seen_by(view: &dyn View) -> Option<String> {
    match view.viewer() {
        Viewer::Operator => None,
        Viewer::Party(_) if Sight::of(view).is_full() => None,
        Viewer::Party(code) => Some(code),
    }
}

impl Entry {
    const fn of<Q: Question>() -> Self {
        Self {
            name: Q::NAME,
            about: Q::ABOUT,
            begin: |request, budget| Ok(Box::new(Course::new(parse::<Q>(request)?, budget))),
            read: |json| Ok(Box::new(serde_json::from_slice::<Given<Q>>(json)?)),
            request: || closed(schemars::schema_for!(Q).to_value()),
            answer: || {
                let mut schema = schemars::schema_for!(Q::Answer).to_value();
                schema["properties"][SEEN_BY] = json!({ "type": "string", "description": SEEN_BY_DOC });
                schema
            },
        }
    }

    /// Answers a request; says up to which event the answer knows.
    ///
    /// # Errors
    /// See [`give`].
    pub fn ask(&self, request: Value, source: &dyn Source, budget: Budget) -> Result<Answered, Problem> {
        self.begin(request, budget)?.finish(source)
    }

    /// Reads a request. What the books alone can answer is short, and need not wait behind what reads the log: so the answer
    /// comes in two steps.
    ///
    /// # Errors
    /// See [`parse`].
    pub fn begin(&self, request: Value, budget: Budget) -> Result<Box<dyn Pending>, Problem> {
        (self.begin)(request, budget)
    }

    /// An answer from its JSON, as another service gave it.
    ///
    /// # Errors
    /// When it is no answer to this question.
    pub fn read(&self, json: &[u8]) -> serde_json::Result<Box<dyn AnyAnswer>> {
        (self.read)(json)
    }

    /// JSON Schema of the request.
    #[must_use]
    pub fn request_schema(&self) -> Value {
        (self.request)()
    }

    /// JSON Schema of the answer.
    #[must_use]
    pub fn answer_schema(&self) -> Value {
        (self.answer)()
    }

    /// A request from the fields of a query string: numbers, truths and lists are told by the schema.
    ///
    /// # Errors
    /// When a field is unknown, said twice, or has a value that cannot stand.
    pub fn request_from_pairs<'p>(
        &self,
        pairs: impl IntoIterator<Item = (&'p str, &'p str)>,
    ) -> Result<Value, Problem> {
        let fields = &FIELDS[self.name];
        let mut request = Map::new();
        for (name, text) in pairs {
            let kind = fields.get(name).ok_or_else(|| unknown_field(self.name, name))?;
            if let Some(wrong) = Texts::OF_QUESTIONS.fault(text) {
                return Err(Problem::misread(Misread { field: Some(name.to_owned()), wrong }, SCHEMA));
            }
            let value = kind.read(name, text)?;
            match (request.get_mut(name), value) {
                (None, value) => drop(request.insert(name.to_owned(), value)),
                (Some(Value::Array(known)), Value::Array(more)) => known.extend(more),
                _ => return Err(Problem::bad_field(name, Why::SaidTwice { field: name.to_owned() })),
            }
        }
        Ok(Value::Object(request))
    }
}

/// JSON Schemas of every request and answer, by the name of the question.
#[must_use]
pub fn schemas() -> Value {
    let shapes = |entry: &Entry| {
        let shapes =
            json!({ "about": entry.about, "request": entry.request_schema(), "answer": entry.answer_schema() });
        (entry.name.to_owned(), shapes)
    };
    Value::Object(QUESTIONS.iter().map(shapes).collect())
}

/// A question by its name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Entry> {
    QUESTIONS.iter().find(|entry| entry.name == name)
}

/// A question by its name.
///
/// # Errors
/// `unknown_question`, with the nearest one.
pub fn named(name: &str) -> Result<&'static Entry, Problem> {
    find(name).ok_or_else(|| {
        let names: Vec<&str> = QUESTIONS.iter().map(|entry| entry.name).collect();
        let meant = wire::nearest(&name.replace('-', "_"), names.iter().copied());
        Problem::absent(Why::NoQuestion { text: shown(name), names: names.join(", ") }).meaning(meant)
    })
}

/// The beginning of a text that somebody sent, as it can be shown anywhere.
#[must_use]
pub fn shown(text: &str) -> String {
    text.chars().take(64).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Answers a question by its name.
///
/// # Errors
/// When there is no such question, and see [`Question::answer`].
pub fn ask(name: &str, request: Value, source: &dyn Source) -> Result<Box<dyn AnyAnswer>, Problem> {
    let entry = named(name)?;
    entry.ask(request, source, Budget::NONE).map(|(_, answer)| answer)
}

/// Reads a request; a field that it does not have is refused, never ignored.
///
/// # Errors
/// `unknown_field`, `bad_field` or `missing_field`, with the field.
pub fn parse<Q: Question>(request: Value) -> Result<Q, Problem> {
    let Value::Object(map) = &request else {
        return Err(Problem::wrong_use(Why::NotAnObject));
    };
    if let Some(name) = map.keys().find(|name| !FIELDS[Q::NAME].contains_key(name.as_str())) {
        return Err(unknown_field(Q::NAME, name));
    }
    let said = map.clone();
    typed::read(request).map_err(|misread| {
        let field = misread.field.clone().or_else(|| blamed::<Q>(&said, &misread));
        Problem::misread(Misread { field, ..misread }, SCHEMA)
    })
}

/// A field of a group that stands in the request as its own is not named by what reads it: it is the one without which
/// something else is wrong, or nothing.
fn blamed<Q: Question>(said: &Map<String, Value>, misread: &Misread) -> Option<String> {
    let mut rest = said.clone();
    for (name, value) in said {
        rest.remove(name);
        match typed::read::<Q>(Value::Object(rest.clone())) {
            // Several are wrong in the same way: without this one it is still wrong.
            Err(other) if other == *misread => {}
            Err(Misread { wrong: Wrong::Missing(missing), .. }) if missing == name => {
                rest.insert(name.clone(), value.clone());
            }
            Ok(_) | Err(_) => return Some(name.clone()),
        }
    }
    None
}

/// What says what to do next where a request cannot be read.
const SCHEMA: &str = "said-question_schema";

/// Reads the JSON of a request.
///
/// # Errors
/// `not_json`, `not_utf8`, or `bad_field` where a field is said twice or its text cannot stand.
pub fn request_from_json(bytes: &[u8]) -> Result<Value, Problem> {
    strict::read(bytes, Texts::OF_QUESTIONS).map_err(|misread| Problem::misread(misread, SCHEMA))
}

fn unknown_field(question: &'static str, name: &str) -> Problem {
    let mut known: Vec<&str> = FIELDS[question].keys().map(String::as_str).collect();
    known.sort_unstable();
    let names = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    let meant = wire::nearest(name, known.iter().copied());
    let text = shown(name);
    Problem::bad_field(&text, Why::NoField { question, text: text.clone(), names }).meaning(meant)
}

/// What a field of a request holds, for texts that have to become values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Text,
    Number,
    Truth,
    List,
}

impl Field {
    fn of(schema: &Value) -> Self {
        let is = |wanted: &str| match &schema["type"] {
            Value::String(word) => word == wanted,
            Value::Array(words) => words.iter().any(|word| word == wanted),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
        };
        match () {
            () if is("integer") => Self::Number,
            () if is("boolean") => Self::Truth,
            () if is("array") => Self::List,
            () => Self::Text,
        }
    }

    fn read(self, name: &str, text: &str) -> Result<Value, Problem> {
        let (field, said) = (name.to_owned(), text.to_owned());
        match self {
            Self::Text => Ok(text.into()),
            Self::Number => text
                .parse::<u64>()
                .map(Value::from)
                .map_err(|_| Problem::bad_field(name, Why::NotAWholeNumber { field, text: said })),
            Self::Truth => match text {
                "" | "true" => Ok(true.into()),
                "false" => Ok(false.into()),
                _ => Err(Problem::bad_field(name, Why::NotATruth { field, text: said })),
            },
            Self::List => Ok(text.split(',').filter(|word| !word.is_empty()).collect()),
        }
    }
}

/// The fields of every question.
static FIELDS: LazyLock<HashMap<&'static str, HashMap<String, Field>>> = LazyLock::new(|| {
    let fields = |entry: &Entry| match entry.request_schema().get("properties") {
        Some(Value::Object(properties)) => {
            properties.iter().map(|(name, schema)| (name.clone(), Field::of(schema))).collect()
        }
        _ => HashMap::new(),
    };
    QUESTIONS.iter().map(|entry| (entry.name, fields(entry))).collect()
});

/// A request has no fields but those it names.
fn closed(mut schema: Value) -> Value {
    schema["additionalProperties"] = json!(false);
    schema
}

#[cfg(test)]
mod tests;
