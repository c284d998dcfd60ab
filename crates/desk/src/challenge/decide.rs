//! What may be done to a challenge, and what comes of it: `decide(standing, command) -> changes`.

use super::{Answer, Change, Standing, Words};

/// Most answers to one challenge: the first and its corrections.
pub const ANSWERS_MAX: usize = 50;

/// What somebody of the office wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Show the challenger's words.
    Release,
    /// Do not show the challenger's words.
    Withhold {
        /// Why, for the public.
        reason: String,
    },
    /// Answer for the first time.
    Answer(Answer),
    /// Answer otherwise than before.
    Correct(Answer),
    /// Erase the mail address, whose time is over.
    EraseContact,
}

/// Why a command has no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is answered already: the answer can be corrected.
    #[error("the challenge is answered already; correct the answer instead")]
    Answered,
    /// There is no answer to correct.
    #[error("the challenge has no answer that could be corrected")]
    NotAnswered,
    /// There is no address to erase.
    #[error("there is no mail address")]
    NoContact,
    /// [`ANSWERS_MAX`] is reached.
    #[error("the answer was corrected too many times")]
    Limit,
}

/// Decides. An empty list means that it is so already.
///
/// # Errors
/// See [`Refusal`].
pub fn decide(standing: &Standing, command: Command) -> Result<Vec<Change>, Refusal> {
    let change = match command {
        Command::Release if standing.words == Words::Shown => return Ok(Vec::new()),
        Command::Release => Change::Released,
        Command::Withhold { reason } => {
            let withheld = Words::Withheld {
                reason: reason.clone(),
            };
            if standing.words == withheld {
                return Ok(Vec::new());
            }
            Change::Withheld { reason }
        }
        Command::Answer(answer) => match standing.answer() {
            // The same form sent twice is one answer.
            Some(given) if given.says(&answer) && standing.answers.len() == 1 => {
                return Ok(Vec::new());
            }
            Some(_) => return Err(Refusal::Answered),
            None => Change::Answered { answer },
        },
        Command::Correct(answer) => match standing.answer() {
            None => return Err(Refusal::NotAnswered),
            Some(given) if given.says(&answer) => return Ok(Vec::new()),
            Some(_) if standing.answers.len() >= ANSWERS_MAX => return Err(Refusal::Limit),
            Some(_) => Change::Corrected { answer },
        },
        Command::EraseContact if standing.contact => Change::ContactErased,
        Command::EraseContact => return Err(Refusal::NoContact),
    };
    Ok(vec![change])
}

#[cfg(test)]
mod tests {
    use cairn_kernel::actor::Actor;
    use cairn_kernel::time::Micros;

    use super::super::tests::answered;
    use super::super::{Event, Outcome};
    use super::*;

    fn after(standing: &Standing, command: Command) -> Standing {
        let mut after = standing.clone();
        for change in decide(standing, command).unwrap() {
            after.apply(&Event {
                challenge: 1,
                at: Micros(9),
                by: Actor::System,
                change,
            });
        }
        after
    }

    #[test]
    fn words_are_released_and_withheld_either_way_round() {
        let new = Standing::new(false, false);
        let shown = after(&new, Command::Release);
        assert_eq!(shown.words, Words::Shown);
        assert_eq!(decide(&shown, Command::Release), Ok(Vec::new()));
        let withhold = |reason: &str| Command::Withhold {
            reason: reason.into(),
        };
        let withheld = after(&shown, withhold("names a person"));
        assert_eq!(withheld.words.as_str(), "withheld");
        assert_eq!(
            decide(&withheld, withhold("names a person")),
            Ok(Vec::new())
        );
        assert_eq!(decide(&withheld, withhold("other")).unwrap().len(), 1);
        assert_eq!(after(&withheld, Command::Release).words, Words::Shown);
    }

    #[test]
    fn an_answer_is_corrected_and_never_replaced() {
        let new = Standing::new(false, false);
        let (yes, no) = (
            answered(Outcome::Upheld, "Yes."),
            answered(Outcome::NotUpheld, "No."),
        );
        assert_eq!(
            decide(&new, Command::Correct(yes.clone())),
            Err(Refusal::NotAnswered)
        );
        let once = after(&new, Command::Answer(yes.clone()));
        assert_eq!(decide(&once, Command::Answer(yes.clone())), Ok(Vec::new()));
        assert_eq!(
            decide(&once, Command::Answer(no.clone())),
            Err(Refusal::Answered)
        );
        let twice = after(&once, Command::Correct(no.clone()));
        assert_eq!((twice.answers.len(), twice.answer()), (2, Some(&no)));
        assert_eq!(decide(&twice, Command::Correct(no)), Ok(Vec::new()));
        assert_eq!(decide(&twice, Command::Answer(yes)), Err(Refusal::Answered));
    }

    #[test]
    fn corrections_have_a_limit() {
        let mut standing = after(
            &Standing::new(false, false),
            Command::Answer(answered(Outcome::Upheld, "0")),
        );
        for n in 1..ANSWERS_MAX {
            let answer = answered(Outcome::Upheld, &n.to_string());
            standing = after(&standing, Command::Correct(answer));
        }
        let more = answered(Outcome::Upheld, "more");
        assert_eq!(
            decide(&standing, Command::Correct(more)),
            Err(Refusal::Limit)
        );
    }

    #[test]
    fn an_address_is_erased_once() {
        let new = Standing::new(false, true);
        let gone = after(&new, Command::EraseContact);
        assert_eq!(
            decide(&gone, Command::EraseContact),
            Err(Refusal::NoContact)
        );
    }
}
