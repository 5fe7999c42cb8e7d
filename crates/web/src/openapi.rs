//! What HTTP can be asked, as OpenAPI 3.1, made from the same table as the answers.

use answers::{Entry, QUESTIONS};
use axum::response::{IntoResponse, Response};
use export::Exported;
use serde_json::{Map, Value, json};

use crate::questions::SHARED_FIELDS;

/// Groups of operations.
const TAGS: [(&str, &str); 5] = [
    ("commands", "What is to be recorded, and what became of it."),
    ("questions", "What the books say: as of a day, as known at a time."),
    ("events", "What was recorded, as it is recorded or as a whole."),
    ("log", "Checkpoints, tiles and proofs."),
    ("service", "The state of the service."),
];

/// `GET /openapi.json`
pub(crate) async fn document() -> Response {
    axum::Json(openapi()).into_response()
}

/// The document.
#[must_use]
pub fn openapi() -> Value {
    let mut parts = Parts::default();
    parts.add("Command", wire::schema::command());
    parts.add("Verdict", wire::schema::verdict());
    parts.add("Event", wire::schema::event());
    parts.schemas.insert("Problem".into(), problem());
    let mut paths = Map::new();
    paths.insert("/v1/commands".into(), json!({ "post": commands() }));
    for entry in QUESTIONS {
        paths.insert(format!("/v1/{}", entry.name), question(entry, &mut parts));
    }
    let command = QUESTIONS.iter().find(|entry| entry.name == "command").expect("it is in the table");
    paths.insert(
        "/v1/commands/{id}".into(),
        json!({ "get": {
            "operationId": "command_by_id", "summary": command.about, "tags": ["commands"],
            "description": "What became of a command, by its id: as the question `command` tells it.",
            "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string", "format": "uuid" } }],
            "responses": responses(&json!({ "application/json": { "schema": reference("command_answer") } })),
        } }),
    );
    paths.insert("/v1/events".into(), json!({ "get": events() }));
    paths.insert("/v1/export/{what}".into(), json!({ "get": export() }));
    paths.insert("/v1/import".into(), json!({ "post": import() }));
    paths.insert("/v1/rebuild".into(), json!({ "post": rebuild() }));
    paths.insert("/v1/receipts/{event}".into(), json!({ "get": receipt() }));
    paths.insert("/v1/facts/{event}".into(), json!({ "get": fact() }));
    paths.insert("/v1/witnesses".into(), json!({ "get": witnesses() }));
    paths.insert("/checkpoint".into(), json!({ "get": checkpoint() }));
    paths.insert("/tile/{path}".into(), json!({ "get": tile() }));
    for (path, summary) in [
        ("/healthz", "Is the process up?"),
        ("/readyz", "May it be asked?"),
        ("/metrics", "What it counts, for Prometheus."),
    ] {
        let text = json!({ "text/plain": { "schema": { "type": "string" } } });
        let operation = json!({ "operationId": path[1..], "summary": summary, "tags": ["service"], "security": [],
            "responses": { "200": { "description": "Yes.", "content": text } } });
        paths.insert(path.into(), json!({ "get": operation }));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Granary",
            "version": "1",
            "summary": "A ledger for strategic stockpiles and shared reserves.",
            "description": "Commands go in, each with an id of its own, and get one verdict each, in order. Questions are asked as of a day and as known at an event or time. Quantities are decimal text with their unit. What may change between releases stands in schemas/README.md.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "The ledger that gave this document." }],
        "tags": TAGS.map(|(name, description)| json!({ "name": name, "description": description })),
        "security": [{ "token": [] }, { "key": [], "signature": [], "expires": [] }],
        "paths": paths,
        "components": {
            "schemas": parts.schemas,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": "A token of the settings; it speaks for one party." },
                "key": { "type": "apiKey", "in": "header", "name": "Granary-Key", "description": "Public Ed25519 key in NATS nkeys form, registered with a party." },
                "signature": { "type": "apiKey", "in": "header", "name": "Granary-Signature", "description": "base64url of the signature over `granary-frame/1` (questions: `granary-question/2`), the ledger's origin and Granary-Expires, each with a line feed, and then the body; before the body of a question stand method, path and query and the header Accept as it is sent, each with a line feed." },
                "expires": { "type": "apiKey", "in": "header", "name": "Granary-Expires", "description": "Until when the signature stands, RFC 3339; at most a day." },
            },
        },
    })
}

