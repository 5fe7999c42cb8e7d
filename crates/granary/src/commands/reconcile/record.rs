//! Records a run: what was compared, how many groups of each class, and a break for each new difference.

use answers::ask::reconcile::{GroupLine, Reconciliation, ReconciliationAnswer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use shell::{Exit, Failure};
use wire::Command;
use wire::verdict::Outcome;

use super::{post_all, print, query, read, say};
use crate::cli::reconcile::Common;
use crate::output::{Format, answered};

/// JSON of the breaks in one event: well below what a command may have.
const BREAKS_BYTES_MAX: usize = 40_000;

pub(super) fn run(
    common: &Common,
    question: &Reconciliation,
    poster: &str,
    maker: Option<&str>,
    effective: Option<String>,
) -> Result<Exit, Failure> {
    let effective = effective.unwrap_or_else(|| wire::date::show_day(query::now().utc_day()));
    let given = query::find(&common.dir)?.ask(question)?;
    let answer = &given.answer;
    let found: Vec<Value> = answer.groups.iter().filter(|group| group.is_new).map(found).collect();
    let verdicts = post_all(&common.dir, commands(answer, &found, (poster, maker), &effective)?)?;
    if common.shown.format == Format::Json || verdicts.iter().any(|verdict| verdict.outcome == Outcome::Refused) {
        return say(common, &verdicts);
    }
    answered(common.shown.format, &given)?;
    match common.shown.format.is_table() {
        true => print(&format!("\nrecorded; {} breaks opened\n", found.len())),
        false => Ok(Exit::Done),
    }
}

fn found(group: &GroupLine) -> Value {
    let with_unit = |number: &String| format!("{number} {}", group.unit);
    let closed = group.break_status.as_deref().is_some_and(|status| status == "resolved" || status == "written_off");
    let mut fields = json!({
        "class": group.class,
        "reason": group.reason.clone().unwrap_or_else(|| "unknown".to_owned()),
        "material": group.material,
        "effective": group.effective,
        "ours": group.ours,
        "theirs": group.theirs,
    });
    if let Some(difference) = &group.difference {
        fields["difference"] = with_unit(difference).into();
    }
    if let Some(before) = group.break_code.as_ref().filter(|_| closed) {
        fields["follows"] = before.clone().into();
    }
    fields
}

/// One command, or several where the breaks do not fit into one. The same run of the same state of the ledger is the same
/// command: posted twice, it changes nothing.
fn commands(
    answer: &ReconciliationAnswer,
    found: &[Value],
    (poster, maker): (&str, Option<&str>),
    effective: &str,
) -> Result<Vec<Command>, Failure> {
    let mut parts: Vec<Vec<&Value>> = vec![Vec::new()];
    let mut bytes = 0;
    for row in found {
        let own = row.to_string().len();
        if bytes + own > BREAKS_BYTES_MAX && bytes > 0 {
            parts.push(Vec::new());
            bytes = 0;
        }
        bytes += own;
        parts.last_mut().expect("there is one").push(row);
    }
    let counts: Vec<u64> = answer.counts.iter().map(|count| count.groups).collect();
    let mut commands = Vec::with_capacity(parts.len());
    for (place, part) in parts.into_iter().enumerate() {
        let mut fields = json!({
            "act": "record_run",
            "party": poster,
            "effective": effective,
            "whose": answer.party,
            "first": answer.first,
            "last": answer.last,
            "counts": counts,
        });
        if !part.is_empty() {
            fields["breaks"] = part.into_iter().cloned().collect();
        }
        if answer.against != "books" {
            fields["against"] = answer.against.clone().into();
        }
        if let Some(maker) = maker {
            fields["maker"] = maker.into();
        }
        let told = format!("run {} {place} {fields}", answer.known_at);
        let digest: [u8; 32] = Sha256::digest(told.as_bytes()).into();
        let id = uuid::Uuid::new_v8(digest[..16].try_into().expect("half of a digest"));
        fields["id"] = id.to_string().into();
        commands.push(read(fields)?);
    }
    Ok(commands)
}
