//! The money of a shared reserve: what came in and went out, and what is there.

use books::acts::settle_cash::CashFor as Purpose;
use books::{Act, Books, Day, Event, Outcome, PartyNo, ReserveNo, TallyKind};
use wire::acts::words::{CashFor, MoneyFor};

use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{Tallies, reserve};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::{Scan, Wants};
use crate::when::{At, KnownAt};

records! {
    /// The money of a reserve.
    Cash {
        /// Which reserve.
        reserve: String,
        /// As of the end of this day, YYYY-MM-DD; today where absent.
        as_of: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// Money that came in or went out.
    CashLine {
        /// The event.
        event: u64 as Event,
        /// Its day.
        day: String as Day,
        /// What for.
        purpose: String as Word(money),
        /// Who paid, or was paid.
        who: Option<String>,
        /// What came in.
        came_in: Option<String>,
        /// What went out.
        went_out: Option<String>,
        /// What became due from a member, and was not paid with it.
        due: Option<String>,
        /// Who decided it.
        decision: Option<String>,
        /// The sender's own reference.
        reference: Option<String>,
    }

    /// The money of a reserve: all lines for who runs it, a member's own and what the reserve spent and earned for a member.
    CashAnswer {
        /// The reserve.
        reserve: String as Code,
        /// As of this day.
        as_of: String as Day,
        /// What is there.
        balance: String,
        /// Lines that the asker may not see: what other members paid or got.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        withheld: Option<u64>,
        /// One line for each movement of money that stands, by day.
        lines: Vec<CashLine>,
    }
}

impl Question for Cash {
    const NAME: &'static str = "cash";
    const ABOUT: &'static str =
        "The money of a shared reserve: what came in and went out, for what, and what is there.";
    type Answer = CashAnswer;

    fn table(answer: &CashAnswer) -> Table<'_> {
        Table::of(answer, &answer.lines)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        let number = reserve(view, &self.reserve)?;
        let at = At::read(view, self.as_of.as_ref(), self.known_at.as_ref())?;
        let scan = Scan::keep(move |view, seq, event| {
            let books = view.books();
            said(books, event, number).is_some() && books.stands_at(seq, at.day, at.known_at)
        });
        let scan = scan.through(at.known_at).acts(["settle_cash", "book_cash", "receive_order"]);
        Ok(Wants::from(scan).and(Tallies::wants(view, self.as_of.as_ref(), self.known_at.as_ref())?))
    }

    fn answer(&self, view: &dyn View) -> Result<CashAnswer, Problem> {
        let (books, at) = (view.books(), At::read(view, self.as_of.as_ref(), self.known_at.as_ref())?);
        let number = reserve(view, &self.reserve)?;
        let facts = books.reserve(number);
        let sight = Sight::of(view);
        let tallies = Tallies::read(view, at.day, Some(at.known_at))?;
        let money = |minor: i64| wire::acts::show_money(minor, &facts.currency);
        let mut found: Vec<(Day, CashLine)> = Vec::new();
        let mut withheld = 0;
        for (seq, event) in view.gathered().taken_parts(books) {
            let Some(said) = said(books, &event, number).filter(|_| event.effective <= at.day) else { continue };
            if said.member.is_some_and(|member| !sight.sees_member(books, number, member)) {
                withheld += 1;
                continue;
            }
            let shown = |minor: i64| (minor > 0).then(|| money(minor));
            let who = said.member.map(|member| books.party_code(member).to_owned()).or(said.counterparty);
            let line = CashLine {
                event: seq.0,
                day: wire::date::show_day(event.effective),
                purpose: said.purpose,
                who,
                came_in: shown(said.moved),
                went_out: shown(-said.moved),
                due: shown(said.due),
                decision: said.decision,
                reference: said.reference,
            };
            found.push((event.effective, line));
        }
        found.sort_by_key(|(day, _)| *day);
        let balance: i64 = books.cash_of(number).map(|key| tallies.value(key)).sum();
        Ok(CashAnswer {
            reserve: facts.code.clone(),
            as_of: wire::date::show_day(at.day),
            balance: money(balance),
            withheld: (withheld > 0).then_some(withheld),
            lines: found.into_iter().map(|(_, line)| line).collect(),
        })
    }
}

/// What an event says of money.
struct Said {
    purpose: String,
    /// Whose it is; of nobody where the reserve spends or earns it.
    member: Option<PartyNo>,
    counterparty: Option<String>,
    /// What came in, or went out below nothing.
    moved: i64,
    due: i64,
    decision: Option<String>,
    reference: Option<String>,
}

/// What an event says of the money of a reserve; none where it says nothing of it.
fn said(books: &Books, event: &Event, number: ReserveNo) -> Option<Said> {
    let Outcome::Done(act) = &event.outcome else { return None };
    if let Act::SettleCash(act) = act {
        let amount = act.amount.units();
        return (act.reserve == number).then(|| Said {
            purpose: CashFor::from(act.purpose).word(),
            member: Some(act.member),
            counterparty: None,
            moved: if act.purpose == Purpose::Refund { -amount } else { amount },
            due: 0,
            decision: None,
            reference: act.reference.clone(),
        });
    }
    if let Act::BookCash(act) = act {
        let amount = act.amount.units();
        return (act.reserve == number).then(|| Said {
            purpose: MoneyFor::from(act.purpose).word(),
            member: act.member,
            counterparty: act.counterparty.clone(),
            moved: act.purpose.way() * amount,
            due: if act.member.is_some() { amount } else { 0 },
            decision: act.decision.clone(),
            reference: act.reference.clone(),
        });
    }
    let Act::ReceiveOrder(act) = act else { return None };
    let pool = books.reserve(number).pool;
    let tallied = event.tallied.iter().flat_map(|tallied| &tallied.changes);
    let paid: i64 = tallied
        .map(|change| (books.tally(change.tally).key, change.delta))
        .filter(|(key, _)| (key.kind, key.of, key.party) == (TallyKind::Paid, act.order.0, pool))
        .map(|(_, delta)| delta)
        .sum();
    let award = books.order(act.order).award.as_ref();
    let is_own = award.is_some_and(|award| award.price.currency == books.reserve(number).currency);
    (paid != 0 && is_own).then(|| Said {
        purpose: MoneyFor::Purchase.word(),
        member: None,
        counterparty: award.map(|award| award.supplier.clone()),
        moved: -paid,
        due: 0,
        decision: None,
        reference: act.reference.clone(),
    })
}
