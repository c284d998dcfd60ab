//! Plans with one fault each: what is said about it, and where. And plans of noise, about which something is said.

#[path = "plan/mod.rs"]
mod plan;

use std::collections::BTreeSet;

use cairn_track::plan::{Fault, Files, Plan, Severity};
use plan::{BASE, base, cases::cases};
use proptest::prelude::*;

#[test]
fn the_base_plan_has_no_fault() {
    let (read, faults) = Plan::read(&base());
    let words: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(words, Vec::<String>::new());
    assert!(read.is_some());
}

#[test]
fn every_broken_plan_is_told_what_is_wrong_where_and_how_to_mend_it() {
    let mut complaints = Vec::new();
    for case in cases() {
        let (read, faults) = Plan::read(&case.files());
        complaints.extend(case.complaint(&faults));
        let sound = !faults.iter().any(Fault::is_error);
        assert_eq!(read.is_some(), sound, "{}", case.name);
    }
    assert!(
        complaints.is_empty(),
        "{} of {}\n{}",
        complaints.len(),
        cases().count(),
        complaints.join("\n")
    );
}

#[test]
fn there_are_at_least_sixty_cases_each_of_its_own_name() {
    let names: BTreeSet<&str> = cases().map(|case| case.name).collect();
    assert_eq!(names.len(), cases().count());
    assert!(names.len() >= 60, "{}", names.len());
}

#[test]
fn sentences_have_no_full_stop_and_mending_begins_with_a_capital() {
    for case in cases() {
        for fault in Plan::read(&case.files()).1 {
            assert!(
                !fault.what.ends_with('.') && !fault.mend.ends_with('.'),
                "{fault}"
            );
            assert!(fault.mend.starts_with(char::is_uppercase), "{fault}");
            assert!(!fault.to_string().contains('\n'), "{fault}");
        }
    }
}

#[test]
fn all_faults_are_collected_in_order() {
    let mut files = base();
    // Each in another file, so that none is hidden by another.
    for case in cases().filter(|case| {
        [
            "bad word",
            "formula",
            "unknown theme of a goal",
            "kind of a source",
            "nothing allowed",
        ]
        .contains(&case.name)
    }) {
        let changed = case.files();
        for (path, bytes) in changed
            .iter()
            .filter(|(path, bytes)| base().get(path) != Some(bytes))
        {
            files.insert(path, bytes);
        }
    }
    let (plan, faults) = Plan::read(&files);
    assert!(plan.is_none());
    let codes: Vec<(&str, Severity)> = faults.iter().map(|f| (f.code, f.severity)).collect();
    assert_eq!(
        codes,
        [
            ("unknown-theme", Severity::Error),
            ("unknown-word", Severity::Error),
            ("not-allowed", Severity::Warning),
            ("formula", Severity::Error),
            ("unknown-word", Severity::Error),
        ]
    );
    assert!(faults.is_sorted());
    assert_eq!(Plan::read(&files).1, faults);
    let (sketch, again) = Plan::sketch(&files);
    assert_eq!((sketch.editions.len(), again), (2, faults));
}

#[test]
fn sizes_have_limits() {
    let long = format!("id = \"a\"\nowner = \"{}\"\n", "ā".repeat(20_001));
    for (path, text, code, line) in [
        ("plan.toml", long, "too-long", 2),
        ("plan.toml", " ".repeat(8 * 1024 * 1024 + 1), "too-large", 0),
        (
            "series/loss.csv",
            " ".repeat(64 * 1024 * 1024 + 1),
            "too-large",
            0,
        ),
        (
            "editions/2026/text/front.en.md",
            " ".repeat(1024 * 1024 + 1),
            "too-large",
            0,
        ),
        (
            "series/loss.csv",
            format!("{}\n", "a,".repeat(40)),
            "too-many",
            1,
        ),
        (
            "editions/2022/initiatives.toml",
            format!("initiative = [{}]", "0,".repeat(20_001)),
            "too-many",
            1,
        ),
    ] {
        let mut files = base();
        files.insert(path, text);
        let (_, faults) = Plan::read(&files);
        let found = faults
            .iter()
            .find(|fault| fault.code == code && fault.file == path);
        assert!(
            found.is_some_and(|fault| fault.line == line),
            "{path} {code}: {faults:?}"
        );
    }
    let many: Files = (0..50_001)
        .map(|n| (format!("series/{n}.csv"), ""))
        .collect();
    let (_, faults) = Plan::read(&many);
    assert_eq!(
        faults.iter().map(|f| f.code).collect::<Vec<_>>(),
        ["too-many"]
    );
}

