//! How each kind of field goes from codes to numbers (`get`) and back (`put`), so that an act only lists its fields.

use books::{Books, Kind, LotNo, MaterialNo, Rejection};
use measure::{Currency, Quantity, format_decimal, parse_decimal};

use super::Form;
use super::names::Names;
use crate::date::show_day;
use crate::resolve::{Resolver, invalid, unknown};
use crate::value::{parse_fraction, parse_price, show_fraction, show_price};

/// Writes both directions of an act, field by field: `field: codec` or `field: codec(what the codec goes by)`.
macro_rules! form {
    ($($name:ident = $numbered:ty { $($field:ident: $codec:ident $(($($by:ident),+))?,)* })*) => {$(
        impl super::Form for $name {
            type Numbered = $numbered;

            fn resolve(&self, resolver: &crate::resolve::Resolver<'_>) -> Result<Self::Numbered, books::Rejection> {
                $(let $field = super::codec::$codec::get(resolver, stringify!($field), &self.$field $($(, $by)+)?)?;)*
                Ok(Self::Numbered { $($field),* })
            }

            fn render(act: &Self::Numbered, books: &books::Books) -> Self {
                Self { $($field: super::codec::$codec::put(books, &act.$field $($(, act.$by)+)?),)* }
            }
        }
    )*};
}
pub(super) use form;

/// Text, numbers and the like: the same on both sides.
pub(in crate::acts) mod same {
    use super::*;

    pub(in crate::acts) fn get<T: Clone>(_: &Resolver<'_>, _: &'static str, value: &T) -> Result<T, Rejection> {
        Ok(value.clone())
    }

    pub(in crate::acts) fn put<T: Clone>(_: &Books, value: &T) -> T {
        value.clone()
    }
}

/// A choice.
pub(in crate::acts) mod word {
    use super::*;

    pub(in crate::acts) fn get<W: Copy + Into<N>, N>(
        _: &Resolver<'_>,
        _: &'static str,
        word: &W,
    ) -> Result<N, Rejection> {
        Ok((*word).into())
    }

    pub(in crate::acts) fn put<N: Copy + Into<W>, W>(_: &Books, word: &N) -> W {
        (*word).into()
    }
}

/// A choice that may be left out.
pub(in crate::acts) mod word_if {
    use super::*;

    pub(in crate::acts) fn get<W: Copy + Into<N>, N>(
        _: &Resolver<'_>,
        _: &'static str,
        word: &Option<W>,
    ) -> Result<Option<N>, Rejection> {
        Ok(word.map(Into::into))
    }

    pub(in crate::acts) fn put<N: Copy + Into<W>, W>(_: &Books, word: &Option<N>) -> Option<W> {
        word.map(Into::into)
    }
}

/// Yes, or nothing.
pub(in crate::acts) mod flag {
    use super::*;

    pub(in crate::acts) fn get(_: &Resolver<'_>, _: &'static str, flag: &Option<bool>) -> Result<bool, Rejection> {
        Ok(flag.unwrap_or(false))
    }

    pub(in crate::acts) fn put(_: &Books, flag: &bool) -> Option<bool> {
        flag.then_some(true)
    }
}

/// A list of things that have a form of their own; absent where empty.
pub(in crate::acts) mod list_if {
    use super::*;

    pub(in crate::acts) fn get<T: Form>(
        resolver: &Resolver<'_>,
        _: &'static str,
        list: &Option<Vec<T>>,
    ) -> Result<Vec<T::Numbered>, Rejection> {
        list.iter().flatten().map(|item| item.resolve(resolver)).collect()
    }

    pub(in crate::acts) fn put<T: Form>(books: &Books, list: &[T::Numbered]) -> Option<Vec<T>> {
        (!list.is_empty()).then(|| list.iter().map(|item| T::render(item, books)).collect())
    }
}

/// A list of things that have a form of their own.
pub(in crate::acts) mod list {
    use super::*;

