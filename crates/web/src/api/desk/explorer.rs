//! The event explorer: what fits a line of filters, a day, what was seen of one address, a row as it came, and a constituent's exposure.

use cairn_app::explorer::store::cube::Level;
use cairn_app::explorer::store::mix::Column;
use cairn_app::explorer::store::sift::{Found, Want};
use cairn_app::explorer::{
    Explored, Exposure, FILE_ROWS_MAX, Outcome, PAGE_ROWS, Text, VALUES_MAX, WALKED_FIRST,
    WALKED_ON,
};
use cairn_desk::access::Action;
use cairn_kernel::observable::{Kind, Observable, defang};
use cairn_kernel::time::Micros;
use serde::Serialize;
use utoipa::ToSchema;

use super::call::{Asked, Call, read, told};
use super::common::when;
use crate::desk::{
    Need, cursor_of, cursor_text, day_of, observable_of, search_fault, segments_of, segments_text,
};
use crate::problem::{FieldFault, Problem, Result};

/// Values of each facet if the call does not say.
const VALUES: usize = 50;

pub(super) fn calls() -> Vec<Call> {
    let reads = Need::May(Action::ReadReports);
    vec![
        read(
            "/api/v1/desk/explorer",
            reads,
            "Count what machines observed by a line of filters, and list some of it, the last received first",
            explore,
        )
        .asks(&[
            ("q", "filters like `type:scanner cc:NZ since:7d`, as the page has them"),
            ("after", "`next` of the page before"),
            ("rows", "observations at most, up to 1,000"),
            ("values", "values of each facet at most, up to 1,000"),
        ]),
        read(
            "/api/v1/desk/explorer/day/{day}",
            reads,
            "Count what machines observed on a day, UTC, like `2026-01-31`",
            day,
        ),
        read(
            "/api/v1/desk/explorer/address/{kind}/{value}",
            reads,
            "What machines saw of an `ip`, a `domain` or a `url`: by feed, and sighting by sighting. The value is base64url",
            address,
        )
        .asks(&[("from", "`next` of the answer before")]),
        read(
            "/api/v1/desk/explorer/row/{report}/{offset}/{bytes}",
            reads,
            "Read a row of a machine report as it came: a stranger's text",
            row,
        ),
        read(
            "/api/v1/desk/constituents/{no}/exposure",
            reads,
            "What machines observed of a constituent's own, by week and type",
            exposure,
        ),
    ]
}

/// A value of a facet.
#[derive(Serialize, ToSchema)]
struct DeskFacetValue {
    /// As filters have it; none: nothing is told.
    value: Option<String>,
    /// As people call it.
    title: Option<String>,
    /// Observations.
    count: u64,
}

/// A facet.
#[derive(Serialize, ToSchema)]
struct DeskFacet {
    /// The filter that narrows it.
    facet: String,
    /// The most frequent values.
    values: Vec<DeskFacetValue>,
    /// How many more values there are.
    more: u64,
    /// Observations whose value is not told apart.
    other: u64,
}

/// A stretch of time.
#[derive(Serialize, ToSchema)]
struct DeskBar {
    /// Its beginning.
    begin: String,
    /// Observations.
    count: u64,
    /// New ones.
    new: u64,
}

/// An observation of a machine.
#[derive(Serialize, ToSchema)]
struct DeskObservation {
    /// When it was observed.
    at: String,
    /// Number of the feed.
    feed: Option<i64>,
    /// Type.
    r#type: String,
    /// Identifier.
    identifier: String,
    /// Malware.
    malware: String,
    /// Severity.
    severity: String,
    /// Address of the source.
    ip: Option<String>,
    /// Port of the source.
    port: Option<u16>,
    /// Name of the source, defanged.
    domain: Option<String>,
    /// URL of the source, defanged.
    url: Option<String>,
    /// Address that it called.
    to_ip: Option<String>,
    /// Port that it called.
    to_port: Option<u16>,
    /// Number of the network.
    asn: Option<u32>,
    /// Country.
    cc: String,
    /// Protocol.
    proto: String,
    /// Number of the constituent.
    owner: Option<u32>,
    /// It was new then; none: not known.
    new: Option<bool>,
    /// Number of the report.
    report: i64,
    /// First byte of its row there.
    offset: u64,
    /// Bytes of its row.
    bytes: u32,
}

/// What fits a line of filters.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskEvents {
    /// The line in its shortest form.
    q: String,
    /// The first day.
    from: String,
    /// The first day after it.
    to: String,
    /// Observations that fit.
    count: u64,
    /// New ones among them.
    new: u64,
    /// Those that may fit too: what was asked for is not told apart in them.
    unsure: u64,
    /// Observations that were taken in before anything was counted; in no figure here.
    uncounted: u64,
    /// Only what was received since then is counted; none: all.
    counted_since: Option<String>,
    /// `hour`, `day` or `week`.
    bar: String,
    /// Stretches of time with an observation.
    bars: Vec<DeskBar>,
    /// By what, where and whose.
    facets: Vec<DeskFacet>,
    /// Some observations, the last received first.
    rows: Vec<DeskObservation>,
    /// Where they go on, if there may be more.
    next: Option<String>,
}

