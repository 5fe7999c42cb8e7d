//! A question from anywhere, answered: who asks, may they, wait for their own write, answer. HTTP and NATS both come here.

use std::sync::Arc;
use std::time::{Duration, Instant};

use answers::{AnyAnswer, Entry, Pending, Problem, Viewer};
use axum::http::StatusCode;
use serde_json::Value;

use crate::access::Caller;
use crate::doors::Doors;
use crate::gate::{Gate, Kind};
use crate::live::{Live, asked_aside, wait_for};
use crate::questions::no_answers;
use crate::relay::pass_on;
use crate::rights::may_ask;
use crate::trouble::Trouble;
use crate::why::Why;

/// What is asked.
#[derive(Clone, Debug)]
pub enum Request {
    /// Fields as text, from a query string.
    Pairs(Vec<(String, String)>),
    /// A JSON object.
    Json(Value),
}

impl Request {
    /// Is a field said?
    pub(crate) fn says(&self, field: &str) -> bool {
        match self {
            Self::Pairs(pairs) => pairs.iter().any(|(name, _)| name == field),
            Self::Json(json) => json.get(field).is_some_and(|value| !value.is_null()),
        }
    }

    /// The fields as the question has them.
    pub(crate) fn into_json(self, entry: &Entry) -> Result<Value, Problem> {
        match self {
            Self::Json(json) => Ok(json),
            Self::Pairs(pairs) => {
                entry.request_from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
            }
        }
    }
}

/// A question with all that goes with it.
#[derive(Clone, Debug)]
pub struct Asking {
    /// The question.
    pub entry: &'static Entry,
    /// What is asked.
    pub request: Request,
    /// Answer only with what is known after this event.
    pub after: Option<u64>,
    /// How long to wait for it.
    pub patience: Duration,
}

/// An answer, and how far it goes.
#[derive(Debug)]
pub struct Answered {
    /// The last event that it knows of.
    pub position: u64,
    /// The answer.
    pub answer: Box<dyn AnyAnswer>,
}

/// A question by its name.
///
/// # Errors
/// `unknown_question`.
pub(crate) fn find(name: &str) -> Result<&'static Entry, Trouble> {
    Ok(answers::named(name)?)
}

impl Doors {
    /// Answers from the books at hand; where there are none, passes the question on to a service that has them.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn answer(&self, caller: Caller, asking: Asking) -> Result<Answered, Trouble> {
        match (&self.live, &self.relay) {
            (Some(live), _) => answer(live, &self.questions, caller, asking).await,
            (None, Some(relay)) => pass_on(relay.as_ref(), &caller, asking).await,
            (None, None) => Err(no_answers()),
        }
    }

    /// Waits until answers know of an event; false where that takes too long.
    pub(crate) async fn wait_for(&self, seq: u64, patience: Duration) -> bool {
        match &self.live {
            Some(live) => wait_for(live.as_ref(), seq, patience).await,
            None => {
                let Ok(entry) = find("head") else { return false };
                let request = Request::Json(Value::Object(serde_json::Map::new()));
                let asking = Asking { entry, request, after: Some(seq), patience };
                self.answer(Caller::Operator, asking).await.is_ok()
            }
        }
    }
}

/// Answers.
///
/// # Errors
/// See [`Trouble`].
pub(crate) async fn answer(
    live: &Arc<dyn Live>,
    gate: &Gate,
    caller: Caller,
    asking: Asking,
) -> Result<Answered, Trouble> {
    let (started, name) = (Instant::now(), asking.entry.name);
    let answered = answer_now(live, gate, caller, asking).await;
    metrics::histogram!("granary_question_seconds", "question" => name).record(started.elapsed().as_secs_f64());
    answered
}

/// Whose eyes a caller sees with, where they may ask.
///
/// # Errors
/// When they may not, or nobody knows them.
pub(crate) fn admit(live: &Arc<dyn Live>, caller: &Caller, question: &str) -> Result<Viewer, Trouble> {
    crate::live::read(live.as_ref(), Viewer::Operator, |view| {
        let viewer = caller.viewer(view)?;
        may_ask(&viewer, view.books(), question)?;
        Ok(viewer)
    })
}

async fn answer_now(live: &Arc<dyn Live>, gate: &Gate, caller: Caller, asking: Asking) -> Result<Answered, Trouble> {
    let Asking { entry, request, after, patience } = asking;
    if let Some(seq) = after
        && !wait_for(live.as_ref(), seq, patience).await
    {
        let known = *live.position().borrow();
        let why = Why::NotKnownYet { event: seq, head: known };
        return Err(Trouble::later(StatusCode::SERVICE_UNAVAILABLE, why));
    }
    let request = request.into_json(entry)?;
    let viewer = admit(live, &caller, entry.name)?;
    let (place, budget) = (gate.enter(Kind::Look, &viewer, patience).await?, gate.budget);
    let first = asked_aside(Arc::clone(live), viewer.clone(), move |seen| {
        // Kept until the work is done, though whoever asked may have gone away.
        let _place = place;
        let mut pending = entry.begin(request, budget)?;
        Ok::<_, Trouble>(match pending.look(&seen)? {
            Some(answered) => First::Answered(answered),
            None => First::ReadsLog(pending),
        })
    })
    .await?;
    let (position, answer) = match first {
        First::Answered(answered) => answered,
        First::ReadsLog(mut pending) => {
            let place = gate.enter(Kind::Question, &viewer, patience).await?;
            asked_aside(Arc::clone(live), viewer, move |seen| {
                let _place = place;
                pending.finish(&seen)
            })
            .await?
        }
    };
    Ok(Answered { position: position.0, answer })
}

/// What the first look at a question comes to. It is taken away from the threads that answer requests: what a question wants of
/// the log may be told by a long index.
enum First {
    /// The books answered.
    Answered(answers::Answered),
    /// It reads the log, and has to find a place among those that do.
    ReadsLog(Box<dyn Pending>),
}
