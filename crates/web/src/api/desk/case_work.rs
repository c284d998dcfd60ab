//! What officers do to a case.

use std::collections::BTreeMap;

use axum::response::Response;
use cairn_app::cases::{NewFile, Written};
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::cases::{
    ASSET_CHARS_MAX, Command, Described, FileSort, NOTE_CHARS_MAX, ROW_CHARS_MAX, Source,
    TASK_CHARS_MAX, TITLE_CHARS_MAX, TextFault, file_text, text, title,
};
use cairn_desk::clock;
use cairn_kernel::time::Micros;
use serde::Deserialize;
use utoipa::ToSchema;

use super::call::{Asked, Call, Faults, act, file, moved, told};
use super::cases::{DeskCase, read_one};
use super::common::{DeskMade, DeskNothing};
use crate::desk::{Need, zip_download};
use crate::problem::{Problem, Result};

pub(super) fn calls() -> Vec<Call> {
    let does = Need::May(Action::WorkReports);
    vec![
        act(
            "/api/v1/desk/cases",
            does,
            "Open a case; the same Idempotency-Key opens one",
            open,
        )
        .once(),
        act(
            "/api/v1/desk/cases/{no}/work",
            does,
            "Do something to a case: `act` says what",
            work,
        )
        .once(),
        file::<DeskNothing, _, _>(
            (
                "/api/v1/desk/cases/{no}/archive",
                does,
                "Take the case out as one archive; that is noted in the log",
            ),
            "application/zip",
            archive,
        ),
        file::<DeskNothing, _, _>(
            (
                "/api/v1/desk/cases/{no}/files/{text}",
                does,
                "Take a file of a case out, packed with the password `infected`; that is noted in the log",
            ),
            "application/zip",
            take_file,
        ),
    ]
}

/// A new case.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskNewCase {
    /// Its title.
    title: String,
    /// References of reports that it begins with.
    #[serde(default)]
    #[schema(max_items = 100)]
    reports: Vec<String>,
}

async fn open(asked: Asked, sent: DeskNewCase) -> Result<DeskMade> {
    let mut faults = Faults::default();
    let words = faults.take("/title", title(&sent.title, TITLE_CHARS_MAX).map_err(wrong));
    faults.end()?;
    let written = Written {
        text: words.unwrap_or_default(),
        key: asked.key(),
    };
    let reports: Vec<&str> = sent.reports.iter().map(String::as_str).collect();
    let no = asked.app.open_case(&asked.who, &written, &reports).await;
    let no = no.map_err(told)?;
    Ok(DeskMade {
        no,
        href: format!("/api/v1/desk/cases/{no}"),
    })
}

fn wrong(fault: TextFault) -> String {
    fault.to_string()
}

/// Something to be done to a case.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskCaseWork {
    /// The version that was seen.
    version: i64,
    /// What.
    act: DeskCaseAct,
}

