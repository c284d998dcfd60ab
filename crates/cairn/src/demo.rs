//! `cairn demo`: a working service with example data.

use crate::settings::Settings;
use crate::{open, serve};

/// Fills and serves.
///
/// # Errors
/// What kept it from starting, in words.
pub async fn run(settings: Settings) -> anyhow::Result<()> {
    let app = open::app(&settings).await?;
    serve::serve(settings, app, |_| {}).await
}
