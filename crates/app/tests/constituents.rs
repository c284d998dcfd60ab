//! Constituents on both databases: whose an address is after each change, imports that are taken once, what people look after that no
//! import touches, and that nothing of a contact is left when it goes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "a test that meets what it did not expect fails"
)]

use cairn_app::account::{Doer, Principal};
use cairn_app::clock::Clock;
use cairn_app::constituent::Query;
use cairn_app::report::AppError;
use cairn_app::{App, Config};
use cairn_desk::constituent::import::csv;
use cairn_desk::constituent::owners::Reason;
use cairn_desk::constituent::typed::{self, ContactTyped};
use cairn_desk::constituent::{OwnerId, Refusal, Typed, Work, Wrong};
use cairn_kernel::actor::Role;
use cairn_kernel::time::Micros;
use cairn_store::verify::Finding;
use cairn_testkit::{TestStore, account, on_both};

/// 07:25 on 25 November 2026 in New Zealand.
const START: Micros = Micros(1_795_544_700_000_000);
const TABLE: &str = "key,name,sector,networks,domains,asns,abuse\n\
    a,Example Internet,,198.51.100.0/24,internet.example,AS64496,abuse@internet.example\n\
    b,Example Hosting,health,192.0.2.128/25,hosting.example,,abuse@hosting.example; soc@hosting.example\n";

fn app(store: &TestStore) -> (App, Clock) {
    store.app(Config::default(), START)
}

async fn look(t: &TestStore) -> Vec<String> {
    t.log_verify().await.1.iter().map(Finding::place).collect()
}

async fn made(app: &App, who: &Principal, name: &str, assets: &str) -> u32 {
    let typed = Typed {
        name: name.into(),
        ..Typed::default()
    };
    let no = app
        .make_constituent(who, typed.read().unwrap())
        .await
        .unwrap();
    let work = Work::Add(typed::assets(assets).unwrap());
    app.work_on_constituent(who, (no, 1), &work).await.unwrap();
    no
}

fn mailbox(app: &App, email: &str) -> Work {
    let typed = ContactTyped {
        role: "abuse".into(),
        email: email.into(),
        ..ContactTyped::default()
    };
    Work::NewContact(Box::new(app.contact_typed(&typed).unwrap()))
}

async fn owner(app: &App, what: &str) -> Option<(String, Reason)> {
    let found = app.owners_of(Doer::System, what).await.unwrap().unwrap();
    found
        .first()
        .map(|one| (one.name.clone(), one.candidate.reason))
}

async fn import(app: &App, table: &str, dry_run: bool) -> cairn_desk::constituent::plan::Summary {
    let table = csv::read(table).unwrap();
    app.import_constituents(Doer::System, "members", &table, dry_run)
        .await
        .unwrap()
}

