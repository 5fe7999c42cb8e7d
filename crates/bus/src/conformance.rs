//! What every bus promises, as checks that name the promise that is broken.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::frame::{Frame, Hand, Sender, Signed};
use crate::log::{Committed, Follow, Log, Published};
use crate::questions::{Asked, Handler, Reply};
use crate::queue::PutError;
use crate::{Bus, BusError};

const SOON: Duration = Duration::from_millis(300);
const LONG: Duration = Duration::from_secs(10);

type Checked = Result<(), String>;

fn promise(is_kept: bool, promise: &str) -> Checked {
    if is_kept { Ok(()) } else { Err(format!("broken: {promise}")) }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Checks a fresh bus through two ways to it. `queue_frames` is how many frames may wait, `lease` how long a lease stands.
///
/// # Errors
/// The first promise that is broken.
pub async fn check(one: Arc<dyn Bus>, two: Arc<dyn Bus>, queue_frames: usize, lease: Duration) -> Checked {
    frames_keep_what_they_say(&*one).await?;
    frames_come_again_until_settled(&*one).await?;
    answers_reach_whoever_waits(&one, &two).await?;
    a_full_queue_takes_nothing(&*one, queue_frames).await?;
    what_nobody_can_read_leaves_the_queue(&*one).await?;
    records_stand_behind_what_their_writer_saw(&*one, &*two).await?;
    of_two_writers_one_wins(&one, &two).await?;
    followers_see_every_record_in_order(&*one, &*two).await?;
    one_holds_the_lease(&*one, &*two, lease).await?;
    questions_are_answered(&*one, &two).await
}

fn frame(word: &str) -> Frame {
    Frame { bytes: Bytes::from(word.to_owned()), ..Frame::default() }
}

async fn frames_keep_what_they_say(bus: &dyn Bus) -> Checked {
    let signed = Signed { key: "UKEY".into(), signature: vec![7; 64].into(), expires: "2026-01-01T00:00:00Z".into() };
    for sender in [
        Sender::Operator,
        Sender::Party("JOGMEC é".into(), Hand::Claimed),
        Sender::Party("A B".into(), Hand::Token("desk 2: é".into())),
        Sender::Party("A".into(), Hand::Person("A/1".into())),
        Sender::Key(signed),
    ] {
        let sent = Frame {
            bytes: Bytes::from_static(b"{\"a\":1}\n{\"b\":2}"),
            sender,
            deadline_us: Some(1_700_000_000_000_000),
            traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into()),
        };
        bus.put(sent.clone()).await.map_err(text)?;
        let taken = bus.take(LONG).await.map_err(text)?.ok_or("broken: a frame that was put is handed out")?;
        promise(taken.frame == sent, "a frame keeps its bytes, sender, deadline and trace")?;
        promise(taken.attempt == 1, "a frame is first handed out for the first time")?;
        bus.done(taken.slip).await.map_err(text)?;
    }
    promise(bus.take(SOON).await.map_err(text)?.is_none(), "an empty queue hands nothing out")
}

async fn frames_come_again_until_settled(bus: &dyn Bus) -> Checked {
    bus.put(frame("again")).await.map_err(text)?;
    let first = bus.take(LONG).await.map_err(text)?.ok_or("broken: a frame that was put is handed out")?;
    bus.stand_back().await;
    let second = bus.take(LONG).await.map_err(text)?.ok_or("broken: what is not settled is handed out again")?;
    promise(second.frame == first.frame && second.attempt > 1, "what is not settled is handed out again, and says so")?;
    promise(second.number == first.number, "a frame keeps its number")?;
    bus.working(second.slip.clone()).await.map_err(text)?;
    promise(bus.clock_ahead_us().abs() < 1_000_000, "clocks of one machine go alike")?;
    bus.done(second.slip).await.map_err(text)?;
    bus.stand_back().await;
    promise(bus.take(LONG).await.map_err(text)?.is_none(), "what is settled is not handed out again")?;
    bus.stand_back().await;
    Ok(())
}

async fn answers_reach_whoever_waits(one: &Arc<dyn Bus>, two: &Arc<dyn Bus>) -> Checked {
    one.stand_back().await;
    let asking = Arc::clone(one);
    let waiting = tokio::spawn(async move { asking.submit(frame("question"), LONG).await });
    let taken = two.take(LONG).await.map_err(text)?.ok_or("broken: a frame that was submitted is handed out")?;
    let reply_to = taken.reply_to.clone().ok_or("broken: a frame that was submitted says where its answer goes")?;
    two.answer(&reply_to, Bytes::from_static(b"answer")).await.map_err(text)?;
    two.done(taken.slip).await.map_err(text)?;
    let answer = waiting.await.map_err(text)?.map_err(text)?;
    promise(answer == "answer", "an answer reaches whoever waits")?;
    let late = one.submit(frame("nobody"), SOON).await;
    promise(matches!(late, Err(PutError::Bus(BusError::Late(_)))), "whoever waits too long is told so")?;
    let taken = two.take(LONG).await.map_err(text)?.ok_or("broken: a frame outlives whoever waited for it")?;
    two.done(taken.slip).await.map_err(text)?;
    two.stand_back().await;
    Ok(())
}

