//! The published national series: what a national team printed each quarter, restated with its sources, doubts and breaks.

use super::Quarter;

/// The built-in series.
pub const EMBEDDED: &str = include_str!("../../../../data/example/cert_nz_quarterly.csv");

/// How sure a published figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// As printed, undisputed.
    Sure,
    /// Printed as about so much.
    Approximate,
    /// Worked out from other printed figures.
    Derived,
    /// Sources disagree; the note names the other figure.
    Contradicted,
}

impl Mark {
    /// As the file writes it; empty for [`Mark::Sure`].
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sure => "",
            Self::Approximate => "approximate",
            Self::Derived => "derived",
            Self::Contradicted => "contradicted",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [
            Self::Sure,
            Self::Approximate,
            Self::Derived,
            Self::Contradicted,
        ]
        .into_iter()
        .find(|mark| mark.as_str() == text)
    }
}

/// Why figures from a quarter on don't compare with those before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Break {
    /// It was collected in another way.
    Collection,
    /// Other things are counted.
    Scope,
}

impl Break {
    /// As the file writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Collection => "collection",
            Self::Scope => "scope",
        }
    }
}

/// A note in both languages; empty where there is nothing to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// English.
    pub en: String,
    /// Te reo Māori.
    pub mi: String,
}

/// One quarter of the series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Which.
    pub quarter: Quarter,
    /// Incidents; `None` where no figure was found.
    pub incidents: Option<u64>,
    /// How sure they are.
    pub incidents_mark: Mark,
    /// Direct loss in thousands of dollars; `None` where no figure was found.
    pub loss_thousands: Option<u64>,
    /// How sure it is.
    pub loss_mark: Mark,
    /// The series breaks before this quarter.
    pub broken: Option<Break>,
    /// What the sources say besides.
    pub note: Note,
    /// Pages and releases that printed it.
    pub source: String,
}

/// A line of the series that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {cause}")]
pub struct NationalError {
    /// From 1.
    pub line: usize,
    /// Why.
    pub cause: String,
}

const COLUMNS: [&str; 9] = [
    "quarter",
    "incidents",
    "incidents_mark",
    "loss_nzd_m",
    "loss_mark",
    "break",
    "note_en",
    "note_mi",
    "source",
];

/// Reads the series: comma-separated, `#` begins a comment line, the first other line names the columns, quarters rise.
///
/// # Errors
/// The first line that makes no sense.
pub fn parse(text: &str) -> Result<Vec<Published>, NationalError> {
    let mut out: Vec<Published> = Vec::new();
    let mut headed = false;
    for (at, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let fault = |cause: String| NationalError {
            line: at + 1,
            cause,
        };
        let cells = cells(line).map_err(|cause| fault(cause.to_owned()))?;
        if !headed {
            headed = true;
            if cells != COLUMNS {
                return Err(fault(format!("the columns must be {}", COLUMNS.join(","))));
            }
            continue;
        }
        let row = published(cells).map_err(fault)?;
        if out.last().is_some_and(|last| last.quarter >= row.quarter) {
            return Err(fault(format!("{} does not rise", row.quarter)));
        }
        out.push(row);
    }
    Ok(out)
}

fn published(cells: Vec<String>) -> Result<Published, String> {
    let count = cells.len();
    let cells: [String; 9] = cells
        .try_into()
        .map_err(|_| format!("{count} cells instead of {}", COLUMNS.len()))?;
    let [
        quarter,
        incidents,
        incidents_mark,
        loss,
        loss_mark,
        broken,
        en,
        mi,
        source,
    ] = cells;
    let mark = |text: &str| Mark::parse(text).ok_or_else(|| format!("{text:?} is no mark"));
    let row = Published {
        quarter: parse_quarter(&quarter).ok_or_else(|| format!("{quarter:?} is no quarter"))?,
        incidents: optional(&incidents, |text| text.parse().ok())?,
        incidents_mark: mark(&incidents_mark)?,
        loss_thousands: optional(&loss, thousands)?,
        loss_mark: mark(&loss_mark)?,
        broken: match broken.as_str() {
            "" => None,
            "collection" => Some(Break::Collection),
            "scope" => Some(Break::Scope),
            other => return Err(format!("{other:?} is no break")),
        },
        note: Note { en, mi },
        source,
    };
    if row.source.is_empty() {
        return Err("a figure without a source".into());
    }
    if row.note.en.is_empty() != row.note.mi.is_empty() {
        return Err("the note is in one language only".into());
    }
    let doubtful = row.incidents_mark != Mark::Sure || row.loss_mark != Mark::Sure;
    if (doubtful || row.broken.is_some()) && row.note.en.is_empty() {
        return Err("a mark without a note".into());
    }
    Ok(row)
}

