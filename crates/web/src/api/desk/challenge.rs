//! Challenges of figures: the queue, one of them, and what is answered.

use cairn_app::challenge::rows::Summary;
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::challenge::{self as desk, Command, Fault, TypedAnswer, Words};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Asked, Call, Faults, act, moved, read, told};
use super::common::{DeskEvent, DeskVersion, code, when};
use crate::desk::Need;
use crate::problem::{Problem, Result};

pub(super) fn calls() -> Vec<Call> {
    let reads = Need::May(Action::ReadChallenges);
    let answers = Need::May(Action::AnswerChallenges);
    vec![
        read(
            "/api/v1/desk/challenges",
            reads,
            "List challenges of figures",
            list,
        )
        .asks(&[
            ("after", "`open_next` of the page before"),
            ("before", "`answered_next` of the page before"),
        ]),
        read(
            "/api/v1/desk/challenges/{no}",
            reads,
            "Read a challenge",
            show,
        ),
        act(
            "/api/v1/desk/challenges/{no}/release",
            answers,
            "Show the challenger's words",
            release,
        ),
        act(
            "/api/v1/desk/challenges/{no}/withhold",
            answers,
            "Do not show the challenger's words, with a reason that is",
            withhold,
        ),
        act(
            "/api/v1/desk/challenges/{no}/answer",
            answers,
            "Answer",
            answer,
        ),
        act(
            "/api/v1/desk/challenges/{no}/correct",
            answers,
            "Put another answer in the place of the one before",
            correct,
        ),
    ]
}

/// A challenge as lists show it.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskChallengeRow {
    /// Its number.
    no: i64,
    /// Its public reference.
    reference: String,
    /// What a deed is made for.
    version: i64,
    /// When it came in.
    received_at: String,
    /// By when it is to be answered.
    due_at: String,
    /// The plan.
    plan: String,
    /// The edition.
    edition: String,
    /// The figure.
    figure: String,
    /// Likely from a machine.
    set_aside: bool,
    /// `hidden`, `shown` or `withheld`: the challenger's words.
    words: String,
    /// When it was answered.
    answered_at: Option<String>,
    /// `upheld`, `partly`, `not_upheld` or `not_about_this`.
    outcome: Option<String>,
}

fn row(row: &Summary) -> DeskChallengeRow {
    let row = row.clone();
    DeskChallengeRow {
        no: row.no,
        reference: desk::reference(row.no),
        version: row.version,
        received_at: row.received_at.to_string(),
        due_at: row.due_at.to_string(),
        plan: row.plan,
        edition: row.edition,
        figure: row.figure,
        set_aside: row.set_aside,
        words: row.words,
        answered_at: when(row.answered_at),
        outcome: row.outcome,
    }
}

/// Challenges.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskChallenges {
    /// Open ones.
    open: Vec<DeskChallengeRow>,
    /// Where these go on.
    open_next: Option<i64>,
    /// Likely from machines.
    set_aside: Vec<DeskChallengeRow>,
    /// Answered ones.
    answered: Vec<DeskChallengeRow>,
    /// Where these go on.
    answered_next: Option<i64>,
}

async fn list(asked: Asked) -> Result<DeskChallenges> {
    let (after, before) = (asked.number("after")?, asked.number("before")?);
    let queue = asked.app.challenge_queue(&asked.who, after, before).await;
    let queue = queue.map_err(told)?;
    let rows = |all: &[Summary]| all.iter().map(row).collect();
    Ok(DeskChallenges {
        open: rows(&queue.open),
        open_next: queue.open_next,
        set_aside: rows(&queue.set_aside),
        answered: rows(&queue.answered),
        answered_next: queue.answered_next,
    })
}

/// A challenge.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskChallenge {
    /// As lists show it, with its version.
    summary: DeskChallengeRow,
    /// What is said to be wrong: a stranger's text.
    wrong: String,
    /// What would be right.
    right: Option<String>,
    /// Where that is to be seen.
    link: Option<String>,
    /// The challenger's name.
    name: Option<String>,
    /// There is an address to write to.
    contact: bool,
    /// Why the words are not shown.
    withheld: Option<String>,
    /// Answers, the newest last.
    answers: Vec<DeskAnswered>,
    /// What happened, the oldest first.
    history: Vec<DeskEvent>,
}

