use proptest::prelude::*;

use super::*;

/// The example key of formats.md.
const VKEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

#[test]
fn the_example_key_is_read_and_written() {
    let key = VerifierKey::parse(VKEY).expect("a key");
    assert_eq!((key.name(), key.id(), key.kind()), ("example.com/foo", 0x530d_903a, SignatureKind::Ed25519));
    assert_eq!(key.to_string(), VKEY);
    assert_eq!(VerifierKey::new("example.com/foo", SignatureKind::Ed25519, &key.public()), Ok(key));
}

#[test]
fn the_type_is_part_of_the_id() {
    let log = SignerKey::from_seed("w.example", SignatureKind::Ed25519, &[1; 32]).expect("a name");
    let witness = SignerKey::from_seed("w.example", SignatureKind::CosignatureV1, &[1; 32]).expect("a name");
    assert_eq!(log.verifier().public(), witness.verifier().public());
    assert_ne!(log.verifier().id(), witness.verifier().id());
}

#[test]
fn each_mistake_in_a_key_is_named() {
    let check = |vkey: &str, error| assert_eq!(VerifierKey::parse(vkey), Err(error), "{vkey}");
    check("", KeyError::Malformed);
    check("example.com/foo", KeyError::Malformed);
    check("example.com/foo+530d903a", KeyError::Malformed);
    check("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", KeyError::Malformed);
    check("example.com/foo+30d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", KeyError::Malformed);
    check("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k=", KeyError::Malformed);
    check("example.com/foo+530d903a+", KeyError::Malformed);
    check("example.com/foo+530d903a+AQ==", KeyError::BadKey);
    check(
        "example.com/foo+530d903a+BukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        KeyError::UnsupportedType { byte: 6 },
    );
    check("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", KeyError::BadName);
    check("a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", KeyError::BadName);
    check(
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        KeyError::WrongId { expected: 0x530d_903a, found: 0x530d_903b },
    );
    // A key of small order signs anything: the identity point.
    let weak = [[1].as_slice(), &[1], &[0; 31]].concat();
    check(&format!("a+530d903a+{}", text::encode(weak)), KeyError::BadKey);
}

#[test]
fn a_secret_key_is_never_printed() {
    let key = SignerKey::from_seed("log.example", SignatureKind::Ed25519, &[9; 32]).expect("a name");
    assert_eq!(format!("{key:?}"), format!("SignerKey(log.example+{:08x})", key.verifier().id()));
}

proptest! {
    #[test]
    fn every_key_is_read_back(seed: [u8; 32], witness: bool, name in "[a-z./0-9-]{1,30}") {
        let kind = if witness { SignatureKind::CosignatureV1 } else { SignatureKind::Ed25519 };
        let key = SignerKey::from_seed(&name, kind, &seed).unwrap();
        let secret = key.to_secret_text();
        let again = SignerKey::parse(&secret).unwrap();
        prop_assert_eq!(again.to_secret_text(), secret);
        prop_assert_eq!(&VerifierKey::parse(&key.verifier().to_string()).unwrap(), again.verifier());
    }

    #[test]
    fn no_text_panics(text in "(PRIVATE\\+KEY\\+)?[a-z]{0,3}\\+?[0-9a-f]{0,8}\\+?[A-Za-z0-9+/=]{0,50}|.*") {
        let _ = SignerKey::parse(&text);
        if let Ok(key) = VerifierKey::parse(&text) {
            prop_assert_eq!(key.to_string(), text);
        }
    }

    #[test]
    fn no_key_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
        let _ = VerifierKey::parse(&format!("a+00000000+{}", text::encode(bytes)));
    }
}
