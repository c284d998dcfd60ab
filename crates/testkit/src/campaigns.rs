//! A day of reports as a desk gets them: eight campaigns told by many people in two languages, other reports between
//! them, the same report sent twice, and three with serious harm. Which ones belong together is known.
//!
//! All words, names, numbers and addresses are made up or kept for examples. Knows nothing of stores and forms, so
//! that the tests of pure crates can take this file in by its path.

use serde_json::{Map, Value, json};

use crate::dice::Dice;

const DATA: &str = include_str!("../../../data/example/campaigns.json");
/// What only one answer to `what` leads to.
const BRANCHES: [&str; 9] = [
    "scam_kind",
    "phishing_did",
    "account_kind",
    "malware_signs",
    "malware_ransom",
    "threat_kind",
    "website_what",
    "data_kinds",
    "signs",
];
/// Of a hundred reports: these belong to no campaign.
const NOISE_PERCENT: u64 = 18;
/// Of a hundred reports: these are an earlier one sent again.
const TWICE_PERCENT: u64 = 5;

/// One report and what the test knows of it.
#[derive(Debug, Clone)]
pub struct Example {
    /// The report as `POST /api/v1/reports` takes it.
    pub report: Value,
    /// Reports with the same label belong together; no label is used for two things.
    pub label: usize,
    /// Code of the campaign, if it is of one.
    pub campaign: Option<String>,
    /// Somebody is badly harmed or may be.
    pub serious: bool,
}

/// `count` reports (200 make a day) in the order of their arrival, the same for the same seed.
#[must_use]
pub fn campaigns(seed: u64, count: usize) -> Vec<Example> {
    let mut dice = Dice::new(seed);
    let data: Value = serde_json::from_str(DATA).expect("data/example/campaigns.json");
    let worlds: Vec<World<'_>> = list(&data["campaigns"])
        .iter()
        .map(|campaign| World::new(campaign, &mut dice))
        .collect();
    let mut all = Vec::with_capacity(count);
    let mut label = worlds.len();
    // Nobody else tells the same story in the same words: each of these comes once.
    let mut noise: Vec<&Value> = list(&data["noise"]).iter().collect();
    shuffle(&mut noise, &mut dice);
    for template in list(&data["serious"]).iter().take(count) {
        all.push(alone(template, &data, label, true, &mut dice));
        label += 1;
    }
    while all.len() < count {
        let throw = dice.below(100);
        if throw < TWICE_PERCENT {
            let first: &Example = dice.pick(&all);
            let again = first.clone();
            all.push(again);
        } else if throw < TWICE_PERCENT + NOISE_PERCENT
            && let Some(template) = noise.pop()
        {
            all.push(alone(template, &data, label, false, &mut dice));
            label += 1;
        } else {
            let at = by_weight(&worlds, &mut dice);
            all.push(worlds[at].example(at, &data, &mut dice));
        }
    }
    shuffle(&mut all, &mut dice);
    all
}

/// Fisher and Yates.
fn shuffle<T>(all: &mut [T], dice: &mut Dice) {
    for at in (1..all.len()).rev() {
        all.swap(at, dice.below(at as u64 + 1) as usize);
    }
}

/// A campaign with the domains, numbers and wallets that this seed gives it.
struct World<'d> {
    campaign: &'d Value,
    pools: Vec<(String, Vec<String>)>,
}

impl<'d> World<'d> {
    fn new(campaign: &'d Value, dice: &mut Dice) -> Self {
        let pools = campaign["pools"].as_object().expect("pools");
        let pools = pools
            .iter()
            .map(|(name, patterns)| {
                let values = list(patterns).iter().map(|p| fill(text(p), dice));
                (name.clone(), values.collect())
            })
            .collect();
        Self { campaign, pools }
    }

    fn example(&self, label: usize, data: &Value, dice: &mut Dice) -> Example {
        let campaign = self.campaign;
        let language = if dice.one_in(5) { "mi" } else { "en" };
        let mut answers = campaign["answers"].as_object().expect("answers").clone();
        if dice.one_in(4) {
            change(&mut answers, dice.pick(list(&campaign["otherwise"])));
        }
        let mut traces = self.traces(dice);
        let quotes = dice.below(100) < if traces.is_empty() { 80 } else { 45 };
        let quote = quotes.then(|| text(&campaign["quote"][language]));
        let mut story = tell(&campaign[language], quote, language, data, dice);
        // Some write what they have into the story, as they speak.
        if dice.one_in(3) {
            for trace in traces.drain(..) {
                story.push_str(if language == "mi" { " Ko " } else { " It was " });
                story.push_str(&trace);
                story.push('.');
            }
        }
        answers.insert("story".into(), json!(story));
        if !traces.is_empty() {
            answers.insert("traces".into(), json!(traces.join("\n")));
        }
        Example {
            report: submission(answers, language, campaign, dice),
            label,
            campaign: Some(text(&campaign["code"]).to_owned()),
            serious: false,
        }
    }

