//! How old a difference is, in the buckets that custody rules and auditors ask for.

use ids::Day;

/// Age in days, in five buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AgeBucket {
    /// 0 and 1 day.
    Days0To1,
    /// 2 to 7 days.
    Days2To7,
    /// 8 to 30 days.
    Days8To30,
    /// 31 to 90 days.
    Days31To90,
    /// More than 90 days.
    Over90Days,
}

impl AgeBucket {
    /// All of them, the youngest first.
    pub const ALL: [Self; 5] = [Self::Days0To1, Self::Days2To7, Self::Days8To30, Self::Days31To90, Self::Over90Days];

    /// The bucket on `today` of what began on `since`. What begins tomorrow in another zone is 0 days old.
    #[must_use]
    pub const fn of(since: Day, today: Day) -> Self {
        match (today.0 as i64) - (since.0 as i64) {
            ..=1 => Self::Days0To1,
            2..=7 => Self::Days2To7,
            8..=30 => Self::Days8To30,
            31..=90 => Self::Days31To90,
            _ => Self::Over90Days,
        }
    }

    /// What tables print.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Days0To1 => "0-1",
            Self::Days2To7 => "2-7",
            Self::Days8To30 => "8-30",
            Self::Days31To90 => "31-90",
            Self::Over90Days => ">90",
        }
    }
}

/// Both ages of a difference. They differ where a party reports late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ages {
    /// Since the day the movement took effect.
    pub since_effective: AgeBucket,
    /// Since the first report that told of it.
    pub since_first_report: AgeBucket,
}

#[cfg(test)]
mod tests;
