//! JSON values read into types, with what is wrong as a variant and not as a sentence to be taken apart again.

use std::cell::RefCell;
use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error, Expected, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;
use words::{Say, Saying};

use crate::command::Malformed;
use crate::nearest::nearest;
use crate::unread::Unread;

/// A value that is not what it should be, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misread {
    /// The field that is to blame, `lines[2].quantity`; none where it is the whole.
    pub field: Option<String>,
    /// What is wrong with it.
    pub wrong: Wrong,
}

/// What is wrong with a value, or with the text that it should be read from.
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
    /// A value of another shape: each is a word of [`SHAPES`].
    Shape {
        /// What it is.
        found: &'static str,
        /// What it should be.
        wanted: &'static str,
    },
    /// A number that is too large, less than nothing, or none.
    OutOfRange,
    /// A field that is said twice.
    Twice,
    /// A text with a control character.
    ControlCharacter,
    /// A text that is too long.
    TextTooLong {
        /// Its bytes.
        count: usize,
        /// The most.
        most: usize,
    },
    /// Bytes that are no text.
    NotUtf8 {
        /// The first of them, from 1.
        at: usize,
    },
    /// JSON that ends before its end.
    Unfinished {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// A text that is no JSON.
    NotJson {
        /// The line from which on, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// What is wrong with an act within another.
    Within(Box<Malformed>),
    /// It cannot stand, and nothing more is known.
    Other,
}

/// What a value can be, or should be.
pub const SHAPES: [&str; 11] = [
    "text",
    "number",
    "whole_number",
    "truth",
    "list",
    "object",
    "nothing",
    "word",
    "event_or_time",
    "event_or_id",
    "other",
];

/// Reads a value.
///
/// # Errors
/// Says which field is wrong, and what with it.
pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, Misread> {
    WITHIN.take();
    serde_path_to_error::deserialize(Reader(value)).map_err(|error| {
        let path = Some(error.path().to_string()).filter(|path| path != ".");
        let wrong = error.into_inner();
        let below = |name: &str| Some(path.as_ref().map_or_else(|| name.to_owned(), |path| format!("{path}.{name}")));
        let within = WITHIN.take().filter(|_| wrong == Wrong::Other);
        let field = match (&wrong, &within) {
            (Wrong::Missing(name), _) => below(name),
            (Wrong::Unknown { name, .. }, _) if path.is_none() => Some(name.clone()),
            (_, Some(Malformed { field: Some(name), .. })) => below(name),
            _ => path,
        };
        Misread { field, wrong: within.map_or(wrong, |within| Wrong::Within(Box::new(within))) }
    })
}

thread_local! {
    /// What is wrong with an act that stands within another: an error of serde carries a text and nothing else.
    static WITHIN: RefCell<Option<Malformed>> = const { RefCell::new(None) };
}

/// The error for an act within another that is none: [`read`] tells it whole.
pub(crate) fn within<E: Error>(malformed: Malformed) -> E {
    WITHIN.replace(Some(malformed));
    E::custom("an act within another")
}

impl Misread {
    /// Of no field.
    #[must_use]
    pub const fn whole(wrong: Wrong) -> Self {
        Self { field: None, wrong }
    }

    /// The same, to be told to who sent it: its code, and a sentence that begins with the field. `next` says what to do next,
    /// where the sentence itself does not.
    #[must_use]
    pub fn said(self, next: &'static str) -> (&'static str, Option<String>, Saying) {
        let Self { field, wrong } = self;
        let is_value = wrong.is_of_value();
        let (code, saying) = if let Wrong::Within(malformed) = wrong {
            (malformed.code, malformed.saying.whole())
        } else {
            let unread = wrong.unread();
            (unread.code(), unread.saying())
        };
        let saying = if is_value { saying.and(next) } else { saying };
        match &field {
            Some(name) => (code, field.clone(), saying.within(name.clone())),
            None => (code, field, saying),
        }
    }
}

impl Wrong {
    /// Is it a value that is wrong, and not the text that it was read from?
    fn is_of_value(&self) -> bool {
        match self {
            Self::Missing(_) | Self::Unknown { .. } | Self::NoSuchWord { .. } | Self::Shape { .. } | Self::Other => {
                true
            }
            Self::OutOfRange
            | Self::Twice
            | Self::ControlCharacter
            | Self::TextTooLong { .. }
            | Self::NotUtf8 { .. }
            | Self::Unfinished { .. }
            | Self::NotJson { .. }
            | Self::Within(_) => false,
        }
    }

    /// The same, to be told to who sent it.
    fn unread(self) -> Unread {
        let names = |expected: &[&str]| expected.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let meant = |text: &str, expected: &[&'static str]| {
            nearest(text, expected.iter().copied()).unwrap_or("none").to_owned()
        };
        let cut = |text: String| text.chars().take(64).collect::<String>();
        match self {
            Self::Missing(_) => Unread::FieldMissing,
            Self::Unknown { name, expected } => Unread::FieldUnknown {
                meant: meant(&name, expected),
                text: cut(name),
                count: expected.len(),
                names: names(expected),
            },
            Self::NoSuchWord { word, expected } => Unread::WordUnknown {
                meant: meant(&word, expected),
                text: cut(word),
                count: expected.len(),
                names: names(expected),
            },
            Self::Shape { found, wanted } => Unread::WrongShape { wanted, found },
            Self::OutOfRange => Unread::OutOfRange,
            Self::Twice => Unread::Twice,
            Self::ControlCharacter => Unread::ControlCharacter,
            Self::TextTooLong { count, most } => Unread::TextTooLong { count, most },
            Self::NotUtf8 { at } => Unread::NotUtf8 { at },
            Self::Unfinished { line, column } => Unread::Unfinished { line, column },
            Self::NotJson { line, column } => Unread::NotJson { line, column },
            Self::Within(_) | Self::Other => Unread::FieldWrong,
        }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&words::english().tell(&self.clone().unread().saying()).message)
    }
}

