//! Quantities of what another field names, and money.

use books::acts::Line;
use books::acts::deposit::LotRef;
use books::acts::withdraw::Lender;
use books::composition::{of_ppb, with_water, without_water};
use books::material::Material;
use books::{
    Books, CallNo, DebtNo, EncumbranceNo, Fault, LotNo, MaterialNo, OrderNo, Rejection, RequestNo, ReserveNo, RightNo,
    Seq,
};
use measure::{Basis, Currency, Quantity, format_decimal, parse_decimal};

use super::codecs;
use crate::acts::form::One;
use crate::acts::remake::Part;
use crate::acts::reserve::MemberQuantity;
use crate::fault::of_number;
use crate::resolve::{Resolver, quantity_in, unreadable};
use crate::value::write_quantity;

/// What a quantity is of.
trait OfMaterial {
    fn material(&self, books: &Books) -> MaterialNo;

    /// The lot, where it has a number.
    fn lot(&self) -> Option<LotNo> {
        None
    }

    /// The water in it, where its description states it: a part of the wet weight.
    fn moisture(&self, _: &Books) -> Option<i128> {
        None
    }
}

impl OfMaterial for LotNo {
    fn material(&self, books: &Books) -> MaterialNo {
        books.lot(*self).facts.material
    }

    fn lot(&self) -> Option<LotNo> {
        Some(*self)
    }
}

macro_rules! of_material {
    ($($number:ident, |$self:tt, $books:tt| $material:expr;)*) => {$(
        impl OfMaterial for $number {
            fn material(&self, $books: &Books) -> MaterialNo {
                let $self = self;
                $material
            }
        }
    )*};
}

of_material! {
    MaterialNo, |material, _| *material;
    EncumbranceNo, |encumbrance, books| {
        let account = books.encumbrance(*encumbrance).account;
        books.account(account).key.lot.material(books)
    };
    CallNo, |call, books| books.call(*call).material;
    DebtNo, |debt, books| books.debt(*debt).material;
    OrderNo, |order, books| books.order(*order).material;
    RightNo, |right, books| books.right(*right).material;
    RequestNo, |request, books| books.request(*request).material;
}

impl OfMaterial for LotRef {
    fn material(&self, books: &Books) -> MaterialNo {
        match self {
            Self::Known(lot) => lot.material(books),
            Self::New(new) => new.material,
        }
    }

    fn lot(&self) -> Option<LotNo> {
        match self {
            Self::Known(lot) => Some(*lot),
            Self::New(_) => None,
        }
    }

    /// By its description, which never changes: the same command means the same quantity whenever it comes.
    fn moisture(&self, books: &Books) -> Option<i128> {
        let facts = match self {
            Self::Known(lot) => &books.lot(*lot).facts,
            Self::New(new) => new,
        };
        facts.assay.as_ref()?.moisture_ppb.map(of_ppb)
    }
}

/// The facts of the material that something is of.
fn facts<'b>(books: &'b Books, of: &impl OfMaterial) -> &'b Material {
    books.material(of.material(books))
}

/// A quantity of the material that another field is of.
pub(in crate::acts) struct Of;

impl<T: OfMaterial> One<String, Quantity, (&T,)> for Of {
    fn get(resolver: &Resolver<'_>, field: &'static str, text: &String, (of,): (&T,)) -> Result<Quantity, Rejection> {
        let (books, material) = (resolver.books, of.material(resolver.books));
        let quantity = resolver.quantity(field, text, material);
        if matches!(quantity, Err(Rejection::BasisDiffers { .. }))
            && let Some(moisture) = of.moisture(books)
        {
            let facts = books.material(material);
            let (given, basis) = quantity_in(field, text, facts.into())?;
            let accounted = match (basis, facts.basis) {
                (Some(Basis::Dry), Basis::Wet | Basis::Net) => with_water(given.units(), moisture),
                (Some(Basis::Wet), Basis::Dry) => Some(without_water(given.units(), moisture)),
                _ => None,
            };
            let accounted = accounted.and_then(|units| i64::try_from(units).ok()).and_then(Quantity::new);
            return accounted.map_or(quantity, Ok);
        }
        quantity
    }

