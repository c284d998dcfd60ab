//! A case as one archive: everything that an officer may read of it, and where each line stands in the log.

use std::io::{Cursor, Write as _};

use cairn_desk::access::Action;
use cairn_desk::cases::{Asks, CaseFile, Command, name_and_note, timeline};
use cairn_evidence::hash::sha256;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{AesMode, CompressionMethod, ZipWriter};

use super::Whole;
use crate::App;
use crate::account::Principal;
use crate::report::{AppError, damaged};
use crate::takeaway::ARCHIVE_PASSWORD;

/// Bytes of files that one archive holds; those beyond are listed, and fetched one by one.
pub const ARCHIVE_FILES_BYTES_MAX: u64 = 256 << 20;
/// Folder of the case's own files in the archive.
const FILES: &str = "files/";

/// An archive of a case.
pub struct Archive {
    /// Name for the download: letters, digits, `-` and `.` only.
    pub name: String,
    /// A zip file.
    pub bytes: Vec<u8>,
}

const README: &str = "One case, taken out of cairn.\n\n\
case.json       the case as it stands: title, label, severity, tasks, clocks, notes, timeline\n\
history.jsonl   every event of it, one a line, with its index in the evidence log\n\
reports/        the linked reports as they were received, as far as they are kept, without contact details and files\n\
files/          the case's own files, each with the password \"infected\": no program on the way opens them by mistake\n\
manifest.json   SHA-256 of each file\n\n\
Times are RFC 3339, UTC. Links and addresses are live here, not defanged. The label in case.json says who may have this.\n";

impl App {
    /// Packs a case. That it was taken is in the log before the first byte leaves. Contact details of reporters stay here.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn export_case(&self, who: &Principal, no: i64) -> Result<Archive, AppError> {
        let _grant = who.grant(Action::WorkReports)?;
        self.work_case(who, no, i64::MAX, Command::Export, None)
            .await?;
        let whole = self.whole_case(no).await?;
        let mut files = vec![
            ("README.txt".to_owned(), README.as_bytes().to_vec()),
            ("case.json".to_owned(), pretty(&self.case_json(&whole))?),
            ("history.jsonl".to_owned(), history(&whole)?),
        ];
        for report in &whole.reports {
            let body = self.store.report_body(report.no).await?;
            let body = body.ok_or(AppError::NotFound)?;
            let name = format!("reports/{}.json", self.reference(report.no));
            files.push((name, body.json.into_bytes()));
        }
        files.extend(self.archived_files(&whole).await?);
        let sums = files
            .iter()
            .map(|(name, bytes)| (name.clone(), Value::from(sha256(bytes).hex())));
        let manifest = pretty(&Value::Object(sums.collect()))?;
        files.push(("manifest.json".to_owned(), manifest));
        let packed = tokio::task::spawn_blocking(move || pack(&files)).await;
        let bytes = packed
            .map_err(|error| error.to_string())
            .and_then(|made| made.map_err(|error| error.to_string()))
            .map_err(|cause| AppError::Damaged {
                what: "archive",
                cause,
            })?;
        Ok(Archive {
            name: format!("case-{no}.zip"),
            bytes,
        })
    }

    /// The case's own files that fit, by their number and digest; a name is whatever somebody typed and stands in `case.json`.
    async fn archived_files(&self, whole: &Whole) -> Result<Vec<(String, Vec<u8>)>, AppError> {
        let mut left = ARCHIVE_FILES_BYTES_MAX;
        let mut all = Vec::new();
        for file in whole.case.files.iter().filter(|file| file.stands()) {
            let Some(rest) = left.checked_sub(file.content.size) else {
                continue;
            };
            left = rest;
            let bytes = self.store.read_blob(&file.content.sha256).await?;
            all.push((archived(file), bytes));
        }
        Ok(all)
    }

    fn case_json(&self, whole: &Whole) -> Value {
        let case = &whole.case;
        let rules = &self.config.case_rules.cases;
        let said = |text: u32| whole.text(text);
        let notes = case.notes.iter().map(|note| {
            json!({
                "text": said(note.text), "n": note.text, "at": note.at.to_string(), "by": note.by,
                "corrects": note.corrects, "corrected": note.corrected,
            })
        });
        let rows = timeline(&case.rows);
        let rows = rows.iter().map(|line| {
            json!({
                "text": said(line.row.text), "happened": line.row.happened.to_string(),
                "known": line.row.known.to_string(), "source": line.row.source,
                "seconds_until_known": line.lag, "gap_before_seconds": line.gap,
            })
        });
        let tasks = case.tasks.iter().map(|task| {
            let text = match &task.asks {
                Asks::Own(own) => said(own.text).map(str::to_owned),
                Asks::Template { template, code, .. } => rules
                    .template(template)
                    .and_then(|template| template.tasks.iter().find(|one| one.code == *code))
                    .map(|one| one.title.get("en").to_owned()),
            };
            json!({
                "text": text, "asks": task.asks, "owner": task.owner,
                "due": task.due.map(|at| at.to_string()), "done": task.done.map(|at| at.to_string()),
            })
        });
        let assets = case.assets.iter().map(|asset| {
            json!({
                "name": said(asset.text), "n": asset.text, "kind": asset.sort, "condition": asset.condition,
                "struck": asset.struck,
            })
        });
        let related = whole
            .related
            .iter()
            .map(|one| json!({ "case": one.no, "how": one.how, "named_by_the_other": one.back }));
        let reports = whole.reports.iter().map(|report| {
            json!({
                "reference": self.reference(report.no), "received_at": report.received_at.to_string(),
                "category": report.category, "severity": report.severity, "state": report.state,
            })
        });
        json!({
            "case": case.no,
            "title": whole.summary.title,
            "label": { "tlp": case.tlp, "pap": case.pap },
            "state": case.state.as_str(),
            "owner": case.owner,
            "severity": case.severity,
            "opened_at": case.opened_at.to_string(),
            "opened_by": case.opened_by,
            "changed_at": case.changed_at.to_string(),
            "version": case.version,
            "reports": reports.collect::<Vec<_>>(),
            "timeline": rows.collect::<Vec<_>>(),
            "tasks": tasks.collect::<Vec<_>>(),
            "notes": notes.collect::<Vec<_>>(),
            "assets": assets.collect::<Vec<_>>(),
            "files": files_json(whole),
            "related": related.collect::<Vec<_>>(),
            "clocks": case.clocks,
            "erased_texts": case.erased,
        })
    }
}

