//! Coming from elsewhere: what another system kept of one ticket, as values. A parser for each system makes an [`Old`] of its
//! bytes and names what it could not read; [`Mapping`] says how it is filed here; [`decide`] says what is new of it. Nothing here
//! reads a file or asks a server.

pub mod csv;
mod decide;
pub mod iris;
mod json;
mod mapping;
pub mod mbox;
pub mod rt;
pub mod thehive;

use cairn_kernel::label::{Pap, Tlp};
use cairn_kernel::text::{clean, one_line};
use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};

use crate::report::{Contact, FileRef, State};

pub use decide::{Taken, decide, refile};
pub use mapping::{Codes, Mapping, MappingFault};

/// Longest text of one entry, bytes. What is longer is cut, marked, and kept whole as a file.
pub const ENTRY_BYTES_MAX: usize = 64 * 1024;
/// Most entries of one old ticket that are shown in its thread; the rest is kept as a file.
pub const ENTRIES_MAX: usize = 5_000;
/// Most files of one imported report.
pub const FILES_MAX: usize = 1_000;
/// Longest old number, characters.
pub const NUMBER_CHARS_MAX: usize = 250;
/// Largest file of an export that is read, bytes.
pub const EXPORT_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// Systems that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Request Tracker 5, through REST 2.
    Rt,
    /// TheHive 4.
    #[serde(rename = "thehive4")]
    Thehive4,
    /// DFIR-IRIS 2.
    Iris,
    /// A table.
    Csv,
    /// A mailbox.
    Mbox,
}

impl Source {
    /// All.
    pub const ALL: [Self; 5] = [Self::Rt, Self::Thehive4, Self::Iris, Self::Csv, Self::Mbox];

    /// Its code: in old numbers, addresses and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rt => "rt",
            Self::Thehive4 => "thehive4",
            Self::Iris => "iris",
            Self::Csv => "csv",
            Self::Mbox => "mbox",
        }
    }

    /// Reads the code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == code)
    }
}

/// What an entry of an old thread is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Somebody wrote to somebody outside, or they wrote.
    Correspondence,
    /// People of the house wrote among themselves.
    Comment,
    /// Something was set: a status, an owner.
    Change,
    /// A file came.
    File,
    /// Something that happened, of a timeline.
    Happening,
    /// A task.
    Task,
    /// An observable, with what was said of it.
    Observable,
    /// Fields of the source that have no home here.
    Fields,
}

impl Sort {
    /// All.
    pub const ALL: [Self; 8] = [
        Self::Correspondence,
        Self::Comment,
        Self::Change,
        Self::File,
        Self::Happening,
        Self::Task,
        Self::Observable,
        Self::Fields,
    ];

    /// The name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Correspondence => "correspondence",
            Self::Comment => "comment",
            Self::Change => "change",
            Self::File => "file",
            Self::Happening => "happening",
            Self::Task => "task",
            Self::Observable => "observable",
            Self::Fields => "fields",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }
}

/// One entry of an old thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What tells it from the others of its ticket, for ever: the same again is not taken twice.
    pub key: String,
    /// When the source says that it happened.
    pub at: Micros,
    /// What it is.
    pub sort: Sort,
    /// Who wrote or did it, as the source names them.
    #[serde(default)]
    pub author: Option<String>,
    /// Subject of a message; empty where there is none.
    #[serde(default)]
    pub subject: String,
    /// Its text.
    pub text: String,
}

/// What is kept of an entry beside its text, as JSON. It names people, and is erased with contact details.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Head {
    /// As the source names them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The account here that the mapping names for them, by its login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// Subject.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
}

/// A file of an old ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OldFile {
    /// As [`Entry::key`].
    pub key: String,
    /// When it came.
    pub at: Micros,
    /// By whom.
    #[serde(default)]
    pub author: Option<String>,
    /// Its name there.
    pub name: String,
    /// Where its bytes are, for who fetches them: an address, or a path within the export.
    #[serde(default)]
    pub place: String,
    /// Its bytes, where the export holds them; not handed on.
    #[serde(skip)]
    pub bytes: Option<Vec<u8>>,
    /// Where it lies here, once it was taken.
    #[serde(default)]
    pub taken: Option<FileRef>,
}

