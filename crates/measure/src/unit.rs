//! What a number counts: units of mass, volume, energy, pieces, days and money.
//!
//! Each unit has an exact whole factor to the base of its dimension. Units of different dimensions never convert: a
//! barrel has no mass until somebody states a density, and that is an act with a source, not a unit.

use std::fmt;

use crate::Currency;

/// What is measured. Money of two currencies is of two dimensions: an exchange rate is a fact of a day, not a factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Mass; base nanogram, in which the pound and the troy ounce are whole.
    Mass,
    /// Volume; base nanolitre, in which the US gallon and the barrel of 42 of them are whole.
    Volume,
    /// Energy; base joule.
    Energy,
    /// Things counted; base one piece.
    Count,
    /// Days of cover or delay; base one day.
    Time,
    /// Money; base one of the currency's main unit.
    Money(Currency),
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mass => f.write_str("mass"),
            Self::Volume => f.write_str("volume"),
            Self::Energy => f.write_str("energy"),
            Self::Count => f.write_str("count"),
            Self::Time => f.write_str("time"),
            Self::Money(currency) => write!(f, "money in {currency}"),
        }
    }
}

/// The code names no unit that we know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{code}` {}", if self.is_two_units() { TWO_UNITS } else { "is not a unit" })]
pub struct UnitError {
    /// What was read.
    pub code: String,
}

impl UnitError {
    /// Does the code name two units, to two trades?
    #[must_use]
    pub fn is_two_units(&self) -> bool {
        self.code.eq_ignore_ascii_case(STORED_MILLION_BARRELS)
    }
}

/// A unit with an exact factor to its dimension's base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Kind {
    Milligram,
    Gram,
    Kilogram,
    Tonne,
    Kilotonne,
    Megatonne,
    Pound,
    ShortTon,
    LongTon,
    TroyOunce,
    Flask,
    Litre,
    CubicMetre,
    Kilolitre,
    Gallon,
    Barrel,
    Kilobarrel,
    Megabarrel,
    Megajoule,
    Gigajoule,
    Terajoule,
    Petajoule,
    OilEquivalent,
    KilotonneOilEquivalent,
    WattHour,
    KilowattHour,
    MegawattHour,
    GigawattHour,
    TerawattHour,
    Piece,
    Day,
    Money(Currency),
}

const TWO_UNITS: &str = "is a thousand barrels to some and a million to others: write `kbbl` or `MMbbl`";

/// Nanograms in a gram.
const GRAM: u128 = 1_000_000_000;
/// Nanograms in an avoirdupois pound: 453.59237 g exactly (international yard and pound agreement, 1959).
const POUND: u128 = 453_592_370_000;
/// Nanograms in a troy ounce: 480 grains of 64.79891 mg exactly.
const TROY_OUNCE: u128 = 31_103_476_800;

/// Nanolitres in a litre.
const LITRE: u128 = 1_000_000_000;
/// Nanolitres in a US gallon: 231 cubic inches of 25.4 mm exactly.
const GALLON: u128 = 3_785_411_784;
/// Joules in a watt hour.
const WATT_HOUR: u128 = 3_600;
/// Joules in a gigajoule.
const GIGAJOULE: u128 = 1_000_000_000;
/// Joules in a tonne of oil equivalent: 10 Gcal of 4.1868 J exactly (IEA, Eurostat).
const OIL_EQUIVALENT: u128 = 41_868_000_000;

/// The code under which a million barrels stand in events. In the US trade it means a thousand, so that nobody writes it.
const STORED_MILLION_BARRELS: &str = "Mbbl";

/// All units but money.
const LISTED: [Unit; 31] = [
    Unit::MG,
    Unit::G,
    Unit::KG,
    Unit::T,
    Unit::KT,
    Unit::MT,
    Unit::LB,
    Unit::SHORT_TON,
    Unit::LONG_TON,
    Unit::TROY_OUNCE,
    Unit::FLASK,
    Unit::L,
    Unit::M3,
    Unit::KL,
    Unit::GAL,
    Unit::BBL,
    Unit::KBBL,
    Unit::MBBL,
    Unit::MJ,
    Unit::GJ,
    Unit::TJ,
    Unit::PJ,
    Unit::TOE,
    Unit::KTOE,
    Unit::WH,
    Unit::KWH,
    Unit::MWH,
    Unit::GWH,
    Unit::TWH,
    Unit::PCS,
    Unit::DAY,
];

