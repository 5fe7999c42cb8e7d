//! What a catalogue's entries ask for: for the tests that hold the lists in code against every catalogue.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

use crate::CATALOGUES;

/// What an entry, or one of its attributes, asks for.
#[derive(Debug, Default)]
pub struct Asked {
    /// Facts, by name.
    pub variables: BTreeSet<String>,
    /// Other entries.
    pub entries: BTreeSet<String>,
}

impl Asked {
    fn pattern(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                self.expression(expression);
            }
        }
    }

    fn expression(&mut self, expression: &Expression<&str>) {
        match expression {
            Expression::Inline(inline) => self.inline(inline),
            Expression::Select { selector, variants } => {
                self.inline(selector);
                variants.iter().for_each(|variant| self.pattern(&variant.value));
            }
        }
    }

    fn inline(&mut self, inline: &InlineExpression<&str>) {
        match inline {
            InlineExpression::VariableReference { id } => drop(self.variables.insert(id.name.to_owned())),
            InlineExpression::MessageReference { id, attribute: None } => {
                self.entries.insert(id.name.to_owned());
            }
            InlineExpression::Placeable { expression } => self.expression(expression),
            InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
            other => panic!("catalogues do without this: {other:?}"),
        }
    }
}

/// Every entry of a catalogue, and every attribute as `entry.attribute`, with what it asks for.
///
/// # Panics
/// Where it is no catalogue, or an entry stands in it twice.
#[must_use]
pub fn entries(catalogue: &str) -> BTreeMap<String, Asked> {
    let resource = parser::parse(catalogue).unwrap_or_else(|(_, errors)| panic!("{errors:?}"));
    let mut found = BTreeMap::new();
    for entry in &resource.body {
        let Entry::Message(message) = entry else { continue };
        let parts = message.value.iter().map(|value| (message.id.name.to_owned(), value));
        let attributes = message.attributes.iter();
        let attributes = attributes.map(|part| (format!("{}.{}", message.id.name, part.id.name), &part.value));
        for (name, pattern) in parts.chain(attributes) {
            let mut asked = Asked::default();
            asked.pattern(pattern);
            assert!(found.insert(name.clone(), asked).is_none(), "`{name}` stands there twice");
        }
    }
    found
}

/// Where a list of what is said and the catalogues differ: entries that one of them lacks, facts that nobody gives, hints that
/// English has and another lacks, and facts that English leaves out, so that its sentence is a poorer one.
#[must_use]
pub fn differences(prefix: &str, listed: &[(&str, &[&str])]) -> Vec<String> {
    let mut wrong = Vec::new();
    let english = entries(CATALOGUES[0].1);
    for (tag, catalogue) in CATALOGUES {
        let found = entries(catalogue);
        let name_of = |word: &str| format!("{prefix}-{word}");
        for (word, given) in listed {
            let name = name_of(word);
            if !found.contains_key(&name) {
                wrong.push(format!("`{tag}` lacks `{name}`"));
            }
            let hint = format!("{name}.hint");
            if found.contains_key(&hint) != english.contains_key(&hint) {
                wrong.push(format!("`{tag}`: `{hint}` is there, or is not, other than in English"));
            }
            let asked: Vec<&Asked> = [&name, &hint].into_iter().filter_map(|name| found.get(name)).collect();
            let parts = asked.iter().flat_map(|asked| &asked.entries).filter_map(|part| found.get(part));
            let told: BTreeSet<&str> =
                parts.chain(asked.iter().copied()).flat_map(|asked| &asked.variables).map(String::as_str).collect();
            let foreign = told.iter().filter(|variable| !given.contains(variable));
            wrong.extend(foreign.map(|variable| format!("`{tag}`: `{name}` asks for `{variable}`")));
            if *tag == CATALOGUES[0].0 {
                let untold = given.iter().filter(|fact| !told.contains(*fact));
                wrong.extend(untold.map(|fact| format!("`{name}` does not tell `{fact}`")));
            }
        }
        let ours = found.keys().filter(|name| !name.contains('.') && name.starts_with(&format!("{prefix}-")));
        let superfluous = ours.filter(|name| !listed.iter().any(|(word, _)| name_of(word) == **name));
        wrong.extend(superfluous.map(|name| format!("`{tag}` says `{name}`, which nobody asks for")));
    }
    wrong
}
