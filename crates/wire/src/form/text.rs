//! What people type for a field, as JSON: `lot=L1 quantity="3 t"` is an object, and so is JSON itself.

use serde_json::{Map, Value};

use super::{Field, Kind};
use crate::strict::{self, Texts};

/// Reads a text as what a field holds.
///
/// # Errors
/// Says what is wrong with it.
pub fn read(kind: &Kind, text: &str) -> Result<Value, String> {
    match kind {
        Kind::Text => Ok(text.into()),
        Kind::Number => text.parse::<u64>().map(Value::from).map_err(|_| format!("`{text}` is not a whole number")),
        Kind::NumberOrText => Ok(text.parse::<u64>().map_or_else(|_| text.into(), Value::from)),
        Kind::Flag => text.parse::<bool>().map(Value::from).map_err(|_| format!("`{text}` is not `true` or `false`")),
        Kind::Word(words) => {
            let word = text.replace('-', "_");
            match words.iter().any(|(known, _)| *known == word) {
                true => Ok(word.into()),
                false => Ok(text.into()),
            }
        }
        Kind::List(_) if text.starts_with('[') => json(text),
        Kind::List(piece) => read(piece, text),
        Kind::ByName(_) | Kind::Record(_) | Kind::Act(_) if text.starts_with('{') => json(text),
        Kind::Act(beside) => {
            let pairs = pairs(text)?;
            object(&Kind::Record(of_act(beside, &pairs)?), pairs)
        }
        Kind::ByName(_) => object(kind, pairs(text)?),
        Kind::Record(fields) => match short(fields, text) {
            Some(pair) => object(kind, pair),
            None => object(kind, pairs(text)?),
        },
    }
}

fn json(text: &str) -> Result<Value, String> {
    strict::read(text.as_bytes(), Texts::OF_COMMANDS).map_err(|misread| {
        let (_, _, saying) = misread.said("said-command_schema");
        format!("`{text}` is not JSON as it should be: {}", words::english().tell(&saying).message)
    })
}

/// The fields that the act of some pairs has, and those beside it.
fn of_act(beside: &[Field], pairs: &[(String, String)]) -> Result<Vec<Field>, String> {
    let named = pairs.iter().find(|(name, _)| name == "act").map(|(_, word)| word.replace('-', "_"));
    let word = named.ok_or("say which act: act=deposit, and then its fields")?;
    let own = super::of_act(&word).ok_or_else(|| {
        let meant = crate::nearest(&word, crate::Act::WORDS.iter().copied());
        let meant =
            meant.map_or_else(|| "`granary do` lists them".to_owned(), |meant| format!("did you mean `{meant}`?"));
        format!("`{word}` is no act; {meant}")
    })?;
    Ok(beside.iter().chain(own).cloned().collect())
}

type Pairs = Vec<(String, String)>;

/// `JP=40` for a thing of two fields: the first, and the second.
fn short(fields: &[Field], text: &str) -> Option<Pairs> {
    let mut required = fields.iter().filter(|field| field.is_required);
    let (first, second) = (required.next()?, required.next()?);
    let (left, right) = text.rsplit_once('=')?;
    let is_field = |word: &str| fields.iter().any(|field| word.split('.').next() == Some(field.name.as_str()));
    let is_short = required.next().is_none() && !left.contains('=') && !left.split_whitespace().any(is_field);
    is_short.then(|| vec![(first.name.clone(), left.to_owned()), (second.name.clone(), unquoted(right))])
}

fn unquoted(text: &str) -> String {
    let inner = |quote: char| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(text).to_owned()
}

/// `lot=L1 quantity="3 t"` as pairs. A word without `=` belongs to the value before it: `quantity=3 t` needs no quotes.
fn pairs(text: &str) -> Result<Pairs, String> {
    let mut pairs = Pairs::new();
    for word in words(text)? {
        match (word.split_once('='), pairs.last_mut()) {
            (Some((name, value)), _) => pairs.push((name.to_owned(), value.to_owned())),
            (None, Some((_, value))) => {
                value.push(' ');
                value.push_str(&word);
            }
            (None, None) => return Err(format!("`{word}` says no field: write FIELD=VALUE")),
        }
    }
    Ok(pairs)
}

