//! `cairn feeds pull`.

use anyhow::Context as _;
use serde_json::Value;
use tokio::sync::watch;

use crate::admin::Wish;
use crate::args::CheckFailed;
use crate::control::Door;
use crate::settings::Settings;

/// Looks at the sources, here or through the server that holds the data.
///
/// # Errors
/// A source could not be looked at: which ones is told.
pub(super) fn run(settings: &Settings, source: Option<String>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let door = Door::open(settings).await?;
        let looked = door.ask(Wish::FeedsPull { source }).await;
        // A server takes in what came by itself.
        let taken = match (&door, &looked) {
            (Door::Here(app), Ok(_)) => {
                let (_never, stopping) = watch::channel(false);
                app.feeds_turn(&stopping).await.map(Some)
            }
            _ => Ok(None),
        };
        door.close().await;
        told(&looked?)?;
        if let Some(taken) = taken.context("taking in what came")? {
            println!("{taken} reports were taken in; the desk says what came of them");
        }
        Ok(())
    })
}

fn told(looked: &Value) -> anyhow::Result<()> {
    let all = looked.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut failed = 0;
    for one in all {
        let text = |key: &str| one.get(key).and_then(Value::as_str).unwrap_or_default();
        match text("error") {
            "" => {
                let came = one.get("came").and_then(Value::as_u64).unwrap_or_default();
                println!("{}: {came} reports came", text("source"));
            }
            error => {
                failed += 1;
                eprintln!("{}: {error}", text("source"));
            }
        }
    }
    if failed > 0 {
        let text = format!("{failed} of {} sources could not be looked at", all.len());
        return Err(CheckFailed(text).into());
    }
    Ok(())
}
