//! What other ledgers have proven to this one.

use std::collections::HashMap;

use books::Seq;

use super::{sees_fact, shown};
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::known;
use crate::sight::Sight;
use crate::table::Table;
use crate::then;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{KnownAt, as_of};
use wire::date::show_day;

records! {
    /// Facts of other ledgers.
    Facts {
        /// Only of the log of this origin.
        origin: Option<String>,
        /// Only of this kind: the act, such as `dispatch`, `arrive` or `commit`.
        act: Option<String>,
        /// Only those with this code or reference.
        reference: Option<String>,
        /// Only what took effect there by this day, YYYY-MM-DD; everything where absent.
        as_of: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// One quantity of a fact; a fact without any is one line.
    FactLine {
        /// `<origin>#<event>`.
        fact: String as Code,
        /// The act there.
        act: String as Code,
        /// The day on which it took effect there.
        effective: String as Day,
        /// Who posted it there.
        party: String as Code,
        /// The code it gives, or the call it answers.
        code: Option<String> as Code,
        /// The sender's own reference.
        reference: Option<String> as Code,
        /// Whose stock or promise it is.
        owner: Option<String> as Code,
        /// For whom.
        to: Option<String> as Code,
        /// The reserve or agreement.
        reserve: Option<String> as Code,
        /// The site it leaves or lies at.
        source: Option<String> as Code,
        /// The site it goes to.
        target: Option<String>,
        /// The event there which it reverses.
        reverses: Option<u64> as Event,
        /// The lot.
        lot: Option<String> as Code,
        /// The material; absent of money.
        material: Option<String> as Code,
        /// How much.
        quantity: Option<String> as Quantity,
        /// Unit of the quantity.
        unit: Option<String> as Code,
        /// Reversed there since, as a later fact says.
        reversed: bool,
        /// Witnesses of the policy that cosigned the tree which proves it.
        cosigned: String,
        /// Entries of that tree.
        size: u64,
        /// The event here that recorded it.
        event: u64 as Event,
    }

    /// Facts in the order in which they were recorded here.
    FactsAnswer {
        /// One line for each quantity.
        facts: Vec<FactLine>,
    }
}

impl Question for Facts {
    const NAME: &'static str = "facts";
    const ABOUT: &'static str =
        "Proven facts of other ledgers: commitments, dispatches, arrivals, and who cosigned them.";
    type Answer = FactsAnswer;

    fn table(answer: &FactsAnswer) -> Table<'_> {
        Table::of(answer, &answer.facts)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        then::wants(view, self.known_at.as_ref())
    }

    fn answer(&self, view: &dyn View) -> Result<FactsAnswer, Problem> {
        then::answer(view, self.known_at.as_ref(), |view| self.known(view))
    }
}

impl Facts {
    fn known(&self, view: &dyn View) -> Result<FactsAnswer, Problem> {
        let as_of = as_of(self.as_of.as_ref())?;
        let is_by_then = |fact: &&books::fact::Fact| as_of.is_none_or(|day| fact.says.effective <= day);
        let (books, sight) = (view.books(), Sight::of(view));
        let seen = books.facts().iter().filter(|fact| sees_fact(&sight, books, fact));
        let told = seen.clone().flat_map(|fact| [fact.says.code.as_deref(), fact.says.reference.as_deref()]);
        known("reference", self.reference.as_ref(), told.flatten())?;
        known("origin", self.origin.as_ref(), books.trusted_logs().iter().map(|log| log.code.as_str()))?;
        // A ledger of another release may know an act that this one does not.
        let told = seen.map(|fact| fact.says.act.as_str());
        known("act", self.act.as_ref(), wire::Act::WORDS.iter().copied().chain(told))?;
        let mut reversed: HashMap<(u32, Seq), ()> = HashMap::new();
        for fact in books.facts().iter().filter(is_by_then) {
            reversed.extend(fact.says.reverses.map(|seq| ((fact.log.0, seq), ())));
        }
        let mut answer = FactsAnswer::default();
        for fact in books.facts().iter().filter(is_by_then).filter(|fact| sees_fact(&sight, books, fact)) {
            let says = &fact.says;
            let is_named = |name: &String| says.code.as_ref() == Some(name) || says.reference.as_ref() == Some(name);
            let is_wanted = self.origin.as_ref().is_none_or(|origin| *origin == says.origin)
                && self.act.as_ref().is_none_or(|act| *act == says.act)
                && self.reference.as_ref().is_none_or(is_named);
            if !is_wanted {
                continue;
            }
            let line = FactLine {
                fact: fact.code.clone(),
                act: says.act.clone(),
                effective: show_day(says.effective),
                party: says.party.clone(),
                code: says.code.clone(),
                reference: says.reference.clone(),
                owner: says.owner.clone(),
                to: says.to.clone(),
                reserve: says.reserve.clone(),
                source: says.source.clone(),
                target: says.target.clone(),
                reverses: says.reverses.map(|seq| seq.0),
                reversed: reversed.contains_key(&(fact.log.0, says.event)),
                cosigned: fact.cosigned.join(", "),
                size: fact.size,
                event: fact.seq.0,
                ..FactLine::default()
            };
            if says.lines.is_empty() {
                answer.facts.push(line);
                continue;
            }
            for told in &says.lines {
                let (quantity, unit) = shown(books, told);
                answer.facts.push(FactLine {
                    lot: told.lot.clone(),
                    material: told.material.clone(),
                    quantity: Some(quantity),
                    unit: Some(unit),
                    ..line.clone()
                });
            }
        }
        Ok(answer)
    }
}
