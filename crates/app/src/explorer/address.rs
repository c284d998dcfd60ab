//! What was seen of one address, name or URL: by which feeds, since when, whether it is gone; and sighting by sighting.

use std::collections::BTreeMap;
use std::sync::Arc;

use cairn_desk::access::{Action, Visible};
use cairn_kernel::observable::{Kind, Observable};
use cairn_store::feeds::walk::{Source, Walked};
use cairn_store::feeds::{FeedError, FeedStore, History, Rejected, Waiting};

use super::{named, owners_of};
use crate::App;
use crate::account::Principal;
use crate::feeds::columns::KeyMaker;
use crate::feeds::replay;
use crate::report::AppError;

/// Segments that are read for the first page of an address.
pub const WALKED_FIRST: usize = 2;
/// Segments that are read where somebody wants more.
pub const WALKED_ON: usize = 8;
/// How far into a report a row may lie to be shown, bytes: all before it is read.
pub const REACH_BYTES_MAX: u64 = 256 << 20;

/// What was seen.
#[derive(Debug, Clone, Default)]
pub struct Address {
    /// By kind of observation and feed, the last seen first.
    pub states: Vec<History>,
    /// Sightings.
    pub walked: Walked,
    /// Names of feeds.
    pub feeds: BTreeMap<i64, String>,
    /// Names of the constituents that sightings name.
    pub owners: BTreeMap<u32, String>,
}

/// The row of a report as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// Its text, perhaps cut short.
    Text(String),
    /// Retention removed the report, or there is none.
    Gone,
    /// It lies too far into its report.
    Deep,
}

impl App {
    /// What machines saw of an observable. `from`: segments in which it goes on; none for the first page. `None` of kinds that machines
    /// do not tell, and where none told anything.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn seen_by_machines(
        &self,
        who: &Principal,
        one: &Observable,
        from: Vec<i64>,
        segments: usize,
    ) -> Result<Option<Visible<Address>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        if !matches!(one.kind, Kind::Ip | Kind::Domain | Kind::Url) {
            return Ok(None);
        }
        let (one, now) = (one.clone(), self.clock.now());
        let walks = Arc::clone(&self.explorer.walks);
        let seen = self.with_feeds(&walks, move |store, _| {
            let Some(source) = source(&one) else {
                return Ok(Address::default());
            };
            let mut maker = KeyMaker::default();
            let like = match source {
                Source::Ip(ip) => maker.like(Some(ip), "", ""),
                Source::Fqdn(name) => maker.like(None, name, ""),
                Source::Url(url) => maker.like(None, "", url),
            };
            let mut states = store.history(&like, now)?;
            states.sort_by_key(|own| std::cmp::Reverse(own.state.last));
            let first: Vec<i64> = states.iter().map(|own| own.state.segment).collect();
            let from = if from.is_empty() { first } else { from };
            let feeds = named(store.feed_names()?);
            let walked = if segments == 0 {
                Walked::default()
            } else {
                store.walk(&source, &from, segments)?
            };
            Ok(Address {
                states,
                walked,
                feeds,
                ..Address::default()
            })
        });
        let Some(mut seen) = seen.await? else {
            return Ok(None);
        };
        let register = self.ownership().await?;
        seen.owners = owners_of(&seen.walked.rows, &register);
        Ok(Some(grant.show(seen)))
    }

    /// A row of a report as it came, as text.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn machine_row(
        &self,
        who: &Principal,
        report: i64,
        offset: u64,
        bytes: u64,
    ) -> Result<Visible<Text>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        if offset > REACH_BYTES_MAX {
            return Ok(grant.show(Text::Deep));
        }
        let walks = Arc::clone(&self.explorer.walks);
        let text = self.with_feeds(&walks, move |store, _| row(store, report, offset, bytes));
        Ok(grant.show(text.await?.unwrap_or(Text::Gone)))
    }
}

fn source(one: &Observable) -> Option<Source<'_>> {
    match one.kind {
        Kind::Ip => one.value.parse().ok().map(Source::Ip),
        Kind::Domain => Some(Source::Fqdn(&one.value)),
        Kind::Url => Some(Source::Url(&one.value)),
        _ => None,
    }
}

fn row(store: &FeedStore, report: i64, offset: u64, bytes: u64) -> Result<Text, FeedError> {
    // The report's head, with none of its quarantine.
    let mut pending = match store.rejects(report, Some(-1), 0) {
        Err(FeedError::NoReport(_)) => return Ok(Text::Gone),
        head => head?,
    };
    if pending.raw.is_none() {
        return Ok(Text::Gone);
    }
    let row = Rejected {
        start: offset,
        bytes,
        line: 0,
        cause: String::new(),
    };
    pending.rows = vec![Waiting {
        row,
        schema: String::new(),
    }];
    let found = replay::texts(store, &pending).map_err(|error| match error {
        crate::feeds::IntakeError::Store(error) => error,
        other => FeedError::Database(other.to_string()),
    })?;
    let text = found.first().map(|bytes| String::from_utf8_lossy(bytes));
    Ok(text.map_or(Text::Gone, |text| Text::Text(text.trim_end().to_owned())))
}
