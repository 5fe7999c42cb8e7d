//! Verdicts in the order in which commands were given, whatever of them is known at once and whatever is on its way.

use crate::Malformed;
use crate::verdict::Verdict;

/// Where a command stood: in a file, or in a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// Its line, from 1.
    pub line: u64,
    /// Its column, where a table was loaded.
    pub column: Option<String>,
    /// Its place in a group, from 1.
    pub place: Option<u32>,
}

/// One place for each verdict, in order.
#[derive(Debug, Default)]
pub struct Slots {
    slots: Vec<Slot>,
    asked_count: usize,
}

#[derive(Debug)]
enum Slot {
    Known(Box<Verdict>),
    Asked(Label),
}

/// Whoever decides gave fewer verdicts than it was given commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not every command was answered")]
pub struct Unanswered;

impl Label {
    /// A verdict, with where its command stood.
    #[must_use]
    pub fn of(self, verdict: Verdict) -> Verdict {
        let column = self.column.filter(|column| !column.is_empty());
        Verdict { line: Some(self.line), column, place: self.place, ..verdict }
    }
}

impl Slots {
    /// A place for the verdict on a command that is on its way.
    pub fn ask(&mut self, label: Label) {
        self.slots.push(Slot::Asked(label));
        self.asked_count += 1;
    }

    /// What stood there is no command: that is known at once.
    pub fn note(&mut self, label: Label, malformed: &Malformed) {
        self.slots.push(Slot::Known(Box::new(label.of(malformed.into()))));
    }

    /// A verdict that is known already.
    pub fn tell(&mut self, verdict: Verdict) {
        self.slots.push(Slot::Known(Box::new(verdict)));
    }

    /// How many verdicts there will be.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Are there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// All verdicts, in order, with those that came back for the commands on their way.
    ///
    /// # Errors
    /// When there are fewer of those than commands.
    pub fn land(self, verdicts: Vec<Verdict>) -> Result<impl Iterator<Item = Verdict>, Unanswered> {
        if verdicts.len() < self.asked_count {
            return Err(Unanswered);
        }
        let mut verdicts = verdicts.into_iter();
        Ok(self.slots.into_iter().map(move |slot| match slot {
            Slot::Known(verdict) => *verdict,
            Slot::Asked(label) => label.of(verdicts.next().expect("counted: one for each command")),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::Outcome;

    #[test]
    fn verdicts_come_in_the_order_of_what_was_given() {
        let label = |line| Label { line, column: Some(if line == 1 { "stock" } else { "" }.into()), place: None };
        let mut slots = Slots::default();
        slots.ask(label(1));
        slots.note(label(2), &Malformed::maker());
        slots.ask(label(3));
        let back = || vec![Verdict::of(Outcome::Accepted, None), Verdict::of(Outcome::Duplicate, None)];
        assert!(Slots { slots: Vec::new(), asked_count: 3 }.land(back()).is_err());
        let landed: Vec<_> = slots.land(back()).expect("enough").map(|it| (it.line, it.column, it.outcome)).collect();
        let stock = Some("stock".to_owned());
        assert_eq!(
            landed,
            [
                (Some(1), stock, Outcome::Accepted),
                (Some(2), None, Outcome::Invalid),
                (Some(3), None, Outcome::Duplicate)
            ]
        );
    }
}