    pub(in crate::acts) fn get<T: Form>(
        resolver: &Resolver<'_>,
        _: &'static str,
        list: &[T],
    ) -> Result<Vec<T::Numbered>, Rejection> {
        list.iter().map(|item| item.resolve(resolver)).collect()
    }

    pub(in crate::acts) fn put<T: Form>(books: &Books, list: &[T::Numbered]) -> Vec<T> {
        list.iter().map(|item| T::render(item, books)).collect()
    }
}

macro_rules! codes {
    ($($doc:literal $name:ident, $if_name:ident: $number:ty, |$resolver:ident, $code:ident| $find:expr,
        |$books:ident, $no:ident| $show:expr;)*) => {$(
        #[doc = $doc]
        #[allow(dead_code, reason = "not every kind of thing is named in every way")]
        pub(in crate::acts) mod $name {
            use super::*;

            pub(in crate::acts) fn get(
                $resolver: &Resolver<'_>,
                _: &'static str,
                $code: &str,
            ) -> Result<$number, Rejection> {
                $find
            }

            pub(in crate::acts) fn put($books: &Books, $no: &$number) -> String {
                $show
            }
        }

        #[doc = $doc]
        #[doc = " May be left out."]
        #[allow(dead_code, reason = "not every kind of thing is named in every way")]
        pub(in crate::acts) mod $if_name {
            use super::*;

            pub(in crate::acts) fn get(
                resolver: &Resolver<'_>,
                field: &'static str,
                code: &Option<String>,
            ) -> Result<Option<$number>, Rejection> {
                code.as_ref().map(|code| super::$name::get(resolver, field, code)).transpose()
            }

            pub(in crate::acts) fn put(books: &Books, number: &Option<$number>) -> Option<String> {
                number.as_ref().map(|number| super::$name::put(books, number))
            }
        }
    )*};
}

macro_rules! named {
    ($($name:ident, $if_name:ident: $number:ident, $kind:ident, $find:ident;)*) => {
        codes! {$(
            "A thing by its code." $name, $if_name: books::$number,
                |resolver, code| resolver.books.$find(code).ok_or_else(|| unknown(Kind::$kind, code)),
                |books, number| books.named_code(Kind::$kind, number.0).to_owned();
        )*}
    };
}

codes! {
    "A party." party, party_if: books::PartyNo,
        |resolver, code| resolver.party(code), |books, number| books.party_code(*number).to_owned();
    "A material." material, material_if: MaterialNo,
        |resolver, code| resolver.material(code), |books, number| books.material(*number).code.clone();
    "A lot." lot, lot_if: LotNo, |resolver, code| resolver.lot(code), |books, number| Names(books).lot(*number);
    "A site." site, site_if: books::PlaceNo,
        |resolver, code| resolver.site(code), |books, number| books.place_code(*number).to_owned();
    "An encumbrance." encumbrance, encumbrance_if: books::EncumbranceNo,
        |resolver, code| resolver.encumbrance(code), |books, number| books.encumbrance_code(*number).to_owned();
    "An authority." authority, authority_if: books::AuthorityNo,
        |resolver, code| resolver.books.authority_no(code).ok_or_else(|| unknown(Kind::Authority, code)),
        |books, number| books.authority(*number).code.clone();
}

named! {
    reserve, reserve_if: ReserveNo, Reserve, reserve_no;
    commitment, commitment_if: CommitmentNo, Commitment, commitment_no;
    debt, debt_if: DebtNo, Debt, debt_no;
    activation, activation_if: ActivationNo, Activation, activation_no;
    call, call_if: CallNo, Call, call_no;
    order, order_if: OrderNo, Order, order_no;
    right, right_if: RightNo, Right, right_no;
    restriction, restriction_if: RestrictionNo, Restriction, restriction_no;
    licence, licence_if: LicenceNo, Licence, licence_no;
    request, request_if: RequestNo, Request, request_no;
    report, report_if: ReportNo, Report, report_no;
    break_no, break_no_if: BreakNo, Break, break_no;
    match_no, match_no_if: MatchNo, Match, match_no;
}

