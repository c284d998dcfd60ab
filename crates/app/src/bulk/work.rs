//! What is done to each report of a selection: in one unit with the note of it, so that nothing is done twice or half.

use cairn_desk::bulk::{Fate, Stage, take_back};
use cairn_kernel::actor::Actor;
use cairn_store::bulk::{self as store, Bulk, Chosen};
use cairn_store::writer::{Unit, WriteError};

use crate::App;
use crate::hold::undo_basis;
use crate::report::{AppError, damaged, words_to};

/// Reports of one turn; others get theirs in between.
const TURN: usize = 100;

impl App {
    /// Works on the selections that wait for it. Gives how many reports had their turn.
    ///
    /// # Errors
    /// See [`AppError`]; what fails is tried again at the next turn, and keeps no other selection back.
    pub async fn bulk_turn(&self) -> Result<usize, AppError> {
        let (mut worked, mut failed) = (0, None);
        for bulk in self.store.bulks_working().await? {
            match self.work_on_bulk(bulk.no, TURN).await {
                Ok(count) => worked += count,
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(worked), Err)
    }

    /// Works on at most so many reports of a selection. It is over only when each of them had its turn, and not where somebody
    /// wants it back meanwhile: that is for the next turn.
    pub(super) async fn work_on_bulk(&self, no: i64, at_most: usize) -> Result<usize, AppError> {
        let _turn = self.bulk_turn.lock().await;
        let bulk = self.store.bulk(no).await?.ok_or(AppError::NotFound)?;
        let (end, due): (Stage, &[Fate]) = match bulk.stage {
            Stage::Doing => (Stage::Done, &[Fate::Waiting]),
            Stage::Undoing => (Stage::Undone, &[Fate::Waiting, Fate::Done]),
            _ => return Ok(0),
        };
        let mut chosen = self.store.bulk_reports(no).await?;
        chosen.retain(|one| due.contains(&one.fate));
        let mut settled = 0;
        for one in chosen.iter().take(at_most) {
            let now = self.store.bulk(no).await?.ok_or(AppError::NotFound)?;
            if now.stage != bulk.stage {
                return Ok(settled);
            }
            settled += usize::from(self.work_on(&bulk, one).await?);
        }
        if settled < chosen.len() {
            return Ok(settled);
        }
        let over = store::turn(no, (bulk.stage, end), None, None);
        match self.store.write(over).await {
            Ok(_) | Err(WriteError::Conflict) => Ok(settled),
            Err(other) => Err(other.into()),
        }
    }

    /// Whether the report had its turn; not where somebody was quicker on the report itself, which is looked at again as it is then.
    async fn work_on(&self, bulk: &Bulk, chosen: &Chosen) -> Result<bool, AppError> {
        let done = if bulk.stage == Stage::Undoing {
            self.take_one_back(bulk, chosen).await
        } else {
            self.do_one(bulk, chosen).await
        };
        match done {
            Ok(()) => Ok(true),
            Err(AppError::Conflict) => Ok(false),
            // One that is damaged keeps no other one back.
            Err(error @ (AppError::NotFound | AppError::Damaged { .. })) => {
                tracing::warn!(no = chosen.report, %error, "nothing was done to a report; see `cairn log verify`");
                self.note_only(bulk, chosen, Fate::Refused).await?;
                Ok(true)
            }
            Err(other) => Err(other),
        }
    }

    async fn note_only(&self, bulk: &Bulk, chosen: &Chosen, fate: Fate) -> Result<(), AppError> {
        let mut unit = Unit::default();
        let after = Chosen { fate, ..*chosen };
        store::note(&mut unit, bulk.no, chosen, &after);
        self.store.write(unit).await?;
        Ok(())
    }

    async fn do_one(&self, bulk: &Bulk, chosen: &Chosen) -> Result<(), AppError> {
        let whole = self.whole(chosen.report).await?;
        if whole.standing.version != chosen.version {
            return self.note_only(bulk, chosen, Fate::Moved).await;
        }
        let by = Actor::User(bulk.account.clone());
        let texts = bulk.texts.as_deref().map(serde_json::from_str);
        let texts = texts.transpose().map_err(damaged("reply"))?;
        let words = words_to(&whole, &texts.unwrap_or_default(), &by)?;
        let (digest, words) = words.unzip();
        let changes = match bulk.deeds.on(&whole.standing, digest) {
            Ok(changes) if changes.is_empty() => {
                return self.note_only(bulk, chosen, Fate::Same).await;
            }
            Ok(changes) => changes,
            Err(_) => return self.note_only(bulk, chosen, Fate::Refused).await,
        };
        let first = chosen.version + 1;
        let after = Chosen {
            fate: Fate::Done,
            events: Some((first, chosen.version + changes.len() as i64)),
            ..*chosen
        };
        let mut unit = self.unit_of(&whole, &by, changes, words)?;
        store::note(&mut unit, bulk.no, chosen, &after);
        self.store.write(unit).await?;
        Ok(())
    }

    async fn take_one_back(&self, bulk: &Bulk, chosen: &Chosen) -> Result<(), AppError> {
        let Some(range) = chosen.events else {
            return self.note_only(bulk, chosen, Fate::Undone).await;
        };
        let whole = self.whole(chosen.report).await?;
        let (start, events) = undo_basis(&whole)?;
        let by = bulk.undone_by.clone().map_or(Actor::System, Actor::User);
        let asked = self.undo_asked(0);
        let (changes, stays) = take_back(&start, &events, range, &by, asked);
        let fate = Fate::taken_back(changes.len(), stays.len());
        if changes.is_empty() {
            return self.note_only(bulk, chosen, fate).await;
        }
        let mut unit = self.undo_unit(&whole, &by, changes)?;
        store::note(&mut unit, bulk.no, chosen, &Chosen { fate, ..*chosen });
        self.store.write(unit).await?;
        Ok(())
    }
}
