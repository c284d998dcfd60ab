//! The simple part of YAML in which metadata of indicators is mostly written: nested keys, lists, texts plain, quoted or in
//! blocks. Anchors, tags, nested braces and the like are named and left out.

/// Deepest nesting that is read.
const DEPTH_MAX: usize = 20;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Yaml {
    /// A text; numbers, `true` and the like as well. Empty for nothing.
    Text(String),
    /// A list.
    List(Vec<Yaml>),
    /// Keys in the order of the file.
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) key: String,
    /// Line, from 1.
    pub(super) line: u32,
    pub(super) value: Yaml,
}

/// Something that was not understood: line, from 1, and what.
pub(super) type Unread = (u32, String);

impl Yaml {
    /// The value of a key; of one that is there twice the last.
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        match self {
            Self::Map(entries) => entries.iter().rev().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// The text of a key, if it is one and not empty.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        match &self.get(key)?.value {
            Self::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }
}

struct Line<'t> {
    no: u32,
    indent: usize,
    /// Without the blanks before and after it.
    text: &'t str,
    raw: &'t str,
}

struct Parser<'t> {
    lines: Vec<Line<'t>>,
    at: usize,
    depth: usize,
    unread: Vec<Unread>,
}

/// Reads a document; `first` is the number of its first line in its file.
pub(super) fn read(text: &str, first: u32) -> (Yaml, Vec<Unread>) {
    let lines = text.lines().zip(first..).map(|(raw, no)| Line {
        no,
        indent: raw.len() - raw.trim_start_matches(' ').len(),
        text: raw.trim(),
        raw,
    });
    let mut parser = Parser {
        lines: lines.collect(),
        at: 0,
        depth: 0,
        unread: Vec::new(),
    };
    let yaml = match parser.peek() {
        None => Yaml::Map(Vec::new()),
        Some((indent, _)) => parser.block(indent),
    };
    while parser.peek().is_some() {
        parser.skip("its indentation fits nothing above it");
    }
    (yaml, parser.unread)
}

/// What follows the `---` of a file with front matter up to the next `---`, the number of its first line, and the rest.
pub(super) fn front_matter(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let body = text.strip_prefix("---")?;
    let body = body
        .strip_prefix("\r\n")
        .or_else(|| body.strip_prefix('\n'))?;
    let mut from = 0;
    for line in body.split_inclusive('\n') {
        if line.trim_end() == "---" || line.trim_end() == "..." {
            return Some((body.get(..from)?, body.get(from + line.len()..)?));
        }
        from += line.len();
    }
    Some((body, ""))
}

impl<'t> Parser<'t> {
    /// Indentation and text of the next line that says something.
    fn peek(&mut self) -> Option<(usize, &'t str)> {
        loop {
            let line = self.lines.get(self.at)?;
            let comment = line.text.starts_with('#');
            if !line.text.is_empty() && !comment && line.text != "---" {
                return Some((line.indent, line.text));
            }
            self.at += 1;
        }
    }

    fn no(&self) -> u32 {
        self.lines.get(self.at).map_or(0, |line| line.no)
    }

    fn skip(&mut self, why: &str) {
        let no = self.no();
        self.unread.push((no, why.to_owned()));
        self.at += 1;
    }

    fn block(&mut self, indent: usize) -> Yaml {
        if self.depth == DEPTH_MAX {
            self.skip("it is nested too deeply");
            self.drop_deeper(indent);
            return Yaml::Text(String::new());
        }
        self.depth += 1;
        let item = self.peek().is_some_and(|(_, text)| is_item(text));
        let yaml = if item {
            self.list(indent)
        } else {
            self.map(indent)
        };
        self.depth -= 1;
        yaml
    }

    fn drop_deeper(&mut self, indent: usize) {
        while self.peek().is_some_and(|(deep, _)| deep > indent) {
            self.at += 1;
        }
    }

