use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::clock::{Book as Clocks, End, State as Running};

const HOUR: i64 = 3_600;
const NOW: Micros = Micros(1_795_456_800_000_000);

static CASES: LazyLock<Book> = LazyLock::new(|| Book::embedded().unwrap());
static CLOCKS: LazyLock<Clocks> = LazyLock::new(|| Clocks::embedded().unwrap());

struct Desk {
    events: Vec<Event>,
}

impl Desk {
    fn new() -> Self {
        let opened = open("d0".into(), Tlp::Amber, Pap::Amber, "once".into());
        Self {
            events: vec![event(opened, "ana")],
        }
    }

    fn case(&self) -> Case {
        Case::replay(&self.events).unwrap()
    }

    fn act_at(
        &mut self,
        who: &str,
        seen: i64,
        command: Command,
        now: Micros,
    ) -> Result<usize, Refusal> {
        let books = Books {
            cases: &CASES,
            clocks: &CLOCKS,
        };
        let changes = decide(books, &self.case(), seen, command, now)?;
        let added = changes.len();
        self.events.extend(changes.into_iter().map(|change| Event {
            at: now,
            ..event(change, who)
        }));
        Ok(added)
    }

    fn act(&mut self, who: &str, command: Command) -> Result<usize, Refusal> {
        let seen = self.case().version;
        self.act_at(who, seen, command, NOW)
    }
}

fn event(change: Change, who: &str) -> Event {
    Event {
        case: 7,
        at: NOW,
        by: Actor::User(who.into()),
        change,
    }
}

fn note(digest: &str) -> Command {
    Command::Note {
        digest: digest.into(),
        corrects: None,
    }
}

#[test]
fn events_keep_their_form_and_read_back() {
    let mut desk = Desk::new();
    let owner = Command::SetOwner {
        to: Some("ana".into()),
    };
    desk.act("ana", owner).unwrap();
    desk.act("ana", Command::Link { no: 12 }).unwrap();
    desk.act("ana", note("d1")).unwrap();
    let start = Command::StartClock {
        rule: "nis2-early-warning".into(),
        start: ("significant_incident_aware".into(), NOW),
        limit: None,
    };
    desk.act("ana", start).unwrap();
    desk.act(
        "ana",
        Command::AddRow {
            digest: "d2".into(),
            happened: NOW.plus_seconds(-60),
            known: NOW,
            source: Source::Report(12),
        },
    )
    .unwrap();
    assert_eq!(
        serde_json::to_string(&desk.events[2]).unwrap(),
        r#"{"case":7,"at":1795456800000000,"by":{"user":"ana"},"kind":"case_report_linked","no":12}"#
    );
    for event in &desk.events {
        let json = serde_json::to_string(event).unwrap();
        assert_eq!(
            serde_json::from_str::<Event>(&json).unwrap(),
            *event,
            "{json}"
        );
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert!(
            value.get("report").is_none() && value.get("challenge").is_none(),
            "{json}"
        );
        assert!(Change::KINDS.contains(&event.change.kind()));
        assert_eq!(value["kind"], event.change.kind());
    }
}

#[test]
fn what_adds_never_conflicts_and_what_replaces_does_where_the_same_was_replaced() {
    let mut desk = Desk::new();
    let (ana, tui) = (1, 1);
    let to = |who: &str| Command::SetOwner {
        to: Some(who.into()),
    };
    desk.act_at("ana", ana, to("ana"), NOW).unwrap();
    assert_eq!(desk.act_at("tui", tui, note("d1"), NOW), Ok(1));
    let level = |level: &str| Command::SetSeverity {
        scheme: "nz".into(),
        level: Some(level.into()),
        answers: BTreeMap::new(),
    };
    assert_eq!(desk.act_at("tui", tui, level("C3"), NOW), Ok(1));
    assert_eq!(desk.act_at("tui", tui, to("tui"), NOW), Err(Refusal::Moved));
    assert_eq!(
        desk.act_at("tui", tui, to("ana"), NOW),
        Ok(0),
        "it is so already"
    );
    let seen = desk.case().version;
    assert_eq!(desk.act_at("tui", seen, to("tui"), NOW), Ok(1));
    assert_eq!(desk.case().severity.unwrap().rank, 3);
}

