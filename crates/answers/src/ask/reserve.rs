//! Questions about shared reserves: what lies there, who may claim it, who promised, owes, was called, and what came.

mod allocation;
mod board;
mod brief;
mod calls;
mod cash;
mod debts;
mod entitlements;
mod members;
mod promises;
mod recompute;
mod status;

pub use allocation::{Allocation, AllocationAnswer, AllocationPart};
pub use board::{CallBoard, CallBoardAnswer, CallPart};
pub use brief::{Brief, BriefAnswer, BriefBreaks, BriefCall, BriefCash, BriefCompliance, BriefKey, BriefPool};
pub use calls::{CallLine, Calls, CallsAnswer};
pub use cash::{Cash, CashAnswer, CashLine};
pub use debts::{DebtLine, Debts, DebtsAnswer};
pub use entitlements::{EntitlementLine, Entitlements, EntitlementsAnswer};
pub use members::{MemberLine, Members, MembersAnswer};
pub use promises::{PromiseLine, Promises, PromisesAnswer};
pub use recompute::{Recompute, RecomputeAnswer, RecomputeLine};
pub use status::{ReserveLine, ReserveStatus, ReserveStatusAnswer};
