//! An event in one line, as its act says that it is told ([`books::Line`]): no door knows an act by name.

use books::{Act, Line};
use serde_json::{Map, Value};

use crate::view::{ClaimView, EntryView, EventView};

impl EventView {
    /// What was asked, moved and set aside; each a part of its own.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        let act = self.command.get("act").and_then(Value::as_str).and_then(Act::find);
        // What was refused or waits has moved nothing yet: the words of the command are all there is to tell.
        let is_done = self.outcome == "done";
        let (pieces, moves) = match act.map(|act| act.facts.line) {
            Some(Line::Words(pieces)) => (pieces, false),
            Some(Line::Both(pieces)) => (pieces, true),
            Some(Line::Moved) | None => (&[][..], true),
        };
        let mut pieces = pieces.to_vec();
        if moves && !is_done {
            let is_new = |piece: &&&str| !pieces.iter().any(|said| said.contains(**piece));
            let more: Vec<&str> = MOVEMENT.iter().filter(is_new).copied().collect();
            pieces.extend(more);
        }
        let words = words(&pieces, &self.command);
        let mut parts: Vec<String> = (!words.is_empty()).then_some(words).into_iter().collect();
        if moves {
            parts.extend(self.entries.iter().map(moved));
            parts.extend(self.claims.iter().map(set_aside));
        }
        parts
    }
}

/// What a movement would have been that did not take place.
const MOVEMENT: &[&str] =
    &["{quantity}", "{lot}", "{lines}", "{parts}", "{site}", "{source} -> {target}", "{owner} -> {new_owner}"];

/// What changed its place, its owner, or both.
fn moved(entry: &EntryView) -> String {
    let EntryView { lot, source, target, quantity, day: _, keeps } = entry;
    let way = if source.place == target.place {
        format!("{}: {} -> {}", source.place, source.owner, target.owner)
    } else if source.owner == target.owner {
        format!("{}: {} -> {}", source.owner, source.place, target.place)
    } else {
        format!("{}, {} -> {}, {}", source.place, source.owner, target.place, target.owner)
    };
    let kept = keeps.map(|count| format!(", keeps count {count}")).unwrap_or_default();
    format!("{quantity} {lot}, {way}{kept}")
}

fn set_aside(claim: &ClaimView) -> String {
    format!("{} {} {} from {}", claim.encumbrance, claim.lot, claim.change, claim.day)
}

/// The pieces whose fields the command has.
fn words(pieces: &[&str], command: &Map<String, Value>) -> String {
    let told: Vec<String> = pieces.iter().filter_map(|piece| filled(piece, command)).collect();
    told.join(" ")
}

/// A piece with its fields filled in; `None` where one is absent.
fn filled(piece: &str, command: &Map<String, Value>) -> Option<String> {
    let mut text = String::new();
    let mut rest = piece;
    while let Some((before, after)) = rest.split_once('{') {
        let (field, after) = after.split_once('}').expect("tested: a brace is closed");
        text.push_str(before);
        text.push_str(&said(field_of(command, field)?)?);
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

/// A field, or one inside another: `assay.status`.
fn field_of<'c>(command: &'c Map<String, Value>, field: &str) -> Option<&'c Value> {
    let mut names = field.split('.');
    let first = command.get(names.next()?)?;
    names.try_fold(first, |value, name| value.get(name))
}

/// A value for people; `None` where it says nothing.
fn said(value: &Value) -> Option<String> {
    let joined = |values: &mut dyn Iterator<Item = &Value>, by: &str| {
        let told: Vec<String> = values.filter_map(said).collect();
        (!told.is_empty()).then(|| told.join(by))
    };
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) => joined(&mut items.iter(), ", "),
        Value::Object(fields) => {
            // Of a counted line: the second figure is another's.
            let of_field = |(name, value): (&String, &Value)| match name.as_str() {
                "against" => said(value).map(|told| format!("against {told}")),
                _ => said(value),
            };
            let told: Vec<String> = fields.iter().filter_map(of_field).collect();
            (!told.is_empty()).then(|| told.join(" "))
        }
        Value::Bool(_) | Value::Null => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::view::AccountView;

    fn view(command: Value, ends: [(&str, &str); 2]) -> EventView {
        let [source, target] =
            ends.map(|(place, owner)| AccountView { place: place.to_owned(), owner: owner.to_owned() });
        let entry = EntryView {
            lot: "LOT-1".to_owned(),
            source,
            target,
            quantity: "80 t net".to_owned(),
            day: "2026-03-12".to_owned(),
            keeps: None,
        };
        let Value::Object(command) = command else { panic!("a command is an object") };
        EventView {
            seq: 1,
            recorded_at: String::new(),
            outcome: "done".to_owned(),
            code: None,
            message: None,
            facts: Map::new(),
            command,
            known_by: None,
            group: None,
            entries: vec![entry],
            claims: Vec::new(),
        }
    }

    #[test]
    fn a_change_of_title_names_the_owners_and_a_movement_the_places() {
        let title = view(json!({"act": "transfer_title"}), [("Ibaraki", "JOGMEC"), ("Ibaraki", "G7-pool")]);
        assert_eq!(title.told(), ["80 t net LOT-1, Ibaraki: JOGMEC -> G7-pool"]);
        let moved = view(json!({"act": "transfer"}), [("Ibaraki", "JOGMEC"), ("Gunsan", "JOGMEC")]);
        assert_eq!(moved.told(), ["80 t net LOT-1, JOGMEC: Ibaraki -> Gunsan"]);
    }

    #[test]
    fn a_piece_whose_field_is_absent_is_left_out() {
        let loss = view(json!({"act": "loss", "reason": "spill"}), [("Ibaraki", "JOGMEC"), ("loss", "JOGMEC")]);
        assert_eq!(loss.told(), ["spill", "80 t net LOT-1, JOGMEC: Ibaraki -> loss"]);
        let command = json!({"act": "accept", "lines": [{"lot": "L", "quantity": "1 t"}], "due": null});
        let Value::Object(command) = command else { panic!("an object") };
        assert_eq!(words(&["of {lines}", "due {due}", "by {nobody}"], &command), "of L 1 t");
    }
}
