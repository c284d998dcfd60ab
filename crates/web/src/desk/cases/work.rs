//! What officers do to a case: one address for each kind of form. What was typed is shown again where it could not be done.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::cases::Written;
use cairn_app::presence::Place;
use cairn_app::report::AppError;
use cairn_desk::cases::{
    ASSET_CHARS_MAX, Command, NOTE_CHARS_MAX, ROW_CHARS_MAX, Refusal, Source, TASK_CHARS_MAX,
    TITLE_CHARS_MAX, TextFault, text, title,
};
use cairn_desk::clock;
use cairn_kernel::time::Micros;

use super::page::page;
use super::{allowed, number, text_fault, times};
use crate::components::Fault;
use crate::desk::who::Sent;
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::{Problem, Result};

/// What somebody sent that could not be done.
#[derive(Default)]
pub(super) struct Typed<'a> {
    pub form: Option<&'a Form>,
    pub faults: Vec<Fault>,
    /// The version they saw, if somebody else changed the same since.
    pub since: Option<i64>,
    /// Why it was refused.
    pub refused: Option<String>,
}

impl Typed<'_> {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.form.and_then(|form| form.get(name))
    }

    /// Something was typed here, or is wrong here.
    pub(super) fn is_about(&self, name: &str) -> bool {
        self.get(name).is_some() || self.faults.iter().any(|fault| fault.field == name)
    }
}

/// A command, and the text that comes with it.
type Asked = (Command, Option<String>);

/// Why a form gives no command.
enum Unread {
    /// There is no such form.
    Unknown,
    /// A field is wrong.
    Wrong(Fault),
}

impl From<Fault> for Unread {
    fn from(fault: Fault) -> Self {
        Self::Wrong(fault)
    }
}

/// One form under reading.
struct Reader<'a> {
    app: &'a App,
    form: &'a Form,
    lang: Lang,
}

