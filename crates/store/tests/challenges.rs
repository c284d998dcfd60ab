//! Challenges of figures on both databases: received once, changed in step, verified, erased, backed up.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::too_many_lines,
    reason = "tests say what is wrong by failing; the bodies stand in a macro, where no lint sees that"
)]

use cairn_desk::challenge::{
    Answer, Change, Command, Draft, Event, Figure, Outcome, Standing, Typed, decide, reference,
};
use cairn_evidence::hash::{salted, sha256};
use cairn_kernel::actor::{Actor, Role};
use cairn_kernel::time::Micros;
use cairn_store::backup::{self, Plan, Restore};
use cairn_store::challenge::{self, NewChallenge, Of};
use cairn_store::verify::{self, Check, Finding, Trusted, Verdict};
use cairn_store::writer::{Entry, WriteError};
use cairn_testkit::sample::START;
use cairn_testkit::{TestStore, on_both};

const ORIGIN: &str = "reports.example/log";
const DAY: i64 = 24 * 3_600;

fn draft(figure: &str, email: &str, suspect: bool) -> Draft {
    let typed = Typed {
        wrong: "The base is another year.",
        email,
        ..Typed::default()
    };
    let figure = Figure::parse(figure);
    Draft::parse(("plan", "2026", &figure), "en", typed, suspect).unwrap()
}

async fn receive(t: &TestStore, no: i64, draft: &Draft, secret: u8) -> Result<(), WriteError> {
    let body = serde_json::to_string(draft.body()).unwrap();
    let contact = draft
        .contact()
        .map(|contact| serde_json::to_string(contact).unwrap());
    let (at, due) = (START.hour(), START.plus_seconds(20 * DAY));
    let event = Event {
        challenge: no,
        at,
        by: Actor::Reporter,
        change: Change::Received {
            reference: reference(no),
            plan: draft.body().plan.clone(),
            edition: draft.body().edition.clone(),
            figure: draft.body().figure.clone(),
            body: salted(&[1; 16], body.as_bytes()).hex(),
            contact: contact
                .as_ref()
                .map(|json| salted(&[2; 16], json.as_bytes()).hex()),
            secret: sha256(&[secret; 32]).hex(),
            due,
        },
    };
    let event = serde_json::to_string(&event).unwrap();
    let unit = challenge::receive(NewChallenge {
        no,
        said: draft.body(),
        at,
        due,
        body: (body, [1; 16]),
        contact: contact.map(|json| (json, [2; 16])),
        secret: [secret; 32],
        event: Entry::of_challenge(at.0, no, event, [3; 16]),
    });
    t.write(unit).await.map(drop)
}

async fn standing(t: &TestStore, no: i64) -> Standing {
    let history = t.challenge_history(no).await.unwrap();
    let events: Vec<Event> = history
        .iter()
        .map(|row| serde_json::from_str(&row.event).unwrap())
        .collect();
    let body = t.challenge_body(no).await.unwrap().unwrap();
    let body: cairn_desk::challenge::Body = serde_json::from_str(&body.json).unwrap();
    let Change::Received { contact, .. } = &events[0].change else {
        panic!("no receipt");
    };
    let mut standing = Standing::new(body.suspect, contact.is_some());
    for event in &events[1..] {
        standing.apply(event);
    }
    standing
}

async fn act(
    t: &TestStore,
    no: i64,
    before: &Standing,
    command: Command,
    days: i64,
) -> Result<(), WriteError> {
    let at = START.plus_seconds(days * DAY);
    let events = decide(before, command).unwrap().into_iter().map(|change| {
        let event = Event {
            challenge: no,
            at,
            by: Actor::User("lead-1".into()),
            change,
        };
        let json = serde_json::to_string(&event).unwrap();
        (event, Entry::of_challenge(at.0, no, json, [4; 16]))
    });
    t.write(challenge::change(no, before, events.collect()))
        .await
        .map(drop)
}

