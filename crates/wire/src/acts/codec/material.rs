//! What is said of parties and materials when they are registered.

use books::material::Material;
use books::{Fault, MaterialNo, Rejection};
use measure::{Quantity, Unit};

use super::codecs;
use crate::fault::of_basis;
use crate::limits::DECIMALS_MAX;
use crate::resolve::{Resolver, quantity_in, unreadable};
use crate::value::Accounting;

codecs! {
    /// A time zone that there is.
    Zone: Option<String> => Option<String> {
        |_, field, zone| match zone {
            Some(zone) if jiff::tz::TimeZone::get(zone).is_err() => {
                Err(unreadable(field)(Fault::NotAZone { text: zone.clone() }))
            }
            zone => Ok(zone.clone()),
        },
        |_, zone| zone.clone(),
    }
    /// The unit in which people read a material; the accounting unit where none is said.
    Shown(unit: Unit): Option<String> => Unit {
        |resolver, field, text| text.as_ref().map_or(Ok(*unit), |text| super::Unit::get(resolver, field, text, ())),
        |_, shown| Some(shown.to_string()),
    }
    /// What the numbers of a material count.
    Basis: String => measure::Basis {
        |_, field, text| measure::Basis::parse(text).map_err(|error| unreadable(field)(of_basis(text, &error))),
        |_, basis| basis.to_string(),
    }
    /// Decimals that are kept; none where nothing is said.
    Decimals: Option<u8> => u8 {
        |_, field, decimals| match decimals.unwrap_or(0) {
            decimals if decimals > DECIMALS_MAX => Err(unreadable(field)(Fault::TooManyDecimals { most: DECIMALS_MAX })),
            decimals => Ok(decimals),
        },
        |_, decimals| Some(*decimals).filter(|decimals| *decimals > 0),
    }
    /// A quantity of the material that is being described; another basis is refused, as it is for a movement.
    OwnQuantity(code: String, unit: Unit, decimals: u8, shown: Unit, basis: measure::Basis): String => Quantity {
        |_, field, text| {
            let accounting = Accounting { code, unit: *unit, decimals: *decimals, shown: *shown, basis: *basis };
            match quantity_in(field, text, accounting)? {
                (_, Some(given)) if given != *basis => {
                    let (basis, given) = (basis.to_string(), given.to_string());
                    Err(unreadable(field)(Fault::OtherBasis { text: text.clone(), basis, given }))
                }
                (quantity, _) => Ok(quantity),
            }
        },
        |_, quantity| {
            Accounting { code, unit: *unit, decimals: *decimals, shown: *shown, basis: *basis }.write(*quantity)
        },
    }
}

/// What an amendment of a material leaves as it was.
macro_rules! kept {
    ($($(#[$doc:meta])* $name:ident: $field:ident $type:ty;)*) => {$(
        $(#[$doc])*
        pub(in crate::acts) struct $name;

        impl $name {
            pub(in crate::acts) fn get(resolver: &Resolver<'_>, code: &str) -> Result<$type, Rejection> {
                let material: MaterialNo = resolver.material(code)?;
                let Material { $field, .. } = resolver.material_facts(material);
                Ok(*$field)
            }
        }
    )*};
}

kept! {
    /// The accounting unit.
    OldUnit: unit Unit;
    /// The decimals that are kept.
    OldDecimals: decimals u8;
    /// What the numbers count.
    OldBasis: basis measure::Basis;
}
