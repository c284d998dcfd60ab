//! What holds for every clock.

use cairn_desk::clock::{Book, Change, Clock, Command, End, State, decide};
use cairn_kernel::time::Micros;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use std::sync::LazyLock;

use crate::{at, event, general};

static BOOK: LazyLock<Book> = LazyLock::new(general);

const MINUTE: i64 = 60_000_000;

fn start(rule: usize, when: Micros, limit: Micros, calendar: Option<&str>) -> Command {
    let rule = &BOOK.rules()[rule % BOOK.rules().len()];
    let second = rule.terms.not_later_than.as_ref();
    Command::Start {
        rule: rule.id.clone(),
        start: event(&rule.terms.start[0], when),
        limit: second.map(|second| event(&second.from, limit)),
        calendar: calendar.map(str::to_owned),
    }
}

fn clock(command: Command) -> Option<Clock> {
    Clock::replay("1", &decide(&BOOK, None, command, Micros(i64::MAX)).ok()?)
}

fn named(rule: &str, when: Micros) -> Clock {
    let index = BOOK
        .rules()
        .iter()
        .position(|other| other.id == rule)
        .unwrap();
    clock(start(index, when, when, None)).unwrap()
}

/// All of jiff's range and beyond.
fn any_time() -> impl Strategy<Value = Micros> {
    let (first, last) = (
        Timestamp::MIN.as_microsecond(),
        Timestamp::MAX.as_microsecond(),
    );
    prop_oneof![
        (first..=last).prop_map(Micros),
        any::<i64>().prop_map(Micros),
        (0..40_000_000_000_i64).prop_map(move |back| Micros(last - back * 100)),
        (0..40_000_000_000_i64).prop_map(move |on| Micros(first + on * 100)),
    ]
}

/// A minute of the years that the calendars cover.
fn covered() -> impl Strategy<Value = Micros> {
    let first = at("2025-03-12T00:00[UTC]").0 / MINUTE;
    let last = at("2028-11-01T00:00[UTC]").0 / MINUTE;
    (first..last).prop_map(|minute| Micros(minute * MINUTE))
}

/// Minutes of an office of New Zealand, counted one by one and by the calendar's list alone.
fn office_minutes(from: Micros, to: Micros) -> i64 {
    let zone = TimeZone::get("Pacific/Auckland").unwrap();
    let calendar = BOOK.calendar("nz").unwrap();
    let off: Vec<_> = calendar.holidays().map(|(day, _)| day).collect();
    let mut count = 0;
    let mut now = from.0;
    while now < to.0 {
        let local = zone.to_datetime(Timestamp::from_microsecond(now).unwrap());
        let minute = i32::from(local.hour()) * 60 + i32::from(local.minute());
        let weekday = local.date().weekday().to_monday_zero_offset();
        if weekday < 5 && (510..1020).contains(&minute) && !off.contains(&local.date()) {
            count += 1;
        }
        now += MINUTE;
    }
    count
}

fn paused(clock: &Clock, from: Micros, to: Micros) -> Option<Clock> {
    let mut clock = clock.clone();
    let pause = Command::Pause {
        reason: "waiting_for_reporter".to_owned(),
    };
    for (command, now) in [(pause, from), (Command::Resume, to)] {
        for change in decide(&BOOK, Some(&clock), command, now).ok()? {
            clock.apply(&change);
        }
    }
    Some(clock)
}

