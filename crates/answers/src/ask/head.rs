//! How far the answers go.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wire::date::show_moment;

use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;

/// How far the answers go: which ledger, up to which event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Head {}

records! {
    /// How far the answers go.
    HeadAnswer {
        /// Name under which the ledger signs.
        origin: String as Code,
        /// The last event that answers know of.
        seq: u64 as Event,
        /// When it was recorded, RFC 3339; none before the first event.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        recorded_at: Option<String> as Moment,
    }
}

impl Question for Head {
    const NAME: &'static str = "head";
    const ABOUT: &'static str = "How far the answers go: which ledger, up to which event.";
    type Answer = HeadAnswer;

    fn table(answer: &HeadAnswer) -> Table<'_> {
        Table::row(answer)
    }

    fn wants(&self, _: &dyn View) -> Result<Wants, Problem> {
        Ok(Wants::nothing())
    }

    fn answer(&self, view: &dyn View) -> Result<HeadAnswer, Problem> {
        let books = view.books();
        let recorded_at = (books.head().0 > 0).then(|| show_moment(books.recorded_at()));
        Ok(HeadAnswer { origin: books.origin().to_owned(), seq: books.head().0, recorded_at })
    }
}
