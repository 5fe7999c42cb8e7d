//! Nothing: what this package does is in `not_run.rs`.
