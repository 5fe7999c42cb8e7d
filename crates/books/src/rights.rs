//! Which role has which right: one table, applied where an event is decided, whatever door it came by.

use crate::act_rules::Right;
use crate::party::Role;

/// May a party of this role ask, in its own name, for acts that take this right?
#[must_use]
pub const fn has_right(role: Role, right: Right) -> bool {
    match (right, role) {
        (Right::Write, Role::Agency | Role::Secretariat | Role::Operator)
        | (Right::Govern, Role::Agency | Role::Secretariat) => true,
        (Right::Write | Right::Govern, Role::Supplier | Role::Auditor)
        | (Right::Govern, Role::Operator)
        | (Right::Found, Role::Agency | Role::Secretariat | Role::Operator | Role::Supplier | Role::Auditor) => false,
    }
}
