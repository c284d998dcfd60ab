//! What a sighting does to the state of an observation. No database: two sightings in any number of batches come to the same.

use cairn_kernel::time::Micros;

/// Where an observation of one feed stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// First seen, ever.
    pub first: Micros,
    /// First seen in this window: since it was last gone.
    pub since: Micros,
    /// Last seen.
    pub last: Micros,
    /// How often in this window.
    pub seen: u64,
    /// The last report that held it.
    pub report: i64,
    /// The last segment that holds it.
    pub segment: i64,
}

/// What a sighting was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sighting {
    /// Never seen, or gone before.
    New,
    /// Seen in this window.
    Again,
}

/// A sighting at a time, in a report, in a feed with a window in microseconds.
#[must_use]
pub fn sighted(before: Option<State>, at: Micros, report: i64, window: i64) -> (State, Sighting) {
    let Some(mut state) = before else {
        let state = State {
            first: at,
            since: at,
            last: at,
            seen: 1,
            report,
            segment: 0,
        };
        return (state, Sighting::New);
    };
    state.first = state.first.min(at);
    state.report = state.report.max(report);
    if at.0 > state.last.0.saturating_add(window) {
        state.since = at;
        state.last = at;
        state.seen = 1;
        return (state, Sighting::New);
    }
    // A report that comes late may tell of an earlier window, which is over: that counts, and moves nothing else.
    if at < state.since && at.0 >= state.since.0.saturating_sub(window) {
        state.since = at;
    }
    state.last = state.last.max(at);
    state.seen += 1;
    (state, Sighting::Again)
}

impl State {
    /// Whether it is gone at `now`: its window passed, or, where each report tells all there is, a newer one (`newest`) no longer has it.
    #[must_use]
    pub fn is_gone(&self, now: Micros, window: i64, newest: Option<i64>) -> bool {
        now.0 > self.last.0.saturating_add(window)
            || newest.is_some_and(|newest| self.report < newest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000;

    fn hours(n: i64) -> Micros {
        Micros(n * HOUR)
    }

    #[test]
    fn new_again_gone_and_new() {
        let (state, was) = sighted(None, hours(10), 1, 24 * HOUR);
        assert_eq!((was, state.seen), (Sighting::New, 1));
        let (state, was) = sighted(Some(state), hours(34), 2, 24 * HOUR);
        assert_eq!(
            (was, state.seen, state.since, state.last),
            (Sighting::Again, 2, hours(10), hours(34))
        );
        assert!(!state.is_gone(hours(58), 24 * HOUR, None));
        assert!(state.is_gone(hours(59), 24 * HOUR, None));
        assert!(
            state.is_gone(hours(35), 24 * HOUR, Some(3)),
            "a newer report without it"
        );
        assert!(!state.is_gone(hours(35), 24 * HOUR, Some(2)));
        let (state, was) = sighted(Some(state), hours(59), 3, 24 * HOUR);
        assert_eq!(
            (was, state.seen, state.since, state.first),
            (Sighting::New, 1, hours(59), hours(10))
        );
    }

    #[test]
    fn what_comes_late_moves_nothing_back() {
        let (state, _) = sighted(None, hours(100), 5, 24 * HOUR);
        let (state, was) = sighted(Some(state), hours(90), 4, 24 * HOUR);
        assert_eq!(
            (was, state.since, state.last, state.report),
            (Sighting::Again, hours(90), hours(100), 5)
        );
        let (state, _) = sighted(Some(state), hours(1), 6, 24 * HOUR);
        assert_eq!(
            (state.first, state.since, state.seen),
            (hours(1), hours(90), 3)
        );
    }
}