/// An answer.
#[derive(Serialize, ToSchema)]
struct DeskAnswered {
    /// When.
    at: String,
    /// Outcome.
    outcome: String,
    /// In English.
    en: Option<String>,
    /// In te reo Māori.
    mi: Option<String>,
    /// Where the change or its reason is to be seen.
    link: Option<String>,
}

async fn show(asked: Asked) -> Result<DeskChallenge> {
    read_one(&asked).await
}

async fn read_one(asked: &Asked) -> Result<DeskChallenge> {
    let whole = asked.app.read_challenge(&asked.who, asked.no(0)?).await;
    let whole = whole.map_err(told)?;
    let (body, standing) = (&whole.body, &whole.standing);
    let answers = standing.answers.iter().map(|one| DeskAnswered {
        at: one.at.to_string(),
        outcome: code(&one.answer.outcome),
        en: one.answer.en.clone(),
        mi: one.answer.mi.clone(),
        link: one.answer.link.clone(),
    });
    let history = (1_i64..).zip(&whole.history);
    let history = history.map(|(n, (index, event))| {
        DeskEvent::of((n, *index), (event.at, &event.by), &event.change)
    });
    Ok(DeskChallenge {
        summary: row(&whole.summary),
        wrong: body.wrong.clone(),
        right: body.right.clone(),
        link: body.link.clone(),
        name: body.name.clone(),
        contact: standing.contact,
        withheld: match &standing.words {
            Words::Withheld { reason } => Some(reason.clone()),
            _ => None,
        },
        answers: answers.collect(),
        history: history.collect(),
    })
}

async fn work(asked: &Asked, version: i64, command: Command) -> Result<DeskChallenge> {
    let (who, no) = (&asked.who, asked.no(0)?);
    match asked.app.work_challenge(who, no, version, command).await {
        Ok(()) => read_one(asked).await,
        Err(AppError::Conflict) => Err(moved(&read_one(asked).await?)),
        Err(other) => Err(told(other)),
    }
}

fn faulty(wrong: &[Fault]) -> Problem {
    let mut faults = Faults::default();
    for one in wrong {
        let detail = match one {
            Fault::Missing(_) => "is missing".to_owned(),
            Fault::TooLong { chars, max, .. } => {
                format!("has {chars} characters; at most {max} are taken")
            }
            Fault::NotLink(_) => "is no https:// address".to_owned(),
            Fault::NotEmail(_) => "is no mail address".to_owned(),
        };
        faults.add(format!("/{}", one.field().as_str()), detail);
    }
    faults.end().err().unwrap_or_else(Problem::bad_request)
}

async fn release(asked: Asked, sent: DeskVersion) -> Result<DeskChallenge> {
    work(&asked, sent.version, Command::Release).await
}

/// Words that are not shown.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskWithhold {
    /// The version that was seen.
    version: i64,
    /// Why, as everybody reads it.
    reason: String,
}

async fn withhold(asked: Asked, sent: DeskWithhold) -> Result<DeskChallenge> {
    let reason = desk::reason(&sent.reason).map_err(|fault| faulty(&[fault]))?;
    work(&asked, sent.version, Command::Withhold { reason }).await
}

/// An answer, as everybody reads it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskAnswer {
    /// The version that was seen.
    version: i64,
    /// `upheld`, `partly`, `not_upheld` or `not_about_this`.
    outcome: String,
    /// In English.
    #[serde(default)]
    en: String,
    /// In te reo Māori.
    #[serde(default)]
    mi: String,
    /// Where the change or its reason is to be seen.
    #[serde(default)]
    link: String,
}

fn given(asked: &Asked, sent: &DeskAnswer) -> Result<desk::Answer> {
    let typed = TypedAnswer {
        outcome: &sent.outcome,
        en: &sent.en,
        mi: &sent.mi,
        link: &sent.link,
    };
    desk::answer(typed, asked.who.role).map_err(|faults| faulty(&faults))
}

async fn answer(asked: Asked, sent: DeskAnswer) -> Result<DeskChallenge> {
    let answer = given(&asked, &sent)?;
    work(&asked, sent.version, Command::Answer(answer)).await
}

async fn correct(asked: Asked, sent: DeskAnswer) -> Result<DeskChallenge> {
    let answer = given(&asked, &sent)?;
    work(&asked, sent.version, Command::Correct(answer)).await
}
