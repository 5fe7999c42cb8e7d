//! Two records of one thing, compared: every difference gets a class, a reason, an age and an end.
//!
//! Pure: no clock, disk, network, chance or serialization. "Today" is always an argument. The same input gives the same
//! answer on any machine, whatever the order of lines. Quantities are whole numbers throughout; floats stand only for
//! uncertainty.

pub mod class;
mod compare;
pub mod line;
pub mod matching;
pub mod names;
pub mod number;
pub mod tolerance;
mod yardstick;

pub use class::{Class, Reason};
pub use line::Line;
pub use matching::{Group, HandMatch, MatchError, Matching, Stage, match_lines};
pub use names::{Names, stem};
pub use number::{Day, LotNo, MaterialNo, PartyNo, PersonNo, ReferenceNo, ReportNo, SiteNo};
pub use tolerance::{Tolerance, Tolerances};
pub use yardstick::ScalesTooFarApart;
