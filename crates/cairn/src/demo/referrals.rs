//! Four example referrals: one that is answered, one that is overdue, one that its agency can fetch, and one that is prepared.

use cairn_app::App;
use cairn_app::account::Principal;
use cairn_app::clock::Clock;
use cairn_app::referral::{Wish, Words, Work};
use cairn_app::search::QueueQuery;
use cairn_desk::referral::{Channel, Outcome};
use cairn_kernel::time::Micros;

const DAY: i64 = 86_400;
/// Reports that are looked at for ones whose reporter agrees.
const LOOKED_AT: usize = 60;

/// What becomes of one.
enum Ends {
    Answered,
    Overdue,
    Fetched,
    Prepared,
}

/// Fills them in. The clock is left at `now`.
///
/// # Errors
/// The store cannot write.
pub async fn fill(app: &App, clock: &Clock, now: Micros, who: &Principal) -> anyhow::Result<()> {
    let query = QueueQuery {
        // What nobody has looked at yet stays so.
        line: "consent:police state:open,waiting,closed".into(),
        limit: LOOKED_AT,
        ..QueueQuery::default()
    };
    let rows = app.queue(who, &query).await?.into_inner().rows;
    let ends = [Ends::Prepared, Ends::Fetched, Ends::Overdue, Ends::Answered];
    let mut rows = rows.iter();
    for end in ends {
        let began = match end {
            Ends::Overdue | Ends::Answered => now.plus_seconds(-20 * DAY),
            Ends::Fetched | Ends::Prepared => now.plus_seconds(-DAY),
        };
        let Some(row) = rows.find(|row| row.received_at <= began) else {
            break;
        };
        let reference = app.reference(row.no);
        clock.set(began);
        one(app, clock, who, &reference, end).await?;
    }
    clock.set(now);
    Ok(())
}

async fn one(
    app: &App,
    clock: &Clock,
    who: &Principal,
    reference: &str,
    end: Ends,
) -> anyhow::Result<()> {
    let channel = match end {
        Ends::Fetched => Channel::Api,
        _ => Channel::Handed,
    };
    let wish = Wish {
        agency: "police".into(),
        law: None,
        channel,
        contact: false,
        files: Vec::new(),
    };
    let version = version(app, who, reference).await?;
    let no = app.prepare_referral(who, reference, version, wish).await?;
    if matches!(end, Ends::Prepared) {
        return Ok(());
    }
    if channel == Channel::Handed {
        app.take_package(who, reference, no).await?;
    }
    work(app, who, (reference, no), Work::Send).await?;
    if matches!(end, Ends::Answered)
        && let (Some(file), Some(more)) = (
            Words::parse("251101/4711"),
            Words::parse("The account was closed by its bank. Nothing more to be done."),
        )
    {
        clock.set(clock.now().plus_seconds(DAY));
        work(app, who, (reference, no), Work::Acknowledge(file)).await?;
        clock.set(clock.now().plus_seconds(3 * DAY));
        let said = Work::Answer(Outcome::Resolved, Some(more));
        work(app, who, (reference, no), said).await?;
    }
    Ok(())
}

async fn version(app: &App, who: &Principal, reference: &str) -> anyhow::Result<i64> {
    Ok(app.read_report(who, reference).await?.standing.version)
}

async fn work(
    app: &App,
    who: &Principal,
    (reference, no): (&str, u32),
    work: Work,
) -> anyhow::Result<()> {
    let version = version(app, who, reference).await?;
    app.work_referral(who, (reference, no), version, work)
        .await?;
    Ok(())
}