/// What is done to a case. Moments are RFC 3339.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
enum DeskCaseAct {
    /// Another title.
    Title { title: String },
    /// Another lead, by account id; none for nobody.
    Owner { to: Option<String> },
    /// A level of a scheme, or answers to each of its factors.
    Severity {
        scheme: String,
        level: Option<String>,
        #[serde(default)]
        answers: BTreeMap<String, String>,
    },
    /// Labels: TLP and PAP.
    Label { tlp: String, pap: String },
    /// It waits until then.
    Hold { until: String },
    /// It is done, with the code of a reason.
    Close { reason: String },
    /// Up again.
    Reopen {},
    /// A report belongs to it, by reference.
    Link { reference: String },
    /// A report no longer belongs to it, by reference.
    Unlink { reference: String },
    /// A note, in place of another if it corrects one.
    Note { text: String, corrects: Option<u32> },
    /// A row of the timeline: `source` is `report/` with a reference, `note/` or `file/` with the number of a text, or `outside`.
    Row {
        text: String,
        happened: String,
        known: String,
        source: String,
    },
    /// A row is struck out, by the number of its text.
    Strike { text: u32 },
    /// A task.
    Task { text: String },
    /// The tasks of a list, by its code.
    Template { template: String },
    /// Who does a task, and by when.
    TaskSet {
        task: u32,
        owner: Option<String>,
        due: Option<String>,
    },
    /// A task is done.
    TaskDone { task: u32 },
    /// A task is not done after all.
    TaskUndone { task: u32 },
    /// Something is affected.
    Asset {
        text: String,
        sort: String,
        condition: String,
    },
    /// It is in another condition.
    AssetSet { text: u32, condition: String },
    /// It is struck out.
    AssetStrike { text: u32 },
    /// It is related to another case.
    Relate { to: i64, how: String },
    /// It is not, after all.
    Unrelate { to: i64, how: String },
    /// A deadline begins.
    ClockStart {
        rule: String,
        start: String,
        at: String,
        limit_at: Option<String>,
    },
    /// A deadline was met or missed: what was done, when, and what was sent.
    ClockStop {
        clock: String,
        event: String,
        at: String,
        sent: String,
    },
    /// A deadline stands still.
    ClockPause { clock: String, reason: String },
    /// It runs on.
    ClockResume { clock: String },
    /// It does not hold.
    ClockWithdraw { clock: String, reason: String },
    /// It runs again.
    ClockAgain { clock: String, reason: String },
    /// A file that was sent to `/api/v1/files` before, with the ticket of that answer. `sort` is `evidence`, `log`, `report` or `other`;
    /// with `happened` it stands on the timeline.
    File {
        sha256: String,
        ticket: String,
        name: String,
        #[serde(default)]
        note: String,
        sort: String,
        tlp: String,
        happened: Option<String>,
    },
    /// A file is taken off, by the number of its text.
    FileRemove { text: u32 },
    /// It is put back.
    FileRestore { text: u32 },
    /// A file that was taken off goes for good.
    FileErase { text: u32 },
    /// A text goes for good, by its number.
    Erase { text: u32 },
}

/// A file as a body names it.
struct Shown {
    sha256: String,
    ticket: String,
    name: String,
    text: String,
    described: Described,
}

/// What came of reading an act.
enum Read {
    Command(Command, Option<String>),
    Link(String),
    File(Shown),
    /// The faults say why.
    Nothing,
}

struct Reader<'a> {
    asked: &'a Asked,
    faults: Faults,
}

