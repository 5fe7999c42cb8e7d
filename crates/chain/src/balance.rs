//! The state digest: a Merkle tree (RFC 6962) whose leaves are balances, so that one of them can be proven without the rest.
//!
//! A leaf is a text that people can read. Its salt makes it impossible to guess a balance from its hash, which whoever is
//! shown the proof of another balance sees: it comes from a secret of the account that only the whole log tells, and from
//! the balance itself, so that a salt that was told once says nothing about another day.

use std::fmt;

use crate::proof::{ProofError, ProveError, verify_inclusion};
use crate::{Hash, Levels, leaf_hash, prove_inclusion, sha256, text, tree_root};

const BALANCE: &str = "granary-balance/v1";
const PROOF: &str = "granary-balance-proof/v1";

/// Bytes of the longest proof that is read: two receipts with their entries, and room.
const PROOF_BYTES_MAX: usize = 1 << 20;

/// Hashes of the longest path: accounts are numbered with 32 bits.
const PATH_HASHES_MAX: usize = 32;

/// What an account held at the end of a day: a leaf of a state digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// See [`balance_salt`].
    pub salt: Hash,
    /// Number of the account.
    pub account: u32,
    /// Where it lies: code of a site, dispatch or loan, or the name of a virtual place.
    pub place: String,
    /// Code of the party whose it is.
    pub owner: String,
    /// Code of the lot.
    pub lot: String,
    /// Code of the material.
    pub material: String,
    /// What the numbers count: accounting unit, decimals of it, and basis.
    pub unit: String,
    /// The day, ISO 8601.
    pub as_of: String,
    /// What lies there, in accounting units; below zero only at virtual places.
    pub on_hand: i64,
    /// What of it is encumbered.
    pub encumbered: i64,
    /// What of it is blocked.
    pub blocked: i64,
}

/// A balance with its way to the root of a state digest, and the receipts of the events that carry that root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalanceProof {
    /// Which leaf, from 0.
    pub index: u64,
    /// Leaves of the digest.
    pub balances: u64,
    /// The digest.
    pub root: Hash,
    /// The leaf's sibling first.
    pub path: Vec<Hash>,
    /// Receipt of the event that closes a period with this digest (`.tlog-proof`, its entry with it).
    pub close: Option<Vec<u8>>,
    /// Receipt of the event in which a checker approved it.
    pub approval: Option<Vec<u8>>,
    /// The balance.
    pub balance: Balance,
}

/// Why bytes are not the proof of a balance, or it does not convince.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BalanceProofError {
    /// It is longer than we read.
    #[error("the proof has {proof_bytes} bytes, more than {PROOF_BYTES_MAX}")]
    TooLong {
        /// Its length.
        proof_bytes: usize,
    },
    /// It is not UTF-8.
    #[error("the proof is not text in UTF-8")]
    NotText,
    /// A line is missing, or is not what belongs there.
    #[error("line {line} of the proof is not `{wanted}`")]
    BadLine {
        /// Which one, from 1.
        line: usize,
        /// What belongs there.
        wanted: &'static str,
    },
    /// The balance does not lead to the digest.
    #[error("lead the balance to the digest")]
    Path(#[source] ProofError),
}

/// The salt of a balance: SHA-256 over the text `granary-balance-salt/v1`, the secret of the account, its number (4 bytes), the
/// day (days since 1970, 4 bytes) and the three sums (8 bytes each), all big-endian, two's complement.
#[must_use]
pub fn balance_salt(secret: &[u8; 16], account: u32, day: i32, sums: [i64; 3]) -> Hash {
    let mut bytes = Vec::with_capacity(23 + 16 + 4 + 4 + 24);
    bytes.extend_from_slice(b"granary-balance-salt/v1");
    bytes.extend_from_slice(secret);
    bytes.extend_from_slice(&account.to_be_bytes());
    bytes.extend_from_slice(&day.to_be_bytes());
    sums.iter().for_each(|sum| bytes.extend_from_slice(&sum.to_be_bytes()));
    sha256(&bytes)
}

impl Balance {
    /// Its hash as a leaf.
    #[must_use]
    pub fn leaf(&self) -> Hash {
        leaf_hash(self.to_string().as_bytes())
    }
}

impl fmt::Display for Balance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { salt, account, place, owner, lot, material, unit, as_of, on_hand, encumbered, blocked } = self;
        writeln!(f, "{BALANCE}\nsalt {}\naccount {account}\nplace {place}\nowner {owner}", text::encode(salt))?;
        writeln!(f, "lot {lot}\nmaterial {material}\nunit {unit}\nas-of {as_of}")?;
        writeln!(f, "on-hand {on_hand}\nencumbered {encumbered}\nblocked {blocked}")
    }
}

