//! Constituents, the same on both databases: what is kept, that a change for a state that is gone is refused, and that verifying sees
//! what was changed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::too_many_lines,
    reason = "tests say what is wrong by failing; the bodies stand in a macro, where no lint sees that"
)]

use cairn_desk::account::{AccountChange, AccountEvent};
use cairn_desk::constituent::decide::Done;
use cairn_desk::constituent::typed::ContactTyped;
use cairn_desk::constituent::{Asset, Constituent, Day, Typed, Work, decide, fresh};
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::constituent::{Texts, begin, remove, set};
use cairn_store::verify::Finding;
use cairn_store::writer::{Entry, Unit, WriteError};
use cairn_testkit::sample::Dice;
use cairn_testkit::{TestStore, on_both};

const TODAY: Day = Day(20_000);

async fn wrong(t: &TestStore) -> Vec<String> {
    t.log_verify().await.1.iter().map(Finding::place).collect()
}

fn entry(at: i64, change: AccountChange) -> Entry {
    let event = AccountEvent {
        at: Micros(at),
        by: Actor::User("a1".into()),
        change,
    };
    let json = serde_json::to_string(&event).unwrap();
    Entry::new(at, None, json, Dice::new(at as u64).bytes())
}

fn put(unit: &mut Unit, at: i64, one: &Constituent, done: Done) {
    let texts = Texts::of(one).unwrap();
    let salt = Dice::new(at as u64 + 100).bytes();
    let (facts, people) = texts.digests(&one.origin, &salt);
    let change = AccountChange::ConstituentSet {
        constituent: one.no,
        version: one.version,
        done,
        contact: None,
        facts,
        people,
    };
    set(unit, one, texts, salt, entry(at, change));
}

async fn write(t: &TestStore, at: i64, one: &Constituent, next: u32) -> Result<(), WriteError> {
    let mut unit = begin(t.constituent_mark().await.unwrap(), next);
    put(&mut unit, at, one, Done::Made);
    t.write(unit).await.map(drop)
}

fn example(no: u32, name: &str) -> Constituent {
    let typed = Typed {
        name: name.into(),
        sector: "health".into(),
        ..Typed::default()
    };
    fresh(no, typed.read().unwrap(), TODAY)
}

fn with_contact(one: &Constituent) -> Constituent {
    let typed = ContactTyped {
        role: "abuse".into(),
        email: "abuse@example.org".into(),
        ..ContactTyped::default()
    };
    let work = Work::NewContact(Box::new(typed.read().unwrap()));
    decide(one, &work, TODAY).unwrap()
}

async fn meddle(t: &TestStore, sql: &'static str) {
    let mut unit = Unit::default();
    unit.exec(sql, Vec::new());
    t.write(unit).await.unwrap();
}

on_both! {
    async fn one_is_kept_whole_and_listed_without_its_contacts(t: &mut TestStore) {
        let mark = t.constituent_mark().await.unwrap();
        assert_eq!((mark.generation, mark.next), (0, 1));
        let one = example(1, "Example Ltd");
        write(t, 10, &one, 2).await.unwrap();
        let assets = vec![Asset::parse("192.0.2.0/24").unwrap(), Asset::Asn(64_496)];
        let one = with_contact(&decide(&one, &Work::Add(assets), TODAY).unwrap());
        // A version was left out: the log is not asked here, only the rows.
        let mut step = one.clone();
        step.version = 2;
        write(t, 11, &step, 2).await.unwrap();
        let other = example(2, "Other Ltd");
        write(t, 12, &other, 3).await.unwrap();
        assert_eq!(t.constituent(1).await.unwrap(), Some(step.clone()));
        let lines = t.constituent_lines().await.unwrap();
        assert_eq!(lines.len(), 2);
        assert_eq!((lines[0].no, lines[0].contacts, lines[0].due), (1, 1, step.due()));
        assert_eq!(lines[0].words, step.facts.words());
        assert_eq!(t.constituents_after(1).await.unwrap(), std::slice::from_ref(&other));
        assert_eq!(t.constituents_of("").await.unwrap().len(), 2);
        assert_eq!(t.constituent_steps(1).await.unwrap().len(), 2);
        let mark = t.constituent_mark().await.unwrap();
        assert_eq!((mark.generation, mark.next), (3, 3));
        assert_eq!(wrong(t).await, [""; 0]);
        let mut unit = begin(mark, 3);
        remove(&mut unit, 1, entry(13, AccountChange::ConstituentRemoved { constituent: 1 }));
        t.write(unit).await.unwrap();
        assert_eq!(t.constituent(1).await.unwrap(), None);
        assert!(t.constituent_steps(1).await.unwrap().is_empty());
        assert_eq!(wrong(t).await, [""; 0]);
    }

    async fn who_comes_second_looks_again(t: &mut TestStore) {
        let seen = t.constituent_mark().await.unwrap();
        write(t, 10, &example(1, "Example Ltd"), 2).await.unwrap();
        let mut unit = begin(seen, 2);
        put(&mut unit, 11, &example(1, "Other Ltd"), Done::Made);
        let lost = t.write(unit).await;
        assert!(matches!(lost, Err(WriteError::Conflict)), "{lost:?}");
        assert_eq!(t.constituent(1).await.unwrap().unwrap().facts.name, "Example Ltd");
    }

    async fn what_somebody_changed_past_the_log_is_found(t: &mut TestStore) {
        let one = example(1, "Example Ltd");
        write(t, 10, &one, 2).await.unwrap();
        write(t, 11, &with_contact(&one), 2).await.unwrap();
        assert_eq!(wrong(t).await, [""; 0]);
        for (sql, back, place) in [
            ("UPDATE constituent SET name = 'X'", "UPDATE constituent SET name = 'Example Ltd'", "constituent 1"),
            ("UPDATE constituent SET bounced = TRUE", "UPDATE constituent SET bounced = FALSE", "constituent 1"),
            ("UPDATE constituent SET manual = FALSE", "UPDATE constituent SET manual = TRUE", "constituent 1"),
            ("UPDATE constituent SET people = replace(people, 'abuse@', 'other@')", "UPDATE constituent SET people = replace(people, 'other@', 'abuse@')", "constituent 1"),
            ("UPDATE constituent SET version = 1", "UPDATE constituent SET version = 2", "constituent 1"),
            ("UPDATE constituent_step SET n = 7 WHERE n = 2", "UPDATE constituent_step SET n = 2 WHERE n = 7", "constituent_step 1/7"),
            ("UPDATE constituent_mark SET next_no = 1", "UPDATE constituent_mark SET next_no = 2", "constituent_mark 1"),
        ] {
            meddle(t, sql).await;
            let found = wrong(t).await;
            assert!(found.iter().any(|one| one == place), "{sql}: {found:?}");
            meddle(t, back).await;
            assert_eq!(wrong(t).await, [""; 0], "{back}");
        }
        meddle(t, "DELETE FROM constituent").await;
        assert!(wrong(t).await.contains(&"constituent 1".to_owned()));
    }
}