#[test]
fn the_same_form_sent_twice_is_one_note() {
    let mut desk = Desk::new();
    assert_eq!(desk.act("ana", note("d1")), Ok(1));
    assert_eq!(desk.act("ana", note("d1")), Ok(0));
    let correction = Command::Note {
        digest: "d2".into(),
        corrects: Some(2),
    };
    assert_eq!(desk.act("ana", correction), Ok(1));
    let case = desk.case();
    assert_eq!(
        (case.notes[0].corrected, case.notes[1].corrects),
        (Some(3), Some(2))
    );
    let lost = Command::Note {
        digest: "d3".into(),
        corrects: Some(99),
    };
    assert_eq!(desk.act("ana", lost), Err(Refusal::Absent("note")));
}

#[test]
fn a_closed_case_takes_notes_and_nothing_else_until_it_is_reopened() {
    let mut desk = Desk::new();
    let close = |reason: &str| Command::Close {
        reason: reason.into(),
    };
    assert_eq!(
        desk.act("ana", close("nonsense")),
        Err(Refusal::Absent("reason"))
    );
    assert_eq!(desk.act("ana", Command::Reopen), Err(Refusal::Open));
    desk.act("ana", close("resolved")).unwrap();
    assert_eq!(
        desk.act("ana", Command::Link { no: 3 }),
        Err(Refusal::Closed)
    );
    assert_eq!(desk.act("ana", note("d1")), Ok(1));
    desk.act("ana", Command::Reopen).unwrap();
    let until = NOW.plus_seconds(HOUR);
    assert_eq!(
        desk.act("ana", Command::Hold { until: NOW }),
        Err(Refusal::Time("it lies behind"))
    );
    desk.act("ana", Command::Hold { until }).unwrap();
    assert_eq!(desk.case().state, State::OnHold { until });
}

#[test]
fn links_are_undone_and_the_history_keeps_both() {
    let mut desk = Desk::new();
    for (command, added) in [
        (Command::Link { no: 3 }, 1),
        (Command::Link { no: 3 }, 0),
        (Command::Unlink { no: 3 }, 1),
        (Command::Unlink { no: 3 }, 0),
    ] {
        assert_eq!(desk.act("ana", command), Ok(added));
    }
    assert!(desk.case().reports.is_empty());
    assert_eq!(desk.events.len(), 3);
}

#[test]
fn the_timeline_is_in_order_and_names_gaps_and_delays() {
    let mut desk = Desk::new();
    let row = |digest: &str, hours: i64, known: i64| Command::AddRow {
        digest: digest.into(),
        happened: NOW.plus_seconds(-hours * HOUR),
        known: NOW.plus_seconds(-known * HOUR),
        source: Source::Outside,
    };
    desk.act("ana", row("d1", 2, 1)).unwrap();
    desk.act("ana", row("d2", 30, 2)).unwrap();
    desk.act("ana", row("d3", 3, 3)).unwrap();
    assert!(matches!(
        desk.act("ana", row("d4", 1, 2)),
        Err(Refusal::Time(_))
    ));
    assert!(matches!(
        desk.act("ana", row("d4", -1, -1)),
        Err(Refusal::Time(_))
    ));
    let case = desk.case();
    let lines = timeline(&case.rows);
    let told: Vec<_> = lines
        .iter()
        .map(|line| (line.row.text, line.gap, line.lag))
        .collect();
    assert_eq!(
        told,
        [
            (3, None, 28 * HOUR),
            (4, Some(27 * HOUR), 0),
            (2, None, HOUR)
        ]
    );
    desk.act("ana", Command::StrikeRow { text: 4 }).unwrap();
    let case = desk.case();
    let lines = timeline(&case.rows);
    assert_eq!(
        lines.iter().map(|line| line.gap).collect::<Vec<_>>(),
        [None, Some(28 * HOUR)]
    );
}

#[test]
fn tasks_come_from_templates_once_and_are_done_and_undone() {
    let mut desk = Desk::new();
    let template = Command::AddTemplate {
        template: "ransomware".into(),
    };
    assert_eq!(desk.act("ana", template.clone()), Ok(5));
    assert_eq!(desk.act("ana", template), Ok(0));
    assert_eq!(
        desk.act(
            "ana",
            Command::AddTask {
                digest: "d1".into()
            }
        ),
        Ok(1)
    );
    let seen = desk.case().version;
    desk.act("ana", Command::Done { task: 2 }).unwrap();
    let set = Command::SetTask {
        task: 2,
        owner: Some("tui".into()),
        due: None,
    };
    assert_eq!(
        desk.act_at("tui", seen, set.clone(), NOW),
        Err(Refusal::Moved)
    );
    assert_eq!(desk.act("tui", set), Ok(1));
    assert_eq!(desk.case().tasks_open(), 5);
    desk.act("ana", Command::Undone { task: 2 }).unwrap();
    assert_eq!(
        desk.act("ana", Command::Done { task: 9 }),
        Err(Refusal::Absent("task"))
    );
    let case = desk.case();
    assert_eq!((case.tasks_open(), case.tasks.len()), (6, 6));
}

