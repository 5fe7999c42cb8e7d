//! The books as pages, so that opening them costs what they hold, not what happened.
//!
//! A page is the CBOR of up to 64 consecutive rows of one table. Tables are numbered here; a number is never reused.

use super::{Books, Index, note_code};
use crate::number::{LotNo, MaterialNo, Moment, PartyNo, Seq, TallyNo};

/// Names a page: table and page number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageKey {
    /// The table.
    pub table: u8,
    /// The page.
    pub page: u32,
}

/// The stored pages do not make books.
#[derive(Debug)]
pub struct RestoreError {
    /// The page that cannot be read.
    pub key: PageKey,
    /// Why.
    pub problem: String,
    /// An earlier version wrote it: nothing is damaged, and the books are to be folded from the log.
    pub is_of_earlier_version: bool,
}

/// Origin, head, when it was recorded, the nonces added up, and the version of the pages.
type Header = (String, Seq, Moment, minicbor::bytes::ByteArray<16>, u32);

const HEADER: u8 = 0;

/// Version of the pages. Whoever changes what they say, or adds a table, takes the next number: pages of an earlier version
/// are folded again from the log.
const VERSION: u32 = 15;

macro_rules! tables {
    ($each:ident) => {
        $each! {
            1 parties, 2 materials, 3 places, 4 lots, 5 accounts, 6 encumbrances, 7 authorities, 8 held, 9 reversals,
            10 tallies, 11 reserves, 12 bases, 13 commitments, 14 debts, 15 activations, 16 calls, 17 orders,
            18 floors, 19 rights, 20 restrictions, 21 licences, 22 share_limits, 23 requests, 24 reports, 25 breaks,
            26 hand_matches, 27 rules, 28 publications, 29 trusted_logs, 30 facts, 31 log_keys, 37 secrets,
            38 party_versions, 39 material_versions, 40 site_versions, 41 counts, 42 restriction_versions, 43 factors,
            44 persons, 45 lately, 46 items, 47 mandates, 48 times
        }
    };
}

impl Books {
    /// Numbers of all tables, in the order in which [`Self::restore`] wants their pages.
    pub const TABLES: [u8; 44] = [
        HEADER, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
        29, 30, 31, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48,
    ];

    /// Count of pages that changed since the last [`Self::take_pages`].
    #[must_use]
    pub fn dirty_page_count(&self) -> u32 {
        macro_rules! count {
            ($($number:literal $table:ident),*) => { 1 $(+ self.$table.dirty_count())* };
        }
        tables!(count)
    }

    /// The pages that changed since the last call. Together with older pages of the others they are the books now.
    pub fn take_pages(&mut self) -> Vec<(PageKey, Vec<u8>)> {
        let mut pages = vec![self.header()];
        macro_rules! take {
            ($($number:literal $table:ident),*) => {$(
                self.$table.take_dirty(|page, bytes| pages.push((PageKey { table: $number, page }, bytes)));
            )*};
        }
        tables!(take);
        pages
    }

    /// All pages, in the order in which [`Self::restore`] wants them; what [`Self::take_pages`] will give stays as it is.
    pub fn each_page(&self, mut each: impl FnMut(PageKey, Vec<u8>)) {
        let (key, header) = self.header();
        each(key, header);
        macro_rules! give {
            ($($number:literal $table:ident),*) => {$(
                self.$table.each_page(|page, bytes| each(PageKey { table: $number, page }, bytes));
            )*};
        }
        tables!(give);
    }

    fn header(&self) -> (PageKey, Vec<u8>) {
        let nonces = minicbor::bytes::ByteArray::from(self.nonces);
        let header = (&self.origin, self.head, self.recorded_at, nonces, VERSION);
        (PageKey { table: HEADER, page: 0 }, minicbor::to_vec(header).expect("encoding into memory"))
    }

