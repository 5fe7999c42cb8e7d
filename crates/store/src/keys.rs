//! The keys of the one sled tree. First byte is a tag, numbers are big-endian, tags are never reused.
//!
//! | tag | key | written by | changes? |
//! | --- | --- | --- | --- |
//! | `00` | `00 80`: the head; `00 81`..: filler | every commit; filler at creation | the head in every commit |
//! | `01` | `01 ‖ name`: a cursor | the caller | when the caller says so |
//! | `03` | `03 ‖ table ‖ page u32 ‖ !seq u64 [‖ part]`: a state page | the caller | never: a later one has another seq |
//! | `04` | `04 ‖ ..`: index pairs, laid out by their owner | the caller | by their owner |
//! | `f0` | `f0 ‖ first leaf index u64 [‖ part]`: a block of the log | the sealer | never |
//!
//! The log sorts last, so that appends split the right-most leaf only. Around the head lies filler: sled rewrites a
//! leaf as a whole and a leaf holds up to sixteen neighbours; without filler each commit would drag state pages along.

/// Tag of the head and its filler.
pub(crate) const HEAD_TAG: u8 = 0x00;
/// Tag of cursors.
pub(crate) const CURSOR_TAG: u8 = 0x01;
/// Tag of state pages.
pub(crate) const PAGE_TAG: u8 = 0x03;
/// Tag of index pairs, the only ones a caller may write through [`Commit::extra`](crate::Commit::extra).
pub const INDEX_TAG: u8 = 0x04;
/// Tag of log blocks.
pub(crate) const LOG_TAG: u8 = 0xf0;

/// The key of the head.
pub(crate) const HEAD: [u8; 2] = [HEAD_TAG, 0x80];

/// Keys that keep the head's leaf free of large neighbours: more than a leaf holds.
pub(crate) fn filler() -> impl Iterator<Item = [u8; 2]> {
    (0x81..0x81 + 24).map(|second| [HEAD_TAG, second])
}

/// Key of a cursor.
pub(crate) fn cursor(name: &str) -> Vec<u8> {
    [&[CURSOR_TAG], name.as_bytes()].concat()
}

/// Key of a block of the log.
pub(crate) fn block(first: u64) -> [u8; 9] {
    let mut key = [LOG_TAG; 9];
    key[1..].copy_from_slice(&first.to_be_bytes());
    key
}

/// Key of a later part of a block that does not fit into one value. Sorts just after the block's own key.
pub(crate) fn block_part(first: u64, part: u8) -> [u8; 10] {
    let mut key = [part; 10];
    key[..9].copy_from_slice(&block(first));
    key
}

/// Reads a block key: leaf index, and the part (0 for the block itself).
pub(crate) fn read_block(key: &[u8]) -> Option<(u64, u8)> {
    let (&LOG_TAG, rest) = key.split_first()? else { return None };
    let (first, part) = rest.split_first_chunk::<8>()?;
    match *part {
        [] => Some((u64::from_be_bytes(*first), 0)),
        [part] if part > 0 => Some((u64::from_be_bytes(*first), part)),
        _ => None,
    }
}

/// Key of a state page. The seq is inverted, so that "newest at or before S" is the first key of a forward range.
pub(crate) fn page(table: u8, page: u32, seq: u64) -> [u8; 14] {
    let mut key = [PAGE_TAG; 14];
    key[1] = table;
    key[2..6].copy_from_slice(&page.to_be_bytes());
    key[6..].copy_from_slice(&(!seq).to_be_bytes());
    key
}

/// Key of a later part of a state page.
pub(crate) fn page_part(table: u8, page_index: u32, seq: u64, part: u8) -> [u8; 15] {
    let mut key = [part; 15];
    key[..14].copy_from_slice(&page(table, page_index, seq));
    key
}

/// Reads a page key: table, page, seq, part.
pub(crate) fn read_page(key: &[u8]) -> Option<(u8, u32, u64, u8)> {
    let (&PAGE_TAG, rest) = key.split_first()? else { return None };
    let (&table, rest) = rest.split_first()?;
    let (page, rest) = rest.split_first_chunk::<4>()?;
    let (seq, part) = rest.split_first_chunk::<8>()?;
    let part = match *part {
        [] => 0,
        [part] if part > 0 => part,
        _ => return None,
    };
    Some((table, u32::from_be_bytes(*page), !u64::from_be_bytes(*seq), part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_by_index_and_a_part_follows_its_block() {
        assert!(block(1).as_slice() < block_part(1, 1).as_slice());
        assert!(block_part(1, 200).as_slice() < block(2).as_slice());
        assert!(block(255) < block(256));
        assert_eq!(read_block(&block(7)), Some((7, 0)));
        assert_eq!(read_block(&block_part(7, 3)), Some((7, 3)));
    }

    #[test]
    fn the_newest_page_sorts_first() {
        assert!(page(1, 2, 10) < page(1, 2, 9));
        assert!(page_part(1, 2, 10, 4).as_slice() < page(1, 2, 9).as_slice());
        assert!(page(1, 2, 0) < page(1, 3, u64::MAX));
        assert_eq!(read_page(&page_part(1, 2, 10, 4)), Some((1, 2, 10, 4)));
    }

    #[test]
    fn filler_outnumbers_a_leaf_and_follows_the_head() {
        assert!(filler().count() > 17);
        assert!(filler().all(|key| key > HEAD && key[0] == HEAD_TAG));
    }
}
