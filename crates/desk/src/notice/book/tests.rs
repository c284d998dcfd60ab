use super::*;
use crate::constituent::{Heading, Note, fresh};

const BOOK: &str = r#"
[limits]
mails_hour = 10

[[rule]]
name = "Honeypot"
when = { owner = [7], type = ["scanner"] }
silent = "a honeypot of theirs"

[[rule]]
name = "Open telnet, new"
when.identifier = ["open-telnet"]
when.new = true
tell = { class = "exposed", role = ["security"], format = "xarf", hours = 0, at_once = true, tlp = "green" }

[[rule]]
name = "By place"
when = { network = ["192.0.2.0/25"], feed = ["example", "other/scan"], country = ["nz"], port = [23, 24] }
tell = { class = "vulnerable" }
"#;

fn facts() -> Facts {
    let heading = Heading {
        name: "Example".into(),
        sector: Some("health".into()),
        language: None,
        quiet: None,
    };
    fresh(7, heading, Day(20_000)).facts
}

fn seen<'a>() -> Seen<'a> {
    Seen {
        kind: "vulnerable-system",
        identifier: "open-ssh",
        feed: ("example", "scan"),
        malware: "",
        severity: "high",
        tlp: None,
        tags: "",
        ip: Some("192.0.2.9".parse().unwrap()),
        port: Some(23),
        asn: Some(64_496),
        cc: "NZ",
        new: true,
        first: Micros(0),
        now: Micros(5 * DAY_US),
    }
}

fn judged(book: &Book, seen: &Seen<'_>, owner: u32) -> String {
    match book.judge(seen, owner, &facts(), Day(20_000)) {
        Judged::Tell(no, tell) => format!("{no} {}", tell.class),
        Judged::Silent(no, reason) => format!("{no} not: {reason}"),
        Judged::NoRule => "none".into(),
    }
}

#[test]
fn labels_and_tags_of_single_events_decide_and_the_stricter_label_wins() {
    let text = r#"
[[rule]]
name = "Miners"
when = { tag = ["miner", "botnet"] }
tell = { class = "miner", tlp = "green" }

[[rule]]
name = "Named"
when = { tlp = ["amber+strict", "red"], tag = ["theirs"] }
tell = { class = "named", tlp = "amber" }

[[rule]]
name = "Nobody is told of what is red and of ours"
when = { tlp = ["red"], tag = ["ours"] }
silent = "ours"

[[rule]]
name = "All"
tell = { class = "all", tlp = "amber" }
"#;
    let book = Book::parse(text).unwrap();
    let own = seen();
    let with = |tlp, tags| judged(&book, &Seen { tlp, tags, ..own }, 7);
    assert_eq!(with(None, ""), "4 all");
    assert_eq!(with(None, "cve-2050-1; Miner"), "1 miner");
    assert_eq!(with(None, "miners"), "4 all", "whole words");
    assert_eq!(with(Some(Tlp::Amber), "theirs"), "4 all");
    assert_eq!(with(Some(Tlp::AmberStrict), "a,theirs"), "2 named");
    // What is red goes on only where a rule names it.
    assert_eq!(with(Some(Tlp::Red), "miner"), "none");
    assert_eq!(with(Some(Tlp::Red), "theirs"), "2 named");
    assert_eq!(with(Some(Tlp::Red), "ours"), "3 not: ours");
    let tell = book.rules[3].tell.clone().unwrap();
    for (label, wins) in [
        (None, Tlp::Amber),
        (Some(Tlp::Clear), Tlp::Amber),
        (Some(Tlp::AmberStrict), Tlp::AmberStrict),
        (Some(Tlp::Red), Tlp::Red),
    ] {
        assert_eq!(tell.labelled(label).tlp, wins);
    }
}

