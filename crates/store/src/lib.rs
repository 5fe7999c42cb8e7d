//! The only door to sled, and the owner of the promise "recorded": synced by means that survive a power cut.
//!
//! It knows nothing of the domain. An entry is opaque bytes, numbered 0, 1, 2.. by its leaf index. A ledger is a folder:
//! `log/` (sled), `tiles/` (static files in the layout of C2SP tlog-tiles: the second copy), `granary.json` (when and as
//! what it was created), `recorded` (the high-water mark), `published` (a copy of the checkpoint) and `lock`.
//!
//! Work is split over three threads that the caller owns: a [`Sealer`] hashes and packs bundles, [`Store::commit`] records
//! them, and a [`TileWriter`] takes the same bundles on, after they are recorded.

mod block;
mod checkpoint;
mod cursor;
mod engine;
mod failed;
mod folder;
mod guard;
mod head;
mod holder;
mod keys;
pub mod limits;
mod page;
mod read;
mod read_log;
mod rebuild;
mod scrub;
mod sealer;
mod snapshot;
mod store;
mod tile_builder;
mod tile_log;
mod tiles;

pub use block::{BlockFault, BundleEntries, bundle_entries, push_entry};
pub use checkpoint::Stated;
pub use engine::EngineError;
pub use failed::{CreateError, OpenError, StoreFailed, is_disk_full};
pub use folder::{Folder, Marker};
pub use head::{FORMAT_VERSION, Head, HeadFault};
pub use holder::Holder;
pub use keys::INDEX_TAG;
pub use page::{Page, PageFault, PageKey};
pub use read::{BlockView, Entries, ReadError};
pub use read_log::ReadLog;
pub use rebuild::{Loss, RebuildError, Rebuilt, rebuild_from_tiles, rebuild_tiles};
pub use scrub::{Finding, Remedy, scrub, scrub_open};
pub use sealer::{Sealed, Sealer};
pub use store::{Commit, IndexPair, OpenOptions, Recorded, Recovered, Store};
pub use tile_log::{Progress, TileLog};
pub use tiles::{TileWriter, TilesError};
