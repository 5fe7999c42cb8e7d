//! JSON Schema 2020-12 of what goes in and comes out, generated from the types.

use serde_json::{Map, Value, json};

use crate::acts::schemas;
use crate::limits::{CONSENT_COUNT_MAX, GROUP_COMMANDS_MAX, TRIED_COUNT_MAX};
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
        fields.insert("effective".into(), json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?$", "description": "The party's own day on which it takes effect, and its time where that is known: YYYY-MM-DD or YYYY-MM-DDTHH:MM." }));
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
    let command = json!({ "anyOf": acts.clone(), "description": "A command." });
    definitions.insert("command".into(), command);
    let commands = json!({ "type": "array", "items": reference("command"), "minItems": 1, "maxItems": GROUP_COMMANDS_MAX,
        "description": "The commands, in the order in which they are decided." });
    let text = |about: &str| json!({ "type": "string", "description": about });
    let consent = json!({ "type": "object", "required": ["key", "expires", "signature"], "additionalProperties": false,
        "description": "A party's signature over the list of a group: see docs/groups.md.", "properties": {
            "key": text("Public Ed25519 key in NATS nkeys form, registered with the party."),
            "expires": text("Until when the signature stands, RFC 3339; at most a day."),
            "signature": text("The signature, in base64url without padding."),
        } });
    let group = json!({ "type": "object", "required": ["group"], "additionalProperties": false,
        "description": "Commands that stand or fall together.", "properties": { "group": commands,
            "consents": { "type": "array", "items": consent, "maxItems": CONSENT_COUNT_MAX,
                "description": "The consents of those for whom the sender may not post." } } });
    let tried = json!({ "anyOf": [reference("command"), reference("group")] });
    let dry_run = json!({ "type": "object", "required": ["dry_run"], "additionalProperties": false,
        "description": "What is only tried: nothing of it is recorded.", "properties": {
            "dry_run": { "type": "array", "items": tried, "maxItems": TRIED_COUNT_MAX } } });
    definitions.insert("group".into(), group);
    definitions.insert("dry_run".into(), dry_run);
    acts.extend(["group", "dry_run"].map(reference));
    json!({ "$schema": DRAFT, "title": "Command", "description": "One JSON object a line.", "oneOf": acts, "$defs": definitions })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
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
