//! Handover notes, and the counts of the work at hand, the same on both databases. Counts are held against a walk over all reports.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::too_many_lines,
    reason = "tests say what is wrong by failing; the bodies stand in a macro, where no lint sees that"
)]

use cairn_desk::report::{Back, Change as Of, Command, Event as Happened, Standing, State};
use cairn_desk::shift::{Cell, Change, Event, Note, SEGMENTS, Waits};
use cairn_evidence::hash::salted;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::report::{Summary, change as change_report};
use cairn_store::shift::{self, Kept};
use cairn_store::verify;
use cairn_store::writer::{Entry, WriteError};
use cairn_testkit::sample::{self, Dice, START, Sample, act};
use cairn_testkit::{TO_SCHEMA_29, TestStore, on_both};

const DAY: i64 = 24 * 3_600;

async fn wrong(t: &TestStore) -> Vec<String> {
    let findings = t.log_verify().await.1;
    findings.iter().map(verify::Finding::place).collect()
}

fn event(no: i64, at: i64, by: &str, change: Change) -> (Event, Entry) {
    let event = Event {
        handover: no,
        at: Micros(at),
        by: Actor::User(by.into()),
        change,
    };
    let json = serde_json::to_string(&event).unwrap();
    let entry = Entry::new(at, None, json, Dice::new(at as u64).bytes());
    (event, entry)
}

async fn write(
    t: &TestStore,
    no: i64,
    by: &str,
    text: &str,
    corrects: Option<i64>,
) -> Result<(), WriteError> {
    let salt = Dice::new(no as u64).bytes();
    let digest = salted(&salt, text.as_bytes()).hex();
    let (event, entry) = event(no, 100 + no, by, Change::Written { digest, corrects });
    let note = Note::new(&event).unwrap();
    t.write(shift::write(&note, salt, text, entry))
        .await
        .map(drop)
}

async fn happen(
    t: &TestStore,
    no: i64,
    at: i64,
    by: &str,
    change: Change,
) -> Result<(), WriteError> {
    let (event, entry) = event(no, at, by, change);
    t.write(shift::change(&event, entry)).await.map(drop)
}

/// Reports over sixty days, some of them worked on.
async fn fill(t: &TestStore) -> Vec<(Summary, bool)> {
    let mut all = Vec::new();
    for seed in 0..60 {
        let at = START.plus_seconds((seed as i64 - 59) * DAY);
        let sample = Sample::new(t, seed, at);
        sample.send(t).await.unwrap();
        let (no, officer) = (sample.no, Actor::User("officer-1".into()));
        let does = async |command, text| {
            act(t, no, officer.clone(), command, text).await.unwrap();
        };
        if seed % 4 == 1 {
            let to = Some(format!("officer-{}", seed % 3));
            does(Command::Assign { to }, None).await;
        }
        if seed % 3 == 0 {
            let digest = String::new();
            let waits = seed % 2 == 0;
            does(Command::OfficerWrite { digest, waits }, Some("Kia ora")).await;
        }
        if seed % 5 == 0 {
            let outcome = "advice_given".into();
            does(Command::Close { outcome }, None).await;
        }
        if seed % 7 == 0 && sample.contact.is_some() {
            does(Command::EraseContact, None).await;
        }
        let row = t.report(no).await.unwrap().unwrap();
        all.push((row, sample.contact.is_some()));
    }
    all
}

const fn answered(no: i64) -> bool {
    let seed = no - 1;
    seed % 3 == 0 || seed % 5 == 0
}

/// What the report's events say of its first answer, as the log has them.
async fn first_answer(t: &TestStore, no: i64) -> Option<Micros> {
    let standing = sample::standing(t, no).await;
    let history = t.history(no).await.unwrap();
    let first = standing.answers.first()?;
    Some(history[usize::try_from(first - 1).unwrap()].at)
}

