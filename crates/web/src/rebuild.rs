//! `POST /v1/rebuild`: what answers come from, built anew from the log while they go on.

use std::sync::Arc;

use answers::Problem;
use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::Value;

use crate::access::{Caller, FRAME};
use crate::doors::Doors;
use crate::questions::no_answers;
use crate::trouble::Trouble;
use crate::why::Why;

/// One at a time: a second one would build into the same folder.
static AT_WORK: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

pub(crate) async fn rebuild(State(doors): State<Arc<Doors>>, headers: HeaderMap) -> Result<axum::Json<Value>, Trouble> {
    let caller = doors.caller(&headers, FRAME, b"")?;
    if !matches!(caller, Caller::Operator) {
        return Err(Problem::forbidden(Why::OperatorRebuilds).into());
    }
    let live = Arc::clone(doors.live.as_ref().ok_or_else(no_answers)?);
    let Ok(alone) = AT_WORK.try_lock() else {
        return Err(Trouble { retry_after: Some(5), ..Problem::cannot_answer(Why::RebuildUnderWay).into() });
    };
    let rebuilt = tokio::task::spawn_blocking(move || live.rebuild()).await;
    drop(alone);
    let failed = |error: &dyn std::fmt::Display| Problem::cannot_answer(Why::NotRebuilt { said: error.to_string() });
    let rebuilt = rebuilt.map_err(|error| failed(&error))?;
    Ok(axum::Json(rebuilt.map_err(|error| failed(&error))?))
}