    fn list(&mut self, indent: usize) -> Yaml {
        let mut items = Vec::new();
        while let Some((at, text)) = self.peek() {
            if at != indent || !is_item(text) {
                if at > indent {
                    self.skip("its indentation fits nothing above it");
                    continue;
                }
                break;
            }
            let rest = text.get(1..).unwrap_or_default();
            let inner = rest.trim_start();
            let offset = indent + 1 + (rest.len() - inner.len());
            if inner.is_empty() || inner.starts_with('#') {
                self.at += 1;
                items.push(self.nested(indent));
            } else if is_item(inner) || key_of(inner).is_some() {
                // The rest of the line is the first line of what is nested.
                if let Some(line) = self.lines.get_mut(self.at) {
                    line.indent = offset;
                    line.text = inner;
                }
                items.push(self.block(offset));
            } else {
                self.at += 1;
                items.push(self.scalar(inner, indent));
            }
        }
        Yaml::List(items)
    }

    /// What is nested below a key or dash that has nothing on its own line.
    fn nested(&mut self, indent: usize) -> Yaml {
        match self.peek() {
            Some((deep, _)) if deep > indent => self.block(deep),
            _ => Yaml::Text(String::new()),
        }
    }

    fn map(&mut self, indent: usize) -> Yaml {
        let mut entries: Vec<Entry> = Vec::new();
        while let Some((at, text)) = self.peek() {
            if at < indent || (at == indent && is_item(text)) {
                break;
            }
            let line = self.no();
            let Some((key, rest)) = key_of(text).filter(|_| at == indent) else {
                self.skip("it is no key with a value");
                continue;
            };
            self.at += 1;
            if entries.iter().any(|entry| entry.key == key) {
                self.unread.push((
                    line,
                    format!("the key `{key}` is there twice; the last one counts"),
                ));
            }
            let value = if rest.is_empty() || rest.starts_with('#') {
                // A list may stand as deep as its key.
                match self.peek() {
                    Some((same, text)) if same == indent && is_item(text) => self.block(indent),
                    _ => self.nested(indent),
                }
            } else {
                self.scalar(rest, indent)
            };
            entries.push(Entry { key, line, value });
        }
        Yaml::Map(entries)
    }

    /// A value that begins on the line of its key or dash, which stands at `indent`.
    fn scalar(&mut self, text: &'t str, indent: usize) -> Yaml {
        match text.chars().next() {
            Some('|' | '>') => return Yaml::Text(self.literal(text, indent)),
            Some('[') => return self.flow(text, indent),
            Some('&' | '*' | '!' | '{' | '@' | '`' | '%') if text != "{}" => {
                self.at = self.at.saturating_sub(1);
                self.skip("anchors, tags and braces are not read");
                self.drop_deeper(indent);
                return Yaml::Text(String::new());
            }
            Some('{') => return Yaml::Map(Vec::new()),
            _ => {}
        }
        let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
        let mut whole = text.to_owned();
        loop {
            let closed = quote.is_some_and(|quote| closing(&whole, quote).is_some());
            let next = self.peek().filter(|(deep, _)| *deep > indent && !closed);
            let Some((_, more)) = next else { break };
            whole.push(' ');
            whole.push_str(more);
            self.at += 1;
        }
        let Some(quote) = quote else {
            let plain = whole.split(" #").next().unwrap_or_default().trim();
            let nothing = matches!(plain, "~" | "null" | "Null" | "NULL");
            return Yaml::Text(if nothing {
                String::new()
            } else {
                plain.to_owned()
            });
        };
        Yaml::Text(unquoted(&whole, quote))
    }

    /// A block of lines: kept after `|`, folded after `>`.
    fn literal(&mut self, head: &str, indent: usize) -> String {
        let mut kept: Vec<&str> = Vec::new();
        while let Some(line) = self.lines.get(self.at) {
            if !line.text.is_empty() && line.indent <= indent {
                break;
            }
            kept.push(line.raw);
            self.at += 1;
        }
        let full = kept.iter().filter(|raw| !raw.trim().is_empty());
        let margin = full
            .map(|raw| raw.len() - raw.trim_start_matches(' ').len())
            .min();
        let lines = kept.iter().map(|raw| {
            raw.get(margin.unwrap_or(0)..)
                .unwrap_or_default()
                .trim_end()
        });
        let parted = if head.starts_with('>') { " " } else { "\n" };
        lines.collect::<Vec<_>>().join(parted).trim_end().to_owned()
    }

