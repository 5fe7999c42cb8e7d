//! Restrictions, licences, limits on concentration.

use books::acts as numbered;

use super::words::{FigureOf, OfMixed, ShareIn, ShareOf, Stage};

super::object! {
    /// A restriction on movements is recorded. Every field that is said must fit; what is left open fits everything.
    Restrict {
        /// Unique among restrictions.
        restriction: String,
        /// Mined there, ISO 3166-1 alpha-2.
        origin: Option<String>,
        /// Separated, refined or made there.
        processed: Option<String>,
        /// HS heading: a prefix.
        hs: Option<String>,
        /// Material.
        material: Option<String>,
        /// What it may not be used for.
        end_use: Option<String>,
        /// Country it may not go to.
        destination: Option<String>,
        /// First day; the effective date where absent.
        first: Option<String>,
        /// Last day; open-ended where absent.
        last: Option<String>,
        /// Can a licence let it through?
        licensable: Option<bool>,
        /// Law or notice it rests on.
        basis: Option<String>,
        /// How much of a lot falls under it of which a part does, or may: `wholly` (where absent) or `in_proportion`.
        of_mixed: Option<OfMixed>,
        /// Country that it may not leave, wherever it comes from; any where absent.
        host: Option<String>,
    }

    /// A restriction is lifted.
    LiftRestriction {
        /// Which restriction.
        restriction: String,
        /// Last day on which it holds; the effective date where absent.
        last: Option<String>,
        /// Why.
        reason: Option<String>,
    }

    /// A licence under a restriction is recorded.
    License {
        /// Unique among licences.
        licence: String,
        /// Under which restriction.
        restriction: String,
        /// Whose movements; the party's where absent.
        holder: Option<String>,
        /// Of which material.
        material: String,
        /// How much in all, with its unit.
        quantity: String,
        /// First day; the effective date where absent.
        first: Option<String>,
        /// Last day; open-ended where absent.
        last: Option<String>,
    }

    /// A limit on concentration, or a target with the path to it, is set.
    SetShareLimit {
        /// Unique among limits.
        limit: String,
        /// Of which material; all together where none is said.
        material: Option<String>,
        /// What the share is taken over.
        of: ShareOf,
        /// Which country, supplier or site; every single one where none is said.
        whose: Option<String>,
        /// At most this share, such as `65%`.
        most: String,
        /// Share at the start of a path, such as `90%`.
        start: Option<String>,
        /// First day; the effective date where absent.
        first: Option<String>,
        /// Day on which a path reaches the limit, or the last day of a limit.
        last: Option<String>,
        /// Whose stock or imports; those of all together where absent.
        owner: Option<String>,
        /// Of what the share is taken: `stock`, or `imports` by recorded figures; of what is held where absent.
        part_of: Option<ShareIn>,
    }

    /// A figure of the world is recorded, or revised.
    RecordFigure {
        /// What it is of.
        of: FigureOf,
        /// Whose; the world's where absent.
        whose: Option<String>,
        /// Of which material.
        material: String,
        /// At which stage, where it is of one.
        stage: Option<Stage>,
        /// The country that it comes from or goes to, is made or lies in; of all together where absent.
        country: Option<String>,
        /// The calendar year.
        year: u16,
        /// How much, with its unit.
        quantity: String,
        /// Who published it.
        source: String,
    }
}

super::form::form! {
    Restrict = numbered::restrict::Restrict {
        restriction: Same,
        origin: Same,
        processed: Same,
        hs: Same,
        material: Material,
        end_use: Same,
        destination: Same,
        first: Day,
        last: Day,
        licensable: Flag,
        basis: Same,
        of_mixed: Word,
        host: Same,
    }
    LiftRestriction = numbered::restrict::LiftRestriction {
        restriction: Restriction,
        last: Day,
        reason: Same,
    }
    License = numbered::restrict::License {
        licence: Same,
        restriction: Restriction,
        holder: Owner,
        material: Material,
        quantity: Of(material),
        first: Day,
        last: Day,
    }
    SetShareLimit = numbered::share_limit::SetShareLimit {
        limit: Same,
        material: Material,
        of: Word,
        whose: Same,
        most: Fraction,
        start: Fraction,
        first: Day,
        last: Day,
        owner: Party,
        part_of: Word,
    }
    RecordFigure = numbered::record_figure::RecordFigure {
        of: Word,
        whose: Party,
        material: Material,
        stage: Word,
        country: Same,
        year: Same,
        quantity: Of(material),
        source: Same,
    }
}
