//! A single fact for another ledger: what an event says, signed, with its proof.

use books::fact::Statement;
use books::{Books, Event, Seq};
use chain::{
    Fact, FromFilesError, LogFiles, Note, NoteError, SignerKey, Since, consistency_from, read_entry, receipt_from,
    root_from,
};

/// Why a fact cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum FactTrouble {
    /// The event is of no kind that is told to others, or was not done.
    #[error("event {seq} is of no kind that is told to other ledgers")]
    NotTold {
        /// The event.
        seq: Seq,
    },
    /// The event was reversed.
    #[error("event {seq} was reversed by event {by}")]
    Reversed {
        /// The event.
        seq: Seq,
        /// The correction.
        by: Seq,
    },
    /// The proof cannot be made.
    #[error("prove event {seq}")]
    Proof {
        /// The event.
        seq: Seq,
        /// Why.
        #[source]
        source: FromFilesError,
    },
    /// The receiver has seen more than the newest checkpoint has.
    #[error("the newest checkpoint has {size} entries, fewer than the {since} that were seen")]
    SeenMore {
        /// Entries of the newest checkpoint.
        size: u64,
        /// Entries that were seen.
        since: u64,
    },
    /// The statement cannot be signed.
    #[error("sign the statement")]
    Sign(#[source] NoteError),
    /// The fact has more bytes than an event may carry.
    #[error("the fact has {fact_bytes} bytes; another ledger records at most {}", chain::FACT_BYTES_MAX)]
    TooLong {
        /// Its length.
        fact_bytes: usize,
    },
}

/// Tells an event to another ledger, with its proof; `since` is how much of this log was seen there.
///
/// # Errors
/// When the event is not told to others, or no checkpoint covers it.
pub fn make_fact(
    log: &(impl LogFiles + ?Sized),
    says: &Statement,
    signers: &[SignerKey],
    since: Option<u64>,
) -> Result<Fact, FactTrouble> {
    let seq = says.event;
    let proof = |source| FactTrouble::Proof { seq, source };
    let index = seq.leaf().ok_or(FactTrouble::NotTold { seq })?;
    let receipt = receipt_from(log, index).map_err(proof)?;
    let size = chain::Checkpoint::parse(receipt.checkpoint.text()).map_or(0, |tree| tree.size);
    let entry = read_entry(log, index, size).map_err(proof)?;
    let since = match since.filter(|since| *since > 0) {
        None => None,
        Some(since) if since > size => return Err(FactTrouble::SeenMore { size, since }),
        Some(since) => Some(Since {
            size: since,
            root: root_from(log, since, size).map_err(proof)?,
            proof: consistency_from(log, since, size, size).map_err(proof)?,
        }),
    };
    let mut statement = Note::new(says.to_string()).map_err(FactTrouble::Sign)?;
    signers.iter().try_for_each(|signer| statement.sign(signer)).map_err(FactTrouble::Sign)?;
    let fact = Fact { statement, entry, receipt, since };
    let fact_bytes = fact.to_string().len();
    if fact_bytes > chain::FACT_BYTES_MAX { Err(FactTrouble::TooLong { fact_bytes }) } else { Ok(fact) }
}

/// What an event says to others.
///
/// # Errors
/// When it is of no kind that is told, or was reversed.
pub fn statement_of(books: &Books, seq: Seq, event: &Event) -> Result<Statement, FactTrouble> {
    if let Some(by) = books.reversed_by(seq) {
        return Err(FactTrouble::Reversed { seq, by });
    }
    Statement::of(books, seq, event).ok_or(FactTrouble::NotTold { seq })
}
