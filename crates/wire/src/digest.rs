//! The state digest: the balances of an owner, or of all, at the end of a day, as leaves of a tree.
//!
//! Leaves are the balances that are not nothing, by number of account; [`chain::Balance`] says what one looks like.

use books::acts::close::StateDigest;
use books::{AccountNo, Books, Day, PartyNo, Sums};
use chain::{Balance, BalanceProof, Frontier, Levels, balance_salt};

use crate::date::show_day;

/// The balance of an account as a leaf; `None` where it is nothing, or there is no such account.
#[must_use]
pub fn balance(books: &Books, account: AccountNo, day: Day, sums: Sums) -> Option<Balance> {
    let key = books.accounts().get(account.0 as usize)?.key;
    if sums == Sums::default() {
        return None;
    }
    let Sums { on_hand, encumbered, blocked } = sums;
    let lot = books.lot(key.lot);
    let material = books.material(lot.facts.material);
    Some(Balance {
        salt: balance_salt(books.secret(account)?, account.0, day.0, [on_hand, encumbered, blocked]),
        account: account.0,
        place: books.place_code(key.place).to_owned(),
        owner: books.party_code(key.owner).to_owned(),
        lot: lot.facts.code.clone(),
        material: material.code.clone(),
        unit: format!("10^-{} {} {}", material.decimals, material.unit, material.basis),
        as_of: show_day(day),
        on_hand,
        encumbered,
        blocked,
    })
}

/// The digest of an owner's balances, or of all, at the end of a day; `at` tells what an account held then.
///
/// # Errors
/// Those of `at`.
pub fn digest<E>(
    books: &Books,
    owner: Option<PartyNo>,
    day: Day,
    mut at: impl FnMut(AccountNo) -> Result<Sums, E>,
) -> Result<StateDigest, E> {
    let mut tree = Frontier::default();
    for account in accounts(books, owner) {
        if let Some(balance) = balance(books, account, day, at(account)?) {
            tree.append(balance.leaf());
        }
    }
    Ok(StateDigest { balances: tree.size(), root: tree.root() })
}

/// Proves one balance in [`digest`]; `None` where it is nothing then.
///
/// # Errors
/// Those of `at`.
pub fn prove<E>(
    books: &Books,
    owner: Option<PartyNo>,
    day: Day,
    wanted: AccountNo,
    mut at: impl FnMut(AccountNo) -> Result<Sums, E>,
) -> Result<Option<BalanceProof>, E> {
    let mut leaves = Levels::default();
    let mut found = None;
    for account in accounts(books, owner) {
        if let Some(balance) = balance(books, account, day, at(account)?) {
            if account == wanted {
                found = Some((leaves.size(), balance.clone()));
            }
            leaves.append(balance.leaf());
        }
    }
    Ok(found.and_then(|(index, balance)| BalanceProof::of(&leaves, index, balance).ok()))
}

/// The accounts of an owner, or all, by number.
fn accounts(books: &Books, owner: Option<PartyNo>) -> impl Iterator<Item = AccountNo> {
    let all = (0u32..).zip(books.accounts());
    all.filter(move |(_, account)| owner.is_none_or(|owner| owner == account.key.owner))
        .map(|(number, _)| AccountNo(number))
}
