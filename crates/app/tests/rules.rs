//! Rules of the desk through the real store on both databases: a dry run says what running does, what people decided stays, a rule
//! that does too much stops itself, and what it did is taken back; always as the evidence log says.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::too_many_lines
)]

use std::collections::{BTreeMap, BTreeSet};

use cairn_app::account::Principal;
use cairn_app::clock::Clock;
use cairn_app::report::AppError;
use cairn_app::search::QueueQuery;
use cairn_app::{App, Config};
use cairn_desk::report::{Command as Work, Contact, Draft, State};
use cairn_desk::rules::{Command, Deed, Refusal, Stage, Typed};
use cairn_kernel::actor::{Actor, Role};
use cairn_kernel::time::Micros;
use cairn_store::backup::{self, Plan, Restore};
use cairn_store::verify::Finding;
use cairn_store::writer::Unit;
use cairn_testkit::campaigns::campaigns;
use cairn_testkit::sample::Dice;
use cairn_testkit::{TestStore, account, on_both, sample};

/// 07:25 on 25 November 2026 in New Zealand.
const START: Micros = Micros(1_795_544_700_000_000);
const ON: Command = Command::SwitchOn { others: 0 };

fn app(store: &TestStore) -> (App, Clock) {
    store.app(Config::default(), START)
}

async fn look(t: &TestStore) -> Vec<Finding> {
    t.log_verify().await.1
}

/// Reports of one day as the form takes them.
fn day(app: &App, seed: u64, count: usize) -> Vec<Draft> {
    let examples = campaigns(seed, count);
    let draft = |report| app.form.parse_json(&serde_json::to_vec(report).unwrap());
    let all = examples.iter().map(|example| draft(&example.report));
    all.collect::<Result<_, _>>().unwrap()
}

/// A report of one category; with contact details, or anonymous.
fn about(seed: u64, category: &str, anonymous: bool) -> Draft {
    let mut draft = sample::draft(seed);
    draft.body.category = category.into();
    draft.body.subtype = None;
    draft.body.severity = 5;
    draft.body.anonymous = anonymous;
    draft.body.suspect = false;
    draft.body.channel = cairn_desk::report::Channel::Web;
    draft.body.files.clear();
    draft.contact = (!anonymous).then(|| Contact {
        name: None,
        email: Some("person@example.org".into()),
        phone: None,
    });
    draft
}

async fn send(app: &App, draft: &Draft) -> (i64, String) {
    let received = app.submit(draft, Actor::Reporter, None).await.unwrap();
    (received.no, received.reference)
}

fn rule(when: &str) -> Typed {
    Typed {
        name: format!("Rule for {when}"),
        when: when.into(),
        hour_hits: "1000".into(),
        ..Typed::default()
    }
}

async fn written(app: &App, who: &Principal, typed: &Typed) -> i64 {
    app.write_rule(who, None, typed, None)
        .await
        .unwrap()
        .unwrap()
}

async fn steps(app: &App, who: &Principal, no: i64) -> i64 {
    app.read_rule(who, no).await.unwrap().rule.steps
}

/// Tried out and switched on by a lead.
async fn switched_on(app: &App, who: &Principal, no: i64) {
    app.try_rule(who, no, steps(app, who, no).await)
        .await
        .unwrap();
    let seen = steps(app, who, no).await;
    app.work_rule(who, (no, seen), ON).await.unwrap();
}

/// Category, severity, state and assignee.
async fn standing(
    app: &App,
    who: &Principal,
    reference: &str,
) -> (String, u8, State, Option<String>) {
    let whole = app.read_report(who, reference).await.unwrap();
    let now = &whole.standing;
    (
        now.category.clone(),
        now.severity,
        now.state,
        now.assignee.clone(),
    )
}