fn archived(file: &CaseFile) -> String {
    format!("{FILES}{}-{}.bin", file.text, file.content.sha256)
}

fn files_json(whole: &Whole) -> Vec<Value> {
    let all = whole.case.files.iter();
    all.map(|file| {
        let (name, note) = name_and_note(whole.text(file.text).unwrap_or_default());
        json!({
            "n": file.text, "name": name, "note": note, "kind": file.described.sort, "tlp": file.described.tlp,
            "happened": file.described.happened.map(|at| at.to_string()), "sha256": file.content.sha256,
            "size": file.content.size, "media_type": file.content.media_type, "at": file.at.to_string(), "by": file.by,
            "removed": file.removed.map(|at| at.to_string()),
            "gone": file.gone.as_ref().map(|(at, ..)| at.to_string()), "path": archived(file),
        })
    })
    .collect()
}

fn pretty(value: &Value) -> Result<Vec<u8>, AppError> {
    serde_json::to_vec_pretty(value).map_err(damaged("archive"))
}

fn history(whole: &Whole) -> Result<Vec<u8>, AppError> {
    let mut out = Vec::new();
    for (index, event) in &whole.history {
        let line = json!({ "log_index": index, "event": event });
        out.extend(serde_json::to_vec(&line).map_err(damaged("event"))?);
        out.push(b'\n');
    }
    Ok(out)
}

fn pack(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in files {
        let options = if name.starts_with(FILES) {
            options.with_aes_encryption(AesMode::Aes256, ARCHIVE_PASSWORD)
        } else {
            options
        };
        archive.start_file(name.as_str(), options)?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}
