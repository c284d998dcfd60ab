//! OpenPGP keys of partner agencies on both databases, made by GnuPG: brought, compared, exchanged, taken out of use, and held against the
//! log.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing
)]

use std::sync::Arc;

use cairn_app::clock::Clock;
use cairn_app::openpgp::fingerprint_shown;
use cairn_app::referral::{AGENCY_KEY_SOON_SECONDS, MailRefusal};
use cairn_app::report::AppError;
use cairn_app::{App, Config, MailConfig};
use cairn_desk::form::{Form, FormFiles};
use cairn_kernel::actor::Role;
use cairn_kernel::time::Micros;
use cairn_store::writer::Unit;
use cairn_testkit::gpg::Gpg;
use cairn_testkit::{TestStore, account, on_both};

fn now() -> Micros {
    cairn_app::clock::Clock::System.now()
}

/// The police take packages by mail; with more lines in their data.
fn app(store: &TestStore, more: &str) -> (App, Clock) {
    let mut files = FormFiles::embedded();
    let police = "code = \"police\"\n";
    let own = format!("{police}mail = \"intake@police.example\"\n{more}\n");
    files.agencies = files.agencies.replace(police, &own).into();
    let form = Form::parse(&files).unwrap();
    let clock = Clock::fixed(now());
    let config = Config {
        mail: Some(MailConfig {
            smtp_url: "smtp://127.0.0.1:1".into(),
            from: "Reports <report@cert.example>".into(),
        }),
        password_cost: cairn_app::account::PasswordCost::CHEAP,
        ..Config::default()
    };
    let app = App::new((**store).clone(), Arc::new(form), config, clock.clone());
    app.ensure_openpgp().unwrap();
    (app, clock)
}

fn text(gpg: &Gpg) -> String {
    String::from_utf8(gpg.public()).unwrap()
}

async fn key_of(app: &App) -> Option<String> {
    let way = app.agency_mail("police").await.ok()?;
    way.key.map(|key| key.fingerprint())
}

async fn sound(t: &TestStore) {
    assert_eq!(t.log_verify().await.1, vec![]);
}

