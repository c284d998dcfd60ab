//! Example challenges of a figure of the example plan: one answered, one open.

use anyhow::{Context, anyhow};
use cairn_app::App;
use cairn_app::account::Principal;
use cairn_app::clock::Clock;
use cairn_desk::challenge::{Command, Draft, Figure, Typed, TypedAnswer, answer};
use cairn_kernel::time::Micros;

/// The example plan, its edition, and its measure of reported loss.
const ABOUT: (&str, &str, &str) = ("nz-digital", "2026", "m2");
const DAY: i64 = 24 * 3_600;

/// What a reader says, and so many days ago.
const ASKED: [(i64, Typed<'static>); 2] = [
    (
        41,
        Typed {
            wrong: "The base year is not the one the strategy names. From another base the same series says the opposite, so one word for it is a choice, and the page should say whose.",
            right: "Show the status from each possible base beside each other.",
            link: "https://example.org/base-years",
            name: "Aroha Example",
            email: "",
        },
    ),
    (
        6,
        Typed {
            wrong: "Reported loss rises when more people report. Without the number of reports beside it, nobody can tell whether harm or reporting went up.",
            right: "",
            link: "",
            name: "",
            email: "",
        },
    ),
];

/// Fills in both; the first is answered by `lead` nine days later. The clock is left at `now`.
///
/// # Errors
/// The store cannot write.
pub async fn fill(app: &App, clock: &Clock, now: Micros, lead: &Principal) -> anyhow::Result<()> {
    let (plan, edition, key) = ABOUT;
    let figure = Figure::parse(key);
    let mut numbers = Vec::new();
    for (days, typed) in ASKED {
        clock.set(now.plus_seconds(-days * DAY));
        let draft = Draft::parse((plan, edition, &figure), "en", typed, false)
            .map_err(|faults| anyhow!("the example challenge: {faults:?}"))?;
        let sent = app.submit_challenge(&draft, typed.wrong.as_bytes()).await?;
        numbers.push(sent.no);
    }
    let first = *numbers.first().context("no example challenge")?;
    clock.set(now.plus_seconds(-32 * DAY));
    let typed = TypedAnswer {
        outcome: "partly",
        en: "You are right that one word would have been a choice. The page now shows what the status would be from every other base, below the status itself.\n\nThe base stays: it is the first year for which the figure was collected in the same way.",
        mi: "E tika ana koe: he whiriwhiri te kupu kotahi. Ka whakaatu te whārangi ināianei i te tūnga mai i ia tīmatanga kē, i raro tonu i te tūnga.\n\nKa mau tonu te tīmatanga: koirā te tau tuatahi i kohia ai te tatauranga i te ara ōrite.",
        link: "/track/nz-digital/m/m2.html",
    };
    let answer =
        answer(typed, lead.role).map_err(|faults| anyhow!("the example answer: {faults:?}"))?;
    app.work_challenge(lead, first, 1, Command::Answer(answer))
        .await?;
    clock.set(now);
    Ok(())
}
