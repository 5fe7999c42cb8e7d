//! A ledger in memory: every command goes the whole way (codes, numbers, decision, event, bytes, event, fold), twice
//! over, and every law is checked after every step. No store, no clock, no chance.

use std::collections::BTreeMap;

use books::acts::close::StateDigest;
use books::books::PageKey;
use books::person::Credential;
use books::{
    AccountNo, Books, CommandId, Day, Days, Decided, Event, Fault, Moment, Outcome, PartyNo, Past, Refused, Rejection,
    Seq,
};

use crate::{Found, Model, laws};

/// Books, the bytes of their whole history, and a second pair of books folded from those bytes.
pub struct World {
    books: Books,
    /// Folded from decoded bytes only.
    replica: Books,
    pages: BTreeMap<PageKey, Vec<u8>>,
    replica_pages: BTreeMap<PageKey, Vec<u8>>,
    events: Vec<Vec<u8>>,
    ids: BTreeMap<(CommandId, PartyNo), Seq>,
    model: Model,
    found: Found,
    clock: Moment,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Recorded.
    Accepted(Seq),
    /// Recorded, and waits for a checker.
    Held(Seq),
    /// Recorded before with the same content.
    Duplicate(Seq),
    /// Refused; recorded where the party is known and the id is new.
    Refused(Option<Seq>, Refusal),
}

/// A refusal in words, with what it was made from where it was made just now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Stable code.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// What to do next.
    pub hint: String,
    /// The refusal itself.
    pub rejection: Option<Rejection>,
}

impl Default for World {
    fn default() -> Self {
        Self::new(Moment(1_700_000_000_000_000))
    }
}

impl World {
    /// An empty ledger, not opened yet, at a moment.
    #[must_use]
    pub fn new(clock: Moment) -> Self {
        Self {
            books: Books::new(),
            replica: Books::new(),
            pages: BTreeMap::new(),
            replica_pages: BTreeMap::new(),
            events: Vec::new(),
            ids: BTreeMap::new(),
            model: Model::default(),
            found: Found::default(),
            clock,
        }
    }

    /// The books now.
    #[must_use]
    pub fn books(&self) -> &Books {
        &self.books
    }

    /// Every posting.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Bytes of all events, in order.
    #[must_use]
    pub fn events(&self) -> &[Vec<u8>] {
        &self.events
    }

    /// An event of the log.
    #[must_use]
    pub fn event(&self, seq: Seq) -> Option<Event> {
        let bytes = self.events.get(usize::try_from(seq.leaf()?).ok()?)?;
        Some(wire::event::decode(bytes).expect("written by this world"))
    }

    /// The event that answers a party's command of this id, or anybody's.
    #[must_use]
    pub fn find(&self, id: CommandId, by: Option<PartyNo>) -> Option<Seq> {
        let mut same = self.ids.range((id, PartyNo(0))..=(id, PartyNo(u32::MAX)));
        same.find(|((_, party), _)| by.is_none_or(|by| by == *party)).map(|(_, seq)| *seq)
    }

