//! What a rule says: its name, the line by which it finds reports, and what it does then.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::cases::{TextFault, text, title};
use crate::search::{self, Codes, Known, What, parse};

/// Longest name, characters.
pub const NAME_CHARS_MAX: usize = 80;
/// Longest text that tells a person why they are asked to look, characters.
pub const WORDS_CHARS_MAX: usize = 500;
/// Longest text to a reporter, characters.
pub const REPLY_CHARS_MAX: usize = 2_000;
/// Stands for a case without a list of tasks.
pub const PLAIN_CASE: &str = "-";
/// Things that a rule does, at most: one of each kind.
pub const DEEDS_MAX: usize = Deed::ALL.len();
/// Most reports that a rule may be allowed to touch in one hour.
pub const HOUR_HITS_MAX: u32 = 1_000;
/// Reports that a rule may touch in one hour, where nobody says otherwise.
pub const HOUR_HITS_DEFAULT: u32 = 50;
/// Languages in which a rule can write.
pub const REPLY_LANGUAGES: [&str; 2] = ["en", "mi"];

/// One thing that a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Set the category.
    Category,
    /// Set the severity.
    Severity,
    /// Give it to an officer.
    Assign,
    /// Open a case with it.
    Case,
    /// Write to the reporter.
    Reply,
    /// Ask a person to look.
    Ask,
}

impl Deed {
    /// All, in the order in which they are done.
    pub const ALL: [Self; 6] = [
        Self::Category,
        Self::Severity,
        Self::Assign,
        Self::Case,
        Self::Reply,
        Self::Ask,
    ];
}

/// A version of a rule. One that exists was valid when it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// As people read it, one line.
    pub name: String,
    /// The search line.
    pub when: String,
    /// Category and sub-type to set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<(String, Option<String>)>,
    /// Severity to set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<u8>,
    /// Account to give it to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assign: Option<String>,
    /// A case to open: the code of the list of tasks that it begins with, or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<Option<String>>,
    /// What to write to the reporter, by language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reply: BTreeMap<String, String>,
    /// What a person is told who is asked to look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<String>,
    /// Reports that it may touch within one hour before it stops itself.
    pub hour_hits: u32,
}

/// A version as it was typed: codes and numbers as text, nothing checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Typed {
    /// Name.
    pub name: String,
    /// Search line.
    pub when: String,
    /// `category` or `category/subtype`; empty leaves it.
    pub category: String,
    /// 1 to 6; empty leaves it.
    pub severity: String,
    /// Account id; empty leaves it.
    pub assign: String,
    /// Code of a list of tasks, or [`PLAIN_CASE`]; empty opens no case.
    pub case: String,
    /// Words to the reporter by language; empty writes nothing.
    pub reply: BTreeMap<String, String>,
    /// Words to the person who is asked; empty asks nobody.
    pub ask: String,
    /// Hits an hour.
    pub hour_hits: String,
}

/// What is wrong with a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The name.
    Name(TextFault),
    /// There is no search line: it would find every report.
    NoLine,
    /// A fault of the search line.
    Line(search::Fault),
    /// A filter that says nothing of a report that just came in, as it is printed.
    NotForRules(String),
    /// There is no such category.
    Category,
    /// There is no such severity.
    Severity,
    /// This account does not work on reports.
    Assign,
    /// There is no such list of tasks.
    Case,
    /// The words to the reporter in this language.
    Reply(&'static str, TextFault),
    /// The words to the person who is asked.
    Ask(TextFault),
    /// Not a number from 1 to [`HOUR_HITS_MAX`].
    HourHits,
    /// It does nothing.
    NoDeed,
}

