//! The strip of what is due next, and how it is read aloud.

use cairn_desk::clock::{Clock, Command, Left, State, decide, start, strip};
use cairn_kernel::time::Micros;

use crate::{at, book, event, later};

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

#[test]
fn spans_are_read_aloud_in_both_languages() {
    let book = book();
    for (left, en, mi) in [
        (
            Left::In(3 * HOUR + 20 * MINUTE),
            "in 3 h 20 min",
            "i roto i te 3 haora me te 20 meneti",
        ),
        (Left::In(3 * HOUR), "in 3 h", "i roto i te 3 haora"),
        (
            Left::In(20 * MINUTE + MINUTE - 1),
            "in 20 min",
            "i roto i te 20 meneti",
        ),
        (
            Left::In(MINUTE - 1),
            "in less than a minute",
            "i roto i te iti iho i te meneti",
        ),
        (
            Left::In(0),
            "in less than a minute",
            "i roto i te iti iho i te meneti",
        ),
        (
            Left::In(2 * DAY - 1),
            "in 47 h 59 min",
            "i roto i te 47 haora me te 59 meneti",
        ),
        (Left::In(2 * DAY), "in 2 days", "i roto i te 2 rā"),
        (Left::In(40 * DAY), "in 40 days", "i roto i te 40 rā"),
        (
            Left::Late(2 * DAY + HOUR),
            "2 days late",
            "kua tōmuri i te 2 rā",
        ),
        (Left::Late(MINUTE), "1 min late", "kua tōmuri i te 1 meneti"),
        (
            Left::Late(1),
            "less than a minute late",
            "kua tōmuri i te iti iho i te meneti",
        ),
        (
            Left::Met(HOUR),
            "done with 1 h to spare",
            "kua oti, e 1 haora te toenga",
        ),
        (
            Left::Met(0),
            "done with less than a minute to spare",
            "kua oti, he iti iho i te meneti te toenga",
        ),
        (
            Left::Missed(5 * DAY),
            "done 5 days late",
            "kua oti, e 5 rā te tōmuri",
        ),
        (Left::Paused, "paused", "kua whakatārewatia"),
        (Left::Withdrawn, "withdrawn", "kua tangohia"),
    ] {
        assert_eq!(book.words().say("en", left), en);
        assert_eq!(book.words().say("mi", left), mi);
        assert_eq!(book.words().say("fr", left), en, "a language without words");
    }
}

fn clock(id: &str, rule: &str, from: &str) -> Clock {
    let book = book();
    let rule = book.rule(rule).unwrap();
    start(
        &book,
        id,
        rule,
        event(&rule.terms.start[0], at(from)),
        later(),
    )
    .unwrap()
}

#[test]
fn what_is_due_first_comes_first_and_what_ended_is_left_out() {
    let book = book();
    let now = at("2026-03-11T07:00[UTC]");
    let mut paused = clock(
        "paused",
        "service-first-answer",
        "2026-03-02T10:00[Pacific/Auckland]",
    );
    let pause = Command::Pause {
        reason: "waiting_for_reporter".to_owned(),
    };
    for change in decide(
        &book,
        Some(&paused),
        pause,
        at("2026-03-02T11:00[Pacific/Auckland]"),
    )
    .unwrap()
    {
        paused.apply(&change);
    }
    let mut ended = clock(
        "ended",
        "nis2-early-warning",
        "2026-03-10T10:20[Europe/Brussels]",
    );
    let stop = Command::Stop {
        by: event(
            "nis2_early_warning",
            at("2026-03-10T12:00[Europe/Brussels]"),
        ),
    };
    for change in decide(&book, Some(&ended), stop, now).unwrap() {
        ended.apply(&change);
    }
    let clocks = [
        paused,
        clock(
            "notification",
            "nis2-notification",
            "2026-03-10T10:20[Europe/Brussels]",
        ),
        // 24 hours end at 11:00 on the 11th in Brussels: three hours from now.
        clock(
            "warning",
            "nis2-early-warning",
            "2026-03-10T10:20[Europe/Brussels]",
        ),
        clock(
            "answer",
            "nis2-csirt-answer",
            "2026-03-10T10:40[Europe/Brussels]",
        ),
        clock("very late", "au-soci-critical", "2026-03-08T06:00[UTC]"),
        clock("late", "au-soci-critical", "2026-03-10T18:30[UTC]"),
        ended,
    ];
    let lines = strip(&book, &clocks, now);
    let seen: Vec<(&str, State, String)> = lines
        .iter()
        .map(|line| (&*line.clock, line.state, line.words("en")))
        .collect();
    assert_eq!(
        seen,
        [
            ("very late", State::Overdue, "2 days late".to_owned()),
            ("late", State::Overdue, "30 min late".to_owned()),
            // Both due at the same moment: ours first.
            ("answer", State::DueSoon, "in 3 h".to_owned()),
            ("warning", State::DueSoon, "in 3 h".to_owned()),
            ("notification", State::Running, "in 2 days".to_owned()),
            ("paused", State::Paused, "paused".to_owned()),
        ]
    );
    let answer = &lines[2];
    assert_eq!(
        answer.title("mi"),
        "Te whakautu a te CSIRT ki te whakatūpato wawe"
    );
    let (law, article, link) = answer.source().unwrap();
    assert_eq!(
        (law, article),
        ("Directive (EU) 2022/2555 (NIS2)", "art. 23(5)")
    );
    assert_eq!(link, "https://eur-lex.europa.eu/eli/dir/2022/2555/oj");
}

#[test]
fn a_clock_whose_rule_is_gone_still_has_its_line() {
    let book = book();
    let mut orphan = clock(
        "old",
        "nis2-early-warning",
        "2026-03-10T10:20[Europe/Brussels]",
    );
    orphan.opening.rule = "gone".to_owned();
    let lines = strip(&book, &[orphan], Micros(at("2026-03-11T10:00[UTC]").0 + 1));
    assert_eq!(
        (lines[0].title("en"), lines[0].state),
        ("gone", State::Overdue)
    );
    assert_eq!(lines[0].source(), None);
}
