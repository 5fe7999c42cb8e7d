//! The rules of the ledger: what may be asked, what follows from it, and what is then held.
//!
//! A [`Command`] is decided against the [`Books`] and becomes an [`Event`], which is applied to them. Deciding may
//! refuse; applying cannot fail. Nothing here knows a clock, a disk, a network or chance: the same events give the same
//! books on any machine. Types that stand in the log carry the numbers of their CBOR fields, which are never reused.

#![warn(clippy::wildcard_enum_match_arm)]

pub mod access;
pub mod account;
pub mod act_rules;
pub mod acts;
pub mod authority;
pub mod base;
pub mod books;
pub mod call;
mod codes;
pub mod commitment;
pub mod comparing;
pub mod composition;
pub mod count;
mod day;
pub mod days;
pub mod debt;
pub mod difference;
mod draft;
mod dual;
pub mod event;
pub mod eyes;
pub mod fact;
pub mod factor;
pub mod items;
pub mod limits;
pub mod lot;
pub mod mandate;
mod mark;
pub mod material;
pub mod party;
pub mod person;
pub mod place;
pub mod price;
pub mod procurement;
pub mod provenance;
pub mod rejection;
pub mod report;
pub mod reserve;
pub mod restriction;
pub mod right;
pub mod rights;
mod rows;
pub mod share_limit;
pub mod standing;
mod stewards;
pub mod table;
pub mod tally;
pub mod trial;
pub mod versions;
pub mod world;

pub use account::{Account, AccountKey, Encumbrance, EncumbranceKind, Limit};
pub use act_rules::{ActEntry, ActFacts, ActRules, Asks, ByHand, Line, Nature, Periods, Right, Seen, Undone};
pub use acts::Act;
pub use books::facts::Facts;
pub use books::{Books, Decided};
pub use count::Count;
pub use days::{Days, Row, Sums};
pub use event::{
    Claim, Command, Effects, Entry, Event, NoPast, Outcome, Past, Refused, Tallied, TallyChange, TimeOfDay, Together,
    Use,
};
pub use ids as number;
pub use ids::{
    AccountNo, ActivationNo, AuthorityNo, BreakNo, CallNo, CommandId, CommitmentNo, Day, DebtNo, EncumbranceNo, FactNo,
    FloorNo, LicenceNo, LotNo, MandateNo, MatchNo, MaterialNo, Moment, Nonce, OrderNo, PartyNo, PersonNo, PlaceNo,
    PublicationNo, ReportNo, RequestNo, ReserveNo, RestrictionNo, RightNo, Seq, ShareLimitNo, TallyNo, TrustNo,
};
pub use mark::Mark;
pub use rejection::{FactName, FactValue, Fault, Kind, Rejection, Retry};
pub use tally::{Tally, TallyKey, TallyKind};
pub use trial::Tries;
