//! Who may do what: a table of data. The rules of the books say more (whose stock, whose site); nothing here loosens them.

#![warn(clippy::wildcard_enum_match_arm)]

use answers::{Problem, Viewer};
use books::party::Role;
use books::rights::has_right;
use books::{Act, Right};

/// How far a right goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// For every party.
    All,
    /// For oneself.
    Own,
    /// Not at all.
    No,
}

/// Who asks, as far as rights go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Whoever runs the ledger.
    Operator,
    /// A party of this role.
    Party(Role),
    /// Named by a token or key, but not a party of the ledger.
    Stranger,
}

/// The standings, in the order of the columns of [`RIGHTS`].
pub const STANDINGS: [Standing; 7] = [
    Standing::Operator,
    Standing::Party(Role::Agency),
    Standing::Party(Role::Secretariat),
    Standing::Party(Role::Operator),
    Standing::Party(Role::Supplier),
    Standing::Party(Role::Auditor),
    Standing::Stranger,
];

/// Groups of actions that have the same rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Acts, each by the right that it says.
    Acts(Right),
    /// Questions about what is held and what was done.
    Levels,
    /// Questions about what everybody may know.
    Common,
}

use crate::why::Why;
use Reach::{All, No, Own};

/// Rights by group and standing. Columns: whoever runs the ledger, agency, secretariat, operator of sites, supplier, auditor,
/// stranger. `Own` of a question means: within what the party may see.
pub const RIGHTS: [(Group, [Reach; 7]); 5] = [
    (Group::Acts(Right::Write), acts(Right::Write)),
    (Group::Acts(Right::Govern), acts(Right::Govern)),
    (Group::Acts(Right::Found), acts(Right::Found)),
    (Group::Levels, [All, Own, Own, Own, Own, All, No]),
    (Group::Common, [All, All, All, All, All, All, No]),
];

/// Acts go by the table of the books, which holds at every door: the ledger asks it again when it decides.
const fn acts(right: Right) -> [Reach; 7] {
    const fn own(role: Role, right: Right) -> Reach {
        if has_right(role, right) { Own } else { No }
    }
    [
        All,
        own(Role::Agency, right),
        own(Role::Secretariat, right),
        own(Role::Operator, right),
        own(Role::Supplier, right),
        own(Role::Auditor, right),
        No,
    ]
}

/// The group of an act. A word that is no act may be tried by whoever writes at all: that it is none is said where it is read.
#[must_use]
pub fn group_of_act(word: &str) -> Group {
    Group::Acts(Act::find(word).map_or(Right::Write, |act| act.facts.right))
}

/// The group of a question. A question that is not named here is about levels: secret unless somebody says otherwise.
#[must_use]
pub fn group_of_question(name: &str) -> Group {
    if name == "head" { Group::Common } else { Group::Levels }
}

/// How far a right goes.
#[must_use]
pub fn reach(group: Group, standing: Standing) -> Reach {
    let row = RIGHTS.iter().find(|(known, _)| *known == group).map(|(_, row)| row);
    let column = STANDINGS.iter().position(|known| *known == standing);
    row.zip(column).map_or(No, |(row, column)| row[column])
}

/// Where somebody stands.
#[must_use]
pub fn standing(viewer: &Viewer, books: &books::Books) -> Standing {
    match viewer {
        Viewer::Operator => Standing::Operator,
        Viewer::Party(code) => match books.party_no(code) {
            Some(party) => Standing::Party(books.party(party).role),
            None => Standing::Stranger,
        },
    }
}

/// May somebody post an act for a party?
///
/// # Errors
/// `not_permitted` or `not_your_party`.
pub fn may_post(viewer: &Viewer, books: &books::Books, act: &str, party: &str) -> Result<(), Problem> {
    match (reach(group_of_act(act), standing(viewer, books)), viewer) {
        (All, _) => Ok(()),
        (Own, Viewer::Party(code)) if code == party => Ok(()),
        (Own, Viewer::Party(code)) => {
            let (party, other) = (code.clone(), party.chars().take(64).collect());
            Err(Problem::forbidden(Why::NotYourParty { party, other }))
        }
        (Own, Viewer::Operator) | (No, _) => {
            Err(Problem::forbidden(Why::MayNotPost { act: act.chars().take(64).collect() }))
        }
    }
}

/// May somebody ask a question?
///
/// # Errors
/// `not_permitted`.
pub fn may_ask(viewer: &Viewer, books: &books::Books, name: &str) -> Result<(), Problem> {
    match reach(group_of_question(name), standing(viewer, books)) {
        No => Err(Problem::forbidden(Why::MayNotAsk { question: name.to_owned() })),
        All | Own => Ok(()),
    }
}