/// A task of an old case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OldTask {
    /// As [`Entry::key`].
    pub key: String,
    /// What was to be done, one line.
    pub title: String,
    /// It was done.
    pub done: bool,
}

/// What the source calls a case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OldCase {
    /// With whom it may be shared.
    pub tlp: Tlp,
    /// What may be done with it.
    pub pap: Pap,
    /// It was closed there.
    pub closed: bool,
    /// Tasks.
    pub tasks: Vec<OldTask>,
}

/// What another system kept of one ticket, in its own words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Old {
    /// Its number there, without signs around it: `12345`.
    pub number: String,
    /// Other numbers by which it was known: of tickets that were merged into it.
    #[serde(default)]
    pub also: Vec<String>,
    /// Title.
    pub title: String,
    /// When it came in.
    pub received: Micros,
    /// Who asked.
    #[serde(default)]
    pub contact: Option<Contact>,
    /// The first message's text.
    pub story: String,
    /// Who has it, as the source names them.
    #[serde(default)]
    pub owner: Option<String>,
    /// Every field, one pair for each value; the mapping looks here.
    pub fields: Vec<(String, String)>,
    /// Observables as written there.
    #[serde(default)]
    pub seen: Vec<String>,
    /// The thread.
    pub entries: Vec<Entry>,
    /// Files.
    #[serde(default)]
    pub files: Vec<OldFile>,
    /// What makes a case of it.
    #[serde(default)]
    pub case: Option<OldCase>,
}

/// How an old ticket is filed here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filed {
    /// Category code.
    pub category: String,
    /// Sub-type code.
    #[serde(default)]
    pub subtype: Option<String>,
    /// 1 to 6.
    pub severity: u8,
    /// Where it stands.
    pub state: State,
    /// Outcome code, where it is closed.
    #[serde(default)]
    pub outcome: Option<String>,
    /// Login of who has it.
    #[serde(default)]
    pub assignee: Option<String>,
}

/// An old ticket with all that is needed to take it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Where it comes from.
    pub source: Source,
    /// What was kept there.
    pub old: Old,
    /// How it is filed here.
    pub filed: Filed,
    /// Logins of those whom the mapping names, by their name there.
    #[serde(default)]
    pub logins: std::collections::BTreeMap<String, String>,
}

/// What is wrong with something of an export. Its number tells one kind from another.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error,
)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// It does not read as what it should be.
    #[error("does not read as what it should be")]
    Unreadable,
    /// It has no number, or one that cannot be kept.
    #[error("has no number by which it can be found again")]
    Number,
    /// A time is missing or does not read.
    #[error("has no time that can be read")]
    Time,
    /// A field that must be there is not.
    #[error("lacks a field that must be there")]
    Missing,
    /// The same number came before in this export.
    #[error("has a number that came before")]
    Twice,
    /// It is larger than is taken.
    #[error("is larger than is taken")]
    Large,
    /// A file of the export is not there.
    #[error("names a file that is not there")]
    NoFile,
    /// The server did not give it, or not in time.
    #[error("was not given by the server")]
    Unfetched,
    /// The value is not in the mapping.
    #[error("is not in the mapping; it is kept as text")]
    Unmapped,
    /// It was changed on both sides.
    #[error("was changed here as well; how it stands here stays")]
    Changed,
    /// It was refused here.
    #[error("was refused")]
    Refused,
}

impl Fault {
    /// Its number, as summaries print it.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Unreadable => 101,
            Self::Number => 102,
            Self::Time => 103,
            Self::Missing => 104,
            Self::Twice => 105,
            Self::Large => 106,
            Self::NoFile => 107,
            Self::Unfetched => 108,
            Self::Unmapped => 201,
            Self::Changed => 202,
            Self::Refused => 301,
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn todo(self) -> &'static str {
        match self {
            Self::Unreadable => "export it anew, or mend the file",
            Self::Number => "give it a number of at most 250 characters in the source",
            Self::Time => "write the time as 2026-11-23T18:00:00Z",
            Self::Missing => "fill it in, or name another column in the mapping",
            Self::Twice => "give each its own number, or merge them in the source",
            Self::Large => "raise the limit of files in the settings and run again",
            Self::Unfetched => "run again: the next run takes it",
            Self::NoFile => "put the file beside the export and run again",
            Self::Unmapped => "add a rule to the mapping file if it should be filed by it",
            Self::Changed => "look at it here and set what holds",
            Self::Refused => "see the reason, and run again",
        }
    }

    /// Something was not taken for it.
    #[must_use]
    pub const fn refuses(self) -> bool {
        !matches!(self, Self::Unmapped | Self::Changed)
    }
}

