//! Returns, signatures, publications and seats of the strategy office, on both databases, and what the log proves of them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::too_many_lines,
    reason = "tests say what is wrong by failing; the bodies stand in a macro, where no lint sees that"
)]

use cairn_desk::track::{ReturnFile, ReturnState, Signature, TrackChange, TrackEvent};
use cairn_evidence::hash::{salted, sha256};
use cairn_kernel::actor::{Actor, Role};
use cairn_kernel::time::Micros;
use cairn_store::track::{Decided, NewReturn, NewVersion, SaltedText, Seat};
use cairn_store::writer::{Entry, WriteError};
use cairn_testkit::sample::START;
use cairn_testkit::{TestStore, on_both};

const PLAN: &str = "harbour";
const WHARF: &str = "Wharf Board (fictional)";

fn entry(by: &str, at: Micros, change: TrackChange) -> Entry {
    let event = TrackEvent {
        at,
        by: Actor::User(by.into()),
        change,
    };
    Entry::new(at.0, None, serde_json::to_string(&event).unwrap(), [9; 16])
}

fn file(sha256: &str, publish: bool) -> ReturnFile {
    ReturnFile {
        sha256: sha256.into(),
        size: 7,
        media_type: "text/plain".into(),
        name: format!("{}.txt", &sha256[..2]),
        publish,
    }
}

