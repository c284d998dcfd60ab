//! What was judged and is gone since: its window passed, or a newer whole report lacks it.

use std::collections::BTreeMap;

use cairn_desk::notice::Command;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::feeds::segment::Key;
use cairn_store::feeds::{FeedError, FeedHead, FeedStore};
use cairn_store::notice::{self as store, Place};
use cairn_store::writer::Unit;

use super::Looked;
use crate::App;
use crate::report::AppError;

/// Observations that are looked at at a time.
const PAGE: i64 = 500;

/// When each of these was gone, if it is; blocks. What is not known any more was removed by retention: it is gone.
pub(super) fn gone_of(
    feeds: &FeedStore,
    heads: &[FeedHead],
    places: &[Place],
    now: Micros,
) -> Result<Vec<Option<Micros>>, FeedError> {
    let mut by: BTreeMap<i64, Vec<(Key, usize)>> = BTreeMap::new();
    for (at, place) in places.iter().enumerate() {
        by.entry(place.feed).or_default().push((place.key, at));
    }
    let mut all = vec![None; places.len()];
    for (feed, mut keys) in by {
        keys.sort_unstable();
        let head = heads.iter().find(|head| head.no == feed);
        let own: Vec<Key> = keys.iter().map(|(key, _)| *key).collect();
        for ((_, at), state) in keys.into_iter().zip(feeds.states_of(feed, &own)?) {
            let gone = match (head, state) {
                (Some(head), Some(state)) => head.gone(&state, now),
                _ => Some(now),
            };
            if let Some(place) = all.get_mut(at) {
                *place = gone;
            }
        }
    }
    Ok(all)
}

impl App {
    /// Looks for what is gone, if a report came to its end or an hour began since it was last done. Gives how many.
    pub(super) async fn find_gone(&self, looked: &mut Looked) -> Result<u64, AppError> {
        let now = self.clock.now();
        let Some(heads) = self.machine(FeedStore::feed_heads).await? else {
            return Ok(0);
        };
        let sign = Some((heads.clone(), now.hour()));
        if looked.heads == sign {
            return Ok(0);
        }
        let (mut after, mut found) = (None, 0);
        loop {
            let page = self.store.told_after(after, PAGE).await?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            let places: Vec<Place> = page.iter().map(|(place, _)| *place).collect();
            let heads = heads.clone();
            let gone = self
                .machine(move |feeds| gone_of(feeds, &heads, &places, now))
                .await?
                .unwrap_or_default();
            let gone: Vec<(Place, Option<i64>, Micros)> = page
                .iter()
                .zip(gone)
                .filter_map(|((place, notice), at)| Some((*place, *notice, at?)))
                .collect();
            found += gone.len() as u64;
            self.note_gone(&gone).await?;
            if (page.len() as i64) < PAGE {
                break;
            }
        }
        looked.heads = sign;
        Ok(found)
    }

    /// Each notice with its own in one unit.
    async fn note_gone(&self, gone: &[(Place, Option<i64>, Micros)]) -> Result<(), AppError> {
        let mut by: BTreeMap<Option<i64>, Vec<(Place, Micros)>> = BTreeMap::new();
        for (place, notice, at) in gone {
            by.entry(*notice).or_default().push((*place, *at));
        }
        for (notice, places) in by {
            let Some(no) = notice else {
                let mut unit = Unit::default();
                for (place, at) in &places {
                    store::gone(&mut unit, place, *at);
                }
                self.store.write(unit).await?;
                continue;
            };
            let rows = u32::try_from(places.len()).unwrap_or(u32::MAX);
            self.notice_change(
                no,
                Actor::System,
                |_| Command::Gone(rows),
                |unit, _, _| {
                    for (place, at) in &places {
                        store::gone(unit, place, *at);
                    }
                    Ok(())
                },
            )
            .await?;
        }
        Ok(())
    }
}
