//! What things cost: prices of several units and currencies side by side, what cannot be compared, and which floor a price
//! lies below.
//!
//! Prices are compared in billionths of the smallest unit of a currency for one unit in which people read the material. A
//! price in another currency goes by the rate that was in force on the day, or is not compared.

use std::fmt;

use measure::{Currency, Density, Quantity, Scale, Unit, format_decimal};

use crate::books::facts::Facts;
use crate::lot::{Assay, NewLot, Price};
use crate::material::{Form, Material};
use crate::number::{FloorNo, MaterialNo};
use crate::procurement::Floor;

/// How many parts of the smallest unit of a currency prices are compared in, as decimals.
const FINER: u8 = 9;

/// A rate between two currencies: in force from its day on, until another one of the two takes its place.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Rate {
    /// How much of one currency there is in one of another, as `1.0842 USD/EUR`.
    #[n(0)]
    pub rate: Density,
    /// Who stated it: a central bank, a contract.
    #[n(1)]
    pub source: String,
}

/// What a floor says of a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// It lies below it.
    Below,
    /// It does not.
    NotBelow,
    /// Nobody can say.
    Not(NotCompared),
}

/// Why a price is not compared with a floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotCompared {
    /// No price was said.
    NoPrice,
    /// It is in another currency, and no rate was in force.
    NoRate,
    /// The floor is of a grade, and no assay says which grade this is.
    NoAssay,
}

/// What floors say of the price of a lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floors<'b> {
    /// The highest that it lies below.
    pub below: Option<&'b Floor>,
    /// Why one of them says nothing.
    pub unsaid: Option<NotCompared>,
}

impl NotCompared {
    /// The code in answers.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoPrice => "no_price",
            Self::NoRate => "no_rate",
            Self::NoAssay => "no_assay",
        }
    }
}

/// As people write it: `85.20 USD/kg`.
impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = Currency::parse(&self.currency).map_or(2, Currency::decimals);
        write!(f, "{} {}", format_decimal(self.minor_per_unit, decimals), self.currency)?;
        self.unit.map_or(Ok(()), |unit| write!(f, "/{unit}"))
    }
}

impl Material {
    /// A price in billionths of the smallest unit of its currency for one shown unit, to the nearest; none where its unit
    /// measures something else, or where it does not fit.
    #[must_use]
    pub fn fine(&self, price: &Price) -> Option<i128> {
        let minor = i128::from(price.minor_per_unit).checked_mul(10i128.pow(u32::from(FINER)))?;
        match price.unit {
            // So many of the price's unit are in one that is shown.
            Some(unit) => measure::convert_units(minor, Scale::whole(self.shown), Scale::whole(unit)),
            None => Some(minor),
        }
    }

    /// What a quantity costs at a price as [`Self::fine`] gives it, in the smallest unit of its currency, to the nearest.
    #[must_use]
    pub fn worth(&self, quantity: Quantity, fine: i128) -> Option<Quantity> {
        let divisor = i128::from(self.units_per_shown()).checked_mul(10i128.pow(u32::from(FINER)))?;
        let exact = i128::from(quantity.units()).checked_mul(fine)?;
        i64::try_from((exact + divisor / 2) / divisor).ok().and_then(Quantity::new)
    }
}

impl<'b> Facts<'b> {
    /// A price in billionths of the smallest unit of a currency; none where no rate was in force on the day.
    #[must_use]
    pub fn fine_in(&self, material: MaterialNo, price: &Price, currency: &str) -> Option<i128> {
        let fine = self.books.material(material).fine(price)?;
        if price.currency == currency {
            return Some(fine);
        }
        let scale = |code: &str| {
            let unit = Unit::money(Currency::parse(code)?);
            Some(Scale { unit, decimals: unit.decimals() + FINER })
        };
        let (own, other) = (scale(&price.currency)?, scale(currency)?);
        self.rate((own.unit.dimension(), other.unit.dimension()))?.rate.convert(fine, own, other)
    }

    /// What a floor that is in force says of a price; none where it is for something else.
    #[must_use]
    pub fn compared(
        &self,
        floor: &Floor,
        material: MaterialNo,
        form: Form,
        assay: Option<&Assay>,
        price: Option<&Price>,
    ) -> Option<Compared> {
        if !floor.is_for(material, form, self.day) {
            return None;
        }
        if floor.grade.is_some() && assay.is_none() {
            return Some(Compared::Not(NotCompared::NoAssay));
        }
        if !floor.is_of_grade(assay) {
            return None;
        }
        let Some(price) = price else { return Some(Compared::Not(NotCompared::NoPrice)) };
        let own = self.fine_in(material, price, &floor.price.currency);
        let lowest = self.books.material(material).fine(&floor.price);
        Some(match own.zip(lowest) {
            None => Compared::Not(NotCompared::NoRate),
            Some((own, lowest)) if own < lowest => Compared::Below,
            Some(_) => Compared::NotBelow,
        })
    }

    /// The floors of the day that are for a material and form, each with what it says of a price.
    pub fn floors_for(
        self,
        (material, form): (MaterialNo, Form),
        assay: Option<&Assay>,
        price: Option<&Price>,
    ) -> impl Iterator<Item = (FloorNo, &'b Floor, Compared)> {
        self.floors().filter_map(move |(number, floor)| {
            Some((number, floor, self.compared(floor, material, form, assay, price)?))
        })
    }

    /// Of floors in several currencies the one that asks for most: in the currency of a price.
    pub fn highest(
        &self,
        material: MaterialNo,
        price: &Price,
        floors: impl Iterator<Item = (FloorNo, &'b Floor)>,
    ) -> Option<(FloorNo, &'b Floor)> {
        let asked = |floor: &Floor| self.fine_in(material, &floor.price, &price.currency).unwrap_or_default();
        floors.max_by_key(|(_, floor)| asked(floor))
    }

    /// What the floors of the day say of a lot's price.
    #[must_use]
    pub fn held_against_floors(&self, lot: &NewLot) -> Floors<'b> {
        let price = lot.price.as_ref();
        let said: Vec<_> = self.floors_for((lot.material, lot.form), lot.assay.as_ref(), price).collect();
        let below =
            said.iter().filter(|(.., said)| *said == Compared::Below).map(|(number, floor, _)| (*number, *floor));
        let below = price.and_then(|price| self.highest(lot.material, price, below)).map(|(_, floor)| floor);
        let unsaid = said.iter().find_map(|(.., said)| if let Compared::Not(why) = said { Some(*why) } else { None });
        Floors { below, unsaid }
    }

    /// What is missing to a floor for a quantity of a lot, in the smallest unit of the floor's currency.
    #[must_use]
    pub fn support(&self, material: MaterialNo, price: &Price, floor: &Floor, quantity: Quantity) -> Option<Quantity> {
        let facts = self.books.material(material);
        let gap = facts.fine(&floor.price)? - self.fine_in(material, price, &floor.price.currency)?;
        facts.worth(quantity, gap)
    }
}