/// A party, which is the one that asks where none is named.
pub(in crate::acts) mod owner {
    use super::*;

    pub(in crate::acts) fn get(
        resolver: &Resolver<'_>,
        _: &'static str,
        code: &Option<String>,
    ) -> Result<books::PartyNo, Rejection> {
        resolver.owner(code.as_ref())
    }

    pub(in crate::acts) fn put(books: &Books, number: &books::PartyNo) -> Option<String> {
        Some(books.party_code(*number).to_owned())
    }
}

/// A day.
pub(in crate::acts) mod day {
    use super::*;

    pub(in crate::acts) fn get(_: &Resolver<'_>, field: &'static str, text: &str) -> Result<books::Day, Rejection> {
        crate::resolve::day(field, text)
    }

    pub(in crate::acts) fn put(_: &Books, day: &books::Day) -> String {
        show_day(*day)
    }
}

/// A day that may be left out.
pub(in crate::acts) mod day_if {
    use super::*;

    pub(in crate::acts) fn get(
        _: &Resolver<'_>,
        field: &'static str,
        text: &Option<String>,
    ) -> Result<Option<books::Day>, Rejection> {
        crate::resolve::day_if(field, text.as_ref())
    }

    pub(in crate::acts) fn put(_: &Books, day: &Option<books::Day>) -> Option<String> {
        day.map(show_day)
    }
}

/// A quantity of a material.
pub(in crate::acts) mod of_material {
    use super::*;

    pub(in crate::acts) fn get(
        resolver: &Resolver<'_>,
        field: &'static str,
        text: &str,
        material: MaterialNo,
    ) -> Result<Quantity, Rejection> {
        resolver.quantity(field, text, material)
    }

    pub(in crate::acts) fn put(books: &Books, quantity: &Quantity, material: MaterialNo) -> String {
        Names(books).quantity_of(material, *quantity)
    }
}

/// A quantity of a lot.
pub(in crate::acts) mod of_lot {
    use super::*;

    pub(in crate::acts) fn get(
        resolver: &Resolver<'_>,
        field: &'static str,
        text: &str,
        lot: LotNo,
    ) -> Result<Quantity, Rejection> {
        resolver.lot_quantity(field, text, lot)
    }

    pub(in crate::acts) fn put(books: &Books, quantity: &Quantity, lot: LotNo) -> String {
        Names(books).quantity(lot, *quantity)
    }
}

/// Things that are of a material: a quantity of it, which may be left out.
macro_rules! quantities {
    ($($name:ident, $if_name:ident: $number:ident, |$books:ident, $no:ident| $material:expr;)*) => {$(
        #[allow(dead_code, reason = "not every quantity is needed in every way")]
        pub(in crate::acts) mod $name {
            use super::*;

            fn material($books: &Books, $no: books::$number) -> MaterialNo {
                $material
            }

            pub(in crate::acts) fn get(
                resolver: &Resolver<'_>,
                field: &'static str,
                text: &str,
                number: books::$number,
            ) -> Result<Quantity, Rejection> {
                resolver.quantity(field, text, material(resolver.books, number))
            }

            pub(in crate::acts) fn put(books: &Books, quantity: &Quantity, number: books::$number) -> String {
                Names(books).quantity_of(material(books, number), *quantity)
            }
        }

        #[allow(dead_code, reason = "not every quantity is needed in every way")]
        pub(in crate::acts) mod $if_name {
            use super::*;

            pub(in crate::acts) fn get(
                resolver: &Resolver<'_>,
                field: &'static str,
                text: &Option<String>,
                number: books::$number,
            ) -> Result<Option<Quantity>, Rejection> {
                text.as_ref().map(|text| super::$name::get(resolver, field, text, number)).transpose()
            }

            pub(in crate::acts) fn put(
                books: &Books,
                quantity: &Option<Quantity>,
                number: books::$number,
            ) -> Option<String> {
                quantity.as_ref().map(|quantity| super::$name::put(books, quantity, number))
            }
        }
    )*};
}

