//! How a field of an answer becomes a cell: by its type, unless its record says more.

use std::borrow::Cow;

use super::{Cell, Column, Kind};
use crate::dependence::StageWord;
use crate::figure::{Figure, UNKNOWN, WITHHELD};
use crate::when::KnownAt;
use wire::acts::words::Form;

/// A type that a field of an answer can have.
pub trait Field {
    /// What its cells are, where the record says nothing else.
    const KIND: Kind;

    /// Its cell.
    fn cell(&self) -> Cell<'_>;
}

/// A line of an answer, or an answer: what [`records!`](crate::record::records) declares.
pub trait Record {
    /// Its columns, in the order of its fields.
    fn columns() -> Vec<Column>;

    /// Its cells: one for each column.
    fn cells(&self) -> Vec<Cell<'_>>;
}

impl Field for String {
    const KIND: Kind = Kind::Text;

    fn cell(&self) -> Cell<'_> {
        Cell::text(self.as_str())
    }
}

impl Field for bool {
    const KIND: Kind = Kind::Flag;

    fn cell(&self) -> Cell<'_> {
        Cell::Flag(*self)
    }
}

/// Numbers are cells of their digits.
macro_rules! numbers {
    ($($type:ty)*) => {$(
        impl Field for $type {
            const KIND: Kind = Kind::Number;

            fn cell(&self) -> Cell<'_> {
                Cell::Number(Cow::Owned(self.to_string()))
            }
        }
    )*};
}
numbers! { u8 u16 u32 u64 i32 }

impl<T: Field> Field for Option<T> {
    const KIND: Kind = T::KIND;

    fn cell(&self) -> Cell<'_> {
        self.as_ref().map_or(Cell::Nothing, Field::cell)
    }
}

impl<T: Field> Field for Vec<T> {
    const KIND: Kind = if matches!(T::KIND, Kind::Records) { Kind::Records } else { Kind::List };

    fn cell(&self) -> Cell<'_> {
        let parts = self.iter().filter_map(|part| match part.cell() {
            Cell::Text(text) | Cell::Number(text) => Some(text),
            Cell::Flag(flag) => Some(Cow::Owned(flag.to_string())),
            Cell::Range(low, high) => Some(Cow::Owned(format!("{low}..{high}"))),
            Cell::Withheld => Some(WITHHELD.into()),
            Cell::Unknown => Some(UNKNOWN.into()),
            Cell::List(parts) => Some(Cow::Owned(parts.join(super::LIST_SEPARATOR))),
            Cell::Nothing => None,
        });
        if matches!(Self::KIND, Kind::Records) {
            return Cell::Nothing;
        }
        Some(parts.collect::<Vec<_>>()).filter(|parts| !parts.is_empty()).map_or(Cell::Nothing, Cell::List)
    }
}

impl Field for Figure {
    const KIND: Kind = Kind::Number;

    fn cell(&self) -> Cell<'_> {
        match self {
            Self::Number(number) => Cell::number(number.as_str()),
            Self::Range { low, high } => Cell::Range(low.into(), high.into()),
            Self::Withheld => Cell::Withheld,
            Self::Unknown => Cell::Unknown,
        }
    }
}

impl Field for KnownAt {
    const KIND: Kind = Kind::Text;

    fn cell(&self) -> Cell<'_> {
        match self {
            Self::Seq(seq) => Cell::Number(Cow::Owned(seq.to_string())),
            Self::Text(text) => Cell::text(text.as_str()),
        }
    }
}

impl Field for Form {
    const KIND: Kind = Kind::Code;

    fn cell(&self) -> Cell<'_> {
        Cell::text(self.word())
    }
}

impl Field for StageWord {
    const KIND: Kind = Kind::Code;

    fn cell(&self) -> Cell<'_> {
        Cell::text(self.word())
    }
}
