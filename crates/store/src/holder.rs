//! Who holds a folder, as its lock says: one line of JSON. The lock itself is the operating system's.

use std::fmt;

use serde::{Deserialize, Serialize};

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Number of the process; `None` where the lock does not say.
    pub process: Option<u32>,
    /// What it is, for people.
    pub name: String,
    /// Where it answers in place of the folder, if it serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl Holder {
    /// This process.
    pub(crate) fn this(name: &str, url: Option<String>) -> Self {
        Self { process: Some(std::process::id()), name: name.to_owned(), url }
    }

    pub(crate) fn to_line(&self) -> String {
        serde_json::to_string(self).expect("text and numbers are JSON") + "\n"
    }

    /// Reads the text of a lock.
    pub(crate) fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_else(|_| Self::read_first_form(text.trim()))
    }

    /// Until November 2026 the text was `process 7 (granary serve at http://127.0.0.1:7391)`.
    fn read_first_form(text: &str) -> Self {
        let parts = text.strip_prefix("process ").and_then(|rest| rest.strip_suffix(')')?.split_once(" ("));
        let Some((process, name)) = parts else {
            let name = if text.is_empty() { "another process" } else { text };
            return Self { process: None, name: name.to_owned(), url: None };
        };
        let (name, url) = match name.split_once(" at ") {
            Some((name, url)) if url.starts_with("http") => (name, Some(url.to_owned())),
            _ => (name, None),
        };
        Self { process: process.parse().ok(), name: name.to_owned(), url }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { process, name, url } = self;
        let at = url.as_ref().map_or_else(String::new, |url| format!(" at {url}"));
        match process {
            Some(process) => write!(f, "process {process} ({name}{at})"),
            None => write!(f, "{name}{at}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_comes_back_and_locks_of_before_are_read() {
        let serving =
            Holder { process: Some(7), name: "granary serve".into(), url: Some("http://127.0.0.1:7391".into()) };
        assert_eq!(Holder::read(&serving.to_line()), serving);
        let told = "process 7 (granary serve at http://127.0.0.1:7391)";
        assert_eq!(serving.to_string(), told);
        assert_eq!(Holder::read(&format!("{told}\n")), serving);
        let posting = Holder { url: None, name: "granary".into(), ..serving };
        assert_eq!(Holder::read("process 7 (granary)\n"), posting);
        assert_eq!(Holder::read(&posting.to_line()), posting);
        assert_eq!(Holder::read("").to_string(), "another process");
        assert_eq!(Holder::read("somebody (else").to_string(), "somebody (else");
    }
}
