//! `granary init`

use ledger::{Ledger, Options};
use shell::{Exit, Failure};

use super::query::opening;
use crate::cli::Init;

pub(crate) fn run(args: &Init) -> Result<Exit, Failure> {
    let dir = args.dir.local()?;
    let created = wire::date::show_moment(super::query::now());
    let ledger =
        Ledger::create(dir, &args.origin, &created, &Options::default()).map_err(|error| opening(dir, error))?;
    ledger.close()?;
    let key = ledger::verifier(dir)?;
    println!("made the ledger `{}` in `{}`", args.origin, dir.display());
    println!("auditors verify it with this key: {key}");
    eprintln!(
        "\nhint: register the first party with the act `register_party` as party `ledger`; see `granary post --help`"
    );
    Ok(Exit::Done)
}
