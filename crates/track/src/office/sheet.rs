//! A CSV file from elsewhere, with the line of each record.

use csv::{ReaderBuilder, StringRecord};

use crate::plan::fault::Faults;
use crate::plan::limits::{CSV_BYTES_MAX, FIELD_CHARS_MAX, ROWS_MAX};
use crate::plan::{Lines, ordinal};

/// Most columns that are read: a wide table has one for each series.
pub(super) const COLUMNS_MAX: usize = 2_000;

/// A table.
pub(super) struct Sheet {
    /// Names of the columns, without blanks around them.
    pub(super) header: Vec<String>,
    /// Records of as many fields as there are columns, each with the line on which it begins, from 1.
    pub(super) rows: Vec<(u32, StringRecord)>,
    /// Records that were left out; each of them is a fault.
    pub(super) refused: usize,
}

/// Reads a table; its fields are parted by commas, or by semicolons or tabs if the header has more of them. A row of blank
/// fields is none. `None` if there is no header or too much of everything.
pub(super) fn read(file: &str, text: &str, faults: &Faults) -> Option<Sheet> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > CSV_BYTES_MAX {
        let what = format!(
            "the file has {} bytes, more than {CSV_BYTES_MAX}",
            text.len()
        );
        faults.error((file, (0, 0)), "too-large", what, "Split the file");
        return None;
    }
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut lines = Lines::default();
    let mut sheet: Option<Sheet> = None;
    loop {
        let at = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        let mut record = StringRecord::new();
        // What the text is made of is known, and lengths are checked below.
        if !matches!(reader.read_record(&mut record), Ok(true)) {
            break;
        }
        let line = lines.of(text, at);
        if record.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        match &mut sheet {
            None => sheet = Some(open(file, line, &record, faults)?),
            Some(sheet) if sheet.rows.len() == ROWS_MAX => {
                let what = format!("the file has more than {ROWS_MAX} rows");
                faults.error((file, (line, 0)), "too-many", what, "Split the file");
                sheet.refused += 1 + reader.records().count();
                break;
            }
            Some(sheet) if is_whole(file, line, &record, sheet.header.len(), faults) => {
                sheet.rows.push((line, record));
            }
            Some(sheet) => sheet.refused += 1,
        }
    }
    if sheet.is_none() {
        let mend = "Begin the file with a line that names its columns";
        faults.error((file, (0, 0)), "no-header", "the file is empty", mend);
    }
    sheet
}

fn delimiter(text: &str) -> u8 {
    let header = text.lines().find(|line| !line.trim().is_empty());
    let header = header.unwrap_or_default();
    let count = |c: char| header.matches(c).count();
    let (commas, semicolons, tabs) = (count(','), count(';'), count('\t'));
    if semicolons > commas && semicolons >= tabs {
        b';'
    } else if tabs > commas {
        b'\t'
    } else {
        b','
    }
}

fn open(file: &str, line: u32, record: &StringRecord, faults: &Faults) -> Option<Sheet> {
    if record.len() > COLUMNS_MAX {
        let what = format!(
            "the file has {} columns, more than {COLUMNS_MAX}",
            record.len()
        );
        faults.error((file, (line, 0)), "too-many", what, "Split the file");
        return None;
    }
    Some(Sheet {
        header: record.iter().map(|name| name.trim().to_owned()).collect(),
        rows: Vec::new(),
        refused: 0,
    })
}

fn is_whole(file: &str, line: u32, record: &StringRecord, columns: usize, faults: &Faults) -> bool {
    if record.len() != columns {
        let what = format!(
            "the row has {} fields, and the header {columns}",
            record.len()
        );
        let mend = "Write one field for each column, and quote fields that have commas";
        faults.error((file, (line, 0)), "ragged-row", what, mend);
        return false;
    }
    let long =
        |field: &str| field.len() > FIELD_CHARS_MAX && field.chars().nth(FIELD_CHARS_MAX).is_some();
    let Some(at) = record.iter().position(long) else {
        return true;
    };
    let what = format!("the field has more than {FIELD_CHARS_MAX} characters");
    let mend = "Shorten it, and look for a quote that is not closed";
    faults.error((file, (line, column(at))), "too-long", what, mend);
    false
}

/// Number of a column, from 1.
pub(super) fn column(at: usize) -> u32 {
    ordinal(at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> (Vec<String>, Vec<String>) {
        let faults = Faults::default();
        let sheet = read("a.csv", text, &faults);
        let rows = sheet.map_or_else(Vec::new, |sheet| {
            let rows = sheet.rows.iter();
            rows.map(|(line, record)| {
                format!("{line}:{}", record.iter().collect::<Vec<_>>().join("|"))
            })
            .collect()
        });
        (
            rows,
            faults.into_list().iter().map(ToString::to_string).collect(),
        )
    }

    #[test]
    fn rows_have_their_lines_whatever_parts_the_fields() {
        for text in [
            "a,b\n1,2\n\n,\n3,\"x\ny\"\n4,5\n",
            "\u{feff}a;b\r\n1;2\r\n\r\n;\r\n3;\"x\ny\"\r\n4;5\r\n",
            "\na\tb\n1\t2\n\t\n3\t\"x\ny\"\n4\t5",
        ] {
            let (rows, faults) = told(text);
            assert_eq!(
                rows,
                ["2:1|2", "5:3|x\ny", "7:4|5"].map(|row| {
                    // The third text begins one line later and has one blank line less.
                    if text.starts_with('\n') {
                        row.replace("2:1", "3:1")
                    } else {
                        row.to_owned()
                    }
                }),
                "{text:?}"
            );
            assert_eq!(faults, Vec::<String>::new());
        }
    }

    #[test]
    fn what_is_left_out_is_named() {
        let (rows, faults) = told("a,b\n1\n2,2\n3,3,3\n");
        assert_eq!(rows, ["3:2|2"]);
        assert!(faults[0].starts_with("a.csv:2:0: the row has 1 fields, and the header 2. "));
        assert_eq!(faults.len(), 2);
        assert_eq!(
            told("").1,
            ["a.csv:0:0: the file is empty. Begin the file with a line that names its columns"]
        );
        let long = format!("a,b\n1,{}\n", "ā".repeat(FIELD_CHARS_MAX + 1));
        assert!(told(&long).1[0].starts_with("a.csv:2:2: the field has more"));
        let wide = "x,".repeat(COLUMNS_MAX + 1);
        assert!(told(&wide).1[0].contains("more than 2000"));
    }
}
