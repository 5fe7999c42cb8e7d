//! The console.

use std::sync::Arc;

use axum::Router;

use crate::doors::Doors;

pub(crate) fn routes() -> Router<Arc<Doors>> {
    Router::new()
}
