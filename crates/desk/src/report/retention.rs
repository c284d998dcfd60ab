//! How long what reports hold is kept: rules as data, by category and sub-type, for each part of a report; what they say is
//! due; and what is left of a report afterwards. Time runs from the last closing; a report that was taken up again begins
//! anew. What figures count (category, dates, loss, region, sector, age band) is no part and stays.

mod read;

use std::collections::BTreeMap;

use cairn_kernel::observable::{Kind as Seen, Observable};
use cairn_kernel::text::fold;
use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};

use super::{Answer, Body, Contact, Event, Standing, State};
use crate::data::Text;
use crate::form::{Form, Kind};

/// The built-in rules.
pub const EMBEDDED: &str = include_str!("../../../../data/retention.toml");
/// Name of the file in the operator's folder.
pub const FILE: &str = "retention.toml";
/// Most days that a rule may say: a hundred years.
pub const DAYS_MAX: u32 = 36_525;

const DAY_SECONDS: i64 = 24 * 3_600;

/// A part of a report that is kept for a time of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// What identifies the reporter: contact details, the same among the observables, the sender of a mail, names of files.
    Contact,
    /// Files, with their keys.
    Files,
    /// What people wrote: answers in their own words, observables, title, messages.
    Text,
}

impl Part {
    /// All, in the order in which they are erased.
    pub const ALL: [Self; 3] = [Self::Contact, Self::Files, Self::Text];

    /// Name in the rules, the database and the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Files => "files",
            Self::Text => "text",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.as_str() == text)
    }
}

/// How long a part is kept, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Days after the last closing; `None` keeps it for ever.
    pub days: Option<u32>,
    /// Why so long, in every language.
    pub reason: Text,
    /// Where that is laid down, in every language.
    pub law: Text,
}

/// A rule: for all reports, those of a category, or those of a sub-type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its name in the log and the register, for ever.
    pub id: String,
    /// Category code; `None` for all.
    pub category: Option<String>,
    /// Sub-type code, with a category.
    pub subtype: Option<String>,
    /// What it says; of the rest the next wider rule speaks.
    pub terms: BTreeMap<Part, Term>,
}

/// All rules. The first is the default and speaks of every part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    version: u32,
    rules: Vec<Rule>,
}

/// What is due, and by which rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The part.
    pub part: Part,
    /// Id of the rule.
    pub rule: String,
}

/// What rules need to know of a closed report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed<'a> {
    /// Category as it stands.
    pub category: &'a str,
    /// Sub-type.
    pub subtype: Option<&'a str>,
    /// When it was closed for the last time.
    pub at: Micros,
    /// On legal hold.
    pub held: bool,
    /// Parts that are still there, in the order of [`Part::ALL`].
    pub there: [bool; 3],
}

