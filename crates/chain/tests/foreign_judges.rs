//! Other people's implementations of the same standards read what we write, and agree with what we compute.

use chain::{
    Checkpoint, HashReader, Levels, Node, Note, SignatureKind, SignerKey, Tile, TileKind, VerifierKey, hash_tiles,
    leaf_hash, node_hash, prove_consistency, prove_inclusion, tree_root,
};
use proptest::prelude::*;
use sha2::Digest as _;
use signed_note::{Note as ForeignNote, Signer as _, StandardSigner, StandardVerifier, VerifierList};
use sigstore_crypto::{CryptoProvider, Error, HashContext, SigningScheme};
use sigstore_types::{HashAlgorithm, Sha256Hash};

const SIZE_MAX: u64 = 70;

fn levels(size: u64) -> Levels {
    let mut levels = Levels::default();
    (0..size).for_each(|index| levels.append(leaf_hash(&index.to_be_bytes())));
    levels
}

/// Our hashes behind the interface of `tlog_tiles`.
struct Shelf<'a>(&'a Levels);

impl tlog_tiles::HashReader for Shelf<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        let read = |index: &u64| {
            let (level, index) = tlog_tiles::split_stored_hash_index(*index);
            tlog_tiles::Hash(self.0.hash(Node { level, index }).expect("asked within the tree"))
        };
        Ok(indexes.iter().map(read).collect())
    }
}

fn ours(proof: Vec<tlog_tiles::Hash>) -> Vec<chain::Hash> {
    proof.into_iter().map(|hash| hash.0).collect()
}

/// SHA-256 for `sigstore_merkle`, whose own default would build a C library. It judges the shape of proofs; the hash is
/// held to its standard elsewhere.
#[derive(Debug)]
struct Sha256Only;

struct Hashing(sha2::Sha256);

impl HashContext for Hashing {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    fn finalize(self: Box<Self>) -> Vec<u8> {
        self.0.finalize().to_vec()
    }
}

impl CryptoProvider for Sha256Only {
    fn hash(&self, algorithm: HashAlgorithm) -> Result<Box<dyn HashContext>, Error> {
        assert_eq!(algorithm, HashAlgorithm::Sha2256);
        Ok(Box::new(Hashing(sha2::Sha256::new())))
    }

    fn verify_raw(&self, _: SigningScheme, _: &[u8], _: &[u8], _: &[u8]) -> Result<(), Error> {
        unreachable!("proofs are not signed")
    }

    fn verify_prehashed(&self, _: SigningScheme, _: &[u8], _: &[u8], _: &[u8]) -> Result<(), Error> {
        unreachable!("proofs are not signed")
    }
}

/// Both tests of proofs need it, and tests of one process share it.
fn install_sha256() {
    let _ = sigstore_crypto::install_default_provider(&Sha256Only);
}

fn sigstore(hashes: &[chain::Hash]) -> Vec<Sha256Hash> {
    hashes.iter().map(|hash| Sha256Hash::new(*hash)).collect()
}

#[test]
fn hashes_agree() {
    assert_eq!(leaf_hash(b"granary"), tlog_tiles::record_hash(b"granary").0);
    let (left, right) = (leaf_hash(b"left"), leaf_hash(b"right"));
    let foreign = tlog_tiles::node_hash(tlog_tiles::Hash(left), tlog_tiles::Hash(right));
    assert_eq!(node_hash(&left, &right), foreign.0);
}

#[test]
fn inclusion_proofs_agree() {
    install_sha256();
    let levels = levels(SIZE_MAX);
    for size in 1..=SIZE_MAX {
        let root = tree_root(&levels, size).expect("all at hand");
        assert_eq!(root, tlog_tiles::tree_hash(size, &Shelf(&levels)).expect("a tree").0);
        for index in 0..size {
            let proof = prove_inclusion(&levels, index, size).expect("all at hand");
            assert_eq!(proof, ours(tlog_tiles::prove_record(size, index, &Shelf(&levels)).expect("a proof")));
            let [leaf, root] = [leaf_hash(&index.to_be_bytes()), root].map(Sha256Hash::new);
            sigstore_merkle::verify_inclusion_proof(&leaf, index, size, &sigstore(&proof), &root).expect("agrees");
        }
    }
}