on_both! {
    async fn a_key_counts_once_somebody_compared_it(t: &mut TestStore) {
        let (app, clock) = app(t, "");
        let officer = account(&app, "ana", Role::Officer).await;
        let lead = account(&app, "hana", Role::Lead).await;
        let (one, two) = (Gpg::with_key("Police <intake@police.example>", "1y"), Gpg::with_key("Police <intake@police.example>", "60d"));
        assert_eq!(app.agency_mail("police").await.unwrap_err(), MailRefusal::NoKey);
        let denied = app.bring_agency_key(&officer, "police", &text(&one)).await;
        assert!(matches!(denied, Err(AppError::Denied(_))), "{denied:?}");
        for wrong in ["", "no key", &"x".repeat(100_000)] {
            let refused = app.bring_agency_key(&lead, "police", wrong).await;
            assert!(matches!(refused, Err(AppError::Input(_))), "{refused:?}");
        }
        assert!(matches!(app.bring_agency_key(&lead, "nobody", &text(&one)).await, Err(AppError::NotFound)));
        for _ in 0..2 {
            app.bring_agency_key(&lead, "police", &text(&one)).await.unwrap();
        }
        let shown = app.agency(&officer, "police").await.unwrap();
        assert_eq!((shown.keys.len(), shown.waits(), shown.refusal), (1, true, Some(MailRefusal::NoKey)));
        assert_eq!(key_of(&app).await, None, "nobody compared it yet");
        let print = one.fingerprint();
        let wrong = app.confirm_agency_key(&lead, ("police", 1), &two.fingerprint()).await;
        assert!(matches!(wrong, Err(AppError::Input(_))), "{wrong:?}");
        assert!(matches!(app.confirm_agency_key(&officer, ("police", 1), &print).await, Err(AppError::Denied(_))));
        assert!(matches!(app.confirm_agency_key(&lead, ("police", 9), &print).await, Err(AppError::NotFound)));
        // As it is shown, with blanks.
        app.confirm_agency_key(&lead, ("police", 1), &fingerprint_shown(&print)).await.unwrap();
        assert_eq!(key_of(&app).await.map(|key| key.to_uppercase()), Some(print.to_uppercase()));
        sound(t).await;

        // Another takes its place; the end of a key is told in time.
        app.bring_agency_key(&lead, "police", &text(&two)).await.unwrap();
        assert_eq!(key_of(&app).await.map(|key| key.to_uppercase()), Some(print.to_uppercase()), "until it is compared");
        app.confirm_agency_key(&lead, ("police", 2), &two.fingerprint()).await.unwrap();
        assert_eq!(key_of(&app).await.map(|key| key.to_uppercase()), Some(two.fingerprint().to_uppercase()));
        assert!(app.agency(&officer, "police").await.unwrap().worry().is_none());
        clock.set(clock.now().plus_seconds(60 * 86_400 - AGENCY_KEY_SOON_SECONDS + 3_600));
        let shown = app.agency(&officer, "police").await.unwrap();
        assert!(shown.worry().is_some_and(|key| key.ends_in.is_some()));
        clock.set(clock.now().plus_seconds(AGENCY_KEY_SOON_SECONDS));
        assert_eq!(app.agency_mail("police").await.unwrap_err(), MailRefusal::BadKey);
        assert!(app.agency(&officer, "police").await.unwrap().worry().is_some());
        // What was taken out of use brings no older one back.
        app.drop_agency_key(&lead, ("police", 2)).await.unwrap();
        assert_eq!(app.agency_mail("police").await.unwrap_err(), MailRefusal::NoKey);
        let again = app.confirm_agency_key(&lead, ("police", 1), &print).await;
        assert!(matches!(again, Err(AppError::Input(_))), "{again:?}");
        app.bring_agency_key(&lead, "police", &text(&one)).await.unwrap();
        app.confirm_agency_key(&lead, ("police", 3), &print).await.unwrap();
        assert_eq!(key_of(&app).await.map(|key| key.to_uppercase()), Some(print.to_uppercase()));
        sound(t).await;
    }

    async fn the_key_in_the_data_counts_until_one_was_compared(t: &mut TestStore) {
        let old = Gpg::with_key("Police <intake@police.example>", "1y");
        let fresh = Gpg::with_key("Police <intake@police.example>", "1y");
        let (app, _) = app(t, &format!("plain_mail = true\nopenpgp = \"\"\"\n{}\"\"\"", text(&old)));
        let lead = account(&app, "hana", Role::Lead).await;
        let upper = async |app: &App| key_of(app).await.map(|key| key.to_uppercase());
        assert_eq!(upper(&app).await, Some(old.fingerprint().to_uppercase()));
        app.bring_agency_key(&lead, "police", &text(&fresh)).await.unwrap();
        assert_eq!(upper(&app).await, Some(old.fingerprint().to_uppercase()));
        app.confirm_agency_key(&lead, ("police", 1), &fresh.fingerprint()).await.unwrap();
        assert_eq!(upper(&app).await, Some(fresh.fingerprint().to_uppercase()));
        let shown = app.agency(&lead, "police").await.unwrap();
        assert_eq!(shown.keys.iter().map(|key| key.in_use).collect::<Vec<_>>(), [true, false]);
        app.drop_agency_key(&lead, ("police", 1)).await.unwrap();
        assert_eq!(app.agency_mail("police").await.unwrap_err(), MailRefusal::NoKey, "not readable by others either");
        sound(t).await;
    }

    async fn rows_that_were_changed_behind_its_back_are_named(t: &mut TestStore) {
        let (app, _) = app(t, "");
        let lead = account(&app, "hana", Role::Lead).await;
        let one = Gpg::with_key("Police <intake@police.example>", "1y");
        app.bring_agency_key(&lead, "police", &text(&one)).await.unwrap();
        app.confirm_agency_key(&lead, ("police", 1), &one.fingerprint()).await.unwrap();
        sound(t).await;
        let tamper = async |sql: &'static str| {
            let mut unit = Unit::default();
            unit.exec(sql, Vec::new());
            t.write(unit).await.unwrap();
        };
        tamper("CREATE TABLE kept_keys AS SELECT * FROM agency_key").await;
        for sql in [
            "UPDATE agency_key SET key = 'another'",
            "UPDATE agency_key SET fingerprint = 'AB'",
            "UPDATE agency_key SET confirmed_at = NULL",
            "UPDATE agency_key SET dropped_at = 7",
            "UPDATE agency_key SET doer = 'system'",
            "DELETE FROM agency_key",
        ] {
            tamper(sql).await;
            let findings = t.log_verify().await.1;
            assert!(findings.iter().any(|f| f.place() == "agency_key police/1"), "{sql}: {findings:?}");
            tamper("DELETE FROM agency_key").await;
            tamper("INSERT INTO agency_key SELECT * FROM kept_keys").await;
        }
        sound(t).await;
    }
}
