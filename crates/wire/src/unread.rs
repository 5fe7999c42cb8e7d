//! Why bytes are no command: one list, each with a stable code and what its sentence asks for. The sentence and the hint are
//! the entry `unread-<name>` of the catalogues.

use books::{FactValue, Fault};
use words::Told;

macro_rules! unread {
    ($($name:ident $word:literal = $code:literal $({ $($field:ident: $type:ty),* })?;)*) => {
        /// What is wrong with bytes that should be a command.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Unread {
            /// The value of a field that has a form of its own, such as a day.
            Value(Fault),
            /// What a source of another form says itself: a stable code, a sentence and a hint.
            Said {
                /// Stable, for programs.
                code: &'static str,
                /// What is wrong.
                problem: String,
                /// What to do next.
                hint: String,
            },
            $(
                #[doc = concat!("See `unread-", $word, "` in the catalogues.")]
                $name $({ $(
                    #[doc = concat!("What the entry calls `", stringify!($field), "`.")]
                    $field: $type,
                )* })?,
            )*
        }

        /// Every entry, with what it may ask for.
        pub const UNREAD: &[(&str, &[&str])] = &[
            ("value", &["problem"]),
            $(($word, &[$($(stringify!($field)),*)?])),*
        ];

        impl Unread {
            /// Stable code, for programs.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self {
                    Self::Value(_) => "bad_field",
                    Self::Said { code, .. } => code,
                    $(Self::$name { .. } => $code,)*
                }
            }

            /// In words: what is wrong, and what to do next.
            #[must_use]
            pub fn told(&self) -> Told {
                let words = words::english();
                match self {
                    Self::Value(fault) => words.told("unread-value", &[("problem", words.fault(fault).into())]),
                    Self::Said { code: _, problem, hint } => Told { message: problem.clone(), hint: hint.clone() },
                    $(Self::$name $({ $($field),* })? => words.told(
                        concat!("unread-", $word),
                        &[$($((stringify!($field), FactValue::from($field.clone()))),*)?],
                    ),)*
                }
            }
        }
    };
}

unread! {
    TooLarge "too_large" = "too_large" { count: usize, most: usize };
    LineTooLarge "line_too_large" = "too_large" { count: u64, most: usize };
    NotUtf8 "not_utf8" = "not_utf8" { at: usize };
    NotJson "not_json" = "not_json" { said: String };
    NotPlain "not_plain" = "bad_field" { said: String };
    NotAnObject "not_an_object" = "not_json";
    NotCbor "not_cbor" = "not_cbor" { said: String };
    NotText "not_text" = "bad_field" { field: &'static str };
    Missing "missing" = "missing_field" { field: &'static str };
    NotAnId "not_an_id" = "bad_field" { text: String };
    NotAName "not_a_name" = "bad_field";
    NoAct "no_act" = "unknown_act" { text: String, meant: String };
    FieldMissing "field_missing" = "missing_field" { name: &'static str };
    FieldUnknown "field_unknown" = "unknown_field" { text: String, count: usize, names: String };
    WordUnknown "word_unknown" = "bad_field" { text: String, count: usize, names: String };
    OtherType "other_type" = "bad_field" { found: String, expected: String };
    OtherValue "other_value" = "bad_field" { found: String, expected: String };
    FieldWrong "field_wrong" = "bad_field" { said: String };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_catalogue_tells_all_that_is_no_command() {
        let wanted: Vec<&str> = UNREAD.iter().map(|(name, _)| *name).collect();
        for (tag, catalogue) in words::CATALOGUES {
            let names = catalogue.lines().filter_map(|line| line.strip_prefix("unread-")?.split_once(" ="));
            let there: Vec<&str> = names.map(|(name, _)| name).collect();
            assert_eq!(there, wanted, "`{tag}`");
            let words = words::of(tag).expect("a catalogue");
            for (name, asks) in UNREAD {
                let given: Vec<(&str, FactValue)> = asks.iter().map(|fact| (*fact, "x".into())).collect();
                let told = words.told(&format!("unread-{name}"), &given);
                let is_told = |text: &str| !text.is_empty() && !text.contains("{$");
                assert!(is_told(&told.message) && is_told(&told.hint), "`{tag}`, `{name}`: {told:?}");
            }
        }
    }

    #[test]
    fn what_is_meant_is_named_where_it_is_known() {
        let told = |meant: &str| Unread::NoAct { text: "depsit".into(), meant: meant.into() }.told();
        assert!(told("deposit").hint.starts_with("did you mean `deposit`? `granary do`"));
        assert!(told("none").hint.starts_with("`granary do`"));
    }
}
