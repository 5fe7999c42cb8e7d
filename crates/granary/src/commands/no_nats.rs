//! What stands for documents over NATS in a program that was built without it.

use shell::{Exit, Failure};

use crate::cli::disclose::{Disclose, Disclosed};
use crate::services::on_nats::without_nats;

pub(crate) fn disclose(_: &Disclose) -> Result<Exit, Failure> {
    Err(without_nats())
}

pub(crate) fn disclosed(_: &Disclosed) -> Result<Exit, Failure> {
    Err(without_nats())
}
