//! Trying the newest version of the book out on what came in: who would have been told of what, and why others would not. Nothing is sent.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use cairn_desk::access::Action;
use cairn_desk::constituent::{Contact, Day};
use cairn_desk::notice::trial::OWNERS_MAX;
use cairn_desk::notice::{BOOK, Book, Judged, Reach, Tell, Trial, Why, reach};
use cairn_desk::rules::Refusal;
use cairn_kernel::label::Tlp;
use cairn_kernel::time::Micros;
use cairn_store::feeds::segment::Key;
use cairn_store::feeds::{FeedError, FeedStore};

use super::judge::{line_of, owner_of, seen};
use crate::App;
use crate::account::Principal;
use crate::constituent::Register;
use crate::feeds::columns::KeyMaker;
use crate::report::AppError;

/// A dry run looks back so many days.
pub const TRIAL_DAYS: i64 = 30;
/// Observations that a dry run looks at, at most, the newest.
pub const TRIAL_OBSERVATIONS_MAX: u64 = 2_000_000;
/// Different observations that are told apart; what is beyond is counted each time.
const KEYS_MAX: usize = 500_000;
const DAY_SECONDS: i64 = 24 * 3_600;

/// By owner, rule and, where that tells, the label of what is told.
type Counts = BTreeMap<(u32, u32, Option<Tlp>), u64>;

/// What all of them come to; blocks.
fn count(
    feeds: &FeedStore,
    register: &Register,
    book: &Book,
    (from, now, today): (Micros, Micros, Day),
) -> Result<(Trial, Counts), FeedError> {
    let mut trial = Trial {
        from,
        looked: 0,
        more: false,
        told: 0,
        nobody: 0,
        reach: Vec::new(),
        beyond: 0,
    };
    let (mut counts, mut keys) = (Counts::new(), HashSet::<(Key, i64)>::new());
    let (mut before, mut maker) = (i64::MAX, KeyMaker::default());
    while let Some(piece) = feeds.piece_before(before, from)? {
        before = piece.no;
        if trial.looked >= TRIAL_OBSERVATIONS_MAX {
            trial.more = true;
            break;
        }
        let rows = (0..piece.rows.len()).filter_map(|at| piece.rows.get(at));
        for row in rows {
            trial.looked += 1;
            let Some(owner) = owner_of(register, &row) else {
                trial.nobody += 1;
                continue;
            };
            let key = (maker.of(&row), piece.feed);
            if keys.contains(&key) {
                continue;
            }
            if keys.len() < KEYS_MAX {
                keys.insert(key);
            }
            let Some(facts) = register.facts(owner) else {
                continue;
            };
            let line = line_of(&row, &piece.name, piece.report);
            let seen = seen(&line, &piece.name, None, now);
            let (rule, tells) = match book.judge(&seen, owner, facts, today) {
                Judged::Tell(rule, tell) => (rule, Some(tell.labelled(seen.tlp).tlp)),
                Judged::Silent(rule, _) => (rule, None),
                Judged::NoRule => (0, None),
            };
            trial.told += u64::from(tells.is_some());
            *counts.entry((owner, rule, tells)).or_default() += 1;
        }
    }
    Ok((trial, counts))
}

impl App {
    /// Tries the newest version of the book out. `seen`: the events of the book that were seen.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn try_book(&self, who: &Principal, seen: i64) -> Result<Trial, AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let _turn = self.rules_turn.lock().await;
        let rule = self.store.rule(BOOK).await?.ok_or(AppError::NotFound)?;
        if rule.steps != seen {
            return Err(Refusal::Moved.into());
        }
        let row = self.store.rule_version(BOOK, rule.version).await?;
        let row = row.ok_or(AppError::NotFound)?;
        let book = Book::parse(&row.content).map_err(|fault| AppError::Input(fault.to_string()))?;
        let register = self.ownership().await?;
        let now = self.clock.now();
        let from = now.plus_seconds(-TRIAL_DAYS * DAY_SECONDS);
        let when = (from, now, self.notice_day());
        let (read, own) = (Arc::clone(&register), book.clone());
        let found = self
            .machine(move |feeds| count(feeds, &read, &own, when))
            .await?;
        let (mut trial, counts) = found.unwrap_or_else(|| {
            let none = Trial {
                from,
                looked: 0,
                more: false,
                told: 0,
                nobody: 0,
                reach: Vec::new(),
                beyond: 0,
            };
            (none, Counts::new())
        });
        let mut all: Vec<_> = counts.into_iter().collect();
        all.sort_by_key(|((owner, rule, _), rows)| (std::cmp::Reverse(*rows), *owner, *rule));
        trial.beyond = all.len().saturating_sub(OWNERS_MAX) as u64;
        for ((owner, rule, tells), rows) in all.into_iter().take(OWNERS_MAX) {
            let tell = book.rule(rule).and_then(|rule| rule.tell.as_ref());
            let why = match tell.filter(|_| tells.is_some()) {
                Some(tell) => {
                    let tell = tell.labelled(tells);
                    self.would_reach(owner, &tell, &book).await?
                }
                None if rule == 0 => Why::NoRule,
                None => Why::Rule,
            };
            trial.reach.push(Reach {
                owner,
                rule,
                class: tell.map(|tell| tell.class.clone()).unwrap_or_default(),
                rows,
                why,
            });
        }
        self.book_tried(&rule, &trial, grant.account()).await?;
        Ok(trial)
    }

    async fn would_reach(&self, owner: u32, tell: &Tell, book: &Book) -> Result<Why, AppError> {
        let Some(one) = self.store.constituent(owner).await? else {
            return Ok(Why::NoOwner);
        };
        let good = |contact: &Contact| self.can_seal(contact);
        let found = reach(&one, tell, &book.limits, good);
        Ok(found.err().unwrap_or(Why::Due))
    }
}