    /// `[a, "b"]` on one line.
    fn flow(&mut self, text: &str, indent: usize) -> Yaml {
        let inner = text
            .strip_prefix('[')
            .and_then(|text| text.trim_end().strip_suffix(']'));
        let Some(inner) = inner.filter(|inner| !inner.contains(['[', '{'])) else {
            self.at = self.at.saturating_sub(1);
            self.skip("lists in brackets are read on one line only");
            self.drop_deeper(indent);
            return Yaml::List(Vec::new());
        };
        let items = inner
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty());
        let text = |item: &str| match item.chars().next() {
            Some(quote @ ('"' | '\'')) => unquoted(item, quote),
            _ => item.to_owned(),
        };
        Yaml::List(items.map(|item| Yaml::Text(text(item))).collect())
    }
}

fn is_item(text: &str) -> bool {
    text == "-" || text.starts_with("- ")
}

/// Key and rest of a line `key: rest`.
fn key_of(text: &str) -> Option<(String, &str)> {
    if let Some(quote @ ('"' | '\'')) = text.chars().next() {
        let end = closing(text, quote)?;
        let rest = text.get(end + 1..)?.strip_prefix(':')?;
        let parted = rest.is_empty() || rest.starts_with(' ');
        return parted.then(|| {
            (
                unquoted(text.get(..=end).unwrap_or_default(), quote),
                rest.trim(),
            )
        });
    }
    let end = text
        .find(": ")
        .or_else(|| text.strip_suffix(':').map(str::len))?;
    let key = text.get(..end)?;
    let plain = !key.is_empty() && !key.contains([' ', '{', '[', '&', '*', '!', '"', '#']);
    plain.then(|| {
        (
            key.to_owned(),
            text.get(end + 1..).unwrap_or_default().trim(),
        )
    })
}

/// Where the text that begins with a quote is closed, bytes.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if quote == '"' && c == '\\' {
            chars.next();
        } else if c == quote {
            let doubled = quote == '\'' && chars.peek().is_some_and(|(_, next)| *next == quote);
            if !doubled {
                return Some(at);
            }
            chars.next();
        }
    }
    None
}

