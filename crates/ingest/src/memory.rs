//! What a load asks of the books: what is registered, what accounts held, and what became of a command.

use std::collections::BTreeMap;

use answers::Problem;
use jiff::civil::Date;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::mapping::Column;
use crate::report::Registry;

/// See the module. A load asks as it reads; it asks of nothing that the source does not speak of.
pub trait Memory {
    /// How many events there are.
    fn event_count(&self) -> u64;

    /// Is what a command would register there already?
    fn is_registered(&self, command: &Map<String, Value>) -> bool;

    /// What the party's account of a column's lot at its site held at the end of each day from one on on which it changed, and
    /// of the last change before it: exact decimals in the column's unit.
    ///
    /// # Errors
    /// When it cannot be read, or cannot be said exactly in that unit.
    fn levels(&self, column: &Column, from: Date) -> Result<BTreeMap<Date, String>, Problem>;

    /// The first day on which that account changed, and what it held at its end.
    ///
    /// # Errors
    /// As of [`Memory::levels`].
    fn opened(&self, column: &Column) -> Result<Option<(Date, String)>, Problem>;

    /// What became of a command, with its quantity in the column's unit; none where it never came.
    ///
    /// # Errors
    /// When the log cannot be read.
    fn find(&self, id: Uuid, column: Option<&Column>) -> Result<Option<Was>, Problem>;

    /// What is registered: a report that names anything else is not sent.
    fn registry(&self) -> Option<Registry>;
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Was {
    /// The event that answers it.
    pub seq: u64,
    /// What it says.
    pub became: Became,
}

/// See [`Was`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Became {
    /// It was refused: nothing came of it.
    Refused,
    /// It waits, or waited, for a checker.
    Held,
    /// It was done.
    Done(Box<Moved>),
}

/// A movement or count that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The word of its act.
    pub act: &'static str,
    /// Its day.
    pub day: Date,
    /// Its quantity, or what was counted, as an exact decimal in the column's unit; empty where it has none that can be said.
    pub quantity: String,
    /// The reversal that took it back, where one stands: its event, and the id of its command.
    pub reversed: Option<(u64, Uuid)>,
}
