//! Items of a lot are counted beside its weight: drums, seals, flasks, serial numbers. See [`crate::items`].

use super::Ask;
use super::deposit::LotRef;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::items::{ItemKind, Items, ItemsKey, ItemsLack, SaidOfItems};
use crate::number::{LotNo, PartyNo, PlaceNo, Seq};
use crate::rejection::Fault;

/// Says how many items of a lot were found, came or went.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct CountItems {
    /// Of which lot.
    #[n(0)]
    pub lot: LotNo,
    /// Where.
    #[n(1)]
    pub site: PlaceNo,
    /// Whose.
    #[n(2)]
    pub owner: PartyNo,
    /// What they are.
    #[n(3)]
    pub what: String,
    /// Found, come or gone?
    #[n(4)]
    pub kind: ItemKind,
    /// How many.
    #[n(5)]
    pub count: u32,
    /// Each by its mark, where they have one.
    #[n(6)]
    pub marks: Option<Vec<String>>,
    /// The sender's own reference.
    #[n(7)]
    pub reference: Option<String>,
}

impl CountItems {
    fn key(&self) -> ItemsKey {
        ItemsKey { site: self.site, lot: self.lot, owner: self.owner, what: self.what.clone() }
    }

    fn said(&self, seq: Seq, effective: crate::number::Day, time: Option<crate::event::TimeOfDay>) -> SaidOfItems {
        let (kind, count, marks) = (self.kind, self.count, self.marks.clone().unwrap_or_default());
        SaidOfItems { seq, effective, time, kind, count, marks }
    }

    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        who.may_write(self.owner, Some(self.site));
        who.may_join(&LotRef::Known(self.lot), self.owner);
        let mut shape = who.shape()?;
        shape.text("what", &self.what);
        let marks = self.marks.as_deref().unwrap_or_default();
        marks.iter().for_each(|mark| shape.text("marks", mark));
        let is_twice = |index: usize| marks[..index].contains(&marks[index]);
        let is_counted = marks.is_empty() || usize::try_from(self.count) == Ok(marks.len());
        if !is_counted || (1..marks.len()).any(is_twice) {
            shape.invalid("marks", Fault::MarksNotCounted);
        }
        if self.count == 0 && self.kind != ItemKind::Found {
            shape.invalid("count", Fault::NoItems);
        }
        let own = self.said(shape.next_seq(), ask.effective, shape.time);
        let none = Items { key: self.key(), said: Vec::new() };
        match shape.books.items_of(&none.key).unwrap_or(&none).lacks(shape.books, &own) {
            None => {}
            Some(ItemsLack::Mark(text)) => shape.invalid("marks", Fault::MarkNotThere { text }),
            Some(ItemsLack::Count { there, day }) => {
                let text = format!("{there} {}", self.what);
                shape.invalid("count", Fault::ItemsTooFew { text, day });
            }
        }
        let mut state = shape.state()?;
        state.check_open(ask.effective, self.owner);
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        books.say_of_items(self.key(), self.said(seq, event.effective, event.time));
    }
}

act_rules!(CountItems {
    right: Write, asks: Keeper, seen: Concerned, nature: Observation, by_hand: No, periods: Nobody,
    undone: Corrected,
    line: Words(&["{lot}", "{site}", "{kind} {count} {what}", "{marks}"]),
    whose(act, _): vec![act.owner],
    uses(act, _): vec![Used { lot: act.lot, site: Some(act.site), units: None }],
    reference(act, _): act.reference.as_deref(),
    says(_): None,
    example: r#"{"lot": "LOT-2", "site": "Ibaraki", "owner": "JOGMEC", "what": "seal", "kind": "found", "count": 2,
        "marks": ["S-001", "S-002"], "reference": "X-9"}"#,
});
