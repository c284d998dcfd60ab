//! CSV files, record by record, each with its line.

use csv::{ReaderBuilder, StringRecord};

use super::fault::{Faults, did_you_mean, short};
use super::limits::{COLUMNS_MAX, CSV_BYTES_MAX, FIELD_CHARS_MAX, ROWS_MAX};

/// A CSV file under reading.
pub(crate) struct Sheet<'s> {
    pub(crate) file: &'s str,
    text: &'s str,
    pub(crate) faults: &'s Faults,
    /// Names in the header, in the order of the file.
    pub(crate) header: Vec<String>,
}

/// One record.
pub(crate) struct Record<'r> {
    fields: &'r StringRecord,
    /// Line, from 1, on which it begins.
    pub(crate) line: u32,
}

impl Record<'_> {
    /// A field without blanks around it; empty if there is no such column.
    pub(crate) fn get(&self, column: Option<usize>) -> &str {
        column
            .and_then(|column| self.fields.get(column))
            .map_or("", str::trim)
    }
}

/// The text of a file, without its byte order mark; a fault if it is too large or not UTF-8.
pub(crate) fn text<'s>(
    file: &str,
    bytes: &'s [u8],
    bytes_max: usize,
    faults: &Faults,
) -> Option<&'s str> {
    if bytes.len() > bytes_max {
        faults.broken(file);
        let what = format!("the file has {} bytes, more than {bytes_max}", bytes.len());
        faults.error((file, (0, 0)), "too-large", what, "Split the file");
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            faults.broken(file);
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
            let place = (u32::try_from(line).unwrap_or(u32::MAX), 0);
            faults.error(
                (file, place),
                "not-utf8",
                "the line is not UTF-8",
                "Save the file as UTF-8",
            );
            None
        }
    }
}

impl<'s> Sheet<'s> {
    /// Reads the header. `required` must be there; other names than `known` are a fault only if `closed`.
    pub(crate) fn open(
        file: &'s str,
        bytes: &'s [u8],
        faults: &'s Faults,
        (required, known): (&[&str], &[&str]),
        closed: bool,
    ) -> Option<Self> {
        let text = text(file, bytes, CSV_BYTES_MAX, faults)?;
        let mut header = StringRecord::new();
        let read = reader(text).read_record(&mut header);
        let mut sheet = Self {
            file,
            text,
            faults,
            header: Vec::new(),
        };
        if !matches!(read, Ok(true)) {
            sheet.broken(
                "no-header",
                0,
                "the file has no header".into(),
                header_line(required),
            );
            return None;
        }
        if header.len() > COLUMNS_MAX {
            let what = format!(
                "the file has {} columns, more than {COLUMNS_MAX}",
                header.len()
            );
            sheet.broken("too-many", 0, what, "Move columns to another series".into());
            return None;
        }
        sheet.header = header.iter().map(|name| name.trim().to_owned()).collect();
        sheet.check_header(required, known, closed).then_some(sheet)
    }

    fn broken(&self, code: &'static str, column: usize, what: String, mend: String) {
        self.faults.broken(self.file);
        self.faults
            .error((self.file, (1, ordinal(column))), code, what, mend);
    }

    /// The file can be read on: no required column is missing, and none is there twice.
    fn check_header(&self, required: &[&str], known: &[&str], closed: bool) -> bool {
        let mut sound = true;
        for (at, name) in self.header.iter().enumerate() {
            if self.header.iter().take(at).any(|before| before == name) {
                sound = false;
                let what = format!("the column `{}` is there twice", short(name));
                self.broken("twice", at + 1, what, "Take one of them out".into());
            } else if closed && !known.contains(&name.as_str()) {
                let what = format!("unknown column `{}`", short(name));
                let mend = did_you_mean(name, known.iter().copied(), "Take it out");
                self.faults.error(
                    (self.file, (1, ordinal(at + 1))),
                    "unknown-column",
                    what,
                    mend,
                );
            }
        }
        for name in required {
            if self.column(name).is_none() {
                sound = false;
                let what = format!("there is no column `{name}`");
                self.broken("missing-column", 0, what, header_line(required));
            }
        }
        sound
    }

    /// Index of a column.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    /// Room for what [`Self::each`] hands out: the lines of the text. A text with other line ends may have more.
    pub(crate) fn rows_max(&self) -> usize {
        let lines = self.text.bytes().filter(|byte| *byte == b'\n').count();
        lines.clamp(1, ROWS_MAX)
    }

