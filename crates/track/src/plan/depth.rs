//! How deep a TOML file can nest, found before it is parsed.
//!
//! The parser stops at 80 brackets within each other and at keys of 80 parts, but not at both together: 6,400 tables
//! within each other exhaust a small stack when they are dropped. With short keys they cannot.

/// Most dots of one key.
pub(crate) const DOTS_MAX: usize = 8;

/// Where a key has more than [`DOTS_MAX`] dots, bytes. Strings and comments are passed over just as the parser does, also
/// where they are not closed.
pub(crate) fn too_deep(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut dots) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        let length = match byte {
            b'#' => until(rest, |c| matches!(c, b'\n' | b'\r')),
            b'"' if rest.starts_with(b"\"\"\"") => long(rest, b'"'),
            b'\'' if rest.starts_with(b"'''") => long(rest, b'\''),
            b'"' | b'\'' => line(rest, *byte),
            b'.' => {
                dots += 1;
                if dots > DOTS_MAX {
                    return Some(at);
                }
                1
            }
            b'\n' | b'\r' | b'=' | b',' | b'[' | b']' | b'{' | b'}' => {
                dots = 0;
                1
            }
            _ => 1,
        };
        at += length.max(1);
    }
    None
}

fn until(bytes: &[u8], is_end: impl Fn(u8) -> bool) -> usize {
    let end = bytes.iter().position(|byte| is_end(*byte));
    end.unwrap_or(bytes.len())
}

/// Length of a string that ends with its quote or before the end of the line.
fn line(bytes: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\n' => return at,
            _ if byte == quote => return at + 1,
            b'\\' if quote == b'"' => at += escape(bytes, at),
            _ => at += 1,
        }
    }
    at
}

/// Length of a string that ends with three of its quotes, and up to two more.
fn long(bytes: &[u8], quote: u8) -> usize {
    let mut at = 3;
    while let Some(&byte) = bytes.get(at) {
        let three = bytes.get(at..at + 3) == Some(&[quote; 3]);
        match byte {
            _ if three => {
                let more = bytes.iter().skip(at + 3).take(2);
                return at + 3 + more.take_while(|byte| **byte == quote).count();
            }
            b'\\' if quote == b'"' => at += escape(bytes, at),
            _ => at += 1,
        }
    }
    at
}

/// Length of a backslash with what it takes with it.
fn escape(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at + 1) {
        Some(b'\\' | b'"') => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_keys_are_found_and_texts_are_passed_over() {
        let key = "a.a.a.a.a.a.a.a.a.a";
        let dots = "..........";
        for text in [
            format!("{key} = 1"),
            format!("[{key}]"),
            format!("a = {{ {key} = 1 }}"),
            format!("a = \"\\\"\"\n{key} = 1"),
            format!("a = \"\n{key} = 1"),
            format!("a = 'it\\'\n{key} = 1"),
            format!("a = \"\"\"\"\"\"\"\"\n{key} = 1"),
            format!("a = [ \"\"\"x\\\\\"\"\", {{ {key} = 1 }} ]"),
            format!("# \"\"\"\n{key} = 1"),
            format!("a = '''\\'''\n{key} = 1"),
        ] {
            assert!(too_deep(&text).is_some(), "{text}");
        }
        for text in [
            "a.b.c.d.e.f.g.h.i = 1.5\n[a.b.c.d]\na.b = 1".to_owned(),
            format!("a = \"{dots}\""),
            format!("a = '{dots}'"),
            format!("a = \"\"\"\n\\\"\"\"{dots}\n\"\"\""),
            format!("a = '''\n\"{dots}\n'''"),
            format!("# {dots}"),
            "a = [1.1, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1]".to_owned(),
        ] {
            assert_eq!(too_deep(&text), None, "{text}");
        }
    }
}
