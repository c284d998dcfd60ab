//! Cases: what officers work on together. A case is the sum of its events; [`decide`] says which may follow. What people
//! write (titles, notes, rows of the timeline, tasks) lies apart, numbered, and stands in the events as a salted digest, so that
//! it can be erased while the log stays valid.

mod beside;
mod book;
mod decide;
mod files;
mod standing;
mod text;
mod timeline;

pub use beside::{ASSET_CHARS_MAX, ASSETS_MAX, Asset, RELATIONS_MAX};
pub use book::{Answer, Book, Factor, Level, Relation, Scheme, Template, TemplateTask};
pub use decide::{Books, Command, EVENTS_MAX, REPORTS_MAX, Refusal, decide, open};
pub use files::{
    CaseFile, Content, Described, FILE_BACK_SECONDS, FILE_NAME_CHARS_MAX, FILE_NOTE_CHARS_MAX,
    FILE_RULE, FILES_MAX, FileSort, file_text, name_and_note,
};
pub use standing::{Case, Moment, Note, Part, Task};
pub use text::{
    NOTE_CHARS_MAX, ROW_CHARS_MAX, TASK_CHARS_MAX, TITLE_CHARS_MAX, TextFault, text, title,
};
pub use timeline::{GAP_SECONDS_MIN, Line, timeline};

use std::collections::BTreeMap;

use cairn_kernel::actor::Actor;
use cairn_kernel::label::{Pap, Tlp};
use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};

use crate::clock;

/// A text that lies apart from the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Its number on the case, from 1.
    pub text: u32,
    /// SHA-256 of salt and text, hexadecimal.
    pub digest: String,
}

/// How severe, by one scheme, as it was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Severity {
    /// Code of the scheme.
    pub scheme: String,
    /// The scheme's version then.
    pub version: u32,
    /// Code of the level.
    pub level: String,
    /// 1 is the most severe, 6 the least: the order of lists across schemes.
    pub rank: u8,
    /// Hundredths of a point, 0 to 10,000; of a scheme with factors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<u32>,
    /// Factor and answer; of a scheme with factors.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, String>,
}

/// Where a case stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Somebody works on it, or should.
    Open,
    /// It waits until then.
    OnHold {
        /// Until when.
        until: Micros,
    },
    /// It is done.
    Closed {
        /// Code of the reason.
        reason: String,
    },
}

impl State {
    /// The name in the database and in the archive.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::OnHold { .. } => "on_hold",
            Self::Closed { .. } => "closed",
        }
    }
}

/// Where a row of the timeline comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A linked report, by its number.
    Report(i64),
    /// A note of the case, by the number of its text.
    Note(u32),
    /// A file of the case, by the number of its text.
    File(u32),
    /// Elsewhere; the row says where.
    Outside,
}

/// What a task asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asks {
    /// What somebody wrote.
    Own(Said),
    /// A task of a template.
    Template {
        /// Code of the template.
        template: String,
        /// The template's version then.
        version: u32,
        /// Code of the task in it.
        code: String,
    },
}

