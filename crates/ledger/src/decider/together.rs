//! Groups of commands, which stand or fall together, and trials, of which nothing stays.
//!
//! A group is decided command by command on the books themselves, each seeing what those before it did. If one of them is refused,
//! what the others did is taken back, and each leaves a refusal that names the one at fault. Either way the events of a group follow
//! each other in one batch, so that no reader, no copy and no crash finds a part of it.

use books::event::Together;
use books::person::Credential;
use books::rejection::{Code, GROUP_DIFFERS, GROUP_REFUSED, GROUP_WAITS};
use books::{Books, FactName, FactValue, Refused, Seq};

use super::Decider;
use crate::answer::{Answer, Asked, Group, Request};
use crate::duplicate;
use crate::opened::LedgerError;

/// May this be asked at all, in the group that it is in, at its place there?
pub(crate) type May<'m> =
    &'m dyn Fn(&Books, &Request, Option<(&Group, usize)>) -> Result<Option<Credential>, Box<Refused>>;

impl Decider {
    /// Decides what is asked; one answer for each command, in order.
    pub(crate) fn decide_asked(&mut self, asked: Asked, may: May<'_>) -> Result<Vec<Answer>, LedgerError> {
        match asked {
            Asked::One(request) => match may(self.books(), &request, None) {
                Ok(by) => Ok(vec![self.decide(request, by)?]),
                Err(refusal) => Ok(vec![Answer::Refused(None, refusal)]),
            },
            Asked::Group(group) => self.decide_group(group, may),
            Asked::Trial(tried) => self.attempt(tried, may),
        }
    }

    /// Says what would become of commands, and takes all of it back.
    fn attempt(&mut self, tried: Vec<Asked>, may: May<'_>) -> Result<Vec<Answer>, LedgerError> {
        let begun = self.books().head();
        self.begin_trial();
        let answers: Result<Vec<_>, _> = tried.into_iter().map(|asked| self.decide_asked(asked, may)).collect();
        self.end_trial(begun, false);
        Ok(answers?.into_iter().flatten().map(|answer| Answer::Tried(Box::new(answer))).collect())
    }

    fn decide_group(&mut self, group: Group, may: May<'_>) -> Result<Vec<Answer>, LedgerError> {
        let mut known_by = Vec::with_capacity(group.requests.len());
        for (place, request) in group.requests.iter().enumerate() {
            match may(self.books(), request, Some((&group, place))) {
                Ok(by) => known_by.push(by),
                Err(refusal) => return Ok(fallen(group.requests.len(), place, refusal)),
            }
        }
        let find = |request: &Request| match request.party(self.books()) {
            Some(party) => self.find(request.id(), Some(party)),
            None => Ok(None),
        };
        let known = group.requests.iter().map(find).collect::<Result<Vec<_>, _>>()?;
        if let Some(place) = known.iter().position(Option::is_some) {
            return self.answer_again(&group.requests, &known, place);
        }
        let begun = self.books().head();
        let of = u32::try_from(group.requests.len()).expect("few commands a group");
        self.begin_trial();
        let mut answers = Vec::with_capacity(group.requests.len());
        for ((place, request), by) in (0..).zip(&group.requests).zip(&known_by) {
            self.together = Some(Together { place, of });
            let answer = self.decide(request.clone(), by.clone());
            self.together = None;
            let refusal = match answer {
                Ok(Answer::Refused(_, refusal)) => refusal,
                Ok(Answer::Held(_)) => waits(place, self.written(request)),
                Ok(answer) => {
                    answers.push(answer);
                    continue;
                }
                Err(error) => {
                    self.end_trial(begun, false);
                    return Err(error);
                }
            };
            self.end_trial(begun, false);
            return Ok(self.fall((&group.requests, &known_by), place as usize, refusal));
        }
        for (seq, event) in (begun.0 + 1..).map(Seq).zip(self.end_trial(begun, true)) {
            self.push_kept(seq, &event).map_err(|_| LedgerError::Stopped)?;
        }
        Ok(answers)
    }

