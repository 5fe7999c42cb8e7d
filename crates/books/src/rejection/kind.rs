//! What kind of thing a refusal is about.

macro_rules! kinds {
    ($($(#[$doc:meta])+ $kind:ident = $code:literal;)*) => {
        /// What kind of thing a code names.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Kind {
            $($(#[$doc])+ $kind,)*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// Its code, for programs and catalogues of words.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$kind => $code,)*
                }
            }
        }
    };
}

kinds! {
    /// A party.
    Party = "party";
    /// A material.
    Material = "material";
    /// A site.
    Site = "site";
    /// A lot.
    Lot = "lot";
    /// A dispatch.
    Dispatch = "dispatch";
    /// A loan.
    Loan = "loan";
    /// An encumbrance.
    Encumbrance = "encumbrance";
    /// An authority.
    Authority = "authority";
    /// A reserve.
    Reserve = "reserve";
    /// A commitment.
    Commitment = "commitment";
    /// A debt.
    Debt = "debt";
    /// An activation.
    Activation = "activation";
    /// A call.
    Call = "call";
    /// A joint order.
    Order = "order";
    /// A price floor.
    Floor = "floor";
    /// A right.
    Right = "right";
    /// A restriction.
    Restriction = "restriction";
    /// A licence.
    Licence = "licence";
    /// A limit on concentration.
    ShareLimit = "share_limit";
    /// A request for access.
    Request = "request";
    /// A report of a party.
    Report = "report";
    /// A break.
    Break = "break";
    /// A match made by hand.
    Match = "match";
    /// A publication.
    Publication = "publication";
    /// A trusted log of another ledger.
    TrustedLog = "trusted_log";
    /// A fact of another ledger.
    Fact = "fact";
    /// A person that acts for a party.
    Person = "person";
    /// A mandate.
    Mandate = "mandate";
}
