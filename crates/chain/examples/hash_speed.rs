//! Prints nanoseconds per leaf hash and per node hash on this machine, beside those of the streaming hasher:
//! `cargo run --release -p chain --example hash_speed`.

use std::hint::black_box;
use std::time::Instant;

use chain::{Frontier, leaf_hash, node_hash};
use sha2::{Digest, Sha256};

const ROUNDS: u32 = 2_000_000;

fn main() {
    for entry_bytes in [40, 90, 118, 200, 1_000] {
        let entry = vec![7u8; entry_bytes];
        report(&format!("leaf of {entry_bytes} bytes"), || {
            black_box(leaf_hash(black_box(&entry)));
        });
        report("  streamed", || {
            black_box(Sha256::new_with_prefix([0]).chain_update(black_box(&entry)).finalize());
        });
    }
    let (left, right) = ([1; 32], [2; 32]);
    report("node", || {
        black_box(node_hash(black_box(&left), black_box(&right)));
    });
    report("  streamed", || {
        black_box(Sha256::new_with_prefix([1]).chain_update(black_box(left)).chain_update(black_box(right)).finalize());
    });
    let mut frontier = Frontier::default();
    report("append to the frontier", || frontier.append(black_box(left)));
    black_box(frontier.root());
}

/// The best of five runs, so that a neighbour on the machine does not count.
fn report(name: &str, mut work: impl FnMut()) {
    let best = (0..5)
        .map(|_| {
            let start = Instant::now();
            (0..ROUNDS).for_each(|_| work());
            start.elapsed()
        })
        .min()
        .expect("five runs");
    println!("{name}: {:.1} ns", best.as_secs_f64() * 1e9 / f64::from(ROUNDS));
}
