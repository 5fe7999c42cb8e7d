//! Commands become events, one after the other, in memory. Nothing here touches a disk except to look an old event up.

mod past;
mod together;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::sync::Arc;

use books::event::Together;
use books::person::Credential;
use books::rejection::{Facts, QUOTA_USED_UP};
use books::{
    Act, Books, CommandId, Event, FactName, Fault, Moment, Outcome, PartyNo, Past, Refused, Rejection, Seq, Tries,
};
use rand_chacha::ChaCha12Rng;
use rand_core::{RngCore, SeedableRng};
use store::Store;
use wire::acts::EventRef;

use crate::answer::{Answer, Request};
use crate::clock::Clock;
use crate::duplicate;
use crate::late::Late;
use crate::opened::{KeptIn, LedgerError};
use crate::quota::{Quotas, Used};
use crate::state::State;
use past::{PastOf, entry};
pub(crate) use together::another;

/// Events decided and not yet recorded.
#[derive(Debug, Default)]
pub struct Batch {
    /// (u16 big-endian length ‖ event)*.
    pub bundle: Arc<Vec<u8>>,
    /// Count of events.
    pub count: usize,
}

/// The sequential heart of the ledger.
pub struct Decider {
    state: State,
    store: Arc<Store>,
    clock: Box<dyn Clock>,
    /// What the clock said when the frame at hand began.
    now_us: u64,
    /// Is the last event later than the clock says?
    is_ahead: bool,
    nonces: ChaCha12Rng,
    batch: Pending,
    /// Batches that were handed on and are not recorded yet, oldest first.
    in_flight: VecDeque<InFlight>,
    late: RefCell<Late>,
    used: Used,
    /// What the books have and no batch: nobody knows yet whether it stands.
    tries: Option<Tries>,
    /// The place in its group of the command at hand.
    together: Option<Together>,
}

/// The batch that is being decided.
#[derive(Default)]
struct Pending {
    /// Leaf index of its first event.
    first: u64,
    bundle: Vec<u8>,
    /// Where each event begins in the bundle.
    offsets: Vec<u32>,
}

/// A batch on its way to the log, to look its events up meanwhile.
struct InFlight {
    first: u64,
    bundle: Arc<Vec<u8>>,
    offsets: Vec<u32>,
}

/// How far the last event may be ahead of the clock before somebody should know.
const AHEAD_US_MAX: u64 = 60_000_000;

impl Decider {
    pub(crate) fn new(
        state: State,
        store: Arc<Store>,
        clock: Box<dyn Clock>,
        nonce_seed: Option<[u8; 32]>,
    ) -> Result<Self, LedgerError> {
        let mut seed = nonce_seed.unwrap_or_default();
        if nonce_seed.is_none() {
            getrandom::fill(&mut seed).map_err(|error| LedgerError::Key(crate::KeyFileError::Random(error)))?;
        }
        let batch = Pending { first: state.books.head().0, ..Pending::default() };
        Ok(Self {
            state,
            store,
            clock,
            now_us: 0,
            is_ahead: false,
            nonces: ChaCha12Rng::from_seed(seed),
            batch,
            in_flight: VecDeque::new(),
            late: RefCell::default(),
            used: Used::default(),
            tries: None,
            together: None,
        })
    }

    /// Bounds what each party leaves in the log without moving anything.
    pub(crate) fn set_quotas(&mut self, quotas: Quotas) {
        self.used = Used::of(quotas);
    }

    /// The books, ahead of what is recorded by what is in flight.
    #[must_use]
    pub fn books(&self) -> &Books {
        &self.state.books
    }

    /// What the log will say when all that was decided is recorded.
    pub(crate) fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    /// Begins a frame: its commands are recorded from now on, a microsecond apart.
    pub(crate) fn begin_frame(&mut self) {
        self.now_us = self.clock.now_us();
        let ahead_us = self.state.books.recorded_at().0.saturating_sub(self.now_us);
        if ahead_us > AHEAD_US_MAX && !self.is_ahead {
            let recorded_at = wire::date::show_moment(self.state.books.recorded_at());
            tracing::error!(
                recorded_at,
                "the last event was recorded later than this machine's clock says: time in a ledger never goes back, so \
                 that events keep that date until the clock has come up to it; see `Clocks` in the run book"
            );
        }
        self.is_ahead = ahead_us > AHEAD_US_MAX;
    }

    /// Bytes of the events decided since the last batch.
    pub(crate) fn batch_bytes(&self) -> usize {
        self.batch.bundle.len()
    }