fn answer(outcome: Outcome) -> Answer {
    Answer {
        outcome,
        en: Some("So it is.".into()),
        mi: None,
        link: None,
        role: Role::Lead,
    }
}

async fn look(t: &TestStore) -> (Verdict, Vec<Finding>) {
    t.log_verify().await
}

async fn tamper(t: &mut TestStore, sql: &str) {
    if t.url().is_some() {
        t.tamper(sql).await;
        return;
    }
    let connection = rusqlite::Connection::open(t.path().join("core.db")).unwrap();
    connection.execute_batch(sql).unwrap();
}

/// Three challenges: one answered and corrected, one withheld, one set aside.
async fn fill(t: &TestStore) {
    receive(t, 1, &draft("m2", "someone@reader.example", false), 1)
        .await
        .unwrap();
    receive(t, 2, &draft("g/g2", "", false), 2).await.unwrap();
    receive(t, 3, &draft("m2", "", true), 3).await.unwrap();
    let first = Command::Answer(answer(Outcome::Upheld));
    act(t, 1, &standing(t, 1).await, first, 4).await.unwrap();
    let mended = Command::Correct(answer(Outcome::Partly));
    act(t, 1, &standing(t, 1).await, mended, 9).await.unwrap();
    let withhold = Command::Withhold {
        reason: "It names a person.".into(),
    };
    act(t, 2, &standing(t, 2).await, withhold, 1).await.unwrap();
}

