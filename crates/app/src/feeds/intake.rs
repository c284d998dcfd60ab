//! Taking a report in. Two passes: the bytes are kept first, and then read from where they are kept, so that what is committed always
//! points into something that is there. The second pass reads on one thread and commits on another, with a queue of one between.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use cairn_feeds::archive;
use cairn_feeds::batch::Batch;
use cairn_feeds::parser::Parser;
use cairn_feeds::stream;
use cairn_kernel::time::Micros;
use cairn_store::feeds::segment::Rows;
use cairn_store::feeds::{
    Begin, Begun, Counts, FeedStore, FeedWish, Raw, RawOut, Rejected, Report,
};

use super::columns::{self, KeyMaker};
use super::knowledge::Completer;
use super::{IntakeError, Job, SEGMENT_OBSERVATIONS, SEGMENT_TEXT_BYTES, WARNINGS_MAX, Way};

/// Bytes that are kept at a time.
const PIECE_BYTES: usize = 256 << 10;

/// A file, and whose it is.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// Its name.
    pub name: &'a str,
    /// Who sent it.
    pub source: &'a str,
    /// Microseconds without a sighting after which an observation is gone; `None`: as before.
    pub window_us: Option<i64>,
    /// Each report tells all there is; `None`: as before.
    pub complete: Option<bool>,
    /// Now.
    pub now: Micros,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many bytes are kept.
    Kept(u64),
    /// So many observations and rows without one are committed, of all files in it.
    Committed(u64),
}

/// Whether to go on after a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Go {
    /// Go on.
    On,
    /// Stop here: the same call goes on where this one stopped.
    Stop,
}

/// What came of one report.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// Its name.
    pub name: String,
    /// Its number among machine reports, if anything was done.
    pub report: Option<i64>,
    /// The newest moment at which something was observed, of what was committed now.
    pub newest: Option<Micros>,
    /// It was taken in before, and nothing was done.
    pub before: bool,
    /// It went on where it had stopped, at this byte.
    pub resumed_at: u64,
    /// What came of it.
    pub counts: Counts,
    /// Rows without an observation that were met now, by cause.
    pub causes: BTreeMap<String, u64>,
    /// What was odd.
    pub warnings: Vec<String>,
}

/// What the reading thread says.
enum Said {
    Begin {
        part: u32,
        name: String,
        way: Way,
        answer: SyncSender<Option<Open>>,
    },
    Part(Box<Part>),
    End(Vec<String>),
}

/// What the reading thread is told of a report.
#[derive(Debug, Clone, Copy)]
struct Open {
    done_bytes: u64,
    received: Micros,
}

#[derive(Default)]
struct Part {
    rows: Rows,
    rejects: Vec<Rejected>,
    sets: BTreeSet<String>,
    upto: u64,
}

impl Part {
    fn is_full(&self) -> bool {
        let rejects = self.rejects.len();
        self.rows.len() >= SEGMENT_OBSERVATIONS
            || rejects >= SEGMENT_OBSERVATIONS
            || self.rows.text_bytes() >= SEGMENT_TEXT_BYTES
    }
}

/// Takes a file in: a report, or an archive of some. `progress` is told how far it is.
///
/// # Errors
/// See [`IntakeError`]. What was committed stays, and the same call goes on there.
pub fn take_in(
    store: &mut FeedStore,
    job: &Job<'_>,
    incoming: &Incoming<'_>,
    input: &mut dyn Read,
    progress: &mut dyn FnMut(Step),
) -> Result<Vec<Taken>, IntakeError> {
    let raw = keep(store, incoming, input, progress)?;
    let mut on = |step| {
        progress(step);
        Go::On
    };
    take_kept(store, job, incoming, &raw, &mut on).map(|(taken, _)| taken)
}

/// Takes a file in that is kept already. `progress` is told how far it is, and says after each commit whether to go on. Gives what came of
/// it, and whether it came to its end.
///
/// # Errors
/// As [`take_in`].
pub fn take_kept(
    store: &mut FeedStore,
    job: &Job<'_>,
    incoming: &Incoming<'_>,
    raw: &Raw,
    progress: &mut dyn FnMut(Step) -> Go,
) -> Result<(Vec<Taken>, bool), IntakeError> {
    let out = store.open_raw(raw)?;
    let (say, heard) = sync_channel(1);
    std::thread::scope(|scope| {
        let reading = std::thread::Builder::new()
            .name("cairn-feeds".into())
            .spawn_scoped(scope, move || read(job, incoming.name, out, &say));
        let reading = reading.map_err(|cause| IntakeError::Read {
            name: incoming.name.to_owned(),
            cause,
        })?;
        let committed = Committer {
            store,
            incoming,
            raw,
            open: None,
            taken: Vec::new(),
            done: 0,
        }
        .all(heard, progress);
        // The queue is closed by now, whichever end failed.
        let read = reading.join().unwrap_or(Err(IntakeError::Stopped));
        match (committed, read) {
            // Whoever read met the end of the queue, as it should.
            (Ok((taken, false)), _) => Ok((taken, false)),
            (Ok(done), Ok(())) => Ok(done),
            (Ok(_), Err(error)) | (Err(error), _) => Err(error),
        }
    })
}

