//! The source's words for our codes: known, or asked.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{units, words};
use super::{SECTION, Writer, list, quoted};

impl Writer<'_, '_> {
    pub(super) fn codes(&mut self, column: &str, what: &str) -> Vec<String> {
        let words: BTreeSet<String> = match column {
            SECTION => self.found.table.rows.iter().filter_map(|row| row.section()).map(str::to_owned).collect(),
            column => self.words(column),
        };
        let code = |word: &String| {
            let answer = self.found.ask(&format!("{what} {word}"), format!("which {what} is `{word}`?"), &[])?;
            Some(format!("{} = {}", quoted(word), quoted(&answer)))
        };
        words.iter().filter_map(code).collect()
    }

    pub(super) fn units(&mut self, column: &str) -> Vec<String> {
        let words = self.words(column);
        let factor = self.factor();
        let unit = |word: &String| {
            let known = if words::is_mbbl(word) { None } else { units::unit(word) };
            let known = match &factor {
                Some(Ok(factor)) => known.and_then(|unit| units::multiplied(factor, &unit)),
                Some(Err(())) => None,
                None => known,
            };
            let question = format!("which unit is `{word}`?");
            let answer = known.or_else(|| self.found.ask(&format!("unit {word}"), question, &[]))?;
            Some(format!("{} = {}", quoted(word), quoted(&answer)))
        };
        words.iter().filter_map(unit).collect()
    }

    /// A column of factors beside the unit (`SCALAR_FACTOR`, `UNIT_MULT`): its word where all rows have one, an error where not.
    fn factor(&self) -> Option<Result<String, ()>> {
        let names = ["scalar_factor", "scalar factor", "unit_mult", "unit multiplier", "multiplier", "powercode"];
        let columns = &self.found.table.columns;
        let column = columns.iter().find(|column| names.contains(&column.name.to_lowercase().as_str()))?;
        let words: BTreeSet<String> = self.words(&column.name);
        match words.iter().collect::<Vec<_>>()[..] {
            [] => None,
            [only] => Some(Ok(only.clone())),
            _ => Some(Err(())),
        }
    }

    pub(super) fn ways(&mut self, column: &str) -> Vec<String> {
        let mut ways: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for word in self.words(column) {
            let question = format!("`{word}` in `{column}`: in, out, or no movement?");
            let known = words::way(&word).map(str::to_owned);
            if let Some(way) =
                known.or_else(|| self.found.ask(&format!("way {word}"), question, &["in", "out", "none"]))
            {
                ways.entry(way).or_default().push(word);
            }
        }
        ways.iter().map(|(way, words)| format!("{way} = {}", list(words))).collect()
    }
}