on_both! {
    async fn a_number_is_given_once_and_a_challenge_changes_in_step(t: &mut TestStore) {
        receive(t, 1, &draft("m2", "", false), 1).await.unwrap();
        let again = receive(t, 1, &draft("m3", "", false), 2).await;
        assert!(matches!(again, Err(WriteError::Duplicate)), "{again:?}");
        assert_eq!(t.newest_challenge().await.unwrap(), 1);
        assert_eq!(t.challenge_history(1).await.unwrap().len(), 1);
        let seen = standing(t, 1).await;
        act(t, 1, &seen, Command::Release, 1).await.unwrap();
        let late = act(t, 1, &seen, Command::Answer(answer(Outcome::Upheld)), 1).await;
        assert!(matches!(late, Err(WriteError::Conflict)), "{late:?}");
        let row = t.challenge(1).await.unwrap().unwrap();
        assert_eq!((row.words.as_str(), row.version, row.answered_at), ("shown", 2, None));
        assert_eq!(t.challenge_of([1; 32]).await.unwrap().unwrap().no, 1);
        assert_eq!(t.challenge_of([9; 32]).await.unwrap(), None);
        // The same secret under another number is refused too, and takes nothing with it.
        assert!(receive(t, 2, &draft("m2", "", false), 1).await.is_err());
        receive(t, 2, &draft("m2", "", false), 5).await.unwrap();
        assert_eq!(look(t).await.1, []);
    }

    async fn lists_and_counts_follow_the_events(t: &mut TestStore) {
        fill(t).await;
        let all = Of { plan: "plan", figure: "" };
        let numbers = |rows: Vec<challenge::Summary>| rows.into_iter().map(|row| row.no).collect::<Vec<_>>();
        assert_eq!(numbers(t.challenges(all, i64::MAX, 10).await.unwrap()), [2, 1], "none that is set aside");
        assert_eq!(numbers(t.challenges(all, 2, 10).await.unwrap()), [1]);
        let own = Of { plan: "plan", figure: "g/g2" };
        assert_eq!(numbers(t.challenges(own, i64::MAX, 10).await.unwrap()), [2]);
        let other = Of { plan: "other", figure: "" };
        assert_eq!(numbers(t.challenges(other, i64::MAX, 10).await.unwrap()), [] as [i64; 0]);
        assert_eq!(numbers(t.open_challenges(false, 0, 10).await.unwrap()), [2]);
        assert_eq!(numbers(t.open_challenges(true, 0, 10).await.unwrap()), [3]);
        assert_eq!(numbers(t.answered_challenges(i64::MAX, 10).await.unwrap()), [1]);
        let counts = t.challenge_counts(all, START.plus_seconds(30 * DAY)).await.unwrap();
        assert_eq!((counts.open, counts.overdue, counts.answered, counts.set_aside), (1, 1, 1, 1));
        assert_eq!(counts.median.unwrap(), START.plus_seconds(4 * DAY).0 - START.hour().0, "the first answer");
        let early = t.challenge_counts(all, START).await.unwrap();
        assert_eq!((early.open, early.overdue), (1, 0));
        assert_eq!(t.challenge_counts(other, START).await.unwrap(), challenge::Counts::default());
        let row = t.challenge(1).await.unwrap().unwrap();
        assert_eq!(row.outcome.as_deref(), Some("partly"));
        assert_eq!(t.challenge_bodies(all, (1, 2)).await.unwrap().len(), 2);
        assert_eq!(t.challenge_events(all, (1, 1)).await.unwrap().len(), 3);
        assert_eq!(t.challenge_events(own, (1, 3)).await.unwrap().len(), 2);
    }

    async fn the_median_of_an_even_number_lies_between(t: &mut TestStore) {
        for (no, days) in [(1, 2), (2, 10), (3, 4), (4, 6)] {
            receive(t, no, &draft("m2", "", false), no as u8).await.unwrap();
            let yes = Command::Answer(answer(Outcome::Upheld));
            act(t, no, &standing(t, no).await, yes, days).await.unwrap();
        }
        let of = Of { plan: "plan", figure: "m2" };
        let counts = t.challenge_counts(of, START).await.unwrap();
        let blur = START.0 - START.hour().0;
        assert_eq!(counts.median, Some(5 * DAY * 1_000_000 + blur));
    }

    async fn what_was_changed_is_named(t: &mut TestStore) {
        fill(t).await;
        let (verdict, findings) = look(t).await;
        assert_eq!((verdict.challenges, findings), (3, vec![]));
        let edits = [
            ("UPDATE challenge SET outcome = 'upheld' WHERE no = 1", "challenge 1 (C-1)"),
            ("UPDATE challenge SET words = 'shown' WHERE no = 2", "challenge 2 (C-2)"),
            ("UPDATE challenge SET set_aside = FALSE WHERE no = 3", "challenge 3 (C-3)"),
            ("UPDATE challenge SET figure = 'm9' WHERE no = 1", "challenge 1 (C-1)"),
            ("UPDATE challenge SET due_at = due_at + 1 WHERE no = 1", "challenge 1 (C-1)"),
            ("UPDATE challenge SET version = 9 WHERE no = 3", "challenge 3 (C-3)"),
            ("UPDATE challenge_body SET body = replace(body, 'another', 'that very') WHERE no = 1", "challenge_body 1 (C-1)"),
            ("DELETE FROM challenge_contact WHERE no = 1", "challenge_contact 1 (C-1)"),
            ("INSERT INTO challenge_contact SELECT 2, salt, contact FROM challenge_contact", "challenge_contact 2 (C-2)"),
            ("DELETE FROM challenge WHERE no = 2", "challenge 2 (C-2)"),
            ("DELETE FROM challenge_body WHERE no = 2", "challenge_body 2 (C-2)"),
            ("UPDATE evidence SET challenge = NULL WHERE idx = 0", "evidence 0"),
            ("UPDATE evidence SET event = replace(event, 'So it is', 'So it was') WHERE idx = 3", "evidence 3"),
            ("UPDATE challenge SET no = 7 WHERE no = 3; UPDATE challenge_body SET no = 7 WHERE no = 3", "challenge 7 (C-7)"),
        ];
        for table in ["challenge", "challenge_body", "challenge_contact", "evidence"] {
            tamper(t, &format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await;
        }
        for (sql, place) in edits {
            tamper(t, sql).await;
            let findings = look(t).await.1;
            assert!(findings.iter().any(|f| f.place() == place), "{sql}: {findings:?}");
            for table in ["challenge", "challenge_body", "challenge_contact", "evidence"] {
                tamper(t, &format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}")).await;
            }
        }
        assert_eq!(look(t).await.1, []);
    }

    async fn an_address_is_erased_and_the_log_stays_valid(t: &mut TestStore) {
        fill(t).await;
        let answered = START.plus_seconds(4 * DAY);
        assert_eq!(t.contacts_of_answered(answered, 0).await.unwrap(), [1]);
        assert_eq!(t.contacts_of_answered(answered, 1).await.unwrap(), [] as [i64; 0]);
        assert_eq!(t.contacts_of_answered(Micros(answered.0 - 1), 0).await.unwrap(), [] as [i64; 0]);
        act(t, 1, &standing(t, 1).await, Command::EraseContact, 400).await.unwrap();
        assert_eq!(t.challenge_contact(1).await.unwrap(), None);
        assert!(t.scrub().await.unwrap());
        assert_eq!(look(t).await.1, []);
    }

    async fn a_backup_brings_challenges_back(t: &mut TestStore) {
        fill(t).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("backup");
        let (options, to) = (t.options(), file.clone());
        let made = tokio::task::spawn_blocking(move || {
            let plan = Plan { to: &to, settings: None, key: None, made_at: START };
            backup::backup(&options, &plan, &mut |_, _, _| {})
        });
        made.await.unwrap().unwrap();
        let mut other = t.blank().await;
        let (options, from) = (other.options(), file);
        let restored = tokio::task::spawn_blocking(move || {
            let how = Restore { from: &from, key: None, quarter: None, accept_findings: false };
            backup::restore(&options, &how, &mut |_, _, _| {})
        });
        let restored = restored.await.unwrap().unwrap();
        assert_eq!((restored.verdict.challenges, restored.verdict.findings), (3, 0));
        other.reopen().await;
        assert_eq!(t.challenge(1).await.unwrap(), other.challenge(1).await.unwrap());
        assert_eq!(t.challenge_history(1).await.unwrap(), other.challenge_history(1).await.unwrap());
        let again = receive(&other, 3, &draft("m2", "", false), 8).await;
        assert!(matches!(again, Err(WriteError::Duplicate)));
        receive(&other, 4, &draft("m2", "", false), 8).await.unwrap();
        assert_eq!(look(&other).await.1, []);
        other.finish().await;
    }
}

#[test]
fn a_database_of_the_schema_before_is_brought_up_to_date() {
    const BASE: &str = include_str!("../migrations/sqlite/0001_base.sql");
    cairn_testkit::run(async {
        let store = TestStore::sqlite().await;
        let mut other = store.blank().await;
        let path = other.path().join("core.db");
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection.execute_batch(BASE).unwrap();
        connection.pragma_update(None, "user_version", 1).unwrap();
        drop(connection);
        let trusted = Trusted::read(&store.path().join("keys"), ORIGIN).unwrap();
        let database = other.options().database;
        let told = tokio::task::spawn_blocking(move || {
            let check = Check {
                trusted: &trusted,
                quarter: None,
                progress: &mut |_| {},
                found: &mut |_| {},
            };
            verify::database(&database, check).unwrap_err().to_string()
        });
        let told = told.await.unwrap();
        let known = cairn_store::schema::NEWEST;
        let says = format!("has schema 1, this program knows {known}");
        assert!(told.contains(&says), "{told}");
        other.reopen().await;
        receive(&other, 1, &draft("m2", "", false), 1)
            .await
            .unwrap();
        assert_eq!(look(&other).await.1, []);
        other.finish().await;
        store.finish().await;
    });
}