async fn a_full_queue_takes_nothing(bus: &dyn Bus, queue_frames: usize) -> Checked {
    for index in 0..queue_frames {
        bus.put(frame(&index.to_string())).await.map_err(text)?;
    }
    promise(matches!(bus.put(frame("one more")).await, Err(PutError::Full)), "a full queue says so")?;
    for index in 0..queue_frames {
        let taken = bus.take(LONG).await.map_err(text)?.ok_or("broken: every frame is handed out")?;
        promise(taken.frame.bytes == index.to_string(), "frames are handed out in their order")?;
        bus.done(taken.slip).await.map_err(text)?;
    }
    promise(bus.take(SOON).await.map_err(text)?.is_none(), "what was refused is not in the queue")?;
    bus.put(frame("room")).await.map_err(text)?;
    let taken = bus.take(LONG).await.map_err(text)?.ok_or("broken: a queue that was full takes frames again")?;
    bus.done(taken.slip).await.map_err(text)
}

async fn what_nobody_can_read_leaves_the_queue(bus: &dyn Bus) -> Checked {
    bus.put(frame("poison")).await.map_err(text)?;
    let taken = bus.take(LONG).await.map_err(text)?.ok_or("broken: a frame that was put is handed out")?;
    bus.bury(&taken, "not a command").await.map_err(text)?;
    bus.stand_back().await;
    promise(bus.take(SOON).await.map_err(text)?.is_none(), "what was buried is not handed out again")?;
    let before = bus.backlog().await.map_err(text)?;
    promise(before.frames == 0 && before.buried >= 1, "what was buried is counted apart")?;
    bus.put(frame("waits")).await.map_err(text)?;
    promise(bus.backlog().await.map_err(text)?.frames == 1, "what waits is counted")?;
    let taken = bus.take(LONG).await.map_err(text)?.ok_or("broken: a frame that was put is handed out")?;
    bus.done(taken.slip).await.map_err(text)?;
    bus.stand_back().await;
    let end = tokio::time::Instant::now() + LONG;
    while bus.backlog().await.map_err(text)?.frames > 0 && tokio::time::Instant::now() < end {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    promise(bus.backlog().await.map_err(text)?.frames == 0, "what is settled waits no more")
}

async fn put_behind(log: &dyn Log, behind: u64, record: &'static str) -> Published {
    let published = log.publish(behind, Bytes::from_static(record.as_bytes())).await;
    if let Published::At(place) = published {
        log.recorded(place);
    }
    published
}

async fn records_stand_behind_what_their_writer_saw(one: &dyn Bus, two: &dyn Bus) -> Checked {
    let last = one.last().await.map_err(text)?;
    promise(put_behind(one, last, "a").await == Published::At(last + 1), "a record stands behind the last")?;
    promise(put_behind(two, last, "b").await == Published::Refused, "a writer that missed a record is refused")?;
    promise(put_behind(two, last + 1, "b").await == Published::At(last + 2), "a writer that saw all goes on")?;
    promise(
        put_behind(one, last + 9, "c").await == Published::Refused,
        "a record does not stand behind one that is not there",
    )?;
    promise(one.last().await.map_err(text)? == last + 2, "what was refused is not stored")?;
    let read = [one.read(last + 1).await.map_err(text)?, one.read(last + 2).await.map_err(text)?];
    promise(
        read == [Some(Bytes::from_static(b"a")), Some(Bytes::from_static(b"b"))],
        "a record reads as it was written",
    )?;
    promise(one.read(last + 3).await.map_err(text)?.is_none(), "there is nothing behind the last record")
}

async fn of_two_writers_one_wins(one: &Arc<dyn Bus>, two: &Arc<dyn Bus>) -> Checked {
    for _ in 0..50 {
        let last = one.last().await.map_err(text)?;
        let [first, second] = [one, two].map(|bus| {
            let bus = Arc::clone(bus);
            tokio::spawn(async move { put_behind(&*bus, last, "race").await })
        });
        let (first, second) = (first.await.map_err(text)?, second.await.map_err(text)?);
        let wins = [first, second].iter().filter(|published| **published == Published::At(last + 1)).count();
        promise(wins == 1, "of two writers at the same place exactly one wins")?;
        promise(one.last().await.map_err(text)? == last + 1, "and one record is stored")?;
    }
    Ok(())
}

/// Follows as services do: a cluster that has just elected says "nobody answers", and is asked again from the same place.
struct Following<'b> {
    bus: &'b dyn Bus,
    next: u64,
    follow: Option<Follow>,
}

