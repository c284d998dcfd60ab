//! The same figures for machines: one JSON document, and a CSV file (RFC 4180) for each table. Every line says by which
//! definitions, when and from how much of the evidence log it was counted.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use cairn_app::App;
use cairn_app::figures::Figures;
use cairn_desk::figures::notices::Hours;
use cairn_desk::figures::{Cell, Spread};
use cairn_kernel::money::decimals;
use cairn_kernel::text::csv_cell;
use serde_json::{Map, Value as Json, json};

use crate::api::ProblemDocument;
use crate::form::Form;
use crate::problem::{Problem, Result};

/// One value of a table.
enum Value {
    Text(String),
    Count(u64),
    /// Exact decimal number.
    Decimal(String),
    Flag(bool),
    /// Too small to be shown.
    Hidden,
    /// No figure was found.
    Missing,
}

impl From<Cell> for Value {
    fn from(cell: Cell) -> Self {
        cell.count().map_or(Self::Hidden, Self::Count)
    }
}

impl Value {
    fn json(&self) -> Json {
        match self {
            Self::Text(text) | Self::Decimal(text) => json!(text),
            Self::Count(n) => json!(n),
            Self::Flag(flag) => json!(flag),
            Self::Hidden => json!("hidden"),
            Self::Missing => Json::Null,
        }
    }

    fn csv(&self) -> String {
        match self {
            Self::Text(text) => quoted(&csv_cell(text)),
            Self::Decimal(text) => text.clone(),
            Self::Count(n) => n.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Hidden => "hidden".to_owned(),
            Self::Missing => String::new(),
        }
    }
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

struct Table {
    name: &'static str,
    definitions: &'static [&'static str],
    columns: &'static [&'static str],
    rows: Vec<Vec<Value>>,
}

/// Minor units as a decimal number of major units.
fn major(currency: &str, minor: i64) -> String {
    let places = usize::from(decimals(currency).unwrap_or(2));
    let digits = format!("{:0>width$}", minor.unsigned_abs(), width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    let sign = if minor < 0 { "-" } else { "" };
    if part.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{part}")
    }
}

fn tenths(value: u64) -> String {
    format!("{}.{}", value / 10, value % 10)
}

fn quarters(figures: &Figures) -> Table {
    let row = |q: &cairn_desk::figures::QuarterFigures| {
        vec![
            Value::Text(q.quarter.to_string()),
            Value::Flag(q.running),
            q.incidents.into(),
            q.loss_minor.map_or(Value::Hidden, |minor| {
                Value::Decimal(major(&figures.currency, minor))
            }),
            Value::Text(figures.currency.clone()),
            q.with_amount.into(),
            q.held.into(),
            q.no_rate.into(),
            q.share_with_loss
                .map_or(Value::Hidden, |share| Value::Decimal(tenths(share))),
        ]
    };
    Table {
        name: "quarters",
        definitions: &["incidents", "loss", "amount_given", "share_with_loss"],
        columns: &[
            "quarter",
            "running",
            "incidents",
            "loss",
            "currency",
            "with_amount",
            "loss_not_verified",
            "loss_without_rate",
            "share_with_loss_percent",
        ],
        rows: figures.quarters.iter().map(row).collect(),
    }
}

fn categories(figures: &Figures) -> Table {
    let rows = figures.quarters.iter().flat_map(|q| {
        q.categories.iter().map(|category| {
            vec![
                Value::Text(q.quarter.to_string()),
                Value::Flag(q.running),
                Value::Text(category.code.clone()),
                category.incidents.into(),
                category.loss_minor.map_or(Value::Hidden, |minor| {
                    Value::Decimal(major(&figures.currency, minor))
                }),
                Value::Text(figures.currency.clone()),
            ]
        })
    });
    Table {
        name: "categories",
        definitions: &["category", "category_loss"],
        columns: &[
            "quarter",
            "running",
            "category",
            "incidents",
            "loss",
            "currency",
        ],
        rows: rows.collect(),
    }
}