    /// The events decided since the last call.
    pub(crate) fn take_batch(&mut self) -> Batch {
        let recorded = self.store.head().size();
        while self.in_flight.front().is_some_and(|oldest| oldest.first + oldest.offsets.len() as u64 <= recorded) {
            self.in_flight.pop_front();
        }
        let count = self.batch.offsets.len();
        let next = Pending {
            first: self.batch.first + count as u64,
            bundle: Vec::with_capacity(self.batch.bundle.capacity()),
            offsets: Vec::new(),
        };
        let Pending { first, bundle, offsets } = std::mem::replace(&mut self.batch, next);
        let bundle = Arc::new(bundle);
        if count > 0 {
            self.in_flight.push_back(InFlight { first, bundle: Arc::clone(&bundle), offsets });
        }
        Batch { bundle, count }
    }

    /// Decides one command; its event, if it makes one, joins the batch.
    pub(crate) fn decide(&mut self, mut request: Request, by: Option<Credential>) -> Result<Answer, LedgerError> {
        if let Request::Numbered(command) = &mut request {
            command.by.clone_from(&by);
        }
        if let Request::Named(command) = &mut request
            && let Some(named) = command.act.event_ref_mut()
            && let EventRef::Id(id) = named
            && let Some(seq) = find_for(self, &command.party, CommandId(id.into_bytes()))?
        {
            *named = EventRef::Seq(seq.0);
        }
        let id = request.id();
        if let Some(party) = request.party(&self.state.books)
            && let Some(seq) = self.find(id, Some(party))?
        {
            let event = self.event(seq)?;
            return Ok(duplicate::answer(&request, seq, event, &self.state.books));
        }
        if let Some(party) = request.party(&self.state.books).filter(|_| by.is_some() && request.registers())
            && !self.used.may_register(party, self.now_us)
        {
            let facts = [(FactName::Party, self.state.books.party_code(party).into())].into();
            return Ok(Answer::Refused(None, Box::new(Refused::new(&QUOTA_USED_UP, facts, String::new()))));
        }
        let recorded_at = self.recorded_at();
        let decided = match &request {
            Request::Numbered(command) => self.judge(command, recorded_at)?,
            Request::Named(named) => match named.resolve(&self.state.books) {
                Ok(command) => {
                    let command = books::Command { by: by.clone(), ..command };
                    return self.decide_named(&request, command, recorded_at);
                }
                Err(rejection) => Err(rejection),
            },
        };
        match (decided, request) {
            (Ok(decided), Request::Numbered(command)) => self.record(decided, command, recorded_at),
            (Err(rejection), request) => self.refuse(&request, &rejection, (recorded_at, by)),
            (Ok(_), Request::Named(_)) => unreachable!("named commands are decided once they are resolved"),
        }
    }

    fn decide_named(
        &mut self,
        request: &Request,
        command: books::Command,
        recorded_at: Moment,
    ) -> Result<Answer, LedgerError> {
        match self.judge(&command, recorded_at)? {
            Ok(decided) => self.record(decided, command, recorded_at),
            Err(rejection) => self.refuse(request, &rejection, (recorded_at, command.by)),
        }
    }

    fn judge(
        &self,
        command: &books::Command,
        recorded_at: Moment,
    ) -> Result<Result<books::Decided, Rejection>, LedgerError> {
        let past = self.past();
        let decided = match &self.tries {
            None => self.state.books.decide(command, recorded_at, &past),
            Some(tries) => self.state.books.decide(command, recorded_at, &tries.behind(&past)),
        };
        match past.1.take() {
            Some(error) => Err(error),
            None => Ok(decided),
        }
    }

    fn record(
        &mut self,
        decided: books::Decided,
        command: books::Command,
        recorded_at: Moment,
    ) -> Result<Answer, LedgerError> {
        let is_held = decided.is_held();
        let mut nonce = [0u8; 16];
        self.nonces.fill_bytes(&mut nonce);
        let event = Event { together: self.together, ..decided.into_event(command, recorded_at, nonce) };
        let (twice, open) = self.notes(&event)?;
        let short = |books: &Books| books.shortfall_after(&event);
        let (seq, short) = match self.push(&event) {
            Ok(seq) => (seq, short(&self.state.books)),
            Err(_) => {
                let rejection = Rejection::invalid("lines", Fault::ActTooLarge);
                return Ok(Answer::Refused(None, Box::new(rejection.refused(&self.state.books, String::new()))));
            }
        };
        let yielded = self.looking_back(|books, past| books.impossible_yield(&event, past))?;
        Ok(match short {
            _ if is_held => Answer::Held(seq),
            Some(facts) => Answer::Short(seq, Box::new(facts)),
            None if yielded.is_some() => {
                yielded.map_or(Answer::Accepted(seq), |facts| Answer::Yielded(seq, Box::new(facts)))
            }
            None if open.is_some() => open.map_or(Answer::Accepted(seq), |facts| Answer::Open(seq, Box::new(facts))),
            None => twice.map_or(Answer::Accepted(seq), |earlier| Answer::Twice(seq, earlier)),
        })
    }

