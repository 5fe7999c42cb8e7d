//! What every process needs: settings, logs, traces and metrics, the sign to stop, exit codes, and errors printed once, with
//! their whole chain and one hint.

mod settings;
mod shutdown;
mod telemetry;
#[cfg_attr(not(feature = "traces"), path = "no_traces.rs")]
mod traces;

use std::error::Error;
use std::fmt;
use std::process::ExitCode;

pub use causes::told as chain;
pub use settings::{Kind, Origin, SETTINGS, Setting, Settings, SettingsError, Token, read_tokens, variable};
pub use shutdown::asked_to_stop;
pub use telemetry::{Telemetry, TelemetryError, say_failure, say_where};
pub use traces::{TracesError, follow, traceparent};

/// How a process ends. The same numbers for every tool, for scripts to rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// Refused: something was not allowed, or did not agree.
    Refused,
    /// Could not answer.
    CouldNotAnswer,
    /// What was compared agrees as far as it goes, and one of the two goes less far.
    Shorter,
    /// Wrong use.
    WrongUse,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Refused => 1,
            Exit::CouldNotAnswer => 2,
            Exit::Shorter => 3,
            Exit::WrongUse => 64,
        })
    }
}

/// Why a tool stopped: the error, and what to do next.
#[derive(Debug)]
pub struct Failure {
    /// How the process ends.
    pub exit: Exit,
    /// What happened.
    pub error: Box<dyn Error + Send + Sync>,
    /// What to do next.
    pub hint: Option<String>,
}

impl Failure {
    /// A failure to answer.
    pub fn new(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { exit: Exit::CouldNotAnswer, error: error.into(), hint: None }
    }

    /// Wrong use of a tool.
    pub fn wrong_use(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { exit: Exit::WrongUse, ..Self::new(error) }
    }

    /// Says what to do next.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::new(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", causes::told(self.error.as_ref()))?;
        match &self.hint {
            Some(hint) => write!(f, "\n\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

/// Sends logs to stderr: nothing but warnings, unless `RUST_LOG` asks for more.
pub fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,sled=off"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let logs = logs.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    // A second call in one process (tests) changes nothing.
    let _ = logs.try_init();
}