#[test]
fn consistency_proofs_agree() {
    install_sha256();
    let levels = levels(SIZE_MAX);
    for new_size in 1..=SIZE_MAX {
        for old_size in 1..=new_size {
            let proof = prove_consistency(&levels, old_size, new_size).expect("all at hand");
            assert_eq!(proof, ours(tlog_tiles::prove_tree(new_size, old_size, &Shelf(&levels)).expect("a proof")));
            let [old, new] = [old_size, new_size].map(|size| Sha256Hash::new(tree_root(&levels, size).expect("all")));
            sigstore_merkle::verify_consistency_proof(old_size, new_size, &sigstore(&proof), &old, &new)
                .expect("agrees");
        }
    }
}

/// `tlog_tiles` writes the height into the path and calls bundles data; the rest is the same.
fn foreign_path(tile: Tile) -> String {
    let (level, is_data) = match tile.kind() {
        TileKind::Hashes(level) => (level, false),
        TileKind::Entries => (0, true),
    };
    let path = tlog_tiles::Tile::new(8, level, tile.index(), u32::from(tile.width()), is_data).path();
    path.replacen("tile/8/", "tile/", 1).replacen("tile/data/", "tile/entries/", 1)
}

#[test]
fn trees_have_the_same_tiles() {
    for size in [1, 255, 256, 257, 65_535, 65_536, 70_000] {
        let foreign = tlog_tiles::Tile::new_tiles(8, 0, size);
        let foreign: Vec<String> = foreign.iter().map(|tile| tile.path().replacen("tile/8/", "tile/", 1)).collect();
        assert_eq!(hash_tiles(size).map(Tile::path).collect::<Vec<_>>(), foreign, "{size} leaves");
    }
}

#[test]
fn tiles_have_the_same_content() {
    let levels = levels(600);
    for tile in hash_tiles(600) {
        let TileKind::Hashes(level) = tile.kind() else { unreachable!("hash tiles only") };
        let foreign = tlog_tiles::Tile::new(8, level, tile.index(), u32::from(tile.width()), false);
        let content = foreign.read_data(&Shelf(&levels)).expect("all at hand");
        assert_eq!(levels.tile(tile).expect("a tile of the tree").concat(), content);
    }
}

#[test]
fn a_foreign_verifier_accepts_our_checkpoint() {
    let key = SignerKey::from_seed("reserve.example/ledger1", SignatureKind::Ed25519, &[8; 32]).expect("a name");
    let levels = levels(5);
    let root = tree_root(&levels, 5).expect("all at hand");
    let checkpoint = Checkpoint { origin: "reserve.example/ledger1".to_owned(), size: 5, root };
    let mut note = checkpoint.sign(&key).expect("its own key");
    let witness = SignerKey::from_seed("w.example", SignatureKind::CosignatureV1, &[9; 32]).expect("a name");
    note.cosign(&witness, 1_700_000_000).expect("a witness's key");

    let foreign = ForeignNote::from_bytes(note.to_string().as_bytes()).expect("a note");
    let vkey = StandardVerifier::new(&key.verifier().to_string()).expect("a key");
    let (verified, unverified) = foreign.verify(&VerifierList::new(vec![Box::new(vkey)])).expect("signed");
    assert_eq!((verified.len(), unverified.len()), (1, 1));
    let read = tlog_tiles::Checkpoint::from_bytes(foreign.text()).expect("a checkpoint");
    assert_eq!((read.origin(), read.size(), read.hash().0, read.extension()), ("reserve.example/ledger1", 5, root, ""));
    assert_eq!(read.to_bytes(), checkpoint.to_string().into_bytes());
}

/// A verifier of cosignatures as the standard describes them, behind the interface of `signed_note`, which knows none: it
/// finds the line and the key id by its own rules, and what a cosignature signs is written out here once more.
struct Cosigner {
    name: String,
    id: u32,
    key: ed25519_dalek::VerifyingKey,
}

impl signed_note::Verifier for Cosigner {
    fn name(&self) -> &str {
        &self.name
    }

    fn key_id(&self) -> u32 {
        self.id
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        let Some((time, signature)) = signature.split_first_chunk::<8>() else { return false };
        let signed = [format!("cosignature/v1\ntime {}\n", u64::from_be_bytes(*time)).as_bytes(), text].concat();
        let signature = ed25519_dalek::Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.key.verify_strict(&signed, &signature).is_ok())
    }
}

