//! Who takes part in a reserve, with what weight, and how each stands in cash.

use books::reserve::KeyKind;
use books::{Day, TallyKey, TallyKind};
use wire::acts::words::{KeyKind as KeyWord, MemberStatus};

use crate::figure::{Figure, Hides, Total};
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{Tallies, material_if, percent, reserve};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{At, KnownAt};
use crate::why::Why;

records! {
    /// Who takes part in a reserve.
    Members {
        /// Which reserve.
        reserve: String,
        /// Weights for calls of this material, where the key goes by figures or pledges.
        material: Option<String>,
        /// As of the end of this day, YYYY-MM-DD; today where absent.
        as_of: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// One member.
    MemberLine {
        /// The member.
        member: String as Code,
        /// How it stands.
        status: String as Word(member),
        /// Its weight in the key in force. Where the key goes by pledges or figures, that is what the member pledged or
        /// stated: absent where the asker may not see it.
        weight: Option<u64>,
        /// Its share of a call, in per cent, cut to hundredths. Withheld where it would tell another member's weight.
        share: Figure as Percent,
        /// Money it paid in, less what it got back; told to the member and to who runs the reserve.
        paid: Option<Figure>,
        /// Money it owes after recomputes; negative where it is owed. Told as `paid` is.
        due: Option<Figure>,
    }

    /// Who takes part.
    MembersAnswer {
        /// As of this day.
        as_of: String as Day,
        /// As known after this event.
        known_at: u64 as Event,
        /// Kind of the key in force; none where none is.
        key: Option<String> as Word(key),
        /// Since when.
        key_since: Option<String> as Day,
        /// The event that set it.
        key_event: Option<u64> as Event,
        /// One line for each member that ever joined or was invited.
        members: Vec<MemberLine>,
    }
}

impl Question for Members {
    const NAME: &'static str = "members";
    const ABOUT: &'static str = "Who takes part in a shared reserve, with what weight, and how each stands in cash.";
    type Answer = MembersAnswer;

    fn table(answer: &MembersAnswer) -> Table<'_> {
        Table::of(answer, &answer.members)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        Tallies::wants(view, self.as_of.as_ref(), self.known_at.as_ref())
    }

    fn answer(&self, view: &dyn View) -> Result<MembersAnswer, Problem> {
        let (books, at) = (view.books(), At::read(view, self.as_of.as_ref(), self.known_at.as_ref())?);
        let number = reserve(view, &self.reserve)?;
        let sight = Sight::of(view);
        let facts = books.reserve(number);
        let (day, known) = (at.day, at.known_at);
        let tallies = Tallies::read(view, day, Some(known))?;
        let material = material_if(books, self.material.as_ref())?;
        let key = facts.key_at(day, known, material);
        let is_stated = key.as_ref().is_some_and(|key| !key.weights.is_empty() || key.kind == KeyKind::Shares);
        if key.is_some() && !is_stated && material.is_none() {
            return Err(Problem::bad_field("material", Why::KeyByMaterial));
        }
        let weights = books.weights_at(number, material.unwrap_or(books::MaterialNo(0)), day, known);
        let weights = weights.unwrap_or_default();
        let mut whole = Total::default();
        for weight in &weights {
            let units = [i128::from(weight.weight)];
            match is_stated || sight.sees_member(books, number, weight.member) {
                true => whole.add(units),
                false => whole.add_of_other(weight.member, Hides::ALL, units),
            }
        }
        let [whole] = whole.told();
        let mut members = facts.ever_invited();
        members.retain(|member| facts.status_at(*member, Day(i32::MAX), known).is_some());
        members.sort_by_key(|member| books.party_code(*member));
        let line = |member| {
            let weight = weights.iter().find(|weight| weight.member == member).map_or(0, |weight| weight.weight);
            let status = facts.status_at(member, day, known);
            let is_seen = sight.sees_member(books, number, member);
            let money = |kind| {
                let minor = tallies.value(TallyKey { kind, of: number.0, party: member, material: None });
                let shown = || Figure::Number(wire::acts::show_money(minor, &facts.currency));
                Some(if is_seen { shown() } else { Figure::Withheld })
            };
            let is_told = is_stated || is_seen;
            let share = || whole.map(|whole| percent(i128::from(weight), whole)).into();
            MemberLine {
                member: books.party_code(member).to_owned(),
                status: status.map_or("not yet".into(), |status| MemberStatus::from(status).word()),
                weight: is_told.then_some(weight),
                share: if is_told { share() } else { Figure::Withheld },
                paid: money(TallyKind::CashPaid),
                due: money(TallyKind::CashDue),
            }
        };
        Ok(MembersAnswer {
            as_of: wire::date::show_day(day),
            known_at: known.0,
            key: key.as_ref().map(|key| KeyWord::from(key.kind).word()),
            key_since: key.as_ref().map(|key| wire::date::show_day(key.first)),
            key_event: key.map(|key| key.seq.0),
            members: members.into_iter().map(line).collect(),
        })
    }
}
