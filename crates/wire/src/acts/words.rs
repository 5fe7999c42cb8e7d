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
    /// What a party may do beyond writing its own stock.
    Role = books::party::Role {
        /// Owns stock and records its movements.
        Agency,
        /// Runs shared reserves; may write for members.
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
}
