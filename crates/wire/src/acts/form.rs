//! How an act by codes becomes the act by numbers and is written back: [`form!`] lists its fields, a line each, and every
//! line names the codec of one value.
//!
//! Whether a field may be left out or holds a list follows from its type on both sides ([`Codec`]), so that a codec is
//! written once. Fields are read in the order of the lines, each that can be read: of several refusals the one that is
//! declared first is given.

use books::{Books, Rejection};

use crate::resolve::Resolver;

/// A thing by codes, to and from the same thing by numbers.
pub(super) trait Form<N>: Sized {
    /// By the ledger's numbers; the first code that names nothing, or value that cannot stand, is refused.
    fn resolve(&self, resolver: &Resolver<'_>) -> Result<N, Rejection>;

    /// As it could have been asked.
    fn render(numbered: &N, books: &Books) -> Self;
}

impl<N, W: Form<N>> Form<Box<N>> for W {
    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Box<N>, Rejection> {
        Form::<N>::resolve(self, resolver).map(Box::new)
    }

    fn render(numbered: &Box<N>, books: &Books) -> Self {
        W::render(&**numbered, books)
    }
}

/// One value `W` by codes, to and from `N` by numbers, where that depends on the values `By`.
pub(super) trait One<W, N, By> {
    fn get(resolver: &Resolver<'_>, field: &'static str, value: &W, by: By) -> Result<N, Rejection>;
    fn put(books: &Books, number: &N, by: By) -> W;
}

/// A field: one value, one that may be left out, a list, or a list that is absent where it is empty. `Shape` says which and
/// follows from the types.
pub(super) trait Codec<Shape, W, N, By> {
    fn get(resolver: &Resolver<'_>, field: &'static str, value: &W, by: By) -> Result<N, Rejection>;
    fn put(books: &Books, number: &N, by: By) -> W;
}

/// Shape of a field: one value.
pub(super) struct Plain;
/// Shape of a field: a value that may be left out.
pub(super) struct Maybe;
/// Shape of a field: a list.
pub(super) struct Each;
/// Shape of a field: a list that is absent where it is empty.
pub(super) struct Any;

impl<C: One<W, N, By>, W, N, By> Codec<Plain, W, N, By> for C {
    fn get(resolver: &Resolver<'_>, field: &'static str, value: &W, by: By) -> Result<N, Rejection> {
        <C as One<W, N, By>>::get(resolver, field, value, by)
    }

    fn put(books: &Books, number: &N, by: By) -> W {
        <C as One<W, N, By>>::put(books, number, by)
    }
}

impl<C: One<W, N, By>, W, N, By> Codec<Maybe, Option<W>, Option<N>, By> for C {
    fn get(resolver: &Resolver<'_>, field: &'static str, value: &Option<W>, by: By) -> Result<Option<N>, Rejection> {
        value.as_ref().map(|value| <C as One<W, N, By>>::get(resolver, field, value, by)).transpose()
    }

    fn put(books: &Books, number: &Option<N>, by: By) -> Option<W> {
        number.as_ref().map(|number| <C as One<W, N, By>>::put(books, number, by))
    }
}

impl<C: One<W, N, By>, W, N, By: Copy> Codec<Each, Vec<W>, Vec<N>, By> for C {
    fn get(resolver: &Resolver<'_>, field: &'static str, values: &Vec<W>, by: By) -> Result<Vec<N>, Rejection> {
        all(values.iter().map(|value| <C as One<W, N, By>>::get(resolver, field, value, by)))
    }

    fn put(books: &Books, numbers: &Vec<N>, by: By) -> Vec<W> {
        numbers.iter().map(|number| <C as One<W, N, By>>::put(books, number, by)).collect()
    }
}

impl<C: One<W, N, By>, W, N, By: Copy> Codec<Any, Option<Vec<W>>, Vec<N>, By> for C {
    fn get(resolver: &Resolver<'_>, field: &'static str, values: &Option<Vec<W>>, by: By) -> Result<Vec<N>, Rejection> {
        all(values.iter().flatten().map(|value| <C as One<W, N, By>>::get(resolver, field, value, by)))
    }