impl Reader<'_> {
    fn moment(&mut self, field: &str, typed: &str) -> Micros {
        let at = typed.parse::<jiff::Timestamp>();
        let at = at.map_err(|_| "a moment such as 2026-11-26T01:30:00Z");
        let at = self.faults.take(&format!("/act/{field}"), at);
        at.map_or(Micros(0), Micros::from)
    }

    fn written(&mut self, max: usize, typed: &str) -> Option<String> {
        self.faults
            .take("/act/text", text(typed, max).map_err(wrong))
    }

    fn line(&mut self, field: &str, max: usize, typed: &str) -> Option<String> {
        let at = format!("/act/{field}");
        self.faults.take(&at, title(typed, max).map_err(wrong))
    }

    fn report(&mut self, field: &str, reference: &str) -> i64 {
        let no = self.asked.app.number(reference);
        let no = no.ok_or("there is no such report");
        self.faults
            .take(&format!("/act/{field}"), no)
            .unwrap_or_default()
    }

    fn source(&mut self, typed: &str) -> Source {
        match typed.split_once('/') {
            Some(("report", reference)) => Source::Report(self.report("source", reference)),
            Some(("file", n)) => {
                let n = n.parse().map_err(|_| "the number of a text");
                Source::File(self.faults.take("/act/source", n).unwrap_or_default())
            }
            Some(("note", n)) => {
                let n = n.parse().map_err(|_| "the number of a text");
                Source::Note(self.faults.take("/act/source", n).unwrap_or_default())
            }
            _ => {
                if typed != "outside" {
                    let known =
                        "report/ with a reference, note/ or file/ with a number, or outside";
                    self.faults.add("/act/source", known);
                }
                Source::Outside
            }
        }
    }

    fn read(&mut self, act: DeskCaseAct) -> Read {
        use DeskCaseAct as Act;
        let digest = String::new();
        let plain = |command| Read::Command(command, None);
        match act {
            Act::Title { title } => {
                let words = self.line("title", TITLE_CHARS_MAX, &title);
                Read::Command(Command::Rename { digest }, words)
            }
            Act::Owner { to } => plain(Command::SetOwner { to }),
            Act::Severity {
                scheme,
                level,
                answers,
            } => plain(Command::SetSeverity {
                scheme,
                level,
                answers,
            }),
            Act::Label { tlp, pap } => plain(self.label(&tlp, &pap)),
            Act::Hold { until } => {
                let until = self.moment("until", &until);
                plain(Command::Hold { until })
            }
            Act::Close { reason } => plain(Command::Close { reason }),
            Act::Reopen {} => plain(Command::Reopen),
            Act::Link { reference } => Read::Link(reference),
            Act::Unlink { reference } => {
                let no = self.report("reference", &reference);
                plain(Command::Unlink { no })
            }
            Act::Note { text, corrects } => {
                let words = self.written(NOTE_CHARS_MAX, &text);
                Read::Command(Command::Note { digest, corrects }, words)
            }
            Act::Row {
                text,
                happened,
                known,
                source,
            } => self.row(&text, (&happened, &known), &source),
            Act::Strike { text } => plain(Command::StrikeRow { text }),
            Act::Erase { text } => plain(Command::EraseText { text }),
            Act::FileRemove { text } => plain(Command::RemoveFile { text }),
            Act::FileRestore { text } => plain(Command::RestoreFile { text }),
            Act::FileErase { text } => plain(Command::EraseFile {
                text,
                held: false,
                rule: String::new(),
            }),
            other => self.parts(other),
        }
    }

    fn label(&mut self, tlp: &str, pap: &str) -> Command {
        let tlp = tlp.parse().map_err(|_| "no such label");
        let pap = pap.parse().map_err(|_| "no such label");
        let tlp = self.faults.take("/act/tlp", tlp);
        let pap = self.faults.take("/act/pap", pap);
        match (tlp, pap) {
            (Some(tlp), Some(pap)) => Command::SetLabel { tlp, pap },
            // Not done: the faults are told.
            _ => Command::Reopen,
        }
    }

    fn row(&mut self, typed: &str, (happened, known): (&str, &str), source: &str) -> Read {
        let words = self.written(ROW_CHARS_MAX, typed);
        let happened = self.moment("happened", happened);
        let known = self.moment("known", known);
        let now = self.asked.app.clock.now();
        if known < happened {
            self.faults.add("/act/known", "before it happened");
        }
        for (field, at) in [("happened", happened), ("known", known)] {
            if at > now {
                self.faults.add(format!("/act/{field}"), "in the future");
            }
        }
        let command = Command::AddRow {
            digest: String::new(),
            happened,
            known,
            source: self.source(source),
        };
        Read::Command(command, words)
    }

    /// Tasks, what is affected, and other cases.
    fn parts(&mut self, act: DeskCaseAct) -> Read {
        use DeskCaseAct as Act;
        let digest = String::new();
        let plain = |command| Read::Command(command, None);
        match act {
            Act::Task { text } => {
                let words = self.line("text", TASK_CHARS_MAX, &text);
                Read::Command(Command::AddTask { digest }, words)
            }
            Act::Template { template } => plain(Command::AddTemplate { template }),
            Act::TaskSet { task, owner, due } => {
                let due = due.map(|due| self.moment("due", &due));
                plain(Command::SetTask { task, owner, due })
            }
            Act::TaskDone { task } => plain(Command::Done { task }),
            Act::TaskUndone { task } => plain(Command::Undone { task }),
            Act::Asset {
                text,
                sort,
                condition,
            } => {
                let words = self.line("text", ASSET_CHARS_MAX, &text);
                let command = Command::AddAsset {
                    digest,
                    sort,
                    condition,
                };
                Read::Command(command, words)
            }
            Act::AssetSet { text, condition } => plain(Command::SetAsset { text, condition }),
            Act::AssetStrike { text } => plain(Command::StrikeAsset { text }),
            Act::File { .. } => self.file(act),
            Act::Relate { to, how } => plain(Command::Relate { to, how }),
            Act::Unrelate { to, how } => plain(Command::Unrelate { to, how }),
            other => self.clock(other),
        }
    }

    fn file(&mut self, act: DeskCaseAct) -> Read {
        let DeskCaseAct::File {
            sha256,
            ticket,
            name,
            note,
            sort,
            tlp,
            happened,
        } = act
        else {
            return Read::Nothing;
        };
        let text = file_text(&name, &note).map_err(wrong);
        let text = self.faults.take("/act/name", text);
        let sort = FileSort::parse(&sort).ok_or("`evidence`, `log`, `report` or `other`");
        let sort = self.faults.take("/act/sort", sort);
        let tlp = self
            .faults
            .take("/act/tlp", tlp.parse().map_err(|_| "no such label"));
        let happened = happened.map(|at| self.moment("happened", &at));
        match (text, sort, tlp) {
            (Some(text), Some(sort), Some(tlp)) => Read::File(Shown {
                sha256: sha256.to_ascii_lowercase(),
                ticket,
                name,
                text,
                described: Described {
                    sort,
                    tlp,
                    happened,
                },
            }),
            _ => Read::Nothing,
        }
    }

    fn clock(&mut self, act: DeskCaseAct) -> Read {
        use DeskCaseAct as Act;
        let (clock, command) = match act {
            Act::ClockStart {
                rule,
                start,
                at,
                limit_at,
            } => {
                let start = (start, self.moment("at", &at));
                let limit = limit_at.map(|at| self.moment("limit_at", &at));
                return Read::Command(Command::StartClock { rule, start, limit }, None);
            }
            Act::ClockStop {
                clock,
                event,
                at,
                sent,
            } => {
                let event = (event, self.moment("at", &at));
                let words = text(&sent, NOTE_CHARS_MAX).map_err(wrong);
                let words = self.faults.take("/act/sent", words);
                let digest = String::new();
                let command = Command::StopClock {
                    clock,
                    event,
                    digest,
                };
                return Read::Command(command, words);
            }
            Act::ClockPause { clock, reason } => (clock, clock::Command::Pause { reason }),
            Act::ClockResume { clock } => (clock, clock::Command::Resume),
            Act::ClockWithdraw { clock, reason } => (clock, clock::Command::Withdraw { reason }),
            Act::ClockAgain { clock, reason } => (clock, clock::Command::Reopen { reason }),
            _ => {
                self.faults.add("/act/do", "there is no such deed");
                (String::new(), clock::Command::Resume)
            }
        };
        Read::Command(Command::MoveClock { clock, command }, None)
    }
}