proptest! {
    #[test]
    fn due_is_never_before_the_start_and_no_time_panics(
        rule in 0_usize..100,
        when in any_time(),
        limit in any_time(),
        calendar in prop::option::of(prop::sample::select(vec!["nz", "nz-legislation", "eu", "be", "au"])),
        now in any_time(),
    ) {
        for when in [when, Micros(limit.0.saturating_sub(MINUTE))] {
            if let Some(clock) = clock(start(rule, when, limit, calendar)) {
                prop_assert!(clock.due() >= when, "{clock:?}");
                let _ = clock.state(now);
                let line = cairn_desk::clock::Line::new(&BOOK, &clock, now);
                prop_assert!(!line.words("mi").is_empty());
            }
        }
    }

    #[test]
    fn every_rule_starts_at_any_time_of_the_covered_years(rule in 0_usize..100, when in covered()) {
        // But for laws that do not apply yet.
        let rule = rule % BOOK.rules().len();
        let law = BOOK.law(&BOOK.rules()[rule].law).unwrap();
        let from = law.applies_from.map_or(i64::MIN, |day| at(&format!("{day}T12:00[UTC]")).0 + 24 * 60 * MINUTE);
        prop_assume!(when.0 > from);
        let clock = clock(start(rule, when, when, None));
        let Some(clock) = clock else {
            return Err(TestCaseError::fail("it does not start"));
        };
        // A year from the last covered one ends in one that is not.
        prop_assert!(clock.known || clock.due() >= at("2028-12-31T00:00[UTC]"));
    }

    #[test]
    fn a_pause_moves_hours_by_exactly_its_length(
        rule in prop::sample::select(vec!["eu-hour", "nz-two-days-of-hours"]),
        when in covered(),
        before in 0_i64..60,
        length in 0_i64..100_000_000_000,
    ) {
        let clock = named(rule, when);
        let from = Micros(when.0 + before * MINUTE);
        let moved = paused(&clock, from, Micros(from.0 + length)).unwrap();
        prop_assert_eq!(moved.due().0 - clock.due().0, length);
    }

    #[test]
    fn a_later_start_is_never_due_earlier(rule in 0_usize..100, when in covered(), later in 0_i64..20_000) {
        let rule = rule % BOOK.rules().len();
        // The grace to noon is odd: what falls on Monday at 1:00 is due before what fell on Sunday. It is the law's.
        let terms = &BOOK.rules()[rule].terms;
        prop_assume!(terms.holiday == cairn_desk::clock::Holiday::AsComputed && terms.not_later_than.is_none());
        let second = Micros(when.0 + later * MINUTE);
        if let (Some(first), Some(second)) = (clock(start(rule, when, when, None)), clock(start(rule, second, second, None))) {
            prop_assert!(first.due() <= second.due());
        }
    }

    #[test]
    fn done_before_the_end_is_met_and_after_it_missed(
        rule in 0_usize..100,
        when in covered(),
        share in 0.0_f64..2.0,
    ) {
        let Some(mut clock) = clock(start(rule, when, when, None)) else { return Ok(()); };
        let span = clock.due().0 - when.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "any moment will do")]
        let done = Micros(when.0 + (span as f64 * share) as i64);
        let by = event(&clock.opening.terms.stop[0], done);
        let before = clock.clone();
        for change in decide(&BOOK, Some(&clock), Command::Stop { by }, Micros(i64::MAX)).unwrap() {
            clock.apply(&change);
        }
        match &clock.end {
            Some(End::Met { spare, by }) => {
                prop_assert!(done <= before.due());
                prop_assert_eq!(by.at.0 + spare, before.due().0);
            }
            Some(End::Missed { late, by }) => {
                prop_assert!(done > before.due() && *late > 0);
                prop_assert_eq!(by.at.0 - late, before.due().0);
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_pause_moves_office_time_by_exactly_what_it_took(
        rule in prop::sample::select(vec!["service-first-answer", "office-hours"]),
        when in covered(),
        before in 0_i64..3_000,
        length in 0_i64..9_000,
    ) {
        let clock = named(rule, when);
        let from = Micros(when.0 + before * MINUTE);
        prop_assume!(from <= clock.due());
        let to = Micros(from.0 + length * MINUTE);
        let moved = paused(&clock, from, to).unwrap();
        prop_assert_eq!(office_minutes(clock.due(), moved.due()), office_minutes(from, to));
        // And not a minute further than needed.
        if moved.due() > clock.due() {
            let last = Micros(moved.due().0 - MINUTE);
            prop_assert_eq!(office_minutes(last, moved.due()), 1);
        }
    }

    #[test]
    fn the_sum_of_the_events_is_the_clock(
        rule in 0_usize..100,
        when in covered(),
        steps in prop::collection::vec((0_usize..8, 0_i64..5_000), 0..12),
    ) {
        let mut changes = Vec::new();
        let mut now = when;
        let mut clock: Option<Clock> = None;
        for (step, minutes) in std::iter::once((7, 0)).chain(steps) {
            now = Micros(now.0 + minutes * MINUTE);
            let terms = clock.as_ref().map(|clock| clock.opening.terms.clone());
            let of = |kinds: Option<Vec<String>>| event(kinds.iter().flatten().next().map_or("none", |k| k), now);
            let command = match step {
                0 => Command::Pause { reason: "police_asked".to_owned() },
                1 => Command::Resume,
                2 => Command::Stop { by: of(terms.map(|t| t.stop)) },
                3 => Command::Withdraw { reason: "duplicate".to_owned() },
                4 => Command::Reopen { reason: "ended_by_mistake".to_owned() },
                5 => Command::StartAgain { start: of(terms.map(|t| t.start_again)) },
                6 => Command::Correct {
                    start: of(terms.as_ref().map(|t| t.start.clone())),
                    limit: clock.as_ref().and_then(|clock| clock.opening.limit.clone()),
                    reason: "wrong_time".to_owned(),
                },
                _ => start(rule, now, now, None),
            };
            let Ok(decided) = decide(&BOOK, clock.as_ref(), command, now) else { continue };
            for change in decided {
                // What is written is what is read.
                let json = serde_json::to_string(&change).unwrap();
                prop_assert_eq!(&serde_json::from_str::<Change>(&json).unwrap(), &change);
                match &mut clock {
                    None => clock = Clock::replay("1", std::slice::from_ref(&change)),
                    Some(clock) => clock.apply(&change),
                }
                changes.push(change);
            }
        }
        let replayed = Clock::replay("1", &changes);
        prop_assert_eq!(&replayed, &clock);
        let Some(clock) = clock else { return Ok(()); };
        let json = serde_json::to_string(&clock).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Clock>(&json).unwrap(), &clock);
        // Pauses follow each other, and only the last may last.
        for pair in clock.pauses.windows(2) {
            prop_assert!(pair[0].to.is_some_and(|to| pair[0].from <= to && to <= pair[1].from));
        }
        // The first event starts it, and nothing but taking it up again follows its end.
        prop_assert!(matches!(changes[0], Change::Started(_)));
        for pair in changes.windows(2) {
            let ended = matches!(pair[0], Change::Met { .. } | Change::Missed { .. } | Change::Withdrawn { .. });
            prop_assert!(!ended || matches!(pair[1], Change::Reopened { .. }), "{pair:?}");
        }
        let ended = clock.end.is_some();
        prop_assert_eq!(clock.state(now).ended(), ended);
        prop_assert!(ended || clock.pause().is_none() || clock.state(now) == State::Paused);
    }
}