    /// What is told of an event that stands: an earlier one of the same document, and what a close leaves open.
    fn notes(&self, event: &Event) -> Result<(Option<Seq>, Option<Facts>), LedgerError> {
        let books = &self.state.books;
        // The books do not have the accounts yet that the event opens: a transfer is told by them, and is no close.
        let effect = if matches!(event.outcome, Outcome::Moved(..)) { None } else { event.effect(books) };
        let close =
            effect.as_deref().and_then(|act| if let Act::ClosePeriod(close) = act { Some(close) } else { None });
        self.looking_back(|books, past| {
            (books.same_document(event, past), close.and_then(|close| close.left_open(books, past)))
        })
    }

    /// What the books and the past say; of what is only tried, what was tried before is past, too.
    fn looking_back<T>(&self, look: impl FnOnce(&Books, &dyn Past) -> T) -> Result<T, LedgerError> {
        let recorded = self.past();
        let behind = self.tries.as_ref().map(|tries| tries.behind(&recorded));
        let past: &dyn Past = match &behind {
            Some(behind) => behind,
            None => &recorded,
        };
        let found = look(&self.state.books, past);
        recorded.1.take().map_or(Ok(found), Err)
    }

    /// Records a refusal, where the party is known: an auditor asks who tried. What is only tried leaves none.
    fn refuse(
        &mut self,
        request: &Request,
        rejection: &Rejection,
        at: (Moment, Option<Credential>),
    ) -> Result<Answer, LedgerError> {
        let refused = Box::new(rejection.refused(&self.state.books, self.written(request)));
        if self.tries.is_some() {
            return Ok(Answer::Refused(None, refused));
        }
        let event = self.refusal(request, refused.clone(), at);
        Ok(Answer::Refused(event.and_then(|event| self.push(&event).ok()), refused))
    }

    /// A command as it was asked, as text.
    pub(crate) fn written(&self, request: &Request) -> String {
        serde_json::Value::Object(duplicate::written(request, &self.state.books)).to_string()
    }

    /// The event of a refusal; none where the party is unknown, or has had as many recorded as it may.
    pub(crate) fn refusal(
        &mut self,
        request: &Request,
        refused: Box<Refused>,
        (recorded_at, by): (Moment, Option<Credential>),
    ) -> Option<Event> {
        let (maker, effective, time) = match request {
            Request::Numbered(command) => (&command.maker, command.effective, command.time),
            Request::Named(command) => (&command.maker, command.effective, command.time),
        };
        let bytes = refused.command.len();
        let party = request.party(&self.state.books)?;
        if by.is_some() && !self.used.keeps_refusal(party, bytes, self.now_us) {
            return None;
        }
        let mut nonce = [0u8; 16];
        self.nonces.fill_bytes(&mut nonce);
        Some(Event {
            nonce,
            recorded_at,
            id: request.id(),
            party,
            effective,
            entries: Vec::new(),
            claims: Vec::new(),
            opened: Vec::new(),
            outcome: Outcome::Refused(refused),
            uses: None,
            maker: maker.clone(),
            tallied: None,
            cuts: None,
            split: None,
            by,
            together: None,
            time,
        })
    }

    /// When the next event is recorded.
    pub(crate) fn recorded_at(&self) -> Moment {
        Moment(self.now_us.max(self.state.books.recorded_at().0 + 1))
    }

    /// The moment at which the frame at hand began.
    pub(crate) fn now_us(&self) -> u64 {
        self.now_us
    }

    /// From now on nothing is recorded, until [`Self::end_trial`].
    pub(crate) fn begin_trial(&mut self) {
        self.state.books.begin_trial();
        self.used.begin_trial();
        if self.tries.is_none() {
            self.tries = Some(Tries::after(self.state.books.head()));
        }
    }

    pub(crate) fn is_trying(&self) -> bool {
        self.tries.is_some()
    }

