//! Files that say whose networks are whose. Each is read into constituents with every fault named by its line; whether faults keep the
//! rest out is for whoever reads.

pub mod certbund;
pub mod csv;
pub mod ripe;

pub use super::plan::Incoming;

/// Longest name of a source, bytes.
const SOURCE_BYTES_MAX: usize = 40;
/// Faults of one file that are told.
pub const FAULTS_MAX: usize = 200;

/// What a source knows something by, on one line.
fn key(text: &str) -> String {
    let line = cairn_kernel::text::one_line(&cairn_kernel::text::clean(text));
    line.chars().take(super::NAME_CHARS_MAX).collect()
}

/// The name of a source: lower-case letters, digits, `.`, `_` and `-`.
#[must_use]
pub fn source(text: &str) -> Option<String> {
    let text = text.trim();
    let plain = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b'-')
    };
    let fits = !text.is_empty() && text.len() <= SOURCE_BYTES_MAX && text.bytes().all(plain);
    fits.then(|| text.to_owned())
}
