//! What a witness answers, with the status that the standard gives it.

use chain::Signature;

/// What became of a submitted checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Cosigned; the line to add to the checkpoint.
    Cosigned(Signature),
    /// The proof does not begin where this witness stands: its size, to try again from.
    OtherSize(u64),
    /// Not cosigned.
    Refused(Refused),
}

/// Why a checkpoint is not cosigned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not a submission, or one that contradicts itself.
    #[error("{0}")]
    Malformed(String),
    /// The log is not one that this witness knows.
    #[error("this witness does not know the log `{origin}`")]
    UnknownLog {
        /// Its origin.
        origin: String,
    },
    /// No known key of the log signed it.
    #[error("no known key of `{origin}` signed the checkpoint")]
    NotSigned {
        /// Its origin.
        origin: String,
    },
    /// The log signed two trees of one size: proof enough for anybody.
    #[error("{problem}; {evidence}")]
    Contradiction {
        /// What it is.
        problem: String,
        /// Where both are kept, or that they are not.
        evidence: String,
    },
    /// Nothing shows that the checkpoint continues what was cosigned. That proves nothing about the log: the proof that came
    /// along is whoever's who sent it.
    #[error("nothing shows that the checkpoint continues the one of {seen} entries: {problem}{}", kept.as_ref().map_or_else(String::new, |kept| format!("; the checkpoint is kept as `{kept}`")))]
    Unproven {
        /// Entries of the tree cosigned before.
        seen: u64,
        /// What is wrong with the proof.
        problem: String,
        /// Where the checkpoint is kept, if it is.
        kept: Option<String>,
    },
    /// The witness cannot keep what it would have to: it says nothing rather than something it may forget.
    #[error("the witness could not keep the checkpoint: {problem}")]
    CouldNotKeep {
        /// Why.
        problem: String,
    },
}

impl Answer {
    /// Status of HTTP.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Cosigned(_) => 200,
            Self::OtherSize(_) => 409,
            Self::Refused(refused) => match refused {
                Refused::Malformed(_) => 400,
                Refused::UnknownLog { .. } => 404,
                Refused::NotSigned { .. } => 403,
                Refused::Contradiction { .. } | Refused::Unproven { .. } => 422,
                Refused::CouldNotKeep { .. } => 500,
            },
        }
    }

    /// Media type of the body.
    #[must_use]
    pub const fn content_type(&self) -> &'static str {
        match self {
            Self::OtherSize(_) => "text/x.tlog.size",
            _ => "text/plain; charset=utf-8",
        }
    }

    /// Body.
    #[must_use]
    pub fn body(&self) -> String {
        match self {
            Self::Cosigned(signature) => format!("{signature}\n"),
            Self::OtherSize(size) => format!("{size}\n"),
            Self::Refused(refused) => format!("{refused}\n"),
        }
    }
}