#[test]
fn deep_tables_do_not_exhaust_the_stack() {
    let key = vec!["a"; 79].join(".");
    let inner = format!("{{ {} = ", ["a"; 9].join("."));
    let longest = format!("a = {}1{}", inner.repeat(79), " }".repeat(79));
    let deep = format!(
        "{}1{}",
        format!("{key} = {{").repeat(79).replace("{a", "{ a"),
        "}".repeat(79)
    );
    for text in [
        format!("{} = 1", "a.".repeat(100_000)),
        format!("[{}]", vec!["a"; 100_000].join(".")),
        "[".repeat(100_000),
        format!("a = {}", "[".repeat(100_000)),
        deep,
        longest,
    ] {
        let mut files = base();
        files.insert("plan.toml", text);
        let (plan, faults) = Plan::read(&files);
        assert!(plan.is_none() && faults.iter().any(|f| f.file == "plan.toml"));
    }
}

#[test]
fn a_byte_order_mark_and_other_line_ends_change_nothing() {
    let mut files = Files::new();
    for (path, text) in BASE {
        files.insert(*path, format!("\u{feff}{}", text.replace('\n', "\r\n")));
    }
    let (plan, faults) = Plan::read(&files);
    assert!(faults.is_empty(), "{faults:?}");
    let (plain, _) = Plan::read(&base());
    let json = |plan: &Option<Plan>| serde_json::to_value(plan.as_ref().unwrap()).unwrap();
    assert_eq!(json(&plan), json(&plain));
}

#[test]
fn bytes_that_are_no_text_are_named_and_the_rest_is_read() {
    let mut files = base();
    files.insert(
        "series/loss.csv",
        b"period,value,vintage,source\n2020,1,2021,\xff\n".to_vec(),
    );
    files.insert(
        "editions/2022/goals.toml",
        b"[[goal]]\nid = \"\xc3\"\n".to_vec(),
    );
    let (_, faults) = Plan::read(&files);
    let words: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        words,
        [
            "editions/2022/goals.toml:2:0: the line is not UTF-8. Save the file as UTF-8",
            "series/loss.csv:2:0: the line is not UTF-8. Save the file as UTF-8",
        ]
    );
}

/// Found by fuzzing: faults of a community were named by its id, which need not be the name of its file.
#[test]
fn faults_are_in_files_that_are_there() {
    let mut files = base();
    let text =
        "id = \"river\"\ntitle = \"A\"\nvisible = \"office\"\nholder = \"B\"\nfictional = true\n";
    files.insert(
        "communities/a\nb.toml",
        format!("{text}measures = [\"none\"]\n"),
    );
    let (_, faults) = Plan::read(&files);
    let codes: Vec<&str> = faults.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, ["id-is-not-name", "unknown-measure"]);
    for fault in faults {
        assert!(files.get(&fault.file).is_some(), "{fault}");
        assert!(!fault.to_string().contains('\n'), "{fault}");
    }
}

/// A change of bytes at a place of a file of the base plan.
fn change() -> impl Strategy<Value = (usize, usize, usize, Vec<u8>)> {
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..12),
        "[\\[\\]{}=,\"'.\n0-9a-z#é]{0,12}".prop_map(String::into_bytes),
    ];
    (0..BASE.len(), any::<usize>(), 0_usize..40, bytes)
}

fn apply(files: &mut Files, (file, at, cut, bytes): &(usize, usize, usize, Vec<u8>)) {
    let Some((path, _)) = BASE.get(*file) else {
        return;
    };
    let mut text = files.get(path).unwrap_or_default().to_vec();
    let at = at % (text.len() + 1);
    let until = text.len().min(at + cut);
    text.splice(at..until, bytes.iter().copied());
    files.insert(*path, text);
}

/// What holds whatever the files are.
fn sound(files: &Files) {
    let (plan, faults) = Plan::read(files);
    assert_eq!(plan.is_some(), !faults.iter().any(Fault::is_error));
    for fault in &faults {
        assert!(!fault.what.is_empty() && !fault.mend.is_empty(), "{fault}");
        assert!(!fault.to_string().contains(['\n', '\r']), "{fault:?}");
        assert!(fault.column == 0 || fault.line > 0, "{fault}");
        let lines = files
            .get(&fault.file)
            .map_or(0, |b| b.iter().filter(|c| **c == b'\n').count() + 1);
        assert!(fault.line as usize <= lines, "{fault}");
    }
    if let Some(plan) = plan {
        assert!(plan.newest().is_some());
        assert!(serde_json::to_string(&plan).is_ok());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn changed_plans_never_panic(changes in prop::collection::vec(change(), 1..5)) {
        let mut files = base();
        for change in &changes {
            apply(&mut files, change);
        }
        sound(&files);
    }

    #[test]
    fn noise_never_panics(contents in prop::collection::vec((0..BASE.len(), prop::collection::vec(any::<u8>(), 0..200)), 1..6)) {
        let files: Files = contents.into_iter().map(|(file, bytes)| (BASE[file].0, bytes)).collect();
        sound(&files);
    }

    #[test]
    fn files_that_are_gone_never_panic(gone in prop::collection::vec(0..BASE.len(), 1..12)) {
        let mut files = base();
        for file in gone {
            files.remove(BASE[file].0);
        }
        sound(&files);
    }
}
