//! Checks a fact: its proof, and whatever of its words can be read out of the entry.

use chain::{Fact, Since};

use crate::acts::act_word;
use crate::check::{Known, read_old, settle};
use crate::day::days_of;
use crate::entry::{Facts, OwnWords};
use crate::finding::{Checked, Finding};
use crate::keys::speaking;
use crate::linked::Way;

/// What of a fact is the word of the log's key, and no more.
const SIGNED_ONLY: &str = "party, owner, to, reserve, source, target, lots, materials and units";

/// Decimals of the finest quantity.
const DECIMALS_MAX: usize = 18;

pub(crate) fn check_fact(place: &str, bytes: &[u8], known: &Known) -> Result<Checked, Finding> {
    let bad = |error: &dyn std::error::Error| Finding::of("bad_fact", place, error);
    let fact = Fact::parse(bytes).map_err(|error| bad(&error))?;
    let trusted = fact.verify(&known.policy, None).map_err(|error| bad(&error))?;
    let tree = &trusted.checkpoint;
    fact.statement.verify(&speaking(known, tree)).map_err(|error| bad(&error))?;
    // What the log says of a size on its way to its own tree is proven: another root of that size is another history.
    let own = match &fact.since {
        None => None,
        Some(Since { size, root, proof }) => {
            let old = known.old.as_ref().map(|old| read_old(old, known)).transpose()?;
            if old.is_some_and(|(old, _)| old.origin == tree.origin && old.size == *size && old.root != *root) {
                let problem = format!("split view: the log signed another tree of {size} entries before");
                return Err(Finding::new("split_view", place, problem));
            }
            Some(Way { old_size: *size, size: tree.size, root: tree.root, proof })
        }
    };
    let facts = Facts::read(&fact.entry).filter(|facts| facts.outcome == "done");
    let (facts, says) = facts.zip(OwnWords::read(&fact.entry)).ok_or_else(|| {
        Finding::new("bad_fact", place, "the entry is not an event that was done and is told to others")
    })?;
    let statement = Statement { text: fact.statement.text(), place };
    let event = fact.receipt.index + 1;
    let id: String = facts.id.iter().map(|byte| format!("{byte:02x}")).collect();
    let act = facts.act.and_then(act_word).unwrap_or("an act that is not known");
    statement.says("origin", &[tree.origin.as_str()])?;
    statement.says("event", &[event.to_string().as_str()])?;
    statement.says("id", &[id.as_str()])?;
    statement.says("recorded", &[facts.recorded_us.to_string().as_str()])?;
    statement.says("act", &[act])?;
    let effective = statement.words("effective");
    if effective.len() != 1 || days_of(effective[0].1) != Some(facts.effective) {
        let problem = format!("the entry takes effect on day {} since 1970", facts.effective);
        return Err(statement.differs("effective", &problem));
    }
    // The codes of an arrival, or of an answer to a call, are numbers in the entry: the word of the log's key.
    if let Some(code) = says.code {
        statement.says("code", &[code])?;
    }
    statement.says("reference", says.reference.as_slice())?;
    let reverses = says.reverses.map(|event| event.to_string());
    statement.says("reverses", &reverses.iter().map(String::as_str).collect::<Vec<_>>())?;
    let told: Vec<Option<u128>> = statement.words("quantity").iter().map(|(_, quantity)| units_of(quantity)).collect();
    if !told.iter().copied().eq(says.quantities.iter().map(|units| Some(u128::from(*units)))) {
        let problem = format!("the entry has {:?} accounting units", says.quantities);
        return Err(statement.differs("quantity", &problem));
    }
    let checked = Checked::of("fact").with("event", event).with("act", act);
    let checked = checked.with("effective", effective[0].1).with("party", statement.word("party"));
    Ok(settle(checked, &trusted, &fact.receipt.checkpoint, own, place, known)?.with("only signed", SIGNED_ONLY))
}

/// The lines of a statement.
struct Statement<'f> {
    text: &'f str,
    place: &'f str,
}

impl<'f> Statement<'f> {
    /// Every line of a name, with its number.
    fn words(&self, name: &str) -> Vec<(usize, &'f str)> {
        let lines = (1..).zip(self.text.lines());
        lines
            .filter_map(|(at, line)| line.split_once(' ').filter(|(found, _)| *found == name).map(|it| (at, it.1)))
            .collect()
    }

    fn word(&self, name: &str) -> &'f str {
        self.words(name).first().map_or("", |(_, word)| word)
    }

    /// It says exactly this under a name, as the entry does.
    fn says(&self, name: &str, expected: &[&str]) -> Result<(), Finding> {
        if self.words(name).iter().map(|(_, word)| *word).eq(expected.iter().copied()) {
            return Ok(());
        }
        let expected = if expected.is_empty() { "nothing".to_owned() } else { format!("`{}`", expected.join("`, `")) };
        Err(self.differs(name, &format!("the entry says {expected}")))
    }

    fn differs(&self, name: &str, problem: &str) -> Finding {
        let place = match self.words(name).first() {
            Some((line, _)) => format!("{}, line {line}", self.place),
            None => self.place.to_owned(),
        };
        Finding::new(
            "statement_differs",
            place,
            format!("the statement says otherwise of `{name}` than the entry: {problem}"),
        )
    }
}

/// The accounting units of `<number> <unit> <decimals kept>`.
fn units_of(quantity: &str) -> Option<u128> {
    let mut words = quantity.split(' ');
    let (number, _unit, decimals) = (words.next()?, words.next()?, words.next()?);
    let kept: usize = decimals.parse().ok().filter(|kept| *kept <= DECIMALS_MAX)?;
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{decimals}{}", "0".repeat(kept.checked_sub(decimals.len())?));
    let is_plain = !whole.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_plain && words.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::units_of;

    #[test]
    fn a_quantity_is_counted_in_the_decimals_that_are_kept() {
        for (text, units) in [
            ("12.5 t 3", Some(12_500)),
            ("9000000000 mg 0", Some(9_000_000_000)),
            ("0 kg 2", Some(0)),
            ("1.25 t 1", None),
        ] {
            assert_eq!(units_of(text), units, "{text}");
        }
        for wrong in ["", "1", "1 t", "1 t 3 4", "-1 t 3", ".5 t 3", "1 t 19", "1e3 t 3"] {
            assert_eq!(units_of(wrong), None, "{wrong}");
        }
    }
}
