//! Any bytes as a command: a command that reads back the same, or a field that is wrong.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let books = books::Books::new();
    match wire::Command::from_json(bytes) {
        Ok(command) => {
            let written = command.to_text();
            let again = wire::Command::from_json(written.as_bytes()).expect("what we write we read");
            assert_eq!(again, command);
            let _ = command.resolve(&books);
        }
        Err(malformed) => assert!(!malformed.message().is_empty() && !malformed.hint().is_empty()),
    }
});
