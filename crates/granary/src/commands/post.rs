//! `granary post`: one JSON command a line in, or a frame of CBOR; one JSON verdict a line out, in the same order.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use indicatif::ProgressBar;
use ledger::{Ledger, Options};
use shell::{Exit, Failure};
use wire::Malformed;
use wire::frame::{Form, Said};
use wire::limits::LINE_BYTES_MAX;
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
            let worst = post_lines((Desk::Ledger(&ledger), args.how()), input, &mut out, &bar, &mut land)?;
            ledger.close()?;
            (worst, args.dir.clone())
        }
        Err(client) => {
            let worst = post_lines((Desk::Server(&client), args.how()), input, &mut out, &bar, &mut land)?;
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

/// Does something where the ledger is, and closes it where it was opened for that.
pub(super) fn at_desk(dir: &Dir, carry: impl FnOnce(Desk<'_>) -> Result<(), Failure>) -> Result<(), Failure> {
    match desk(dir)? {
        Ok(ledger) => {
            carry(Desk::Ledger(&ledger))?;
            Ok(ledger.close()?)
        }
        Err(client) => carry(Desk::Server(&client)),
    }
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

/// How the lines of a file are posted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct How {
    /// All of them stand, or none does.
    pub(crate) is_group: bool,
    /// None of them is recorded.
    pub(crate) is_dry_run: bool,
}

impl Post {
    fn how(&self) -> How {
        How { is_group: self.group, is_dry_run: self.dry_run }
    }
}

/// The lines of a file as one that is decided as a whole.
#[derive(Default)]
struct Whole {
    labels: Vec<Label>,
    lines: Vec<Vec<u8>>,
}

impl Whole {
    fn add(&mut self, line: u64, bytes: Vec<u8>) {
        let count = wire::frame::verdict_count(&bytes);
        let is_group = wire::frame::is_together(&bytes);
        let place = |place: u32| is_group.then_some(place);
        self.labels.extend((1..).take(count).map(|number| Label { line, column: None, place: place(number) }));
        self.lines.push(bytes);
    }

    fn line(&mut self, how: How) -> Vec<u8> {
        if how.is_group {
            self.labels.iter_mut().zip(1..).for_each(|(label, place)| label.place = Some(place));
            let group = wire::frame::together("group", self.lines.iter().map(Vec::as_slice));
            self.lines = vec![group];
        }
        match (how.is_dry_run, &self.lines[..]) {
            (false, [one]) => one.clone(),
            (_, lines) => wire::frame::together("dry_run", lines.iter().map(Vec::as_slice)),
        }
    }
}

/// Posts every line; returns how a script should see it.
pub(crate) fn post_lines(
    (desk, how): (Desk<'_>, How),
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
    let is_whole = how.is_group || how.is_dry_run;
    if form == Form::Cbor {
        if is_whole {
            return Err(Failure::wrong_use("`--group` and `--dry-run` are for lines of JSON")
                .hint("write the group or the trial into the frame: see `schemas/frame.cddl`"));
        }
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes)?;
        for item in wire::frame::items(&bytes) {
            let said = item.said();
            let is_command = !matches!(said, Ok(Said::Group(_) | Said::Trial(_)));
            let place = |place: u32| (!is_command).then_some(place);
            let label = |number: u32| Label { line: item.line, column: None, place: place(number) };
            let labels = (1..).take(said.as_ref().map_or(1, Said::count)).map(label).collect();
            match said {
                Ok(Said::Command(command)) => {
                    courier.post(Label { line: item.line, ..Label::default() }, *command, &mut land)?
                }
                Ok(_) if matches!(desk, Desk::Server(_)) => {
                    return Err(Failure::wrong_use("a group or a trial in CBOR goes to a server as it is")
                        .hint("send the file itself: `POST /v1/commands` as application/cbor-seq"));
                }
                said => courier.post_said(labels, said),
            }
        }
        courier.settle(&mut land)?;
        return Ok(worst);
    }
    let mut whole = Whole::default();
    while let Some(line) = read_line(&mut input)? {
        line_number += 1;
        let line = if line_number == 1 { without_byte_order_mark(line) } else { line };
        let label = Label { line: line_number, column: None, place: None };
        match line {
            Line::Kept(bytes) if bytes.iter().all(u8::is_ascii_whitespace) => {}
            Line::Kept(bytes) if is_whole => whole.add(line_number, bytes),
            Line::Kept(bytes) => courier.post_text(label, &bytes, &mut land)?,
            Line::TooLong(length) => courier.note(label, &too_long(length)),
        }
        if !is_whole && !input.buffer().contains(&b'\n') {
            courier.settle(&mut land)?;
        }
    }
    if !whole.lines.is_empty() {
        let line = whole.line(how);
        // What cannot be one line, or is no group, is told once, of the first of them.
        let count = wire::frame::verdict_count(&line);
        whole.labels.truncate(count);
        match line.len() > LINE_BYTES_MAX {
            true => courier.note(whole.labels.swap_remove(0), &too_long(line.len() as u64)),
            false => courier.post_line(whole.labels, &line, &mut land)?,
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
        let room = (LINE_BYTES_MAX + 2).saturating_sub(kept.len());
        kept.extend_from_slice(&buffer[..used.min(room)]);
        length += used as u64;
        input.consume(used);
        if is_end {
            return Ok(Some(finish(kept, length)));
        }
    }
}

fn finish(mut kept: Vec<u8>, length: u64) -> Line {
    if length > LINE_BYTES_MAX as u64 + 1 {
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
    Malformed::whole(wire::unread::Unread::LineTooLarge { count: length, most: LINE_BYTES_MAX })
}
