//! What a source is, as a mapping declares it: movements and counts to be posted, or a member's report to be kept as told.

use serde::Deserialize;
use wire::Malformed;
use words::{Say, Saying};

use crate::load::Origin;
use crate::mapping::{Mapping, MappingError};
use crate::memory::Memory;
use crate::reading::{Item, Reading, ReadingError, Step};
use crate::report::{Cover, Flaw, ReportMapping, commands, read_text};
use crate::source::SourceError;
use crate::wrong::Wrong;

/// What labelled text begins with, which needs no mapping.
const LABELLED: &str = "granary-report:";

/// A source by its mapping.
#[derive(Clone, Debug)]
pub enum Declared {
    /// Movements and counts: posted to the books.
    Movements(Box<Mapping>),
    /// A statement or transaction report in a table or list; its cover says number and days.
    Report(Box<ReportMapping>, Option<Cover>),
    /// A report in labelled text.
    Labelled,
}

/// A mapping cannot be used, or does not fit its source.
#[derive(Debug, thiserror::Error)]
pub enum DeclaredError {
    /// See the cause.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// See its text.
    #[error("read the mapping: {0}")]
    Report(Flaw),
    /// See the cause.
    #[error("read the source")]
    Source(#[from] SourceError),
    /// The books cannot say what has to be known.
    #[error(transparent)]
    Books(#[from] answers::Problem),
    /// A table does not say which report it is.
    #[error("a table does not say which report it is")]
    NoCover,
}

impl From<ReadingError> for DeclaredError {
    fn from(error: ReadingError) -> Self {
        match error {
            ReadingError::Source(error) => Self::Source(error),
            ReadingError::Books(problem) => Self::Books(problem),
        }
    }
}

impl DeclaredError {
    /// What is wrong, and what to do next.
    #[must_use]
    pub fn saying(&self) -> Saying {
        match self {
            Self::Mapping(_) => Wrong::Mapping { said: causes::told(self) }.saying(),
            Self::Report(flaw) => (*flaw.saying).clone().within(flaw.field.clone()),
            Self::Source(error) => error.wrong().saying(),
            Self::Books(problem) => (*problem.saying).clone(),
            Self::NoCover => Wrong::NoCover.saying(),
        }
    }

    /// The same without a word of the file: one that is not what it claims may be anything, and who asks may be anybody.
    #[must_use]
    pub fn unquoted(&self) -> Saying {
        let wrong = match self {
            Self::Mapping(MappingError::Toml(_)) => Wrong::MappingNotToml,
            Self::Mapping(MappingError::Contradiction { .. }) => Wrong::MappingContradicts,
            Self::Report(_) => Wrong::MappingOfNoReport,
            Self::Source(error) => error.unquoted(),
            Self::Books(_) => Wrong::BooksCannotSay,
            Self::NoCover => Wrong::NoCover,
        };
        wrong.saying()
    }
}

impl Declared {
    /// Reads a mapping: of reports where it has a `kind` or a `[cover]`, of movements else. The name of a mapping that
    /// comes with the program stands for it.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, DeclaredError> {
        let text = crate::shipped(text.trim()).unwrap_or(text);
        let mut table: toml::Table = toml::from_str(text).map_err(MappingError::from)?;
        // A file beside a source may do no more than name a mapping.
        if let Some(name) = table.get("mapping").and_then(toml::Value::as_str)
            && table.len() == 1
        {
            let shipped = crate::shipped(name).ok_or_else(|| MappingError::Contradiction {
                name: name.to_owned(),
                problem: "comes not with the program; write the mapping itself".into(),
            })?;
            return Ok(Self::Movements(Box::new(Mapping::parse(shipped)?)));
        }
        if !table.contains_key("kind") && !table.contains_key("cover") {
            return Ok(Self::Movements(Box::new(Mapping::parse(text)?)));
        }
        let cover = table.remove("cover").map(Cover::deserialize).transpose().map_err(MappingError::from)?;
        let mapping = ReportMapping::of(table).map_err(DeclaredError::Report)?;
        Ok(Self::Report(Box::new(mapping), cover))
    }

    /// Is a source labelled text, which says everything itself?
    #[must_use]
    pub fn is_labelled(source: &[u8]) -> bool {
        source.trim_ascii_start().starts_with(LABELLED.as_bytes())
    }

    /// Who posts what it says, where that is known before it is read.
    #[must_use]
    pub fn poster(&self) -> Option<&str> {
        match self {
            Self::Movements(mapping) => Some(&mapping.party),
            Self::Report(mapping, _) => Some(&mapping.sender),
            Self::Labelled => None,
        }
    }

    /// What a load by it is recorded as; none of a report, which keeps its hash itself.
    #[must_use]
    pub fn origin(&self, file: Option<&str>, source: &[u8]) -> Option<Origin> {
        match self {
            Self::Movements(mapping) => Some(Origin::new(mapping, file, source)),
            Self::Report(..) | Self::Labelled => None,
        }
    }

    /// Everything that a source says, as commands with their place in it. What cannot be read has its place, too; a report
    /// with any flaw is nothing but its flaws.
    ///
    /// # Errors
    /// When nothing of it can be read.
    pub fn read(self, source: &[u8], memory: &dyn Memory) -> Result<Vec<Item>, DeclaredError> {
        let report = match self {
            Self::Movements(mapping) => return Ok(Reading::new(*mapping, memory).read(source)?),
            Self::Labelled => read_text(source, memory.registry().as_ref()),
            Self::Report(mapping, cover) => {
                mapping.read(source, &cover.ok_or(DeclaredError::NoCover)?, memory.registry().as_ref())
            }
        };
        let commands = report.and_then(|report| {
            let (sender, last) = (report.sender.clone().unwrap_or_default(), report.last.clone());
            commands(report, &sender, None, &last).map_err(|flaw| vec![flaw])
        });
        Ok(match commands {
            Err(flaws) => flaws.into_iter().map(flawed).collect(),
            Ok(commands) => {
                // The first line of the report that a command brings.
                let first = |command: &wire::Command| {
                    let lines = match &command.act {
                        wire::Act::AddReportLines(act) => act.lines.first(),
                        wire::Act::ReceiveReport(act) => act.lines.iter().flatten().next(),
                        _ => None,
                    };
                    lines.map_or(0, |line| u64::from(line.line))
                };
                let item = |command: wire::Command| Item {
                    line: first(&command),
                    also: Vec::new(),
                    column: "report".into(),
                    step: Step::Post { command: Box::new(command), is_revision: false },
                };
                commands.into_iter().map(item).collect()
            }
        })
    }
}

fn flawed(flaw: Flaw) -> Item {
    let Flaw { line, field, saying } = flaw;
    let saying = Box::new(saying.and("said-nothing_of_report"));
    let malformed = Malformed { id: None, field: None, code: "bad_report", saying };
    Item { line, also: Vec::new(), column: field, step: Step::Unreadable(Box::new(malformed)) }
}

/// A frame's commands as what a source says: for files that hold commands.
#[must_use]
pub fn frame(bytes: &[u8]) -> Vec<Item> {
    let item = |item: wire::frame::Item<'_>| Item {
        line: item.line,
        also: Vec::new(),
        column: String::new(),
        step: match item.command() {
            Ok(command) => Step::Post { command: Box::new(command), is_revision: false },
            Err(malformed) => Step::Unreadable(Box::new(malformed)),
        },
    };
    wire::frame::items(bytes).map(item).collect()
}
