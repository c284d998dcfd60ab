//! Random walks through the form: they end, "back" undoes "continue", and what comes out can be submitted.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::sync::LazyLock;

use cairn_desk::form::{
    Asked, Extras, FieldBag, Flag, Form, FormFiles, Given, Kind, Progress, Question, Step,
};
use cairn_desk::report::{Affected, Channel, PartialDate};
use proptest::prelude::*;

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

/// Endless choices out of some bytes.
struct Dice<'d>(&'d [u8], usize);

impl Dice<'_> {
    fn up_to(&mut self, n: usize) -> usize {
        let byte = self
            .0
            .get(self.1 % self.0.len().max(1))
            .copied()
            .unwrap_or_default();
        self.1 += 1;
        (usize::from(byte) + self.1) % n.max(1)
    }
}

fn fill(
    form: &Form,
    question: &Question,
    progress: &Progress,
    dice: &mut Dice<'_>,
    bag: &mut FieldBag,
) {
    let code = &question.code;
    if question.not_known && dice.up_to(5) == 0 {
        let choice = !question.kind.options().is_empty();
        bag.push(
            if choice {
                code.clone()
            } else {
                format!("{code}.not_known")
            },
            if choice { "not_known" } else { "1" },
        );
        return;
    }
    if !question.required && dice.up_to(3) == 0 {
        return;
    }
    match &question.kind {
        Kind::Choice { options } => bag.push(code, &options[dice.up_to(options.len())].code),
        Kind::Choices { options } => {
            let first = &options[dice.up_to(options.len())];
            bag.push(code, &first.code);
            let second = &options[dice.up_to(options.len())];
            if !first.exclusive && !second.exclusive {
                bag.push(code, &second.code);
            }
        }
        Kind::Text {
            digits: Some(digits),
            ..
        } => bag.push(code, "9".repeat(*digits)),
        Kind::Text { .. } => bag.push(code, "Example Limited"),
        Kind::LongText { .. } => bag.push(
            code,
            "It began with a call from +64 4 555 0100.\r\nThen http://example.test/a came.",
        ),
        Kind::Observables { .. } => bag.push(code, "hxxp://evil[.]example/x\n192.0.2.7"),
        Kind::Number { .. } => bag.push(code, "1 200"),
        Kind::Date => {
            bag.push(format!("{code}.year"), "2026");
            if dice.up_to(2) == 0 {
                bag.push(format!("{code}.month"), "March");
                bag.push(format!("{code}.day"), "27");
            }
        }
        Kind::Losses { .. } => {
            for item in 0..dice.up_to(3) {
                bag.push(format!("{code}.{item}.amount"), "$1,250.50");
                bag.push(format!("{code}.{item}.currency"), "NZD");
                bag.push(format!("{code}.{item}.recovered"), "0");
            }
        }
        Kind::Files { .. } => {}
        Kind::Consents => {
            let offered = form.offered(progress);
            bag.push(code, &offered[dice.up_to(offered.len())].code);
        }
        Kind::Contact => bag.push(format!("{code}.email"), "reporter@example.org"),
    }
}

/// Answers a step at random.
fn answer(form: &Form, step: &Step, dice: &mut Dice<'_>, progress: &Progress) -> Progress {
    let mut bag = FieldBag::default();
    for question in form.asked(step, progress) {
        fill(form, question, progress, dice, &mut bag);
    }
    match form.accept(&step.code, &bag, progress, EN) {
        Ok(next) => next,
        Err(refused) => panic!("{}: {:?}", step.code, refused.errors),
    }
}

