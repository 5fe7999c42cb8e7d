//! `granary export`: the history in forms that other programs read.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use answers::{Sight, View, in_parts, named_event};
use books::{Event, Seq};
use export::Exported as Form;
use shell::{Exit, Failure};

use super::query;
use crate::cli::{Export, Exported};
use crate::{output, progress};

pub(crate) fn run(args: &Export) -> Result<Exit, Failure> {
    let mut out: Box<dyn Write> = match &args.out {
        Some(path) => {
            let made = File::create_new(path).map_err(|error| {
                Failure::new(format!("write `{}`: {error}", path.display())).hint("name a file that is not there yet")
            })?;
            Box::new(BufWriter::new(made))
        }
        None => {
            if args.what == Exported::Parquet {
                output::no_terminal()
                    .map_err(|failure| failure.hint("name a file with --out, or hand it on with `>` or `|`"))?;
            }
            Box::new(BufWriter::new(io::stdout().lock()))
        }
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
    let bar = progress::bar(asked.opened.log().size(), "exporting");
    let mut part = Vec::new();
    let mut export = form.begin(&mut part)?;
    out.write_all(&part)?;
    let mut failed: Option<Failure> = None;
    let each = |view: &dyn View, seq, event: &Event| {
        bar.inc(1);
        part.clear();
        let written = export.event(view, &Sight::of(view), seq, event, &mut part).map_err(Failure::from);
        failed = written.and_then(|()| out.write_all(&part).map_err(Failure::from)).err();
        failed.is_none()
    };
    let head = asked.books().head();
    in_parts(&asked, (Seq(1), head), Some(named_event), each, || true).map_err(query::failure)?;
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
