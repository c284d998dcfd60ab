//! Returns of every kind, sound ones and others.

use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;

use super::super::*;
use crate::plan::Vintage;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-zāē ]{1,12}",
        1 => "[a-z\"',=\\\\\n\u{7}\u{202e}{}#\\[\\]-]{0,12}",
    ]
}

fn words() -> impl Strategy<Value = Words> {
    (text(), of(text())).prop_map(|(en, mi)| Words { en, mi })
}

fn day() -> impl Strategy<Value = Date> {
    (0..3_000_i32)
        .prop_map(|days| jiff::civil::date(2020, 1, 1).saturating_add(jiff::Span::new().days(days)))
}

fn vintage() -> impl Strategy<Value = Vintage> {
    prop_oneof![
        Just("2024-05"),
        Just("2026-01-05"),
        Just("2025"),
        Just("2030")
    ]
    .prop_map(|text| text.parse().unwrap())
}

fn evidence() -> impl Strategy<Value = Evidence> {
    let kinds = of(prop_oneof![
        Just(SourceKind::Dataset),
        Just(SourceKind::Page)
    ]);
    let url = of(prop_oneof![
        Just("https://example.org/a,\"b\"".to_owned()),
        Just("ftp://example.org".to_owned())
    ]);
    let hash = of(prop_oneof![Just("AB".repeat(32)), Just("x".to_owned())]);
    let texts = (text(), text(), of(text()));
    (texts, url, kinds, hash, of(day()), of(vintage())).prop_map(
        |((title, publisher, file), url, kind, sha256, retrieved, published)| Evidence {
            title,
            publisher,
            url,
            kind,
            sha256,
            file,
            retrieved,
            published,
        },
    )
}

fn progress() -> impl Strategy<Value = About> {
    let id = prop_oneof![Just("identity"), Just("law"), Just("care"), Just("none")];
    let step = || of(prop_oneof![Just("act"), Just("rules"), Just("x")]);
    (id, words(), step(), step(), of(day())).prop_map(|(id, claim, milestone, action, done)| {
        About::Initiative(Progress {
            id: id.into(),
            claim,
            milestone: milestone.map(str::to_owned),
            action: action.map(str::to_owned),
            done,
        })
    })
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[1-9][0-9]{0,3}(\\.[0-9]{1,2})?", 1 => "[-0-9.,e ]{0,6}"]
}

fn figure() -> impl Strategy<Value = About> {
    let id = prop_oneof![Just("loss"), Just("skills"), Just("reports"), Just("none")];
    let period = prop_oneof![
        3 => "20(19|2[0-7])",
        2 => "20(19/20|23/24|24/25)",
        1 => "20(20-22|24Q2|24-03|x)"
    ];
    let missing = of(prop_oneof![
        Just(Missing::NotCollected),
        Just(Missing::Missing)
    ]);
    let flag = prop_oneof![
        Just(""),
        Just("provisional"),
        Just("planned model"),
        Just("x")
    ];
    let dims = btree_map(
        prop_oneof![Just("region".to_owned()), Just("age".to_owned())],
        prop_oneof![Just("north".to_owned()), text()],
        0..2,
    );
    let beside = (of(number()), of(number()), of(number()), flag, of(text()));
    (
        id,
        period,
        (of(number()), missing),
        beside,
        text(),
        any::<bool>(),
        dims,
    )
        .prop_map(
            |(id, period, (value, missing), (low, high, n, flag, brk), note, revises, dims)| {
                About::Measure(Figure {
                    id: id.into(),
                    period,
                    value,
                    missing,
                    low,
                    high,
                    n,
                    flag: flag.into(),
                    brk,
                    note,
                    revises,
                    dims,
                })
            },
        )
}

fn remark() -> impl Strategy<Value = About> {
    let on = || {
        prop_oneof![
            Just((What::Measure, "loss")),
            Just((What::Initiative, "law")),
            Just((What::Goal, "safe")),
            Just((What::Goal, "none")),
        ]
    };
    prop_oneof![
        (on(), words()).prop_map(|((what, id), text)| About::Note(Remark {
            what,
            id: id.into(),
            text
        })),
        (on(), words(), text(), of(words())).prop_map(|((what, id), text, reviewer, would_say)| {
            About::Dissent(Objection {
                what,
                id: id.into(),
                text,
                reviewer,
                would_say,
            })
        }),
    ]
}

/// Any return.
pub(super) fn accepted() -> impl Strategy<Value = Accepted> {
    let by = prop_oneof![
        Just("Interior office"),
        Just("Law office"),
        Just("Strategy office")
    ];
    let id = prop_oneof![3 => "[a-z0-9]{1,8}", 1 => Just("r1".to_owned()), 1 => "[A-Z ]{0,60}"];
    let edition = prop_oneof![6 => Just("2026"), 1 => Just("2022"), 1 => Just("2031")];
    let about = prop_oneof![progress(), figure(), remark()];
    (
        id,
        edition,
        by,
        (day(), day()),
        about,
        vec(evidence(), 0..3),
        text(),
    )
        .prop_map(
            |(id, edition, by, (filed, accepted), about, evidence, role)| Accepted {
                ret: Return {
                    id,
                    edition: edition.into(),
                    by: by.into(),
                    filed,
                    about,
                    evidence,
                },
                accepted,
                role,
            },
        )
}

/// A return that may well be sound: accepted after it was filed, by a role with a name.
pub(super) fn likely() -> impl Strategy<Value = Accepted> {
    (accepted(), evidence(), 2020..2026_i16).prop_map(|(mut one, mut shown, year)| {
        one.ret.edition = "2026".into();
        one.ret.filed = jiff::civil::date(2026, 7, 1);
        one.accepted = jiff::civil::date(2026, 7, 2);
        one.role = "Keeper".into();
        one.ret.id = format!("new-{year}");
        shown.title = "Paper".into();
        shown.publisher = "Gazette".into();
        one.ret.evidence = vec![shown];
        one
    })
}
