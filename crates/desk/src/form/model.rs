//! What a form is: steps, questions, choices and the conditions under which they are asked.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::advice::Advice;
use crate::agency::Agencies;
use crate::data::Text;
use crate::help::Help;
use crate::rates::Rates;
use crate::report::LossKind;
use crate::taxonomy::Taxonomy;

use super::fault::FaultCode;

/// A form in all its languages, with the data it stands on. Made only by [`Form::parse`], so one that exists has
/// been checked.
#[derive(Debug, Clone)]
pub struct Form {
    /// `id@version`
    pub(super) name: String,
    pub(super) id: String,
    pub(super) version: i64,
    pub(super) languages: Vec<String>,
    pub(super) country: String,
    pub(super) calling_code: u16,
    pub(super) currencies: Vec<String>,
    pub(super) severity: SeverityRule,
    /// For losses in other currencies than the form's own.
    pub(super) rates: Rates,
    pub(super) steps: Vec<Step>,
    /// Question code → where it stands. A form is read once: nobody else's keys ever go in.
    pub(super) places: FxHashMap<String, Place>,
    /// The question whose options include to stay anonymous.
    pub(super) anonymity: Option<Place>,
    pub(super) faults: BTreeMap<FaultCode, Text>,
    /// Section code → heading on the check-answers page.
    pub(super) sections: BTreeMap<String, Text>,
    pub(super) words: Words,
    pub(super) taxonomy: Taxonomy,
    pub(super) agencies: Agencies,
    pub(super) advice: Advice,
    pub(super) help: Help,
}

/// Where a question stands: indices of its step and of itself within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) step: usize,
    pub(super) question: usize,
    /// Number of the question in the whole form, from 0.
    pub(super) flat: usize,
}

/// One page of the form.
#[derive(Debug, Clone)]
pub struct Step {
    /// Code, unique in the form; part of the page's address.
    pub code: String,
    /// Code of the section of the check-answers page that the answers belong to.
    pub section: String,
    /// Heading of a page that has no question or several; a page with one question shows that question's.
    pub heading: Option<Text>,
    /// Text under the heading, for pages without questions.
    pub body: Option<Text>,
    /// Codes of the help blocks to show first.
    pub help: Vec<String>,
    /// People reading this page may be watched or in distress: show crisis lines and "exit this page".
    pub at_risk: bool,
    /// Asked only if all of these hold.
    pub show_if: Vec<Condition>,
    /// The questions; empty on pages that only tell.
    pub questions: Vec<Question>,
}

/// One question.
#[derive(Debug, Clone)]
pub struct Question {
    /// Code, unique in the form; the name of the answer and of the input.
    pub code: String,
    /// The question itself.
    pub heading: Text,
    /// Why we ask.
    pub why: Text,
    /// How to answer.
    pub hint: Option<Text>,
    /// Short name for the check-answers page and the officers' view.
    pub label: Text,
    /// "I do not know" in the words of this question.
    pub not_known_text: Text,
    /// What an answer looks like.
    pub kind: Kind,
    /// Must be answered ("I do not know" is an answer where allowed).
    pub required: bool,
    /// "I do not know" is offered.
    pub not_known: bool,
    /// What the answer means to the report, beyond being an answer.
    pub role: Option<Role>,
    /// Asked only if all of these hold.
    pub show_if: Vec<Condition>,
    pub(super) faults: BTreeMap<FaultCode, Text>,
}

