//! Whose logs are believed, by which keys, and how much of them was seen.

use chain::Policy;

use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::known;
use crate::table::Table;
use crate::then;
use crate::view::View;
use crate::wants::Wants;
use crate::when::KnownAt;

records! {
    /// Logs of other ledgers.
    TrustedLogs {
        /// Only the log of this origin.
        origin: Option<String>,
        /// As known at this event, or this time; as known now where absent.
        known_at: Option<KnownAt>,
    }

    /// One log.
    TrustedLogLine {
        /// Name under which it signs.
        origin: String as Code,
        /// The party that keeps it.
        keeper: Option<String>,
        /// Is it trusted now?
        trusted: bool,
        /// Its keys: name+id+base64.
        keys: Vec<String>,
        /// The witnesses of the policy, by name.
        witnesses: Vec<String>,
        /// Entries of the newest tree seen here; 0 where none was.
        seen_events: u64,
        /// Root of that tree, in base64.
        seen_root: Option<String>,
        /// The event here that saw it.
        seen_by: Option<u64> as Event,
        /// Facts of it that are recorded here.
        facts: u64,
        /// Who set the trust.
        set_by: String as Code,
        /// The event that set it last.
        event: u64 as Event,
    }

    /// Logs of other ledgers, in the order in which they were first trusted.
    TrustedLogsAnswer {
        /// One line for each log.
        logs: Vec<TrustedLogLine>,
    }
}

impl Question for TrustedLogs {
    const NAME: &'static str = "trusted_logs";
    const ABOUT: &'static str =
        "Logs of other ledgers: whose keys and witnesses are believed, and what was seen of each.";
    type Answer = TrustedLogsAnswer;

    fn table(answer: &TrustedLogsAnswer) -> Table<'_> {
        Table::of(answer, &answer.logs)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        then::wants(view, self.known_at.as_ref())
    }

    fn answer(&self, view: &dyn View) -> Result<TrustedLogsAnswer, Problem> {
        then::answer(view, self.known_at.as_ref(), |view| self.known(view))
    }
}

impl TrustedLogs {
    fn known(&self, view: &dyn View) -> Result<TrustedLogsAnswer, Problem> {
        let books = view.books();
        known("origin", self.origin.as_ref(), books.trusted_logs().iter().map(|log| log.code.as_str()))?;
        let logs = (0u32..).map(books::TrustNo).zip(books.trusted_logs());
        let wanted = logs.filter(|(_, log)| self.origin.as_ref().is_none_or(|origin| *origin == log.code));
        let line = |(number, log): (books::TrustNo, &books::fact::TrustedLog)| {
            let text = log.policy.as_ref().map(|lines| lines.join("\n") + "\n");
            let policy = text.and_then(|text| Policy::parse(text.as_bytes()).ok());
            TrustedLogLine {
                origin: log.code.clone(),
                keeper: log.keeper.map(|keeper| books.party_code(keeper).to_owned()),
                trusted: log.policy.is_some(),
                keys: policy.iter().flat_map(|policy| &policy.logs).map(|log| log.key.to_string()).collect(),
                witnesses: policy.iter().flat_map(|policy| &policy.witnesses).map(|it| it.name.clone()).collect(),
                seen_events: log.seen.as_ref().map_or(0, |seen| seen.size),
                seen_root: log.seen.as_ref().map(|seen| chain::encode_base64(seen.root)),
                seen_by: log.seen.as_ref().map(|seen| seen.seq.0),
                facts: books.facts().iter().filter(|fact| fact.log == number).count() as u64,
                set_by: books.party_code(log.party).to_owned(),
                event: log.seq.0,
            }
        };
        Ok(TrustedLogsAnswer { logs: wanted.map(line).collect() })
    }
}
