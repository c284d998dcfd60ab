//! What was seen of one address, name or URL: by which feeds, since when, whether it is gone; and sighting by sighting.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use cairn_desk::access::{Action, Visible};
use cairn_kernel::observable::{Kind, Observable, extract_for};
use cairn_kernel::text::fold;
use cairn_store::cases::{Filter, Summary as Case};
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
/// Cases that name an address, on its page.
pub const CASES_MAX: usize = 20;
/// Cases whose texts are read for that, the newest of those with its words.
pub const CASES_READ_MAX: i64 = 40;
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

    /// What was seen of an address and is gone, the last seen first.
    pub(super) async fn gone_of(&self, ip: IpAddr) -> Result<(Observable, Vec<History>), AppError> {
        let one = Observable {
            kind: Kind::Ip,
            value: ip.to_string(),
        };
        let now = self.clock.now();
        let walks = Arc::clone(&self.explorer.walks);
        let states = self.with_feeds(&walks, move |store, _| {
            let like = KeyMaker::default().like(Some(ip), "", "");
            store.history(&like, now)
        });
        let mut states = states.await?.unwrap_or_default();
        states.retain(|own| own.gone);
        states.sort_by_key(|own| std::cmp::Reverse(own.state.last));
        Ok((one, states))
    }

    /// Cases that name an observable: those with one of these reports, and those in whose own texts it stands, the newest first.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn cases_naming(
        &self,
        who: &Principal,
        one: &Observable,
        reports: &[i64],
    ) -> Result<Visible<Vec<Case>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let mut all: BTreeMap<i64, Case> = BTreeMap::new();
        for case in self.store.cases_of_reports(reports).await? {
            all.insert(case.no, case);
        }
        // An index of words tells which texts may name it; the texts tell whether they do.
        let folded = fold(&one.value);
        let words: Vec<String> = folded.split(' ').map(str::to_owned).collect();
        let filter = Filter {
            all: true,
            limit: CASES_READ_MAX,
            ..Filter::default()
        };
        for case in self.store.cases_with(&words, &filter).await? {
            if all.contains_key(&case.no) {
                continue;
            }
            let texts = self.store.case_texts(case.no).await?;
            let code = self.form.calling_code();
            let names = |text: &str| extract_for(text, code).contains(one);
            if names(&case.title) || texts.iter().any(|row| names(&row.text)) {
                all.insert(case.no, case);
            }
        }
        Ok(grant.show(all.into_values().rev().take(CASES_MAX).collect()))
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
