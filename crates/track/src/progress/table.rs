//! The progress measure over a CSV file: what `cairn track progress --csv FILE` prints.
//!
//! # Columns
//! | column | content | if empty or absent |
//! |---|---|---|
//! | `base_value`, `base_year` | the base | no status |
//! | `current_value`, `current_year` | the latest observation | no status |
//! | `direction` | `1` or `up`: more is better; `-1` or `down`: less is better | a fault; the column is required |
//! | `target` | value to reach | no target was set |
//! | `target_year` | year by which | 2030 |
//! | `limit` | value that cannot be passed, such as 100 for a percentage | none |
//!
//! Numbers have a point and no thousands separator. Years may be `2015`, `2015.0`, or a range such as `2021-23` or
//! `2023/24`, which counts as its first year. Any other column, such as `series`, is passed through. The output has the
//! same columns in the same order and then `progress_value`, `score` and `status`; columns of these names in the input
//! are left out, so that a file can be computed again.

use super::statcan::{Aim, Direction, Outcome, Point, TARGET_YEAR, Why, outcome};

/// Rows of one file.
pub const ROWS_MAX: usize = 1_000_000;
/// Columns of one file.
pub const COLUMNS_MAX: usize = 200;
/// What stands as status of a row that could not be read.
pub const STATUS_ERROR: &str = "error";

/// Columns that are appended.
const COMPUTED: [&str; 3] = ["progress_value", "score", "status"];
/// Columns that have to be there.
const REQUIRED: [&str; 5] = [
    "base_value",
    "base_year",
    "current_value",
    "current_year",
    "direction",
];

/// A row that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct RowFault {
    /// Line of the file, from 1.
    pub line: u64,
    /// What is wrong and how to mend it.
    pub what: String,
}

/// The file as a whole cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// A column is not there.
    #[error("column `{0}` is missing: the first line must name it")]
    Missing(&'static str),
    /// A column is there twice.
    #[error("column `{0}` is named twice")]
    Twice(String),
    /// Too many columns.
    #[error("more than {COLUMNS_MAX} columns")]
    Columns,
    /// Too many rows.
    #[error("more than {ROWS_MAX} rows")]
    Rows,
    /// It is no CSV at all.
    #[error("not a CSV file: {0}")]
    Csv(String),
}

/// The computed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgressCsv {
    /// The rows, each with its progress value, score and status; lines end with a line feed.
    pub csv: String,
    /// Rows that could not be read; they stand in the file with [`STATUS_ERROR`].
    pub faults: Vec<RowFault>,
}

/// Computes every row of a CSV file; see the module for its columns. A row that cannot be read does not stop the others.
///
/// # Errors
/// The first line does not name the columns, or the file is too large; see [`TableError`].
pub fn progress_csv(input: &str) -> Result<ProgressCsv, TableError> {
    let input = input.strip_prefix('\u{feff}').unwrap_or(input);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(input.as_bytes());
    let header = reader.headers().map_err(broken)?.clone();
    let columns = Columns::of(&header)?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(columns.kept(&header).chain(COMPUTED))
        .map_err(broken)?;
    let mut faults = Vec::new();
    for (at, record) in reader.records().enumerate() {
        if at >= ROWS_MAX {
            return Err(TableError::Rows);
        }
        let record = record.map_err(broken)?;
        let computed = row(&record, &columns, header.len()).unwrap_or_else(|what| {
            let line = record.position().map_or(0, csv::Position::line);
            faults.push(RowFault { line, what });
            [String::new(), String::new(), STATUS_ERROR.to_owned()]
        });
        let computed = computed.iter().map(String::as_str);
        writer
            .write_record(columns.kept(&record).chain(computed))
            .map_err(broken)?;
    }
    let bytes = writer.into_inner().map_err(|e| broken(e.into_error()))?;
    let csv = String::from_utf8(bytes).map_err(broken)?;
    Ok(ProgressCsv { csv, faults })
}

fn broken(error: impl ToString) -> TableError {
    TableError::Csv(error.to_string())
}

/// Where the columns stand.
struct Columns {
    required: [usize; 5],
    target: Option<usize>,
    target_year: Option<usize>,
    limit: Option<usize>,
    kept: Vec<usize>,
}

