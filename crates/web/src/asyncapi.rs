//! What goes over NATS, as AsyncAPI 3.0, made from the same tables as HTTP's description.

use answers::QUESTIONS;
use serde_json::{Map, Value, json};

use crate::openapi::{Parts, reference};

/// The document.
#[must_use]
pub fn asyncapi() -> Value {
    let mut parts = Parts::default();
    parts.add("Command", wire::schema::command());
    parts.add("Verdict", wire::schema::verdict());
    parts.schemas.insert("Problem".into(), crate::openapi::problem());
    let mut channels = Map::new();
    let mut operations = Map::new();
    let mut messages = Map::new();

    messages.insert("frame".into(), frame());
    messages.insert("verdicts".into(), verdicts());
    let about = "Commands for the ledger, taken in by ingest: the same as POST /v1/commands.";
    let address = "q.{org}.{ledger}.ingest.commands";
    channels.insert("commands".into(), channel(address, about, &["frame"]));
    channels.insert("verdicts".into(), replies(&["verdicts"]));
    operations.insert("post".into(), asked("commands", about, "verdicts"));

    for entry in QUESTIONS {
        let name = entry.name;
        parts.add(&format!("{name}.request"), entry.request_schema());
        parts.add(&format!("{name}.answer"), entry.answer_schema());
        messages.insert(format!("{name}.request"), question(name));
        messages.insert(format!("{name}.answer"), answer(name));
        let address = format!("q.{{org}}.{{ledger}}.projections.{name}");
        channels.insert(name.into(), channel(&address, entry.about, &[&format!("{name}.request")]));
        channels.insert(format!("{name}.reply"), replies(&[&format!("{name}.answer")]));
        operations.insert(name.into(), asked(name, entry.about, &format!("{name}.reply")));
    }

    messages.insert("record".into(), record());
    messages.insert("dead".into(), dead());
    for (name, address, about, message) in [
        (
            "queue",
            "cmd.{org}.{ledger}",
            "The work queue: frames that wait for the ledger. Only ingest publishes here.",
            "frame",
        ),
        (
            "log",
            "evt.{org}.{ledger}",
            "The commit log: one record a batch, written by the leading ledger alone.",
            "record",
        ),
        ("dead-letters", "dlq.{org}.{ledger}.{ledger}", "Frames that could not be taken, with the reason.", "dead"),
    ] {
        channels.insert(name.into(), channel(address, about, &[message]));
    }
    for (name, action, channel, about) in [
        ("take", "receive", "queue", "The leading ledger takes frames."),
        ("follow", "receive", "log", "Standbys and read sides follow."),
        ("queue-up", "send", "queue", "Ingest hands frames to the ledger."),
        ("append", "send", "log", "The leading ledger appends, each record right behind the last that it has seen."),
        ("bury", "send", "dead-letters", "The leading ledger puts a frame aside."),
    ] {
        let channel = json!({ "$ref": format!("#/channels/{channel}") });
        operations.insert(name.into(), json!({ "action": action, "channel": channel, "summary": about }));
    }

    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Granary on NATS",
            "version": "1",
            "description": "Subjects, headers and messages of the services on NATS JetStream. The streams and the rights of each user stand under deploy/nats. What may change between releases stands in schemas/README.md.",
            "license": { "name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0" },
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": { "messages": messages, "schemas": parts.schemas },
    })
}

/// An operation that whoever asks is answered.
fn asked(channel: &str, about: &str, reply: &str) -> Value {
    json!({ "action": "receive", "channel": { "$ref": format!("#/channels/{channel}") }, "summary": about,
        "reply": { "address": { "location": "$message.header#/reply" },
            "channel": { "$ref": format!("#/channels/{reply}") } } })
}

fn channel(address: &str, about: &str, messages: &[&str]) -> Value {
    let parameters = json!({
        "org": { "description": "The organisation: a-z, 0-9 and `-`." },
        "ledger": { "description": "The ledger: a-z, 0-9 and `-`." },
    });
    let used = |(name, value): (&String, &Value)| {
        address.contains(&format!("{{{name}}}")).then(|| (name.clone(), value.clone()))
    };
    let parameters: Map<String, Value> = parameters.as_object().into_iter().flatten().filter_map(used).collect();
    json!({ "address": address, "description": about, "parameters": parameters, "messages": by_name(messages) })
}

