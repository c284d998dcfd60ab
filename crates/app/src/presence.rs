//! Who else looks at a report or a case just now, or writes there. Kept in memory for a short while and nowhere else: it helps two
//! officers not to answer the same reporter twice, and is no record of anybody's work.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use cairn_desk::access::{Action, Visible};
use tokio::time::Instant;

use crate::App;
use crate::account::Principal;
use crate::report::AppError;

/// Somebody who has shown no sign of it for so long is not there any more. Pages with scripts show one every
/// [`ASK_SECONDS`]; without scripts, opening a page is the only sign.
const AWAY_AFTER: Duration = Duration::from_secs(90);
/// Seconds between two signs of a page that is looked at.
pub const ASK_SECONDS: u64 = 20;
/// Signs that are kept; beyond it the oldest goes, since a hint that is missing harms nobody.
const KEPT_MAX: usize = 10_000;

/// What somebody is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A report, by its number.
    Report(i64),
    /// A case, by its number.
    Case(i64),
}

/// Somebody else who is there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Other {
    /// They write, and do not only read.
    pub writes: bool,
    /// Account id.
    pub account: String,
}

/// The newest sign of somebody at a place, and the newest of writing.
type Sign = (Instant, Option<Instant>);

/// Signs of life by place and account.
#[derive(Debug, Default)]
pub struct Presence(Mutex<HashMap<(Place, String), Sign>>);

impl Presence {
    /// Notes a sign of somebody and tells who else is there, those who write last.
    fn seen(&self, place: Place, account: &str, writes: bool, now: Instant) -> Vec<Other> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let here = |at: Instant| now.saturating_duration_since(at) < AWAY_AFTER;
        kept.retain(|_, (at, _)| here(*at));
        let oldest = || kept.iter().min_by_key(|(_, (at, _))| *at);
        if kept.len() >= KEPT_MAX
            && let Some(key) = oldest().map(|(key, _)| key.clone())
        {
            kept.remove(&key);
        }
        let sign = kept
            .entry((place, account.to_owned()))
            .or_insert((now, None));
        // A page that is only looked at does not take back what another page of the same person writes.
        *sign = (now, if writes { Some(now) } else { sign.1 });
        let mut others: Vec<Other> = kept
            .iter()
            .filter(|((at, who), _)| *at == place && who != account)
            .map(|((_, who), (_, wrote))| Other {
                writes: wrote.is_some_and(here),
                account: who.clone(),
            })
            .collect();
        others.sort();
        others
    }

    /// What somebody wrote is sent.
    fn sent(&self, place: Place, account: &str) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sign) = kept.get_mut(&(place, account.to_owned())) {
            sign.1 = None;
        }
    }
}

impl App {
    /// Notes that somebody looks at a report or a case, or writes there, and tells who else does.
    ///
    /// # Errors
    /// See [`AppError`].
    pub fn present(
        &self,
        who: &Principal,
        place: Place,
        writes: bool,
    ) -> Result<Visible<Vec<Other>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let others = self
            .presence
            .seen(place, grant.account(), writes, Instant::now());
        Ok(grant.show(others))
    }

    /// Notes that somebody sent what they wrote at a place.
    pub fn present_sent(&self, who: &Principal, place: Place) {
        self.presence.sent(place, &who.account);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn other(account: &str, writes: bool) -> Other {
        Other {
            writes,
            account: account.into(),
        }
    }

    #[test]
    fn others_are_told_for_a_while_and_each_place_by_itself() {
        let (presence, start) = (Presence::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        let (here, there) = (Place::Case(1), Place::Report(1));
        assert!(presence.seen(here, "ana", false, at(0)).is_empty());
        assert_eq!(
            presence.seen(here, "bo", true, at(10)),
            [other("ana", false)]
        );
        assert!(presence.seen(there, "cy", false, at(11)).is_empty());
        assert_eq!(
            presence.seen(here, "ana", false, at(20)),
            [other("bo", true)]
        );
        // A second page of the same person, on which nothing is typed.
        presence.seen(here, "bo", false, at(30));
        assert_eq!(
            presence.seen(here, "ana", false, at(40)),
            [other("bo", true)]
        );
        presence.sent(here, "bo");
        assert_eq!(
            presence.seen(here, "ana", false, at(50)),
            [other("bo", false)]
        );
        assert!(presence.seen(here, "ana", false, at(121)).is_empty());
    }

    #[test]
    fn who_stopped_writing_reads_on() {
        let (presence, start) = (Presence::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        presence.seen(Place::Case(1), "bo", true, at(0));
        presence.seen(Place::Case(1), "bo", false, at(60));
        presence.seen(Place::Case(1), "bo", false, at(120));
        let seen = presence.seen(Place::Case(1), "ana", false, at(121));
        assert_eq!(seen, [other("bo", false)]);
    }

    #[test]
    fn no_more_is_kept_than_may_be() {
        let (presence, now) = (Presence::default(), Instant::now());
        for no in 0..KEPT_MAX + 10 {
            let place = Place::Report(i64::try_from(no).unwrap());
            presence.seen(place, "ana", false, now + Duration::from_millis(no as u64));
        }
        assert_eq!(presence.0.lock().unwrap().len(), KEPT_MAX);
    }
}