/// What an answer looks like. Lengths are in characters (Unicode scalar values) after line ends became `\n`.
#[derive(Debug, Clone)]
pub enum Kind {
    /// One of the options.
    Choice {
        /// The options.
        options: Vec<Choice>,
    },
    /// Any of the options.
    Choices {
        /// The options.
        options: Vec<Choice>,
    },
    /// One line.
    Text {
        /// Longest answer.
        chars_max: usize,
        /// Exactly so many digits (blanks and hyphens are taken out).
        digits: Option<usize>,
    },
    /// Several lines.
    LongText {
        /// Longest answer.
        chars_max: usize,
    },
    /// Links, numbers, addresses, accounts in free text; read for observables.
    Observables {
        /// Longest answer.
        chars_max: usize,
    },
    /// A day, a month or a year.
    Date,
    /// A whole number.
    Number {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// Sums of money lost.
    Losses {
        /// Most items.
        items_max: usize,
        /// Ways in which money is paid.
        paid_by: Vec<Choice>,
    },
    /// Files.
    Files {
        /// Most files.
        files_max: usize,
    },
    /// Partner agencies that may be told, each on its own; none is set beforehand.
    Consents,
    /// Name, mail address, telephone number.
    Contact,
}

impl Kind {
    /// Name of the kind in `form.toml`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Choice { .. } => "choice",
            Self::Choices { .. } => "choices",
            Self::Text { .. } => "text",
            Self::LongText { .. } => "long_text",
            Self::Observables { .. } => "observables",
            Self::Date => "date",
            Self::Number { .. } => "number",
            Self::Losses { .. } => "losses",
            Self::Files { .. } => "files",
            Self::Consents => "consents",
            Self::Contact => "contact",
        }
    }

    /// The options of a choice; empty for all other kinds.
    #[must_use]
    pub fn options(&self) -> &[Choice] {
        match self {
            Self::Choice { options } | Self::Choices { options } => options,
            _ => &[],
        }
    }

    /// Longest text, in characters, for the kinds that are text.
    #[must_use]
    pub const fn chars_max(&self) -> Option<usize> {
        match self {
            Self::Text { chars_max, .. }
            | Self::LongText { chars_max }
            | Self::Observables { chars_max } => Some(*chars_max),
            _ => None,
        }
    }
}

/// One option.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Code, unique in its question.
    pub code: String,
    /// What people read.
    pub title: Text,
    /// A line under it.
    pub hint: Option<Text>,
    /// What choosing it suggests.
    pub suggests: Vec<Suggestion>,
    /// What choosing it switches on.
    pub flags: Vec<Flag>,
    /// "None of these": cannot be chosen with another.
    pub exclusive: bool,
    /// Choosing it states a loss of this kind.
    pub loss: Option<LossKind>,
}

/// What choosing an option suggests; weights of all chosen options are added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Category of the taxonomy, if one is suggested.
    pub category: Option<String>,
    /// Sub-type of that category.
    pub subtype: Option<String>,
    /// How strongly, 1 to 100.
    pub weight: i64,
    /// At least this severe (1 national emergency … 6 minor).
    pub severity: Option<u8>,
}

/// What an answer means to the report beyond being an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// When it happened.
    Occurred,
    /// Region code.
    Region,
    /// Age band code.
    AgeBand,
    /// Sector code.
    Sector,
    /// The story; its first words become the title.
    Story,
    /// Which kinds of loss there were.
    Loss,
}

impl Role {
    /// Name of the role in `form.toml`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let known = Self::ALL.iter().find(|(_, role)| *role == self);
        known.map_or("", |(name, _)| name)
    }

    pub(super) const ALL: [(&'static str, Self); 6] = [
        ("occurred", Self::Occurred),
        ("region", Self::Region),
        ("age_band", Self::AgeBand),
        ("sector", Self::Sector),
        ("story", Self::Story),
        ("loss", Self::Loss),
    ];
}

/// What an option switches on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flag {
    /// Somebody is in danger now: emergency help comes first.
    Emergency,
    /// Money moved just now: the bank comes first.
    BankFirst,
    /// The reporter may be watched or in distress.
    AtRisk,
    /// The reporter is threatened: asked by what.
    Threatened,
    /// A person was affected.
    Individual,
    /// A business or other organisation was affected.
    Organisation,
    /// The organisation reports because a law says so.
    UnderLaw,
    /// The reporter wants help.
    WantsHelp,
    /// The reporter stays anonymous.
    Anonymous,
}

impl Flag {
    /// Name of the flag in `form.toml`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let known = Self::ALL.iter().find(|(_, flag)| *flag == self);
        known.map_or("", |(name, _)| name)
    }

    pub(super) const ALL: [(&'static str, Self); 9] = [
        ("emergency", Self::Emergency),
        ("bank_first", Self::BankFirst),
        ("at_risk", Self::AtRisk),
        ("threatened", Self::Threatened),
        ("individual", Self::Individual),
        ("organisation", Self::Organisation),
        ("under_law", Self::UnderLaw),
        ("wants_help", Self::WantsHelp),
        ("anonymous", Self::Anonymous),
    ];

    pub(super) const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// A condition on earlier answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// What is looked at.
    pub on: On,
    /// Holds when the rest does not.
    pub not: bool,
    /// Number of the question looked at, if any; set once the whole form is read.
    pub(super) at: usize,
}