#[test]
fn a_clock_stops_by_what_was_sent_and_the_next_one_follows() {
    let mut desk = Desk::new();
    let start = |rule: &str| Command::StartClock {
        rule: rule.into(),
        start: ("significant_incident_aware".into(), NOW.plus_seconds(-HOUR)),
        limit: None,
    };
    assert_eq!(desk.act("ana", start("nis2-notification")), Ok(1));
    assert_eq!(
        desk.act("ana", start("nis2-notification")),
        Ok(0),
        "sent twice"
    );
    assert!(matches!(
        desk.act("ana", start("nothing")),
        Err(Refusal::Clock(_))
    ));
    let stop = |digest: &str, kind: &str| Command::StopClock {
        clock: "k1".into(),
        event: (kind.into(), NOW),
        digest: digest.into(),
    };
    assert!(matches!(
        desk.act("ana", stop("d1", "report_closed")),
        Err(Refusal::Clock(_))
    ));
    assert_eq!(desk.act("ana", stop("d1", "nis2_notification")), Ok(3));
    let case = desk.case();
    let Some(End::Met { by, .. }) = &case.clocks[0].end else {
        panic!("{:?}", case.clocks);
    };
    assert_eq!(
        (by.reference.as_str(), case.notes[0].text),
        ("case/7/text/2", 2)
    );
    assert_eq!(case.clocks[1].opening.rule, "nis2-final");
    assert_eq!(case.clocks[1].state(NOW), Running::Running);
    let pause = Command::MoveClock {
        clock: "k2".into(),
        command: crate::clock::Command::Pause {
            reason: "police_asked".into(),
        },
    };
    assert_eq!(
        desk.act("ana", pause),
        Err(Refusal::Clock(crate::clock::Refusal::NotPausable))
    );
}

#[test]
fn our_own_promise_is_paused_only_with_a_reason() {
    let mut desk = Desk::new();
    let start = Command::StartClock {
        rule: "service-first-answer".into(),
        start: ("report_received".into(), NOW),
        limit: None,
    };
    desk.act("ana", start).unwrap();
    let pause = |reason: &str| Command::MoveClock {
        clock: "k1".into(),
        command: crate::clock::Command::Pause {
            reason: reason.into(),
        },
    };
    assert!(matches!(desk.act("ana", pause("")), Err(Refusal::Clock(_))));
    assert_eq!(desk.act("ana", pause("waiting_for_reporter")), Ok(1));
    let due = desk.case().clocks[0].due();
    let resume = Command::MoveClock {
        clock: "k1".into(),
        command: crate::clock::Command::Resume,
    };
    let later = NOW.plus_seconds(24 * HOUR);
    let seen = desk.case().version;
    assert_eq!(desk.act_at("ana", seen, resume, later), Ok(1));
    assert!(desk.case().clocks[0].due() > due);
}

#[test]
fn a_text_is_erased_but_never_the_title_of_now() {
    let mut desk = Desk::new();
    assert_eq!(
        desk.act("lead", Command::EraseText { text: 1 }),
        Err(Refusal::Title)
    );
    assert_eq!(
        desk.act("lead", Command::EraseText { text: 2 }),
        Err(Refusal::Absent("text"))
    );
    desk.act(
        "ana",
        Command::Rename {
            digest: "d1".into(),
        },
    )
    .unwrap();
    assert_eq!(desk.act("lead", Command::EraseText { text: 1 }), Ok(1));
    assert_eq!(desk.act("lead", Command::EraseText { text: 1 }), Ok(0));
    assert_eq!(desk.case().next_text(), 3, "numbers are never given again");
}

