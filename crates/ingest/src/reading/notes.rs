//! Despatch and receipt advices: the lines of one note are one command, known by the dispatch that they name.

use std::collections::HashMap;

use answers::Problem;
use jiff::civil::Date;
use serde_json::{Value, json};
use wire::Malformed;

use super::{Item, Reading, Step, Why, joined, step, with_reference};
use crate::decimal::Decimal;
use crate::identity::{Of, is_undoing};
use crate::mapping::ColumnKind;
use crate::memory::Became;
use crate::said::Stated;
use crate::wrong::Wrong;

/// What makes lines one note: what it is, the dispatch, the document, the day, and where from and to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Name {
    kind: ColumnKind,
    dispatch: String,
    document: Option<String>,
    day: Date,
    site: String,
    target: String,
}

/// The notes of a source that are not told yet.
#[derive(Default)]
pub(super) struct Notes {
    lines: HashMap<Name, Vec<Stated>>,
}

impl Notes {
    pub(super) fn of<'s>(figures: impl Iterator<Item = &'s Stated>) -> Self {
        let mut notes = Self::default();
        for stated in figures {
            if let Some(name) = name(stated) {
                notes.lines.entry(name).or_default().push(stated.clone());
            }
        }
        notes
    }

    /// The whole note that a line stands in, at its first line.
    fn take(&mut self, stated: &Stated) -> Option<Vec<Stated>> {
        self.lines.remove(&name(stated)?)
    }
}

fn name(stated: &Stated) -> Option<Name> {
    let note = stated.note.as_ref()?;
    Some(Name {
        kind: stated.column.kind,
        dispatch: note.dispatch.clone(),
        document: stated.document.clone(),
        day: stated.day,
        site: stated.column.site.clone(),
        target: note.target.clone(),
    })
}

