//! Notices to the owners of machines: the book of rules, judging what machines reported, making and sending notices, what owners answer,
//! and what is gone since.

mod answer;
mod book;
mod gone;
mod judge;
mod make;
mod pull;
mod read;
mod send;
mod trial;

use cairn_desk::constituent::Day;
use cairn_desk::notice::{Book, Change, Command, Content, Event, Standing, story};
use cairn_evidence::hash::salted;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::feeds::{FeedError, FeedStore};
use cairn_store::keys::random;
use cairn_store::notice as store;
use cairn_store::writer::{Entry, Unit, WriteError};

use crate::App;
use crate::report::{AppError, damaged};

pub use answer::{Opened, Said};
pub use book::{BookSaid, BookWhole};
pub use cairn_store::notice as rows;
pub use cairn_store::pull::PullTokenRow;
pub use pull::{
    Left, PULL_DAYS_MAX, PULL_NOTICES, PULL_PREFIX, PULL_ROWS, PULL_TOKENS_MAX, Pulled, Puller,
};
pub use read::{Held, List, Reason, RowNow, TIMES_DAYS, Whole, Why};
pub use send::NOTICE_MAIL;
pub use trial::{TRIAL_DAYS, TRIAL_OBSERVATIONS_MAX};

/// Tries when somebody does something to the same notice in the same instant.
const TRIES: usize = 8;
/// Segments that are judged in one turn, where more wait.
const SEGMENTS_A_TURN: usize = 8;

/// What a turn remembers of the one before: the newest reports and the hour, as they were when it last looked for what is gone.
#[derive(Debug, Default)]
pub(crate) struct Looked {
    heads: Option<(Vec<cairn_store::feeds::FeedHead>, Micros)>,
    /// The minute, the constituents, the book and the reports for which notices were last made: as long as they are the same, what waits
    /// waits.
    made: Option<(i64, i64, u32, store::Mark)>,
}

/// The book of rules that is on.
#[derive(Debug, Clone)]
pub(crate) struct BookOn {
    pub version: u32,
    pub book: Book,
}

impl App {
    /// Judges what came in since, looks for what is gone, makes the notices that are due. Gives how many observations were judged.
    ///
    /// # Errors
    /// See [`AppError`]; what fails is tried again at the next turn.
    pub async fn notices_turn(&self) -> Result<u64, AppError> {
        let mut looked = self.notices_turn.lock().await;
        if self.store.notice_mark().await?.is_none() {
            return Ok(0);
        }
        let (mut judged, mut waits) = (0, false);
        if let Some(book) = self.book_on().await? {
            for _ in 0..SEGMENTS_A_TURN {
                let Some(some) = self.judge_some(&book).await? else {
                    waits = true;
                    break;
                };
                judged += some;
            }
        }
        self.find_gone(&mut looked).await?;
        // What belongs together may still be on its way.
        if waits && let Some(book) = self.book_on().await? {
            let minute = self.clock.now().seconds().div_euclid(60);
            let people = self.store.constituent_mark().await?.generation;
            let mark = self.store.notice_mark().await?.unwrap_or_default();
            let sign = Some((minute, people, book.version, mark));
            if looked.made != sign {
                self.make_notices(&book).await?;
                looked.made = sign;
            }
        }
        Ok(judged)
    }

    /// Reads machine reports beside the runtime; `None` where none was ever taken in.
    pub(crate) async fn machine<T: Send + 'static>(
        &self,
        work: impl FnOnce(&FeedStore) -> Result<T, FeedError> + Send + 'static,
    ) -> Result<Option<T>, AppError> {
        let store = self.store.clone();
        let done = tokio::task::spawn_blocking(move || match store.feeds()? {
            Some(feeds) => work(&feeds).map(Some),
            None => Ok(None),
        });
        match done.await {
            Ok(done) => Ok(done?),
            Err(error) => Err(FeedError::Database(error.to_string()).into()),
        }
    }

    /// Today, as constituents count days.
    fn notice_day(&self) -> Day {
        Day::of(self.today())
    }

    /// One more event of a notice, with whatever else follows from it. `more` is given the unit and how it stands then.
    async fn notice_change(
        &self,
        no: i64,
        by: Actor,
        command: impl Fn(&Standing) -> Command,
        more: impl Fn(&mut Unit, &Standing, &Standing) -> Result<(), AppError>,
    ) -> Result<Standing, AppError> {
        for _ in 0..TRIES {
            let head = self.store.notice(no).await?.ok_or(AppError::NotFound)?;
            let before = head.standing;
            let change = story::decide(&before, command(&before), &by.account())?;
            let (event, entry) = self.notice_event(no, by.clone(), change)?;
            let mut after = before.clone();
            after.apply(&event);
            let mut unit = Unit::default();
            store::change(&mut unit, &after, entry);
            more(&mut unit, &before, &after)?;
            match self.store.write(unit).await {
                Err(WriteError::Conflict) => {}
                Err(error) => return Err(error.into()),
                Ok(_) => return Ok(after),
            }
        }
        Err(story::Refusal::Moved.into())
    }

    fn notice_event(
        &self,
        notice: i64,
        by: Actor,
        change: Change,
    ) -> Result<(Event, Entry), AppError> {
        let event = Event {
            notice,
            at: self.clock.now(),
            by,
            change,
        };
        let json = serde_json::to_string(&event).map_err(damaged("event"))?;
        let entry = Entry::new(event.at.0, None, json, random()?);
        Ok((event, entry))
    }
}

/// JSON with a salt, and the digest that the log has.
fn salted_json<T: serde::Serialize>(what: &T) -> Result<(([u8; 16], String), String), AppError> {
    let json = serde_json::to_string(what).map_err(damaged("notice"))?;
    let salt = random::<16>()?;
    let digest = salted(&salt, json.as_bytes()).hex();
    Ok(((salt, json), digest))
}

fn content(json: &str) -> Result<Content, AppError> {
    serde_json::from_str(json).map_err(damaged("notice"))
}
