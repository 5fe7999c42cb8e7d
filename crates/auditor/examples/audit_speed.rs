//! How fast proofs are made from static files, how long a receipt is, and how fast a pack is checked:
//!
//!     cargo run --release -p auditor --example audit_speed -- <events of the log> <events of the pack>
//!
//! The log is made of events of the ledger's form (a transfer each), signed, and written as static files in a temporary
//! folder; the pack has the first of them.

use std::fs;
use std::path::Path;
use std::time::Instant;

use auditor::pack::{MANIFEST, MANIFEST_HEAD, hex};
use auditor::{Facts, Folder, Known, check};
use chain::{
    Checkpoint, Hash, LogFiles, Note, Policy, Receipt, SignatureKind, SignerKey, Tile, TileKind, encode_base64,
    encode_entries, inclusion_from, leaf_hash, node_hash, sha256, tile_bytes,
};

fn main() {
    let mut counts = std::env::args().skip(1).map(|word| word.parse::<u64>().expect("a number of events"));
    let size = counts.next().unwrap_or(10_000_000);
    let packed = counts.next().unwrap_or(1_000_000).min(size);
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let signer = SignerKey::from_seed("reserve.example/ledger1", SignatureKind::Ed25519, &[1; 32]).expect("a name");
    let note = write_log(&log, size, &signer);
    let files = Folder::at(&log);

    let mut times: Vec<f64> = Vec::new();
    let mut bytes = 0;
    for number in 0..10_000u64 {
        let index = u64::from_be_bytes(sha256(&number.to_be_bytes())[..8].try_into().expect("8 bytes")) % size;
        let begun = Instant::now();
        let checkpoint = Note::parse(&files.checkpoint().expect("there")).expect("a note");
        let proof = inclusion_from(&files, index, size, size).expect("at hand");
        let receipt = Receipt { extra: Some(entry(index)), index, proof, checkpoint };
        let text = receipt.to_string();
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        bytes = bytes.max(text.len());
        if number % 100 == 0 {
            receipt.verify(&entry(index), signer.verifier()).expect("it convinces");
        }
    }
    times.sort_by(f64::total_cmp);
    println!(
        "receipts from {size} events: p50 {:.3} ms, p99 {:.3} ms; {bytes} bytes with the entry, {} without",
        times[times.len() / 2],
        times[times.len() * 99 / 100],
        bytes - "extra \n".len() - encode_base64(entry(size - 1)).len()
    );

    let pack = folder.path().join("pack");
    write_pack(&pack, &log, packed, size, &note, &signer);
    let begun = cpu_s();
    let checked = check(&pack, &Known::policy(Policy::of_log(signer.verifier().clone()))).expect("it holds");
    let seconds = cpu_s() - begun;
    println!("{checked}");
    println!("pack of {packed} events checked in {seconds:.2} s of one core: {:.0} events/s", packed as f64 / seconds);
}

/// Time that this thread had a core, in seconds: what else the machine does is not counted.
fn cpu_s() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells");
    text.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).expect("nanoseconds") / 1e9
}

/// A transfer, as `schemas/event.cddl` has it.
fn entry(index: u64) -> Vec<u8> {
    let random = sha256(&index.to_be_bytes());
    let mut bytes = vec![0x89, 0x50];
    bytes.extend_from_slice(&random[..16]);
    bytes.push(0x1b);
    bytes.extend_from_slice(&(1_700_000_000_000_000 + index).to_be_bytes());
    bytes.push(0x50);
    bytes.extend_from_slice(&random[16..]);
    bytes.extend_from_slice(&[0x01, 0x19, 0x50, 0x00, 0x81, 0x83, 0x19]);
    bytes.extend_from_slice(&((index % 10_000) as u16).to_be_bytes());
    bytes.push(0x19);
    bytes.extend_from_slice(&((index % 9_999 + 1) as u16).to_be_bytes());
    bytes.extend_from_slice(&[0x19, 0x03, 0xe8, 0x80, 0x80, 0x81, 0x03]);
    bytes
}