fn seen(row: &Found) -> DeskObservation {
    let text = |column: Column| row.word(column).to_owned();
    let safe = |kind: Kind, value: &str| {
        let one = Observable {
            kind,
            value: value.to_owned(),
        };
        (!value.is_empty()).then(|| defang(&one))
    };
    DeskObservation {
        at: row.at.to_string(),
        feed: row.word(Column::Feed).parse().ok(),
        r#type: text(Column::Kind),
        identifier: text(Column::Identifier),
        malware: text(Column::Malware),
        severity: text(Column::Severity),
        ip: row.ip.map(|ip| ip.to_string()),
        port: row.port,
        domain: safe(Kind::Domain, &row.fqdn),
        url: safe(Kind::Url, &row.url),
        to_ip: row.to_ip.map(|ip| ip.to_string()),
        to_port: row.to_port,
        asn: row.word(Column::Asn).parse().ok(),
        cc: text(Column::Cc),
        proto: text(Column::Transport),
        owner: row.word(Column::Owner).parse().ok(),
        new: row.fresh,
        report: row.report,
        offset: row.offset,
        bytes: row.bytes,
    }
}

fn date(day: i64) -> String {
    let text = Micros(Level::Day.begin(day)).to_string();
    text.get(..10).unwrap_or_default().to_owned()
}

fn events(explored: &Explored) -> DeskEvents {
    let bar = match explored.level {
        Level::Hour => "hour",
        Level::Day => "day",
        Level::Week => "week",
    };
    let facets = explored.facets.iter().map(|facet| DeskFacet {
        facet: facet.facet.name().to_owned(),
        values: facet
            .values
            .iter()
            .map(|value| DeskFacetValue {
                value: Some(value.value.clone()).filter(|value| !value.is_empty()),
                title: value.title.clone(),
                count: value.count,
            })
            .collect(),
        more: facet.more as u64,
        other: facet.other,
    });
    DeskEvents {
        q: explored.question.to_string(),
        from: date(explored.days.0),
        to: date(explored.days.1),
        count: explored.total,
        new: explored.fresh,
        unsure: explored.unsure,
        uncounted: explored.uncounted,
        counted_since: when(explored.since),
        bar: bar.to_owned(),
        bars: explored
            .bars
            .iter()
            .map(|bar| DeskBar {
                begin: Micros(bar.begin).to_string(),
                count: bar.all,
                new: bar.fresh,
            })
            .collect(),
        facets: facets.collect(),
        rows: explored.rows.iter().map(seen).collect(),
        next: explored.next.map(cursor_text),
    }
}

/// An answer as a file.
pub(crate) fn explored_json(explored: &Explored) -> Result<String> {
    serde_json::to_string_pretty(&events(explored)).map_err(|error| Problem::unexpected(&error))
}

async fn asked_for(asked: &Asked, line: &str, want: Want, values: usize) -> Result<DeskEvents> {
    let outcome = asked.app.explore_some(&asked.who, line, want, values).await;
    match outcome.map_err(told)?.into_inner() {
        Outcome::Answer(explored) => Ok(events(&explored)),
        Outcome::Nothing => Err(Problem::not_found()),
        Outcome::Faults(faults) => {
            let faults = faults.iter().map(|fault| FieldFault {
                pointer: "q".to_owned(),
                detail: search_fault(asked.lang, fault).text,
            });
            Err(Problem::invalid(faults.collect()))
        }
        Outcome::GoneAlone | Outcome::Gone(_) | Outcome::GoneOf(..) => {
            Err(Problem::invalid(vec![FieldFault {
                pointer: "q".to_owned(),
                detail: "what is gone is told by the page only, by feed and day, or of one address"
                    .to_owned(),
            }]))
        }
    }
}

async fn explore(asked: Asked) -> Result<DeskEvents> {
    let rows = asked.number("rows")?.unwrap_or(PAGE_ROWS);
    let values = asked.number("values")?.unwrap_or(VALUES);
    let after = match asked.query("after") {
        None => None,
        Some(text) => Some(cursor_of(text).ok_or_else(Problem::bad_request)?),
    };
    let want = Want::file(after, rows.min(FILE_ROWS_MAX));
    let line = asked.query("q").unwrap_or_default().to_owned();
    asked_for(&asked, &line, want, values.min(VALUES_MAX)).await
}