    /// Ends the innermost trial, which began at an event: what was tried since is taken back, or it stays. Gives what stays and
    /// is to be recorded: nothing while a trial around it goes on.
    pub(crate) fn end_trial(&mut self, begun: Seq, is_kept: bool) -> Vec<Event> {
        self.state.books.end_trial(is_kept);
        self.used.end_trial(is_kept);
        let Some(tries) = &mut self.tries else { return Vec::new() };
        if !is_kept {
            tries.truncate_after(begun);
        }
        match self.state.books.is_on_trial() {
            true => Vec::new(),
            false => self.tries.take().map(Tries::into_events).unwrap_or_default(),
        }
    }

    /// Puts an event into the batch and applies it. Nothing changes when it is too large.
    pub(crate) fn push(&mut self, event: &Event) -> Result<Seq, wire::event::TooLarge> {
        match &mut self.tries {
            None => {
                self.bundle(event)?;
                let seq = self.state.apply(event);
                self.late.get_mut().apply(seq, event);
                Ok(seq)
            }
            Some(tries) => {
                wire::event::encode(event, &mut Vec::new())?;
                self.state.books.apply(event);
                tries.push(event.clone());
                Ok(self.state.books.head())
            }
        }
    }

    /// Puts an event into the batch that the books have already.
    pub(crate) fn push_kept(&mut self, seq: Seq, event: &Event) -> Result<(), wire::event::TooLarge> {
        self.bundle(event)?;
        self.state.note(seq, event);
        self.late.get_mut().apply(seq, event);
        Ok(())
    }

    fn bundle(&mut self, event: &Event) -> Result<(), wire::event::TooLarge> {
        let bundle = &mut self.batch.bundle;
        let start = bundle.len();
        bundle.extend_from_slice(&[0, 0]);
        if let Err(error) = wire::event::encode(event, bundle) {
            bundle.truncate(start);
            return Err(error);
        }
        let event_bytes = u16::try_from(bundle.len() - start - 2).expect("encoded within the limit");
        bundle[start..start + 2].copy_from_slice(&event_bytes.to_be_bytes());
        self.batch.offsets.push(u32::try_from(start).expect("a batch is far below 4 GiB"));
        Ok(())
    }

    /// The event that answers a party's command of this id, or anybody's.
    pub(crate) fn find(&mut self, id: CommandId, by: Option<PartyNo>) -> Result<Option<Seq>, LedgerError> {
        if let Some(seq) = self.tries.as_ref().and_then(|tries| tries.find(id, by)) {
            return Ok(Some(seq));
        }
        let Self { state, store, batch, in_flight, .. } = self;
        let mut postings = wire::event::Postings::default();
        let mut is_it = |leaf_index: u64| {
            let fault = |error: String| seen::SeenError(error);
            let bytes = entry(store, batch, in_flight, leaf_index).map_err(|error| fault(error.to_string()))?;
            postings.read(&bytes).map_err(|error| fault(error.to_string()))?;
            Ok(postings.id == id.0 && by.is_none_or(|by| by == postings.party))
        };
        Ok(state.ids_mut().find(&KeptIn(store), id.0, &mut is_it)?.map(Seq::from_leaf))
    }

    pub(crate) fn event(&self, seq: Seq) -> Result<Event, LedgerError> {
        if let Some(event) = self.tries.as_ref().and_then(|tries| tries.event(seq)) {
            return Ok(event.clone());
        }
        let leaf_index = seq.leaf().ok_or(LedgerError::Stopped)?;
        let bytes = entry(&self.store, &self.batch, &self.in_flight, leaf_index)?;
        wire::event::decode(&bytes).map_err(|error| LedgerError::Event { seq, problem: error.to_string() })
    }

    /// The last event that the history has: what is only tried is in the books alone.
    fn known_head(&self) -> Seq {
        self.tries.as_ref().map_or(self.state.books.head(), Tries::recorded_head)
    }

    fn past(&self) -> PastOf<'_> {
        PastOf(self, Cell::new(None))
    }
}

/// The event that a party means by an id: that of its own command, or of one that it sees.
fn find_for(decider: &mut Decider, party: &str, id: CommandId) -> Result<Option<Seq>, LedgerError> {
    let Some(party) = decider.books().party_no(party) else { return Ok(None) };
    if let Some(own) = decider.find(id, Some(party))? {
        return Ok(Some(own));
    }
    let Some(seq) = decider.find(id, None)? else { return Ok(None) };
    let event = decider.event(seq)?;
    Ok(decider.books().eyes(party).sees_event(&event).then_some(seq))
}
