//! What readers leave for the next one: books and marks as of an event, so that opening a ledger to ask it does not fold its
//! whole history. All of it is derived, and lies below `views/reading-2/`:
//!
//! - `books-<seq>`: magic `GBV1`, seq u64, root of the log there, then for each page of [`Books`] its table u8, number u32,
//!   length u32 and bytes; at the end a page of table 255 without bytes, and the CRC32C of all before. Numbers are
//!   big-endian. Written under another name first; a newer one replaces it.
//! - `marks/`: see [`Marks`](crate::marks::Marks). They reach no further than the books beside them.
//! - `lock`: held by the reader that writes.
//!
//! The root says of which log these are the books. Where it is another one they are not looked at, nor the marks: somebody
//! restored the log, or went on from an earlier event.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use books::Books;
use books::books::PageKey;
use store::ReadLog;

use crate::opened::LedgerError;

/// The folder below `views/`. What comes to mean something else needs another name.
const FOLDER: &str = "reading-2";
/// What was here before, and is of no use to anybody.
const FORMER: &str = "reading-1";
const MAGIC: [u8; 4] = *b"GBV1";
/// The table of the page behind the last.
const END: u8 = u8::MAX;
/// A page holds 64 rows; no honest one comes near.
const PAGE_BYTES_MAX: u32 = 64 << 20;

/// See the module.
pub(crate) struct Views {
    root: PathBuf,
    former: PathBuf,
}

/// Nobody else writes while this lives.
pub(crate) struct Renewing {
    _lock: File,
}

impl Views {
    /// Those of a ledger's folder. Nothing is touched.
    pub(crate) fn of(ledger: &Path) -> Self {
        let views = ledger.join("views");
        Self { root: views.join(FOLDER), former: views.join(FORMER) }
    }

    /// Where the marks lie.
    pub(crate) fn marks(&self) -> PathBuf {
        self.root.join("marks")
    }

    /// The newest books that a reader left of this log, if they are sound.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub(crate) fn books(&self, log: &dyn ReadLog) -> Result<Option<Books>, LedgerError> {
        let mut seqs = self.seqs();
        seqs.sort_unstable();
        for seq in seqs.into_iter().rev().filter(|seq| *seq <= log.size()) {
            let Some(root) = log.root_at(seq)? else { continue };
            match read(&self.path(seq), seq, &root) {
                Ok(books) => return Ok(Some(books)),
                // Derived: it is folded anew, and then written over.
                Err(error) => tracing::debug!(seq, %error, "books that a reader left are not usable"),
            }
        }
        Ok(None)
    }

    /// Begins to write, if nobody else does and the folder can be written.
    pub(crate) fn renew(&self) -> Option<Renewing> {
        fs::create_dir_all(&self.root).ok()?;
        let lock = OpenOptions::new().write(true).create(true).truncate(false).open(self.root.join("lock")).ok()?;
        lock.try_lock().ok()?;
        // A program of before makes its own again.
        let _ = fs::remove_dir_all(&self.former);
        Some(Renewing { _lock: lock })
    }

    /// Leaves books for the next reader, in the place of older ones.
    pub(crate) fn leave(&self, books: &Books, log: &dyn ReadLog, _renewing: &Renewing) -> Result<(), LedgerError> {
        let seq = books.head().0;
        let Some(root) = log.root_at(seq)? else { return Ok(()) };
        let leave = || {
            let beside = self.root.join("books.new");
            write(&beside, books, &root)?;
            fs::rename(&beside, self.path(seq))?;
            let older = self.seqs().into_iter().filter(|other| *other != seq);
            older.map(|other| self.path(other)).try_for_each(fs::remove_file)
        };
        leave().map_err(LedgerError::Views)
    }

    fn path(&self, seq: u64) -> PathBuf {
        self.root.join(format!("books-{seq}"))
    }

    fn seqs(&self) -> Vec<u64> {
        let files = fs::read_dir(&self.root).into_iter().flatten().flatten();
        files.filter_map(|file| file.file_name().to_str()?.strip_prefix("books-")?.parse().ok()).collect()
    }
}

/// Counts the checksum of what passes through.
struct Summed<F> {
    file: F,
    crc: u32,
}

impl<W: Write> Summed<W> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.crc = crc32c::crc32c_append(self.crc, bytes);
        self.file.write_all(bytes)
    }
}

impl<R: Read> Summed<R> {
    fn take<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        self.file.read_exact(bytes)?;
        self.crc = crc32c::crc32c_append(self.crc, bytes);
        Ok(())
    }
}

fn write(path: &Path, books: &Books, root: &chain::Hash) -> io::Result<()> {
    let mut to = Summed { file: BufWriter::with_capacity(1 << 18, File::create(path)?), crc: 0 };
    to.put(&MAGIC)?;
    to.put(&books.head().0.to_be_bytes())?;
    to.put(root)?;
    let mut written = Ok(());
    let mut page = |table: u8, page: u32, bytes: &[u8]| {
        let length = u32::try_from(bytes.len()).expect("a page is far smaller than 4 GiB");
        to.put(&[table])?;
        to.put(&page.to_be_bytes())?;
        to.put(&length.to_be_bytes())?;
        to.put(bytes)
    };
    books.each_page(|key, bytes| {
        if written.is_ok() {
            written = page(key.table, key.page, &bytes);
        }
    });
    written?;
    page(END, 0, &[])?;
    let crc = to.crc;
    to.put(&crc.to_be_bytes())?;
    // Not synced: after a power cut its checksum tells, and it is made again.
    to.file.flush()
}

fn read(path: &Path, seq: u64, root: &chain::Hash) -> io::Result<Books> {
    let wrong = |problem: &str| io::Error::new(io::ErrorKind::InvalidData, problem);
    let mut from = Summed { file: BufReader::with_capacity(1 << 18, File::open(path)?), crc: 0 };
    if from.take()? != MAGIC || from.take()? != seq.to_be_bytes() || from.take()? != *root {
        return Err(wrong("of another form, or of another log"));
    }
    let mut pages = Vec::new();
    loop {
        let [table] = from.take()?;
        let page = u32::from_be_bytes(from.take()?);
        let length = u32::from_be_bytes(from.take()?);
        if table == END {
            break;
        }
        if length > PAGE_BYTES_MAX {
            return Err(wrong("damaged"));
        }
        let mut bytes = vec![0; length as usize];
        from.fill(&mut bytes)?;
        pages.push((PageKey { table, page }, bytes));
    }
    let crc = from.crc;
    if from.take()? != crc.to_be_bytes() {
        return Err(wrong("the checksum does not match"));
    }
    let books = Books::restore(pages.into_iter()).map_err(|error| wrong(&error.to_string()))?;
    if books.head().0 == seq { Ok(books) } else { Err(wrong("the books are those of another event")) }
}
