//! What an owner sees and says under the secret link. Who has the link is the owner: there is no account.

use cairn_desk::notice::files::File;
use cairn_desk::notice::{
    ALL_ROWS, Answer, Command, Content, NOTE_CHARS_MAX, Standing, State, Why,
};
use cairn_kernel::actor::Actor;
use cairn_kernel::text::clean;
use cairn_store::notice::{self as store, Line, Place};
use cairn_store::writer::Unit;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::{content, salted_json};
use crate::App;
use crate::report::AppError;

/// What an owner said, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Answers by row, counted from 1; [`ALL_ROWS`] stands for all.
    pub rows: Vec<(i64, Answer)>,
    /// What else they wrote: a stranger's words.
    pub note: String,
}

/// A notice that was opened with its secret.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Where it stands.
    pub standing: Standing,
    /// What it says.
    pub content: Content,
    /// How its rows stand now.
    pub lines: Vec<Line>,
    /// Answers so far.
    pub answers: Vec<store::Answered>,
}

impl App {
    /// The notice of a number, if the secret is right. Wrong, absent and not sent look the same.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn open_notice(&self, number: &str, secret: &str) -> Result<Opened, AppError> {
        let right = self.notice_secret(number);
        let typed = secret.parse::<cairn_kernel::reference::Secret>();
        let same: bool = match &typed {
            Ok(typed) => right.as_bytes().ct_eq(typed.as_bytes()).into(),
            Err(_) => false,
        };
        let head = self.store.notice_by(number).await?;
        let head = head
            .filter(|head| same && matches!(head.standing.state, State::Sent | State::Returned));
        self.opened_notice(head.ok_or(AppError::NotFound)?).await
    }

    /// A notice with how its rows stand now, for who may see it.
    pub(super) async fn opened_notice(&self, head: store::Head) -> Result<Opened, AppError> {
        Ok(Opened {
            content: content(&head.content)?,
            lines: self.store.notice_lines(head.standing.no).await?,
            answers: self.store.notice_answers(head.standing.no).await?,
            standing: head.standing,
        })
    }

    /// Its rows as a file of the format in which they went.
    ///
    /// # Errors
    /// See [`AppError`].
    pub fn opened_file(&self, opened: &Opened) -> Result<File, AppError> {
        let file = self.notice_file(&opened.standing.number, &opened.content);
        file.map_err(|error| AppError::Input(error.to_string()))
    }

    /// What the owner says of rows. An answer to a single row goes before one to all.
    ///
    /// # Errors
    /// See [`AppError`]; [`AppError::Input`] if nothing was said or the note is too long.
    pub async fn answer_notice(&self, opened: &Opened, said: &Said) -> Result<(), AppError> {
        let note = clean(&said.note).trim().to_owned();
        if note.chars().count() > NOTE_CHARS_MAX || (said.rows.is_empty() && note.is_empty()) {
            return Err(AppError::Input("answer".into()));
        }
        let said = Said {
            rows: said.rows.clone(),
            note,
        };
        let by = answered(&said, &opened.lines);
        let rows = by.iter().map(|(_, places)| places.len() as u32).sum();
        let (salted, digest) = salted_json(&said)?;
        let command = |_: &Standing| Command::Answer(digest.clone(), rows);
        let more = |unit: &mut Unit, _: &Standing, after: &Standing| {
            let head = (after.no, after.answers, self.clock.now());
            // The row of the answer is written once, with the first group of rows.
            let mut groups = by.iter();
            let first = groups.next();
            let (code, why, places) = match first {
                Some((answer, places)) => (answer.as_str(), silenced(*answer), places.as_slice()),
                None => ("", None, [].as_slice()),
            };
            store::answer(unit, head, salted.clone(), (code, why), places);
            for (answer, places) in groups {
                store::mark_answered(unit, (answer.as_str(), silenced(*answer)), places);
            }
            Ok(())
        };
        self.notice_change(opened.standing.no, Actor::Reporter, command, more)
            .await
            .map(drop)
    }
}

fn silenced(answer: Answer) -> Option<Why> {
    answer.silences().then_some(Why::Answered)
}

/// Observations by answer.
fn answered(said: &Said, lines: &[Line]) -> Vec<(Answer, Vec<Place>)> {
    let all = said.rows.iter().find(|(row, _)| *row == ALL_ROWS);
    let mut by: Vec<(Answer, Vec<Place>)> = Vec::new();
    for (row, line) in (1_i64..).zip(lines) {
        let own = said.rows.iter().find(|(at, _)| *at == row).or(all);
        let Some((_, answer)) = own else { continue };
        match by.iter_mut().find(|(known, _)| known == answer) {
            Some((_, places)) => places.push(line.place),
            None => by.push((*answer, vec![line.place])),
        }
    }
    by
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_to_a_row_goes_before_one_to_all() {
        let line = |n| Line {
            place: Place {
                key: [n; 16],
                feed: 1,
                n: 1,
            },
            gone: None,
            answer: None,
        };
        let lines = [line(1), line(2), line(3)];
        let said = Said {
            rows: vec![
                (ALL_ROWS, Answer::Fixed),
                (2, Answer::NotOurs),
                (9, Answer::False),
            ],
            note: String::new(),
        };
        let by = answered(&said, &lines);
        assert_eq!(by.len(), 2);
        assert_eq!((by[0].0, by[0].1.len()), (Answer::Fixed, 2));
        assert_eq!((by[1].0, by[1].1[0].key[0]), (Answer::NotOurs, 2));
        let one = Said {
            rows: vec![(1, Answer::Working)],
            note: String::new(),
        };
        assert_eq!(
            answered(&one, &lines),
            vec![(Answer::Working, vec![lines[0].place])]
        );
    }
}