    /// The moment of the clock.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.clock
    }

    /// Moves the clock forward to a day, at nine in the morning UTC. Never back.
    pub fn set_day(&mut self, day: Day) {
        let morning = u64::try_from(day.0).expect("a day since 1970") * 86_400_000_000 + 9 * 3_600_000_000;
        self.clock = self.clock.max(Moment(morning));
    }

    /// The UTC day of the clock.
    #[must_use]
    pub fn day(&self) -> Day {
        self.clock.utc_day()
    }

    /// Digest of a party's balances at the end of a day, as known now.
    #[must_use]
    pub fn digest(&self, owner: &str, day: Day) -> Option<StateDigest> {
        let past = PastOf { events: &self.events, model: &self.model, books: &self.books };
        past.digest(self.books.party_no(owner)?, day)
    }

    /// Posts a command and checks every law. Who asks is only claimed.
    pub fn post(&mut self, command: &wire::Command) -> Answer {
        self.post_by(command, None)
    }

    /// Posts a command of somebody who is known by a credential.
    pub fn post_by(&mut self, command: &wire::Command, by: Option<Credential>) -> Answer {
        reads_back(command);
        let party = self.books.party_no(&command.party);
        if let Some(seq) = party.and_then(|party| self.find(command.id, Some(party))) {
            return self.answer_again(command, seq);
        }
        self.clock.0 += 1_000_000;
        let recorded_at = self.clock;
        let resolved = command.resolve(&self.books);
        assert_eq!(resolved, command.resolve(&self.replica), "both books know the same codes");
        let decided = resolved.and_then(|numbered| {
            renders_back(command, &numbered, &self.books);
            let numbered = books::Command { by: by.clone(), ..numbered };
            self.decide(&numbered, recorded_at).map(|decided| (numbered, decided))
        });
        match decided {
            Ok((numbered, decided)) => self.record(numbered, decided, recorded_at),
            Err(rejection) => self.refuse(command, rejection, (recorded_at, by)),
        }
    }

    /// Would a command stand, if it came now? Nothing is recorded.
    ///
    /// # Errors
    /// Why it would be refused.
    pub fn judge(&self, command: &wire::Command) -> Result<(), Rejection> {
        let past = PastOf { events: &self.events, model: &self.model, books: &self.books };
        let numbered = command.resolve(&self.books)?;
        self.books.decide(&numbered, Moment(self.clock.0 + 1_000_000), &past).map(drop)
    }

    /// The same question gets the same answer, whoever is asked: books that lived, were replayed, or were restored.
    fn decide(&self, command: &books::Command, recorded_at: Moment) -> Result<Decided, Rejection> {
        let past = PastOf { events: &self.events, model: &self.model, books: &self.books };
        let decided = self.books.decide(command, recorded_at, &past);
        assert_eq!(decided, self.books.decide(command, recorded_at, &past), "a decision is deterministic");
        assert_eq!(decided, self.replica.decide(command, recorded_at, &past), "replayed books decide alike");
        let restored = self.restored();
        assert_eq!(decided, restored.decide(command, recorded_at, &past), "restored books decide alike");
        decided
    }

    fn restored(&self) -> Books {
        match self.pages.is_empty() {
            true => Books::new(),
            false => Books::restore(self.pages.iter().map(|(key, bytes)| (*key, bytes.clone())))
                .expect("the pages are those of these books"),
        }
    }

    fn record(&mut self, command: books::Command, decided: Decided, recorded_at: Moment) -> Answer {
        let is_held = decided.is_held();
        let asked = wire::render(&command.act, &self.books);
        let event = decided.into_event(command, recorded_at, self.nonce());
        let pushed = self.push(&event);
        if pushed.is_some() {
            keeps_its_act(&event, &asked, &self.books);
        }
        match pushed {
            None => {
                let rejection = Rejection::invalid("lines", Fault::ActTooLarge);
                Answer::Refused(None, Refusal::of(rejection, &self.books))
            }
            Some(seq) if is_held => Answer::Held(seq),
            Some(seq) => Answer::Accepted(seq),
        }
    }

    fn refuse(
        &mut self,
        command: &wire::Command,
        rejection: Rejection,
        (recorded_at, by): (Moment, Option<Credential>),
    ) -> Answer {
        let refusal = Refusal::of(rejection, &self.books);
        let Some(party) = self.books.party_no(&command.party) else {
            return Answer::Refused(None, refusal);
        };
        let refused = refusal.rejection.as_ref().expect("refused just now").refused(&self.books, command.to_text());
        let event = Event {
            nonce: self.nonce(),
            recorded_at,
            id: command.id,
            party,
            effective: command.effective,
            entries: Vec::new(),
            claims: Vec::new(),
            opened: Vec::new(),
            outcome: Outcome::Refused(Box::new(refused)),
            uses: None,
            maker: command.maker.clone(),
            tallied: None,
            cuts: None,
            split: None,
            by,
            together: None,
            time: command.time,
        };
        Answer::Refused(self.push(&event), refusal)
    }

    /// Writes an event, reads it back, folds it into both books and checks every law. `None` when it is too large.
    fn push(&mut self, event: &Event) -> Option<Seq> {
        let mut bytes = Vec::new();
        wire::event::encode(event, &mut bytes).ok()?;
        let decoded = wire::event::decode(&bytes).expect("an event reads back");
        assert_eq!(&decoded, event, "an event reads back as it was written");
        postings_agree(event, &bytes);
        self.apply_on_trial(event);
        self.replica.apply(&decoded);
        let seq = self.books.head();
        self.model.add(seq, event);
        self.ids.insert((event.id, event.party), seq);
        self.events.push(bytes);
        self.take_pages(event);
        laws::check_touched(&self.books, &self.model, event);
        self.found.add(seq, event, &self.books);
        self.found.check_touched(&self.model, event);
        shows_well(seq, event, &self.books);
        Some(seq)
    }

    /// What is tried and taken back was never there; what is tried and kept is as if it had just been applied.
    fn apply_on_trial(&mut self, event: &Event) {
        let head = self.books.head();
        self.books.begin_trial();
        self.books.begin_trial();
        self.books.apply(event);
        self.books.end_trial(true);
        self.books.end_trial(false);
        assert_eq!(self.books.head(), head, "what was taken back was never there");
        self.books.begin_trial();
        self.books.apply(event);
        self.books.end_trial(true);
    }

    /// Pages of both books are the same bytes; a refusal changes the header alone.
    fn take_pages(&mut self, event: &Event) {
        let is_first = self.pages.is_empty();
        let changed = self.books.take_pages();
        if matches!(event.outcome, Outcome::Refused(_)) && !is_first {
            assert_eq!(changed.len(), 1, "a refused command changes nothing but the head of the log");
        }
        self.pages.extend(changed);
        self.replica_pages.extend(self.replica.take_pages());
        assert_eq!(self.pages, self.replica_pages, "books folded from bytes are equal, page for page");
    }

    /// Replays the whole history from its bytes and checks everything once more.
    pub fn check_all(&self) {
        let mut replayed = Books::new();
        for bytes in &self.events {
            replayed.apply(&wire::event::decode(bytes).expect("written by this world"));
        }
        let pages: BTreeMap<PageKey, Vec<u8>> = replayed.take_pages().into_iter().collect();
        assert_eq!(pages, self.pages, "a replay gives the same books, page for page");
        laws::check_all(&self.books, &self.model);
        self.found.check_all(&self.model);
    }

    /// The same id again: the same command gets its first answer, another one hears which field differs.
    fn answer_again(&self, command: &wire::Command, seq: Seq) -> Answer {
        let event = self.event(seq).expect("an id is kept with its event");
        let recorded = wire::view::command_of(&event, &self.books);
        if recorded != command.to_json() && !self.is_same(command, &event) {
            let asked = command.to_json();
            let differs = asked.iter().find(|(key, value)| recorded.get(*key) != Some(value)).map(|(key, _)| key);
            let missing = recorded.keys().find(|key| !asked.contains_key(*key));
            let field = differs.or(missing).expect("two objects that are not equal differ somewhere").clone();
            return Answer::Refused(None, Refusal::of(Rejection::IdReused { field, seq }, &self.books));
        }
        match event.outcome {
            Outcome::Done(_) | Outcome::Moved(..) => Answer::Duplicate(seq),
            Outcome::Held(_) => Answer::Held(seq),
            Outcome::Refused(refused) => Answer::Refused(Some(seq), Refusal::told(&refused, None)),
        }
    }

    fn is_same(&self, command: &wire::Command, event: &Event) -> bool {
        let recorded = serde_json::Value::Object(wire::view::command_of(event, &self.books)).to_string();
        let Ok(recorded) = wire::Command::from_json(recorded.as_bytes()) else { return false };
        let same_frame = (&recorded.party, &recorded.maker, recorded.effective, recorded.time)
            == (&command.party, &command.maker, command.effective, command.time);
        let numbered = |command: &wire::Command| command.resolve(&self.books).ok().map(|command| command.act);
        same_frame && numbered(command).is_some() && numbered(command) == numbered(&recorded)
    }

    fn nonce(&self) -> books::Nonce {
        let mut nonce = [7; 16];
        nonce[8..].copy_from_slice(&self.books.head().0.to_be_bytes());
        nonce
    }
}

