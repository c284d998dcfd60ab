//! Reads a whole report through a parser in constant memory. Where bytes come from and where batches go are functions of the
//! caller's, so that this knows neither files nor sockets.

use crate::batch::Batch;
use crate::limits::OBJECT_BYTES_MAX;
use crate::parser::Parser;

/// Bytes that are read at a time.
const CHUNK_BYTES: usize = 256 << 10;
/// Bytes that a buffer may grow to: an object, and a chunk after it.
const BUFFER_BYTES_MAX: usize = OBJECT_BYTES_MAX + (1 << 20);

/// Reads until `read` gives no more, and hands each batch to `sink`. `read` fills a part of the buffer and says how much; 0 is
/// the end.
///
/// # Errors
/// Those of `read` and of `sink`.
pub fn pump<E>(
    parser: &mut Parser,
    mut read: impl FnMut(&mut [u8]) -> Result<usize, E>,
    mut sink: impl FnMut(&Batch<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut buffer = vec![0; CHUNK_BYTES];
    let (mut from, mut to, mut last) = (0, 0, false);
    loop {
        while !last && to < buffer.len() {
            let room = buffer.get_mut(to..).unwrap_or_default();
            let got = read(room)?;
            to += got;
            last = got == 0;
        }
        let batch = parser.parse(buffer.get(from..to).unwrap_or_default(), last);
        let taken = batch.taken;
        if !batch.is_empty() || !batch.rejects.is_empty() || batch.skipped_bytes > 0 {
            sink(&batch)?;
        }
        from += taken;
        if last && (from >= to || taken == 0) {
            return Ok(());
        }
        // Most chunks hold several batches: the rest is moved to the front only when no row is whole any more.
        if taken == 0 {
            buffer.copy_within(from..to, 0);
            to -= from;
            from = 0;
            if to == buffer.len() {
                let size = (buffer.len() * 2).min(BUFFER_BYTES_MAX);
                buffer.resize(size, 0);
            }
        }
    }
}
