//! Reports taken out in bulk: what lists show, never bodies or contact details. Read in pages by number, newest first,
//! so that memory stays small however many there are. Each export is logged before its first byte.

use cairn_desk::access::Action;
use cairn_desk::account::AccountChange;
use cairn_kernel::text::csv_cell;
use cairn_store::report::{Filter, LIST_ROWS_MAX, Order, Summary};
use cairn_store::writer::Unit;
use serde_json::{Map, Value, json};

use crate::App;
use crate::account::Doer;
use crate::report::AppError;

/// How the rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// RFC 4180 with a line of headings; cells that a spreadsheet would take for a formula begin with `'`.
    #[default]
    Csv,
    /// One JSON object a line, text as it is.
    Jsonl,
}

impl Format {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Csv, Self::Jsonl];

    /// Name on the command line and ending of the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == text)
    }

    /// Media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Jsonl => "application/jsonl; charset=utf-8",
        }
    }
}

/// Names of the columns and what stands in them, in order.
pub const COLUMNS: [(&str, &str); 21] = [
    ("reference", "public reference"),
    (
        "received_at",
        "when it came in, UTC (RFC 3339); the hour only for anonymous reports",
    ),
    (
        "quarter",
        "quarter of receipt in the country's time zone, like 2026-Q4",
    ),
    ("channel", "web, api or mail"),
    ("language", "language of the reporter (BCP 47)"),
    ("anonymous", "true or false"),
    ("suspect", "true if a machine probably sent it"),
    ("label", "handling label (TLP 2.0)"),
    (
        "category_reported",
        "category that the answers suggested (code)",
    ),
    ("category", "category as it stands (code)"),
    ("subtype", "sub-type (code), or empty"),
    ("severity", "1 (national emergency) to 6 (minor)"),
    ("state", "received, open, waiting or closed"),
    ("outcome", "outcome (code), once closed"),
    ("affected", "individual or organisation"),
    ("region", "ISO 3166-2 code, or empty"),
    ("age_band", "age band (code), or empty"),
    ("sector", "sector (code), or empty"),
    ("loss", "yes, no or not_known"),
    (
        "loss_minor",
        "direct financial loss in the base currency's minor unit, or empty",
    ),
    ("title", "first words, as the reporter wrote them"),
];

/// What is to be taken out.
#[derive(Debug, Clone, Default)]
pub struct ExportQuery {
    /// How.
    pub format: Format,
    /// One category, or all.
    pub category: Option<String>,
}

/// An export under way.
pub struct Export {
    app: App,
    query: ExportQuery,
    after: Option<i64>,
    begun: bool,
    over: bool,
    /// Rows so far.
    pub rows: u64,
}

impl App {
    /// Begins an export, noting it in the log.
    ///
    /// # Errors
    /// [`AppError::Denied`]; an unknown category is [`AppError::Input`].
    pub async fn begin_export(
        &self,
        doer: Doer<'_>,
        query: ExportQuery,
    ) -> Result<Export, AppError> {
        let by = doer.actor(Action::ExportReports)?;
        if let Some(code) = &query.category
            && self.form.taxonomy().category(code).is_none()
        {
            return Err(AppError::Input(format!("there is no category {code:?}")));
        }
        let change = AccountChange::ReportsExported {
            format: query.format.as_str().to_owned(),
            category: query.category.clone(),
        };
        let unit = Unit {
            entries: vec![self.account_entry(by, change)?],
            ..Unit::default()
        };
        self.store.write(unit).await?;
        Ok(Export {
            app: self.clone(),
            query,
            after: None,
            begun: false,
            over: false,
            rows: 0,
        })
    }
}

impl Export {
    /// The next piece of the file; `None` at its end.
    ///
    /// # Errors
    /// The store could not be read; the file is then not whole.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, AppError> {
        if self.over {
            return Ok(None);
        }
        let filter = Filter {
            category: self.query.category.clone(),
            all: true,
            order: Order::Newest,
            after: self.after.map(|no| (0, no)),
            limit: LIST_ROWS_MAX,
            ..Filter::default()
        };
        let rows = self.app.store.reports(&filter).await?;
        self.over = rows.len() < LIST_ROWS_MAX;
        self.after = rows.last().map(|row| row.no);
        self.rows += rows.len() as u64;
        let mut out = String::new();
        if !self.begun && self.query.format == Format::Csv {
            csv_line(&mut out, COLUMNS.iter().map(|(name, _)| (*name).to_owned()));
        }
        self.begun = true;
        for row in &rows {
            let values = self.app.exported(row);
            match self.query.format {
                Format::Csv => csv_line(&mut out, values.into_iter().map(|value| cell(&value))),
                Format::Jsonl => {
                    let names = COLUMNS.iter().map(|(name, _)| (*name).to_owned());
                    let object: Map<String, Value> = names.zip(values).collect();
                    out.push_str(&Value::Object(object).to_string());
                    out.push('\n');
                }
            }
        }
        Ok(Some(out.into_bytes()))
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => csv_cell(text).into_owned(),
        other => other.to_string(),
    }
}

/// Every cell that needs it in quotes (RFC 4180).
pub(crate) fn csv_line(out: &mut String, cells: impl Iterator<Item = String>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(',');
        }
        if cell.contains(['"', ',', '\n', '\r', ';', '\t']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
}

impl App {
    /// The values of [`COLUMNS`].
    fn exported(&self, row: &Summary) -> [Value; COLUMNS.len()] {
        [
            json!(self.reference(row.no)),
            json!(row.received_at.to_string()),
            json!(format!("{}-Q{}", row.quarter / 10, row.quarter % 10)),
            json!(row.channel),
            json!(row.language),
            json!(row.anonymous),
            json!(row.suspect),
            json!(row.label),
            json!(row.category_reported),
            json!(row.category),
            json!(row.subtype),
            json!(row.severity),
            json!(row.state),
            json!(row.outcome),
            json!(row.affected),
            json!(row.region),
            json!(row.age_band),
            json!(row.sector),
            json!(row.loss),
            json!(row.loss_minor),
            json!(row.title),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_harmless() {
        let mut out = String::new();
        let cells = ["a", "=1+1", "say \"hi\", then\nleave"];
        csv_line(&mut out, cells.iter().map(|text| cell(&json!(text))));
        assert_eq!(out, "a,'=1+1,\"say \"\"hi\"\", then\nleave\"\r\n");
        assert_eq!(
            (cell(&Value::Null), cell(&json!(-5))),
            (String::new(), "-5".into())
        );
    }
}
