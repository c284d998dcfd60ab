//! The form that is built in: whole, in both languages, and what its outline is.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use cairn_desk::form::{Condition, FaultCode, Form, FormFiles, Kind, On, Step};

static FORM: LazyLock<Form> =
    LazyLock::new(|| Form::parse(&FormFiles::embedded()).expect("the form"));

#[test]
fn the_embedded_form_has_no_problems() {
    if let Err(problems) = Form::parse(&FormFiles::embedded()) {
        let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
        panic!("{} problems:\n{}", lines.len(), lines.join("\n"));
    }
}

fn conditions(show_if: &[Condition]) -> String {
    let one = |condition: &Condition| {
        let not = if condition.not { "not " } else { "" };
        match &condition.on {
            On::Flag(flag) => format!("{not}{flag:?}"),
            On::Answer { question, is } => format!("{not}{question} = {}", is.join(" | ")),
        }
    };
    show_if.iter().map(one).collect::<Vec<_>>().join(" and ")
}

fn outline(step: &Step, out: &mut String) {
    let risk = if step.at_risk { " (at risk)" } else { "" };
    let show = if step.show_if.is_empty() {
        String::new()
    } else {
        format!(" if {}", conditions(&step.show_if))
    };
    let help = if step.help.is_empty() {
        String::new()
    } else {
        format!(" help {}", step.help.join(", "))
    };
    writeln!(out, "{}: {}{risk}{show}{help}", step.section, step.code).unwrap();
    for question in &step.questions {
        let must = if question.required { "" } else { "?" };
        let unknown = if question.not_known {
            " or not known"
        } else {
            ""
        };
        let role = question
            .role
            .map(|role| format!(" = {role:?}"))
            .unwrap_or_default();
        let options: Vec<_> = question
            .kind
            .options()
            .iter()
            .map(|choice| choice.code.as_str())
            .collect();
        let kind = question.kind.as_str();
        writeln!(
            out,
            "    {}{must} {kind} [{}]{unknown}{role}",
            question.code,
            options.join(" ")
        )
        .unwrap();
    }
}

#[test]
fn the_outline_is_as_agreed() {
    let mut out = String::new();
    FORM.steps().iter().for_each(|step| outline(step, &mut out));
    insta::assert_snapshot!(out);
}

/// Words that are the same in both languages.
const SAME: [&str; 6] = [
    "NZBN",
    "Netsafe",
    "Lifeline",
    "Women’s Refuge",
    "Youthline",
    "Waikato",
];

#[test]
fn both_languages_say_something_of_their_own() {
    let form = &*FORM;
    let mut texts = Vec::new();
    for step in form.steps() {
        texts.extend(step.heading.iter().chain(&step.body));
        for question in &step.questions {
            texts.extend([&question.heading, &question.label, &question.why]);
            texts.extend(&question.hint);
            texts.extend(question.kind.options().iter().map(|choice| &choice.title));
        }
    }
    texts.extend(
        form.agencies()
            .all()
            .iter()
            .flat_map(|agency| [&agency.name, &agency.why]),
    );
    texts.extend(
        form.taxonomy()
            .categories()
            .iter()
            .flat_map(|category| form.advice().of(&category.code, None)),
    );
    assert!(texts.len() > 300);
    for text in texts {
        let (en, mi) = (text.get("en"), text.get("mi"));
        assert!(!en.is_empty() && !mi.is_empty());
        let proper = SAME.contains(&en) || ["Taranaki", "Manawatū-Whanganui"].contains(&en);
        assert!(en != mi || proper, "{en}");
        assert_eq!(
            text.get("fr"),
            en,
            "an unknown language falls back to the first"
        );
    }
}