fn spread(
    figures: &Figures,
    name: &'static str,
    definitions: &'static [&'static str],
    spread: &Spread,
) -> Table {
    let (from, to) = figures.year;
    let row = |(code, cell): &(String, Cell)| {
        vec![
            Value::Text(from.to_string()),
            Value::Text(to.to_string()),
            Value::Text(code.clone()),
            (*cell).into(),
            spread
                .response
                .map_or(Value::Hidden, |share| Value::Decimal(tenths(share))),
        ]
    };
    Table {
        name,
        definitions,
        columns: &["from", "to", "code", "incidents", "response_rate_percent"],
        rows: spread.cells.iter().map(row).collect(),
    }
}

fn published(series: &[cairn_desk::figures::national::Published]) -> Table {
    let row = |row: &cairn_desk::figures::national::Published| {
        let loss = row.loss_thousands.map(|n| {
            let millions = format!("{}.{:03}", n / 1_000, n % 1_000);
            Value::Decimal(millions)
        });
        vec![
            Value::Text(row.quarter.to_string()),
            row.incidents.map_or(Value::Missing, Value::Count),
            Value::Text(row.incidents_mark.as_str().to_owned()),
            loss.unwrap_or(Value::Missing),
            Value::Text(row.loss_mark.as_str().to_owned()),
            Value::Text(row.broken.map_or("", |b| b.as_str()).to_owned()),
            Value::Text(row.note.en.clone()),
            Value::Text(row.note.mi.clone()),
            Value::Text(row.source.clone()),
        ]
    };
    Table {
        name: "national",
        definitions: &["national"],
        columns: &[
            "quarter",
            "incidents",
            "incidents_mark",
            "loss_nzd_million",
            "loss_mark",
            "break",
            "note_en",
            "note_mi",
            "source",
        ],
        rows: series.iter().map(row).collect(),
    }
}

/// How long it took from notices until what they told of was gone; `all` is all classes together.
fn notices(figures: &Figures) -> Table {
    let rows = figures.notices.iter().flat_map(|one| {
        let quarter = || Value::Text(one.quarter.to_string());
        let hours =
            |median: Option<Hours>| median.map_or(Value::Hidden, |told| Value::Count(told.0));
        let all = vec![
            quarter(),
            Value::Text("all".to_owned()),
            one.gone.into(),
            hours(one.median),
        ];
        let classes = one.classes.iter().map(move |(class, median)| {
            vec![
                quarter(),
                Value::Text(class.clone()),
                Value::Missing,
                hours(*median),
            ]
        });
        std::iter::once(all).chain(classes).collect::<Vec<_>>()
    });
    Table {
        name: "notices",
        definitions: &["notice_gone"],
        columns: &["quarter", "class", "gone", "median_hours"],
        rows: rows.collect(),
    }
}

fn tables(app: &App, figures: &Figures) -> Result<Vec<Table>> {
    let mut all = vec![
        quarters(figures),
        categories(figures),
        spread(figures, "regions", &["region"], &figures.regions),
        spread(figures, "ages", &["age_band"], &figures.ages),
        spread(figures, "affected", &["affected"], &figures.affected),
        spread(figures, "loss_bands", &["loss_band"], &figures.loss_bands),
        notices(figures),
    ];
    all.extend(app.national()?.as_deref().map(published));
    Ok(all)
}

/// The figures that `?vintage=20261231` asks for, or else today's.
async fn asked(app: &App, uri: &Uri) -> Result<Arc<Figures>> {
    let form = Form::parse(uri.query().unwrap_or_default().as_bytes())?;
    match form.get("vintage") {
        None => Ok(app.figures().await?),
        Some(day) => {
            let day = day.parse().map_err(|_| Problem::not_found())?;
            Ok(Arc::new(app.figures_of(day).await?))
        }
    }
}