fn replies(messages: &[&str]) -> Value {
    json!({ "address": null, "description": "The inbox of whoever asks.", "messages": by_name(messages) })
}

fn by_name(messages: &[&str]) -> Map<String, Value> {
    let reference = |name: &&str| ((*name).to_owned(), json!({ "$ref": format!("#/components/messages/{name}") }));
    messages.iter().map(reference).collect()
}

/// Headers of a schema of texts.
fn headers(of: &[(&str, &str)]) -> Value {
    let one = |(name, about): &(&str, &str)| ((*name).to_owned(), json!({ "type": "string", "description": about }));
    json!({ "type": "object", "properties": of.iter().map(one).collect::<Map<String, Value>>() })
}

const SIGNED: [(&str, &str); 4] = [
    ("Authorization", "`Bearer` and a token of the settings."),
    ("Granary-Key", "Public Ed25519 key in NATS nkeys form, registered with a party."),
    (
        "Granary-Signature",
        "base64url of the signature over `granary-frame/1` (questions: `granary-question/2`), the ledger's origin and Granary-Expires, each with a line feed, and then the body; before the body of a question stand `ASK` and the verb and the header Accept as it is sent, each with a line feed.",
    ),
    ("Granary-Expires", "Until when the signature stands, RFC 3339; at most a day."),
];

const LANGUAGES: (&str, &str) = (
    "accept-language",
    "The languages in which sentences are read, the best first; English where none of them is there. The reply says which in `content-language`.",
);

fn frame() -> Value {
    let mut known = SIGNED.to_vec();
    known.extend([
        ("granary-wait", "`received`, `recorded` or `projected`: what is waited for."),
        ("granary-dry-run", "`true` where nothing is to be recorded; what is signed says it itself."),
        ("granary-deadline-ms", "How long the sender waits."),
        LANGUAGES,
        ("traceparent", "W3C trace context."),
    ]);
    json!({
        "summary": "Commands, one JSON object a line, or a CBOR sequence behind d9 d9 f7 (frame.cddl); at most 1 MiB.",
        "contentType": "application/x-ndjson",
        "headers": headers(&known),
        "payload": reference("Command"),
    })
}

fn verdicts() -> Value {
    let known =
        [("granary-status", "The same status as over HTTP."), ("granary-position", "The last event that they name.")];
    json!({
        "summary": "One verdict a command, in order, in the form of the frame.",
        "contentType": "application/x-ndjson",
        "headers": headers(&known),
        "payload": { "oneOf": [reference("Verdict"), reference("Problem")] },
    })
}

fn question(name: &str) -> Value {
    let mut known = SIGNED.to_vec();
    known.extend([
        ("granary-after", "An event that the answer has to know of."),
        ("granary-deadline-ms", "How long the asker waits."),
        LANGUAGES,
    ]);
    json!({ "headers": headers(&known), "payload": reference(&format!("{name}.request")) })
}

fn answer(name: &str) -> Value {
    let known = [("granary-status", "The same status as over HTTP."), ("granary-position", "How far the answer goes.")];
    let payload = json!({ "oneOf": [reference(&format!("{name}.answer")), reference("Problem")] });
    json!({ "headers": headers(&known), "payload": payload })
}

fn record() -> Value {
    json!({
        "summary": "A record: epoch, the root of the log before and after it, its events, and the signed frames that they answer.",
        "contentType": "application/cbor",
        "headers": headers(&[("Nats-Expected-Last-Sequence", "The record right before it.")]),
        "payload": { "type": "string", "format": "binary" },
    })
}

fn dead() -> Value {
    json!({
        "summary": "A frame as it came.",
        "contentType": "application/octet-stream",
        "headers": headers(&[("Granary-Reason", "Why it could not be taken.")]),
        "payload": { "type": "string", "format": "binary" },
    })
}