fn unquoted(text: &str, quote: char) -> String {
    let end = closing(text, quote).unwrap_or(text.len());
    let inner = text.get(1..end).unwrap_or_default();
    if quote == '\'' {
        return inner.replace("''", "'");
    }
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('n')) => out.push('\n'),
            ('\\', Some('t')) => out.push('\t'),
            ('\\', Some(other)) => out.push(other),
            (c, _) => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(text: &str) -> Yaml {
        Yaml::Text(text.to_owned())
    }

    fn value(doc: &str, key: &str) -> Yaml {
        let (yaml, unread) = read(doc, 1);
        assert_eq!(unread, [], "{doc}");
        yaml.get(key).unwrap().value.clone()
    }

    #[test]
    fn texts_in_every_way() {
        for (doc, wanted) in [
            ("k: plain # remark", "plain"),
            ("k: a: b", "a: b"),
            ("k: 'it''s: #1'", "it's: #1"),
            ("k: \"a \\\"b\\\" \\u\"", "a \"b\" u"),
            (
                "k: goes on\n  on the next line\n\n  and the next\nj: x",
                "goes on on the next line and the next",
            ),
            ("k: 'quoted\n  too'", "quoted too"),
            ("k: |\n  one\n   two\n\n  three\nj: x", "one\n two\n\nthree"),
            ("k: >-\n  one\n  two\n", "one two"),
            ("k:", ""),
            ("k: ~", ""),
            ("k: null", ""),
            ("'k': 1.1", "1.1"),
            ("k: http://a.test/b", "http://a.test/b"),
        ] {
            assert_eq!(value(doc, "k"), text(wanted), "{doc}");
        }
    }

    #[test]
    fn lists_and_keys_are_nested() {
        let doc = "opts:\n- direction: negative\n  target: 70\n  more:\n  - field: Sex\n    value: All\n- a\nflow: [x, 'y z']\nempty: []\ndeep:\n  b:\n    - 1\n    -\n      c: 2\n";
        let (yaml, unread) = read(doc, 5);
        assert_eq!(unread, []);
        let Yaml::List(items) = &yaml.get("opts").unwrap().value else {
            panic!("a list")
        };
        assert_eq!(
            (items[0].text("target"), items[1].clone()),
            (Some("70"), text("a"))
        );
        assert_eq!(items[0].get("target").unwrap().line, 7);
        let Yaml::List(more) = &items[0].get("more").unwrap().value else {
            panic!("a list")
        };
        assert_eq!(more[0].text("value"), Some("All"));
        assert_eq!(
            yaml.get("flow").unwrap().value,
            Yaml::List(vec![text("x"), text("y z")])
        );
        assert_eq!(yaml.get("empty").unwrap().value, Yaml::List(vec![]));
        let Yaml::List(b) = &yaml.get("deep").unwrap().value.get("b").unwrap().value else {
            panic!("a list")
        };
        assert_eq!((b[0].clone(), b[1].text("c")), (text("1"), Some("2")));
    }

    #[test]
    fn what_is_not_understood_is_named_and_the_rest_read() {
        for (doc, line) in [
            ("a: &x 1\nk: 2", 1),
            ("a: {b: 1}\nk: 2", 1),
            ("no key\nk: 2", 1),
            ("k: 2\n   odd: 1", 0),
            ("k: 2\na: [[1], 2]", 2),
            ("k: 1\nk: 2", 2),
        ] {
            let (yaml, unread) = read(doc, 1);
            assert!(yaml.text("k").unwrap().starts_with('2'), "{doc}");
            assert_eq!(
                unread.first().map_or(0, |(line, _)| *line),
                line,
                "{doc} {unread:?}"
            );
        }
        let deep: String = (0..40).map(|n| format!("{}k:\n", " ".repeat(n))).collect();
        assert!(!read(&deep, 1).1.is_empty());
    }

    #[test]
    fn front_matter_ends_at_its_line() {
        assert_eq!(
            front_matter("---\na: 1\n---\nText\n"),
            Some(("a: 1\n", "Text\n"))
        );
        assert_eq!(
            front_matter("---\r\na: 1\r\n---\r\nText"),
            Some(("a: 1\r\n", "Text"))
        );
        assert_eq!(front_matter("---\na: 1"), Some(("a: 1", "")));
        assert_eq!(front_matter("a: 1"), None);
    }

    proptest! {
        #[test]
        fn never_panics(any in any::<String>(), likely in "([a-c]: |- |[ ]{0,4}|\n|['\"|>\\[\\]{}#&x1-]){0,60}") {
            for doc in [any, likely] {
                let (yaml, _) = read(&doc, 1);
                let _ = (yaml.get("a"), front_matter(&doc));
            }
        }

        #[test]
        fn plain_keys_and_values_come_back(
            pairs in proptest::collection::btree_map("[a-z][a-z_]{0,8}", "[a-z0-9]([a-z0-9 .,]{0,20}[a-z0-9])?", 0..8)
        ) {
            let doc: String = pairs.iter().map(|(key, value)| format!("{key}: {value}\n")).collect();
            let (yaml, unread) = read(&doc, 1);
            prop_assert_eq!(unread, []);
            for (key, value) in pairs {
                if value != "null" {
                    prop_assert_eq!(yaml.text(&key), Some(value.as_str()));
                }
            }
        }
    }
}
