use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::Reason;
use super::*;

const NOW: Micros = Micros(1_795_424_400_000_000);

fn ana() -> Actor {
    Actor::User("ana".into())
}

/// Clusters with their log, as a store keeps them.
#[derive(Clone, Default)]
struct Log {
    clusters: Clusters,
    events: Vec<Event>,
    fresh: i64,
}

impl Log {
    fn does(&mut self, by: &Actor, command: Command) -> Result<Vec<Event>, Refusal> {
        let action = self.clusters.action + 1;
        let events = decide(&self.clusters, command, action, NOW, by)?;
        for event in &events {
            self.clusters.apply(event);
        }
        self.events.extend(events.iter().cloned());
        Ok(events)
    }

    fn fresh(&mut self) -> ClusterId {
        self.fresh += 1;
        ClusterId(self.fresh)
    }

    fn alone(&mut self, report: i64, severity: u8) -> ClusterId {
        let fresh = self.fresh();
        let command = Command::Arrive {
            report,
            severity,
            join: Join::Alone,
            fresh,
        };
        self.does(&Actor::System, command).unwrap();
        fresh
    }

    fn joins(&mut self, report: i64, severity: u8, cluster: ClusterId) -> Vec<Change> {
        let why = vec![Why {
            reason: Reason::Wallet,
            with: 1,
            percent: None,
        }];
        let join = Join::Cluster {
            cluster,
            why,
            also: Vec::new(),
        };
        let command = Command::Arrive {
            report,
            severity,
            join,
            fresh: ClusterId(0),
        };
        changes(self.does(&Actor::System, command).unwrap())
    }

    fn merge(
        &mut self,
        by: &Actor,
        from: ClusterId,
        into: ClusterId,
    ) -> Result<Vec<Event>, Refusal> {
        let why = Vec::new();
        self.does(by, Command::Merge { from, into, why })
    }

    fn settle(&mut self, cluster: ClusterId, reply: &str) -> i64 {
        let what = says(reply);
        let events = self
            .does(&ana(), Command::Decide { cluster, what })
            .unwrap();
        events[0].action
    }

    fn undo(&mut self, action: i64) -> Result<Vec<Event>, Refusal> {
        self.does(&ana(), Command::Undo { action })
    }

    /// Everything that anybody can see.
    fn seen(&self) -> Seen {
        let reports = 1..=40;
        let at = |report| {
            let cluster = self.clusters.cluster_of(report)?;
            let served = self.clusters.served(report);
            Some((report, cluster, self.clusters.head(cluster), served))
        };
        let decisions = self
            .clusters
            .ids()
            .map(|id| (id, self.clusters.decision(id).cloned()));
        (reports.filter_map(at).collect(), decisions.collect())
    }
}

type Seen = (
    Vec<(i64, ClusterId, ClusterId, Option<i64>)>,
    BTreeMap<ClusterId, Option<Decision>>,
);

fn says(reply: &str) -> Decision {
    Decision {
        category: Some("phishing".into()),
        subtype: None,
        severity: None,
        reply: Some(reply.into()),
        outcome: None,
    }
}

fn changes(events: Vec<Event>) -> Vec<Change> {
    events.into_iter().map(|event| event.change).collect()
}

fn some(reports: impl IntoIterator<Item = i64>) -> BTreeSet<i64> {
    reports.into_iter().collect()
}

#[test]
fn a_joiner_gets_the_decision_that_was_taken_unless_it_is_worse() {
    let mut log = Log::default();
    let cluster = log.alone(1, 6);
    assert_eq!(log.joins(2, 5, cluster).len(), 1);
    let decision = log.settle(cluster, "parcel");
    assert_eq!(log.clusters.served(2), Some(decision));
    let joined = log.joins(3, 5, cluster);
    assert!(matches!(joined[..], [
        Change::Joined { report: 3, .. },
        Change::Applied { report: 3, decision: d, .. },
    ] if d == decision));
    // Somebody in danger does not get the answer to a nuisance.
    let worse = log.joins(4, 4, cluster);
    assert!(matches!(
        worse[..],
        [Change::Joined { .. }, Change::Held { report: 4, .. }]
    ));
    assert_eq!(log.clusters.served(4), None);
    // An officer who has looked decides anew, for all.
    let anew = log.settle(cluster, "parcel-urgent");
    assert_eq!(log.clusters.served(4), Some(anew));
    let again = Command::Decide {
        cluster,
        what: says("parcel-urgent"),
    };
    assert_eq!(log.does(&ana(), again), Ok(vec![]));
}

