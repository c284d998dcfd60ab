//! What a case's events add up to.

use std::collections::{BTreeMap, BTreeSet};

use cairn_kernel::actor::Actor;
use cairn_kernel::label::{Pap, Tlp};
use cairn_kernel::time::Micros;

use super::{Asks, Asset, CaseFile, Change, Event, Said, Severity, Source, State};
use crate::clock::Clock;

/// A part of a case that one person changes at a time. A form knows the version of the case it was made from: what changed
/// after that only matters if it changed the same part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The title.
    Title,
    /// Who has it.
    Owner,
    /// The severity.
    Severity,
    /// The handling label.
    Label,
    /// Open, on hold or closed.
    State,
    /// One task.
    Task(u32),
    /// How one asset stands, by the number of its text.
    Asset(u32),
}

/// A note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Number of its text.
    pub text: u32,
    /// When it was written.
    pub at: Micros,
    /// By whom.
    pub by: Actor,
    /// Number of the text of the note that it corrects.
    pub corrects: Option<u32>,
    /// Number of the text of the note that corrects it.
    pub corrected: Option<u32>,
}

/// A row of the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Number of its text.
    pub text: u32,
    /// When it happened.
    pub happened: Micros,
    /// When we knew.
    pub known: Micros,
    /// Where that comes from.
    pub source: Source,
    /// It no longer counts.
    pub struck: bool,
}

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its number on the case, from 1.
    pub task: u32,
    /// What.
    pub asks: Asks,
    /// Account id of who does it.
    pub owner: Option<String>,
    /// By when.
    pub due: Option<Micros>,
    /// When it was done.
    pub done: Option<Micros>,
}

/// A case: the sum of its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its number.
    pub no: i64,
    /// When it was opened.
    pub opened_at: Micros,
    /// By whom.
    pub opened_by: Actor,
    /// Its title.
    pub title: Said,
    /// Account id of who has it.
    pub owner: Option<String>,
    /// How severe it is, once that was judged.
    pub severity: Option<Severity>,
    /// With whom it may be shared.
    pub tlp: Tlp,
    /// What may be done with it.
    pub pap: Pap,
    /// Open, on hold or closed.
    pub state: State,
    /// Linked reports, and since when.
    pub reports: BTreeMap<i64, Micros>,
    /// Notes, oldest first.
    pub notes: Vec<Note>,
    /// Rows of the timeline, as they were written.
    pub rows: Vec<Moment>,
    /// Tasks, as they were added.
    pub tasks: Vec<Task>,
    /// Assets, as they were added.
    pub assets: Vec<Asset>,
    /// Files, as they were brought.
    pub files: Vec<CaseFile>,
    /// Other cases that this one names, and how.
    pub related: BTreeSet<(i64, String)>,
    /// Clocks, as they were started.
    pub clocks: Vec<Clock>,
    /// Texts that were erased.
    pub erased: BTreeSet<u32>,
    /// Digests of all texts, those erased too: the same form sent twice has the same.
    pub digests: BTreeMap<u32, String>,
    /// When anything last happened.
    pub changed_at: Micros,
    /// Events so far.
    pub version: i64,
    moved: BTreeMap<Part, i64>,
}

impl Case {
    /// Right after it was opened; `None` if the event is another.
    #[must_use]
    pub fn new(event: &Event) -> Option<Self> {
        let Change::Opened {
            title, tlp, pap, ..
        } = &event.change
        else {
            return None;
        };
        Some(Self {
            no: event.case,
            opened_at: event.at,
            opened_by: event.by.clone(),
            title: title.clone(),
            owner: None,
            severity: None,
            tlp: *tlp,
            pap: *pap,
            state: State::Open,
            reports: BTreeMap::new(),
            notes: Vec::new(),
            rows: Vec::new(),
            tasks: Vec::new(),
            assets: Vec::new(),
            files: Vec::new(),
            related: BTreeSet::new(),
            clocks: Vec::new(),
            erased: BTreeSet::new(),
            digests: BTreeMap::from([(title.text, title.digest.clone())]),
            changed_at: event.at,
            version: 1,
            moved: BTreeMap::new(),
        })
    }

    /// The case that these events make; `None` if the first does not open one.
    #[must_use]
    pub fn replay(events: &[Event]) -> Option<Self> {
        let (first, later) = events.split_first()?;
        let mut case = Self::new(first)?;
        later.iter().for_each(|event| case.apply(event));
        Some(case)
    }