    /// What a reporter noted down: most of it, now and then nothing.
    fn traces(&self, dice: &mut Dice) -> Vec<String> {
        let mut kept = Vec::new();
        if dice.below(100) < 7 {
            return kept;
        }
        for group in list(&self.campaign["traces"]) {
            if dice.below(100) < 72 {
                let mut trace = text(dice.pick(list(group))).to_owned();
                for (name, values) in &self.pools {
                    let value: &String = dice.pick(values);
                    trace = trace.replace(&format!("{{{name}}}"), value);
                }
                kept.push(as_written(fill(&trace, dice), dice));
            }
        }
        kept
    }
}

fn by_weight(worlds: &[World<'_>], dice: &mut Dice) -> usize {
    let weight = |world: &World<'_>| world.campaign["weight"].as_u64().unwrap_or(1);
    let mut draw = dice.below(worlds.iter().map(weight).sum());
    for (at, world) in worlds.iter().enumerate() {
        if draw < weight(world) {
            return at;
        }
        draw -= weight(world);
    }
    0
}

/// A report that belongs with no other.
fn alone(template: &Value, data: &Value, label: usize, serious: bool, dice: &mut Dice) -> Example {
    let language = text(&template["language"]);
    let mut answers = template["answers"].as_object().expect("answers").clone();
    let mut story = text(&template["story"]).to_owned();
    if !serious {
        story = dress(story, language, data, dice);
    }
    answers.insert("story".into(), json!(story));
    let traces = fill(text(&template["traces"]), dice);
    if !traces.is_empty() {
        answers.insert("traces".into(), json!(traces));
    }
    Example {
        report: submission(answers, language, template, dice),
        label,
        campaign: None,
        serious,
    }
}

/// A story of one variant of each sentence, not all sentences, with the fraud's own words where there are some.
fn tell(
    slots: &Value,
    quote: Option<&str>,
    language: &str,
    data: &Value,
    dice: &mut Dice,
) -> String {
    let mut sentences = Vec::new();
    for (at, variants) in list(slots).iter().enumerate() {
        if at == 0 || dice.below(100) < 75 {
            sentences.push(text(dice.pick(list(variants))).to_owned());
        }
    }
    if let Some(quote) = quote {
        let place = 1 + dice.below(sentences.len() as u64) as usize;
        sentences.insert(place, format!("“{quote}”."));
    }
    dress(sentences.join(" "), language, data, dice)
}

/// With greeting, something personal, a closing, slips of the finger, and macrons as people write them.
fn dress(story: String, language: &str, data: &Value, dice: &mut Dice) -> String {
    let mut out = text(dice.pick(list(&data["openings"][language]))).to_owned();
    out.push_str(&story);
    for _ in 0..dice.below(3) {
        out.push(' ');
        out.push_str(text(dice.pick(list(&data["asides"][language]))));
    }
    let closing = text(dice.pick(list(&data["closings"][language])));
    if !closing.is_empty() {
        out.push('\n');
        out.push_str(closing);
    }
    if dice.below(100) < 40 {
        for _ in 0..1 + dice.below(4) {
            out = slip(&out, dice);
        }
    }
    if language == "mi" {
        out = macrons(&out, dice);
    }
    out
}

/// One slip: two letters swapped, one left out, or one twice.
fn slip(text: &str, dice: &mut Dice) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let at = dice.below(chars.len() as u64) as usize;
    if at + 1 < chars.len() && chars[at].is_alphabetic() && chars[at + 1].is_alphabetic() {
        match dice.below(3) {
            0 => chars.swap(at, at + 1),
            1 => drop(chars.remove(at)),
            _ => chars.insert(at, chars[at]),
        }
    }
    chars.into_iter().collect()
}

/// Long vowels with macrons, without, doubled, or in a mixture.
fn macrons(text: &str, dice: &mut Dice) -> String {
    let manner = dice.below(4);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let plain = match c {
            'ā' => 'a',
            'ē' => 'e',
            'ī' => 'i',
            'ō' => 'o',
            'ū' => 'u',
            other => {
                out.push(other);
                continue;
            }
        };
        match if manner == 3 { dice.below(3) } else { manner } {
            0 => out.push(c),
            1 => out.push(plain),
            _ => out.extend([plain, plain]),
        }
    }
    out
}

