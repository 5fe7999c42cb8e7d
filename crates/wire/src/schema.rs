//! JSON Schema 2020-12 of what goes in and comes out, generated from the types.

use serde_json::{Map, Value, json};

use crate::acts::schemas;
use crate::verdict::Verdict;
use crate::view::EventView;

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Schema of a command: the fields that every command has, and those of its act beside them.
#[must_use]
pub fn command() -> Value {
    let mut definitions = Map::new();
    let mut acts = Vec::new();
    for (word, doc, schema) in schemas() {
        let mut schema = schema.to_value();
        let Value::Object(own) = &mut schema else { continue };
        own.remove("$schema");
        own.remove("title");
        if let Some(Value::Object(shared)) = own.remove("$defs") {
            definitions.extend(shared);
        }
        let Some(Value::Object(properties)) = own.get_mut("properties") else { continue };
        let mut fields = Map::new();
        fields.insert("id".into(), json!({ "type": "string", "format": "uuid", "description": "Identity of the command, chosen by its sender; any UUID." }));
        fields.insert("party".into(), json!({ "type": "string", "description": "Code of the party that posts it." }));
        fields.insert("maker".into(), json!({ "type": ["string", "null"], "description": "The person who posts it; needed where dual control applies." }));
        fields.insert("effective".into(), json!({ "type": "string", "format": "date", "description": "The party's own day on which it takes effect." }));
        fields.insert("act".into(), json!({ "const": word }));
        fields.extend(std::mem::take(properties));
        *properties = fields;
        let mut required = vec![json!("id"), json!("party"), json!("effective"), json!("act")];
        if let Some(Value::Array(own)) = own.get("required") {
            required.extend(own.clone());
        }
        own.insert("required".into(), required.into());
        own.insert("description".into(), doc.into());
        definitions.insert(word.to_owned(), schema);
        acts.push(json!({ "$ref": format!("#/$defs/{word}") }));
    }
    json!({ "$schema": DRAFT, "title": "Command", "description": "One JSON object a line.", "oneOf": acts, "$defs": definitions })
}

/// Schema of a verdict.
#[must_use]
pub fn verdict() -> Value {
    schemars::schema_for!(Verdict).to_value()
}

/// Schema of an event as it is shown.
#[must_use]
pub fn event() -> Value {
    schemars::schema_for!(EventView).to_value()
}