impl Rules {
    /// Version, which is raised with every change.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// The default, then the others in the file's order.
    pub fn all(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    /// The built-in rules with another time for contact details: `days` after closing, 0 for ever.
    #[must_use]
    pub fn with_contact_days(mut self, days: u32) -> Self {
        for rule in &mut self.rules {
            if let Some(term) = rule.terms.get_mut(&Part::Contact) {
                term.days = (days > 0).then_some(days);
            }
        }
        self
    }

    /// The longest time that any rule keeps contact details, days; `None` where one keeps them for ever.
    #[must_use]
    pub fn contact_days_max(&self) -> Option<u32> {
        let terms = self
            .rules
            .iter()
            .filter_map(|r| r.terms.get(&Part::Contact));
        terms
            .map(|term| term.days)
            .reduce(|a, b| a.zip(b).map(|(a, b)| a.max(b)))?
    }

    /// The rule that speaks of a part of a report, and what it says: the narrowest one.
    #[must_use]
    pub fn term(
        &self,
        category: &str,
        subtype: Option<&str>,
        part: Part,
    ) -> Option<(&Rule, &Term)> {
        let fits = |rule: &&Rule| {
            rule.category.as_deref().is_none_or(|own| own == category)
                && rule
                    .subtype
                    .as_deref()
                    .is_none_or(|own| Some(own) == subtype)
        };
        let width = |rule: &Rule| {
            usize::from(rule.category.is_some()) + usize::from(rule.subtype.is_some())
        };
        let speaking = self.rules.iter().filter(fits);
        speaking
            .filter_map(|rule| rule.terms.get(&part).map(|term| (rule, term)))
            .max_by_key(|(rule, _)| width(rule))
    }

    /// What of a closed report is due at `now`. Of a report on hold nothing is.
    #[must_use]
    pub fn due(&self, closed: Closed<'_>, now: Micros) -> Vec<Due> {
        if closed.held {
            return Vec::new();
        }
        let parts = Part::ALL.into_iter().zip(closed.there);
        parts
            .filter(|(_, there)| *there)
            .filter_map(|(part, _)| {
                let (rule, term) = self.term(closed.category, closed.subtype, part)?;
                let kept = i64::from(term.days?).saturating_mul(DAY_SECONDS);
                (closed.at.plus_seconds(kept) < now).then(|| Due {
                    part,
                    rule: rule.id.clone(),
                })
            })
            .collect()
    }
}

/// When a report was closed for the last time, if it is closed now. `first` is its standing right after receipt, and
/// `history` all events, beginning with the receipt.
#[must_use]
pub fn closed_at<'a>(
    first: &Standing,
    history: impl IntoIterator<Item = &'a Event>,
) -> Option<Micros> {
    let mut standing = first.clone();
    let mut closed = None;
    for event in history.into_iter().skip(1) {
        let before = standing.state;
        standing.apply(&event.change);
        closed = match (before, standing.state) {
            (State::Closed, State::Closed) => closed,
            (_, State::Closed) => Some(event.at),
            _ => None,
        };
    }
    closed
}

/// What is left of a body without `parts`. `contact` is what identifies the reporter, as far as it is still known.
#[must_use]
pub fn prune(body: &Body, parts: &[Part], contact: Option<&Contact>, form: &Form) -> Body {
    let mut left = body.clone();
    if parts.contains(&Part::Contact) {
        left.answers.remove("mail_from");
        if let Some(mail) = &mut left.mail {
            mail.message_id = None;
            for seal in &mut mail.seals {
                seal.key = None;
            }
        }
        left.observables.retain(|seen| !identifies(seen, contact));
    }
    if parts.contains(&Part::Contact) || parts.contains(&Part::Files) {
        for file in &mut left.files {
            file.name = None;
        }
    }
    if parts.contains(&Part::Text) {
        left.answers
            .retain(|code, answer| is_code(form, code, answer));
        left.observables.clear();
        left.title.clear();
        left.mail = None;
        for file in &mut left.files {
            file.name = None;
        }
    }
    left
}

/// The reporter's own address or number.
fn identifies(seen: &Observable, contact: Option<&Contact>) -> bool {
    let Some(contact) = contact else { return false };
    let digits = |text: &str| -> String {
        let all: String = text.chars().filter(char::is_ascii_digit).collect();
        // However the country was written before them.
        all.chars().rev().take(8).collect()
    };
    match seen.kind {
        Seen::Email => contact
            .email
            .as_ref()
            .is_some_and(|own| fold(own) == fold(&seen.value)),
        Seen::Phone => contact
            .phone
            .as_ref()
            .is_some_and(|own| !digits(own).is_empty() && digits(own) == digits(&seen.value)),
        _ => false,
    }
}

/// The answer holds nothing that somebody wrote: a code of the form, a number, a day.
fn is_code(form: &Form, code: &str, answer: &Answer) -> bool {
    let known = |given: &str| {
        let question = form.question(code);
        question.is_some_and(|question| match &question.kind {
            Kind::Choice { options } | Kind::Choices { options } => {
                options.iter().any(|option| option.code == given)
            }
            _ => false,
        })
    };
    match answer {
        Answer::NotKnown | Answer::Number(_) | Answer::Date(_) => true,
        Answer::Text(text) => known(text),
        Answer::Choices(all) => all.iter().all(|one| known(one)),
    }
}