impl Unit {
    /// Milligram, `mg`: the accounting unit of minerals.
    pub const MG: Self = Self(Kind::Milligram);
    /// Gram, `g`.
    pub const G: Self = Self(Kind::Gram);
    /// Kilogram, `kg`.
    pub const KG: Self = Self(Kind::Kilogram);
    /// Tonne of 1000 kg, `t`.
    pub const T: Self = Self(Kind::Tonne);
    /// Thousand tonnes, `kt`.
    pub const KT: Self = Self(Kind::Kilotonne);
    /// Million tonnes, `Mt`.
    pub const MT: Self = Self(Kind::Megatonne);
    /// Avoirdupois pound of 453.59237 g, `lb`.
    pub const LB: Self = Self(Kind::Pound);
    /// Short ton of 2000 lb, `st`.
    pub const SHORT_TON: Self = Self(Kind::ShortTon);
    /// Long ton of 2240 lb, `lt`.
    pub const LONG_TON: Self = Self(Kind::LongTon);
    /// Troy ounce of 31.1034768 g, `ozt`.
    pub const TROY_OUNCE: Self = Self(Kind::TroyOunce);
    /// Flask of mercury of 76 lb, `flask`.
    pub const FLASK: Self = Self(Kind::Flask);
    /// Litre, `L`; `l` is read too.
    pub const L: Self = Self(Kind::Litre);
    /// Cubic metre, `m3`; `m³` is read too.
    pub const M3: Self = Self(Kind::CubicMetre);
    /// Kilolitre, `kL`, which is a cubic metre: Japan counts its reserve in it; `kl` is read too.
    pub const KL: Self = Self(Kind::Kilolitre);
    /// US gallon of 3.785411784 L, `gal`.
    pub const GAL: Self = Self(Kind::Gallon);
    /// Barrel of oil of 42 US gallons, 0.158987294928 m3, `bbl`.
    pub const BBL: Self = Self(Kind::Barrel);
    /// Thousand barrels, `kbbl`.
    pub const KBBL: Self = Self(Kind::Kilobarrel);
    /// Million barrels, `MMbbl`; `mb` is read too, `Mbbl` is refused.
    pub const MBBL: Self = Self(Kind::Megabarrel);
    /// Megajoule, `MJ`.
    pub const MJ: Self = Self(Kind::Megajoule);
    /// Gigajoule, `GJ`.
    pub const GJ: Self = Self(Kind::Gigajoule);
    /// Terajoule, `TJ`.
    pub const TJ: Self = Self(Kind::Terajoule);
    /// Petajoule, `PJ`.
    pub const PJ: Self = Self(Kind::Petajoule);
    /// Tonne of oil equivalent of 41.868 GJ, `toe`.
    pub const TOE: Self = Self(Kind::OilEquivalent);
    /// Thousand tonnes of oil equivalent, `ktoe`.
    pub const KTOE: Self = Self(Kind::KilotonneOilEquivalent);
    /// Watt hour, `Wh`.
    pub const WH: Self = Self(Kind::WattHour);
    /// Kilowatt hour, `kWh`.
    pub const KWH: Self = Self(Kind::KilowattHour);
    /// Megawatt hour, `MWh`.
    pub const MWH: Self = Self(Kind::MegawattHour);
    /// Gigawatt hour, `GWh`.
    pub const GWH: Self = Self(Kind::GigawattHour);
    /// Terawatt hour, `TWh`.
    pub const TWH: Self = Self(Kind::TerawattHour);
    /// Piece, `pcs`.
    pub const PCS: Self = Self(Kind::Piece);
    /// Day, `d`.
    pub const DAY: Self = Self(Kind::Day);

    /// The main unit of a currency: one dollar, one yen.
    #[must_use]
    pub const fn money(currency: Currency) -> Self {
        Self(Kind::Money(currency))
    }

    /// Reads a code. Capitals count: `mg` and `Mg` would be a factor of 10^9 apart, so none is guessed.
    pub fn parse(code: &str) -> Result<Self, UnitError> {
        let listed = LISTED.into_iter().find(|unit| unit.code() == code);
        let alias = || match code {
            "mb" => Some(Self::MBBL),
            "l" => Some(Self::L),
            "kl" => Some(Self::KL),
            "m³" => Some(Self::M3),
            _ => None,
        };
        let money = || Currency::parse(code).map(Self::money);
        listed.or_else(alias).or_else(money).ok_or_else(|| UnitError { code: code.to_owned() })
    }