/// `category@1`
fn definitions(figures: &Figures, table: &Table) -> String {
    let known = table.definitions.iter();
    let known = known.filter_map(|id| figures.definitions.get(id));
    let named: Vec<String> = known.map(|d| format!("{}@{}", d.id, d.version)).collect();
    named.join(" ")
}

/// Open to any site, and kept by browsers as long as the count itself.
fn open_data(kind: &'static str, body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=60"),
        ),
        (
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            HeaderValue::from_static("*"),
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("cross-origin"),
        ),
    ];
    (headers, body).into_response()
}

/// All figures with their definitions, as open data.
#[utoipa::path(
    get,
    path = "/figures.json",
    tag = "Figures",
    responses((status = 200, description = "Tables by name, each with its definitions and rows, when they were counted and at which size of the log", body = Object))
)]
pub(crate) async fn json(State(app): State<App>, uri: Uri) -> Result<Response> {
    let figures = asked(&app, &uri).await?;
    let mut all = Map::new();
    for table in tables(&app, &figures)? {
        let object = |row: &Vec<Value>| -> Json {
            let cells = table.columns.iter().zip(row);
            Json::Object(
                cells
                    .map(|(name, value)| ((*name).to_owned(), value.json()))
                    .collect(),
            )
        };
        let rows: Vec<Json> = table.rows.iter().map(object).collect();
        all.insert(
            table.name.to_owned(),
            json!({ "definitions": definitions(&figures, &table), "rows": rows }),
        );
    }
    let document = json!({
        "vintage": figures.day,
        "counted_at": figures.at.to_string(),
        "log_size": figures.log_size,
        "currency": figures.currency,
        "hidden": format!(
            "\"hidden\" stands for a figure that is not shown: counts from 1 to {} and what would give them away, \
             sums that one loss dominates, and categories and losses of a quarter that is not over. null stands for a figure that was not found.",
            figures.definitions.rules.few.saturating_sub(1)
        ),
        "definitions": figures.definitions.list,
        "tables": all,
    });
    Ok(open_data("application/json", document.to_string()))
}

/// One table of the figures. Each line ends with the definitions, the size of the log and the moment of the count.
#[utoipa::path(
    get,
    path = "/figures/{table}.csv",
    tag = "Figures",
    params(("table" = String, Path, description = "`quarters`, `categories`, `regions`, `ages`, `affected`, `loss_bands`, `notices` or `national`")),
    responses(
        (status = 200, description = "The table (RFC 4180)", body = String, content_type = "text/csv"),
        (status = 404, description = "No such table", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn csv(
    State(app): State<App>,
    Path(file): Path<String>,
    uri: Uri,
) -> Result<Response> {
    let name = file.strip_suffix(".csv").ok_or_else(Problem::not_found)?;
    let figures = asked(&app, &uri).await?;
    let all = tables(&app, &figures)?;
    let table = all.iter().find(|table| table.name == name);
    let table = table.ok_or_else(Problem::not_found)?;
    let origin = format!(
        ",{},{},{}\r\n",
        definitions(&figures, table),
        figures.log_size,
        figures.at
    );
    let mut out = table.columns.join(",");
    out.push_str(",definitions,log_size,counted_at\r\n");
    for row in &table.rows {
        for (at, value) in row.iter().enumerate() {
            // Writing to a String doesn't fail.
            let _ = write!(out, "{}{}", if at > 0 { "," } else { "" }, value.csv());
        }
        out.push_str(&origin);
    }
    Ok(open_data("text/csv; charset=utf-8", out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_safe_in_spreadsheets_and_exact() {
        assert_eq!(
            Value::Text("=1+1,\"x\"".into()).csv(),
            "\"'=1+1,\"\"x\"\"\""
        );
        assert_eq!(Value::Hidden.csv(), "hidden");
        assert_eq!(Value::Missing.csv(), "");
        assert_eq!(major("NZD", 123_456), "1234.56");
        assert_eq!(major("NZD", 5), "0.05");
        assert_eq!(major("JPY", 700), "700");
        assert_eq!(tenths(1_000), "100.0");
    }
}