#[test]
fn what_is_split_off_or_moved_leaves_the_decision_behind() {
    let mut log = Log::default();
    let one = log.alone(1, 6);
    for report in 2..=4 {
        log.joins(report, 6, one);
    }
    log.settle(one, "parcel");
    let before = log.seen();
    let fresh = log.fresh();
    let reports = some([2, 3]);
    let split = log.does(&ana(), Command::Split { reports, fresh }).unwrap();
    assert_eq!(log.clusters.reports(fresh), some([2, 3]));
    assert_eq!(
        (log.clusters.served(2), log.clusters.decision(fresh)),
        (None, None)
    );
    log.undo(split[0].action).unwrap();
    assert_eq!(log.seen().0, before.0);
    assert_eq!(log.clusters.reports(fresh), some([]));

    let other = log.alone(9, 6);
    let toll = log.settle(other, "toll");
    let (reports, to) = (some([1, 2]), other);
    let moved = log.does(&ana(), Command::Move { reports, to }).unwrap();
    assert_eq!(log.clusters.served(1), Some(toll));
    assert_eq!(
        moved.iter().filter_map(Event::report).collect::<Vec<_>>(),
        [1, 1, 2, 2]
    );
    assert_eq!(log.clusters.reports(one), some([3, 4]));
}

#[test]
fn a_merge_is_a_link_that_comes_off_again() {
    let mut log = Log::default();
    let (one, two, three) = (log.alone(1, 6), log.alone(2, 6), log.alone(3, 6));
    let decision = log.settle(one, "parcel");
    let before = log.seen();
    let merged = log.merge(&ana(), two, one).unwrap();
    assert!(matches!(
        changes(merged.clone())[..],
        [Change::Merged { .. }, Change::Applied { report: 2, .. },]
    ));
    assert_eq!(log.clusters.cluster_of(2), Some(two));
    assert_eq!(log.clusters.reports(one), some([1, 2]));
    assert_eq!(log.merge(&ana(), one, two), Err(Refusal::Same));
    // Linked the other way round, the decision holds for what had none.
    let taken = log.merge(&ana(), one, three).unwrap();
    assert_eq!(log.clusters.decision(three), Some(&says("parcel")));
    assert_eq!(log.clusters.served(3), Some(decision));
    // What came in between stays where it joined.
    log.joins(4, 6, two);
    assert_eq!(log.clusters.reports(three), some([1, 2, 3, 4]));
    log.undo(taken[0].action).unwrap();
    assert_eq!(log.clusters.served(3), None);
    log.undo(merged[0].action).unwrap();
    let (places, decisions) = log.seen();
    assert_eq!(places[..3], before.0[..]);
    assert_eq!(decisions, before.1);
    assert_eq!(log.clusters.reports(two), some([2, 4]));
}

#[test]
fn the_program_does_not_undo_what_officers_did() {
    let mut log = Log::default();
    let (one, two) = (log.alone(1, 6), log.alone(2, 6));
    log.settle(one, "parcel");
    log.settle(two, "toll");
    assert_eq!(
        log.merge(&Actor::System, two, one),
        Err(Refusal::BothDecided)
    );
    log.joins(3, 6, one);
    let fresh = log.fresh();
    let reports = some([3]);
    log.does(&ana(), Command::Split { reports, fresh }).unwrap();
    assert_eq!(log.merge(&Actor::System, fresh, two), Err(Refusal::Parted));
    let three = log.alone(4, 6);
    let merged = log.merge(&Actor::System, three, one).unwrap();
    log.undo(merged[0].action).unwrap();
    assert_eq!(log.merge(&Actor::System, three, one), Err(Refusal::Parted));
    assert!(log.merge(&ana(), three, one).is_ok());
}

#[test]
fn an_undone_decision_is_gone_from_all_who_had_it() {
    let mut log = Log::default();
    let one = log.alone(1, 6);
    let first = log.settle(one, "parcel");
    log.joins(2, 6, one);
    let second = log.settle(one, "toll");
    assert_eq!(log.undo(first), Err(Refusal::Later));
    log.undo(second).unwrap();
    assert_eq!(log.clusters.decision(one), Some(&says("parcel")));
    assert_eq!(log.clusters.served(2), Some(first));
    log.undo(first).unwrap();
    assert_eq!(
        (log.clusters.served(1), log.clusters.served(2)),
        (None, None)
    );
    assert_eq!(log.clusters.decision(one), None);
    assert_eq!(log.undo(first), Err(Refusal::NotUndoable));
}

