//! Facts: one entry of a log, told to another ledger together with its proof, so that the rest of the log stays secret.
//!
//! Four parts, each after a blank line: a **statement** in words, signed by the log's key; the **entry** in base64; the
//! **receipt** (C2SP tlog-proof) of exactly these bytes; and, where the receiver has seen the log before, the proof that the
//! tree of the receipt continues the tree it has seen. The proofs are those of the standards. The statement is there
//! because an entry names things by the numbers of its own ledger: its words are the signer's, and whatever the entry says
//! itself is compared with the entry by whoever can read it.

use std::fmt;

use crate::policy::{Policy, Trusted};
use crate::proof::{ProofError, verify_consistency};
use crate::receipt::{Receipt, ReceiptError};
use crate::{Hash, Note, NoteError, text};

/// The first line of every statement. Its second line is a word, so that no statement reads as a checkpoint.
pub const FACT_HEAD: &str = "granary-fact/1";

/// Bytes of the longest fact that is read: it has to fit into one entry of the log that records it.
pub const FACT_BYTES_MAX: usize = 48_000;

/// Base64 digits in a line of the entry.
const LINE_DIGITS: usize = 900;

/// Hashes of the longest proof: a tree of 2^63 leaves is 63 high.
const PROOF_HASHES_MAX: usize = 63;

const ENTRY: &str = "entry ";
const RECEIPT: &str = "\n\nc2sp.org/tlog-proof@v1\n";
const OLD: &str = "\n\nold ";

/// A tree that the receiver has seen, and the way from it to the tree of the receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    /// Entries of that tree.
    pub size: u64,
    /// Its root, as the log has it.
    pub root: Hash,
    /// Consistency proof.
    pub proof: Vec<Hash>,
}

/// The newest tree of a log that somebody has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenTree {
    /// Its entries.
    pub size: u64,
    /// Its root.
    pub root: Hash,
}

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What the entry says, in words.
    pub statement: Note,
    /// The exact bytes.
    pub entry: Vec<u8>,
    /// Where in the log they are.
    pub receipt: Receipt,
    /// What the log continues.
    pub since: Option<Since>,
}

macro_rules! fact_parts {
    ($($(#[$doc:meta])+ $part:ident $code:literal $told:literal;)*) => {
        /// A part that a fact must have.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum FactPart {
            $($(#[$doc])+ $part,)*
        }

        impl FactPart {
            /// Every part, in the order of the checks.
            pub const ALL: &[Self] = &[$(Self::$part),*];

            /// Stable code, for programs and catalogues.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$part => $code,)*
                }
            }
        }

        impl fmt::Display for FactPart {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$part => $told,)*
                })
            }
        }
    };
}

fact_parts! {
    /// It is text.
    Text "text" "text in UTF-8";
    /// The first line.
    Head "head" "first line `granary-fact/1`";
    /// The entry of the log.
    Entry "entry" "entry";
    /// The receipt.
    Receipt "receipt" "receipt";
    /// The entry's lines.
    EntryLines "entry_lines" "entry in lines of base64";
    /// The entry's digits.
    EntryBase64 "entry_base64" "entry in standard base64";
    /// The end of the last line.
    Newline "newline" "newline at its end";
    /// The size of the tree that was seen.
    OldSize "old_size" "size after `old`";
    /// Its root.
    OldRoot "old_root" "root after `old`";
    /// The proof that the log continues it.
    OldProof "old_proof" "consistency proof after `old`";
}

