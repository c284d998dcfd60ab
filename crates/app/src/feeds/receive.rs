//! Receiving a report, from wherever: its bytes are on the disk and its place in the queue is committed before whoever sent it is told. The
//! work follows ([`super::line`]).

use bytes::Bytes;
use cairn_desk::access::Action;
use cairn_desk::account::AccountChange;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::feeds::{FeedError, Raw};
use cairn_store::source::{Arrival, SourceRow, WAITING_MAX, add, note_seen, stand, stored};
use cairn_store::writer::Unit;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::source::wanted_of;
use crate::App;
use crate::account::Principal;
use crate::report::AppError;

/// Pieces of a report that wait for the disk.
const PIECES_WAITING: usize = 8;
/// Longest name of a file, characters.
pub const FILE_NAME_CHARS_MAX: usize = 200;

/// How a report came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CameBy {
    /// Somebody sent it by the page.
    Page,
    /// A program of somebody's sent it.
    Api,
    /// It lay in a watched folder.
    Folder,
    /// By mail.
    Mail,
    /// We fetched it.
    Pull,
}

impl CameBy {
    /// Its code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Api => "api",
            Self::Folder => "folder",
            Self::Mail => "mail",
            Self::Pull => "pull",
        }
    }
}

/// What became of a report that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Came {
    /// Its number in the queue.
    pub arrival: i64,
    /// When the same bytes came before, if they did and are not to be read again.
    pub had: Option<Micros>,
}

/// Beside the bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Beside<'a> {
    /// Who sent it.
    pub account: Option<&'a str>,
    /// The source's own id of it.
    pub seen: Option<&'a str>,
    /// Where its file is put.
    pub place: Option<&'a str>,
}

enum Said {
    Piece(Bytes),
    End,
}

/// A report on its way in. Dropped before its end, nothing is kept.
#[derive(Debug)]
pub struct Receiving {
    app: App,
    source: SourceRow,
    name: String,
    to: mpsc::Sender<Said>,
    kept: JoinHandle<Result<Raw, FeedError>>,
    bytes: u64,
}

/// One line, without what leads elsewhere.
fn file_name(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean = base.chars().filter(|c| !c.is_control());
    let name: String = clean.take(FILE_NAME_CHARS_MAX).collect();
    let name = name.trim();
    if name.is_empty() { "report" } else { name }.to_owned()
}

impl App {
    /// Begins to receive a report that somebody sends.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for no source, [`AppError::Input`] for one that is off, [`AppError::FeedsHeld`] while too much waits,
    /// [`AppError::DiskFull`].
    pub async fn begin_report(
        &self,
        who: &Principal,
        source: i64,
        name: &str,
    ) -> Result<Receiving, AppError> {
        let _granted = who.grant(Action::WorkReports)?;
        let row = self.one_source(source).await?;
        if !row.live {
            return Err(AppError::Input("this source is switched off".to_owned()));
        }
        self.receive(row, name).await
    }

