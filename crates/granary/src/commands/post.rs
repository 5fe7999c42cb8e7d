//! `granary post`: one JSON command a line in, one JSON verdict a line out, in the same order.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use books::CommandId;
use indicatif::ProgressBar;
use ledger::{Ledger, Options, Request, Ticket};
use shell::{Exit, Failure};
use wire::command::COMMAND_BYTES_MAX;
use wire::verdict::{Outcome, Verdict};
use wire::{Command, Malformed};

use super::query::opening;
use crate::cli::Post;
use crate::progress;

/// Commands that go to the ledger together.
const FRAME_COMMANDS: usize = 2_048;
/// Frames on their way at the same time.
const FRAMES_IN_FLIGHT: usize = 4;

pub(crate) fn run(args: &Post) -> Result<Exit, Failure> {
    let dir = &args.dir.dir;
    let input = open_input(&args.file)?;
    let ledger = Ledger::open(dir, &Options::default()).map_err(|error| opening(dir, error))?;
    let bar = progress::counter("posting");
    let worst = post_lines(&ledger, input, &mut BufWriter::new(io::stdout().lock()), &bar)?;
    bar.finish_and_clear();
    ledger.close()?;
    Ok(worst)
}

fn open_input(file: &Path) -> Result<Box<dyn Read>, Failure> {
    if file == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file_error = |error| {
        Failure::new(format!("read `{}`: {error}", file.display())).hint("name a file, or `-` for standard input")
    };
    Ok(Box::new(File::open(file).map_err(file_error)?))
}

/// One line of the answer: known already, or on its way with a frame.
enum Slot {
    Known(Box<Verdict>),
    Asked { line: u64, id: CommandId },
}

struct Flight {
    slots: Vec<Slot>,
    ticket: Option<Ticket>,
}

/// Posts every line; returns how a script should see it.
pub(crate) fn post_lines(
    ledger: &Ledger,
    input: impl Read,
    out: &mut dyn Write,
    bar: &ProgressBar,
) -> Result<Exit, Failure> {
    let mut input = BufReader::with_capacity(1 << 20, input);
    let mut flights: VecDeque<Flight> = VecDeque::new();
    let mut worst = Exit::Done;
    let mut line_number = 0;
    let mut is_done = false;
    while !is_done {
        let mut slots = Vec::new();
        let mut requests = Vec::new();
        while slots.len() < FRAME_COMMANDS {
            let Some(line) = read_line(&mut input)? else {
                is_done = true;
                break;
            };
            line_number += 1;
            match read_command(&line) {
                None => continue,
                Some(Ok(command)) => {
                    slots.push(Slot::Asked { line: line_number, id: command.id });
                    requests.push(Request::Named(Box::new(command)));
                }
                Some(Err(malformed)) => slots.push(Slot::Known(Box::new(invalid(line_number, &malformed)))),
            }
            // Somebody who types, or a program that waits for its answer, should not wait for a full frame.
            if !input.buffer().contains(&b'\n') {
                break;
            }
        }
        let ticket = if requests.is_empty() { None } else { Some(ledger.submit(requests)?) };
        flights.push_back(Flight { slots, ticket });
        while flights.len() > if is_done || input.buffer().is_empty() { 0 } else { FRAMES_IN_FLIGHT } {
            let flight = flights.pop_front().expect("more than none");
            bar.inc(flight.slots.len() as u64);
            if land(flight, out)? == Exit::Refused {
                worst = Exit::Refused;
            }
        }
        out.flush()?;
    }
    Ok(worst)
}

fn land(flight: Flight, out: &mut dyn Write) -> Result<Exit, Failure> {
    let answers = flight.ticket.map_or(Ok(Vec::new()), Ticket::wait)?;
    let mut answers = answers.into_iter();
    let mut exit = Exit::Done;
    for slot in flight.slots {
        let verdict = match slot {
            Slot::Known(verdict) => *verdict,
            Slot::Asked { line, id } => {
                answers.next().expect("one answer for each command of a frame").verdict(Some(line), id)
            }
        };
        if matches!(verdict.outcome, Outcome::Refused | Outcome::Invalid) {
            exit = Exit::Refused;
        }
        serde_json::to_writer(&mut *out, &verdict)?;
        out.write_all(b"\n")?;
    }
    Ok(exit)
}

/// A line of a file, or how long it was where it is too long to keep.
enum Line {
    Kept(Vec<u8>),
    TooLong(u64),
}

/// Reads one line, without ever holding more of it than a command may have.
fn read_line(input: &mut impl BufRead) -> Result<Option<Line>, Failure> {
    let mut kept = Vec::new();
    let mut length = 0u64;
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            let nothing = length == 0;
            return Ok(if nothing { None } else { Some(finish(kept, length)) });
        }
        let (used, is_end) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(end) => (end + 1, true),
            None => (buffer.len(), false),
        };
        let room = (COMMAND_BYTES_MAX + 2).saturating_sub(kept.len());
        kept.extend_from_slice(&buffer[..used.min(room)]);
        length += used as u64;
        input.consume(used);
        if is_end {
            return Ok(Some(finish(kept, length)));
        }
    }
}

fn finish(mut kept: Vec<u8>, length: u64) -> Line {
    if length > COMMAND_BYTES_MAX as u64 + 1 {
        return Line::TooLong(length);
    }
    while matches!(kept.last(), Some(b'\n' | b'\r')) {
        kept.pop();
    }
    Line::Kept(kept)
}

/// A command, what is wrong with it, or nothing on a blank line.
fn read_command(line: &Line) -> Option<Result<Command, Malformed>> {
    match line {
        Line::Kept(bytes) if bytes.iter().all(u8::is_ascii_whitespace) => None,
        Line::Kept(bytes) => Some(Command::from_json(bytes)),
        Line::TooLong(length) => Some(Err(Malformed {
            id: None,
            code: "too_large",
            field: None,
            problem: format!("a line of {length} bytes; the most is {COMMAND_BYTES_MAX}"),
            hint: "write one command a line; attach documents by their SHA-256".into(),
        })),
    }
}

fn invalid(line: u64, malformed: &Malformed) -> Verdict {
    Verdict {
        line: Some(line),
        id: malformed.id.clone(),
        outcome: Outcome::Invalid,
        seq: None,
        code: Some(malformed.code.to_owned()),
        message: Some(malformed.message()),
        hint: Some(malformed.hint.clone()),
    }
}
