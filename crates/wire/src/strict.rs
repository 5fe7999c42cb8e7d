//! JSON read strictly: a key given twice, a control character or an overlong text is an error, never a guess; and what is
//! wrong is a variant with its field, and no sentence of the parser's.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Number, Value};

use crate::limits::TEXT_BYTES_MAX;
use crate::typed::{Misread, Wrong};

/// What texts may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Texts {
    /// Longest text, in bytes of UTF-8.
    pub bytes_max: usize,
    /// May there be control characters in one?
    pub has_control: bool,
}

impl Texts {
    /// Texts of commands: what is recorded.
    pub const OF_COMMANDS: Self = Self { bytes_max: TEXT_BYTES_MAX, has_control: false };
    /// Texts of questions: nothing of them is kept.
    pub const OF_QUESTIONS: Self = Self { bytes_max: 64 << 10, has_control: false };
    /// Whole files, as texts.
    pub const OF_FILES: Self = Self { bytes_max: usize::MAX, has_control: true };

    /// What is wrong with a text, if anything.
    #[must_use]
    pub fn fault(self, text: &str) -> Option<Wrong> {
        let is_too_long = text.len() > self.bytes_max;
        let is_bad = || !self.has_control && text.chars().any(char::is_control);
        match is_too_long {
            true => Some(Wrong::TextTooLong { count: text.len(), most: self.bytes_max }),
            false => is_bad().then_some(Wrong::ControlCharacter),
        }
    }
}

/// Reads JSON. A mark of UTF-8 at its beginning (a BOM), as some editors write it, is none of it.
///
/// # Errors
/// Says which field is wrong and what with it, or where the text is no JSON.
pub fn read(bytes: &[u8], texts: Texts) -> Result<Value, Misread> {
    let bytes = without_mark(bytes);
    let text =
        std::str::from_utf8(bytes).map_err(|error| Misread::whole(Wrong::NotUtf8 { at: error.valid_up_to() + 1 }))?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = read_from(&mut reader, texts).and_then(|value| reader.end().map(|()| value).map_err(Err));
    read.map_err(|why| why.unwrap_or_else(|error| no_json(&error)))
}

/// Where a text is no JSON.
pub(crate) fn no_json(error: &serde_json::Error) -> Misread {
    let (line, column) = (error.line(), error.column());
    Misread::whole(match error.classify() {
        Category::Eof => Wrong::Unfinished { line, column },
        Category::Syntax | Category::Data | Category::Io => Wrong::NotJson { line, column },
    })
}

/// The bytes of a text without the mark that says that it is UTF-8.
#[must_use]
pub fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// The same from any format that tells what its values are: what is wrong, or the format's own error.
pub(crate) fn read_from<'de, D: Deserializer<'de>>(
    deserializer: D,
    texts: Texts,
) -> Result<Value, Result<Misread, D::Error>> {
    let state = State { texts, at: RefCell::default(), wrong: RefCell::default() };
    Reader(&state).deserialize(deserializer).map_err(|error| state.wrong.into_inner().ok_or(error))
}

/// Where the reader is, and what it found.
struct State {
    texts: Texts,
    at: RefCell<Vec<String>>,
    wrong: RefCell<Option<Misread>>,
}

impl State {
    /// Keeps what is wrong here; the error only ends the reading.
    fn refuse<E: Error>(&self, wrong: Wrong) -> E {
        let field = Some(self.at.borrow().concat()).filter(|field| !field.is_empty());
        let field = field.map(|field| field.trim_start_matches('.').to_owned());
        self.wrong.replace(Some(Misread { field, wrong }));
        E::custom("refused")
    }

    fn check<E: Error>(&self, text: &str) -> Result<(), E> {
        self.texts.fault(text).map_or(Ok(()), |wrong| Err(self.refuse(wrong)))
    }

    fn within<T>(&self, step: String, read: impl FnOnce() -> T) -> T {
        self.at.borrow_mut().push(step);
        let read = read();
        if self.wrong.borrow().is_none() {
            self.at.borrow_mut().pop();
        }
        read
    }
}

#[derive(Clone, Copy)]
struct Reader<'s>(&'s State);

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| self.0.refuse(Wrong::OutOfRange))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        self.0.check(&value)?;
        Ok(Value::String(value))
    }

    /// What JSON has no word for: whoever wants it there does not read it by this.
    fn visit_bytes<E>(self, _: &[u8]) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = self.0.within(format!("[{}]", values.len()), || items.next_element_seed(self))? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = fields.next_key::<String>()? {
            let shown: String = key.chars().take(64).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
            self.0.within(format!(".{shown}"), || self.0.check(&key))?;
            let value = self.0.within(format!(".{key}"), || {
                let value = fields.next_value_seed(self)?;
                if map.contains_key(&key) { Err(self.0.refuse(Wrong::Twice)) } else { Ok(value) }
            })?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests;