async fn work(asked: Asked, sent: DeskCaseWork) -> Result<DeskCase> {
    let (app, who, no) = (&asked.app, &asked.who, asked.no(0)?);
    let mut reader = Reader {
        asked: &asked,
        faults: Faults::default(),
    };
    let read = reader.read(sent.act);
    reader.faults.end()?;
    let result = match read {
        Read::Link(reference) => app.link_report(who, no, &reference).await,
        Read::File(shown) => bring(&asked, no, shown).await?,
        Read::Nothing => return Err(Problem::bad_request()),
        Read::Command(command, text) => {
            let key = asked.key();
            let written = text.map(|text| Written { text, key });
            let written = written.as_ref();
            app.work_case(who, no, sent.version, command, written).await
        }
    };
    match result {
        Ok(()) => read_one(&asked).await,
        Err(AppError::Conflict | AppError::Case(cairn_desk::cases::Refusal::Moved)) => {
            Err(moved(&read_one(&asked).await?))
        }
        Err(other) => Err(told(other)),
    }
}

/// A file by its ticket: who only knows a digest has no file.
async fn bring(asked: &Asked, no: i64, shown: Shown) -> Result<Result<(), AppError>> {
    let app = &asked.app;
    let by = (shown.sha256.as_str(), shown.ticket.as_str());
    let file = app.brought_file(by, &shown.name).await.map_err(told)?;
    let Some(file) = file else {
        let mut faults = Faults::default();
        let what = "is no file that you brought: send it to /api/v1/files first, and the ticket of the answer with it";
        faults.add("/act/sha256", what);
        faults.end()?;
        return Err(Problem::bad_request());
    };
    let written = Written {
        text: shown.text,
        key: asked.key(),
    };
    let new = NewFile {
        file,
        described: shown.described,
        written,
    };
    Ok(app.add_case_file(&asked.who, no, new).await)
}

async fn take_file(asked: Asked, _: DeskNothing) -> Result<Response> {
    let (no, text) = (asked.no(0)?, asked.no(1)?);
    let taken = asked.app.take_case_file(&asked.who, no, text).await;
    let taken = taken.map_err(|error| -> Problem { told(error) })?;
    zip_download(&taken.name, taken.bytes)
}

async fn archive(asked: Asked, _: DeskNothing) -> Result<Response> {
    let archive = asked.app.export_case(&asked.who, asked.no(0)?).await;
    let archive = archive.map_err(|error| -> Problem { told(error) })?;
    zip_download(&archive.name, archive.bytes)
}