    /// Ends it: durable when this returns.
    ///
    /// # Errors
    /// See [`AppError`]; nothing is kept then.
    pub async fn end_report(
        &self,
        who: &Principal,
        receiving: Receiving,
        by: CameBy,
    ) -> Result<Came, AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let beside = Beside {
            account: Some(grant.account()),
            ..Beside::default()
        };
        receiving.end(by, beside).await
    }

    /// Bytes of one report that comes by a source.
    #[must_use]
    pub fn report_bytes_max(&self) -> u64 {
        self.config.feeds.report_bytes_max
    }

    pub(super) async fn receive(
        &self,
        source: SourceRow,
        name: &str,
    ) -> Result<Receiving, AppError> {
        if self.store.writer().is_full() {
            return Err(AppError::DiskFull);
        }
        let held = self.config.feeds.waiting_bytes_max;
        let waiting = self.store.arrivals_waiting().await?;
        let own = waiting.iter().find(|(no, ..)| *no == source.no);
        let all: u64 = waiting.iter().map(|(.., bytes)| bytes).sum();
        if own.is_some_and(|(_, count, _)| *count >= WAITING_MAX) || all >= held {
            return Err(AppError::FeedsHeld);
        }
        let spool = self.store.spool();
        let (to, mut heard) = mpsc::channel(PIECES_WAITING);
        let kept = tokio::task::spawn_blocking(move || {
            let mut coming = spool.take()?;
            while let Some(said) = heard.blocking_recv() {
                match said {
                    Said::Piece(bytes) => {
                        let pushed = coming.push(&bytes);
                        pushed.map_err(|cause| FeedError::Io {
                            path: "incoming".into(),
                            cause,
                        })?;
                    }
                    Said::End => return spool.keep(coming),
                }
            }
            Err(FeedError::Broken)
        });
        Ok(Receiving {
            app: self.clone(),
            source,
            name: file_name(name),
            to,
            kept,
            bytes: 0,
        })
    }
}

impl Receiving {
    /// Adds bytes; waits for the disk.
    ///
    /// # Errors
    /// [`AppError::FileTooLarge`], or the disk said no.
    pub async fn push(&mut self, bytes: Bytes) -> Result<(), AppError> {
        self.bytes += bytes.len() as u64;
        let bytes_max = self.app.report_bytes_max();
        if self.bytes > bytes_max {
            return Err(AppError::FileTooLarge { bytes_max });
        }
        match self.to.send(Said::Piece(bytes)).await {
            Ok(()) => Ok(()),
            // The other end stopped: why is what counts.
            Err(_) => Err(kept(&mut self.kept)
                .await
                .err()
                .unwrap_or(AppError::DiskFull)),
        }
    }

    /// How many bytes came.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) async fn end(mut self, by: CameBy, beside: Beside<'_>) -> Result<Came, AppError> {
        let _told = self.to.send(Said::End).await;
        let raw = kept(&mut self.kept).await?;
        let app = self.app.clone();
        let queued = app
            .put_in_line(&self.source, &self.name, &raw, by, beside)
            .await;
        if !matches!(&queued, Ok((_, true))) {
            // The bytes are kept already, or nobody waits for them.
            let spool = app.store.spool();
            let gone = tokio::task::spawn_blocking(move || spool.discard(&raw)).await;
            if !matches!(gone, Ok(Ok(()))) {
                tracing::warn!(
                    "a report that is not needed was not removed; the next start does it"
                );
            }
        }
        queued.map(|(came, _)| came)
    }
}

async fn kept(task: &mut JoinHandle<Result<Raw, FeedError>>) -> Result<Raw, AppError> {
    match task.await {
        Ok(Ok(raw)) => Ok(raw),
        Ok(Err(FeedError::Io { cause, .. })) if cause.kind() == std::io::ErrorKind::StorageFull => {
            Err(AppError::DiskFull)
        }
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Err(FeedError::Broken.into()),
    }
}

impl App {
    /// Puts a report into the queue; says whether its file is waited for.
    async fn put_in_line(
        &self,
        source: &SourceRow,
        name: &str,
        raw: &Raw,
        by: CameBy,
        beside: Beside<'_>,
    ) -> Result<(Came, bool), AppError> {
        let _turn = self.feeds.arrivals.lock().await;
        let now = self.clock.now();
        if let Some(known) = self.store.arrival_of(source.no, &raw.sha256).await? {
            return self.came_again(source, known, raw, beside, now).await;
        }
        let mut unit = Unit::default();
        let no = self.store.newest_arrival().await? + 1;
        let arrival = Arrival {
            name: name.to_owned(),
            lane: i64::from(!wanted_of(source).first),
            way: by.as_str().to_owned(),
            account: beside.account.map(str::to_owned),
            raw: raw.clone(),
            place: beside.place.map(str::to_owned),
            ..blank(no, source.no, "report", now)
        };
        add(&mut unit, &arrival);
        if let Some(id) = beside.seen {
            note_seen(&mut unit, source.no, id, now);
        }
        if let Some(account) = beside.account {
            let change = AccountChange::FeedReceived {
                arrival: no,
                source: source.no,
                digest: raw.sha256.clone(),
            };
            let by = Actor::User(account.to_owned());
            unit.entries.push(self.account_entry(by, change)?);
        }
        self.store.write(unit).await?;
        let came = Came {
            arrival: no,
            had: None,
        };
        Ok((came, true))
    }