#[test]
fn every_category_has_advice_and_somebody_to_tell() {
    let form = &*FORM;
    for category in form.taxonomy().categories() {
        assert!(
            (3..=5).contains(&form.advice().of(&category.code, None).len()),
            "{}",
            category.code
        );
        assert!(
            form.agencies().offered(&category.code).count() >= 1,
            "{}",
            category.code
        );
    }
    assert!(form.advice().of("nothing", None).is_empty());
    // A sub-type has its own where it needs it, and else what its category says.
    let scam = form.advice().of("scam", None);
    assert_eq!(form.advice().of("scam", Some("goods")), scam);
    let extortion = form.advice().of("scam", Some("extortion"));
    assert!(extortion.len() >= 3 && extortion != scam);
    let all: Vec<_> = extortion.iter().map(|text| text.get("en")).collect();
    for part in [
        "not to blame",
        "Do not pay",
        "Keep the messages",
        "0800 942 8787",
    ] {
        assert!(
            all.iter().any(|text| text.contains(part)),
            "{part}: {all:?}"
        );
    }
    let offered: Vec<_> = form
        .agencies()
        .offered("vulnerability")
        .map(|agency| agency.code.as_str())
        .collect();
    assert_eq!(offered, ["privacy_commissioner"]);
}

#[test]
fn the_taxonomy_is_looked_up_by_code() {
    let taxonomy = FORM.taxonomy();
    assert_eq!(taxonomy.categories().len(), 12);
    assert_eq!(taxonomy.severities().len(), 6);
    assert_eq!(
        taxonomy.category("phishing").map(|one| one.rsit.as_str()),
        Some("fraud:phishing")
    );
    assert_eq!(
        taxonomy
            .subtype("scam", "romance")
            .map(|one| one.title.get("en")),
        Some("Dating and romance")
    );
    assert_eq!(taxonomy.subtype("malware", "romance"), None);
    assert_eq!(
        taxonomy.severity(1).map(|one| one.title.get("en")),
        Some("National emergency")
    );
    assert_eq!(
        taxonomy.region("NZ-WGN").map(|one| one.title.get("mi")),
        Some("Te Whanganui-a-Tara")
    );
    assert!(taxonomy.outcome("referred").is_some() && taxonomy.age_band("65+").is_some());
    assert_eq!(
        (
            taxonomy.regions().len(),
            taxonomy.sectors().len(),
            taxonomy.sizes().len()
        ),
        (18, 19, 5)
    );
}

#[test]
fn people_at_risk_are_never_asked_for_files() {
    for step in FORM.steps().iter().filter(|step| step.at_risk) {
        assert!(
            !step
                .questions
                .iter()
                .any(|question| matches!(question.kind, Kind::Files { .. })),
            "{}",
            step.code
        );
    }
    let files = FORM.step("files").expect("step");
    assert!(conditions(&files.show_if).contains("not AtRisk"));
    let blocks: BTreeSet<_> = FORM
        .help()
        .at_risk()
        .map(|block| block.code.as_str())
        .collect();
    assert!(blocks.contains("crisis"));
    let crisis = FORM.help().block("crisis").expect("block");
    let numbers: Vec<_> = crisis
        .lines
        .iter()
        .filter_map(|line| line.phone.as_deref())
        .collect();
    assert_eq!(
        numbers,
        [
            "1737",
            "0800 543 354",
            "0800 733 843",
            "0800 942 8787",
            "0800 376 633",
            "0508 638 723"
        ]
    );
    assert_eq!(
        FORM.help().before().next().map(|block| block.code.as_str()),
        Some("emergency")
    );
}

#[test]
fn the_reference_names_every_code() {
    let reference = include_str!("../../../docs/forms.md");
    for code in FaultCode::ALL {
        assert!(
            reference.contains(&format!("`{}`", code.as_str())),
            "{}",
            code.as_str()
        );
        let args = code
            .args()
            .iter()
            .all(|arg| reference.contains(&format!("`{{{arg}}}`")));
        assert!(args, "{}", code.as_str());
    }
    for question in FORM.questions() {
        assert!(reference.contains(&format!("`{}`", question.kind.as_str())));
    }
}
