//! Settings: by file, environment and flags, each stronger than the one before, and where each value came from.
//!
//! Every setting stands in one table, [`SETTINGS`]. A name in the file that is not in it is refused: a misspelt setting
//! must not pass in silence.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name: `listen`, or `log.format` for `format` in the section `[log]`. The environment calls it `GRANARY_LISTEN`
    /// and `GRANARY_LOG_FORMAT`.
    pub name: &'static str,
    /// Its value where nobody says anything; empty where it is then off.
    pub default: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// What it is for.
    pub about: &'static str,
}

/// What a setting may be.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Any text.
    Text,
    /// A whole number of at least one.
    Number,
    /// One of these words.
    Word(&'static [&'static str]),
}

/// Every setting.
pub const SETTINGS: &[Setting] = &[
    Setting { name: "listen", default: "127.0.0.1:7070", kind: Kind::Text, about: "address and port of HTTP" },
    Setting {
        name: "log.format",
        default: "human",
        kind: Kind::Word(&["human", "json"]),
        about: "how logs are written, on stderr",
    },
    Setting {
        name: "log.level",
        default: "info",
        kind: Kind::Text,
        about: "what is logged: a level, or directives as of RUST_LOG",
    },
    Setting {
        name: "otlp.endpoint",
        default: "",
        kind: Kind::Text,
        about: "where traces go (OTLP over HTTP), such as http://127.0.0.1:4318; off where empty",
    },
    Setting {
        name: "ingest.queue_frames_max",
        default: "256",
        kind: Kind::Number,
        about: "frames that wait for the ledger in `granary serve`; more are answered 429 (on NATS the command stream has its own limit)",
    },
    Setting {
        name: "ingest.deadline_ms",
        default: "10000",
        kind: Kind::Number,
        about: "how long a request waits where it does not say",
    },
    Setting {
        name: "http.drain_ms",
        default: "0",
        kind: Kind::Number,
        about: "how long a service that is asked to stop goes on answering, and says at /readyz that it stops: what a balancer needs to notice",
    },
    Setting {
        name: "quota.registrations_max",
        default: "2000",
        kind: Kind::Number,
        about: "things that one party registers in an hour; more are refused (quota_used_up)",
    },
    Setting {
        name: "quota.refusals_max",
        default: "10000",
        kind: Kind::Number,
        about: "refused commands of one party that are recorded in an hour; more are answered alike and leave nothing",
    },
    Setting {
        name: "http.hosts",
        default: "",
        kind: Kind::Text,
        about: "names under which HTTP is reached, beside addresses, `localhost` and the machine's own name, divided by commas; `*`: any",
    },
    Setting {
        name: "http.proxies",
        default: "",
        kind: Kind::Text,
        about: "addresses of the proxies in front, divided by commas: their X-Forwarded-For, -Host and -Proto are believed, and nobody else's",
    },
    Setting {
        name: "http.per_address_max",
        default: "1024",
        kind: Kind::Number,
        about: "connections of one address at one time; proxies have no such limit",
    },
    Setting {
        name: "http.mb_max",
        default: "512",
        kind: Kind::Number,
        about: "millions of bytes that may be on their way in at one time; more is answered 429",
    },
    Setting {
        name: "http.per_caller_mb_max",
        default: "128",
        kind: Kind::Number,
        about: "millions of bytes of one caller on their way in at one time",
    },
    Setting {
        name: "health.listen",
        default: "",
        kind: Kind::Text,
        about: "address for /healthz, /readyz and /metrics alone; metrics are then told nowhere else. Where empty, the one of `listen`",
    },
    Setting {
        name: "ingest.drop",
        default: "",
        kind: Kind::Text,
        about: "folder whose files are taken in; off where empty",
    },
    Setting {
        name: "ingest.drop_party",
        default: "",
        kind: Kind::Text,
        about: "party in whose name the files of that folder are posted; where empty, all are refused; `operator`: any party",
    },
    Setting {
        name: "ingest.drop_owner",
        default: "",
        kind: Kind::Text,
        about: "users whose files are taken there, by name or number, divided by commas; where empty, who owns its in/",
    },
    Setting {
        name: "ingest.mappings",
        default: "",
        kind: Kind::Text,
        about: "folder of mappings of your own, NAME.toml: tables in the drop folder's in/NAME/ are read by them",
    },
    Setting {
        name: "questions.at_once_max",
        default: "8",
        kind: Kind::Number,
        about: "questions that are answered at once; more wait their turn, up to their deadline, and are then answered 429",
    },
    Setting {
        name: "questions.per_caller_max",
        default: "4",
        kind: Kind::Number,
        about: "questions of one caller that are answered at once",
    },
    Setting {
        name: "exports.at_once_max",
        default: "16",
        kind: Kind::Number,
        about: "exports on their way at once, until their readers have them; more wait their turn, up to their deadline, and are then answered 429",
    },
    Setting {
        name: "exports.per_caller_max",
        default: "4",
        kind: Kind::Number,
        about: "exports of one caller on their way at once",
    },
    Setting {
        name: "events.at_once_max",
        default: "256",
        kind: Kind::Number,
        about: "streams of events that are listened to at once; more wait and are answered as exports are",
    },
    Setting {
        name: "events.per_caller_max",
        default: "32",
        kind: Kind::Number,
        about: "streams of events of one caller that are listened to at once",
    },
    Setting {
        name: "questions.events_read_max",
        default: "50000000",
        kind: Kind::Number,
        about: "events that one question may read; one that needs more is answered too_dear",
    },
    Setting {
        name: "questions.events_kept_max",
        default: "500000",
        kind: Kind::Number,
        about: "events that one question may hold in memory at once; one that needs more is answered too_dear",
    },
    Setting {
        name: "audit.policy",
        default: "",
        kind: Kind::Text,
        about: "trust policy whose witnesses cosign the checkpoints of this ledger; off where empty",
    },
    Setting {
        name: "nats.url",
        default: "",
        kind: Kind::Text,
        about: "servers of NATS, separated by commas; the embedded bus where empty",
    },
    Setting { name: "nats.org", default: "granary", kind: Kind::Text, about: "organisation, as subjects name it" },
    Setting { name: "nats.ledger", default: "main", kind: Kind::Text, about: "ledger, as subjects name it" },
    Setting {
        name: "nats.credentials",
        default: "",
        kind: Kind::Text,
        about: "file with the credentials of this service",
    },
    Setting {
        name: "nats.seed",
        default: "",
        kind: Kind::Text,
        about: "file with the seed of this service's nkey, where there are no credentials",
    },
    Setting {
        name: "nats.ca",
        default: "",
        kind: Kind::Text,
        about: "certificate that the servers' are checked against",
    },
    Setting {
        name: "nats.certificate",
        default: "",
        kind: Kind::Text,
        about: "certificate that this service shows to the servers, where they ask for one",
    },
    Setting { name: "nats.key", default: "", kind: Kind::Text, about: "key of that certificate" },
    Setting {
        name: "nats.replicas",
        default: "1",
        kind: Kind::Number,
        about: "copies of every stream: 3 in a cluster",
    },
    Setting {
        name: "nats.makes_streams",
        default: "yes",
        kind: Kind::Word(&["yes", "no"]),
        about: "make streams that are missing; no: find them or fail",
    },
];

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// The settings file.
    File(PathBuf),
    /// The environment.
    Environment(String),
    /// A flag.
    Flag,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => write!(f, "default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Flag => write!(f, "flag"),
        }
    }
}

