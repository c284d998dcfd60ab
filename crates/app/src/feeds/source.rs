//! Sources of machine reports: who looks after them, and how they stand.

use std::collections::BTreeMap;

use cairn_desk::access::{Action, Visible};
use cairn_desk::account::AccountChange;
use cairn_desk::source::{
    SOURCE_SECRET_BYTES_MAX, SourceFault, SourceKind, SourceWanted, day_of, is_code,
};
use cairn_evidence::hash::sha256;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::source::{Arrival, SOURCES_MAX, SourceRow};
use serde::{Deserialize, Serialize};

use super::ways::formats;
use crate::App;
use crate::account::Principal;
use crate::report::{AppError, damaged};

/// How the looks at a source went.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Looked {
    /// The last one, microseconds.
    pub at: Option<i64>,
    /// `ok` or `failed`; empty before the first.
    pub outcome: String,
    /// The last report that came of one.
    pub arrival: Option<i64>,
    /// Reports that came of the last one.
    pub came: u64,
    /// Why it failed, in plain words.
    pub error: Option<String>,
    /// Looks in a row that failed.
    pub fails: u32,
    /// What the other side called what it sent last.
    pub etag: Option<String>,
    /// The same by date.
    pub modified: Option<String>,
}

/// A source as officers see it: nothing secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceView {
    /// Number.
    pub no: i64,
    /// What a change is made for.
    pub version: i64,
    /// Its name among feeds and metrics.
    pub code: String,
    /// How its reports come.
    pub kind: SourceKind,
    /// As it is wanted.
    pub wanted: SourceWanted,
    /// It has a secret.
    pub has_secret: bool,
    /// When it was made.
    pub made_at: Micros,
    /// When it is looked at next, if we look by ourselves.
    pub next_at: Option<Micros>,
    /// How the looks went.
    pub looked: Looked,
    /// Rows read today (UTC).
    pub rows_today: u64,
    /// Those of them without an observation.
    pub bad_today: u64,
    /// Its newest report.
    pub last: Option<Arrival>,
    /// Reports that wait or are being taken in.
    pub waiting: u64,
    /// Where mail to it goes, if it takes mail.
    pub mailbox: Option<String>,
}

impl SourceView {
    /// Its quota for today is used up.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.wanted.rows_left(self.rows_today) == Some(0)
    }
}

/// All that the overview shows.
#[derive(Debug, Clone, Default)]
pub struct Overview {
    /// By number.
    pub sources: Vec<SourceView>,
    /// The newest reports.
    pub arrivals: Vec<Arrival>,
}

pub(super) fn wanted_of(row: &SourceRow) -> SourceWanted {
    serde_json::from_str(&row.wanted).unwrap_or_default()
}

pub(super) fn kind_of(row: &SourceRow) -> SourceKind {
    SourceKind::parse(&row.kind).unwrap_or(SourceKind::Upload)
}

pub(super) fn looked_of(row: &SourceRow) -> Looked {
    serde_json::from_str(&row.state).unwrap_or_default()
}

/// What the secret of a source is wrapped for.
pub(super) fn place(no: i64) -> String {
    format!("feed-source/{no}")
}

/// A source cannot be as it was wanted.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// What is wrong.
    #[error("some of it is wrong")]
    Faults(Vec<SourceFault>),
    /// The rest.
    #[error(transparent)]
    App(#[from] AppError),
}

fn managing(who: &Principal) -> Result<Actor, AppError> {
    let grant = who.grant(Action::ManageFeeds)?;
    Ok(Actor::User(grant.account().to_owned()))
}

impl App {
    /// Everything wrong with a source as it is wanted.
    #[must_use]
    pub fn source_faults(&self, kind: SourceKind, wanted: &SourceWanted) -> Vec<SourceFault> {
        let formats: Vec<&str> = formats().collect();
        wanted
            .tidied(kind)
            .faults(kind, &formats, self.config.feeds.private)
    }

