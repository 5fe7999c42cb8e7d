//! Who may draw what from a pool.

use books::TallyKind;

use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{Tallies, day_of, material_code, material_if, number, party_if, reserves, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::when::KnownAt;

records! {
    /// Who may draw what from a pool.
    Entitlements {
        /// Which reserve; all where absent.
        reserve: Option<String>,
        /// Whose; all that may be seen where absent.
        member: Option<String>,
        /// To which material; all where absent.
        material: Option<String>,
        /// As of the end of this day, YYYY-MM-DD; today where absent.
        as_of: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// One entitlement.
    EntitlementLine {
        /// The reserve.
        reserve: String as Code,
        /// The member.
        member: String as Code,
        /// The material.
        material: String as Code,
        /// What it may claim.
        entitled: String as Quantity,
        /// What of it is drawn and must be put back, or is lent to others.
        drawn: String as Quantity,
        /// What it may draw now.
        free: String as Quantity,
        /// Unit and basis of the numbers.
        unit: String as Code,
    }

    /// Who may draw what.
    EntitlementsAnswer {
        /// As of this day.
        as_of: String as Day,
        /// One line for each reserve, member and material.
        entitlements: Vec<EntitlementLine>,
    }
}

impl Question for Entitlements {
    const NAME: &'static str = "entitlements";
    const ABOUT: &'static str = "What each member may claim of a pool, what of it is drawn or lent, and what is free.";
    type Answer = EntitlementsAnswer;

    fn table(answer: &EntitlementsAnswer) -> Table<'_> {
        Table::of(answer, &answer.entitlements)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        Tallies::wants(view, self.as_of.as_ref(), self.known_at.as_ref())
    }

    fn answer(&self, view: &dyn View) -> Result<EntitlementsAnswer, Problem> {
        let (books, day) = (view.books(), day_of(view, self.as_of.as_ref())?);
        let member = party_if(books, "member", self.member.as_ref())?;
        let material = material_if(books, self.material.as_ref())?;
        let known_at = KnownAt::optional(self.known_at.as_ref(), view)?;
        let tallies = Tallies::read(view, day, known_at)?;
        let sight = Sight::of(view);
        let mut entitlements = Vec::new();
        for reserve in reserves(view, self.reserve.as_ref())? {
            let own = books.tallies_of(TallyKind::Entitlement, reserve.0).map(|tally| tally.key);
            let mut keys: Vec<_> = own
                .filter_map(|key| key.material.map(|material| (key.party, material)))
                .filter(|(party, material)| tallies.is_known(TallyKind::Entitlement, reserve.0, *party, *material))
                .filter(|key| member.is_none_or(|member| member == key.0))
                .filter(|key| material.is_none_or(|material| material == key.1))
                .filter(|key| sight.sees_member(books, reserve, key.0))
                .collect();
            keys.sort_by_key(|(party, material)| (material.0, books.party_code(*party)));
            for (party, material) in keys {
                let of = |kind| tallies.at(kind, reserve.0, party, material);
                let (entitled, drawn) = (of(TallyKind::Entitlement), of(TallyKind::Drawn));
                entitlements.push(EntitlementLine {
                    reserve: books.reserve(reserve).code.clone(),
                    member: books.party_code(party).to_owned(),
                    material: material_code(books, material),
                    entitled: number(books, material, entitled),
                    drawn: number(books, material, drawn),
                    free: number(books, material, entitled - drawn),
                    unit: unit(books, material),
                });
            }
        }
        Ok(EntitlementsAnswer { as_of: wire::date::show_day(day), entitlements })
    }
}
