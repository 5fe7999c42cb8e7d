//! What stands for it in a program that was built without NATS.

use shell::{Exit, Failure};

use crate::cli::desk::{DeadLetters, Queue};
use crate::cli::disclose::{Disclose, Disclosed};
use crate::services::on_nats::without_nats;

pub(crate) fn disclose(_: &Disclose) -> Result<Exit, Failure> {
    Err(without_nats())
}

pub(crate) fn disclosed(_: &Disclosed) -> Result<Exit, Failure> {
    Err(without_nats())
}

pub(crate) fn queue(_: &Queue) -> Result<Exit, Failure> {
    Err(without_nats())
}

pub(crate) fn dead_letters(_: &DeadLetters) -> Result<Exit, Failure> {
    Err(without_nats())
}
