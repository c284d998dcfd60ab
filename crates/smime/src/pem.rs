//! Textual encodings (RFC 7468), read as people paste them: with words around, other line ends, other widths.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Signs on a line.
const LINE_CHARS: usize = 64;

/// The blocks of a text, in order: label and bytes. What is no Base64 is left out.
pub(crate) fn blocks(text: &str) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in text.lines() {
        let line = line.trim();
        if let Some(label) = edge(line, "-----BEGIN ") {
            open = Some((label.to_owned(), String::new()));
        } else if let Some(label) = edge(line, "-----END ") {
            let block = open.take().filter(|(begun, _)| begun == label);
            let read = block.and_then(|(label, body)| Some((label, base64(&body)?)));
            found.extend(read);
        } else if let Some((_, body)) = &mut open {
            body.push_str(line);
        }
    }
    found
}

fn edge<'t>(line: &'t str, start: &str) -> Option<&'t str> {
    line.strip_prefix(start)?.strip_suffix("-----")
}

/// Base64, whatever blanks are in it.
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    let bare: String = text.split_whitespace().collect();
    if bare.is_empty() {
        return None;
    }
    STANDARD.decode(bare).ok()
}

/// Bytes as a block.
pub(crate) fn block(label: &str, bytes: &[u8]) -> String {
    let body = STANDARD.encode(bytes);
    let mut out = format!("-----BEGIN {label}-----\n");
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(LINE_CHARS));
        out.push_str(line);
        out.push('\n');
        rest = more;
    }
    out.push_str(&format!("-----END {label}-----\n"));
    out
}