/// Why bytes are no fact, or a fact does not convince.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactError {
    /// Longer than we read.
    #[error("the fact has {fact_bytes} bytes, more than {FACT_BYTES_MAX}")]
    TooLong {
        /// Its length.
        fact_bytes: usize,
    },
    /// A part is missing or malformed.
    #[error("the fact has no {part}")]
    PartMissing {
        /// Which one.
        part: FactPart,
    },
    /// The statement is not a note, or no key of the log signed it.
    #[error("trust the statement of the fact")]
    Statement(#[source] NoteError),
    /// The receipt cannot be read, or does not prove the entry.
    #[error("check the receipt of the fact")]
    Receipt(#[source] ReceiptError),
    /// The proof of consistency fails.
    #[error("check that the log continues what was seen of it")]
    Since(#[source] ProofError),
    /// Nothing leads from the tree that was seen to this one.
    #[error("the log was seen with {seen} entries, and nothing shows that the {size} of the receipt continue them")]
    NotLinked {
        /// Entries seen.
        seen: u64,
        /// Entries of the receipt's tree.
        size: u64,
    },
    /// The log has signed two histories.
    #[error("split view: the log signed another tree of {size} entries before")]
    SplitView {
        /// Entries of the tree that there are two of.
        size: u64,
    },
}

impl Fact {
    /// Reads a fact; what is read is written the same.
    pub fn parse(bytes: &[u8]) -> Result<Self, FactError> {
        if bytes.len() > FACT_BYTES_MAX {
            return Err(FactError::TooLong { fact_bytes: bytes.len() });
        }
        let missing = |part| FactError::PartMissing { part };
        let whole = std::str::from_utf8(bytes).map_err(|_| missing(FactPart::Text))?;
        if !whole.starts_with(FACT_HEAD) {
            return Err(missing(FactPart::Head));
        }
        let (statement, rest) = whole.split_once("\n\nentry ").ok_or_else(|| missing(FactPart::Entry))?;
        let statement = Note::parse(format!("{statement}\n").as_bytes()).map_err(FactError::Statement)?;
        let (entry, rest) = rest.split_once(RECEIPT).ok_or_else(|| missing(FactPart::Receipt))?;
        let mut digits = String::new();
        for (index, line) in entry.split('\n').enumerate() {
            let line = if index == 0 { Some(line) } else { line.strip_prefix(ENTRY) };
            digits.push_str(line.ok_or_else(|| missing(FactPart::EntryLines))?);
        }
        let entry = text::decode(&digits).ok_or_else(|| missing(FactPart::EntryBase64))?;
        let (receipt, since) = match rest.rsplit_once(OLD) {
            Some((receipt, since)) => (format!("{}{receipt}\n", RECEIPT.trim_start()), Some(parse_since(since)?)),
            None => (format!("{}{rest}", RECEIPT.trim_start()), None),
        };
        let receipt = Receipt::parse(receipt.as_bytes()).map_err(FactError::Receipt)?;
        Ok(Self { statement, entry, receipt, since })
    }

    /// Checks that a tree which satisfies a policy has the entry, that the log signed the statement, and that the tree
    /// continues the one that was seen last.
    ///
    /// # Errors
    /// The first thing that does not hold. A [`FactError::SplitView`] is proven by what the log signed.
    pub fn verify(&self, policy: &Policy, seen: Option<&SeenTree>) -> Result<Trusted, FactError> {
        let trusted = self.receipt.verify_by(&self.entry, policy).map_err(FactError::Receipt)?;
        let (origin, size, root) = {
            let tree = &trusted.checkpoint;
            (&tree.origin, tree.size, tree.root)
        };
        let keys: Vec<_> = policy.logs.iter().map(|log| &log.key).filter(|key| key.name() == origin).cloned().collect();
        self.statement.verify(&keys).map_err(FactError::Statement)?;
        if let Some(Since { size: old, root: old_root, proof }) = &self.since {
            verify_consistency(*old, old_root, size, &root, proof).map_err(FactError::Since)?;
        }
        let Some(seen) = seen else { return Ok(trusted) };
        // What the log says about a size, here or on its way here, is signed: two roots of one size are two histories.
        let told = std::iter::once((size, root)).chain(self.since.as_ref().map(|since| (since.size, since.root)));
        for (told_size, told_root) in told {
            if told_size == seen.size {
                return if told_root == seen.root {
                    Ok(trusted)
                } else {
                    Err(FactError::SplitView { size: told_size })
                };
            }
        }
        Err(FactError::NotLinked { seen: seen.size, size })
    }
}

fn parse_since(part: &str) -> Result<Since, FactError> {
    let missing = |part| FactError::PartMissing { part };
    let part = part.strip_suffix('\n').ok_or_else(|| missing(FactPart::Newline))?;
    let mut lines = part.split('\n');
    let size = lines.next().and_then(text::parse_count).ok_or_else(|| missing(FactPart::OldSize))?;
    let root = lines.next().and_then(text::parse_hash).ok_or_else(|| missing(FactPart::OldRoot))?;
    let proof: Option<Vec<Hash>> = lines.map(text::parse_hash).collect();
    let proof = proof.filter(|proof| proof.len() <= PROOF_HASHES_MAX);
    Ok(Since { size, root, proof: proof.ok_or_else(|| missing(FactPart::OldProof))? })
}

/// The fact as it is stored in a file.
impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.statement)?;
        let digits = text::encode(&self.entry);
        let mut rest = digits.as_str();
        while !rest.is_empty() {
            let (line, more) = rest.split_at(rest.len().min(LINE_DIGITS));
            writeln!(f, "{ENTRY}{line}")?;
            rest = more;
        }
        let receipt = Receipt { extra: None, ..self.receipt.clone() };
        write!(f, "\n{receipt}")?;
        let Some(Since { size, root, proof }) = &self.since else { return Ok(()) };
        writeln!(f, "\nold {size}\n{}", text::encode(root))?;
        proof.iter().try_for_each(|hash| writeln!(f, "{}", text::encode(hash)))
    }
}

#[cfg(test)]
mod tests;