fn refused(done: Result<(), AppError>) -> Refusal {
    match done {
        Err(AppError::Rule(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

/// As an intruder would, through the store's own writer: nothing is logged.
async fn tamper(t: &TestStore, sql: &str) {
    let mut unit = Unit::default();
    for statement in sql.split(';') {
        unit.exec(statement.trim().to_owned().leak(), Vec::new());
    }
    t.write(unit).await.unwrap();
}

on_both! {
    async fn the_log_knows_all_of_it_and_a_backup_brings_it_back(t: &mut TestStore) {
        let (app, _) = app(t);
        let lead = account(&app, "lea", Role::Lead).await;
        let typed = Typed { severity: "2".into(), ask: "Look.".into(), ..rule("category:phishing") };
        // The same form sent twice writes one rule.
        let no = app.write_rule(&lead, None, &typed, Some("key")).await.unwrap().unwrap();
        assert_eq!(app.write_rule(&lead, None, &typed, Some("key")).await.unwrap(), Ok(no));
        assert_eq!(written(&app, &lead, &typed).await, 2);
        switched_on(&app, &lead, no).await;
        send(&app, &about(1, "phishing", false)).await;
        app.run_rules().await.unwrap();
        assert_eq!(look(t).await, vec![]);
        let tables = ["rule", "rule_step", "rule_version", "rule_hit"];
        for table in tables {
            tamper(t, &format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await;
        }
        for (sql, table) in [
            ("UPDATE rule SET author = 'x' WHERE no = 1", "rule"),
            ("UPDATE rule SET on_version = NULL WHERE no = 1", "rule"),
            ("UPDATE rule SET on_version = 1 WHERE no = 2", "rule"),
            ("UPDATE rule SET stage = 'tried' WHERE no = 2", "rule"),
            ("UPDATE rule SET replies = TRUE WHERE no = 1", "rule"),
            ("UPDATE rule SET touched = 0, tried_at = 1 WHERE no = 1", "rule"),
            ("UPDATE rule SET stopped_at = 1 WHERE no = 1", "rule"),
            ("UPDATE rule SET steps = 9 WHERE no = 1", "rule"),
            ("DELETE FROM rule WHERE no = 2", "rule"),
            ("INSERT INTO rule SELECT 3, at, author, version, replies, stage, tried_at, touched, asked_by, on_version, \
              stopped_at, steps FROM rule WHERE no = 2", "rule"),
            ("UPDATE rule_step SET event = replace(event, 'written', 'off') WHERE no = 1 AND n = 1", "rule_step"),
            ("DELETE FROM rule_step WHERE no = 1 AND n = 3", "rule_step"),
            ("INSERT INTO rule_step VALUES (1, 9, 'x')", "rule_step"),
            ("UPDATE rule_version SET content = replace(content, 'phishing', 'malware') WHERE no = 1", "rule_version"),
            ("UPDATE rule_version SET account = 'x' WHERE no = 1", "rule_version"),
            ("UPDATE rule_version SET trial = replace(trial, '\"touched\":0', '\"touched\":1') WHERE no = 1", "rule_version"),
            ("UPDATE rule_version SET trial = NULL, trial_salt = NULL WHERE no = 1", "rule_version"),
            ("DELETE FROM rule_version WHERE no = 2", "rule_version"),
            ("UPDATE rule_hit SET asks = FALSE", "rule_hit"),
            ("UPDATE rule_hit SET version = 2", "rule_hit"),
            ("UPDATE rule_hit SET at = at + 1", "rule_hit"),
            ("DELETE FROM rule_hit", "rule_hit"),
            ("INSERT INTO rule_hit VALUES (1, 2, 1, 7, FALSE, FALSE)", "rule_hit"),
            ("INSERT INTO rule_hit VALUES (900, 1, 1, 7, FALSE, FALSE)", "rule_hit"),
        ] {
            tamper(t, sql).await;
            let findings = look(t).await;
            assert!(findings.iter().any(|finding| finding.table == table), "{sql}: {findings:?}");
            for table in tables {
                tamper(t, &format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}")).await;
            }
        }
        for table in tables {
            tamper(t, &format!("DROP TABLE kept_{table}")).await;
        }
        assert_eq!(look(t).await, vec![]);
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
        assert_eq!(restored.await.unwrap().unwrap().verdict.findings, 0);
        other.reopen().await;
        assert_eq!(t.rules().await.unwrap(), other.rules().await.unwrap());
        assert_eq!(t.rule_asked().await.unwrap(), other.rule_asked().await.unwrap());
        assert_eq!(t.rule_versions(1).await.unwrap(), other.rule_versions(1).await.unwrap());
        assert_eq!(t.rule_events(1).await.unwrap(), other.rule_events(1).await.unwrap());
        other.finish().await;
    }

    async fn before_after_and_restored(t: &mut TestStore) {
        let (app, clock) = app(t);
        let lead = account(&app, "lea", Role::Lead).await;
        let officer = account(&app, "ben", Role::Officer).await;
        let (_, old) = send(&app, &about(1, "phishing", false)).await;
        let typed = Typed {
            category: "scam".into(),
            severity: "2".into(),
            assign: officer.account.clone(),
            ask: "Is it new?".into(),
            ..rule("category:phishing")
        };
        let no = written(&app, &officer, &typed).await;
        assert_eq!(refused(app.work_rule(&lead, (no, 1), ON).await), Refusal::NotTried);
        let trial = app.try_rule(&officer, no, 1).await.unwrap();
        assert_eq!((trial.looked, trial.touched), (1, 1));
        let denied = app.work_rule(&officer, (no, 2), ON).await;
        assert!(matches!(denied, Err(AppError::Denied(_))), "{denied:?}");
        app.work_rule(&lead, (no, 2), ON).await.unwrap();
        assert_eq!(app.run_rules().await.unwrap(), 0, "what was here stays");

        let (_, one) = send(&app, &about(2, "phishing", false)).await;
        let (_, other) = send(&app, &about(3, "malware", false)).await;
        let before = standing(&app, &lead, &one).await;
        assert_eq!(before, ("phishing".into(), 5, State::Received, None));
        assert_eq!(app.run_rules().await.unwrap(), 2);
        assert_eq!(app.run_rules().await.unwrap(), 0, "each once");
        let after = standing(&app, &lead, &one).await;
        assert_eq!(after, ("scam".into(), 2, State::Open, Some(officer.account.clone())));
        assert_eq!(standing(&app, &lead, &other).await.1, 5);
        assert_eq!(standing(&app, &lead, &old).await, before);
        let asked = app.rules_asked(&lead).await.unwrap();
        assert_eq!(asked.len(), 1);
        assert_eq!(asked[0].1.ask.as_deref(), Some("Is it new?"));
        assert_eq!(look(t).await, vec![]);

        clock.set(START.plus_seconds(120));
        assert_eq!(app.take_back_rule(&lead, no, 1).await.unwrap(), 1);
        assert_eq!(standing(&app, &lead, &one).await, before);
        assert!(app.rules_asked(&lead).await.unwrap().is_empty());
        assert_eq!(app.take_back_rule(&lead, no, 1).await.unwrap(), 0, "once");
        assert_eq!(app.run_rules().await.unwrap(), 0, "and it does not come again");
        assert_eq!(look(t).await, vec![]);
    }

    async fn what_people_decided_stays_also_when_it_is_taken_back(t: &mut TestStore) {
        let (app, _) = app(t);
        let lead = account(&app, "lea", Role::Lead).await;
        let typed = Typed {
            category: "scam".into(),
            severity: "2".into(),
            ask: "Look.".into(),
            ..rule("category:phishing,malware")
        };
        let no = written(&app, &lead, &typed).await;
        switched_on(&app, &lead, no).await;
        let (_, first) = send(&app, &about(1, "phishing", false)).await;
        app.work(&lead, &first, 1, Work::SetSeverity { severity: 4 }).await.unwrap();
        let (_, second) = send(&app, &about(2, "phishing", true)).await;
        assert_eq!(app.run_rules().await.unwrap(), 2);
        assert_eq!(standing(&app, &lead, &first).await, ("scam".into(), 4, State::Open, None));
        let whole = app.read_report(&lead, &second).await.unwrap();
        assert_eq!(whole.standing.state, State::Received, "nobody has looked at it");
        let event = &whole.history.last().unwrap().event;
        assert_eq!(event.at, event.at.hour(), "of an anonymous report nothing finer than the hour");
        let to = Work::Categorise { category: "malware".into(), subtype: None };
        app.work(&lead, &second, whole.standing.version, to).await.unwrap();
        app.looked_at_report(&lead, &second, no).await.unwrap();
        assert_eq!(app.rules_asked(&lead).await.unwrap().len(), 1);
        assert_eq!(app.take_back_rule(&lead, no, 24).await.unwrap(), 2);
        assert_eq!(standing(&app, &lead, &first).await, ("phishing".into(), 4, State::Open, None));
        assert_eq!(standing(&app, &lead, &second).await, ("malware".into(), 5, State::Open, None));
        // The dry run of the next version counts that people decided otherwise.
        let seen = steps(&app, &lead, no).await;
        app.write_rule(&lead, Some((no, seen)), &typed, None).await.unwrap().unwrap();
        let trial = app.try_rule(&lead, no, seen + 1).await.unwrap();
        let category = trial.tallies.iter().find(|one| one.deed == Deed::Category).unwrap();
        assert_eq!((category.would, category.same, category.other), (2, 0, 2));
        assert!(trial.samples.iter().all(|one| one.other));
        assert_eq!(look(t).await, vec![]);
    }

    async fn a_rule_that_writes_takes_two_and_what_has_left_stays(t: &mut TestStore) {
        let (app, clock) = app(t);
        let lea = account(&app, "lea", Role::Lead).await;
        let tui = account(&app, "tui", Role::Lead).await;
        let reply = BTreeMap::from([("en".to_owned(), "Delete it.".to_owned()), ("mi".to_owned(), "Mukua.".to_owned())]);
        let no = written(&app, &lea, &Typed { reply, ..rule("category:phishing") }).await;
        app.try_rule(&lea, no, 1).await.unwrap();
        assert_eq!(refused(app.work_rule(&lea, (no, 2), ON).await), Refusal::Own);
        assert_eq!(refused(app.work_rule(&tui, (no, 2), ON).await), Refusal::Two);
        app.work_rule(&lea, (no, 2), Command::Ask).await.unwrap();
        assert_eq!(refused(app.work_rule(&lea, (no, 3), ON).await), Refusal::Own);
        app.work_rule(&tui, (no, 3), ON).await.unwrap();
        let mut maori = about(4, "phishing", false);
        maori.body.language = "mi".into();
        let (_, early) = send(&app, &maori).await;
        assert_eq!(app.run_rules().await.unwrap(), 1);
        let whole = app.read_report(&lea, &early).await.unwrap();
        assert_eq!(whole.messages[0].text, "Mukua.");
        assert_eq!(whole.standing.state, State::Received);
        assert_eq!(whole.standing.answers.first(), None, "it is no officer's answer");
        clock.set(START.plus_seconds(100));
        let (_, late) = send(&app, &about(6, "phishing", false)).await;
        assert_eq!(app.run_rules().await.unwrap(), 1);
        assert_eq!(look(t).await, vec![]);
        assert_eq!(app.take_back_rule(&lea, no, 1).await.unwrap(), 1);
        let whole = app.read_report(&lea, &late).await.unwrap();
        assert!(whole.standing.withdrawn.contains(&1));
        let whole = app.read_report(&lea, &early).await.unwrap();
        assert!(whole.standing.withdrawn.is_empty(), "it had left");
        let history = app.read_rule(&lea, no).await.unwrap().into_inner().history;
        let last = serde_json::to_value(&history.last().unwrap().change).unwrap();
        let counts = ["reports", "left", "kept"].map(|name| last[name].as_u64());
        assert_eq!(counts, [Some(1), Some(1), Some(0)]);
        assert_eq!(look(t).await, vec![]);
    }

    async fn a_rule_opens_one_case_with_its_tasks(t: &mut TestStore) {
        let (app, _) = app(t);
        let lead = account(&app, "lea", Role::Lead).await;
        let typed = |case: &str| Typed { case: case.into(), ..rule("category:phishing,malware") };
        let no = written(&app, &lead, &typed("phishing")).await;
        let other = written(&app, &lead, &typed("-")).await;
        switched_on(&app, &lead, no).await;
        switched_on(&app, &lead, other).await;
        send(&app, &about(2, "phishing", false)).await;
        let (anonymous, reference) = send(&app, &about(3, "malware", true)).await;
        assert_eq!(app.run_rules().await.unwrap(), 2);
        let whole = app.read_report(&lead, &reference).await.unwrap();
        assert_eq!(whole.standing.ruled.keys().collect::<Vec<_>>(), [&no], "one case is enough");
        let cases = app.cases_of(&lead, anonymous).await.unwrap();
        assert_eq!(cases.len(), 1);
        let case = app.read_case(&lead, cases[0].no).await.unwrap();
        assert!(case.case.tasks.len() > 2 && case.summary.title == typed("").name);
        assert!(case.history.iter().all(|(_, event)| event.at == event.at.hour() && event.by == Actor::System));
        assert_eq!(app.run_rules().await.unwrap(), 0);
        assert_eq!(app.take_back_rule(&lead, no, 1).await.unwrap(), 0, "cases stay");
        assert_eq!(look(t).await, vec![]);
    }

    async fn a_rule_stops_itself_and_one_switched_off_does_nothing(t: &mut TestStore) {
        let (app, _) = app(t);
        let lead = account(&app, "lea", Role::Lead).await;
        let typed = Typed { severity: "2".into(), hour_hits: "3".into(), ..rule("category:phishing") };
        let no = written(&app, &lead, &typed).await;
        switched_on(&app, &lead, no).await;
        for seed in 0..5 {
            send(&app, &about(seed, "phishing", false)).await;
        }
        assert_eq!(app.run_rules().await.unwrap(), 5);
        let whole = app.read_rule(&lead, no).await.unwrap();
        assert_eq!((whole.rule.on, whole.rule.stage), (None, Stage::Draft));
        assert!(whole.rule.stopped.is_some());
        assert_eq!(whole.hits, (3, 3));
        switched_on(&app, &lead, no).await;
        send(&app, &about(9, "phishing", false)).await;
        app.work_rule(&lead, (no, 0), Command::SwitchOff).await.unwrap();
        assert_eq!(app.run_rules().await.unwrap(), 0);
        assert_eq!(app.read_rule(&lead, no).await.unwrap().hits.0, 3);
        assert_eq!(look(t).await, vec![]);
    }

    async fn a_dry_run_says_what_running_does(t: &mut TestStore) {
        let (app, clock) = app(t);
        let lead = account(&app, "lea", Role::Lead).await;
        let mut dice = Dice::new(11);
        // Rules of which some stand in each other's way.
        let mut rules = Vec::new();
        for nth in 0..6_u8 {
            let when = *dice.pick(&[
                "category:phishing", "severity<5", "language:mi -category:scam", "has:contact", "loss>100 state:received",
                "assignee:nobody consent:police",
            ]);
            let typed = Typed {
                severity: (1 + nth % 5).to_string(),
                category: if dice.one_in(2) { "malware".into() } else { String::new() },
                assign: if dice.one_in(3) { lead.account.clone() } else { String::new() },
                ask: if dice.one_in(4) { "Look.".into() } else { String::new() },
                ..rule(when)
            };
            rules.push(written(&app, &lead, &typed).await);
        }
        for no in &rules {
            switched_on(&app, &lead, *no).await;
        }
        for (nth, draft) in day(&app, 5, 60).iter().enumerate() {
            clock.set(START.plus_seconds(60 * nth as i64));
            send(&app, draft).await;
        }
        // Each as it would do beside the others, which are on; then all of them do it.
        let mut would = BTreeMap::new();
        for no in &rules {
            let seen = steps(&app, &lead, *no).await;
            let trial = app.try_rule(&lead, *no, seen).await.unwrap();
            assert_eq!(trial.looked, 60);
            let samples: BTreeSet<i64> = trial.samples.iter().map(|one| one.report).collect();
            would.insert(*no, (trial.touched, samples));
        }
        assert_eq!(app.run_rules().await.unwrap(), 60);
        let mut did_something = 0;
        for (no, (touched, samples)) in would {
            let whole = app.read_rule(&lead, no).await.unwrap();
            assert_eq!(whole.hits.1, touched, "rule {no}");
            did_something += u64::from(touched > 0);
            let all = t.rule_touched(no, Micros(0), 1_000).await.unwrap();
            let all: BTreeSet<i64> = all.into_iter().map(|(report, _)| report).collect();
            assert!(samples.is_subset(&all) && (touched > 25 || samples == all), "rule {no}");
        }
        assert!(did_something >= 2);
        assert_eq!(look(t).await, vec![]);
    }

    async fn a_rule_finds_what_the_queue_finds(t: &mut TestStore) {
        let (app, _) = app(t);
        let lead = account(&app, "lea", Role::Lead).await;
        for draft in day(&app, 8, 80) {
            send(&app, &draft).await;
        }
        let (mut some, mut lines) = (0, 0);
        for line in [
            "category:phishing", "-category:phishing,scam", "severity<4", "language:mi", "-language:mi", "has:contact",
            "-has:contact", "has:loss", "-has:files", "has:help", "loss:yes", "loss:not_known", "loss>500", "loss<=500",
            "consent:police", "-consent:police", "assignee:nobody", "-assignee:nobody", "state:received", "state:open",
            "state:all", "parcel", "par", "text bank", "bank -parcel", "\"your bank\"", "region:NZ-AUK", "-region:NZ-AUK",
            "subtype:investment", "evil.example", "domain:example.net", "money has:contact severity<6",
        ] {
            let typed = Typed { severity: "1".into(), ask: "Look.".into(), ..rule(line) };
            let no = match app.write_rule(&lead, None, &typed, None).await.unwrap() {
                Ok(no) => no,
                Err(faults) => panic!("{line}: {faults:?}"),
            };
            let trial = app.try_rule(&lead, no, 1).await.unwrap();
            let query = QueueQuery { line: line.into(), limit: 100, ..QueueQuery::default() };
            let listed = app.queue(&lead, &query).await.unwrap();
            assert!(listed.search.is_ok() && listed.more.is_none(), "{line}");
            assert_eq!(trial.touched, listed.rows.len() as u64, "{line}");
            lines += 1;
            some += u64::from(trial.touched > 0 && trial.touched < 80);
        }
        assert!(2 * some > lines, "most lines find some and not all: {some} of {lines}");
    }
}
