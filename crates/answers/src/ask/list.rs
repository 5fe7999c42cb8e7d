//! What is registered, and what is open.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::listing::{Listed, list};
use crate::problem::Problem;
use crate::question::Question;
use crate::view::View;

/// What is registered, and what is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct List {
    /// What to list.
    pub what: Listed,
}

/// What is registered or open, in the order of registration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListAnswer {
    /// One object for each; its fields are those of its kind.
    pub lines: Vec<Map<String, Value>>,
}

impl Question for List {
    const NAME: &'static str = "list";
    const ABOUT: &'static str =
        "What is registered and what is open: parties, materials, sites, lots, encumbrances, ...";
    const LINES: Option<&'static str> = Some("lines");
    type Answer = ListAnswer;

    fn answer(&self, view: &dyn View) -> Result<ListAnswer, Problem> {
        Ok(ListAnswer { lines: list(view, self.what) })
    }
}
