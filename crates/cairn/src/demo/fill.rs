//! Example data: the same reports at every start, made by rule from `data/example/reports.json`, spread over the last
//! ten quarters with the rhythm of a real desk. All names and addresses are those kept for examples.

use anyhow::Context;
use cairn_app::App;
use cairn_app::account::Principal;
use cairn_app::clock::Clock;
use cairn_desk::report::{Command, MessageText};
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use serde::Deserialize;
use serde_json::{Value, json};

/// Reports of the example.
pub const REPORTS: u32 = 420;
/// Days that they are spread over.
const DAYS: i64 = 900;

const EXAMPLES: &str = include_str!("../../../../data/example/reports.json");
const REGIONS: [&str; 9] = [
    "NZ-AUK", "NZ-AUK", "NZ-WGN", "NZ-CAN", "NZ-WKO", "NZ-BOP", "NZ-OTA", "NZ-MWT", "NZ-NTL",
];
const AGES: [&str; 6] = ["18-24", "25-34", "35-44", "45-54", "55-64", "65+"];
const SECTORS: [&str; 6] = ["G", "C", "E", "I", "M", "P"];
const NAMES: [&str; 6] = [
    "Aroha Example",
    "Wiremu Example",
    "Sina Example",
    "Tom Example",
    "Mei Example",
    "Priya Example",
];

#[derive(Deserialize)]
struct Template {
    weight: u32,
    language: String,
    #[serde(default)]
    anonymous: bool,
    #[serde(default)]
    organisation: bool,
    loss: Option<[i64; 2]>,
    paid_by: Option<String>,
    answers: serde_json::Map<String, Value>,
}

/// A small generator with a fixed start (xorshift64*, Vigna 2016): examples need no surprise.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high % n.max(1) as u64).unwrap_or_default()
    }

    fn one_of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list.get(self.below(list.len()))
            .copied()
            .unwrap_or_default()
    }
}

/// Fills an empty store. `clock` is the app's own and is left at `now`.
///
/// # Errors
/// The example data do not fit the form, or the store cannot write.
pub async fn fill(
    app: &App,
    clock: &Clock,
    now: Micros,
    officers: &[Principal],
) -> anyhow::Result<()> {
    let templates: Vec<Template> =
        serde_json::from_str(EXAMPLES).context("data/example/reports.json")?;
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut worked = Vec::new();
    for n in 0..REPORTS {
        // More reports in later quarters, and none in the future.
        let share = f64::from(n) / f64::from(REPORTS);
        #[expect(clippy::cast_possible_truncation, reason = "a few thousand at most")]
        let age_hours = ((1.0 - share.sqrt()) * (DAYS * 24) as f64) as i64;
        let at = now.plus_seconds(-age_hours * 3_600 - i64::try_from(dice.below(3_000))? - 60);
        clock.set(at);
        let submission = submission(&templates, n, at, &mut dice)?;
        let draft = app
            .form
            .parse_json(&serde_json::to_vec(&submission)?)
            .map_err(|problems| anyhow::anyhow!("example {n}: {problems:?}"))?;
        let received = app.submit(&draft, Actor::Reporter, None).await?;
        worked.push((received, at, age_hours));
    }
    for (received, at, age_hours) in worked {
        let officer = officers
            .get(dice.below(officers.len()))
            .context("no officer")?;
        work(app, clock, &received, at, age_hours, officer, &mut dice).await?;
    }
    clock.set(now);
    Ok(())
}