/// A command reads back from its own JSON, from the same with an escape, and from its own CBOR.
fn reads_back(command: &wire::Command) {
    let json = command.to_text();
    for text in [json.clone(), json.replacen("\"act\"", "\"\\u0061ct\"", 1)] {
        let read = wire::Command::from_json(text.as_bytes()).expect("a command reads back from its own JSON");
        assert_eq!(&read, command, "a command reads back from its own JSON");
    }
    let mut frame = Vec::new();
    wire::frame::Form::Cbor.begin(&mut frame);
    wire::frame::Form::Cbor.push_command(&mut frame, command);
    let read: Vec<_> = wire::frame::items(&frame).map(|item| item.command()).collect();
    assert_eq!(read, [Ok(command.clone())], "a command reads back from its own CBOR");
}

/// An act by numbers, shown by codes, is the same act when it is read again; and shown again it is the same text.
fn renders_back(command: &wire::Command, numbered: &books::Command, books: &Books) {
    // Whoever says under whom a code lives means what the code alone would not.
    if command.to_text().contains(books::eyes::UNDER) {
        return;
    }
    let rendered = wire::Command { act: wire::render(&numbered.act, books), ..command.clone() };
    let json = serde_json::Value::Object(rendered.to_json()).to_string();
    let read = wire::Command::from_json(json.as_bytes()).expect("a rendered act reads back");
    assert_eq!(read, rendered, "a rendered act reads back: {json}");
    let again = read.resolve(books);
    assert_eq!(again.as_ref(), Ok(numbered), "a rendered act means what it meant: {json}");
}