    fn put(books: &Books, numbers: &Vec<N>, by: By) -> Option<Vec<W>> {
        (!numbers.is_empty()).then(|| <C as Codec<Each, Vec<W>, Vec<N>, By>>::put(books, numbers, by))
    }
}

/// What was read; a refusal is kept where none is that is declared before it. A field that goes by one that was refused is
/// not read.
pub(super) fn keep<N>(refused: &mut Option<Rejection>, read: Option<Result<N, Rejection>>) -> Option<N> {
    match read? {
        Ok(number) => Some(number),
        Err(rejection) => {
            if refused.as_ref().is_none_or(|kept| rejection.rank() < kept.rank()) {
                *refused = Some(rejection);
            }
            None
        }
    }
}

/// All values of a list, or of their refusals the one that is declared first.
fn all<N>(read: impl Iterator<Item = Result<N, Rejection>>) -> Result<Vec<N>, Rejection> {
    let mut refused = None;
    let numbers: Vec<N> = read.filter_map(|read| keep(&mut refused, Some(read))).collect();
    refused.map_or(Ok(numbers), Err)
}

/// Writes both directions of acts and their parts. In `Name = Numbered { .. }` each line is one of
///
/// - `field: Codec`, or `field: Codec(what, it, goes, by)`, each of these a field by number that stands before;
/// - `number from field: Codec` where the field is called otherwise by codes;
/// - `number of field: Codec` for what codes do not say and another field implies: it is read and never written;
/// - `lot from { fields }` for the fields that together describe a lot.
///
/// `Name, Other = ..` are written alike; `= Numbered in "parts"` names fields `parts.field` in refusals.
macro_rules! form {
    ($($($name:ident),+ = $numbered:ty $(, in $of:literal)? { $($lines:tt)* })*) => {
        $($crate::acts::form::form!(@each [$($name)+] $numbered, [$($of)?] { $($lines)* });)*
    };
    (@each [$($name:ident)+] $numbered:ty, $of:tt $lines:tt) => {
        $($crate::acts::form::form!(@lines [$name, $numbered, $of] [] [] $lines);)+
    };

    (@lines $head:tt [$($read:tt)*] [$($write:tt)*]
        { $field:ident: $codec:ident $(($($by:ident),+))?, $($rest:tt)* }) => {
        $crate::acts::form::form!(@lines $head
            [$($read)* { $field [field $field $codec ($($($by)+)?)] }]
            [$($write)* { [$field] $field $codec ($($($by)+)?) }]
            { $($rest)* });
    };
    (@lines $head:tt [$($read:tt)*] [$($write:tt)*]
        { $number:ident from $field:ident: $codec:ident $(($($by:ident),+))?, $($rest:tt)* }) => {
        $crate::acts::form::form!(@lines $head
            [$($read)* { $number [field $field $codec ($($($by)+)?)] }]
            [$($write)* { [$field] $number $codec ($($($by)+)?) }]
            { $($rest)* });
    };
    (@lines $head:tt [$($read:tt)*] [$($write:tt)*]
        { $number:ident of $field:ident: $codec:ident, $($rest:tt)* }) => {
        $crate::acts::form::form!(@lines $head
            [$($read)* { $number [implied $field $codec] }] [$($write)*] { $($rest)* });
    };
    (@lines $head:tt [$($read:tt)*] [$($write:tt)*]
        { $lot:ident from { $($part:ident),+ }, $($rest:tt)* }) => {
        $crate::acts::form::form!(@lines $head
            [$($read)* { $lot [described] }] [$($write)* { [$($part)+] $lot }] { $($rest)* });
    };

    (@lines [$name:ident, $numbered:ty, $of:tt]
        [$({ $number:ident $read:tt })*] [$({ [$($field:ident)+] $($write:tt)+ })*] {}) => {
        impl $crate::acts::form::Form<$numbered> for $name {
            fn resolve(&self, resolver: &$crate::resolve::Resolver<'_>) -> Result<$numbered, books::Rejection> {
                type Numbered = $numbered;
                let mut refused = None;
                $(let $number = {
                    let read = || Some($crate::acts::form::form!(@read self resolver $of $read));
                    $crate::acts::form::keep(&mut refused, read())
                };)*
                match refused {
                    Some(refused) => Err(refused),
                    None => Ok(Numbered { $($number: $number.expect("read, for nothing was refused")),* }),
                }
            }

            fn render(act: &$numbered, books: &books::Books) -> Self {
                $(let $crate::acts::form::form!(@pattern $($field)+) =
                    $crate::acts::form::form!(@write act books $($write)+);)*
                Self { $($($field),+),* }
            }
        }
    };

    (@read $self:ident $resolver:ident [$($of:literal)?] [field $field:ident $codec:ident ($($by:ident)*)]) => {
        <$crate::acts::codec::$codec as $crate::acts::form::Codec<_, _, _, _>>::get(
            $resolver, concat!($($of, ".",)? stringify!($field)), &$self.$field, ($($by.as_ref()?,)*))
    };
    (@read $self:ident $resolver:ident $of:tt [implied $field:ident $codec:ident]) => {
        $crate::acts::codec::$codec::get($resolver, &$self.$field)
    };
    (@read $self:ident $resolver:ident $of:tt [described]) => {
        $self.said().lot_ref($resolver)
    };
    (@write $act:ident $books:ident $number:ident $codec:ident ($($by:ident)*)) => {
        <$crate::acts::codec::$codec as $crate::acts::form::Codec<_, _, _, _>>::put(
            $books, &$act.$number, ($(&$act.$by,)*))
    };
    (@write $act:ident $books:ident $lot:ident) => {
        $crate::acts::lot::LotFacts::of(&$act.$lot, $books)
    };
    (@pattern $field:ident) => { $field };
    (@pattern $($part:ident)+) => { $crate::acts::lot::LotFacts { $($part),+ } };
}
pub(super) use form;