fn submission(
    templates: &[Template],
    n: u32,
    at: Micros,
    dice: &mut Dice,
) -> anyhow::Result<Value> {
    let all: u32 = templates.iter().map(|t| t.weight).sum();
    let mut draw = u32::try_from(dice.below(all as usize))?;
    let template = templates
        .iter()
        .find(|t| {
            let hit = draw < t.weight;
            draw = draw.saturating_sub(t.weight);
            hit
        })
        .context("no template")?;
    // Campaigns: a link serves some dozen reports, as in life.
    let campaign = n / 24 + u32::try_from(dice.below(3))?;
    let mut answers = template.answers.clone();
    for value in answers.values_mut() {
        if let Value::String(text) = value {
            *text = text
                .replace("{nnn}", &format!("{:03}", campaign % 1000))
                .replace("{nn}", &format!("{:02}", dice.below(90) + 10))
                .replace("{n}", &campaign.to_string())
                .replace("{b}", &(campaign % 250 + 1).to_string());
        }
    }
    // Most tell the same week, some after months.
    let late = [0, 0, 0, 1, 1, 2, 3, 5, 9, 20, 45, 120];
    let late = late
        .get(dice.below(late.len()))
        .copied()
        .unwrap_or_default();
    let happened = at.plus_seconds(-late * 24 * 3_600);
    let day = happened
        .timestamp()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    let date = json!({"year": day.year(), "month": day.month(), "day": day.day()});
    answers.insert("when".into(), date.clone());
    if template.organisation {
        answers.insert("sector".into(), json!(dice.one_of(&SECTORS)));
        answers.insert("size".into(), json!(dice.one_of(&["1", "2-19", "20-49"])));
        answers.insert("org_region".into(), json!(dice.one_of(&REGIONS)));
    } else if dice.below(4) > 0 {
        answers.insert("region".into(), json!(dice.one_of(&REGIONS)));
        answers.insert("age_band".into(), json!(dice.one_of(&AGES)));
    }
    let anonymous = template.anonymous || dice.below(5) == 0;
    let mut out = json!({
        "language": template.language, "anonymous": anonymous, "answers": answers,
    });
    let fields = out.as_object_mut().context("an object")?;
    if let Some([from, to]) = template.loss {
        fields.insert(
            "losses".into(),
            losses(from, to, template.paid_by.as_deref(), &date, dice),
        );
    }
    if !anonymous {
        fields.insert(
            "contact".into(),
            json!({
                "name": dice.one_of(&NAMES), "email": format!("person{n}@example.org"),
            }),
        );
        fields.insert(
            "consents".into(),
            match dice.below(6) {
                0 | 1 => json!(["police"]),
                2 => json!(["netsafe", "police"]),
                3 => json!(["netsafe"]),
                _ => json!([]),
            },
        );
    }
    Ok(out)
}

/// Few lose much and many lose little: the square of a throw between the ends.
fn losses(from: i64, to: i64, paid_by: Option<&str>, date: &Value, dice: &mut Dice) -> Value {
    let throw = dice.below(1_000) as f64 / 1_000.0;
    #[expect(clippy::cast_possible_truncation, reason = "between the ends")]
    let minor = (from as f64 + (to - from) as f64 * throw.powi(4)) as i64 / 100 * 100;
    let mut item = json!({
        "kind": "direct_financial", "date": date, "certainty": "stated", "paid_by": paid_by,
        "amount": {"minor": minor, "currency": "NZD"},
    });
    if let Some(item) = item.as_object_mut() {
        match dice.below(6) {
            0 => drop(item.remove("amount")),
            1 => drop(item.insert("recovered_minor".into(), json!(minor / 2))),
            _ => {}
        }
    }
    json!([item])
}

/// Old reports are done, recent ones in work, the newest untouched.
async fn work(
    app: &App,
    clock: &Clock,
    received: &cairn_app::report::Received,
    at: Micros,
    age_hours: i64,
    officer: &Principal,
    dice: &mut Dice,
) -> anyhow::Result<()> {
    if age_hours < 24 * 4 {
        return Ok(());
    }
    let mut version = 1;
    // Taken up within days; one of eight waits longer than it should.
    let mut hours = i64::try_from(dice.below(60))?;
    if dice.below(8) == 0 {
        hours += i64::try_from(dice.below(120))?;
    }
    let last = (age_hours - 2).max(1);
    let taken = hours.min(last);
    clock.set(at.plus_seconds(taken * 3_600 + 600));
    let reference = received.reference.as_str();
    let take = Command::Assign {
        to: Some(officer.account.clone()),
    };
    app.work(officer, reference, version, take).await?;
    version += 1;
    if dice.below(3) > 0 {
        let asks = age_hours < 24 * 20;
        let text = if asks {
            "Thank you for telling us. Could you send us the full address of the link, or a picture of the message?"
        } else {
            "Thank you for telling us. We have passed the address on so that it can be taken down. Please keep watching your account statements."
        };
        let text = MessageText::parse(text)?;
        app.write_to_reporter(officer, reference, version, text, asks)
            .await?;
        version += 1;
        if asks {
            return Ok(());
        }
    }
    // The newest are still open, and one of fifteen others.
    if age_hours > 24 * 12 && dice.below(15) > 0 {
        let days = i64::try_from(dice.below(6) * dice.below(6))?;
        let closed = (taken + days * 24 + 3).min(age_hours - 1);
        clock.set(at.plus_seconds(closed * 3_600 + 600));
        let outcome = dice.one_of(&[
            "advice_given",
            "resolved",
            "referred",
            "taken_down",
            "no_action",
        ]);
        app.work(
            officer,
            reference,
            version,
            Command::Close {
                outcome: outcome.to_owned(),
            },
        )
        .await?;
    }
    Ok(())
}
