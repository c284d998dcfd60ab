//! Single pages: what is taken, what is refused and in which words.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::sync::LazyLock;

use cairn_desk::form::{Asked, FieldBag, Form, FormFiles, Progress, StepErrors};
use cairn_desk::report::{Answer, Certainty, Contact, PartialDate};

static FORM: LazyLock<Form> =
    LazyLock::new(|| Form::parse(&FormFiles::embedded()).expect("the form"));

const EN: Asked<'static> = Asked {
    language: "en",
    today: Some(PartialDate {
        year: 2026,
        month: Some(11),
        day: Some(23),
    }),
};

fn bag(fields: &[(&str, &str)]) -> FieldBag {
    FieldBag::from_pairs(fields.iter().copied()).expect("small")
}

/// A citizen's answers up to the page in question.
fn begun() -> Progress {
    let mut progress = FORM.begin("en");
    for (step, fields) in [
        ("who", [("who", "me")]),
        ("danger", [("danger", "no")]),
        ("money_moved", [("money_moved", "no")]),
        ("what", [("what", "scam")]),
        ("scam", [("scam_kind", "goods")]),
        ("loss", [("loss", "money")]),
        ("identity", [("identity", "contact")]),
    ] {
        progress = FORM
            .accept(step, &bag(&fields), &progress, EN)
            .expect("taken");
    }
    progress
}

fn taken(step: &str, fields: &[(&str, &str)]) -> Progress {
    FORM.accept(step, &bag(fields), &begun(), EN)
        .unwrap_or_else(|refused| panic!("{fields:?}: {:?}", refused.errors))
}

fn refused(step: &str, fields: &[(&str, &str)]) -> Vec<(String, &'static str)> {
    let refused = FORM
        .accept(step, &bag(fields), &begun(), EN)
        .expect_err("refused");
    codes(refused)
}

/// Field names and codes of what is refused.
fn codes(refused: Box<StepErrors>) -> Vec<(String, &'static str)> {
    let errors = refused.errors.into_iter();
    errors
        .map(|error| (error.field, error.code.as_str()))
        .collect()
}

fn one(field: &str, code: &'static str) -> Vec<(String, &'static str)> {
    vec![(field.to_owned(), code)]
}

#[test]
fn dates_are_whole_or_partial() {
    let date = |fields: &[(&str, &str)]| {
        taken("when", fields)
            .answers
            .remove("when")
            .expect("an answer")
    };
    let partial = |year, month, day| Answer::Date(PartialDate { year, month, day });
    assert_eq!(date(&[("when.year", "2026")]), partial(2026, None, None));
    assert_eq!(
        date(&[("when.year", " 2026 "), ("when.month", "03")]),
        partial(2026, Some(3), None)
    );
    for month in ["2", "02", "February", "feb", "Huitanguru", "huitanguru"] {
        let fields = [
            ("when.year", "2024"),
            ("when.month", month),
            ("when.day", "29"),
        ];
        assert_eq!(date(&fields), partial(2024, Some(2), Some(29)), "{month}");
    }
    assert_eq!(date(&[("when.not_known", "1")]), Answer::NotKnown);
    // Somewhere it is tomorrow already.
    assert_eq!(
        date(&[
            ("when.year", "2026"),
            ("when.month", "11"),
            ("when.day", "24")
        ]),
        partial(2026, Some(11), Some(24))
    );
}

#[test]
fn odd_dates_are_refused_at_the_part_at_fault() {
    let at = |day, month, year| {
        refused(
            "when",
            &[
                ("when.day", day),
                ("when.month", month),
                ("when.year", year),
            ],
        )
    };
    assert_eq!(at("29", "2", "2025"), one("when.day", "not_date"));
    assert_eq!(at("", "13", "2025"), one("when.month", "not_date"));
    assert_eq!(at("", "ma", "2025"), one("when.month", "not_date"));
    assert_eq!(at("x", "1", "2025"), one("when.day", "not_date"));
    assert_eq!(at("5", "", "2025"), one("when.month", "date_needs_month"));
    assert_eq!(at("5", "5", ""), one("when.year", "date_needs_year"));
    assert_eq!(at("5", "5", "26"), one("when.year", "date_needs_year"));
    assert_eq!(at("5", "5", "1826"), one("when.year", "date_too_early"));
    assert_eq!(at("25", "11", "2026"), one("when.day", "date_future"));
    assert_eq!(at("", "", "2027"), one("when.year", "date_future"));
    assert_eq!(at("", "", ""), one("when.day", "required"));
    let both = refused("when", &[("when.year", "2026"), ("when.not_known", "1")]);
    assert_eq!(both, one("when.day", "exclusive"));
}