impl Reading<'_> {
    /// Tells the note that a line stands in; nothing where an earlier line told it.
    pub(super) fn note(&self, stated: &Stated, notes: &mut Notes, items: &mut Vec<Item>) -> Result<(), Problem> {
        let Some(lines) = notes.take(stated) else { return Ok(()) };
        let mut item = stated.item(self.told(&lines)?);
        item.also = lines.iter().map(|line| line.line).filter(|line| *line != stated.line).collect();
        items.push(item);
        Ok(())
    }

    fn told(&self, lines: &[Stated]) -> Result<Step, Problem> {
        let (Some(first), Some(note)) = (lines.first(), lines.first().and_then(|line| line.note.as_ref())) else {
            return Ok(Step::Nothing(Why::Rule("no_figure")));
        };
        let is_dispatch = first.column.kind == ColumnKind::Dispatch;
        let (act, quantity) = if is_dispatch { ("dispatch", "quantity") } else { ("arrive", "received") };
        let document = first.document.clone().filter(|_| !is_dispatch);
        let of = match (is_dispatch, document) {
            (true, _) => Of::Document(note.dispatch.clone()),
            (false, Some(document)) => Of::Document(document),
            (false, None) => Of::Day(first.day.to_string()),
        };
        let column = format!("{act} {}", note.dispatch);
        let mut place = 0;
        let id = loop {
            let id = self.ids.movement(&column, &of, place);
            match self.memory.find(id, Some(&first.column))? {
                None => break id,
                Some(was) => match was.became {
                    Became::Refused => {}
                    Became::Held => return Ok(Step::Nothing(Why::Waits(was.seq))),
                    Became::Done(moved) => match moved.reversed {
                        None => return self.held_against(id, was.seq, lines),
                        Some((_, id)) if is_undoing(was.seq, id) => {}
                        Some((by, _)) => return Ok(Step::Nothing(Why::ByHand(by))),
                    },
                },
            }
            place += 1;
        };
        let mut command = self.command(act, id, first.day);
        command.insert("dispatch".into(), note.dispatch.clone().into());
        if is_dispatch {
            command.insert("source".into(), first.column.site.clone().into());
            command.insert("target".into(), note.target.clone().into());
        } else if !first.column.site.is_empty() {
            command.insert("site".into(), first.column.site.clone().into());
        }
        if note.is_last {
            command.insert("last".into(), true.into());
        }
        let line = |stated: &Stated| -> Value {
            let unit = &stated.column.unit;
            let mut line = json!({ "lot": stated.column.lot, quantity: stated.figure.show(unit) });
            if let Some(shipped) = stated.note.as_ref().and_then(|note| note.shipped) {
                line["shipped"] = shipped.show(unit).into();
            }
            line
        };
        command.insert("lines".into(), lines.iter().map(line).collect());
        Ok(step(with_reference(command, joined([first.document.clone(), first.notes.clone()])), false))
    }

    /// A note that was posted before, under the same number: what it says now has to be what it said then.
    fn held_against(&self, id: uuid::Uuid, seq: u64, lines: &[Stated]) -> Result<Step, Problem> {
        for line in lines {
            let was = self.memory.find(id, Some(&line.column))?;
            let quantity = match was.map(|was| was.became) {
                Some(Became::Done(moved)) => moved.quantity,
                Some(Became::Held | Became::Refused) | None => String::new(),
            };
            if !Decimal::parse(&quantity).is_some_and(|quantity| quantity.is_same(line.figure)) {
                let unit = &line.column.unit;
                let other = if quantity.is_empty() { format!("0 {unit}") } else { format!("{quantity} {unit}") };
                let (lot, quantity) = (line.column.lot.clone(), line.figure.show(unit));
                return Ok(Step::Unreadable(Box::new(Malformed::whole(Wrong::NoteDiffers {
                    lot,
                    quantity,
                    event: seq,
                    other,
                }))));
            }
        }
        Ok(Step::Nothing(Why::There(seq)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::tests::Books;
    use crate::{Mapping, Reading, Step};

    const DESPATCH: &str = r#"
name = "despatch"
source = "made up"
party = "P"
date = "day"
[key]
dispatch = "note"
lot = "lot"
[[column]]
column = "sent"
kind = "dispatch"
unit = "t"
site = "North"
to = "South"
"#;

    fn read(text: &str, books: &Books) -> Vec<crate::Item> {
        let mapping = Mapping::parse(DESPATCH).expect("a mapping");
        Reading::new(mapping, books).read(text.as_bytes()).expect("a table")
    }

    #[test]
    fn the_lines_of_a_note_are_one_dispatch_and_come_once() {
        let text = "day,note,lot,sent\n2026-03-02,DA-1,A,10\n2026-03-02,DA-1,B,10\n2026-03-03,DA-2,A,1\n";
        let mut books = Books::default();
        let items = read(text, &books);
        let told: Vec<_> = items
            .iter()
            .map(|item| match &item.step {
                Step::Post { command, .. } => (item.line, item.also.clone(), command.to_json()["lines"].clone()),
                other => panic!("{other:?}"),
            })
            .collect();
        let lines = |lines: &[(&str, &str)]| -> serde_json::Value {
            lines.iter().map(|(lot, quantity)| serde_json::json!({ "lot": lot, "quantity": quantity })).collect()
        };
        assert_eq!(told, [(2, vec![3], lines(&[("A", "10 t"), ("B", "10 t")])), (4, vec![], lines(&[("A", "1 t")]))]);
        books.take(&items, &[]);
        assert!(read(text, &books).iter().all(|item| matches!(item.step, Step::Nothing(_))), "said again, it is there");
        let other = text.replace("DA-2,A,1", "DA-2,A,2");
        let codes: HashMap<u64, &str> = read(&other, &books)
            .iter()
            .filter_map(|item| match &item.step {
                Step::Unreadable(malformed) => Some((item.line, malformed.code())),
                _ => None,
            })
            .collect();
        assert_eq!(codes, HashMap::from([(4, "note_differs")]), "the same note with another figure");
    }
}