fn optional<T>(text: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    parse(text)
        .map(Some)
        .ok_or_else(|| format!("{text:?} is no figure"))
}

/// `2026Q4`.
fn parse_quarter(text: &str) -> Option<Quarter> {
    let (year, quarter) = text.split_once('Q')?;
    let (year, quarter): (i64, i64) = (year.parse().ok()?, quarter.parse().ok()?);
    ((1900..=9999).contains(&year) && (1..=4).contains(&quarter))
        .then_some(Quarter(year * 10 + quarter))
}

/// Millions with up to three decimals, in thousands.
fn thousands(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if part.len() > 3 || !part.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part: u64 = format!("{part:0<3}").parse().ok()?;
    whole
        .parse::<u64>()
        .ok()?
        .checked_mul(1_000)?
        .checked_add(part)
}

/// The cells of one line (RFC 4180, without line ends in cells).
fn cells(line: &str) -> Result<Vec<String>, &'static str> {
    let (mut out, mut cell) = (Vec::new(), String::new());
    let mut chars = line.chars().peekable();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        match (quoted, c) {
            (true, '"') if chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            (true, '"') => quoted = false,
            (false, '"') if cell.is_empty() => quoted = true,
            (false, ',') => out.push(std::mem::take(&mut cell)),
            _ => cell.push(c),
        }
    }
    if quoted {
        return Err("a quotation mark is not closed");
    }
    out.push(cell);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_series_is_whole() {
        let all = parse(EMBEDDED).unwrap();
        assert_eq!(all.first().unwrap().quarter, Quarter(20172));
        assert_eq!(all.last().unwrap().quarter, Quarter(20261));
        // No quarter is left out; those without a figure are gaps.
        assert_eq!(all.len(), Quarter(20172).until(Quarter(20261)).len());
        let at = |q: i64| all.iter().find(|row| row.quarter == Quarter(q)).unwrap();
        assert_eq!(
            (at(20214).incidents, at(20214).loss_thousands),
            (Some(3977), Some(6_640))
        );
        assert_eq!(
            (at(20203).broken, at(20251).broken),
            (Some(Break::Collection), Some(Break::Scope))
        );
        let gaps: Vec<i64> = all
            .iter()
            .filter(|row| row.incidents.is_none())
            .map(|row| row.quarter.0)
            .collect();
        assert_eq!(gaps, [20232, 20233, 20234]);
        assert_eq!(at(20193).incidents_mark, Mark::Contradicted);
        assert!(at(20193).note.en.contains("1245"));
        assert_eq!(all.iter().filter(|row| row.broken.is_some()).count(), 2);
    }

    #[test]
    fn what_makes_no_sense_is_named_with_its_line() {
        let head = COLUMNS.join(",");
        for (line, cause) in [
            ("2020Q5,1,,1,,,,,s", "no quarter"),
            ("2020Q1,x,,1,,,,,s", "no figure"),
            ("2020Q1,1,,1.2345,,,,,s", "no figure"),
            ("2020Q1,1,doubtful,1,,,,,s", "no mark"),
            ("2020Q1,1,derived,1,,,,,s", "without a note"),
            ("2020Q1,1,,1,,,a,,s", "one language"),
            ("2020Q1,1,,1,,,,,", "without a source"),
            ("2020Q1,1,,1,,,,s", "8 cells"),
            ("2020Q1,1,,1,,,,,\"s", "not closed"),
        ] {
            let error = parse(&format!("# note\n{head}\n{line}\n")).unwrap_err();
            assert_eq!(error.line, 3, "{line}");
            assert!(error.cause.contains(cause), "{line}: {error}");
        }
        assert!(parse("quarter,incidents\n").is_err());
        let twice = format!("{head}\n2020Q1,1,,1,,,,,s\n2020Q1,1,,1,,,,,s\n");
        assert!(parse(&twice).unwrap_err().cause.contains("rise"));
    }

    #[test]
    fn quoted_cells_may_hold_commas_and_quotation_marks() {
        assert_eq!(cells("a,\"b, \"\"c\"\"\",").unwrap(), ["a", "b, \"c\"", ""]);
    }
}
