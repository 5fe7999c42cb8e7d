use super::*;
use crate::block::{Header, push_entry};
use crate::limits::VALUE_BYTES_MAX;
use zstd::bulk::Decompressor;

struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ (mixed >> 29)
    }
    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }
}

fn read_back(sealed: &Sealed) -> Vec<(u64, u16, Hash, Vec<u8>)> {
    let mut unpacker = Decompressor::new().unwrap();
    let mut found = vec![];
    let mut at = 0;
    while at < sealed.blocks.len() {
        let (key, value) = &sealed.blocks[at];
        let header = Header::read(key, value).unwrap();
        let parts = &sealed.blocks[at + 1..][..usize::from(header.part_count)];
        let mut raw = vec![];
        header.unpack(parts, &mut unpacker, &mut raw).unwrap();
        found.push((header.first, header.count, header.root_before, raw));
        at += 1 + parts.len();
    }
    found
}

fn check(entries: &[Vec<u8>], frame: usize) {
    let mut sealer = Sealer::new(&Frontier::default());
    let mut plain = Frontier::default();
    let mut subtrees = 0;
    for entries in entries.chunks(frame) {
        let mut bundle = vec![];
        entries.iter().for_each(|entry| push_entry(&mut bundle, entry));
        let sealed = sealer.seal(bundle.clone(), entries.len());
        let mut rejoined = vec![];
        for (first, count, root_before, raw) in read_back(&sealed) {
            assert_eq!(first, plain.size());
            assert_eq!(root_before, plain.root());
            assert_eq!(bundle_entries(&raw).count(), usize::from(count));
            bundle_entries(&raw).for_each(|entry| plain.append(leaf_hash(entry)));
            rejoined.extend(raw);
        }
        assert_eq!(rejoined, bundle);
        assert!(sealed.blocks.iter().all(|(_, value)| value.len() <= VALUE_BYTES_MAX));
        assert_eq!(sealed.tree, plain);
        assert_eq!(sealed.root, plain.root());
        subtrees += sealed.subtree_hashes.len();
        // A sealer that takes up the tree here goes on in the same way.
        sealer = Sealer::new(&sealed.tree);
    }
    assert_eq!(subtrees, entries.len() / 256);
}

#[test]
fn blocks_hold_the_entries_and_chain_to_the_plain_tree() {
    let mut noise = Noise(1);
    let entries: Vec<_> =
        (0..5_000).map(|number: u64| [noise.bytes(32), number.to_be_bytes().to_vec(), vec![7; 40]].concat()).collect();
    check(&entries, 1);
    check(&entries, 700);
    check(&entries, 5_000);
}

#[test]
fn entries_of_any_length_and_nature_fit() {
    let mut noise = Noise(2);
    let mut entries = vec![vec![], vec![0; 65_535], noise.bytes(65_535), noise.bytes(6_093), noise.bytes(6_094)];
    for _ in 0..300 {
        let bytes = (noise.next() % 3_000) as usize;
        let entry = if noise.next().is_multiple_of(2) { noise.bytes(bytes) } else { vec![1; bytes] };
        entries.push(entry);
    }
    check(&entries, 97);
}

#[test]
#[should_panic(expected = "exactly its count")]
fn a_bundle_with_more_than_it_says_is_our_own_fault() {
    let mut bundle = vec![];
    push_entry(&mut bundle, b"one");
    push_entry(&mut bundle, b"two");
    Sealer::new(&Frontier::default()).seal(bundle, 1);
}