    fn put(books: &Books, quantity: &Quantity, (of,): (&T,)) -> String {
        write_quantity(facts(books, of), *quantity)
    }
}

/// What stands between a quantity that was measured in a unit of another dimension, and the event that set its factor.
const BY_EVENT: &str = " by event ";

/// A quantity as it was measured, with the factor that it cites; none where it cites none.
pub(in crate::acts) struct Stated;

impl Stated {
    pub(in crate::acts) fn get(_: &Resolver<'_>, text: &str) -> Result<Option<books::factor::Stated>, Rejection> {
        let Some((measured, event)) = text.split_once(BY_EVENT) else { return Ok(None) };
        let fault = || unreadable("quantity")(Fault::NoFactor { text: text.chars().take(80).collect() });
        let factor = Seq(event.trim().parse().map_err(|_| fault())?);
        let unit = measured.split_ascii_whitespace().nth(1).and_then(|unit| measure::Unit::parse(unit).ok());
        let unit = unit.ok_or_else(fault)?;
        let read = measure::parse_quantity(measured, unit, books::factor::Stated::DECIMALS);
        let (size, basis) = read.map_err(|_| fault())?;
        if basis.is_some() { Err(fault()) } else { Ok(Some(books::factor::Stated { size, unit, factor })) }
    }
}

/// A quantity of the material that another field is of: as it was measured, where it cites a factor.
pub(in crate::acts) struct OfStated;

impl<T: OfMaterial> One<String, Quantity, (&T, &Option<books::factor::Stated>)> for OfStated {
    fn get(
        resolver: &Resolver<'_>,
        field: &'static str,
        text: &String,
        (of, stated): (&T, &Option<books::factor::Stated>),
    ) -> Result<Quantity, Rejection> {
        let Some(stated) = stated else { return <Of as One<_, _, _>>::get(resolver, field, text, (of,)) };
        let found = stated.quantity(resolver.books, of.material(resolver.books), of.lot());
        found.ok_or_else(|| unreadable(field)(Fault::NoFactor { text: text.chars().take(80).collect() }))
    }

    fn put(books: &Books, quantity: &Quantity, (of, stated): (&T, &Option<books::factor::Stated>)) -> String {
        let Some(books::factor::Stated { size, unit, factor }) = stated else {
            return <Of as One<_, _, _>>::put(books, quantity, (of,));
        };
        let number = measure::display_units(size.units(), *unit, books::factor::Stated::DECIMALS, *unit);
        format!("{number} {unit}{BY_EVENT}{factor}")
    }
}

/// A member with a quantity of the material that another field is of.
pub(in crate::acts) struct MemberPart;

impl<T: OfMaterial> One<MemberQuantity, Lender, (&T,)> for MemberPart {
    fn get(
        resolver: &Resolver<'_>,
        field: &'static str,
        part: &MemberQuantity,
        (of,): (&T,),
    ) -> Result<Lender, Rejection> {
        let member = resolver.party(&part.member)?;
        Ok(Lender { member, quantity: resolver.quantity(field, &part.quantity, of.material(resolver.books))? })
    }

    fn put(books: &Books, part: &Lender, (of,): (&T,)) -> MemberQuantity {
        let quantity = write_quantity(facts(books, of), part.quantity);
        MemberQuantity { member: books.party_code(part.member).to_owned(), quantity }
    }
}