#[test]
fn a_weighted_scheme_gives_0_for_the_least_and_100_for_the_most() {
    let book = Book::embedded().unwrap();
    let scheme = book.scheme("nciss").unwrap();
    let answers = |last: bool| -> BTreeMap<String, String> {
        let factors = scheme.factors.iter();
        factors
            .map(|factor| {
                let all = &factor.answers;
                let answer = if last { all.last() } else { all.first() };
                (factor.code.clone(), answer.unwrap().code.clone())
            })
            .collect()
    };
    let most = book.judge("nciss", None, &answers(true)).unwrap();
    assert_eq!(
        (most.points, most.level.as_str(), most.rank),
        (Some(10_000), "emergency", 1)
    );
    let mut some = answers(false);
    let least = book.judge("nciss", None, &some).unwrap();
    assert_eq!(
        (least.points, least.level.as_str()),
        (Some(0), "negligible")
    );
    // Two of eight factors at their highest, all of one weight: a quarter of the way.
    for factor in ["functional", "actor"] {
        let top = answers(true);
        some.insert(factor.into(), top[factor].clone());
    }
    let quarter = book.judge("nciss", None, &some).unwrap();
    assert_eq!(
        (quarter.points, quarter.level.as_str()),
        (Some(2_500), "minor")
    );
    some.remove("actor");
    assert_eq!(book.judge("nciss", None, &some), Err(Refusal::Severity));
    assert_eq!(
        book.judge("nciss", Some("emergency"), &BTreeMap::new()),
        Err(Refusal::Severity)
    );
    assert_eq!(
        book.judge("uk", Some("7"), &BTreeMap::new()),
        Err(Refusal::Severity)
    );
}

#[test]
fn the_built_in_book_fits_the_taxonomy() {
    let book = Book::embedded().unwrap();
    let six = |code: &str| {
        book.scheme(code)
            .unwrap()
            .levels
            .iter()
            .map(|l| l.rank)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (six("nz"), six("uk")),
        ((1..=6).collect(), (1..=6).collect())
    );
    let languages = ["en".to_owned(), "mi".to_owned()];
    let taxonomy = include_str!("../../../../data/taxonomy.toml");
    let taxonomy = crate::taxonomy::Taxonomy::parse(taxonomy, &languages).unwrap();
    for category in book
        .templates()
        .iter()
        .flat_map(|template| &template.categories)
    {
        assert!(taxonomy.category(category).is_some(), "{category}");
    }
}

#[test]
fn faults_of_the_file_name_line_and_remedy() {
    let languages = ["en".to_owned()];
    let text = "[[scheme]]\ncode = \"x\"\nversion = 1\ntitle = { en = \"X\" }\nsource = \"s\"\nlink = \"l\"\n\
                [[scheme.level]]\ncode = \"a\"\nrank = 9\ntitle = { en = \"A\" }\n";
    let problems = Book::parse(text, &languages).unwrap_err();
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(
        told.iter()
            .any(|one| one.starts_with("cases.toml:9: `rank` is not")),
        "{told:?}"
    );
    assert!(
        told.iter().any(|one| one.contains("there is no template")),
        "{told:?}"
    );
}

/// What an officer may do, by a number.
fn command(pick: u8, n: u32) -> Command {
    let digest = format!("x{n}");
    match pick % 10 {
        0 => Command::Rename { digest },
        1 => Command::SetOwner {
            to: Some(format!("u{}", n % 3)),
        },
        2 => Command::SetSeverity {
            scheme: "nz".into(),
            level: Some(format!("C{}", n % 6 + 1)),
            answers: BTreeMap::new(),
        },
        3 => Command::Link {
            no: i64::from(n % 5),
        },
        4 => Command::Unlink {
            no: i64::from(n % 5),
        },
        5 => Command::AddTask { digest },
        6 => Command::Done { task: n % 4 + 1 },
        7 => Command::Undone { task: n % 4 + 1 },
        8 => Command::AddRow {
            digest,
            happened: NOW,
            known: NOW,
            source: Source::Outside,
        },
        _ => note(&digest),
    }
}