/// Walks from the first step to the last; at each step "back" leads to where we came from.
fn walk(form: &Form, dice: &mut Dice<'_>, mut progress: Progress) -> (Progress, Vec<String>) {
    let mut path: Vec<String> = Vec::new();
    let mut step = form.first_step();
    while let Some(here) = step {
        assert!(path.len() <= form.steps().len(), "no end: {path:?}");
        let back = form
            .previous_step(&progress, &here.code)
            .map(|step| step.code.clone());
        assert_eq!(back.as_ref(), path.last());
        progress = answer(form, here, dice, &progress);
        // What was taken is what the page would show again, and taking that again changes nothing.
        let shown = form.fields_of(here, &progress);
        let again = form
            .accept(&here.code, &shown, &progress, EN)
            .expect("shown fields are taken");
        assert_eq!(again, progress);
        path.push(here.code.clone());
        step = form.next_step(&progress, &here.code);
    }
    assert_eq!(
        form.last_step(&progress).map(|step| &step.code),
        path.last()
    );
    (progress, path)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_walk_ends_in_a_valid_report(bytes in prop::collection::vec(any::<u8>(), 24..48)) {
        let form = &*FORM;
        let (progress, path) = walk(form, &mut Dice(&bytes, 0), form.begin("mi"));
        let codes: Vec<_> = form.steps_on_path(&progress).iter().map(|step| step.code.clone()).collect();
        prop_assert_eq!(&codes, &path);
        prop_assert!(form.is_complete(&progress));
        let draft = form.submit(&progress, Channel::Web, Extras::default()).expect("valid");
        let body = &draft.body;
        prop_assert!(form.taxonomy().category(&body.category).is_some());
        prop_assert!(form.taxonomy().severity(body.severity).is_some());
        prop_assert!(!body.title.is_empty());
        prop_assert_eq!(body.anonymous, form.has_flag(&progress, Flag::Anonymous));
        prop_assert_eq!(draft.contact.is_none(), body.anonymous);
        prop_assert_eq!(body.affected == Affected::Organisation, form.has_flag(&progress, Flag::Organisation));
        for code in &draft.consents {
            prop_assert!(form.agencies().offered(&body.category).any(|agency| agency.code == *code));
        }
        // Nobody who may be at risk is asked for files.
        if form.has_flag(&progress, Flag::AtRisk) {
            prop_assert!(!path.iter().any(|step| step == "files"));
            prop_assert!(path.iter().any(|step| step == "describe"));
        }
        // Whoever is threatened or blackmailed is shown help for it.
        let threatened = form.has_flag(&progress, Flag::Threatened);
        prop_assert_eq!(path.iter().any(|step| step == "threats_help"), threatened);
        // A page shows each answer in words, in both languages.
        for language in ["en", "mi"] {
            for section in form.check_answers(&progress, language) {
                prop_assert!(!section.heading.is_empty());
                for row in section.rows {
                    prop_assert!(!row.label.is_empty() && !row.step.is_empty());
                    prop_assert!(row.values.iter().all(|value| !value.is_empty()));
                    prop_assert_eq!(row.values.is_empty(), false);
                }
            }
            prop_assert!(!form.show_body(body, language).is_empty());
        }
        // The body survives storage.
        let stored = serde_json::to_vec(body).expect("JSON");
        prop_assert_eq!(&serde_json::from_slice::<cairn_desk::report::Body>(&stored).expect("body"), body);
        let kept = serde_json::to_string(&progress).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Progress>(&kept).expect("progress"), progress);
    }

    /// Answers are changed on the check page: branches come and go, the report stays sound.
    #[test]
    fn changed_answers_leave_nothing_of_the_old_branch(
        first in prop::collection::vec(any::<u8>(), 24..48),
        second in prop::collection::vec(any::<u8>(), 24..48),
    ) {
        let form = &*FORM;
        let (progress, _) = walk(form, &mut Dice(&first, 0), form.begin("en"));
        let (progress, path) = walk(form, &mut Dice(&second, 0), progress);
        let draft = form.submit(&progress, Channel::Web, Extras::default()).expect("valid");
        for code in draft.body.answers.keys() {
            let step = form.step_of(code).expect("known question");
            prop_assert!(path.contains(&step.code), "{code} is left over");
        }
    }

    /// Whatever is typed, nothing panics, nothing is taken by halves, and the input is kept.
    #[test]
    fn nonsense_is_refused_whole(
        step in 0_usize..60,
        values in prop::collection::vec(("[a-z_.0-9]{0,12}", "\\PC{0,40}"), 0..12),
    ) {
        let form = &*FORM;
        let step = &form.steps()[step % form.steps().len()];
        let mut bag = FieldBag::default();
        for (name, value) in &values {
            bag.push(name.clone(), value.clone());
            for question in &step.questions {
                bag.push(format!("{}.{name}", question.code), value.clone());
                bag.push(question.code.clone(), value.clone());
            }
        }
        let progress = form.begin("en");
        if let Err(refused) = form.accept(&step.code, &bag, &progress, EN) {
            prop_assert!(!refused.errors.is_empty());
            prop_assert!(refused.errors.iter().all(|error| !error.message.is_empty()));
            let mut before = refused.progress.clone();
            before.rejected = None;
            prop_assert_eq!(&before, &progress);
            let again = form.rejected_errors(&step.code, &refused.progress, EN);
            prop_assert_eq!(again, refused.errors);
        }
    }
}

/// The longest ways of people (not organisations) have 12 to 18 pages with questions.
#[test]
fn a_person_answers_twelve_to_eighteen_pages() {
    let form = &*FORM;
    let (mut fewest, mut most) = (usize::MAX, 0);
    for seed in 0..3_000_u32 {
        let bytes: Vec<u8> = (0..31)
            .map(|n| (seed.wrapping_mul(2_654_435_761).rotate_left(n) >> 7) as u8)
            .collect();
        let (progress, path) = walk(form, &mut Dice(&bytes, 0), form.begin("en"));
        if form.has_flag(&progress, Flag::Individual) {
            let asked = path
                .iter()
                .filter(|code| !form.step(code).expect("step").questions.is_empty())
                .count();
            (fewest, most) = (fewest.min(asked), most.max(asked));
        }
    }
    assert!(
        (12..=18).contains(&fewest) && (12..=18).contains(&most),
        "{fewest} to {most}"
    );
}

#[test]
fn skipped_unknown_and_zero_are_three_different_things() {
    let form = &*FORM;
    let mut progress = form.begin("en");
    for (step, fields) in [
        ("who", vec![("who", "law")]),
        ("danger", vec![("danger", "no")]),
        ("what", vec![("what", "malware")]),
    ] {
        progress = form
            .accept(step, &FieldBag::from_pairs(fields).unwrap(), &progress, EN)
            .expect("taken");
    }
    let mut shown = Vec::new();
    for fields in [
        vec![],
        vec![("users_affected.not_known", "1")],
        vec![("users_affected", "0")],
    ] {
        let mut bag = FieldBag::from_pairs(fields).unwrap();
        bag.push("org_name", "Example Limited");
        bag.push("service", "Payroll");
        let next = form.accept("service", &bag, &progress, EN).expect("taken");
        let sections = form.check_answers(&next, "en");
        let row = sections
            .iter()
            .flat_map(|section| &section.rows)
            .find(|row| row.question == "users_affected")
            .unwrap();
        shown.push((row.given, row.values.join("")));
    }
    assert_eq!(
        shown,
        [
            (Given::Skipped, "Not provided".to_owned()),
            (Given::NotKnown, "I do not know".to_owned()),
            (Given::Answered, "0".to_owned()),
        ]
    );
}
