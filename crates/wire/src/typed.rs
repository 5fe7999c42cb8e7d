//! JSON values read into types, with what is wrong as a variant and not as a sentence to be taken apart again.

use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error, Expected, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;
use words::Say;

use crate::unread::Unread;

/// A value that is not what it should be, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misread {
    /// The field that is to blame, `lines[2].quantity`; none where it is the whole.
    pub field: Option<String>,
    /// What is wrong with it.
    pub wrong: Wrong,
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// A field is missing.
    Missing(&'static str),
    /// A field that nothing has.
    Unknown {
        /// Its name.
        name: String,
        /// The names there are.
        expected: &'static [&'static str],
    },
    /// A word that is none of the words there are.
    NoSuchWord {
        /// The word.
        word: String,
        /// The words there are.
        expected: &'static [&'static str],
    },
    /// A value of another type.
    Type {
        /// What it is.
        found: String,
        /// What it should be.
        expected: String,
    },
    /// A value that cannot stand.
    Value {
        /// What it is.
        found: String,
        /// What it should be.
        expected: String,
    },
    /// What a reader of its own says.
    Said(String),
}

/// Reads a value.
///
/// # Errors
/// Says which field is wrong, and what with it.
pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, Misread> {
    serde_path_to_error::deserialize(Reader(value)).map_err(|error| {
        let path = Some(error.path().to_string()).filter(|path| path != ".");
        let wrong = error.into_inner();
        let field = match (&wrong, path) {
            (Wrong::Missing(name), Some(path)) => Some(format!("{path}.{name}")),
            (Wrong::Missing(name), None) => Some((*name).to_owned()),
            (Wrong::Unknown { name, .. }, None) => Some(name.clone()),
            (_, path) => path,
        };
        Misread { field, wrong }
    })
}

impl Wrong {
    /// The same, to be told to who sent it.
    #[must_use]
    pub fn unread(self) -> Unread {
        let names = |expected: &[&str]| expected.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        match self {
            Self::Missing(name) => Unread::FieldMissing { name },
            Self::Unknown { name: text, expected } => {
                Unread::FieldUnknown { text, count: expected.len(), names: names(expected) }
            }
            Self::NoSuchWord { word: text, expected } => {
                Unread::WordUnknown { text, count: expected.len(), names: names(expected) }
            }
            Self::Type { found, expected } => Unread::OtherType { found, expected },
            Self::Value { found, expected } => Unread::OtherValue { found, expected },
            Self::Said(said) => Unread::FieldWrong { said },
        }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&words::english().tell(&self.clone().unread().saying()).message)
    }
}

impl std::error::Error for Wrong {}

/// What was expected, without the names that types have in the program.
fn plain(expected: &dyn Expected) -> String {
    let said = expected.to_string();
    match said.as_str() {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number that is not too large".to_owned(),
        said if said.starts_with("struct ") => "an object".to_owned(),
        _ => said,
    }
}

impl Error for Wrong {
    fn custom<T: fmt::Display>(problem: T) -> Self {
        Self::Said(problem.to_string())
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        // JSON has no unit.
        let found = if unexpected == Unexpected::Unit { "null".to_owned() } else { unexpected.to_string() };
        Self::Type { found, expected: plain(expected) }
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Value { found: unexpected.to_string(), expected: plain(expected) }
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::Unknown { name: field.to_owned(), expected }
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::NoSuchWord { word: variant.to_owned(), expected }
    }
}

/// A value, to be read.
struct Reader(Value);

