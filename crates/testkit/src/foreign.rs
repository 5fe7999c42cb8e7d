//! Another ledger: its log, the key that signs it, a witness, and the facts it tells.

use std::path::Path;

use books::Seq;
use books::fact::Statement;
use chain::{
    Checkpoint, Fact, Levels, Note, Receipt, SignatureKind, SignerKey, Since, leaf_hash, prove_consistency,
    prove_inclusion, tree_root,
};

use crate::{World, script};

/// See the module.
pub struct Foreign {
    world: World,
    levels: Levels,
    key: SignerKey,
    witness: SignerKey,
}

impl Foreign {
    /// The ledger that a script makes. The same script gives the same ledger, to the byte.
    ///
    /// # Errors
    /// The step that cannot be understood.
    pub fn of(text: &str) -> Result<Self, String> {
        let (_, world) = script::answers(text, Path::new("."))?;
        let mut levels = Levels::default();
        world.events().iter().for_each(|entry| levels.append(leaf_hash(entry)));
        let origin = world.books().origin().to_owned();
        let named = |name: &str, kind, seed: u8| {
            SignerKey::from_seed(name, kind, &[seed; 32]).map_err(|error| error.to_string())
        };
        let key = named(&origin, SignatureKind::Ed25519, 1)?;
        let witness = named("witness.example/w", SignatureKind::CosignatureV1, 2)?;
        Ok(Self { world, levels, key, witness })
    }

    /// The same, signed by another key, which is made of a seed.
    ///
    /// # Panics
    /// When the origin cannot be the name of a key.
    #[must_use]
    pub fn signed_by(self, seed: u8) -> Self {
        let origin = self.world.books().origin();
        let key = SignerKey::from_seed(origin, SignatureKind::Ed25519, &[seed; 32]).expect("the name of a key");
        Self { key, ..self }
    }

    /// What happened there.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// A policy for it, line by line: its key, and its witness where one is asked for.
    #[must_use]
    pub fn policy(&self, is_witnessed: bool) -> Vec<String> {
        let mut lines = vec![format!("log {}", self.key.verifier())];
        if is_witnessed {
            lines.push(format!("witness w {}", self.witness.verifier()));
        }
        lines.push(format!("quorum {}", if is_witnessed { "w" } else { "none" }));
        lines
    }

    /// An event of it as a fact, in the tree of its first `size` events, for one who has seen `since` of them.
    ///
    /// # Panics
    /// When there is no such event, or it is not told to others.
    #[must_use]
    pub fn fact(&self, seq: u64, size: u64, since: Option<u64>) -> Fact {
        let event = self.world.event(Seq(seq)).expect("an event");
        let says = Statement::of(self.world.books(), Seq(seq), &event).expect("told to others");
        let mut statement = Note::new(says.to_string()).expect("plain text");
        statement.sign(&self.key).expect("its key");
        let tree = |size| tree_root(&self.levels, size).expect("at hand");
        let checkpoint = Checkpoint { origin: says.origin, size, root: tree(size) };
        let mut checkpoint = checkpoint.sign(&self.key).expect("its key");
        checkpoint.cosign(&self.witness, 1_700_000_000).expect("a witness's key");
        let proof = prove_inclusion(&self.levels, seq - 1, size).expect("within the tree");
        let since = since.map(|since| Since {
            size: since,
            root: tree(since),
            proof: prove_consistency(&self.levels, since, size).expect("within the tree"),
        });
        let entry = self.world.events()[seq as usize - 1].clone();
        Fact { statement, entry, receipt: Receipt { extra: None, index: seq - 1, proof, checkpoint }, since }
    }
}

/// A fact line by line, as a command carries it.
#[must_use]
pub fn lines(fact: &Fact) -> Vec<String> {
    fact.to_string().lines().map(str::to_owned).collect()
}

/// The announcement of a key by another one, each made of a seed of its own.
///
/// # Panics
/// When the origin cannot be the name of a key.
#[must_use]
pub fn announcement(origin: &str, old: u8, new: u8) -> Vec<String> {
    let key = |seed: u8| SignerKey::from_seed(origin, SignatureKind::Ed25519, &[seed; 32]).expect("the name of a key");
    let rotation = chain::Rotation::announce(&key(old), &key(new)).expect("two keys of one log");
    rotation.to_string().lines().map(str::to_owned).collect()
}
