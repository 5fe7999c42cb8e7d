//! What is registered, and what is open.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::listing::{Listed, rows};
use crate::page::{Behind, LINE_COUNT_MAX, LINES_A_STEP, Ready, digest};
use crate::problem::{Problem, check_limit};
use crate::question::Question;
use crate::table::{Cell, Column, Kind, Table};
use crate::then;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{KnownAt, as_of};
use crate::why::Why;

/// What is registered, and what is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct List {
    /// What to list.
    pub what: Listed,
    /// As of this day, YYYY-MM-DD; today where absent. What has no days is asked as known only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub as_of: Option<String>,
    /// As known at this event, or this time; as known now where absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub known_at: Option<KnownAt>,
    /// At most this many lines, and at least 1; 20,000 where absent, and at most.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub limit: Option<u64>,
    /// Go on behind a part of the answer: what it said as `next`. The rest of the question must be the same; the state of
    /// knowledge and the day are those of the first part.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub page: Option<String>,
}

/// What is registered or open, in the order of registration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListAnswer {
    /// What is listed; an answer of an older release does not say it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub what: Option<Listed>,
    /// One object for each; its fields are those of its kind.
    pub lines: Vec<Map<String, Value>>,
    /// Where there are more lines: the `page` that goes on behind these.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next: Option<String>,
}

impl Question for List {
    const NAME: &'static str = "list";
    const ABOUT: &'static str =
        "What is registered and what is open: parties, materials, sites, lots, encumbrances, ...";
    type Answer = ListAnswer;

    fn table(answer: &ListAnswer) -> Table<'_> {
        let columns = answer.what.map(Listed::columns).unwrap_or_default();
        let shown = columns.clone();
        let next = answer.next.clone().map(|next| ("page", next));
        Table::new(shown, answer.lines.iter().map(move |line| cells(&columns, line))).page(None, next)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        check_limit(self.limit)?;
        if as_of(self.as_of.as_ref())?.is_some() && !self.what.has_days() {
            return Err(Problem::bad_field("as_of", Why::NoDay { text: self.what.word() }));
        }
        let mut left = self.limit.unwrap_or(LINE_COUNT_MAX).min(LINE_COUNT_MAX);
        let (digest, mut part) = (digest(&Self { page: None, limit: None, ..self.clone() }), self.clone());
        // A page is of what was known when the first one was asked for. Else what is known now may be more by the next step.
        let behind = self.page.as_ref().map(|text| Behind::read(text, &digest, view)).transpose()?;
        let of_page = behind.map(|behind| KnownAt::Seq(behind.0));
        let known_at = KnownAt::optional(of_page.as_ref().or(self.known_at.as_ref()), view)?;
        let known_at = known_at.filter(|seq| *seq < view.books().head()).map(|seq| KnownAt::Seq(seq.0));
        let of_then = then::wants(view, known_at.as_ref())?;
        let steps = Wants::steps(move |ready: &mut Ready<ListAnswer>, view| {
            part.limit = Some(left.min(LINES_A_STEP));
            let next = then::answer(view, known_at.as_ref(), |view| part.part(view, &digest))?;
            if view.is_short() {
                return Ok(true);
            }
            part.page.clone_from(&next.next);
            left = left.saturating_sub(next.lines.len() as u64);
            let goes_on = next.next.is_some() && left > 0;
            ready.add(next, |ready, next| {
                ready.lines.extend(next.lines);
                ready.next = next.next;
            });
            Ok(goes_on)
        });
        Ok(of_then.and(steps))
    }

    fn answer(&self, view: &dyn View) -> Result<ListAnswer, Problem> {
        Ok(view.folded::<Ready<ListAnswer>>()?.take().unwrap_or_default())
    }
}

impl List {
    /// A part of the answer. What is registered keeps its number, so that every part goes on where the last one ended; what of it is
    /// left, and what is overdue, is so on the day of the first.
    fn part(&self, view: &dyn View, digest: &str) -> Result<ListAnswer, Problem> {
        let behind = self.page.as_ref().map(|text| Behind::read(text, digest, view)).transpose()?;
        let from = behind.as_ref().map_or(Ok(0), Behind::row)?;
        let now = behind.as_ref().map_or(view.now(), Behind::moment);
        let limit = self.limit.unwrap_or(LINE_COUNT_MAX) as usize;
        let mut answer = ListAnswer { what: Some(self.what), ..ListAnswer::default() };
        let day = as_of(self.as_of.as_ref())?;
        for row in rows(view, self.what, (day, now), from) {
            let (row, lines) = row?;
            if answer.lines.len() >= limit {
                let head = view.books().head().0;
                answer.next = Some(Behind(head, now.0, digest.to_owned(), vec![row.to_string()]).text());
                break;
            }
            answer.lines.extend(lines);
        }
        Ok(answer)
    }
}

fn cells<'a>(columns: &[Column], line: &'a Map<String, Value>) -> Vec<Cell<'a>> {
    let cell = |column: &Column| match line.get(&*column.name) {
        None | Some(Value::Null) => Cell::Nothing,
        Some(Value::String(text)) if column.kind == Kind::Number => Cell::number(text.as_str()),
        Some(Value::String(text)) => Cell::text(text.as_str()),
        Some(Value::Bool(flag)) => Cell::Flag(*flag),
        Some(value) => Cell::text(value.to_string()),
    };
    columns.iter().map(cell).collect()
}