impl Following<'_> {
    async fn record(&mut self) -> Result<Committed, String> {
        let mut problem = String::new();
        for _ in 0..20 {
            let follow = match self.follow.take() {
                Some(follow) => Ok(follow),
                None => self.bus.follow(self.next).await,
            };
            let next = match follow {
                Ok(mut follow) => match tokio::time::timeout(LONG, follow.next()).await {
                    Ok(Ok(record)) => {
                        self.follow = Some(follow);
                        self.next = record.place + 1;
                        return Ok(record);
                    }
                    Ok(Err(error)) => text(error),
                    Err(error) => text(error),
                },
                Err(error) => text(error),
            };
            problem = next;
            tokio::time::sleep(SOON).await;
        }
        Err(problem)
    }
}

async fn followers_see_every_record_in_order(one: &dyn Bus, two: &dyn Bus) -> Checked {
    let last = one.last().await.map_err(text)?;
    let mut all = Following { bus: two, next: 1, follow: None };
    for place in 1..=last {
        promise(all.record().await?.place == place, "whoever follows from the first record sees every one")?;
    }
    let mut end = Following { bus: two, next: last + 1, follow: None };
    for (place, word) in [(last + 1, "x"), (last + 2, "y")] {
        promise(put_behind(one, place - 1, word).await == Published::At(place), "a record stands behind the last")?;
        for follow in [&mut all, &mut end] {
            let record = follow.record().await?;
            promise(
                record.place == place && record.record == word,
                "whoever follows sees what comes, and nothing before",
            )?;
        }
    }
    Ok(())
}

async fn one_holds_the_lease(one: &dyn Bus, two: &dyn Bus, lease: Duration) -> Checked {
    let first = one.acquire("one").await.map_err(text)?.ok_or("broken: a free lease is given")?;
    promise(two.acquire("two").await.map_err(text)?.is_none(), "a lease is not given twice")?;
    let renewed = one.renew("one", first).await.map_err(text)?.ok_or("broken: a holder may renew")?;
    promise(two.renew("two", first).await.map_err(text)?.is_none(), "nobody renews another's lease")?;
    tokio::time::sleep(lease * 3).await;
    let second =
        two.acquire("two").await.map_err(text)?.ok_or("broken: a lease that was not renewed is given again")?;
    promise(second > first, "tokens grow from holder to holder")?;
    promise(
        one.renew("one", renewed).await.map_err(text)?.is_none(),
        "who slept through the end of a lease has lost it",
    )?;
    two.release("two", second).await.map_err(text)?;
    // Soon, not at once: copies of a bucket learn of it one after the other.
    let mut third = None;
    for _ in 0..50 {
        third = one.acquire("one").await.map_err(text)?;
        if third.is_some() {
            break;
        }
        tokio::time::sleep(lease / 15).await;
    }
    promise(third > Some(second), "a lease that was given back is given again, with a larger token")
}

struct Echo;

impl Handler for Echo {
    fn handle(&self, asked: Asked) -> crate::BoxFuture<'_, Reply> {
        let shout = asked.header("granary-shout").unwrap_or_default().to_uppercase();
        let body = format!("{} {}", asked.verb, String::from_utf8_lossy(&asked.body)).into();
        Box::pin(std::future::ready(Reply { headers: vec![("granary-shouted".into(), shout)], body }))
    }
}

async fn questions_are_answered(one: &dyn Bus, two: &Arc<dyn Bus>) -> Checked {
    let asked = Asked {
        verb: "positions".into(),
        headers: vec![("granary-shout".into(), "loud".into())],
        body: Bytes::from_static(b"{}"),
    };
    promise(one.ask("nobody", asked.clone(), SOON).await.is_err(), "a question that nobody answers fails")?;
    two.serve("projections", Arc::new(Echo)).await.map_err(text)?;
    tokio::time::sleep(SOON).await;
    let reply = one.ask("projections", asked, LONG).await.map_err(text)?;
    promise(reply.body == "positions {}", "an answer says what its service said")?;
    let shouted = reply.header("granary-shouted");
    promise(shouted == Some("LOUD"), "questions and answers carry headers")
}