fn body_of(files: &[ReturnFile]) -> SaltedText {
    let files = serde_json::to_string(files).unwrap();
    SaltedText {
        salt: [3; 16],
        text: format!(r#"{{"filed":{{"says":"done"}},"files":{files}}}"#),
    }
}

async fn file_return(
    t: &TestStore,
    no: i64,
    corrects: Option<i64>,
    files: &[ReturnFile],
) -> Result<(), WriteError> {
    let (body, at) = (body_of(files), START.plus_seconds(no));
    let new = NewReturn {
        plan: PLAN,
        no,
        owner: WHARF,
        account: "ana",
        about: "initiative:masts",
        dissent: false,
        at,
        state: ReturnState::Waiting,
        corrects,
        body: &body,
        files,
    };
    let change = TrackChange::ReturnFiled {
        plan: PLAN.into(),
        no,
        owner: WHARF.into(),
        body: salted(&body.salt, body.text.as_bytes()).hex(),
        dissent: false,
        corrects,
    };
    t.add_return(&new, entry("ana", at, change)).await.map(drop)
}

async fn decide(t: &TestStore, no: i64, to: ReturnState) -> Result<(), WriteError> {
    let at = START.plus_seconds(100 + no);
    let reason = SaltedText {
        salt: [4; 16],
        text: "Which year?".into(),
    };
    let plan = PLAN.to_owned();
    let (change, reason) = match to {
        ReturnState::SentBack => {
            let digest = salted(&reason.salt, reason.text.as_bytes()).hex();
            let change = TrackChange::ReturnSentBack {
                plan,
                no,
                reason: digest,
            };
            (change, Some(&reason))
        }
        _ => (TrackChange::ReturnAccepted { plan, no }, None),
    };
    let made = Decided {
        plan: PLAN,
        no,
        from: ReturnState::Waiting,
        to,
        at,
        by: "eve",
        reason,
    };
    t.decide_return(&made, entry("eve", at, change)).await
}

async fn sign(t: &TestStore, role: Role, account: &str) -> Result<(), WriteError> {
    let signature = Signature {
        role,
        account: account.into(),
        at: START.plus_seconds(200),
    };
    let change = TrackChange::SignedOff {
        plan: PLAN.into(),
        role,
        digest: "d1".into(),
    };
    let entry = entry(account, signature.at, change);
    t.add_signature(PLAN, "d1", &signature, entry).await
}

async fn publish(t: &TestStore, no: i64, files: &[ReturnFile]) -> Result<(), WriteError> {
    let at = START.plus_seconds(300 + no);
    let bundle = format!("bundle {no}").into_bytes();
    let new = NewVersion {
        plan: PLAN,
        no,
        at,
        edition: "2026",
        digest: "d1",
        manifest: "m1",
        note: "note",
        bundle: &bundle,
        files,
    };
    let change = TrackChange::Published {
        plan: PLAN.into(),
        version: no,
        edition: "2026".into(),
        digest: "d1".into(),
        manifest: "m1".into(),
        bundle: sha256(&bundle).hex(),
    };
    t.publish_version(&new, entry("tom", at, change)).await
}

/// What the log says against it.
async fn findings(t: &TestStore) -> Vec<String> {
    let (verdict, findings) = t.log_verify().await;
    assert_eq!(verdict.findings as usize, findings.len());
    findings.iter().map(ToString::to_string).collect()
}

async fn filled(t: &TestStore) {
    let open = file(&"aa".repeat(32), true);
    let files = [open.clone(), file(&"bb".repeat(32), false)];
    file_return(t, 1, None, &[]).await.unwrap();
    decide(t, 1, ReturnState::SentBack).await.unwrap();
    file_return(t, 2, Some(1), &files).await.unwrap();
    decide(t, 2, ReturnState::Accepted).await.unwrap();
    sign(t, Role::Statistician, "eve").await.unwrap();
    sign(t, Role::Publisher, "tom").await.unwrap();
    publish(t, 1, &[open]).await.unwrap();
}

/// Changes the database behind the store's back.
async fn tamper(t: &TestStore, sql: &str) {
    if t.url().is_some() {
        t.tamper(sql).await;
    } else {
        let connection = rusqlite::Connection::open(t.path().join("core.db")).unwrap();
        connection.execute_batch(sql).unwrap();
    }
}

on_both! {
    async fn a_return_is_filed_once_and_decided_once(t: &mut TestStore) {
        assert_eq!(t.next_return(PLAN).await.unwrap(), 1);
        let files = [file(&"aa".repeat(32), true)];
        file_return(t, 1, None, &files).await.unwrap();
        assert_eq!(t.next_return(PLAN).await.unwrap(), 2);
        assert_eq!(t.next_return("other").await.unwrap(), 1);
        assert!(matches!(file_return(t, 1, None, &[]).await, Err(WriteError::Duplicate)));
        assert_eq!(t.return_files(PLAN, 1).await.unwrap(), files);
        let row = t.plan_return(PLAN, 1).await.unwrap().unwrap();
        assert_eq!((row.standing.state, row.standing.owner.as_str()), (ReturnState::Waiting, WHARF));
        assert_eq!(t.return_body(PLAN, 1).await.unwrap().unwrap(), body_of(&files).text);
        assert!(t.accepted_returns(PLAN).await.unwrap().is_empty());
        decide(t, 1, ReturnState::SentBack).await.unwrap();
        assert!(matches!(decide(t, 1, ReturnState::Accepted).await, Err(WriteError::Conflict)));
        let row = t.plan_return(PLAN, 1).await.unwrap().unwrap();
        assert_eq!(row.reason.as_deref(), Some("Which year?"));
        assert_eq!(row.decided_by.as_deref(), Some("eve"));
        file_return(t, 2, Some(1), &files).await.unwrap();
        assert!(matches!(file_return(t, 3, Some(1), &[]).await, Err(WriteError::Conflict)));
        assert!(t.plan_return(PLAN, 3).await.unwrap().is_none(), "all or nothing");
        decide(t, 2, ReturnState::Accepted).await.unwrap();
        let all = t.returns(PLAN).await.unwrap();
        let said: Vec<_> = all.iter().map(|r| (r.standing.no, r.corrects, r.corrected_by)).collect();
        assert_eq!(said, [(2, Some(1), None), (1, None, Some(2))]);
        let accepted = t.accepted_returns(PLAN).await.unwrap();
        assert_eq!((accepted.len(), accepted[0].0), (1, 2));
        assert_eq!(t.publishable_files(PLAN).await.unwrap(), files);
        assert_eq!(findings(t).await, [""; 0]);
    }

    async fn each_role_and_each_account_signs_once(t: &mut TestStore) {
        sign(t, Role::Statistician, "eve").await.unwrap();
        assert!(matches!(sign(t, Role::Statistician, "tom").await, Err(WriteError::Conflict)));
        assert!(matches!(sign(t, Role::Publisher, "eve").await, Err(WriteError::Conflict)));
        sign(t, Role::Publisher, "tom").await.unwrap();
        let signed = t.signatures(PLAN, "d1").await.unwrap();
        assert_eq!(signed.iter().map(|s| s.account.as_str()).collect::<Vec<_>>(), ["tom", "eve"]);
        assert!(t.signatures(PLAN, "d2").await.unwrap().is_empty());
        assert_eq!(findings(t).await, [""; 0]);
    }

    async fn what_was_published_stays(t: &mut TestStore) {
        let open = file(&"aa".repeat(32), true);
        filled(t).await;
        assert!(matches!(publish(t, 1, &[]).await, Err(WriteError::Duplicate)));
        publish(t, 2, std::slice::from_ref(&open)).await.unwrap();
        let all = t.versions(PLAN).await.unwrap();
        assert_eq!(all.iter().map(|v| v.no).collect::<Vec<_>>(), [2, 1]);
        // Filed, sent back, filed, accepted, signed twice: the publication is the seventh line.
        assert_eq!((all[1].log_index, all[1].bytes), (Some(6), 8));
        assert_eq!(t.version(PLAN, 1).await.unwrap().as_ref(), Some(&all[1]));
        assert_eq!(t.bundle(PLAN, 1).await.unwrap().unwrap(), b"bundle 1");
        assert_eq!(t.published_file(PLAN, &open.sha256).await.unwrap().as_deref(), Some("aa.txt"));
        assert!(t.published_file(PLAN, &"bb".repeat(32)).await.unwrap().is_none());
        assert!(t.published_file("other", &open.sha256).await.unwrap().is_none());
        assert_eq!(findings(t).await, [""; 0]);
    }

    async fn the_log_tells_every_change_behind_its_back(t: &mut TestStore) {
        filled(t).await;
        for (sql, undo, says) in [
            ("UPDATE plan_return SET body = replace(body, 'done', 'late')",
             "UPDATE plan_return SET body = replace(body, 'late', 'done')", "do not give the digest"),
            ("UPDATE plan_return SET reason = 'No.' WHERE no = 1",
             "UPDATE plan_return SET reason = 'Which year?' WHERE no = 1", "the reason and its salt"),
            ("UPDATE plan_return SET state = 'accepted' WHERE no = 1",
             "UPDATE plan_return SET state = 'sent_back' WHERE no = 1", "state is accepted"),
            ("UPDATE plan_return SET owner = 'Other'",
             "UPDATE plan_return SET owner = 'Wharf Board (fictional)'", "owner is Other"),
            ("UPDATE plan_file SET publish = TRUE WHERE name = 'bb.txt'",
             "UPDATE plan_file SET publish = FALSE WHERE name = 'bb.txt'", "not what the return's body says"),
            ("UPDATE plan_signature SET account = 'bob' WHERE account = 'tom'",
             "UPDATE plan_signature SET account = 'tom' WHERE account = 'bob'", "no such signature"),
            ("UPDATE plan_version SET manifest = 'm2'",
             "UPDATE plan_version SET manifest = 'm1'", "manifest is not what the log says"),
            ("UPDATE plan_version SET log_index = 3",
             "UPDATE plan_version SET log_index = 6", "another line of the log"),
            ("UPDATE plan_evidence SET sha256 = 'bb'",
             "UPDATE plan_evidence SET sha256 = (SELECT sha256 FROM plan_file WHERE name = 'aa.txt')", "was not released"),
        ] {
            tamper(t, sql).await;
            let found = findings(t).await;
            assert!(found.iter().any(|finding| finding.contains(says)), "{sql}: {found:?}");
            tamper(t, undo).await;
            assert_eq!(findings(t).await, [""; 0], "{undo}");
        }
        tamper(t, "DELETE FROM plan_return WHERE no = 1; DELETE FROM plan_version").await;
        let found = findings(t).await.join("\n");
        assert!(found.contains("the log says that it was filed"), "{found}");
        assert!(found.contains("the log says that it was published"), "{found}");
    }

    async fn seats_are_given_taken_and_reminded_once(t: &mut TestStore) {
        let seat = |mail: Option<&str>| Seat {
            plan: PLAN.into(),
            account: "ana".into(),
            owner: WHARF.into(),
            mail: mail.map(str::to_owned),
            reminded_at: None,
        };
        let given = || entry("tom", START, TrackChange::SeatGiven {
            plan: PLAN.into(), account: "ana".into(), owner: WHARF.into(),
        });
        t.give_seat(&seat(None), given()).await.unwrap();
        t.give_seat(&seat(Some("wharf@example.org")), given()).await.unwrap();
        assert_eq!(t.seats().await.unwrap(), [seat(Some("wharf@example.org"))]);
        assert_eq!(t.seats_of("ana").await.unwrap().len(), 1);
        assert!(t.seats_of("ben").await.unwrap().is_empty());
        let old = seat(Some("wharf@example.org"));
        t.remind_seat(&old, ("plan_due", "{}"), START).await.unwrap();
        let again = t.remind_seat(&old, ("plan_due", "{}"), START).await;
        assert!(matches!(again, Err(WriteError::Conflict)));
        assert_eq!(t.due_jobs(START, 10).await.unwrap().len(), 1);
        assert_eq!(t.seats().await.unwrap()[0].reminded_at, Some(START));
        let taken = || entry("tom", START, TrackChange::SeatTaken {
            plan: PLAN.into(), account: "ana".into(), owner: WHARF.into(),
        });
        t.take_seat(PLAN, "ana", WHARF, taken()).await.unwrap();
        let again = t.take_seat(PLAN, "ana", WHARF, taken()).await;
        assert!(matches!(again, Err(WriteError::Conflict)));
        assert_eq!(findings(t).await, [""; 0]);
    }

    async fn files_of_returns_are_not_swept_away(t: &mut TestStore) {
        let mut kept = Vec::new();
        for content in ["one", "two"] {
            let mut incoming = t.take_blob(100).unwrap();
            incoming.push(content.as_bytes()).unwrap();
            kept.push(t.keep_blob(incoming, "text/plain", START).await.unwrap().sha256);
        }
        assert_eq!(t.unnamed_bytes().await.unwrap(), 6);
        file_return(t, 1, None, &[file(&kept[0], false)]).await.unwrap();
        assert_eq!(t.unnamed_bytes().await.unwrap(), 3);
        assert_eq!(t.sweep_blobs(START.plus_seconds(100_000)).await.unwrap(), 1);
        assert_eq!(t.read_blob(&kept[0]).await.unwrap(), b"one");
        assert!(t.blob(&kept[1]).await.unwrap().is_none());
    }
}
