//! Questions about shared reserves, answered from tallies.

use books::{Books, Day, MaterialNo, PartyNo, TallyKey, TallyKind};

use crate::script::statement::Subject;

pub(super) fn ask(subject: &Subject, books: &Books, day: Day) -> Result<String, String> {
    let party = |code: &str| books.party_no(code).ok_or_else(|| format!("no party `{code}`"));
    let material = |code: &str| books.material_no(code).ok_or_else(|| format!("no material `{code}`"));
    match subject {
        Subject::Pool { reserve, material: code } => {
            let (number, material) = (reserve_no(books, reserve)?, material(code)?);
            pool(books, number, material, day)
        }
        Subject::Entitlement { member, reserve, material: code } => {
            let (number, member, material) = (reserve_no(books, reserve)?, party(member)?, material(code)?);
            let of = |kind| at(books, kind, number, member, Some(material), day);
            let (entitled, drawn) = (of(TallyKind::Entitlement), of(TallyKind::Drawn));
            let show = |units| books.show(material, units);
            Ok(format!("{} entitled, {} drawn or lent, {} free", show(entitled), show(drawn), show(entitled - drawn)))
        }
        Subject::Owed { debt } => {
            let number = books.debt_no(debt).ok_or_else(|| format!("no debt `{debt}`"))?;
            let facts = books.debt(number);
            let kind = if facts.to_pool { TallyKind::Debt } else { TallyKind::Rebuild };
            let owed = at(books, kind, number.0, facts.member, Some(facts.material), day);
            let show = |units| books.show(facts.material, units);
            let lent: Vec<String> = books
                .tallies_of(TallyKind::Lent, number.0)
                .map(|tally| (tally.key.party, tally.days.at(day).unwrap_or_default().on_hand))
                .filter(|(_, units)| *units != 0)
                .map(|(party, units)| format!(", {} lent by {}", show(units), books.party_code(party)))
                .collect();
            Ok(format!("{} of {} owed{}", show(owed), show(facts.quantity.units()), lent.concat()))
        }
        Subject::Part { member, call } => {
            let (member, number) = (party(member)?, books.call_no(call).ok_or_else(|| format!("no call `{call}`"))?);
            let facts = books.call(number);
            let kinds = [
                (TallyKind::Asked, "asked"),
                (TallyKind::Committed, "committed"),
                (TallyKind::Available, "available"),
                (TallyKind::Delivered, "delivered"),
                (TallyKind::Relieved, "relieved"),
                (TallyKind::Waived, "waived"),
                (TallyKind::Defaulted, "defaulted"),
            ];
            let shown = kinds.iter().filter_map(|(kind, word)| {
                let units = at(books, *kind, number.0, member, Some(facts.material), day);
                (units != 0).then(|| format!("{word} {}", books.show(facts.material, units)))
            });
            Ok(shown.collect::<Vec<_>>().join(", "))
        }
        Subject::Dues { reserve } => {
            let number = reserve_no(books, reserve)?;
            let facts = &books.reserves()[number as usize];
            let mut members = facts.ever_members();
            members.sort_by_key(|member| books.party_code(*member));
            let line = |member: PartyNo| {
                let of = |kind| at(books, kind, number, member, None, day);
                let money = |minor| wire::acts::show_money(minor, &facts.currency);
                let (due, paid) = (of(TallyKind::CashDue), of(TallyKind::CashPaid));
                format!("{} due {} paid {}", books.party_code(member), money(due), money(paid))
            };
            Ok(members.into_iter().map(line).collect::<Vec<_>>().join(", "))
        }
        Subject::Buyer { buyer, order } => {
            let number = books.order_no(order).ok_or_else(|| format!("no order `{order}`"))?;
            let facts = books.order(number);
            let buyer = party(buyer)?;
            let of = |kind| books.show(facts.material, at(books, kind, number.0, buyer, Some(facts.material), day));
            let paid = at(books, TallyKind::Paid, number.0, buyer, None, day);
            let currency = facts.award.as_ref().map_or("USD", |award| award.price.currency.as_str());
            Ok(format!(
                "demanded {}, ordered {}, received {}, paid {}",
                of(TallyKind::Demanded),
                of(TallyKind::Ordered),
                of(TallyKind::Received),
                wire::acts::show_money(paid, currency)
            ))
        }
        Subject::Right { right, holder } => {
            let number = books.right_no(right).ok_or_else(|| format!("no right `{right}`"))?;
            let material = books.right(number).material;
            let open = at(books, TallyKind::Right, number.0, party(holder)?, Some(material), day);
            Ok(format!("{} open", books.show(material, open)))
        }
        Subject::LicenceLeft { licence } => {
            let number = books.licence_no(licence).ok_or_else(|| format!("no licence `{licence}`"))?;
            let facts = books.licence(number);
            let left = at(books, TallyKind::Licence, number.0, facts.holder, Some(facts.material), day);
            Ok(format!("{} left", books.show(facts.material, left)))
        }
        _ => Err("is answered elsewhere".into()),
    }
}

fn reserve_no(books: &Books, code: &str) -> Result<u32, String> {
    books.reserve_no(code).map(|number| number.0).ok_or_else(|| format!("no reserve `{code}`"))
}

fn at(books: &Books, kind: TallyKind, of: u32, party: PartyNo, material: Option<MaterialNo>, day: Day) -> i64 {
    books.tally_at(TallyKey { kind, of, party, material }, day)
}

fn pool(books: &Books, reserve: u32, material: MaterialNo, day: Day) -> Result<String, String> {
    let pool = books.reserves()[reserve as usize].pool;
    let stock = books.accounts().iter().filter(|account| {
        let is_real = books.place(account.key.place).is_real();
        account.key.owner == pool && is_real && books.lot(account.key.lot).facts.material == material
    });
    let lies: i64 = stock.map(|account| account.days.at(day).unwrap_or_default().on_hand).sum();
    let sum = |kind, of| -> i64 {
        let own = books.tallies_of(kind, of).filter(|tally| tally.key.material == Some(material));
        own.map(|tally| tally.days.at(day).unwrap_or_default().on_hand).sum()
    };
    let debts = (0u32..).zip(books.debts()).filter(|(_, debt)| debt.reserve.0 == reserve && debt.to_pool);
    let owed: i64 = debts.map(|(number, _)| sum(TallyKind::Debt, number)).sum();
    let show = |units| books.show(material, units);
    let (entitled, unshared) = (sum(TallyKind::Entitlement, reserve), sum(TallyKind::Unshared, reserve));
    Ok(format!("{} there, {} owed, {} entitled, {} unshared", show(lies), show(owed), show(entitled), show(unshared)))
}
