//! Persons: each acts for one party, and is known by a key or by a token that names it. The log holds a number; what they are called
//! stands beside it, where it can be erased.

use unicode_normalization::UnicodeNormalization;

use crate::number::{PartyNo, PersonNo, Seq};

/// A person that acts for a party.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Person {
    /// The party's code and a number of its own: `JOGMEC/1`.
    #[n(0)]
    pub code: String,
    /// For whom.
    #[n(1)]
    pub party: PartyNo,
    /// Public key in NATS nkeys form; none where a token alone names the person.
    #[n(2)]
    pub key: Option<String>,
    /// Keys that it had once: they never become another's.
    #[n(3)]
    pub past_keys: Vec<String>,
    /// The event since which it acts for the party no more.
    #[n(4)]
    pub ended: Option<Seq>,
}

/// By what it was known who asked. What a command says of its maker is no more than a claim.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(flat)]
pub enum Credential {
    /// A token of the party, by its name in the settings, or the beginning of its hash.
    #[n(0)]
    Token(#[n(0)] String),
    /// A key of the party.
    #[n(1)]
    Key(#[n(0)] String),
    /// A person, by its key or a token that names it.
    #[n(2)]
    Person(#[n(0)] PersonNo),
}

/// What tells a person: capitals, the width of letters, how an accent is typed, and space make no other person.
#[must_use]
pub fn told(name: &str) -> String {
    let plain: String = name.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Is it one person under two spellings?
#[must_use]
pub fn is_same(one: &str, other: &str) -> bool {
    told(one) == told(other)
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn a_person_is_one_in_any_width_case_and_spacing() {
        for other in ["sato", " Sato ", "Ｓａｔｏ", "ＳＡＴＯ"] {
            assert!(is_same("Sato", other), "{other}");
        }
        assert!(is_same("Jiří  Novák", "Jir\u{30c}i\u{301}\u{a0}Nova\u{301}k"));
        assert!(is_same("サトウ", "ｻﾄｳ"), "half the width");
        assert!(!is_same("Sato", "Saito"));
    }
}