async fn undo(t: &TestStore, no: i64, number: i64, back: Back, seed: u64) {
    let before: Standing = sample::standing(t, no).await;
    let at = START.plus_seconds(5 * 3_600 + seed as i64);
    let event = Happened {
        report: no,
        at,
        by: Actor::User("officer-1".into()),
        change: Of::Undone {
            event: number,
            back: Box::new(back),
        },
    };
    let json = serde_json::to_string(&event).unwrap();
    let entry = Entry::new(at.0, Some(no), json, Dice::new(seed).bytes());
    let unit = change_report(no, &before, vec![(event, entry)], None);
    t.write(unit).await.unwrap();
}

async fn answered_at(t: &TestStore, no: i64) -> Option<Micros> {
    let (answers, _) = t.first_answers(Micros(0)).await.unwrap();
    let received = t.report(no).await.unwrap().unwrap().received_at;
    let own = answers.iter().find(|one| one.received_at == received);
    own.map(|one| one.at)
}

on_both! {
    async fn notes_are_kept_with_their_story(t: &mut TestStore) {
        assert_eq!(t.newest_handover().await.unwrap(), 0);
        write(t, 1, "ana", "Watch case 3.", None).await.unwrap();
        write(t, 2, "ben", "Nothing new.", None).await.unwrap();
        assert!(matches!(write(t, 2, "cy", "Both at once.", None).await, Err(WriteError::Duplicate)));
        write(t, 3, "cy", "Both at once.", None).await.unwrap();
        happen(t, 1, 200, "ben", Change::Read).await.unwrap();
        happen(t, 1, 201, "cy", Change::Read).await.unwrap();
        assert!(matches!(happen(t, 1, 202, "cy", Change::Read).await, Err(WriteError::Conflict)));
        write(t, 4, "ana", "Watch case 4.", Some(1)).await.unwrap();
        assert!(matches!(write(t, 5, "ana", "Watch case 5.", Some(1)).await, Err(WriteError::Conflict)));
        happen(t, 2, 300, "lead", Change::Withdrawn).await.unwrap();
        for (no, change) in [(2, Change::Withdrawn), (1, Change::Withdrawn), (9, Change::Erased)] {
            let late = happen(t, no, 301, "ben", change).await;
            assert!(matches!(late, Err(WriteError::Conflict)), "{no}: {late:?}");
        }
        happen(t, 3, 400, "lead", Change::Erased).await.unwrap();

        let found = t.handovers(i64::MAX, 10).await.unwrap();
        let numbers: Vec<i64> = found.iter().map(|kept| kept.note.no).collect();
        assert_eq!(numbers, [4, 3, 2, 1]);
        assert_eq!(t.handovers(3, 1).await.unwrap()[0].note.no, 2);
        let Kept { note, text } = &found[3];
        assert_eq!((text.as_deref(), note.corrected_by, note.by.as_str()), (Some("Watch case 3."), Some(4), "ana"));
        let read: Vec<_> = note.read.iter().map(|(by, at)| (by.as_str(), at.0)).collect();
        assert_eq!(read, [("ben", 200), ("cy", 201)]);
        assert_eq!(found[2].note.withdrawn, Some((Micros(300), "lead".into())));
        assert!(found[1].note.erased && found[1].text.is_none() && found[0].note.holds());
        assert_eq!(t.handover_of(&found[0].note.digest).await.unwrap(), Some(4));
        assert_eq!(t.handover_of("none").await.unwrap(), None);
        assert_eq!(t.handover(4).await.unwrap().as_ref(), Some(&found[0]));
        assert_eq!(wrong(t).await, [""; 0]);
    }

    async fn what_is_changed_in_a_note_is_found(t: &mut TestStore) {
        for no in 1..=3 {
            write(t, no, "ana", "Watch case 3.", None).await.unwrap();
        }
        happen(t, 1, 200, "ben", Change::Read).await.unwrap();
        happen(t, 3, 201, "ana", Change::Withdrawn).await.unwrap();
        assert_eq!(wrong(t).await, [""; 0]);
        for (sql, back, place) in [
            ("UPDATE handover SET text = 'Do not.' WHERE no = 1", "UPDATE handover SET text = 'Watch case 3.' WHERE no = 1", "handover 1"),
            ("UPDATE handover SET account = 'ben' WHERE no = 2", "UPDATE handover SET account = 'ana' WHERE no = 2", "handover 2"),
            ("UPDATE handover SET withdrawn_by = 'ben' WHERE no = 3", "UPDATE handover SET withdrawn_by = 'ana' WHERE no = 3", "handover 3"),
            ("UPDATE handover SET corrected_by = 2 WHERE no = 1", "UPDATE handover SET corrected_by = NULL WHERE no = 1", "handover 1"),
            ("UPDATE handover_read SET account = 'cy'", "UPDATE handover_read SET account = 'ben'", "handover_read 1"),
            ("UPDATE handover_read SET at = 7", "UPDATE handover_read SET at = 200", "handover_read 1"),
            ("DELETE FROM handover_read", "INSERT INTO handover_read(no, account, at) VALUES (1, 'ben', 200)", "handover_read 1"),
            ("INSERT INTO handover_read(no, account, at) VALUES (2, 'ben', 5)", "DELETE FROM handover_read WHERE no = 2", "handover_read 2"),
            ("INSERT INTO handover(no, at, account, digest) VALUES (4, 5, 'ana', 'ab')", "DELETE FROM handover WHERE no = 4", "handover 4"),
            ("DELETE FROM handover WHERE no = 2", "", "handover 2"),
        ] {
            intrude(t, sql).await;
            let found = wrong(t).await;
            assert!(found.iter().any(|found| found == place), "{sql}: {found:?}");
            if !back.is_empty() {
                intrude(t, back).await;
                assert_eq!(wrong(t).await, [""; 0], "{back}");
            }
        }
    }

    async fn open_reports_are_counted_by_severity_and_age(t: &mut TestStore) {
        let all = fill(t).await;
        let moments: Vec<Micros> = [-1, -2, -2, -6, -20, -29, -45].map(|days| START.plus_seconds(days * DAY + 1)).into();
        let bounds = t.numbers_since(&moments).await.unwrap();
        for (no, at) in bounds.iter().zip(&moments) {
            for (row, _) in &all {
                // Times of anonymous reports are cut to the hour; these moments lie just after one.
                assert_eq!(row.received_at >= *at, row.no >= *no, "{row:?} {at}");
            }
        }
        let found = t.open_reports(&bounds).await.unwrap();
        assert_eq!(found.iter().map(|(severity, _)| *severity).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
        let mut expected = vec![[Cell::default(); SEGMENTS]; 6];
        for (row, contact) in all.iter().filter(|(row, _)| row.state != "closed") {
            let piece = bounds.iter().filter(|no| row.no >= **no).count();
            let cell = &mut expected[usize::from(row.severity) - 1][piece];
            let (nobody, waits) = (row.assignee.is_none(), !answered(row.no));
            *cell = cell.and(Cell {
                reports: 1,
                nobody: u64::from(nobody),
                unanswered: u64::from(waits && *contact),
                unreachable: u64::from(waits && !*contact),
                oldest: Some(row.no),
                oldest_nobody: nobody.then_some(row.no),
                more: false,
            });
        }
        assert_eq!(found.iter().map(|(_, cells)| *cells).collect::<Vec<_>>(), expected);
        assert_eq!(wrong(t).await, [""; 0]);
    }

    async fn the_load_of_each_officer_is_counted(t: &mut TestStore) {
        let all = fill(t).await;
        let loads = t.loads(START).await.unwrap();
        assert!(!loads.more);
        let people: Vec<&str> = loads.people.keys().map(String::as_str).collect();
        assert_eq!(people, ["officer-0", "officer-1", "officer-2"]);
        for (id, load) in &loads.people {
            let own: Vec<_> = all.iter().filter(|(row, _)| row.assignee.as_ref() == Some(id) && row.state != "closed").collect();
            assert_eq!(load.reports, own.len() as u64);
            let waiting = own.iter().filter(|(row, _)| row.state == State::Waiting.as_str()).count();
            assert_eq!(load.waiting, waiting as u64);
            let unanswered = own.iter().filter(|(row, contact)| *contact && !answered(row.no)).count();
            assert_eq!(load.unanswered, unanswered as u64);
            let oldest = own.iter().map(|(row, _)| (row.no, row.received_at)).min();
            assert_eq!(load.oldest, oldest);
        }
    }

    async fn first_answers_and_what_came_in_are_counted(t: &mut TestStore) {
        let all = fill(t).await;
        let (answers, more) = t.first_answers(Micros(0)).await.unwrap();
        assert!(!more);
        let should = all.iter().filter(|(row, _)| answered(row.no)).count();
        assert_eq!(answers.len(), should);
        assert_eq!(t.first_answers(START.plus_seconds(30 * DAY)).await.unwrap().0, []);
        let mut waits = Vec::new();
        for (row, contact) in all.iter().filter(|(row, _)| answered(row.no)) {
            let at = first_answer(t, row.no).await.unwrap();
            assert!(answers.iter().any(|one| (one.received_at, one.at, one.reachable) == (row.received_at, at, *contact)));
            waits.push((at.0 - row.received_at.0) / 1_000_000);
        }
        assert!(Waits::of(waits, 0, false).median > Some(DAY));
        let since = t.numbers_since(&[START.plus_seconds(-20 * DAY)]).await.unwrap()[0];
        let came = t.came_since(since).await.unwrap();
        let of = |category: &str| all.iter().filter(|(row, _)| row.no >= since && row.category == category).map(|(row, _)| row).collect::<Vec<_>>();
        for one in &came {
            let own = of(&one.category);
            assert_eq!((one.received, one.more), (own.len() as u64, false));
            assert_eq!(one.closed, own.iter().filter(|row| row.state == "closed").count() as u64);
        }
        assert_eq!(came.iter().map(|one| one.received).sum::<u64>(), 21);
        assert_eq!(t.closed_since(Micros(0)).await.unwrap(), (12, false));
        assert_eq!(t.closed_since(START.plus_seconds(3_600 + 57)).await.unwrap(), (0, false));
    }

    async fn answers_of_an_older_database_are_found_in_its_log(t: &mut TestStore) {
        fill(t).await;
        // One whose only answer was undone, and one where that was undone too.
        let officer = Actor::User("officer-1".into());
        for (seed, again) in [(90, false), (91, true)] {
            let sample = Sample::new(t, seed, START);
            sample.send(t).await.unwrap();
            let outcome = String::from("advice_given");
            act(t, sample.no, officer.clone(), Command::Close { outcome: outcome.clone() }, None).await.unwrap();
            undo(t, sample.no, 2, Back { state: Some((State::Received, None)), ..Back::default() }, seed).await;
            if again {
                let back = Back { state: Some((State::Closed, Some(outcome))), ..Back::default() };
                undo(t, sample.no, 3, back, seed + 10).await;
            }
        }
        let before = (t.first_answers(Micros(0)).await.unwrap(), t.open_reports(&[30; SEGMENTS - 1]).await.unwrap());
        assert_eq!(before.0.0.len(), 29);
        back_to_schema_8(t).await;
        let after = (t.first_answers(Micros(0)).await.unwrap(), t.open_reports(&[30; SEGMENTS - 1]).await.unwrap());
        assert_eq!(after, before);
        assert_eq!(wrong(t).await, [""; 0]);
    }

    async fn an_answer_that_was_undone_is_none(t: &mut TestStore) {
        let sample = Sample::new(t, 1, START);
        sample.send(t).await.unwrap();
        let (no, officer) = (sample.no, Actor::User("officer-1".into()));
        assert_eq!(answered_at(t, no).await, None);
        let outcome = String::from("advice_given");
        act(t, no, officer.clone(), Command::Close { outcome: outcome.clone() }, None).await.unwrap();
        let closed = answered_at(t, no).await;
        assert_eq!(closed, Some(START.plus_seconds(3_600 + no)));
        let open = Back { state: Some((State::Received, None)), ..Back::default() };
        undo(t, no, 2, open.clone(), 1).await;
        assert_eq!(answered_at(t, no).await, None);
        // Written after the closing that is undone: the first answer is now the message.
        undo(t, no, 3, Back { state: Some((State::Closed, Some(outcome))), ..Back::default() }, 2).await;
        assert_eq!(answered_at(t, no).await, closed);
        let before = sample::standing(t, no).await;
        assert_eq!((before.state, before.version), (State::Closed, 4));
        let late = sample::change_unit(t, no, officer.clone(), Command::Reopen, None, START.plus_seconds(6 * 3_600)).await;
        t.write(late).await.unwrap();
        let wrote = START.plus_seconds(7 * 3_600);
        let message = Command::OfficerWrite { digest: String::new(), waits: false };
        let late = sample::change_unit(t, no, officer, message, Some("Kia ora"), wrote).await;
        t.write(late).await.unwrap();
        assert_eq!(answered_at(t, no).await, closed);
        undo(t, no, 4, Back { category: Some(("scam".into(), None)), ..Back::default() }, 3).await;
        assert_eq!(answered_at(t, no).await, Some(wrote));
        assert_eq!(first_answer(t, no).await, Some(wrote));
        assert_eq!(wrong(t).await, [""; 0]);
    }
}

/// What takes a database back to schema 8.
const BEFORE: &str = "DELETE FROM meta WHERE key = 'words_to'; DROP TABLE claim; DROP TABLE contact_ask; DROP TABLE pull_token; DROP TABLE agency_key; DROP TABLE case_file; DROP TABLE feed_source; DROP TABLE feed_arrival; DROP TABLE feed_seen; DROP TABLE cluster_mail; DROP TABLE cluster_held; DROP TABLE report_reword; DROP TABLE constituent; DROP TABLE constituent_step; DROP TABLE constituent_mark; DROP TABLE notice_mark; DROP TABLE directive; DROP TABLE notice_group; DROP TABLE notice; DROP TABLE notice_step; DROP TABLE notice_row; DROP TABLE notice_answer; DROP TABLE notice_mail; DROP TABLE notice_tally; DROP TABLE token; DROP TABLE webhook; DROP TABLE webhook_delivery; DROP TABLE report_old; DROP TABLE old_ref; ALTER TABLE report DROP COLUMN counts; DROP TABLE passkey; DROP TABLE identity; ALTER TABLE session DROP COLUMN way; ALTER TABLE session DROP COLUMN proved_at; \
    DROP TABLE report_key; DROP TABLE case_fts; DROP INDEX case_head_found; ALTER TABLE case_head DROP COLUMN found; DROP TABLE case_relation; DROP TABLE report_mail; DROP TABLE mail_sent; DROP TABLE bulk; DROP TABLE bulk_report; \
    DROP TABLE rule; DROP TABLE rule_step; DROP TABLE rule_version; DROP TABLE rule_hit; DROP TABLE rule_mark; \
    DROP TABLE rule_seen; DROP TABLE referral; DROP TABLE referral_text; ALTER TABLE api_key DROP COLUMN agency; \
    DROP INDEX report_severity; DROP INDEX report_category; DROP INDEX case_head_owner; DROP INDEX report_load; \
    DROP INDEX report_answered; DROP INDEX report_closed_at; DROP TABLE handover; DROP TABLE handover_read; \
    ALTER TABLE report DROP COLUMN answered_at; ALTER TABLE report DROP COLUMN reachable; \
    CREATE INDEX report_severity ON report (severity, no DESC) WHERE state <> 'closed'; \
    CREATE INDEX report_category ON report (category, no DESC); \
    CREATE INDEX case_head_owner ON case_head (owner, no DESC) WHERE state <> 'closed'; ";

async fn back_to_schema_8(t: &mut TestStore) {
    let before = format!("{TO_SCHEMA_29}{BEFORE}");
    let here = t.is_sqlite();
    t.close().await;
    if here {
        let connection = rusqlite::Connection::open(t.path().join("core.db")).unwrap();
        connection.execute_batch(&before).unwrap();
        connection.pragma_update(None, "user_version", 8).unwrap();
    } else {
        t.tamper(&format!("{before} UPDATE cairn_schema SET number = 8"))
            .await;
    }
    t.reopen().await;
}

async fn intrude(t: &TestStore, sql: &str) {
    if t.is_sqlite() {
        let connection = rusqlite::Connection::open(t.path().join("core.db")).unwrap();
        assert_eq!(connection.execute(sql, []).unwrap(), 1, "{sql}");
    } else {
        t.tamper(sql).await;
    }
}
