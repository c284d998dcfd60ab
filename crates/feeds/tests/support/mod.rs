//! Reads reports as the tests want them.
#![allow(dead_code, reason = "each test file takes what it needs")]

use std::convert::Infallible;
use std::path::PathBuf;

use cairn_feeds::parser::{Context, Format, Parser};
use cairn_feeds::reject::Reject;
use cairn_feeds::schema::{ReportType, Schema, Warning};
use cairn_feeds::{stream, wire};

/// What a report came to.
pub struct Parsed {
    pub text: String,
    pub events: Vec<serde_json::Value>,
    pub rejects: Vec<Reject>,
    pub warnings: Vec<Warning>,
    /// Bytes of rows (each once), of rejects, and of what is between.
    pub bytes: (u64, u64, u64),
}

pub fn parse(format: Format, context: &Context, bytes: &[u8]) -> Parsed {
    parse_by(format, context, bytes, usize::MAX)
}

/// Reads at most so many bytes at a time.
pub fn parse_by(format: Format, context: &Context, bytes: &[u8], step: usize) -> Parsed {
    let mut parser = Parser::new(format, context);
    let (mut text, mut rejects, mut sizes, mut rest) =
        (String::new(), Vec::new(), (0, 0, 0), bytes);
    let read = |buffer: &mut [u8]| {
        let take = rest.len().min(buffer.len()).min(step);
        buffer[..take].copy_from_slice(&rest[..take]);
        rest = &rest[take..];
        Ok::<usize, Infallible>(take)
    };
    let mut seen = None;
    stream::pump(&mut parser, read, |batch| {
        for observation in batch.observations() {
            wire::write(&observation, &mut text);
            if seen != Some(observation.span) {
                sizes.0 += observation.span.bytes;
                seen = Some(observation.span);
            }
        }
        rejects.extend(batch.rejects.iter().cloned());
        sizes.1 += batch.rejects.iter().map(|own| own.span.bytes).sum::<u64>();
        sizes.2 += batch.skipped_bytes;
        Ok(())
    })
    .unwrap();
    let events = text
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    Parsed {
        events,
        rejects,
        warnings: parser.warnings().to_vec(),
        bytes: sizes,
        text,
    }
}

pub fn report_type(schema: &str, file_name: &str) -> Box<ReportType> {
    let schema = Schema::read(schema.as_bytes()).unwrap();
    Box::new(schema.by_file_name(file_name).unwrap().clone())
}

/// The corpus, if it is beside the repository or one of the directories above it, or where `CAIRN_CORPUS` says.
pub fn corpus() -> Option<PathBuf> {
    if let Some(dir) = std::env::var_os("CAIRN_CORPUS") {
        return Some(PathBuf::from(dir).join("feeds")).filter(|dir| dir.is_dir());
    }
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.ancestors()
        .map(|dir| dir.join("shared/corpus/feeds"))
        .find(|dir| dir.is_dir())
}
