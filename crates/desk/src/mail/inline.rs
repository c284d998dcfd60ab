//! A mail forwarded within the text of another, as most mail programs do it: a few lines that look like a header,
//! then the text. There is no standard for it; what is taken for one is `From:` at the start of a line and, in the
//! lines right behind it, `Subject:` and one more of `Date:`, `Sent:`, `To:`.

use super::Headers;
use super::header::split;

/// Most lines of such a block.
const BLOCK_LINES_MAX: usize = 10;
const NAMES: [&str; 7] = ["from", "subject", "date", "sent", "to", "cc", "reply-to"];

/// A text in two.
pub(super) struct Inline {
    /// What stands before the forwarded message.
    pub(super) own: String,
    /// What its block says.
    pub(super) headers: Headers,
    /// Its text.
    pub(super) text: String,
}

/// Splits a text at the first such block. One pass: each line is looked at by at most [`BLOCK_LINES_MAX`] tries.
pub(super) fn find(text: &str) -> Option<Inline> {
    let lines: Vec<&str> = text.lines().collect();
    let (start, end, block) = (0..lines.len()).find_map(|start| {
        let rest = lines.get(start..)?;
        let (length, block) = read_block(rest)?;
        Some((start, start + length, block))
    })?;
    let (fields, _) = split(block.as_bytes()).ok()?;
    let own = lines
        .get(..start)?
        .iter()
        .rposition(|line| !is_ornament(line))
        .map_or(0, |at| at + 1);
    let unquote = |line: &&str| bare(line).to_owned();
    let quoted = lines
        .get(start)
        .is_some_and(|line| line.trim_start().starts_with('>'));
    let rest = lines.get(end..)?;
    let text = if quoted {
        rest.iter().map(unquote).collect::<Vec<_>>().join("\n")
    } else {
        rest.join("\n")
    };
    Some(Inline {
        own: lines.get(..own)?.join("\n").trim().to_owned(),
        headers: fields.headers(),
        text: text.trim().to_owned(),
    })
}

/// A block at the start of the lines as header fields, and how many lines it takes.
fn read_block(lines: &[&str]) -> Option<(usize, String)> {
    if named(lines.first()?)?.0 != "from" {
        return None;
    }
    let mut block = String::new();
    let mut seen = Vec::new();
    let mut length = 0;
    for line in lines.iter().take(BLOCK_LINES_MAX) {
        match named(line) {
            Some((name, value)) => {
                block.push_str(&format!(
                    "{}: {value}\n",
                    if name == "sent" { "date" } else { name }
                ));
                seen.push(name);
            }
            None if bare(line).is_empty() => break,
            // A long value goes on in the next line.
            None => block.push_str(&format!(" {}\n", bare(line))),
        }
        length += 1;
    }
    let whole = seen.contains(&"subject")
        && ["date", "sent", "to"]
            .iter()
            .any(|name| seen.contains(name));
    whole.then_some((length, block))
}

/// Name, in lower case, and value of a line such as `> *From:* A <a@b.example>`.
fn named(line: &str) -> Option<(&'static str, &str)> {
    let (name, value) = bare(line).split_once(':')?;
    let name = name.trim_matches(['*', ' ']);
    let name = NAMES
        .into_iter()
        .find(|own| own.eq_ignore_ascii_case(name))?;
    Some((name, value.trim_start_matches('*').trim()))
}

/// A line without marks of quoting.
fn bare(line: &str) -> &str {
    line.trim_start_matches(['>', ' ']).trim_end()
}

/// Blank, or what mail programs put above the block: `---------- Forwarded message ---------`, `________`.
fn is_ornament(line: &str) -> bool {
    let inner = bare(line).trim_matches(['-', '_', '*', ' ']);
    let lower = inner.trim_end_matches(':').to_ascii_lowercase();
    matches!(
        lower.as_str(),
        "" | "forwarded message" | "original message" | "begin forwarded message"
    )
}
