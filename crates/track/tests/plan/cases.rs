//! Each case breaks the base plan in one place.

mod absent;
mod editions;
mod ids;
mod owners;
mod references;
mod returns;
mod series;
mod shapes;
mod sources;
mod work;

use super::case::Case;

/// Every case.
pub fn cases() -> impl Iterator<Item = &'static Case> {
    [
        absent::CASES,
        editions::CASES,
        ids::CASES,
        owners::CASES,
        references::CASES,
        returns::CASES,
        series::CASES,
        shapes::CASES,
        sources::CASES,
        work::CASES,
    ]
    .into_iter()
    .flatten()
}