quantities! {
    quantity_of, quantity_of_if: MaterialNo, |_books, material| material;
    of_call, of_call_if: CallNo, |books, call| books.call(call).material;
    of_order, of_order_if: OrderNo, |books, order| books.order(order).material;
    of_right, of_right_if: RightNo, |books, right| books.right(right).material;
    of_request, of_request_if: RequestNo, |books, request| books.request(request).material;
}

/// A quantity of a debt's material, where there is a debt.
pub(in crate::acts) mod of_debt_if {
    use super::*;

    pub(in crate::acts) fn get(
        resolver: &Resolver<'_>,
        field: &'static str,
        text: &Option<String>,
        debt: Option<books::DebtNo>,
    ) -> Result<Option<Quantity>, Rejection> {
        let Some(text) = text else { return Ok(None) };
        let debt = debt.ok_or_else(|| invalid(field)("goes with a debt".into()))?;
        resolver.quantity(field, text, resolver.books.debt(debt).material).map(Some)
    }

    pub(in crate::acts) fn put(
        books: &Books,
        quantity: &Option<Quantity>,
        debt: Option<books::DebtNo>,
    ) -> Option<String> {
        let material = books.debt(debt?).material;
        quantity.map(|quantity| Names(books).quantity_of(material, quantity))
    }
}

/// Money in a currency, as `1000.00 USD`.
pub(super) fn read_money(field: &'static str, text: &str, currency: &str) -> Result<Quantity, Rejection> {
    let problem = || format!("`{text}` is not an amount of {currency}; write it as `1000.00 {currency}`");
    let known = Currency::parse(currency);
    let (amount, given) = text.trim().split_once(' ').ok_or_else(|| invalid(field)(problem()))?;
    let decimals = known.filter(|_| given.trim() == currency).map(Currency::decimals);
    let decimals = decimals.ok_or_else(|| invalid(field)(problem()))?;
    parse_decimal(amount, decimals).map_err(|error| invalid(field)(format!("`{text}`: {error}")))
}

/// Money in a currency, as `1000.00 USD`. May be negative.
#[must_use]
pub fn show_money(minor: i64, currency: &str) -> String {
    let decimals = Currency::parse(currency).map_or(2, Currency::decimals);
    format!("{} {currency}", format_decimal(minor, decimals))
}

/// Money of a reserve.
pub(in crate::acts) mod money {
    use super::*;

    pub(in crate::acts) fn get(
        resolver: &Resolver<'_>,
        field: &'static str,
        text: &str,
        reserve: books::ReserveNo,
    ) -> Result<Quantity, Rejection> {
        read_money(field, text, &resolver.books.reserve(reserve).currency)
    }

    pub(in crate::acts) fn put(books: &Books, amount: &Quantity, reserve: books::ReserveNo) -> String {
        show_money(amount.units(), &books.reserve(reserve).currency)
    }
}

/// A quantity of a material, or money of a reserve where there is none.
pub(in crate::acts) mod material_or_money {
    use super::*;

    pub(in crate::acts) fn get(
        resolver: &Resolver<'_>,
        field: &'static str,
        text: &str,
        material: Option<MaterialNo>,
        reserve: books::ReserveNo,
    ) -> Result<Quantity, Rejection> {
        match material {
            Some(material) => resolver.quantity(field, text, material),
            None => super::money::get(resolver, field, text, reserve),
        }
    }

    pub(in crate::acts) fn put(
        books: &Books,
        quantity: &Quantity,
        material: Option<MaterialNo>,
        reserve: books::ReserveNo,
    ) -> String {
        match material {
            Some(material) => Names(books).quantity_of(material, *quantity),
            None => super::money::put(books, quantity, reserve),
        }
    }
}

/// Money of a joint order, which may be left out.
pub(in crate::acts) mod paid_if {
    use super::*;