/// A fault, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Problem {
    /// What is wrong.
    pub fault: Fault,
    /// Where: a ticket, a row and column.
    pub place: String,
    /// What stands there, short, or why.
    pub what: String,
}

impl Problem {
    /// One, with what stands there cut short.
    #[must_use]
    pub fn new(fault: Fault, place: impl Into<String>, what: &str) -> Self {
        const CHARS_MAX: usize = 120;
        Self {
            fault,
            place: place.into(),
            what: one_line(what).chars().take(CHARS_MAX).collect(),
        }
    }
}

/// What a parser makes of bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parsed {
    /// Tickets that can be taken.
    pub tickets: Vec<Old>,
    /// What cannot, and why.
    pub problems: Vec<Problem>,
}

impl Parsed {
    /// An export that is one JSON value; of what is none, the fault is kept.
    fn export(&mut self, bytes: &[u8]) -> Option<serde_json::Value> {
        match serde_json::from_slice(bytes) {
            Ok(value) => Some(value),
            Err(error) => {
                let fault = Problem::new(Fault::Unreadable, "export", &error.to_string());
                self.problems.push(fault);
                None
            }
        }
    }
}

/// A number as it can be kept and typed: trimmed, without a leading `#`.
#[must_use]
pub fn number(text: &str) -> Option<String> {
    let line = one_line(text);
    let bare = line.trim().trim_start_matches('#').trim();
    let fits = !bare.is_empty() && bare.chars().count() <= NUMBER_CHARS_MAX;
    fits.then(|| bare.to_owned())
}

/// An old number as officers type it: `rt#12345`, `rt:12345`, or without the source.
#[must_use]
pub fn typed_number(typed: &str) -> Option<(Option<Source>, String)> {
    let typed = typed.trim();
    let typed = typed.strip_prefix("old:").unwrap_or(typed);
    let parted = typed
        .split_once(['#', ':'])
        .and_then(|(source, rest)| Source::parse(source).map(|source| (source, rest)));
    match parted {
        Some((source, rest)) => Some((Some(source), number(rest)?)),
        None => Some((None, number(typed)?)),
    }
}

impl Old {
    /// Makes it fit: texts without what must not be kept, cut where they are too long, and then whole as a file; entries in the
    /// order of their time. Gives the names of files that are more than [`FILES_MAX`], which are left out.
    pub fn fit(&mut self) -> Vec<String> {
        self.title = one_line(&self.title);
        self.story = cut(&clean(&self.story), ENTRY_BYTES_MAX);
        let mut whole = Vec::new();
        for entry in &mut self.entries {
            entry.text = clean(&entry.text);
            entry.subject = one_line(&entry.subject);
            entry.author = entry
                .author
                .as_deref()
                .map(one_line)
                .filter(|name| !name.is_empty());
            if entry.text.len() > ENTRY_BYTES_MAX {
                let bytes = entry.text.clone().into_bytes();
                whole.push(OldFile::whole(entry, bytes));
                entry.text = cut(&entry.text, ENTRY_BYTES_MAX);
            }
        }
        self.entries.sort_by_key(|entry| entry.at);
        if self.entries.len() > ENTRIES_MAX {
            let rest = self.entries.split_off(ENTRIES_MAX);
            let lines: Vec<String> = rest
                .iter()
                .map(|entry| {
                    format!(
                        "{} {}\n{}\n",
                        entry.at,
                        entry.author.as_deref().unwrap_or_default(),
                        entry.text
                    )
                })
                .collect();
            if let (Some(first), Some(last)) = (rest.first(), rest.last()) {
                let mut file = OldFile::whole(first, lines.join("\n").into_bytes());
                file.key = format!("rest:{}:{}", first.key, last.key);
                whole.push(file);
            }
        }
        self.files.extend(whole);
        self.files.sort_by_key(|file| file.at);
        let left = self.files.split_off(self.files.len().min(FILES_MAX));
        self.also.retain(|other| *other != self.number);
        left.into_iter().map(|file| file.name).collect()
    }