    /// Reads a code as it stands in events and facts: no alias, for one unit has one encoding.
    #[must_use]
    pub fn of_stored(code: &str) -> Option<Self> {
        let listed = LISTED.into_iter().find(|unit| unit.stored() == code);
        listed.or_else(|| Currency::parse(code).map(Self::money))
    }

    /// The code that stands in events.
    const fn stored(self) -> &'static str {
        match self.0 {
            Kind::Megabarrel => STORED_MILLION_BARRELS,
            _ => self.code(),
        }
    }

    /// Every unit but money, by dimension, in the order of the documentation.
    #[must_use]
    pub const fn listed() -> &'static [Self] {
        &LISTED
    }

    /// The code that people and files write.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.row().0
    }

    /// What it measures.
    #[must_use]
    pub const fn dimension(self) -> Dimension {
        self.row().1
    }

    /// How many of its dimension's base one of it is, exactly.
    #[must_use]
    pub const fn factor(self) -> u128 {
        self.row().2
    }

    /// The decimals with which it is usually kept: those of the smallest coin for money, else 0.
    #[must_use]
    pub fn decimals(self) -> u8 {
        match self.0 {
            Kind::Money(currency) => currency.decimals(),
            _ => 0,
        }
    }

    const fn row(self) -> (&'static str, Dimension, u128) {
        use Dimension::{Count, Energy, Mass, Money, Time, Volume};
        match self.0 {
            Kind::Milligram => ("mg", Mass, GRAM / 1_000),
            Kind::Gram => ("g", Mass, GRAM),
            Kind::Kilogram => ("kg", Mass, GRAM * 1_000),
            Kind::Tonne => ("t", Mass, GRAM * 1_000_000),
            Kind::Kilotonne => ("kt", Mass, GRAM * 1_000_000_000),
            Kind::Megatonne => ("Mt", Mass, GRAM * 1_000_000_000_000),
            Kind::Pound => ("lb", Mass, POUND),
            Kind::ShortTon => ("st", Mass, POUND * 2_000),
            Kind::LongTon => ("lt", Mass, POUND * 2_240),
            Kind::TroyOunce => ("ozt", Mass, TROY_OUNCE),
            Kind::Flask => ("flask", Mass, POUND * 76),
            Kind::Litre => ("L", Volume, LITRE),
            Kind::CubicMetre => ("m3", Volume, LITRE * 1_000),
            Kind::Kilolitre => ("kL", Volume, LITRE * 1_000),
            Kind::Gallon => ("gal", Volume, GALLON),
            Kind::Barrel => ("bbl", Volume, GALLON * 42),
            Kind::Kilobarrel => ("kbbl", Volume, GALLON * 42_000),
            Kind::Megabarrel => ("MMbbl", Volume, GALLON * 42_000_000),
            Kind::Megajoule => ("MJ", Energy, GIGAJOULE / 1_000),
            Kind::Gigajoule => ("GJ", Energy, GIGAJOULE),
            Kind::Terajoule => ("TJ", Energy, GIGAJOULE * 1_000),
            Kind::Petajoule => ("PJ", Energy, GIGAJOULE * 1_000_000),
            Kind::OilEquivalent => ("toe", Energy, OIL_EQUIVALENT),
            Kind::KilotonneOilEquivalent => ("ktoe", Energy, OIL_EQUIVALENT * 1_000),
            Kind::WattHour => ("Wh", Energy, WATT_HOUR),
            Kind::KilowattHour => ("kWh", Energy, WATT_HOUR * 1_000),
            Kind::MegawattHour => ("MWh", Energy, WATT_HOUR * 1_000_000),
            Kind::GigawattHour => ("GWh", Energy, WATT_HOUR * 1_000_000_000),
            Kind::TerawattHour => ("TWh", Energy, WATT_HOUR * 1_000_000_000_000),
            Kind::Piece => ("pcs", Count, 1),
            Kind::Day => ("d", Time, 1),
            Kind::Money(currency) => (currency.code(), Money(currency), 1),
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The code as a text string: `"mg"`, `"USD"`.
impl<C> minicbor::Encode<C> for Unit {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(self.stored())?.ok()
    }
}

/// Takes only the code itself, no alias: one unit has one encoding.
impl<'b, C> minicbor::Decode<'b, C> for Unit {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::of_stored(d.str()?).ok_or_else(|| minicbor::decode::Error::message("not the code of a unit"))
    }
}

#[cfg(test)]
mod tests;
