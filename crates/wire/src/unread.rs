//! Why bytes are no command: one list, each with a stable code and what its sentence asks for. The sentence and the hint are
//! the entry `unread-<name>` of the catalogues.

use books::Fault;

words::sayings! {
    /// What is wrong with bytes that should be a command.
    pub enum Unread in "unread";

    // The value of a field that has a form of its own, such as a day.
    Value "value" = "bad_field" { problem: Fault };
    TooLarge "too_large" = "too_large" { count: usize, most: usize };
    LineTooLarge "line_too_large" = "too_large" { count: u64, most: usize };
    TooMany "too_many" = "too_large" { count: usize, most: usize };
    EmptyGroup "empty_group" = "bad_group";
    IdTwice "id_twice" = "bad_group";
    NeitherGroup "neither_group" = "bad_group";
    TrialInTrial "trial_in_trial" = "bad_group";
    NotUtf8 "not_utf8" = "not_utf8" { at: usize };
    NotJson "not_json" = "not_json" { line: usize, column: usize };
    Unfinished "unfinished" = "not_json" { line: usize, column: usize };
    NotAnObject "not_an_object" = "not_json";
    NotCbor "not_cbor" = "not_cbor" { at: usize };
    NotText "not_text" = "bad_field" { field: &'static str };
    Missing "missing" = "missing_field" { field: &'static str };
    NotAnId "not_an_id" = "bad_field" { text: String };
    NotAName "not_a_name" = "bad_field";
    NoAct "no_act" = "unknown_act" { text: String, meant: String };
    FieldMissing "field_missing" = "missing_field";
    FieldUnknown "field_unknown" = "unknown_field" { text: String, count: usize, names: String, meant: String };
    WordUnknown "word_unknown" = "bad_field" { text: String, count: usize, names: String, meant: String };
    WrongShape "wrong_shape" = "bad_field" { wanted: &'static str, found: &'static str };
    OutOfRange "out_of_range" = "bad_field";
    Twice "twice" = "bad_field";
    ControlCharacter "control_character" = "bad_field";
    TextTooLong "text_too_long" = "bad_field" { count: usize, most: usize };
    FieldWrong "field_wrong" = "bad_field";
}

#[cfg(test)]
mod tests {
    use words::Say;

    use super::*;

    #[test]
    fn what_is_meant_is_named_where_it_is_known() {
        let told = |meant: &str| {
            let unread = Unread::NoAct { text: "depsit".into(), meant: meant.into() };
            words::english().tell(&unread.saying())
        };
        assert!(told("deposit").hint.starts_with("did you mean `deposit`? `granary do`"));
        assert!(told("none").hint.starts_with("`granary do`"));
    }
}
