//! What strikes nodes and the server, beside what happens to messages.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bus::Simulated;
use tokio::time::Instant;

use crate::chance::Chance;
use crate::checks::Checks;
use crate::node::Node;
use crate::{Story, lock};

/// Brings back what is down for long enough, and now and then lets something strike. True when something did.
pub(crate) async fn strike(
    chance: &mut Chance,
    nodes: &mut [Node],
    world: &Arc<Simulated>,
    checks: &Arc<Mutex<Checks>>,
    story: &Story,
) -> bool {
    let now = Instant::now();
    for node in nodes.iter_mut() {
        if node.down_until.is_some_and(|until| until <= now) {
            story.tell(format_args!("{} starts", node.name));
            node.start(chance.seed());
        }
    }
    // A power cut that takes the last records of a log that does not sync. What it forgets is on the disks of those that may
    // lead, and nobody who still remembers goes on writing: both is what the run book asks for.
    if let Some(lost) = forget(chance, nodes, world, checks) {
        story.tell(format_args!("a power cut: the server forgets {lost} records, and the ledgers crash"));
        for node in nodes.iter_mut().filter(|node| node.is_ledger()) {
            node.crash(Duration::from_millis(50 + chance.below(2_000))).await;
        }
        return true;
    }
    if !chance.once_in(12) {
        return false;
    }
    let index = usize::try_from(chance.below(nodes.len() as u64)).unwrap_or(0);
    let node = &mut nodes[index];
    let long = Duration::from_millis(50 + chance.below(6_000));
    if !node.is_up() {
        return false;
    }
    match chance.below(4) {
        0 => {
            story.tell(format_args!("{} crashes", node.name));
            node.crash(long).await;
        }
        1 => {
            story.tell(format_args!("{} freezes for {long:?}", node.name));
            node.way.freeze(true);
            node.frozen_until = Some(now + long);
        }
        2 => {
            story.tell(format_args!("{} is cut off for {long:?}", node.name));
            node.way.cut_off(true);
            node.cut_until = Some(now + long);
        }
        _ => {
            let off = i64::try_from(chance.below(7_200_000_000)).unwrap_or(0) - 3_600_000_000;
            story.tell(format_args!("the clock of {} is set wrong by {off} us", node.name));
            node.set_clock(off);
        }
    }
    true
}

/// Lets the server forget its last records, once in a while and when both ledgers have them; says how many.
fn forget(chance: &mut Chance, nodes: &[Node], world: &Arc<Simulated>, checks: &Arc<Mutex<Checks>>) -> Option<u64> {
    let mut checks = lock(checks);
    checks.follow(&world.records());
    let mut ledgers = nodes.iter().filter(|node| node.is_ledger());
    if !chance.once_in(25) || !ledgers.all(|node| node.is_well() && node.events() == checks.size()) {
        return None;
    }
    let lost = world.lose(1 + chance.below(3));
    checks.lost(lost);
    Some(lost)
}
