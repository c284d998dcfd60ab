//! Files of a case: evidence, logs, a report of somebody else. What a file is called and what was said of it is one text of the case
//! (the name is its first line), so that it can be erased like any other; the log knows the digest of the content. A file that was taken
//! off can be put back for a while; then it goes for good, unless a legal hold keeps it.

use cairn_kernel::actor::Actor;
use cairn_kernel::label::Tlp;
use cairn_kernel::text::{clean, one_line};
use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};

use super::decide::{known, said};
use super::text::TextFault;
use super::{Case, Change, Command, Refusal, Said};

/// Most files of one case, those that went for good included.
pub const FILES_MAX: usize = 500;
/// Longest name of a file, characters.
pub const FILE_NAME_CHARS_MAX: usize = 200;
/// Longest note on a file, characters.
pub const FILE_NOTE_CHARS_MAX: usize = 1_000;
/// A file that was taken off can be put back for so long, seconds: 14 days.
pub const FILE_BACK_SECONDS: i64 = 14 * 24 * 3_600;
/// The rule by which a file goes for good that nobody put back, as the register of what was erased names it.
pub const FILE_RULE: &str = "case-file-removed";

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileSort {
    /// What shows what happened: a message, a picture, a sample.
    Evidence,
    /// What machines wrote down.
    Log,
    /// What somebody found out.
    Report,
    /// Something else.
    Other,
}

impl FileSort {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Evidence, Self::Log, Self::Report, Self::Other];

    /// The name in the log, in forms and in calls.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Evidence => "evidence",
            Self::Log => "log",
            Self::Report => "report",
            Self::Other => "other",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == text)
    }
}

/// The bytes of a file, by what they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// Media type, by content.
    pub media_type: String,
}

/// What somebody says of a file that they bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Described {
    /// What it is.
    pub sort: FileSort,
    /// With whom it may be shared.
    pub tlp: Tlp,
    /// When what it shows happened: it then stands on the timeline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened: Option<Micros>,
}

/// A file of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFile {
    /// Number of its text: name and note.
    pub text: u32,
    /// The bytes.
    pub content: Content,
    /// What was said of it.
    pub described: Described,
    /// When it was brought.
    pub at: Micros,
    /// By whom.
    pub by: Actor,
    /// When it was taken off.
    pub removed: Option<Micros>,
    /// When it went for good, by whom, and by which rule; by hand the rule is empty.
    pub gone: Option<(Micros, Actor, String)>,
}

impl CaseFile {
    /// It is there: neither taken off nor gone.
    #[must_use]
    pub const fn stands(&self) -> bool {
        self.removed.is_none() && self.gone.is_none()
    }

    /// Until when it can be put back.
    #[must_use]
    pub fn back_until(&self) -> Option<Micros> {
        let open = self.removed.filter(|_| self.gone.is_none());
        open.map(|at| at.plus_seconds(FILE_BACK_SECONDS))
    }
}

/// Name and note as one text, at the door.
///
/// # Errors
/// See [`TextFault`]: the name is empty, or one of both is too long.
pub fn file_text(name: &str, note: &str) -> Result<String, TextFault> {
    let name = one_line(name.rsplit(['/', '\\']).next().unwrap_or(name));
    let name = super::text::title(&name, FILE_NAME_CHARS_MAX)?;
    let note = clean(note);
    let note = note.trim();
    let chars = note.chars().count();
    if chars > FILE_NOTE_CHARS_MAX {
        return Err(TextFault::TooLong {
            chars,
            max: FILE_NOTE_CHARS_MAX,
        });
    }
    Ok(if note.is_empty() {
        name
    } else {
        format!("{name}\n{note}")
    })
}

/// Name and note of a text.
#[must_use]
pub fn name_and_note(text: &str) -> (&str, &str) {
    text.split_once('\n').unwrap_or((text, ""))
}

/// Files: brought, taken off, put back, taken out, gone for good.
pub(super) fn of_file(case: &Case, command: Command, now: Micros) -> Result<Vec<Change>, Refusal> {
    let find = |text: u32| {
        let found = case.files.iter().find(|file| file.text == text);
        found.ok_or(Refusal::Absent("file"))
    };
    let change = match command {
        Command::AddFile { digest, .. } if known(case, &digest) => return Ok(Vec::new()),
        Command::AddFile { .. } if case.files.len() >= FILES_MAX => return Err(Refusal::Limit),
        Command::AddFile {
            digest,
            content,
            described,
        } => {
            if described.happened.is_some_and(|at| at > now) {
                return Err(Refusal::Time("it lies ahead"));
            }
            Change::FileAdded {
                file: said(case, digest),
                content,
                described,
            }
        }
        Command::RemoveFile { text } if find(text)?.stands() => Change::FileRemoved { text },
        Command::RemoveFile { .. } => return Ok(Vec::new()),
        Command::RestoreFile { text } => match find(text)? {
            file if file.stands() => return Ok(Vec::new()),
            file if file.gone.is_some() => return Err(Refusal::Absent("file")),
            _ => Change::FileRestored { text },
        },
        Command::TakeFile { text } if find(text)?.gone.is_some() => {
            return Err(Refusal::Absent("file"));
        }
        Command::TakeFile { text } => Change::FileTaken { text },
        Command::EraseFile { text, held, rule } => {
            let file = find(text)?;
            if file.gone.is_some() {
                return Ok(Vec::new());
            }
            let Some(until) = file.back_until() else {
                return Err(Refusal::Standing);
            };
            if held {
                return Err(Refusal::Held);
            }
            if !rule.is_empty() && until > now {
                return Err(Refusal::Standing);
            }
            Change::FileGone { text, rule }
        }
        _ => return Ok(Vec::new()),
    };
    Ok(vec![change])
}

impl Case {
    /// A file's part of [`Case::apply`].
    pub(super) fn filed(&mut self, (at, by): (Micros, &Actor), change: &Change) {
        match change {
            Change::FileAdded {
                file,
                content,
                described,
            } => self.bring(file, (at, by), content, *described),
            Change::FileRemoved { text } => {
                self.with_file(*text, |file| file.removed = Some(at));
                self.strike(*text, true);
            }
            Change::FileRestored { text } => {
                self.with_file(*text, |file| file.removed = None);
                self.strike(*text, false);
            }
            Change::FileGone { text, rule } => {
                self.with_file(*text, |file| {
                    file.gone = Some((at, by.clone(), rule.clone()));
                });
                self.erased.insert(*text);
            }
            _ => {}
        }
    }

    fn bring(
        &mut self,
        file: &Said,
        (at, by): (Micros, &Actor),
        content: &Content,
        described: Described,
    ) {
        self.files.push(CaseFile {
            text: file.text,
            content: content.clone(),
            described,
            at,
            by: by.clone(),
            removed: None,
            gone: None,
        });
        if let Some(happened) = described.happened {
            self.rows.push(super::Moment {
                text: file.text,
                happened,
                known: at,
                source: super::Source::File(file.text),
                struck: false,
            });
        }
    }

    fn with_file(&mut self, text: u32, change: impl Fn(&mut CaseFile)) {
        let files = self.files.iter_mut();
        files.filter(|file| file.text == text).for_each(change);
    }

    /// What a file shows does not stand on the timeline while the file is taken off.
    fn strike(&mut self, text: u32, struck: bool) {
        let rows = self.rows.iter_mut().filter(|row| row.text == text);
        rows.for_each(|row| row.struck = struck);
    }
}
