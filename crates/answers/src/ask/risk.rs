//! Questions about what may go wrong: what may not move, how long stock lasts, where it all comes from; and whether
//! plans and rules were kept.

mod access;
mod blocked;
mod cover_base;
mod figures;
mod plan;
mod reach;
mod share_limits;
mod stress;

pub use access::{Access, AccessAnswer, AccessLine};
pub use blocked::{Blocked, BlockedAnswer, BlockedLine};
pub use cover_base::{CoverBase, CoverBaseAnswer, CoverBaseLine};
pub use figures::{FigureLine, Figures, FiguresAnswer};
pub use plan::{Plan, PlanAnswer, PlanLine};
pub use reach::{Reach, ReachAnswer, ReachLine};
pub use share_limits::{ShareLimitLine, ShareLimits, ShareLimitsAnswer};
pub use stress::{Stress, StressAnswer, StressLine};
