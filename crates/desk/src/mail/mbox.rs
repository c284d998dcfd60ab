//! Folders of messages: mbox files (RFC 4155, with the quoting of the mboxrd kind, which mboxo shares for one level)
//! and names of files in a maildir.

use std::borrow::Cow;

use super::header::next_line;

/// The messages of an mbox file, in order, quoting of `From ` lines undone (`>From ` becomes `From `, `>>From `
/// becomes `>From `), without the line that separates them and the blank line before it. Bytes before the first
/// separator are skipped. A separator is a line that starts with `From ` at the start or behind a blank line.
pub fn split_mbox(mbox: &[u8]) -> impl Iterator<Item = Cow<'_, [u8]>> {
    let mut at = next_separator(mbox, 0, true);
    std::iter::from_fn(move || {
        let start = at? + next_line(mbox, at?).len();
        let next = next_separator(mbox, start, false);
        let message = mbox
            .get(start..next.unwrap_or(mbox.len()))
            .unwrap_or_default();
        at = next;
        Some(unquote(strip_blank_line(message)))
    })
}

/// Where the next separator line starts, from the line start `at` on. `blank`: the line before was blank.
fn next_separator(mbox: &[u8], at: usize, blank: bool) -> Option<usize> {
    let (mut at, mut blank) = (at, blank);
    while at < mbox.len() {
        let line = next_line(mbox, at);
        if blank && line.starts_with(b"From ") {
            return Some(at);
        }
        blank = matches!(line, b"\n" | b"\r\n");
        at += line.len();
    }
    None
}

/// Without the blank line that belongs to the separator.
fn strip_blank_line(message: &[u8]) -> &[u8] {
    if matches!(message, b"\n" | b"\r\n") {
        return b"";
    }
    message
        .strip_suffix(b"\r\n\r\n")
        .or_else(|| message.strip_suffix(b"\n\n"))
        .and_then(|rest| message.get(..rest.len() + next_line(message, rest.len()).len()))
        .unwrap_or(message)
}

fn unquote(message: &[u8]) -> Cow<'_, [u8]> {
    let quoted = |line: &[u8]| {
        let bare = line.iter().position(|&byte| byte != b'>').unwrap_or(0);
        bare > 0
            && line
                .get(bare..)
                .is_some_and(|rest| rest.starts_with(b"From "))
    };
    let mut at = 0;
    let mut out: Option<Vec<u8>> = None;
    while at < message.len() {
        let line = next_line(message, at);
        if quoted(line) {
            let out = out.get_or_insert_with(|| message.get(..at).unwrap_or_default().to_vec());
            out.extend_from_slice(line.get(1..).unwrap_or_default());
        } else if let Some(out) = &mut out {
            out.extend_from_slice(line);
        }
        at += line.len();
    }
    out.map_or(Cow::Borrowed(message), Cow::Owned)
}

/// Says whether a file name in `new/` or `cur/` of a maildir is a message: all but those that start with a point.
#[must_use]
pub fn maildir_is_message(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.')
}

/// The name in `cur/` under which a read message is kept: information `2` with the flag `S` (seen) among those it
/// has, in ASCII order (cr.yp.to/proto/maildir.html).
#[must_use]
pub fn maildir_done(name: &str) -> String {
    let (unique, flags) = name.split_once(":2,").unwrap_or((name, ""));
    let mut flags: Vec<char> = flags.chars().chain(['S']).collect();
    flags.sort_unstable();
    flags.dedup();
    format!("{unique}:2,{}", String::from_iter(flags))
}
