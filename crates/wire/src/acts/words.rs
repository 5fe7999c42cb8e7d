//! Words for the choices that the rules know.

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $books:path { $($(#[$variant_doc:meta])* $variant:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl From<$name> for $books {
            fn from(word: $name) -> Self {
                match word { $($name::$variant => Self::$variant,)* }
            }
        }

        impl From<$books> for $name {
            fn from(word: $books) -> Self {
                match word { $(<$books>::$variant => Self::$variant,)* }
            }
        }

        impl $name {
            /// All of them, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word as it is written.
            #[must_use]
            pub fn word(self) -> String {
                match serde_json::to_value(self) {
                    Ok(serde_json::Value::String(word)) => word,
                    _ => unreachable!("a choice is written as a word"),
                }
            }
        }
    )*};
}

words! {
    /// What can be open at the end of a period.
    Matter = books::acts::close::Matter {
        /// Stock that was on its way at the end of the last day.
        InTransit,
        /// Stock at a site that was not counted in the period.
        Uncounted,
    }
    /// What a party may do beyond writing its own stock.
    Role = books::party::Role {
        /// Owns stock and records its movements.
        Agency,
        /// Runs shared reserves; acts for a member under its mandate.
        Secretariat,
        /// Keeps sites.
        Operator,
        /// Sells to the stock; writes nothing.
        Supplier,
        /// Reads everything, writes nothing.
        Auditor,
    }

    /// Physical-chemical state.
    Form = books::material::Form {
        /// As mined.
        Ore,
        /// Enriched ore.
        Concentrate,
        /// Mixed or separated carbonate.
        Carbonate,
        /// Separated oxide.
        Oxide,
        /// Refined metal.
        Metal,
        /// Alloy.
        Alloy,
        /// Magnet.
        Magnet,
        /// Crude oil.
        Crude,
        /// Refined oil product.
        Product,
        /// Gas.
        Gas,
        /// Scrap or spent goods.
        Scrap,
        /// Anything else.
        Other,
    }

    /// Step of the chain.
    Stage = books::material::Stage {
        /// Taken from the ground or from waste.
        Mined,
        /// Separated into compounds.
        Separated,
        /// Refined into metal or product.
        Refined,
        /// Made into alloys and goods.
        Manufactured,
    }

    /// How well a site can be measured.
    Area = books::place::Area {
        /// Sealed items.
        Item,
        /// Heaps and tanks.
        Bulk,
    }

    /// Where a lot comes from in the sense of policy.
    SourceKind = books::lot::SourceKind {
        /// From the ground, abroad.
        Primary,
        /// Recovered from waste.
        Recycled,
        /// From the seabed.
        Seabed,
        /// From the ground, at home.
        Domestic,
        /// Bought together with others.
        JointProcurement,
        /// Borrowed.
        Loan,
        /// Exchanged.
        Barter,
        /// Given.
        Donation,
        /// Several of these: made from lots that differ.
        Mixed,
    }

    /// Is an assay open to change?
    AssayStatus = books::lot::AssayStatus {
        /// Until the final one.
        Provisional,
        /// Agreed.
        Final,
    }

    /// Which weight fractions are parts of.
    Weighed = books::lot::Weighed {
        /// With its water.
        Wet,
        /// Without its water.
        Dry,
    }

    /// What is said of items.
    ItemKind = books::items::ItemKind {
        /// So many were found: all there are.
        Found,
        /// So many came.
        Came,
        /// So many went.
        Went,
    }

    /// Why the weight of a lot changes, and not what it contains.
    WeightOnly = books::composition::WeightOnly {
        /// Water went or came: the dry weight stays.
        Moisture,
        /// Oxygen or carbon dioxide was taken up or given off.
        Oxidation,
    }

    /// What an encumbrance is for.
    EncumbranceKind = books::EncumbranceKind {
        /// Set aside for a pool, still owned.
        Earmark,
        /// Bound by agreement.
        Pledge,
        /// Another's right to buy or count it.
        Ticket,
        /// Security for a loan.
        Loan,
        /// Bound to a call.
        Allocation,
        /// Not to be used; blocks.
        Hold,
        /// Held for another country under a delegation: counted there.
        Delegation,
    }

    /// Which way an authority lets material go.
    Direction = books::authority::Direction {
        /// Into the stock.
        Acquisition,
        /// Out of the stock.
        Disposal,
    }

    /// Why lots are transformed.
    TransformKind = books::acts::transform::TransformKind {
        /// A step of the chain.
        Conversion,
        /// Recovery from scrap.
        Recycling,
        /// To a better form.
        Upgrade,
        /// Old out, new in, the same or better.
        Rotation,
    }

    /// How the members' weights are found.
    KeyKind = books::reserve::KeyKind {
        /// Stated one by one.
        Shares,
        /// By the recorded consumption of a year.
        Consumption,
        /// By the recorded net imports of a year.
        NetImports,
        /// By what each member has pledged on the day.
        Pledge,
        /// As for all materials: the material's own key ends.
        OfAll,
    }

    /// How a member stands to a reserve.
    MemberStatus = books::reserve::MemberStatus {
        /// Takes part.
        Joined,
        /// Keeps what it has; takes part in no call and draws nothing.
        Suspended,
        /// Has left.
        Left,
        /// Is asked to join, and has not answered.
        Invited,
    }

    /// What a tier of release does.
    TierKind = books::reserve::TierKind {
        /// By a contract made beforehand.
        Forward,
        /// By sale, loan or grant on the spot.
        Spot,
        /// Given.
        Donation,
    }

    /// What a yearly figure is of.
    BaseKind = books::base::BaseKind {
        /// Used in the year.
        Consumption,
        /// Imports less exports.
        NetImports,
    }

    /// What money is for.
    CashFor = books::acts::settle_cash::CashFor {
        /// Paid in.
        Contribution,
        /// Given back.
        Refund,
        /// Paid after a recompute.
        Due,
        /// Paid in place of material owed.
        Replenishment,
    }

    /// What money of a reserve is spent on, or comes from.
    MoneyFor = books::acts::book_cash::MoneyFor {
        /// Paid for material bought.
        Purchase,
        /// Got for material sold.
        Sale,
        /// Paid for keeping it.
        Storage,
        /// Paid for moving it.
        Transport,
        /// Paid for insuring it.
        Insurance,
        /// Paid to a supplier that sold below a floor.
        Support,
        /// Paid for anything else.
        OtherCost,
        /// Earned on what lies at a bank.
        Interest,
        /// Got for anything else.
        OtherIncome,
        /// A member has to pay it for being late: due at once, and paid by `settle_cash`.
        Penalty,
    }

    /// What becomes of a part of a call where nothing moves.
    PartOutcome = books::acts::settle_part::PartOutcome {
        /// Ready to be taken.
        Available,
        /// Fulfilled by lowering what industry must hold.
        Relief,
        /// Let off.
        Waiver,
        /// Will not come.
        Default,
    }

    /// How a call ended.
    CallEnd = books::call::CallEnd {
        /// Called off.
        Cancelled,
        /// Done.
        Terminated,
    }

    /// What happens to a price below the floor.
    FloorPolicy = books::procurement::FloorPolicy {
        /// It is shown, and support is owed.
        Flag,
        /// It is refused.
        Refuse,
    }

    /// What kind of right.
    RightKind = books::right::RightKind {
        /// To a share of what a project will make.
        Offtake,
        /// To buy, or not.
        Option,
        /// To buy, for certain, later.
        Forward,
    }

    /// How much of a lot falls under a restriction, where a part of it does or may.
    OfMixed = books::restriction::OfMixed {
        /// All of it: nobody can tell the parts of a heap from each other.
        Wholly,
        /// The part alone, by mass: a licence is drawn down by it.
        InProportion,
    }

    /// What a share is taken over.
    ShareOf = books::share_limit::ShareOf {
        /// Country it was mined in.
        Mined,
        /// Country it was separated in.
        Separated,
        /// Country it was refined in.
        Refined,
        /// Country it was made in.
        Manufactured,
        /// Supplier.
        Supplier,
        /// Site it lies at.
        Site,
    }

    /// Of what a share is taken.
    ShareIn = books::share_limit::ShareIn {
        /// Of what is held.
        Stock,
        /// Of what is imported, by recorded figures.
        Imports,
    }

    /// What a figure of the world is of.
    FigureOf = books::world::FigureOf {
        /// What comes in.
        Imports,
        /// What goes out.
        Exports,
        /// What is mined, or made.
        Production,
        /// What is refined.
        Refining,
        /// What is used.
        Consumption,
        /// What lies in the ground.
        Reserves,
    }

    /// What a report tells.
    ReportKind = books::report::ReportKind {
        /// What was held: opening and closing of each account, and what moved between where that is told.
        Statement,
        /// What moved.
        Transactions,
    }

    /// Which way a movement went, seen from the party that reports.
    Way = books::report::Way {
        /// It came in.
        In,
        /// It went out.
        Out,
    }

    /// How a break ends.
    CloseBy = books::acts::breaks::CloseBy {
        /// The counterparty's report arrived.
        Report,
        /// One side corrected its record.
        Correction,
        /// It is within what is allowed.
        Tolerance,
        /// Both parties agreed to the difference.
        Agreed,
        /// It is given up, by authority.
        WriteOff,
    }

    /// What a comparison says of lines that are taken to tell of one movement.
    DifferenceClass = books::difference::Class {
        /// Both sides tell the same.
        Matched,
        /// The figures differ by no more than rounding explains.
        Rounding,
        /// The figures differ by no more than is allowed.
        WithinTolerance,
        /// The figures agree, the days do not: timing.
        DateDiffers,
        /// The figures cannot be compared: gross against contained, or 100 kg against 100 t.
        BasisOrUnitDiffers,
        /// One movement, two figures.
        QuantityDiffers,
        /// The same line a second time on one side.
        Duplicate,
        /// Told by us alone.
        OursOnly,
        /// Told by them alone.
        TheirsOnly,
    }

    /// Why two records differ.
    DifferenceReason = books::difference::Reason {
        /// Booked on different days.
        Timing,
        /// Told in another unit or on another basis.
        UnitOrBasis,
        /// Rounded on one side.
        Rounding,
        /// A provisional assay stands against a final one.
        AssayProvisional,
        /// Told with its water on one side and without on the other.
        Moisture,
        /// Told twice.
        Duplicate,
        /// Not told by the other side.
        Missing,
        /// Booked to another lot.
        WrongLot,
        /// Booked to another party.
        WrongParty,
        /// Nobody knows yet.
        Unknown,
        /// Another figure was written: 11.2 for 12.
        FigureWrong,
        /// What came in was booked as going out, or the other way round.
        SignReversed,
        /// Booked in another period: one side closed its books before it.
        CutOff,
        /// Booked at another site.
        SiteWrong,
    }
}