    /// Some of a group came before: it is this group, and gets its answers again, or nothing is decided.
    fn answer_again(
        &self,
        requests: &[Request],
        known: &[Option<Seq>],
        place: usize,
    ) -> Result<Vec<Answer>, LedgerError> {
        let first = known[0];
        let differs = |place: usize, seq: Option<Seq>| {
            let facts = [(FactName::Number, FactValue::from(place + 1))];
            let facts = seq
                .into_iter()
                .fold(facts.into(), |facts: books::rejection::Facts, seq| facts.with(FactName::Event, seq));
            fallen(requests.len(), place, refused(&GROUP_DIFFERS, facts, String::new()))
        };
        let mut answers = Vec::with_capacity(requests.len());
        for (at, (request, seq)) in requests.iter().zip(known).enumerate() {
            let (Some(seq), Some(first)) = (*seq, first) else { return Ok(differs(place, known[place])) };
            let event = self.event(seq)?;
            let is_this = Together {
                place: u32::try_from(at).unwrap_or(u32::MAX),
                of: u32::try_from(requests.len()).unwrap_or(u32::MAX),
            };
            if seq.0 != first.0 + at as u64 || event.together != Some(is_this) {
                return Ok(differs(at, Some(seq)));
            }
            let answer = duplicate::answer(request, seq, event, self.books());
            if let Answer::Refused(None, refusal) = answer {
                return Ok(fallen(requests.len(), at, refusal));
            }
            answers.push(answer);
        }
        Ok(answers)
    }

    /// One of a group was refused: each of them leaves a refusal, where all their parties are known.
    fn fall(
        &mut self,
        (requests, known_by): (&[Request], &[Option<Credential>]),
        at: usize,
        refusal: Box<Refused>,
    ) -> Vec<Answer> {
        let culprit = Seq(self.books().head().0 + at as u64 + 1);
        let mut events = Vec::with_capacity(requests.len());
        let of = u32::try_from(requests.len()).expect("few commands a group");
        for ((place, request), by) in (0..).zip(requests).zip(known_by) {
            let refused = match place as usize == at {
                true => refusal.clone(),
                false => another(at, &refusal.code, Some(culprit), self.written(request)),
            };
            let recorded_at = books::Moment(self.recorded_at().0 + u64::from(place));
            match self.refusal(request, refused, (recorded_at, by.clone())) {
                Some(event) => events.push(books::Event { together: Some(Together { place, of }), ..event }),
                None => return fallen(requests.len(), at, refusal),
            }
        }
        let is_too_large = |event: &books::Event| wire::event::encode(event, &mut Vec::new()).is_err();
        if self.is_trying() || events.iter().any(is_too_large) {
            return fallen(requests.len(), at, refusal);
        }
        let answer = |event: books::Event| {
            let books::Outcome::Refused(refused) = event.outcome.clone() else { unreachable!("a refusal was made") };
            Answer::Refused(self.push(&event).ok(), refused)
        };
        events.into_iter().map(answer).collect()
    }
}

/// One of a group is refused, and nothing of it is recorded.
fn fallen(count: usize, at: usize, refusal: Box<Refused>) -> Vec<Answer> {
    let answer = |place: usize| match place == at {
        true => refusal.clone(),
        false => another(at, &refusal.code, None, String::new()),
    };
    (0..count).map(|place| Answer::Refused(None, answer(place))).collect()
}

/// Another of the group was refused.
pub(crate) fn another(at: usize, code: &str, event: Option<Seq>, written: String) -> Box<Refused> {
    let facts = [(FactName::Number, FactValue::from(at + 1)), (FactName::Refused, code.into())];
    let facts =
        event.into_iter().fold(facts.into(), |facts: books::rejection::Facts, seq| facts.with(FactName::Event, seq));
    refused(&GROUP_REFUSED, facts, written)
}

fn waits(place: u32, written: String) -> Box<Refused> {
    refused(&GROUP_WAITS, [(FactName::Number, FactValue::from(place + 1))].into(), written)
}

fn refused(code: &Code, facts: books::rejection::Facts, written: String) -> Box<Refused> {
    Box::new(Refused::new(code, facts, written))
}
