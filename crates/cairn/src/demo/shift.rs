//! Two example notes: one from the day before, which was read, and one from the night, which waits for who comes at seven.

use anyhow::Context;
use cairn_app::App;
use cairn_app::account::Principal;
use cairn_app::cases::Written;
use cairn_app::clock::Clock;
use cairn_app::search::QueueQuery;
use cairn_desk::shift::Command;
use cairn_kernel::time::Micros;

const HOUR: i64 = 3_600;

fn said(text: String) -> Written {
    Written {
        key: Some(format!("example {text}")),
        text,
    }
}

/// Fills in both. The clock is left at `now`.
///
/// # Errors
/// The store cannot write, or there are no example reports or officers.
pub async fn fill(
    app: &App,
    clock: &Clock,
    now: Micros,
    officers: &[Principal],
) -> anyhow::Result<()> {
    let day = officers.first().context("no example officer")?;
    let night = officers.last().context("no example officer")?;
    let query = QueueQuery {
        limit: 1,
        ..QueueQuery::default()
    };
    let rows = app.queue(day, &query).await?.into_inner().rows;
    let newest = app.reference(rows.first().context("no example report")?.no);

    clock.set(now.plus_seconds(-31 * HOUR));
    let text = "Quiet day. The provider of case 1 promised an answer by tomorrow noon: ask again if it does not come.";
    let first = app
        .write_handover(day, &said(text.to_owned()), None)
        .await?;
    clock.set(now.plus_seconds(-30 * HOUR));
    if day.account != night.account {
        app.work_handover(night, first, Command::Read).await?;
    }
    clock.set(now.plus_seconds(-7 * HOUR));
    let text = format!(
        "Case 1: the provider answered, three more customers wrote to it. Its clock for the Privacy Commissioner runs.\n\
         {newest} came in after midnight and nobody has it yet; it looks like those of case 1.\n\
         The page at https://parcel-fee.example/pay is down since two o’clock. Look once more at eight."
    );
    app.write_handover(night, &said(text), None).await?;
    clock.set(now);
    Ok(())
}