proptest! {
    /// Two officers, each with a page that may be old: what was taken is in the history for ever, what adds is always taken, and
    /// nobody replaces what they have not seen.
    #[test]
    fn no_edit_is_lost(steps in prop::collection::vec((any::<bool>(), 0_u8..10, any::<bool>()), 1..120)) {
        let mut desk = Desk::new();
        let mut seen = [1_i64, 1];
        let mut texts = BTreeSet::new();
        for (n, (second, pick, reload)) in (1_u32..).zip(steps) {
            let who = usize::from(second);
            if reload {
                seen[who] = desk.case().version;
            }
            let before = desk.case();
            let asked = command(pick, n);
            let part = match &asked {
                Command::Rename { .. } => Some(Part::Title),
                Command::SetOwner { .. } => Some(Part::Owner),
                Command::SetSeverity { .. } => Some(Part::Severity),
                Command::Done { task } | Command::Undone { task } => Some(Part::Task(*task)),
                _ => None,
            };
            let adds = matches!(pick % 10, 5 | 8 | 9);
            match desk.act_at("x", seen[who], asked, NOW) {
                Ok(added) => {
                    prop_assert!(!adds || added == 1);
                    if adds || pick % 10 == 0 {
                        texts.insert(format!("x{n}"));
                    }
                    let overwrote = part.is_some_and(|part| before.moved(part) > seen[who]);
                    prop_assert!(!(overwrote && added > 0), "somebody's change was overwritten unseen");
                }
                Err(Refusal::Moved) => {
                    prop_assert!(part.is_some_and(|part| before.moved(part) > seen[who]));
                    prop_assert_eq!(desk.case(), before);
                }
                Err(other) => prop_assert_eq!(other, Refusal::Absent("task")),
            }
        }
        let case = desk.case();
        prop_assert_eq!(case.version, desk.events.len() as i64);
        let kept: BTreeSet<String> = case.digests.values().cloned().collect();
        prop_assert!(texts.is_subset(&kept));
        prop_assert_eq!(case.digests.len(), texts.len() + 1);
    }
}

fn asset(digest: &str) -> Command {
    Command::AddAsset {
        digest: digest.into(),
        sort: "server".into(),
        condition: "suspected".into(),
    }
}

fn stands(text: u32, condition: &str) -> Command {
    Command::SetAsset {
        text,
        condition: condition.into(),
    }
}

#[test]
fn assets_are_added_judged_and_struck_each_by_itself() {
    let mut desk = Desk::new();
    assert_eq!(desk.act("ana", asset("a1")), Ok(1));
    assert_eq!(desk.act("bo", asset("a2")), Ok(1));
    assert_eq!(desk.act("ana", asset("a1")), Ok(0), "the same form");
    let seen = desk.case().version;
    assert_eq!(desk.act("bo", stands(2, "compromised")), Ok(1));
    // Another asset is another part; the same one was judged since.
    assert_eq!(desk.act_at("ana", seen, stands(3, "clean"), NOW), Ok(1));
    assert_eq!(
        desk.act_at("ana", seen, stands(2, "clean"), NOW),
        Err(Refusal::Moved)
    );
    assert_eq!(desk.act("ana", stands(2, "compromised")), Ok(0));
    assert_eq!(desk.act("ana", Command::StrikeAsset { text: 3 }), Ok(1));
    assert_eq!(desk.act("ana", Command::StrikeAsset { text: 3 }), Ok(0));
    let absent = |what| Err(Refusal::Absent(what));
    assert_eq!(desk.act("ana", stands(3, "clean")), absent("asset"));
    assert_eq!(desk.act("ana", stands(9, "clean")), absent("asset"));
    assert_eq!(desk.act("ana", stands(2, "well")), absent("condition"));
    let strange = Command::AddAsset {
        digest: "a3".into(),
        sort: "horse".into(),
        condition: "clean".into(),
    };
    assert_eq!(desk.act("ana", strange), absent("kind of asset"));
    let case = desk.case();
    let shown: Vec<_> = case
        .assets
        .iter()
        .map(|one| (one.text, one.condition.as_str(), one.struck))
        .collect();
    assert_eq!(shown, [(2, "compromised", false), (3, "clean", true)]);
    let reason = Command::Close {
        reason: "resolved".into(),
    };
    desk.act("ana", reason).unwrap();
    assert_eq!(desk.act("ana", asset("a4")), Err(Refusal::Closed));
}

#[test]
fn a_case_names_others_and_never_itself() {
    let mut desk = Desk::new();
    let relate = |to: i64, how: &str| Command::Relate {
        to,
        how: how.into(),
    };
    assert_eq!(desk.act("ana", relate(7, "see")), Err(Refusal::Itself));
    assert_eq!(
        desk.act("ana", relate(8, "loves")),
        Err(Refusal::Absent("relation"))
    );
    assert_eq!(desk.act("ana", relate(8, "part_of")), Ok(1));
    assert_eq!(desk.act("bo", relate(8, "part_of")), Ok(0));
    assert_eq!(desk.act("bo", relate(8, "see")), Ok(1));
    let undo = Command::Unrelate {
        to: 8,
        how: "part_of".into(),
    };
    assert_eq!(desk.act("bo", undo.clone()), Ok(1));
    assert_eq!(desk.act("bo", undo), Ok(0));
    assert_eq!(desk.case().related, BTreeSet::from([(8, "see".to_owned())]));
    for to in 100..i64::try_from(RELATIONS_MAX).unwrap() + 99 {
        desk.act("ana", relate(to, "see")).unwrap();
    }
    assert_eq!(desk.act("ana", relate(999, "see")), Err(Refusal::Limit));
}

