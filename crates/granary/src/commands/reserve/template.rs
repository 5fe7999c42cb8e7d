//! A template: what is asked, the columns of the members' file, and the acts with their reasons. `templates/README.md` is the
//! manual of the form.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde::Deserialize;
use shell::Failure;

use super::super::query;

/// The templates that come with the program: name and text.
pub(super) const SHIPPED: [(&str, &str); 4] = [
    ("apterr", include_str!("../../../templates/apterr.toml")),
    ("iea-oil", include_str!("../../../templates/iea-oil.toml")),
    ("inro", include_str!("../../../templates/inro.toml")),
    ("g7-minerals", include_str!("../../../templates/g7-minerals.toml")),
];

/// How a template that cannot be read is mended.
pub(super) const HINT: &str = "`granary reserve new --template apterr --show` prints one that is right";

/// See the module.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Template {
    pub(super) about: String,
    /// Where it is written what the template says.
    #[expect(dead_code, reason = "it is for who reads the template")]
    sources: Vec<String>,
    /// What such an agreement has, and no act records.
    #[serde(default)]
    pub(super) lacks: Vec<String>,
    #[serde(default, rename = "setting")]
    pub(super) settings: Vec<Asked>,
    #[serde(rename = "column")]
    pub(super) columns: Vec<Asked>,
    #[serde(default, rename = "material")]
    pub(super) materials: Vec<BTreeMap<String, String>>,
    #[serde(rename = "act")]
    pub(super) steps: Vec<Step>,
    /// A members' file to begin with.
    pub(super) example: String,
}

/// A setting, or a column.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    pub(super) name: String,
    pub(super) help: String,
    #[serde(default)]
    default: Option<String>,
    /// What a bare number gets.
    #[serde(default)]
    unit: Option<String>,
    /// Of a column: may it be empty?
    #[serde(default)]
    pub(super) needed: bool,
    /// Of a setting: may it be left out though it has no default?
    #[serde(default)]
    optional: bool,
}

/// For what an act is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Each {
    Member,
    Material,
}

/// An act, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub(super) step: String,
    pub(super) why: String,
    pub(super) source: String,
    #[serde(default)]
    pub(super) each: Option<Each>,
    #[serde(default)]
    of: Option<Vec<String>>,
    #[serde(default)]
    pub(super) needs: Vec<String>,
    #[serde(rename = "as")]
    pub(super) party: String,
    #[serde(rename = "do")]
    pub(super) act: String,
    pub(super) with: toml::Table,
}

/// What stands for a name: none where it is left open.
pub(super) type Values = BTreeMap<String, Option<String>>;

/// The text of a template that comes with the program, or lies in a file.
pub(super) fn text(name: &str) -> Result<String, Failure> {
    if let Some((_, text)) = SHIPPED.iter().find(|(known, _)| *known == name) {
        return Ok((*text).to_owned());
    }
    let names = SHIPPED.map(|(name, _)| name);
    if !name.ends_with(".toml") {
        let meant = wire::nearest(name, names.iter().copied());
        let hint = meant.map_or_else(
            || format!("there are {}, or name a file", names.join(", ")),
            |meant| format!("did you mean `{meant}`?"),
        );
        return Err(Failure::wrong_use(format!("there is no template `{name}`")).hint(hint));
    }
    fs::read_to_string(name).map_err(|error| {
        Failure::new(format!("read the template `{name}`: {error}"))
            .hint(format!("name a file, or one of {}", names.join(", ")))
    })
}

impl Template {
    /// Reads one.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let template: Self = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        template.check()?;
        Ok(template)
    }

    /// Does each step have a name of its own, an act that there is, and names that stand for something?
    fn check(&self) -> Result<(), String> {
        let mut steps = BTreeSet::new();
        for step in &self.steps {
            let wrong = |problem: String| Err(format!("act `{}`: {problem}", step.step));
            if !steps.insert(&step.step) {
                return wrong("another act has this step".into());
            }
            if !wire::Act::WORDS.contains(&step.act.as_str()) {
                let meant = wire::nearest(&step.act, wire::Act::WORDS.iter().copied());
                let meant = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
                return wrong(format!("`{}` is no act{meant}", step.act));
            }
            let mut names: Vec<String> = step.needs.iter().chain(step.of()).cloned().collect();
            names_in(&toml::Value::String(step.party.clone()), &mut names);
            names_in(&toml::Value::Table(step.with.clone()), &mut names);
            if let Some(name) = names.iter().find(|name| !self.knows(name, step.each)) {
                return wrong(format!("`{{{name}}}` is no setting and no column"));
            }
        }
        Ok(())
    }

    fn knows(&self, name: &str, each: Option<Each>) -> bool {
        let is_in = |asked: &[Asked]| asked.iter().any(|asked| asked.name == name);
        // A piece of a list may stand for a row in an act that is done once.
        matches!(name, "reserve" | "operator" | "today")
            || is_in(&self.settings)
            || is_in(&self.columns)
            || each == Some(Each::Material) && self.materials.iter().any(|material| material.contains_key(name))
    }

    /// What stands for the settings, and for what is known of the reserve.
    pub(super) fn settings(
        &self,
        (reserve, operator): (&str, &str),
        said: &BTreeMap<String, String>,
    ) -> Result<Values, Failure> {
        let names: Vec<&str> = self.settings.iter().map(|setting| setting.name.as_str()).collect();
        if let Some(name) = said.keys().find(|name| !names.contains(&name.as_str())) {
            let meant = wire::nearest(name, names.iter().copied());
            let hint = meant
                .map_or_else(|| format!("there are {}", names.join(", ")), |meant| format!("did you mean `{meant}`?"));
            return Err(Failure::wrong_use(format!("the template asks for no `{name}`")).hint(hint));
        }
        let today = wire::date::show_day(query::now().utc_day());
        let known = [("reserve", reserve), ("operator", operator), ("today", today.as_str())];
        let mut values: Values =
            known.into_iter().map(|(name, value)| (name.to_owned(), Some(value.to_owned()))).collect();
        for setting in &self.settings {
            let said = said.get(&setting.name).filter(|value| !value.is_empty()).cloned();
            let value = setting.value(said, &values);
            if value.is_none() && !setting.optional {
                return Err(Failure::wrong_use(format!("say `{}`", setting.name))
                    .hint(format!("--set {}=...: {}", setting.name, setting.help)));
            }
            values.insert(setting.name.clone(), value);
        }
        Ok(values)
    }

    /// What the template says of a material.
    pub(super) fn material(&self, code: &str) -> Option<&BTreeMap<String, String>> {
        self.materials.iter().find(|material| material.get("material").is_some_and(|known| known == code))
    }
}

