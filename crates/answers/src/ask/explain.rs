//! Why a day looks different now from how it looked then.

use books::material::Material;
use books::{MaterialNo, Seq};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wire::value::show_number;
use wire::view::EventView;

use super::positions::basis;
use crate::difference::{Counted, difference, wanted};
use crate::figure::{Breadth, Figure, Told};
use crate::position::Filter;
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::sight::Sight;
use crate::table::{Cell, Column, Field, Kind, Record, Table, UnitAt};
use crate::view::View;
use crate::wants::Wants;
use crate::when::{KnownAt, day};
use crate::why::Why;

/// Why a day looks different now from how it looked then, event by event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Explain {
    /// Which stock: one material, or one lot.
    #[serde(flatten)]
    pub filter: Filter,
    /// The day, YYYY-MM-DD.
    pub as_of: String,
    /// As known after this event, or at this time.
    pub known_at: KnownAt,
    /// Compared with what was known after this event, or at this time; now where absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub and: Option<KnownAt>,
    /// Restated in this basis by each lot's assay: REO, contained:Nd, ... What no assay restates counts nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub basis: Option<String>,
}

records! {
    /// A position as of a day, as known twice, and every event between that changed it. The changes add up, exactly.
    ExplainAnswer {
        /// The day.
        as_of: String as Day,
        /// Unit of the numbers.
        unit: String as Code,
        /// What they count.
        basis: String as Code,
        /// The earlier state of knowledge: after this event.
        known_at: u64 as Event,
        /// On hand as known then.
        then: Figure as Quantity,
        /// The later state of knowledge: after this event.
        and: u64 as Event,
        /// On hand as known later.
        now: Figure as Quantity,
        /// Need a day as known then, where one was set.
        need_then: Option<String> as Quantity,
        /// Need a day as known later.
        need_now: Option<String> as Quantity,
        /// Goal as known then.
        goal_then: Option<String> as Quantity,
        /// Goal as known later.
        goal_now: Option<String> as Quantity,
        /// The events between that changed it, and those that changed need or goal.
        events: Vec<ExplainedEvent>,
    }
}

/// One event's part of the difference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExplainedEvent {
    /// The event.
    pub seq: u64,
    /// What it changed on or before the day.
    pub change: String,
    /// The event itself.
    pub event: EventView,
}

impl Record for ExplainedEvent {
    fn columns() -> Vec<Column> {
        let change = Column::new("change", Kind::Number).unit(UnitAt::InRow);
        EventView::columns().into_iter().chain([change]).collect()
    }

    fn cells(&self) -> Vec<Cell<'_>> {
        self.event.cells().into_iter().chain([Cell::number(self.change.as_str())]).collect()
    }
}

impl Field for ExplainedEvent {
    const KIND: Kind = Kind::Records;

    fn cell(&self) -> Cell<'_> {
        Cell::Nothing
    }
}

impl Question for Explain {
    const NAME: &'static str = "explain";
    const ABOUT: &'static str = "Why a day looks different now from how it looked then, event by event.";
    type Answer = ExplainAnswer;

    fn table(answer: &ExplainAnswer) -> Table<'_> {
        Table::of(answer, &answer.events)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        let (_, counted, (then, now)) = self.read(view)?;
        let now = self.and.as_ref().map(|_| now);
        Ok(wanted(&counted, then, now))
    }

    fn answer(&self, view: &dyn View) -> Result<ExplainAnswer, Problem> {
        let sight = Sight::of(view);
        let (facts, counted, (then, now)) = self.read(view)?;
        let found = difference(view, &counted, (then, now))?;
        let number = |units: i128| show_number(facts, units);
        // What it adds up is what is seen, also for whoever is told sums.
        let told = |units: i128| match sight.breadth(&counted.filter) {
            Breadth::Whole => Told::Whole(units).figure(number),
            Breadth::Totals | Breadth::Part => Told::AtLeast(units).figure(number),
        };
        let events = found.events.iter().filter_map(|event| {
            let shown = view.gathered().show(&sight, event.seq, event.event)?;
            Some(ExplainedEvent { seq: event.seq.0, change: number(event.change), event: shown })
        });
        let wanted = |known_at| counted.wanted(view, known_at).map(|own| own.map(|own| number(own.units().into())));
        let ([need_then, goal_then], [need_now, goal_now]) = (wanted(then), wanted(now));
        Ok(ExplainAnswer {
            as_of: self.as_of.clone(),
            unit: facts.shown.to_string(),
            basis: counted.basis.unwrap_or(facts.basis).to_string(),
            known_at: then.0,
            then: told(found.then),
            and: now.0,
            now: told(found.now),
            need_then,
            need_now,
            goal_then,
            goal_now,
            events: events.collect(),
        })
    }
}

/// Of what, which stock, as of when, between which events.
type Explained<'v> = (&'v Material, Counted, (Seq, Seq));

impl Explain {
    /// Of what, as of when, between which events.
    fn read<'v>(&self, view: &'v dyn View) -> Result<Explained<'v>, Problem> {
        let books = view.books();
        self.filter.check_known(view)?;
        let material = material_of(view, &self.filter)?;
        let facts = books.material(material);
        let filter = Filter { material: Some(facts.code.clone()), ..self.filter.clone() };
        let as_of = day("as_of", &self.as_of)?;
        let then = self.known_at.seq("known_at", view)?;
        let now = self.and.as_ref().map_or(Ok(books.head()), |and| and.seq("and", view))?;
        if now < then {
            return Err(Problem::bad_field("and", Why::AndBefore));
        }
        let basis = self.basis.as_deref().map(basis).transpose()?.filter(|basis| *basis != facts.basis);
        Ok((facts, Counted::new(filter, material, as_of, basis), (then, now)))
    }
}

/// One material's difference; quantities of two materials are never added.
fn material_of(view: &dyn View, filter: &Filter) -> Result<MaterialNo, Problem> {
    let books = view.books();
    let named = filter.material.as_deref().and_then(|code| books.material_no(code));
    let of_lot = filter.lot.as_deref().map(|code| Sight::of(view).lot(code)).transpose()?;
    let of_lot = of_lot.map(|lot| books.lot(lot).facts.material);
    let only = (books.materials().len() == 1).then_some(MaterialNo(0));
    named.or(of_lot).or(only).ok_or_else(|| Problem::bad_field("material", Why::OneMaterial))
}