impl Content {
    /// Checks what was typed; `works` says whether an account works on reports, `template` whether there is a list of tasks. All
    /// faults at once.
    ///
    /// # Errors
    /// See [`Fault`].
    pub fn new(
        typed: &Typed,
        known: &Known<'_>,
        works: impl Fn(&str) -> bool,
        template: impl Fn(&str) -> bool,
    ) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let name = keep(
            title(&typed.name, NAME_CHARS_MAX).map_err(Fault::Name),
            &mut faults,
        );
        let when = line(&typed.when, known, &mut faults);
        let given = |text: &str| !text.trim().is_empty();
        let category = given(&typed.category)
            .then(|| keep(category(&typed.category, known), &mut faults))
            .flatten();
        let severity = given(&typed.severity)
            .then(|| keep(severity(&typed.severity, known), &mut faults))
            .flatten();
        let assign = given(&typed.assign).then(|| typed.assign.trim().to_owned());
        if assign.as_deref().is_some_and(|id| !works(id)) {
            faults.push(Fault::Assign);
        }
        let opens = match typed.case.trim() {
            "" => None,
            PLAIN_CASE => Some(None),
            code => Some(Some(code.to_owned())),
        };
        if let Some(Some(code)) = &opens
            && !template(code)
        {
            faults.push(Fault::Case);
        }
        let reply = reply(typed, &mut faults);
        let ask = given(&typed.ask)
            .then(|| {
                keep(
                    text(&typed.ask, WORDS_CHARS_MAX).map_err(Fault::Ask),
                    &mut faults,
                )
            })
            .flatten();
        let hour_hits = keep(hits(&typed.hour_hits), &mut faults);
        let (Some(name), Some(when), Some(hour_hits), true) =
            (name, when, hour_hits, faults.is_empty())
        else {
            return Err(faults);
        };
        let content = Self {
            name,
            when,
            category,
            severity,
            assign,
            opens,
            reply,
            ask,
            hour_hits,
        };
        if content.deeds().is_empty() {
            return Err(vec![Fault::NoDeed]);
        }
        Ok(content)
    }

    /// What it does, in order.
    #[must_use]
    pub fn deeds(&self) -> Vec<Deed> {
        let does = |deed: &Deed| match deed {
            Deed::Category => self.category.is_some(),
            Deed::Severity => self.severity.is_some(),
            Deed::Assign => self.assign.is_some(),
            Deed::Case => self.opens.is_some(),
            Deed::Reply => !self.reply.is_empty(),
            Deed::Ask => self.ask.is_some(),
        };
        Deed::ALL.into_iter().filter(does).collect()
    }

    /// The same as it would be typed.
    #[must_use]
    pub fn typed(&self) -> Typed {
        let category = self.category.as_ref().map(|(code, sub)| match sub {
            Some(sub) => format!("{code}/{sub}"),
            None => code.clone(),
        });
        Typed {
            name: self.name.clone(),
            when: self.when.clone(),
            category: category.unwrap_or_default(),
            severity: self.severity.map(|one| one.to_string()).unwrap_or_default(),
            assign: self.assign.clone().unwrap_or_default(),
            case: match &self.opens {
                None => String::new(),
                Some(code) => code.clone().unwrap_or_else(|| PLAIN_CASE.into()),
            },
            reply: self.reply.clone(),
            ask: self.ask.clone().unwrap_or_default(),
            hour_hits: self.hour_hits.to_string(),
        }
    }
}

fn keep<T>(read: Result<T, Fault>, faults: &mut Vec<Fault>) -> Option<T> {
    match read {
        Ok(value) => Some(value),
        Err(fault) => {
            faults.push(fault);
            None
        }
    }
}

/// The line as typed, if it can be run and every term of it says something of a report that just came in.
fn line(typed: &str, known: &Known<'_>, faults: &mut Vec<Fault>) -> Option<String> {
    let search = match parse(typed, known) {
        Ok(search) => search,
        Err(wrong) => {
            faults.extend(wrong.into_iter().map(Fault::Line));
            return None;
        }
    };
    if search.terms.is_empty() {
        faults.push(Fault::NoLine);
        return None;
    }
    let strange = search.terms.iter().filter(|term| match &term.what {
        What::Referred(_) | What::Referral(_) | What::Received(..) => true,
        What::Codes(Codes::Assignee, logins) => logins.iter().any(|login| login == "me"),
        _ => false,
    });
    let strange: Vec<Fault> = strange
        .map(|term| Fault::NotForRules(search.term(term)))
        .collect();
    if strange.is_empty() {
        Some(search.to_string())
    } else {
        faults.extend(strange);
        None
    }
}

fn category(typed: &str, known: &Known<'_>) -> Result<(String, Option<String>), Fault> {
    let typed = typed.trim();
    let (code, sub) = match typed.split_once('/') {
        Some((code, sub)) => (code, Some(sub)),
        None => (typed, None),
    };
    let taxonomy = known.taxonomy;
    let there = taxonomy.category(code).is_some()
        && sub.is_none_or(|sub| taxonomy.subtype(code, sub).is_some());
    if there {
        Ok((code.to_owned(), sub.map(str::to_owned)))
    } else {
        Err(Fault::Category)
    }
}

fn severity(typed: &str, known: &Known<'_>) -> Result<u8, Fault> {
    let level = typed.trim().parse().map_err(|_| Fault::Severity)?;
    match known.taxonomy.severity(level) {
        Some(_) => Ok(level),
        None => Err(Fault::Severity),
    }
}

fn reply(typed: &Typed, faults: &mut Vec<Fault>) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for language in REPLY_LANGUAGES {
        let words = typed.reply.get(language).map(String::as_str);
        let Some(words) = words.filter(|words| !words.trim().is_empty()) else {
            continue;
        };
        let text = text(words, REPLY_CHARS_MAX).map_err(|fault| Fault::Reply(language, fault));
        if let Some(text) = keep(text, faults) {
            out.insert(language.to_owned(), text);
        }
    }
    out
}

fn hits(typed: &str) -> Result<u32, Fault> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(HOUR_HITS_DEFAULT);
    }
    let hits = typed.parse().ok();
    hits.filter(|hits| (1..=HOUR_HITS_MAX).contains(hits))
        .ok_or(Fault::HourHits)
}
