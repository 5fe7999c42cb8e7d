//! `granary post`: one JSON command a line in, or a frame of CBOR; one JSON verdict a line out, in the same order.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use indicatif::ProgressBar;
use ledger::{Ledger, Options};
use shell::{Exit, Failure};
use wire::Malformed;
use wire::frame::Form;
use wire::limits::COMMAND_BYTES_MAX;
use wire::slots::Label;
use wire::verdict::{Outcome, Verdict};

use super::courier::{Courier, Desk};
use super::query::{opening, server_of};
use crate::cli::{Dir, Post};
use crate::client::Client;
use crate::progress;

pub(crate) fn run(args: &Post) -> Result<Exit, Failure> {
    let input = open_input(&args.file)?;
    let bar = progress::counter("posting");
    let mut out = BufWriter::new(io::stdout().lock());
    let mut recorded = Vec::new();
    let mut land = |verdict: &Verdict| {
        if args.receipts.is_some() && matches!(verdict.outcome, Outcome::Accepted | Outcome::Duplicate) {
            recorded.extend(verdict.seq);
        }
    };
    let (worst, place) = match desk(&args.dir)? {
        Ok(ledger) => {
            let worst = post_lines(Desk::Ledger(&ledger), input, &mut out, &bar, &mut land)?;
            ledger.close()?;
            (worst, args.dir.clone())
        }
        Err(client) => {
            let worst = post_lines(Desk::Server(&client), input, &mut out, &bar, &mut land)?;
            (worst, Dir { server: Some(client.url().to_owned()), ..args.dir.clone() })
        }
    };
    bar.finish_and_clear();
    if let Some(folder) = &args.receipts {
        super::audit::write_receipts(&place, &recorded, folder)?;
    }
    Ok(worst)
}

/// The ledger of the folder, or the server that holds it or is named.
pub(crate) fn desk(dir: &Dir) -> Result<Result<Ledger, Client>, Failure> {
    if let Some(url) = &dir.server {
        return Ok(Err(Client::new(url)));
    }
    let dir = &dir.dir;
    Ledger::open(dir, &Options::default()).map(Ok).or_else(|error| match server_of(&error) {
        Some(url) => Ok(Err(Client::holding(dir, url))),
        None => Err(opening(dir, error)),
    })
}

fn open_input(file: &Path) -> Result<Box<dyn Read>, Failure> {
    if file == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file_error = |error| {
        Failure::new(format!("read `{}`: {error}", file.display())).hint("name a file, or `-` for standard input")
    };
    let opened = File::open(file).map_err(file_error)?;
    if opened.metadata().map_err(file_error)?.is_dir() {
        return Err(
            Failure::new(format!("`{}` is a folder", file.display())).hint("name a file, or `-` for standard input")
        );
    }
    Ok(Box::new(opened))
}

/// Posts every line; returns how a script should see it.
pub(crate) fn post_lines(
    desk: Desk<'_>,
    input: impl Read,
    out: &mut dyn Write,
    bar: &ProgressBar,
    each: &mut dyn FnMut(&Verdict),
) -> Result<Exit, Failure> {
    let mut input = BufReader::with_capacity(1 << 20, input);
    let mut worst = Exit::Done;
    let mut courier = Courier::new(desk);
    let mut line_number = 0;
    let form = Form::of(input.fill_buf()?);
    let mut land = |verdict: Verdict| -> Result<(), Failure> {
        bar.inc(1);
        each(&verdict);
        if matches!(verdict.outcome, Outcome::Refused | Outcome::Invalid) {
            worst = Exit::Refused;
        }
        serde_json::to_writer(&mut *out, &verdict)?;
        out.write_all(b"\n")?;
        // Somebody who types, or a program that waits for its answer, gets it at once.
        Ok(out.flush()?)
    };
    if form == Form::Cbor {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes)?;
        for item in wire::frame::items(&bytes) {
            let label = Label { line: item.line, column: None };
            match item.command() {
                Ok(command) => courier.post(label, command, &mut land)?,
                Err(malformed) => courier.note(label, &malformed),
            }
        }
        courier.settle(&mut land)?;
        return Ok(worst);
    }
    while let Some(line) = read_line(&mut input)? {
        line_number += 1;
        let line = if line_number == 1 { without_byte_order_mark(line) } else { line };
        let label = Label { line: line_number, column: None };
        match line {
            Line::Kept(bytes) if bytes.iter().all(u8::is_ascii_whitespace) => {}
            Line::Kept(bytes) => courier.post_text(label, &bytes, &mut land)?,
            Line::TooLong(length) => courier.note(label, &too_long(length)),
        }
        if !input.buffer().contains(&b'\n') {
            courier.settle(&mut land)?;
        }
    }
    courier.settle(&mut land)?;
    Ok(worst)
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

/// Some editors put a byte order mark before the first line.
fn without_byte_order_mark(line: Line) -> Line {
    match line {
        Line::Kept(bytes) => {
            Line::Kept(bytes.strip_prefix("\u{feff}".as_bytes()).map_or(bytes.clone(), <[u8]>::to_vec))
        }
        other => other,
    }
}

fn too_long(length: u64) -> Malformed {
    Malformed::whole(wire::unread::Unread::LineTooLarge { count: length, most: COMMAND_BYTES_MAX })
}
