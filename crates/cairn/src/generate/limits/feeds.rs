//! The limits of machine reports.

use cairn_app::feeds::{self, rows};
use cairn_desk::source;
use cairn_feeds::data::{build, mrt, set, source as data_source};
use cairn_feeds::{limits, mapping};

use super::{Row, bytes, of};

/// Machine reports.
pub(super) fn limits() -> Vec<Row> {
    let mut rows = vec![
        bytes(
            "ROW_BYTES_MAX",
            limits::ROW_BYTES_MAX as u64,
            "a row of a machine report; a longer one is a reject",
        ),
        bytes(
            "OBJECT_BYTES_MAX",
            limits::OBJECT_BYTES_MAX as u64,
            "an object of a report in JSON",
        ),
        of(
            "COLUMNS_MAX",
            limits::COLUMNS_MAX,
            "columns of a table, pairs of a line",
        ),
        of(
            "VALUES_MAX",
            limits::VALUES_MAX,
            "values in an object of a report in JSON",
        ),
        bytes(
            "COPIED_BYTES_MAX",
            limits::COPIED_BYTES_MAX as u64,
            "what the observations of one row own, where it comes to several",
        ),
        bytes(
            "PATTERN_BYTES_MAX",
            mapping::PATTERN_BYTES_MAX as u64,
            "a regular expression of a mapping",
        ),
        bytes(
            "CELL_BYTES_MAX",
            mapping::CELL_BYTES_MAX as u64,
            "a cell that one is held against",
        ),
        of(
            "BATCH_ROWS_MAX",
            limits::BATCH_ROWS_MAX,
            "rows that are taken at a time",
        ),
        of(
            "OBSERVATIONS_PER_ROW_MAX",
            limits::OBSERVATIONS_PER_ROW_MAX,
            "observations that one row may come to",
        ),
        of(
            "LIST_DEPTH_MAX",
            limits::LIST_DEPTH_MAX,
            "lists around an object of a report in JSON",
        ),
    ];
    rows.extend(definitions());
    rows.extend(archives());
    rows.extend(data());
    rows.extend(stored());
    rows.extend(coming());
    rows
}

/// Of sources, and of reports that come.
fn coming() -> Vec<Row> {
    vec![
        of(
            "SOURCES_MAX",
            rows::SOURCES_MAX,
            "sources of machine reports",
        ),
        bytes(
            "REPORT_BYTES_MAX",
            feeds::REPORT_BYTES_MAX,
            "a report that is sent or fetched, unless `feeds.report_bytes_max` says otherwise",
        ),
        of(
            "WAITING_MAX",
            rows::WAITING_MAX,
            "reports of one source that wait for their turn",
        ),
        bytes(
            "WAITING_BYTES_MAX",
            feeds::WAITING_BYTES_MAX,
            "all reports that wait, unless `feeds.waiting_bytes_max` says otherwise",
        ),
        of(
            "SOURCE_SENDERS_MAX",
            source::SOURCE_SENDERS_MAX,
            "senders that one source allows",
        ),
        of(
            "SOURCE_EVERY_MINUTES_MAX",
            source::SOURCE_EVERY_MINUTES_MAX,
            "minutes between two looks at a source",
        ),
        of(
            "FETCH_CONNECT_TIME_MAX",
            feeds::FETCH_CONNECT_TIME_MAX.as_secs(),
            "seconds until a source that is fetched answers the connection",
        ),
        of(
            "FETCH_WAIT_MAX",
            feeds::FETCH_WAIT_MAX.as_secs(),
            "seconds for the head of its answer, and between two pieces of it",
        ),
        of(
            "FETCH_TIME_MAX",
            feeds::FETCH_TIME_MAX.as_secs(),
            "seconds for all of its answer",
        ),
    ]
}

/// Of schemas and mappings.
fn definitions() -> Vec<Row> {
    vec![
        bytes(
            "SCHEMA_BYTES_MAX",
            limits::SCHEMA_BYTES_MAX as u64,
            "a schema of reports",
        ),
        of(
            "REPORT_TYPES_MAX",
            limits::REPORT_TYPES_MAX,
            "report types of a schema",
        ),
        of(
            "STEPS_MAX",
            limits::STEPS_MAX,
            "fields that one report type maps",
        ),
        bytes(
            "MAPPING_BYTES_MAX",
            limits::MAPPING_BYTES_MAX as u64,
            "a mapping file",
        ),
        of(
            "CAUSES_MAX",
            limits::CAUSES_MAX,
            "different causes of rejects that are counted by themselves",
        ),
    ]
}

/// Of what is stored.
fn stored() -> Vec<Row> {
    vec![
        of(
            "SEGMENT_OBSERVATIONS",
            cairn_app::feeds::SEGMENT_OBSERVATIONS,
            "observations that are committed at a time, about",
        ),
        bytes(
            "SEGMENT_TEXT_BYTES",
            cairn_app::feeds::SEGMENT_TEXT_BYTES as u64,
            "names and URLs after which fewer are committed",
        ),
        bytes(
            "COLUMN_BYTES_MAX",
            cairn_store::feeds::segment::COLUMN_BYTES_MAX as u64,
            "what is committed at a time, unpacked",
        ),
        of(
            "REJECTS_PER_REPORT_MAX",
            cairn_store::feeds::REJECTS_PER_REPORT_MAX,
            "rows of one report in quarantine; what is beyond is counted",
        ),
        bytes(
            "SHOWN_BYTES_MAX",
            cairn_app::feeds::replay::SHOWN_BYTES_MAX,
            "a row of the quarantine as it is shown",
        ),
    ]
}

/// Of data sets about addresses.
fn data() -> Vec<Row> {
    vec![
        of(
            "NETWORKS_MAX",
            build::NETWORKS_MAX,
            "networks of a data set",
        ),
        bytes(
            "HEAD_BYTES_MAX",
            set::HEAD_BYTES_MAX as u64,
            "what a data set says of itself",
        ),
        bytes(
            "SOURCE_BYTES_MAX",
            data_source::SOURCE_BYTES_MAX,
            "a file that a data set is made from, unpacked",
        ),
        bytes(
            "LINE_BYTES_MAX",
            data_source::LINE_BYTES_MAX,
            "a line of such a file",
        ),
        bytes(
            "RECORD_BYTES_MAX",
            u64::from(mrt::RECORD_BYTES_MAX),
            "a record of a routing table",
        ),
        of(
            "FAULTS_TOLD_MAX",
            data_source::FAULTS_TOLD_MAX,
            "faults of such a file that are told one by one",
        ),
    ]
}

/// Of what is packed.
fn archives() -> Vec<Row> {
    vec![
        of(
            "ARCHIVE_FILES_MAX",
            limits::ARCHIVE_FILES_MAX,
            "files of an archive",
        ),
        of(
            "ARCHIVE_DEPTH_MAX",
            limits::ARCHIVE_DEPTH_MAX,
            "layers of packing",
        ),
        bytes(
            "UNPACKED_BYTES_MAX",
            limits::UNPACKED_BYTES_MAX,
            "what an archive unfolds to",
        ),
        of(
            "UNPACKED_RATIO_MAX",
            limits::UNPACKED_RATIO_MAX,
            "times its own size that an archive may unfold to, beyond 1 MiB",
        ),
    ]
}
