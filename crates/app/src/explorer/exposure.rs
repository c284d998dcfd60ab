//! How exposed a constituent is: what was observed of its own, by week and type, and what is there now.

use std::collections::BTreeMap;
use std::sync::Arc;

use cairn_desk::access::{Action, Visible};
use cairn_kernel::time::Micros;
use cairn_store::feeds::ask::{Ask, Books, Filter};
use cairn_store::feeds::cube::Level;
use cairn_store::feeds::mix::Column;
use cairn_store::feeds::segment::Key;
use cairn_store::feeds::sift::{Beyond, Want};
use cairn_store::feeds::{FeedError, FeedStore};

use crate::App;
use crate::account::Principal;
use crate::feeds::columns::KeyMaker;
use crate::report::AppError;

/// Weeks that are told.
pub const WEEKS: i64 = 26;
/// Types that have a line of their own; the rest is put together.
pub const KINDS_MAX: usize = 3;
/// Days of which is told what is there and what is gone.
const STANDING_DAYS: i64 = 14;
/// Observations that are looked at for that.
const STANDING_ROWS_MAX: usize = 2_000;
/// Days that count as now.
pub const RECENT_DAYS: i64 = 7;

/// By type: there, gone.
pub type Standing = BTreeMap<String, (u64, u64)>;

/// What was observed of one constituent's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exposure {
    /// Beginning of each week, microseconds since 1970, the oldest first.
    pub weeks: Vec<i64>,
    /// Observations by type and week, the most frequent type first. An empty type: what is not told apart.
    pub kinds: Vec<(String, Vec<u64>)>,
    /// By type in the last seven days: observations, and new ones.
    pub recent: BTreeMap<String, u64>,
    /// New observations of the last seven days.
    pub fresh: u64,
    /// By type, how many different things that were seen in the last two weeks are there, and how many gone.
    pub standing: Standing,
    /// Not all of the last two weeks was looked at for that: only what was received last.
    pub partly: bool,
}

impl Exposure {
    /// Observations of all weeks.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.kinds.iter().flat_map(|(_, weeks)| weeks).sum()
    }
}

/// Of what was seen in the last two weeks: by type, what is there and what is gone; and whether that is only a part.
fn standing(
    store: &FeedStore,
    books: &mut Books,
    recent: Ask,
    now: Micros,
) -> Result<(Standing, bool), FeedError> {
    let ask = Ask {
        from: recent.to - STANDING_DAYS,
        ..recent
    };
    let want = Want::page(None, STANDING_ROWS_MAX);
    let sifted = store.sift(books, &ask, &Beyond::default(), &want)?;
    let mut maker = KeyMaker::default();
    let mut by_feed: BTreeMap<i64, BTreeMap<Key, String>> = BTreeMap::new();
    for row in &sifted.rows {
        let feed = row.word(Column::Feed).parse().unwrap_or_default();
        let key = maker.of(&row.observed());
        let kind = row.word(Column::Kind).to_owned();
        by_feed.entry(feed).or_default().insert(key, kind);
    }
    let mut standing = Standing::new();
    for (feed, things) in by_feed {
        let keys: Vec<Key> = things.keys().copied().collect();
        let gone = store.standing(feed, &keys, now)?;
        for (kind, gone) in things.into_values().zip(gone) {
            let (there, went) = standing.entry(kind).or_default();
            match gone {
                Some(false) => *there += 1,
                Some(true) => *went += 1,
                None => {}
            }
        }
    }
    Ok((standing, sifted.next.is_some()))
}

impl App {
    /// How exposed a constituent is. `None` where no machine report was ever taken in.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn exposure(
        &self,
        who: &Principal,
        no: u32,
    ) -> Result<Option<Visible<Exposure>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let now = self.clock.now();
        let today = now.0.div_euclid(Level::Day.begin(1));
        let first = Level::week_of(today) - WEEKS + 1;
        let ask = Ask {
            from: Level::monday(first),
            to: today + 1,
            filters: vec![Filter {
                column: Column::Owner,
                words: [no.to_string()].into(),
                not: false,
            }],
            split: Some(Column::Kind),
            ..Ask::default()
        };
        let counts = Arc::clone(&self.explorer.counts);
        let asked = self.with_feeds(&counts, move |store, books| {
            let whole = store.ask(books, &ask)?;
            let recent = Ask {
                from: today + 1 - RECENT_DAYS,
                split: None,
                ..ask
            };
            let answer = store.ask(books, &recent)?;
            let standing = standing(store, books, recent, now)?;
            Ok((whole, answer, standing))
        });
        let Some((whole, recent, (standing, partly))) = asked.await? else {
            return Ok(None);
        };
        let weeks: Vec<i64> = (first..first + WEEKS)
            .map(|week| Level::Week.begin(week))
            .collect();
        let mut kinds: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for ((begin, kind), count) in whole.split {
            let place = weeks.iter().position(|week| *week == begin);
            let own = kinds.entry(kind).or_insert_with(|| vec![0; weeks.len()]);
            if let Some(cell) = place.and_then(|place| own.get_mut(place)) {
                *cell += count;
            }
        }
        let mut kinds: Vec<(String, Vec<u64>)> = kinds.into_iter().collect();
        kinds.sort_by_key(|(_, weeks)| std::cmp::Reverse(weeks.iter().sum::<u64>()));
        let words = recent.facet(Column::Kind).words.iter();
        Ok(Some(grant.show(Exposure {
            weeks,
            kinds,
            recent: words.map(|own| (own.word.clone(), own.count)).collect(),
            fresh: recent.fresh,
            standing,
            partly,
        })))
    }
}
