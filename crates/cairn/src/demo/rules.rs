//! Three example rules: one that is on, one that waits for a second person since it writes to reporters, and a draft.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow};
use cairn_app::App;
use cairn_app::account::Principal;
use cairn_desk::rules::{Command, Typed};

/// Writes them; the first two are tried out on the examples.
///
/// # Errors
/// The store cannot read or write, or an example is wrong.
pub async fn fill(app: &App, officer: &Principal, lead: &Principal) -> anyhow::Result<()> {
    let large = Typed {
        name: "Large losses: was the bank told?".into(),
        when: "loss>250000".into(),
        ask: "Was the bank told within 24 hours? If not, call the reporter today.".into(),
        ..Typed::default()
    };
    let no = written(app, officer, &large).await?;
    app.try_rule(officer, no, 1).await?;
    let on = Command::SwitchOn { others: 0 };
    app.work_rule(lead, (no, 2), on).await?;
    let reply = BTreeMap::from([
        (
            "en".to_owned(),
            "Thank you. Do not open the link and do not pay; delete the message. If you paid, call your bank now.".to_owned(),
        ),
        (
            "mi".to_owned(),
            "Ngā mihi. Kaua e huaki i te hono, kaua e utu; mukua te karere. Mēnā kua utu koe, waea atu ki tō pēke ināianei.".to_owned(),
        ),
    ]);
    let parcel = Typed {
        name: "Parcel fees: first words to the reporter".into(),
        when: "category:phishing parcel".into(),
        reply,
        ..Typed::default()
    };
    let no = written(app, officer, &parcel).await?;
    app.try_rule(officer, no, 1).await?;
    app.work_rule(officer, (no, 2), Command::Ask).await?;
    let minor = Typed {
        name: "Messages without loss are minor".into(),
        when: "category:phishing loss:no".into(),
        severity: "6".into(),
        ..Typed::default()
    };
    written(app, officer, &minor).await?;
    Ok(())
}

async fn written(app: &App, who: &Principal, typed: &Typed) -> anyhow::Result<i64> {
    let done = app
        .write_rule(who, None, typed, None)
        .await
        .context("a rule")?;
    done.map_err(|faults| anyhow!("the example rule {:?}: {faults:?}", typed.name))
}
