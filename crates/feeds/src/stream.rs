//! Reads a whole report through a parser in constant memory. Where bytes come from and where batches go are functions of the
//! caller's, so that this knows neither files nor sockets.

use crate::batch::Batch;
use crate::limits::OBJECT_BYTES_MAX;
use crate::parser::Parser;

/// Bytes that are read at a time. What a chunk comes to is some three times its size: both stay in a processor's second cache.
const CHUNK_BYTES: usize = 128 << 10;
/// Bytes that a buffer may grow to: an object, and a chunk after it.
const BUFFER_BYTES_MAX: usize = OBJECT_BYTES_MAX + (1 << 20);

/// What reading a report took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Work {
    /// Bytes of the report.
    pub read: u64,
    /// Bytes that the parser was given: more than these where it was given some again with what follows.
    pub offered: u64,
    /// Bytes that the buffer grew to.
    pub buffer: usize,
}

/// Reads until `read` gives no more, and hands each batch to `sink`. `read` fills a part of the buffer and says how much; 0 is
/// the end.
///
/// # Errors
/// Those of `read` and of `sink`.
pub fn pump<E>(
    parser: &mut Parser,
    read: impl FnMut(&mut [u8]) -> Result<usize, E>,
    sink: impl FnMut(&Batch<'_>) -> Result<(), E>,
) -> Result<(), E> {
    measured(parser, read, sink).map(|_| ())
}

/// The same, and says what it took.
///
/// # Errors
/// Those of `read` and of `sink`.
pub fn measured<E>(
    parser: &mut Parser,
    mut read: impl FnMut(&mut [u8]) -> Result<usize, E>,
    mut sink: impl FnMut(&Batch<'_>) -> Result<(), E>,
) -> Result<Work, E> {
    let mut buffer = vec![0; CHUNK_BYTES];
    let mut work = Work::default();
    let (mut from, mut to, mut ended) = (0, 0, false);
    // The parser looks through all that it is given, also where it takes only a batch of it: it gets no more than it asks for.
    let mut chunk = CHUNK_BYTES;
    loop {
        while !ended && to < buffer.len() {
            let room = buffer.get_mut(to..).unwrap_or_default();
            let got = read(room)?;
            to += got;
            work.read += got as u64;
            ended = got == 0;
        }
        let end = to.min(from + chunk);
        let last = ended && end == to;
        work.offered += (end - from) as u64;
        work.buffer = buffer.len();
        let batch = parser.parse(buffer.get(from..end).unwrap_or_default(), last);
        let taken = batch.taken;
        if !batch.is_empty() || !batch.rejects.is_empty() || batch.skipped_bytes > 0 {
            sink(&batch)?;
        }
        from += taken;
        if last && (from >= to || taken == 0) {
            return Ok(work);
        }
        if taken > 0 {
            chunk = CHUNK_BYTES;
            // Most buffers hold several batches: the rest is moved to the front only when no row is whole any more.
            continue;
        }
        if end < to {
            chunk *= 2;
            continue;
        }
        buffer.copy_within(from..to, 0);
        to -= from;
        from = 0;
        if to == buffer.len() {
            let size = (buffer.len() * 2).min(BUFFER_BYTES_MAX);
            buffer.resize(size, 0);
            chunk = size;
        }
    }
}
