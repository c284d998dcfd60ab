//! Rows at the end of CSV files that are there.

use csv::{ReaderBuilder, StringRecord};

use super::super::text::record;

/// The file with one more row; `None` if it has no header. What is there stays as it is, byte for byte, unless the row fills
/// a column that the file does not have: then every row gets that column, at its end.
pub(super) fn append(there: &str, fields: &[(&str, String)]) -> Option<String> {
    let mut header = header(there)?;
    let filled = fields.iter().filter(|(_, value)| !value.is_empty());
    let lacking: Vec<&str> = filled
        .map(|(name, _)| *name)
        .filter(|name| !header.iter().any(|column| column == name))
        .collect();
    let mut out = if lacking.is_empty() {
        there.to_owned()
    } else {
        header.extend(lacking.iter().map(|name| (*name).to_owned()));
        widened(there, &lacking)
    };
    let end = if out.contains("\r\n") { "\r\n" } else { "\n" };
    if !out.ends_with('\n') {
        out.push_str(end);
    }
    let row = record(header.iter().map(|name| {
        let field = fields.iter().find(|(column, _)| column == name);
        field.map_or("", |(_, value)| value.as_str())
    }));
    out.push_str(row.trim_end_matches('\n'));
    out.push_str(end);
    Some(out)
}

fn header(text: &str) -> Option<Vec<String>> {
    let mut record = StringRecord::new();
    let read = reader(text).read_record(&mut record).ok()?;
    let names = record
        .iter()
        .map(|name| name.trim().trim_start_matches('\u{feff}'));
    read.then(|| names.map(str::to_owned).collect())
}

/// The text with these columns at the end of its header, and empty ones at the end of each other record.
fn widened(text: &str, columns: &[&str]) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let (mut reader, mut fields) = (reader(text), StringRecord::new());
    let mut from = 0;
    let mut first = true;
    while matches!(reader.read_record(&mut fields), Ok(true)) {
        let to = usize::try_from(reader.position().byte()).unwrap_or(text.len());
        let Some(part) = text.get(from..to) else {
            break;
        };
        let whole = part.trim_end_matches(['\n', '\r']);
        out.push_str(whole);
        for name in columns {
            out.push(',');
            if first {
                out.push_str(name);
            }
        }
        out.push_str(part.get(whole.len()..).unwrap_or_default());
        (from, first) = (to, false);
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

fn reader(text: &str) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rows_come_at_the_end_and_columns_where_they_lack() {
        let row = [("id", "b".to_owned()), ("title", "B, b".to_owned())];
        assert_eq!(
            append("id,title\na,A", &row).unwrap(),
            "id,title\na,A\nb,\"B, b\"\n"
        );
        assert_eq!(
            append("id,title,kind\r\n\r\na,A,x\r\n", &row).unwrap(),
            "id,title,kind\r\n\r\na,A,x\r\nb,\"B, b\",\r\n"
        );
        assert_eq!(
            append("id\n\"a\nb\"\n\nc\n", &row).unwrap(),
            "id,title\n\"a\nb\",\n\nc,\nb,\"B, b\"\n"
        );
        assert_eq!(append("", &row), None);
    }

    proptest! {
        #[test]
        fn every_field_is_there_and_those_before_stay(
            rows in proptest::collection::vec(proptest::collection::vec("[a-c,\"\n ā]{1,5}", 2..=2), 0..5),
            value in "[a-c,\"\n ā]{1,5}",
            wide in any::<bool>(),
            windows in any::<bool>(),
        ) {
            let mut text = record(["x", "y"]);
            for row in &rows {
                text.push_str(&record(row));
            }
            if windows {
                text = text.replace('\n', "\r\n");
            }
            let name = if wide { "z" } else { "y" };
            let out = append(&text, &[(name, value.clone())]).unwrap();
            if !wide {
                prop_assert!(out.starts_with(&text));
            }
            let read = |text: &str| -> Vec<Vec<String>> {
                let all = ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes()).into_records();
                all.map(|one| one.unwrap().iter().map(str::to_owned).collect()).collect()
            };
            let (before, after) = (read(&text), read(&out));
            prop_assert_eq!(after.len(), before.len() + 1);
            for (old, new) in before.iter().zip(&after) {
                prop_assert_eq!(&old[..], &new[..2]);
            }
            prop_assert_eq!(after.last().unwrap().last().unwrap(), &value);
        }
    }
}
