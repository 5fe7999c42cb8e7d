//! Loads of files.

use books::acts as numbered;

super::object! {
    /// Events that came one after the other from lines one after the other, as many from each.
    LoadedRun {
        /// The first event.
        first: u64,
        /// Its line in the file, from 1; 0 for what the mapping registers.
        line: u32,
        /// How many events.
        count: u32,
        /// How many of them came from each line.
        each: u32,
    }

    /// A load of a file is recorded, with what came from which line.
    RecordLoad {
        /// Whose stock it moved.
        whose: String,
        /// What the file is called.
        file: String,
        /// SHA-256 of the file, in hexadecimal.
        sha256: String,
        /// Name of the mapping.
        mapping: String,
        /// SHA-256 of the mapping, in hexadecimal.
        mapping_sha256: String,
        /// How many lines were taken, as the books had them, refused, skipped, unreadable.
        lines: Vec<u64>,
        /// What came of it, in the order of the log.
        moved: Option<Vec<LoadedRun>>,
        /// The load that it goes on from, where one record does not hold all of it.
        continues: Option<u64>,
        /// The load that it takes back.
        undoes: Option<u64>,
    }
}

super::form::form! {
    LoadedRun = numbered::record_load::Run {
        first: Same,
        line: Same,
        count: Same,
        each: Same,
    }
    RecordLoad = numbered::record_load::RecordLoad {
        whose: Party,
        file: Same,
        file_hash from sha256: HashOfFile,
        mapping: Same,
        mapping_hash from mapping_sha256: HashOfFile,
        lines: Same,
        moved: Item,
        continues: Same,
        undoes: Same,
    }
}