    fn currency(books: &Books, order: books::OrderNo) -> Option<&str> {
        books.order(order).award.as_ref().map(|award| award.price.currency.as_str())
    }

    pub(in crate::acts) fn get(
        resolver: &Resolver<'_>,
        field: &'static str,
        text: &Option<String>,
        order: books::OrderNo,
    ) -> Result<Option<Quantity>, Rejection> {
        let Some(text) = text else { return Ok(None) };
        let currency = currency(resolver.books, order);
        let currency = currency.ok_or_else(|| invalid(field)("the order is not awarded yet".into()))?;
        read_money(field, text, currency).map(Some)
    }

    pub(in crate::acts) fn put(books: &Books, paid: &Option<Quantity>, order: books::OrderNo) -> Option<String> {
        let currency = currency(books, order)?;
        paid.map(|paid| show_money(paid.units(), currency))
    }
}

/// A price for one shown unit.
pub(in crate::acts) mod price {
    use super::*;

    pub(in crate::acts) fn get(
        _: &Resolver<'_>,
        field: &'static str,
        text: &str,
    ) -> Result<books::lot::Price, Rejection> {
        parse_price(text).map_err(invalid(field))
    }

    pub(in crate::acts) fn put(_: &Books, price: &books::lot::Price) -> String {
        show_price(price)
    }
}

/// A price that may be left out.
pub(in crate::acts) mod price_if {
    use super::*;

    pub(in crate::acts) fn get(
        resolver: &Resolver<'_>,
        field: &'static str,
        text: &Option<String>,
    ) -> Result<Option<books::lot::Price>, Rejection> {
        text.as_ref().map(|text| super::price::get(resolver, field, text)).transpose()
    }

    pub(in crate::acts) fn put(_: &Books, price: &Option<books::lot::Price>) -> Option<String> {
        price.as_ref().map(show_price)
    }
}

/// A share, such as `65%`.
pub(in crate::acts) mod fraction {
    use super::*;

    pub(in crate::acts) fn get(_: &Resolver<'_>, field: &'static str, text: &str) -> Result<u32, Rejection> {
        parse_fraction(text).map_err(invalid(field))
    }

    pub(in crate::acts) fn put(_: &Books, ppb: &u32) -> String {
        show_fraction(*ppb)
    }
}

/// A share that may be left out.
pub(in crate::acts) mod fraction_if {
    use super::*;

    pub(in crate::acts) fn get(
        resolver: &Resolver<'_>,
        field: &'static str,
        text: &Option<String>,
    ) -> Result<Option<u32>, Rejection> {
        text.as_ref().map(|text| super::fraction::get(resolver, field, text)).transpose()
    }

    pub(in crate::acts) fn put(_: &Books, ppb: &Option<u32>) -> Option<String> {
        ppb.map(show_fraction)
    }
}

/// A lot that exists, or the description of one that begins here.
pub(in crate::acts) mod lot_ref {
    use books::acts::deposit::LotRef;

    use super::*;
    use crate::acts::lot::LotFacts;
    use crate::acts::stock::bare;

    pub(in crate::acts) fn get(
        resolver: &Resolver<'_>,
        _: &'static str,
        facts: &LotFacts,
    ) -> Result<LotRef, Rejection> {
        crate::acts::stock::lot_ref(facts, resolver).map(|(lot, _)| lot)
    }

    pub(in crate::acts) fn put(books: &Books, lot: &LotRef) -> LotFacts {
        match lot {
            LotRef::Known(lot) => bare(Names(books).lot(*lot)),
            LotRef::New(new) => LotFacts::written(new, books),
        }
    }
}

/// A thing that has a form of its own.
pub(in crate::acts) mod item {
    use super::*;

    pub(in crate::acts) fn get<T: Form>(
        resolver: &Resolver<'_>,
        _: &'static str,
        item: &T,
    ) -> Result<T::Numbered, Rejection> {
        item.resolve(resolver)
    }