on_both! {
    async fn an_import_is_taken_once_and_leaves_alone_what_people_look_after(t: &mut TestStore) {
        let (app, _clock) = app(t);
        let lead = account(&app, "leilani", Role::Lead).await;
        let ours = made(&app, &lead, "Example Health", "192.0.2.0/24 health.example").await;
        let dry = import(&app, TABLE, true).await;
        assert_eq!((dry.fresh, dry.changed, dry.gone, dry.same), (2, 0, 0, 0));
        assert_eq!((dry.touched[0].claim.as_str(), dry.touched[0].no), ("192.0.2.128/25", ours));
        assert_eq!(app.constituents(Doer::System, &Query::default()).await.unwrap().total, 1);
        assert_eq!(import(&app, TABLE, false).await, dry);
        let before = app.bare_store().log_end().await.unwrap();
        let again = import(&app, TABLE, false).await;
        assert!(again.is_nothing() && again.same == 2);
        assert_eq!(app.bare_store().log_end().await.unwrap(), before, "and the log hears nothing of it");
        // What people entered stands before it, though it is wider.
        assert_eq!(owner(&app, "192.0.2.200").await, Some(("Example Health".into(), Reason::Manual)));
        assert_eq!(owner(&app, "198.51.100.9").await, Some(("Example Internet".into(), Reason::Only)));
        assert_eq!(owner(&app, "www.hosting.example").await.unwrap().0, "Example Hosting");
        assert_eq!(owner(&app, "AS64496").await.unwrap().0, "Example Internet");
        assert_eq!(owner(&app, "203.0.113.1").await, None);
        let owners = app.owners().await.unwrap();
        let found = owners.of(Some("198.51.100.9".parse().unwrap()), None, None).unwrap();
        assert_eq!(found.0, OwnerId(2));
        let conflicts = app.constituent_conflicts(&lead).await.unwrap();
        assert_eq!(conflicts.0.len(), 1);
        let disputed = Query { conflict: true, ..Query::default() };
        assert_eq!(app.constituents(Doer::System, &disputed).await.unwrap().total, 2);

        let change = Work::Drop(typed::assets("AS64496").unwrap());
        let refused = app.work_on_constituent(&lead, (2, 1), &change).await;
        assert!(matches!(refused, Err(AppError::Constituent(Refusal::Imported))));
        app.work_on_constituent(&lead, (2, 1), &Work::TakeOver).await.unwrap();
        app.work_on_constituent(&lead, (2, 2), &change).await.unwrap();
        let changed = TABLE.replace("Example Hosting", "Example Hosts").replace("; soc@hosting.example", "");
        let third = import(&app, &changed, false).await;
        assert_eq!((third.fresh, third.changed, third.gone, third.held), (0, 1, 0, 1));
        assert_eq!(third.differs[0].more, ["AS64496"]);
        assert_eq!(owner(&app, "AS64496").await, None);
        let fourth = import(&app, TABLE.split_inclusive('\n').take(2).collect::<String>().as_str(), false).await;
        assert_eq!((fourth.gone, fourth.held), (1, 1));
        let empty = app.import_constituents(Doer::System, "members", &[], false).await;
        assert!(matches!(empty, Err(AppError::Constituent(Refusal::Empty))));
        assert_eq!(look(t).await, [""; 0]);
    }

    async fn contacts_are_confirmed_bounce_and_go_without_a_trace_in_the_log(t: &mut TestStore) {
        let (app, clock) = app(t);
        let hana = account(&app, "hana", Role::Officer).await;
        let no = made(&app, &hana, "Example Ltd", "example.org").await;
        app.work_on_constituent(&hana, (no, 2), &mailbox(&app, "gone-person@example.org")).await.unwrap();
        let late = app.work_on_constituent(&hana, (no, 2), &Work::ConfirmAll).await;
        assert!(matches!(late, Err(AppError::Conflict)), "{late:?}");
        app.work_on_constituent(&hana, (no, 3), &Work::Bounced(1)).await.unwrap();
        let count = |query: Query| { let app = app.clone(); async move { app.constituents(Doer::System, &query).await.unwrap().total } };
        let bounced = Query { bounced: true, ..Query::default() };
        let due = Query { due: true, ..Query::default() };
        assert_eq!((count(bounced.clone()).await, count(due.clone()).await), (1, 0));
        clock.set(START.plus_seconds(366 * 86_400));
        assert_eq!(count(due.clone()).await, 1);
        app.work_on_constituent(&hana, (no, 4), &Work::Confirm(1)).await.unwrap();
        assert_eq!((count(bounced).await, count(due).await), (0, 0));
        let whole = app.constituent(&hana, no).await.unwrap();
        assert_eq!(whole.history.len(), 5);
        app.work_on_constituent(&hana, (no, 5), &Work::DropContact(1)).await.unwrap();
        assert!(app.constituent(&hana, no).await.unwrap().constituent.contacts.is_empty());
        let log = app.bare_store().evidence_before(i64::MAX, 1_000).await.unwrap();
        assert!(log.len() > 6);
        assert!(!format!("{log:?}").contains("gone-person"), "the log knows numbers and digests");
        let found = Query { text: "EXAMPLE ltd".into(), ..Query::default() };
        assert_eq!(count(found).await, 1);
        assert_eq!(count(Query { text: "gone-person".into(), ..Query::default() }).await, 0);
        assert_eq!(look(t).await, [""; 0]);
    }

    async fn who_may_what(t: &mut TestStore) {
        let (app, _clock) = app(t);
        let hana = account(&app, "hana", Role::Officer).await;
        let ruth = account(&app, "ruth", Role::Auditor).await;
        let oliver = account(&app, "oliver", Role::Administrator).await;
        let no = made(&app, &hana, "Example Ltd", "192.0.2.0/24").await;
        assert!(app.constituent(&ruth, no).await.is_ok());
        assert!(matches!(app.constituent(&oliver, no).await, Err(AppError::Denied(_))));
        let refused = app.work_on_constituent(&ruth, (no, 2), &Work::ConfirmAll).await;
        assert!(matches!(refused, Err(AppError::Denied(_))));
        let table = csv::read(TABLE).unwrap();
        let refused = app.import_constituents(Doer::Officer(&hana), "members", &table, true).await;
        assert!(matches!(refused, Err(AppError::Denied(_))));
        assert!(matches!(app.remove_constituent(&hana, (no, 2)).await, Err(AppError::Denied(_))));
        let lead = account(&app, "leilani", Role::Lead).await;
        let table = app.export_constituents(Doer::Officer(&lead)).await.unwrap();
        assert_eq!(csv::read(&table).unwrap().len(), 1);
        app.remove_constituent(&lead, (no, 2)).await.unwrap();
        assert!(matches!(app.constituent(&lead, no).await, Err(AppError::NotFound)));
        let next = made(&app, &lead, "Other Ltd", "192.0.2.0/24").await;
        assert_eq!(next, no + 1, "numbers are not given twice");
        assert_eq!(look(t).await, [""; 0]);
    }

    async fn a_key_must_be_one_that_can_be_written_to(t: &mut TestStore) {
        let (app, _clock) = app(t);
        let typed = ContactTyped {
            role: "security".into(),
            email: "soc@example.org".into(),
            key: "-----BEGIN PGP PUBLIC KEY BLOCK-----".into(),
            ..ContactTyped::default()
        };
        assert_eq!(app.contact_typed(&typed).unwrap_err()[0].wrong, Wrong::Key);
    }
}