pub(crate) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Schemas by name. Those that several schemas share by name and content stand there once. Names differ in more than case and
/// underscores: generators of clients make types and files of them.
#[derive(Default)]
pub(crate) struct Parts {
    pub(crate) schemas: Map<String, Value>,
}

/// What is left of a name in a language that writes names otherwise.
pub(crate) fn folded(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

impl Parts {
    pub(crate) fn add(&mut self, name: &str, mut schema: Value) {
        let Value::Object(own) = &mut schema else { return };
        own.remove("$schema");
        own.remove("title");
        let definitions = match own.remove("$defs") {
            Some(Value::Object(definitions)) => definitions,
            _ => Map::new(),
        };
        let mut names: Map<String, Value> = Map::new();
        for (inner, definition) in &definitions {
            let is_taken = |wanted: &str| {
                let is_same_word = |known: &str| folded(known) == folded(wanted);
                let differs =
                    |(known, other): (&String, &Value)| is_same_word(known) && (known != wanted || other != definition);
                let is_chosen = names.values().any(|chosen| chosen.as_str().is_some_and(is_same_word));
                is_same_word(name) || is_chosen || self.schemas.iter().any(differs)
            };
            let longer = (1..).map(|count| match count {
                1 => format!("{name}_{inner}"),
                _ => format!("{name}_{inner}{count}"),
            });
            let global = std::iter::once(inner.clone()).chain(longer).find(|wanted| !is_taken(wanted));
            names.insert(inner.clone(), global.expect("some number is free").into());
        }
        rename(&mut schema, &names);
        for (inner, mut definition) in definitions {
            rename(&mut definition, &names);
            let global = names[&inner].as_str().unwrap_or_default().to_owned();
            self.schemas.entry(global).or_insert(definition);
        }
        self.schemas.insert(name.to_owned(), schema);
    }
}

fn rename(schema: &mut Value, names: &Map<String, Value>) {
    match schema {
        Value::Object(fields) => {
            for (field, value) in fields.iter_mut() {
                let named = value.as_str().and_then(|text| text.strip_prefix("#/$defs/")).filter(|_| field == "$ref");
                match named.and_then(|name| names.get(name)).and_then(Value::as_str) {
                    Some(global) => *value = format!("#/components/schemas/{global}").into(),
                    None => rename(value, names),
                }
            }
        }
        Value::Array(parts) => parts.iter_mut().for_each(|part| rename(part, names)),
        _ => {}
    }
}

fn question(entry: &Entry, parts: &mut Parts) -> Value {
    let (request, answer) = (format!("{}_request", entry.name), format!("{}_answer", entry.name));
    parts.add(&request, entry.request_schema());
    parts.add(&answer, entry.answer_schema());
    let known = parts.schemas[&request].clone();
    let required = |name: &str| known["required"].as_array().is_some_and(|names| names.iter().any(|it| it == name));
    let own = known["properties"].as_object().cloned().unwrap_or_default();
    let mut parameters: Vec<Value> = own
        .iter()
        .map(|(name, schema)| {
            let mut parameter = json!({ "name": name, "in": "query", "schema": schema });
            if required(name) {
                parameter["required"] = true.into();
            }
            if schema["type"] == "array" {
                parameter["explode"] = false.into();
            }
            parameter
        })
        .collect();
    parameters.extend(SHARED_FIELDS.map(shared));
    let mut content = Map::new();
    content.insert("application/json".into(), json!({ "schema": reference(&answer) }));
    content.insert("text/csv".into(), json!({ "schema": { "type": "string" } }));
    content.insert(export::PARQUET.into(), json!({ "schema": { "type": "string", "format": "binary" } }));
    let content = Value::Object(content);
    json!({
        "get": { "operationId": entry.name, "summary": entry.about, "tags": ["questions"],
            "description": "The fields of the question stand in the query.",
            "parameters": parameters, "responses": responses(&content) },
        "post": { "operationId": format!("{}_by_post", entry.name), "summary": entry.about, "tags": ["questions"],
            "description": "The fields of the question stand in the body.",
            "parameters": SHARED_FIELDS.map(shared),
            "requestBody": { "content": { "application/json": { "schema": reference(&request) } } },
            "responses": responses(&content) },
    })
}

fn shared(name: &str) -> Value {
    let (schema, about) = match name {
        "after" => (
            json!({ "type": "integer", "minimum": 0 }),
            "Answer only with what is known after this event: wait for it.",
        ),
        "deadline_ms" => (
            json!({ "type": "integer", "minimum": 0 }),
            "How long to wait, in milliseconds. A frame that is not decided by then is answered `late` and nothing of it recorded; with `wait=received` there is no such time unless it is given here.",
        ),
        _ => (json!({ "enum": ["json", "csv", "parquet"] }), "How to write the answer; the header Accept says it too."),
    };
    json!({ "name": name, "in": "query", "schema": schema, "description": about })
}

fn responses(content: &Value) -> Value {
    let position = json!({ "Granary-Position": { "schema": { "type": "integer" }, "description": "The last event that the answer knows of." },
        "Content-Language": { "schema": { "type": "string" }, "description": "The language of the sentences in it: the first of Accept-Language that is there, or English." },
        "Granary-Seen-By": { "schema": { "type": "string" }, "description": "The party with whose eyes this was answered; absent where everything was seen." },
        "Granary-Next": { "schema": { "type": "string" }, "description": "Where the answer is a part: field and value of the question that goes on behind it." } });
    let mut responses = Map::new();
    responses.insert("200".into(), json!({ "description": "The answer.", "headers": position, "content": content }));
    responses.extend(problems(&[400, 401, 403, 404, 429, 503]));
    Value::Object(responses)
}

fn problems(statuses: &[u16]) -> Map<String, Value> {
    let content = json!({ "application/problem+json": { "schema": reference("Problem") } });
    let about = |status: u16| match status {
        400 => "The request is not well put.",
        401 => "Nobody knows who asks.",
        403 => "The asker may not.",
        404 => "It names something that the ledger does not know.",
        413 => "More than 1 MiB.",
        422 => "Refused by the rules; the refusal is recorded.",
        429 => {
            "Too much at once: the queue is full and nothing was taken (`busy`), or no place came free in time (`too_many_questions`). Try again after Retry-After."
        }
        504 => "No verdict in time; it may be recorded all the same.",
        _ => "The service could not answer.",
    };
    statuses
        .iter()
        .map(|status| (status.to_string(), json!({ "description": about(*status), "content": content })))
        .collect()
}

fn commands() -> Value {
    let lines = json!({ "schema": { "type": "string", "description": "One JSON command a line; at most 1 MiB." } });
    let sequence = json!({ "schema": { "type": "string", "format": "binary", "description": "A frame in CBOR, as `frame.cddl` says." } });
    let mut responses = Map::new();
    responses.insert(
        "200".into(),
        json!({ "description": "One verdict for each command, in order.", "content": {
            "application/json": { "schema": reference("Verdict") },
            "application/x-ndjson": { "schema": { "type": "string" } },
            "application/cbor-seq": { "schema": { "type": "string", "format": "binary" } },
        } }),
    );
    responses.insert(
        "202".into(),
        json!({ "description": "Received; the answer names where to ask what became of each.", "content": { "application/json": { "schema": {
            "type": "object", "required": ["status", "commands"], "properties": {
                "status": { "const": "received" },
                "commands": { "type": "array", "items": { "type": "object", "required": ["id", "ask"], "properties": {
                    "id": { "type": "string", "format": "uuid" }, "ask": { "type": "string" } } } } } } } } }),
    );
    responses.extend(problems(&[400, 401, 403, 413, 422, 429, 503, 504]));
    json!({
        "operationId": "post_commands", "summary": "Post one command, or a frame of them.", "tags": ["commands"],
        "parameters": [
            { "name": "wait", "in": "query", "schema": { "enum": ["received", "recorded", "projected"], "default": "recorded" }, "description": "Answer when it is received, recorded, or known to answers." },
            { "name": "dry_run", "in": "query", "schema": { "type": "boolean", "default": false }, "description": "Say what would become of each command, and record nothing. What is signed says it itself: `{\"dry_run\": [command, ...]}`." },
            shared("deadline_ms"),
            { "name": "traceparent", "in": "header", "schema": { "type": "string" }, "description": "W3C trace context." },
        ],
        "requestBody": { "required": true, "content": { "application/json": { "schema": reference("Command") }, "application/x-ndjson": lines, "application/cbor-seq": sequence } },
        "responses": responses,
    })
}

fn events() -> Value {
    let mut responses = Map::new();
    let about = "Server-Sent Events: `event` carries an event as JSON (see the schema Event), `position` how far what is not shown goes; `id` is the event's number.";
    let stream = json!({ "text/event-stream": { "schema": {
        "type": "string", "contentMediaType": "application/json", "contentSchema": reference("Event") } } });
    responses.insert("200".into(), json!({ "description": about, "content": stream }));
    responses.extend(problems(&[400, 401, 403, 429]));
    json!({
        "operationId": "events", "summary": "Events as they are recorded.", "tags": ["events"],
        "parameters": [
            { "name": "from", "in": "query", "schema": { "type": "integer", "minimum": 1 }, "description": "From this event on; from now on where absent." },
            { "name": "Last-Event-ID", "in": "header", "schema": { "type": "integer" }, "description": "Go on behind this event." },
        ],
        "responses": responses,
    })
}

fn export() -> Value {
    let words: Vec<&str> = Exported::WORDS.iter().map(|(word, _)| *word).collect();
    let mut responses = Map::new();
    let text = json!({ "schema": { "type": "string" } });
    responses.insert(
        "200".into(),
        json!({ "description": "The whole history, as it is seen.", "content": { "application/x-ndjson": text, "text/csv": text, "text/plain": text, "application/vnd.apache.parquet": { "schema": { "type": "string", "format": "binary" } } } }),
    );
    responses.extend(problems(&[400, 401, 403, 404, 429]));
    json!({
        "operationId": "export", "summary": "The history in forms that other programs read.", "tags": ["events"],
        "parameters": [{ "name": "what", "in": "path", "required": true, "schema": { "enum": words } }],
        "responses": responses,
    })
}

fn import() -> Value {
    let text = json!({ "type": "string" });
    let body = json!({ "type": "object", "additionalProperties": false, "properties": {
        "file": { "type": "string", "description": "What the source is called: kept in the record of the load." },
        "undo": { "type": "integer", "minimum": 1, "description": "A load to take back, by the event that records it: instead of a source." },
        "mapping": { "type": "string", "description": "The name of a mapping that comes with the program, or the text of one (crates/ingest/mappings/README.md); absent for labelled text." },
        "source": { "type": "string", "description": "The table, list or labelled text itself." },
        "source_base64": { "type": "string", "description": "The same in base64: a workbook, an archive, or text that is not UTF-8." },
        "take": { "enum": ["all", "lines", "nothing"], "default": "all", "description": "What is posted where a line fails: nothing at all, the lines that hold, or, as a trial, nothing in any case." },
        "cover": { "type": "object", "required": ["number", "first", "last"], "additionalProperties": false,
            "description": "Of a member's report in a table: what the covering note says.",
            "properties": { "number": { "type": "integer", "minimum": 1 }, "first": text, "last": text, "due": text, "signed_by": text } } } });
    let about = "One verdict a line (see the schema Verdict), with line and column of the source, as they come; the last line is `import` with how many were accepted, duplicate, refused and invalid, every line counted once, and what it does to each account, or `problem` where the ledger stopped answering.";
    let mut responses = Map::new();
    responses.insert(
        "200".into(),
        json!({ "description": about, "content": { "application/x-ndjson": { "schema": text } } }),
    );
    responses.extend(problems(&[400, 401, 403, 404, 413, 503]));
    json!({
        "operationId": "import", "tags": ["commands"],
        "summary": "Take in a table, a list or a member's report by a declared mapping, read against the live books.",
        "requestBody": { "required": true, "content": { "application/json": { "schema": body } } },
        "responses": responses,
    })
}

fn rebuild() -> Value {
    let number = json!({ "type": "number" });
    let mut responses = Map::new();
    responses.insert(
        "200".into(),
        json!({ "description": "What was rebuilt; `differing_accounts` is 0 unless something was wrong.", "content": { "application/json": { "schema": {
            "type": "object", "required": ["events", "differing_accounts", "seconds", "seconds_waited"],
            "properties": { "events": number, "differing_accounts": number, "seconds": number, "seconds_waited": number } } } } }),
    );
    responses.extend(problems(&[401, 403, 404, 503]));
    json!({
        "operationId": "rebuild", "tags": ["service"], "responses": responses,
        "summary": "Build what answers come from anew, from the log, while they go on: for whoever runs the service.",
    })
}

fn receipt() -> Value {
    let mut responses = Map::new();
    let text = json!({ "text/plain": { "schema": { "type": "string" } } });
    responses.insert(
        "200".into(),
        json!({ "description": "The receipt, in the form of C2SP tlog-proof; it carries the entry.", "content": text }),
    );
    responses.extend(problems(&[400, 401, 403, 404, 429, 503]));
    let about = "The event, by its number or by the id of its command.";
    json!({
        "operationId": "receipt", "tags": ["log"],
        "summary": "Proof that an event is in the log: for whoever posted it, and for who may read everything.",
        "parameters": [{ "name": "event", "in": "path", "required": true, "schema": { "type": "string" }, "description": about }],
        "responses": responses,
    })
}

fn fact() -> Value {
    let mut responses = Map::new();
    let text = json!({ "text/plain": { "schema": { "type": "string" } } });
    let about = "The fact: statement, entry, receipt, and the proof that the log continues what was seen.";
    responses.insert("200".into(), json!({ "description": about, "content": text }));
    responses.extend(problems(&[400, 401, 403, 404, 429, 503]));
    let event = json!({ "name": "event", "in": "path", "required": true, "schema": { "type": "string" },
        "description": "The event, by its number or by the id of its command." });
    let since = json!({ "name": "since", "in": "query", "schema": { "type": "integer", "minimum": 0 },
        "description": "How many entries of this log the receiver has seen." });
    json!({
        "operationId": "fact", "tags": ["log"],
        "summary": "An event for another ledger, with its proof: for whoever posted it, and for who may read everything.",
        "parameters": [event, since],
        "responses": responses,
    })
}

fn witnesses() -> Value {
    let count = json!({ "type": "integer", "minimum": 0 });
    let text = json!({ "type": ["string", "null"] });
    let schema = json!({
        "type": "object", "required": ["events", "witnessed_events", "unwitnessed_events", "witnesses"],
        "properties": {
            "events": count, "witnessed_events": count, "unwitnessed_events": count,
            "witnesses": { "type": "array", "items": { "type": "object",
                "required": ["witness", "url", "cosigned_events", "seconds_ago", "problem"],
                "properties": { "witness": { "type": "string" }, "url": text, "cosigned_events": count,
                    "seconds_ago": { "type": ["integer", "null"] }, "problem": text } } },
        },
    });
    let mut responses = Map::new();
    responses.insert(
        "200".into(),
        json!({ "description": "The state of things.", "content": { "application/json": { "schema": schema } } }),
    );
    responses.extend(problems(&[401, 403, 404]));
    json!({ "operationId": "witnesses", "summary": "What is witnessed, by whom, and what is not yet.", "tags": ["log"], "responses": responses })
}

fn checkpoint() -> Value {
    let text = json!({ "text/plain": { "schema": { "type": "string" } } });
    let mut responses = Map::new();
    responses.insert(
        "200".into(),
        json!({ "description": "A signed note, as C2SP tlog-checkpoint has it.", "content": text }),
    );
    responses.extend(problems(&[404]));
    json!({ "operationId": "checkpoint", "summary": "The newest signed checkpoint.", "tags": ["log"], "security": [], "responses": responses })
}

fn tile() -> Value {
    let bytes = json!({ "application/octet-stream": {} });
    let mut responses = Map::new();
    responses.insert("200".into(), json!({ "description": "The tile or bundle.", "content": bytes }));
    responses.extend(problems(&[401, 403, 404, 429, 503]));
    let about = "`<level>/<index>[.p/<width>]`, or `entries/<index>[.p/<width>]`; it has slashes of its own.";
    json!({
        "operationId": "tile", "tags": ["log"],
        "summary": "A hash tile, for everybody, or a bundle of entries, for who may read everything (C2SP tlog-tiles).",
        "parameters": [{ "name": "path", "in": "path", "required": true, "schema": { "type": "string" }, "description": about }],
        "responses": responses,
    })
}

pub(crate) fn problem() -> Value {
    json!({
        "type": "object",
        "description": "RFC 9457, with a stable code, the field that is to blame and what to do next.",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": { "type": "string" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string", "description": "One sentence for people." },
            "code": { "type": "string", "description": "Stable, for programs." },
            "field": { "type": "string" },
            "hint": { "type": "string", "description": "What to do next." },
            "retry": { "enum": ["never", "later", "changed"],
                "description": "Can asking again help? `later`: the same may be granted later; `changed`: once it is changed." },
            "facts": { "type": "object", "description": "What it is about, by name: what `detail` and `hint` are made of; `entry` names the sentence." },
            "id": { "type": "string", "description": "Of a refused command: its id." },
            "outcome": { "type": "string", "description": "Of a refused command: what became of it." },
            "seq": { "type": "integer", "description": "Of a refused command: the event that records the refusal." },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What generators and other tools trip over: names that are one in another language, and words where none may stand.
    #[test]
    fn names_are_unique_after_folding_and_media_types_say_only_what_they_may() {
        let document = openapi();
        let schemas = document["components"]["schemas"].as_object().expect("schemas");
        let mut names: Vec<String> = schemas.keys().map(|name| folded(name)).collect();
        names.sort_unstable();
        let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(twice.is_empty(), "{twice:?}");
        let mut operations = Vec::new();
        each_media_type(&document, &mut |media_type| {
            let strange =
                media_type.keys().find(|word| !["schema", "example", "examples", "encoding"].contains(&word.as_str()));
            assert_eq!(strange, None);
        });
        for (path, methods) in document["paths"].as_object().expect("paths") {
            for operation in methods.as_object().expect("methods").values() {
                operations.push(operation["operationId"].as_str().unwrap_or_else(|| panic!("{path} has no id")));
            }
        }
        operations.sort_unstable();
        assert!(operations.windows(2).all(|pair| folded(pair[0]) != folded(pair[1])), "an operation's name twice");
    }

    fn each_media_type(value: &Value, each: &mut impl FnMut(&Map<String, Value>)) {
        match value {
            Value::Object(fields) => {
                let content = fields.get("content").and_then(Value::as_object);
                content.into_iter().flat_map(Map::values).filter_map(Value::as_object).for_each(&mut *each);
                fields.values().for_each(|value| each_media_type(value, each));
            }
            Value::Array(parts) => parts.iter().for_each(|part| each_media_type(part, each)),
            _ => {}
        }
    }
}