#[test]
fn refused_with_a_reason() {
    let mut log = Log::default();
    let (one, two) = (log.alone(1, 6), log.alone(2, 6));
    log.joins(3, 6, one);
    let fresh = ClusterId(50);
    let gone = ClusterId(77);
    let split = |reports, fresh| Command::Split { reports, fresh };
    let shift = |reports, to| Command::Move { reports, to };
    let decide = |what| Command::Decide { cluster: one, what };
    let empty = Decision {
        category: None,
        reply: None,
        ..says("")
    };
    let severity = Decision {
        severity: Some(7),
        ..says("")
    };
    let again = Command::Arrive {
        report: 1,
        severity: 6,
        join: Join::Alone,
        fresh,
    };
    let arrival = log.events[0].action;
    for (command, refusal) in [
        (split(some([]), fresh), Refusal::Nothing),
        (split(some(0..=1_000), fresh), Refusal::Limit),
        (split(some([99]), fresh), Refusal::NoSuchReport),
        (split(some([1]), two), Refusal::Used),
        (split(some([1, 2]), fresh), Refusal::Several),
        (split(some([1, 3]), fresh), Refusal::Whole),
        (shift(some([1]), one), Refusal::Same),
        (shift(some([1]), gone), Refusal::NoSuchCluster),
        (decide(empty), Refusal::Empty),
        (decide(severity), Refusal::Severity),
        (again, Refusal::Twice),
        (Command::Undo { action: arrival }, Refusal::NotUndoable),
    ] {
        assert_eq!(
            log.does(&ana(), command.clone()),
            Err(refusal),
            "{command:?}"
        );
    }
    let stale = super::decide(&log.clusters, shift(some([1]), two), arrival, NOW, &ana());
    assert_eq!(stale, Err(Refusal::Stale));
}

#[test]
fn the_json_of_an_event_stays_as_it_is() {
    let mut log = Log::default();
    let (one, two) = (log.alone(1, 6), log.alone(2, 6));
    log.joins(3, 4, one);
    log.settle(one, "parcel");
    log.joins(4, 3, one);
    let merged = log.merge(&ana(), two, one).unwrap();
    log.undo(merged[0].action).unwrap();
    let (reports, fresh) = (some([3]), log.fresh());
    log.does(&ana(), Command::Split { reports, fresh }).unwrap();
    let (reports, to) = (some([3]), two);
    log.does(&ana(), Command::Move { reports, to }).unwrap();
    let lines: Vec<String> = log
        .events
        .iter()
        .map(|e| serde_json::to_string(e).unwrap())
        .collect();
    let at = r#""at":1795424400000000,"by":"#;
    let wanted = [
        r#"{"action":1,@"system","kind":"opened","cluster":1,"report":1,"severity":6}"#,
        r#"{"action":2,@"system","kind":"opened","cluster":2,"report":2,"severity":6}"#,
        r#"{"action":3,@"system","kind":"joined","cluster":1,"report":3,"severity":4,"why":[{"reason":"wallet","with":1}]}"#,
        r#"{"action":4,@{"user":"ana"},"kind":"decided","cluster":1,"decision":4,"what":{"category":"phishing","reply":"parcel"},"worst":4}"#,
        r#"{"action":4,@{"user":"ana"},"kind":"applied","report":1,"cluster":1,"decision":4}"#,
        r#"{"action":4,@{"user":"ana"},"kind":"applied","report":3,"cluster":1,"decision":4}"#,
        r#"{"action":5,@"system","kind":"joined","cluster":1,"report":4,"severity":3,"why":[{"reason":"wallet","with":1}]}"#,
        r#"{"action":5,@"system","kind":"held","report":4,"cluster":1,"decision":4}"#,
        r#"{"action":6,@{"user":"ana"},"kind":"merged","cluster":2,"into":1}"#,
        r#"{"action":6,@{"user":"ana"},"kind":"applied","report":2,"cluster":1,"decision":4}"#,
        r#"{"action":7,@{"user":"ana"},"kind":"undone","undone":6}"#,
        r#"{"action":8,@{"user":"ana"},"kind":"split","report":3,"from":1,"to":3}"#,
        r#"{"action":9,@{"user":"ana"},"kind":"moved","report":3,"from":3,"to":2}"#,
    ];
    assert_eq!(lines, wanted.map(|line| line.replace('@', at)));
    let back: Vec<Event> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(back, log.events);
}

/// A command by throws; many are refused, as in life.
fn any_command() -> impl Strategy<Value = (u8, i64, i64, Vec<i64>)> {
    (
        0_u8..7,
        1_i64..12,
        1_i64..12,
        prop::collection::vec(1_i64..12, 1..4),
    )
}