fn keep(
    store: &FeedStore,
    incoming: &Incoming<'_>,
    input: &mut dyn Read,
    progress: &mut dyn FnMut(Step),
) -> Result<Raw, IntakeError> {
    let failed = |cause| IntakeError::Read {
        name: incoming.name.to_owned(),
        cause,
    };
    let mut keeping = store.take_raw()?;
    let (mut piece, mut kept) = (vec![0; PIECE_BYTES], 0);
    loop {
        let got = match input.read(&mut piece) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            got => got.map_err(failed)?,
        };
        if got == 0 {
            break;
        }
        keeping
            .push(piece.get(..got).unwrap_or_default())
            .map_err(failed)?;
        kept += got as u64;
        progress(Step::Kept(kept));
    }
    Ok(store.keep_raw(keeping, incoming.now)?)
}

/// Each file of what was received, in its order.
pub(super) fn each_file(
    name: &str,
    out: RawOut,
    each: &mut dyn FnMut(&str, &mut dyn Read) -> Result<(), IntakeError>,
) -> Result<(), IntakeError> {
    match out {
        RawOut::AsItCame(file) => archive::files(name, *file, each),
        RawOut::Unpacked(bytes) => archive::stream(name, bytes, each),
    }
}

fn read(job: &Job<'_>, name: &str, out: RawOut, say: &SyncSender<Said>) -> Result<(), IntakeError> {
    let mut part = 0;
    each_file(name, out, &mut |name, bytes| {
        let way = (job.ways)(name)?;
        let (answer, heard) = sync_channel(1);
        let begin = Said::Begin {
            part,
            name: name.to_owned(),
            way: way.clone(),
            answer,
        };
        part += 1;
        tell(say, begin)?;
        match heard.recv() {
            Ok(Some(open)) => rows(job, name, way, open, bytes, say),
            Ok(None) => Ok(()),
            Err(_) => Err(IntakeError::Stopped),
        }
    })
}

fn tell(say: &SyncSender<Said>, what: Said) -> Result<(), IntakeError> {
    say.send(what).map_err(|_| IntakeError::Stopped)
}

fn rows(
    job: &Job<'_>,
    name: &str,
    way: Way,
    open: Open,
    bytes: &mut dyn Read,
    say: &SyncSender<Said>,
) -> Result<(), IntakeError> {
    let mut context = job.context.clone();
    context.observed = Some(open.received);
    let mut parser = Parser::new(way.format, &context);
    let mut maker = KeyMaker::default();
    let mut completer = Completer::new(job.knowledge);
    let mut part = Box::new(Part::default());
    stream::pump(
        &mut parser,
        |buffer| {
            bytes.read(buffer).map_err(|cause| IntakeError::Read {
                name: name.to_owned(),
                cause,
            })
        },
        |batch| {
            part.upto = part.upto.max(end_of(batch));
            // What was committed before is read again, since the header says what columns mean, and goes no further.
            if part.upto <= open.done_bytes {
                return Ok(());
            }
            for observation in batch.observations() {
                if observation.span.offset < open.done_bytes {
                    continue;
                }
                let mut observed = columns::of(&observation, open.received);
                let tags = columns::listed_tags(&observation);
                if let Some(tags) = &tags {
                    observed.tags = tags;
                }
                observed.key = maker.of(&observed);
                completer.complete(&mut observed);
                part.rows.push(&observed);
            }
            let left = batch.rejects.iter();
            let left = left.filter(|reject| reject.span.offset >= open.done_bytes);
            part.rejects.extend(left.map(rejected));
            if !part.is_full() {
                return Ok(());
            }
            part.sets = completer.used();
            let upto = part.upto;
            let full = std::mem::take(&mut part);
            part.upto = upto;
            tell(say, Said::Part(full))
        },
    )?;
    if !part.rows.is_empty() || !part.rejects.is_empty() {
        part.sets = completer.used();
        tell(say, Said::Part(part))?;
    }
    let warnings = parser.warnings().iter().take(WARNINGS_MAX);
    tell(say, Said::End(warnings.map(ToString::to_string).collect()))
}