impl Reader<'_> {
    fn get(&self, name: &str) -> &str {
        self.form.get(name).unwrap_or_default()
    }

    fn number<T: std::str::FromStr>(&self, name: &str) -> Result<T, Unread> {
        self.get(name).parse().map_err(|_| Unread::Unknown)
    }

    fn wrong(field: &str, text: &str) -> Fault {
        Fault {
            field: field.to_owned(),
            text: text.to_owned(),
        }
    }

    fn chosen(&self, field: &str) -> Result<String, Fault> {
        match self.get(field) {
            "" => Err(Self::wrong(field, t::cases_choose(self.lang))),
            code => Ok(code.to_owned()),
        }
    }

    fn moment(&self, field: &str) -> Result<Micros, Fault> {
        times::parse(self.get(field), &self.app.config.time_zone)
            .ok_or_else(|| Self::wrong(field, t::cases_not_a_moment(self.lang)))
    }

    fn written(
        &self,
        field: &str,
        max: usize,
        parse: fn(&str, usize) -> Result<String, TextFault>,
    ) -> Result<Option<String>, Fault> {
        let parsed = parse(self.get(field), max);
        parsed
            .map(Some)
            .map_err(|fault| text_fault(self.lang, field, fault))
    }

    /// What the form asks for. A digest is filled in where the text is kept.
    fn read(&self, action: &str) -> Result<Asked, Unread> {
        let digest = String::new();
        let plain = |command| Ok((command, None));
        match action {
            "title" => {
                let text = self.written("title", TITLE_CHARS_MAX, title)?;
                Ok((Command::Rename { digest }, text))
            }
            "owner" => plain(Command::SetOwner {
                to: Some(self.get("owner").to_owned()).filter(|to| !to.is_empty()),
            }),
            "severity" | "score" => plain(self.severity(action)?),
            "label" => plain(self.label()?),
            "hold" => plain(Command::Hold {
                until: self.moment("until")?,
            }),
            "close" => plain(Command::Close {
                reason: self.chosen("reason")?,
            }),
            "reopen" => plain(Command::Reopen),
            "unlink" => plain(Command::Unlink {
                no: self.number("no")?,
            }),
            "note" => {
                let text = self.written("note", NOTE_CHARS_MAX, text)?;
                let corrects = self.get("corrects").parse().ok();
                Ok((Command::Note { digest, corrects }, text))
            }
            "row" => self.row(),
            "strike" => plain(Command::StrikeRow {
                text: self.number("text")?,
            }),
            "erase" => {
                let text: u32 = self.number("text")?;
                let sure = format!("sure-{text}");
                if self.form.get(&sure).is_none() {
                    return Err(Self::wrong(&sure, t::cases_erase_sure_first(self.lang)).into());
                }
                plain(Command::EraseText { text })
            }
            _ if action.starts_with("clock-") => self.clock(action),
            _ if action.starts_with("file-") => plain(self.file(action)?),
            _ if action.starts_with("asset") => self.asset(action),
            "relate" | "unrelate" => plain(self.relation(action)?),
            _ => self.task(action),
        }
    }

    fn severity(&self, action: &str) -> Result<Command, Unread> {
        if action == "severity" {
            let chosen = self.chosen("severity")?;
            let (scheme, level) = chosen.split_once('/').ok_or(Unread::Unknown)?;
            return Ok(Command::SetSeverity {
                scheme: scheme.to_owned(),
                level: Some(level.to_owned()),
                answers: BTreeMap::new(),
            });
        }
        let rules = &self.app.config.case_rules.cases;
        let scheme = rules.scheme(self.get("scheme")).ok_or(Unread::Unknown)?;
        let mut answers = BTreeMap::new();
        for factor in &scheme.factors {
            let field = format!("{}-{}", scheme.code, factor.code);
            answers.insert(factor.code.clone(), self.chosen(&field)?);
        }
        Ok(Command::SetSeverity {
            scheme: scheme.code.clone(),
            level: None,
            answers,
        })
    }

    fn label(&self) -> Result<Command, Unread> {
        let unknown = |field| Self::wrong(field, t::cases_choose(self.lang));
        let tlp = self.get("tlp").parse().map_err(|_| unknown("tlp"))?;
        let pap = self.get("pap").parse().map_err(|_| unknown("pap"))?;
        Ok(Command::SetLabel { tlp, pap })
    }

    fn row(&self) -> Result<Asked, Unread> {
        let written = self.written("row", ROW_CHARS_MAX, text)?;
        let source = match self.get("source").split_once('/') {
            Some(("report", no)) => Source::Report(no.parse().map_err(|_| Unread::Unknown)?),
            Some(("note", n)) => Source::Note(n.parse().map_err(|_| Unread::Unknown)?),
            Some(("file", n)) => Source::File(n.parse().map_err(|_| Unread::Unknown)?),
            _ => Source::Outside,
        };
        let (happened, known) = (self.moment("happened")?, self.moment("known")?);
        // A field for a moment has no seconds: what happened in this minute is not in the future.
        if known < happened {
            return Err(Self::wrong("known", t::cases_known_before(self.lang)).into());
        }
        if happened > self.app.clock.now() {
            return Err(Self::wrong("happened", t::cases_in_the_future(self.lang)).into());
        }
        if known > self.app.clock.now() {
            return Err(Self::wrong("known", t::cases_in_the_future(self.lang)).into());
        }
        let row = Command::AddRow {
            digest: String::new(),
            happened,
            known,
            source,
        };
        Ok((row, written))
    }

    fn task(&self, action: &str) -> Result<Asked, Unread> {
        let command = match action {
            "task" => {
                let text = self.written("task-text", TASK_CHARS_MAX, title)?;
                let digest = String::new();
                return Ok((Command::AddTask { digest }, text));
            }
            "template" => Command::AddTemplate {
                template: self.chosen("template")?,
            },
            "done" => Command::Done {
                task: self.number("task")?,
            },
            "undone" => Command::Undone {
                task: self.number("task")?,
            },
            "task-set" => {
                let task: u32 = self.number("task")?;
                let (who, due) = (format!("task-{task}-who"), format!("task-{task}-due"));
                let due = match self.get(&due).trim() {
                    "" => None,
                    _ => Some(self.moment(&due)?),
                };
                let owner = Some(self.get(&who).to_owned()).filter(|who| !who.is_empty());
                Command::SetTask { task, owner, due }
            }
            _ => return Err(Unread::Unknown),
        };
        Ok((command, None))
    }

    fn asset(&self, action: &str) -> Result<Asked, Unread> {
        let text = || self.number::<u32>("text");
        let command = match action {
            "asset" => {
                let named = self.written("asset", ASSET_CHARS_MAX, title)?;
                let asset = Command::AddAsset {
                    digest: String::new(),
                    sort: self.chosen("asset-sort")?,
                    condition: self.chosen("asset-condition")?,
                };
                return Ok((asset, named));
            }
            "asset-set" => Command::SetAsset {
                text: text()?,
                condition: self.chosen(&format!("asset-{}", text()?))?,
            },
            "asset-strike" => Command::StrikeAsset { text: text()? },
            _ => return Err(Unread::Unknown),
        };
        Ok((command, None))
    }

    /// What is done to a file that is there; bringing one has a form of its own.
    fn file(&self, action: &str) -> Result<Command, Unread> {
        let text: u32 = self.number("text")?;
        match action {
            "file-remove" => Ok(Command::RemoveFile { text }),
            "file-restore" => Ok(Command::RestoreFile { text }),
            "file-erase" => {
                let sure = format!("sure-file-{text}");
                if self.form.get(&sure).is_none() {
                    return Err(Self::wrong(&sure, t::cases_file_sure_first(self.lang)).into());
                }
                Ok(Command::EraseFile {
                    text,
                    held: false,
                    rule: String::new(),
                })
            }
            _ => Err(Unread::Unknown),
        }
    }

    /// The other case is named by its number, as people write it: `12`, `#12`, or the heading of its page.
    fn relation(&self, action: &str) -> Result<Command, Unread> {
        if action == "unrelate" {
            let (to, how) = (self.number("to")?, self.get("how").to_owned());
            return Ok(Command::Unrelate { to, how });
        }
        let typed = self.get("other").trim();
        let digits = typed.trim_start_matches(|c: char| !c.is_ascii_digit());
        let to = digits.parse();
        let to = to.map_err(|_| Self::wrong("other", t::cases_no_case(self.lang)))?;
        let how = self.chosen("how")?;
        Ok(Command::Relate { to, how })
    }

    fn clock(&self, action: &str) -> Result<Asked, Unread> {
        if action == "clock-start" {
            let limit = match self.get("limit-at").trim() {
                "" => None,
                _ => Some(self.moment("limit-at")?),
            };
            let command = Command::StartClock {
                rule: self.chosen("rule")?,
                start: (self.chosen("start-kind")?, self.moment("start-at")?),
                limit,
            };
            return Ok((command, None));
        }
        let clock = self.get("clock").to_owned();
        let field = |what: &str| format!("{clock}-{what}");
        if action == "clock-stop" {
            let event = self.chosen(&field("event"))?;
            let when = self.moment(&field("when"))?;
            let sent = self.written(&field("sent"), NOTE_CHARS_MAX, text)?;
            let command = Command::StopClock {
                clock,
                event: (event, when),
                digest: String::new(),
            };
            return Ok((command, sent));
        }
        let command = match action {
            "clock-pause" => clock::Command::Pause {
                reason: self.chosen(&field("pause"))?,
            },
            "clock-resume" => clock::Command::Resume,
            "clock-withdraw" => clock::Command::Withdraw {
                reason: self.chosen(&field("withdraw"))?,
            },
            "clock-again" => clock::Command::Reopen {
                reason: self.chosen(&field("again"))?,
            },
            _ => return Err(Unread::Unknown),
        };
        Ok((Command::MoveClock { clock, command }, None))
    }
}