impl Asked {
    /// What stands for it: what was said, with its unit, or its default.
    pub(super) fn value(&self, said: Option<String>, values: &Values) -> Option<String> {
        let said = said.or_else(|| self.default.as_deref().and_then(|default| fill(default, values)))?;
        // Marks between digits are left to who reads the figure: what is wrong with them is no want of a unit.
        let is_bare = |text: &str| text.chars().all(|c| c.is_ascii_digit() || ".,' \u{a0}\u{202f}".contains(c));
        let unit = self.unit.as_deref().filter(|_| is_bare(&said)).and_then(|unit| fill(unit, values));
        Some(unit.map_or_else(|| said.clone(), |unit| format!("{said} {unit}")))
    }
}

impl Step {
    /// The columns that tell one such act from another.
    pub(super) fn of(&self) -> &[String] {
        static OF_MEMBER: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(|| vec!["code".to_owned()]);
        static OF_MATERIAL: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(|| vec!["material".to_owned()]);
        match (&self.of, self.each) {
            (Some(of), _) => of,
            (None, Some(Each::Member)) => &OF_MEMBER,
            (None, Some(Each::Material)) => &OF_MATERIAL,
            (None, None) => &[],
        }
    }
}

/// The names in braces, wherever they stand.
pub(super) fn names_in(value: &toml::Value, names: &mut Vec<String>) {
    match value {
        toml::Value::String(text) => {
            let found = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
            names.extend(found.map(|(name, _)| name.to_owned()));
        }
        toml::Value::Array(pieces) => pieces.iter().for_each(|piece| names_in(piece, names)),
        toml::Value::Table(table) => table.values().for_each(|value| names_in(value, names)),
        toml::Value::Integer(_) | toml::Value::Float(_) | toml::Value::Boolean(_) | toml::Value::Datetime(_) => {}
    }
}

/// A text with what its names stand for; none where one of them stands for nothing.
pub(super) fn fill(text: &str, values: &Values) -> Option<String> {
    let mut filled = String::new();
    let mut pieces = text.split('{');
    filled.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (name, rest) = piece.split_once('}').unwrap_or((piece, ""));
        filled.push_str(values.get(name)?.as_deref()?);
        filled.push_str(rest);
    }
    Some(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_that_comes_with_the_program_can_be_read_and_gives_its_reasons() {
        for (name, text) in SHIPPED {
            let template = Template::parse(text).unwrap_or_else(|problem| panic!("{name}: {problem}"));
            for step in &template.steps {
                assert!(step.why.len() > 10 && !step.source.is_empty(), "{name}: {}", step.step);
            }
            assert!(template.settings.iter().chain(&template.columns).all(|asked| !asked.help.is_empty()), "{name}");
            assert!(!template.lacks.is_empty(), "{name} says what no act records");
        }
    }

    #[test]
    fn a_name_that_stands_for_nothing_leaves_its_field_out() {
        let values: Values = [("a".to_owned(), Some("1".to_owned())), ("b".to_owned(), None)].into();
        assert_eq!(fill("x-{a}-y", &values).as_deref(), Some("x-1-y"));
        assert_eq!(fill("x-{a}-{b}", &values), None);
        assert_eq!(fill("plain", &values).as_deref(), Some("plain"));
    }

    #[test]
    fn a_template_that_is_wrong_says_where() {
        let text = |act: &str| {
            format!("about = 'a'\nsources = []\nexample = ''\n[[column]]\nname = 'code'\nhelp = 'h'\n{act}")
        };
        let act = |step: &str, word: &str, field: &str| {
            format!(
                "[[act]]\nstep = '{step}'\nwhy = 'w'\nsource = 's'\nas = '{{operator}}'\ndo = '{word}'\n[act.with]\nreserve = '{field}'\n"
            )
        };
        for (wrong, problem) in [
            (text(&act("a", "wind_upp", "{reserve}")), "did you mean `wind_up`?"),
            (text(&act("a", "wind_up", "{resrve}")), "`{resrve}` is no setting and no column"),
            (text(&(act("a", "wind_up", "R") + &act("a", "wind_up", "R"))), "another act has this step"),
            (text("[[act]]\nstop = 'a'\n"), "unknown field `stop`"),
        ] {
            let said = Template::parse(&wrong).expect_err("it is wrong");
            assert!(said.contains(problem), "{said}");
        }
        assert!(Template::parse(&text(&act("a", "wind_up", "{reserve}"))).is_ok());
    }
}