    /// All sources with how they stand, and the newest reports.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn feeds_overview(&self, who: &Principal) -> Result<Visible<Overview>, AppError> {
        let grant = who.grant(Action::ReadFeeds)?;
        let overview = Overview {
            sources: self.source_views().await?,
            arrivals: self.store.arrivals(None).await?,
        };
        Ok(grant.show(overview))
    }

    /// All sources, for who may send reports: number and name of those that are on.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn open_sources(
        &self,
        who: &Principal,
    ) -> Result<Visible<Vec<(i64, String)>>, AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let rows = self.store.feed_sources().await?;
        let live = rows.iter().filter(|row| row.live);
        let named = live.map(|row| (row.no, wanted_of(row).name));
        Ok(grant.show(named.collect()))
    }

    /// One source, and its newest reports.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn source(
        &self,
        who: &Principal,
        no: i64,
    ) -> Result<Visible<(SourceView, Vec<Arrival>)>, AppError> {
        let grant = who.grant(Action::ReadFeeds)?;
        let views = self.source_views().await?;
        let view = views.into_iter().find(|view| view.no == no);
        let view = view.ok_or(AppError::NotFound)?;
        let arrivals = self.store.arrivals(Some(no)).await?;
        Ok(grant.show((view, arrivals)))
    }

    async fn source_views(&self) -> Result<Vec<SourceView>, AppError> {
        let rows = self.store.feed_sources().await?;
        let last = self.store.last_arrivals().await?.into_iter();
        let mut last: BTreeMap<i64, Arrival> = last.map(|one| (one.source, one)).collect();
        let waiting = self.store.arrivals_waiting().await?.into_iter();
        let waiting: BTreeMap<i64, i64> = waiting.map(|(no, count, _)| (no, count)).collect();
        let (today, _) = day_of(self.clock.now());
        let view = |row: SourceRow| {
            let (kind, wanted) = (kind_of(&row), wanted_of(&row));
            let of_today = |count| if row.day == today { count } else { 0 };
            SourceView {
                no: row.no,
                version: row.version,
                kind,
                has_secret: row.secret.is_some(),
                made_at: row.made_at,
                next_at: (kind.is_looked_at() && row.live).then_some(row.next_at),
                looked: looked_of(&row),
                rows_today: of_today(row.day_rows),
                bad_today: of_today(row.day_bad),
                last: last.remove(&row.no),
                waiting: waiting.get(&row.no).copied().unwrap_or(0).unsigned_abs(),
                mailbox: self.mailbox_of(kind, &row.code),
                wanted,
                code: row.code,
            }
        };
        Ok(rows.into_iter().map(view).collect())
    }

    fn mailbox_of(&self, kind: SourceKind, code: &str) -> Option<String> {
        let address = self.config.reply_to.as_ref()?;
        (kind == SourceKind::Mail).then(|| address.of_source(code))
    }

    fn source_entry(
        &self,
        by: Actor,
        (no, code, way): (i64, &str, SourceKind),
        (json, live): (&str, bool),
    ) -> Result<cairn_store::writer::Entry, AppError> {
        let change = AccountChange::FeedSourceSet {
            source: no,
            code: code.to_owned(),
            way,
            digest: sha256(json.as_bytes()).hex(),
            live,
        };
        self.account_entry(by, change)
    }

    /// Makes one; gives its number.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn make_source(
        &self,
        who: &Principal,
        (code, kind): (&str, SourceKind),
        wanted: &SourceWanted,
    ) -> Result<i64, SourceError> {
        let by = managing(who)?;
        let _turn = self.feeds.sources.lock().await;
        let rows = self.store.feed_sources().await.map_err(AppError::from)?;
        let mut faults = self.source_faults(kind, wanted);
        if !is_code(code) {
            faults.push(SourceFault::Code);
        } else if rows.iter().any(|row| row.code == code) {
            faults.push(SourceFault::CodeTaken);
        }
        if !faults.is_empty() {
            return Err(SourceError::Faults(faults));
        }
        if rows.len() >= SOURCES_MAX {
            let what = format!("there are {SOURCES_MAX} sources: take one away first");
            return Err(AppError::Input(what).into());
        }
        let wanted = wanted.tidied(kind);
        let json = serde_json::to_string(&wanted).map_err(damaged("source"))?;
        let newest = self.store.newest_feed_source().await;
        let no = newest.map_err(AppError::from)? + 1;
        let now = self.clock.now();
        let row = SourceRow {
            no,
            code: code.to_owned(),
            kind: kind.as_str().to_owned(),
            live: wanted.live,
            version: 1,
            secret: None,
            made_at: now,
            next_at: now,
            served_at: Micros(0),
            day: 0,
            day_rows: 0,
            day_bad: 0,
            state: String::new(),
            wanted: json,
        };
        let entry = self.source_entry(by, (no, code, kind), (&row.wanted, row.live))?;
        let added = self.store.add_feed_source(&row, entry).await;
        added.map_err(AppError::from)?;
        Ok(no)
    }

    /// Changes one. What waited for its quota has a turn again.
    ///
    /// # Errors
    /// See [`SourceError`]; [`AppError::Conflict`] if somebody else was quicker.
    pub async fn change_source(
        &self,
        who: &Principal,
        (no, version): (i64, i64),
        wanted: &SourceWanted,
    ) -> Result<(), SourceError> {
        let by = managing(who)?;
        let mut row = self.one_source(no).await?;
        let kind = kind_of(&row);
        let faults = self.source_faults(kind, wanted);
        if !faults.is_empty() {
            return Err(SourceError::Faults(faults));
        }
        let wanted = wanted.tidied(kind);
        row.wanted = serde_json::to_string(&wanted).map_err(damaged("source"))?;
        row.live = wanted.live;
        row.version = version;
        row.next_at = self.clock.now();
        let entry = self.source_entry(by, (no, &row.code, kind), (&row.wanted, row.live))?;
        let set = self.store.set_feed_source(&row, entry).await;
        set.map_err(AppError::from)?;
        let released = self.store.arrivals_released(no).await;
        Ok(released.map_err(AppError::from)?)
    }

    /// Gives one a secret, or takes it away where it is empty.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn source_secret(
        &self,
        who: &Principal,
        (no, version): (i64, i64),
        secret: &str,
    ) -> Result<(), AppError> {
        let by = managing(who)?;
        // Secrets are set by people, in person.
        if who.token().is_some() {
            return Err(AppError::Denied(cairn_desk::access::Denied));
        }
        let secret = secret.trim();
        if secret.len() > SOURCE_SECRET_BYTES_MAX || secret.contains(|c: char| c.is_control()) {
            let what = format!("a secret has at most {SOURCE_SECRET_BYTES_MAX} bytes, on one line");
            return Err(AppError::Input(what));
        }
        let keys = self.store.keys();
        let wrapped = if secret.is_empty() {
            None
        } else {
            Some(keys.wrap(&place(no), secret.as_bytes())?)
        };
        let change = AccountChange::FeedSourceSecret { source: no };
        let entry = self.account_entry(by, change)?;
        let done = self.store.feed_source_secret((no, version), wrapped, entry);
        Ok(done.await?)
    }

    /// Takes one away. What its reports told stays.
    ///
    /// # Errors
    /// See [`AppError`]; [`AppError::Conflict`] while a report of it waits.
    pub async fn remove_source(
        &self,
        who: &Principal,
        (no, version): (i64, i64),
    ) -> Result<(), AppError> {
        let by = managing(who)?;
        let change = AccountChange::FeedSourceRemoved { source: no };
        let entry = self.account_entry(by, change)?;
        Ok(self.store.remove_feed_source((no, version), entry).await?)
    }

    /// Has it looked at in the next moment.
    ///
    /// # Errors
    /// See [`AppError`]; [`AppError::Input`] where we don't look by ourselves, or it is off.
    pub async fn look_at_source(&self, who: &Principal, no: i64) -> Result<(), AppError> {
        let _granted = who.grant(Action::WorkReports)?;
        let row = self.one_source(no).await?;
        if !kind_of(&row).is_looked_at() || !row.live {
            return Err(AppError::Input("this source is not looked at".to_owned()));
        }
        let now = self.clock.now();
        Ok(self.store.feed_source_looked(no, &row.state, now).await?)
    }

    pub(super) async fn one_source(&self, no: i64) -> Result<SourceRow, AppError> {
        self.store.feed_source(no).await?.ok_or(AppError::NotFound)
    }

    /// The secret of a source, as text.
    pub(super) fn secret_of(&self, row: &SourceRow) -> Option<String> {
        let wrapped = row.secret.as_ref()?;
        let plain = self.store.keys().unwrap(&place(row.no), wrapped)?;
        String::from_utf8(plain).ok()
    }
}