/// Why the desk says no, in words.
pub(super) fn refused(l: Lang, refusal: &Refusal) -> String {
    use clock::Refusal as Clock;
    match refusal {
        Refusal::Closed => t::cases_refused_closed(l),
        Refusal::Severity => t::cases_refused_severity(l),
        Refusal::Time(_) => t::cases_refused_time(l),
        Refusal::Title => t::cases_refused_title(l),
        Refusal::Held => t::cases_refused_held(l),
        Refusal::Standing => t::cases_refused_standing(l),
        Refusal::Itself => t::cases_refused_itself(l),
        Refusal::Limit => t::cases_refused_limit(l),
        Refusal::Clock(Clock::Future) => t::cases_in_the_future(l),
        Refusal::Clock(Clock::BeforeStart) => t::cases_refused_before_start(l),
        Refusal::Clock(Clock::NeedsLimit(_)) => t::cases_refused_needs_limit(l),
        Refusal::Clock(Clock::NotPausable) => t::cases_refused_not_pausable(l),
        Refusal::Clock(Clock::Overdue) => t::cases_refused_overdue(l),
        Refusal::Clock(Clock::NotInForce(_)) => t::cases_refused_not_in_force(l),
        _ => t::case_refused_note(l),
    }
    .to_owned()
}

/// Anything done to a case.
pub(in crate::desk) async fn act(
    State(app): State<App>,
    Path((no, action)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response> {
    allowed(&sent)?;
    let (no, l) = (number(&no)?, sent.officer.page.lang);
    let seen = sent.form.get("version").and_then(|text| text.parse().ok());
    let seen: i64 = seen.unwrap_or_default();
    let who = &sent.officer.who;
    let mut typed = Typed {
        form: Some(&sent.form),
        ..Typed::default()
    };
    let done = if action == "link" {
        let reference = sent.form.get("reference").unwrap_or_default();
        app.link_report(who, no, reference).await
    } else {
        let reader = Reader {
            app: &app,
            form: &sent.form,
            lang: l,
        };
        match reader.read(&action) {
            Err(Unread::Unknown) => return Err(Problem::not_found()),
            Err(Unread::Wrong(fault)) => {
                typed.faults.push(fault);
                Ok(())
            }
            Ok((command, text)) => {
                // The same words in another form of this page are another text.
                let key = sent.form.get("once").map(|once| format!("{action}:{once}"));
                let written = text.map(|text| Written { text, key });
                app.work_case(who, no, seen, command, written.as_ref())
                    .await
            }
        }
    };
    let status = match done {
        Ok(()) if typed.faults.is_empty() => {
            app.present_sent(who, Place::Case(no));
            let to = format!("/desk/cases/{no}{}", place(&action));
            return Ok(Redirect::to(&to).into_response());
        }
        Ok(()) => StatusCode::UNPROCESSABLE_ENTITY,
        Err(AppError::Input(_)) if matches!(action.as_str(), "link" | "relate") => {
            let (field, text) = match action.as_str() {
                "link" => ("reference", t::cases_no_report(l)),
                _ => ("other", t::cases_no_case(l)),
            };
            typed.faults.push(Reader::wrong(field, text));
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(AppError::Conflict) => {
            typed.since = Some(seen);
            StatusCode::CONFLICT
        }
        Err(AppError::Case(refusal)) => {
            typed.refused = Some(refused(l, &refusal));
            StatusCode::CONFLICT
        }
        Err(AppError::Input(_)) => {
            typed.refused = Some(t::case_refused_note(l).to_owned());
            StatusCode::CONFLICT
        }
        Err(other) => return Err(other.into()),
    };
    let page = page(&app, &sent.officer, no, &typed).await?;
    Ok((status, page).into_response())
}

/// Where on the page to go on.
fn place(action: &str) -> &'static str {
    match action {
        "note" => "#notes",
        "row" | "strike" => "#timeline",
        "link" | "unlink" => "#reports",
        "asset" | "asset-set" | "asset-strike" => "#assets",
        "relate" | "unrelate" => "#related",
        "task" | "template" | "done" | "undone" | "task-set" => "#tasks",
        _ if action.starts_with("file-") => "#files",
        _ if action.starts_with("clock-") => "#clocks",
        _ => "",
    }
}

/// The case as one archive. Sent by a form, since taking it is noted in the log.
pub(in crate::desk) async fn archive(
    State(app): State<App>,
    Path(no): Path<String>,
    sent: Sent,
) -> Result<Response> {
    allowed(&sent)?;
    let archive = app.export_case(&sent.officer.who, number(&no)?).await?;
    let name = format!("attachment; filename=\"{}\"", archive.name);
    let name = HeaderValue::try_from(name).map_err(|error| Problem::unexpected(&error))?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/zip"),
        ),
        (header::CONTENT_DISPOSITION, name),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; sandbox"),
        ),
    ];
    Ok((headers, archive.bytes).into_response())
}