impl Columns {
    fn of(header: &csv::StringRecord) -> Result<Self, TableError> {
        if header.len() > COLUMNS_MAX {
            return Err(TableError::Columns);
        }
        let at = |name: &str| header.iter().position(|column| column.trim() == name);
        for (index, name) in header.iter().enumerate() {
            if at(name.trim()) != Some(index) {
                return Err(TableError::Twice(name.trim().to_owned()));
            }
        }
        let mut required = [0; 5];
        for (place, name) in required.iter_mut().zip(REQUIRED) {
            *place = at(name).ok_or(TableError::Missing(name))?;
        }
        let kept = header.iter().enumerate();
        let kept = kept.filter(|(_, name)| !COMPUTED.contains(&name.trim()));
        Ok(Self {
            required,
            target: at("target"),
            target_year: at("target_year"),
            limit: at("limit"),
            kept: kept.map(|(index, _)| index).collect(),
        })
    }

    /// The columns passed through; where a row is too short, empty ones.
    fn kept<'a>(&self, record: &'a csv::StringRecord) -> impl Iterator<Item = &'a str> {
        self.kept
            .iter()
            .map(|at| record.get(*at).unwrap_or_default())
    }
}

/// Progress value, score and status of one row, or what is wrong with it.
fn row(record: &csv::StringRecord, columns: &Columns, width: usize) -> Result<[String; 3], String> {
    if record.len() != width {
        return Err(format!(
            "{} fields where the first line has {width}: write a field that holds a comma in quotation marks",
            record.len()
        ));
    }
    let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default().trim();
    let [
        base_value,
        base_year,
        current_value,
        current_year,
        direction,
    ] = columns.required.map(|at| cell(Some(at)));
    let base = point("base", base_year, base_value)?;
    let current = point("current", current_year, current_value)?;
    let aim = Aim {
        target: number("target", cell(columns.target))?,
        target_year: year("target_year", cell(columns.target_year))?.unwrap_or(TARGET_YEAR),
        limit: number("limit", cell(columns.limit))?,
        ..Aim::new(read_direction(direction)?)
    };
    let got = match (base, current) {
        (Some(base), Some(current)) => outcome(base, current, &aim),
        _ => Outcome::not_available(Why::NoData),
    };
    let text = |number: Option<f64>| number.map(|n| n.to_string()).unwrap_or_default();
    Ok([
        text(got.value),
        text(got.score),
        got.status.code().to_owned(),
    ])
}

fn point(name: &str, year_text: &str, value_text: &str) -> Result<Option<Point>, String> {
    let value = number(&format!("{name}_value"), value_text)?;
    let year = year(&format!("{name}_year"), year_text)?;
    match (year, value) {
        (Some(year), Some(value)) => Ok(Some(Point { year, value })),
        (None, Some(_)) => Err(format!("{name}_value has no {name}_year")),
        (_, None) => Ok(None),
    }
}

fn number(name: &str, text: &str) -> Result<Option<f64>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Some(number)),
        _ => Err(format!(
            "`{text}` in {name} is no number: write digits with a point, or leave it empty"
        )),
    }
}

fn year(name: &str, text: &str) -> Result<Option<f64>, String> {
    let range = text.split_once(['-', '/']).filter(|(first, last)| {
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        first.len() == 4 && digits(first) && matches!(last.len(), 2 | 4) && digits(last)
    });
    number(name, range.map_or(text, |(first, _)| first))
}