/// What a condition looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum On {
    /// The question was asked and its answer is, or has among it, one of these codes (`not_known` is one).
    Answer {
        /// Question code.
        question: String,
        /// Option codes.
        is: Vec<String>,
    },
    /// A chosen option has switched this on.
    Flag(Flag),
}

/// How severe a report is taken to be before an officer looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeverityRule {
    /// When nothing suggests more.
    pub default: u8,
    /// (at least this loss in minor units of the form's own currency, severity).
    pub loss: Vec<(i64, u8)>,
}

/// Words that the engine itself puts into pages.
#[derive(Debug, Clone)]
pub struct Words {
    /// "I do not know".
    pub not_known: Text,
    /// Shown for an optional question that was skipped.
    pub not_provided: Text,
    /// "Amount not known".
    pub amount_not_known: Text,
    /// "about {amount}", for an estimate.
    pub estimated: Text,
    /// "of which recovered"; has the place `{amount}`.
    pub recovered: Text,
    /// Twelve names of months.
    pub months: Vec<Text>,
    /// "Nobody": no agency may be told.
    pub nobody: Text,
    /// "None of these".
    pub none: Text,
}

impl Form {
    /// `id@version`, as kept with each report.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Languages (BCP 47), the default first.
    #[must_use]
    pub fn languages(&self) -> &[String] {
        &self.languages
    }

    /// The language itself if the form has it, otherwise the form's first.
    #[must_use]
    pub fn language(&self, wanted: &str) -> &str {
        let known = self.languages.iter().find(|language| *language == wanted);
        known
            .or_else(|| self.languages.first())
            .map_or("en", String::as_str)
    }

    /// Short name of the form, such as `nz`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Version, from 1; part of the name that is kept with each report.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.version
    }

    /// Country (ISO 3166-1 alpha-2).
    #[must_use]
    pub fn country(&self) -> &str {
        &self.country
    }

    /// Telephone code of the country (ITU-T E.164), for numbers written without one.
    #[must_use]
    pub fn calling_code(&self) -> u16 {
        self.calling_code
    }

    /// Currencies (ISO 4217) that the form offers for losses, its own first.
    #[must_use]
    pub fn currencies(&self) -> &[String] {
        &self.currencies
    }

    /// The form with exchange rates, so that a loss in another currency counts for the severity. They must be into the
    /// form's own currency; others change nothing.
    #[must_use]
    pub fn with_rates(mut self, rates: Rates) -> Self {
        self.rates = rates;
        self
    }

    /// Every step, in order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The step with this code.
    #[must_use]
    pub fn step(&self, code: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.code == code)
    }

    /// The question with this code.
    #[must_use]
    pub fn question(&self, code: &str) -> Option<&Question> {
        self.find(code).map(|(_, question)| question)
    }

    /// The question with this code and where it stands.
    pub(super) fn find(&self, code: &str) -> Option<(Place, &Question)> {
        let place = *self.places.get(code)?;
        Some((place, self.at(place)?))
    }

    /// The question that stands there.
    pub(super) fn at(&self, place: Place) -> Option<&Question> {
        self.steps.get(place.step)?.questions.get(place.question)
    }

    /// Every question, in order.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.steps.iter().flat_map(|step| &step.questions)
    }

    /// The step on which a question is asked.
    #[must_use]
    pub fn step_of(&self, question: &str) -> Option<&Step> {
        self.steps.get(self.places.get(question)?.step)
    }

    /// Words of the engine.
    #[must_use]
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// What reports are sorted by.
    #[must_use]
    pub fn taxonomy(&self) -> &Taxonomy {
        &self.taxonomy
    }

    /// Partner agencies.
    #[must_use]
    pub fn agencies(&self) -> &Agencies {
        &self.agencies
    }

    /// First advice by category.
    #[must_use]
    pub fn advice(&self) -> &Advice {
        &self.advice
    }

    /// Help that cannot wait.
    #[must_use]
    pub fn help(&self) -> &Help {
        &self.help
    }
}

impl Step {
    /// What the page is headed with.
    #[must_use]
    pub fn title(&self) -> Option<&Text> {
        self.heading
            .as_ref()
            .or_else(|| self.questions.first().map(|question| &question.heading))
    }
}

impl Question {
    /// The option with this code.
    #[must_use]
    pub fn option(&self, code: &str) -> Option<&Choice> {
        self.kind
            .options()
            .iter()
            .find(|choice| choice.code == code)
    }
}
