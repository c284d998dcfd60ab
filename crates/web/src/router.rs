//! The one place where the doors' routes are put together.

use std::sync::Arc;

use axum::Router;
use cairn_app::App;

use crate::Site;

/// All of cairn's HTTP: each door adds its routes here, and the house goes around them.
#[must_use]
pub fn router(_app: App, site: Arc<Site>) -> Router {
    let routes = Router::new();
    crate::finish(site, routes)
}