fn command(log: &mut Log, (kind, a, b, reports): (u8, i64, i64, Vec<i64>)) -> Command {
    let reports = some(reports);
    match kind {
        0 | 1 => {
            let report = log
                .events
                .iter()
                .filter_map(Event::report)
                .max()
                .unwrap_or(0)
                + 1;
            let alone = kind == 0 || !log.clusters.has(ClusterId(a));
            let join = if alone {
                Join::Alone
            } else {
                Join::Cluster {
                    cluster: ClusterId(a),
                    why: Vec::new(),
                    also: Vec::new(),
                }
            };
            Command::Arrive {
                report,
                severity: 1 + (b % 6) as u8,
                join,
                fresh: log.fresh(),
            }
        }
        2 => Command::Split {
            reports,
            fresh: log.fresh(),
        },
        3 => Command::Move {
            reports,
            to: ClusterId(b),
        },
        4 => Command::Merge {
            from: ClusterId(a),
            into: ClusterId(b),
            why: Vec::new(),
        },
        5 => Command::Decide {
            cluster: ClusterId(a),
            what: says(if b % 2 == 0 { "one" } else { "two" }),
        },
        _ => Command::Undo {
            action: log.clusters.action + 1 - b,
        },
    }
}

proptest! {
    #[test]
    fn whatever_is_done_every_report_is_in_one_cluster(throws in prop::collection::vec(any_command(), 0..60)) {
        let mut log = Log::default();
        let mut given = BTreeSet::new();
        for throw in throws {
            let command = command(&mut log, throw);
            let Ok(events) = log.does(&ana(), command) else { continue };
            for change in changes(events) {
                match change {
                    // Numbers are given once.
                    Change::Opened { cluster, .. } => prop_assert!(given.insert(cluster)),
                    Change::Split { to, .. } => drop(given.insert(to)),
                    _ => {}
                }
            }
            // The heads part the reports: no report twice, none lost, no ring.
            let clusters = &log.clusters;
            let came: BTreeSet<i64> = log.events.iter().filter_map(Event::report).collect();
            let heads: BTreeSet<ClusterId> = clusters.ids().map(|id| clusters.head(id)).collect();
            let all: Vec<i64> = heads.iter().flat_map(|head| clusters.reports(*head)).collect();
            prop_assert_eq!(all.len(), came.len());
            prop_assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), came.clone());
            for report in came {
                let cluster = clusters.cluster_of(report).unwrap();
                prop_assert!(heads.contains(&clusters.head(cluster)));
                // Nobody has a decision that is gone.
                if let Some(decision) = clusters.served(report) {
                    let undone = Change::Undone { undone: decision };
                    let undone = log.events.iter().any(|event| event.change == undone);
                    prop_assert!(!undone);
                }
            }
            // The log alone tells the same.
            prop_assert_eq!(&Clusters::of(&log.events), clusters);
        }
    }

    #[test]
    fn who_joins_needs_no_more_than_the_outline(throws in prop::collection::vec(any_command(), 0..60), severity in 1_u8..=6) {
        let mut log = Log::default();
        for throw in throws {
            let command = command(&mut log, throw);
            let _refused = log.does(&ana(), command);
        }
        for cluster in log.clusters.ids().chain([ClusterId(1_000)]) {
            let (mut whole, mut outline) = (log.clusters.clone(), log.clusters.outline(cluster));
            // One after the other, without looking again.
            for report in 5_000..5_003 {
                let join = Join::Cluster { cluster, why: Vec::new(), also: Vec::new() };
                let fresh = ClusterId(2_000);
                let arrive = Command::Arrive { report, severity, join, fresh };
                let action = whole.action + 1;
                let events = decide(&whole, arrive.clone(), action, NOW, &Actor::System);
                prop_assert_eq!(&decide(&outline, arrive, action, NOW, &Actor::System), &events);
                for event in events.iter().flatten() {
                    whole.apply(event);
                    outline.apply(event);
                }
                prop_assert_eq!(whole.served(report), outline.served(report));
                prop_assert_eq!(whole.head(cluster), outline.head(cluster));
            }
        }
    }

    #[test]
    fn undo_restores_what_was(throws in prop::collection::vec(any_command(), 1..50)) {
        let mut log = Log::default();
        for throw in throws {
            let command = command(&mut log, throw);
            let arrival = matches!(command, Command::Arrive { .. } | Command::Undo { .. });
            let before = log.seen();
            let mut trial = log.clone();
            let done = trial.does(&ana(), command.clone());
            if let (Ok(events), false) = (done, arrival)
                && let Some(event) = events.first()
            {
                trial.undo(event.action).unwrap();
                let (places, mut decisions) = trial.seen();
                // A number that was given stays given.
                decisions.retain(|id, _| before.1.contains_key(id));
                prop_assert_eq!((places, decisions), before);
            }
            drop(log.does(&ana(), command));
        }
    }
}