    /// After one more event, other than the first.
    pub fn apply(&mut self, event: &Event) {
        self.version += 1;
        self.changed_at = event.at;
        if let Some(said) = event.change.said() {
            self.digests.insert(said.text, said.digest.clone());
        }
        match &event.change {
            Change::Opened { .. } | Change::Exported => {}
            Change::Renamed { title } => self.title = title.clone(),
            Change::OwnerSet { to } => self.owner.clone_from(to),
            Change::SeveritySet { severity } => self.severity = Some(severity.clone()),
            Change::LabelSet { tlp, pap } => (self.tlp, self.pap) = (*tlp, *pap),
            Change::Held { until } => self.state = State::OnHold { until: *until },
            Change::Closed { reason } => {
                self.state = State::Closed {
                    reason: reason.clone(),
                };
            }
            Change::Reopened => self.state = State::Open,
            Change::Linked { no } => {
                self.reports.insert(*no, event.at);
            }
            Change::Unlinked { no } => {
                self.reports.remove(no);
            }
            Change::TextErased { text } => {
                self.erased.insert(*text);
            }
            Change::Related { to, how } => {
                self.related.insert((*to, how.clone()));
            }
            Change::Unrelated { to, how } => {
                self.related.remove(&(*to, how.clone()));
            }
            Change::AssetAdded { .. } | Change::AssetSet { .. } | Change::AssetStruck { .. } => {
                self.touched(&event.change)
            }
            Change::Clock { clock, change } => self.clock(clock, change),
            Change::FileAdded { .. }
            | Change::FileRemoved { .. }
            | Change::FileRestored { .. }
            | Change::FileTaken { .. }
            | Change::FileGone { .. } => self.filed((event.at, &event.by), &event.change),
            Change::Noted { .. } | Change::RowAdded { .. } | Change::RowStruck { .. } => {
                self.wrote(event);
            }
            Change::TaskAdded { .. }
            | Change::TaskSet { .. }
            | Change::TaskDone { .. }
            | Change::TaskUndone { .. } => self.tasked(event),
        }
        if let Some(part) = part(&event.change) {
            self.moved.insert(part, self.version);
        }
    }

    fn wrote(&mut self, event: &Event) {
        match &event.change {
            Change::Noted { note, corrects } => {
                let older = self
                    .notes
                    .iter_mut()
                    .find(|one| Some(one.text) == *corrects);
                if let Some(older) = older {
                    older.corrected = Some(note.text);
                }
                self.notes.push(Note {
                    text: note.text,
                    at: event.at,
                    by: event.by.clone(),
                    corrects: *corrects,
                    corrected: None,
                });
            }
            Change::RowAdded {
                row,
                happened,
                known,
                source,
            } => self.rows.push(Moment {
                text: row.text,
                happened: *happened,
                known: *known,
                source: *source,
                struck: false,
            }),
            Change::RowStruck { text } => {
                let rows = self.rows.iter_mut().filter(|row| row.text == *text);
                rows.for_each(|row| row.struck = true);
            }
            _ => {}
        }
    }

    fn touched(&mut self, change: &Change) {
        let find = |assets: &'_ mut Vec<Asset>, text: u32, with: &dyn Fn(&mut Asset)| {
            assets
                .iter_mut()
                .filter(|asset| asset.text == text)
                .for_each(with);
        };
        match change {
            Change::AssetAdded {
                asset,
                sort,
                condition,
            } => self.assets.push(Asset {
                text: asset.text,
                sort: sort.clone(),
                condition: condition.clone(),
                struck: false,
            }),
            Change::AssetSet { text, condition } => find(&mut self.assets, *text, &|asset| {
                asset.condition.clone_from(condition);
            }),
            Change::AssetStruck { text } => {
                find(&mut self.assets, *text, &|asset| asset.struck = true);
            }
            _ => {}
        }
    }

    fn tasked(&mut self, event: &Event) {
        let (no, done) = match &event.change {
            Change::TaskAdded { task, asks } => {
                self.tasks.push(Task {
                    task: *task,
                    asks: asks.clone(),
                    owner: None,
                    due: None,
                    done: None,
                });
                return;
            }
            Change::TaskSet { task, owner, due } => {
                if let Some(one) = self.tasks.iter_mut().find(|one| one.task == *task) {
                    (one.owner, one.due) = (owner.clone(), *due);
                }
                return;
            }
            Change::TaskDone { task } => (*task, Some(event.at)),
            Change::TaskUndone { task } => (*task, None),
            _ => return,
        };
        if let Some(one) = self.tasks.iter_mut().find(|one| one.task == no) {
            one.done = done;
        }
    }

    fn clock(&mut self, id: &str, change: &crate::clock::Change) {
        if let crate::clock::Change::Started(opening) = change {
            self.clocks.push(Clock::new(id, (**opening).clone()));
        } else if let Some(clock) = self.clocks.iter_mut().find(|clock| clock.id == id) {
            clock.apply(change);
        }
    }

    /// The version at which a part last changed; 0 if it never did.
    #[must_use]
    pub fn moved(&self, part: Part) -> i64 {
        self.moved.get(&part).copied().unwrap_or_default()
    }

    /// The number of the next text.
    #[must_use]
    pub fn next_text(&self) -> u32 {
        let last = self.digests.last_key_value().map_or(0, |(text, _)| *text);
        last.saturating_add(1)
    }

    /// Tasks that are not done.
    #[must_use]
    pub fn tasks_open(&self) -> usize {
        self.tasks.iter().filter(|task| task.done.is_none()).count()
    }
}

/// What a change changes for everybody.
const fn part(change: &Change) -> Option<Part> {
    match change {
        Change::Renamed { .. } => Some(Part::Title),
        Change::OwnerSet { .. } => Some(Part::Owner),
        Change::SeveritySet { .. } => Some(Part::Severity),
        Change::LabelSet { .. } => Some(Part::Label),
        Change::Held { .. } | Change::Closed { .. } | Change::Reopened => Some(Part::State),
        Change::TaskSet { task, .. } | Change::TaskDone { task } | Change::TaskUndone { task } => {
            Some(Part::Task(*task))
        }
        Change::AssetSet { text, .. } | Change::AssetStruck { text } => Some(Part::Asset(*text)),
        _ => None,
    }
}
