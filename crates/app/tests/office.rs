//! Reminders of the strategy office: who is written to, about what, and how often.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::path::{Path, PathBuf};

use cairn_app::account::{Doer, NewAccount};
use cairn_app::track::{Folder, Plans, REMIND_EVERY_SECONDS, SeatError};
use cairn_app::{Config, MailConfig};
use cairn_kernel::actor::Role;
use cairn_testkit::TestApp;
use cairn_track::plan::Files;

const PLAN: &str = "example-harbour";
const COUNCIL: &str = "Example Harbour Council (fictional)";
const TRADERS: &str = "Example Harbour Traders (fictional)";

/// Reads a folder as the program does.
fn read(root: &Path) -> Result<Files, String> {
    let mut files = Files::new();
    let mut open = vec![PathBuf::new()];
    while let Some(at) = open.pop() {
        let folder = std::fs::read_dir(root.join(&at)).map_err(|error| error.to_string())?;
        for entry in folder {
            let entry = entry.unwrap();
            let path = at.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                open.push(path);
            } else {
                files.insert(path.to_str().unwrap(), std::fs::read(entry.path()).unwrap());
            }
        }
    }
    Ok(files)
}

/// A copy of the made-up plan that the test may change.
fn copied() -> tempfile::TempDir {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/example-harbour");
    let dir = tempfile::tempdir().unwrap();
    for (path, bytes) in read(&from).unwrap().iter() {
        let to = dir.path().join(path);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::write(to, bytes).unwrap();
    }
    dir
}

async fn office(folder: &Path, mail: bool) -> TestApp {
    let plans = Plans::of_folders(
        [Folder {
            path: folder.to_owned(),
            read,
        }],
        Default::default(),
    )
    .unwrap();
    let t = TestApp::with(Config {
        plans,
        mail: mail.then(|| MailConfig {
            smtp_url: "smtp://127.0.0.1:2525".into(),
            from: "Reports <cairn@report.example>".into(),
        }),
        ..Config::default()
    })
    .await;
    let new = NewAccount {
        login: "mere",
        name: "Mere",
        role: Role::Owner,
    };
    t.app.create_account(Doer::System, new).await.unwrap();
    t
}

async fn seat(t: &TestApp, owner: &str, mail: Option<&str>) -> Result<(), SeatError> {
    let of = ("mere", owner);
    t.app.give_seat(Doer::System, PLAN, of, mail).await
}

#[tokio::test]
async fn a_seat_with_an_address_is_reminded_once_a_week() {
    let folder = copied();
    let t = office(folder.path(), true).await;
    assert_eq!(t.app.remind_seats().await.unwrap(), 0, "no seats");
    seat(&t, COUNCIL, None).await.unwrap();
    assert_eq!(t.app.remind_seats().await.unwrap(), 0, "no address");
    // The second mast was due long ago in this copy.
    let file = folder.path().join("editions/2026/initiatives.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let late = text.replace("due = \"2026Q4\"", "due = \"2026Q1\"");
    assert_ne!(text, late);
    std::fs::write(&file, late).unwrap();
    seat(&t, COUNCIL, Some("wharf@example.org")).await.unwrap();
    assert_eq!(t.app.remind_seats().await.unwrap(), 1);
    assert_eq!(t.app.remind_seats().await.unwrap(), 0, "not twice");
    t.pass(REMIND_EVERY_SECONDS - 1);
    assert_eq!(
        t.app.remind_seats().await.unwrap(),
        0,
        "not within the week"
    );
    t.pass(1);
    assert_eq!(t.app.remind_seats().await.unwrap(), 1);
    let jobs = t
        .app
        .bare_store()
        .due_jobs(t.clock.now(), 10)
        .await
        .unwrap();
    assert_eq!(jobs.len(), 2);
    assert!(jobs.iter().all(|job| job.kind == "plan_due"));
    assert!(
        !jobs[0].payload.contains("wharf@example.org"),
        "the address is looked up when the mail goes: {}",
        jobs[0].payload
    );
    // A seat of somebody from whom nothing is due rests.
    seat(&t, TRADERS, Some("traders@example.org"))
        .await
        .unwrap();
    assert_eq!(t.app.remind_seats().await.unwrap(), 0);
}

#[tokio::test]
async fn without_outgoing_mail_nobody_is_reminded() {
    let folder = copied();
    let t = office(folder.path(), false).await;
    seat(&t, COUNCIL, Some("wharf@example.org")).await.unwrap();
    assert_eq!(t.app.remind_seats().await.unwrap(), 0);
    assert_eq!(t.app.bare_store().count_jobs().await.unwrap(), (0, 0));
}

#[tokio::test]
async fn organisations_are_known_by_their_names_and_others_refused() {
    let folder = copied();
    let t = office(folder.path(), false).await;
    // Case, blanks and what stands in brackets make no other organisation; the plan's own writing is kept.
    seat(&t, " example harbour council", None).await.unwrap();
    let seats = t.app.seats(Doer::System, Some(PLAN)).await.unwrap();
    assert_eq!(seats[0].seat.owner, COUNCIL);
    let wrong = seat(&t, "Nobody", None).await.unwrap_err().to_string();
    assert!(wrong.contains(TRADERS), "it says which there are: {wrong}");
    let of = ("mere", COUNCIL);
    let nowhere = t
        .app
        .give_seat(Doer::System, "no-such-plan", of, None)
        .await;
    assert!(matches!(
        nowhere,
        Err(SeatError::App(cairn_app::report::AppError::NotFound))
    ));
}
