//! Lists on standard output.

use cairn_track::site::data::{Datum, table_csv};
use clap::ValueEnum;
use serde::Serialize;

/// How a list is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Columns for people.
    Table,
    /// Comma-separated values with a header, safe for spreadsheets.
    Csv,
    /// One JSON list.
    Json,
}

/// Prints rows under a header, or the values that they were made of as JSON.
///
/// # Errors
/// A value cannot be printed.
pub fn sheet<T: Serialize>(
    format: Format,
    header: &[&str],
    rows: Vec<Vec<String>>,
    values: &[T],
) -> anyhow::Result<()> {
    match format {
        Format::Table => print!("{}", columns(header, &rows)),
        Format::Csv => {
            let rows = rows.into_iter();
            let rows = rows.map(|row| row.into_iter().map(Datum::text).collect());
            print!("{}", table_csv(header, &rows.collect::<Vec<Vec<Datum>>>()));
        }
        Format::Json => println!("{}", serde_json::to_string_pretty(values)?),
    }
    Ok(())
}

/// Each column as wide as its widest field, two blanks apart; the last one as it is.
fn columns(header: &[&str], rows: &[Vec<String>]) -> String {
    let clean = |text: &str| text.replace(char::is_control, " ");
    let head = header.iter().map(|name| (*name).to_owned()).collect();
    let lines = std::iter::once(head).chain(rows.iter().cloned());
    let lines: Vec<Vec<String>> = lines
        .map(|row| row.iter().map(|text| clean(text)).collect())
        .collect();
    let mut widths = vec![0; header.len()];
    for line in &lines {
        for (width, text) in widths.iter_mut().zip(line) {
            *width = text.chars().count().max(*width);
        }
    }
    let mut out = String::new();
    for line in &lines {
        let mut text = String::new();
        for (width, field) in widths.iter().zip(line) {
            text.push_str(&format!("{field:<width$}  "));
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other() {
        let rows = vec![
            vec!["Te Hapū".to_owned(), "1".to_owned(), "a\nb".to_owned()],
            vec!["B".to_owned(), String::new(), "c".to_owned()],
        ];
        assert_eq!(
            columns(&["owner", "n", "title"], &rows),
            "owner    n  title\nTe Hapū  1  a b\nB           c\n"
        );
    }
}
