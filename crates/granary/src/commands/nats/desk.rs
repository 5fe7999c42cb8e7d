//! `granary queue` and `granary dead-letters`: what waits on NATS, and what was put aside.

use std::io::Write as _;

use bus::Desk;
use serde::Serialize;
use shell::{Exit, Failure};

use super::over_nats;
use crate::cli::desk::{DeadLetters, Queue, WithDeadLetters};
use crate::cli::disclose::Way;
use crate::output::{Align, Column, Grid, show};

#[derive(Serialize)]
struct StreamLine {
    stream: String,
    about: &'static str,
    messages: u64,
    bytes: u64,
    bytes_max: Option<u64>,
    copies: usize,
    copies_wanted: usize,
}

pub(crate) fn queue(args: &Queue) -> Result<Exit, Failure> {
    let streams = with_desk(&args.way, async |desk| Ok(desk.streams().await?))?;
    let lines: Vec<StreamLine> = streams
        .into_iter()
        .map(|bus::StreamState { name, about, messages, bytes, bytes_max, copies, copies_wanted }| StreamLine {
            stream: name,
            about,
            messages,
            bytes,
            bytes_max,
            copies,
            copies_wanted,
        })
        .collect();
    show(args.shown.format, &lines, || Grid {
        seen_by: None,
        columns: vec![
            Column("stream", Align::Left),
            Column("holds", Align::Left),
            Column("messages", Align::Right),
            Column("bytes", Align::Right),
            Column("at most", Align::Right),
            Column("whole copies", Align::Right),
            Column("of", Align::Right),
        ],
        rows: lines
            .iter()
            .map(|line| {
                vec![
                    line.stream.clone(),
                    line.about.to_owned(),
                    line.messages.to_string(),
                    line.bytes.to_string(),
                    line.bytes_max.map_or_else(|| "-".to_owned(), |bytes| bytes.to_string()),
                    line.copies.to_string(),
                    line.copies_wanted.to_string(),
                ]
            })
            .collect(),
    })?;
    let is_whole = lines.iter().all(|line| line.copies >= line.copies_wanted);
    Ok(if is_whole { Exit::Done } else { Exit::Refused })
}

#[derive(Serialize)]
struct LetterLine {
    place: u64,
    at: String,
    sender: String,
    commands: usize,
    bytes: usize,
    reason: String,
}

pub(crate) fn dead_letters(args: &DeadLetters) -> Result<Exit, Failure> {
    match &args.what {
        WithDeadLetters::List { way, shown } => {
            let letters = with_desk(way, async |desk| Ok(desk.dead_letters().await?))?;
            let lines: Vec<LetterLine> = letters.into_iter().map(line).collect();
            show(shown.format, &lines, || grid(&lines))?;
            Ok(Exit::Done)
        }
        WithDeadLetters::Show { place, out, way } => {
            let letter = with_desk(way, async |desk| Ok(desk.dead_letter(*place).await?))?;
            let letter = letter.ok_or_else(|| nothing_at(*place))?;
            match out {
                Some(path) => std::fs::write(path, &letter.bytes)
                    .map_err(|error| Failure::new(format!("write `{}`: {error}", path.display())))?,
                None => std::io::stdout().write_all(&letter.bytes)?,
            }
            Ok(Exit::Done)
        }
        WithDeadLetters::Post { places, way } => {
            each(way, places, "posted again", async |desk, place| Ok(desk.post_again(place).await?))
        }
        WithDeadLetters::Drop { places, way } => {
            each(way, places, "taken away", async |desk, place| Ok(desk.drop(place).await?))
        }
    }
}

fn each(
    way: &Way,
    places: &[u64],
    done: &str,
    work: impl AsyncFn(&Desk, u64) -> Result<bool, Failure>,
) -> Result<Exit, Failure> {
    with_desk(way, async |desk| {
        for place in places {
            if !work(&desk, *place).await? {
                return Err(nothing_at(*place));
            }
            println!("{place}: {done}");
        }
        Ok(Exit::Done)
    })
}

fn nothing_at(place: u64) -> Failure {
    Failure::new(format!("no dead letter lies at place {place}"))
        .hint("`granary dead-letters list` shows those there are")
}

fn line(letter: bus::DeadLetter) -> LetterLine {
    let bus::DeadLetter { place, at_us, reason, sender, bytes } = letter;
    let at = wire::date::show_moment(books::Moment(at_us));
    LetterLine { place, at, sender, commands: wire::frame::items(&bytes).count(), bytes: bytes.len(), reason }
}

fn grid(lines: &[LetterLine]) -> Grid<'static> {
    Grid {
        seen_by: None,
        columns: vec![
            Column("place", Align::Right),
            Column("put aside at", Align::Left),
            Column("sender", Align::Left),
            Column("commands", Align::Right),
            Column("bytes", Align::Right),
            Column("reason", Align::Left),
        ],
        rows: lines
            .iter()
            .map(|line| {
                vec![
                    line.place.to_string(),
                    line.at.clone(),
                    line.sender.clone(),
                    line.commands.to_string(),
                    line.bytes.to_string(),
                    line.reason.clone(),
                ]
            })
            .collect(),
    }
}

fn with_desk<T>(way: &Way, work: impl AsyncFnOnce(Desk) -> Result<T, Failure>) -> Result<T, Failure> {
    over_nats(way, "desk", Desk::connect, work)
}