impl BalanceProof {
    /// Proves leaf `index` among all leaves of a digest.
    ///
    /// # Errors
    /// When there is no such leaf.
    pub fn of(leaves: &Levels, index: u64, balance: Balance) -> Result<Self, ProveError> {
        let balances = leaves.size();
        let path = prove_inclusion(leaves, index, balances)?;
        let root = tree_root(leaves, balances)?;
        Ok(Self { index, balances, root, path, close: None, approval: None, balance })
    }

    /// Checks that the balance is in the digest. That the digest is the ledger's is for the receipts to show.
    ///
    /// # Errors
    /// When the path leads elsewhere.
    pub fn verify(&self) -> Result<(), BalanceProofError> {
        verify_inclusion(&self.balance.leaf(), self.index, self.balances, &self.root, &self.path)
            .map_err(BalanceProofError::Path)
    }

    /// Do these bytes begin as a proof of a balance does?
    #[must_use]
    pub fn is_one(bytes: &[u8]) -> bool {
        bytes.starts_with(PROOF.as_bytes())
    }

    /// Reads a proof; what is read is written the same, byte for byte.
    ///
    /// # Errors
    /// Names the first line that does not belong.
    pub fn parse(bytes: &[u8]) -> Result<Self, BalanceProofError> {
        if bytes.len() > PROOF_BYTES_MAX {
            return Err(BalanceProofError::TooLong { proof_bytes: bytes.len() });
        }
        let text = std::str::from_utf8(bytes).map_err(|_| BalanceProofError::NotText)?;
        let mut lines = Lines { rest: text.split('\n').peekable(), line: 0 };
        lines.exactly(PROOF)?;
        let index = lines.read("index", text::parse_count)?;
        let balances = lines.read("balances", text::parse_count)?;
        let root = lines.read("root", text::parse_hash)?;
        let mut path = Vec::new();
        while let Some(hash) = lines.optional("path", text::parse_hash)? {
            path.push(hash);
            if path.len() > PATH_HASHES_MAX {
                return Err(BalanceProofError::BadLine { line: lines.line, wanted: "close, approval or nothing" });
            }
        }
        let close = lines.optional("close", text::decode)?;
        let approval = lines.optional("approval", text::decode)?;
        lines.exactly("")?;
        lines.exactly(BALANCE)?;
        let words = |text: &str| Some(text.to_owned());
        let balance = Balance {
            salt: lines.read("salt", text::parse_hash)?,
            account: lines.read("account", canonical)?,
            place: lines.read("place", words)?,
            owner: lines.read("owner", words)?,
            lot: lines.read("lot", words)?,
            material: lines.read("material", words)?,
            unit: lines.read("unit", words)?,
            as_of: lines.read("as-of", words)?,
            on_hand: lines.read("on-hand", canonical)?,
            encumbered: lines.read("encumbered", canonical)?,
            blocked: lines.read("blocked", canonical)?,
        };
        lines.exactly("")?;
        match lines.rest.next() {
            None => Ok(Self { index, balances, root, path, close, approval, balance }),
            Some(_) => Err(BalanceProofError::BadLine { line: lines.line + 1, wanted: "the end" }),
        }
    }
}

impl fmt::Display for BalanceProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { index, balances, root, path, close, approval, balance } = self;
        writeln!(f, "{PROOF}\nindex {index}\nbalances {balances}\nroot {}", text::encode(root))?;
        path.iter().try_for_each(|hash| writeln!(f, "path {}", text::encode(hash)))?;
        for (name, receipt) in [("close", close), ("approval", approval)] {
            if let Some(receipt) = receipt {
                writeln!(f, "{name} {}", text::encode(receipt))?;
            }
        }
        write!(f, "\n{balance}")
    }
}

/// A number as it is written back.
fn canonical<N: std::str::FromStr + ToString>(text: &str) -> Option<N> {
    text.parse().ok().filter(|number: &N| number.to_string() == text)
}

struct Lines<'t> {
    rest: std::iter::Peekable<std::str::Split<'t, char>>,
    line: usize,
}

impl Lines<'_> {
    fn exactly(&mut self, wanted: &'static str) -> Result<(), BalanceProofError> {
        self.line += 1;
        let is_there = self.rest.next() == Some(wanted);
        is_there.then_some(()).ok_or(BalanceProofError::BadLine { line: self.line, wanted })
    }

    fn read<T>(&mut self, name: &'static str, read: impl Fn(&str) -> Option<T>) -> Result<T, BalanceProofError> {
        let bad = BalanceProofError::BadLine { line: self.line + 1, wanted: name };
        self.optional(name, read)?.ok_or(bad)
    }

    fn optional<T>(
        &mut self,
        name: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, BalanceProofError> {
        let of_name = |line: &&str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(' '));
        let Some(line) = self.rest.next_if(of_name) else { return Ok(None) };
        self.line += 1;
        let value = read(&line[name.len() + 1..]);
        value.map(Some).ok_or(BalanceProofError::BadLine { line: self.line, wanted: name })
    }
}

#[cfg(test)]
mod tests;