/// An event tells what was asked, in full, as it was asked. An approval takes the day of what it lets through.
fn keeps_its_act(event: &Event, asked: &wire::Act, books: &Books) {
    let told = wire::view::command_of(event, books);
    let command = wire::Command {
        id: event.id,
        party: books.party_code(event.party).to_owned(),
        maker: event.maker.clone(),
        effective: event.effective,
        time: event.time,
        act: asked.clone(),
    };
    assert_eq!(told, command.to_json(), "an event keeps what was asked");
}

/// The short way to read what a fold of the balances needs agrees with the long one.
fn postings_agree(event: &Event, bytes: &[u8]) {
    let mut postings = wire::event::Postings::default();
    postings.read(bytes).expect("the postings of an event read back");
    assert_eq!(postings.recorded_at, event.recorded_at);
    assert_eq!(postings.effective, event.effective);
    assert_eq!(postings.id, event.id.0);
    assert_eq!(postings.entries, event.entries);
    assert_eq!(postings.claims, event.claims);
    assert_eq!(postings.opened, event.opened);
}

/// An event can be shown to people, with every code it names.
fn shows_well(seq: Seq, event: &Event, books: &Books) {
    let view = wire::view::show(seq, event, books);
    let text = serde_json::to_string(&view).expect("a view is text, numbers and lists");
    assert!(!text.contains("(unknown)"), "an event names only what is known: {text}");
}

struct PastOf<'w> {
    events: &'w [Vec<u8>],
    model: &'w Model,
    books: &'w Books,
}

impl Past for PastOf<'_> {
    fn event(&self, seq: Seq) -> Option<Event> {
        let bytes = self.events.get(usize::try_from(seq.leaf()?).ok()?)?;
        Some(wire::event::decode(bytes).expect("written by this world"))
    }

    fn days(&self, account: AccountNo, from: Day) -> Days {
        self.model.days(account, from)
    }

    fn changes(&self, account: AccountNo, from: Day) -> Vec<(Seq, Day)> {
        let mut changes = self.model.changes(account, Seq(u64::MAX));
        changes.retain(|(_, day)| *day >= from);
        changes.sort_unstable();
        changes.dedup();
        changes
    }

    fn today(&self, zone: &str, at: Moment) -> Option<Day> {
        Some(wire::date::day_in_zone(at, Some(zone)))
    }

    fn root(&self, size: u64) -> Option<[u8; 32]> {
        let mut tree = chain::Frontier::default();
        let events = self.events.get(..usize::try_from(size).ok()?)?;
        events.iter().for_each(|event| tree.append(chain::leaf_hash(event)));
        Some(tree.root())
    }

    fn digest(&self, owner: PartyNo, day: Day) -> Option<StateDigest> {
        let at = |account| Ok::<_, ()>(self.model.days(account, day).at(day).unwrap_or_default());
        wire::digest::digest(self.books, Some(owner), day, at).ok()
    }
}

impl Refusal {
    fn of(rejection: Rejection, books: &Books) -> Self {
        Self::told(&rejection.refused(books, String::new()), Some(rejection))
    }

    fn told(refused: &Refused, rejection: Option<Rejection>) -> Self {
        let words::Told { message, hint } = words::refused(refused);
        Self { code: refused.code.clone(), message, hint, rejection }
    }
}