    /// Every record of the right length.
    pub(crate) fn each(&self, mut take: impl FnMut(&Record<'_>)) {
        let mut reader = reader(self.text);
        let mut fields = StringRecord::new();
        let mut lines = Lines::default();
        let mut count = 0_usize;
        loop {
            let at = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
            match reader.read_record(&mut fields) {
                Ok(true) => {}
                // What the text is made of was checked before, and lengths are checked below.
                Ok(false) | Err(_) => return,
            }
            let line = lines.of(self.text, at);
            count += 1;
            if count == 1 {
                continue;
            }
            if count > ROWS_MAX + 1 {
                let what = format!("the file has more than {ROWS_MAX} rows");
                let mend = "Split the series";
                self.faults
                    .error((self.file, (line, 0)), "too-many", what, mend);
                return;
            }
            let record = Record {
                fields: &fields,
                line,
            };
            if self.is_whole(&record) {
                take(&record);
            }
        }
    }

    fn is_whole(&self, record: &Record<'_>) -> bool {
        let (wanted, found) = (self.header.len(), record.fields.len());
        if wanted != found {
            let what = format!("the row has {found} fields, not {wanted}");
            let mend = "Write one field for each column, and quote fields that have commas";
            self.faults
                .error((self.file, (record.line, 0)), "ragged-row", what, mend);
            return false;
        }
        for (at, field) in record.fields.iter().enumerate() {
            if field.len() > FIELD_CHARS_MAX && field.chars().nth(FIELD_CHARS_MAX).is_some() {
                let what = format!("the field has more than {FIELD_CHARS_MAX} characters");
                let mend = "Shorten it, and look for a quote that is not closed";
                let place = (record.line, ordinal(at + 1));
                self.faults
                    .error((self.file, place), "too-long", what, mend);
                return false;
            }
        }
        true
    }

    /// A fault in a column of a record.
    pub(crate) fn error(
        &self,
        record: &Record<'_>,
        column: &str,
        code: &'static str,
        (what, mend): (impl Into<String>, impl Into<String>),
    ) {
        let place = (record.line, self.place(column));
        self.faults.error((self.file, place), code, what, mend);
    }

    /// Number of a column, from 1; 0 if there is none.
    pub(crate) fn place(&self, column: &str) -> u32 {
        self.column(column).map_or(0, |at| ordinal(at + 1))
    }
}

/// A count as lines and columns are counted.
pub(crate) fn ordinal(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn header_line(required: &[&str]) -> String {
    format!(
        "Begin the file with a header that has {}",
        required.join(",")
    )
}

fn reader(text: &str) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
}

/// Counts lines up to a growing place. The reader's own count is off after blank lines and at `\r\n`, since it stands
/// before what ended the record.
#[derive(Default)]
pub(crate) struct Lines {
    at: usize,
    newlines: u32,
}

impl Lines {
    /// The line at or after the byte `from`, from 1; `from` must not be before the one asked for last.
    pub(crate) fn of(&mut self, text: &str, from: usize) -> u32 {
        let bytes = text.as_bytes();
        let mut to = from;
        while matches!(bytes.get(to), Some(b'\n' | b'\r')) {
            to += 1;
        }
        let between = bytes.get(self.at..to).unwrap_or_default();
        let found = between.iter().filter(|byte| **byte == b'\n').count();
        self.newlines = self.newlines.saturating_add(ordinal(found));
        self.at = to;
        self.newlines.saturating_add(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> (Vec<(u32, String)>, Vec<String>) {
        let faults = Faults::default();
        let mut rows = Vec::new();
        if let Some(sheet) = Sheet::open(
            "a.csv",
            text.as_bytes(),
            &faults,
            (&["a"], &["a", "b"]),
            true,
        ) {
            sheet.each(|record| rows.push((record.line, record.get(sheet.column("b")).to_owned())));
        }
        (
            rows,
            faults.into_list().iter().map(ToString::to_string).collect(),
        )
    }

    #[test]
    fn a_row_stands_on_its_line_however_lines_end() {
        let rows = |text: &str| lines(text).0;
        let wanted = [
            (2, "1".to_owned()),
            (3, "x\ny".to_owned()),
            (6, "3".to_owned()),
        ];
        let text = "a,b\n1,1\n2,\"x\ny\"\n\n3, 3 \n";
        assert_eq!(rows(text), wanted);
        assert_eq!(rows(&format!("\u{feff}{text}")), wanted);
        let crlf = rows(&text.replace('\n', "\r\n"));
        assert_eq!(
            crlf.iter().map(|(line, _)| *line).collect::<Vec<_>>(),
            [2, 3, 6]
        );
    }

    #[test]
    fn headers_and_ragged_rows_are_named() {
        assert_eq!(
            lines("").1,
            ["a.csv:1:0: the file has no header. Begin the file with a header that has a"]
        );
        assert_eq!(
            lines("b\n1").1,
            ["a.csv:1:0: there is no column `a`. Begin the file with a header that has a"]
        );
        assert_eq!(
            lines("a,a\n").1,
            ["a.csv:1:2: the column `a` is there twice. Take one of them out"]
        );
        assert_eq!(
            lines("a,bb\n").1,
            ["a.csv:1:2: unknown column `bb`. Take it out"]
        );
        let (rows, faults) = lines("a,b\n1\n2,2\n3,3,3\n");
        assert_eq!(rows, [(3, "2".to_owned())]);
        assert_eq!(faults.len(), 2);
        assert!(
            faults[0].starts_with("a.csv:2:0: the row has 1 fields, not 2. "),
            "{}",
            faults[0]
        );
    }

    #[test]
    fn sizes_have_limits() {
        let wide = format!("a,{}", "b,".repeat(COLUMNS_MAX));
        assert!(lines(&wide).1[0].contains("columns, more than 32"));
        let long = format!("a\n{}\n1\n", "ā".repeat(FIELD_CHARS_MAX + 1));
        let (rows, faults) = lines(&long);
        assert_eq!((rows.len(), faults.len()), (1, 1));
        assert!(
            lines(&format!("a\n{}\n", "ā".repeat(FIELD_CHARS_MAX)))
                .1
                .is_empty()
        );
        let faults = Faults::default();
        assert_eq!(text("a", b"12345", 4, &faults), None);
        assert_eq!(text("b", b"1\n\xff", 4, &faults), None);
        let list = faults.into_list();
        assert_eq!(
            (list[0].code, list[1].code, list[1].line),
            ("too-large", "not-utf8", 2)
        );
    }
}