impl IntoDeserializer<'_, Wrong> for Reader {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Reader {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(truth) => visitor.visit_bool(truth),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), ..) => visitor.visit_u64(number),
                (None, Some(number), _) => visitor.visit_i64(number),
                (None, None, Some(number)) => visitor.visit_f64(number),
                (None, None, None) => Err(Wrong::custom(format_args!("`{number}` is no number that is read here"))),
            },
            Value::String(text) => visitor.visit_string(text),
            Value::Array(values) => visitor.visit_seq(SeqDeserializer::new(values.into_iter().map(Reader))),
            Value::Object(map) => {
                visitor.visit_map(MapDeserializer::new(map.into_iter().map(|(name, value)| (name, Reader(value)))))
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    /// A word, or what one word names.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        if let Value::String(word) = self.0 {
            return visitor.visit_enum(word.into_deserializer());
        }
        if let Value::Object(map) = self.0 {
            let one = MapDeserializer::new(map.into_iter().map(|(name, value)| (name, Reader(value))));
            return visitor.visit_enum(serde::de::value::MapAccessDeserializer::new(one));
        }
        self.0.deserialize_enum(name, variants, visitor).map_err(Wrong::custom)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Made {
        lot: String,
        count: Option<u32>,
        #[serde(default)]
        lines: Vec<Line>,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        kind: Word,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        OneWord,
        Other,
    }

    fn wrong(value: Value) -> (Option<String>, Wrong) {
        let misread = read::<Made>(value).expect_err("it is wrong");
        (misread.field, misread.wrong)
    }

    #[test]
    fn what_is_right_reads_as_serde_reads_it() {
        let value = json!({ "lot": "L1", "count": null, "lines": [{ "kind": "one_word" }, { "kind": "other" }] });
        assert_eq!(read::<Made>(value.clone()), Ok(serde_json::from_value(value).expect("it reads")));
    }

    #[test]
    fn no_name_of_a_type_reaches_people() {
        for value in
            [json!(7), json!({ "lot": "L1", "count": 5_000_000_000_u64 }), json!({ "lot": "L1", "lines": [1] })]
        {
            let said = wrong(value).1.to_string();
            assert!(!["struct", "Made", "Line", "u32"].iter().any(|name| said.contains(name)), "{said}");
        }
        let reversed = json!({ "reverses": 1.5, "reason": "x" });
        let said = read::<crate::acts::Correct>(reversed).expect_err("no event").wrong.to_string();
        assert!(said.contains("the number of an event") && !said.contains("EventRef"), "{said}");
    }

    #[test]
    fn what_is_wrong_is_a_variant_with_its_field_and_says_what_serde_says() {
        let some = |field: &str| Some(field.to_owned());
        assert_eq!(wrong(json!({ "count": 1 })), (some("lot"), Wrong::Missing("lot")));
        let line = json!({ "lot": "L1", "lines": [{ "kind": "other" }, {}] });
        assert_eq!(wrong(line), (some("lines[1].kind"), Wrong::Missing("kind")));
        assert!(
            matches!(wrong(json!({ "lot": "L1", "site": 1 })), (Some(field), Wrong::Unknown { .. }) if field == "site")
        );
        let word = json!({ "lot": "L1", "lines": [{ "kind": "none" }] });
        let expected: &[&str] = &["one_word", "other"];
        assert_eq!(wrong(word), (some("lines[0].kind"), Wrong::NoSuchWord { word: "none".into(), expected }));
        for value in [
            json!({ "lot": 5 }),
            json!({ "lot": null }),
            json!({ "lot": "L1", "count": "x" }),
            json!({ "lot": "L1", "count": -1 }),
            json!({ "lot": "L1", "site": 1 }),
            json!({ "lot": "L1", "lines": [{ "kind": "none" }] }),
            json!({ "lot": "L1", "lines": [{ "kind": 7 }] }),
            json!({}),
            json!(7),
        ] {
            let said = serde_json::from_value::<Made>(value.clone()).expect_err("it is wrong").to_string();
            let plain = said.replace("struct Made", "an object").replace("u32", "a whole number that is not too large");
            let plain = plain.replace("`one_word` or `other`", "one of `one_word`, `other`");
            assert_eq!(wrong(value).1.to_string(), plain);
        }
    }
}
