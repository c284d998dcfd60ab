//! OpenPGP keys of a reporter: which came, which an officer confirmed, and which one mail is encrypted to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Change, Command, Refusal};

/// Most keys of one report.
pub const REPORT_KEYS_MAX: i64 = 20;

/// How a key came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeySource {
    /// With a message of the reporter: in its header, or attached.
    Mail,
    /// An officer pasted it.
    Pasted,
}

impl KeySource {
    /// Name in the database and the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Pasted => "pasted",
        }
    }
}

/// What an officer says of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyWord {
    /// It is theirs: compared on another way.
    Confirmed,
    /// It is not used any more.
    Dropped,
}

/// The keys of a report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keys {
    /// So many so far.
    pub came: i64,
    /// Those that are still kept and not dropped; `true` once confirmed.
    pub there: BTreeMap<i64, bool>,
    /// Something of keys is kept, dropped ones too.
    pub kept: bool,
    /// The one that was confirmed last.
    confirmed: Option<i64>,
}

impl Keys {
    /// The key that mail is encrypted to: the one that an officer confirmed last, else the newest. A confirmed one is never
    /// replaced by another that merely came.
    #[must_use]
    pub fn in_use(&self) -> Option<i64> {
        self.confirmed
            .or_else(|| self.there.keys().next_back().copied())
    }

    /// Another key came after the one that an officer confirmed.
    #[must_use]
    pub fn changed(&self) -> bool {
        let newest = self.there.keys().next_back();
        self.confirmed
            .zip(newest)
            .is_some_and(|(used, newest)| *newest > used)
    }

    pub(super) fn apply(&mut self, change: &Change) {
        match change {
            Change::KeyCame { key, .. } => {
                self.came = *key;
                self.kept = true;
                self.there.insert(*key, false);
            }
            Change::KeyJudged {
                key,
                word: KeyWord::Confirmed,
            } => {
                self.there.insert(*key, true);
                self.confirmed = Some(*key);
            }
            Change::KeyJudged {
                key,
                word: KeyWord::Dropped,
            } => {
                self.there.remove(key);
                self.confirmed = self.confirmed.filter(|known| known != key);
            }
            _ => {}
        }
    }

    /// They name their owner: they go with the contact details.
    pub(super) fn erase(&mut self) {
        self.there.clear();
        self.kept = false;
        self.confirmed = None;
    }

    pub(super) fn decide(&self, command: &Command) -> Result<Vec<Change>, Refusal> {
        match command {
            Command::TakeKey { .. } if self.came >= REPORT_KEYS_MAX => Err(Refusal::Limit),
            Command::TakeKey { source, digest } => Ok(vec![Change::KeyCame {
                key: self.came + 1,
                source: *source,
                digest: digest.clone(),
            }]),
            Command::JudgeKey { key, word } => match (self.there.get(key), word) {
                (None, _) => Err(Refusal::NoSuchKey),
                (Some(_), KeyWord::Confirmed) if self.confirmed == Some(*key) => Ok(Vec::new()),
                _ => Ok(vec![Change::KeyJudged {
                    key: *key,
                    word: *word,
                }]),
            },
            _ => Ok(Vec::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take() -> Command {
        Command::TakeKey {
            source: KeySource::Mail,
            digest: "d".into(),
        }
    }

    fn judge(key: i64, word: KeyWord) -> Command {
        Command::JudgeKey { key, word }
    }

    fn after(commands: &[Command]) -> Keys {
        let mut keys = Keys::default();
        for command in commands {
            for change in keys.decide(command).unwrap() {
                keys.apply(&change);
            }
        }
        keys
    }

    #[test]
    fn a_confirmed_key_is_never_replaced_by_one_that_merely_came() {
        let two = after(&[take(), take()]);
        assert_eq!((two.in_use(), two.changed()), (Some(2), false));
        let sure = after(&[take(), judge(1, KeyWord::Confirmed), take()]);
        assert_eq!((sure.in_use(), sure.changed()), (Some(1), true));
        let other = after(&[
            take(),
            judge(1, KeyWord::Confirmed),
            take(),
            judge(2, KeyWord::Confirmed),
        ]);
        assert_eq!((other.in_use(), other.changed()), (Some(2), false));
        let dropped = after(&[
            take(),
            judge(1, KeyWord::Confirmed),
            judge(1, KeyWord::Dropped),
        ]);
        assert_eq!(dropped.in_use(), None);
        assert_eq!(
            dropped.decide(&judge(1, KeyWord::Confirmed)),
            Err(Refusal::NoSuchKey)
        );
    }

    #[test]
    fn a_report_has_a_limit_of_keys() {
        let many = vec![take(); usize::try_from(REPORT_KEYS_MAX).unwrap()];
        assert_eq!(after(&many).decide(&take()), Err(Refusal::Limit));
    }
}