    pub(in crate::acts) fn put<T: Form>(books: &Books, item: &T::Numbered) -> T {
        T::render(item, books)
    }
}

/// A thing that has a form of its own and may be left out.
pub(in crate::acts) mod item_if {
    use super::*;

    pub(in crate::acts) fn get<T: Form>(
        resolver: &Resolver<'_>,
        _: &'static str,
        item: &Option<T>,
    ) -> Result<Option<T::Numbered>, Rejection> {
        item.as_ref().map(|item| item.resolve(resolver)).transpose()
    }

    pub(in crate::acts) fn put<T: Form>(books: &Books, item: &Option<T::Numbered>) -> Option<T> {
        item.as_ref().map(|item| T::render(item, books))
    }
}

/// Members with a quantity of a material each.
pub(in crate::acts) mod parts_of {
    use books::acts::withdraw::Lender;

    use super::*;
    use crate::acts::reserve::MemberQuantity;

    pub(in crate::acts) fn get(
        resolver: &Resolver<'_>,
        field: &'static str,
        parts: &Option<Vec<MemberQuantity>>,
        material: MaterialNo,
    ) -> Result<Vec<Lender>, Rejection> {
        let part = |part: &MemberQuantity| {
            let quantity = resolver.quantity(field, &part.quantity, material)?;
            Ok(Lender { member: resolver.party(&part.member)?, quantity })
        };
        parts.iter().flatten().map(part).collect()
    }

    pub(in crate::acts) fn put(books: &Books, parts: &[Lender], material: MaterialNo) -> Option<Vec<MemberQuantity>> {
        let part = |part: &Lender| MemberQuantity {
            member: books.party_code(part.member).to_owned(),
            quantity: Names(books).quantity_of(material, part.quantity),
        };
        (!parts.is_empty()).then(|| parts.iter().map(part).collect())
    }
}

/// Members with a quantity of a lot's material each.
pub(in crate::acts) mod parts_of_lot {
    use books::acts::withdraw::Lender;

    use super::*;
    use crate::acts::reserve::MemberQuantity;

    pub(in crate::acts) fn get(
        resolver: &Resolver<'_>,
        field: &'static str,
        parts: &Option<Vec<MemberQuantity>>,
        lot: LotNo,
    ) -> Result<Vec<Lender>, Rejection> {
        super::parts_of::get(resolver, field, parts, resolver.books.lot(lot).facts.material)
    }

    pub(in crate::acts) fn put(books: &Books, parts: &[Lender], lot: LotNo) -> Option<Vec<MemberQuantity>> {
        super::parts_of::put(books, parts, books.lot(lot).facts.material)
    }
}

/// The least content of an element or oxide, as `Nd2O3 99.5%`, which may be left out.
pub(in crate::acts) mod grade_if {
    use books::lot::Content;

    use super::*;

    pub(in crate::acts) fn get(
        _: &Resolver<'_>,
        field: &'static str,
        text: &Option<String>,
    ) -> Result<Option<Content>, Rejection> {
        let Some(text) = text else { return Ok(None) };
        let shape = || invalid(field)(format!("`{text}` is not a grade; write it as `Nd2O3 99.5%`"));
        let (analyte, fraction) = text.trim().split_once(' ').ok_or_else(shape)?;
        let fraction_ppb = parse_fraction(fraction).map_err(invalid(field))?;
        Ok(Some(Content { analyte: analyte.to_owned(), fraction_ppb }))
    }

    pub(in crate::acts) fn put(_: &Books, grade: &Option<Content>) -> Option<String> {
        grade.as_ref().map(|grade| format!("{} {}", grade.analyte, show_fraction(grade.fraction_ppb)))
    }
}

/// SHA-256 in hexadecimal.
pub(in crate::acts) mod hash {
    use super::*;

    pub(in crate::acts) fn get(_: &Resolver<'_>, field: &'static str, text: &str) -> Result<[u8; 32], Rejection> {
        crate::piece::parse_hash(field, text)
    }

