//! Any bytes as a frame: every item a command that reads back the same in both forms, or what is wrong with it.
#![no_main]

use wire::frame::{Form, items, last_seq, verdicts};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for item in items(bytes) {
        // Groups and trials, too.
        let _ = (item.said(), item.wanted());
        match item.command() {
            Ok(command) => {
                for form in [Form::Lines, Form::Cbor] {
                    let mut frame = Vec::new();
                    form.begin(&mut frame);
                    form.push_command(&mut frame, &command);
                    let again = items(&frame).next().expect("an item").command().expect("what we write we read");
                    assert_eq!(again, command);
                }
            }
            Err(malformed) => assert!(!malformed.message().is_empty() && !malformed.hint().is_empty()),
        }
    }
    let _ = verdicts(bytes);
    let _ = last_seq(bytes);
});
