//! How each kind of value goes from codes to numbers and back, so that an act only lists its fields.

mod lots;
mod material;
mod named;
mod quantity;
mod written;

use books::{Books, Rejection};

pub(super) use lots::*;
pub(super) use material::*;
pub(super) use named::*;
pub use quantity::show_money;
pub(super) use quantity::*;
pub(super) use written::*;

use super::form::{Codec, Form, One};
use crate::resolve::Resolver;

/// Declares codecs: `Name(what it goes by): by codes => by numbers { |resolver, field, value| read, |books, number| write }`.
macro_rules! codecs {
    ($($(#[$doc:meta])* $name:ident $(($($by:ident: $of:ty),+))?: $written:ty => $numbered:ty {
        |$resolver:tt, $field:tt, $value:tt| $get:expr,
        |$books:tt, $number:tt| $put:expr,
    })*) => {$(
        $(#[$doc])*
        pub(in crate::acts) struct $name;

        impl $crate::acts::form::One<$written, $numbered, ($($(&$of,)+)?)> for $name {
            #[allow(unused_variables, reason = "not both directions go by everything")]
            fn get(
                $resolver: &$crate::resolve::Resolver<'_>,
                $field: &'static str,
                $value: &$written,
                ($($($by,)+)?): ($($(&$of,)+)?),
            ) -> Result<$numbered, books::Rejection> {
                $get
            }

            #[allow(unused_variables, reason = "not both directions go by everything")]
            fn put($books: &books::Books, $number: &$numbered, ($($($by,)+)?): ($($(&$of,)+)?)) -> $written {
                $put
            }
        }
    )*};
}
use codecs;

/// Shape of a field that is the same on both sides, whatever it is.
pub(super) struct AsItIs;

/// Text, numbers and the like: the same on both sides.
pub(super) struct Same;

impl<T: Clone> Codec<AsItIs, T, T, ()> for Same {
    fn get(_: &Resolver<'_>, _: &'static str, value: &T, (): ()) -> Result<T, Rejection> {
        Ok(value.clone())
    }

    fn put(_: &Books, value: &T, (): ()) -> T {
        value.clone()
    }
}

/// A list of texts, absent where it is empty.
pub(super) struct Texts;

impl Codec<AsItIs, Option<Vec<String>>, Vec<String>, ()> for Texts {
    fn get(_: &Resolver<'_>, _: &'static str, texts: &Option<Vec<String>>, (): ()) -> Result<Vec<String>, Rejection> {
        Ok(texts.clone().unwrap_or_default())
    }

    fn put(_: &Books, texts: &Vec<String>, (): ()) -> Option<Vec<String>> {
        (!texts.is_empty()).then(|| texts.clone())
    }
}

/// Keys of the party that a code names: those that it has where none are named.
pub(super) struct KeysOf;

impl Codec<AsItIs, Option<Vec<String>>, Vec<String>, (&String,)> for KeysOf {
    fn get(
        resolver: &Resolver<'_>,
        _: &'static str,
        keys: &Option<Vec<String>>,
        (code,): (&String,),
    ) -> Result<Vec<String>, Rejection> {
        let old = || resolver.books.party_no(code).map(|party| resolver.books.party(party).keys.clone());
        Ok(keys.clone().or_else(old).unwrap_or_default())
    }

    fn put(_: &Books, keys: &Vec<String>, _: (&String,)) -> Option<Vec<String>> {
        Some(keys.clone())
    }
}

/// A choice.
pub(super) struct Word;

/// A list of such words, which may be left out.
pub(super) struct WordList;

impl<W: Copy + Into<N>, N: Copy + Into<W>> One<Vec<W>, Vec<N>, ()> for WordList {
    fn get(_: &Resolver<'_>, _: &'static str, words: &Vec<W>, (): ()) -> Result<Vec<N>, Rejection> {
        Ok(words.iter().map(|word| (*word).into()).collect())
    }

    fn put(_: &Books, words: &Vec<N>, (): ()) -> Vec<W> {
        words.iter().map(|word| (*word).into()).collect()
    }
}

impl<W: Copy + Into<N>, N: Copy + Into<W>> One<W, N, ()> for Word {
    fn get(_: &Resolver<'_>, _: &'static str, word: &W, (): ()) -> Result<N, Rejection> {
        Ok((*word).into())
    }

    fn put(_: &Books, word: &N, (): ()) -> W {
        (*word).into()
    }
}

/// A thing that has a form of its own.
pub(super) struct Item;

impl<W: Form<N>, N> One<W, N, ()> for Item {
    fn get(resolver: &Resolver<'_>, _: &'static str, item: &W, (): ()) -> Result<N, Rejection> {
        item.resolve(resolver)
    }

    fn put(books: &Books, item: &N, (): ()) -> W {
        W::render(item, books)
    }
}

codecs! {
    /// Yes, or nothing.
    Flag: Option<bool> => bool {
        |_, _, flag| Ok(flag.unwrap_or(false)),
        |_, flag| flag.then_some(true),
    }
}

/// What nobody says when a thing begins.
pub(super) struct Nothing;

impl Nothing {
    pub(super) fn get<W, N>(_: &Resolver<'_>, _: &W) -> Result<Option<N>, Rejection> {
        Ok(None)
    }
}
