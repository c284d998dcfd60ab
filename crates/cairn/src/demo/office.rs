//! The strategy office of the example: seats on the made-up plan, and a return that waits to be checked.

use anyhow::bail;
use cairn_app::App;
use cairn_app::account::Doer;
use cairn_app::track::returns::{Draft, Filed};
use cairn_kernel::actor::Role;
use cairn_track::office::returns::{About, Evidence, Progress};
use cairn_track::plan::Words;

use super::people::{Person, with_role};

/// The plan that is made up from first to last: nobody's name is put under what a real office said.
const PLAN: &str = "example-harbour";
const COUNCIL: &str = "Example Harbour Council (fictional)";
const LIBRARY: &str = "Example Harbour Library (fictional)";

/// Gives seats and files a return, where the plan is among those that are shown.
///
/// # Errors
/// The plan is no longer as this expects, or the store cannot write.
pub async fn fill(app: &App, people: &[Person]) -> anyhow::Result<()> {
    if app.config.plans.get(PLAN).is_none() {
        return Ok(());
    }
    for (owner, mail) in [(COUNCIL, Some("harbour@example.org")), (LIBRARY, None)] {
        app.give_seat(Doer::System, PLAN, ("mere", owner), mail)
            .await?;
    }
    let draft = Draft {
        owner: COUNCIL.to_owned(),
        about: About::Initiative(Progress {
            id: "wharf-net".to_owned(),
            claim: Words {
                en: "The second mast is ordered and its footing is poured. It will stand before the end of the year."
                    .to_owned(),
                mi: Some(
                    "Kua tonoa te rewa tuarua, kua ringihia tōna tūāpapa. Ka tū i mua i te mutunga o te tau."
                        .to_owned(),
                ),
            },
            milestone: None,
            action: Some("second-mast".to_owned()),
            done: None,
        }),
        evidence: vec![Evidence {
            title: "Works committee: minutes (fictional)".to_owned(),
            publisher: "Example Harbour Council".to_owned(),
            url: Some("https://example.org/harbour/works-minutes".to_owned()),
            published: "2026-10".parse().ok(),
            ..Evidence::default()
        }],
        files: Vec::new(),
        corrects: None,
        key: None,
    };
    let owner = with_role(people, Role::Owner)?;
    match app.file_return(owner, PLAN, &draft, true).await? {
        Filed::Kept(_) => Ok(()),
        Filed::Findings(found) => bail!("the example return does not fit the plan: {found:?}"),
    }
}
