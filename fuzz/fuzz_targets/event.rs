//! Any bytes as an event: an event that is written the same, or an error.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut postings = wire::event::Postings::default();
    let read = postings.read(bytes);
    if let Ok(event) = wire::event::decode(bytes) {
        read.expect("an event has postings");
        let mut written = Vec::new();
        wire::event::encode(&event, &mut written).expect("no larger than what was read");
        assert_eq!(written, bytes, "there is one way to write an event");
    }
});