impl std::error::Error for Wrong {}

/// What was wanted, as a word of [`SHAPES`]: types say it in words of the program.
fn wanted(expected: &dyn Expected) -> &'static str {
    let said = expected.to_string();
    match said.as_str() {
        "a string" | "string" | "a character" => "text",
        "u8" | "u16" | "u32" | "u64" | "usize" | "i8" | "i16" | "i32" | "i64" => "whole_number",
        "f32" | "f64" => "number",
        "a boolean" => "truth",
        "a sequence" => "list",
        "a map" => "object",
        "unit" => "nothing",
        "string or map" | "variant identifier" => "word",
        said if said.starts_with("struct ") => "object",
        said if said.starts_with("enum ") => "word",
        said if said.contains("tuple") || said.contains("array") => "list",
        said => SHAPES.into_iter().find(|shape| *shape == said).unwrap_or("other"),
    }
}

/// What there is instead.
fn found(unexpected: Unexpected<'_>) -> &'static str {
    match unexpected {
        Unexpected::Bool(_) => "truth",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "whole_number",
        Unexpected::Float(_) => "number",
        Unexpected::Char(_) | Unexpected::Str(_) | Unexpected::Bytes(_) => "text",
        Unexpected::Unit | Unexpected::Option => "nothing",
        Unexpected::Seq => "list",
        Unexpected::Map => "object",
        Unexpected::NewtypeStruct
        | Unexpected::Enum
        | Unexpected::UnitVariant
        | Unexpected::NewtypeVariant
        | Unexpected::TupleVariant
        | Unexpected::StructVariant
        | Unexpected::Other(_) => "other",
    }
}

impl Error for Wrong {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Other
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Shape { found: found(unexpected), wanted: wanted(expected) }
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let (found, wanted) = (found(unexpected), wanted(expected));
        if found == wanted { Self::OutOfRange } else { Self::Shape { found, wanted } }
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::Shape { found: "list", wanted: wanted(expected) }
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self::Twice
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::Unknown { name: field.to_owned(), expected }
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::NoSuchWord { word: variant.to_owned(), expected }
    }
}

/// What a value is, as a word of [`SHAPES`].
fn shape(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "truth",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "whole_number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
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
                (None, None, None) => Err(Wrong::OutOfRange),
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
        let _ = (name, variants);
        Err(Wrong::Shape { found: shape(&self.0), wanted: "word" })
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
    fn no_word_of_the_parser_reaches_people() {
        let reversed =
            read::<crate::acts::Correct>(json!({ "reverses": 1.5, "reason": "x" })).expect_err("no event").wrong;
        assert_eq!(reversed, Wrong::Shape { found: "number", wanted: "event_or_id" });
        let mut told = vec![reversed.to_string()];
        for value in [
            json!(7),
            json!({ "lot": 5 }),
            json!({ "lot": null }),
            json!({ "lot": "L1", "count": 5_000_000_000_u64 }),
            json!({ "lot": "L1", "count": -1 }),
            json!({ "lot": "L1", "count": "x" }),
            json!({ "lot": "L1", "lines": [1] }),
            json!({ "lot": "L1", "lines": {} }),
            json!({ "lot": "L1", "lines": [{ "kind": "none" }] }),
            json!({ "lot": "L1", "lines": [{ "kind": 7 }] }),
            json!({ "lot": "L1", "lines": [{ "kind": {} }] }),
            json!({ "lot": "L1", "site": 1 }),
            json!({}),
        ] {
            told.push(wrong(value).1.to_string());
        }
        for said in told {
            let words =
                ["struct", "Made", "Line", "u32", "expected", "invalid", "variant", "sequence", "map", "EventRef"];
            assert!(!words.iter().any(|word| said.contains(word)), "{said}");
        }
    }

    #[test]
    fn what_is_wrong_is_a_variant_with_its_field() {
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
        let shape = |found, wanted| Wrong::Shape { found, wanted };
        assert_eq!(wrong(json!({ "lot": 5 })), (some("lot"), shape("whole_number", "text")));
        assert_eq!(wrong(json!({ "lot": "L1", "lines": {} })), (some("lines"), shape("object", "list")));
        assert_eq!(wrong(json!({ "lot": "L1", "count": -1 })), (some("count"), Wrong::OutOfRange));
        assert_eq!(
            wrong(json!({ "lot": "L1", "lines": [{ "kind": 7 }] })),
            (some("lines[0].kind"), shape("whole_number", "word"))
        );
    }

    #[test]
    fn an_act_within_another_is_told_whole() {
        let within = |with: Value| {
            let misread =
                read::<crate::acts::Correct>(json!({ "reverses": 1, "reason": "x", "with": with })).expect_err("wrong");
            let (code, field, _) = misread.said("said-command_schema");
            (code, field.unwrap_or_default())
        };
        assert_eq!(within(json!({ "act": "deposti" })), ("unknown_act", "with.act".into()));
        assert_eq!(within(json!({})), ("missing_field", "with.act".into()));
        assert_eq!(within(json!({ "act": "draw", "lot": 5 })), ("bad_field", "with.lot".into()));
        assert_eq!(within(json!({ "act": "draw", "lto": "L" })), ("unknown_field", "with.lto".into()));
        assert_eq!(within(json!([])), ("bad_field", "with".into()));
    }
}