/// A token that lets its bearer in as a party. Only its hash is kept.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// The party it speaks for; `operator` is whoever runs the ledger.
    pub party: String,
    /// SHA-256 of the token, in hex.
    pub sha256: String,
    /// Until when it is good, as RFC 3339 has it; absent for as long as it stands here.
    pub expires: Option<String>,
    /// Whose it is, or what for. Two tokens of a party with two names are two hands.
    pub name: Option<String>,
    /// The person that it names, as `register_person` numbered it: `JOGMEC/1`.
    pub person: Option<String>,
}

/// What holds for this process.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    values: BTreeMap<&'static str, (String, Option<Origin>)>,
    tokens: Vec<Token>,
    file: Option<PathBuf>,
}

/// The settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// See the cause.
    #[error("read the settings in `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is no TOML, or says what cannot be said.
    #[error("the settings in `{}`: {problem}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// A value that cannot stand.
    #[error("setting `{name}` ({origin}): `{value}` is not {wanted}")]
    Value {
        /// The setting.
        name: &'static str,
        /// Where the value came from.
        origin: String,
        /// The value.
        value: String,
        /// What it may be.
        wanted: String,
    },
}

impl Settings {
    /// Reads the settings: defaults, then the file, then the environment, then flags. A file that is not named and not
    /// there says nothing.
    ///
    /// # Errors
    /// When the file cannot be read or a value cannot stand.
    pub fn read(
        file: Option<&Path>,
        fallback: Option<&Path>,
        environment: impl Fn(&str) -> Option<String>,
        flags: &[(&'static str, Option<String>)],
    ) -> Result<Self, SettingsError> {
        let mut settings = Self::default();
        for setting in SETTINGS {
            settings.values.insert(setting.name, (setting.default.to_owned(), None));
        }
        let fallback = fallback.filter(|path| path.exists());
        if let Some(path) = file.or(fallback) {
            let text = std::fs::read_to_string(path)
                .map_err(|source| SettingsError::Read { path: path.to_owned(), source })?;
            settings.add_file(path, &text)?;
            settings.file = Some(path.to_owned());
        }
        for setting in SETTINGS {
            let name = variable(setting.name);
            if let Some(value) = environment(&name) {
                settings.set(setting, value, Origin::Environment(name))?;
            }
        }
        for (name, value) in flags {
            let setting = find(name).expect("flags name settings of the table");
            if let Some(value) = value {
                settings.set(setting, value.clone(), Origin::Flag)?;
            }
        }
        Ok(settings)
    }

    fn add_file(&mut self, path: &Path, text: &str) -> Result<(), SettingsError> {
        let wrong = |problem: String| SettingsError::File { path: path.to_owned(), problem };
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            wrong(line.map_or_else(String::new, |line| format!("line {line}: ")) + error.message())
        })?;
        for (key, value) in table {
            match (key.as_str(), value) {
                ("token", value) => {
                    let tokens: Vec<Token> = value
                        .try_into()
                        .map_err(|error: toml::de::Error| wrong(format!("`token`: {}", error.message())))?;
                    if let Some(bad) = tokens.iter().find(|token| !is_sha256(&token.sha256)) {
                        return Err(wrong(format!("`token` of `{}`: `sha256` is not 64 hex digits", bad.party)));
                    }
                    self.tokens = tokens;
                }
                (section, toml::Value::Table(inner)) => {
                    for (key, value) in inner {
                        self.add_value(path, &format!("{section}.{key}"), &value)?;
                    }
                }
                (name, value) => self.add_value(path, name, &value)?,
            }
        }
        Ok(())
    }

