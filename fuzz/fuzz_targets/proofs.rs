//! Any bytes as a note, a checkpoint, a receipt, a tile path, an entry bundle.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(note) = chain::note::Note::parse(bytes) {
        assert_eq!(note.to_string().as_bytes(), bytes);
    }
    if let Ok(receipt) = chain::receipt::Receipt::parse(bytes) {
        assert_eq!(receipt.to_string().as_bytes(), bytes);
    }
    let _ = chain::entries::decode_entries(bytes);
    let _ = store::Stated::read(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(tile) = chain::tile::Tile::parse(text) {
        assert_eq!(tile.path(), text);
    }
    let _ = chain::checkpoint::Checkpoint::parse(text);
    let _ = chain::key::VerifierKey::parse(text);
    let _ = chain::key::SignerKey::parse(text);
});