/// What happened to a case. Serialised as JSON into the evidence log. No field may be called `report` or `challenge`: the log's
/// own columns of these names are for other records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Change {
    /// It was opened.
    #[serde(rename = "case_opened")]
    Opened {
        /// Its title.
        title: Said,
        /// With whom it may be shared.
        tlp: Tlp,
        /// What may be done with it.
        pap: Pap,
        /// SHA-256 of what tells a form that comes twice, hexadecimal.
        once: String,
    },
    /// It has another title.
    #[serde(rename = "case_renamed")]
    Renamed {
        /// The title as it is now.
        title: Said,
    },
    /// Somebody has it, or nobody.
    #[serde(rename = "case_owner_set")]
    OwnerSet {
        /// Account id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<String>,
    },
    /// Its severity was judged.
    #[serde(rename = "case_severity_set")]
    SeveritySet {
        /// As it is now.
        severity: Severity,
    },
    /// It is handled by another label.
    #[serde(rename = "case_label_set")]
    LabelSet {
        /// With whom it may be shared.
        tlp: Tlp,
        /// What may be done with it.
        pap: Pap,
    },
    /// It waits.
    #[serde(rename = "case_held")]
    Held {
        /// Until when.
        until: Micros,
    },
    /// It is done.
    #[serde(rename = "case_closed")]
    Closed {
        /// Code of the reason.
        reason: String,
    },
    /// It is worked on again.
    #[serde(rename = "case_reopened")]
    Reopened,
    /// A report belongs to it.
    #[serde(rename = "case_report_linked")]
    Linked {
        /// The report's number.
        no: i64,
    },
    /// A report does not belong to it after all.
    #[serde(rename = "case_report_unlinked")]
    Unlinked {
        /// The report's number.
        no: i64,
    },
    /// A note was written. It is never changed: a correction is a new note.
    #[serde(rename = "case_noted")]
    Noted {
        /// The note.
        note: Said,
        /// Number of the text of the note that it corrects.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        corrects: Option<u32>,
    },
    /// The timeline has a new row.
    #[serde(rename = "case_row_added")]
    RowAdded {
        /// What happened.
        row: Said,
        /// When it happened.
        happened: Micros,
        /// When we knew.
        known: Micros,
        /// Where that comes from.
        source: Source,
    },
    /// A row of the timeline is wrong and no longer counts.
    #[serde(rename = "case_row_struck")]
    RowStruck {
        /// Number of the row's text.
        text: u32,
    },
    /// Something is to be done.
    #[serde(rename = "case_task_added")]
    TaskAdded {
        /// Number of the task on the case, from 1.
        task: u32,
        /// What.
        asks: Asks,
    },
    /// Who does a task, and by when.
    #[serde(rename = "case_task_set")]
    TaskSet {
        /// Number of the task.
        task: u32,
        /// Account id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<String>,
        /// By when.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Micros>,
    },
    /// A task is done.
    #[serde(rename = "case_task_done")]
    TaskDone {
        /// Number of the task.
        task: u32,
    },
    /// A task is not done after all.
    #[serde(rename = "case_task_undone")]
    TaskUndone {
        /// Number of the task.
        task: u32,
    },
    /// Something that the incident touches: a machine, an account, a service.
    #[serde(rename = "case_asset_added")]
    AssetAdded {
        /// What it is called.
        asset: Said,
        /// Code of its kind.
        sort: String,
        /// Code of how it stands.
        condition: String,
    },
    /// An asset stands differently.
    #[serde(rename = "case_asset_set")]
    AssetSet {
        /// Number of the asset's text.
        text: u32,
        /// Code of how it stands now.
        condition: String,
    },
    /// An asset does not belong here and no longer counts.
    #[serde(rename = "case_asset_struck")]
    AssetStruck {
        /// Number of the asset's text.
        text: u32,
    },
    /// It has to do with another case.
    #[serde(rename = "case_related")]
    Related {
        /// The other case's number.
        to: i64,
        /// Code of how.
        how: String,
    },
    /// It has not to do with that after all.
    #[serde(rename = "case_unrelated")]
    Unrelated {
        /// The other case's number.
        to: i64,
        /// Code of how.
        how: String,
    },
    /// A clock was started, moved or stopped.
    #[serde(rename = "case_clock")]
    Clock {
        /// The clock's name on the case.
        clock: String,
        /// What happened to it.
        change: clock::Change,
    },
    /// A file was brought.
    #[serde(rename = "case_file_added")]
    FileAdded {
        /// Name and note.
        file: Said,
        /// The bytes.
        #[serde(flatten)]
        content: Content,
        /// What was said of it.
        #[serde(flatten)]
        described: Described,
    },
    /// A file was taken off. It can be put back for a while.
    #[serde(rename = "case_file_removed")]
    FileRemoved {
        /// Number of the file's text.
        text: u32,
    },
    /// A file was put back.
    #[serde(rename = "case_file_restored")]
    FileRestored {
        /// Number of the file's text.
        text: u32,
    },
    /// A file was taken out by an officer.
    #[serde(rename = "case_file_taken")]
    FileTaken {
        /// Number of the file's text.
        text: u32,
    },
    /// A file went for good, and its text with it.
    #[serde(rename = "case_file_gone")]
    FileGone {
        /// Number of the file's text.
        text: u32,
        /// By which rule; empty by hand.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        rule: String,
    },
    /// A text was erased for good.
    #[serde(rename = "case_text_erased")]
    TextErased {
        /// Its number.
        text: u32,
    },
    /// The case was taken out as an archive.
    #[serde(rename = "case_exported")]
    Exported,
}

