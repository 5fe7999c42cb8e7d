//! How large things may be.

/// Longest command, in bytes. An event must fit into [`EVENT_BYTES_MAX`] bytes of the log.
pub const COMMAND_BYTES_MAX: usize = 60_000;
/// Most commands that stand or fall together.
pub const GROUP_COMMANDS_MAX: usize = 256;
/// Most consents to a group.
pub const CONSENT_COUNT_MAX: usize = 16;
/// Most commands and groups that are tried at once.
pub const TRIED_COUNT_MAX: usize = 2_048;
/// Longest line of a file of commands, in bytes: a group, or what is tried.
pub const LINE_BYTES_MAX: usize = 640 << 10;
/// Largest event, in bytes: what an entry of a tile can hold.
pub const EVENT_BYTES_MAX: usize = 65_535;
/// Longest text anywhere in a command, in bytes.
pub(crate) const TEXT_BYTES_MAX: usize = 1_000;
/// Lists within lists in a frame, at most; the deepest act has three.
pub(crate) const DEPTH_MAX: usize = 8;
/// The same of a group within a trial: a map, a list, a map, a list, and the command.
pub(crate) const TOGETHER_DEPTH_MAX: usize = DEPTH_MAX + 4;
/// Most decimals of a material.
pub(crate) const DECIMALS_MAX: u8 = 9;
/// Most decimals of a quantity that a report tells.
pub(crate) const TOLD_DECIMALS_MAX: u8 = 15;
/// Most decimals of a published figure.
pub(crate) const FIGURE_DECIMALS_MAX: u8 = 18;