/// A link defanged, a number as people at home write it, or as it is.
fn as_written(trace: String, dice: &mut Dice) -> String {
    match dice.below(6) {
        0 => trace
            .replace("http", "hxxp")
            .replace(".example", "[.]example"),
        1 => trace.replace("+64 ", "0"),
        2 => trace.replace(" 555 ", "-555-"),
        _ => trace,
    }
}

/// Placeholders filled by throws: `{x}` three letters, `{d}` and `{nn}` two digits, `{n}` four, `{acc}` six, `{b}` a
/// byte, `{token}` eight letters, `{wallet}` an address in hexadecimal.
fn fill(pattern: &str, dice: &mut Dice) -> String {
    let mut out = pattern.to_owned();
    for (name, digits) in [("{d}", 2), ("{nn}", 2), ("{n}", 4), ("{acc}", 6)] {
        while out.contains(name) {
            let number = 10_u64.pow(digits - 1) + dice.below(9 * 10_u64.pow(digits - 1));
            out = out.replacen(name, &number.to_string(), 1);
        }
    }
    while out.contains("{b}") {
        out = out.replacen("{b}", &(1 + dice.below(254)).to_string(), 1);
    }
    for (name, count) in [("{x}", 3), ("{token}", 8)] {
        while out.contains(name) {
            let word: String = (0..count)
                .map(|_| char::from(b'a' + dice.below(26) as u8))
                .collect();
            out = out.replacen(name, &word, 1);
        }
    }
    while out.contains("{wallet}") {
        let hex: String = dice.bytes::<20>().map(|b| format!("{b:02x}")).concat();
        out = out.replacen("{wallet}", &format!("0x{hex}"), 1);
    }
    out
}

/// Other answers than most give; what an answer no longer leads to is left out.
fn change(answers: &mut Map<String, Value>, other: &Value) {
    let other = other.as_object().expect("answers");
    if other.contains_key("what") {
        answers.retain(|code, _| !BRANCHES.contains(&code.as_str()));
    }
    for (code, answer) in other {
        answers.insert(code.clone(), answer.clone());
    }
}

/// The whole report: answers that all have, losses, contact, consents.
fn submission(
    mut answers: Map<String, Value>,
    language: &str,
    template: &Value,
    dice: &mut Dice,
) -> Value {
    for answer in answers.values_mut() {
        if answer == "not_known" {
            *answer = json!({"not_known": true});
        }
    }
    let lost = !template["loss"].is_null() && dice.below(100) < 60;
    let organisation = template["organisation"] == true;
    let who = if organisation { "business" } else { "me" };
    let help = *dice.pick(&["help", "only_tell"]);
    for (code, answer) in [
        ("who", json!(who)),
        ("danger", json!("no")),
        ("money_moved", json!("no")),
        ("when", json!({"year": 2026, "month": 11})),
        ("loss", json!([if lost { "money" } else { "none" }])),
        ("done", json!(["none"])),
        ("help", json!(help)),
    ] {
        answers.entry(code).or_insert(answer);
    }
    if organisation {
        answers.insert("sector".into(), json!(dice.pick(&["G", "E", "Q", "P"])));
        answers.insert("size".into(), json!(dice.pick(&["1", "2-19", "20-49"])));
    }
    let anonymous = template["anonymous"] == true || dice.one_in(5);
    let mut report = json!({"language": language, "anonymous": anonymous, "answers": answers});
    if lost {
        report["losses"] = loss(template, dice);
    }
    if !anonymous {
        let mailbox = format!("person{}@example.org", dice.below(100_000));
        report["contact"] = json!({"name": "Sample Person", "email": mailbox});
        report["consents"] = if dice.one_in(2) {
            json!(["police"])
        } else {
            json!([])
        };
    }
    report
}

/// Money lost; one in six does not know how much.
fn loss(template: &Value, dice: &mut Dice) -> Value {
    let end = |at: usize| template["loss"][at].as_u64().unwrap_or_default();
    let minor = end(0) + dice.below((end(1) - end(0)).max(1));
    let mut item = json!({
        "kind": "direct_financial", "certainty": "stated", "paid_by": template["paid_by"],
        "amount": {"minor": minor / 100 * 100, "currency": dice.pick(&["NZD", "NZD", "NZD", "NZD", "AUD"])},
    });
    if dice.one_in(6) {
        item.as_object_mut().expect("an object").remove("amount");
    }
    json!([item])
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