#[test]
fn money_is_read_as_people_write_it() {
    let losses = taken(
        "money",
        &[
            ("money.0.amount", "NZ$1,234.50"),
            ("money.0.currency", "NZD"),
            ("money.0.recovered", "0"),
            ("money.0.certainty", "estimated"),
            ("money.0.paid_by", "card"),
            ("money.0.year", "2026"),
            ("money.2.amount", "500"),
            ("money.2.currency", "JPY"),
            ("money.5.currency", "NZD"),
            ("money.7.amount", "99"),
            ("money.7.remove", "1"),
            ("money.9.year", "2025"),
        ],
    )
    .losses;
    assert_eq!(losses.len(), 3);
    let amount = losses[0].amount.as_ref().expect("amount");
    assert_eq!((amount.minor, amount.currency.as_str()), (123_450, "NZD"));
    assert_eq!(
        (losses[0].recovered_minor, losses[0].certainty),
        (Some(0), Certainty::Estimated)
    );
    assert_eq!(losses[0].paid_by.as_deref(), Some("card"));
    assert_eq!(
        losses[1].amount.as_ref().map(|amount| amount.minor),
        Some(500)
    );
    assert_eq!(
        (losses[1].recovered_minor, losses[2].amount.as_ref()),
        (None, None)
    );
}

#[test]
fn odd_money_is_refused_at_its_item() {
    let found = refused(
        "money",
        &[
            ("money.0.amount", "lots"),
            ("money.1.amount", "10"),
            ("money.1.recovered", "11"),
            ("money.2.recovered", "5"),
            ("money.3.amount", "10"),
            ("money.3.paid_by", "bitcoin"),
            ("money.4.amount", "10"),
            ("money.4.currency", "XXX"),
            ("money.5.amount", "-10"),
            ("money.6.amount", "5"),
            ("money.6.month", "2"),
        ],
    );
    let wanted = [
        ("money.0.amount", "not_amount"),
        ("money.1.recovered", "recovered_more"),
        ("money.2.amount", "not_amount"),
        ("money.3.paid_by", "unknown_option"),
        ("money.4.amount", "unknown_currency"),
        ("money.5.amount", "not_amount"),
        ("money.6.year", "date_needs_year"),
    ];
    assert_eq!(found, wanted.map(|(field, code)| (field.to_owned(), code)));
    let many: Vec<_> = (0..21)
        .map(|n| (format!("money.{n}.amount"), "1".to_owned()))
        .collect();
    let full = FORM
        .accept("money", &FieldBag::from_pairs(many).unwrap(), &begun(), EN)
        .expect_err("too many");
    assert_eq!(full.errors[0].code.as_str(), "too_many");
    let both = [("money.0.amount", "1"), ("money.not_known", "1")];
    assert_eq!(refused("money", &both), one("money.not_known", "exclusive"));
}

#[test]
fn contact_needs_one_way_and_is_checked() {
    let contact = |fields: &[(&str, &str)]| taken("contact", fields).contact;
    let email = |email: &str| Contact {
        email: Some(email.to_owned()),
        ..Contact::default()
    };
    assert_eq!(
        contact(&[("contact.email", " a.b+c@example.org ")]),
        email("a.b+c@example.org")
    );
    assert_eq!(
        contact(&[("contact.phone", "+64 (4) 555-0100 x2")])
            .phone
            .as_deref(),
        Some("+64 (4) 555-0100 x2")
    );
    assert_eq!(
        refused("contact", &[("contact.name", "Aroha")]),
        one("contact.email", "contact_missing")
    );
    for odd in [
        "a",
        "@example.org",
        "a@",
        "a@example",
        "a b@example.org",
        "a@b@example.org",
        "a@example..org",
        "a@x.example,b@x.example",
        "user\u{202e}@gro.elpmaxe",
        "a\u{200b}b@example.org",
    ] {
        assert_eq!(
            refused("contact", &[("contact.email", odd)]),
            one("contact.email", "not_email"),
            "{odd}"
        );
    }
    for odd in ["call me", "12", "1234567890123456789012", "555-0100; DROP"] {
        assert_eq!(
            refused("contact", &[("contact.phone", odd)]),
            one("contact.phone", "not_phone"),
            "{odd}"
        );
    }
    let both = refused("contact", &[("contact.email", "x"), ("contact.phone", "y")]);
    assert_eq!(both.len(), 2);
}

