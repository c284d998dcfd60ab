//! What a report may be at most. Each has its unit in its name.

/// Bytes of one row of a table or a list of lines. A row beyond it is a reject, and reading goes on after it.
pub const ROW_BYTES_MAX: usize = 1 << 20;
/// Bytes of one object of a JSON report.
pub const OBJECT_BYTES_MAX: usize = 16 << 20;
/// Columns of a table, pairs of a line.
pub const COLUMNS_MAX: usize = 4_000;
/// Values in a JSON object, counted by the commas between them: in memory each is some hundred bytes.
pub const VALUES_MAX: usize = 1 << 20;
/// Rows that one batch holds.
pub const BATCH_ROWS_MAX: usize = 2_000;
/// Observations that one row or object may come to (a row that names many ports, an event with many attributes).
pub const OBSERVATIONS_PER_ROW_MAX: usize = 10_000;
/// Bytes that the observations of one row may own, where it comes to several: what an object tells once is copied to each of them.
pub const COPIED_BYTES_MAX: usize = 32 << 20;
/// Lists around an object in a JSON report.
pub const LIST_DEPTH_MAX: usize = 16;
/// Bytes of a schema of reports.
pub const SCHEMA_BYTES_MAX: usize = 16 << 20;
/// Report types of a schema.
pub const REPORT_TYPES_MAX: usize = 5_000;
/// Fields and columns that one report type of a schema maps.
pub const STEPS_MAX: usize = 5_000;
/// Bytes of a mapping file.
pub const MAPPING_BYTES_MAX: usize = 1 << 20;
/// Characters of a name (of a column, a key) in a cause.
pub const NAME_CHARS_MAX: usize = 80;
/// Different causes and warnings that are counted by themselves; what is beyond is counted together.
pub const CAUSES_MAX: usize = 500;
/// Files in an archive.
pub const ARCHIVE_FILES_MAX: usize = 1_000;
/// Bytes that an archive may unfold to.
pub const UNPACKED_BYTES_MAX: u64 = 4 << 30;
/// How many times its own size an archive may unfold to, beyond [`UNPACKED_FREE_BYTES`].
pub const UNPACKED_RATIO_MAX: u64 = 200;
/// Bytes that any archive may unfold to, whatever the ratio.
pub const UNPACKED_FREE_BYTES: u64 = 1 << 20;
/// Archives inside archives.
pub const ARCHIVE_DEPTH_MAX: usize = 2;
