//! What other ledgers have proven: whose logs are trusted, and the facts taken from them.

use books::acts as numbered;

super::object! {
    /// The log of another ledger is trusted, or no more.
    TrustLog {
        /// Name under which the other ledger signs.
        origin: String,
        /// Code of the party that keeps it.
        keeper: Option<String>,
        /// The trust policy (C2SP tlog-policy), line by line: keys of the log, witnesses, quorum. Absent, the trust ends.
        policy: Option<Vec<String>>,
        /// Why.
        note: Option<String>,
    }

    /// A proven fact of another ledger is recorded.
    RecordFact {
        /// The fact, line by line, as `granary audit share` writes it; checked before it is recorded.
        fact: Vec<String>,
    }

    /// The log's key announces the next one.
    RotateLogKey {
        /// The announcement, signed by both keys, line by line, as `granary key rotate` makes it.
        announcement: Vec<String>,
    }
}

super::form::form! {
    TrustLog = numbered::trust_log::TrustLog {
        origin: Same,
        keeper: Party,
        policy: Same,
        note: Same,
    }
    RecordFact = numbered::record_fact::RecordFact {
        fact: Same,
    }
    RotateLogKey = numbered::rotate_log_key::RotateLogKey {
        announcement: Same,
    }
}