/// The transfer as a ledger shows it.
fn show(seq: u64, facts: &Facts) -> String {
    let id: String = facts.id.iter().map(|byte| format!("{byte:02x}")).collect();
    let id = [&id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]].join("-");
    let seconds = facts.recorded_us / 1_000_000 % 60;
    let recorded = format!("2023-11-14T22:13:{seconds:02}.{:06}Z", facts.recorded_us % 1_000_000);
    format!(
        "{{\"seq\":{seq},\"recorded_at\":\"{recorded}\",\"outcome\":\"done\",\"command\":{{\"id\":\"{id}\",\"party\":\"AGENCY\",\
         \"effective\":\"2026-01-27\",\"act\":\"transfer\",\"lot\":\"LOT-{0}\",\"source\":\"North\",\"target\":\"South\",\
         \"quantity\":\"1 kg net\"}},\"entries\":[{{\"lot\":\"LOT-{0}\",\"source\":{{\"place\":\"North\",\"owner\":\"AGENCY\"}},\
         \"target\":{{\"place\":\"South\",\"owner\":\"AGENCY\"}},\"quantity\":\"0.001 t net\",\"day\":\"2026-01-27\"}}]}}\n",
        seq % 1_000
    )
}

fn put(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(path, bytes).expect("written");
}

/// Hash tiles, the first bundle, and the checkpoint.
fn write_log(log: &Path, size: u64, signer: &SignerKey) -> Note {
    let mut hashes: Vec<Hash> = (0..size).map(|index| leaf_hash(&entry(index))).collect();
    let mut frontier = chain::Frontier::default();
    hashes.iter().for_each(|leaf| frontier.append(*leaf));
    for level in 0u8.. {
        for (index, tile) in (0..).zip(hashes.chunks(256)) {
            let name = Tile::new(TileKind::Hashes(level), index, tile.len() as u16).expect("a tile");
            put(&log.join(name.path()), &tile_bytes(tile));
        }
        hashes = hashes.chunks_exact(256).map(full_root).collect();
        if hashes.is_empty() {
            break;
        }
    }
    let first: Vec<Vec<u8>> = (0..256.min(size)).map(entry).collect();
    let name = Tile::of_tree(TileKind::Entries, 0, size).expect("in the tree");
    put(&log.join(name.path()), &encode_entries(first.iter().map(Vec::as_slice)).expect("short"));
    let checkpoint = Checkpoint { origin: "reserve.example/ledger1".into(), size, root: frontier.root() };
    let note = checkpoint.sign(signer).expect("its own key");
    put(&log.join("checkpoint"), note.to_string().as_bytes());
    note
}

fn full_root(tile: &[Hash]) -> Hash {
    let mut hashes = tile.to_vec();
    while hashes.len() > 1 {
        hashes = hashes.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
    }
    hashes[0]
}

fn write_pack(pack: &Path, log: &Path, count: u64, size: u64, note: &Note, signer: &SignerKey) {
    let mut shown = String::new();
    let (mut events, mut sums) = (String::new(), std::collections::BTreeMap::<u64, i128>::new());
    for index in 0..count {
        let entry = entry(index);
        let facts = Facts::read(&entry).expect("an event");
        events += &format!("{}\t{}\t{}\n", index + 1, encode_base64(&entry), facts.to_text());
        shown += &show(index + 1, &facts);
        for leg in &facts.legs {
            *sums.entry(leg.source).or_default() -= i128::from(leg.units);
            *sums.entry(leg.target).or_default() += i128::from(leg.units);
        }
    }
    let accounts: String = sums.iter().map(|(account, sum)| format!("{account}\t{sum}\tNorth\tAGENCY\tL\n")).collect();
    put(&pack.join("events.txt"), events.as_bytes());
    put(&pack.join("shown.jsonl"), shown.as_bytes());
    put(&pack.join("accounts.txt"), accounts.as_bytes());
    put(&pack.join("checkpoint"), note.to_string().as_bytes());
    let mut names: Vec<String> =
        ["events.txt", "accounts.txt", "checkpoint", "shown.jsonl"].map(str::to_owned).to_vec();
    let needed = |tile: &Tile| {
        matches!(tile.kind(), TileKind::Hashes(level) if level > 0) || tile.index() <= count / 256 || !tile.is_full()
    };
    for tile in chain::hash_tiles(size).filter(needed) {
        put(&pack.join(tile.path()), &fs::read(log.join(tile.path())).expect("there"));
        names.push(tile.path());
    }
    let mut manifest = format!("{MANIFEST_HEAD}\nabout the first {count} events\n");
    for name in names {
        manifest += &format!("{} {name}\n", hex(&sha256(&fs::read(pack.join(&name)).expect("there"))));
    }
    let mut manifest = Note::new(manifest).expect("text");
    manifest.sign(signer).expect("signed");
    put(&pack.join(MANIFEST), manifest.to_string().as_bytes());
}