fn file(digest: &str, happened: Option<Micros>) -> Command {
    Command::AddFile {
        digest: digest.into(),
        content: Content {
            sha256: "ab".repeat(32),
            size: 7,
            media_type: "text/plain".into(),
        },
        described: Described {
            sort: FileSort::Log,
            tlp: Tlp::Green,
            happened,
        },
    }
}

fn gone(text: u32, held: bool, rule: &str) -> Command {
    Command::EraseFile {
        text,
        held,
        rule: rule.into(),
    }
}

#[test]
fn files_are_taken_off_put_back_and_go_for_good_when_their_time_is_over() {
    let mut desk = Desk::new();
    assert_eq!(desk.act("ana", file("f1", Some(NOW))), Ok(1));
    assert_eq!(desk.act("ana", file("f1", None)), Ok(0), "the same form");
    let ahead = file("f2", Some(NOW.plus_seconds(1)));
    assert!(matches!(desk.act("ana", ahead), Err(Refusal::Time(_))));
    let absent = Err(Refusal::Absent("file"));
    assert_eq!(desk.act("ana", Command::RemoveFile { text: 9 }), absent);
    assert_eq!(desk.act("ana", Command::RestoreFile { text: 2 }), Ok(0));
    assert_eq!(desk.act("ana", gone(2, false, "")), Err(Refusal::Standing));
    let close = Command::Close {
        reason: "resolved".into(),
    };
    desk.act("ana", close).unwrap();
    assert_eq!(desk.act("ana", file("f3", None)), Err(Refusal::Closed));
    assert_eq!(desk.act("ana", Command::RemoveFile { text: 2 }), Ok(1));
    assert_eq!(desk.act("ana", Command::RemoveFile { text: 2 }), Ok(0));
    assert!(timeline(&desk.case().rows).is_empty());
    let until = NOW.plus_seconds(FILE_BACK_SECONDS);
    assert_eq!(desk.case().files[0].back_until(), Some(until));
    let seen = desk.case().version;
    let mut at = |command, at| desk.act_at("ana", seen, command, at);
    let early = until.plus_seconds(-1);
    assert_eq!(at(gone(2, false, FILE_RULE), early), Err(Refusal::Standing));
    assert_eq!(at(gone(2, true, FILE_RULE), until), Err(Refusal::Held));
    assert_eq!(at(Command::TakeFile { text: 2 }, until), Ok(1));
    assert_eq!(at(gone(2, false, FILE_RULE), until), Ok(1));
    assert_eq!(at(gone(2, false, ""), until), Ok(0));
    assert_eq!(at(Command::TakeFile { text: 2 }, until), absent);
    assert_eq!(at(Command::RestoreFile { text: 2 }, until), absent);
    assert!(desk.case().erased.contains(&2));
    for event in &desk.events {
        let json = serde_json::to_string(event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), *event);
        assert!(Change::KINDS.contains(&event.change.kind()), "{json}");
        assert!(!json.contains("\"report\":"), "{json}");
    }
    assert_eq!(
        serde_json::to_value(&desk.events[1]).unwrap()["happened"],
        NOW.0
    );
}

#[test]
fn a_files_name_loses_its_folders_and_its_note_stands_below() {
    let text = file_text("C:\\temp\\a\u{202e}b.txt", " A note.\n\nMore. ").unwrap();
    let (name, note) = name_and_note(&text);
    assert_eq!(note, "A note.\n\nMore.");
    assert!(name.ends_with("b.txt") && !name.contains('\\'), "{name}");
    assert_eq!(
        name_and_note(&file_text("a.txt", " ").unwrap()),
        ("a.txt", "")
    );
    assert_eq!(file_text("folder/", "x"), Err(TextFault::Empty));
    assert!(file_text("a", &"x".repeat(FILE_NOTE_CHARS_MAX + 1)).is_err());
}
