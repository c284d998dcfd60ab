//! Plans: whatever the files are, faults have a place and words, and a plan without errors keeps what it promises.
#![no_main]

use cairn_track::office::{due, owners, ready};
use cairn_track::plan::{Fault, Files, Plan, Said};
use jiff::civil::{Date, date};
use libfuzzer_sys::fuzz_target;

/// A line that begins like this names the file that follows it.
const NAME: &[u8] = b"==== ";

fuzz_target!(|data: &[u8]| {
    let files = files(data);
    let (plan, faults) = Plan::read(&files);
    assert_eq!(plan.is_some(), !faults.iter().any(Fault::is_error));
    assert!(
        faults.len() <= 1_001 && faults.is_sorted_by_key(|fault| fault.code == "too-many-faults")
    );
    for fault in &faults {
        assert!(
            !fault.what.is_empty() && !fault.mend.is_empty(),
            "{fault:?}"
        );
        assert!(!fault.to_string().contains(['\n', '\r']), "{fault:?}");
        assert!(fault.column == 0 || fault.line > 0, "{fault:?}");
        let newlines = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
        let lines = files
            .get(&fault.file)
            .map_or(0, |bytes| newlines(bytes) + 1);
        assert!(fault.line as usize <= lines, "{fault:?}");
    }
    if let Some(plan) = plan {
        promises(&plan);
    }
    let (sketch, again) = Plan::sketch(&files);
    assert_eq!(again, faults, "read twice, said twice");
    for edition in &sketch.editions {
        // A plan that is being written is asked as well.
        for today in [Date::MIN, date(2026, 7, 1), Date::MAX] {
            let asked = due(&sketch, &edition.id, today);
            assert!(asked.is_sorted_by_key(|one| one.by));
            let errors = faults.iter().any(Fault::is_error);
            let obstacles = ready(&sketch, &faults, &edition.id, today);
            assert!(!errors || obstacles.iter().any(|one| one.forbids));
        }
        assert!(owners(&sketch, edition).is_sorted());
    }
});

/// The input split at lines `==== PATH`.
fn files(data: &[u8]) -> Files {
    let mut files = Files::new();
    let mut open: Option<(String, Vec<u8>)> = None;
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        if let Some(name) = line.strip_prefix(NAME) {
            if let Some((path, bytes)) = open.take() {
                files.insert(path, bytes);
            }
            let path = String::from_utf8_lossy(name).trim().to_owned();
            open = Some((path, Vec::new()));
        } else if let Some((_, bytes)) = &mut open {
            bytes.extend_from_slice(line);
        }
    }
    if let Some((path, bytes)) = open {
        files.insert(path, bytes);
    }
    files
}

/// What holds in a plan without errors.
fn promises(plan: &Plan) {
    assert!(plan.newest().is_some());
    assert!(serde_json::to_string(plan).is_ok());
    for series in plan.series.values() {
        for row in &series.rows {
            assert!(row.value.is_some() != row.missing.is_some());
            assert!(plan.sources.contains_key(&*row.source));
            let written = row.period.to_string().parse();
            assert_eq!(written, Ok(row.period));
            assert!(row.number().is_none_or(f64::is_finite));
        }
        for edition in &plan.editions {
            let seen = series.seen(edition.as_of);
            let previous = series.previous(edition.as_of);
            assert_eq!(seen.len(), previous.len());
            for (now, before) in seen.iter().zip(&previous) {
                assert_eq!(now.cell(), before.cell());
                assert!(before.vintage <= now.vintage && now.vintage.by(edition.as_of));
            }
        }
        let restated = series.restatements();
        assert!(restated.iter().all(|r| r.before.vintage < r.after.vintage));
    }
    for edition in &plan.editions {
        for measure in &edition.measures {
            assert!(edition.goal(&measure.goal).is_some());
            assert!(plan.sources.contains_key(&measure.source));
            let series = measure.series.as_ref();
            assert!(series.is_none_or(|id| plan.series.contains_key(id)));
        }
        for initiative in &edition.initiatives {
            assert!(!initiative.owner.is_empty());
        }
        for one in &edition.returns {
            assert!(one.evidence.iter().all(|id| plan.sources.contains_key(id)));
            if let Said::Progress {
                initiative, claim, ..
            } = &one.said
            {
                let said = &edition
                    .initiative(initiative)
                    .expect("it is there")
                    .status_evidence;
                assert!(
                    said.iter()
                        .any(|it| it.returned.as_ref() == Some(&one.id) && it.claim == *claim)
                );
            }
        }
    }
}