/// Where the last row of a batch ends.
fn end_of(batch: &Batch<'_>) -> u64 {
    let rows = batch.observations().map(|own| own.span);
    let rejects = batch.rejects.iter().map(|own| own.span);
    let ends = rows.chain(rejects).map(|span| span.offset + span.bytes);
    ends.max().unwrap_or(0)
}

pub(super) fn rejected(reject: &cairn_feeds::reject::Reject) -> Rejected {
    Rejected {
        start: reject.span.offset,
        bytes: reject.span.bytes,
        line: reject.span.line,
        cause: reject.cause.to_string(),
    }
}

/// The committing end of the queue.
struct Committer<'a> {
    store: &'a mut FeedStore,
    incoming: &'a Incoming<'a>,
    raw: &'a Raw,
    open: Option<(Report, String)>,
    taken: Vec<Taken>,
    done: u64,
}

impl Committer<'_> {
    /// Does what it is told until the other end is done, or something fails. The queue ends with it.
    fn all(
        mut self,
        heard: Receiver<Said>,
        progress: &mut dyn FnMut(Step) -> Go,
    ) -> Result<(Vec<Taken>, bool), IntakeError> {
        for said in heard {
            match said {
                Said::Begin {
                    part,
                    name,
                    way,
                    answer,
                } => {
                    let open = self.begin(part, name, way)?;
                    answer.send(open).map_err(|_| IntakeError::Stopped)?;
                }
                Said::Part(part) => {
                    self.part(&part)?;
                    if progress(Step::Committed(self.done)) == Go::Stop {
                        return Ok((self.taken, false));
                    }
                }
                Said::End(warnings) => self.end(warnings)?,
            }
        }
        Ok((self.taken, true))
    }

    fn begin(&mut self, part: u32, name: String, way: Way) -> Result<Option<Open>, IntakeError> {
        let wish = FeedWish {
            source: self.incoming.source,
            name: &way.feed,
            window_us: self.incoming.window_us,
            complete: self.incoming.complete,
        };
        let feed = self.store.feed(&wish, self.incoming.now)?;
        let begin = Begin {
            raw: self.raw,
            part,
            member: &name,
            schema: &way.version,
            now: self.incoming.now,
        };
        let begun = self.store.begin(&feed, &begin)?;
        let mut taken = Taken {
            name,
            ..Taken::default()
        };
        let open = match begun {
            Begun::Done(counts) => {
                taken.before = true;
                taken.counts = counts;
                None
            }
            Begun::Open(report) => {
                taken.resumed_at = report.done_bytes;
                taken.report = Some(report.no);
                let open = Open {
                    done_bytes: report.done_bytes,
                    received: report.received,
                };
                self.open = Some((*report, way.version));
                Some(open)
            }
        };
        self.taken.push(taken);
        Ok(open)
    }

    fn part(&mut self, part: &Part) -> Result<(), IntakeError> {
        let Some((report, version)) = &mut self.open else {
            return Err(IntakeError::Stopped);
        };
        report.sets.extend(part.sets.iter().cloned());
        self.store
            .commit(report, &part.rows, &part.rejects, version, part.upto)?;
        self.done += (part.rows.len() + part.rejects.len()) as u64;
        if let Some(taken) = self.taken.last_mut() {
            taken.counts = report.counts;
            let newest = part.rows.newest();
            taken.newest = taken.newest.max(newest);
            for reject in &part.rejects {
                count(&mut taken.causes, &reject.cause);
            }
        }
        Ok(())
    }

    fn end(&mut self, warnings: Vec<String>) -> Result<(), IntakeError> {
        let Some((report, _)) = self.open.take() else {
            return Err(IntakeError::Stopped);
        };
        let counts = self.store.finish(&report)?;
        if let Some(taken) = self.taken.last_mut() {
            taken.counts = counts;
            taken.warnings = warnings;
        }
        Ok(())
    }
}

/// Counts by cause, as many as are told apart.
pub(super) fn count(causes: &mut BTreeMap<String, u64>, cause: &str) {
    if let Some(count) = causes.get_mut(cause) {
        *count += 1;
    } else if causes.len() < cairn_feeds::limits::CAUSES_MAX {
        causes.insert(cause.to_owned(), 1);
    } else {
        *causes.entry("other causes".to_owned()).or_insert(0) += 1;
    }
}