#[test]
fn cosignatures_are_found_and_verified_by_the_rules_of_others() {
    let key = SignerKey::from_seed("log.example", SignatureKind::Ed25519, &[8; 32]).expect("a name");
    for seed in 1..21u8 {
        let levels = levels(u64::from(seed) + 1);
        let size = u64::from(seed) + 1;
        let root = tree_root(&levels, size).expect("at hand");
        let mut note = Checkpoint { origin: "log.example".into(), size, root }.sign(&key).expect("its own key");
        let name = format!("witness.example/{seed}");
        let witness = SignerKey::from_seed(&name, SignatureKind::CosignatureV1, &[seed; 32]).expect("a name");
        note.cosign(&witness, u64::from(seed) << 33).expect("a witness's key");
        let public = witness.verifier().public();
        let id = signed_note::key_id(&name, &[&[4], public.as_slice()].concat());
        assert_eq!(id, witness.verifier().id());
        let cosigner = |id| {
            let key = ed25519_dalek::VerifyingKey::from_bytes(&public).expect("a key");
            VerifierList::new(vec![Box::new(Cosigner { name: name.clone(), id, key })])
        };
        let foreign = ForeignNote::from_bytes(note.to_string().as_bytes()).expect("a note");
        let (verified, _) = foreign.verify(&cosigner(id)).expect("cosigned");
        assert_eq!(verified.len(), 1);
        // The policy says the same, and both refuse a cosignature that was moved to another tree.
        let policy = format!("log {}\nwitness w {}\nquorum w\n", key.verifier(), witness.verifier());
        let policy = chain::Policy::parse(policy.as_bytes()).expect("a policy");
        assert_eq!(policy.check(&note).map(|trusted| trusted.cosigned.len()), Ok(1));
        let moved = note.to_string().replace(&format!("\n{size}\n"), &format!("\n{}\n", size + 1));
        assert!(ForeignNote::from_bytes(moved.as_bytes()).expect("a note").verify(&cosigner(id)).is_err());
        assert!(policy.check(&Note::parse(moved.as_bytes()).expect("a note")).is_err());
    }
}

#[test]
fn we_accept_a_foreign_signature_and_its_key() {
    let key = SignerKey::from_seed("log.example", SignatureKind::Ed25519, &[8; 32]).expect("a name");
    let signer = StandardSigner::new(&key.to_secret_text()).expect("our secret text is read");
    assert_eq!((signer.name(), signer.key_id()), ("log.example", key.verifier().id()));
    let mut foreign = ForeignNote::new(b"text\n", &[]).expect("plain text");
    foreign.add_sigs(&[&signer]).expect("signs");
    let note = Note::parse(&foreign.to_bytes()).expect("a note");
    let known: [VerifierKey; 1] = [VerifierKey::parse(&key.verifier().to_string()).expect("just written")];
    assert_eq!(note.verify(&known).map(|verified| verified.len()), Ok(1));
    let mut own = Note::new("text\n".to_owned()).expect("plain text");
    own.sign(&key).expect("a log's key");
    assert_eq!(own.to_string().into_bytes(), foreign.to_bytes());
}

proptest! {
    #[test]
    fn tile_paths_agree(level in 0..=63u8, entries: bool, index: u64, width in 1..=256u16) {
        let kind = if entries { TileKind::Entries } else { TileKind::Hashes(level) };
        let tile = Tile::new(kind, index, width).unwrap();
        prop_assert_eq!(tile.path(), foreign_path(tile));
    }

    #[test]
    fn notes_that_we_accept_are_notes_to_others(text in "[a-z\n]{0,20}\n\n(\u{2014} [a-z+]{0,4} [A-Za-z0-9+/]{8}\n){0,3}") {
        if let Ok(note) = Note::parse(text.as_bytes()) {
            let foreign = ForeignNote::from_bytes(text.as_bytes()).expect("a note to us");
            prop_assert_eq!(foreign.text(), note.text().as_bytes());
            prop_assert_eq!(foreign.to_bytes(), note.to_string().into_bytes());
        }
    }
}
