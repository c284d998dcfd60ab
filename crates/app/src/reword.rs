//! The words by which a report is found, made anew from all that officers can read of it: what was told, messages, old threads.

use cairn_desk::import::Sort;
use cairn_desk::report::retention::whole_text;
use cairn_store::reword::reword;
use cairn_store::writer::WriteError;

use crate::App;
use crate::report::{AppError, Whole};

/// Reports of one turn.
const BATCH: i64 = 200;
/// Reports before a search: more of them wait only just after an upgrade.
const BEFORE_SEARCH: i64 = 50;

impl Whole {
    /// What was written on it after it came in, but for messages that were taken back.
    pub(crate) fn later_texts(&self) -> Vec<&str> {
        let withdrawn = &self.standing.withdrawn;
        let messages = self.messages.iter();
        let messages = messages.filter(|one| !withdrawn.contains(&one.n));
        let old = self.old.iter().filter(|one| one.sort != Sort::Change);
        let texts = messages.map(|one| one.text.as_str());
        texts.chain(old.map(|one| one.text.as_str())).collect()
    }
}

impl App {
    /// Makes the words of reports anew that changed. Gives how many.
    ///
    /// # Errors
    /// See [`AppError`]; what fails is tried again at the next turn, and keeps no other one back.
    pub async fn reword_turn(&self) -> Result<usize, AppError> {
        self.reword_some(BATCH).await
    }

    /// The same before somebody searches, so that what was written a moment ago is found.
    pub(crate) async fn reword_before_search(&self) -> Result<(), AppError> {
        self.reword_some(BEFORE_SEARCH).await.map(drop)
    }

    async fn reword_some(&self, limit: i64) -> Result<usize, AppError> {
        let due = self.store.to_reword(limit).await?;
        if due.is_empty() {
            return Ok(0);
        }
        self.store.settle_words().await;
        let (mut done, mut failed) = (0, None);
        for no in due {
            match self.reword_one(no).await {
                Ok(()) => done += 1,
                // Something happened to it in this moment: the next turn looks at it again.
                Err(AppError::Conflict) => {}
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(done), Err)
    }

    async fn reword_one(&self, no: i64) -> Result<(), AppError> {
        let _turn = self.words_turn.lock().await;
        let whole = self.whole(no).await?;
        let mut later = whole.later_texts();
        let numbers = if whole.old.is_empty() {
            Vec::new()
        } else {
            self.store.old_refs_of(no).await?
        };
        later.extend(numbers.iter().map(|one| one.number.as_str()));
        let text = whole_text(&whole.body, &self.form, &later);
        let seen = &whole.body.observables;
        let at = (no, whole.standing.version);
        let unit = reword(at, &text, seen, self.store.is_sqlite());
        match self.store.write(unit).await {
            Ok(_) => Ok(()),
            Err(WriteError::Conflict) => Err(AppError::Conflict),
            Err(other) => Err(other.into()),
        }
    }
}