/// The folded words by which a pruned report is found: those of the answers that somebody wrote.
#[must_use]
pub fn search_text(body: &Body, form: &Form) -> String {
    let mut words = Vec::new();
    for (code, answer) in &body.answers {
        if let Answer::Text(text) = answer
            && !is_code(form, code, answer)
        {
            words.push(text.as_str());
        }
    }
    fold(&words.join(" "))
}

/// The folded words by which a report is found with all that was written on it `later`: those of its answers, of its title and its
/// subject, and of these.
#[must_use]
pub fn whole_text(body: &Body, form: &Form, later: &[&str]) -> String {
    let mut words = search_text(body, form);
    let subject = body.mail.as_ref().map(|mail| mail.subject.as_str());
    let title = std::iter::once(body.title.as_str());
    for text in title.chain(subject).chain(later.iter().copied()) {
        words.push(' ');
        words.push_str(&fold(text));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::FormFiles;
    use crate::report::{Back, Change};
    use cairn_kernel::actor::Actor;

    fn form() -> Form {
        Form::parse(&FormFiles::embedded()).unwrap()
    }

    fn rules(text: &str) -> Rules {
        let form = form();
        Rules::parse(text, form.taxonomy(), form.languages()).unwrap()
    }

    fn term(part: &str, days: &str) -> String {
        format!(
            "[{part}]\n{days}\nreason = {{ en = \"r\", mi = \"r\" }}\nlaw = {{ en = \"l\", mi = \"l\" }}\n"
        )
    }

    fn example() -> Rules {
        let mut text = "version = 4\n".to_owned();
        for (part, days) in [
            ("contact", "days = 10"),
            ("files", "days = 20"),
            ("text", "never = true"),
        ] {
            text.push_str(&term(&format!("default.{part}"), days));
        }
        text.push_str("[[rule]]\nid = \"scam\"\ncategory = \"scam\"\n");
        text.push_str(&term("rule.text", "days = 30"));
        text.push_str("[[rule]]\nid = \"romance\"\ncategory = \"scam\"\nsubtype = \"romance\"\n");
        text.push_str(&term("rule.contact", "days = 5"));
        rules(&text)
    }

    #[test]
    fn the_narrowest_rule_that_speaks_of_a_part_holds() {
        let rules = example();
        let days = |category, subtype, part| {
            let (rule, term) = rules.term(category, subtype, part).unwrap();
            (rule.id.as_str(), term.days)
        };
        assert_eq!(days("phishing", None, Part::Text), ("default", None));
        assert_eq!(days("scam", None, Part::Text), ("scam", Some(30)));
        assert_eq!(
            days("scam", Some("romance"), Part::Text),
            ("scam", Some(30))
        );
        assert_eq!(
            days("scam", Some("romance"), Part::Contact),
            ("romance", Some(5))
        );
        assert_eq!(
            days("scam", Some("job"), Part::Contact),
            ("default", Some(10))
        );
        assert_eq!(rules.contact_days_max(), Some(10));
        assert_eq!(rules.clone().with_contact_days(0).contact_days_max(), None);
    }

    #[test]
    fn what_is_due_is_there_not_held_and_over() {
        let rules = example();
        let closed = Closed {
            category: "scam",
            subtype: Some("romance"),
            at: Micros(0),
            held: false,
            there: [true; 3],
        };
        let due = |closed, day: i64, more: i64| {
            let now = Micros(more).plus_seconds(day * DAY_SECONDS);
            let due = rules.due(closed, now);
            due.into_iter()
                .map(|due| (due.part, due.rule))
                .collect::<Vec<_>>()
        };
        assert!(due(closed, 5, 0).is_empty());
        assert_eq!(due(closed, 5, 1), [(Part::Contact, "romance".to_owned())]);
        assert_eq!(due(closed, 30, 1).len(), 3);
        assert!(
            due(
                Closed {
                    held: true,
                    ..closed
                },
                99,
                0
            )
            .is_empty()
        );
        let gone = Closed {
            there: [false, true, true],
            ..closed
        };
        assert_eq!(due(gone, 30, 1).len(), 2);
        let other = Closed {
            category: "phishing",
            ..closed
        };
        assert_eq!(due(other, 9_999, 0).len(), 2, "text is kept for ever");
    }

    #[test]
    fn time_runs_from_the_last_closing() {
        let event = |day: i64, change| Event {
            report: 1,
            at: Micros(0).plus_seconds(day * DAY_SECONDS),
            by: Actor::System,
            change,
        };
        let received = Change::Reopened;
        let closed = |day| {
            event(
                day,
                Change::Closed {
                    outcome: "resolved".into(),
                },
            )
        };
        let wrote = Change::ReporterWrote {
            message: 1,
            digest: String::new(),
        };
        let undone = Change::Undone {
            event: 2,
            back: Box::new(Back {
                state: Some((State::Open, None)),
                ..Back::default()
            }),
        };
        let first =
            crate::report::undo::first(&sample_body(), &event(0, sample_receipt())).unwrap();
        let at = |rest: Vec<Event>| {
            let mut all = vec![event(0, received.clone())];
            all.extend(rest);
            closed_at(&first, &all).map(|at| at.seconds() / DAY_SECONDS)
        };
        assert_eq!(at(vec![closed(10)]), Some(10));
        assert_eq!(at(vec![closed(10), event(11, Change::Reopened)]), None);
        assert_eq!(at(vec![closed(10), event(11, wrote)]), None);
        assert_eq!(at(vec![closed(10), event(11, undone)]), None);
        assert_eq!(
            at(vec![closed(10), event(11, Change::ContactErased)]),
            Some(10)
        );
        assert_eq!(
            at(vec![closed(10), event(11, Change::Reopened), closed(20)]),
            Some(20)
        );
    }

    fn sample_receipt() -> Change {
        Change::Received {
            reference: String::new(),
            body: String::new(),
            contact: None,
            consents: Vec::new(),
            secret: String::new(),
            label: String::new(),
            base_minor: Vec::new(),
        }
    }

    fn sample_body() -> Body {
        let json = r#"{"form":"nz@1","language":"en","channel":"web","anonymous":false,"answers":{},"category":"scam",
            "severity":5,"affected":"individual","loss_known":true,"wants_help":false,"title":"Canary title","region":"NZ-AUK",
            "observables":[{"kind":"email","value":"me@reporter.example"},{"kind":"domain","value":"evil.example"}],
            "files":[{"sha256":"aa","size":1,"media_type":"image/png","name":"canary.png"}]}"#;
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn pruning_takes_words_and_leaves_what_is_counted() {
        let form = form();
        let choice = form
            .questions()
            .find_map(|question| match &question.kind {
                Kind::Choice { options } => {
                    Some((question.code.clone(), options.first()?.code.clone()))
                }
                _ => None,
            })
            .unwrap();
        let mut body = sample_body();
        body.answers
            .insert(choice.0.clone(), Answer::Text(choice.1));
        body.answers
            .insert("story".into(), Answer::Text("Canary words".into()));
        body.answers.insert(
            "mail_from".into(),
            Answer::Text("me@reporter.example".into()),
        );
        let contact = Contact {
            email: Some("Me@Reporter.example".into()),
            ..Contact::default()
        };
        let mine = prune(&body, &[Part::Contact], Some(&contact), &form);
        assert_eq!(mine.observables.len(), 1);
        assert!(mine.answers.contains_key("story") && !mine.answers.contains_key("mail_from"));
        assert_eq!(search_text(&mine, &form), "canary words");
        assert_eq!(
            prune(&body, &[Part::Files], None, &form).observables.len(),
            2
        );
        let left = prune(&body, &Part::ALL, Some(&contact), &form);
        let json = serde_json::to_string(&left).unwrap().to_lowercase();
        assert!(
            !json.contains("canary") && !json.contains("example"),
            "{json}"
        );
        assert!(left.answers.contains_key(&choice.0));
        assert_eq!(
            (left.region, left.category, left.severity),
            (body.region, body.category, body.severity)
        );
    }

    #[test]
    fn the_built_in_rules_keep_what_was_promised() {
        let rules = rules(EMBEDDED);
        assert_eq!(rules.contact_days_max(), Some(365));
        let (_, text) = rules.term("scam", None, Part::Text).unwrap();
        assert_eq!(text.days, None);
    }
}