    fn add_value(&mut self, path: &Path, name: &str, value: &toml::Value) -> Result<(), SettingsError> {
        let wrong = |problem: String| SettingsError::File { path: path.to_owned(), problem };
        let setting =
            find(name).ok_or_else(|| wrong(format!("there is no setting `{name}`; see `granary settings`")))?;
        let text = match value {
            toml::Value::String(text) => text.clone(),
            toml::Value::Integer(number) => number.to_string(),
            _ => return Err(wrong(format!("`{name}` is neither text nor a whole number"))),
        };
        self.set(setting, text, Origin::File(path.to_owned()))
    }

    fn set(&mut self, setting: &'static Setting, value: String, origin: Origin) -> Result<(), SettingsError> {
        let wanted = match setting.kind {
            Kind::Text => None,
            Kind::Number => value
                .parse::<u32>()
                .ok()
                .filter(|number| *number > 0)
                .is_none()
                .then(|| "a whole number of at least one".to_owned()),
            Kind::Word(words) => (!words.contains(&value.as_str())).then(|| words.join(" or ")),
        };
        if let Some(wanted) = wanted {
            return Err(SettingsError::Value { name: setting.name, origin: origin.to_string(), value, wanted });
        }
        self.values.insert(setting.name, (value, Some(origin)));
        Ok(())
    }

    /// A value; empty where the setting is off.
    ///
    /// # Panics
    /// When there is no such setting: names stand in the code.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        &self.values.get(name).unwrap_or_else(|| panic!("there is no setting `{name}`")).0
    }

    /// A value, where the setting is on.
    #[must_use]
    pub fn optional(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// A number.
    ///
    /// # Panics
    /// When the setting is no number: kinds stand in the table.
    #[must_use]
    pub fn number(&self, name: &str) -> u32 {
        u32::from_str(self.text(name)).unwrap_or_else(|_| panic!("`{name}` is checked to be a number"))
    }

    /// Tokens that let their bearers in.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The file that was read, if one was.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Every setting with its value and where that came from, in the order of the table.
    pub fn shown(&self) -> impl Iterator<Item = (&'static Setting, &str, Origin)> {
        SETTINGS.iter().map(|setting| {
            let (value, origin) = &self.values[setting.name];
            (setting, value.as_str(), origin.clone().unwrap_or(Origin::Default))
        })
    }
}

/// The tokens of a settings file, which may be others than when it was read first.
///
/// # Errors
/// When the file cannot be read.
pub fn read_tokens(file: &Path) -> Result<Vec<Token>, SettingsError> {
    Settings::read(Some(file), None, |_| None, &[]).map(|settings| settings.tokens)
}

fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What the environment calls a setting.
#[must_use]
pub fn variable(name: &str) -> String {
    format!("GRANARY_{}", name.replace('.', "_").to_uppercase())
}

#[cfg(test)]
mod tests;
