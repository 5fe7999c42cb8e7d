//! Requests and answers as plain records, declared once: struct, JSON, schema and table.

/// Declares records that are read and written as JSON, described by a schema, and shown as rows of a table. A field becomes
/// a column by its type; `as` says what its texts or numbers are, where that is more than words:
///
/// `Quantity` (a number whose unit stands in the row), `Number`, `Percent`, `Days`, `Event`, `Day`, `Moment`, `Code`, `Word` (of the closed list of
/// [`LISTS`](crate::table::LISTS) with that name); or `Detail`: people see it only where they ask for every column.
macro_rules! records {
    ($($(#[$doc:meta])* $name:ident {
        $($(#[$field_doc:meta])* $field:ident: $type:ty $(as $kind:ident $(($list:ident))?)?,)*
    })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl $crate::table::Record for $name {
            fn columns() -> Vec<$crate::table::Column> {
                vec![$($crate::record::records!(@column $field: $type $(as $kind $(($list))?)?),)*]
            }

            fn cells(&self) -> Vec<$crate::table::Cell<'_>> {
                vec![$($crate::table::Field::cell(&self.$field),)*]
            }
        }

        impl $crate::table::Field for $name {
            const KIND: $crate::table::Kind = $crate::table::Kind::Records;

            fn cell(&self) -> $crate::table::Cell<'_> {
                $crate::table::Cell::Nothing
            }
        }
    )*};
    (@column $field:ident: $type:ty) => {
        $crate::table::Column::new(stringify!($field), <$type as $crate::table::Field>::KIND)
    };
    (@column $field:ident: $type:ty as Quantity) => {
        $crate::table::Column::new(stringify!($field), $crate::table::Kind::Number).unit($crate::table::UnitAt::InRow)
    };
    (@column $field:ident: $type:ty as Percent) => {
        $crate::table::Column::new(stringify!($field), $crate::table::Kind::Number)
            .unit($crate::table::UnitAt::Fixed("%"))
    };
    (@column $field:ident: $type:ty as Days) => {
        $crate::table::Column::new(stringify!($field), $crate::table::Kind::Number)
            .unit($crate::table::UnitAt::Fixed("days"))
    };
    (@column $field:ident: $type:ty as Detail) => {
        $crate::table::Column::new(stringify!($field), <$type as $crate::table::Field>::KIND).detail()
    };
    (@column $field:ident: $type:ty as Word($list:ident)) => {
        $crate::table::Column::new(stringify!($field), $crate::table::Kind::Word(stringify!($list)))
    };
    (@column $field:ident: $type:ty as $kind:ident) => {
        $crate::table::Column::new(stringify!($field), $crate::table::Kind::$kind)
    };
}
pub(crate) use records;