#[test]
fn the_first_rule_that_fits_decides() {
    let book = Book::parse(BOOK).unwrap();
    assert_eq!(
        (book.limits.mails_hour, book.limits.approve_rows),
        (10, 500)
    );
    let own = seen();
    assert_eq!(judged(&book, &own, 7), "3 vulnerable");
    let telnet = Seen {
        identifier: "open-telnet",
        ..own
    };
    assert_eq!(judged(&book, &telnet, 7), "2 exposed");
    assert_eq!(
        judged(
            &book,
            &Seen {
                new: false,
                ..telnet
            },
            7
        ),
        "3 vulnerable"
    );
    let scanner = Seen {
        kind: "scanner",
        ..own
    };
    assert_eq!(judged(&book, &scanner, 7), "1 not: a honeypot of theirs");
    assert_eq!(judged(&book, &scanner, 8), "3 vulnerable");
    for other in [
        Seen {
            ip: Some("192.0.2.200".parse().unwrap()),
            ..own
        },
        Seen { ip: None, ..own },
        Seen {
            port: Some(25),
            ..own
        },
        Seen { cc: "AU", ..own },
        Seen {
            feed: ("other", "list"),
            ..own
        },
    ] {
        assert_eq!(judged(&book, &other, 7), "none");
    }
    assert_eq!(
        judged(
            &book,
            &Seen {
                feed: ("other", "scan"),
                ..own
            },
            7
        ),
        "3 vulnerable"
    );
    assert_eq!(book.rule(1).unwrap().name, "Honeypot");
    assert_eq!(book.rule(0), None);
    let tell = book.rule(3).unwrap().tell.as_ref().unwrap();
    assert_eq!(
        (tell.hours, tell.tlp, tell.format),
        (24, Tlp::Amber, Format::Csv)
    );
}

#[test]
fn remarks_and_ages_count_as_long_as_they_do() {
    let text = |when: &str| format!("[[rule]]\nname='x'\nwhen={{{when}}}\ntell={{class='c'}}");
    let fits = |when: &str, facts: &Facts| {
        let book = Book::parse(&text(when)).unwrap();
        book.judge(&seen(), 7, facts, Day(20_000)) != Judged::NoRule
    };
    let mut own = facts();
    own.notes.push(Note {
        text: "Do not Disturb".into(),
        until: Some(Day(20_000)),
    });
    assert!(fits("note=['disturb']", &own));
    own.notes[0].until = Some(Day(19_999));
    assert!(!fits("note=['disturb']", &own));
    for (when, expected) in [
        ("older_days=4", true),
        ("older_days=5", false),
        ("younger_days=5", true),
        ("younger_days=4", false),
        ("sector=['health']", true),
        ("sector=['energy']", false),
        ("asn=[64496]", true),
        ("asn=[64497]", false),
        ("severity=['HIGH']", true),
    ] {
        assert_eq!(fits(when, &facts()), expected, "{when}");
    }
}

#[test]
fn what_is_no_book_is_refused_with_its_place() {
    let rule = |rest: &str| format!("[[rule]]\nname='x'\n{rest}");
    for (text, expected) in [
        (String::new(), BookFault::Empty),
        (rule(""), BookFault::Both(1)),
        (rule("silent='a'\ntell={class='c'}"), BookFault::Both(1)),
        (rule("tell={class=''}"), BookFault::Words(1)),
        (rule("silent=' '"), BookFault::Words(1)),
        (rule("tell={class='c', hours=9999}"), BookFault::Hours(1)),
        (rule("tell={class='c', role=[]}"), BookFault::Role(1)),
        (
            rule("tell={class='c', template='none'}"),
            BookFault::Template(1, "none".into()),
        ),
        (
            format!("limits.tester='nobody'\n{}", rule("silent='a'")),
            BookFault::Tester,
        ),
        ("#".repeat(BOOK_BYTES_MAX + 1), BookFault::Large),
    ] {
        assert_eq!(Book::parse(&text), Err(expected), "{text}");
    }
    for text in [
        rule("when={colour=['red']}\nsilent='a'"),
        rule("when={network=['192.0.2.1/24']}\nsilent='a'"),
        rule("tell={class='c', role=['boss']}"),
        "rule = 1".to_owned(),
    ] {
        assert!(
            matches!(Book::parse(&text), Err(BookFault::Toml(_))),
            "{text}"
        );
    }
}