    pub(in crate::acts) fn put(_: &Books, hash: &[u8; 32]) -> String {
        crate::piece::show_hash(hash)
    }
}

/// SHA-256 of a file in hexadecimal; may be left out.
pub(in crate::acts) mod file_hash_if {
    use books::report::FileHash;

    use super::*;

    pub(in crate::acts) fn get(
        _: &Resolver<'_>,
        field: &'static str,
        text: &Option<String>,
    ) -> Result<Option<FileHash>, Rejection> {
        text.as_deref().map(|text| crate::piece::parse_hash(field, text).map(FileHash)).transpose()
    }

    pub(in crate::acts) fn put(_: &Books, hash: &Option<FileHash>) -> Option<String> {
        hash.map(|hash| crate::piece::show_hash(&hash.0))
    }
}

/// A unit.
pub(in crate::acts) mod unit {
    use measure::Unit;

    use super::*;

    pub(in crate::acts) fn get(_: &Resolver<'_>, field: &'static str, text: &str) -> Result<Unit, Rejection> {
        Unit::parse(text).map_err(|error| invalid(field)(error.to_string()))
    }

    pub(in crate::acts) fn put(_: &Books, unit: &Unit) -> String {
        unit.to_string()
    }
}

/// A quantity as it was told.
pub(in crate::acts) mod told {
    use books::report::Told;

    use super::*;

    pub(in crate::acts) fn get(
        resolver: &Resolver<'_>,
        field: &'static str,
        text: &str,
        material: MaterialNo,
    ) -> Result<Told, Rejection> {
        crate::piece::parse_told(resolver.books, field, text, material)
    }

    pub(in crate::acts) fn put(_: &Books, told: &Told, _: MaterialNo) -> String {
        crate::piece::show_told(told)
    }
}

/// A difference with its sign, which may be left out.
pub(in crate::acts) mod signed_if {
    use super::*;

    pub(in crate::acts) fn get(
        resolver: &Resolver<'_>,
        field: &'static str,
        text: &Option<String>,
        material: MaterialNo,
    ) -> Result<Option<i64>, Rejection> {
        let Some(text) = text else { return Ok(None) };
        let (sign, size) = match text.strip_prefix(['-', '\u{2212}']) {
            Some(size) => (-1, size),
            None => (1, text.as_str()),
        };
        Ok(Some(sign * resolver.quantity(field, size, material)?.units()))
    }

    pub(in crate::acts) fn put(books: &Books, units: &Option<i64>, material: MaterialNo) -> Option<String> {
        units.map(|units| {
            let sign = if units < 0 { "-" } else { "" };
            let size = Quantity::new(units.saturating_abs()).unwrap_or_default();
            format!("{sign}{}", Names(books).quantity_of(material, size))
        })
    }
}

/// A piece of a record, which may be left out.
pub(in crate::acts) mod piece_if {
    use books::report::Piece;

    use super::*;

    pub(in crate::acts) fn get(
        resolver: &Resolver<'_>,
        field: &'static str,
        text: &Option<String>,
    ) -> Result<Option<Piece>, Rejection> {
        text.as_ref().map(|text| crate::piece::parse_piece(resolver.books, field, text)).transpose()
    }

    pub(in crate::acts) fn put(books: &Books, piece: &Option<Piece>) -> Option<String> {
        piece.map(|piece| crate::piece::show_piece(books, piece))
    }
}

/// Pieces of records.
pub(in crate::acts) mod pieces {
    use books::report::Piece;

    use super::*;

    pub(in crate::acts) fn get(
        resolver: &Resolver<'_>,
        field: &'static str,
        texts: &[String],
    ) -> Result<Vec<Piece>, Rejection> {
        texts.iter().map(|text| crate::piece::parse_piece(resolver.books, field, text)).collect()
    }

    pub(in crate::acts) fn put(books: &Books, pieces: &[Piece]) -> Vec<String> {
        pieces.iter().map(|piece| crate::piece::show_piece(books, *piece)).collect()
    }
}
