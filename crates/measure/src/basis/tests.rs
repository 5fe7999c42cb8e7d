use super::*;
use proptest::prelude::*;

#[test]
fn every_code_is_read_back() {
    for code in ["gross", "net", "wet", "dry", "REO", "contained:Nd", "contained:Pr6O11", "contained:Li2CO3"] {
        let basis = Basis::parse(code).expect("a code of the documentation");
        assert_eq!(basis.to_string(), code);
        let bytes = minicbor::to_vec(basis).expect("a vector takes all bytes");
        assert_eq!(bytes, minicbor::to_vec(code).expect("a vector takes all bytes"));
        assert_eq!(minicbor::decode::<Basis>(&bytes).expect("just written"), basis);
    }
}

#[test]
fn what_is_contained_must_be_a_formula() {
    for code in ["", "nd", "Nd 2O3", "2O3", "Nd\u{2082}O\u{2083}", "Abcdefghijklmnop", "N\0"] {
        assert_eq!(
            Basis::parse(&format!("contained:{code}")),
            Err(BasisError::NotAFormula { code: code.to_owned() }),
            "{code:?}"
        );
    }
    for code in ["", "reo", "Net", "contained", "t"] {
        assert_eq!(Basis::parse(code), Err(BasisError::Unknown { code: code.to_owned() }));
    }
}

proptest! {
    #[test]
    fn what_is_read_is_written_the_same(code in "(contained:)?[A-Za-z0-9:]{0,18}") {
        if let Ok(basis) = Basis::parse(&code) {
            prop_assert_eq!(basis.to_string(), code);
        }
    }

    #[test]
    fn substances_sort_like_their_text(a in "[A-Z][A-Za-z0-9]{0,14}", b in "[A-Z][A-Za-z0-9]{0,14}") {
        let order = Substance::parse(&a).unwrap().cmp(&Substance::parse(&b).unwrap());
        prop_assert_eq!(order, a.cmp(&b));
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
        let _ = minicbor::decode::<Basis>(&bytes);
        let _ = minicbor::decode::<crate::Unit>(&bytes);
        let _ = minicbor::decode::<crate::Quantity>(&bytes);
    }
}