codecs! {
    /// A new lot that a lot is split into, with its size.
    LotPart(lot: LotNo): Part => books::acts::relot::Part {
        |resolver, _, part| {
            let quantity = resolver.quantity("parts.quantity", &part.quantity, lot.material(resolver.books))?;
            Ok(books::acts::relot::Part { lot: part.lot.clone(), quantity })
        },
        |books, part| Part { lot: part.lot.clone(), quantity: write_quantity(facts(books, lot), part.quantity) },
    }
    /// What is lost of the first of several lots; nothing where it is absent.
    LostOfFirst(lines: Vec<Line>): Option<String> => Quantity {
        |resolver, field, text| match text.as_ref().zip(lines.first()) {
            Some((text, first)) => resolver.quantity(field, text, first.lot.material(resolver.books)),
            None => Ok(Quantity::ZERO),
        },
        |books, lost| {
            let lost = Some(*lost).filter(|lost| !lost.is_zero());
            lost.zip(lines.first()).map(|(lost, first)| write_quantity(facts(books, &first.lot), lost))
        },
    }
    /// A quantity of a debt's material, where there is a debt.
    OfDebt(debt: Option<DebtNo>): Option<String> => Option<Quantity> {
        |resolver, field, text| {
            let Some(text) = text else { return Ok(None) };
            let debt = debt.ok_or_else(|| unreadable(field)(Fault::GoesWithDebt))?;
            resolver.quantity(field, text, debt.material(resolver.books)).map(Some)
        },
        |books, quantity| quantity.zip(*debt).map(|(quantity, debt)| write_quantity(facts(books, &debt), quantity)),
    }
    /// A difference with its sign.
    Signed(material: MaterialNo): String => i64 {
        |resolver, field, text| {
            let (sign, size) = match text.strip_prefix(['-', '\u{2212}']) {
                Some(size) => (-1, size),
                None => (1, text.as_str()),
            };
            Ok(sign * resolver.quantity(field, size, *material)?.units())
        },
        |books, units| {
            let sign = if *units < 0 { "-" } else { "" };
            let size = Quantity::new(units.saturating_abs()).unwrap_or_default();
            format!("{sign}{}", write_quantity(facts(books, material), size))
        },
    }
    /// Money of a reserve.
    Money(reserve: ReserveNo): String => Quantity {
        |resolver, field, text| read_money(field, text, &resolver.books.reserve(*reserve).currency),
        |books, amount| show_money(amount.units(), &books.reserve(*reserve).currency),
    }
    /// A quantity of a material that has to be named for it.
    OfIfAny(material: Option<MaterialNo>): String => Quantity {
        |resolver, field, text| match material {
            Some(material) => resolver.quantity(field, text, *material),
            None => Err(unreadable(field)(Fault::MaterialNeeded)),
        },
        |books, quantity| match material {
            Some(material) => write_quantity(books.material(*material), *quantity),
            None => String::new(),
        },
    }
    /// A quantity of a material, or money of a reserve where there is none.
    OfMaterialOrMoney(material: Option<MaterialNo>, reserve: ReserveNo): String => Quantity {
        |resolver, field, text| match material {
            Some(material) => resolver.quantity(field, text, *material),
            None => Money::get(resolver, field, text, (reserve,)),
        },
        |books, quantity| match material {
            Some(material) => write_quantity(facts(books, material), *quantity),
            None => Money::put(books, quantity, (reserve,)),
        },
    }
    /// Money of a joint order.
    Paid(order: OrderNo): Option<String> => Option<Quantity> {
        |resolver, field, text| {
            let Some(text) = text else { return Ok(None) };
            let currency = currency_of(resolver.books, *order);
            let currency = currency.ok_or_else(|| unreadable(field)(Fault::NotAwarded))?;
            read_money(field, text, currency).map(Some)
        },
        |books, paid| paid.zip(currency_of(books, *order)).map(|(paid, currency)| show_money(paid.units(), currency)),
    }
}

fn currency_of(books: &Books, order: OrderNo) -> Option<&str> {
    books.order(order).award.as_ref().map(|award| award.price.currency.as_str())
}

/// Money in a currency, as `1000.00 USD`.
fn read_money(field: &'static str, text: &str, currency: &str) -> Result<Quantity, Rejection> {
    let problem = || Fault::NotMoney { text: text.to_owned(), currency: currency.to_owned() };
    let known = Currency::parse(currency);
    let (amount, given) = text.trim().split_once(' ').ok_or_else(|| unreadable(field)(problem()))?;
    let decimals = known.filter(|_| given.trim() == currency).map(Currency::decimals);
    let decimals = decimals.ok_or_else(|| unreadable(field)(problem()))?;
    parse_decimal(amount, decimals).map_err(|error| unreadable(field)(of_number(text, &error)))
}

/// Money in a currency, as `1000.00 USD`. May be negative.
#[must_use]
pub fn show_money(minor: impl Into<i128>, currency: &str) -> String {
    let decimals = Currency::parse(currency).map_or(2, Currency::decimals);
    format!("{} {currency}", format_decimal(minor, decimals))
}
