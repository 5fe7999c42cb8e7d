//! `granary export`: the history in forms that other programs read.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use answers::{Sight, View};
use books::Seq;
use export::Exported as Form;
use shell::{Exit, Failure};

use super::query;
use crate::cli::{Export, Exported};
use crate::progress;

pub(crate) fn run(args: &Export) -> Result<Exit, Failure> {
    let mut out: Box<dyn Write> = match &args.out {
        Some(path) => {
            let made = File::create_new(path).map_err(|error| {
                Failure::new(format!("write `{}`: {error}", path.display())).hint("name a file that is not there yet")
            })?;
            Box::new(BufWriter::new(made))
        }
        None => Box::new(BufWriter::new(io::stdout().lock())),
    };
    let form = match args.what {
        Exported::Events => Form::Events,
        Exported::Commands => Form::Commands,
        Exported::Postings => Form::Postings,
        Exported::Journal => Form::Journal,
        Exported::Parquet => Form::Parquet,
    };
    let asked = match query::find(&args.dir)? {
        query::Place::Folder(asked) => asked,
        query::Place::Server(client) => {
            let word = Form::WORDS.iter().find(|(_, known)| *known == form).map_or("events", |(word, _)| *word);
            client.export(word, &mut out)?;
            return Ok(out.flush().map(|()| Exit::Done)?);
        }
    };
    let asked = asked.view();
    let bar = progress::bar(asked.opened.store().head().size(), "exporting");
    let sight = Sight::of(&asked);
    let mut part = Vec::new();
    let mut export = form.begin(&mut part)?;
    out.write_all(&part)?;
    let mut failed: Option<Failure> = None;
    asked.events(Seq(1), &mut |seq, event| {
        bar.inc(1);
        part.clear();
        let written = export.event(&asked, &sight, seq, &event, &mut part).map_err(Failure::from);
        failed = written.and_then(|()| out.write_all(&part).map_err(Failure::from)).err();
        failed.is_none()
    })?;
    if let Some(failure) = failed {
        return Err(failure);
    }
    part.clear();
    export.end(&mut part)?;
    out.write_all(&part)?;
    out.flush()?;
    bar.finish_and_clear();
    Ok(Exit::Done)
}