#[test]
fn numbers_are_read_as_people_write_them() {
    let progress = FORM.begin("en");
    let progress = FORM
        .accept("who", &bag(&[("who", "law")]), &progress, EN)
        .expect("taken");
    let users = |typed: &str| {
        let fields = [
            ("org_name", "A works"),
            ("service", "Water"),
            ("users_affected", typed),
        ];
        FORM.accept("service", &bag(&fields), &progress, EN)
            .map(|progress| progress.answers.get("users_affected").cloned())
            .map_err(codes)
    };
    for (typed, number) in [
        ("0", 0),
        ("007", 7),
        (" 12 ", 12),
        ("1,234", 1_234),
        ("1 234 567", 1_234_567),
        ("1\u{a0}234", 1_234),
        ("12'345", 12_345),
        ("12’345", 12_345),
        ("100000000", 100_000_000),
    ] {
        assert_eq!(users(typed), Ok(Some(Answer::Number(number))), "{typed:?}");
    }
    assert_eq!(users(" "), Ok(None), "nothing typed is no number");
    for (typed, code) in [
        ("-1", "too_small"),
        ("100000001", "too_large"),
        ("-0", "not_number"),
        ("- 0,0", "not_number"),
        ("1.5", "not_number"),
        ("1e309", "not_number"),
        ("12 people", "not_number"),
        ("99999999999999999999", "not_number"),
        (",", "not_number"),
    ] {
        assert_eq!(users(typed), Err(one("users_affected", code)), "{typed:?}");
    }
}

#[test]
fn choices_exclude_and_limits_count_characters() {
    assert_eq!(
        refused("done", &[("done", "bank"), ("done", "none")]),
        one("done", "exclusive")
    );
    assert_eq!(
        refused("loss", &[("loss", "money"), ("loss", "not_known")]),
        one("loss", "exclusive")
    );
    assert_eq!(
        refused("what", &[("what", "flood")]),
        one("what", "unknown_option")
    );
    assert_eq!(refused("what", &[]), one("what", "required"));
    let ordered = taken(
        "done",
        &[("done", "police"), ("done", "bank"), ("done", "bank")],
    );
    assert_eq!(
        ordered.answers["done"],
        Answer::Choices(vec!["bank".to_owned(), "police".to_owned()])
    );
    let long = "ā".repeat(10_000);
    assert_eq!(
        taken("story", &[("story", &long)]).answers["story"],
        Answer::Text(long.clone())
    );
    let full = FORM
        .accept(
            "story",
            &bag(&[("story", &format!("{long}ā"))]),
            &begun(),
            EN,
        )
        .expect_err("too long");
    assert_eq!(
        full.errors[0].message,
        "Use at most 10000 characters; you have 10001"
    );
}

#[test]
fn rejected_input_is_shown_again_and_said_in_any_language() {
    let typed = bag(&[
        ("when.day", "31"),
        ("when.month", "2"),
        ("when.year", "2026"),
        ("csrf", "token"),
    ]);
    let refused = FORM
        .accept("when", &typed, &begun(), EN)
        .expect_err("refused");
    let step = FORM.step("when").expect("step");
    let shown = FORM.fields_of(step, &refused.progress);
    assert_eq!(
        (shown.first("when.day"), shown.first("csrf")),
        (Some("31"), None)
    );
    let maori = FORM.rejected_errors(
        "when",
        &refused.progress,
        Asked {
            language: "mi",
            ..EN
        },
    );
    assert_eq!(maori[0].message, "Tuhia he rā tūturu, pērā i te 27 3 2026");
    let mended = FORM
        .accept(
            "when",
            &bag(&[("when.year", "2026")]),
            &refused.progress,
            EN,
        )
        .expect("taken");
    assert_eq!(mended.rejected, None);
}

#[test]
fn bags_have_limits_and_repeat_names() {
    let parsed = FieldBag::parse_urlencoded(b"a=1&a=2&b=%C4%81+x&c").expect("small");
    assert_eq!(
        (parsed.all("a").len(), parsed.first("b"), parsed.first("c")),
        (2, Some("ā x"), Some(""))
    );
    assert!(FieldBag::parse_urlencoded("a=1&".repeat(1_001).as_bytes()).is_err());
    assert!(FieldBag::parse_urlencoded(format!("a={}", "x".repeat(400_001)).as_bytes()).is_err());
    assert_eq!(
        FORM.accept("no such step", &parsed, &begun(), EN),
        Ok(begun())
    );
}

#[test]
fn a_name_that_ends_in_a_dot_names_no_field() {
    let typed = bag(&[("channel.", "nonsense")]);
    let refused = FORM
        .accept("channel", &typed, &begun(), EN)
        .expect_err("refused");
    let step = FORM.step("channel").expect("step");
    assert_eq!(FORM.fields_of(step, &refused.progress), bag(&[]));
    let again = FORM.rejected_errors("channel", &refused.progress, EN);
    assert_eq!(again, refused.errors);
}
