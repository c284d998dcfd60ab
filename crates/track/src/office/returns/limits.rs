//! How large a return may be.

/// Longest id of a return, characters: `return-` and a number make an id of a source of it.
pub const ID_CHARS_MAX: usize = 50;
/// Longest claim, characters of one language.
pub const CLAIM_CHARS_MAX: usize = 2_000;
/// Longest text of a note or dissent, characters of one language.
pub const REMARK_CHARS_MAX: usize = 4_000;
/// Longest remark on a value, and reason of a break, characters.
pub const NOTE_CHARS_MAX: usize = 1_000;
/// Longest name of an organisation, role, title of a source, or status, characters.
pub const NAME_CHARS_MAX: usize = 300;
/// Longest address, characters.
pub const URL_CHARS_MAX: usize = 1_000;
/// Longest number, period or flags as typed, characters.
pub const NUMBER_CHARS_MAX: usize = 60;
/// Most sources of one return.
pub const EVIDENCE_MAX: usize = 20;
