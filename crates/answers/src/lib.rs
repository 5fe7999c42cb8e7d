//! Answers: what is held, where, in which form, what of it is free, how long it lasts and where it came from; now, or as
//! of a past day as known then.
//!
//! Every question is a type in [`ask`] and a line of [`QUESTIONS`]; it reads a [`View`] of the books, their history and
//! the log, and sees of it what its asker may see ([`Sight`]). Nothing is stored here.

#![warn(clippy::wildcard_enum_match_arm)]

pub mod ask;
mod asking;
mod atoms;
mod balance;
mod claims;
mod compare;
mod contained;
mod cover;
mod dependence;
mod difference;
mod event_filter;
pub mod exercise;
mod figure;
mod gathered;
mod history;
pub mod left_out;
mod listing;
mod meant;
mod origin;
mod page;
mod position;
mod problem;
mod question;
mod record;
mod reported;
mod shared;
mod shares;
mod sight;
mod stated;
pub mod table;
mod then;
mod touching;
mod trace;
mod view;
mod wants;
mod when;
mod why;

pub use asking::{Budget, Log, Source, ask as answer, in_parts, read};
pub use contained::{Restated, restate};
pub use cover::{Cover, cover};
pub use dependence::{Dependence, Share, StageWord, Unstated, dependence};
pub use event_filter::{EventFilter, named_event, names};
pub use figure::{Figure, Told, UNKNOWN, WITHHELD};
pub use gathered::Gathered;
pub use history::{History, HistoryError};
pub use listing::{Listed, list};
pub use position::{Dimension, Filter, Position, PositionQuery, positions};
pub use problem::{Problem, ProblemKind};
pub use question::{
    Answered, AnyAnswer, Entry, Given, Pending, QUESTIONS, Question, SEEN_BY, ask as ask_named, find, give, named,
    parse, request_from_json, schemas, shown,
};
pub use sight::Sight;
pub use trace::{Link, Trace, trace};
pub use view::{Lack, View, Viewer};
pub use wants::{Scan, Wants};
pub use when::{KnownAt, as_of, day};
pub use why::Why;