/// Words, divided by spaces that are not in quotes.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut open: Option<char> = None;
    for c in text.chars() {
        match open {
            Some(quote) if c == quote => open = None,
            None if matches!(c, '"' | '\'') => {
                open = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            Some(_) | None => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    match open {
        None => Ok(words),
        Some(quote) => Err(format!("a quote {quote} is not closed")),
    }
}

fn object(kind: &Kind, pairs: Pairs) -> Result<Value, String> {
    let mut map = Map::new();
    for (name, value) in pairs {
        put(&mut map, kind, &name, &value)?;
    }
    Ok(map.into())
}

/// Puts a value where its name says: `origin.mined` is a field of a field.
///
/// # Errors
/// Says what is wrong with it.
pub fn put(map: &mut Map<String, Value>, kind: &Kind, name: &str, value: &str) -> Result<(), String> {
    let (first, rest) = match name.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (name, None),
    };
    let inner = match kind {
        Kind::ByName(inner) => inner,
        Kind::Record(fields) => match fields.iter().find(|field| field.name == first) {
            Some(field) => &field.kind,
            None => {
                let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
                return Err(format!("it has no field `{first}`; its fields are {}", names.join(", ")));
            }
        },
        Kind::Text | Kind::Number | Kind::Flag | Kind::NumberOrText | Kind::Word(_) | Kind::List(_) | Kind::Act(_) => {
            return Err(format!("`{first}` is a field of nothing"));
        }
    };
    let slot = map.entry(first);
    match (rest, inner) {
        (Some(rest), _) => match slot.or_insert_with(|| Map::new().into()).as_object_mut() {
            Some(map) => put(map, inner, rest, value),
            None => Err(format!("`{first}` is said twice")),
        },
        (None, Kind::List(_)) => {
            let mut more = read(inner, value)?;
            match slot.or_insert_with(|| Value::Array(Vec::new())).as_array_mut() {
                Some(list) => match more.as_array_mut() {
                    Some(more) => list.append(more),
                    None => list.push(more),
                },
                None => return Err(format!("`{first}` is said twice")),
            }
            Ok(())
        }
        (None, _) => match slot {
            serde_json::map::Entry::Vacant(slot) => {
                slot.insert(read(inner, value)?);
                Ok(())
            }
            serde_json::map::Entry::Occupied(_) => Err(format!("`{first}` is said twice")),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Field, Kind};
    use super::read;

    fn record(fields: &[(&str, Kind, bool)]) -> Kind {
        let field = |(name, kind, is_required): &(&str, Kind, bool)| Field {
            name: (*name).to_owned(),
            doc: String::new(),
            kind: kind.clone(),
            is_required: *is_required,
        };
        Kind::Record(fields.iter().map(field).collect())
    }

    fn line() -> Kind {
        let origin = record(&[("mined", Kind::Text, false)]);
        record(&[
            ("lot", Kind::Text, true),
            ("quantity", Kind::Text, true),
            ("origin", origin, false),
            ("documents", Kind::List(Box::new(Kind::Text)), false),
            ("contents", Kind::ByName(Box::new(Kind::Text)), false),
        ])
    }

    #[test]
    fn pairs_quotes_and_dots_make_an_object() {
        let text = r#"lot="L 1" quantity=3 t origin.mined=AU documents=a documents=b contents.Nd2O3='75 %'"#;
        let expected = json!({ "lot": "L 1", "quantity": "3 t", "origin": { "mined": "AU" }, "documents": ["a", "b"],
            "contents": { "Nd2O3": "75 %" } });
        assert_eq!(read(&line(), text), Ok(expected));
    }

    #[test]
    fn a_thing_of_two_fields_can_be_said_as_one_pair_and_anything_as_json() {
        let expected = json!({ "lot": "L1", "quantity": "3 t" });
        for text in ["L1=3 t", "L1=\"3 t\"", r#"{"lot":"L1","quantity":"3 t"}"#] {
            assert_eq!(read(&line(), text), Ok(expected.clone()), "{text}");
        }
        let expected = json!({ "lot": "acquisition: foreign countries", "quantity": "5.7" });
        assert_eq!(read(&line(), "acquisition: foreign countries=5.7"), Ok(expected));
        assert_eq!(read(&line(), "lot=L1"), Ok(json!({ "lot": "L1" })), "what is missing is told by whoever reads it");
    }

    /// `--with` took `act` and `effective`, and nothing of what the act is about.
    #[test]
    fn an_act_within_another_has_its_own_fields() {
        let with = Kind::Act(vec![
            Field { name: "act".into(), doc: String::new(), kind: Kind::Text, is_required: true },
            Field { name: "effective".into(), doc: String::new(), kind: Kind::Text, is_required: false },
        ]);
        let text = "act=deposit effective=2026-03-01 lot=L1 site=North quantity=90 t origin.mined=AU";
        let expected = json!({ "act": "deposit", "effective": "2026-03-01", "lot": "L1", "site": "North",
            "quantity": "90 t", "origin": { "mined": "AU" } });
        assert_eq!(read(&with, text), Ok(expected));
        for (text, problem) in [
            ("lot=L1", "say which act"),
            ("act=depost lot=L1", "did you mean `deposit`?"),
            ("act=draw colour=red", "it has no field `colour`; its fields are act, effective, lot"),
        ] {
            let said = read(&with, text).expect_err("it cannot be read");
            assert!(said.contains(problem), "{text}: {said}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_what_is_wrong() {
        for (text, problem) in [
            ("lot=L1 colour=red", "it has no field `colour`"),
            ("lot=L1 lot=L2", "`lot` is said twice"),
            ("L1 quantity=1", "`L1` says no field"),
            ("lot=\"L1", "is not closed"),
            ("{\"lot\"", "is not JSON"),
        ] {
            let said = read(&line(), text).expect_err("it cannot be read");
            assert!(said.contains(problem), "{text}: {said}");
        }
    }
}