    /// The books from their newest pages, by table in the order of [`Self::TABLES`] and by page.
    ///
    /// # Errors
    /// When a page cannot be decoded, is missing or out of order.
    pub fn restore(pages: impl Iterator<Item = (PageKey, Vec<u8>)>) -> Result<Self, RestoreError> {
        let mut books = Self::bare();
        for (key, bytes) in pages {
            macro_rules! load {
                ($($number:literal $table:ident),*) => {
                    match key.table {
                        HEADER => read_header(&bytes).map(|(origin, head, recorded_at, nonces, _)| {
                            (books.origin, books.head, books.recorded_at) = (origin, head, recorded_at);
                            books.nonces = nonces.into();
                        }),
                        $($number => books.$table.load_page(key.page, &bytes),)*
                        _ => Err(minicbor::decode::Error::message("a table of a later version")),
                    }
                };
            }
            tables!(load).map_err(|error| {
                let is_of_earlier_version = key.table == HEADER && is_of_earlier_version(&bytes);
                RestoreError { key, problem: error.to_string(), is_of_earlier_version }
            })?;
        }
        books.reindex();
        Ok(books)
    }

    fn reindex(&mut self) {
        self.index = Index::default();
        for (row, party) in (0u32..).zip(self.parties.rows()) {
            self.index.parties.insert(party.code.clone(), PartyNo(row));
        }
        for (row, material) in (0u32..).zip(self.materials.rows()) {
            self.index.materials.insert(material.code.clone(), MaterialNo(row));
        }
        for (row, reversal) in (0u32..).zip(self.reversals.rows()) {
            self.index.reversals.insert(row, reversal);
        }
        for row in 0..self.places.row_count() {
            self.index_place(row);
        }
        for (row, lot) in (0u32..).zip(self.lots.rows()) {
            if lot.is_void {
                self.index.void_count += 1;
                self.index.void.insert(lot.facts.code.clone(), LotNo(row));
            } else {
                note_code(&mut self.index.lots, &lot.facts.code, row);
            }
        }
        for (row, encumbrance) in (0u32..).zip(self.encumbrances.rows()) {
            note_code(&mut self.index.encumbrances, &encumbrance.code, row);
        }
        for (row, authority) in (0u32..).zip(self.authorities.rows()) {
            note_code(&mut self.index.authorities, &authority.code, row);
        }
        self.index.accounts.reserve(self.accounts.row_count() as usize);
        for row in 0..self.accounts.row_count() {
            self.index_account(self.accounts.row(row).key, row);
        }
        for (row, held) in (0u32..).zip(self.held.rows()) {
            self.index.held.insert(held.seq, row);
        }
        for row in 0..self.counts.row_count() {
            self.index_count(row);
        }
        for row in 0..self.tallies.row_count() {
            self.index_tally(self.tallies.row(row).key, TallyNo(row));
        }
        self.reindex_named();
        for (row, lately) in (0u32..).zip(self.lately.rows()) {
            self.index.lately.insert((lately.owner, lately.material), row);
        }
        self.reindex_versions();
        self.reindex_factors();
        self.reindex_items();
        self.reindex_bases();
        self.reindex_pools();
        self.reindex_pieces();
    }
}

fn read_header(bytes: &[u8]) -> Result<Header, minicbor::decode::Error> {
    match minicbor::decode::<Header>(bytes) {
        Ok(header) if header.4 != VERSION => Err(minicbor::decode::Error::message("pages of another version")),
        read => read,
    }
}

/// The first version had no nonces, and the second did not say its number.
fn is_of_earlier_version(header: &[u8]) -> bool {
    minicbor::decode::<Header>(header).is_ok_and(|header| header.4 < VERSION)
        || minicbor::decode::<(String, Seq, Moment)>(header).is_ok()
        || minicbor::decode::<(String, Seq, Moment, minicbor::bytes::ByteArray<16>)>(header).is_ok()
}

impl std::fmt::Display for RestoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "read page {} of table {} of the snapshot: {}", self.key.page, self.key.table, self.problem)
    }
}

impl std::error::Error for RestoreError {}
