//! Exact decimals, as large as a source may write them.

/// An exact decimal: units of 10^-decimals.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Decimal {
    pub(crate) units: i128,
    pub(crate) decimals: u32,
}

impl Decimal {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let fraction = fraction.trim_end_matches('0');
        let units = format!("{whole}{fraction}").parse().ok()?;
        (fraction.len() <= 18).then_some(Self { units, decimals: u32::try_from(fraction.len()).ok()? })
    }

    fn at(self, decimals: u32) -> Option<i128> {
        self.units.checked_mul(10i128.checked_pow(decimals.checked_sub(self.decimals)?)?)
    }

    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        let decimals = self.decimals.max(other.decimals);
        Some(Self { units: self.at(decimals)?.checked_add(other.at(decimals)?)?, decimals })
    }

    pub(crate) fn times(self, other: Self) -> Option<Self> {
        let decimals = self.decimals.checked_add(other.decimals).filter(|decimals| *decimals <= 36)?;
        Some(Self { units: self.units.checked_mul(other.units)?, decimals })
    }

    pub(crate) fn minus(self, other: Self) -> Option<Self> {
        self.plus(Self { units: other.units.checked_neg()?, ..other })
    }

    pub(crate) fn is_below(self, other: Self) -> bool {
        self.minus(other).is_some_and(|difference| difference.units < 0)
    }

    pub(crate) fn is_same(self, other: Self) -> bool {
        self.minus(other).is_some_and(|difference| difference.units == 0)
    }

    pub(crate) fn size(self) -> Self {
        Self { units: self.units.saturating_abs(), ..self }
    }

    pub(crate) fn is_within(self, whole: u64) -> bool {
        10u128
            .checked_pow(self.decimals)
            .and_then(|one| one.checked_mul(u128::from(whole)))
            .is_some_and(|bound| self.units.unsigned_abs() <= bound)
    }

    pub(crate) fn show(self, unit: &str) -> String {
        format!("{self} {unit}")
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let one = 10u128.pow(self.decimals);
        let (whole, fraction) = (self.units.unsigned_abs() / one, self.units.unsigned_abs() % one);
        if fraction == 0 {
            return write!(f, "{sign}{whole}");
        }
        let digits = format!("{fraction:0width$}", width = self.decimals as usize);
        write!(f, "{sign}{whole}.{}", digits.trim_end_matches('0'))
    }
}
