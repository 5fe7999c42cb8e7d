//! How subjects, streams and buckets are called.

/// The names of one ledger on NATS. Organisation and ledger are lower-case words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The organisation.
    pub org: String,
    /// The ledger.
    pub ledger: String,
}

impl Names {
    /// Names for a ledger.
    ///
    /// # Errors
    /// Says which word cannot be part of a subject.
    pub fn new(org: &str, ledger: &str) -> Result<Self, String> {
        for word in [org, ledger] {
            if !is_word(word) {
                return Err(format!("`{word}` is not a word of a-z, 0-9 and `-`, of at most 32 characters"));
            }
        }
        Ok(Self { org: org.to_owned(), ledger: ledger.to_owned() })
    }

    /// Subject of command frames.
    #[must_use]
    pub fn commands(&self) -> String {
        format!("cmd.{}.{}", self.org, self.ledger)
    }

    /// Stream of command frames.
    #[must_use]
    pub fn command_stream(&self) -> String {
        format!("CMD_{}_{}", self.org, self.ledger)
    }

    /// Subject of the commit log.
    #[must_use]
    pub fn events(&self) -> String {
        format!("evt.{}.{}", self.org, self.ledger)
    }

    /// Stream of the commit log.
    #[must_use]
    pub fn event_stream(&self) -> String {
        format!("EVT_{}_{}", self.org, self.ledger)
    }

    /// Subject of a service's questions: they name the ledger, so that no other one of the organisation answers.
    #[must_use]
    pub fn questions(&self, service: &str, verb: &str) -> String {
        format!("q.{}.{}.{service}.{verb}", self.org, self.ledger)
    }

    /// Subject of what nobody could read.
    #[must_use]
    pub fn dead(&self) -> String {
        format!("dlq.{}.{}", self.org, self.ledger)
    }

    /// Stream of what nobody could read.
    #[must_use]
    pub fn dead_stream(&self) -> String {
        format!("DLQ_{}_{}", self.org, self.ledger)
    }

    /// Stream of what the organisation discloses.
    #[must_use]
    pub fn disclosures(&self) -> String {
        format!("SHR_{}", self.org)
    }

    /// Subject of a document that is disclosed to all, or to one member.
    #[must_use]
    pub fn disclosure(&self, member: Option<&str>, document: &str) -> String {
        match member {
            None => format!("shr.{}.{}.{document}", self.org, self.ledger),
            Some(member) => format!("shr.{}.{}.{member}.{document}", self.org, self.ledger),
        }
    }

    #[cfg(feature = "nats")]
    /// Organisation, ledger, member and document of such a subject.
    pub(crate) fn of_disclosure(subject: &str) -> Option<(String, String, Option<String>, String)> {
        let words: Vec<&str> = subject.split('.').collect();
        // Another organisation wrote it, and it becomes the name of a file and a line of a terminal.
        if !words.iter().all(|word| is_word(word)) {
            return None;
        }
        match words.as_slice() {
            ["shr", org, ledger, document] => {
                Some(((*org).to_owned(), (*ledger).to_owned(), None, (*document).to_owned()))
            }
            ["shr", org, ledger, member, document] => {
                Some(((*org).to_owned(), (*ledger).to_owned(), Some((*member).to_owned()), (*document).to_owned()))
            }
            _ => None,
        }
    }

    /// Bucket of leases.
    #[must_use]
    pub fn leases(&self) -> String {
        format!("LEASES_{}", self.org)
    }
}

/// Can it be part of a subject of ours?
fn is_word(word: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !word.is_empty() && word.len() <= 32 && word.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "nats")]
    #[test]
    fn a_subject_that_another_wrote_is_words_or_nothing() {
        assert!(Names::of_disclosure("shr.agency-b.main.report").is_some());
        for wrong in
            ["shr.agency-b.main.\u{1b}]0;pwned\u{7}", "shr.a.main.x/y", "shr.a.main...", "shr.A.main.x", "shr.a.main"]
        {
            assert_eq!(Names::of_disclosure(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn names_are_words() {
        assert!(Names::new("acme", "main-2").is_ok());
        for wrong in ["", "Acme", "a.b", "a b", ">"] {
            assert!(Names::new(wrong, "main").is_err(), "{wrong:?}");
        }
    }
}
