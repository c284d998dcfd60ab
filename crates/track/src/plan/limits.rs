//! How large a plan may be.

/// Most files of a plan.
pub const FILES_MAX: usize = 50_000;
/// Largest TOML file, bytes.
pub const TOML_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Largest CSV file, bytes.
pub const CSV_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Largest narrative, bytes.
pub const NARRATIVE_BYTES_MAX: usize = 1024 * 1024;
/// Most rows of a CSV file.
pub const ROWS_MAX: usize = 1_000_000;
/// Most columns of a CSV file.
pub const COLUMNS_MAX: usize = 32;
/// Longest field of a CSV file, characters.
pub const FIELD_CHARS_MAX: usize = 2_000;
/// Longest text of a TOML file, characters.
pub const TEXT_CHARS_MAX: usize = 20_000;
/// Most items of one list, or entries of one kind, in a TOML file.
pub const ITEMS_MAX: usize = 20_000;
/// Longest id, characters.
pub const ID_CHARS_MAX: usize = 64;
/// Most faults that one reading names.
pub const FAULTS_MAX: usize = 1_000;
