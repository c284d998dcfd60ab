//! What must hold of every report.

use std::convert::Infallible;

use cairn_feeds::parser::{Context, Format, Parser};
use cairn_feeds::{stream, wire};

/// Events as printed, rejects as (offset, bytes, cause), and bytes that are accounted for.
type Read = (String, Vec<(u64, u64, String)>, u64);

fn read(format: &Format, report: &[u8], step: usize) -> Read {
    let mut parser = Parser::new(format.clone(), &Context::default());
    let (mut text, mut rejects, mut bytes, mut rest, mut seen) =
        (String::new(), Vec::new(), 0, report, None);
    let take = |buffer: &mut [u8]| {
        let size = rest.len().min(buffer.len()).min(step);
        buffer[..size].copy_from_slice(&rest[..size]);
        rest = &rest[size..];
        Ok::<usize, Infallible>(size)
    };
    let done = stream::pump(&mut parser, take, |batch| {
        for observation in batch.observations() {
            wire::write(&observation, &mut text);
            if seen != Some(observation.span) {
                bytes += observation.span.bytes;
                seen = Some(observation.span);
            }
        }
        for reject in &batch.rejects {
            bytes += reject.span.bytes;
            rejects.push((
                reject.span.offset,
                reject.span.bytes,
                reject.cause.to_string(),
            ));
        }
        bytes += batch.skipped_bytes;
        Ok(())
    });
    match done {
        Ok(()) => (text, rejects, bytes),
        Err(never) => match never {},
    }
}

pub fn check(format: &Format, report: &[u8]) {
    let whole = read(format, report, usize::MAX);
    assert_eq!(whole.2, report.len() as u64, "bytes that belong to nothing");
    let again = read(
        &Format::Json(Box::default()),
        whole.0.as_bytes(),
        usize::MAX,
    );
    assert_eq!(again.1, [], "an event that is printed is not read");
    let thrice = read(
        &Format::Json(Box::default()),
        again.0.as_bytes(),
        usize::MAX,
    );
    assert_eq!(again.0, thrice.0, "what is read is printed otherwise");
}
