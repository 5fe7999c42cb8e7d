//! `granary init`

use ledger::{Ledger, Options};
use shell::{Exit, Failure};

use super::query::opening;
use crate::cli::Init;

pub(crate) fn run(args: &Init) -> Result<Exit, Failure> {
    let dir = args.dir.path();
    let created = wire::date::show_moment(super::query::now());
    let ledger =
        Ledger::create(dir, &args.origin, &created, &Options::default()).map_err(|error| opening(dir, error))?;
    ledger.close()?;
    let key = ledger::verifier(dir)?;
    println!("made the ledger `{}` in `{}`", args.origin, dir.display());
    println!("auditors verify it with this key: {key}");
    eprintln!(
        "\nhint: register the first party, which registers the rest:\n  granary register party --code AGENCY --name 'My agency' --role agency --as ledger --dir {}",
        dir.display()
    );
    Ok(Exit::Done)
}
