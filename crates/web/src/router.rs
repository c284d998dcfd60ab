//! The one place where the doors' routes are put together.

use std::sync::Arc;

use axum::Router;
use cairn_app::App;

use crate::intake::Public;
use crate::{Site, api, evidence, report};

/// All of cairn's HTTP: each door adds its routes here, and the house goes around them.
pub fn router(app: App, site: Arc<Site>) -> Router {
    let public = Public::new(app.clone());
    let routes = Router::new()
        // For everybody: what a reporter needs no account for.
        .merge(report::router().with_state(public.clone()))
        .merge(crate::notice::router().with_state(public.clone()))
        .merge(crate::claim::router().with_state(public.clone()))
        .merge(evidence::router().with_state(app.clone()))
        .merge(crate::openpgp::router().with_state(app.clone()))
        .merge(api::desk::router(&public))
        .merge(api::router().with_state(public))
        .merge(crate::figures::router(app.clone()))
        .merge(crate::challenge::router(app.clone()))
        .merge(crate::track::router(app.clone()))
        // For officers.
        .merge(crate::desk::router().with_state(app));
    crate::finish(site, routes)
}
