//! Two records of one thing, compared: every difference gets a class, a reason, an age and an end.
//!
//! Pure: no clock, disk, network, chance or serialization. "Today" is always an argument. The same input gives the same
//! answer on any machine, whatever the order of lines. Quantities are whole numbers throughout; floats stand only for
//! uncertainty.
//!
//! In the order of the work: [`reports`] and [`corrections`] say which lines count, [`statement`] whether they can be
//! compared, [`matching`] how they differ, [`breaks`] what becomes of a difference. [`balance`], [`sigma`] and [`trend`]
//! judge what a count found; [`pairs`] and [`timing`] explain differences by rule.

pub mod age;
pub mod balance;
pub mod breaks;
pub mod class;
mod compare;
pub mod corrections;
pub mod line;
pub mod matching;
pub mod names;
pub mod pairs;
pub mod reports;
pub mod sigma;
pub mod statement;
pub mod timing;
pub mod tolerance;
pub mod trend;
mod yardstick;

pub use age::{AgeBucket, Ages};
pub use class::{Class, Reason};
pub use ids::{
    AuthorityNo, BreakNo, Day, LotNameNo, MaterialNo, MeasurementNo, MethodNo, PartyNo, PersonNo, PlaceNo, ReferenceNo,
    SourceNo,
};
pub use line::{Line, LineId};
pub use matching::{Group, HandMatch, MatchError, Matching, Stage, match_lines};
pub use names::{Names, stem};
pub use tolerance::{Tolerance, Tolerances};