impl Change {
    /// Every kind as the JSON names it, for filters.
    pub const KINDS: [&'static str; 30] = [
        "case_opened",
        "case_renamed",
        "case_owner_set",
        "case_severity_set",
        "case_label_set",
        "case_held",
        "case_closed",
        "case_reopened",
        "case_report_linked",
        "case_report_unlinked",
        "case_noted",
        "case_row_added",
        "case_row_struck",
        "case_task_added",
        "case_task_set",
        "case_task_done",
        "case_task_undone",
        "case_asset_added",
        "case_asset_set",
        "case_asset_struck",
        "case_related",
        "case_unrelated",
        "case_clock",
        "case_file_added",
        "case_file_removed",
        "case_file_restored",
        "case_file_taken",
        "case_file_gone",
        "case_text_erased",
        "case_exported",
    ];

    /// The kind as the JSON names it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "case_opened",
            Self::Renamed { .. } => "case_renamed",
            Self::OwnerSet { .. } => "case_owner_set",
            Self::SeveritySet { .. } => "case_severity_set",
            Self::LabelSet { .. } => "case_label_set",
            Self::Held { .. } => "case_held",
            Self::Closed { .. } => "case_closed",
            Self::Reopened => "case_reopened",
            Self::Linked { .. } => "case_report_linked",
            Self::Unlinked { .. } => "case_report_unlinked",
            Self::Noted { .. } => "case_noted",
            Self::RowAdded { .. } => "case_row_added",
            Self::RowStruck { .. } => "case_row_struck",
            Self::TaskAdded { .. } => "case_task_added",
            Self::TaskSet { .. } => "case_task_set",
            Self::TaskDone { .. } => "case_task_done",
            Self::TaskUndone { .. } => "case_task_undone",
            Self::AssetAdded { .. } => "case_asset_added",
            Self::AssetSet { .. } => "case_asset_set",
            Self::AssetStruck { .. } => "case_asset_struck",
            Self::Related { .. } => "case_related",
            Self::Unrelated { .. } => "case_unrelated",
            Self::Clock { .. } => "case_clock",
            Self::FileAdded { .. } => "case_file_added",
            Self::FileRemoved { .. } => "case_file_removed",
            Self::FileRestored { .. } => "case_file_restored",
            Self::FileTaken { .. } => "case_file_taken",
            Self::FileGone { .. } => "case_file_gone",
            Self::TextErased { .. } => "case_text_erased",
            Self::Exported => "case_exported",
        }
    }

    /// The text that comes with it.
    #[must_use]
    pub const fn said(&self) -> Option<&Said> {
        match self {
            Self::Opened { title, .. } | Self::Renamed { title } => Some(title),
            Self::Noted { note, .. } => Some(note),
            Self::RowAdded { row, .. } => Some(row),
            Self::AssetAdded { asset, .. } => Some(asset),
            Self::FileAdded { file, .. } => Some(file),
            Self::TaskAdded {
                asks: Asks::Own(said),
                ..
            } => Some(said),
            _ => None,
        }
    }
}

/// One line of a case's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The case's number.
    pub case: i64,
    /// When.
    pub at: Micros,
    /// By whom.
    pub by: Actor,
    /// What.
    #[serde(flatten)]
    pub change: Change,
}

#[cfg(test)]
mod tests;
