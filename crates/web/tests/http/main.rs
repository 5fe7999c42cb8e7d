//! HTTP as its users meet it: a real server on a free port, a client that nobody here wrote, and the ledger in memory
//! behind it.

mod access;
mod alike;
mod answers;
mod console;
mod house;
mod import;
mod language;
mod posting;
mod rights;
mod unread;
