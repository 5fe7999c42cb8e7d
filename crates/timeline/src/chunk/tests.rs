use proptest::prelude::*;

use super::*;

fn any_row() -> impl Strategy<Value = (u32, u32, u32, i32, Sums)> {
    let change = prop_oneof![3 => Just(0i64), 3 => -1_000_000i64..1_000_000, 1 => any::<i64>()];
    let day = prop_oneof![5 => 20_000i32..20_400, 1 => any::<i32>()];
    (0u32..4, 0u32..3, 0u32..100_000, day, [change.clone(), change.clone(), change])
}

proptest! {
    #[test]
    fn rows_come_back_with_their_sums(rows in prop::collection::vec(any_row(), 1..600)) {
        let mut rows: Vec<FileRow> = rows
            .into_iter()
            .map(|(account, lane, seq, day, change)| FileRow { account, lane, seq, day, change })
            .collect();
        rows.sort_by_key(|row| (row.account, row.lane, row.seq));
        let mut writer = ChunkWriter::default();
        let mut chunks: Vec<Vec<u8>> = Vec::new();
        for row in &rows {
            if !writer.push(row) {
                chunks.push(writer.finish(5, chunks.len() as u64).to_vec());
                prop_assert!(writer.push(row));
            }
        }
        chunks.push(writer.finish(5, chunks.len() as u64).to_vec());
        let (mut lane, mut index, mut sums) = (None, 0, [0; 3]);
        let mut expected = rows.iter();
        for (number, chunk) in (0..).zip(&chunks) {
            let mut reader = ChunkReader::new(chunk, 5, number).unwrap();
            while reader.advance() {
                let row = expected.next().unwrap();
                if lane != Some((row.account, row.lane)) {
                    (lane, index, sums) = (Some((row.account, row.lane)), 0, [0; 3]);
                }
                add(&mut sums, row.change);
                prop_assert_eq!((reader.row, reader.index, reader.sums), (*row, index, sums));
                index += 1;
            }
        }
        prop_assert_eq!(expected.next(), None);
    }
}

#[test]
fn every_flipped_bit_a_foreign_run_and_a_foreign_place_are_found() {
    let mut writer = ChunkWriter::default();
    assert!(writer.push(&FileRow { account: 3, lane: 0, seq: 9, day: 20_000, change: [5, 0, -7] }));
    let chunk = writer.finish(1, 2).to_vec();
    assert!(ChunkReader::new(&chunk, 1, 2).is_ok());
    assert!(ChunkReader::new(&chunk, 2, 2).is_err() && ChunkReader::new(&chunk, 1, 3).is_err());
    for bit in 0..chunk.len() * 8 {
        let mut chunk = chunk.clone();
        chunk[bit / 8] ^= 1 << (bit % 8);
        assert!(ChunkReader::new(&chunk, 1, 2).is_err(), "bit {bit}");
    }
}
