//! Reading again what waits in quarantine, after its cause was mended: a new schema, a mended mapping, a newer program. The report is read
//! from its beginning, since its header says what columns mean, and only the rows that wait are taken.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};

use cairn_feeds::parser::Parser;
use cairn_feeds::stream;
use cairn_store::feeds::segment::Rows;
use cairn_store::feeds::{FeedError, FeedStore, Pending, Rejected, Wanted};

use super::columns::{self, KeyMaker};
use super::intake::{count, each_file, rejected};
use super::knowledge::Completer;
use super::{IntakeError, Job, SEGMENT_OBSERVATIONS};

/// Bytes of a row that are shown.
pub const SHOWN_BYTES_MAX: u64 = 2_000;

/// What came of reading a report's quarantine again.
#[derive(Debug, Clone, Default)]
pub struct Replayed {
    /// Number of the report.
    pub report: i64,
    /// Its name.
    pub name: String,
    /// Rows that gave observations now.
    pub mended: u64,
    /// Observations that were new, and seen before.
    pub fresh: u64,
    /// Observations that had been seen before.
    pub again: u64,
    /// Rows that still give none, by cause.
    pub causes: BTreeMap<String, u64>,
    /// Why the report could not be read at all.
    pub fault: Option<String>,
}

/// Reads what is wanted again, report by report. A report that cannot be read is told of and stops nothing.
///
/// # Errors
/// The store could not be read or written. What was committed stays.
pub fn replay(
    store: &mut FeedStore,
    job: &Job<'_>,
    wanted: Wanted,
    each: &mut dyn FnMut(Replayed),
) -> Result<(), IntakeError> {
    for report in store.pending(wanted)? {
        let mut done = Replayed {
            report,
            ..Replayed::default()
        };
        match one(store, job, wanted, &mut done) {
            Ok(()) => {}
            Err(
                error @ (IntakeError::Schema(_)
                | IntakeError::Archive(_)
                | IntakeError::Read { .. }
                | IntakeError::Store(FeedError::NoRaw(_) | FeedError::Damaged(_))),
            ) => done.fault = Some(error.to_string()),
            Err(error) => return Err(error),
        }
        each(done);
    }
    Ok(())
}

/// What is gathered between two commits.
#[derive(Default)]
struct Gathered {
    rows: Rows,
    mended: BTreeSet<u64>,
    still: Vec<Rejected>,
}

fn one(
    store: &mut FeedStore,
    job: &Job<'_>,
    wanted: Wanted,
    done: &mut Replayed,
) -> Result<(), IntakeError> {
    let mut waiting = BTreeSet::new();
    let mut pending = store.rejects(done.report, wanted.cause, 0)?;
    while let Some(last) = pending.rows.last() {
        let after = last.row.start + 1;
        waiting.extend(pending.rows.iter().map(|own| own.row.start));
        pending = store.rejects(done.report, wanted.cause, after)?;
    }
    done.name.clone_from(&pending.member);
    let raw = pending.raw.ok_or(FeedError::NoRaw(done.report))?;
    let out = store.open_raw(&raw)?;
    let mut part = 0;
    let (own, member) = (pending.part, pending.member);
    each_file(&member, out, &mut |_, bytes| {
        part += 1;
        if part != own + 1 {
            return Ok(());
        }
        let read = |buffer: &mut [u8]| {
            bytes.read(buffer).map_err(|cause| IntakeError::Read {
                name: member.clone(),
                cause,
            })
        };
        rows(store, job, &member, &waiting, done, read)
    })
}

fn rows(
    store: &mut FeedStore,
    job: &Job<'_>,
    name: &str,
    waiting: &BTreeSet<u64>,
    done: &mut Replayed,
    read: impl FnMut(&mut [u8]) -> Result<usize, IntakeError>,
) -> Result<(), IntakeError> {
    let way = (job.ways)(name)?;
    let mut report = store.again(done.report)?;
    let before = report.counts;
    let mut context = job.context.clone();
    context.observed = Some(report.received);
    let mut parser = Parser::new(way.format, &context);
    let (mut maker, mut completer) = (KeyMaker::default(), Completer::new(job.knowledge));
    let (mut gathered, mut first) = (Gathered::default(), u64::MAX);
    let received = report.received;
    let mut commit = |gathered: Gathered, completer: &mut Completer<'_>, done: &mut Replayed| {
        let mended: Vec<u64> = gathered.mended.into_iter().collect();
        report.sets.extend(completer.used());
        store.mend(
            &mut report,
            &gathered.rows,
            &mended,
            &gathered.still,
            &way.version,
        )?;
        done.mended += mended.len() as u64;
        done.fresh = report.counts.fresh - before.fresh;
        done.again = report.counts.again - before.again;
        for reject in &gathered.still {
            count(&mut done.causes, &reject.cause);
        }
        Ok::<(), IntakeError>(())
    };
    stream::pump(&mut parser, read, |batch| {
        for observation in batch.observations() {
            first = first.min(observation.span.offset);
            if waiting.contains(&observation.span.offset) {
                let mut observed = columns::of(&observation, received);
                let tags = columns::listed_tags(&observation);
                if let Some(tags) = &tags {
                    observed.tags = tags;
                }
                observed.key = maker.of(&observed);
                completer.complete(&mut observed);
                gathered.rows.push(&observed);
                gathered.mended.insert(observation.span.offset);
            }
        }
        for reject in &batch.rejects {
            first = first.min(reject.span.offset);
            if waiting.contains(&reject.span.offset) {
                gathered.still.push(rejected(reject));
            }
        }
        if gathered.rows.len() + gathered.still.len() < SEGMENT_OBSERVATIONS {
            return Ok(());
        }
        commit(std::mem::take(&mut gathered), &mut completer, done)
    })?;
    // A header that was taken for a row is one now.
    if first < u64::MAX {
        gathered.mended.extend(waiting.range(..first));
    }
    commit(gathered, &mut completer, done)
}

/// The bytes of the rows that wait, in their order, each cut to [`SHOWN_BYTES_MAX`].
///
/// # Errors
/// The report cannot be read, or is no longer kept.
pub fn texts(store: &FeedStore, pending: &Pending) -> Result<Vec<Vec<u8>>, IntakeError> {
    let raw = pending.raw.as_ref();
    let raw = raw.ok_or(FeedError::NoRaw(pending.report))?;
    let out = store.open_raw(raw)?;
    let (mut part, mut found) = (0, Vec::new());
    each_file(&pending.member, out, &mut |name, mut bytes| {
        part += 1;
        if part != pending.part + 1 {
            return Ok(());
        }
        let failed = |cause| IntakeError::Read {
            name: name.to_owned(),
            cause,
        };
        let mut at = 0;
        for waiting in &pending.rows {
            let row = &waiting.row;
            let skip = row.start.saturating_sub(at);
            io::copy(&mut Read::take(&mut bytes, skip), &mut io::sink()).map_err(failed)?;
            let mut text = Vec::new();
            let some = row.bytes.min(SHOWN_BYTES_MAX);
            let got = Read::take(&mut bytes, some).read_to_end(&mut text);
            at = at.max(row.start) + got.map_err(failed)? as u64;
            found.push(text);
        }
        Ok(())
    })?;
    Ok(found)
}