fn read_direction(text: &str) -> Result<Direction, String> {
    match text {
        "1" | "1.0" | "+1" | "up" | "positive" => Ok(Direction::Up),
        "-1" | "-1.0" | "down" | "negative" => Ok(Direction::Down),
        _ => Err(format!(
            "`{text}` in direction: write 1 where more is better and -1 where less is"
        )),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEAD: &str =
        "series,base_value,base_year,current_value,current_year,target,target_year,direction,limit";

    fn rows(text: &str) -> ProgressCsv {
        progress_csv(&format!("{HEAD}\n{text}")).unwrap()
    }

    #[track_caller]
    fn tail(line: &str, want: &str) {
        let got = rows(line);
        assert_eq!(got.faults, [], "{line}");
        let out = got.csv.lines().nth(1).unwrap();
        assert_eq!(out, format!("{line}{want}"));
    }

    #[test]
    fn appends_value_score_and_status() {
        let got = rows("a,100,2015.0,98.01,2017,,,-1,\n");
        let mut lines = got.csv.lines();
        assert_eq!(
            lines.next().unwrap(),
            format!("{HEAD},progress_value,score,status")
        );
        let cells: Vec<&str> = lines.next().unwrap().split(',').collect();
        assert_eq!(
            &cells[..9],
            "a,100,2015.0,98.01,2017,,,-1,"
                .split(',')
                .collect::<Vec<_>>()
        );
        assert!((cells[9].parse::<f64>().unwrap() - 0.01).abs() < 1e-12);
        assert!((cells[10].parse::<f64>().unwrap() - 1.25).abs() < 1e-9);
        assert_eq!((cells[11], lines.next()), ("moderate_progress", None));
        tail("b,100,2015,100,2017,100,2030,up,", ",,5,target_achieved");
        tail("c,100,2015,100,2015,,,up,", ",,,not_available");
        tail("d,,2015,,,,,1,", ",,,not_available");
        tail("e,100,2015,100,2025,,,1,", ",0,-2.5,limited_progress");
        tail("f,100,2015,100,2025,,,1,100", ",0,5,substantial_progress");
        tail(
            "g,100,2015-16,100,2023/24,,,positive,",
            ",0,-2.5,limited_progress",
        );
        tail(
            "\"h, i\",100,2015,0,2025,,,negative,",
            ",1,5,substantial_progress",
        );
    }

    #[test]
    fn the_target_year_counts() {
        let value = |year: &str| {
            let got = rows(&format!("a,100,2015,110,2020,200,{year},1,\n"));
            let line = got.csv.lines().nth(1).unwrap();
            line.split(',').nth(9).unwrap().parse::<f64>().unwrap()
        };
        assert_eq!(value(""), value("2030"));
        assert!(value("2025") < value("2030"));
    }

    #[test]
    fn a_bad_row_is_named_and_the_others_go_on() {
        let got = rows(
            "ok,100,2015,100,2025,,,1,\nbad,1 000,2015,1,2025,,,1,\n\"two\nlines\",1,2015,1,2025,,,x,\nshort,1\n\
             last,100,2015,100,2025,,,1,\nnan,NaN,2015,1,2025,,,1,\nyear,1,,1,2025,,,1,\nmonth,1,2015-1,1,2025,,,1,\n",
        );
        let at: Vec<u64> = got.faults.iter().map(|fault| fault.line).collect();
        assert_eq!(at, [3, 4, 6, 8, 9, 10]);
        let what = got
            .faults
            .iter()
            .map(RowFault::to_string)
            .collect::<Vec<_>>();
        assert_eq!(
            what[0],
            "line 3: `1 000` in base_value is no number: write digits with a point, or leave it empty"
        );
        assert!(what[1].contains("`x` in direction"), "{}", what[1]);
        assert!(what[2].contains("2 fields where the first line has 9"));
        assert!(what[4].contains("base_value has no base_year"));
        let mut reader = csv::Reader::from_reader(got.csv.as_bytes());
        let status: Vec<String> = reader
            .records()
            .map(|r| r.unwrap()[11].to_owned())
            .collect();
        let (ok, error) = ("limited_progress", STATUS_ERROR);
        assert_eq!(status, [ok, error, error, error, ok, error, error, error]);
    }

    #[test]
    fn computing_again_gives_the_same() {
        let first = rows("a,100,2015,110,2020,200,,1,\nb,x,2015,1,2020,,,1,\n");
        let again = progress_csv(&first.csv).unwrap();
        assert_eq!(again, first);
        let marked = progress_csv(&format!("\u{feff}{}", first.csv.replace('\n', "\r\n"))).unwrap();
        assert_eq!(marked.csv, first.csv);
    }

    #[test]
    fn files_that_cannot_be_computed() {
        let missing = progress_csv("base_value,base_year,current_value,current_year\n");
        assert_eq!(missing, Err(TableError::Missing("direction")));
        assert_eq!(progress_csv(""), Err(TableError::Missing("base_value")));
        let twice = progress_csv(&format!("{HEAD},limit\n"));
        assert_eq!(twice, Err(TableError::Twice("limit".to_owned())));
        let wide = (0..=COLUMNS_MAX)
            .map(|n| format!("c{n}"))
            .collect::<Vec<_>>();
        assert_eq!(progress_csv(&wide.join(",")), Err(TableError::Columns));
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "[a0-9.,\\-\n\"é \r]{0,200}") {
            let got = rows(&text);
            let mut reader = csv::Reader::from_reader(got.csv.as_bytes());
            for record in reader.records() {
                prop_assert_eq!(record.unwrap().len(), 12);
            }
        }
    }
}