    /// The same bytes came again: what failed is tried again, and nothing else is done.
    async fn came_again(
        &self,
        source: &SourceRow,
        mut known: Arrival,
        raw: &Raw,
        beside: Beside<'_>,
        now: Micros,
    ) -> Result<(Came, bool), AppError> {
        let mut unit = Unit::default();
        if let Some(id) = beside.seen {
            note_seen(&mut unit, source.no, id, now);
        }
        let arrival = known.no;
        if known.state != "failed" {
            if !unit.ops.is_empty() {
                self.store.write(unit).await?;
            }
            let had = Some(known.received_at);
            return Ok((Came { arrival, had }, false));
        }
        let old = std::mem::replace(&mut known.raw, raw.clone());
        known.place = beside.place.map(str::to_owned);
        waits(&mut known, now);
        stand(&mut unit, &known);
        stored(&mut unit, &known);
        self.store.write(unit).await?;
        // If it was taken over by then it is not there, and what came now goes when its turn comes.
        let spool = self.store.spool();
        let _gone = tokio::task::spawn_blocking(move || spool.discard(&old)).await;
        Ok((Came { arrival, had: None }, true))
    }

    /// Has a report that failed read again.
    ///
    /// # Errors
    /// See [`AppError`]; [`AppError::Conflict`] if it did not fail.
    pub async fn report_again(&self, who: &Principal, no: i64) -> Result<(), AppError> {
        let _granted = who.grant(Action::WorkReports)?;
        let _turn = self.feeds.arrivals.lock().await;
        let mut arrival = self.store.arrival(no).await?.ok_or(AppError::NotFound)?;
        if arrival.state != "failed" {
            return Err(AppError::Conflict);
        }
        waits(&mut arrival, self.clock.now());
        let mut unit = Unit::default();
        stand(&mut unit, &arrival);
        self.store.write(unit).await?;
        Ok(())
    }
}

fn waits(arrival: &mut Arrival, now: Micros) {
    "waits".clone_into(&mut arrival.state);
    arrival.why.clear();
    arrival.next_at = now;
    arrival.tries = 0;
    arrival.ended_at = None;
    arrival.error = None;
}

/// Something that waits, with nothing said of it yet.
pub(super) fn blank(no: i64, source: i64, kind: &str, now: Micros) -> Arrival {
    Arrival {
        no,
        source,
        kind: kind.to_owned(),
        name: String::new(),
        lane: 1,
        state: "waits".to_owned(),
        why: String::new(),
        way: String::new(),
        account: None,
        raw: Raw::named(&format!("{kind}-{no}")),
        received_at: now,
        next_at: now,
        tries: 0,
        started_at: None,
        ended_at: None,
        rows: 0,
        taken: 0,
        bad: 0,
        place: None,
        ask: String::new(),
        result: "[]".to_owned(),
        error: None,
    }
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn names_of_files_lead_nowhere() {
        for (name, kept) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\reports\\a.csv", "a.csv"),
            ("a\u{0}b\n.csv", "ab.csv"),
            ("", "report"),
            ("  ", "report"),
            (
                "2050-01-01-scan_http-country.csv",
                "2050-01-01-scan_http-country.csv",
            ),
        ] {
            assert_eq!(file_name(name), kept);
        }
    }
}
