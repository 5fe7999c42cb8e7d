use super::*;

#[test]
fn a_list_comes_back_and_every_flipped_bit_is_found() {
    let run = |number| RunFacts { number, level: 1, first_seq: number * 10 + 1, last_seq: number * 10 + 10 };
    let runs = vec![run(0), run(1)];
    let bytes = encode(runs.iter().copied());
    assert_eq!(decode(&bytes), Some(runs));
    assert_eq!(decode(&encode([].into_iter())), Some(vec![]));
    for bit in 0..bytes.len() * 8 {
        let mut bytes = bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(decode(&bytes), None, "bit {bit}");
    }
    assert!((0..bytes.len()).all(|count| decode(&bytes[..count]).is_none()));
}
