//! Services: what runs until it is asked to stop.

pub(crate) mod copy;
mod drop;
#[cfg_attr(not(feature = "nats"), path = "services/no_nats.rs")]
pub(crate) mod on_nats;
pub(crate) mod run;
pub(crate) mod serve;
mod start_up;
pub(crate) mod witness;
pub(crate) mod witnesses;

pub(crate) use start_up::found;

/// What one party may leave in the log without moving anything.
pub(crate) fn quotas(settings: &shell::Settings) -> ledger::Quotas {
    ledger::Quotas {
        registrations_max: settings.number("quota.registrations_max"),
        refusals_max: settings.number("quota.refusals_max"),
        ..ledger::Quotas::default()
    }
}