    /// Values of a field, its name compared without case.
    pub fn values<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a str> {
        let pairs = self.fields.iter();
        pairs
            .filter(move |(name, _)| name.eq_ignore_ascii_case(field))
            .map(|(_, value)| value.as_str())
    }

    /// The fields as text, a line for each value.
    #[must_use]
    pub fn fields_text(&self) -> String {
        let line =
            |(name, value): &(String, String)| format!("{}: {}", one_line(name), clean(value));
        let lines: Vec<String> = self.fields.iter().map(line).collect();
        lines.join("\n")
    }
}

impl OldFile {
    fn whole(entry: &Entry, bytes: Vec<u8>) -> Self {
        Self {
            key: format!("whole:{}", entry.key),
            at: entry.at,
            author: entry.author.clone(),
            name: "whole-text.txt".to_owned(),
            place: String::new(),
            bytes: Some(bytes),
            taken: None,
        }
    }
}

/// The bytes of base64 (RFC 4648), lines and blanks in it notwithstanding.
fn decode(text: &str) -> Option<Vec<u8>> {
    use base64::Engine;
    let bare: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    base64::engine::general_purpose::STANDARD.decode(bare).ok()
}

/// At most `bytes_max`, cut between characters and marked.
fn cut(text: &str, bytes_max: usize) -> String {
    if text.len() <= bytes_max {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(bytes_max.saturating_sub(3));
    format!("{}…", text.get(..end).unwrap_or_default())
}

/// A time as systems write it: RFC 3339, the same with a blank or without a zone (then UTC), a day, or seconds, milliseconds or
/// microseconds since 1970. Nothing before 1971: systems write the beginning of time for "never".
#[must_use]
pub fn time(text: &str) -> Option<Micros> {
    const YEAR: i64 = 365 * 86_400;
    let text = text.trim();
    let at = if let Ok(number) = text.parse::<i64>() {
        let scale = if number < 100_000_000_000 {
            1_000_000
        } else if number < 100_000_000_000_000 {
            1_000
        } else {
            1
        };
        Micros(number.checked_mul(scale)?)
    } else if let Ok(at) = text.parse::<jiff::Timestamp>() {
        at.into()
    } else if let Ok(civil) = text
        .trim_end_matches(" UTC")
        .parse::<jiff::civil::DateTime>()
    {
        civil
            .to_zoned(jiff::tz::TimeZone::UTC)
            .ok()?
            .timestamp()
            .into()
    } else {
        return None;
    };
    (at.seconds() > YEAR).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_many_kinds_are_read() {
        for text in [
            "2021-03-04T05:06:07Z",
            "2021-03-04 05:06:07",
            "2021-03-04T18:06:07+13:00",
            "1614834367",
            "1614834367000",
            "1614834367000000",
        ] {
            assert_eq!(time(text), Some(Micros(1_614_834_367_000_000)), "{text}");
        }
        for never in ["1970-01-01T00:00:00Z", "", "soon", "0"] {
            assert_eq!(time(never), None, "{never}");
        }
        assert!(time("2021-03-04").is_some());
    }

    #[test]
    fn old_numbers_are_read_as_typed() {
        let rt = |n: &str| Some((Some(Source::Rt), n.to_owned()));
        assert_eq!(typed_number("old:rt#12"), rt("12"));
        assert_eq!(typed_number("rt:12"), rt("12"));
        assert_eq!(typed_number(" #12 "), Some((None, "12".to_owned())));
        assert_eq!(typed_number("old:"), None);
    }

    #[test]
    fn what_is_too_long_is_kept_whole_as_a_file() {
        let entry = |key: &str, at, text: String| Entry {
            key: key.to_owned(),
            at: Micros(at),
            sort: Sort::Comment,
            author: None,
            subject: String::new(),
            text,
        };
        let long = "ā".repeat(ENTRY_BYTES_MAX);
        let mut old = Old {
            entries: vec![entry("b", 2, long.clone()), entry("a", 1, "short".into())],
            ..Old::default()
        };
        old.fit();
        assert_eq!(old.entries[0].key, "a");
        assert!(old.entries[1].text.len() <= ENTRY_BYTES_MAX && old.entries[1].text.ends_with('…'));
        assert_eq!(old.files[0].bytes.as_deref(), Some(long.as_bytes()));
    }
}