async fn day(asked: Asked) -> Result<DeskEvents> {
    let (day, _) = day_of(asked.part(0))?;
    let want = Want::page(None, 0);
    let line = format!("since:{day} until:{day}");
    asked_for(&asked, &line, want, VALUES_MAX).await
}

/// One way in which a source was seen.
#[derive(Serialize, ToSchema)]
struct DeskSeenState {
    /// Who sends the feed.
    source: String,
    /// Name of the feed.
    feed: String,
    /// First seen, ever.
    first: String,
    /// First seen since it was last gone.
    since: String,
    /// Last seen.
    last: String,
    /// How often since then.
    seen: u64,
    /// It is gone.
    gone: bool,
}

/// What machines saw of one source.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskSeenByMachines {
    /// By kind of observation and feed, the last seen first.
    states: Vec<DeskSeenState>,
    /// Sightings, the last received first.
    sightings: Vec<DeskObservation>,
    /// Where they go on, if there are more.
    next: Option<String>,
    /// Earlier ones were removed by retention.
    removed: bool,
    /// Earlier ones are not linked, or there are more ways than are followed.
    incomplete: bool,
}

async fn address(asked: Asked) -> Result<DeskSeenByMachines> {
    let one = observable_of(asked.part(0), asked.part(1))?;
    let from = segments_of(asked.query("from").unwrap_or_default());
    let segments = if from.is_empty() {
        WALKED_FIRST
    } else {
        WALKED_ON
    };
    let seen_by = asked
        .app
        .seen_by_machines(&asked.who, &one, from, segments)
        .await
        .map_err(told)?;
    let seen_by = seen_by.ok_or_else(Problem::not_found)?;
    let states = seen_by.states.iter().map(|own| DeskSeenState {
        source: own.feed.0.clone(),
        feed: own.feed.1.clone(),
        first: own.state.first.to_string(),
        since: own.state.since.to_string(),
        last: own.state.last.to_string(),
        seen: own.state.seen,
        gone: own.gone,
    });
    let walked = &seen_by.walked;
    Ok(DeskSeenByMachines {
        states: states.collect(),
        sightings: walked.rows.iter().map(seen).collect(),
        next: Some(segments_text(&walked.next)).filter(|text| !text.is_empty()),
        removed: walked.removed,
        incomplete: walked.unlinked || walked.cut,
    })
}

/// A row of a report.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskMachineRow {
    /// Its text as it came, cut to 2,000 bytes: a stranger's text.
    text: String,
}

async fn row(asked: Asked) -> Result<DeskMachineRow> {
    let (report, offset, bytes) = (asked.no(0)?, asked.no(1)?, asked.no::<u32>(2)?);
    let text = asked
        .app
        .machine_row(&asked.who, report, offset, bytes.into())
        .await
        .map_err(told)?;
    match text.into_inner() {
        Text::Text(text) => Ok(DeskMachineRow { text }),
        Text::Gone | Text::Deep => Err(Problem::not_found()),
    }
}

/// A type's observations by week.
#[derive(Serialize, ToSchema)]
struct DeskExposed {
    /// The type; none: not told apart.
    r#type: Option<String>,
    /// Observations by week.
    weeks: Vec<u64>,
    /// Observations of the last seven days.
    recent: u64,
    /// Different things seen in the last two weeks that are there.
    there: u64,
    /// Those that are gone.
    gone: u64,
}

/// What machines observed of a constituent's own.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskExposure {
    /// The Mondays on which weeks begin, the oldest first.
    weeks: Vec<String>,
    /// The most frequent type first.
    types: Vec<DeskExposed>,
    /// New observations of the last seven days.
    new: u64,
    /// `there` and `gone` count only what was received last: there was more than could be looked at.
    partly: bool,
}

fn exposed(exposure: &Exposure) -> DeskExposure {
    let week = |begin: &i64| Micros(*begin).to_string().chars().take(10).collect();
    let types = exposure.kinds.iter().map(|(kind, weeks)| DeskExposed {
        r#type: Some(kind.clone()).filter(|kind| !kind.is_empty()),
        weeks: weeks.clone(),
        recent: exposure.recent.get(kind).copied().unwrap_or(0),
        there: exposure.standing.get(kind).map_or(0, |standing| standing.0),
        gone: exposure.standing.get(kind).map_or(0, |standing| standing.1),
    });
    DeskExposure {
        weeks: exposure.weeks.iter().map(week).collect(),
        types: types.collect(),
        new: exposure.fresh,
        partly: exposure.partly,
    }
}

async fn exposure(asked: Asked) -> Result<DeskExposure> {
    let exposure = asked.app.exposure(&asked.who, asked.no(0)?).await;
    let exposure = exposure.map_err(told)?.ok_or_else(Problem::not_found)?;
    Ok(exposed(&exposure))
}
