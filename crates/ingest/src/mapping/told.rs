//! A mapping in words, for who looks at it before it is used.

use super::{Key, Mapping, Rule, RuleKind};

impl Mapping {
    /// What each column is, in a line each.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        let mut told = vec![format!("column `{}`: the day", self.date)];
        let Key { site, lot, material, unit, way, from, to, dispatch } = &self.key;
        let keys = [
            ("dispatch", dispatch),
            ("site", site),
            ("lot", lot),
            ("material", material),
            ("unit", unit),
            ("way", way),
            ("from", from),
            ("to", to),
        ];
        for (what, columns) in keys {
            told.extend(columns.iter().map(|columns| format!("column `{}`: the {what}", columns.list().join("`, `"))));
        }
        for Rule { column, kind, unit, site, lot, material, to, .. } in &self.column {
            let kind = match kind {
                RuleKind::Stock => "stock",
                RuleKind::Inflow => "what came in",
                RuleKind::Outflow => "what went out",
                RuleKind::Count => "what was counted",
                RuleKind::Movement => "what moved",
                RuleKind::Dispatch => "what was sent",
                RuleKind::Arrival => "what arrived",
            };
            let mut line = format!("column `{column}`: {kind}");
            for (said, text) in [
                (unit, format!(", in {unit}")),
                (lot, format!(", of lot `{lot}`")),
                (material, format!(" ({material})")),
                (site, format!(" at `{site}`")),
                (to, format!(" to `{to}`")),
            ] {
                if !said.is_empty() {
                    line.push_str(&text);
                }
            }
            told.push(line);
        }
        let notes = [
            (&self.reference, "what the source calls a movement"),
            (&self.published, "the day of publication"),
            (&self.flag, "flags"),
        ];
        told.extend(notes.iter().filter_map(|(column, what)| Some(format!("column `{}`: {what}", column.as_ref()?))));
        told
    }
}
